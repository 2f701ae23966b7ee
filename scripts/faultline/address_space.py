"""An address space as text: what the window of `layout mm` in gdb shows.

Areas are drawn from the highest address down, a page as one character, both
as user/maps.c does it:

    ' bfffe000-bffff000 rw-p [stack] #'
    '*08057000-08077000 rw-p [heap]  ##.#.|[#].(25).|brk'
    '                                      ^ #PF cr2=0x0805c000'

What has changed since OLD, the picture before, has a sign that needs no colour:
* at a number, an area, an event; [brackets] around pages; + is an area that
is new, - one that is gone. Nothing here knows of gdb.
"""

import bisect
import functools
import textwrap
from dataclasses import dataclass, field
from itertools import groupby
from typing import Iterator, Optional

PAGE_SIZE = 4096

NOTHING, OWN, ZERO, COW, FILE, NO_ACCESS = SIGNS = ".#0cfx"
SOME = "+"  # several pages in one character, and not all alike

LEGEND = (". nothing there yet", "# a frame of its own", "0 the zero page",
          "c copied when written", "f a page of a file", "x PROT_NONE",
          ".(9). 9 such pages", "[ ] changed", "| start_brk, brk")

# From here on an area has a line of its own for its pages, gaps are shown …
TALL = 26
# … and below this width it has one in any case.
NARROW = 66

# From this height on the signs are explained, if nothing gives way to that.
WITH_LEGEND = 20

# A line is made of spans: (text, style). A style is "", "changed", "point",
# "dim", or the sign of a page.
Span = tuple[str, str]
Line = list[Span]


@dataclass
class Area:
    start: int
    end: int
    permissions: str  # "rw-p"
    name: str


@dataclass
class Point:
    """An address to look at, and why."""
    address: int
    label: str


@dataclass
class Picture:
    """All that is shown of one stop."""
    title: str = ""  # "tour, pid 1, ring 3"
    place: str = ""  # ": main"
    problem: str = ""  # why there are no areas
    areas: list[Area] = field(default_factory=list)  # the lowest first
    pages: dict[int, tuple[str, int]] = field(default_factory=dict)
    #   address → (sign, frame), of those that are not NOTHING
    start_brk: int = 0
    brk: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    events: list[tuple[str, bool]] = field(default_factory=list)
    #   (text, is it new?), the oldest first
    points: list[Point] = field(default_factory=list)

    def page(self, address: int) -> Optional[tuple[str, int]]:
        """Sign and frame of the page at ADDRESS; None: it is in no area."""
        if self.area_of(address) is None:
            return None
        return self.pages.get(address, (NOTHING, 0))

    @functools.cached_property
    def _starts(self) -> list[int]:
        return [area.start for area in self.areas]

    def area_of(self, address: int) -> Optional[Area]:
        i = bisect.bisect_right(self._starts, address) - 1
        if i >= 0 and address < self.areas[i].end:
            return self.areas[i]
        return None


def page_of(address: int) -> int:
    return address & -PAGE_SIZE


def page_align(address: int) -> int:
    return page_of(address + PAGE_SIZE - 1)


def size_text(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 100 << 20 else f"{size >> 10} KiB"


def cut(line: Line, width: int) -> Line:
    """LINE as far as it fits into WIDTH columns."""
    short: Line = []
    for text, style in line:
        if width <= 0:
            break
        short.append((text[:width], style))
        width -= len(text)
    return short


def plain(line: Line) -> str:
    return "".join(text for text, _ in line)


# ── Pages ────────────────────────────────────────────────────────────────────

@dataclass
class Run:
    """Pages side by side that look alike."""
    start: int  # address of the first
    count: int
    sign: str
    changed: bool
    bar: bool  # the break is right behind
    elided: bool = False

    @property
    def text(self) -> str:
        if not self.elided:
            return self.sign * self.count
        return f"{self.sign}({self.count}){self.sign}"


class Pages:
    """What the pages look like, and where that changes: by comparison of two
    pictures."""

    def __init__(self, new: Picture, old: Optional[Picture]) -> None:
        self.new, self.old = new, old
        self._bars = {page_align(new.start_brk), page_align(new.brk)}
        # A page with a point is a run of its own.
        self._alone = {page_of(point.address) + offset
                       for point in new.points for offset in (0, PAGE_SIZE)}
        edges = self._bars | self._alone
        if old is not None:
            for area in old.areas:
                edges.update((area.start, area.end))
        known = new.pages.keys() | (old.pages.keys() if old else ())
        behind, last = 0, None
        for page in sorted(known):
            look = self._look(page)
            if page != behind:
                edges.update((behind, page))
            elif look != last:
                edges.add(page)
            behind, last = page + PAGE_SIZE, look
        edges.add(behind)
        self._edges = sorted(edges)

    def _look(self, page: int) -> tuple[str, bool]:
        """Sign of a page in some area, and whether that has changed."""
        now = self.new.pages.get(page, (NOTHING, 0))
        return now[0], self.old is not None and self.old.page(page) != now

    def runs(self, area: Area) -> list[Run]:
        """AREA's pages from left to right."""
        low = bisect.bisect_right(self._edges, area.start)
        high = bisect.bisect_left(self._edges, area.end)
        edges = [area.start, *self._edges[low:high], area.end]
        runs: list[Run] = []
        for start, end in zip(edges, edges[1:]):
            sign, changed = self._look(start)
            count = (end - start) // PAGE_SIZE
            last = runs[-1] if runs else None
            if last and (last.sign, last.changed) == (sign, changed) and \
                    not last.bar and start not in self._alone:
                last.count += count
            else:
                runs.append(Run(start, count, sign, changed, False))
            runs[-1].bar = end in self._bars
        return runs


def width_of(runs: list[Run]) -> int:
    """With brackets and bars."""
    return sum(len(run.text) + run.bar for run in runs) + \
        2 * sum(changed for changed, _ in groupby(runs, lambda r: r.changed))


def grouped(runs: list[Run], per: int) -> list[Run]:
    """PER pages in each character; only the last may stand for fewer."""
    groups: list[Run] = []
    room = 0  # pages for which there is place in the last group
    for run in runs:
        start, left = run.start, run.count
        while left:
            if not room:
                # All that is alike goes at once.
                whole = max(left // per, 1)
                room = whole * per
                groups.append(Run(start, whole, run.sign, False, False))
            group = groups[-1]
            part = min(left, room)
            if group.sign != run.sign:
                group.sign = SOME
            group.changed |= run.changed
            start, left, room = start + part * PAGE_SIZE, left - part, \
                room - part
        groups[-1].bar |= run.bar
    return groups


def fit(runs: list[Run], width: int) -> tuple[list[Run], str]:
    """RUNS so that they take WIDTH columns, and what is to be said of it.

    Long runs are cut short, the longest first. If that does not do, several
    pages become one character, as in user/maps.c."""
    needed = width_of(runs)
    for run in sorted(runs, key=lambda run: -run.count):
        whole = len(run.text)
        if needed <= width or whole <= 4 + len(str(whole)):
            break
        run.elided = True
        needed += len(run.text) - whole
    if needed <= width:
        return runs, ""
    for run in runs:
        run.elided = False
    pages = sum(run.count for run in runs)
    per = max(pages // max(width, 1), 2)
    while True:
        groups, note = grouped(runs, per), f" {per} pages each"
        if width_of(groups) + len(note) <= width or per >= pages:
            return groups, note
        per += max(per // 4, 1)


def draw_pages(runs: list[Run], label: str,
               note: str) -> tuple[Line, dict[int, int]]:
    """The runs as a line, and where in it they are: address → column. LABEL
    is for a bar behind the last."""
    line: Line = []
    columns = {}
    column = 0

    def put(text: str, style: str) -> None:
        nonlocal column
        line.append((text, style))
        column += len(text)

    for changed, group in groupby(runs, lambda run: run.changed):
        if changed:
            put("[", "changed")
        bar = False
        for run in group:
            if bar:
                put("|", "point")
            columns[run.start] = column
            put(run.text, "changed" if changed else run.sign)
            bar = run.bar
        if changed:
            put("]", "changed")
        if bar:
            put("|", "point")
    put(label, "point")
    put(note, "dim")
    return line, columns


# ── Areas ────────────────────────────────────────────────────────────────────

def gone(new: Picture, old: Optional[Picture]) -> list[tuple[int, int]]:
    """The ranges that were in some area and now are in none."""
    ranges: list[tuple[int, int]] = []
    for start, end in gone_parts(new, old):
        if ranges and ranges[-1][1] == start:
            start = ranges.pop()[0]
        ranges.append((start, end))
    return ranges


def gone_parts(new: Picture,
               old: Optional[Picture]) -> Iterator[tuple[int, int]]:
    for area in old.areas if old else ():
        start = area.start
        for other in new.areas:
            if other.end <= start or other.start >= area.end:
                continue
            if start < other.start:
                yield start, other.start
            start = max(start, other.end)
        if start < area.end:
            yield start, area.end


@dataclass
class Row:
    line: Line
    rank: int = 0  # to be seen: 2 a point, 1 something that has changed


def area_head(area: Area, old: Optional[Picture], changed: bool,
              name: str) -> Line:
    """ '*08057000-08077000 rw-p [heap]', the last as NAME has it."""
    sign = "*" if changed else " "
    before = area
    if old is not None:
        overlap = [other for other in old.areas
                   if other.start < area.end and area.start < other.end]
        before = overlap[0] if overlap else None
        if before is None:
            sign = "+"
        elif len(overlap) > 1 or before != area:
            sign = "*"
    spans = [(sign, "" if sign == " " else "changed")]
    for part, text, behind in (
            ("start", f"{area.start:08x}", "-"),
            ("end", f"{area.end:08x}", " "),
            ("permissions", area.permissions, " "),
            ("name", name, " ")):
        same = before is not None and \
            getattr(before, part) == getattr(area, part)
        spans += [(text, "" if same else "changed"), (behind, "")]
    return spans


def point_row(point: Point, column: int, width: int) -> Row:
    """The label below a page, on that side of it where there is room."""
    text = " " * column + "^ " + point.label
    if len(text) > width and len(point.label) + 1 < column:
        text = f"{point.label} ^".rjust(column + 1)
    return Row([(text, "point")], 2)


def area_rows(area: Area, pages: Pages, width: int, pad: int,
              own_line: bool) -> list[Row]:
    """An area, its pages behind it or on OWN_LINE, and the points in it."""
    runs = pages.runs(area)
    changed = any(run.changed for run in runs)
    if own_line:
        name = area.name if width >= NARROW else area.name.rpartition("/")[2]
        head = area_head(area, pages.old, changed, name)
        head.append((f" {size_text(area.end - area.start)}", "dim"))
    else:
        name = area.name.rpartition("/")[2][:pad]
        head = area_head(area, pages.old, changed, name)
        head.append((" " * (pad - len(name)), ""))
    indent = 4 if own_line else len(plain(head))
    label = "brk" if page_align(pages.new.brk) == area.end else ""
    runs, note = fit(runs, width - indent - len(label))
    line, columns = draw_pages(runs, label, note)
    rank = int(head[0][0] != " ")
    if own_line:
        rows = [Row(head, rank), Row([(" " * indent, ""), *line], rank)]
    else:
        rows = [Row(head + line, rank)]
    for point in pages.new.points:
        if area.start <= point.address < area.end:
            page = max(start for start in columns if start <= point.address)
            rows.append(point_row(point, indent + columns[page], width))
    return rows


def all_rows(new: Picture, old: Optional[Picture], width: int,
             tall: bool) -> list[Row]:
    """What there is in the address space, from the highest address down."""
    own_line = tall or width < NARROW
    longest = max((len(area.name.rpartition("/")[2]) for area in new.areas),
                  default=0)
    pad = min(longest, 8 if width < 100 else 20)
    pages = Pages(new, old)
    parts: list[tuple[int, list[Row]]] = []
    for area in new.areas:
        parts.append((area.start,
                      area_rows(area, pages, width, pad, own_line)))
    for start, end in gone(new, old):
        text = f"-{start:08x}-{end:08x} gone: {size_text(end - start)}"
        parts.append((start, [Row([(text, "changed")], 1)]))
    for point in new.points:
        if new.area_of(point.address) is None:
            text = f"!{point.label}: in no area"
            parts.append((point.address, [Row([(text, "point")], 2)]))
    if tall:
        for low, high in zip(new.areas, new.areas[1:]):
            if low.end < high.start:
                text = f"    (nothing: {size_text(high.start - low.end)})"
                parts.append((low.end, [Row([(text, "dim")])]))
    parts.sort(key=lambda part: -part[0])
    return [row for _, rows in parts for row in rows]


# ── Numbers and events ───────────────────────────────────────────────────────

def number_text(name: str, value: int) -> str:
    return f"{value:#010x}" if name == "brk" else str(value)


def change_text(name: str, new: Picture, old: Optional[Picture]) -> str:
    """"*+1", or "" if NAME has not changed."""
    before = old.numbers.get(name) if old else None
    if before is None or before == new.numbers[name]:
        return ""
    change = new.numbers[name] - before
    return f"*{change:+#x}" if name == "brk" else f"*{change:+d}"


def number_lines(new: Picture, old: Optional[Picture], width: int,
                 tall: bool) -> list[Line]:
    """The numbers, always at the same places. Tall: as a table."""
    columns = []
    for name, value in new.numbers.items():
        change = change_text(name, new, old)
        columns.append((name, number_text(name, value), change))
    if tall:
        pads = [max(len(text) for text in (*column, "*+0000"))
                for column in columns]
        return [[(f" {column[i]:<{pad}} ",
                  "dim" if i == 0 else "changed" if column[2] else "")
                 for column, pad in zip(columns, pads)] for i in range(3)]
    lines: list[Line] = [[]]
    for name, value, change in columns:
        pad = len(value) + (10 if name == "brk" else 5)
        text = f"{value} {change}"
        spans = [(f" {name} ", "dim"),
                 (text, "changed" if change else ""),
                 (" " * (pad + 1 - len(text)), "")]
        if lines[-1] and len(plain(lines[-1] + spans)) > width:
            lines.append([])
        lines[-1] += spans
    if width < NARROW:
        return lines
    # There is one line: without the room for changes, if that is needed for
    # the first four numbers; they are the most important ones.
    if sum(len(line) for line in lines[:1]) < 4 * 3:
        lines = [[span for line in lines for span in line
                  if span[0].strip()]]
    return lines[:1]


def event_lines(new: Picture, width: int, height: int) -> list[Line]:
    """The newest events in at most HEIGHT lines, each whole if it can be."""
    lines: list[Line] = []
    for text, is_new in reversed(new.events):
        parts = textwrap.wrap(text, width - 1, subsequent_indent="  ",
                              break_on_hyphens=False) or [""]
        if height == 1:
            parts = [text]
        if len(parts) > height - len(lines):
            break
        style = "changed" if is_new else ""
        lines[:0] = [[("*" if is_new and i == 0 else " ", style), (part, "")]
                     for i, part in enumerate(parts)]
    return lines


def legend_lines(width: int) -> list[Line]:
    text = textwrap.fill("  ".join(part.replace(" ", "\0") for part in LEGEND),
                         width - 1, initial_indent=" ",
                         subsequent_indent=" ")
    return [[(line.replace("\0", " "), "dim")] for line in text.split("\n")]


# ── The whole ────────────────────────────────────────────────────────────────

def first_row(rows: list[Row], room: int) -> int:
    """Which row is to be the uppermost, so that the changes are seen."""
    rank = max((row.rank for row in rows), default=0)
    if len(rows) <= room or rank == 0:
        return 0
    last = max(i for i, row in enumerate(rows) if row.rank == rank)
    first = min(i for i, row in enumerate(rows) if row.rank == rank)
    # A line more than needed shows the neighbour.
    top = min(max(last + 2 - room, 0), max(first - 1, 0))
    return min(top, len(rows) - room)


def draw(new: Picture, old: Optional[Picture], width: int, height: int,
         top: Optional[int] = None) -> tuple[list[Line], int, int]:
    """NEW and what has changed since OLD, in HEIGHT lines of WIDTH columns.

    TOP is the first row of the areas that is shown, None: where the changes
    are. Returns the lines, TOP as it has become, and how many rows there are
    below those that are shown."""
    tall = height >= TALL
    head = number_lines(new, old, width, tall) if new.numbers else []
    if new.problem:
        head = [[(part, "")] for part in textwrap.wrap(new.problem, width)] \
            + head
    foot = event_lines(new, width, height // (4 if tall else 8))
    if tall:
        head.append([])
    rows = all_rows(new, old, width, tall)
    legend = [[], *legend_lines(width), []]
    if height >= WITH_LEGEND and \
            len(head + rows + legend + foot) <= height:
        foot = legend + foot
    room = max(height - len(head) - len(foot), 0)
    if top is None:
        top = first_row(rows, room)
    top = max(min(top, len(rows) - room), 0)
    shown = [row.line for row in rows[top:top + room]]
    shown += [[]] * (room - len(shown))
    lines = [cut(line, width) for line in [*head, *shown, *foot]]
    return lines[:height], top, max(len(rows) - top - room, 0)
