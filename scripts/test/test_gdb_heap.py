"""heap and vis_heap_chunks: as malloc_walk() sees the heap, from outside."""

import re
import subprocess

import pytest
from conftest import BUILD, KILL, ROOT

HEAP = BUILD / "user/heap"
AT_EXIT = "break-on-syscall exit_group\ncontinue\n"

# Does this and that with the heap, and shows it where gdb stops.
PATTERN = r"""
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const names[] = {
	[CHUNK_IN_USE] = "in use", [CHUNK_CACHED] = "cached",
	[CHUNK_FREE] = "free", [CHUNK_TOP] = "top", [CHUNK_MAPPED] = "mapped",
};

static bool show(void *address, size_t size, enum chunk_kind kind, void *p)
{
	printf("WALK %p %zu %s\n", address, size, names[kind]);
	return true;
}

void __attribute__((noinline)) stop_here(void)
{
	__asm__ volatile("");
}

int main(void)
{
	static char buffer[65536];
	static void *blocks[100];
	unsigned int random = 1;

	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	for (int i = 0; i < 2000; i++) {
		int which = (random >> 8) % 100;
		size_t size = (random >> 16) % 700;

		if (i == 700)
			sbrk(12345); /* a second segment */
		if (i % 200 == 0)
			size *= 1000;
		if (blocks[which] && i % 3 == 0) {
			blocks[which] = realloc(blocks[which], size + 1);
		} else {
			free(blocks[which]);
			blocks[which] = i % 5 ? malloc(size) : NULL;
		}
		random = random * 1103515245 + 12345;
	}
	malloc_walk(show, NULL);
	fflush(stdout);
	stop_here();
	return 0;
}
"""

Chunk = tuple[int, int, str]


def listed(output: str) -> list[Chunk]:
    """What `heap` prints: (address, size, state)."""
    return [(int(address, 16), int(size), state) for address, size, state in
            re.findall(r"^(0x[0-9a-f]{8})  0x[0-9a-f]{8} +(\d+)  "
                       r"(in use|cached|free|top|mapped)", output,
                       re.MULTILINE)]


def walked(output: str) -> list[Chunk]:
    """What user/heap.c prints at its end: malloc_walk()'s chunks."""
    return [(int(address, 16), int(size), state) for address, size, state in
            re.findall(r"^    (0x[0-9a-f]+) +(\d+)  (in use|cached|free|top|"
                       r"mapped)", output.rpartition("chunk           size")[2],
                       re.MULTILINE)]


@pytest.fixture(scope="module")
def pattern(tmp_path_factory):
    """The program above."""
    folder = tmp_path_factory.mktemp("pattern")
    (folder / "pattern.c").write_text(PATTERN)
    subprocess.run([ROOT / "scripts/cc", "-g", "-o", folder / "pattern",
                    folder / "pattern.c"], check=True)
    return folder / "pattern"


# ── heap ─────────────────────────────────────────────────────────────────────

def test_the_same_as_malloc_walk(run_gdb):
    output = run_gdb(AT_EXIT + "heap\n", HEAP, "100", "24", "200000", "300",
                     "-1", "600", "700", "600", "-5", "-6", "100000", "24",
                     "-9")
    chunks = listed(output)
    assert chunks == walked(output)
    assert {state for _, _, state in chunks} == {
        "in use", "cached", "free", "top", "mapped"}
    assert "damaged" not in output


def test_after_many_calls(run_gdb, pattern):
    """Two segments, mappings, all bins and caches there are."""
    output = run_gdb("tbreak stop_here\ncontinue\nheap 1000\nheap bins\n",
                     pattern)
    walk = [(int(address, 16), int(size), state) for address, size, state in
            re.findall(r"^WALK (0x\w+) (\d+) (.*)$", output, re.MULTILINE)]
    assert listed(output) == walk
    assert len(walk) > 60
    assert "damaged" not in output
    # The sums, and every free and cached chunk in its list.
    for kind in {state for _, _, state in walk}:
        sizes = [size for _, size, state in walk if state == kind]
        assert re.search(rf"^  {kind} +{len(sizes)} chunks? +{sum(sizes)} "
                         "bytes$", output, re.MULTILINE)
    bins = output[output.rindex("bytes\n"):]
    waiting = re.findall(r"(0x[0-9a-f]+)", bins.partition("[Inf")[0])
    assert sorted(int(each, 16) for each in waiting) == sorted(
        address for address, _, state in walk if state in ("free", "cached"))


def test_before_the_first_malloc(run_gdb):
    for command in ("heap", "heap bins", "vis_heap_chunks"):
        assert "The heap is empty: malloc() has not asked" in run_gdb(
            f"{command}\n", HEAP, "100")


def test_one_chunk_and_some(run_gdb):
    output = run_gdb(AT_EXIT + "heap blocks[1]\nheap 2\nheap &blocks\n", HEAP,
                     "100", "100", "100")
    one, some = output.partition("system call")[2].split("… and ")
    assert len(listed(one)) == 3  # one, then two of them
    assert re.search(r"^0x\w+ is byte 0 of the block; the header: 0x6b = 0x68 "
                     r"\| IN_USE \| PREVIOUS_IN_USE$", one, re.MULTILINE)
    assert some.startswith("2 more: heap 4\n")
    assert "is in no chunk of malloc()'s." in some


def test_looking_takes_no_frame(run_gdb):
    """Nothing faults, nothing comes into memory."""
    figures = "print $lx_current().mm->rss_stat\n" \
        "print $lx_current().mm->fault_count\n"
    output = run_gdb(AT_EXIT + figures + "heap\nvis_heap_chunks\n" + figures,
                     HEAP, "100000", "1000000")
    values = re.findall(r"^\$\d = (.*)$", output, re.MULTILINE)
    assert values[:2] == values[2:]


@pytest.mark.parametrize("damage, name", [
    # The header behind block 2, as if that had been written over its end.
    ("set var ((unsigned *)blocks[1])[25] = 0x41414141",
     r"overflow: header overwritten at 0x\w+ \(header 0x41414141\)"),
    ("set var ((unsigned *)blocks[1])[25] &= ~2u",
     r"overflow: header overwritten behind 0x\w+: at 0x\w+ PREVIOUS_IN_USE is "
     "0, and the chunk before is in use"),
    # Written to after free().
    ("set var *(unsigned *)((char *)blocks[4] - 4 + 604) = 7",
     r"overflow or use after free: tags damaged at 0x\w+: the header says "
     "0x260, the footer 0x7"),
    ("set var *(unsigned *)((char *)blocks[4] + 4) = 7",
     r"use after free: pointers damaged at 0x\w+, in bin \d+"),
    ("set var *(unsigned *)($cached + 4) = 7",
     r"use after free, of 0x7, in the cache for 104 bytes"),
    ("set var ((unsigned *)blocks[5])[-4] = 5",
     "the header of the mapping at 0x5 is damaged"),
])
def test_damage(run_gdb, damage, name):
    """What is broken is named, and where."""
    save = "tbreak draw if block_count == 7 && blocks[4] && blocks[0]\n" \
        "continue\nset $cached = (char *)blocks[0] - 4\n" \
        "set $freed = blocks[4]\n"
    output = run_gdb(save + AT_EXIT + "set var blocks[4] = $freed\n"
                     f"{damage}\nheap\n", HEAP,
                     "100", "100", "100", "100", "600", "200000", "100", "-1",
                     "-5")
    words = " ".join(output.split())
    assert re.search("damaged: .*?" + name, words)


def test_inside_malloc(run_gdb):
    """While malloc.c works, its notes may be half-written: it is said."""
    output = run_gdb("tbreak bin_insert\ncontinue\nset var "
                     "((unsigned *)main_arena.low)[3] = 0\nheap\n", HEAP,
                     "600", "600", "-1")
    assert "overflow: header overwritten" in output
    assert "But the program is inside malloc.c" in " ".join(output.split())


def test_large_heap_is_quick(run_gdb):
    output = run_gdb(AT_EXIT + "python import time; t = time.monotonic()\n"
                     "heap 10000\npython print('TOOK', time.monotonic() - t)\n",
                     BUILD / "user/wordfreq", "/usr/share/text/licences.txt")
    assert len(listed(output)) > 1000
    assert float(re.search(r"^TOOK (.*)$", output, re.MULTILINE)[1]) < 5


# ── vis_heap_chunks ──────────────────────────────────────────────────────────

def test_words(run_gdb):
    """The words are those in memory; titles, repetitions, missing pages."""
    output = run_gdb("tbreak draw\ncontinue\n"
                     "set var *(unsigned *)blocks[0] = 0x64636261\n"
                     "vis_heap_chunks\nprint/x ((unsigned *)blocks[0])[-1]\n"
                     "print blocks[0]\n", HEAP, "100000")
    head, block = re.search(r"^\$1 = (0x\w+)\n\$2 = .*(0x\w+)$", output,
                            re.MULTILINE).groups()
    chunk = int(block, 16) - 4
    assert f"{chunk:#010x}  100008 bytes, in use; head = 0x186a8 | IN_USE | " \
        "PREVIOUS_IN_USE\n" in output
    assert re.search(rf"^  {chunk:#010x}  {int(head, 16):08x} 64636261 "
                     r"00000000 00000000  \.\.\.\.abcd\.{8}$\n"
                     r"  0x\w+  00000000 00000000 00000000 00000000  \.{16}$\n"
                     r"  \*$", output, re.MULTILINE)
    assert re.search(r"^  0x0\w+  not there yet: 2[45] pages$", output,
                     re.MULTILINE)
    assert re.search(r"^0x0\w+  \d+ bytes, top$", output, re.MULTILINE)
    assert max(map(len, output.splitlines())) < 100


def test_count_and_address(run_gdb):
    output = run_gdb(AT_EXIT + "vis_heap_chunks 1\necho SECOND\\n\n"
                     "vis_heap_chunks blocks[2]\n", HEAP, "40", "50", "60")
    one, two = output.partition("SECOND\n")[::2]
    titles = r"^0x\w+  \d+ bytes, .*$"
    assert len(re.findall(titles, one, re.MULTILINE)) == 1
    assert "… and 3 more chunks" in one
    assert [re.sub(r"^0x\w+  ", "", title) for title in
            re.findall(titles, two, re.MULTILINE)][0].startswith("64 bytes")
    assert "is in no chunk of malloc()'s; heap lists them" in run_gdb(
        AT_EXIT + "vis_heap_chunks &blocks\n", HEAP, "40", check=False)


# ── When there is nothing to see ─────────────────────────────────────────────

@pytest.mark.parametrize("command", ["heap", "vis_heap_chunks"])
def test_when_there_is_no_heap(run_gdb, command):
    for script, program, error in (
            ("", BUILD / "bench/bump",
             "the program has no main_arena: it was linked with another "
             "allocator"),
            ("remove-symbol-file -a main\n", HEAP,
             "the program's symbols are not loaded"),
            ("tbreak *machine_power_off\ncontinue\ncontinue\n", HEAP,
             "is a task of the kernel's: it has no address space"),
            (KILL, HEAP, "the machine is not running")):
        output = run_gdb(script + command + "\n", program, check=False)
        assert error in output


def test_help_and_usage(run_gdb):
    output = run_gdb("help heap\nhelp vis_heap_chunks\ncomplete heap b\n")
    assert "Usage: heap [COUNT | ADDR]\n" in output
    assert "Usage: vis_heap_chunks [COUNT | ADDR]\n" in output
    assert "\nheap bins\n" in output
    assert "usage: heap [COUNT | ADDR]\n       heap bins" in run_gdb(
        "heap 1 2\n", check=False)
