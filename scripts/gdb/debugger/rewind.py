"""Going back: gdb on the replay of a recorded run (make rewind).

A moment of the run is a number: how many instructions the CPU has executed
since it was switched on. QEMU goes to any moment, back too, by loading the
last snapshot before it and running on from there, always the same way. So
begin() first replays the run once to its end, then takes snapshots.

The machine must not come to its end in a replay: QEMU would end as well. It is
stopped one moment before.
"""

import bisect
import contextlib
import hashlib
import linecache
import os
import re
from dataclasses import dataclass, field
from typing import Iterator, Optional

import gdb

from debugger import kernel, program, session, trap
from debugger.command import Command, address_of, paragraph
from faultline.recording import FIRST_SNAPSHOT

SNAPSHOTS = 24  # at most, and one at most every so many instructions
INTERVAL = 50_000
DISK = 512 << 20  # bytes that they may take, about

# Where the kernel stops the machine: no function of these returns.
ENDS = ("machine_power_off", "machine_panic_exit", "machine_restart")

# What lets the machine run; reverse-step is `step` with another direction.
RUNNERS = ("continue", "step", "next", "stepi", "nexti", "finish", "until",
           "advance")

LIVE = ("this machine runs now, it cannot go back: `make rewind PROGRAM=…`, "
        "or scripts/run --rewind PROGRAM, records a run and replays it here")


@dataclass
class History:
    """The moments of a recorded run."""
    end: int  # the last one there is
    main: Optional[int] = None  # the program's main() begins
    exit: Optional[int] = None  # the program has ended or is being killed
    faithful: bool = True  # the replay prints what the run has printed
    snapshots: list[int] = field(default_factory=lambda: [0])

    def name(self, moment: int) -> str:
        return f"instruction {moment:,} of {self.end:,}"


history: Optional[History] = None


# ── QEMU, through gdb ────────────────────────────────────────────────────────

def monitor(command: str) -> str:
    return gdb.execute(f"monitor {command}", to_string=True)


def now() -> int:
    """The present moment."""
    match = re.search(r"instruction count = (\d+)", monitor("info replay"))
    if match is None:
        raise gdb.GdbError("QEMU does not say where in the replay it is")
    return int(match.group(1))


def load_snapshot(moment: int) -> None:
    """Go to a moment that there is a snapshot of."""
    answer = monitor(f"loadvm {snapshot_name(moment)}")
    if answer.strip():
        raise gdb.GdbError(f"QEMU: {answer.strip()}")
    # gdb has not noticed.
    gdb.execute("maintenance flush register-cache", to_string=True)
    gdb.execute("maintenance flush dcache", to_string=True)


def take_snapshot(moment: int) -> None:
    monitor(f"savevm {snapshot_name(moment)}")
    bisect.insort(history.snapshots, moment)


def snapshot_name(moment: int) -> str:
    return f"at-{moment}" if moment else FIRST_SNAPSHOT


def run_until(moment: int) -> None:
    """Run forwards to MOMENT."""
    monitor(f"replay_break {moment}")
    session.quietly("continue")


def move_to(moment: int) -> None:
    """Go to MOMENT, forwards or backwards, from the snapshot before it: so gdb
    sees the machine run and stop, and all that follow its stops do."""
    if moment == 0:
        load_snapshot(0)
        return
    index = bisect.bisect_left(history.snapshots, moment) - 1
    load_snapshot(history.snapshots[index])
    run_until(moment)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Inside, no breakpoint stops the machine but those made there, and no
    stop is shown: not even the signal that QEMU's stops look like."""
    others = [breakpoint for breakpoint in gdb.breakpoints()
              if breakpoint.enabled]
    for breakpoint in others:
        breakpoint.enabled = False
    hooks.asleep = True
    try:
        with contextlib.nullcontext() if session.has_windows() else \
                session.silence():
            yield
    finally:
        hooks.asleep = False
        for breakpoint in others:
            if breakpoint.is_valid():
                breakpoint.enabled = True


def show(command: str) -> None:
    """Execute a command of gdb's that prints; into the TUI only print() does
    without disorder."""
    if session.has_windows():
        print(gdb.execute(command, to_string=True), end="")
    else:
        gdb.execute(command)


# ── Getting ready ────────────────────────────────────────────────────────────

def begin() -> None:
    """Replay the run once, take snapshots, and go to the program's main()."""
    global history
    print("Recorded. Replaying it once to its end, to take snapshots …")
    with alone():
        for breakpoint in gdb.breakpoints():  # learns if others are run, too
            breakpoint.enabled = isinstance(breakpoint, program.OnExec)
        session.machine.start()
        history = first_pass()
        take_snapshots(history.main or 0)
        move_to(history.main or 0)
    OnExitBack()
    if not history.faithful:
        print("Caution: the replay does not print what was printed when the "
              "run was\nrecorded. Do not trust it.")
    if history.main is None:
        print("The program never came to its main().")
    show("frame")
    tell(f"A recorded run, at {history.name(now())}. Back: reverse-step, "
         "reverse-next, reverse-continue, … (help reverse). `goto end` goes "
         "to the program's end, `who-mapped ADDRESS` to where a page got its "
         "frame.")


def first_pass() -> History:
    """Run from the beginning to the end, to know where it is."""
    found = History(end=0)
    stops = {int(kernel.symbol(name).address): name
             for name in (*ENDS, "do_exit")}
    breakpoints = [gdb.Breakpoint(f"*{address:#x}", internal=True)
                   for address in stops]
    session.stop_in_main()
    if pc() not in stops:
        found.main = moment_of_main()
        gdb.execute("continue")
    while not found.end:
        name = stops.get(pc())
        if name in ENDS:
            found.end = now()
        elif name == "do_exit":
            if int(kernel.current()["pid"]) == 1:
                found.exit = now()
            gdb.execute("continue")
        else:  # QEMU was ended, or the machine reset itself
            found.end = now() - 1
    for breakpoint in breakpoints:
        breakpoint.delete()
    found.faithful = prints_the_same()
    if pc() not in stops:
        session.machine.start()  # this one cannot go on
    return found


def moment_of_main() -> int:
    """The present moment. But where the page of main()'s first instruction is
    still to come, the page fault has the same number; so it comes first."""
    entry = kernel.page_entry(kernel.current_mm(), pc())
    if entry is None or not entry.present:
        gdb.Breakpoint(f"*{pc():#x}", internal=True, temporary=True)
        gdb.execute("continue")
    return now()


def pc() -> int:
    return gdb.newest_frame().pc()


def prints_the_same() -> bool:
    """Has the replay printed what the run did when it was recorded?"""
    for fd, digest in session.machine.session.printed:
        with open(f"/proc/self/fd/{fd}", "rb") as file:
            if hashlib.sha256(file.read()).hexdigest() != digest:
                return False
    return True


def take_snapshots(start: int) -> None:
    """From START to the end; and one before, for steps back over START."""
    disk = session.machine.session.disk
    step = max(INTERVAL, (history.end - start) // SNAPSHOTS)
    first = max(start - INTERVAL, 1)
    move_to(first)
    take_snapshot(first)
    for moment in range(start, history.end, step):
        run_until(moment)
        take_snapshot(moment)
        if os.fstat(disk).st_blocks * 512 > DISK:
            break


# ── The two ends ─────────────────────────────────────────────────────────────

class Hooks:
    """What happens before gdb lets the machine run, and after it stopped."""

    asleep = False
    breakpoint: Optional[int] = None  # the last one that was hit

    def install(self) -> None:
        gdb.events.stop.connect(self.on_stop)
        for name in RUNNERS:
            gdb.execute(f"define hook-{name}\nhistory-goes-on\nend",
                        to_string=True)

    def before_running(self) -> None:
        """There must be a moment to run to."""
        if self.asleep or history is None:
            return
        moment = now()
        back = "Reverse" in gdb.execute("show exec-direction", to_string=True)
        if back and moment == 0:
            raise gdb.GdbError("the history begins here: the machine has just "
                               "been switched on (goto main)")
        if not back and moment >= history.end:
            raise gdb.GdbError("the history ends here: nothing more was "
                               "recorded (goto main, or reverse-…)")

    def on_stop(self, event: gdb.StopEvent) -> None:
        if history is None:
            return
        moment = now()
        if moment < history.end:
            # Each step back makes QEMU forget this.
            monitor(f"replay_break {history.end}")
        if self.asleep:
            return
        if isinstance(event, gdb.BreakpointEvent):
            self.breakpoint = next((each.number for each in event.breakpoints
                                    if each.number > 0), self.breakpoint)
        if moment >= history.end:
            print("\nThe end of the history: " + what_ended_it())
        elif moment == 0:
            print("\nThe start of the history: the machine has just been "
                  "switched on (goto main).")


def what_ended_it() -> str:
    frame = gdb.newest_frame()
    if frame.name() in ENDS:
        return "the kernel is about to stop the machine."
    return "here the recording was ended, or the machine reset itself."


hooks = Hooks()


class OnExitBack(kernel.Watch):
    """Going back, a program begins at its end: there it has lost its address
    space already, by which its symbols would be found."""

    def __init__(self) -> None:
        super().__init__("do_exit")

    def reached(self) -> bool:
        program.follow(program.executable(kernel.current()["mm"]))
        return False


class HistoryGoesOn(Command):
    """Complain if there is no moment to run to; gdb calls it before it runs.
    Usage: history-goes-on"""

    NAME = "history-goes-on"

    def run(self) -> None:
        hooks.before_running()


# ── Commands ─────────────────────────────────────────────────────────────────

def tell(text: str) -> None:
    print(paragraph(text))


def need_history() -> History:
    if history is None:
        raise gdb.GdbError(LIVE)
    return history


class Goto(Command):
    """Go to a moment of a recorded run, or say which one this is.
    Usage: goto [main|end|start|MOMENT]

    main   where the program's main() begins
    end    where the program exits or is killed; what follows (continue) is
           what the kernel takes back
    start  where the machine is switched on
    MOMENT a number: so many instructions after the start

    Only in a replay (make rewind). Breakpoints on the way do not count."""

    NAME = "goto"
    ARGUMENTS = (0, 1)

    def run(self, word: str = "") -> None:
        moments = need_history()
        if not word:
            ends = {"main() begins": moments.main,
                    "the program ends": moments.exit}
            tell(f"This is {moments.name(now())}; " + ", ".join(
                f"{what} at {at:,}" for what, at in ends.items()
                if at is not None) + ".")
            return
        moment = self.moment(moments, word)
        with alone():
            move_to(moment)
        show("frame")

    def moment(self, moments: History, word: str) -> int:
        names = {"start": 0, "main": moments.main,
                 "end": moments.end if moments.exit is None else moments.exit}
        if word in names:
            if names[word] is None:
                raise gdb.GdbError("the program never came to its main()")
            return names[word]
        try:
            moment = int(word.replace(",", ""))
        except ValueError:
            raise gdb.GdbError(f"{word}: main, end, start or a number of "
                               "instructions is wanted") from None
        if not 0 <= moment <= moments.end:
            raise gdb.GdbError(f"{word}: the history goes from 0 to "
                               f"{moments.end}")
        return moment

    def offer(self, _text: str, word: str) -> list[str]:
        return [name for name in ("main", "end", "start")
                if name.startswith(word)]


# ── Steps back ───────────────────────────────────────────────────────────────

def is_user() -> bool:
    return pc() < kernel.TASK_SIZE


def back_over_line() -> None:
    """gdb's own reverse-next. But to gdb a page fault is a signal, and the
    kernel its handler: going back it would stop there."""
    from_user = is_user()
    function = gdb.newest_frame().name()
    hooks.breakpoint = None
    next_back()
    while from_user and not is_user() and hooks.breakpoint is None and \
            now() and trap.innermost():
        back_to_program()
        if is_user() and gdb.find_pc_line(pc()).pc != pc():
            next_back()  # to where the line begins
    if hooks.breakpoint is not None:
        print(f"\nBreakpoint {hooks.breakpoint}")
    gdb.newest_frame().select()
    if gdb.newest_frame().name() == function and is_user():
        show_line(gdb.newest_frame())
    else:
        show("frame")


def next_back() -> None:
    """Go back a line; where that leads is not shown."""
    gdb.execute("set exec-direction reverse")
    try:
        session.quietly("next")
    finally:
        gdb.execute("set exec-direction forward")


def back_to_program() -> None:
    """From within the kernel to the program's instruction that led there, or
    to a breakpoint on the way."""
    *_, outermost = trap.traps()
    target = gdb.Breakpoint(f"*{outermost.ip:#x}", internal=True)
    try:
        with session.silence():
            session.quietly("reverse-continue")
            if not is_user() and hooks.breakpoint is None:
                # The same moment: the page fault has just begun.
                session.quietly("reverse-stepi")
    finally:
        target.delete()


# ── who-mapped ───────────────────────────────────────────────────────────────

@dataclass
class Change:
    """An instruction that writes a page-table entry."""
    before: int  # the entry
    after: int


def find_change(mm: gdb.Value, address: int) -> Optional[Change]:
    """Go back to the last moment before the entry of MM's page at ADDRESS was
    written; None: that was never, up to the moment when MM was made."""
    birth = int(mm["pgd"].address)
    directory_entry = int(mm["pgd"]) + (address >> 22) * 4
    while True:
        entry = kernel.page_entry(mm, address)
        places = [birth, directory_entry]
        if entry is not None:
            # Its page table may have been something else before: but then
            # the write of the directory's entry is met first.
            places.append(entry.pte_at)
        after, before = run_back_to_change(places)
        if before is None or before[0] != after[0]:
            return None
        if before[1] == after[1]:
            return Change(before[2], after[2])


def run_back_to_change(places: list[int]) -> tuple[list[int], Optional[
        list[int]]]:
    """Run back to just before an instruction that changes one of the words of
    the kernel's memory at PLACES. Returns them as they are after it and before
    it; None: this is the start of the history.

    The CPU marks entries as accessed and dirty by itself; that is no change.
    """
    def words() -> list[int]:
        return [kernel.word(place) & ~(kernel.ACCESSED | kernel.DIRTY)
                for place in places]

    after = words()
    session.quietly("reverse-stepi")
    while now() and words() == after:
        # A watchpoint stops just behind the instruction that writes.
        watchpoints = [
            gdb.Breakpoint(f"*(unsigned long *) {place:#x}",
                           gdb.BP_WATCHPOINT, gdb.WP_WRITE, internal=True)
            for place in places]
        try:
            session.quietly("reverse-continue")
        finally:
            for watchpoint in watchpoints:
                watchpoint.delete()
        if now():
            session.quietly("reverse-stepi")
    return after, words() if now() else None


class WhoMapped(Command):
    """Go back to where a page of the program's got its frame.
    Usage: who-mapped ADDRESS

    Runs a recorded run back to the last write of the page's entry in the page
    table, stops just before it, and shows the way there: from the program's
    line that touched the page to the kernel's line that writes the entry. The
    next stepi writes it. If the page has no entry any more, it is found who
    took it away. Once more finds the write before: that of the zero page, or
    of a frame shared since fork().

    Only in a replay (make rewind). `goto` leads back to where you were."""

    NAME = "who-mapped"
    ARGUMENTS = (1, 1)
    COMPLETE = gdb.COMPLETE_EXPRESSION

    def run(self, expression: str) -> None:
        need_history()
        address = address_of(expression)
        page = address & ~(kernel.PAGE_SIZE - 1)
        if address >= kernel.TASK_SIZE:
            raise gdb.GdbError(f"{address:#x} is the kernel's: its part of "
                               "the page tables is made at boot")
        if not kernel.current()["mm"]:
            raise gdb.GdbError("the program is gone here; `goto end` goes to "
                               "where it still has its pages")
        mm = kernel.current_mm()
        origin = now()
        with alone():
            change = find_change(mm, page)
            if change is None:
                move_to(origin)
        if change is None:
            tell(f"Page {page:#010x} has had no frame in this address space "
                 "up to here: nothing has touched it" +
                 ("." if is_promised(mm, page) else ", and no area has it."))
            return
        tell(f"Page {page:#010x} {what_changed(change)}, "
             f"{way_here(page)}.")
        show("backtrace -frame-arguments presence")
        show_line(gdb.newest_frame())
        tell(f"stepi writes the entry; `goto {origin}` is where you were.")


def show_line(frame: gdb.Frame) -> None:
    line = frame.find_sal()
    text = linecache.getline(line.symtab.fullname(), line.line).rstrip()
    print(f"{line.line}\t{text}")


def is_promised(mm: gdb.Value, page: int) -> bool:
    area = kernel.find_vma(mm, page)
    return area is not None and area.start <= page


def frame_name(entry: int) -> str:
    pfn = entry >> 12
    return "the zero page" if pfn == kernel.zero_pfn() else f"frame {pfn:#x}"


def what_changed(change: Change) -> str:
    before, after = change.before, change.after
    if not before:
        return f"got {frame_name(after)}"
    if not after:
        return f"lost {frame_name(before)}"
    if before >> 12 != after >> 12:
        return f"got {frame_name(after)} in place of {frame_name(before)}"
    return (f"kept {frame_name(before)}, whose entry changed from "
            f"“{kernel.flag_words(before)}” to “{kernel.flag_words(after)}”")


# They only write what their callers have decided.
WRITERS = {"set_pte", "clear_pte", "map_page", "mk_pte"}


def way_here(page: int) -> str:
    """In words: from the program to the change of PAGE's entry."""
    frame = gdb.newest_frame()
    names = []
    while frame is not None and int(frame.pc()) >= kernel.TASK_SIZE:
        names.append(frame.name())
        frame = frame.older()
    function = next(name for name in names if name not in WRITERS)
    text = cause(page)
    if frame is None or not text:
        return f"in {function}(), when the program was loaded"
    return f"in {function}(), for {text} at {places(frame)}"


def cause(page: int) -> str:
    """What the program did that brought the kernel to PAGE; "": there was
    none yet."""
    *inner, outermost = [*trap.traps()] or [None]
    if outermost is None or not outermost.user:
        return ""
    if outermost.vector == trap.SYSCALL_VECTOR:
        call = trap.syscall_numbered(outermost.code)
        if call is None:
            return "a system call"
        if call.name.startswith("execve"):
            return ""
        return ("the kernel's own access in " if inner else "") + \
            f"the system call {call.name}()"
    kind = trap.access(outermost.code, page,
                       outermost.ip & ~(kernel.PAGE_SIZE - 1))
    return {"write": "the store", "read": "the load",
            "execute": "the instruction"}[kind]


def places(frame: gdb.Frame) -> str:
    """FRAME's line; if that is in libc, the line that called it, too."""
    text = place(frame)
    while frame is not None and is_libc(frame):
        frame = frame.older()
    if frame is not None and place(frame) != text:
        text += f", called at {place(frame)}"
    return text


def place(frame: gdb.Frame) -> str:
    line = frame.find_sal()
    where = f"{line.symtab.filename}:{line.line}" if line.symtab else \
        f"{int(frame.pc()):#x}"
    return where + (f" in {frame.name()}()" if frame.name() else "")


def is_libc(frame: gdb.Frame) -> bool:
    symtab = frame.find_sal().symtab
    return symtab is None or \
        symtab.fullname().startswith(str(kernel.ROOT / "libc") + os.sep)


# ── In a replay some commands mean something else ────────────────────────────

if session.machine.session is not None and \
        session.machine.session.printed is not None:

    class Start(Command):
        """Go to the beginning of the program's main().
        Usage: start"""

        NAME = "start"

        def run(self) -> None:
            if history is None:
                begin()
            else:
                gdb.execute("goto main")

    class ReverseNext(Command):
        """Step back a line of the program's, over calls and page faults.
        Usage: reverse-next [COUNT]

        COUNT lines, if given. What a page fault on the way did in the kernel
        is gone over like a call (reverse-step goes into it)."""

        NAME = "reverse-next"
        ARGUMENTS = (0, 1)

        def run(self, count: str = "1") -> None:
            for _ in range(int(gdb.parse_and_eval(count))):
                back_over_line()

    class Run(Command):
        """Run the program from the beginning of its main().
        Usage: run"""

        NAME = "run"

        def run(self) -> None:
            gdb.execute("start")
            gdb.execute("continue")

    class Starti(Command):
        """Go to where the machine is switched on.
        Usage: starti"""

        NAME = "starti"

        def run(self) -> None:
            gdb.execute("goto start")

    class Kill(Command):
        """A replay ends with gdb: quit.
        Usage: kill"""

        NAME = "kill"

        def run(self) -> None:
            raise gdb.GdbError("a replay ends with gdb: quit")

    hooks.install()
