"""The event stream: from bytes to events.

The kernel writes one line per event on port 0xE9, in the text format of
Linux's ftrace (kernel/trace/trace.h):

                tour-1       [000] .....     0.012345: mm_page_alloc: page=…

Where that port shares a stream with a serial port, the byte 0x1e (ASCII's
"record separator") comes before each event line; all else is what the
programs wrote.
"""

import re
from dataclasses import dataclass, field
from typing import Iterator, Union

SEPARATOR = 0x1E

_HEAD = re.compile(
    r"\s*(?P<comm>.*?)-(?P<pid>\d+)\s+\[\d+\] \S+\s+"
    r"(?P<seconds>\d+)\.(?P<microseconds>\d+): (?P<name>\w+): ?(?P<rest>.*)")
_ARGUMENT = re.compile(
    r'(\w+)=("(?:[^"\\]|\\.)*"|.*?)(?= \w+=|$)')
_SYSCALL_ARGUMENT = re.compile(
    r'(\w+): (0x[0-9a-f]+)(?: "(?:[^"\\]|\\.)*"(?:\.\.\.)?)*')
_MARK = re.compile(r"(\w+):(?: |$)")


@dataclass
class Event:
    """One event. `args` maps names to the text behind them, as it stands.

    An event that a program wrote (tracing_mark_write) with malloc's marks is
    named after the mark: `name` is "malloc_split", not "tracing_mark_write".
    """
    name: str
    rest: str
    comm: str = ""
    pid: int = 0
    microseconds: int = 0
    raw: str = ""
    is_mark: bool = False
    _args: dict = field(default=None, repr=False, compare=False)

    @property
    def args(self) -> dict[str, str]:
        if self._args is None:
            if self.name.startswith("sys_enter_"):
                pairs = _SYSCALL_ARGUMENT.findall(self.rest)
            else:
                pairs = _ARGUMENT.findall(self.rest)
            self._args = {key: value.strip('"') for key, value in pairs}
        return self._args

    def number(self, name: str, otherwise: int = 0) -> int:
        """The argument NAME as a number: 0x… or decimal."""
        try:
            return int(self.args[name], 0)
        except (KeyError, ValueError):
            return otherwise


def parse_event(line: str) -> Union[Event, None]:
    """An event line without separator and newline; None if it is none."""
    match = _HEAD.match(line)
    if match is None:
        return None
    comm, pid, seconds, microseconds, name, rest = match.groups()
    is_mark = False
    if name == "tracing_mark_write":
        mark = _MARK.match(rest)
        if mark is not None:
            name = mark.group(1)
            rest = rest[mark.end():]
            is_mark = True
    return Event(name, rest, comm, int(pid),
                 int(seconds) * 1000000 + int(microseconds), line, is_mark)


def parse_trace(data: bytes) -> list[Event]:
    """All events of a bare trace, as `scripts/run --trace FILE` writes it."""
    events = (parse_event(line.decode("utf-8", "replace").lstrip("\x1e"))
              for line in data.splitlines())
    return [event for event in events if event is not None]


class StreamSplitter:
    """Cut the ordered stream into the programs' bytes and event lines.

    feed() takes blocks as they arrive and yields, in order, bytes (what the
    programs wrote) and str (an event line). A line that is not yet complete
    waits for the next block.
    """

    def __init__(self) -> None:
        self._unfinished = b""

    def feed(self, block: bytes) -> Iterator[Union[bytes, str]]:
        block = self._unfinished + block
        self._unfinished = b""
        position = 0
        while position < len(block):
            start = block.find(SEPARATOR, position)
            if start < 0:
                yield block[position:]
                return
            if start > position:
                yield block[position:start]
            end = block.find(b"\n", start)
            if end < 0:
                self._unfinished = block[start:]
                return
            yield block[start + 1:end].decode("utf-8", "replace")
            position = end + 1

    def close(self) -> Iterator[Union[bytes, str]]:
        """The stream ended; what is left of a line that was cut off."""
        if self._unfinished:
            yield self._unfinished[1:].decode("utf-8", "replace")
            self._unfinished = b""
