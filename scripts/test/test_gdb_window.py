"""layout mm: the address space beside the source."""

import re

from conftest import BUILD


def test_trace_lines(run_gdb):
    """The event stream as gdb reads it is as programs read it."""
    output = run_gdb(
        "break do_exit\n"
        "continue\n"
        "python from debugger import kernel\n"
        "python print('EVENTS', *kernel.trace_lines(10000), sep='\\n')\n"
        "python print('TWO', *kernel.trace_lines(2), sep='\\n')\n",
        BUILD / "user/cat", "/sys/kernel/tracing/trace")
    events, last = re.search(r"^EVENTS\n(.*?)TWO\n(.*?\n.*?\n)", output,
                             re.MULTILINE | re.DOTALL).groups()
    printed = [line for line in output.partition("EVENTS")[0].splitlines()
               if re.match(r" +\w+-\d+ +\[000\] ", line)]
    assert len(printed) > 20
    assert events.splitlines()[:len(printed)] == printed
    assert events.endswith(last)
    # What malloc would mark is left out, so that one can step through it.
    assert "tracing_mark_write" not in events
