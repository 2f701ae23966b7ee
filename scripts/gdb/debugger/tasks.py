"""Who is there: lx-ps and $lx_current(), named as in Linux's own gdb scripts.
"""

import gdb

from debugger import kernel
from debugger.command import Command, bold


def state(task: gdb.Value) -> str:
    """As ps says it: R, S, T, Z …, from the enumeration's own name."""
    name = str(task["state"])
    return {"TASK_RUNNING": "R", "TASK_INTERRUPTIBLE": "S",
            "TASK_KILLABLE": "D", "TASK_STOPPED": "T",
            "TASK_ZOMBIE": "Z"}.get(name, "?")


class LxPs(Command):
    """List the tasks, the current one marked with *.
    Usage: lx-ps

    STAT is R (runs or wants to), S (sleeps), D (sleeps, only SIGKILL ends
    it), T (stopped) or Z (zombie); RSS is what is in frames, in KiB.
    Reads init_task.tasks."""

    NAME = "lx-ps"

    def run(self) -> None:
        current = kernel.current()
        print(bold("  TASK        PID  PPID STAT     RSS COMM"))
        for task in kernel.tasks():
            mm = task["mm"]
            parent = task["parent"]
            pages = sum(kernel.array(mm["rss_stat"])) if mm else 0
            print("{} {:#010x} {:>4} {:>5} {:<4} {:>7} {}".format(
                "*" if task == current else " ", int(task), int(task["pid"]),
                int(parent["pid"]) if parent else 0, state(task),
                pages * 4 if mm else "-", kernel.comm(task)))


class LxCurrent(gdb.Function):
    """$lx_current() - the task whose turn it is, a struct task_struct.

    As in Linux's scripts: p $lx_current().comm, p $lx_current().mm->brk"""

    def __init__(self) -> None:
        super().__init__("lx_current")

    def invoke(self) -> gdb.Value:
        return kernel.current().dereference()


LxCurrent()
