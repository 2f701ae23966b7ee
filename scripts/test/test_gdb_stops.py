"""break-on-fault, break-on-syscall, step-into-trap."""

import re

import pytest
from conftest import BUILD, KILL, ROOT

TOUR = BUILD / "user/tour"


# ── break-on-fault ───────────────────────────────────────────────────────────

def faults(output: str) -> list[int]:
    """The addresses of the faults that were stopped at, as gdb prints them."""
    return [int(number) for number in re.findall(
        r"do_page_fault \(regs=0x\w+, error_code=\d+, address=(\d+)\)",
        output)]


def test_every_fault(run_gdb):
    """Each that the event stream has, from main on, is stopped at."""
    output = run_gdb("break-on-fault\n" + "continue\n" * 6 +
                     "finish\nevents 10000 --name page_fault\n", TOUR)
    addresses = faults(output)
    assert len(addresses) == 6
    recorded = re.findall(r"page_fault_user: address=(0x\w+)", output)
    assert [int(each, 16) for each in recorded[-6:]] == addresses


def test_addresses(run_gdb):
    """A page, an area, a range in both ways; only faults there stop."""
    output = run_gdb("break-on-fault &broken_claims\n"
                     "print/x &broken_claims\ncontinue\n", TOUR)
    page = int(re.search(r"\$1 = (0x\w+)", output)[1], 16) & -4096
    address, = faults(output)
    assert page <= address < page + 4096

    output = run_gdb("break-on-fault [heap]\ncontinue\n", TOUR)
    first, = faults(output)
    area = re.search(rf"page fault: write at {first:#x}, \w+ \(\) at "
                     r"libc/malloc_top.h:\d+; area\s(0x\w+)-(0x\w+)\s"
                     r"rw-p\s\[heap\]", output)
    start, end = int(area[1], 16), int(area[2], 16)
    assert start <= first < end

    behind = (first & -4096) + 4096
    for words in f"{behind:#x}-{end:#x}", f"{behind:#x} {end:#x}":
        address, = faults(run_gdb(f"break-on-fault {words}\ncontinue\n", TOUR))
        assert behind <= address < end


def test_stack_growth(run_gdb):
    """Below the stack's area is where it grows."""
    output = run_gdb("break-on-fault [stack]\ncontinue\nfault\n", TOUR)
    assert 0xbf000000 < faults(output)[0] < 0xbffff000


def test_copy_to_user(run_gdb):
    """The kernel's own accesses to a program's memory count."""
    output = run_gdb("tbreak touch_given_back\ncontinue\n"
                     "break-on-fault given_back\ncontinue\nfault\n", TOUR)
    assert "page fault (vector 14) from ring 0" in output


def test_it_is_a_breakpoint(run_gdb):
    """Listed with its condition; ignored, disabled and deleted as usual."""
    output = run_gdb("break-on-fault\nignore 2 3\ncontinue\ndisable 2\n"
                     "break-on-fault [heap]\ninfo breakpoints\ncontinue\n"
                     "delete 3\ncontinue\n", TOUR, check=False)
    assert re.search(r"^2 +breakpoint +keep n +0x\w+ in do_page_fault at "
                     r"kernel/mm/fault.c:\d+\n\tstop only if error_code & 4\n"
                     r"\tbreakpoint already hit 4 times", output, re.MULTILINE)
    assert '\tstop only if $_streq($vma_name(address), "[heap]")\n' in output
    assert len(faults(output)) == 2
    assert "All claims held." in output


def test_bad_ranges(run_gdb):
    for words, error in (("nothing", 'No symbol "nothing" in current'),
                         ("2 1", "an empty range: 0x2 to 0x1"),
                         ("1 2 3", "usage: break-on-fault [ADDR |")):
        assert error in run_gdb(f"break-on-fault {words}\n", check=False)


# ── break-on-syscall ─────────────────────────────────────────────────────────

def test_syscall_and_arguments(run_gdb):
    output = run_gdb("break-on-syscall brk\ncontinue\ncontinue\n"
                     "info breakpoints\n", TOUR)
    assert re.search(r"^Breakpoint 2, sys_brk \(brk=0\)", output, re.MULTILINE)
    assert "system call: brk(brk=0x0)\n" in output
    assert re.search(r"system call: brk\(brk=0x80\w+\)\n", output)
    assert re.search(r"^2 +breakpoint +keep y +0x\w+ in sys_brk at "
                     r'kernel/mm/mmap.c:\d+\n\tstop only if '
                     r'\$in_syscall\("brk"\)', output, re.MULTILINE)


def test_only_calls_of_programs(run_gdb):
    """open() calls sys_openat(), but it is not the system call openat."""
    output = run_gdb("break-on-syscall openat\nbreak-on-syscall open\n"
                     "continue\nnext\nnext\n", BUILD / "user/cat", "/etc")
    assert "system call: open(filename=0x" in output
    assert "system call: openat" not in output
    assert "Breakpoint 2" not in output.replace("Breakpoint 2 at", "")


def test_every_system_call_can_be_named(run_gdb):
    table = (ROOT / "kernel/abi/syscall_32.tbl").read_text()
    names = re.findall(r"^\d+\ti386\t(\w+)", table, re.MULTILINE)
    script = "".join(f"break-on-syscall {name}\n" for name in names)
    output = run_gdb(script + "info breakpoints\n")
    assert len(names) > 100
    assert re.findall(r'stop only if \$in_syscall\("(\w+)"\)', output) == names
    # The kernel's code is where all of them are; those that return 0 are one
    # function to the compiler, and have a line, but no name.
    assert len(re.findall(r"^\d+ +breakpoint +keep y +0xc0\w+ "
                          r"(?:in sys_\w+ at |build/gen/syscall_table.h:)",
                          output, re.MULTILINE)) == len(names)


def test_unknown_name(run_gdb):
    output = run_gdb("break-on-syscall brk malloc\n", check=False)
    assert "there is no system call malloc; kernel/abi/syscall_32.tbl" in \
        output
    assert "Breakpoint 2" not in output
    assert "usage: break-on-syscall NAME [NAME...]" in run_gdb(
        "break-on-syscall\n", check=False)


def test_completion(run_gdb):
    output = run_gdb("complete break-on-syscall br\n"
                     "complete break-on-syscall brk mmap\n"
                     "complete break-on-fault [h\n"
                     "complete break-on-fault broken_\n"
                     "complete events --na\n", TOUR)
    for line in ("break-on-syscall brk", "break-on-syscall brk mmap2",
                 "break-on-fault [heap]", "break-on-fault broken_claims",
                 "events --name"):
        assert f"\n{line}\n" in output


# ── step-into-trap ───────────────────────────────────────────────────────────

def test_step_into_page_fault(run_gdb):
    """The first instruction of the handler: nothing is pushed but by the
    CPU."""
    output = run_gdb("step-into-trap\nprint $eip == &trap_vector_14\n"
                     "print *(int *)$esp\nprint $lx_current().mm->areas\n",
                     TOUR)
    assert "page fault (vector 14) from ring 3, tour (pid 1)\n" in output
    assert "\n  now at   trap_vector_14 () at kernel/trap/" in output
    assert re.search(r"\n  from     0x08049\w+ main \(\) at user/tour.c:\d+\n"
                     r"  at       \w+ .*\n  wanted   execute at 0x08049\w+\n",
                     output)
    assert "$1 = 1\n$2 = 4\n" in output


def test_step_into_system_call(run_gdb):
    output = run_gdb("tbreak *syscall_entry if $eax == 45\ncontinue\n"
                     "delete\nstep-into-trap\nbreak __syscall\ncontinue\n"
                     "delete\nstep-into-trap\nprint $eip == &syscall_entry\n",
                     TOUR)
    steps = output.split("system call ")
    assert len(steps) > 1
    assert "\n  now at   syscall_entry () at kernel/trap/" in steps[-1]
    assert "__syscall () at libc/syscall.asm" in steps[-1]
    assert re.search(r"  call     \w+\(.*\)\n\$1 = 1\n", steps[-1])


def test_step_into_c(run_gdb):
    output = run_gdb("step-into-trap --c\ninfo args\ninfo breakpoints\n",
                     TOUR)
    assert re.search(r"  now at   do_page_fault \(\) at kernel/mm/fault.c:",
                     output)
    assert re.search(r"^address = 1345\d+$", output, re.MULTILINE)
    assert "\nNo breakpoints" in output


def test_other_breakpoints_come_first(run_gdb):
    """Ours are gone then."""
    output = run_gdb("break do_page_fault\nstep-into-trap --c\n"
                     "maint info breakpoints\ndelete\nstep-into-trap\n",
                     TOUR)
    assert "Breakpoint 2, do_page_fault (regs=0x" in output
    assert not re.search(r"^-\d+ .*do_syscall", output, re.MULTILINE)
    assert output.count("now at") == 2


def test_end_of_the_program(run_gdb):
    """exit() is a system call as well; behind it nothing can be reached."""
    output = run_gdb("tbreak *syscall_entry if $eax == 252\ncontinue\n"
                     "step-into-trap\n", check=False)
    assert "Remote connection closed" in output or "exited" in output


@pytest.mark.parametrize("name", ["break-on-fault", "break-on-syscall",
                                  "step-into-trap"])
def test_help(run_gdb, name):
    assert f"Usage: {name} " in run_gdb(f"help {name}\n")


def test_no_machine(run_gdb):
    assert "the machine is not running" in run_gdb(
        KILL + "step-into-trap\n", check=False)
    output = run_gdb(KILL + "break-on-syscall brk\nbreak-on-fault\n")
    assert "Breakpoint 3 at" in output
