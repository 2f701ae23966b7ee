"""The machine does not end unseen: it stops when the program exits or is
killed, when the kernel panics, and after a triple fault; all there is to see
is still there then.
"""

import signal

import gdb

from debugger import kernel
from debugger.session import machine

# Signals that tell of an error in the program: signal(7) says "Core".
ERRORS = {signal.SIGQUIT, signal.SIGILL, signal.SIGTRAP, signal.SIGABRT,
          signal.SIGBUS, signal.SIGFPE, signal.SIGSEGV, signal.SIGSYS}

KEPT = "The machine is kept as it is: bt, lx-ps and others show it."
# Whoever is only connected to a machine cannot boot it.
AGAIN = "; start boots anew" if machine.session else ""
FIRST = 1  # the pid of the program that was booted; its end is the machine's


class Ending(kernel.Watch):
    """Why and where is told when the machine has stopped."""

    def reached(self) -> bool:
        return True

    def why(self) -> str:
        raise NotImplementedError


class OnExit(Ending):
    """At the beginning of do_exit(): the task has all it had, still.

    Programs that a shell starts come and go; of those only an error counts.
    """

    def reached(self) -> bool:
        return int(kernel.current()["pid"]) == FIRST or \
            self._code() & 0x7f in ERRORS

    def _code(self) -> int:
        return int(kernel.argument("code"))

    def why(self) -> str:
        code = self._code()
        task = kernel.current()
        end = f"was killed by {signal_name(code & 0x7f)}" if code & 0x7f else \
            f"exited with status {code >> 8}"
        return f"The program {kernel.comm(task)} (process " \
            f"{int(task['pid'])}) {end}."


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


class OnPanic(Ending):
    """At the beginning of machine_panic_exit(): the report is written."""

    def why(self) -> str:
        try:
            text = gdb.newest_frame().older().read_var("message").string()
        except (gdb.error, ValueError):
            return "The kernel panicked."
        return f"The kernel panicked: {text}."


class OnPowerOff(Ending):
    """At the beginning of machine_power_off(): nothing is left to see."""


def on_stop(event: gdb.StopEvent) -> None:
    if getattr(event, "stop_signal", "") == "SIGQUIT":  # -no-shutdown
        print("The CPU has given up: a triple fault, one that no handler could "
              "take. Registers\nand memory are as they were; this machine does "
              f"not go on{AGAIN}.")
    breakpoints = getattr(event, "breakpoints", ())
    alone = len(breakpoints) == 1  # or gdb shows the place itself
    for breakpoint in breakpoints:
        if isinstance(breakpoint, OnPowerOff):
            if alone:
                machine.kill()
                print(f"The machine has turned itself off{AGAIN}.")
        elif isinstance(breakpoint, Ending) and not breakpoint.interrupted:
            print(f"\n{breakpoint.why()}\n{KEPT}")
            print(f"continue lets it go on{AGAIN}.")
            if alone:
                print(gdb.execute("frame", to_string=True), end="")


def on_exited(_event: gdb.ExitedEvent) -> None:
    if machine.detached:
        print("The machine runs on, unseen; kill switches it off, start boots "
              "anew.")
    else:
        print(f"The machine is off{AGAIN}.")


def watch() -> None:
    OnExit("do_exit")
    OnPanic("machine_panic_exit")
    if machine.session:
        OnPowerOff("machine_power_off")


kernel.when_loaded(watch)
gdb.events.stop.connect(on_stop)
gdb.events.exited.connect(on_exited)
