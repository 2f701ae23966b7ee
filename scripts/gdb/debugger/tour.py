"""A guided walk from malloc() down to a frame of RAM and back: tour.

The stations are found by the names of functions, never by lines, so the tour
works with any program that calls malloc(), and with a fault handler of one's
own as long as its functions keep their names. The tour only looks.
"""

import re
from dataclasses import dataclass
from typing import Callable, Optional

import gdb

from debugger import heap, kernel, trap
from debugger.command import Command, bold, columns, paragraph
from faultline.narration import size_text

STEPS = 3000  # instructions to follow one by one, in search of the store
SYS_BRK = trap.syscalls()["brk"].number


class Skip(Exception):
    """This station cannot be found in this program or kernel."""


class Again(Exception):
    """This malloc() did without the kernel: wait for another."""


# ── What the tour knows of its way ───────────────────────────────────────────

@dataclass
class Way:
    """What one station learns and others need."""
    task: int = 0  # whose malloc() it is
    request: int = 0  # bytes
    known: bool = False  # is it sure that it needs the kernel?
    malloc_returns: int = 0  # the address behind the call
    stack: int = 0  # esp at malloc's first instruction
    old_break: int = 0
    new_break: int = 0
    back: int = 0  # where the system call returns to
    rss: int = 0  # pages in frames, before the break moved
    faults: int = 0
    store: int = 0  # the instruction that touches the new memory
    address: int = 0  # what it touches
    pte_before: int = 0


def mm() -> gdb.Value:
    return kernel.current_mm()


def rss_pages() -> int:
    return sum(kernel.array(mm()["rss_stat"]))


def fault_count() -> int:
    return sum(kernel.array(mm()["fault_count"]))


def register(name: str) -> int:
    return int(gdb.parse_and_eval(f"${name}")) & 0xffffffff


def argument(name: str) -> int:
    """The argument NAME of the function that is stopped at."""
    return int(gdb.newest_frame().read_var(name)) & 0xffffffff


def entry_text(address: int) -> str:
    """What the page table says of ADDRESS, in words."""
    entry = kernel.page_entry(mm(), address)
    if entry is None:
        return "no page table"
    return f"{entry.pte:#x}, {kernel.flag_words(entry.pte)}" if entry.pte \
        else "0, nothing there"


def call_site() -> str:
    """Where the function that is stopped at was called, "hello.c:10"."""
    caller = gdb.newest_frame().older()
    if caller is None:
        return "somewhere"
    sal = caller.find_sal()
    where = f" at {sal.symtab.filename}:{sal.line}" if sal.symtab else ""
    return f"in {caller.name() or '?'}(){where}"


# ── Where to stop ────────────────────────────────────────────────────────────

class StationBreakpoint(gdb.Breakpoint):
    """One of the tour's own: internal, and only for the tour's task."""

    def __init__(self, tour: "Tour", is_here: Callable[[Way], bool],
                 **where) -> None:
        super().__init__(internal=True, **where)
        self.silent = True
        self._tour = tour
        self._is_here = is_here

    def stop(self) -> bool:
        way = self._tour.way
        task = kernel.current()
        if not task["mm"] or way.task not in (0, int(task)):
            return False
        if not self._is_here(way):
            return False
        self._tour.reached = True
        return True


def need(name: str) -> str:
    """NAME, if there is such a function."""
    try:
        gdb.parse_and_eval(f"&{name}")
    except gdb.error:
        raise Skip(f"there is no {name} here") from None
    return name


def at_kernel_function(name: str) -> dict[str, str]:
    """Its place; a function that was inlined has one, too."""
    try:
        _, places = gdb.decode_line(name)
    except gdb.error:
        places = None
    for each in places or ():
        if each.pc >= kernel.TASK_SIZE and each.symtab:
            return {"function": name, "source": each.symtab.filename}
    raise Skip(f"the kernel has no {name}")


def at_label(name: str) -> dict[str, str]:
    return {"spec": f"*{need(name)}"}


def find_instruction(start: int, wanted: str, limit: int = 64) -> int:
    """The first instruction WANTED from START on."""
    for each in trap.instructions(start, limit):
        if each["asm"].startswith(wanted):
            return each["addr"]
    raise Skip(f"there is no {wanted} here")


# ── The store ────────────────────────────────────────────────────────────────

_OPERAND = re.compile(r"(?:%[c-g]s:)?(-?0x[0-9a-f]+)?"
                      r"\((%\w+)?(?:,(%\w+),(\d))?\)")
_ABSOLUTE = re.compile(r"(?:^|[ ,])(?:%ds:)?(0x[0-9a-f]+)(?=,|$)")


def touched(asm: str) -> list[int]:
    """The addresses that an instruction, in AT&T's notation, touches."""
    if asm.startswith(("lea", "nop", "call", "j")):
        return []
    addresses = []
    for offset, base, index, scale in _OPERAND.findall(asm):
        value = int(offset, 16) if offset else 0
        value += register(base[1:]) if base else 0
        value += register(index[1:]) * int(scale) if index else 0
        addresses.append(value & 0xffffffff)
    addresses += [int(each, 16) for each in _ABSOLUTE.findall(asm)]
    return addresses


def touches_new_memory(way: Way) -> Optional[int]:
    """What the next instruction touches of what brk() has promised, if no
    page is there."""
    pc = gdb.newest_frame().pc()
    if pc >= kernel.TASK_SIZE:
        return None
    with trap.setting("disassembly-flavor", "att"):
        code = trap.instruction(pc)
    for address in touched(code):
        if is_new(way, address):
            entry = kernel.page_entry(mm(), address)
            if entry is None or not entry.pte:
                return address
    return None


def is_new(way: Way, address: int) -> bool:
    return way.old_break & -kernel.PAGE_SIZE <= address < way.new_break


class TourStore(gdb.Function):
    """$tour_store() - is the next instruction the one that the tour awaits?

    Watched, it has gdb look at each instruction before it runs. After some
    thousand it says yes in any case."""

    def __init__(self) -> None:
        super().__init__("tour_store")
        self.steps = 0

    def invoke(self) -> bool:
        self.steps += 1
        return self.steps > STEPS or \
            touches_new_memory(guide.way) is not None


tour_store = TourStore()


# ── The stations ─────────────────────────────────────────────────────────────

class Station:
    """A place on the path. ahead() is what is about to happen, look() what
    to look at; WHY explains more."""

    NAME = ""
    WHY = ""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        """The breakpoints that find it."""
        raise NotImplementedError

    def go(self, tour: "Tour") -> None:
        """Run there."""
        gdb.execute("continue")

    def arrive(self, way: Way) -> None:
        """Take notes for the stations to come."""

    def ahead(self, way: Way) -> str:
        raise NotImplementedError

    def look(self, way: Way) -> str:
        raise NotImplementedError


class Malloc(Station):
    NAME = "malloc"
    WHY = """malloc() is a function of the C library, not a system call: it
    cuts large pieces of memory into blocks and remembers which are free. Most
    calls never reach the kernel. One does when neither the bins nor the top
    chunk, the rest that no block has reached yet, have room. libc/malloc.c is
    read from malloc() at its end upwards; docs/malloc.md explains it. glibc:
    malloc/malloc.c, _int_malloc() and sysmalloc(); manual: malloc(3)."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        try:
            need("malloc")
        except Skip:
            raise gdb.GdbError("no malloc() to begin with: the program has "
                               "none, or its symbols are not loaded") from None
        return [StationBreakpoint(tour, self.is_here, spec="*malloc")]

    @staticmethod
    def is_here(way: Way) -> bool:
        """A call that leads to brk(), as far as one can tell."""
        way.request = kernel.word(register("esp") + 4)
        try:
            way.known = heap.read_heap().asks_kernel(way.request)
        except gdb.GdbError:
            return True  # another allocator: we shall see
        return way.known

    def arrive(self, way: Way) -> None:
        way.task = int(kernel.current())
        way.stack = register("esp")
        way.malloc_returns = kernel.word(way.stack)

    def ahead(self, way: Way) -> str:
        rest = "No free chunk is large enough, and neither is the top " \
            "chunk: malloc will have to ask the kernel." if way.known else \
            "This is another allocator than libc/malloc.c: we shall see " \
            "whether it has to ask the kernel."
        return f"malloc({way.request}) is called {call_site()}. {rest}"

    def look(self, way: Way) -> str:
        return "heap, bt; vmmap shows the areas before anything has changed"


class Sbrk(Station):
    NAME = "sbrk"
    WHY = """The heap of a program is one stretch of memory, and the program
    break is its end. sbrk(n) moves the break up by n bytes and returns where
    it was: that is where the new memory begins. malloc asks for more than it
    needs, whole pages and some in reserve, since each call of the kernel costs
    as much as many malloc()s. The first sbrk() also asks the kernel, by
    brk(0), where the break is. glibc: misc/sbrk.c; manual: brk(2)."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        need("sbrk")
        return [StationBreakpoint(tour, self.is_here, spec="*sbrk"),
                StationBreakpoint(tour, self.is_over,
                                  spec=f"*{tour.way.malloc_returns:#x}")]

    @staticmethod
    def is_here(way: Way) -> bool:
        return 0 < kernel.word(register("esp") + 4) < 1 << 31

    @staticmethod
    def is_over(way: Way) -> bool:
        """Has malloc() returned without sbrk()?"""
        return register("esp") == way.stack + 4

    def arrive(self, way: Way) -> None:
        if gdb.newest_frame().pc() == way.malloc_returns:
            raise Again(f"malloc({way.request}) did without the kernel")

    def ahead(self, way: Way) -> str:
        wanted = kernel.word(register("esp") + 4)
        return "malloc has searched in vain and asks for " \
            f"{size_text(wanted)} more: sbrk() will have the kernel move " \
            "the program break."

    def look(self, way: Way) -> str:
        return "bt: from malloc() to here; up and info locals in each frame"


class Int80(Station):
    NAME = "int 0x80"
    WHY = """A program cannot call a function of the kernel: ring 3 may neither
    jump into ring 0 nor see its memory. int 0x80 is the gate. The CPU looks up
    entry 0x80 of the IDT, takes the kernel stack from the TSS, pushes ss, esp,
    eflags, cs and eip there, and goes on at syscall_entry. Which call is meant
    stands in eax, its arguments in ebx, ecx, edx, esi, edi, ebp: Linux's
    convention, so that the same program runs there. Intel SDM 3A, 6.12;
    manual: syscall(2). Linux today: also sysenter, through the vDSO."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        start = int(gdb.parse_and_eval(f"(unsigned long)&{need('__syscall')}"))
        spec = f"*{find_instruction(start, 'int '):#x}"
        return [StationBreakpoint(tour, self.is_here, spec=spec)]

    @staticmethod
    def is_here(way: Way) -> bool:
        return register("eax") == SYS_BRK and register("ebx") != 0

    def ahead(self, way: Way) -> str:
        return f"One instruction leads from ring 3 to ring 0: eax = " \
            f"{SYS_BRK} says brk, ebx = {register('ebx'):#x} is where the " \
            "break is to be."

    def look(self, way: Way) -> str:
        return "info registers eax ebx cs esp; what changes with stepi?"


class SysBrk(Station):
    NAME = "sys_brk"
    WHY = """All that brk() does is here: it checks that the new break is not
    below the heap's beginning, within the limit (RLIMIT_DATA) and not in the
    way of another area; then do_brk_flags() makes the area [heap] larger, and
    mm->brk is set. An area, a vm_area_struct, is a promise: these addresses
    are yours. No page table is touched and no frame is taken. Linux:
    mm/mmap.c, SYSCALL_DEFINE1(brk) and do_brk_flags()."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        return [StationBreakpoint(tour, self.is_here,
                                  **at_kernel_function("sys_brk"))]

    @staticmethod
    def is_here(way: Way) -> bool:
        return argument("brk") > int(mm()["brk"])

    def arrive(self, way: Way) -> None:
        way.old_break = int(mm()["brk"])
        way.new_break = argument("brk")
        way.rss, way.faults = rss_pages(), fault_count()
        found = trap.innermost()
        way.back = found.ip if found else 0

    def ahead(self, way: Way) -> str:
        return f"In the kernel. mm->brk is {way.old_break:#x}; sys_brk will " \
            f"move it to {way.new_break:#x}, and the end of the area [heap] " \
            "with it. It will take no frame."

    def look(self, way: Way) -> str:
        return "bt reaches down to main(); mm; print *$lx_current().mm"


class Return(Station):
    NAME = "return"
    WHY = """The kernel has put the result where eax was saved, and iret has
    loaded all registers as they were, but for that one. Two numbers have
    changed: mm->brk and the area's vm_end. That malloc() is quick, and that a
    program may be promised more memory than there is, both come from this: the
    frames are taken when a page is touched for the first time, one by one
    (demand zero, overcommit). Linux: arch/x86/entry/entry_32.S; manual:
    proc(5), VmSize against VmRSS."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        if not tour.way.back:
            raise Skip("nobody knows where to")
        return [StationBreakpoint(tour, lambda way: True,
                                  spec=f"*{tour.way.back:#x}")]

    def arrive(self, way: Way) -> None:
        if register("eax") != way.new_break:
            raise gdb.GdbError(
                f"The kernel refused to move the break (eax = "
                f"{register('eax'):#x}): this is the end of the tour. "
                "`tour` begins anew.")

    def ahead(self, way: Way) -> str:
        taken = rss_pages() - way.rss
        grown = size_text(int(mm()["brk"]) - way.old_break)
        return f"Ring 3 again, eax = {way.new_break:#x}. mm->brk moved by " \
            f"{grown}; frames taken: {taken}. The page-table entry for " \
            f"{way.old_break:#x}: {entry_text(way.old_break)}."

    def look(self, way: Way) -> str:
        return f"vmmap, mm, pagewalk {way.old_break:#x}: a promise, no memory"


class Store(Station):
    NAME = "the store"
    WHY = """To the CPU this is an instruction like any other. It takes the
    address, looks for the entry in the page tables (or in its memory of them,
    the TLB) and finds none: P, the present bit, is 0. It does not write; it
    leaves all registers as they are, so that the instruction can be run again,
    and raises exception 14. Mostly it is malloc itself that touches new memory
    first, for the header of a chunk; the pages behind come the same way when
    the program writes to them: try break-on-fault [heap]. Intel SDM 3A, 4.7
    and 6.5 (faults); Linux sees the same, for it is the CPU that does this."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        return FaultEntry().arm(tour)  # should it be missed

    def go(self, tour: "Tour") -> None:
        """Instruction by instruction: each is looked at before it runs."""
        address = touches_new_memory(tour.way)
        if address is None:
            tour_store.steps = 0
            watch = StationBreakpoint(
                tour, lambda way: True, spec="$tour_store()",
                type=gdb.BP_WATCHPOINT, wp_class=gdb.WP_WRITE)
            try:
                gdb.execute("continue")
            finally:
                watch.delete()
            if not tour.reached:
                return
            address = touches_new_memory(tour.way)
        if address is None:
            raise Skip("the program did not touch the new memory soon enough")
        tour.reached = True
        tour.way.address = address
        tour.way.store = gdb.newest_frame().pc()

    def ahead(self, way: Way) -> str:
        return f"{trap.instruction(way.store)} in {trap.place(way.store)} " \
            f"is the first to touch the new memory, at {way.address:#x}. " \
            "The CPU will find no page there."

    def look(self, way: Way) -> str:
        return f"x/i $pc, pagewalk {way.address:#x}, why {way.address:#x}; " \
            "then stepi"


class FaultEntry(Station):
    NAME = "page-fault entry"
    WHY = """Exception 14. The CPU has stored the address in cr2, gone to the
    kernel stack, and pushed ss, esp, eflags, cs, eip and an error code: bit 0,
    was a page there? bit 1, was it a write? bit 2, was it ring 3? entry.asm
    saves the other registers behind them as a struct pt_regs and calls
    do_trap(), which calls do_page_fault(). eip is that of the store itself,
    not of the next instruction. Intel SDM 3A, 6.15, interrupt 14; Linux:
    asm_exc_page_fault, arch/x86/mm/fault.c."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        return [StationBreakpoint(tour, self.is_here,
                                  **at_label("trap_vector_14"))]

    @staticmethod
    def is_here(way: Way) -> bool:
        return is_new(way, register("cr2"))

    def arrive(self, way: Way) -> None:
        found = trap.innermost()
        way.address, way.store = register("cr2"), found.ip
        entry = kernel.page_entry(mm(), way.address)
        way.pte_before = entry.pte if entry else 0

    def ahead(self, way: Way) -> str:
        code = trap.innermost().code
        return f"The CPU did not write: it jumped here, ring 0, with cr2 = " \
            f"{way.address:#x} and error code {code:#x} " \
            f"({trap.error_words(code)})."

    def look(self, way: Way) -> str:
        return "fault; x/6xw $esp: error code, eip, cs, eflags, esp, ss"


class FindVma(Station):
    NAME = "find_vma"
    WHY = """The page tables only say that nothing is there. Whether something
    should be, say the areas: do_page_fault() has find_vma() look for the first
    area that ends above the address. If the address lies in it and its rights
    allow the access, the fault is a good one, and memory will come; if not,
    the program gets SIGSEGV, and the kernel says by which rule
    (kernel/trace/refusal.c). Linux: mm/mmap.c, find_vma(), where the areas are
    kept in a maple tree; here in a sorted array (vma_order.c)."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        return [StationBreakpoint(
            tour, lambda way: argument("address") == way.address,
            **at_kernel_function("find_vma"))]

    def ahead(self, way: Way) -> str:
        return f"do_page_fault asks: has the program been promised " \
            f"{way.address:#x}? find_vma looks through the " \
            f"{int(mm()['map_count'])} areas of this address space."

    def look(self, way: Way) -> str:
        return "info args; finish returns the area, print *$ shows it"


class DoAnonymousPage(Station):
    NAME = "do_anonymous_page"
    WHY = """The area allows the write, so handle_mm_fault() makes the promise
    true. It finds the entry in the page table (and makes the table, if these 4
    MiB had none) and asks what the entry is: 0, and no file behind the area,
    so this is anonymous memory that is touched for the first time. A read
    would be shown the one frame of zeroes that all share; a write gets a frame
    of its own. Linux: mm/memory.c, handle_mm_fault(), handle_pte_fault(),
    do_anonymous_page()."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        return [StationBreakpoint(tour, lambda way: True,
                                  **at_kernel_function("do_anonymous_page"))]

    def ahead(self, way: Way) -> str:
        area = kernel.find_vma(mm(), way.address)
        name = f"{area.name or 'an area'} {area.permissions}" if area else "?"
        return f"It has: {name}, and that allows it. The memory was never " \
            "used, so a frame full of zeroes is what it needs."

    def look(self, way: Way) -> str:
        return "bt: the store in the program is below the fault; print *vma"


class AllocPage(Station):
    NAME = "alloc_page"
    WHY = """The buddy allocator knows all frames of RAM. It keeps free blocks
    of 1, 2, 4 … 1024 frames in lists; a block that is larger than wanted is
    halved until it fits. This frame comes out with _refcount 1 and is filled
    with zeroes before the program may see it: what another program left there
    is none of its business. Linux: mm/page_alloc.c, __alloc_pages(),
    rmqueue(), with zones, per-CPU lists and reclaim in addition;
    /proc/buddyinfo."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        return [StationBreakpoint(tour, lambda way: argument("order") == 0,
                                  **at_kernel_function("alloc_pages"))]

    def ahead(self, way: Way) -> str:
        free = int(kernel.symbol("nr_free_pages"))
        return f"Only now, for one page of {size_text(kernel.PAGE_SIZE)}, a " \
            f"frame of RAM is taken: alloc_page() is alloc_pages(0). Free " \
            f"frames: {free}."

    def look(self, way: Way) -> str:
        return "frames before; finish, then frames again"


class Pte(Station):
    NAME = "the PTE"
    WHY = """32 bits join the two worlds: the upper 20 are the number of the
    frame, the lower 12 are flags for the CPU: P (present), R/W, U/S (ring 3
    may use it), A and D (accessed, dirty). From now on each access to this
    page goes to that frame without the kernel's help. That it is this easy is
    why nobody may write here but handle_mm_fault() and what it calls. Intel
    SDM 3A, 4.3, table 4-6; Linux: mm/memory.c, set_pte_at() and mk_pte()."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        entry = kernel.page_entry(mm(), tour.way.address)
        if entry is None:
            raise Skip("there is no page table yet")
        return [StationBreakpoint(
            tour, lambda way: True, spec=f"*(unsigned long *){entry.pte_at}",
            type=gdb.BP_WATCHPOINT, wp_class=gdb.WP_WRITE)]

    def ahead(self, way: Way) -> str:
        entry = kernel.page_entry(mm(), way.address)
        return f"The entry for {way.address:#x} has just been written: " \
            f"{way.pte_before:#x} has become {entry.pte:#x}: frame " \
            f"{entry.pfn:#x}, {kernel.flag_words(entry.pte)}."

    def look(self, way: Way) -> str:
        entry = kernel.page_entry(mm(), way.address)
        return f"pagewalk {way.address:#x}; page {entry.pfn:#x}; " \
            "events, when the fault is done"


class Iret(Station):
    NAME = "iret"
    WHY = """The stack holds what the CPU pushed when the fault came: iret pops
    eip, cs, eflags, esp and ss, and with cs the ring: 3. All other registers
    have been restored from the struct pt_regs. Since eip is the store's own,
    it is as if nothing had happened: the program cannot tell a page that was
    there from one that has come. Intel SDM 2A, IRET; Linux: entry_32.S,
    restore_all."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        start = trap.address_of_label(need("restore_registers"))
        return [StationBreakpoint(
            tour, lambda way: kernel.word(register("esp")) == way.store,
            spec=f"*{find_instruction(start, 'iret'):#x}")]

    def ahead(self, way: Way) -> str:
        return f"Everything is restored. iret goes back to eip = " \
            f"{way.store:#x}: to the store itself, not behind it."

    def look(self, way: Way) -> str:
        return "x/5xw $esp: eip, cs, eflags, esp, ss; then stepi"


class StoreAgain(Station):
    NAME = "the store again"
    WHY = """The same instruction, the same registers: only the page table is
    another. The fault has cost more than a thousand instructions, most of them
    for the zeroes (make bench counts them); the other accesses to this page
    are free. The next page of the block will fault once as well, and so will
    every page that is touched, whoever got its promise: the stack, the
    program's own data, its code. Linux counts these as minor faults
    (getrusage(2), ru_minflt)."""

    def arm(self, tour: "Tour") -> list[gdb.Breakpoint]:
        return [StationBreakpoint(tour, lambda way: True,
                                  spec=f"*{tour.way.store:#x}")]

    def ahead(self, way: Way) -> str:
        return f"The same store runs again, and succeeds: the entry for " \
            f"{way.address:#x} is {entry_text(way.address)}."

    def look(self, way: Way) -> str:
        return f"stepi, x/xw {way.address:#x}; frames taken since sys_brk: " \
            f"{rss_pages() - way.rss}, faults: {fault_count() - way.faults}"


STATIONS: list[Station] = [
    Malloc(), Sbrk(), Int80(), SysBrk(), Return(), Store(), FaultEntry(),
    FindVma(), DoAnonymousPage(), AllocPage(), Pte(), Iret(), StoreAgain()]


# ── The guide ────────────────────────────────────────────────────────────────

def show_place() -> None:
    """The function with its arguments, and the line or instruction."""
    frame = gdb.newest_frame()
    pc = frame.pc()
    function = frame.function()
    if frame.type() == gdb.SIGTRAMP_FRAME or function is None:
        print(f"{pc:#010x} {trap.place(pc)}")
        print(f"{'':10} {trap.instruction(pc)}")
        return
    first = pc == int(function.value().address) and pc < kernel.TASK_SIZE
    pairs = []
    for symbol in frame.block():
        if symbol.is_argument:
            value = kernel.argument(symbol.name) if first else \
                symbol.value(frame)
            pairs.append(f"{symbol.name}={value_text(value)}")
    sal = frame.find_sal()
    where = f" at {sal.symtab.filename}:{sal.line}" if sal.symtab else ""
    print(paragraph(f"{function.name} ({', '.join(pairs)}){where}",
                    hanging=4))
    print(f"{sal.line:<7} {trap.source_line(pc)}")


def has_ended() -> bool:
    """Is the program that the tour follows over, or about to be?"""
    return not kernel.is_running() or not kernel.current()["mm"] or \
        gdb.newest_frame().name() == "do_exit"


def value_text(value: gdb.Value) -> str:
    try:
        number = int(value) & 0xffffffff
    except gdb.error:
        return "?"  # optimised away, or a structure
    return f"{number:#x}" if number >> 20 else str(number)


class Tour:
    """Where the walk is, and how it goes on."""

    def __init__(self) -> None:
        self.way = Way()
        self.at: Optional[int] = None  # the station last told; None: off
        self.reached = False  # the next one's breakpoint has been hit
        self._next: Optional[int] = None
        self._armed: list[gdb.Breakpoint] = []
        self._guiding = False  # tour next tells what is reached

    def begin(self) -> None:
        self.end()
        self.way = Way()
        self._next = 0
        self.advance()

    def end(self) -> None:
        self.disarm()
        self.at = self._next = None
        self.reached = False

    def disarm(self) -> None:
        for breakpoint in self._armed:
            if breakpoint.is_valid():
                breakpoint.delete()
        self._armed = []

    def arm(self) -> None:
        """Breakpoints for the next station, if there are none yet."""
        if not self._armed:
            self._armed = STATIONS[self._next].arm(self)

    def is_on(self) -> bool:
        return self._next is not None or self.at is not None

    def advance(self) -> None:
        """To the next station that can be found."""
        while True:
            station = STATIONS[self._next]
            self.reached = False
            self._guiding = True
            try:
                self.arm()
                station.go(self)
            except Skip as reason:
                print(paragraph(f"({self._next + 1}, {station.NAME}, is left "
                                f"out: {reason}.)"))
                self.pass_by()
                if self._next is not None:
                    continue
            except gdb.error as error:
                if kernel.is_running():
                    self.end()
                    raise gdb.GdbError(f"The tour ends before {station.NAME}: "
                                       f"{error}") from None
            finally:
                self._guiding = False
            if not self.reached:
                self.interrupted()
            elif not self.tell():
                continue
            return

    def pass_by(self) -> None:
        """The next station is another."""
        self.disarm()
        self._next = self._next + 1 if self._next + 1 < len(STATIONS) else None

    def interrupted(self) -> None:
        """Something else has stopped the program, or it is over."""
        station = STATIONS[self._next]
        if has_ended():
            self.end()
            raise gdb.GdbError(
                "The program has ended, and no malloc() in it needed the "
                "kernel." if station.NAME == Malloc.NAME else
                f"The program has ended before {station.NAME}.")
        print(paragraph(f"(Not a station of the tour; `tour next` goes on to "
                        f"{station.NAME}.)"))

    def tell(self) -> bool:
        """The station that is reached. False: it was none."""
        if STATIONS[self._next].NAME == Store.NAME and \
                gdb.newest_frame().pc() >= kernel.TASK_SIZE:
            self.pass_by()  # it has been tried already
        station = STATIONS[self._next]
        self.at = self._next
        self.pass_by()
        self.reached = False
        try:
            station.arrive(self.way)
        except Again as reason:
            print(f"({reason}: on to the next.)")
            self.disarm()
            self.way, self._next, self.at = Way(), 0, None
            return False
        except gdb.GdbError:
            self.end()
            raise
        title = f"{self.at + 1} of {len(STATIONS)}: {station.NAME}"
        line = "─" * max(0, min(columns(), 80) - len(title) - 5)
        print(bold(f"── {title} {line}"))
        print(paragraph(station.ahead(self.way)))
        print(paragraph(station.look(self.way), "Look: "))
        show_place()
        if self._next is not None:
            try:
                self.arm()  # so that continue finds it, too
            except (Skip, gdb.error):
                pass  # tour next will say so
        else:
            print("The end of the tour. `tour off` leaves it; `tour` begins "
                  "again at the\nnext malloc() that needs the kernel.")
        return True

    def on_stop(self, _event: gdb.StopEvent) -> None:
        """Reached by continue or the like instead of `tour next`."""
        if self.reached and not self._guiding and self._next is not None:
            self.tell()

    def why(self) -> None:
        if self.at is None:
            raise gdb.GdbError("the tour has not begun; `tour` starts it")
        station = STATIONS[self.at]
        print(bold(f"{self.at + 1}: {station.NAME}"))
        print(paragraph(" ".join(station.WHY.split())))

    def list(self) -> None:
        for number, station in enumerate(STATIONS):
            mark = "*" if number == self.at else " "
            print(f"{mark} {number + 1:>2}  {station.NAME}")

    def next(self) -> None:
        if not self.is_on():
            raise gdb.GdbError("the tour has not begun; `tour` starts it")
        if self._next is None:
            print("That was the last station. `tour` begins again.")
            return
        kernel.need_machine()
        self.advance()


guide = Tour()
gdb.events.stop.connect(guide.on_stop)


class TourCommand(Command):
    """Walk from malloc() to the frame of RAM and back, station by station.
    Usage: tour
           tour next | why | list | off

    `tour` runs to the first malloc() that needs the kernel. Each station
    says what is about to happen and what to look at; look with any command,
    even step, then go on with `tour next` (or `continue`). `tour why`
    explains the station, with the names in Linux and in the manuals. `tour
    list` shows all stations, `tour off` leaves. The tour's breakpoints are
    its own; yours stay, and may stop the program on the way."""

    NAME = "tour"
    ARGUMENTS = (0, 1)
    WORDS = ("next", "why", "list", "off")

    def offer(self, text: str, word: str) -> list[str]:
        return [each for each in self.WORDS if each.startswith(word)]

    def run(self, word: str = "") -> None:
        if word not in ("", *self.WORDS):
            self.usage()
        if word == "":
            kernel.need_machine()
            kernel.objfile()
            guide.begin()
        elif word == "next":
            guide.next()
        elif word == "why":
            guide.why()
        elif word == "list":
            guide.list()
        else:
            guide.end()
