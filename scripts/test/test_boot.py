"""The machine: both ways of booting, amounts of memory, processors, power-off,
and what the kernel says when it is itself at fault."""

import os
import re
import shutil
import subprocess

import pytest

from conftest import BUILD, ROOT

HELLO = BUILD / "user/hello"
MOST_CYCLES = 5_000_000  # from the kernel's entry to init, with 64 MiB


def check_hello(run) -> None:
    assert run.stdout == b"Hello, world!\n"
    assert run.status == 0
    assert run.free_before is not None
    assert run.free_after == run.free_before


def qemu(*words, append="", timeout=60, kernel=BUILD / "kernel.elf"):
    """QEMU without scripts/run; COM1 is its standard output."""
    return subprocess.run(
        ["qemu-system-i386", "-kernel", kernel, "-append", append,
         "-display", "none", "-monitor", "none", "-no-reboot",
         "-nic", "none", "-serial", "stdio", *words],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout)


# ── Booting ──────────────────────────────────────────────────────────────────

def test_the_kernel_is_a_multiboot_elf32():
    kernel = BUILD / "kernel.elf"
    assert kernel.read_bytes()[:5] == b"\x7fELF\x01"
    subprocess.run(["grub-file", "--is-x86-multiboot", kernel], check=True)


@pytest.mark.parametrize("boot", ["--kernel", "--iso"])
@pytest.mark.parametrize("memory", ["8M", "16M", "64M", "2G", "4G"])
def test_memory_and_boot_loader(memory, boot, run_guest):
    run = run_guest(HELLO, memory=memory, options=[boot, "--log"])
    check_hello(run)
    unused = re.search(rb"(\d+) MiB above are not used", run.stderr)
    if memory in ("2G", "4G"):
        assert unused and int(unused[1]) > 1000
        assert run.free_before > 220_000
    else:
        assert not unused
        initrd = (BUILD / "initrd.cpio").stat().st_size // 4096
        assert run.free_before > int(memory[:-1]) * 256 - 800 - initrd


@pytest.mark.parametrize("cpu", ["486", "pentium", "pentium3", "max"])
def test_processors(cpu, run_guest):
    check_hello(run_guest(HELLO, cpu=cpu))


@pytest.mark.parametrize("boot", ["--kernel", "--iso"])
def test_instructions_from_entry_to_init(boot, run_guest):
    run = run_guest(HELLO, memory="64M", options=["--icount", "--log", boot])
    cycles = re.search(rb"Boot: (\d+) cycles", run.stderr)
    assert cycles and 100_000 < int(cycles[1]) <= MOST_CYCLES


def test_too_little_memory_is_said():
    run = qemu("-m", "3", "-device", "isa-debug-exit,iobase=0xf4",
               "-initrd", str(BUILD / "initrd.cpio"), append="debug_exit")
    assert run.returncode != 33
    # What does not even reach the kernel, the boot loader refuses.
    assert b"panic" in run.stdout or run.returncode != 0


def test_the_kernel_alone_says_what_is_missing():
    run = qemu("-device", "isa-debug-exit,iobase=0xf4",
               append="init=/bin/absent debug_exit")
    assert run.returncode == 33
    assert b"/bin/absent: cannot be run" in run.stdout
    assert b"ended with status 127" in run.stdout


def test_a_damaged_initrd_is_refused(tmp_path):
    whole = (BUILD / "initrd.cpio").read_bytes()
    part = tmp_path / "part.cpio"
    part.write_bytes(whole[:len(whole) // 2 + 1])
    run = qemu("-initrd", str(part), "-device", "isa-debug-exit,iobase=0xf4",
               append="init=/bin/echo debug_exit -- all the same")
    assert run.returncode == 33
    assert run.stdout.count(b"initrd:") >= 1
    assert b"all the same\r\n" in run.stdout


# ── Off ──────────────────────────────────────────────────────────────────────

@pytest.mark.parametrize("memory", ["16M", "64M", "2G"])
def test_power_off(memory):
    run = qemu("-m", memory, "-initrd", str(BUILD / "initrd.cpio"),
               append="init=/bin/hello")
    assert b"Hello, world!\r\n" in run.stdout
    assert b"safe to turn off" not in run.stdout
    assert run.returncode == 0


def test_without_a_switch_it_says_so_and_halts(tmp_path):
    """It cannot turn itself off: wait for the sentence, then end QEMU."""
    process = subprocess.Popen(
        ["qemu-system-i386", "-M", "isapc", "-cpu", "486", "-kernel",
         BUILD / "kernel.elf", "-append", "init=/bin/hello", "-initrd",
         BUILD / "initrd.cpio", "-display", "none", "-monitor", "none",
         "-nic", "none", "-serial", "stdio"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL)
    seen = b""
    try:
        for line in process.stdout:
            seen += line
            if b"safe to turn off" in line:
                break
    finally:
        process.kill()
        process.wait()
    assert b"Hello, world!" in seen
    assert b"safe to turn off" in seen


# ── The kernel's own faults ──────────────────────────────────────────────────

def crash(tmp_path, commands: str, cpu: str = "max"):
    """Run hello under gdb; COMMANDS misuse the kernel. COM1, the events."""
    serial = tmp_path / "serial"
    events = tmp_path / "events"
    script = tmp_path / "session.gdb"
    script.write_text(f"""
set pagination off
set confirm off
file {BUILD}/kernel.elf
target remote | exec qemu-system-i386 -kernel {BUILD}/kernel.elf \
-initrd {BUILD}/initrd.cpio -append "init=/bin/hello debug_exit" \
-display none -monitor none -no-reboot -nic none -m 64 -cpu {cpu} \
-serial file:{serial} -debugcon file:{events} \
-device isa-debug-exit,iobase=0xf4 -S -gdb stdio
{commands}
""")
    subprocess.run(["gdb", "-q", "-nx", "-batch", "-iex",
                    "set auto-load off", "-x", script], timeout=60,
                   stdin=subprocess.DEVNULL, capture_output=True)
    return serial.read_text(errors="replace"), events.read_text()


def test_an_oops_tells_registers_address_and_callers(tmp_path):
    log, events = crash(tmp_path, """
break do_anonymous_page
continue
tbreak alloc_pages
continue
set var $eip = 0x10
continue
""")
    assert "Oops: page fault in the kernel" in log
    assert re.search(r"eip 00000010 .*esp c[0-3]", log)
    assert re.search(r"cr2 00000010: read of a page that is not present, "
                     r"from ring 0 \(a NULL pointer\)", log)
    trace = log[log.index("Call trace"):]
    for function in ("handle_mm_fault", "do_page_fault", "do_trap"):
        assert re.search(rf"\[<c01[0-9a-f]+>\] {function}\+0x", trace)
    assert events.startswith("kernel_panic: ") or ": kernel_panic: " in events


def test_a_frame_freed_twice_is_caught(tmp_path):
    log, _ = crash(tmp_path, """
break free_pages
continue
set var page->_refcount = 0
continue
""")
    assert "BUG: page->_refcount != 1" in log
    assert "free_pages()" in log


@pytest.mark.parametrize("room", [0, 4, 40, 200])
@pytest.mark.parametrize("cpu", ["486", "max"])
def test_a_full_kernel_stack_is_reported(room, cpu, tmp_path):
    """A system call finds ROOM bytes of stack below its return address, which
    moves there with the arguments."""
    log, events = crash(tmp_path, f"""
break *sys_write if *(int *)($esp + 4) == 1
continue
set var $full = (unsigned long)current->stack + 4096 + {room}
set var $i = 0
while $i < 28
  set var *(int *)($full + $i) = *(int *)($esp + $i)
  set var $i = $i + 4
end
set var $esp = $full
continue
""", cpu)
    assert "Oops: kernel stack overflow" in log
    assert re.search(r"task hello\[1\], vector 8", log)
    assert re.search(r"esp c[0-9a-f]{4}(00[0-9a-f]|f[0-9a-f]{2})  ss 0018", log)
    trace = log[log.index("Call trace"):]
    assert "sys_write+0x" in trace
    assert "syscall_entry+0x" in trace
    assert "kernel_panic: kernel stack overflow" in events


# ── Other compilers ──────────────────────────────────────────────────────────

def test_clang_builds_it_without_a_warning_and_it_runs(run_guest):
    if not shutil.which("clang"):
        assert not os.environ.get("CI"), ".ci/run installs clang"
        pytest.skip("clang, the second compiler, is not installed")
    subprocess.run(["make", "-j2", "B=build/clang", "CC=clang", "CI=1",
                    "all"], cwd=ROOT, check=True, timeout=600,
                   stdout=subprocess.DEVNULL)
    build = ROOT / "build/clang"
    run = run_guest(build / "user/hello", options=["--build", build])
    check_hello(run)
    run = run_guest(build / "user/tour", options=["--build", build])
    assert run.status == 0
    assert b"All claims held." in run.stdout
