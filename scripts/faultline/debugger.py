"""gdb on a run: what it is started with, and where the guest's console goes.

gdb takes this process's place (exec), and QEMU is a child of gdb's: so there
is one process to end, and ending it in any way ends all. The gdb side,
scripts/gdb/debugger/session.py, starts QEMU, as often as `start` is typed; it
finds what it must know in the environment, as a Session.
"""

import dataclasses
import fcntl
import json
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Optional

from faultline import qemu

ENVIRONMENT = "FAULTLINE_SESSION"

WIDE = 160  # columns: from here on the console is beside gdb, not below


class CannotDebug(Exception):
    """The message says why."""


@dataclass
class Session:
    """What gdb's side must know, as JSON in the environment."""
    qemu: list[str]  # the command, but for gdb's own port
    fds: list[int]  # that it names as /dev/fd/N
    words: Optional[list[str]]  # of the kernel's; None: they are on a CD
    arguments: list[str]  # the program's
    program: str  # its path in the guest
    programs: dict[str, str]  # guest path → host file, with symbols perhaps
    console: str = ""  # where the guest's is, in words
    # Of a replay: where it prints to, and the SHA-256 of what it should.
    printed: Optional[list[tuple[int, str]]] = None
    disk: int = -1  # with the snapshots

    @staticmethod
    def load() -> "Optional[Session]":
        """Of the launcher; None: gdb was started by somebody else."""
        text = os.environ.get(ENVIRONMENT)
        return Session(**json.loads(text)) if text else None

    def dump(self) -> str:
        return json.dumps(dataclasses.asdict(self))


# ── The guest's console ──────────────────────────────────────────────────────

@dataclass
class Console:
    """Where the guest's console is: a chardev of QEMU's."""
    backend: str
    is_terminal: bool  # with keys, too
    where: str  # in words, for people
    fds: list[int] = field(default_factory=list)


def default_console() -> str:
    """A pane beside gdb where there can be one."""
    if "TMUX" in os.environ and os.isatty(0) and os.isatty(1) and \
            shutil.which("tmux"):
        return "pane"
    return "terminal"


def open_console(name: str) -> Console:
    """NAME is pane, terminal, none, or the path of a terminal or a file."""
    if name == "pane":
        return open_pane()
    if name == "none":
        return Console("null", False, "nowhere (--console none)")
    if name == "terminal":
        # QEMU opens it anew; in a file each of the two must write at the end.
        fd = os.dup(1)
        fcntl.fcntl(fd, fcntl.F_SETFL,
                    fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_APPEND)
        return Console(f"file,append=on,path=/dev/fd/{fd}", False,
                       "this terminal, for output (--console has more)", [fd])
    try:
        fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_NOCTTY |
                     os.O_APPEND, 0o666)
    except OSError as error:
        raise CannotDebug(f"--console {name}: {error.strerror}") from None
    is_terminal = os.isatty(fd)
    if not is_terminal and os.path.isfile(name):
        os.ftruncate(fd, 0)
    os.close(fd)
    path = os.path.abspath(name).replace(",", ",,")
    if is_terminal:
        return Console(f"serial,path={path}", True, name)
    return Console(f"file,append=on,path={path}", False, name)


def open_pane() -> Console:
    """A pane of tmux's, which closes when gdb ends: we become gdb."""
    if "TMUX" not in os.environ or not shutil.which("tmux"):
        raise CannotDebug("--console pane: that needs tmux; start tmux, and "
                          "this in it")
    pane = os.environ.get("TMUX_PANE", "")
    width = subprocess.run(
        ["tmux", "display-message", "-p", "-t", pane, "#{pane_width}"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
    wide = int(width or 0) >= WIDE
    size = ["-h", "-l", "80"] if wide else ["-v", "-l", "33%"]
    # QEMU has the keys while it runs; in between nobody must be interrupted.
    wait = ("trap '' INT QUIT TSTP; stty -echo; "
            "echo 'The console of the guest. gdb is in the other pane.'; "
            f"exec tail -s 0.2 --pid={os.getpid()} -f /dev/null")
    result = subprocess.run(
        ["tmux", "split-window", "-d", "-t", pane, *size, "-P", "-F",
         "#{pane_tty}", "sh", "-c", wait],
        stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if result.returncode:
        raise CannotDebug(f"--console pane: {result.stderr.strip()}")
    return Console(f"serial,path={result.stdout.strip()}", True,
                   "the pane " + ("on the right" if wide else "below"))


# ── gdb ──────────────────────────────────────────────────────────────────────

def become_gdb(session: Session, kernel: pathlib.Path, root: pathlib.Path,
               flags: str) -> None:
    """Start gdb with FLAGS in our place; it boots SESSION."""
    for fd in session.fds:
        os.set_inheritable(fd, True)
    # Nothing of the user's or of the directory's: the same for all in class.
    command = ["gdb", "-q", "-nx", "-iex", "set auto-load off",
               str(kernel.resolve()),
               "-ex", f"source {root}/scripts/gdb/faultline-gdb.py",
               "-ex", "start", *shlex.split(flags)]
    sys.stdout.flush()
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it
    if "MAKELEVEL" in os.environ and os.isatty(0) and \
            os.tcgetpgrp(0) == os.getpgrp():
        leave_make_behind()
    os.execvpe(command[0], command,
               {**os.environ, ENVIRONMENT: session.dump()})


def leave_make_behind() -> None:
    """Go on in a new process, to which alone the terminal's keys go.

    make takes a Ctrl-C that stops the guest for one that is to end make, and
    says so in the end. The old process stays, for make to wait for, and hands
    on what is to be known of the new one: that it ended, or that Ctrl-Z
    stopped it.
    """
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # of tcsetpgrp()
    prepare = qemu.die_with_parent()
    child = os.fork()
    if not child:
        prepare()
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        return
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        os.tcsetpgrp(0, os.getpgrp())
        if not os.WIFSTOPPED(status):
            break
        os.kill(0, signal.SIGTSTP)  # and here we are again: fg was typed
        os.tcsetpgrp(0, child)
        os.killpg(child, signal.SIGCONT)
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    sys.exit(128 + number if number else os.WEXITSTATUS(status))
