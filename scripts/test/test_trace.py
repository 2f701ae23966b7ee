"""user/trace.c and the files of /sys/kernel/tracing it works with: the lines it
prints for programs whose doings are known."""

import re

from test_programs import PROGRAMS, TESTS, check_frames

TRACE = PROGRAMS / "trace"


def lines_of(run) -> list[str]:
    return run.stderr.decode().splitlines()


def shell(run_guest, script: str):
    return run_guest(PROGRAMS / "sh", "-c", script, trace=False)


def test_hello(run_guest):
    run = run_guest(TRACE, "hello", trace=False)
    assert (run.status, run.stdout) == (0, b"Hello, world!\n")
    check_frames(run)
    lines = lines_of(run)
    assert re.fullmatch(r'execve\("/bin/hello", \["hello"\], 0xb\w+\) = 0',
                        lines[0])
    assert "        vma_map 0xbfffe000-0xbffff000 rw-p [stack]" in lines
    assert "        runs /bin/hello" in lines
    assert not any("/trace" in line for line in lines)
    # The first instruction is not there yet; later ones are.
    after_exec = [line for line in lines if line.startswith("    #PF")]
    assert re.fullmatch(r"    #PF fetch 0x804\w{4} → file_read pfn 0x\w+",
                        after_exec[0])
    assert any("→ anon_write" in line for line in after_exec)
    assert lines[-1] == "+++ exited with 0 +++"


def test_system_calls(run_guest):
    """All of them: each that hello makes, with arguments in words."""
    run = run_guest(TRACE, "-e", "syscalls", "hello", trace=False)
    lines = lines_of(run)
    assert lines[0].startswith('execve("/bin/hello", ')
    assert 'write(1, "Hello, world!\\n", 14) = 14' in lines
    assert lines[-2:] == ["exit_group(0) = ?", "+++ exited with 0 +++"]
    assert not any("#PF" in line for line in lines)


def test_failing_calls(run_guest):
    run = run_guest(TRACE, "-e", "syscalls", "cat", "/no/such/file", "/tmp",
                    trace=False)
    assert run.status == 1
    text = run.stderr.decode()
    assert 'execve("/bin/cat", ["cat", "/no/such/file", "/tmp"], ' in text
    assert ('open("/no/such/file", O_RDONLY|O_LARGEFILE, 0) = '
            "-1 ENOENT (No such file or directory)\n") in text
    assert re.search(r"read\(3, 0x\w+, \d+\) = -1 EISDIR \(Is a directory\)\n",
                     text)
    assert text.endswith("+++ exited with 1 +++\n")


def test_words(run_guest):
    """Protections and kinds of mappings by name."""
    text = run_guest(TRACE, "/mprotect", trace=False, options=[
        "--add", f"{TESTS / 'mprotect'}:/mprotect"]).stderr.decode()
    assert re.search(
        r"\nmmap2\(0xb\w+, \d+, PROT_READ\|PROT_WRITE, MAP_PRIVATE\|MAP_FIXED\|"
        r"MAP_ANONYMOUS, -1, 0\) = 0xb\w+\n        vma_map 0xb", text)
    assert re.search(r"\nmprotect\(0xb\w+, \d+, PROT_NONE\) = 0\n", text)
    assert "= -1 EINVAL (Invalid argument)\n" in text


def test_children(run_guest):
    run = run_guest(TRACE, "-e", "path,execve", "sh", "-c", "true; hello",
                    trace=False)
    assert run.stdout == b"Hello, world!\n"
    check_frames(run)
    lines = lines_of(run)
    children = [re.search(r"new process (\d+)$", line) for line in lines]
    children = [match[1] for match in children if match]
    assert len(children) == 2
    for child, program in zip(children, ("true", "hello")):
        own = [line for line in lines if line.startswith(f"[pid {child}] ")]
        assert any(f'execve("/bin/{program}"' in line for line in own)
        assert own[-1] == f"[pid {child}] +++ exited with 0 +++"
        # What both have been given is the parent's until one writes.
        assert any("→ cow_copy" in line for line in own)
    assert lines[-1].endswith("+++ exited with 0 +++")


def test_signals(run_guest):
    run = run_guest(TRACE, "segv", "null-write", trace=False)
    assert run.status == 139
    assert lines_of(run)[-4:] == [
        "    #PF write 0 → refused",
        '    refused: "write to 0x0: a NULL pointer: page 0 is never mapped"',
        "--- SIGSEGV ---", "+++ killed by SIGSEGV +++"]
    run = run_guest(TRACE, "-e", "kill", "sh", "-c", "kill -TERM $$",
                    trace=False)
    assert run.status == 143
    lines = lines_of(run)
    assert re.search(r"\] kill\(\d+, SIGTERM\) = 0$", "\n".join(lines), re.M)
    assert lines[-2].endswith("] --- SIGTERM ---")
    assert lines[-1].endswith("] +++ killed by SIGTERM +++")


def test_counts(run_guest):
    run = run_guest(TRACE, "-c", "cat", "/no/such/file", "/no/such/file",
                    trace=False)
    text = run.stderr.decode()
    assert re.search(r"^ +2 +2 open$", text, re.MULTILINE)
    assert re.search(r"^ +\d+ +page fault: anon_write$", text, re.MULTILINE)
    assert "+++" not in text


def test_lost_events_are_reported(run_guest):
    """One munmap() of many frames makes more lines than the ring holds."""
    run = run_guest(TRACE, "-e", "mm_page_free", "/munmap", trace=False,
                    options=["--add", f"{TESTS / 'munmap'}:/munmap"])
    assert run.status == 0
    assert re.search(r"^trace: \d+ events were lost: ", run.stderr.decode(),
                     re.MULTILINE)


def test_switched_off_afterwards(run_guest):
    run = shell(run_guest, "trace -o /t hello; trace hello 2>&1 | true; wait; "
                "trace -e no-such-event hello 2> /t; cat /sys/kernel/tracing/set_event "
                "/sys/kernel/tracing/set_event_pid "
                "/sys/kernel/tracing/options/event-fork")
    assert run.stdout == b"Hello, world!\n0\n"
    run = run_guest(TRACE, "hello", trace="brk")
    assert run.named("machine_power_off")


def test_only_the_program(run_guest):
    """Neither trace's own calls nor those of others that run meanwhile."""
    run = shell(run_guest, "cat < /dev/zero > /dev/null & "
                "trace -e syscalls -o /t hello; kill $!; cat /t")
    text = run.stdout.decode()
    assert "/dev/zero" not in text
    assert text.count("write(") == 1
    assert "read(" not in text


def test_refusals(run_guest):
    run = run_guest(TRACE, "no-such-program", trace=False)
    assert run.status == 127
    # The child says so, while trace may be writing of the calls before.
    assert b"trace: no-such-program: No such file or directory\n" in run.stderr
    run = run_guest(TRACE, "-e", "no-such-event", "hello", trace=False)
    assert (run.status, run.stdout) == (1, b"")
    assert b"-e: no such event" in run.stderr
    # One stream, one reader.
    run = run_guest(TRACE, "-o", "/t", "trace", "hello", trace=False)
    assert run.status == 1
    assert run.stderr == (b"trace: /sys/kernel/tracing/trace_pipe: Device or "
                          b"resource busy\n")


def test_set_event_pid(run_guest):
    """Linux's files by hand, as one would write it in a shell there."""
    run = shell(run_guest, r"""
        cd /sys/kernel/tracing
        echo 4711 > set_event_pid; echo $?
        sh -c 'echo $$ > set_event_pid; echo fork,write > set_event; hello'
        cat trace; cat set_event_pid""")
    output = run.stdout.decode()
    assert "1\n" in output
    # The shell's own calls; hello is its child, and event-fork is off.
    assert "sys_enter_fork" in output
    assert "sys_enter_write" not in output
