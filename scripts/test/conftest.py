"""Fixtures: run a program inside the kernel, and the same on this host."""

import os
import pathlib
import subprocess
import sys
from dataclasses import dataclass, field

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
RUN = ROOT / "scripts/run"

# For run_gdb: what is left when the machine is gone, however it went.
KILL = "python\ntry:\n  gdb.execute('kill')\nexcept gdb.error:\n  pass\nend\n"

sys.path.insert(0, str(ROOT / "scripts"))

from faultline.events import Event, parse_trace  # noqa: E402


@dataclass
class GuestRun:
    """What came of a run; the frame counts are None after a crash."""
    status: int
    stdout: bytes
    stderr: bytes
    events: list[Event] = field(default_factory=list)

    def named(self, *names: str) -> list[Event]:
        """The events with one of these names, in order."""
        return [event for event in self.events if event.name in names]

    def _frames(self, name: str):
        ends = self.named("machine_power_off")
        return ends[-1].number(name) if ends else None

    @property
    def free_before(self):
        return self._frames("free_before")

    @property
    def free_after(self):
        return self._frames("free_after")


@pytest.fixture
def run_guest(tmp_path):
    """run_guest(program, *args): run PROGRAM inside the kernel.

    stdin    bytes for its standard input
    memory   of the machine, as "16M"; cpu: its model
    append   more words for the kernel's command line, in one string
    trace    True: the events of the path; False: none; or a list such as
             "all" or "sys_enter_brk,rss_stat"
    options  more options of scripts/run, such as ["--iso"]
    timeout  seconds; over them the run ends with status 124
    """
    def run(program, *args, stdin=b"", memory=None, cpu=None, append=None,
            trace=True, options=(), timeout=60) -> GuestRun:
        events = tmp_path / "events"
        events.unlink(missing_ok=True)
        command = [RUN, "--timeout", str(timeout), "--trace", events,
                   "--trace-events", {True: "path", False: "none"}.get(
                       trace, trace)]
        if memory:
            command += ["--memory", memory]
        if cpu:
            command += ["--cpu", cpu]
        if append:
            command += ["--append", append]
        result = subprocess.run([*command, *options, program, *args],
                                input=stdin, capture_output=True,
                                timeout=timeout + 30)
        recorded = events.read_bytes() if events.exists() else b""
        return GuestRun(result.returncode, result.stdout, result.stderr,
                        parse_trace(recorded))

    return run


@pytest.fixture(scope="session")
def native_prefix():
    """What to put before an i386 program to run it on this host's Linux."""
    try:
        if subprocess.run([BUILD / "user/echo"],
                          capture_output=True).returncode == 0:
            return []
    except OSError:
        pass
    return ["qemu-i386"]


@pytest.fixture
def run_native(native_prefix):
    """run_native(program, *args): the same ELF file on the host; in CWD."""
    def run(program, *args, stdin=b"", timeout=60, cwd=None) -> GuestRun:
        result = subprocess.run([*native_prefix, program, *args],
                                input=stdin, capture_output=True,
                                timeout=timeout, cwd=cwd,
                                env={"HOME": "/", "TERM": "linux",
                                     "PATH": os.environ["PATH"]})
        status = result.returncode
        return GuestRun(128 - status if status < 0 else status,
                        result.stdout, result.stderr)

    return run


@pytest.fixture
def run_gdb(tmp_path):
    """run_gdb(commands, program, *args): a session of gdb's, from main() on.

    COMMANDS is a script of gdb's; `options` are more options of scripts/run;
    `mode` --rewind records the run first.
    The result is all that was printed, also by the program. A command that
    fails ends the session with status 1: CHECK says whether that may be.
    """
    def run(commands, program=BUILD / "user/hello", *args, options=(),
            check=True, timeout=60, mode="--gdb") -> str:
        script = tmp_path / "session.gdb"
        script.write_text(commands)
        result = subprocess.run(
            [RUN, mode, "--gdb-flags", f"-batch -x {script}", *options,
             program, *args], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=timeout)
        if check:
            assert result.returncode == 0, result.stdout
        return result.stdout

    return run


@pytest.fixture(scope="session")
def memory_states(tmp_path_factory):
    """scripts/test/gdb_memory.c as a program: pages in all states."""
    program = tmp_path_factory.mktemp("gdb") / "gdb_memory"
    subprocess.run([ROOT / "scripts/cc", "-g", "-o", program,
                    ROOT / "scripts/test/gdb_memory.c"], check=True)
    return program
