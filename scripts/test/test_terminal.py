"""Job control at a terminal: user/tests/terminal.c, with somebody who presses
the keys it asks for, in the kernel and on this host's Linux."""

import pexpect
import pytest

from conftest import BUILD, RUN
from test_programs import tap_errors

PROGRAM = BUILD / "user/tests/terminal"
KEYS = {"^C": "\x03", "^\\": "\x1c", "^Z": "\x1a", "abc\\n": "abc\n",
        "longest": "x" * 4094 + "\n"}


def at_terminal(command: list, environment=None) -> tuple[str, int]:
    """What the program prints, without echo of keys, and its status."""
    child = pexpect.spawn(str(command[0]), [str(word) for word in command[1:]],
                          encoding="utf-8", timeout=60, env=environment)
    lines = []
    while child.expect(["([^\r\n]*)\r\n", pexpect.EOF]) == 0:
        # A key's echo stands before what the program prints next.
        line = child.match[1]
        for key in KEYS:
            line = line.removeprefix(key)
        if line.startswith("press "):
            child.send(KEYS[line.split()[1]])
        elif line not in ("", "abc"):
            lines.append(line + "\n")
    child.wait()
    return "".join(lines), child.exitstatus


def test_job_control(native_prefix):
    if native_prefix:
        pytest.skip("needs a Linux that runs i386 programs")
    native = at_terminal([PROGRAM])
    assert tap_errors(native[0].encode()) == []
    assert at_terminal([RUN, "--timeout", "60", PROGRAM]) == native
    assert native[1] == 0
