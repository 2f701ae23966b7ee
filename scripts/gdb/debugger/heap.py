"""What malloc() has made of the heap: heap and vis_heap_chunks.

The heap is that of libc/malloc.c; libc/malloc_chunk.h shows what a chunk looks
like. The fields come from the program's DWARF, the constants from that header.
Memory is read through the page tables: a page that nobody has touched yet
stays so, and is shown as such.
"""

import functools
import re
from dataclasses import dataclass, field
from typing import Iterator, Optional

import gdb

from debugger import kernel
from debugger.command import Command, address_of, bold, coloured, paragraph

WORD = 4
CHUNKS_LISTED = 100
CHUNKS_DRAWN = 10
ROWS_DRAWN = 8  # of a chunk, before the middle is left out
COLOURS = ("36", "33", "35", "32")  # one chunk and the next
LOWEST = 0x10000  # no address of a program is below


@functools.lru_cache(maxsize=None)
def constants() -> dict[str, int]:
    """The numbers that libc/malloc_chunk.h defines."""
    text = (kernel.ROOT / "libc/malloc_chunk.h").read_text()
    values: dict[str, int] = {}
    for name, expression in re.findall(
            r"^#define[ \t]+(\w+)[ \t]+(.+?)[ \t]*(?:/\*.*)?$", text,
            re.MULTILINE):
        expression = expression.replace("sizeof(size_t)", str(WORD))
        expression = expression.replace("(size_t)", "").replace("/", "//")
        try:
            values[name] = eval(expression, {"__builtins__": {}}, values)
        except (SyntaxError, NameError, TypeError):
            pass  # no number
    return values


def flag_names(head: int) -> str:
    names = [name for name in ("IN_USE", "PREVIOUS_IN_USE", "CACHED")
             if head & constants()[name]]
    return " | ".join(names) or "no flag"


# ── The program's memory ─────────────────────────────────────────────────────

class Memory:
    """The memory of an address space, page by page, as it is now."""

    def __init__(self, mm: gdb.Value) -> None:
        self._mm = mm
        self._pages: dict[int, Optional[bytes]] = {}

    def page(self, address: int) -> Optional[bytes]:
        """The page of ADDRESS; None: it is not there."""
        start = address & -kernel.PAGE_SIZE
        if start not in self._pages:
            self._pages[start] = None if start >= kernel.TASK_SIZE else \
                kernel.read_user(self._mm, start, kernel.PAGE_SIZE)
        return self._pages[start]

    def byte_string(self, address: int, size: int) -> bytes:
        """SIZE bytes; zeroes where there is no page."""
        data = b""
        while len(data) < size:
            at = address + len(data)
            start = at % kernel.PAGE_SIZE
            page = self.page(at) or bytes(kernel.PAGE_SIZE)
            data += page[start:start + size - len(data)]
        return data

    def word(self, address: int) -> Optional[int]:
        """The word at ADDRESS, a multiple of 4; None: no page is there."""
        page = self.page(address)
        if page is None or address % WORD:
            return None
        start = address % kernel.PAGE_SIZE
        return int.from_bytes(page[start:start + WORD], "little")


class Structure:
    """A structure of C's in a Memory: structure["field"] is a word."""

    def __init__(self, memory: Memory, address: int, kind: gdb.Type) -> None:
        self._memory = memory
        self.address = address
        self.kind = kind

    def place(self, name: str) -> int:
        """The address of a field."""
        return self.address + self.kind[name].bitpos // 8

    def __getitem__(self, name: str) -> int:
        data = self._memory.byte_string(self.place(name), WORD)
        return int.from_bytes(data, "little")


# ── Chunks ───────────────────────────────────────────────────────────────────

@dataclass
class Chunk:
    """What malloc_walk() tells of a chunk, and where it waits."""
    address: int  # of a mapping: where that begins
    size: int  # bytes, with the header
    kind: str  # "in use", "cached", "free", "top" or "mapped"
    head: int = 0
    block: int = 0  # what the program gets
    where: str = ""  # which bin, which cache

    @property
    def end(self) -> int:
        return self.address + self.size

    def state(self) -> str:
        return f"{self.kind}, {self.where}" if self.where else self.kind


@dataclass
class Heap:
    """All that is known of a heap. problems: what is damaged, in the words
    of malloc_bins.h."""
    memory: Memory
    arena: Structure
    chunks: list[Chunk] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    bins: dict[int, list[int]] = field(default_factory=dict)
    caches: dict[int, list[int]] = field(default_factory=dict)  # by size

    def bins_at(self) -> tuple[int, gdb.Type, int]:
        """The array: its address, the type of an element, their number."""
        bins = self.arena.kind["bins"].type.strip_typedefs()
        return self.arena.place("bins"), bins.target(), bins.range()[1] + 1

    def contains(self, address: int) -> bool:
        """Can there be a chunk at ADDRESS?"""
        return self.arena["low"] <= address < self.arena["high"] and \
            (address + WORD) % constants()["ALIGNMENT"] == 0

    def is_empty(self) -> bool:
        return not self.arena["segments"] and not self.arena["mappings"]

    def find(self, address: int) -> Optional[Chunk]:
        """The chunk or mapping that ADDRESS is in."""
        return next((chunk for chunk in self.chunks
                     if chunk.address <= address < chunk.end), None)

    def top_size(self) -> int:
        return (self.arena["end"] - WORD - self.arena["top"]) & 0xffffffff

    def asks_kernel(self, request: int) -> bool:
        """Will malloc(REQUEST) move the break, as far as can be told?"""
        limits = constants()
        size = max((request + WORD + limits["ALIGNMENT"] - 1) &
                   -limits["ALIGNMENT"], limits["MIN_CHUNK"])
        if size >= (self.arena["mmap_threshold"] or 128 << 10):
            return False
        if self.is_empty():
            return True
        fits = any(chunk.size >= size for chunk in self.chunks
                   if chunk.kind in ("free", "top"))
        return not fits and not self.caches.get(size)


def find_arena() -> gdb.Symbol:
    """main_arena, in the program's symbols."""
    symbols = False
    for objfile in gdb.objfiles():
        if not objfile.is_valid() or objfile == kernel.objfile():
            continue
        symbols = symbols or objfile.lookup_global_symbol("main") is not None
        found = objfile.lookup_global_symbol("main_arena") or \
            objfile.lookup_static_symbol("main_arena")
        if found is not None:
            names = {each.name for each in found.type.fields()}
            if {"segments", "mappings", "bins", "top"} <= names:
                return found
            raise gdb.GdbError("this program's main_arena is not that of "
                               "libc/malloc.c, which is all that heap knows")
    if not symbols:
        raise gdb.GdbError("the program's symbols are not loaded, and heap "
                           "needs them to find malloc()'s main_arena")
    raise gdb.GdbError("the program has no main_arena: it was linked with "
                       "another allocator, or with none; heap knows only "
                       "libc/malloc.c")


def read_heap() -> Heap:
    """The present program's heap, looked through and checked."""
    memory = Memory(kernel.current_mm())
    symbol = find_arena()
    address = int(symbol.value().address)
    heap = Heap(memory, Structure(memory, address, symbol.type))
    if not heap.is_empty():
        read_bins(heap)
        read_caches(heap)
        read_segments(heap)
        read_mappings(heap)
    return heap


def read_bins(heap: Heap) -> None:
    """Which free chunk is in which bin; the lists' own consistency."""
    start, kind, count = heap.bins_at()
    chunk_kind = heap.arena.kind["top"].type.target()
    for index in range(count):
        bin = Structure(heap.memory, start + index * kind.sizeof, kind)
        link, at = bin.place("first"), bin["first"]
        found: list[int] = []
        while at:
            chunk = Structure(heap.memory, at, chunk_kind)
            if not heap.contains(at) or at in found or chunk["link"] != link:
                heap.problems.append(f"use after free: pointers damaged at "
                                     f"{at:#x}, in bin {index}")
                break
            found.append(at)
            link, at = chunk.place("next"), chunk["next"]
        if found:
            heap.bins[index] = found


def read_caches(heap: Heap) -> None:
    """Which cached chunk is where; malloc_bins.h: cache_for()."""
    start, kind, count = heap.bins_at()
    limits = constants()
    for index in range(count):
        size = index * limits["ALIGNMENT"]
        bin = Structure(heap.memory, start + index * kind.sizeof, kind)
        block = bin["cached"]
        found: list[int] = []
        while block:
            head = heap.memory.word(block - WORD) or 0
            wanted = size | limits["CACHED"]
            if not heap.contains(block - WORD) or block - WORD in found or \
                    head & ~limits["PREVIOUS_IN_USE"] != wanted:
                heap.problems.append(f"use after free, of {block:#x}, in the "
                                     f"cache for {size} bytes")
                break
            found.append(block - WORD)
            block = heap.memory.word(block) or 0
        if found:
            heap.caches[size] = found


def read_segments(heap: Heap) -> None:
    """As malloc_walk(): the newest segment first."""
    places = {address: f"bin {index}" for index, bin in heap.bins.items()
              for address in bin}
    places |= {address: f"cache for {size}"
               for size, cache in heap.caches.items() for address in cache}
    kind = heap.arena.kind["segments"].type.target()
    end, at = heap.arena["end"], heap.arena["segments"]
    seen = set()
    while at and at not in seen:
        seen.add(at)
        segment = Structure(heap.memory, at, kind)
        walk_segment(heap, segment.place("first"), end, places)
        at = segment["next"]
        if at:
            end = Structure(heap.memory, at, kind)["end"]


def kind_of(heap: Heap, address: int, head: int) -> str:
    """As malloc_info.c: kind_of()."""
    if address == heap.arena["top"]:
        return "top"
    if head & constants()["IN_USE"]:
        return "in use"
    return "cached" if head & constants()["CACHED"] else "free"


def walk_segment(heap: Heap, at: int, end: int,
                 places: dict[int, str]) -> None:
    """The chunks from AT to END; up to the first whose size makes no sense,
    for what is behind that, nobody can know."""
    limits = constants()
    before: Optional[Chunk] = None
    while at + WORD < end:
        head = heap.memory.word(at)
        kind = kind_of(heap, at, head or 0)
        size = heap.top_size() if kind == "top" else \
            (head or 0) & ~limits["FLAGS"]
        last = at + size == end - WORD
        if (size < limits["MIN_CHUNK"] and not (size and last)) or \
                at + size > end - WORD:
            what = f"header {head:#x}" if head is not None else \
                "no page, so no header"
            heap.problems.append(f"overflow: header overwritten at {at:#x} "
                                 f"({what}); what lies behind is unknown")
            return
        chunk = Chunk(at, size, kind, head or 0, at + WORD,
                      places.get(at, ""))
        check_chunk(heap, before, chunk)
        heap.chunks.append(chunk)
        before = chunk
        at += size


def check_chunk(heap: Heap, before: Optional[Chunk], chunk: Chunk) -> None:
    """Do the boundary tags agree with each other, and with the lists?"""
    limits = constants()
    told = bool(chunk.head & limits["PREVIOUS_IN_USE"])
    if chunk.kind != "top" and before is not None and \
            told != (before.kind != "free"):
        heap.problems.append(
            f"overflow: header overwritten behind {before.block:#x}: at "
            f"{chunk.address:#x} PREVIOUS_IN_USE is {int(told)}, and the "
            f"chunk before is {before.kind}")
    if chunk.kind == "cached" and not chunk.where:
        heap.problems.append(f"the chunk at {chunk.address:#x} has the flag "
                             "CACHED, but is in no cache")
    if chunk.kind != "free":
        return
    if before is not None and before.kind == "free":
        heap.problems.append(f"two free chunks touch: {before.address:#x} "
                             f"and {chunk.address:#x}")
    footer = heap.memory.word(chunk.end - WORD)
    if footer != chunk.size:
        shown = "no page" if footer is None else f"{footer:#x}"
        heap.problems.append(
            f"overflow or use after free: tags damaged at {chunk.address:#x}:"
            f" the header says {chunk.size:#x}, the footer {shown}")
    if not chunk.where:
        heap.problems.append(f"the chunk at {chunk.address:#x} is free, but "
                             "in no bin")


def read_mappings(heap: Heap) -> None:
    """The blocks with a mapping of their own."""
    kind = heap.arena.kind["mappings"].type.target()
    link, at = heap.arena.place("mappings"), heap.arena["mappings"]
    flags = constants()["FLAGS"]
    seen = set()
    while at and at not in seen:
        seen.add(at)
        mapping = Structure(heap.memory, at, kind)
        head = mapping["head"]
        if mapping["link"] != link or \
                head % kernel.PAGE_SIZE != constants()["MAPPED"]:
            heap.problems.append(f"the header of the mapping at {at:#x} is "
                                 "damaged")
            return
        heap.chunks.append(Chunk(at, head & ~flags, "mapped", head,
                                 at + kind.sizeof))
        link, at = mapping.place("next"), mapping["next"]


# ── In words ─────────────────────────────────────────────────────────────────

def is_in_malloc() -> bool:
    """Is malloc.c at work, so that its notes may be half-written?"""
    frame = gdb.newest_frame()
    while frame:
        symtab = frame.find_sal().symtab
        if symtab and re.search(r"libc/malloc\w*\.[ch]$", symtab.filename):
            return True
        frame = frame.older()
    return False


def tell_problems(heap: Heap) -> None:
    for problem in heap.problems:
        print(paragraph(problem, bold("damaged: ") if coloured() else
                        "damaged: ", hanging=9))
    if heap.problems and is_in_malloc():
        print(paragraph("But the program is inside malloc.c, which may be "
                        "about to change just that.", " " * 9))


def tell_sums(heap: Heap) -> None:
    """One line for each kind, in the order of malloc_walk.h."""
    for kind in ("in use", "cached", "free", "top", "mapped"):
        sizes = [chunk.size for chunk in heap.chunks if chunk.kind == kind]
        if sizes:
            noun = "chunk" if len(sizes) == 1 else "chunks"
            print(f"  {kind:<7} {len(sizes):>6} {noun:<6} {sum(sizes):>10} "
                  "bytes")


def tell_empty() -> None:
    print("The heap is empty: malloc() has not asked the kernel for memory "
          "yet.")


def chunk_line(chunk: Chunk) -> str:
    return f"{chunk.address:#010x}  {chunk.block:#010x} {chunk.size:>10}  " \
        f"{chunk.state()}"


TITLE = "chunk       block            size  state"


def number_or_address(word: str) -> tuple[Optional[int], Optional[int]]:
    """WORD as a count, or as an address: none is so small."""
    value = address_of(word)
    return (value, None) if value < LOWEST else (None, value)


class HeapCommand(Command):
    """List the chunks that malloc() has made of the heap.
    Usage: heap [COUNT | ADDR]
           heap bins

    For each chunk: where its header is, the block that the program got, its
    size in bytes with the header, and its state: in use, cached, free (in
    which bin), top (what no block has reached yet), mapped (a mapping of its
    own). Then the sums. COUNT is how many are listed (default 100); with
    ADDR only the chunk that ADDR is in. `heap bins` shows where those wait
    that were given back.

    The boundary tags and lists are checked; what is damaged is named. Knows
    libc/malloc.c, no other allocator; libc/malloc_chunk.h explains chunks."""

    NAME = "heap"
    ARGUMENTS = (0, 1)

    def offer(self, text: str, word: str) -> list[str]:
        return [name for name in ("bins",) if name.startswith(word)]

    def run(self, word: str = str(CHUNKS_LISTED)) -> None:
        heap = read_heap()
        count, address = (0, None) if word == "bins" else \
            number_or_address(word)
        if heap.is_empty():
            tell_empty()
        elif word == "bins":
            self.show_bins(heap)
        elif address is not None:
            self.show_one(heap, address)
        else:
            self.show_all(heap, count)
        tell_problems(heap)

    def show_all(self, heap: Heap, count: int) -> None:
        print(bold(TITLE))
        for chunk in heap.chunks[:count]:
            print(chunk_line(chunk))
        left = len(heap.chunks) - count
        if left > 0:
            print(f"… and {left} more: heap {len(heap.chunks)}")
        tell_sums(heap)

    def show_one(self, heap: Heap, address: int) -> None:
        chunk = heap.find(address)
        if chunk is None:
            print(f"{address:#x} is in no chunk of malloc()'s.")
            return
        print(bold(TITLE))
        print(chunk_line(chunk))
        offset = address - chunk.block
        where = f"byte {offset} of the block" if offset >= 0 else \
            "in the header"
        print(f"{address:#x} is {where}; the header: {chunk.head:#x} = "
              f"{chunk.size:#x} | {flag_names(chunk.head)}"
              if chunk.kind != "top" else
              f"{address:#x} is in the top chunk, which has no header.")

    def show_bins(self, heap: Heap) -> None:
        sizes = {chunk.address: chunk.size for chunk in heap.chunks}
        if not heap.caches and not heap.bins:
            print("No chunk is in a bin or in a cache.")
        for size, chunks in heap.caches.items():
            print(paragraph(" ".join(f"{at:#x}" for at in chunks),
                            f"cache {size:>4}  "))
        for index, chunks in heap.bins.items():
            print(paragraph(" ".join(f"{at:#x}({sizes.get(at, '?')})"
                                     for at in chunks), f"bin   {index:>4}  "))


# ── Word by word ─────────────────────────────────────────────────────────────

SAME = "  *"  # as hexdump says it
Row = tuple[int, list[Optional[int]]]


def rows(memory: Memory, start: int, end: int) -> Iterator[Row]:
    """START to END by four words; what is not there at all is left out."""
    at = start
    while at < end:
        stop = min(at + 4 * WORD, end)
        words = [memory.word(each) for each in range(at, stop, WORD)]
        yield at, words
        at = stop
        # Over pages that are missing, in one step.
        while all(word is None for word in words) and at < end and \
                memory.page(at) is None:
            at += 4 * WORD * (-(at % -kernel.PAGE_SIZE) // (4 * WORD) or 1)


def row_text(row: Row) -> str:
    at, words = row
    shown = " ".join("--------" if word is None else f"{word:08x}"
                     for word in words)
    data = b"".join(b" " * WORD if word is None else word.to_bytes(4, "little")
                    for word in words)
    letters = "".join(chr(byte) if 0x20 <= byte < 0x7f else "."
                      for byte in data)
    return f"  {at:#010x}  {shown:<35}  {letters}".rstrip()


class VisHeapChunks(Command):
    """Show the heap's memory word by word, chunk by chunk.
    Usage: vis_heap_chunks [COUNT | ADDR]

    COUNT chunks (default 10) from the beginning, or those from the one that
    ADDR is in. Above its words stands what a chunk's header says. Pages that
    nobody has touched yet are not read, so they stay as they are. * stands for
    rows like the one before; the middle of a long chunk is left out.
    The chunks alternate in colour. pwndbg has a command of this name."""

    NAME = "vis_heap_chunks"
    ARGUMENTS = (0, 1)
    COMPLETE = gdb.COMPLETE_EXPRESSION

    def run(self, word: str = str(CHUNKS_DRAWN)) -> None:
        heap = read_heap()
        if heap.is_empty():
            tell_empty()
            return
        count, address = number_or_address(word)
        first = 0
        if address is not None:
            chunk = heap.find(address)
            if chunk is None:
                raise gdb.GdbError(f"{address:#x} is in no chunk of "
                                   "malloc()'s; heap lists them")
            first, count = heap.chunks.index(chunk), CHUNKS_DRAWN
        for number, chunk in enumerate(heap.chunks[first:first + count]):
            lines = self.draw(heap, chunk)
            if coloured():
                code = COLOURS[number % len(COLOURS)]
                lines = [f"\033[{code}m{line}\033[m" for line in lines]
            print("\n".join(lines))
        left = len(heap.chunks) - first - count
        if left > 0:
            print(f"… and {left} more chunks")
        tell_problems(heap)

    def draw(self, heap: Heap, chunk: Chunk) -> list[str]:
        title = f"{chunk.address:#010x}  {chunk.size} bytes, {chunk.state()}"
        if chunk.kind not in ("top", "mapped"):
            title += f"; head = {chunk.size:#x} | {flag_names(chunk.head)}"
        drawn: list[tuple[int, str]] = []
        last: Optional[list[Optional[int]]] = None
        absent = 0
        for row in rows(heap.memory, chunk.address, chunk.end):
            at, words = row
            if absent and any(word is not None for word in words):
                drawn[-1] = absent, self.absent(absent, at)
                absent = 0
            if all(word is None for word in words):
                if not absent:
                    absent = at
                    drawn.append((at, ""))
            elif words != last or len(words) < 4:
                drawn.append((at, row_text(row)))
            elif drawn[-1][1] != SAME:
                drawn.append((at, SAME))
            last = words
        if absent:
            drawn[-1] = absent, self.absent(absent, chunk.end)
        lines = [text for _, text in drawn]
        if len(lines) > ROWS_DRAWN + 1:
            left_out = len(lines) - ROWS_DRAWN - 1
            lines[ROWS_DRAWN:-1] = [f"  … {left_out} more lines"]
        return [title, *lines]

    def absent(self, start: int, end: int) -> str:
        """From START to END no page is there."""
        pages = (end + kernel.PAGE_SIZE - 1) // kernel.PAGE_SIZE - \
            start // kernel.PAGE_SIZE
        noun = "page" if pages == 1 else "pages"
        return f"  {start:#010x}  not there yet: {pages} {noun}"
