"""fault: the trap frame in words."""

import re
import subprocess

from conftest import BUILD, KILL

SEGV = BUILD / "user/segv"
TOUR = BUILD / "user/tour"


def report(output: str) -> dict[str, str]:
    """What `fault` printed behind the line FAULT: label → text."""
    text = output.partition("FAULT\n")[2]
    title, *lines = text.splitlines()
    found = {"title": title}
    label = ""
    for line in lines:
        match = re.match(r"  (\S+ *\S*) {2,}(\S.*)|  {11}(.*)$", line)
        if not line.startswith("  "):
            break
        if line.startswith(" " * 11):
            found[label] += " " + line.strip()
        else:
            label = line[2:11].strip()
            found[label] = line[11:].strip()
    return found


FAULT = "echo FAULT\\n\nfault\n"


def test_page_fault_of_the_first_write(run_gdb):
    """All that is said of the fault agrees with its arguments and with what
    is decided in the end."""
    output = run_gdb(
        "break do_page_fault if $_streq($vma_name(address), \"[heap]\")\n"
        "continue\nprint/x address\nprint/x error_code\nprint/x regs->ip\n" +
        FAULT, TOUR, "1")
    said = report(output)
    address, code, ip = re.findall(r"^\$\d = (0x\w+)$", output, re.MULTILINE)
    assert said["title"] == "page fault (vector 14) from ring 3, tour (pid 1)"
    assert said["eip"].startswith(f"{int(ip, 16):#010x} ")
    assert "libc/malloc" in said["eip"] and "mov" in said["eip"]
    assert said["in"].endswith("< first_malloc < main")
    assert said["wanted"] == f"write at cr2 = {int(address, 16):#010x}"
    assert said["error"] == \
        f"{code}: the page is not present, write, ring 3"
    assert re.fullmatch(r"0x\w+-0x\w+ rw-p \[heap\]", said["area"])
    assert said["decided"] == "not yet"
    assert re.search(r"\besp=bf\w+", said["regs"])


def test_decided(run_gdb):
    """On the way back: the frame that the event stream tells of."""
    output = run_gdb(
        "break do_page_fault if $_streq($vma_name(address), \"[heap]\")\n"
        "continue\ntbreak exit_to_user_mode\ncontinue\n" + FAULT +
        "events 1\n", TOUR, "1")
    said = report(output)
    frame = re.fullmatch(r"first write: a zeroed frame of its own "
                         r"\(frame (0x\w+)\)", said["decided"])[1]
    assert re.search(rf"handle_mm_fault: kind=anon_write.*\n.*pfn={frame} ",
                     output)


def test_decided_without_events(run_gdb):
    """The page tables know as well."""
    output = run_gdb(
        "break do_page_fault if $_streq($vma_name(address), \"[heap]\")\n"
        "continue\ntbreak exit_to_user_mode\ncontinue\n" + FAULT, TOUR, "1",
        options=["--trace-events", "none"])
    assert re.fullmatch(r"frame 0x\w+ is mapped, present, writable, user, "
                        "accessed, dirty", report(output)["decided"])


def test_refused(run_gdb):
    """A NULL pointer: no area, and it is refused."""
    output = run_gdb("tbreak bad_area\ncontinue\n" + FAULT, SEGV,
                     "null-read")
    said = report(output)
    assert said["wanted"].endswith("at cr2 = 0x00000000")
    assert said["area"].startswith("none; ")
    assert said["decided"] == "refused"
    output = run_gdb("tbreak force_sig_fault\ncontinue\ntbreak "
                     "exit_to_user_mode\ncontinue\n" + FAULT, SEGV,
                     "null-read")
    assert report(output)["decided"].startswith("refused")


def test_first_instruction_of_the_stub(run_gdb):
    """Nothing but what the CPU pushed is there, and it is enough."""
    output = run_gdb("break *trap_vector_14\ncontinue\n" + FAULT, TOUR)
    said = report(output)
    assert said["title"] == "page fault (vector 14) from ring 3, tour (pid 1)"
    assert "main () at user/tour.c" in said["eip"]
    assert re.match(r"(execute|read) at cr2 = 0x080", said["wanted"])
    assert re.search(r" r-[x-]p /", said["area"])


def test_system_call(run_gdb):
    """From the first instruction to the result."""
    output = run_gdb("break *syscall_entry if $eax == 45 && $ebx\n"
                     "continue\n" + FAULT, TOUR, "1")
    said = report(output)
    assert said["title"] == \
        "system call 45, brk (int 0x80) from ring 3, tour (pid 1)"
    assert "__syscall" in said["eip"]
    wanted = re.fullmatch(r"brk\(brk=(0x\w+)\)", said["call"])[1]
    assert said["result"] == "not yet"

    output = run_gdb("break *syscall_entry if $eax == 45 && $ebx\n"
                     "continue\ntbreak exit_to_user_mode\ncontinue\n" + FAULT,
                     TOUR, "1")
    said = report(output)
    assert said["call"] == f"brk(brk={wanted})"
    assert said["result"] == wanted


def test_failed_system_call(run_gdb):
    output = run_gdb("break exit_to_user_mode if regs->orig_ax == 195 || "
                     "regs->orig_ax == 5\ncontinue\n" + FAULT,
                     BUILD / "user/cat", "/nowhere")
    said = report(output)
    assert re.match(r'open\(filename=0x\w+ "/nowhere", flags=0x\w+, ',
                    said["call"])
    assert said["result"] == "-ENOENT"


def test_fault_inside_a_system_call(run_gdb):
    """Both traps, the inner one first."""
    output = run_gdb("tbreak touch_given_back\ncontinue\n"
                     "break do_page_fault if !(error_code & 4)\n"
                     "continue\n" + FAULT, TOUR)
    assert "page fault (vector 14) from ring 0, tour (pid 1)\n" in output
    assert "__copy_user" in report(output)["eip"]
    outer = output.partition("inside:\n")[2]
    assert outer.startswith("system call 3, read (int 0x80) from ring 3")


def test_no_trap(run_gdb):
    output = run_gdb(FAULT, TOUR)
    assert re.search(r"No trap is active: ring 3 runs, main \(\) at "
                     r"user/tour.c:\d+\.\n"
                     r"The last page fault was at 0x80\w+ \(cr2\)\.\n"
                     r"It was decided: \w+", output)


def test_kernel_task(run_gdb):
    output = run_gdb("tbreak *machine_power_off\ncontinue\ncontinue\n" + FAULT)
    assert "No trap is active: ring 0 runs, machine_power_off () at " \
        "kernel/dev/power.c:" in output


def test_program_without_symbols(run_gdb, tmp_path):
    """It stops at its first instruction, which is not in memory yet."""
    program = tmp_path / "stripped"
    subprocess.run(["strip", "-o", program, TOUR], check=True)
    said = report(run_gdb("break-on-fault\ncontinue\n" + FAULT, program))
    assert re.match(r"0x080\w+ \?\? \(\)", said["eip"])
    assert said["wanted"].startswith("execute at cr2 = 0x080")


def test_no_machine(run_gdb):
    output = run_gdb(KILL + "fault\n", check=False)
    assert "the machine is not running" in output
    assert "the trap that the kernel is handling" in run_gdb("help fault\n")
