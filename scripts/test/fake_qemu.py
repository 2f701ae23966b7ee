#!/usr/bin/python3
"""A stand-in for qemu-system-i386: what scripts/run expects of QEMU and of
the kernel in it, without either, for the cases that a real kernel does not
show on demand. The first argument of the "program" says what is to happen.
"""

import json
import os
import sys
import time

from faultline import command_line, cpio

HEAD = "            init-1       [000] .....     0.000001: "


class Ports:
    """The chardevs of the command line, as QEMU opens them."""

    def __init__(self, arguments: list[str]) -> None:
        self.fds = {}
        for flag, value in zip(arguments, arguments[1:]):
            if flag == "-chardev":
                kind, *rest = value.split(",")
                options = dict(word.split("=") for word in rest)
                assert kind == "pipe", value
                path = options["path"]
                self.fds[options["id"]] = (
                    os.open(path + ".in", os.O_RDWR),
                    os.open(path + ".out", os.O_RDWR))

    def send(self, name: str, data: bytes) -> None:
        while data:
            data = data[os.write(self.fds[name][1], data):]

    def read_framed(self) -> bytes:
        """COM2's input up to the mark of its end, without the framing."""
        raw = b""
        while not raw.replace(b"\xff\xff", b"").endswith(b"\xff\x00"):
            raw += os.read(self.fds["com2"][0], 65536)
        return raw[:-2].replace(b"\xff\xff", b"\xff")


def option(arguments: list[str], name: str) -> str:
    return arguments[arguments.index(name) + 1]


def main() -> int:
    arguments = sys.argv[1:]
    if "-qemu-fails" in os.environ.get("FAKE_QEMU", ""):
        print("qemu-system-i386: no such machine", file=sys.stderr)
        return 1
    ports = Ports(arguments)
    words = command_line.split(option(arguments, "-append"))
    end = words.index("--") if "--" in words else len(words)
    own, program = words[:end], words[end + 1:]
    events = "events" if "events" in ports.fds else "com1"
    separator = "\x1e" if "trace_separator" in own else ""

    def event(text: str) -> None:
        ports.send(events, f"{separator}{HEAD}{text}\n".encode())

    def power_off(status: int) -> int:
        event(f"machine_power_off: status={status} free_before=7 "
              "free_after=7")
        return 33

    what, *more = program or ["nothing"]
    if what == "mute":
        time.sleep(600)
    ports.send("com4", b"the kernel is up\r\n")
    if what == "cat":
        ports.send("com2", ports.read_framed())
    elif what == "exit":
        return power_off(int(more[0]))
    elif what == "both":
        ports.send("com2", b"out 1\n")
        err = "com3" if "stderr=/dev/ttyS2" in own else "com2"
        ports.send(err, b"err\n")
        ports.send("com2", b"out 2\n")
    elif what == "words":
        ports.send("com2", json.dumps(own).encode())
    elif what == "arguments":
        ports.send("com2", json.dumps(program).encode())
    elif what == "files":
        found = {}
        for module in option(arguments, "-initrd").split(",")[1:]:
            with open(module, "rb") as file:
                found |= cpio.members(file.read())
        ports.send("com2", json.dumps(
            {name: [mode, data.decode("latin-1")]
             for name, (mode, data) in found.items()}).encode())
    elif what == "panic":
        ports.send("com4", b"the last words\r\n")
        event("kernel_panic: no more frames")
        time.sleep(600)
    elif what == "triple-fault":
        return 0
    elif what == "late-triple-fault":
        power_off(0)
        return 0
    elif what == "hang":
        ports.send("com2", f"{os.getpid()}\n".encode())
        time.sleep(600)
    elif what == "spew":
        while True:
            ports.send("com2", b"y\n" * 4096)
    elif what == "tell":
        ports.send("com1", b"line 1\r\nline")
        event("sys_enter_brk: brk: 0x00000000")
        event("sys_exit_brk: 0x804c000")
        ports.send("com1", b" 2\r\n")
    return power_off(0)


sys.exit(main())
