"""The programs under user/ and user/tests/: in the kernel they print and
return what they do on Linux, and leave as many free frames as they found."""

import collections
import re
import subprocess

import pytest

from conftest import BUILD, ROOT

PROGRAMS = BUILD / "user"
TESTS = BUILD / "user/tests"

# Not in the comparison: these have tests of their own below.
COMPARED = sorted(path.stem for path in (ROOT / "user/tests").glob("*.c")
                  if path.stem not in ("status", "hostile", "exhaust",
                                       "faultinject", "fuzz", "terminal"))


# qemu-i386 manages memory in its own way: no oracle but for these.
EMULATED = ("files", "malloc", "stdio")


def tap_errors(output: bytes) -> list[str]:
    """What is wrong with a test program's output; [] if all passed."""
    errors = []
    count = 0
    plan = None
    for line in output.decode().splitlines():
        if plan is not None:
            errors.append(f"after the plan: {line}")
        match = re.match(r"(not )?ok (\d+) - .", line)
        if match:
            count += 1
            if match[1]:
                errors.append(line)
            if int(match[2]) != count:
                errors.append(f"expected number {count}: {line}")
        elif re.fullmatch(r"1\.\.\d+", line):
            plan = int(line[3:])
        elif line.startswith("#"):
            if errors:
                errors.append(line)
        else:
            errors.append(f"not TAP: {line}")
    if plan is None:
        errors.append("it ended early: no plan")
    elif plan != count or count == 0:
        errors.append(f"{count} results, but the plan is {plan}")
    return errors


def check_tap(run) -> None:
    assert tap_errors(run.stdout) == []
    assert run.status == 0
    assert run.stderr == b""


def check_frames(run) -> None:
    assert run.free_before is not None, run.stderr.decode()
    assert run.free_after == run.free_before


def test_tap_errors_are_found():
    good = b"ok 1 - one\n# note\nok 2 - two\n1..2\n"
    assert tap_errors(good) == []
    assert tap_errors(good.replace(b"ok 2", b"not ok 2"))
    assert tap_errors(good.replace(b"ok 2", b"ok 3"))
    assert tap_errors(good.replace(b"1..2", b"1..3"))
    assert tap_errors(good.replace(b"1..2\n", b""))
    assert tap_errors(good + b"ok 3 - three\n")
    assert tap_errors(b"Segmentation fault\n" + good)
    assert tap_errors(b"1..0\n")


# ── The test programs ────────────────────────────────────────────────────────

def test_there_are_test_programs():
    assert len(COMPARED) >= 10


@pytest.mark.parametrize("name", COMPARED)
def test_as_on_linux(name, run_guest, run_native, native_prefix):
    arguments = ["two words", "", '"quoted"', "back\\slash", "ümlaut"] \
        if name == "startup" else []
    guest = run_guest(TESTS / name, *arguments, trace=False)
    check_tap(guest)
    check_frames(guest)

    if not native_prefix or name in EMULATED:
        native = run_native(TESTS / name, *arguments)
        assert guest.stdout == native.stdout
        assert guest.status == native.status


def test_every_system_call_has_a_case():
    table = (ROOT / "kernel/abi/syscall_32.tbl").read_text()
    calls = set(re.findall(r"^\d+\t+i386\t+(\w+)", table, re.MULTILINE))
    cases = (ROOT / "user/tests/syscalls.c").read_text()
    tested = set(re.findall(
        r"\t(?:CASE|SWEEP)(?:\(|_AFTER\(\w+,)\s*(\w+),", cases))
    assert len(calls) > 90
    assert calls - tested == set()


# math prints every bit, and the last one is the library's own.
@pytest.mark.parametrize("name", [x for x in COMPARED if x != "math"])
def test_with_the_hosts_c_library(name, run_native, native_prefix, tmp_path):
    """The same source with glibc: our libc keeps the promises it should."""
    if native_prefix and name not in EMULATED:
        pytest.skip("needs a Linux that runs i386 programs")
    program = tmp_path / name
    compiler = ["gcc", "-m32", "-static", "-O1", "-w", "-o", program]
    built = subprocess.run([*compiler, "-x", "c", "-"], text=True,
                           input="int main(void) { return 0; }",
                           capture_output=True, check=False)
    if built.returncode != 0:
        pytest.skip("no static 32-bit C library on this host")
    subprocess.run([*compiler, ROOT / f"user/tests/{name}.c"],
                   check=True)
    run = run_native(program)
    check_tap(run)
    assert run.stdout == run_native(TESTS / name).stdout


@pytest.mark.parametrize("memory", ["16M", "2G"])
@pytest.mark.parametrize("name", ["brk", "faults", "limits", "malloc",
                                  "munmap"])
def test_with_other_memory_sizes(name, memory, run_guest):
    run = run_guest(TESTS / name, memory=memory, trace=False)
    check_tap(run)
    check_frames(run)


def test_overcommit_modes(run_guest):
    """They hold for the whole machine: not to be tried on the host."""
    run = run_guest(TESTS / "overcommit", "modes", trace=False)
    check_tap(run)
    check_frames(run)


@pytest.mark.parametrize("name", ["faults", "malloc", "mprotect"])
def test_on_a_486(name, run_guest):
    run = run_guest(TESTS / name, cpu="486", trace=False)
    check_tap(run)
    check_frames(run)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_hostile(seed, run_guest):
    run = run_guest(TESTS / "hostile", str(seed), trace=False, timeout=120)
    check_tap(run)
    check_frames(run)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_fuzz(seed, run_guest):
    run = run_guest(TESTS / "fuzz", str(seed), trace=False, timeout=240)
    check_tap(run)
    check_frames(run)


def test_hostile_with_tracing(run_guest):
    """Nonsense must not confuse those who report it, either."""
    run = run_guest(TESTS / "hostile", "7", "3000", trace="all", timeout=120)
    check_tap(run)
    check_frames(run)
    assert len(run.named("sys_enter_brk")) > 100


# ── How a program ends ───────────────────────────────────────────────────────

@pytest.mark.parametrize("status", ["0", "1", "7", "127", "128", "139", "255",
                                    "256", "-1"])
def test_exit_status(status, run_guest, run_native):
    guest = run_guest(TESTS / "status", status, trace=False)
    native = run_native(TESTS / "status", status)
    assert guest.status == native.status == int(status) & 0xff
    assert guest.stdout == native.stdout == b"flushed by exit()\n"
    check_frames(guest)


@pytest.mark.parametrize("way", ["exit", "_exit", "call"])
def test_ways_to_exit(way, run_guest, run_native):
    guest = run_guest(TESTS / "status", "3", way, trace=False)
    native = run_native(TESTS / "status", "3", way)
    assert guest.status == native.status == 3
    assert guest.stdout == native.stdout


def segv_ways() -> list[str]:
    """The first word of each line of ways[] in user/segv.c."""
    source = (ROOT / "user/segv.c").read_text()
    return re.findall(r'^\t\{ ?"([a-z0-9-]+)",', source, re.MULTILINE)


# A word that the rule's sentence must have: what the student is to learn.
RULES = {
    "null-read": "NULL",
    "null-write": "NULL",
    "null-jump": "NULL",
    "page-zero": "NULL",
    "heap-gap": "no area",
    "heap-returned": "no area",
    "unmapped": "no area",
    "text-write": "r-x",
    "readonly-write": "r--",
    "none-read": "---",
    "kernel-read": "kernel",
    "kernel-write": "kernel",
    "kernel-jump": "kernel",
    "stack-overflow": "8192 KiB",
    "stack-limit": "8192 KiB",
    "hlt": "general protection",
    "out": "general protection",
    "int-page-fault": "general protection",
    "bad-segment": "general protection",
    "far-jump": "general protection",
    "divide": "divide error",
    "undefined": "invalid opcode",
}

# What lies far below the stack is none of its business.
NOT_RULES = {"heap-gap": "stack", "heap-returned": "stack",
             "unmapped": "stack", "bad-segment": "NULL"}


def test_segv_lists_its_ways(run_native):
    listed = run_native(PROGRAMS / "segv", "--list").stdout.decode()
    assert [line.split()[0] for line in listed.splitlines()] == segv_ways()
    assert len(segv_ways()) > 30


# 128 + the signal that Linux sends; for all others it is SIGSEGV.
STATUS = {"divide": 136, "divide-overflow": 136, "undefined": 132,
          "breakpoint": 133, "single-step": 133, "file-end": 135}


@pytest.mark.parametrize("way", segv_ways())
def test_refused(way, run_guest, run_native, native_prefix):
    guest = run_guest(PROGRAMS / "segv", way)
    assert guest.status == STATUS.get(way, 139)
    if not native_prefix:
        assert guest.status == run_native(PROGRAMS / "segv", way).status
    assert guest.stdout == b""
    check_frames(guest)

    signals = guest.named("signal_generate")
    assert [event.number("sig") for event in signals] == [guest.status - 128]
    assert signals[0].args["rule"]
    assert RULES.get(way, "") in signals[0].args["rule"]
    assert NOT_RULES.get(way, "\0") not in signals[0].args["rule"]


def test_segv_without_a_way(run_guest):
    run = run_guest(PROGRAMS / "segv", "nothing")
    assert run.status == 2
    assert run.stdout == b""
    assert b"--list" in run.stderr


# ── Exhaustion ───────────────────────────────────────────────────────────────

@pytest.mark.parametrize("memory, least", [("16M", 6), ("64M", 45)])
def test_out_of_memory(memory, least, run_guest):
    """The program that asks too much is killed; the kernel runs the next."""
    run = run_guest(PROGRAMS / "oom", memory=memory, trace="signal_generate",
                    append="init=/bin/hello")
    lines = run.stdout.decode().splitlines()
    assert lines.pop() == "Hello, world!"
    assert lines == [f"{mib} MiB" for mib in range(1, len(lines) + 1)]
    assert least <= len(lines) < int(memory[:-1])
    assert run.status == 0
    signals = run.named("signal_generate")
    assert [event.args["sig"] for event in signals] == ["9"]
    check_frames(run)


def test_out_of_memory_kills_the_largest(run_guest):
    """A sleeping child has it all: it goes, and the parent goes on."""
    run = run_guest(PROGRAMS / "oom", "bystander", memory="16M",
                    trace="signal_generate,sched_process_exit")
    assert run.status == 0, run.stdout
    assert run.stdout.decode().splitlines()[1:] == [
        "The parent has touched 4 MiB, and is alive.",
        "The child has ended by signal 9."]
    killed, = run.named("signal_generate")
    assert (killed.args["sig"], killed.args["pid"]) == ("9", "2")
    assert "Out of memory: Killed process 2 (oom)" in killed.args["rule"]
    check_frames(run)


def test_out_of_memory_status(run_guest):
    run = run_guest(PROGRAMS / "oom", memory="16M", trace=False)
    assert run.status == 137
    check_frames(run)


@pytest.mark.parametrize("way", ["write", "system-call", "page-tables",
                                 "stack", "copy"])
def test_killed_without_memory(way, run_guest):
    run = run_guest(TESTS / "exhaust", way, memory="16M",
                    trace="signal_generate")
    assert run.status == 137
    signals = run.named("signal_generate")
    assert [event.args["sig"] for event in signals] == ["9"]
    assert "Out of memory: Killed process" in signals[0].args["rule"]
    check_frames(run)


@pytest.mark.parametrize("way", ["areas", "files"])
def test_calls_fail_without_memory(way, run_guest):
    run = run_guest(TESTS / "exhaust", way, memory="16M", trace=False)
    check_tap(run)
    check_frames(run)


# ── The programs ─────────────────────────────────────────────────────────────

@pytest.mark.parametrize("name", sorted(
    path.stem for path in (ROOT / "user").glob("*.c")))
def test_help(name, run_native):
    run = run_native(PROGRAMS / name, "--help")
    assert run.status == 0
    assert run.stdout.decode().startswith(f"usage: {name}")
    assert run.stderr == b""


def test_help_inside(run_guest):
    """No program does anything but answer, and none loses a frame."""
    names = sorted(path.stem for path in (ROOT / "user").glob("*.c"))
    run = run_guest(PROGRAMS / "sh", "-c", "".join(
        f"{name} --help || echo {name} failed\n" for name in names),
        trace=False)
    assert run.stdout.decode().count("usage: ") == len(names)
    assert b"failed\n" not in run.stdout
    check_frames(run)


MISUSES = [
    "bench x", "cat /no", "forkcow x", "free x", "head -n x", "head /no",
    "kill", "kill -NONE 1", "kill 99999999", "kill x", "ls -z", "ls /no",
    "maps 99999999", "maps x", "mkdir", "mkdir /no/no", "oom x", "ps x", "rm",
    "rm /no", "segv", "segv x", "sh /no", "sh -z", "sleep", "sleep x",
    "test 1 -x 2", "tour x", "trace", "trace -z", "trace -o /no/no true",
    "wc /no", "wordfreq /no", "wordfreq -n x"]


@pytest.mark.parametrize("command", MISUSES)
def test_misuse(command, run_native):
    """Said on standard error, and by the status; nothing else is printed."""
    name, *arguments = command.split()
    run = run_native(PROGRAMS / name, *arguments)
    assert run.status in ((127,) if name == "sh" and "/no" in arguments
                          else (1, 2))
    assert run.stdout == b""
    assert run.stderr.decode().split(":")[0].split("/")[-1] in (name, "usage")


SMALL_PROGRAMS = {
    "files": "mkdir d d/e; echo a > d/f; ls d; rm d; rm d/f d/e d; echo $?; "
             "ls; mkdir no/such; rm no",
    "words": "echo 'one two' > f; echo three >> f; wc f; wc < f; wc f f no; "
             "rm f",
    "lines": "for i in 1 2 3; do echo $i; done > f; head -n 2 f; "
             "head -n1 < f; head -2 < f; head no; head -n x f; cat f | head; "
             "rm f",
    "kill": "kill -l | head -n 3; kill 99999; kill -NONE 1; kill x; kill; "
            "sleep 100 & kill -TERM $!; wait $!; echo $?",
}


@pytest.mark.parametrize("name", SMALL_PROGRAMS)
def test_small_programs(name, run_guest, native_prefix, tmp_path):
    """Each does in an empty directory what it does on Linux."""
    if native_prefix:
        pytest.skip("needs a Linux that runs i386 programs")
    native = subprocess.run(
        [PROGRAMS / "sh", "-c", SMALL_PROGRAMS[name], "sh"], cwd=tmp_path,
        env={"PATH": str(PROGRAMS)}, capture_output=True)
    guest = run_guest(PROGRAMS / "sh", "-c",
                      f"mkdir /empty; cd /empty; {SMALL_PROGRAMS[name]}; "
                      "status=$?; cd /; rm /empty; exit $status",
                      "sh", trace=False)
    assert guest.stdout == native.stdout != b""
    assert guest.stderr == native.stderr != b""
    assert guest.status == native.returncode
    check_frames(guest)


def test_hello(run_guest):
    run = run_guest(PROGRAMS / "hello", trace=False)
    assert (run.status, run.stdout, run.stderr) == (0, b"Hello, world!\n", b"")
    check_frames(run)


@pytest.mark.parametrize("words", [
    [], ["a"], ["-n", "a", "b"], ["-n"], ["a  b", "", "c"], ["--", "-x"],
    ['say "hi"', "back\\slash", "dollar$", "ünï"]])
def test_echo(words, run_guest, run_native):
    guest = run_guest(PROGRAMS / "echo", *words, trace=False)
    no_newline = words[:1] == ["-n"]
    text = " ".join(words[no_newline:]) + ("" if no_newline else "\n")
    assert guest.stdout == text.encode()
    assert guest.stdout == run_native(PROGRAMS / "echo", *words).stdout
    assert guest.status == 0


@pytest.mark.parametrize("data", [
    b"", b"one line\n", b"no newline", bytes(range(256)) * 40,
    b"\xff\x00\xff\xff\x00", b"x" * 50000],
    ids=["empty", "line", "no newline", "all bytes", "framing", "long"])
def test_cat_stdin(data, run_guest):
    run = run_guest(PROGRAMS / "cat", stdin=data, trace=False)
    assert run.status == 0
    assert run.stdout == data
    check_frames(run)


def test_cat_files(run_guest, tmp_path):
    (tmp_path / "one").write_bytes(b"one\n")
    (tmp_path / "two").write_bytes(bytes(range(256)) * 100)
    run = run_guest(PROGRAMS / "cat", "/one", "-", "/two", stdin=b"between\n",
                    trace=False, options=["--add", f"{tmp_path}/one:/one",
                                          "--add", f"{tmp_path}/two:/two"])
    assert run.status == 0
    assert run.stdout == b"one\nbetween\n" + bytes(range(256)) * 100


def test_cat_errors(run_guest, run_native):
    arguments = ["/no/such/file", "/dev/null", "/", "/also not there"]
    guest = run_guest(PROGRAMS / "cat", *arguments, trace=False)
    native = run_native(PROGRAMS / "cat", *arguments)
    assert guest.status == native.status == 1
    assert guest.stdout == b""
    assert guest.stderr == native.stderr
    assert guest.stderr.count(b"\n") == 3


def word_table(text: bytes, top: int) -> bytes:
    """What wordfreq should print, counted by Python."""
    words = re.findall(rb"[A-Za-z][A-Za-z']*", text)
    counts = collections.Counter(word.lower().rstrip(b"'") for word in words)
    lines = [f"{count:7} {word.decode()}\n" for word, count in
             sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    lines[top:] = [f"{len(words):7} words, {len(counts)} of them different\n"]
    return "".join(lines).encode()


def test_wordfreq_of_its_text(run_guest):
    text = (BUILD / "licences.txt").read_bytes()
    assert len(text) > 100000
    run = run_guest(PROGRAMS / "wordfreq", trace=False)
    assert run.status == 0
    assert run.stdout == word_table(text, 10)
    check_frames(run)


def test_wordfreq_of_stdin(run_guest):
    text = b"It's the dog's dog, isn't it? 'The' dogs' " + b"x" * 3000 + b"\n"
    run = run_guest(PROGRAMS / "wordfreq", "-n", "100", "-", stdin=text,
                    trace=False)
    assert run.status == 0
    assert run.stdout == word_table(text, 100)


def test_wordfreq_errors(run_guest, run_native):
    for arguments in (["/no/such/file"], ["-n", "many"], ["a", "b"]):
        guest = run_guest(PROGRAMS / "wordfreq", *arguments, trace=False)
        native = run_native(PROGRAMS / "wordfreq", *arguments)
        assert guest.status == native.status != 0
        assert guest.stdout == native.stdout
        assert guest.stderr == native.stderr != b""


def test_wordfreq_in_little_memory(run_guest):
    run = run_guest(PROGRAMS / "wordfreq", memory="16M", trace=False)
    assert run.status == 0
    assert b"words, " in run.stdout
    check_frames(run)


# ── The figures that are promised ────────────────────────────────────────────

def bench_figures(output: bytes) -> dict[str, int]:
    figures = {}
    for line in output.decode().splitlines()[1:]:
        figures[line[:32].strip()] = int(line[32:42])
    return figures


def test_bench(run_guest):
    """Exact instruction counts: the same in each run, within the targets."""
    runs = [run_guest(PROGRAMS / "bench", "--check", options=["--icount"],
                      trace=False, timeout=120) for _ in range(2)]
    assert b"missed" not in runs[0].stdout, runs[0].stdout.decode()
    assert runs[0].status == 0
    assert runs[0].stdout == runs[1].stdout
    figures = bench_figures(runs[0].stdout)
    assert figures["getpid()"] <= 150
    assert figures["brk() up by one page"] <= 700
    assert figures["first write to a heap page"] <= 1900
    # Lazy: the size does not matter. And find_vma is no linear search.
    assert figures["brk() up by one MiB"] < \
        figures["brk() up by one page"] + 50
    assert figures["first write, 10000 areas"] < \
        figures["first write, 1 area"] * 1.3
