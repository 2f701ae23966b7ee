"""tour: the guided walk from malloc() to a frame and back."""

import re
import subprocess
import time

import pytest
from conftest import BUILD, KILL

HEAP = BUILD / "user/heap"
NAMES = ["malloc", "sbrk", "int 0x80", "sys_brk", "return", "the store",
         "page-fault entry", "find_vma", "do_anonymous_page", "alloc_page",
         "the PTE", "iret", "the store again"]
WHOLE = "tour\n" + "tour next\n" * 12


def stations(output: str) -> dict[str, str]:
    """What was said at each station, by its name, lines joined."""
    parts = re.split(r"^── \d+ of 13: (.*?) ─+$", output, flags=re.MULTILINE)
    return {name: " ".join(text.split())
            for name, text in zip(parts[1::2], parts[2::2])}


def own_breakpoints(output: str) -> list[str]:
    """What `maint info breakpoints` last listed of the debugger's own."""
    listed = re.split(r"^LISTED$", output, flags=re.MULTILINE)[-1]
    return re.findall(r"^-\d+ .*? in (\w+) at", listed, re.MULTILINE)


LIST = "echo LISTED\\n\nmaint info breakpoints\n"


def test_whole_tour(run_gdb):
    """All stations in order, each with its facts; in a few seconds."""
    start = time.monotonic()
    output = run_gdb(WHOLE + LIST, HEAP, "100000")
    assert time.monotonic() - start < 10
    told = stations(output)
    assert list(told) == NAMES
    assert told["malloc"].startswith("malloc(100000) is called in allocate()")
    assert "malloc (request=100000) at libc/malloc.c:" in told["malloc"]
    assert "sbrk (increment=110592) at libc/brk.c:" in told["sbrk"]
    wanted = re.search(r"ebx = (0x\w+)", told["int 0x80"])[1]
    assert told["int 0x80"].endswith("int $0x80")
    old = re.search(rf"mm->brk is (0x\w+); sys_brk will move it to {wanted}",
                    told["sys_brk"])[1]
    assert f"sys_brk (brk={wanted}) at kernel/mm/mmap.c:" in told["sys_brk"]
    assert f"eax = {wanted}. mm->brk moved by 108 KiB; frames taken: 0. The " \
        f"page-table entry for {old}: 0, nothing there." in told["return"]
    assert re.match(r"mov %\w+,\(%\w+\) in add_segment \(\) at "
                    rf"libc/malloc_top.h:\d+ is the first to touch the new "
                    rf"memory, at {old}\.", told["the store"])
    assert f"cr2 = {old} and error code 0x6 (the page is not present, write, " \
        "ring 3)" in told["page-fault entry"]
    assert "trap_vector_14 ()" in told["page-fault entry"]
    assert re.search(rf"find_vma \(mm=0x\w+, address={old}\) at "
                     r"kernel/mm/vma.c:", told["find_vma"])
    assert "It has: [heap] rw-p" in told["do_anonymous_page"]
    assert "do_anonymous_page (vma=0x" in told["do_anonymous_page"]
    assert "alloc_pages (order=0)" in told["alloc_page"]
    assert re.match(rf"The entry for {old} has just been written: 0x0 has "
                    r"become (0x\w+)067: frame \1, present, writable, user, "
                    "accessed, dirty", told["the PTE"])
    store = re.search(r"iret goes back to eip = (0x\w+):", told["iret"])[1]
    assert "restore_registers () at kernel/trap/entry.asm:" in told["iret"]
    assert told["iret"].endswith("iret")
    assert "restore_registers" not in told["the PTE"]  # said once
    assert "frames taken since sys_brk: 1, faults: 1" in \
        told["the store again"]
    assert int(store, 16) >= 0x8048000
    assert "The end of the tour." in output
    # Nothing of it is left.
    assert own_breakpoints(output) == own_breakpoints(run_gdb(LIST))


def test_it_stops_before_the_store(run_gdb):
    """The instruction that is shown is the one that faults, and the page is
    not there yet: stepi goes into the kernel, which is the next station."""
    output = run_gdb("tour\n" + "tour next\n" * 5 +
                     "print $pc\nstepi\nprint $eip == &trap_vector_14\n"
                     "tour why\n", HEAP, "100000")
    told = stations(output)
    assert list(told) == NAMES[:7]
    assert "$2 = 1" in output
    assert "7: page-fault entry\nException 14." in output


def test_intel_notation(run_gdb):
    """However instructions are shown, the store is found."""
    output = run_gdb("set disassembly-flavor intel\ntour\n" +
                     "tour next\n" * 5 + "show disassembly-flavor\n",
                     HEAP, "100000")
    assert re.match(r"mov DWORD PTR \[\w+\],\w+ in add_segment",
                    stations(output)["the store"])
    assert 'The disassembly flavor is "intel".' in output


def test_two_lines_of_80_columns(run_gdb):
    output = run_gdb(WHOLE, HEAP, "100000")
    tour = output[output.index("── 1 of"):output.index("The end of the tour")]
    assert max(map(len, tour.splitlines())) <= 80
    for part in re.split(r"^── .*\n", tour, flags=re.MULTILINE)[1:]:
        ahead, look = re.match(r"(.*?)^(Look: .*?\n)", part,
                               re.MULTILINE | re.DOTALL).groups()
        assert 1 <= ahead.count("\n") <= 2, ahead
        assert 10 < len(look) <= 80, look


def test_with_continue(run_gdb):
    """Whatever goes on finds the stations."""
    output = run_gdb("tour\n" + "continue\n" * 4, HEAP, "100000")
    assert list(stations(output)) == NAMES[:5]
    output = run_gdb("tour\n" + "tour next\n" * 4 + "continue\n" * 3,
                     HEAP, "100000")
    # The store is over when it is noticed.
    assert list(stations(output)) == NAMES[:5] + NAMES[6:9]


def test_breakpoints_of_ones_own(run_gdb):
    """They stop the program as always, and stay; the tour goes on."""
    output = run_gdb("break take_chunk\nbreak sys_brk\ntour\ntour next\ntour next\n"
                     "tour next\ntour next\ntour next\ninfo breakpoints\n"
                     "tour off\ncontinue\nmaint info breakpoints\n", HEAP,
                     "100000", "100000")
    assert re.search(r"^Breakpoint 2, take_chunk ", output, re.MULTILINE)
    assert "(Not a station of the tour; `tour next` goes on to sbrk.)" in \
        output
    listed = output[output.index("Num "):]
    assert re.search(r"^2 .* in take_chunk at ", listed, re.MULTILINE)
    assert re.search(r"^3 .* in sys_brk at ", listed, re.MULTILINE)
    assert not re.search(r"^-\d+ +(hw )?(breakpoint|watchpoint) .*(malloc|"
                         "sbrk|syscall)", output[output.rindex("Num "):],
                         re.MULTILINE)


def test_again(run_gdb):
    """A second time: the next malloc() that has to ask the kernel, and none
    of those that need not."""
    output = run_gdb(WHOLE + "tour\ntour next\n", BUILD / "user/tour")
    parts = output.split("The end of the tour.")
    assert list(stations(parts[0])) == NAMES
    told = stations(parts[1])
    assert list(told) == NAMES[:2]
    assert told["malloc"].startswith("malloc(4000) is called in trimming()")


def test_other_allocators(run_gdb):
    """The names are enough."""
    output = run_gdb(WHOLE, BUILD / "bench/firstfit")
    told = stations(output)
    assert list(told) == NAMES
    assert "another allocator" in told["malloc"]
    assert "libc/malloc/firstfit.c" in told["the store"]


def test_malloc_that_does_without_the_kernel(run_gdb, tmp_path):
    """glibc has some memory left from its start: the tour waits."""
    (tmp_path / "g.c").write_text(
        "#include <stdlib.h>\nint main(void)\n{\n"
        "\tfor (int i = 0; i < 5; i++) {\n"
        "\t\tchar *volatile p = malloc(100000);\n\t\tp[50000] = 1;\n\t}\n"
        "\treturn 0;\n}\n")
    result = subprocess.run(["gcc", "-m32", "-static", "-g", "-o",
                             tmp_path / "g", tmp_path / "g.c"],
                            capture_output=True)
    if result.returncode:
        pytest.skip("no i386 glibc here")
    output = run_gdb(WHOLE, tmp_path / "g")
    assert "(malloc(100000) did without the kernel: on to the next.)" in output
    assert "(3, int 0x80, is left out: there is no __syscall here.)" in output
    assert list(stations(output)) == [name for name in NAMES
                                      if name != "int 0x80"]
    assert "sysmalloc" in stations(output)["the store"]


def test_list_and_why(run_gdb):
    output = run_gdb("tour list\ntour\ntour next\ntour list\n"
                     "complete tour n\n" + "tour why\ntour next\n" * 12,
                     HEAP, "100000")
    assert re.findall(r"^  +\d+  (.*)$", output, re.MULTILINE)[:13] == NAMES
    assert re.search(r"^\*  2  sbrk$", output, re.MULTILINE)
    assert "\ntour next\n" in output
    for number, name in list(enumerate(NAMES, 1))[1:]:
        why = re.search(rf"^{number}: {name}\n((?:.+\n)+?)(?=──|That was)",
                        output, re.MULTILINE)[1]
        assert len(why) > 300
        assert re.search(r"Linux|glibc", why)


def test_when_it_cannot_begin(run_gdb):
    for script, program, error in (
            ("tour next\n", HEAP, "the tour has not begun; `tour` starts it"),
            ("tour why\n", HEAP, "the tour has not begun"),
            ("tour x\n", HEAP, "usage: tour\n       tour next | why | list"),
            ("remove-symbol-file -a main\ntour\n", HEAP,
             "no malloc() to begin with"),
            (KILL + "tour\n", HEAP, "the machine is not running"),
            ("tour\n", BUILD / "user/hello",
             "The program has ended, and no malloc() in it needed the kernel"),
    ):
        assert error in run_gdb(script, program, "1", check=False)


def test_off_and_help(run_gdb):
    output = run_gdb("tour\ntour off\n" + LIST + "tour off\nhelp tour\n",
                     HEAP, "100")
    assert own_breakpoints(output) == own_breakpoints(run_gdb(LIST))
    armed = run_gdb("tour\n" + LIST, HEAP, "100")
    assert "sbrk" in own_breakpoints(armed)
    assert "Usage: tour\n" in output
