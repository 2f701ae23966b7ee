"""Physical memory, frame by frame: frames, all of them; page, one of them.

mem_map has a struct page for each frame; what that does not say, such as who
maps it, is found by looking through the page tables and the page cache.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Iterator, Optional

import gdb

from debugger import kernel
from debugger.address_space import process, size_text, task_name
from debugger.command import Command, address_of, bold, columns, paragraph
from debugger.kernel import MM_TYPES, PAGE_OFFSET, PAGE_SIZE, TASK_SIZE

THREAD_SIZE = kernel.constants("proc/task.h")["THREAD_SIZE"]
MAX_ORDER = kernel.MM["MAX_ORDER"]

# What a frame may hold, and what stands for it in the map.
KINDS = {
    "free": (".", "on the buddy lists"),
    "anonymous": ("A", "programs' own pages, and the zero page"),
    "page cache": ("C", "content of files"),
    "page tables": ("T", "page directories are among them"),
    "slab": ("S", "small objects of the kernel"),
    "kernel": ("K", "kernel stacks and large objects"),
    "reserved": ("R", "firmware, kernel image, mem_map, boot modules"),
}


# ── All frames at once ───────────────────────────────────────────────────────

class MemMap:
    """mem_map, read in large pieces, where somebody looks."""

    _PIECE = 128  # struct pages

    def __init__(self) -> None:
        kernel.need_machine()
        self.start = int(kernel.symbol("mem_map"))
        self.count = int(kernel.symbol("max_low_pfn"))
        if not self.start:
            raise gdb.GdbError("mem_map is not there yet: mem_init() makes it")
        kind = kernel.symbol("mem_map").type.target()
        self._size = kind.sizeof
        self._flags, self._refcount, self._order = (
            kernel.offset_of(kind, name) // 4 for name in
            ("flags", "_refcount", "order"))
        self._pieces: dict[int, tuple[int, ...]] = {}

    def _word(self, pfn: int, place: int) -> int:
        number, index = divmod(pfn, self._PIECE)
        if number not in self._pieces:
            first = number * self._PIECE
            count = min(self._PIECE, self.count - first)
            self._pieces[number] = kernel.read_words(
                self.start + first * self._size, count * self._size // 4)
        return self._pieces[number][index * self._size // 4 + place]

    def flags(self, pfn: int) -> int:
        return self._word(pfn, self._flags)

    def refcount(self, pfn: int) -> int:
        return self._word(pfn, self._refcount)

    def order(self, pfn: int) -> int:
        """Of a block on a buddy list, its first frame being PFN."""
        return self._word(pfn, self._order)

    def has(self, pfn: int, flag: str) -> bool:
        return bool(self.flags(pfn) & MM_TYPES[flag])

    def block(self, pfn: int) -> Optional[tuple[int, int]]:
        """The free block that PFN is in: (first frame, order), or None."""
        for order in range(MAX_ORDER + 1):
            first = pfn & -(1 << order)
            if self.has(first, "PG_buddy") and self.order(first) >= order:
                return first, self.order(first)
        return None


def address_spaces() -> Iterator[tuple[gdb.Value, gdb.Value]]:
    """Each mm_struct once, with a task that lives there: (task, mm)."""
    seen = set()
    for task in kernel.tasks():
        mm = task["mm"]
        if mm and int(mm) not in seen:
            seen.add(int(mm))
            yield task, mm


def lowmem_pfn(pointer: gdb.Value) -> int:
    """The frame at an address that the kernel has from its allocator."""
    return (int(pointer) - PAGE_OFFSET) // PAGE_SIZE


def classify(memory: MemMap) -> list[str]:
    """What each frame holds: one of KINDS."""
    known = {}
    for _, mm in address_spaces():
        for entry in kernel.entries(mm, 0, TASK_SIZE):
            known[entry.pfn] = "anonymous"
        known[lowmem_pfn(mm["pgd"])] = "page tables"
    known[kernel.zero_pfn()] = "anonymous"
    flags = (("PG_reserved", "reserved"), ("PG_slab", "slab"),
             ("PG_table", "page tables"), ("PG_cache", "page cache"))
    kinds: list[str] = []
    while len(kinds) < memory.count:
        pfn = len(kinds)
        if memory.has(pfn, "PG_buddy"):
            kinds += ["free"] * (1 << memory.order(pfn))
            continue
        kind = next((kind for flag, kind in flags if memory.has(pfn, flag)),
                    None)
        if kind is None and memory.refcount(pfn):
            kind = known.get(pfn, "kernel")
        # Of a block in use, only the first frame is counted.
        kinds.append(kind or "kernel")
    return kinds


class Frames(Command):
    """Show what the frames of RAM hold, and the free ones by block size.
    Usage: frames

    The blocks of each order, 2^order frames, are those of /proc/buddyinfo. In
    the map each character is several frames: a dot if all are free, else the
    letter of what most of those in use hold.

    Reads mem_map, free_area and the page tables."""

    NAME = "frames"

    def run(self) -> None:
        memory = MemMap()
        kinds = classify(memory)
        count = Counter(kinds)
        print(bold(f"{memory.count} frames of 4K, "
                   f"{size_text(memory.count * PAGE_SIZE)}; the struct pages "
                   f"are at mem_map, {memory.start:#x}"))
        for kind, (letter, what) in KINDS.items():
            print(f"  {letter} {kind:<12}{count[kind]:>7}"
                  f"{size_text(count[kind] * PAGE_SIZE):>8}  {what}")
        area = kernel.symbol("free_area")
        blocks = [int(area[order]["nr_free"]) for order in
                  range(MAX_ORDER + 1)]
        print("Free blocks (alloc_pages takes the smallest that fits, and "
              "halves it):")
        for name, values in (
                ("order", range(MAX_ORDER + 1)),
                ("size", [size_text(PAGE_SIZE << order) for order in
                          range(MAX_ORDER + 1)]),
                ("blocks", blocks)):
            print(f"  {name:<7}" + "".join(f"{value:>6}" for value in values))
        self._map(kinds)

    @staticmethod
    def _map(kinds: list[str]) -> None:
        width = 64 if columns() >= 76 else 32
        each = 1
        while each * width * 8 < len(kinds):
            each *= 2
        print(f"From frame 0 up, each character is {each} "
              f"frame{'s' * (each > 1)} ({size_text(each * PAGE_SIZE)}):")
        for start in range(0, len(kinds), each * width):
            line = ""
            for at in range(start, min(start + each * width, len(kinds)),
                            each):
                used = Counter(kind for kind in kinds[at:at + each]
                               if kind != "free")
                line += KINDS[used.most_common(1)[0][0]][0] if used else "."
            print(f"  {start:>#7x} {line}")


# ── One frame ────────────────────────────────────────────────────────────────

@dataclass
class Mapping:
    """A page-table entry that leads to a frame."""
    task: gdb.Value
    mm: gdb.Value
    address: int

    def __str__(self) -> str:
        return f"{task_name(self.task)} at {self.address:#010x}"


def mappings(pfn: int) -> list[Mapping]:
    """All of them, each address space once."""
    return [Mapping(task, mm, entry.address)
            for task, mm in address_spaces()
            for entry in kernel.entries(mm, 0, TASK_SIZE)
            if entry.pfn == pfn]


def inodes() -> Iterator[gdb.Value]:
    """Those in the tree, those of open files, and those of areas."""
    seen = set()

    def below(inode: gdb.Value) -> Iterator[gdb.Value]:
        waiting = [inode]
        while waiting:
            inode = waiting.pop()
            if not inode or int(inode) in seen:
                continue
            seen.add(int(inode))
            whole = inode.dereference()
            whole.fetch_lazy()
            yield whole
            waiting.extend(kernel.list_entries(
                whole["i_children"], whole.type, "i_sibling"))

    for _, mm in address_spaces():
        for area in kernel.areas(mm):
            yield from below(area.file)
    for task in kernel.tasks():
        last = task["files"].type.range()[1]
        for file in (task["files"][i] for i in range(last + 1)):
            if file:
                yield from below(file["f_inode"])
    yield from below(kernel.symbol("ramfs_root").address)


def cached_in(pfn: int) -> Optional[tuple[gdb.Value, int]]:
    """Whose page cache has the frame: (inode, page in the file)."""
    wanted = int(kernel.page(pfn).address)
    regular = kernel.constants("abi/stat.h")["S_IFREG"]
    kind = kernel.constants("abi/stat.h")["S_IFMT"]
    for inode in inodes():
        if int(inode["i_mode"]) & kind != regular or not inode["i_nrpages"]:
            continue
        slots = kernel.read_words(int(inode["i_pages"]),
                                  int(inode["i_nrpages"]))
        if wanted in slots:
            return inode, slots.index(wanted)
    return None


def holds(pfn: int, memory: MemMap) -> str:
    """What the frame holds, in words."""
    page = kernel.page(pfn)
    if pfn == kernel.zero_pfn():
        return "the zero page, which all readers of untouched memory share"
    block = memory.block(pfn)
    if block:
        first, order = block
        return f"free: in a block of order {order}, frames {first:#x} to " \
            f"{first + (1 << order) - 1:#x}"
    if memory.has(pfn, "PG_reserved"):
        return _reserved(pfn, memory)
    if memory.has(pfn, "PG_slab"):
        size = int(page["object_size"])
        return f"slab: {int(page['inuse'])} of {PAGE_SIZE // size} objects " \
            f"of {size} bytes are in use"
    if memory.has(pfn, "PG_table"):
        return _table(pfn, page)
    if memory.has(pfn, "PG_cache"):
        found = cached_in(pfn)
        if found is None:
            return "page cache: of a file that is being made or removed"
        inode, index = found
        return f"page cache: page {index} of " \
            f"{kernel.inode_path(inode.address)}"
    for task, mm in address_spaces():
        if lowmem_pfn(mm["pgd"]) == pfn:
            return f"the page directory of {task_name(task)}"
    for task in kernel.tasks():
        first = lowmem_pfn(task["stack"])
        if first <= pfn < first + THREAD_SIZE // PAGE_SIZE:
            guard = " (the guard page: not mapped)" * (pfn == first)
            return f"the kernel stack of {task_name(task)}{guard}"
    if mappings(pfn):
        return "anonymous: a page of a program's own"
    return "a large object of the kernel's" if memory.refcount(pfn) else \
        "part of a block in use, which begins further down"


def _reserved(pfn: int, memory: MemMap) -> str:
    address = PAGE_OFFSET + pfn * PAGE_SIZE
    end = memory.start + memory.count * \
        kernel.symbol("mem_map").type.target().sizeof
    if memory.start <= address < end:
        return "reserved: mem_map itself"
    image = [kernel.symbol(name).address for name in
             ("__kernel_start", "__kernel_end")]
    if int(image[0]) <= address < int(image[1]):
        return "reserved: the kernel's image"
    if address < int(image[0]):
        return "reserved: the BIOS's memory, below 1 MiB"
    return "reserved at boot: the kernel's page tables, boot modules or " \
        "boot data"


def _table(pfn: int, page: gdb.Value) -> str:
    for task, mm in address_spaces():
        directory = kernel.read_words(int(mm["pgd"]), TASK_SIZE >> 22)
        for index, pde in enumerate(directory):
            if pde & kernel.PRESENT and pde >> 12 == pfn:
                return f"a page table of {task_name(task)}, for " \
                    f"{index << 22:#010x} to {(index + 1 << 22) - 1:#x}: " \
                    f"{int(page['pt_used'])} entries in use"
    return "a page table of an address space that is being made or removed"


def flag_words(flags: int) -> str:
    """The PG_* that are set."""
    names = [name for name, value in MM_TYPES.items()
             if name.startswith("PG_") and flags & value]
    return " | ".join(names) or "none"


def frame_lines(pfn: int, memory: MemMap) -> Iterator[str]:
    """What pagewalk and page tell of a frame: what it holds, who maps it."""
    indent = " " * 11
    yield paragraph(holds(pfn, memory), "holds      ")
    users = mappings(pfn)
    count = memory.refcount(pfn)
    text = f"_refcount {count}"
    if memory.has(pfn, "PG_cache"):
        text += ": the page cache, and " + (
            f"{len(users)} page-table entries" if len(users) != 1 else
            "one page-table entry")
    elif users and pfn != kernel.zero_pfn():
        text += ": shared" if count > 1 else ": nobody else has it"
    yield paragraph(text, "users      ")
    for mapping in users[:8]:
        yield f"{indent}mapped by {mapping}"
    if len(users) > 8:
        yield f"{indent}… and {len(users) - 8} more"


def which_frame(words: list[str]) -> int:
    """The frame that page's arguments mean."""
    task, words = process(words)
    expression = " ".join(words)
    number = address_of(expression)
    value = gdb.parse_and_eval(expression)
    kind = value.type.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_PTR and \
            str(kind.target().unqualified()) == "struct page":
        return kernel.page_to_pfn(value)
    if number < int(kernel.symbol("max_low_pfn")):
        return number
    if number >= PAGE_OFFSET:
        pfn = (number - PAGE_OFFSET) // PAGE_SIZE
        if pfn >= int(kernel.symbol("max_low_pfn")):
            raise gdb.GdbError(f"{number:#x} is not in lowmem; pagewalk "
                               "shows where it leads")
        return pfn
    entry = kernel.page_entry(kernel.mm_of(task), number)
    if entry is None or not entry.pte:
        raise gdb.GdbError(f"{number:#x} is in no frame (yet); why tells "
                           "what a read or a write there would do")
    return entry.pfn


class Page(Command):
    """Show a frame: its struct page, what it holds, who maps it, its buddy.
    Usage: page [--pid N] FRAME | ADDRESS

    A number below the count of frames (max_low_pfn) is a frame's number, a
    struct page * means its frame; all else is an address: of the kernel's, in
    lowmem, or of the program's, which the page tables lead to a frame."""

    NAME = "page"
    ARGUMENTS = (1, 99)
    COMPLETE = gdb.COMPLETE_EXPRESSION

    def run(self, *words: str) -> None:
        pfn = which_frame(list(words))
        memory = MemMap()
        page = kernel.page(pfn)
        physical = pfn * PAGE_SIZE
        print(bold(f"frame {pfn:#x}") + f"  physical {physical:#010x}, for "
              f"the kernel at {PAGE_OFFSET + physical:#x}")
        print(f"page       {int(page.address):#x} = mem_map + {pfn:#x}")
        print(f"flags      {int(page['flags']):#x}: "
              f"{flag_words(int(page['flags']))}")
        for line in frame_lines(pfn, memory):
            print(line)
        self._buddy(pfn, memory)

    @staticmethod
    def _buddy(pfn: int, memory: MemMap) -> None:
        """With whom it would form a larger block, were both free."""
        single = ("PG_buddy", "PG_slab", "PG_table", "PG_cache")
        if not any(memory.has(pfn, flag) for flag in single) and \
                not memory.block(pfn) and not mappings(pfn):
            return  # never free, or of an order that is not written down
        first, order = memory.block(pfn) or (pfn, 0)
        buddy = first ^ 1 << order
        if order == MAX_ORDER:
            text = "none: blocks of the largest order stay as they are"
        elif buddy + (1 << order) > memory.count:
            text = f"frame {buddy:#x}, which does not exist"
        else:
            text = f"frame {buddy:#x}" if order == 0 else \
                f"frames {buddy:#x} to {buddy + (1 << order) - 1:#x}"
            block = memory.block(buddy)
            if block is None:
                text += ": in use"
            elif block[1] < order or not memory.has(buddy, "PG_buddy"):
                text += ": in use, or only free in part"
            else:
                text += f": free, in a block of order {block[1]}"
        print(paragraph(text, f"buddy      order {order}: "))
