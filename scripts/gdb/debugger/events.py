"""What happened so far: events, the tail of the kernel's event stream.

The ring in kernel/trace/trace.c holds the newest 64 KiB of it, as text.
"""

import pathlib
from typing import Iterator, Optional

import gdb

from debugger import kernel
from debugger.command import Command, columns, paragraph
from faultline import narration
from faultline.events import Event, parse_event

OFF = """\
Tracing is off: nothing more is recorded. To switch it on, but for system
calls:
    set var trace_enabled = -1
scripts/run --gdb has all on from the start, unless --trace-events none."""

EVERYTHING = 1 << 16  # lines: more than the ring holds


def recorded() -> Iterator[Event]:
    """All events that the ring holds, the oldest first."""
    for line in kernel.trace_lines(EVERYTHING):
        event = parse_event(line)
        if event is not None:
            yield event


def decision_on(address: int) -> Optional[str]:
    """What handle_mm_fault said of the last page fault at ADDRESS."""
    told = None
    for event in recorded():
        if event.number("address", -1) != address:
            continue
        if event.name.startswith("page_fault_"):
            told = None
        elif event.name == "handle_mm_fault":
            kind = event.args.get("kind", "?")
            told = narration.FAULT_NAMES.get(kind, kind)
            if event.number("pfn"):
                told += f" (frame {event.args['pfn']})"
    return told


def event_line(event: Event) -> str:
    """An event without what is always the same in a line of ftrace's."""
    seconds, micros = divmod(event.microseconds, 1000000)
    name = "tracing_mark_write" if event.is_mark else event.name
    rest = f"{event.name}: {event.rest}" if event.is_mark else event.rest
    return paragraph(f"{name}: {rest}", f"{seconds:>4}.{micros:06} "
                     f"{event.comm}-{event.pid}  ", hanging=10)


def in_words(chosen: list[Event], count: int) -> str:
    """The last COUNT as scripts/narrate tells them, who knows the others."""
    told = bytearray()
    given = {pathlib.Path(each.filename).name: pathlib.Path(each.filename)
             for each in gdb.objfiles() if each.filename}
    narrator = narration.Narrator(
        told.extend, narration.symbols_finder(kernel.ROOT, given),
        min(columns(), 100))
    for event in chosen[:-count]:
        narrator.tell_line(event.raw)
    narrator.idle()
    told.clear()
    for event in chosen[-count:]:
        narrator.tell_line(event.raw)
    narrator.idle()
    return told.decode("utf-8", "replace").rstrip("\n")


class Events(Command):
    """Show the newest events of the kernel's event stream.
    Usage: events [N] [--words] [--pid PID] [--name EVENT]

    N lines, 10 if it is not given, the newest last: seconds since the boot,
    the program and its pid, the event. --words tells them as `scripts/run
    --narrate` does. --pid and --name choose; EVENT may be a part of a name,
    such as brk or fault.

    The kernel keeps the newest 64 KiB. In sessions of gdb's the events that
    tell of memory are on; `scripts/run --help` says how to choose others."""

    NAME = "events"
    ARGUMENTS = (0, 6)
    WORDS = ("--words", "--pid", "--name")

    def offer(self, text: str, word: str) -> list[str]:
        typed = text.rpartition(" ")[2]
        return [each[len(typed) - len(word):] for each in self.WORDS
                if each.startswith(typed)]

    def run(self, *words: str) -> None:
        count, tell, pid, name = self.parse(words)
        chosen = [event for event in recorded()
                  if pid in (None, event.pid) and name in event.name]
        shown = chosen[-count:] if count else []
        if shown:
            print(in_words(chosen, count) if tell else
                  "\n".join(map(event_line, shown)))
        if not int(kernel.symbol("trace_enabled")):
            print(OFF)
        elif not shown:
            print("no such event has been recorded yet")

    def parse(self, words: tuple[str, ...]
              ) -> tuple[int, bool, Optional[int], str]:
        """N, --words, --pid, --name."""
        count, tell, pid, name = 10, False, None, ""
        left = list(words)
        while left:
            word = left.pop(0)
            if word == "--words":
                tell = True
            elif word == "--name" and left:
                name = left.pop(0)
            elif word == "--pid" and left and left[0].isdigit():
                pid = int(left.pop(0))
            elif word.isdigit():
                count = int(word)
            else:
                self.usage()
        return count, tell, pid, name
