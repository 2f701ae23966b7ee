"""The way into the kernel: fault, and what others ask about traps.

A trap is a page fault, another exception, an interrupt or a system call. The
CPU and entry.asm push the registers it interrupted on the kernel stack, as a
struct pt_regs, from which everything here is read.
"""

import bisect
import contextlib
import functools
import linecache
import re
from dataclasses import dataclass
from typing import Iterator, Optional

import gdb

from debugger import events, kernel
from debugger.command import Command, bold, paragraph
from faultline import narration

MM = kernel.constants("mm/mm.h")
PF_PROT = MM["X86_PF_PROT"]
PF_WRITE = MM["X86_PF_WRITE"]
PF_USER = MM["X86_PF_USER"]
THREAD_SIZE = kernel.constants("proc/task.h")["THREAD_SIZE"]
SYSCALL_VECTOR = kernel.constants("trap/trap.h")["SYSCALL_VECTOR"]
TRAPS = kernel.constants("trap/traps.c")
PAGE_FAULT = TRAPS["PAGE_FAULT"]
NR_EXCEPTIONS = TRAPS["NR_EXCEPTIONS"]
STRING_SIZE = kernel.constants("trace/trace.c")["STRING_SIZE"]
NR_IRQS = kernel.constants("dev/dev.h")["NR_IRQS"]
NR_VECTORS = kernel.constants("dev/dev.h")["IRQ_VECTOR"] + NR_IRQS

# What else stands in entry.asm.
_NO_STUBS = {"switch_to", "return_to_user", "ret_from_fork"}
# Who is asked for an access that is refused (fault.c).
_REFUSING = {"bad_area", "fault_failed", "report_refusal", "force_sig_fault"}
GENERAL = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp")


# ── System calls ─────────────────────────────────────────────────────────────

@dataclass(frozen=True)
class Syscall:
    """A line of kernel/abi/syscall_32.tbl."""
    number: int
    name: str
    entry: str  # the kernel's function
    arguments: tuple[str, ...]  # with * before those that are strings

    def text(self, values: list[int]) -> str:
        """The call as it would be written: "brk(brk=0x805c000)"."""
        shown = []
        for argument, value in zip(self.arguments, values):
            string = user_string(value) if argument[0] == "*" else ""
            shown.append(f"{argument.lstrip('*')}={value:#x}{string}")
        return f"{self.name}({', '.join(shown)})"


def user_string(address: int) -> str:
    """' "text"' of the program's at ADDRESS, as far as its page is there."""
    length = min(STRING_SIZE, kernel.PAGE_SIZE - address % kernel.PAGE_SIZE)
    mm = kernel.current()["mm"]
    data = kernel.read_user(mm, address, length) if mm else None
    if data is None:
        return ""
    text, end, _ = data.partition(b"\0")
    return f' "{text.decode("utf-8", "backslashreplace")}"' + "..." * (not end)


@functools.lru_cache(maxsize=None)
def syscalls() -> dict[str, Syscall]:
    """All system calls, by name."""
    table = (kernel.ROOT / "kernel/abi/syscall_32.tbl").read_text()
    calls = {}
    for line in table.splitlines():
        words = line.split()
        if len(words) < 4 or line.startswith("#"):
            continue
        number, _, name, entry = words[:4]
        # As scripts/syscalls: an expression becomes a function.
        if not re.fullmatch(r"[a-z]+_[a-z0-9_]+", entry):
            entry = f"sys_{name}"
        arguments = re.sub(r"[+[]", "", words[4]) if words[4:] else ""
        calls[name] = Syscall(int(number), name, entry,
                              tuple(filter(None, arguments.split(","))))
    return calls


def syscall_numbered(number: int) -> Optional[Syscall]:
    return next((call for call in syscalls().values()
                 if call.number == number), None)


# ── Places in the code ───────────────────────────────────────────────────────

def cr2() -> int:
    """The address of the last page fault."""
    return int(gdb.parse_and_eval("$cr2")) & 0xffffffff


def place(pc: int) -> str:
    """Where PC is: "main () at user/hello.c:10"."""
    sal = gdb.find_pc_line(pc)
    block = gdb.block_for_pc(pc)
    while block and not block.function:
        block = block.superblock
    if block and block.function:
        function = block.function.name
    else:
        described = gdb.execute(f"info symbol {pc:#x}", to_string=True)
        function = described.split()[0] if " in section" in described else "??"
    where = f" at {sal.symtab.filename}:{sal.line}" if sal.symtab else ""
    return f"{function} (){where}"


def source_line(pc: int) -> str:
    """The line's text; "" if there is none to see."""
    sal = gdb.find_pc_line(pc)
    if not sal.symtab or not sal.line:
        return ""
    return linecache.getline(sal.symtab.fullname(), sal.line).strip()


@contextlib.contextmanager
def setting(name: str, value: str) -> Iterator[None]:
    """Inside, gdb's parameter NAME is VALUE."""
    before = gdb.parameter(name)
    if isinstance(before, bool):
        before = "on" if before else "off"
    gdb.execute(f"set {name} {value}")
    try:
        yield
    finally:
        gdb.execute(f"set {name} {before}")


def instructions(pc: int, count: int = 1) -> list[dict]:
    """COUNT from PC on, disassembled: "addr" and "asm" of each. They are read
    from the program's file: their page may not be there yet."""
    architecture = gdb.selected_inferior().architecture()
    with setting("trust-readonly-sections", "on"):
        return architecture.disassemble(pc, count=count)


def instruction(pc: int) -> str:
    """The instruction at PC; "" if it cannot be read."""
    try:
        return " ".join(instructions(pc)[0]["asm"].split())
    except gdb.MemoryError:
        return ""


# ── Traps ────────────────────────────────────────────────────────────────────

@dataclass
class Trap:
    """A trap under way. frame is that of the code in entry.asm; the saved
    registers are complete as soon as that has called a C function."""
    frame: gdb.Frame
    regs: int  # where the struct pt_regs is, or is about to be

    @property
    def interrupted(self) -> gdb.Frame:
        return self.frame.older()

    def field(self, name: str) -> int:
        """A word of the struct pt_regs."""
        kind = gdb.lookup_type("struct pt_regs")
        return kernel.word(self.regs + kind[name].bitpos // 8)

    @property
    def vector(self) -> int:
        """Which entry of the IDT."""
        vector = None if self.frame.level() else stub_vector(self.frame.pc())
        return self.field("vector") if vector is None else vector

    @property
    def code(self) -> int:
        """The error code, or the number of the system call."""
        if not self.frame.level() and \
                stub_vector(self.frame.pc()) == SYSCALL_VECTOR:
            return self.register("eax")
        return self.field("orig_ax")

    @property
    def ip(self) -> int:
        return self.field("ip")

    @property
    def user(self) -> bool:
        """Did it come from ring 3?"""
        return bool(self.field("cs") & 3)

    def register(self, name: str) -> int:
        """One of GENERAL, as it was when the trap came."""
        if self.frame.level():
            return self.field(name[1:])
        return int(self.interrupted.read_register(name)) & 0xffffffff

    def arguments(self) -> list[int]:
        """The six of a system call."""
        return [self.register(name) for name in
                ("ebx", "ecx", "edx", "esi", "edi", "ebp")]

    def is_leaving(self) -> bool:
        """Is the kernel on its way back, with the result in place?"""
        newest = gdb.newest_frame()
        leaving = address_of_label("restore_registers")
        return newest == self.frame and newest.pc() >= leaving or \
            "exit_to_user_mode" in frame_names()


def address_of_label(name: str) -> int:
    """Where NAME, a label of entry.asm's, is."""
    try:
        return int(gdb.parse_and_eval(f"(unsigned long)&{name}"))
    except gdb.error:
        raise gdb.GdbError(f"the kernel has no {name}") from None


def stub_vector(pc: int) -> Optional[int]:
    """Whose code PC is in, before all stubs go on together."""
    if address_of_label("syscall_entry") <= pc < \
            address_of_label("restore_registers"):
        return SYSCALL_VECTOR
    table = address_of_label("trap_vectors")
    starts = [kernel.word(table + 4 * vector) for vector in range(NR_VECTORS)]
    if starts[0] <= pc < address_of_label("trap_entry"):
        return bisect.bisect_right(starts, pc) - 1
    return None


def frame_names() -> set[str]:
    """The functions of the present backtrace."""
    names = set()
    frame = gdb.newest_frame()
    while frame:
        names.add(frame.name())
        frame = frame.older()
    return names


def is_stub(frame: gdb.Frame) -> bool:
    """Is it the code that a trap enters (entry.asm)?"""
    symtab = frame.find_sal().symtab
    return symtab is not None and \
        symtab.filename.endswith(("trap/entry.asm", "trap/cfi.inc")) and \
        frame.name() not in _NO_STUBS


def traps() -> Iterator[Trap]:
    """The traps under way, the innermost first: a page fault, say, and the
    system call in which the kernel touched the page."""
    kernel.need_machine()
    frame = gdb.newest_frame()
    while frame and frame.pc() >= kernel.TASK_SIZE:
        if is_stub(frame):
            # The frame ends where the CPU began to push: behind pt_regs.
            first = gdb.execute(f"info frame level {frame.level()}",
                                to_string=True).splitlines()[0]
            end = int(re.search(r"0x[0-9a-f]+", first)[0], 16)
            size = gdb.lookup_type("struct pt_regs").sizeof
            yield Trap(frame, end - size)
        frame = frame.older()


def innermost() -> Optional[Trap]:
    return next(traps(), None)


# ── In words ─────────────────────────────────────────────────────────────────

def access(code: int, address: int, ip: int) -> str:
    """What a page fault's error code says was wanted."""
    if code & PF_WRITE:
        return "write"
    # Without NX the CPU does not tell a fetch from a read: eip does.
    return "execute" if address == ip else "read"


def error_words(code: int) -> str:
    """A page fault's error code, bit by bit (Intel SDM 3A, 4.7)."""
    return ", ".join((
        "the page is present, but its entry forbids it" if code & PF_PROT
        else "the page is not present",
        "write" if code & PF_WRITE else "read or execute",
        f"ring {3 if code & PF_USER else 0}"))


def area_words(address: int) -> str:
    """The area that ADDRESS lies in."""
    if address >= kernel.TASK_SIZE:
        return f"addresses from {kernel.TASK_SIZE:#x} on are the kernel's"
    mm = kernel.current()["mm"]
    area = kernel.find_vma(mm, address) if mm else None
    if area is None:
        return "none: nothing is mapped there or above"
    text = f"{area.start:#x}-{area.end:#x} {area.permissions} " \
        f"{area.name or '(anonymous)'}"
    if address >= area.start:
        return text
    grows = ", which grows downwards" * area.allows("VM_GROWSDOWN")
    return f"none; {area.start - address} bytes below {text}{grows}"


def exception_name(vector: int) -> str:
    if vector >= NR_EXCEPTIONS:
        return f"interrupt {vector - (NR_VECTORS - NR_IRQS)}"
    name = kernel.symbol("exceptions")[vector]["name"]
    return kernel.text(name) or "exception"


def decision(trap: Trap, address: int) -> str:
    """What the kernel has decided on a page fault, as far as it has."""
    if _REFUSING & frame_names():
        return "refused"
    mm = kernel.current()["mm"]
    entry = kernel.page_entry(mm, address) if mm and \
        address < kernel.TASK_SIZE else None
    needed = kernel.PRESENT | (kernel.RW if trap.code & PF_WRITE else 0)
    if entry and entry.pte & needed == needed:
        return events.decision_on(address) or \
            f"frame {entry.pfn:#x} is mapped, {kernel.flag_words(entry.pte)}"
    signal = int(kernel.current()["pending_signal"])
    return f"refused: signal {signal} is pending" if signal else "not yet"


def show(label: str, text: str) -> None:
    """One line of a report, wrapped to the terminal."""
    print(paragraph(text, f"  {label:<9}"))


def show_page_fault(trap: Trap) -> None:
    address = cr2()
    show("wanted", f"{access(trap.code, address, trap.ip)} at cr2 = "
         f"{address:#010x}")
    show("error", f"{trap.code:#x}: {error_words(trap.code)}")
    show("area", area_words(address))
    show("decided", decision(trap, address))


def syscall_text(trap: Trap) -> str:
    call = syscall_numbered(trap.code)
    return call.text(trap.arguments()) if call else \
        f"number {trap.code}, which no system call has"


def result_text(value: int) -> str:
    signed = value - (1 << 32) if value >> 31 else value
    return narration.error_text(signed) if narration.is_error(signed) else \
        f"{value:#x}"


def show_syscall(trap: Trap) -> None:
    show("call", syscall_text(trap))
    # The number stays in eax until the result takes its place.
    value = trap.register("eax")
    known = value != trap.code or trap.is_leaving()
    show("result", result_text(value) if known else "not yet")


def title(trap: Trap) -> str:
    """"page fault (vector 14) from ring 3, program tour (pid 1)"."""
    vector = trap.vector
    if vector == SYSCALL_VECTOR:
        call = syscall_numbered(trap.code)
        name = f"system call {trap.code}, {call.name if call else '?'} " \
            "(int 0x80)"
    else:
        name = f"{exception_name(vector)} (vector {vector})"
    task = kernel.current()
    return f"{name} from ring {3 if trap.user else 0}, " \
        f"{kernel.comm(task)} (pid {int(task['pid'])})"


def show_registers(trap: Trap) -> None:
    values = {name: trap.register(name) for name in GENERAL}
    values["eip"] = trap.ip
    values["eflags"] = trap.field("flags")
    if trap.user:
        values["esp"] = trap.field("sp")
    words = [f"{name}={value:08x}" for name, value in values.items()]
    show("regs", " ".join(words))


def callers(trap: Trap) -> list[str]:
    """The functions that were called when the trap came, inside first."""
    frame, names = trap.interrupted, []
    while frame and not is_stub(frame):
        names.append(frame.name() or f"{frame.pc():#x}")
        frame = frame.older()
    return names


def show_trap(trap: Trap) -> None:
    print(bold(title(trap)))
    show("eip", f"{trap.ip:#010x} {place(trap.ip)}")
    for text in (instruction(trap.ip), source_line(trap.ip)):
        if text and trap.vector != SYSCALL_VECTOR:
            show("", text)
    show("in", " < ".join(callers(trap)))
    if trap.vector == PAGE_FAULT:
        show_page_fault(trap)
    elif trap.vector == SYSCALL_VECTOR:
        show_syscall(trap)
    show_registers(trap)


class Fault(Command):
    """Show the trap that the kernel is handling: what, from where, and why.
    Usage: fault

    The trap frame, a struct pt_regs on the kernel stack, in words: for a
    page fault the error code, the address (cr2), its area, and what was
    decided, if it has been; for a system call its name, arguments and
    result. eip is where the program, or the kernel in a copy to or from the
    program, was interrupted. If no trap is active, the last page fault is
    named, if it is known."""

    NAME = "fault"

    def run(self) -> None:
        found = list(traps())
        if not found:
            self.show_none()
            return
        for trap in found:
            if trap != found[0]:
                print("inside:")
            show_trap(trap)

    def show_none(self) -> None:
        pc = gdb.newest_frame().pc()
        ring = 3 if pc < kernel.TASK_SIZE else 0
        print(paragraph(f"No trap is active: ring {ring} runs, {place(pc)}."))
        address = cr2()
        if address:
            print(paragraph(f"The last page fault was at {address:#x} (cr2)."))
        told = events.decision_on(address)
        if told:
            print(paragraph(f"It was decided: {told}."))
