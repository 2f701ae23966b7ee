"""Backtraces and steps across the ring: from the kernel into the program."""

import re
import subprocess

import pytest

from conftest import BUILD, ROOT

TOUR = BUILD / "user/tour"
FORKCOW = BUILD / "user/forkcow"


def frames(output: str) -> list[list[str]]:
    """The functions of each backtrace in OUTPUT, the innermost first."""
    traces = []
    for number, name in re.findall(
            r"^#(\d+) +(?:0x\w+ in )?(\S+) \(", output, re.MULTILINE):
        if number == "0":
            traces.append([])
        traces[-1].append(name)
    return traces


def line_of(path: str, text: str) -> int:
    """Where in the file PATH a line has TEXT."""
    return next(number for number, line in
                enumerate((ROOT / path).read_text().splitlines(), 1)
                if text in line)


# ── bt ───────────────────────────────────────────────────────────────────────

def test_from_a_system_call(run_gdb):
    """brk() in malloc(): down to the program's line that called it."""
    output = run_gdb("break sys_brk if brk != 0\ncontinue\nbt\n", TOUR, "1")
    names, = frames(output)
    assert names[:4] == ["sys_brk", "do_syscall", "syscall_entry", "__syscall"]
    assert names[4] in ("sbrk", "brk")
    assert names[names.index("malloc"):] == ["malloc", "first_malloc", "main"]
    line = line_of("user/tour.c", "block = malloc(BLOCK_SIZE);")
    assert f"first_malloc () at user/tour.c:{line}\n" in output
    assert "syscall_entry () at kernel/trap/entry.asm:" in output
    assert "corrupt stack" not in output


def test_from_a_page_fault(run_gdb):
    """The exact line of the store, though it is the first of its line."""
    output = run_gdb("break first_touch\ncontinue\nnext\nnext\nnext\n"
                     "tbreak do_anonymous_page\ncontinue\nbt\n", TOUR, "3")
    names = frames(output)[-1]
    assert names[0] == "do_anonymous_page"
    assert names[names.index("do_page_fault"):] == [
        "do_page_fault", "do_trap", "trap_entry", "first_touch", "main"]
    line = line_of("user/tour.c", "*(volatile char *)page = 1;")
    assert f"first_touch () at user/tour.c:{line}\n" in output
    assert "signal handler" not in output


READ = """
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
	char *block = malloc(100000);
	int fd = open("/proc/self/stat", O_RDONLY);

	return read(fd, block + 50000, 100) < 50; /* the line */
}
"""


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """A program that lets the kernel make the first access to a page."""
    path = tmp_path_factory.mktemp("reader")
    (path / "reader.c").write_text(READ)
    subprocess.run([ROOT / "scripts/cc", "-g", "-O1", "reader.c", "-o",
                    "reader"], cwd=path, check=True)
    return path / "reader"


def test_from_a_fault_in_a_system_call(run_gdb, reader):
    """A trap out of ring 0 pushes no stack pointer; both traps are passed."""
    output = run_gdb("tbreak sys_read\ncontinue\ntbreak do_anonymous_page\n"
                     "continue\nbt\n", reader)
    names, = frames(output)
    assert names[:1] == ["do_anonymous_page"]
    assert names[names.index("trap_entry"):][:3] == [
        "trap_entry", "__copy_user", "copy_to_user"]
    assert names[names.index("sys_read"):] == [
        "sys_read", "do_syscall", "syscall_entry", "__syscall", "read", "main"]
    assert re.search(r"main \(\) at reader\.c:11$", output, re.MULTILINE)


def test_everywhere_in_copy_user(run_gdb, reader):
    """Its table is right at each of its instructions."""
    output = run_gdb("tbreak sys_read\ncontinue\ntbreak __copy_user\ncontinue\n"
                     + "stepi\nbt -1\n" * 20, reader)
    last = re.findall(r"^#(\d+) .*main \(\) at reader\.c:11$", output,
                      re.MULTILINE)
    assert len(last) == 20


def test_from_the_timer(run_gdb):
    """An interrupt comes between any two instructions of the program."""
    output = run_gdb("tbreak timer_interrupt\ncontinue\nbt\n",
                     BUILD / "user/wordfreq")
    names, = frames(output)
    assert names[:4] == ["timer_interrupt", "do_irq", "do_trap", "trap_entry"]
    assert names[-1] == "main"


def test_of_a_child(run_gdb):
    """It begins in the middle of fork(), and a write takes it on from there.
    """
    output = run_gdb("tbreak schedule_tail\ncontinue\nbt\n"
                     "tbreak do_wp_page if current->pid == 2\ncontinue\nbt\n",
                     FORKCOW)
    first, second = frames(output)
    assert first[:4] == ["schedule_tail", "ret_from_fork", "__syscall", "fork"]
    assert first[-1] == "main"
    assert second[0] == "do_wp_page" and second[-1] == "main"


def test_while_tasks_are_switched(run_gdb):
    """switch_to() leaves one stack for another; it has a caller on both."""
    output = run_gdb("tbreak switch_to if current->pid == 2\ncontinue\nbt 2\n" +
                     "stepi\nbt 2\n" * 11, FORKCOW)
    callers = [names[:2] for names in frames(output) if
               names[0] == "switch_to"]
    assert callers[0] == ["switch_to", "schedule"]
    assert callers[-1] == ["switch_to", "ret_from_fork"]
    assert {names[1] for names in callers} == {"schedule", "ret_from_fork"}


def test_of_a_strangers_program(run_gdb, tmp_path):
    """glibc's, without debugging information: names, and a quiet end."""
    (tmp_path / "a.c").write_text("int main(void) { return 3; }\n")
    built = subprocess.run(["gcc", "-m32", "-static", "a.c", "-o", "a"],
                           cwd=tmp_path)
    if built.returncode:
        pytest.skip("this host's C library is not there for i386")
    output = run_gdb("break sys_brk\nrun\nbt\ndelete\ncontinue\nbt\n",
                     tmp_path / "a")
    first, *_, last = frames(output)
    assert first[:3] == ["sys_brk", "do_syscall", "syscall_entry"]
    assert first[-1] in ("_start", "main")
    assert last[0] == "do_exit" and last[-1] in ("_start", "main")
    assert "corrupt stack" not in output

    subprocess.run(["strip", "a"], cwd=tmp_path, check=True)
    output = run_gdb("break sys_brk\ncontinue\nbt\n", tmp_path / "a")
    assert "has no symbols: stopping at its first instruction" in output
    names, = frames(output)
    assert names[:4] == ["sys_brk", "do_syscall", "syscall_entry", "??"]


# ── Steps ────────────────────────────────────────────────────────────────────

def test_next_over_a_page_fault(run_gdb):
    """It belongs to the line that caused it."""
    line = line_of("user/tour.c", "*(volatile char *)page = 1;")
    output = run_gdb("break first_touch\ncontinue\nnext\nnext\nnext\n"
                     "print jiffies\nnext\nprint *page\nnext\n", TOUR, "3")
    shown = [int(number) for number in
             re.findall(r"^(\d+)\t", output, re.MULTILINE)]
    assert shown[-3:] == [line, line + 1, line + 2]
    assert "$2 = 1 '\\001'" in output


def test_next_over_a_system_call(run_gdb):
    """int 0x80, and back behind it; then out of __syscall."""
    line = line_of("libc/syscall.asm", "\tint\t0x80")
    output = run_gdb("tbreak __syscall\ncontinue\n" + "next\n" * 17 + "bt\n")
    shown = [int(number) for number in
             re.findall(r"^(\d+)\t", output, re.MULTILINE)]
    place = shown.index(line)
    assert shown[place:place + 5] == list(range(line, line + 5))
    assert "kernel/" not in output
    assert "__syscall" not in frames(output)[0]


def test_nexti_over_a_page_fault(run_gdb):
    """The instruction is there again, to be run once more."""
    output = run_gdb("break first_touch\ncontinue\nnext\nnext\nnext\n"
                     "python before = gdb.newest_frame().pc()\n"
                     "python pcs = []\npython\n"
                     "for i in range(4):\n"
                     "  gdb.execute('nexti')\n"
                     "  pcs.append(gdb.newest_frame().pc())\n"
                     "print(all(pc < 0xc0000000 for pc in pcs), "
                     "any(a == b for a, b in zip(pcs, pcs[1:])) or "
                     "pcs[0] == before)\nend\n", TOUR, "3")
    assert "True True" in output


def test_step_into_a_page_fault(run_gdb):
    output = run_gdb("break first_touch\ncontinue\nnext\nnext\nnext\n"
                     "step\nbt\nstep\nbt\n", TOUR, "3")
    first, second = frames(output)
    assert first == ["trap_vector_14", "first_touch", "main"]
    assert second == ["do_trap", "trap_entry", "first_touch", "main"]
    assert re.search(r"^trap_vector_14 \(\) at kernel/trap/entry\.asm:\d+\n"
                     r"\d+\t\tPUSH\tdword vector$", output, re.MULTILINE)


def test_stepi_into_a_system_call(run_gdb):
    """Each instruction of the entry has the whole backtrace."""
    output = run_gdb("tbreak __syscall\ncontinue\nadvance "
                     f"{line_of('libc/syscall.asm', chr(9) + 'int')}\n" +
                     "stepi\nbt\n" * 16)
    traces = frames(output)
    assert len(traces) == 16
    for names in traces:
        assert names[0] in ("syscall_entry", "do_syscall")
        assert "__syscall" in names and names[-1] == "main"
    assert re.search(r"^syscall_entry \(\) at kernel/trap/entry\.asm:\d+\n"
                     r"\d+\t\tPUSH\teax", output, re.MULTILINE)


def test_finish_and_up(run_gdb):
    """Out of the kernel, frame by frame, and back in ring 3."""
    output = run_gdb("tbreak do_page_fault if error_code & 4\ncontinue\n"
                     "finish\nfinish\nfinish\nprint $cs & 3\nbt\n"
                     "tbreak sys_brk\ncontinue\nup 3\nfinish\nprint $cs & 3\n", TOUR, "1")
    assert re.findall(r"^\$\d+ = (\d)$", output, re.MULTILINE)[0] == "3"
    assert re.search(r"^trap_entry \(\) at kernel/trap/entry\.asm:\d+\n\d+\t"
                     r"\tDROP\t4", output, re.MULTILINE)
    assert "#3  __syscall () at libc/syscall.asm:" in output


def test_step_out_of_the_kernel(run_gdb):
    """next behind the handler's last line is in the program again."""
    output = run_gdb("tbreak sys_write\ncontinue\nfinish\n" + "next\n" * 8)
    after = output.partition("Value returned")[2]
    assert re.search(r"^__syscall \(\) at libc/syscall\.asm:\d+\n\d+\t\tpop",
                     after, re.MULTILINE)


# ── Breakpoints ──────────────────────────────────────────────────────────────

FAR = """
static void __attribute__((aligned(4096), noinline)) far_away(void)
{
	__asm__ volatile("nop");
}

/* What the linker puts behind it may have run already. */
static void __attribute__((aligned(4096), used)) behind(void)
{
}

int main(void)
{
	for (int i = 0; i < 3; i++)
		far_away();
	return 0;
}
"""


def test_one_stop_for_code_that_comes_with_a_fault(run_gdb, tmp_path):
    """A function begins a page where no instruction was before: the fetch
    faults, and the same instruction comes again."""
    (tmp_path / "far.c").write_text(FAR)
    subprocess.run([ROOT / "scripts/cc", "-g", "-O2", "far.c", "-o", "far"],
                   cwd=tmp_path, check=True)
    step = run_gdb("break far_away\ncontinue\nnext\nbt\n", tmp_path / "far")
    assert frames(step) == [["far_away", "main"]]  # not in the trap
    output = run_gdb("break far_away\n" + "continue\n" * 4, tmp_path / "far")
    stops = re.findall(r"^(Breakpoint 2, far_away|.* exited with status 0)",
                       output, re.MULTILINE)
    assert stops[:3] == ["Breakpoint 2, far_away"] * 3
    assert len(stops) == 4
