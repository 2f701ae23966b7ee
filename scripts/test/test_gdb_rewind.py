"""make rewind: going back in a recorded run, and who-mapped."""

import os
import pathlib
import re
import signal
import subprocess
import time
import uuid

import pexpect
import pytest

from conftest import BUILD, ROOT, RUN

TOUR = BUILD / "user/tour"
TIMEOUT = 60  # of a session

# The program that the tests below need: a page whose page table comes and
# goes with it, and whose page table's frame holds data in between.
TWICE = """\
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define FAR   ((char *)0x50000000)
#define PAGES 64

static void touch_again(volatile char *page)
{
	*page = 2; /* second */
}

int main(void)
{
	volatile char *other;

	mmap(FAR, 4096, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	*(volatile char *)FAR = 1; /* first */
	munmap(FAR, 4096);
	other = malloc(PAGES * 4096);
	for (int i = 0; i < PAGES * 4096; i++)
		other[i] = (char)0xff;
	free((void *)other);
	mmap(FAR, 4096, PROT_READ | PROT_WRITE,
	     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	touch_again(FAR);
	puts("done");
	return 0;
}
"""

LOOP = """\
#include <stdio.h>

volatile int rounds;

int main(void)
{
	puts("looping");
	fflush(stdout);
	for (;;)
		rounds++;
}
"""

SMALL = """\
#include <stdlib.h>

volatile char *block;

int main(void)
{
	block = malloc(100000);
	block[4096] = 1;
	return 0;
}
"""

PTE = """\
define show-pte
python
entry = debugger.kernel.page_entry(debugger.kernel.current_mm(),
                                   debugger.rewind.address_of("$page"))
print("PTE", entry and entry.pte)
end
end
"""


@pytest.fixture
def rewind(tmp_path):
    """rewind(commands, program, *args): record a run, then this session.

    The result is all that was printed. A command that fails ends the session
    with status 1: CHECK says whether that may be.
    """
    def run(commands, program=TOUR, *args, stdin=b"", options=(), check=True,
            flags="") -> str:
        script = tmp_path / "session.gdb"
        script.write_text(commands)
        result = subprocess.run(
            [RUN, "--rewind", "--gdb-flags", f"{flags} -batch -x {script}",
             *options, program, *args],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT,
            **({"stdin": stdin} if hasattr(stdin, "fileno") else
               {"input": stdin}))
        output = result.stdout.decode("utf-8", "replace")
        if check:
            assert result.returncode == 0, output
            assert "Caution" not in output
        return output

    return run


@pytest.fixture
def compiled(tmp_path):
    """compiled(name, source): a program, built as a student would."""
    def build(name: str, source: str) -> pathlib.Path:
        path = tmp_path / f"{name}.c"
        path.write_text(source)
        subprocess.run([ROOT / "scripts/cc", "-g", "-O1", path, "-o",
                        tmp_path / name], check=True)
        return tmp_path / name

    return build


def line_of(text: str, source: str, after: str = "") -> int:
    """The number of the line of SOURCE, behind AFTER, that has TEXT."""
    start = source.index(after)
    return source[:source.index(text, start)].count("\n") + 1


def flat(text: str) -> str:
    """TEXT without line breaks: where they are depends on the figures."""
    return " ".join(text.split())


TOUR_SOURCE = (ROOT / "user/tour.c").read_text()
FIRST_STORE = line_of("*(volatile char *)page = 1;", TOUR_SOURCE,
                      "static void first_touch")


# ── who-mapped ───────────────────────────────────────────────────────────────

def test_who_mapped_names_the_line(rewind):
    """… that first touched the page, and the backtrace leads there. The page
    has no entry at this moment; the next instruction writes it. Just behind
    that the answer is the same."""
    output = rewind(PTE + """
goto end
set $page = page
show-pte
who-mapped $page
show-pte
stepi
show-pte
who-mapped $page
""", TOUR, "3")
    said = re.search(r"Page (0x\w+) got frame (0x\w+), in "
                     r"do_anonymous_page\(\), for the store at "
                     r"user/tour\.c:(\d+) in first_touch\(\)\.", flat(output))
    assert said, output
    assert flat(output).count(said[0]) == 2
    assert f"page = {int(said[1], 16):#x}" in output  # says the program
    assert int(said[3]) == FIRST_STORE
    frames = [re.sub(r"0x\w+ in ", "", line).split()[1] for line in
              re.findall(r"^#\d+ .*", output.split("got frame")[1], re.M)]
    assert frames.index("do_anonymous_page") < \
        frames.index("do_page_fault") < frames.index("first_touch") < \
        frames.index("main")
    end, before, after = map(int, re.findall(r"^PTE (\d+)", output, re.M))
    assert before == 0
    assert after >> 12 == end >> 12 == int(said[2], 16)


def test_zero_page_first(rewind):
    """The last write is found first; asked again, the one before it."""
    output = flat(rewind("goto end\nset $page = page\n" +
                         "who-mapped $page\n" * 3))
    store = line_of("*(volatile char *)page = 1;", TOUR_SOURCE,
                    "static void zero_page_write")
    load = line_of("if (memory[i] != 0)", TOUR_SOURCE)
    first = output.index("in place of the zero page, in do_wp_page(), for the "
                         f"store at user/tour.c:{store} in zero_page_write().")
    second = output.index("got the zero page, in do_anonymous_page(), for the "
                          f"load at user/tour.c:{load} in all_zero().")
    third = output.index("has had no frame in this address space up to here: "
                         "nothing has touched it.")
    assert first < second < third


def test_page_table_that_comes_and_goes(rewind, compiled):
    """Its frame is used for data in between: those writes are none of the
    page's."""
    program = compiled("twice", TWICE)
    output = flat(rewind("goto end\n" + "who-mapped 0x50000000\n" * 5,
                         program))
    lines = {name: line_of(name, TWICE) for name in
             ("/* second */", "munmap(FAR", "/* first */")}
    found = re.findall(r"Page 0x50000000 (\w+ frame) 0x\w+, in \w+\(\), "
                       r"for the (store|system call \w+\(\)) at "
                       r"\S*(?:libc/\S+ in \w+\(\), called at )?\S*"
                       r"twice\.c:(\d+) in (\w+)\(\)", output)
    assert found == [
        ("got frame", "store", str(lines["/* second */"]), "touch_again"),
        ("lost frame", "system call munmap()", str(lines["munmap(FAR"]),
         "main"),
        ("got frame", "store", str(lines["/* first */"]), "main")], output
    assert output.count("has had no frame") == 2


def test_pages_of_the_program_file_and_of_exec(rewind):
    output = flat(rewind("goto end\nwho-mapped main\ngoto end\n"
                         "who-mapped $lx_current().mm->start_stack\n"))
    line = re.search(r"in do_fault\(\), for the instruction at "
                     r"user/tour\.c:(\d+) in main\(\)", output)
    assert line
    assert "in do_anonymous_page(), when the program was loaded." in output


def test_pages_of_a_forked_child(rewind):
    output = flat(rewind("tbreak child\ncontinue\nwho-mapped page\n",
                         BUILD / "user/forkcow"))
    assert re.search(r"got frame 0x\w+, in copy_page_range\(\), for the "
                     r"system call fork\(\) at libc/[\w.:]+ in \w+\(\), called "
                     r"at user/forkcow\.c:\d+ in \w+\(\)", output)


def test_never_mapped(rewind):
    """… and the user is where he was, with the breakpoints he had."""
    output = flat(rewind("break first_touch\nbreak main\ncontinue\n"
                         "who-mapped 0x1000\ngoto\ninfo breakpoints\n"
                         "info symbol $pc\n"))
    assert "Page 0x00001000 has had no frame in this address space up to " \
        "here: nothing has touched it, and no area has it." in output
    assert len(re.findall(r"breakpoint keep y", output)) == 2
    assert "first_touch in section .text" in output


@pytest.mark.parametrize("commands, error", [
    ("who-mapped 0xc0100000", "0xc0100000 is the kernel's"),
    ("who-mapped nonsense", 'nonsense: No symbol "nonsense"'),
    ("goto end\ncontinue\nwho-mapped 0x1000", "the program is gone here"),
    ("who-mapped", "usage: who-mapped ADDRESS"),
    ("goto nowhere", "nowhere: main, end, start or a number"),
    ("goto 99999999999", "the history goes from 0 to"),
])
def test_errors(rewind, commands, error):
    assert error in flat(rewind(commands + "\necho NO ERROR\\n", TOUR, "1",
                                check=False))


@pytest.mark.parametrize("command", ["who-mapped page", "goto end"])
def test_a_live_machine_cannot_go_back(run_gdb, command):
    output = flat(run_gdb(command + "\n", TOUR, check=False))
    assert "this machine runs now, it cannot go back: `make rewind" in output


# ── Back and forth ───────────────────────────────────────────────────────────

def test_back_over_a_store(rewind):
    """The page that it touched is gone again, and comes again; and so with
    the line before it."""
    output = rewind(PTE + f"""
tbreak tour.c:{FIRST_STORE}
continue
set $page = page
show-pte
next
show-pte
reverse-next
show-pte
next
show-pte
reverse-next 2
show-pte
""", TOUR, "3")
    one, two, three, four, five = map(int, re.findall(r"^PTE (\d+)", output,
                                                      re.M))
    assert one == three == five == 0
    assert two == four != 0
    lines = [int(line) for line in re.findall(r"^(\d+)\t", output, re.M)]
    assert [line - FIRST_STORE for line in lines[-6:]] == [0, 1, 0, 1, 0, -1]


def test_reverse_step_goes_into_the_kernel(rewind):
    """… to where it was about to return to the store."""
    output = rewind(f"tbreak tour.c:{FIRST_STORE + 1}\ncontinue\n"
                    "reverse-step\nbt\n", TOUR, "3")
    assert re.search(r"^#0 .* do_trap \(.*^#\d .* first_touch \(\) at "
                     rf"user/tour\.c:{FIRST_STORE}$", output, re.M | re.S)


def test_reverse_next_stops_at_breakpoints(rewind):
    output = rewind(f"tbreak tour.c:{FIRST_STORE + 1}\ncontinue\n"
                    "break do_anonymous_page\nreverse-next\n", TOUR, "3")
    assert re.search(r"^Breakpoint \d+\n#0 .*do_anonymous_page", output,
                     re.M)


def test_steps_back_are_the_steps_forth(rewind):
    """The same instructions, the other way round; moments have numbers."""
    output = rewind("""
tbreak do_anonymous_page
continue
python
places = []
for i in range(30):
    places.append((debugger.rewind.now(), debugger.rewind.pc()))
    gdb.execute("stepi", to_string=True)
for place in reversed(places):
    gdb.execute("reverse-stepi", to_string=True)
    assert place == (debugger.rewind.now(), debugger.rewind.pc()), place
gdb.execute(f"goto {places[20][0]}")
assert places[20] == (debugger.rewind.now(), debugger.rewind.pc())
assert places[29][0] - places[0][0] == 29
print("SAME", len(set(places)))
end
""", TOUR, "1")
    assert "SAME 30" in output


def test_reverse_finish_and_continue(rewind):
    """Out of the kernel to the call; back to a breakpoint that was passed."""
    output = rewind("""
break sys_brk
continue
reverse-finish
info symbol $pc
delete
break first_malloc
goto end
reverse-continue
bt
""", TOUR, "3")
    assert "do_syscall" in output
    assert re.search(r"Breakpoint \d, first_malloc", output)


def test_the_two_ends(rewind):
    """QEMU does not end, whatever one does."""
    output = rewind("""
goto end
info symbol $pc
continue
python
for command in "stepi", "next", "continue", "finish":
    try:
        gdb.execute(command)
    except gdb.error as error:
        print("REFUSED", error)
end
reverse-stepi
stepi
delete
reverse-continue
info symbol $pc
reverse-continue
python
try:
    gdb.execute("reverse-stepi")
except gdb.error as error:
    print("REFUSED", error)
end
start
info symbol $pc
""", TOUR, "1")
    assert output.count("do_exit in section") == 2  # it stops there, too
    assert output.count("The end of the history: the kernel is about to stop "
                        "the machine.") == 2
    assert output.count("REFUSED the history ends here") == 4
    assert "The start of the history" in output
    assert output.count("REFUSED the history begins here") == 1
    assert re.search(r"^main in section", output, re.M)


def test_symbols_follow_backwards(rewind):
    """From the shell's end back into the program that it ran."""
    output = rewind("goto end\nbreak hello.c:main\nreverse-continue\nbt\n"
                    "lx-ps\n", BUILD / "user/sh", "-c", "hello")
    assert "Hello, world!" in output
    assert re.search(r"^#0 +main \(.*\) at user/hello\.c:\d+", output, re.M)
    assert re.search(r"^\* .* hello$", output, re.M)


# ── Recording ────────────────────────────────────────────────────────────────

@pytest.mark.parametrize("kind", ["pipe", "file"])
def test_standard_input_is_recorded(rewind, tmp_path, kind):
    """What the program read is what it reads again."""
    text = b"what the program reads\n" * 40
    stdin = text
    if kind == "file":
        path = tmp_path / "input"
        path.write_bytes(text)
        stdin = path.open()
    output = rewind("""
goto end
tbreak write
reverse-continue
print *(char *)buffer@22
""", BUILD / "user/cat", stdin=stdin)
    assert output.count("what the program reads") >= 41
    assert re.search(r'^\$1 = "what the program reads"', output, re.M)


def test_a_replay_that_differs_is_not_trusted(rewind):
    """The first pass compares what is printed."""
    forge = ("import os, json; s = json.loads(os.environ['FAULTLINE_SESSION'])"
             "; s['printed'][1][1] = 'forged'; "
             "os.environ['FAULTLINE_SESSION'] = json.dumps(s)")
    output = rewind("echo GOES ON\\n\n", TOUR, "1", check=False,
                    flags=f"-iex \"python {forge}\"")
    assert "Caution: the replay does not print" in output
    assert "GOES ON" in output


def test_killed_by_a_signal(rewind):
    """At the end the way leads down to the store that did it."""
    output = rewind("goto end\nbt\n", BUILD / "user/segv", "heap-gap")
    assert re.search(r"^#\d+ .* at user/segv\.c:\d+", output, re.M)
    assert "do_exit" in output


def test_cut_after_a_time(rewind, compiled):
    output = rewind("goto end\nreverse-stepi\nstepi\ntbreak main\n"
                    "reverse-continue\n", compiled("loop", LOOP),
                    options=["--timeout", "1"])
    assert "did not end within 1 seconds" in output
    assert "The end of the history: here the recording was ended" in \
        flat(output)
    assert re.search(r"breakpoint \d+, main", output)


def test_cut_by_ctrl_c(compiled):
    process = subprocess.Popen(
        [RUN, "--rewind", "--gdb-flags", "-batch -ex 'print rounds' "
         "-ex 'goto end' -ex 'print rounds > 1000'",
         compiled("loop", LOOP)], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout.readline() == "looping\n"
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=TIMEOUT)
    finally:
        process.kill()
    assert "recorded as far as here" in output
    assert "$1 = 0" in output and "$2 = 1" in output, output
    assert process.returncode == 0


@pytest.mark.parametrize("options, status, error", [
    (["--gdb"], 2, "--gdb does not go with --rewind"),
    (["--iso"], 2, "--iso does not go with --rewind"),
    (["--narrate"], 2, "--narrate does not go with --rewind"),
    ([], 127, "qemu-img is missing; scripts/setup installs it"),
])
def test_errors_of_the_launcher(tmp_path, options, status, error):
    binaries = tmp_path / "bin"
    binaries.mkdir()
    for name in "gdb", "qemu-system-i386":
        (binaries / name).symlink_to("/bin/true")
    result = subprocess.run([RUN, "--rewind", *options, TOUR], text=True,
                            stdin=subprocess.DEVNULL, capture_output=True,
                            env=dict(os.environ, PATH=str(binaries)))
    assert result.returncode == status
    assert error in result.stderr


def processes_with(mark: str) -> list[str]:
    """The programs that run with MARK in their environment."""
    names = []
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (path / "environ").read_bytes():
                names.append((path / "comm").read_text().strip())
        except OSError:
            pass  # it has just ended
    return names


def test_nothing_is_left_behind(tmp_path):
    """… when gdb is killed."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    mark = f"FAULTLINE_TEST={uuid.uuid4()}"
    environment = dict(os.environ, TMPDIR=str(temporary))
    environment.update([mark.split("=")])
    process = pexpect.spawn(str(RUN), [
        "--rewind", "--gdb-flags", r"-ex 'echo READY\n'", str(TOUR), "1"],
        env=environment, timeout=TIMEOUT)
    try:
        process.expect(r"\nREADY")
        running = processes_with(mark)
        assert any(name.startswith("qemu-system") for name in running)
    finally:
        process.kill(signal.SIGKILL)
        process.close()
    deadline = time.monotonic() + 10
    while processes_with(mark):
        assert time.monotonic() < deadline, processes_with(mark)
        time.sleep(0.05)
    assert list(temporary.iterdir()) == []


def test_twenty_times(rewind, compiled):
    """Record, replay, back to who wrote the entry: none hangs, and all find
    the same."""
    program = compiled("small", SMALL)
    outcomes = set()
    for _ in range(20):
        output = rewind("""
goto end
python
entry = debugger.kernel.page_entry(debugger.kernel.current_mm(),
                                   debugger.rewind.address_of("block + 4096"))
gdb.execute(f"watch *(unsigned long *){entry.pte_at:#x}")
end
reverse-continue
bt
""", program)
        frames = re.findall(r"^#\d+ .*", output, re.M)
        outcomes.add("\n".join(frames[2:]))
    assert len(outcomes) == 1
    assert "do_anonymous_page" in str(outcomes)
    line = line_of("block[4096] = 1;", SMALL)
    assert f"small.c:{line}" in str(outcomes)
