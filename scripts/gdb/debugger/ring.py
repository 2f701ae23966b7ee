"""Traps as gdb sees them: bt names them, next steps over them.

How to climb from the kernel through a trap into the program says entry.asm,
as call frame information; bt, up and finish need no more. To gdb such a frame
is a signal's. That has two consequences that are undone here:

    bt      would show "<signal handler called>" where the trap was
    next    would stop in the handler, as if it did not belong to the line:
            gdb steps over calls, and over signals that it sees coming

And a third: a breakpoint in code whose page is not there yet would stop twice,
before the page fault and after it, when the instruction runs again.
"""

from typing import Iterable, Iterator, Optional

import gdb
from gdb.FrameDecorator import FrameDecorator
from gdb.unwinder import Unwinder, register_unwinder

from debugger import kernel

NR_VECTORS = 40  # entry.asm
PUSH_0 = b"\x6a\x00"  # in the place of an error code
REGISTERS = ("eax", "ecx", "edx", "ebx", "ebp", "esi", "edi")


# ── bt ───────────────────────────────────────────────────────────────────────

def is_trap(frame: gdb.Frame) -> bool:
    """Is it one of entry.asm's, not that of a program's signal?"""
    return frame.type() == gdb.SIGTRAMP_FRAME and \
        frame.pc() >= kernel.PAGE_OFFSET


class NamedDecorator(FrameDecorator):
    """Names of functions without DWARF, which filters of gdb's lose."""

    def function(self) -> str:
        return self.inferior_frame().name() or "??"


class TrapDecorator(NamedDecorator):
    """A line, too, which gdb leaves out for a signal's frame."""

    def line(self) -> Optional[int]:
        return self.inferior_frame().find_sal().line or None


class TrapFilter:
    """Gives the kernel's signal frames their names."""

    name = "traps"
    priority = 100
    enabled = True

    def __init__(self) -> None:
        gdb.frame_filters[self.name] = self

    def filter(self, frames: Iterable[FrameDecorator]
               ) -> Iterator[FrameDecorator]:
        for frame in frames:
            inner = frame.inferior_frame()
            if is_trap(inner):
                frame = TrapDecorator(frame)
            elif inner.type() == gdb.NORMAL_FRAME and not inner.function():
                frame = NamedDecorator(frame)
            yield frame


# ── next ─────────────────────────────────────────────────────────────────────

class FrameId:
    def __init__(self, sp: int, pc: int) -> None:
        self.sp = gdb.Value(sp)
        self.pc = gdb.Value(pc)


def unwind(frame: gdb.PendingFrame, identity: FrameId, eip_at: int, esp: int,
           eflags_at: Optional[int] = None) -> gdb.UnwindInfo:
    """The frame's caller: ESP is its own, the other two lie at these places,
    and all else is as it is."""
    info = frame.create_unwind_info(identity)
    for name in REGISTERS:
        info.add_saved_register(name, frame.read_register(name))
    for name, place in ("eip", eip_at), ("eflags", eflags_at):
        value = frame.read_register(name)
        if place is not None:
            value = gdb.Value(place).cast(value.type.pointer()).dereference()
        info.add_saved_register(name, value)
    kind = frame.read_register("esp").type
    info.add_saved_register("esp", gdb.Value(esp).cast(kind))
    return info


def begins_function(pc: int) -> bool:
    block = gdb.block_for_pc(pc)
    while block is not None and block.function is None:
        block = block.superblock
    return block is not None and block.start == pc


class TrapUnwinder(Unwinder):
    """Lets a trap look like a call while gdb steps.

    The first thing that gdb sees of a trap when it steps through a line is
    the entry's first instruction. There, and only until the machine stops for
    the user, the frame is an ordinary one: called by the program. Who calls
    is looked up just before the place where he goes on; for a function whose
    first instruction was interrupted that is the wrong one, so that frame is
    described here, too.
    """

    def __init__(self) -> None:
        super().__init__("traps")
        self._entries: Optional[set[int]] = None
        self._stepping = False
        self._beginning: Optional[tuple[int, int]] = None  # its eip, esp
        gdb.events.cont.connect(self._on_cont)
        gdb.events.stop.connect(self._on_stop)

    def _on_cont(self, _event: gdb.ThreadEvent) -> None:
        self._stepping = True

    def _on_stop(self, event: gdb.StopEvent) -> None:
        self._stepping = False
        gdb.invalidate_cached_frames()
        breakpoints = getattr(event, "breakpoints", ())
        if breakpoints and all(each.silent for each in breakpoints):
            return  # whoever set them says where this is
        try:
            frame = gdb.newest_frame()
            if is_trap(frame) and frame.pc() not in self.entries():
                show_place(frame)
        except gdb.error:
            pass  # the machine does not look like one with our kernel yet

    def __call__(self, frame: gdb.PendingFrame) -> Optional[gdb.UnwindInfo]:
        if not self._stepping:
            return None
        pc = int(frame.read_register("eip")) & 0xffffffff
        if pc in self.entries():
            return self._entry(frame, pc)
        at = int(frame.read_register("esp")) & 0xffffffff
        if (pc, at) == self._beginning:
            return unwind(frame, FrameId(at + 4, pc), at, at + 4)
        return None

    def _entry(self, frame: gdb.PendingFrame, pc: int) -> gdb.UnwindInfo:
        memory = gdb.selected_inferior()
        is_exception = bytes(memory.read_memory(pc, 1)) == PUSH_0[:1]
        error_code = is_exception and \
            bytes(memory.read_memory(pc, 2)) != PUSH_0
        at = int(frame.read_register("esp")) & 0xffffffff
        at += 4 * error_code
        eip, cs, _, esp = (kernel.word(at + 4 * i) for i in range(4))
        if not cs & 3:
            esp = at + 12  # none was pushed
        self._beginning = (eip, esp) if begins_function(eip) else None
        return unwind(frame, FrameId(at + 20, pc), at, esp, at + 8)

    def entries(self) -> set[int]:
        """The first instruction of each way into the kernel."""
        if self._entries is None:
            names = [f"trap_vector_{i}" for i in range(NR_VECTORS)]
            self._entries = {
                int(gdb.parse_and_eval(f"(unsigned long)&{name}"))
                for name in [*names, "syscall_entry"]}
        return self._entries


def show_place(frame: gdb.Frame) -> None:
    """What gdb shows at a stop, but where it says <signal handler called>."""
    place = frame.find_sal()
    if frame.name() and place.symtab:
        where = f"{place.symtab.filename}:{place.line}"
        print(f"{frame.name()} () at {where}")
        print(gdb.execute(f"list {where},{place.line}", to_string=True),
              end="")


# ── Breakpoints ──────────────────────────────────────────────────────────────

def on_breakpoint(event: gdb.StopEvent) -> None:
    """If the page of the code comes only now, the same stop comes again."""
    if not isinstance(event, gdb.BreakpointEvent):
        return
    try:
        pc = gdb.newest_frame().pc()
        if pc >= kernel.PAGE_OFFSET:
            return
        entry = kernel.page_entry(kernel.current_mm(), pc)
    except (gdb.error, gdb.GdbError):
        return  # such as: the machine has turned itself off
    if entry is not None and entry.present:
        return
    for breakpoint in event.breakpoints:
        if breakpoint.is_valid() and not breakpoint.temporary and \
                not breakpoint.ignore_count:
            breakpoint.ignore_count = 1


TrapFilter()
register_unwinder(None, TrapUnwinder(), replace=True)
gdb.events.stop.connect(on_breakpoint)
