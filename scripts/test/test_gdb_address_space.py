"""vmmap and mm: the same as /proc/PID/maps, smaps and statm, from outside."""

import re

import pytest
from conftest import BUILD, KILL

Area = tuple[int, int, str, int, str]

SHOWN = "BEGIN {}\n(.*?)END\n"
LINE = re.compile(r"^0x([0-9a-f]{8}) 0x([0-9a-f]{8}) ([rwxsp-]{4}) +"
                  r"0x([0-9a-f]+) +0x([0-9a-f]+) +(\d+)/(\d+) ?(.*)$",
                  re.MULTILINE)

# Twice in stop_here(): before all has been touched, and after.
STOP = "break stop_here\ncontinue\ncontinue\n"
# What the program then prints is told.
PRINT = "echo NEXT\\n\nbreak-on-syscall exit_group\ncontinue\n" + KILL


def told(output: str, title: str) -> str:
    """What the program has read of /proc."""
    return re.search(SHOWN.format(title), output, re.DOTALL)[1]


def maps(text: str) -> list[Area]:
    """(start, end, rights, offset, name) of each line."""
    return [(int(start, 16), int(end, 16), rights, int(offset, 16), name)
            for start, end, rights, offset, name in re.findall(
                r"^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ *(.*)$",
                text, re.MULTILINE)]


def vmmap(output: str) -> list[Area]:
    return [(int(start, 16), int(end, 16), rights, int(offset, 16), name)
            for start, end, rights, _, offset, _, _, name in
            LINE.findall(output)]


def test_vmmap_is_proc_maps(run_gdb, memory_states):
    output = run_gdb(STOP + "vmmap\necho NEXT\\n\nvmmap --pid 2\n"
                     + PRINT, memory_states)
    own, childs, rest = output.split("NEXT\n")
    assert len(vmmap(own)) > 10
    assert vmmap(own) == maps(told(rest, "MAPS"))
    assert vmmap(childs) == maps(told(rest, "CHILD"))
    assert [name for *_, name in vmmap(own) if name.startswith("[")] == [
        "[heap]", "[stack]"]

    resident = [int(kib) // 4 for kib in
                re.findall(r"^Rss: +(\d+) kB", told(rest, "SMAPS"), re.M)]
    found = LINE.findall(own)
    assert [int(line[5]) for line in found] == resident
    assert any(resident)
    for start, end, _, size, _, _, pages, _ in found:
        assert int(end, 16) - int(start, 16) == int(size, 16) == \
            int(pages) * 4096
    assert all(len(line) <= 80 for line in own.splitlines()
               if line.startswith("0x") and "/" not in line[58:])


def test_vmmap_of_an_address(run_gdb, memory_states):
    output = run_gdb(STOP + "vmmap cow + 5\nvmmap main\nvmmap untouched\n"
                     "vmmap zero\nvmmap &states[0]\nvmmap $sp - 1000000\n"
                     "vmmap 0x1000\nvmmap 0xc0100000\n" + KILL, memory_states)
    # Of 1000 pages it is number 500; nothing but that one is there.
    assert re.search(r"0x3e8000 +0x0 +1/1000\n0x[0-9a-f]+05 is byte 0x1f4005 "
                     r"of it, in page 501 of 1000: in\s+frame 0x", output)
    assert re.search(r"r-xp .*gdb_memory\n.* is byte .* in\s+frame", output)
    assert "in page 1 of 1: not in a frame yet" in output.replace("\n", " ")
    assert "the shared zero page" in output.replace("\n", " ")
    assert re.search(r"lies in no area\n +976K below 0xbfffe000-0xbffff000 "
                     r"rw-p \[stack\]\n +127M above 0x", output) or \
        re.search(r"lies in no area\n +\d+K below \S+ rw-p \[stack\]\n"
                  r" +[\d.]+M above \S+ rw-p \(anonymous\)", output)
    assert re.search(r"0x1000 lies in no area\n +128\.3M below 0x8048000-",
                     output)
    assert "0xc0100000 is the kernel's: no area" in output


@pytest.mark.parametrize("command, error", [
    ("vmmap nothing", 'nothing: No symbol "nothing" in current context.'),
    ("vmmap --pid", "--pid wants the number of a process"),
    ("vmmap --pid 7", "there is no task 7; lx-ps lists them"),
    ("vmmap --pid 0", "swapper[0] is a task of the kernel's"),
    ("mm all", "usage: mm [--pid N]"),
    ("vmmap *(int *)0", "Cannot access memory at address 0x0"),
])
def test_errors(run_gdb, command, error):
    assert error in run_gdb(f"{command}\n", check=False)


def test_before_paging(run_gdb):
    """As at the CPU's first instruction: no kernel to look at."""
    output = run_gdb("set $cr0 = $cr0 & 0x7fffffff\nvmmap\n", check=False)
    assert "the kernel has not booted yet: paging is off" in output


def test_no_machine(run_gdb):
    output = run_gdb(KILL + "vmmap\n", check=False)
    assert "the machine is not running" in output


# ── mm ───────────────────────────────────────────────────────────────────────

def test_mm(run_gdb, memory_states):
    output = run_gdb(STOP + "vmmap\nmm\n" + PRINT, memory_states)
    picture, rest = output.split("NEXT\n")
    areas = LINE.findall(picture)
    picture = picture[picture.index("struct mm_struct at"):]
    assert all(len(line) <= 80 for line in picture.splitlines())

    # From high to low: every end of an area, and every offset.
    def numbers(pattern: str) -> list[int]:
        return [int(number, 16) for number in re.findall(pattern, picture)]

    borders = numbers(r"[┐┤┘] 0x([0-9a-f]{8})")
    ends = {int(end, 16) for line in areas for end in line[:2]}
    assert borders == sorted(ends, reverse=True)
    offsets = numbers(r"0x([0-9a-f]{8}) ─")
    assert len(offsets) >= 9 and offsets == sorted(offsets, reverse=True)
    brk, = re.findall(r"BRK (0x[0-9a-f]+)", rest)
    assert re.search(rf"\bbrk {int(brk, 16):#010x} ─[┌├]", picture)

    # Where an offset is drawn, it lies.
    top = 0xc0000000
    for line in picture.splitlines():
        mark = re.search(r"0x([0-9a-f]{8}) ─", line)
        border = re.search(r"[┐┤┘] 0x([0-9a-f]{8})", line)
        if mark:
            assert int(mark[1], 16) <= top
            assert not border or mark[1] == border[1]
        if border:
            top = int(border[1], 16)

    # Each page of the heap and of the large area.
    assert re.search(r"│\.{7}\+\.{8}│ rw-p \(anonymous\) +3\.9M +4K$", picture,
                     re.MULTILINE)
    assert re.search(r"│\.\.##\.+ *│ rw-p \[heap\] +40K +8K$", picture,
                     re.MULTILINE)
    counters = " ".join(picture.split())
    total, rss = told(rest, "STATM").split()[:2]
    assert f"total_vm {total}," in counters
    file, anonymous = re.search(r"MM_FILEPAGES (\d+), MM_ANONPAGES (\d+) pages",
                                counters).groups()
    assert int(file) + int(anonymous) == int(rss)
    assert re.search(r"nr_ptes [34] page tables", counters)
    assert re.search(r"FAULT_ANON_READ 2, .*FAULT_COW \d", counters)
    assert f"map_count {len(areas)} areas" in counters


def test_only_offsets_move(run_gdb):
    """What malloc() does: the break and an area's end, and no page."""
    output = run_gdb(
        "break-on-syscall brk\ncontinue\ncontinue\nmm\nfinish\nmm\n" + KILL,
        BUILD / "user/heap", "100000")
    before, after = output.split("struct mm_struct at")[1:]
    assert "start_brk, brk 0x" in before
    assert "[heap]" not in before
    assert re.search(r" +brk 0x(\w+) ─┌─+┐ 0x\1\n +start_brk 0x\w+ ─│[.+#]+ *│ "
                     r"rw-p \[heap\] ", after)
    frames = [re.search(r"MM_FILEPAGES \d+, MM_ANONPAGES \d+", text)[0]
              for text in (before, after)]
    assert frames[0] == frames[1]


def test_help(run_gdb):
    output = run_gdb("help vmmap\nhelp mm\n")
    assert "Usage: vmmap [--pid N] [ADDRESS]" in output
    assert "Usage: mm [--pid N]" in output
