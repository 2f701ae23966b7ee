"""layout mm: the address space beside the source."""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import time

import pytest

from conftest import BUILD, ROOT, RUN
from faultline import address_space
from faultline.address_space import PAGE_SIZE, Area, Picture, Point


def test_trace_lines(run_gdb):
    """The event stream as gdb reads it is as programs read it."""
    output = run_gdb(
        "break do_exit\n"
        "continue\n"
        "python from debugger import kernel\n"
        "python print('EVENTS', *kernel.trace_lines(10000), sep='\\n')\n"
        "python print('TWO', *kernel.trace_lines(2), sep='\\n')\n",
        BUILD / "user/cat", "/sys/kernel/tracing/trace")
    events, last = re.search(r"^EVENTS\n(.*?)TWO\n(.*?\n.*?\n)", output,
                             re.MULTILINE | re.DOTALL).groups()
    printed = [line for line in output.partition("EVENTS")[0].splitlines()
               if re.match(r" +\w+-\d+ +\[000\] ", line)]
    assert len(printed) > 20
    assert events.splitlines()[:len(printed)] == printed
    assert events.endswith(last)
    # What malloc would mark is left out, so that one can step through it.
    assert "tracing_mark_write" not in events


# ── The drawing, without gdb ─────────────────────────────────────────────────

def picture(*areas, brk=0, start_brk=0, **more) -> Picture:
    """Areas as (start, pages, name), pages in signs."""
    result = Picture(brk=brk, start_brk=start_brk, **more)
    for start, pages, name in areas:
        end = start + len(pages) * PAGE_SIZE
        result.areas.append(Area(start, end, "rw-p", name))
        for i, sign in enumerate(pages):
            if sign != ".":
                result.pages[start + i * PAGE_SIZE] = sign, start // 4096 + i
    return result


def rows(new, old=None, width=78, height=10) -> list[str]:
    lines, _, _ = address_space.draw(new, old, width, height)
    assert len(lines) <= height
    assert all(len(address_space.plain(line)) <= width for line in lines)
    return [address_space.plain(line).rstrip() for line in lines]


def test_pages_that_changed_are_in_brackets():
    old = picture((0x1000, "..#", ""), start_brk=0x4000, brk=0x4000)
    new = picture((0x1000, ".0#.#..", "[heap]"), start_brk=0x4000, brk=0x8000)
    assert rows(old)[0] == " 00001000-00004000 rw-p  ..#|brk"
    assert rows(new, old)[0] == \
        "*00001000-00008000 rw-p [heap] .[0]#|[.#..]|brk"
    assert rows(new, new)[0] == \
        " 00001000-00008000 rw-p [heap] .0#|.#..|brk"


def test_areas_from_the_highest_down_new_and_gone():
    old = picture((0x1000, "#", "a"), (0x5000, "##", "b"))
    new = picture((0x5000, "#", "b"), (0x9000, "#", "c"))
    assert rows(new, old)[:4] == ["+00009000-0000a000 rw-p c [#]",
                                  "-00006000-00007000 gone: 4 KiB",
                                  "*00005000-00006000 rw-p b #",
                                  "-00001000-00002000 gone: 4 KiB"]


def test_a_frame_that_was_replaced_is_a_change():
    old = picture((0x1000, "#", "a"))
    new = picture((0x1000, "#", "a"))
    new.pages[0x1000] = "#", 77
    assert rows(new, old)[0].endswith("[#]")


def test_long_runs_are_cut_short():
    new = picture((0x100000, "#" + "." * 500 + "##", "a"))
    assert rows(new)[0].endswith(" a #.(500).##")
    # No run is long: several pages become one character.
    new = picture((0x100000, "#." * 300, "a"))
    line = rows(new)[0]
    cells, per = re.search(r" a ([+#.]+) (\d+) pages each$", line).groups()
    assert (len(cells) - 1) * int(per) < 600 <= len(cells) * int(per)
    assert set(cells) == {"+"}


@pytest.mark.parametrize("width", [20, 38, 66, 78, 200])
@pytest.mark.parametrize("height", [3, 10, 40])
def test_everything_fits(width, height):
    pages = "".join(".#0cfx"[i * i % 6] for i in range(700))
    old = picture((0x1000, "." * 300, "a" * 90), (0xb0000000, "", ""))
    new = picture((0x1000, pages, "/x/" + "a" * 90), (0x800000, ".", ""),
                  numbers={"brk": 1 << 31, "total_vm": 10 ** 6, "rss": 10 ** 6,
                           "free": 10 ** 6, "nr_ptes": 1, "faults": 10 ** 6},
                  events=[("event " * 40, True)] * 9,
                  points=[Point(0x200000, "far " * 30), Point(0x5000, "near"),
                          Point(0xf0000000, "nowhere")])
    old.numbers = dict.fromkeys(new.numbers, 7)
    rows(new, old, width, height)


def test_a_point_stands_below_its_page():
    new = picture((0x1000, "....", "a"), points=[Point(0x3004, "here")])
    area, below = rows(new)[:2]
    assert area.endswith("....")
    assert below.index("^") == area.index("....") + 2
    assert below.endswith("^ here")
    new.points = [Point(0x9000, "there")]
    assert rows(new)[:2] == ["!there: in no area", area]


def test_scrolled_to_what_changed():
    areas = [(0x10000 * i, "#", f"n{i}") for i in range(1, 30)]
    old = picture(*areas)
    new = picture(*areas)
    new.pages[0x30000] = "0", 1
    assert any("[0]" in line for line in rows(new, old))
    assert not any("n3 " in line for line in rows(new))
    new.points = [Point(0x50000, "here")]
    assert any("^ here" in line for line in rows(new, old))


def test_numbers_and_their_changes():
    new = picture(numbers={"brk": 0x8000, "rss": 5, "free": 9})
    old = picture(numbers={"brk": 0x4000, "rss": 5, "free": 10})
    assert rows(new, old)[0].split() == [
        "brk", "0x00008000", "*+0x4000", "rss", "5", "free", "9", "*-1"]
    names, values, changes = rows(new, old, 78, 40)[:3]
    assert names.split() == ["brk", "rss", "free"]
    assert values.split() == ["0x00008000", "5", "9"]
    assert changes.split() == ["*+0x4000", "*-1"]
    assert changes.index("*-1") == names.index("free")


# ── What is read ─────────────────────────────────────────────────────────────

STATES = r"""
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

char *pages;

static void done(void)
{
	__asm__ volatile("" : : : "memory");
}

int main(void)
{
	volatile char c;

	pages = mmap(0, 6 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pages[0] = 1;
	c = pages[1 * PAGE];
	pages[2 * PAGE] = 1;
	mprotect(pages + 2 * PAGE, PAGE, PROT_NONE);
	pages[3 * PAGE] = 1;
	pages[4 * PAGE] = 1;
	mprotect(pages + 3 * PAGE, PAGE, PROT_READ);
	if (fork() == 0) {
		pages[0] = 2;
		done();
		_exit(0);
	}
	wait(NULL);
	return c;
}
"""

LOOK = """
python
from debugger import kernel, window
history = window.History()
def look():
    history.has_run = True
    return history.look()
end
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """compiled(text): a program with the name `window`, not optimised."""
    directory = tmp_path_factory.mktemp("window")

    def compile(text: str) -> pathlib.Path:
        source = directory / "window.c"
        source.write_text(text)
        subprocess.run([ROOT / "scripts/cc", "-g", "-O0", source, "-o",
                        directory / "window"], check=True, timeout=60)
        return directory / "window"

    return compile


def test_states_of_pages(run_gdb, compiled):
    """The signs are right, and agree with the kernel's own account."""
    output = run_gdb(
        LOOK + "break done\ncontinue\n"
        "python new, _ = look()\n"
        "python start = int(gdb.parse_and_eval('pages'))\n"
        "python print('SIGNS', ''.join(new.page(start + i * 4096)[0] "
        "for i in range(6)))\n"
        "python signs = [sign for sign, _ in new.pages.values()]\n"
        "python print('FILE', signs.count('f'), 'ANON', "
        "sum(map(signs.count, '#cx')))\n"
        "print $lx_current().mm->rss_stat\n",
        compiled(STATES))
    # Another read-only page than fork()'s cannot be written at all: `#`.
    assert "SIGNS #0x#c." in output
    file, anonymous = re.search(r"FILE (\d+) ANON (\d+)", output).groups()
    assert f"= {{{file}, {anonymous}}}" in output
    assert int(file) > 0


def test_quick(run_gdb):
    """It is read at each step: that must not be felt."""
    output = run_gdb(
        LOOK + "break handle_mm_fault\ncontinue\n"
        "python\n"
        "import time\n"
        "from faultline import address_space\n"
        "taken = []\n"
        "for _ in range(20):\n"
        "    start = time.monotonic()\n"
        "    address_space.draw(*look(), 78, 40)\n"
        "    taken.append(time.monotonic() - start)\n"
        "print('BEST', min(taken))\n"
        "end\n", BUILD / "user/tour")
    assert float(re.search(r"^BEST (\S+)", output, re.MULTILINE)[1]) < 0.05


@pytest.mark.parametrize("flavour", ["att", "intel"])
def test_operand_of_the_next_instruction(run_gdb, flavour):
    """Where an instruction that faults points is what cr2 then says."""
    output = run_gdb(
        LOOK + f"set disassembly-flavor {flavour}\n"
        "break do_page_fault if regs->cs & 3\n"
        "python\n"
        "for _ in range(12):\n"
        "    gdb.execute('continue', to_string=True)\n"
        "    address = int(gdb.parse_and_eval('address'))\n"
        "    frame = gdb.newest_frame()\n"
        "    while frame.pc() >= kernel.TASK_SIZE:\n"
        "        frame = frame.older()\n"
        "    point = frame.pc() != address and window.operand(frame)\n"
        "    if point:\n"
        "        print('SAID' if point.address == address else 'WRONG',\n"
        "              hex(address), point)\n"
        "end\n", BUILD / "user/tour")
    assert "WRONG" not in output
    assert output.count("SAID") >= 4


# ── On a terminal ────────────────────────────────────────────────────────────

PROGRAM = """\
#include <stdlib.h>

char *block;

int main(void)
{
	block = malloc(100000);
	block[50000] = 1;
	return 0;
}
"""


class Screen:
    """A session of gdb's in a terminal of tmux's."""

    def __init__(self, directory, width, height, program, *args,
                 term=None) -> None:
        self.socket = str(directory / "tmux")
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("TMUX", "TMUX_PANE", "NO_COLOR")}
        command = ["env", "-u", "TMUX", "-u", "TMUX_PANE"]
        if term:
            command.append(f"TERM={term}")
        command += ["timeout", "--foreground", "120", str(RUN), "--gdb",
                    str(program), *args]
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width),
                  "-y", str(height), shlex.join(command), env=environment)
        self.wait(r"\(gdb\) *$")

    def tmux(self, *args, **more) -> str:
        return subprocess.run(["tmux", "-S", self.socket, *args], check=True,
                              stdout=subprocess.PIPE, text=True, timeout=20,
                              **more).stdout

    def text(self, *options) -> str:
        return self.tmux("capture-pane", "-p", *options)

    def wait(self, *patterns: str) -> str:
        """What is on the screen as soon as all PATTERNS are."""
        end = time.monotonic() + 30
        while True:
            text = self.text()
            assert not re.search("Traceback|Python Exception", text)
            if all(re.search(pattern, text, re.MULTILINE)
                   for pattern in patterns):
                return text
            assert time.monotonic() < end, (patterns, text)
            time.sleep(0.05)  # until the next look

    def type(self, line: str, *patterns: str) -> str:
        self.tmux("send-keys", "-l", line)
        self.tmux("send-keys", "Enter")
        return self.wait(*patterns)

    def close(self) -> None:
        """Leave gdb, which ends QEMU; and the terminal with it."""
        self.tmux("send-keys", "-l", "quit")
        self.tmux("send-keys", "Enter")
        end = time.monotonic() + 10
        while subprocess.run(["tmux", "-S", self.socket, "has-session"],
                             stderr=subprocess.DEVNULL).returncode == 0:
            if time.monotonic() > end:
                self.tmux("kill-server")
                break
            time.sleep(0.05)


@pytest.fixture
def screen(tmp_path):
    """screen(width, height, program, *args, term=…): its first prompt."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is missing; scripts/setup installs it")
    screens = []

    def start(*args, **more) -> Screen:
        screens.append(Screen(tmp_path, *args, **more))
        return screens[-1]

    yield start
    for each in screens:
        each.close()


def cells(row: str) -> str:
    """The pages of an area, one character each."""
    return re.sub(r"[][|]|brk", "", re.search(r"[][|.#0cfx]+\|brk", row)[0])


def test_malloc_and_the_first_touch_at_80_by_24(screen, compiled):
    gdb = screen(80, 24, compiled(PROGRAM))
    text = gdb.type("layout mm", r"^.─window, pid 1, ring 3: main─")
    assert re.search(r" brk 0x\w{8} +total_vm \d+ +rss \d+ +free \d+ ", text)
    # The source is above: nothing is lost of either.
    assert text.index("block = malloc") < text.index("pid 1")
    assert len(re.findall(r"^.[ *]\w{8}-\w{8} [rwxp-]{4} ", text,
                          re.MULTILINE)) >= 5

    gdb.type("tbreak 8", "breakpoint 2 at")
    text = gdb.type("continue", r"^. brk 0x\w+ \*\+0x1b000 +total_vm \d+ "
                    r"\*\+27 +rss \d+ \*\+\d+ +free \d+ \*-\d",
                    r"\[heap\].*\|brk")
    heap = re.search(r"^.\*(\w{8})-\w{8} rw-p \[heap\] +(.*)$", text,
                     re.MULTILINE)
    # malloc wrote its notes into the first page; the others are a promise.
    assert re.search(r"\|\[#\.{26}\]\|brk", heap[2])
    before = cells(heap[2])

    gdb.type("tbreak do_anonymous_page", "breakpoint 3 at")
    text = gdb.type("continue", "ring 0: do_anonymous_page", "#PF cr2=")
    address = int(re.search(r"#PF cr2=(0x\w+)", text)[1], 16)
    index = (address - int(heap[1], 16)) // PAGE_SIZE
    lines = text.splitlines()
    below = next(i for i, line in enumerate(lines) if "#PF cr2=" in line)
    row = lines[below - 1]
    assert "[heap]" in row and "*" not in row
    column = lines[below].index("^")
    assert row[column] == "."
    assert row[:column].count(".", row.index("[heap]")) + \
        row[:column].count("#", row.index("[heap]")) == index

    gdb.type("tbreak window.c:9", "breakpoint 4 at")
    text = gdb.type("continue", "ring 3: main", r"rss \d+ \*\+1 ",
                    r"^.\*handle_mm_fault: kind=anon_write")
    assert re.search(r"brk 0x\w{8} +total_vm \d+ +rss \d+ \*\+1 +free \d+ "
                     r"\*-1 ", text)
    row = re.search(r"^.\*\w{8}-\w{8} rw-p \[heap\] +(.*)$", text,
                    re.MULTILINE)[1]
    assert re.search(r"\.\[#\]\.", row)
    assert cells(row) == before[:index] + "#" + before[index + 1:]


def test_side_by_side_at_200_by_50_and_resized(screen, compiled):
    gdb = screen(200, 50, compiled(PROGRAM))
    beside = r"^..*window\.c─.*window, pid 1, ring 3: main─"
    text = gdb.type("layout mm", beside, r"│ brk +total_vm +rss +free ")
    assert ". nothing there yet" in text
    assert re.search(r"│ +\(nothing: \d+ MiB\)", text)
    gdb.type("tbreak 8", "breakpoint 2 at")
    text = gdb.type("continue", r"│ +\*\+0x1b000 +\*\+27 +\*\+\d+ +\*-\d",
                    r"│ +[.#]+\|\[#\.{26}\]\|brk",
                    r"│\*brk_move: ", r"│\*handle_mm_fault: kind=anon_write")
    assert re.search(r"│\*\w{8}-\w{8} rw-p \[heap\]  \d+ KiB", text)

    gdb.tmux("resize-window", "-x", "80", "-y", "24")
    gdb.wait(r"^.─window, pid 1", r"^.\*\w{8}-\w{8} rw-p \[heap\] .*\|brk")
    gdb.tmux("resize-window", "-x", "120", "-y", "40")
    gdb.wait(beside, r"│ +[.#]+\|\[#\.{26}\]\|brk")


def test_without_colours(screen, compiled):
    """The signs say it all."""
    gdb = screen(80, 24, compiled(PROGRAM), term="vt100")
    gdb.type("layout mm", "window, pid 1, ring 3: main")
    gdb.type("tbreak 8", "breakpoint 2 at")
    gdb.type("continue", r"\*\+0x1b000", r"\|\[#\.{26}\]\|brk")
    assert not re.search(r"\033\[[0-9;]*3[1-7]m", gdb.text("-e"))


def test_scrolling_and_focus(screen, compiled):
    gdb = screen(80, 24, compiled(PROGRAM))
    gdb.type("layout mm", "pid 1, ring 3: main")
    gdb.type("winheight mm 7", r"pid 1, ring 3.* \(0 lines above, \d below\)")
    gdb.type("focus mm", "Focus set to mm")
    gdb.tmux("send-keys", "Down")
    gdb.wait(r"pid 1, ring 3.* \(1 lines above, \d below\)")
    for _ in range(20):
        gdb.tmux("send-keys", "Down")
    gdb.wait(r"pid 1, ring 3.* \(\d lines above, 0 below\)")
    gdb.tmux("send-keys", "Up")
    gdb.wait(r"pid 1, ring 3.* \(\d lines above, 1 below\)")
    # Gone and back, it shows the same.
    gdb.type("layout src", r"(?s)\A(?!.*pid 1)")
    gdb.type("layout mm", "pid 1, ring 3: main")


def test_whatever_else_writes_there(screen, compiled):
    """The program's console is this terminal: the windows come back whole."""
    gdb = screen(80, 24, compiled(PROGRAM.replace(
        "return 0", r'puts("a\nb\nc\nd"); return 0').replace(
        "stdlib", "stdio.h>\n#include <stdlib")))
    gdb.type("layout mm", "pid 1, ring 3: main")
    gdb.type("tbreak do_exit", "breakpoint 2 at")
    whole = r"\A([┌│B└].{78}[┐│┘]\n){16,18}.*In: do_exit "
    text = gdb.type("continue", "ring 0: do_exit", whole)
    assert len(re.findall(r"^[┌└]─.*[┐┘]$", text, re.MULTILINE)) == 3
    gdb.type("continue", "The machine is not running", "turned itself off")


def test_nothing_to_show(screen):
    """A task of the kernel's; then no machine."""
    gdb = screen(80, 24, BUILD / "user/sleep", "0.1")
    gdb.type("layout mm", "sleep, pid 1, ring 3")
    gdb.type("tbreak wake_up if current->mm == 0", "breakpoint 2 at")
    gdb.type("continue", "swapper, pid 0, ring 0: wake_up",
             "swapper is a task of the kernel's: it has no address space",
             r" free \d+ ")
    gdb.type("kill", "The machine is not running")


def test_screens_in_the_documentation(screen):
    """What docs/gdb.md shows is what one sees, but for the figures."""
    text = (ROOT / "docs/gdb.md").read_text()
    blocks = re.findall(r"^```screen *([^\n]*)\n(.*?)^```$", text,
                        re.MULTILINE | re.DOTALL)
    assert len(blocks) > 1

    def pattern(line: str) -> str:
        """For a line; numbers, and how many pages there are, may differ."""
        line = re.sub(r"  +", "  ", line.strip("│ "))
        line = re.escape(re.sub("─+", "─", line)).replace(r"\ ", " ")
        line = re.sub(r"(?<= )(\\[][.|()#]|[0cfx#])+(?=brk|$)", r"\\S+", line)
        line = re.sub(r"0x[0-9a-f]+|\b[0-9a-f]{8}\b|\d+", "[0-9a-fx]+", line)
        line = line.replace("  ", " +").replace("─", "─+")
        # gdb 12 makes the window one line lower, and then says so.
        return line.replace("─+┐", r"(?: \(0 lines above, 1 below\))?─+┐")

    for program, block in blocks:
        if program:
            name, *arguments = shlex.split(program)
            gdb = screen(80, 24, BUILD / "user" / name, *arguments)
        commands = re.findall(r"^\(gdb\) (.*)$", block, re.MULTILINE)
        wanted = [pattern(line) for line in
                  block.split(f"(gdb) {commands[-1]}\n")[1].splitlines()]
        for command in commands[:-1]:
            gdb.type(command, r"\(gdb\) *$")
            # Typed ahead, gdb would not lose it; but see each for itself.
            gdb.wait(re.escape(command.split()[-1]))
        gdb.type(commands[-1], *filter(None, wanted))


def test_terminal_without_cursor(screen):
    gdb = screen(80, 24, BUILD / "user/hello", term="dumb")
    gdb.type("layout mm", "Cannot enable the TUI")


def test_help(run_gdb):
    output = run_gdb("help layout mm\n")
    for sign in address_space.SIGNS:
        assert re.search(rf"(^|, ){re.escape(sign)} ", output,
                         re.MULTILINE), sign
