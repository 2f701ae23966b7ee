"""What scripts/run must know of an ELF file: can this kernel run it?"""

import struct

ET_EXEC = 2
ET_DYN = 3
EM_386 = 3
PT_INTERP = 3


class NotRunnable(Exception):
    """The file is not a program for this kernel; the message says why."""


def check_static_i386(data: bytes) -> None:
    """Raise NotRunnable unless DATA is a static i386 program."""
    if data[:2] == b"#!":
        raise NotRunnable("a script, not an ELF file: give its interpreter")
    if data[:4] != b"\x7fELF":
        raise NotRunnable("not an ELF file")
    if len(data) < 52:
        raise NotRunnable("an ELF file cut off in its header")
    if data[4] != 1:
        raise NotRunnable("a 64-bit ELF file; compile it with -m32 -static")
    kind, machine = struct.unpack_from("<HH", data, 16)
    if data[5] != 1 or machine != EM_386:
        raise NotRunnable("an ELF file for another machine than the i386")
    if kind not in (ET_EXEC, ET_DYN):
        raise NotRunnable("an ELF file, but not a linked program")
    (phoff,) = struct.unpack_from("<I", data, 28)
    phentsize, phnum = struct.unpack_from("<HH", data, 42)
    for index in range(phnum):
        header = phoff + index * phentsize
        if header + 32 > len(data):
            raise NotRunnable("an ELF file cut off in its program headers")
        if struct.unpack_from("<I", data, header)[0] == PT_INTERP:
            raise NotRunnable(
                "dynamically linked; link it with -static (cc -m32 -static)")
