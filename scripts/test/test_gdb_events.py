"""events: the tail of the event stream."""

import re

from conftest import BUILD, KILL

TO_THE_END = "tbreak do_exit\ncontinue\n"


def test_newest_lines_as_the_guest_reads_them(run_gdb):
    """The program prints the stream; events shows the same, shorter."""
    output = run_gdb(TO_THE_END + "echo EVENTS\\n\nevents 10000\n",
                     BUILD / "user/cat", "/sys/kernel/tracing/trace")
    guest, _, ours = output.partition("EVENTS\n")
    told = re.findall(r"^ +(cat-1) .* (\d+\.\d+): (\w+: .*)$", guest,
                      re.MULTILINE)
    assert len(told) > 15
    ours = re.sub(r"\n {10}(?=\S)", " ", ours)
    for program, time, event in told:
        assert f"{time} {program}  {event}\n" in ours
    assert ours.count("\n") >= len(told)


def test_number_and_width(run_gdb):
    output = run_gdb(TO_THE_END + "echo EVENTS\\n\nevents 5\necho TEN\\n\n"
                     "events\necho END\\n\n", BUILD / "user/tour", "1")
    five, ten = re.search(r"EVENTS\n(.*)TEN\n(.*)END\n", output,
                          re.DOTALL).groups()
    assert len(re.findall(r"^ +\d+\.\d{6} tour-1  \w+: ", five,
                          re.MULTILINE)) == 5
    assert len(re.findall(r"^ +\d+\.\d{6} tour-1  \w+: ", ten,
                          re.MULTILINE)) == 10
    assert ten.endswith(five)
    assert max(map(len, ten.splitlines())) < 80


def test_choosing(run_gdb):
    output = run_gdb(TO_THE_END + "echo EVENTS\\n\n"
                     "events 100 --name brk_move\necho NONE\\n\n"
                     "events --pid 77\n", BUILD / "user/tour", "1")
    chosen, none = output.split("EVENTS\n")[1].split("NONE\n")
    assert "brk_move: start_brk=0x" in chosen
    assert set(re.findall(r"tour-1  (\w+)", chosen)) == {"brk_move"}
    assert none.startswith("no such event has been recorded yet\n")


def test_words(run_gdb):
    """As the narration tells them, with the figures of the whole stream."""
    output = run_gdb("tbreak sbrk\ncontinue\nbreak-on-syscall brk\ncontinue\n"
                     "continue\nfinish\ntbreak exit_to_user_mode\ncontinue\n"
                     "events 9 --words\n", BUILD / "user/tour", "1")
    words = " ".join(output.split())
    assert re.search(r"sys_brk moves mm->brk 0x\w+ → 0x\w+, \d+ KiB up", words)
    assert "no frame was taken" in words


def test_off(run_gdb):
    """With tracing off it says so, and what it says works."""
    output = run_gdb("events\nset var trace_enabled = -1\n" + TO_THE_END +
                     "echo EVENTS\\n\nevents --name page_fault\n",
                     options=["--trace-events", "none"])
    before, _, after = output.partition("EVENTS\n")
    assert "Tracing is off" in before
    assert "set var trace_enabled = -1" in before
    assert "page_fault_user: address=0x" in after


def test_usage(run_gdb):
    for words in ("--pid x", "--name", "ten", "-3"):
        output = run_gdb(f"events {words}\n", check=False)
        assert "usage: events [N] [--words] [--pid PID] [--name EVENT]" in \
            output
    assert "the machine is not running" in run_gdb(
        KILL + "events\n", check=False)
    assert "newest events" in run_gdb("help events\n")
