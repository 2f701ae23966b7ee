"""frames and page: the same as /proc/buddyinfo, meminfo and pagemap say."""

import re

import pytest
from conftest import BUILD, KILL
from test_gdb_address_space import PRINT, STOP, told

KIND = re.compile(r"^  (\S) ([a-z ]+?) +(\d+) +[\d.]+[KMG]? ", re.MULTILINE)


def states(output: str) -> dict[str, tuple[int, int]]:
    """What the program told: name → (address, entry of pagemap)."""
    return {name: (int(address, 16), int(entry, 16)) for name, address, entry
            in re.findall(r"^STATE (\w+) 0x(\w+) 0x(\w+)$", output,
                          re.MULTILINE)}


def frame_of(entry: int) -> int:
    return entry & (1 << 55) - 1


def test_frames(run_gdb, memory_states):
    output = run_gdb(STOP + "frames\np nr_free_pages\np max_low_pfn\n" + PRINT,
                     memory_states)
    shown, rest = output.split("NEXT\n")
    blocks = re.search(r"^  blocks +(.*)$", shown, re.MULTILINE)[1].split()
    assert blocks == told(rest, "BUDDYINFO").split()[4:]

    free, every = re.findall(r"^\$\d = (\d+)$", shown, re.MULTILINE)
    count = {kind: int(number) for _, kind, number in KIND.findall(shown)}
    assert len(count) == 7
    assert count["free"] == int(free) == sum(
        int(number) << order for order, number in enumerate(blocks))
    assert sum(count.values()) == int(every)

    meminfo = {name: int(kib) // 4 for name, kib in
               re.findall(r"(\w+): +(\d+) kB", told(rest, "MEMINFO"))}
    assert count["page cache"] == meminfo["Cached"]
    # The frame that fork() shares counts for both there, and once here; the
    # zero page counts here.
    assert count["anonymous"] <= meminfo["AnonPages"] + 1
    # There the directories are not counted: of the program and its child.
    assert count["page tables"] == meminfo["PageTables"] + 2

    letters = "".join(re.findall(r"^ +0x[0-9a-f]+ ([.A-Z]+)$", shown,
                                 re.MULTILINE))
    each = int(re.search(r"each character is (\d+) frame", shown)[1])
    assert len(letters) == -(-int(every) // each)
    assert set(letters) <= {letter for letter, *_ in KIND.findall(shown)}
    assert letters.startswith("R") and letters.count(".") > len(letters) / 2
    assert all(len(line) <= 80 for line in shown.splitlines()
               if re.match(" +0x|  [.A-Z] |  blocks", line))


def sections(output: str) -> dict[int, str]:
    """What page shows, by frame."""
    parts = re.split(r"^frame (0x[0-9a-f]+)  ", output, flags=re.MULTILINE)
    return {int(parts[i], 16): " ".join(parts[i + 1].split())
            for i in range(1, len(parts) - 1, 2)}


def test_page(run_gdb, memory_states):
    names = ["cow", "zero", "none", "copied", "shared", "main", "$sp"]
    output = run_gdb(
        STOP + "".join(f"page {name}\n" for name in names) +
        "page --pid 2 $sp\n"
        "page current->mm->pgd\npage current->stack\n"
        "page (char *)current->stack + 4096\npage current\n"
        "page current->mm\n"
        "page (char *)mem_map\npage &mem_map[0x101]\npage 0x3000\n"
        "page current->mm->pgd[cow >> 22] >> 12\n"
        + PRINT, memory_states)
    shown, rest = output.split("NEXT\n")
    told_of = states(rest)
    page = sections(shown)

    def at(name: str) -> str:
        return page[frame_of(told_of[name][1])]

    assert "_refcount 2: shared mapped by gdb_memory[1] at" in at("cow")
    assert f"gdb_memory[2] at {told_of['cow'][0]:#010x}" in at("cow")
    assert "holds anonymous" in at("cow")
    assert "the zero page" in at("zero")
    assert "holds anonymous" in at("none")
    assert "holds anonymous" in at("copied")
    assert "page 0 of /dev/zero (deleted)" in at("shared")
    assert "PG_cache" in at("shared")
    assert re.search(r"page cache: page 1 of /\S+/gdb_memory ", at("text"))
    # The program itself is mapped a second time, as a file.
    assert re.search(r"_refcount 5: the page cache, and 4 page-table entries",
                     at("text"))
    assert "_refcount 1: nobody else has it" in at("stack")
    assert sum("mapped by gdb_memory[2] at 0xbfff" in text
               for text in page.values()) == 1

    everything = " ".join(page.values())
    assert "the page directory of gdb_memory[1]" in everything
    assert "the kernel stack of gdb_memory[1] (the guard page" in everything
    assert everything.count("the kernel stack of gdb_memory[1]") == 2
    assert "a large object of the kernel's" in everything
    assert re.search(r"slab: \d+ of 16 objects of 256 bytes are in use",
                     everything)
    assert "reserved: mem_map itself" in everything
    assert "reserved: the kernel's image" in page[0x101]
    assert re.search(r"free: in a block of order 10, frames 0x3000 to 0x33ff "
                     r"users _refcount 0 buddy order 10: none", page[0x3000])
    assert re.search(r"a page table of gdb_memory\[1\], for 0xb7c00000 to "
                     r"0xb7ffffff: \d+ entries in use", everything)


def test_buddies(run_gdb):
    """A free block's buddy is never free as a block of the same order."""
    output = run_gdb("""python
from debugger import frames, kernel
memory = frames.MemMap()
wrong = blocks = 0
pfn = 0
while pfn < memory.count:
    order = memory.order(pfn) if memory.has(pfn, "PG_buddy") else 0
    if memory.has(pfn, "PG_buddy"):
        blocks += 1
        inside = pfn + (1 << order) - 1
        wrong += memory.block(inside) != (pfn, order)
        print(f"BLOCK {pfn:#x}")
    else:
        wrong += memory.block(pfn) is not None
    pfn += 1 << order
print(f"WRONG {wrong} of {blocks}")
first = [pfn for pfn in range(memory.count) if memory.has(pfn, "PG_buddy")
         and memory.order(pfn) < 10]
for pfn in first:
    gdb.execute(f"page {pfn:#x}")
end
""" + KILL, BUILD / "user/hello")
    assert re.search(r"WRONG 0 of \d\d", output)
    buddies = re.findall(r"^buddy +order \d: (.*)$", output, re.MULTILINE)
    assert len(buddies) > 5
    assert all("in use" in text or "does not exist" in text
               for text in buddies)


@pytest.mark.parametrize("command, error", [
    ("page", "usage: page [--pid N] FRAME | ADDRESS"),
    ("page 0x20000000", "0x20000000 is in no frame (yet); why tells"),
    ("page 0xf0000000", "0xf0000000 is not in lowmem"),
    ("page nonsense", 'nonsense: No symbol "nonsense" in current context.'),
    ("frames 3", "usage: frames"),
])
def test_errors(run_gdb, command, error):
    assert error in run_gdb(f"{command}\n", check=False)


def test_speed(run_gdb):
    """Each within a second, also when the machine has other things to do."""
    output = run_gdb("""python
import time
for command in ("frames", "page $sp", "pagewalk $sp", "why $sp", "vmmap",
                "mm"):
    begin = time.process_time()
    gdb.execute(command, to_string=True)
    print(f"TOOK {time.process_time() - begin:.3f} {command}")
end
""" + KILL, BUILD / "user/tour", options=("--memory", "1G"))
    took = re.findall(r"TOOK ([\d.]+)", output)
    assert len(took) == 6
    assert all(float(seconds) < 1 for seconds in took), output


def test_help(run_gdb):
    output = run_gdb("help frames\nhelp page\n")
    assert "Usage: frames" in output
    assert "Usage: page [--pid N] FRAME | ADDRESS" in output
