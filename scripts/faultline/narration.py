"""The narration: what libc and the kernel did, told in words.

Between the lines that a program prints stands, in the order in which it
happened, what its calls of malloc() and free() did inside libc, and what the
kernel did for it. Events that belong together are told as one happening:

    page_fault_user, mm_page_alloc, rss_stat, handle_mm_fault    one page fault
    sys_enter_brk, vma_adjust, brk_move, sys_exit_brk            one system call
    malloc, malloc_search, malloc_return                         one malloc()

Every figure told stands in an event; where a sentence gives a reason, it is
the reason that the events before and after it leave.
"""

import errno
import pathlib
from dataclasses import dataclass, field
from typing import Callable, Iterable, Optional, Union

from faultline.events import Event, parse_event
from faultline.symbols import Symbols, find_program

PAGE_SIZE = 4096
MIN_CHUNK = 16

# Level, indentation, the colour of its name and text on a terminal.
LEVELS = {"libc": (4, "36"), "kernel": (8, "33"), "end": (0, "1")}
REFUSED = "31"

# What happens more often than this between two lines of the program's output
# is told in one.
REPEATS_TOLD = 3

PTE_BITS = ((0x001, "present"), (0x002, "writable"), (0x004, "user"),
            (0x020, "accessed"), (0x040, "dirty"))

PROT_BITS = ((1, "PROT_READ"), (2, "PROT_WRITE"), (4, "PROT_EXEC"))
MAP_BITS = ((0x01, "MAP_SHARED"), (0x02, "MAP_PRIVATE"), (0x10, "MAP_FIXED"),
            (0x20, "MAP_ANONYMOUS"), (0x100000, "MAP_FIXED_NOREPLACE"))
DECIMAL_ARGUMENTS = {"fd", "count", "buf_size", "error_code", "whence",
                     "vlen", "offset", "pid", "len", "length"}

FAULT_NAMES = {
    "anon_write": "first write: a zeroed frame of its own",
    "anon_read": "first read: the shared zero page",
    "zero_upgrade": "write after such a read: a frame after all",
    "file_read": "file page: the page cache's frame, shared",
    "file_shared": "shared file page: the page cache's frame, writable",
    "file_copy": "write to a file page: a private copy",
    "cow_copy": "write to a frame shared since fork(): a copy",
    "reuse": "write to a frame nobody else uses any more",
    "stack_growth": "the stack grew",
    "spurious": "nothing to do",
    "refused": "refused",
    "sigbus": "behind the end of the file",
    "oom": "no frame left",
}


# ── Words ────────────────────────────────────────────────────────────────────

def size_text(size: int) -> str:
    """4096 → "4 KiB", 100 → "100 bytes"."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if size and size % unit == 0:
            return f"{size // unit} {name}"
    return "1 byte" if size == 1 else f"{size} bytes"


def count_text(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def bits_text(value: int, bits: Iterable[tuple[int, str]], between: str,
              none: str) -> str:
    return between.join(name for bit, name in bits if value & bit) or none


def pte_text(pte: int) -> str:
    if pte == 0:
        return "0 (nothing there)"
    return f"{pte:#x} ({bits_text(pte, PTE_BITS, ', ', 'not present')})"


def error_text(result: int) -> str:
    """-12 → "-ENOMEM"."""
    return "-" + errno.errorcode.get(-result, str(-result))


def area_text(text: str) -> str:
    """An area as the events write it, but without "-" for a name."""
    return text[:-1] + "anonymous" if text.endswith(" -") else text


def area_name(text: str) -> str:
    """The name in "0x1000-0x2000 rw-p [heap]"."""
    return area_text(text).split(" ", 2)[-1]


def is_error(result: int) -> bool:
    return -4095 <= result < 0


def wrap(text: str, width: int) -> list[str]:
    """The lines of TEXT, at most WIDTH columns where words allow it."""
    lines = []
    for part in text.split("\n"):
        indent = " " * (len(part) - len(part.lstrip()))
        line = indent
        for word in part.split():
            if len(line) + 1 + len(word) > width and line != indent:
                lines.append(line)
                line = indent
            line += word if line == indent else " " + word
        lines.append(line)
    return lines


# ── What is known of a program ───────────────────────────────────────────────

@dataclass
class Program:
    """One run of a program, from its exec to its exit, in figures."""
    pid: int
    name: str = "?"
    symbols: Optional[Symbols] = None
    started: bool = False
    ended: bool = False
    calls: dict[str, int] = field(default_factory=dict)
    libc_calls: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    breaks_moved: int = 0
    frames_taken: int = 0
    frames_given: int = 0
    rss: dict[str, int] = field(default_factory=dict)  # bytes by type
    peak_rss: int = 0
    peak_heap: int = 0  # bytes from start_brk to brk

    def rss_total(self) -> int:
        return sum(self.rss.values())


def count(table: dict[str, int], name: str) -> None:
    table[name] = table.get(name, 0) + 1


@dataclass
class Happening:
    """Events of the kernel that are told together."""
    kind: str  # "fault", "syscall", "loose"
    event: Optional[Event] = None
    decision: Optional[Event] = None  # a fault's handle_mm_fault
    areas: list[Event] = field(default_factory=list)  # vma_*, brk_move
    allocated: list[tuple[int, int]] = field(default_factory=list)
    freed: list[tuple[int, int]] = field(default_factory=list)
    signal: Optional[Event] = None
    faults: int = 0
    rss_change: int = 0  # bytes
    rss_changed: bool = False
    is_mark: bool = False  # a write() to trace_marker: ours, not the program's

    def frames(self) -> int:
        return sum(1 << order for _, order in self.allocated)

    def frames_freed(self) -> int:
        return sum(1 << order for _, order in self.freed)


@dataclass
class Held:
    """What happened so often that only its last is told."""
    times: int
    level: str
    text: str
    colour: str


# ── The teller ───────────────────────────────────────────────────────────────

class Narrator:
    """Tells a stream; `tell` takes what StreamSplitter yields.

    write        gets the text, as bytes; called for each piece of it
    find_symbols the Symbols of a guest's path, or None
    columns      how wide a line may be
    colour       with a terminal's colours
    summary_only is this program (by its name) told in a table alone?
    collapse     tell what repeats itself in one line
    """

    def __init__(self, write: Callable[[bytes], None],
                 find_symbols: Callable[[str], Optional[Symbols]],
                 columns: int = 80, colour: bool = False,
                 summary_only: Callable[[str], bool] = lambda name: False,
                 summaries: bool = False, collapse: bool = True) -> None:
        self._write = write
        self._find_symbols = find_symbols
        self._columns = columns
        self._colour = colour
        self._summary_only = summary_only
        self._summaries = summaries
        self._collapse = collapse

        self._line_open = False  # the program is in the middle of a line
        self._carriage_return = False  # one came last; "\n" may follow
        self._silent = False  # this program gets a table alone

        self._programs: dict[int, Program] = {}
        self._stack: list[Happening] = []  # a fault inside a system call
        self._loose: Optional[Happening] = None  # exec's work, and exit's

        self._libc: list[str] = []  # sentences of the call under way
        self._libc_call = ""  # its function, until it returns
        self._libc_shape: list[str] = []
        self._libc_continues = False
        self._asked_kernel = False

        self._explained: set[tuple[str, str]] = set()
        # Since the program's last line: how often a shape was told, and
        # what is held back of those told often enough.
        self._told: dict[tuple, int] = {}
        self._held: dict[tuple, Held] = {}

    # ── The stream ───────────────────────────────────────────────────────

    def tell(self, items: Iterable[Union[bytes, str]]) -> None:
        for item in items:
            if isinstance(item, bytes):
                self._output(item)
            else:
                self.tell_line(item)

    def tell_line(self, line: str) -> None:
        event = parse_event(line)
        if event is None:
            # A panic, or something newer than this script: as it stands.
            self._settle()
            self._paragraph("kernel", line.strip(), REFUSED)
            return
        program = self._programs.get(event.pid)
        if program is None:
            program = self._programs[event.pid] = Program(event.pid)
        if not program.started and (
                event.is_mark or event.name == "page_fault_user" or
                event.name.startswith("sys_enter_")):
            # It runs, only its exec was not traced.
            program.started = True
            program.name = event.comm
            program.symbols = self._find_symbols(event.comm)
            self._silent = self._summary_only(program.name)
        if event.is_mark:
            self._mark(event, program)
            return
        if event.name.startswith("sys_enter_"):
            self._sys_enter(event, program)
        elif event.name.startswith("sys_exit_"):
            self._sys_exit(event, program)
        else:
            handler = _HANDLERS.get(event.name)
            if handler is None:
                self._settle()
                self._paragraph("kernel", f"{event.name}: {event.rest}")
            else:
                handler(self, event, program)

    def idle(self) -> None:
        """Nothing has come for a while: let nothing wait any longer."""
        if self._stack and self._stack[-1].kind == "fault":
            self._end_fault()
        self._end_libc()
        self._release()

    def close(self) -> None:
        """The stream is over."""
        self._settle()
        if self._carriage_return:
            self._carriage_return = False
            self._put_text(b"\r")
        for program in self._programs.values():
            self._finish(program)
        self._end_line()

    # ── Lines ────────────────────────────────────────────────────────────

    def _output(self, text: bytes) -> None:
        """What the program wrote, with the terminal's CR LF as LF."""
        self._settle(keep_syscall=True)
        if self._carriage_return:
            text = b"\r" + text
        self._carriage_return = text.endswith(b"\r")
        if self._carriage_return:
            text = text[:-1]
        text = text.replace(b"\r\n", b"\n")
        if text:
            self._put_text(text)

    def _put_text(self, text: bytes) -> None:
        self._line_open = not text.endswith(b"\n")
        self._write(text)

    def _end_line(self) -> None:
        if self._line_open:
            self._line_open = False
            self._write(b"\n")

    def _paragraph(self, level: str, text: str, colour: str = "") -> None:
        if self._silent:
            return
        indent, own_colour = LEVELS[level]
        name = "" if level == "end" else f"{level:<8}"
        start = " " * indent + name
        hanging = " " * len(start)
        lines = wrap(text, max(30, self._columns - len(start) - 1))
        if self._colour:
            code = colour or own_colour
            lines = [f"\x1b[{code}m{line}\x1b[0m" for line in lines]
            start = f"{' ' * indent}\x1b[{own_colour};1m{name}\x1b[0m"
        self._end_line()
        body = ("\n" + hanging).join(lines)
        self._write(f"{start}{body}\n".encode("utf-8", "replace"))

    def _repeatable(self, level: str, text: str, shape: tuple,
                    colour: str = "") -> None:
        """A paragraph that is held back when its like was told before."""
        if self._silent:
            return
        count(self._told, shape)
        if not self._collapse or self._told[shape] <= REPEATS_TOLD:
            self._release()
            self._paragraph(level, text, colour)
            return
        held = self._held.pop(shape, None)
        times = held.times + 1 if held else 1
        self._held[shape] = Held(times, level, text, colour)

    def _release(self) -> None:
        """Tell the last of each that was held back, and how many it were."""
        held, self._held = self._held, {}
        for last in held.values():
            text = last.text
            if last.times > 1:
                text = f"… {last.times} more like this. The last: {text}"
            self._paragraph(last.level, text, last.colour)

    def _settle(self, keep_syscall: bool = False) -> None:
        """Tell what is pending: something of another kind comes now."""
        if self._stack and self._stack[-1].kind == "fault":
            self._end_fault()
        if self._stack and not keep_syscall:
            self._stack.clear()
        self._end_libc()
        self._end_loose()
        self._release()
        self._told.clear()

    # ── libc ─────────────────────────────────────────────────────────────

    def _mark(self, event: Event, program: Program) -> None:
        if self._stack and self._stack[-1].kind == "fault":
            self._end_fault()
        if self._stack and self._stack[-1].kind == "syscall":
            self._stack[-1].is_mark = True
        if event.name in ("malloc", "calloc", "realloc", "free") or \
                event.name.endswith("align") or \
                event.name.endswith("aligned_alloc"):
            self._begin_libc(event, program)
            return
        sentence = _MARK_WORDS.get(event.name)
        if sentence is None:
            self._end_libc()
            self._release()
            self._paragraph("libc", f"{event.name}: {event.rest}")
            return
        if self._silent:
            return
        self._libc.append(sentence(event))
        self._libc_shape.append(event.name)
        if event.name in ("malloc_return", "realloc_in_place"):
            self._end_libc(returned=True)

    def _begin_libc(self, event: Event, program: Program) -> None:
        nested = self._libc_call in ("calloc", "realloc") and \
            event.name == "malloc"
        if not nested:
            count(program.libc_calls, event.name)
        if self._silent:
            return
        words = _begin_words(event)
        if nested:
            self._libc.append(words)
            self._libc_shape.append(event.name)
            return
        self._end_libc()
        self._libc_call = event.name
        self._libc_continues = False
        self._asked_kernel = False
        self._libc = [words]
        self._libc_shape = [event.name, event.args.get("request", "")]

    def _interrupt_libc(self, reason: str) -> None:
        """The call needs the kernel; what it has done so far is told now."""
        if self._libc_call and reason and not self._asked_kernel:
            self._asked_kernel = True
            self._libc.append(reason)
        if self._libc:
            self._flush_libc(complete=False)
            self._libc_continues = True

    def _end_libc(self, returned: bool = False) -> None:
        if self._libc:
            self._flush_libc(complete=True)
        # free() has no mark for its end; what allocates, returns.
        if returned or self._libc_call == "free":
            self._libc_call = ""
            self._libc_continues = False
            self._asked_kernel = False

    def _flush_libc(self, complete: bool) -> None:
        text = " ".join(self._libc)
        shape = ("libc", complete, self._libc_continues, *self._libc_shape)
        if self._libc_continues and self._libc_call:
            text = f"… back in {self._libc_call}(): {text}"
        self._libc = []
        self._libc_shape = []
        self._repeatable("libc", text, shape)

    # ── System calls ─────────────────────────────────────────────────────

    def _sys_enter(self, event: Event, program: Program) -> None:
        name = event.name[len("sys_enter_"):]
        if self._stack and self._stack[-1].kind == "fault":
            self._end_fault()
        self._stack.clear()
        self._end_loose()
        self._stack.append(Happening("syscall", event))
        if name == "write" and event.number("fd") >= 60:
            return  # malloc's own marks
        count(program.calls, name)

    def _sys_exit(self, event: Event, program: Program) -> None:
        name = event.name[len("sys_exit_"):]
        if self._stack and self._stack[-1].kind == "fault":
            self._end_fault()
        call = self._stack.pop() if self._stack else None
        if call is None or call.kind != "syscall" or \
                call.event.name != "sys_enter_" + name:
            call = Happening("syscall", None)
        if call.is_mark or self._silent:
            return
        self._interrupt_libc(self._kernel_reason(name, call))
        result = int(event.rest, 0) if event.rest else 0
        words = _SYSCALL_WORDS.get(name, _other_syscall)
        text = words(name, call, result, program)
        bad = is_error(result)
        self._repeatable("kernel", text,
                         ("syscall", name, bad, call.frames() > 0,
                          call.frames_freed() > 0),
                         REFUSED if bad else "")

    def _kernel_reason(self, name: str, call: Happening) -> str:
        """Why the libc function under way makes the system call NAME."""
        if self._libc_call == "free":
            if name == "brk" and not any(change.name == "brk_move"
                                         for change in call.areas):
                return ""  # the program's own question, after free()
            if name == "munmap" and len(self._libc_shape) > 2:
                return ""  # the chunk went elsewhere
            return _GIVE_REASONS.get(name, "")
        return _TAKE_REASONS.get(name, "") if self._libc_call else ""

    # ── Page faults ──────────────────────────────────────────────────────

    def _page_fault(self, event: Event, program: Program) -> None:
        if self._stack and self._stack[-1].kind == "fault":
            self._end_fault()
        if program.started:
            if event.name == "page_fault_user":
                self._stack.clear()
            self._end_loose()
        self._interrupt_libc("")
        self._stack.append(Happening("fault", event))

    def _handle_mm_fault(self, event: Event, program: Program) -> None:
        kind = event.args.get("kind", "?")
        count(program.faults, kind)
        if not self._stack or self._stack[-1].kind != "fault":
            self._stack.append(Happening("fault", None))
        self._stack[-1].decision = event
        if kind not in ("refused", "sigbus", "oom"):
            self._end_fault()  # of a refusal the signal is still to come

    def _end_fault(self) -> None:
        fault = self._stack.pop()
        event = fault.event or fault.decision
        program = self._programs[event.pid]
        if not program.started:
            loose = self._open_loose(event)
            loose.faults += 1
            loose.allocated += fault.allocated
            return
        if self._silent:
            return
        text, kind = self._fault_words(fault, program)
        ip = fault.event.args.get("ip") if fault.event else None
        shape = ("fault", kind, None if kind == "file_read" else ip,
                 len(fault.allocated))
        refused = kind in ("refused", "sigbus", "oom")
        self._repeatable("kernel", text, shape, REFUSED if refused else "")

    def _fault_words(self, fault: Happening,
                     program: Program) -> tuple[str, str]:
        decision = fault.decision
        if decision is None:
            return f"#PF at {fault.event.args.get('address')}.", "?"
        kind = decision.args.get("kind", "?")
        area = decision.args.get("area", "none")
        if kind in ("refused", "sigbus", "oom"):
            parts = [self._access_words(fault, program, True)]
            if area != "none":
                parts.append(f"find_vma: inside {area_text(area)}.")
            else:
                parts.append("find_vma: no area holds this address.")
            parts.append(_refusal_words(fault, kind))
            return " ".join(parts), kind
        # The first of its kind is told in full, the others in short.
        in_full = (kind, area_name(area)) not in self._explained
        self._explained.add((kind, area_name(area)))
        parts = [self._access_words(fault, program, in_full)]
        if kind == "stack_growth":
            parts.append("find_vma: just below the stack, within its limit: "
                         f"the area grows to {area.split(' ')[0]}."
                         if in_full else "The stack grows to "
                         f"{area.split(' ')[0]}.")
        elif in_full:
            parts.append(f"find_vma: inside {area_text(area)} → allowed.")
        parts += _decision_words(fault, kind, area, in_full)
        before, _, after = decision.args.get("pte", "0->0").partition("->")
        if before != after:
            old = "0" if int(before, 0) == 0 else before
            new = pte_text(int(after, 0)) if in_full else after
            parts.append(f"PTE {old} → {new}.")
        if fault.rss_changed:
            parts.append(f"RSS now {size_text(program.rss_total())}.")
        if not in_full:
            return " ".join(parts), kind
        if fault.event is None or fault.event.name == "page_fault_user":
            parts.append("The instruction runs again.")
        else:
            parts.append("The kernel's copy goes on.")
        return " ".join(parts), kind

    def _access_words(self, fault: Happening, program: Program,
                      in_full: bool) -> str:
        """Who wanted what, and why the CPU stopped it."""
        if fault.event is None:
            return f"A fault at {fault.decision.args.get('address')}."
        event = fault.event
        address = event.args.get("address", "?")
        error_code = event.number("error_code")
        ip = event.number("ip")
        write = error_code & 2
        place = ""
        source = ""
        if event.name == "page_fault_kernel":
            call = self._stack[-1].event if self._stack else None
            name = call.name[len("sys_enter_"):] + "()" if call \
                else "a system call"
            who = f"the kernel itself, for {name},"
            verb = "writes to" if write else "reads"
        else:
            if program.symbols is not None:
                found = program.symbols.place(ip)
                place = str(found)
                source = program.symbols.source(found)
            if event.number("address") == ip:
                verb, noun = "goes to", "jump"
            elif write:
                verb, noun = "writes to", "store"
            else:
                verb, noun = "reads", "load"
            at = f" at {place}" if place and not place.startswith("in ") \
                else f" {place}" if place else ""
            who = f"the {noun}{at}"
            if in_full or not at:
                who += f" (ip {ip:#x})"
            if 4 <= len(source) <= 60:
                who += f" `{source}`"
        if not in_full:
            return f"#PF: {who} {verb} {address}."
        state = "its page is there, but may not be used like this" \
            if error_code & 1 else "no page is there yet"
        if fault.decision.args.get("kind") in ("refused", "sigbus", "oom") \
                and not error_code & 1:
            state = "no page is there"
        return f"#PF: {who} {verb} {address}; {state}."

    # ── Frames, areas, counters ──────────────────────────────────────────

    def _page_alloc(self, event: Event, program: Program) -> None:
        order = event.number("order")
        program.frames_taken += 1 << order
        self._current(event).allocated.append((event.number("pfn"), order))

    def _page_free(self, event: Event, program: Program) -> None:
        order = event.number("order")
        program.frames_given += 1 << order
        self._current(event).freed.append((event.number("pfn"), order))

    def _rss_stat(self, event: Event, program: Program) -> None:
        size = int(event.args.get("size", "0B").rstrip("B") or 0)
        before = program.rss_total()
        program.rss[event.args.get("type", "?")] = size
        program.peak_rss = max(program.peak_rss, program.rss_total())
        current = self._current(event)
        current.rss_changed = True
        current.rss_change += program.rss_total() - before

    def _area_change(self, event: Event, program: Program) -> None:
        if event.name == "brk_move":
            old, _, new = event.args.get("brk", "0->0").partition("->")
            program.breaks_moved += 1
            heap = int(new, 0) - event.number("start_brk")
            program.peak_heap = max(program.peak_heap, heap)
        self._current(event).areas.append(event)

    def _current(self, event: Event) -> Happening:
        return self._stack[-1] if self._stack else self._open_loose(event)

    def _open_loose(self, event: Event) -> Happening:
        if self._loose is not None and self._loose.event.pid != event.pid:
            self._end_loose()
        if self._loose is None:
            self._end_libc()
            self._loose = Happening("loose", event)
        return self._loose

    def _end_loose(self) -> None:
        """What happened outside of calls and faults: an exit's clean-up."""
        loose = self._loose
        if loose is None:
            return
        program = self._programs[loose.event.pid]
        if not program.started:
            return  # a program that is being loaded: exec tells it
        self._loose = None
        parts = []
        if program.ended:
            unmapped = sum(change.name == "vma_unmap"
                           for change in loose.areas)
            parts.append(f"exit: {program.name}'s address space goes: "
                         f"{count_text(unmapped, 'area')}, "
                         f"{count_text(loose.frames_freed(), 'frame')} given "
                         "back.")
            if loose.allocated:
                parts.append(f"{count_text(loose.frames(), 'frame')} taken.")
        else:
            parts = [f"{change.name}: {change.rest}."
                     for change in loose.areas]
            # In system calls that are not traced the kernel's own buffers
            # come and go; that is nobody's news.
            if parts or loose.rss_changed:
                parts += _frame_words(loose)
        self._release()
        if parts:
            self._paragraph("kernel", " ".join(parts))

    # ── Programs and signals ─────────────────────────────────────────────

    def _exec(self, event: Event, program: Program) -> None:
        if self._stack and self._stack[-1].kind == "fault":
            self._end_fault()
        self._stack.clear()
        path = event.args.get("filename", "?")
        loose = self._loose
        self._loose = None
        self._settle()
        for other in self._programs.values():
            if other.ended:
                self._finish(other)
        if program.started:  # the same process runs another program
            taken, given = program.frames_taken, program.frames_given
            self._finish(program)
            program = self._programs[event.pid] = Program(event.pid)
            program.frames_taken, program.frames_given = taken, given
        program.started = True
        program.name = path.rsplit("/", 1)[-1]
        program.symbols = self._find_symbols(path)
        self._silent = self._summary_only(program.name)
        if self._silent:
            self._silent = False
            self._paragraph("end", f"──── {program.name} (process "
                            f"{program.pid}), with a summary at its end ────")
            self._silent = True
            return
        self._paragraph("end",
                        f"──── {program.name} (process {program.pid}) ────")
        self._paragraph("kernel", _exec_words(path, loose, program))

    def _exit(self, event: Event, program: Program) -> None:
        self._settle()
        program.ended = True
        code = event.number("exit_code")
        if code & 0x7f:
            words = f"is killed by signal {code & 0x7f}"
        else:
            words = f"ends with status {code >> 8}"
        self._paragraph("kernel", f"{program.name} {words}.",
                        REFUSED if code & 0x7f else "")

    def _signal(self, event: Event, program: Program) -> None:
        if self._stack and self._stack[-1].kind == "fault":
            self._stack[-1].signal = event
            self._end_fault()
            return
        self._settle()
        rule = event.args.get("rule", "")
        self._paragraph("kernel", f"signal {event.args.get('sig')} for "
                        f"{event.args.get('comm')}: {rule}", REFUSED)

    def _fork(self, event: Event, program: Program) -> None:
        self._settle(keep_syscall=True)
        self._paragraph("kernel", f"{program.name} has a child now, process "
                        f"{event.args.get('child_pid')}, with the same memory: "
                        "no frame was copied.")

    def _signal_deliver(self, event: Event, program: Program) -> None:
        handler = event.number("sa_handler")
        if handler > 1:
            self._settle(keep_syscall=True)
            self._paragraph("kernel", f"signal {event.args.get('sig')}: "
                            f"{program.name} goes on in its handler at "
                            f"{handler:#x}.")

    def _power_off(self, event: Event, _: Program) -> None:
        self._settle()
        for program in self._programs.values():
            self._finish(program)
        self._silent = False
        before = event.number("free_before")
        after = event.number("free_after")
        if before == after:
            frames = f"{after} frames are free, as many as before the first " \
                "program: every one came back."
        else:
            frames = f"{before} frames were free before the first program, " \
                f"{after} are now."
        self._paragraph("end", f"──── power off, status "
                        f"{event.args.get('status')} ────")
        self._paragraph("kernel", frames)

    def _finish(self, program: Program) -> None:
        """PROGRAM is over: its figures, if they are wanted."""
        if not program.started:
            return
        if self._summaries or self._summary_only(program.name):
            self._end_line()
            self._write(summary(program).encode())
        program.started = False
        program.ended = False
        self._silent = False


# ── Sentences ────────────────────────────────────────────────────────────────

def _begin_words(event: Event) -> str:
    request = event.number("request")
    chunk_size = event.number("chunk_size")
    if event.name == "free":
        return (f"free({event.args.get('pointer')}): the chunk at "
                f"{event.args.get('chunk')}, "
                f"{size_text(event.number('size'))}.")
    if event.name == "realloc":
        text = f"realloc({event.args.get('old')}, {request})"
    elif "alignment" in event.args:
        text = f"{event.name}({event.args['alignment']}, {request})"
    else:
        text = f"{event.name}({request})"
    if chunk_size and request < 1 << 31:
        text += f": a chunk of {chunk_size} bytes, header included"
    return text + "."


def _search_words(event: Event) -> str:
    found = event.args.get("found", "?")
    if found == "none":
        return "No free one fits."
    chunk = event.args.get("chunk", "?")
    size = event.args.get("size", "?")
    if found == "cache":
        return f"The last of this size that was given back: {chunk}."
    rest = event.number("rest")
    words = f"Bin {event.args.get('bin')} has a free one: {chunk}, " \
        f"{size} bytes."
    if rest >= MIN_CHUNK:
        words += f" It is split; {rest} bytes stay free."
    return words


def _return_words(event: Event) -> str:
    if event.number("pointer") == 0:
        return "Returns NULL."
    return f"Returns {event.args['pointer']}."


_MARK_WORDS: dict[str, Callable[[Event], str]] = {
    "malloc_search": _search_words,
    "malloc_slice": lambda event: (
        f"Cut from it for the next call: {event.args.get('chunk')}."),
    "malloc_top": lambda event: (
        f"Carved from the top chunk at {event.args.get('chunk')}; "
        f"{event.args.get('top_size')} bytes are left there."),
    "malloc_grow": lambda event: (
        f"The heap has {event.args.get('length')} bytes more, from "
        f"{event.args.get('start')} to {event.args.get('end')}; "
        f"the top chunk has {event.args.get('top_size')} bytes now."),
    "malloc_mmap": lambda event: (
        f"The block gets a mapping of its own: "
        f"{size_text(event.number('length'))} at "
        f"{event.args.get('address')}."),
    "malloc_return": _return_words,
    "malloc_consolidate": lambda event: (
        "The caches for chunks of "
        f"{event.args.get('from')} bytes and more are emptied: neighbours "
        "among these become one."),
    "free_cache": lambda event: (
        "It waits for the next call for this size; its neighbours are not "
        "told."),
    "free_coalesce": lambda event: (
        f"Its {event.args.get('with')} neighbour is free as well: one "
        f"chunk now, {event.args.get('chunk')}, "
        f"{event.args.get('size')} bytes."),
    "free_bin": lambda event: (
        f"It goes to bin {event.args.get('bin')}, to be found again; the "
        "kernel is not told."),
    "free_top": lambda event: (
        "It becomes part of the top chunk, its neighbour, which now begins "
        f"at {event.args.get('top')} and has {event.args.get('top_size')} "
        "bytes."),
    "free_trim": lambda event: (
        f"sbrk({event.args.get('sbrk')}) moved the break down to "
        f"{event.args.get('new_break')}; the top chunk keeps "
        f"{event.args.get('top_size')} bytes."),
    "free_munmap": lambda event: (
        f"Its mapping, {size_text(event.number('length'))} at "
        f"{event.args.get('address')}, went back to the kernel."),
    "realloc_in_place": lambda event: (
        f"Nothing is copied. Returns {event.args.get('pointer')}."),
}

_TAKE_REASONS = {
    "brk": "The top chunk is too small: sbrk() asks the kernel for more.",
    "mmap2": "mmap() asks the kernel for pages of their own.",
    "munmap": "munmap() gives pages back to the kernel.",
}
_GIVE_REASONS = {
    "brk": "The top chunk has grown large: sbrk() gives the end of it back.",
    "munmap": "It has a mapping of its own: munmap() gives it back.",
}


def _frame_words(happening: Happening) -> list[str]:
    """How many frames were taken and given back."""
    parts = []
    if happening.allocated:
        taken = count_text(happening.frames(), "frame")
        if happening.rss_changed:
            parts.append(f"{taken} taken.")
        else:
            parts.append(f"{taken} taken for the kernel's own records, none "
                         "for the program.")
    if happening.freed:
        pfns = [f"{pfn:#x}" for pfn, _ in happening.freed]
        which = f"pfn {', '.join(pfns)}" if len(pfns) <= 4 else \
            f"pfn {pfns[0]} … {pfns[-1]}"
        pages = -happening.rss_change // PAGE_SIZE
        others = happening.frames_freed() - pages
        if happening.rss_changed and others > 0:
            which += f"; {others} of them held page tables and the like"
        parts.append(f"{count_text(happening.frames_freed(), 'frame')} given "
                     f"back: {which}.")
    return parts


def _decision_words(fault: Happening, kind: str, area: str,
                    in_full: bool) -> list[str]:
    """What handle_mm_fault did, and what it took for that."""
    pfn = fault.decision.args.get("pfn", "?")
    name = area_name(area)
    full = {
        "anon_write": f"do_anonymous_page: one zeroed frame, pfn {pfn}.",
        "stack_growth": f"do_anonymous_page: one zeroed frame, pfn {pfn}.",
        "anon_read": "do_anonymous_page: a read of memory never written "
                     f"needs no frame: the shared zero page, pfn {pfn}, is "
                     "mapped read-only.",
        "zero_upgrade": "do_wp_page: so far the shared zero page was mapped "
                        f"here; the write gets one zeroed frame, pfn {pfn}.",
        "file_read": f"do_fault: the page cache holds this page of {name} "
                     f"already: its frame, pfn {pfn}, is mapped; none is "
                     "taken.",
        "file_shared": f"do_fault: this page of {name} is shared: the page "
                       f"cache's frame, pfn {pfn}, is mapped writable.",
        "file_copy": "A private copy of the page cache's frame for this "
                     f"page of {name}: one frame, pfn {pfn}.",
        "cow_copy": "do_wp_page: parent and child have shared this frame "
                    f"since fork(); the writer gets a copy, pfn {pfn}.",
        "reuse": f"do_wp_page: nobody else uses frame {pfn} any more: it is "
                 "made writable, none is taken.",
        "spurious": "The entry is right already: nothing to do.",
    }
    short = {
        "anon_write": f"First write there, {name}: zeroed frame {pfn}.",
        "stack_growth": f"Zeroed frame {pfn}.",
        "anon_read": f"First read there, {name}: the zero page, {pfn}; no "
                     "frame.",
        "zero_upgrade": f"Instead of the zero page: zeroed frame {pfn}.",
        "file_read": f"Page of {name}: frame {pfn} of the page cache; none "
                     "taken.",
        "file_copy": f"Page of {name}: a copy, frame {pfn}.",
    }
    words = full if in_full else full | short
    result = [words.get(kind, f"{kind}: pfn {pfn}.")]
    tables = [f"{other:#x}" for other, _ in fault.allocated
              if f"{other:#x}" != pfn]
    if tables:
        result.append("These 4 MiB had no page table yet: one more frame, "
                      f"pfn {', '.join(tables)}.")
    return result


def _rss_words(happening: Happening, program: Program) -> list[str]:
    if not happening.rss_changed:
        return []
    return [f"RSS now {size_text(program.rss_total())}."]


def _area_words(happening: Happening) -> list[str]:
    parts = []
    for change in happening.areas:
        text = area_text(change.rest)
        if change.name == "vma_map":
            parts.append(f"A new area: {text}.")
        elif change.name == "vma_unmap":
            parts.append(f"Gone: {text}.")
        elif change.name == "vma_protect":
            parts.append(f"Rights: {text.replace('->', '→')}.")
        elif change.name == "vma_adjust":
            old, _, new = text.partition(" -> ")
            parts.append(f"The area {old} is now {new}.")
    return parts


def _brk_words(name: str, call: Happening, result: int,
               program: Program) -> str:
    wanted = call.event.number("brk") if call.event else result
    parts = []
    moves = [change for change in call.areas if change.name == "brk_move"]
    if not moves:
        if wanted and wanted != result:
            parts.append(f"brk({wanted:#x}) is refused: the break stays at "
                         f"{result:#x}.")
        else:
            question = "brk(0)" if wanted == 0 else f"brk({wanted:#x})"
            parts.append(f"{question}: the program break is {result:#x}; "
                         "nothing changes.")
        return " ".join(parts + _frame_words(call))
    old, _, new = moves[-1].args["brk"].partition("->")
    distance = int(new, 0) - int(old, 0)
    parts.append(f"brk({wanted:#x}): sys_brk moves mm->brk {old} → {new}, "
                 f"{size_text(abs(distance))} "
                 f"{'up' if distance >= 0 else 'down'}.")
    if any(change.name == "vma_adjust" for change in call.areas):
        # … which says as much as the part that went.
        call.areas = [change for change in call.areas
                      if change.name != "vma_unmap"]
    areas = _area_words(call)
    parts += areas
    if distance >= 0 and not call.allocated:
        what = "An offset and an area's end have moved" if areas \
            else "An offset in the mm_struct has moved"
        parts.append(f"{what}; no frame was taken.")
    elif distance < 0 and not call.freed:
        parts.append("No frame was there to give back.")
    return " ".join(parts + _frame_words(call) + _rss_words(call, program))


def _mmap_words(name: str, call: Happening, result: int,
                program: Program) -> str:
    if call.event is None:
        return _other_syscall(name, call, result, program)
    length = call.event.number("len")
    prot = bits_text(call.event.number("prot"), PROT_BITS, "|", "PROT_NONE")
    flags = bits_text(call.event.number("flags"), MAP_BITS, "|", "0")
    text = f"mmap2({call.event.number('addr'):#x}, {length}, {prot}, {flags})"
    if is_error(result):
        return f"{text} → {error_text(result)}."
    parts = [f"{text} → {result:#x}."] + _area_words(call)
    if not call.allocated:
        parts.append("A promise of "
                     f"{size_text(-(-length // PAGE_SIZE) * PAGE_SIZE)}; no "
                     "frame was taken.")
    return " ".join(parts + _frame_words(call) + _rss_words(call, program))


def _munmap_words(name: str, call: Happening, result: int,
                  program: Program) -> str:
    if call.event is None or is_error(result):
        return _other_syscall(name, call, result, program)
    parts = [f"munmap({call.event.number('addr'):#x}, "
             f"{call.event.number('len')})."] + _area_words(call)
    if not call.freed:
        parts.append("No frame was behind it.")
    return " ".join(parts + _frame_words(call) + _rss_words(call, program))


def _mprotect_words(name: str, call: Happening, result: int,
                    program: Program) -> str:
    if call.event is None or is_error(result):
        return _other_syscall(name, call, result, program)
    prot = bits_text(call.event.number("prot"), PROT_BITS, "|", "PROT_NONE")
    return " ".join([f"mprotect({call.event.number('start'):#x}, "
                     f"{call.event.number('len')}, {prot})."] +
                    _area_words(call) + _frame_words(call))


def _other_syscall(name: str, call: Happening, result: int,
                   program: Program) -> str:
    arguments = []
    for key, value in (call.event.args if call.event else {}).items():
        number = int(value, 0)
        if number >= 0xfffff000 and key == "fd":
            number -= 1 << 32
        arguments.append(f"{key} {number}" if key in DECIMAL_ARGUMENTS
                         else f"{key} {value}")
    shown = error_text(result) if is_error(result) else \
        str(result) if result < 0x10000 else f"{result:#x}"
    return " ".join([f"{name}({', '.join(arguments)}) → {shown}."] +
                    _area_words(call) + _frame_words(call))


_SYSCALL_WORDS = {"brk": _brk_words, "mmap2": _mmap_words,
                  "munmap": _munmap_words, "mprotect": _mprotect_words}


def _refusal_words(fault: Happening, kind: str) -> str:
    if fault.signal is None:
        if kind == "refused" and fault.event is not None and \
                fault.event.name == "page_fault_kernel":
            return "Refused: the system call fails with -EFAULT."
        return {"refused": "Refused.",
                "sigbus": "The file has no such page.",
                "oom": "No frame is left."}[kind]
    name = {"9": "SIGKILL", "7": "SIGBUS", "11": "SIGSEGV"}.get(
        fault.signal.args.get("sig"), "a signal")
    return f"Refused: {fault.signal.args.get('rule', '')}. {name}."


def _exec_words(path: str, loose: Optional[Happening],
                program: Program) -> str:
    if loose is None:
        return f"exec: {path} begins."
    areas = {}
    for change in loose.areas:
        text = change.rest.partition(" -> ")[2] \
            if change.name == "vma_adjust" else change.rest
        if change.name in ("vma_map", "vma_adjust"):
            areas[text.split("-", 1)[0]] = area_text(text)
    lines = [f"exec: the address space of {path}: "
             f"{count_text(len(areas), 'area')}, promises so far."]
    lines += [f"  {text}" for _, text in
              sorted(areas.items(), key=lambda item: int(item[0], 16))]
    lines.append(f"{count_text(loose.frames(), 'frame')} taken: "
                 f"{loose.faults} for pages that the kernel itself had to "
                 "write, such as the stack's top page with the arguments; "
                 "the others for the kernel stack, the page directory, page "
                 "tables and the kernel's records.")
    return "\n".join(lines)


def summary(program: Program) -> str:
    """The table at a program's end."""
    def counts(table: dict[str, int], names: Iterable[str]) -> str:
        return "   ".join(f"{name} {table.get(name, 0)}" for name in names)

    lines = [f"──── {program.name}: what it took ────",
             "  libc          " + counts(program.libc_calls,
                                         ("malloc", "calloc", "realloc",
                                          "free")),
             "  system calls  " + counts(program.calls,
                                         ("brk", "mmap2", "munmap",
                                          "mprotect")),
             f"  the break     moved {program.breaks_moved} times; the heap "
             f"at most {size_text(program.peak_heap)}",
             f"  page faults   {sum(program.faults.values())}"]
    for kind in FAULT_NAMES:
        if kind in program.faults:
            lines.append(f"    {kind:<13} {program.faults[kind]:>7}   "
                         f"{FAULT_NAMES[kind]}")
    lines += [f"  frames        {program.frames_taken} taken, "
              f"{program.frames_given} given back",
              f"  RSS at most   {size_text(program.peak_rss)}"]
    return "\n".join(lines) + "\n"


_HANDLERS = {
    "page_fault_user": Narrator._page_fault,
    "page_fault_kernel": Narrator._page_fault,
    "handle_mm_fault": Narrator._handle_mm_fault,
    "mm_page_alloc": Narrator._page_alloc,
    "mm_page_free": Narrator._page_free,
    "rss_stat": Narrator._rss_stat,
    "vma_map": Narrator._area_change,
    "vma_unmap": Narrator._area_change,
    "vma_adjust": Narrator._area_change,
    "vma_protect": Narrator._area_change,
    "brk_move": Narrator._area_change,
    "sched_process_fork": Narrator._fork,
    "sched_process_exec": Narrator._exec,
    "sched_process_exit": Narrator._exit,
    "signal_generate": Narrator._signal,
    "signal_deliver": Narrator._signal_deliver,
    "machine_power_off": Narrator._power_off,
}


def symbols_finder(root: pathlib.Path, given: dict[str, pathlib.Path]
                   ) -> Callable[[str], Optional[Symbols]]:
    """Where a program's symbols are: GIVEN by guest path or by name, else
    the unstripped build below ROOT."""
    cache: dict[pathlib.Path, Symbols] = {}

    def find(path: str) -> Optional[Symbols]:
        program = find_program(path, root, given)
        if program is None:
            return None
        if program not in cache:
            cache[program] = Symbols(program)
        return cache[program]

    return find

