"""Where to stop on the way into the kernel: break-on-fault, break-on-syscall,
step-into-trap.

The breakpoints are gdb's own, with conditions, so that `info breakpoints`,
`delete`, `disable`, `ignore` and `commands` are all there is to know.
"""

from typing import Optional, Union

import gdb

from debugger import kernel, trap
from debugger.command import Command, address_of, bold, paragraph

AREA_NAMES = ("[heap]", "[stack]")


# ── What conditions can ask ──────────────────────────────────────────────────

class InSyscall(gdb.Function):
    """$in_syscall(NAME) - is the kernel working on the system call NAME?

    For conditions: break alloc_pages if $in_syscall("read")"""

    def __init__(self) -> None:
        super().__init__("in_syscall")

    def invoke(self, name: gdb.Value) -> bool:
        call = find_syscall(name.string())
        task = kernel.current()
        if not task["mm"] or gdb.newest_frame().pc() < kernel.TASK_SIZE:
            return False
        # Where ring 3 was left, at the top of the task's kernel stack.
        kind = gdb.lookup_type("struct pt_regs")
        regs = gdb.Value(int(task["stack"]) + trap.THREAD_SIZE - kind.sizeof)
        regs = regs.cast(kind.pointer())
        return int(regs["vector"]) == trap.SYSCALL_VECTOR and \
            int(regs["orig_ax"]) == call.number


class VmaName(gdb.Function):
    """$vma_name(ADDRESS) - the name of the area that ADDRESS lies in.

    "[heap]", "[stack]", a file's path, or ""; just below the stack, where
    it may grow, also "[stack]"."""

    def __init__(self) -> None:
        super().__init__("vma_name")

    def invoke(self, address: gdb.Value) -> str:
        mm = kernel.current()["mm"]
        number = int(address) & 0xffffffff
        area = kernel.find_vma(mm, number) if mm else None
        if area is None or (number < area.start and
                            not area.allows("VM_GROWSDOWN")):
            return ""
        return area.name


InSyscall()
VmaName()


def find_syscall(name: str) -> trap.Syscall:
    call = trap.syscalls().get(name)
    if call is None:
        raise gdb.GdbError(f"there is no system call {name}; "
                           "kernel/abi/syscall_32.tbl lists them")
    return call


# ── Breakpoints ──────────────────────────────────────────────────────────────

class FaultBreakpoint(gdb.Breakpoint):
    """In do_page_fault, for faults on which CONDITION is true."""

    def __init__(self, condition: str) -> None:
        super().__init__(function="do_page_fault",
                         source="kernel/mm/fault.c")
        self.condition = condition

    def tell(self) -> str:
        found = trap.innermost()
        address = trap.cr2()
        wanted = trap.access(found.code, address, found.ip)
        return f"page fault: {wanted} at {address:#x}, " \
            f"{trap.place(found.ip)}; area {trap.area_words(address)}"


class SyscallBreakpoint(gdb.Breakpoint):
    """At the kernel's function for a system call."""

    def __init__(self, call: trap.Syscall) -> None:
        symbol = kernel.objfile().lookup_global_symbol(call.entry) or \
            kernel.objfile().lookup_static_symbol(call.entry)
        if symbol is None:  # the compiler found two alike: one is enough
            entry = kernel.symbol("syscall_table")[call.number]["function"]
            super().__init__(f"*{int(entry):#x}")
        else:
            super().__init__(function=call.entry,
                             source=symbol.symtab.filename)
        self.condition = f'$in_syscall("{call.name}")'

    def tell(self) -> str:
        return f"system call: {trap.syscall_text(trap.innermost())}"


def on_stop(event: gdb.StopEvent) -> None:
    """Say what it is that one of ours has stopped at."""
    for breakpoint in getattr(event, "breakpoints", ()):
        if isinstance(breakpoint, (FaultBreakpoint, SyscallBreakpoint)):
            print(paragraph(breakpoint.tell()))


gdb.events.stop.connect(on_stop)


class BreakOnFault(Command):
    """Stop at page faults: all of programs, or those at some addresses.
    Usage: break-on-fault [ADDR | START END | START-END | [heap] | [stack]]

    Stops in do_page_fault, in C, with its arguments to be seen. Without an
    argument: every fault that comes from ring 3. ADDR means its page; START
    END and START-END mean START <= address < END; [heap] and [stack] mean
    that area as it is when the fault comes. Faults of the kernel itself,
    when it copies to or from such addresses, count as well. ADDR, START and
    END are expressions of gdb's; those with blanks need quotes.

    This is a breakpoint like others: see it in `info breakpoints`, and use
    `delete`, `disable`, `ignore`, `tbreak`'s `enable once`, `commands`."""

    NAME = "break-on-fault"
    ARGUMENTS = (0, 2)

    def offer(self, text: str, word: str) -> Union[list[str], int]:
        if text.startswith("["):
            return [name[len(text) - len(word):] for name in AREA_NAMES
                    if name.startswith(text)]
        return gdb.COMPLETE_EXPRESSION

    def run(self, *words: str) -> None:
        kernel.objfile()
        FaultBreakpoint(self.condition(words))

    def condition(self, words: tuple[str, ...]) -> str:
        if not words:
            return f"error_code & {trap.PF_USER}"
        if words[0] in AREA_NAMES and len(words) == 1:
            return f'$_streq($vma_name(address), "{words[0]}")'
        start, end = self.range(words)
        if start >= end:
            raise gdb.GdbError(f"an empty range: {start:#x} to {end:#x}")
        return f"address >= {start:#x} && address < {end:#x}"

    def range(self, words: tuple[str, ...]) -> tuple[int, int]:
        if len(words) == 2:
            return address_of(words[0]), address_of(words[1])
        first, dash, last = words[0].partition("-")
        if dash and first.startswith("0x") and last.startswith("0x"):
            return address_of(first), address_of(last)
        start = address_of(words[0]) & -kernel.PAGE_SIZE
        return start, start + kernel.PAGE_SIZE


class BreakOnSyscall(Command):
    """Stop where the kernel begins with a system call.
    Usage: break-on-syscall NAME [NAME...]

    Stops at the kernel's function for it, such as sys_brk, if a program has
    made that call; not when the kernel calls the function for itself. NAME
    is one of kernel/abi/syscall_32.tbl; TAB completes it.

    Each is a breakpoint like others: see it in `info breakpoints`, and use
    `delete`, `disable`, `ignore`, `commands`."""

    NAME = "break-on-syscall"
    ARGUMENTS = (1, 64)

    def offer(self, text: str, word: str) -> list[str]:
        return [name for name in trap.syscalls() if name.startswith(word)]

    def run(self, *words: str) -> None:
        calls = [find_syscall(word) for word in words]
        for call in calls:
            SyscallBreakpoint(call)


# ── Into the trap ────────────────────────────────────────────────────────────

class EntryBreakpoint(gdb.Breakpoint):
    """At LOCATION, if PROGRAM came there out of ring 3; for one use."""

    def __init__(self, location: str, program: Optional[int]) -> None:
        super().__init__(location, internal=True)
        self.silent = True
        self.program = program

    def stop(self) -> bool:
        task = kernel.current()
        if not task["mm"] or self.program not in (None, int(task)):
            return False
        found = trap.innermost()
        return found is not None and found.user


class StepIntoTrap(Command):
    """Run until the program enters the kernel, as if one could step there.
    Usage: step-into-trap [--c]

    Stops at the first instruction of what the CPU jumps to when the current
    program's next page fault or system call comes: trap_vector_14 or
    syscall_entry in kernel/trap/entry.asm. With --c: in do_page_fault or
    do_syscall, in C. Shows where the program was; `fault` shows more."""

    NAME = "step-into-trap"
    ARGUMENTS = (0, 1)

    def run(self, *words: str) -> None:
        if words not in ((), ("--c",)):
            self.usage()
        task = kernel.current()
        locations = ("do_page_fault", "do_syscall") if words else \
            ("*trap_vector_14", "*syscall_entry")
        entries = [EntryBreakpoint(location, int(task) if task["mm"] else None)
                   for location in locations]
        try:
            gdb.execute("continue")
        finally:
            for entry in entries:
                entry.delete()
        found = trap.innermost() if kernel.is_running() else None
        if found is not None:
            self.show(found)

    def show(self, found: trap.Trap) -> None:
        print(bold(trap.title(found)))
        trap.show("now at", trap.place(gdb.newest_frame().pc()))
        trap.show("from", f"{found.ip:#010x} {trap.place(found.ip)}")
        if found.vector == trap.PAGE_FAULT:
            address = trap.cr2()
            trap.show("at", trap.instruction(found.ip))
            trap.show("wanted", f"{trap.access(found.code, address, found.ip)}"
                      f" at {address:#010x}")
        elif found.vector == trap.SYSCALL_VECTOR:
            trap.show("call", trap.syscall_text(found))
