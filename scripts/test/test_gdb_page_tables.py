"""pagewalk: the same as /proc/self/pagemap, and as QEMU's own translation."""

import re
import shutil

import pytest
from conftest import BUILD, KILL
from test_gdb_address_space import PRINT, STOP
from test_gdb_frames import frame_of, states

# Python for gdb: an address, as pagewalk and as QEMU translate it.
COMPARE = r"""python
import re
from debugger import kernel
def compare(address):
    walk = gdb.execute(f"pagewalk {address:#x}", to_string=True)
    qemu = gdb.execute(f"monitor gva2gpa {address:#x}", to_string=True)
    ours = re.search(r"the\s+byte\s+at\s+(0x[0-9a-f]+) of RAM", walk)
    theirs = re.search(r"gpa: (0x[0-9a-f]+|0)\b", qemu)
    same = (ours and int(ours[1], 16)) == (theirs and int(theirs[1], 16))
    print("SAME" if same else "DIFFERENT", f"{address:#x}",
          "mapped" if ours else "unmapped", walk if not same else "", qemu)
"""


def walks(output: str) -> dict[int, str]:
    """What pagewalk shows, by address."""
    parts = re.split(r"^0x([0-9a-f]{8}) = ", output, flags=re.MULTILINE)
    return {int(parts[i], 16): " ".join(parts[i + 1].split())
            for i in range(1, len(parts) - 1, 2)}


def test_pagewalk_is_pagemap(run_gdb, memory_states):
    names = ["untouched", "zero", "none", "none + 4096", "shared", "copied",
             "copied + 4096", "cow", "cow + 4096", "main", "0"]
    output = run_gdb(STOP + "".join(f"pagewalk {name}\n" for name in names) +
                     "print $sp\npagewalk $sp\n" + PRINT, memory_states)
    shown, rest = output.split("NEXT\n")
    walk = walks(shown)
    compared = 0
    for name, (address, entry) in states(rest).items():
        if address not in walk:
            continue
        compared += 1
        frame = re.search(r"in frame (0x[0-9a-f]+), the byte at (0x[0-9a-f]+)",
                          walk[address])
        kept = re.search(r"frame (0x[0-9a-f]+) is kept, but P is clear",
                         walk[address])
        if not entry:
            assert not frame and not kept, name
            assert "Here the CPU stops: a page fault" in walk[address]
        elif name == "none":
            assert int(kept[1], 16) == frame_of(entry)
        else:
            assert int(frame[1], 16) == frame_of(entry), name
            assert int(frame[2], 16) == \
                frame_of(entry) * 4096 + address % 4096
    assert compared == len(names)

    at = {name: walk.get(address) for name, (address, _)
          in states(rest).items()}
    assert "present, read-only, user, accessed the page" in at["zero"]
    assert "the zero page" in at["zero"]
    assert "present, writable, user, accessed, dirty" in at["shared"]
    assert "present, read-only, user, accessed, dirty" in at["cow"]
    assert re.search(r"_refcount 2: shared mapped by gdb_memory\[1\] at \S+ "
                     r"mapped by gdb_memory\[2\]", at["cow"])
    assert "page cache: page 1 of /" in at["file"]
    assert "nothing there no page is mapped here" in at["beside"]
    assert re.search(r"no page table: of the 4 MiB from 0x0 to 0x3fffff not "
                     r"one page is mapped\. Here the CPU stops", at["null"])


def test_pagewalk_is_what_qemu_does(run_gdb, memory_states):
    """All pages of small areas, some of the others, and of the kernel's."""
    output = run_gdb(STOP + COMPARE + """
for area in kernel.areas(kernel.current_mm()):
    for address in range(area.start, min(area.end, area.start + 0x10000),
                         4096):
        compare(address + 0x123)
compare(int(gdb.parse_and_eval("cow")))
for address in (0, 0x8047fff, 0xbffff000, 0xbfffffff, 0xc0000000, 0xc0100000,
                0xc0200345, 0xc3fdf000, 0xc3fe0000, 0xd0000000, 0xffbfffff,
                0xffc00000, 0xffc01000, 0xffffffff):
    compare(address)
stack = int(kernel.current()["stack"])
compare(stack)
compare(stack + 4096)
end
monitor info mem
""" + KILL, memory_states)
    assert "DIFFERENT" not in output
    assert len(re.findall(r"^SAME .* mapped", output, re.MULTILINE)) > 30
    assert len(re.findall(r"^SAME .* unmapped", output, re.MULTILINE)) > 20


def test_flags_are_what_qemu_sees(run_gdb, memory_states):
    """The rights, in words, against QEMU's `info mem`: "urw"."""
    output = run_gdb(STOP + "monitor info mem\n" + """python
from debugger import kernel
for area in kernel.areas(kernel.current_mm()):
    for entry in kernel.entries(kernel.current_mm(), area.start, area.end):
        gdb.execute(f"pagewalk {entry.address:#x}")
end
""" + KILL, memory_states)
    ranges = [(int(start, 16), int(end, 16), flags) for start, end, flags in
              re.findall(r"^([0-9a-f]{16})-([0-9a-f]{16}) [0-9a-f]{16} "
                         r"([urw-]{3})$", output, re.MULTILINE)]
    assert len(ranges) > 5
    walk = walks(output)
    pages = set()
    for address, text in walk.items():
        pte = text.partition("PTE 0x")[2].partition("PTE 0x")[2]
        flags = next((flags for start, end, flags in ranges
                      if start <= address < end), None)
        if "PROT_NONE" in pte:
            assert flags is None
            continue
        pages.add(address)
        assert flags == ("urw" if "present, writable, user" in pte else "ur-")
    # And no page is there that was not shown.
    assert sum(min(end, 0xc0000000) - start for start, end, _ in ranges
               if start < 0xc0000000) == 4096 * len(pages)
    assert len(pages) > 20


# A monitor of its own, as "info tlb" is too long for gdb's connection.
INFO_TLB = """python
import socket
with socket.socket(socket.AF_UNIX) as monitor:
    monitor.connect("{path}")
    monitor.sendall(b"info tlb\\n")
    text = b""
    while text.count(b"(qemu) ") < 2:
        text += monitor.recv(65536)
print(text.decode().replace("\\r", ""))
end
"""


def test_pagewalk_is_info_tlb(run_gdb, memory_states, tmp_path, monkeypatch):
    """Every page of the program: frame and flags, and no page more."""
    real = shutil.which("qemu-system-i386")
    fake = tmp_path / "bin/qemu-system-i386"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\nexec {real} "$@" -monitor '
                    f'unix:{tmp_path}/monitor,server=on,wait=off\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=":")
    output = run_gdb(STOP + INFO_TLB.format(path=tmp_path / "monitor") +
                     """python
from debugger import kernel
for area in kernel.areas(kernel.current_mm()):
    for entry in kernel.entries(kernel.current_mm(), area.start, area.end):
        gdb.execute(f"pagewalk {entry.address:#x}")
end
""" + KILL, memory_states)
    tlb = {int(address, 16): (int(frame, 16), flags) for address, frame, flags
           in re.findall(r"^([0-9a-f]+): ([0-9a-f]+) ([-A-Z]{9})$", output,
                         re.MULTILINE) if int(address, 16) < 0xc0000000}
    walk = {address: text for address, text in walks(output).items()
            if "PROT_NONE" not in text}
    assert len(walk) > 20 and sorted(walk) == sorted(tlb)
    for address, (physical, flags) in tlb.items():
        words = re.search(r"PTE \w{10} \[\w+\] at \w+: (.*?) the page is "
                          r"in frame (0x[0-9a-f]+)", walk[address])
        assert int(words[2], 16) * 4096 == physical
        for letter, word in (("W", "writable"), ("U", "user"),
                             ("D", "dirty"), ("A", "accessed")):
            assert (letter in flags) == (word in words[1]), hex(address)


def test_another_process(run_gdb, memory_states):
    output = run_gdb(STOP + "pagewalk --pid 2 $sp\npagewalk $sp\n"
                     "pagewalk --pid 2 cow\n" + KILL, memory_states)
    frames = re.findall(r"the page is in frame (0x[0-9a-f]+)", output)
    assert len(frames) == 3 and frames[0] != frames[1]
    assert "the page directory of gdb_memory[2]" in output
    assert "the page directory of gdb_memory[1]" in output


def test_the_kernels_half(run_gdb):
    output = run_gdb("pagewalk current->stack\npagewalk 0xc0100000\n"
                     "pagewalk 0xf0000000\n" + KILL, BUILD / "user/hello")
    guard, image, nothing = walks(output).values()
    assert "not present, writable, kernel only" in guard
    assert "P is clear. Here the CPU stops: a page fault; in the kernel it " \
        "is the end" in guard
    assert "the kernel stack of hello[1] (the guard page: not mapped)" in guard
    assert "present, read-only, kernel only, accessed" in image
    assert "reserved: the kernel's image" in image
    assert "no page table: of the 4 MiB from 0xf0000000" in nothing


@pytest.mark.parametrize("command, error", [
    ("pagewalk", "usage: pagewalk [--pid N] ADDRESS"),
    ("pagewalk --pid 1", "usage: pagewalk [--pid N] ADDRESS"),
    ("pagewalk --pid x main", "--pid wants the number of a process"),
    ("pagewalk 1 +", "1 +: A syntax error in expression"),
])
def test_errors(run_gdb, command, error):
    assert error in run_gdb(f"{command}\n", check=False)


def test_help(run_gdb):
    assert "Usage: pagewalk [--pid N] ADDRESS" in run_gdb("help pagewalk\n")
