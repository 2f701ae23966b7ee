"""The machine under gdb: start, run and kill it.

QEMU is a child of gdb's, on a socket that nobody else can reach. However gdb
ends, QEMU is killed (die_with_parent()); so no machine is left behind.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from typing import Iterator, Optional

import gdb

from debugger import program
from debugger.command import Command
from faultline import command_line, qemu
from faultline.debugger import Session


# ── The machine ──────────────────────────────────────────────────────────────

def has_windows() -> bool:
    """Is gdb's TUI on, which draws the whole terminal?"""
    try:
        return "not active" not in gdb.execute("info win", to_string=True)
    except gdb.error:
        return False


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """gdb's own words do not go through gdb.execute(…, to_string=True) when a
    signal stops the machine; so let its standard output lead nowhere."""
    gdb.flush()
    saved = os.dup(1)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)
    try:
        yield
    finally:
        gdb.flush()
        os.dup2(saved, 1)
        os.close(saved)


def quietly(command: str) -> None:
    """Execute COMMAND; nothing is told, if no windows are drawn."""
    with contextlib.nullcontext() if has_windows() else silence():
        gdb.execute(command, to_string=True)


class Machine:
    """The QEMU that gdb has started; there is one at a time."""

    def __init__(self) -> None:
        self._process: Optional[subprocess.Popen] = None
        self.session = Session.load()
        self.detached = False  # it runs, and gdb does not see it

    @property
    def is_on(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Switch it on, stopped before its first instruction."""
        session = self.session
        if session is None:
            raise gdb.GdbError("this gdb did not start the machine, so it "
                               "cannot start it anew: make debug, or "
                               "scripts/run --gdb PROGRAM, can")
        self.kill()
        directory = tempfile.mkdtemp(prefix="faultline-")
        path = os.path.join(directory, "gdb")
        try:
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(path)
                server.listen(1)
                self._process = subprocess.Popen(
                    [*self._command(), "-chardev", "socket,id=gdb,server=on,"
                     f"wait=off,fd={server.fileno()}",
                     *qemu.debug_arguments("chardev:gdb")],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[*session.fds, server.fileno()],
                    start_new_session=True,  # Ctrl-C is for gdb alone
                    preexec_fn=qemu.die_with_parent())
            try:
                quietly(f"target remote {path}")
            except gdb.error as error:
                self.kill()
                raise gdb.GdbError(f"QEMU does not answer: {error}") from None
        finally:
            shutil.rmtree(directory)

    def _command(self) -> list[str]:
        session = self.session
        if session.words is None:
            return session.qemu
        words = list(session.words)
        if session.arguments:
            words += ["--", *session.arguments]
        command = list(session.qemu)
        command[command.index("-append") + 1] = command_line.join(words)
        return command

    def kill(self) -> None:
        """Switch it off, whatever it does."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None
        self.detached = False
        if gdb.selected_inferior().pid:
            try:
                gdb.execute("disconnect", to_string=True)
            except gdb.error:
                pass  # it has noticed already


machine = Machine()


def at_exit(_event: object) -> None:
    """gdb would let the machine go on for a moment before it ends itself."""
    machine.kill()


def stop_in_main() -> None:
    """Run until the program's main(); without symbols its first instruction.
    """
    session = machine.session
    program.symbols.follow(session.program)
    main = gdb.lookup_global_symbol("main")
    if main is not None:
        place = "main"
    else:
        file = program.host_file(session.program)
        place = f"*{program.entry_point(file):#x}"
        print(f"{session.program} has no symbols: stopping at its first "
              "instruction.")
    gdb.execute(f"tbreak {place}")
    gdb.execute("continue")


# ── Commands ─────────────────────────────────────────────────────────────────

def set_arguments(words: tuple[str, ...]) -> None:
    """ARGUMENTS of `run` and `start`: as with gdb, they stay."""
    session = machine.session
    if not words or session is None:
        return
    if session.words is None:
        raise gdb.GdbError("with --iso the arguments are on the CD: give "
                           "them to scripts/run")
    session.arguments = list(words)


def greet() -> None:
    """To somebody who sits there: where the program's output goes, and what
    there is to type."""
    if machine.session and os.isatty(0) and os.isatty(1):
        print(f"The guest's console is {machine.session.console}.\n"
              "`tour` leads from malloc() to a frame of RAM; `help "
              "user-defined` lists more.\n")


class Start(Command):
    """Boot the machine anew, and stop in the program's main().
    Usage: start [ARGUMENT…]

    Breakpoints stay. ARGUMENTS replace those that the program has had."""

    NAME = "start"
    ARGUMENTS = (0, 1000)

    def run(self, *words: str) -> None:
        set_arguments(words)
        machine.start()
        stop_in_main()


class Run(Command):
    """Boot the machine anew, and run.
    Usage: run [ARGUMENT…]

    Breakpoints stay. ARGUMENTS replace those that the program has had."""

    NAME = "run"
    ARGUMENTS = (0, 1000)

    def run(self, *words: str) -> None:
        set_arguments(words)
        machine.start()
        gdb.execute("continue")


class Starti(Command):
    """Boot the machine anew, and stop at its very first instruction.
    Usage: starti [ARGUMENT…]

    That is in the firmware; `break start_kernel` and `continue` go on to the
    kernel's first line in C."""

    NAME = "starti"
    ARGUMENTS = (0, 1000)

    def run(self, *words: str) -> None:
        set_arguments(words)
        machine.start()
        gdb.execute("frame")


class Kill(Command):
    """Switch the machine off.
    Usage: kill"""

    NAME = "kill"

    def run(self) -> None:
        if not machine.is_on:
            raise gdb.GdbError("the machine is off")
        machine.kill()
        print("The machine is off; start boots it anew.")


gdb.execute("""define hook-detach
python from debugger.session import machine; machine.detached = True
end""")
gdb.events.gdb_exiting.connect(at_exit)
for setting in ("confirm off", "pagination off",
                # A program's breakpoints wait until it runs.
                "breakpoint pending on",
                # Code whose page is not there yet can be read.
                "trust-readonly-sections on",
                # Where much else runs, QEMU takes its time to start; whoever
                # asks again after two seconds takes one answer for another.
                "remotetimeout 60",
                "print entry-values no"):
    gdb.execute(f"set {setting}")
greet()
