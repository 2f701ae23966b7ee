"""The kernel's structures, read through gdb: tasks, areas, page tables, frames.

Nothing here is kept from one stop to the next, and nothing is repeated from
the kernel's sources: fields come from DWARF, constants from the headers.

A program may have variables with the names of the kernel's. So the kernel's
are looked up in its own symbols (symbol()), never by gdb's expressions.
"""

import functools
import pathlib
import re
import struct
from dataclasses import dataclass
from typing import Callable, Iterator, Optional

import gdb

ROOT = pathlib.Path(__file__).resolve().parents[3]

_DEFINE = re.compile(
    r"^#define\s+(\w+)\s+\(?(?:(0[xX][0-9a-fA-F]+|\d+)[uUlL]*"
    r"(?:\s*<<\s*(\w+))?)\)?\s*(?:/\*.*)?$", re.MULTILINE)


# ── Symbols and constants ────────────────────────────────────────────────────

def objfile() -> gdb.Objfile:
    """The kernel's symbols; without them no command works."""
    for candidate in gdb.objfiles():
        if candidate.is_valid() and candidate.filename and \
                pathlib.Path(candidate.filename).name == "kernel.elf":
            return candidate
    raise gdb.GdbError("the kernel's symbols are not loaded "
                       "(file build/kernel.elf)")


class Watch(gdb.Breakpoint):
    """A breakpoint of ours on the first instruction of one of the kernel's
    functions: not seen, and without a number. reached() says whether to stop
    there; Ctrl-C that comes meanwhile stops, too."""

    def __init__(self, function: str) -> None:
        super().__init__(entry(function), internal=True)
        self.silent = True
        self.interrupted = False

    def reached(self) -> bool:
        raise NotImplementedError

    def stop(self) -> bool:
        self.interrupted = False
        try:
            return self.reached()
        except KeyboardInterrupt:
            self.interrupted = True
            return True


def show_interrupt(event: gdb.StopEvent) -> None:
    """As gdb shows that Ctrl-C was typed."""
    for breakpoint in getattr(event, "breakpoints", ()):
        if isinstance(breakpoint, Watch) and breakpoint.interrupted:
            print("\nProgram received signal SIGINT, Interrupt.")
            print(gdb.execute("frame", to_string=True), end="")


gdb.events.stop.connect(show_interrupt)


def when_loaded(action: Callable[[], None]) -> None:
    """Do ACTION as soon as there are the kernel's symbols."""
    def on_new_objfile(_event: gdb.NewObjFileEvent) -> None:
        try:
            objfile()
        except gdb.GdbError:
            return
        gdb.events.new_objfile.disconnect(on_new_objfile)
        action()

    gdb.events.new_objfile.connect(on_new_objfile)
    on_new_objfile(None)


def symbol(name: str) -> gdb.Value:
    """The kernel's variable NAME, static or not."""
    kernel = objfile()
    found = kernel.lookup_global_symbol(name) or \
        kernel.lookup_static_symbol(name)
    if found is None:
        raise gdb.GdbError(f"the kernel has no {name}")
    return found.value()


def entry(function: str) -> str:
    """The first instruction of a FUNCTION of the kernel's, as a place for a
    breakpoint: not in the program's function of that name, if it has one."""
    return f"*{int(symbol(function).address):#x}"


def enumerators(name: str) -> list[str]:
    """The names of the kernel's enumeration that has NAME, by value; not the
    last, which counts them: enumerators("FAULT_COW")[FAULT_COW] …"""
    kind = symbol(name).type
    values = {int(field.enumval): field.name for field in kind.fields()}
    return [values[value] for value in sorted(values)][:-1]


def argument(name: str) -> gdb.Value:
    """The argument NAME of the function on whose first instruction the kernel
    stands. DWARF may know it only behind that (clang's does); so it is taken
    from the stack, where callers put them, a word each."""
    frame = gdb.newest_frame()
    symbols = [each for each in frame.block() if each.is_argument]
    index = [each.name for each in symbols].index(name)
    at = int(frame.read_register("esp")) + 4 + 4 * index
    return gdb.Value(word(at & 0xffffffff)).cast(symbols[index].type)


@functools.lru_cache(maxsize=None)
def constants(header: str) -> dict[str, int]:
    """The numbers that kernel/HEADER defines: name → value."""
    text = (ROOT / "kernel" / header).read_text()
    values: dict[str, int] = {}
    shifts = {} if header == "mm/mm_types.h" else MM_TYPES
    for name, number, shift in _DEFINE.findall(text):
        if shift and not shift.isdigit():
            bits = {**shifts, **values}.get(shift, 0)
        else:
            bits = int(shift or 0)
        base = 8 if re.fullmatch("0[0-7]+", number) else 0
        values[name] = int(number, base) << bits
    return values


MM_TYPES = constants("mm/mm_types.h")
MM = constants("mm/mm.h")

CR0_PG = 1 << 31  # paging is on: Intel SDM 3A, 2.5
PAGE_SIZE = 4096
TASK_SIZE = MM["TASK_SIZE"]
PAGE_OFFSET = MM["PAGE_OFFSET"]
PRESENT = MM["_PAGE_PRESENT"]
RW = MM["_PAGE_RW"]
USER = MM["_PAGE_USER"]
ACCESSED = MM["_PAGE_ACCESSED"]
DIRTY = MM["_PAGE_DIRTY"]
PROTNONE = constants("mm/memory.c")["_PAGE_PROTNONE"]


# ── Memory ───────────────────────────────────────────────────────────────────

def is_running() -> bool:
    """Is there a machine, stopped, that can be read?"""
    thread = gdb.selected_thread()
    return thread is not None and thread.is_valid()


def need_machine() -> None:
    if not is_running():
        raise gdb.GdbError("the machine is not running; `start` boots it")
    if not register("cr0", CR0_PG) & CR0_PG:
        raise gdb.GdbError("the kernel has not booted yet: paging is off")


def register(name: str, otherwise: int) -> int:
    """A register of the CPU's, such as "cr3"; OTHERWISE: QEMU tells none."""
    try:
        value = gdb.newest_frame().read_register(name)
        return int(value.cast(gdb.lookup_type("unsigned int")))
    except (ValueError, gdb.error):
        return otherwise


def read_words(address: int, count: int) -> tuple[int, ...]:
    """COUNT words of 32 bits at the kernel's ADDRESS, at once."""
    memory = gdb.selected_inferior().read_memory(address, 4 * count)
    return struct.unpack(f"<{count}I", memory)


def read_physical(address: int, size: int) -> bytes:
    """SIZE bytes of RAM at the physical ADDRESS, which must be lowmem."""
    memory = gdb.selected_inferior().read_memory(PAGE_OFFSET + address, size)
    return bytes(memory)


def word(address: int) -> int:
    """The 32-bit word at the kernel's ADDRESS."""
    return read_words(address, 1)[0]


def read_user(mm: gdb.Value, address: int, size: int) -> Optional[bytes]:
    """SIZE bytes at ADDRESS of MM, current or not; None: a page is missing.

    Unlike the program's own access this causes no page fault.
    """
    data = b""
    while size:
        part = min(size, PAGE_SIZE - address % PAGE_SIZE)
        entry = page_entry(mm, address)
        if entry is None or not entry.pte:
            return None
        data += read_physical(entry.pfn * PAGE_SIZE + address % PAGE_SIZE,
                              part)
        address += part
        size -= part
    return data


def static(file: str, name: str) -> gdb.Value:
    """The variable NAME that is static in kernel/FILE, and in others, too."""
    symbols = gdb.lookup_static_symbols(name)
    for found in symbols:
        if found.symtab.objfile == objfile() and \
                found.symtab.filename.endswith(f"kernel/{file}"):
            return found.value()
    raise gdb.GdbError(f"kernel/{file} has no {name}")


def trace_lines(count: int) -> list[str]:
    """The newest COUNT lines of the event stream (trace.c's ring), the oldest
    first. Fewer, if there are not so many."""
    need_machine()
    ring = static("trace/trace.c", "ring")
    head, tail = int(symbol("ring_head")), int(symbol("ring_tail"))
    at, size = int(ring.address), ring.type.sizeof
    data = b""
    while data.count(b"\n") <= count and head != tail:
        # As much as ends at HEAD and is in one piece; a few lines mostly do.
        part = min((head - tail) % 2**32, (head - 1) % size + 1, 1024)
        head = (head - part) % 2**32
        data = bytes(gdb.selected_inferior().read_memory(
            at + head % size, part)) + data
    lines = data.decode("utf-8", "replace").split("\n")
    # Cut off at the ring's beginning, a line is whole; elsewhere perhaps not.
    whole = lines[:-1] if head == tail else lines[1:-1]
    return whole[-count:]


def array(value: gdb.Value) -> list[int]:
    """The numbers in an array, such as mm->rss_stat."""
    return [int(value[i]) for i in range(value.type.range()[1] + 1)]


def text(pointer: gdb.Value) -> str:
    """A string of the kernel's."""
    return pointer.string("utf-8", "replace") if pointer else ""


# ── Lists and tasks ──────────────────────────────────────────────────────────

def list_entries(head: gdb.Value, kind: gdb.Type,
                 member: str) -> Iterator[gdb.Value]:
    """list_for_each_entry(): KIND * for each entry but HEAD, a list_head."""
    offset = offset_of(kind, member)
    start = int(head.address)
    at = int(head["next"])
    while at != start:
        entry = gdb.Value(at - offset).cast(kind.pointer())
        yield entry
        at = int(gdb.Value(at).cast(head.type.pointer())["next"])


def offset_of(kind: gdb.Type, member: str) -> int:
    """Where MEMBER is in the structure KIND, also in unnamed parts of it."""
    return int(gdb.Value(0).cast(kind.pointer())[member].address)


def current() -> gdb.Value:
    """The task whose turn it is: struct task_struct *."""
    need_machine()
    return symbol("current")


def tasks() -> Iterator[gdb.Value]:
    """All tasks, the kernel's own first: struct task_struct *."""
    need_machine()
    init_task = symbol("init_task")
    yield init_task.address
    yield from list_entries(init_task["tasks"], init_task.type, "tasks")


def find_task(pid: int) -> gdb.Value:
    for task in tasks():
        if int(task["pid"]) == pid:
            return task
    raise gdb.GdbError(f"there is no task {pid}; lx-ps lists them")


def comm(task: gdb.Value) -> str:
    return task["comm"].string("utf-8", "replace")


def current_mm() -> gdb.Value:
    """struct mm_struct * of the present program."""
    return mm_of(current())


def mm_of(task: gdb.Value) -> gdb.Value:
    """The address space of TASK: struct mm_struct *."""
    mm = task["mm"]
    if not mm:
        kind = "has ended" if str(task["state"]) == "TASK_ZOMBIE" else \
            "is a task of the kernel's"
        raise gdb.GdbError(f"{comm(task)}[{int(task['pid'])}] {kind}: it has "
                           "no address space (mm is NULL)")
    return mm


# ── Areas ────────────────────────────────────────────────────────────────────

def inode_path(inode: gdb.Value) -> str:
    """As the kernel's inode_path(): where INODE is in the tree."""
    root = int(symbol("ramfs_root").address)
    names = []
    while int(inode) != root:
        names.append(inode["i_name"].string("utf-8", "replace"))
        inode = inode["i_parent"]
        if not inode:
            return names[0]
    return "/" + "/".join(reversed(names))


@dataclass
class Area:
    """A vm_area_struct."""
    vma: gdb.Value
    start: int
    end: int
    flags: int
    file: gdb.Value  # struct inode *, or NULL
    offset: int  # of START in the file, bytes

    def allows(self, *names: str) -> bool:
        """Has it all of the flags, such as "VM_WRITE"?"""
        return all(self.flags & MM_TYPES[name] for name in names)

    @functools.cached_property
    def path(self) -> str:
        """Of its file; "" without."""
        return inode_path(self.file) if self.file else ""

    @property
    def permissions(self) -> str:
        """As in /proc/PID/maps: "rw-p"."""
        return "".join(
            letter if self.allows(flag) else otherwise
            for letter, flag, otherwise in (
                ("r", "VM_READ", "-"), ("w", "VM_WRITE", "-"),
                ("x", "VM_EXEC", "-"), ("s", "VM_MAYSHARE", "p")))

    @property
    def name(self) -> str:
        """As vma_name(): the file, [heap], [stack] or ""."""
        mm = self.vma["vm_mm"]
        if self.path:
            return self.path
        if self.start <= int(mm["brk"]) and self.end > int(mm["start_brk"]):
            return "[heap]"
        if self.start <= int(mm["start_stack"]) < self.end:
            return "[stack]"
        return ""


def areas(mm: gdb.Value) -> Iterator[Area]:
    """The areas of MM by address: the array mm->areas."""
    for i in range(int(mm["map_count"])):
        pointer = mm["areas"][i]
        vma = pointer.dereference()
        vma.fetch_lazy()  # the whole structure at once
        file = vma["vm_file"]
        yield Area(pointer, int(vma["vm_start"]), int(vma["vm_end"]),
                   int(vma["vm_flags"]), file,
                   int(vma["vm_pgoff"]) * PAGE_SIZE if file else 0)


def find_vma(mm: gdb.Value, address: int) -> Optional[Area]:
    """The first area that ends above ADDRESS, or None."""
    return next((area for area in areas(mm) if address < area.end), None)


# ── Page tables and frames ───────────────────────────────────────────────────

@dataclass
class Entry:
    """What the page tables say of one page."""
    address: int
    pde: int
    pte: int  # 0: nothing there
    pte_at: int  # where the entry lies, as the kernel sees it

    @property
    def pfn(self) -> int:
        return self.pte >> 12

    @property
    def present(self) -> bool:
        return bool(self.pte & PRESENT)


def page_entry(mm: gdb.Value, address: int) -> Optional[Entry]:
    """MM's entry for ADDRESS; None if there is no page table for it."""
    pde = int(mm["pgd"][address >> 22])
    if not pde & PRESENT:
        return None
    at = PAGE_OFFSET + (pde & ~0xfff) + (address >> 12 & 0x3ff) * 4
    return Entry(address & ~0xfff, pde, word(at), at)


def entries(mm: gdb.Value, start: int, end: int) -> Iterator[Entry]:
    """Those entries of [START, END) that are not 0: the resident pages.

    Directory and tables are read as a whole, so that large areas take no
    time.
    """
    if start >= end:
        return
    first_table = start >> 22
    directory = read_words(int(mm["pgd"]) + first_table * 4,
                           (end - 1 >> 22) + 1 - first_table)
    for index, pde in enumerate(directory, first_table):
        if not pde & PRESENT:
            continue
        low = max(start, index << 22) >> 12
        high = (min(end, index + 1 << 22) + PAGE_SIZE - 1) >> 12
        table = PAGE_OFFSET + (pde & ~0xfff) + (low & 0x3ff) * 4
        for i, pte in enumerate(read_words(table, high - low)):
            if pte:
                yield Entry(low + i << 12, pde, pte, table + i * 4)


def flag_words(pte: int) -> str:
    """The flags of a PTE or PDE in words, such as "present, writable, user"."""
    if not pte:
        return "nothing there"
    if pte & PROTNONE and not pte & PRESENT:
        return "a frame that may not be touched (PROT_NONE)"
    words = ["present" if pte & PRESENT else "not present",
             "writable" if pte & RW else "read-only",
             "user" if pte & USER else "kernel only"]
    words += ["accessed"] * bool(pte & ACCESSED)
    words += ["dirty"] * bool(pte & DIRTY)
    return ", ".join(words)


def page(pfn: int) -> gdb.Value:
    """The struct page of a frame."""
    if not 0 <= pfn < int(symbol("max_low_pfn")):
        raise gdb.GdbError(f"there is no frame 0x{pfn:x}: mem_map has "
                           f"0x{int(symbol('max_low_pfn')):x}")
    return symbol("mem_map")[pfn]


def page_to_pfn(pointer: gdb.Value) -> int:
    return (int(pointer) - int(symbol("mem_map"))) // \
        pointer.type.target().sizeof


def zero_pfn() -> int:
    """The frame of zeroes that all readers share."""
    return page_to_pfn(symbol("zero_page"))
