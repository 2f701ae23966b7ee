"""layout mm: a window that shows the address space beside the source.

Here is what is read from the kernel at each stop, and how gdb's TUI is dealt
with; how it looks is in faultline/address_space.py.
"""

import os
import re
import sys
from typing import Optional

import gdb

from debugger import kernel, trap
from faultline import address_space
from faultline.address_space import Area, Picture, Point, page_of
from faultline.events import parse_event

EVENTS = 20  # that are read; no more fit into most windows
WIDE = 100  # columns from which the windows stand side by side
CR0_PG = 1 << 31
PG_CACHE = kernel.MM_TYPES["PG_cache"]

SGR = {"changed": "1;7", "point": "1", "dim": "2"}
COLOURS = {address_space.OWN: "32", address_space.ZERO: "35",
           address_space.COW: "33", address_space.FILE: "36",
           address_space.NO_ACCESS: "31", "point": "1;33"}


# ── What is read: pages ──────────────────────────────────────────────────────

def read_pages(area: kernel.Area, mm: gdb.Value,
               pages: dict[int, tuple[str, int]]) -> None:
    """The pages of AREA that are there: address → (sign, frame)."""
    zero_pfn = kernel.zero_pfn()
    shared, writable = area.allows("VM_SHARED"), area.allows("VM_WRITE")
    for entry in kernel.entries(mm, area.start, area.end):
        pte, pfn = entry.pte, entry.pte >> 12
        if not pte & kernel.PRESENT:
            sign = address_space.NO_ACCESS
        elif pfn == zero_pfn:
            sign = address_space.ZERO
        elif shared:
            sign = address_space.FILE
        elif pte & kernel.RW:
            sign = address_space.OWN
        # Read-only: the page cache's, or fork()'s, or mprotect() made it so.
        elif area.path and int(kernel.page(pfn)["flags"]) & PG_CACHE:
            sign = address_space.FILE
        else:
            sign = address_space.COW if writable else address_space.OWN
        pages[entry.address] = sign, pfn


def read_areas(mm: gdb.Value, picture: Picture) -> None:
    for area in kernel.areas(mm):
        picture.areas.append(Area(area.start, area.end, area.permissions,
                                  area.name))
        read_pages(area, mm, picture.pages)


# ── What is read: where the machine is ───────────────────────────────────────

def register(frame: gdb.Frame, name: str) -> int:
    return int(frame.read_register(name)) & 0xffffffff


# disassembly-flavor att and intel: -0x8(%ebx,%ecx,4), [ebx+ecx*4-0x8]
_ATT = re.compile(r"(?P<offset>-?0x[0-9a-f]+)?\((?:%(?P<base>e\w\w))?"
                  r"(?:,%(?P<index>e\w\w),(?P<scale>\d))?\)")
_INTEL = re.compile(r"\[(?:(?P<base>e\w\w)(?!\*))?(?:\+?(?P<index>e\w\w)\*"
                    r"(?P<scale>\d))?(?P<offset>[+-]?0x[0-9a-f]+)?\]")
_ABSOLUTE = re.compile(r"(?:(?<=[ ,])|(?<=ds:))(?P<offset>0x[0-9a-f]+)(?=,|$)")
_NO_ACCESS = ("lea", "nop", "j", "call", "loop", "push", "ret", "int")


def operand(frame: gdb.Frame) -> Optional[Point]:
    """The memory that the next instruction touches, if it is simple."""
    pc = frame.pc()
    text = frame.architecture().disassemble(pc)[0]["asm"].split("<")[0]
    text = " ".join(text.split())
    if text.startswith(_NO_ACCESS) or re.search(r"[fg]s:", text):
        return None
    found = [*_ATT.finditer(text), *_INTEL.finditer(text)]
    if not found and gdb.parameter("disassembly-flavor") == "att" or \
            "ds:0x" in text:
        found = [*_ABSOLUTE.finditer(text)]
    if not found:
        return None
    parts = found[-1].groupdict()
    address = int(parts["offset"] or "0", 16)
    if parts.get("base"):
        address += register(frame, parts["base"])
    if parts.get("index"):
        address += register(frame, parts["index"]) * int(parts["scale"])
    return Point(address & 0xffffffff, text)


def points(picture: Picture) -> list[Point]:
    """What the machine is about to touch, and where it has faulted."""
    frame = gdb.newest_frame()
    found = []
    handled = trap.innermost()
    if handled and handled.vector == trap.PAGE_FAULT:
        address = register(frame, "cr2")
        found.append(Point(address, f"#PF cr2={address:#010x}"))
    pc = frame.pc()
    if pc < kernel.TASK_SIZE and page_of(pc) not in picture.pages:
        found.append(Point(pc, f"eip={pc:#010x}: not there yet"))
        return found
    touched = operand(frame)
    if touched and touched.address < kernel.TASK_SIZE:
        touched.label = f"{touched.address:#010x}: {touched.label}"
        found.append(touched)
    return found


# ── What is read: the whole ──────────────────────────────────────────────────

def read_events(pid: int, before: Optional[int]) -> list[tuple[str, bool]]:
    """The newest events, and whether they came after BEFORE, a ring_head."""
    fresh = (int(kernel.symbol("ring_head")) - before) % 2**32 \
        if before is not None else 0
    told = []
    for line in reversed(kernel.trace_lines(EVENTS)):
        event = parse_event(line)
        text = f"{event.name}: {event.rest}" if event else line
        if event and event.pid != pid:
            text = f"{event.comm}-{event.pid}: {text}"
        told.insert(0, (text, fresh > 0))
        fresh -= len(line.encode()) + 1
    return told or [("no events so far, or all are off (trace=)", False)]


class Stop:
    """The picture of a stop, and what to know for comparing with another."""

    def __init__(self, old: "Optional[Stop]") -> None:
        task = kernel.current()
        mm = task["mm"]
        pid = int(task["pid"])
        frame = gdb.newest_frame()
        self.ring_head = int(kernel.symbol("ring_head"))
        ring = register(frame, "cs") & 3
        picture = self.picture = Picture()
        picture.title = f"{kernel.comm(task)}, pid {pid}, ring {ring}"
        picture.place = f": {frame.name()}" if frame.name() else ""
        if mm:
            read_areas(mm, picture)
            picture.start_brk, picture.brk = \
                int(mm["start_brk"]), int(mm["brk"])
            picture.numbers = {
                "brk": picture.brk, "total_vm": int(mm["total_vm"]),
                "rss": sum(kernel.array(mm["rss_stat"])),
                "free": int(kernel.symbol("nr_free_pages")),
                "nr_ptes": int(mm["nr_ptes"]),
                "faults": sum(kernel.array(mm["fault_count"]))}
            picture.points = points(picture)
        else:
            picture.problem = f"{kernel.comm(task)} is a task of the " \
                "kernel's: it has no address space (mm is NULL)."
            picture.numbers = {"free": int(kernel.symbol("nr_free_pages"))}
        picture.events = read_events(pid, old.ring_head if old else None)


# ── From stop to stop ────────────────────────────────────────────────────────

class History:
    """What was shown of each address space: that is what the next picture of
    it is compared with, however much another process ran in between."""

    MANY = 16  # address spaces that are remembered

    def __init__(self) -> None:
        self.stops: dict[tuple[int, int], Stop] = {}
        self.has_run = False  # since the last look
        self.thread: Optional["gdb.InferiorThread"] = None
        self.old: Optional[Stop] = None

    def look(self) -> tuple[Picture, Optional[Picture]]:
        """How it is now, and what to compare that with."""
        try:
            return self._look()
        except Exception as error:  # no traceback in the middle of a lecture
            return Picture(problem=f"Nothing can be shown: {error}"), None

    def _look(self) -> tuple[Picture, Optional[Picture]]:
        thread = gdb.selected_thread()
        if thread is None or not thread.is_valid():
            self.__init__()
            return Picture(problem="The machine is not running; `start` "
                           "boots it."), None
        if thread.is_running():
            return Picture(problem="The machine is running."), None
        if not register(gdb.newest_frame(), "cr0") & CR0_PG:
            return Picture(problem="Paging is off: the kernel has not begun "
                           "yet."), None
        if self.thread is None or not self.thread.is_valid():
            self.__init__()  # another machine
            self.thread, self.has_run = thread, True
        task = kernel.current()
        # exec() gives a process another address space.
        key = int(task["pid"]), int(task["mm"])
        if self.has_run:
            self.old = self.stops.pop(key, None)
        stop = self.stops[key] = Stop(self.old)
        self.has_run = False
        while len(self.stops) > self.MANY:
            del self.stops[next(iter(self.stops))]
        return stop.picture, self.old.picture if self.old else None


# ── The window ───────────────────────────────────────────────────────────────

class Window:
    """What gdb calls when the window is to be drawn, scrolled, closed."""

    history = History()
    open: "Optional[Window]" = None

    def __init__(self, tui: "gdb.TuiWindow") -> None:
        self.tui = tui
        self.top: Optional[int] = None  # row of the areas; None: choose
        self.new, self.old = Picture(), None
        Window.open = self
        self.look()

    def look(self) -> None:
        """Read the machine anew."""
        self.new, self.old = self.history.look()
        self.top = None

    def render(self) -> None:
        if not self.tui.is_valid():
            return
        try:
            lines, self.top, below = address_space.draw(
                self.new, self.old, self.tui.width - 1, self.tui.height,
                self.top)
            self.tui.title = self.title(below)
            text = "\n".join(escapes(line) for line in lines)
        except Exception as error:  # here neither
            text = f"layout mm: {type(error).__name__}: {error}"
        self.tui.write(text, True)
        fit_layout()

    def title(self, below: int) -> str:
        """Who and where, and how many lines are above and BELOW; so much of
        it as there is room for."""
        who, where = self.new.title or "mm", self.new.place
        scrolled = f" ({self.top} lines above, {below} below)" \
            if self.top or below else ""
        for title in (f"{who}{where}{scrolled}", f"{who}{scrolled}"):
            if len(title) <= self.tui.width - 4:
                return title
        return who

    def redraw(self, everything: bool) -> None:
        """The window, or all that is on the terminal."""
        if self.tui.is_valid():
            self.render()
            if everything:
                gdb.execute("refresh")

    def vscroll(self, lines: int) -> None:
        self.top = max((self.top or 0) + lines, 0)
        self.render()

    def hscroll(self, columns: int) -> None:
        """Lines are cut to the window's width: nothing is to the right."""

    def close(self) -> None:
        if Window.open is self:
            Window.open = None


def escapes(line: address_space.Line) -> str:
    """The line as for a terminal; gdb leaves out what that cannot do."""
    colourful = gdb.parameter("style enabled") and \
        "NO_COLOR" not in os.environ
    text = ""
    for part, style in line:
        code = (COLOURS.get(style) if colourful else None) or SGR.get(style)
        text += f"\033[{code}m{part}\033[m" if code else part
    return text


def on_stop(_event: object) -> None:
    Window.history.has_run = True


def on_prompt() -> None:
    """Before the user is asked for a command, the window is up to date."""
    window = Window.open
    if not window:
        return
    # The program may have written on this terminal, and so does gdb.execute()
    # when there are windows: what it prints goes past them.
    spoilt = Window.history.has_run
    window.look()
    # Not before the source window, which has a border line with ours.
    gdb.post_event(lambda: window.redraw(spoilt))


# ── The layout ───────────────────────────────────────────────────────────────

def terminal_size() -> os.terminal_size:
    try:
        return os.get_terminal_size(sys.__stdout__.fileno())
    except (AttributeError, OSError, ValueError):
        return os.terminal_size((80, 24))


class IsWide(gdb.Function):
    """$_mm_beside() - is there room for layout mm's window beside the source?
    """

    beside: Optional[bool] = None  # how it was when `layout mm` asked

    def __init__(self) -> None:
        super().__init__("_mm_beside")

    def invoke(self) -> bool:
        IsWide.beside = terminal_size().columns >= WIDE
        return IsWide.beside


def fit_layout() -> None:
    """Choose anew when the terminal has become wide or narrow. gdb must be
    through with its own work on the new size: so not at once."""
    beside = terminal_size().columns >= WIDE
    if IsWide.beside not in (None, beside):
        IsWide.beside = beside
        gdb.post_event(lambda: Window.open and gdb.execute("layout mm"))


def set_heights() -> None:
    """Most is for the source and the address space, but a station of the tour
    needs eight lines. The weights of a layout do not do this: gdb leaves the
    command window as high as it was."""
    lines = terminal_size().lines
    command = max(lines // 5, 8 if IsWide.beside else 6)
    gdb.execute(f"winheight cmd {command}")
    if not IsWide.beside:
        # Of what is left; a border is in both, the status line in neither.
        gdb.execute(f"winheight mm {(lines - command) * 3 // 5 + 1}")
    gdb.execute("update", to_string=True)  # or the source lacks its last lines


# A layout's form is fixed, so there are two, and `layout mm` chooses. It is no
# command in Python: gdb.execute() would put gdb's output back as it was before
# there were windows, and from then on all that gdb prints went past them.
COMMANDS = """\
tui new-layout mm-beside {-horizontal src 3 mm 2} 1 status 0 cmd 1
tui new-layout mm-stacked src 1 mm 1 status 0 cmd 1
python import debugger.window
define layout mm
if $_mm_beside()
layout mm-beside
else
layout mm-stacked
end
python debugger.window.set_heights()
end
document layout mm
Show the address space beside the source, redrawn at every stop.
Usage: layout mm
Below the source, if the terminal has less than 100 columns. Shown are
- numbers: mm->brk, total_vm, rss, free frames, nr_ptes (pages), page faults;
- the areas, from the highest address down, as maps draws them, with one
character for each page:
. nothing there yet, # a frame of its own, 0 the zero page,
c copied when written (copy on write), f a page of a file (page cache),
x PROT_NONE, + several pages, not all alike; .(250). is a run of 250,
| start_brk and brk: the heap is in between;
^ what the next instruction touches, with #PF the page fault under way;
- the last events of the event stream.
What has changed since the stop before has a sign: * at a number, an area, an
event; [ ] around pages; + an area that is new; - one that is gone.
focus mm        from now on arrow keys and Page Up, Page Down scroll in it
focus cmd       they belong to the command line again
winheight mm N  makes it N lines high
layout src      shows the source alone; tui disable: no windows
end
"""

if hasattr(gdb, "register_window_type"):  # gdb can be built without TUI
    IsWide()
    gdb.register_window_type("mm", Window)
    gdb.events.stop.connect(on_stop)
    gdb.events.before_prompt.connect(on_prompt)
    gdb.execute(COMMANDS)
