"""An address space as a whole: vmmap, its areas; mm, the picture of them.

Both set what has been promised beside what is in frames. The picture shows
what the class is to see: mm_struct holds a few addresses, malloc() moves one
of them, and nothing else happens.
"""

import pathlib
from dataclasses import dataclass
from typing import Optional, Sequence

import gdb

from debugger import kernel
from debugger.command import Command, address_of, bold, paragraph
from debugger.kernel import PAGE_SIZE, TASK_SIZE, Area

# What of mm_struct is an address within the program's reach.
_OFFSETS = ("start_code", "end_code", "start_data", "end_data", "start_brk",
            "brk", "mmap_base", "start_stack", "arg_start", "arg_end",
            "env_start", "env_end")


# ── What the commands share ──────────────────────────────────────────────────

def process(words: Sequence[str]) -> tuple[gdb.Value, list[str]]:
    """The task that "--pid N" among WORDS names, or the current one, and the
    other words."""
    others = list(words)
    if "--pid" not in others:
        return kernel.current(), others
    at = others.index("--pid")
    if not others[at + 1:at + 2] or not others[at + 1].isdecimal():
        raise gdb.GdbError("--pid wants the number of a process; lx-ps "
                           "lists them")
    task = kernel.find_task(int(others[at + 1]))
    del others[at:at + 2]
    return task, others


def task_name(task: gdb.Value) -> str:
    """Such as "tour[1]"."""
    return f"{kernel.comm(task)}[{int(task['pid'])}]"


def size_text(size: int) -> str:
    """A size in bytes, whole KiB, for people: "132K", "2.8G"."""
    if size < 1 << 20:
        return f"{size >> 10}K" if size else "0"
    unit, letter = (1 << 30, "G") if size >= 1 << 30 else (1 << 20, "M")
    text = f"{size / unit:.1f}"
    return (text[:-2] if text.endswith(".0") else text) + letter


def resident_pages(mm: gdb.Value, area: Area) -> list[int]:
    """The addresses of AREA's pages that are in frames; the zero page, which
    is nobody's, does not count, as in VmRSS."""
    zero = kernel.zero_pfn()
    return [entry.address for entry in
            kernel.entries(mm, area.start, area.end) if entry.pfn != zero]


def area_text(area: Area) -> str:
    """As the kernel's area_text(): "0x8056000-0x8075000 rw-p [heap]"."""
    return f"{area.start:#x}-{area.end:#x} {area.permissions} " \
        f"{area.name or '(anonymous)'}"


def neighbours(mm: gdb.Value,
               address: int) -> tuple[Optional[Area], Optional[Area]]:
    """The areas below and above ADDRESS, which is in none."""
    below = None
    for area in kernel.areas(mm):
        if area.start > address:
            return below, area
        below = area
    return below, None


# ── vmmap ────────────────────────────────────────────────────────────────────

class VmMap(Command):
    """List the areas of the address space, as /proc/PID/maps does.
    Usage: vmmap [--pid N] [ADDRESS]

    Start, End   of the area (vm_area_struct), End is the first byte behind
    Perm         rights: r, w, x; s shared, p private
    Size         in bytes, Offset of the area's start in its File
    Frames       pages that are in frames, of all that are promised; the
                 zero page is not counted
    File         or [heap], [stack], or nothing: anonymous memory

    With ADDRESS, any expression of gdb's, only the area that holds it, or
    between which areas it lies. --pid N: of another process; lx-ps lists
    them. Reads mm->areas and the page tables."""

    NAME = "vmmap"
    ARGUMENTS = (0, 99)
    COMPLETE = gdb.COMPLETE_EXPRESSION

    def run(self, *words: str) -> None:
        task, words = process(words)
        mm = kernel.mm_of(task)
        if words:
            self._one(mm, address_of(" ".join(words)))
            return
        self._heading()
        promised = resident = count = 0
        for area in kernel.areas(mm):
            resident += self._line(mm, area)
            promised += area.end - area.start
            count += 1
        print(f"{task_name(task)}: {count} areas, {size_text(promised)} "
              f"promised, {size_text(resident * PAGE_SIZE)} in frames")

    @staticmethod
    def _heading() -> None:
        print(bold("Start      End        Perm       Size   Offset"
                   "      Frames File"))

    @staticmethod
    def _line(mm: gdb.Value, area: Area) -> int:
        resident = len(resident_pages(mm, area))
        pages = f"{resident}/{(area.end - area.start) // PAGE_SIZE}"
        print(f"{area.start:#010x} {area.end:#010x} {area.permissions} "
              f"{area.end - area.start:>#10x} {area.offset:>#8x} "
              f"{pages:>11} {area.name}".rstrip())
        return resident

    def _one(self, mm: gdb.Value, address: int) -> None:
        if address >= TASK_SIZE:
            print(paragraph(f"{address:#x} is the kernel's: no area; "
                            "pagewalk shows what is there"))
            return
        area = kernel.find_vma(mm, address)
        if area is None or address < area.start:
            self._none(mm, address)
            return
        self._heading()
        self._line(mm, area)
        entry = kernel.page_entry(mm, address)
        where = "not in a frame yet"
        if entry and entry.pte:
            where = "the shared zero page" \
                if entry.pfn == kernel.zero_pfn() else \
                f"in frame {entry.pfn:#x}"
        print(paragraph(
            f"{address:#x} is byte {address - area.start:#x} of it, in page "
            f"{(address - area.start) // PAGE_SIZE + 1} of "
            f"{(area.end - area.start) // PAGE_SIZE}: {where}"))

    @staticmethod
    def _none(mm: gdb.Value, address: int) -> None:
        below, above = neighbours(mm, address)
        print(f"{address:#x} lies in no area")
        if above:
            print(f"  {size_text(above.start - address):>7} below "
                  f"{area_text(above)}")
        if below:
            print(f"  {size_text(address - below.end):>7} above "
                  f"{area_text(below)}")


# ── mm ───────────────────────────────────────────────────────────────────────

# The columns of the picture: names, the box, what is in it.
_LEFT = 29
_BOX = 16


@dataclass
class _Mark:
    """Addresses of mm_struct that are equal, and their names."""
    address: int
    names: list[str]

    def text(self) -> str:
        name = ", ".join(self.names)
        return f"{name:>{_LEFT - 13}} {self.address:#010x} ─"


def _marks(mm: gdb.Value) -> list[_Mark]:
    """The offsets in MM, from high to low; some may be equal."""
    at: dict[int, list[str]] = {}
    for name in _OFFSETS:
        at.setdefault(int(mm[name]), []).append(name)
    marks = []
    for address in sorted(at, reverse=True):
        names = at[address]
        # What does not fit is said on lines of its own.
        while len(names) > 1 and len(", ".join(names)) > _LEFT - 13:
            marks.append(_Mark(address, [names.pop()]))
        marks.append(_Mark(address, names))
    return [mark for mark in marks if mark.address]


def strip(area: Area, resident: Sequence[int], columns: int = _BOX) -> str:
    """AREA's pages from low to high, as user/maps draws them: "#" is in a
    frame, "." is not, "+" are several of which some are."""
    pages = (area.end - area.start) // PAGE_SIZE
    each = (pages + columns - 1) // columns
    counts = [0] * ((pages + each - 1) // each)
    for address in resident:
        counts[(address - area.start) // PAGE_SIZE // each] += 1
    return "".join(
        "." if not count else
        "#" if count == min(each, pages - i * each) else "+"
        for i, count in enumerate(counts))


class Mm(Command):
    """Draw the mm_struct: its offsets beside the areas, and what it counts.
    Usage: mm [--pid N]

    From high addresses to low ones. On the left the addresses that mm_struct
    keeps, as they are now; in the middle the areas, each page a character
    (from low to high: "#" in a frame, "." only promised; in large areas one
    for several pages, "+" if some of them are in frames); on the right what
    is promised and what is in frames. Between the areas is nothing.

    brk() and mmap() move the numbers on the left and the ends of areas; only
    page faults turn "." into "#". --pid N: of another process."""

    NAME = "mm"
    ARGUMENTS = (0, 2)

    def run(self, *words: str) -> None:
        task, words = process(words)
        if words:
            self.usage()
        mm = kernel.mm_of(task)
        print(bold(f"{task_name(task)}: struct mm_struct at {int(mm):#x}"))
        _Picture(mm).draw()
        self._counters(mm)

    @staticmethod
    def _counters(mm: gdb.Value) -> None:
        def numbers(*names: str) -> str:
            return ", ".join(f"{name} {int(mm[name])}" for name in names)

        counts = [f"{name} {int(mm['rss_stat'][i])}" for i, name in
                  enumerate(kernel.enumerators("MM_FILEPAGES"))]
        faults = [f"{name} {int(mm['fault_count'][i])}" for i, name in
                  enumerate(kernel.enumerators("FAULT_COW"))
                  if int(mm["fault_count"][i])]
        for name, text in (
                ("promised", numbers("total_vm", "data_vm", "exec_vm",
                                     "stack_vm") + " pages in " +
                 f"map_count {int(mm['map_count'])} areas"),
                ("got", "rss_stat: " + ", ".join(counts) +
                 f" pages; nr_ptes {int(mm['nr_ptes'])} page tables"),
                ("faults", "fault_count: " + (", ".join(faults) or "none"))):
            print(paragraph(text, f"{name:<10}"))


class _Picture:
    """The areas in boxes, MM's offsets on the left of them."""

    def __init__(self, mm: gdb.Value) -> None:
        self._mm = mm
        self._areas = list(kernel.areas(mm))[::-1]
        self._marks = _marks(mm)

    def draw(self) -> None:
        print(f"{'mm_struct':>{_LEFT - 2}} {' ' * (_BOX + 3)} "
              f"{'areas':<17}{'promised':>8}{'frames':>7}")
        self._row(f"{TASK_SIZE:#010x} and above: the kernel's".rjust(_LEFT),
                  "")
        above = TASK_SIZE
        for i, area in enumerate(self._areas):
            if area.end < above:
                self._gap(area.end, above, i)
            self._border(area.end, i)
            self._area(area)
            above = area.start
            below = self._areas[i + 1].end if i + 1 < len(self._areas) else 0
            if below < above:
                self._border(above, i + 1, below=True)
        if above:
            self._gap(0, above, len(self._areas))

    def _take(self, above: int) -> list[_Mark]:
        """The marks that are left, as far as they lie above the address."""
        taken = [mark for mark in self._marks if mark.address > above]
        self._marks = self._marks[len(taken):]
        return taken

    @staticmethod
    def _row(left: str, middle: str, right: str = "") -> None:
        print(f"{left:<{_LEFT}}{middle} {right}".rstrip())

    def _border(self, address: int, i: int, below: bool = False) -> None:
        """The line at ADDRESS, above area I or below the last one."""
        marks = [mark for mark in self._marks if mark.address == address]
        for mark in marks[:-1]:
            self._row(mark.text(), "")
        self._marks = [mark for mark in self._marks
                       if mark.address != address]
        touching = not below and i and self._areas[i - 1].start == address
        ends = "├┤" if touching else "└┘" if below else "┌┐"
        self._row(marks[-1].text() if marks else "",
                  ends[0] + "─" * _BOX + ends[1], f"{address:#010x}")

    def _area(self, area: Area) -> None:
        resident = resident_pages(self._mm, area)
        name = area.name
        if name.startswith("/"):
            name = pathlib.PurePosixPath(name).name
        text = f"{area.permissions} {name or '(anonymous)':<12.12}" \
            f"{size_text(area.end - area.start):>8}" \
            f"{size_text(len(resident) * PAGE_SIZE):>7}"
        marks = self._take(area.start)
        drawn = strip(area, resident)
        self._row(marks[0].text() if marks else "", f"│{drawn:<{_BOX}}│",
                  text)
        for mark in marks[1:]:
            self._row(mark.text(), f"│{'':{_BOX}}│")

    def _gap(self, start: int, end: int, i: int) -> None:
        """Nothing between area I, which ends at START, and the one above."""
        above = self._areas[i - 1] if i else None
        below = self._areas[i] if i < len(self._areas) else None
        grows = []
        if above and above.allows("VM_GROWSDOWN"):
            grows.append("↓ grows")
        if below and below.name == "[heap]":
            grows.append("↑ grows")
        marks = self._take(start)
        text = f"{size_text(end - start)} of nothing"
        if grows[:1] == ["↓ grows"]:
            self._row("", grows.pop(0).center(_BOX + 2))
        for mark in marks:
            self._row(mark.text(), "")
        self._row("", text.center(_BOX + 2))
        if grows:
            self._row("", grows[0].center(_BOX + 2))
