"""scripts/run: bytes in, bytes out, the exit status, and clear words when it
cannot be. The first part runs against fake_qemu.py, the second for real."""

import json
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest

from conftest import BUILD, ROOT, RUN
from faultline import command_line, cpio

FAKE = pathlib.Path(__file__).with_name("fake_qemu.py")


def elf_header(kind=2, machine=3, elf_class=1, segments=()) -> bytes:
    """The smallest ELF file that scripts/run takes for a program."""
    header = b"\x7fELF" + bytes([elf_class, 1, 1]) + bytes(9)
    header += struct.pack("<HHIIIIIHHHHHH", kind, machine, 1, 0, 52, 0, 0,
                          52, 32, len(segments), 0, 0, 0)
    return header + b"".join(struct.pack("<8I", segment, *[0] * 7)
                             for segment in segments)


class Fake:
    """A directory with a fake QEMU, a fake build/ and a program."""

    def __init__(self, directory: pathlib.Path) -> None:
        self.directory = directory
        binaries = directory / "bin"
        binaries.mkdir()
        qemu = binaries / "qemu-system-i386"
        qemu.write_text(f"#!/bin/sh\nexec {sys.executable} {FAKE} \"$@\"\n")
        qemu.chmod(0o755)
        (directory / "temporary").mkdir()
        self.environment = dict(
            os.environ, PATH=f"{binaries}:{os.environ['PATH']}",
            PYTHONPATH=str(ROOT / "scripts"),
            TMPDIR=str(directory / "temporary"))
        self.build = directory / "build"
        self.build.mkdir()
        (self.build / "kernel.elf").write_bytes(b"")
        (self.build / "initrd.cpio").write_bytes(b"")
        (directory / "prog").write_bytes(elf_header())

    def command(self, *arguments) -> list:
        return [RUN, "--build", self.build, *arguments]

    def run(self, *arguments, stdin=b"", **more) -> subprocess.CompletedProcess:
        more.setdefault("capture_output", True)
        return subprocess.run(self.command(*arguments), input=stdin,
                              cwd=self.directory, timeout=60,
                              env=self.environment | more.pop("env", {}),
                              **more)

    def start(self, *arguments, **more) -> subprocess.Popen:
        return subprocess.Popen(self.command(*arguments), cwd=self.directory,
                                env=self.environment, **more)

    def left_behind(self) -> list[str]:
        return os.listdir(self.directory / "temporary")


@pytest.fixture
def fake(tmp_path):
    return Fake(tmp_path)


def wait_until(condition, seconds=20) -> bool:
    """Wait for something outside of this process to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        os.sched_yield()
    return True


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


# ── Streams and status ───────────────────────────────────────────────────────

def test_exit_status_is_the_programs(fake):
    for status in (0, 1, 7, 139, 255):
        result = fake.run("prog", "exit", str(status))
        assert result.returncode == status
        assert result.stdout == b""
        assert result.stderr == b""


def test_input_reaches_the_program_byte_for_byte(fake):
    data = bytes(range(256)) * 300 + b"\xff\xff\x00\xff"
    assert fake.run("prog", "cat", stdin=data).stdout == data
    assert fake.run("prog", "cat", stdin=b"").stdout == b""
    assert fake.run("prog", "cat", stdin=b"\xff").stdout == b"\xff"


def test_input_from_dev_null(fake):
    result = subprocess.run(
        fake.command("prog", "cat"), stdin=subprocess.DEVNULL,
        capture_output=True, cwd=fake.directory, env=fake.environment,
        timeout=60)
    assert result.stdout == b""
    assert result.returncode == 0


def test_stdout_and_stderr_are_kept_apart(fake):
    result = fake.run("prog", "both")
    assert result.stdout == b"out 1\nout 2\n"
    assert result.stderr == b"err\n"


def test_one_file_for_stdout_and_stderr_keeps_the_order(fake):
    result = fake.run("prog", "both", capture_output=False,
                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert result.stdout == b"out 1\nerr\nout 2\n"


def test_nothing_is_left_behind(fake):
    assert fake.run("prog", "cat", stdin=b"x").returncode == 0
    assert fake.left_behind() == []


# ── What the kernel is told ──────────────────────────────────────────────────

@pytest.mark.parametrize("given", [
    ["plain", "two words", "", "--", "-x"],
    ['a "quoted" word', "back\\slash", "both \\\" of them", "tab\there"],
    ["umlaut ü", "line\nend", "=", "a=b c"],
])
def test_arguments_arrive_as_they_were_given(fake, given):
    result = fake.run("prog", "arguments", *given)
    assert json.loads(result.stdout) == ["arguments", *given]


def test_quoting_is_what_the_kernel_reads():
    assert command_line.quote("plain") == "plain"
    assert command_line.quote("two words") == '"two words"'
    assert command_line.quote("") == '""'
    assert command_line.quote('a"b\\') == '"a\\"b\\\\"'
    assert command_line.split('a  "b c" d"e f"g ""') == [
        "a", "b c", "de fg", ""]


@pytest.mark.parametrize("words", [["x" * 5000], ["x"] * 300])
def test_arguments_that_do_not_fit_are_not_cut_short(fake, words):
    result = fake.run("prog", "arguments", *words)
    assert result.returncode == 126
    assert b"command line" in result.stderr


def test_words_on_the_command_line(fake):
    words = json.loads(fake.run(
        "--env", "A=b c", "--append", 'x=1 "y=2 3"', "--trace-events",
        "brk,mmap2", "./prog", "words").stdout)
    assert "init=./prog" in words
    assert "debug_exit" in words
    assert "A=b c" in words
    assert words[words.index("x=1") + 1] == "y=2 3"
    assert "trace=brk,mmap2" in words
    assert "stdin=/dev/ttyS1" in words
    assert "stdout=/dev/ttyS1" in words
    assert "stderr=/dev/ttyS2" in words


def test_no_tracing_unless_asked_for(fake):
    words = json.loads(fake.run("prog", "words").stdout)
    assert not [word for word in words if word.startswith("trace")]
    words = json.loads(fake.run("--trace", "t", "prog", "words").stdout)
    assert "trace=path" in words
    assert "trace_separator" not in words


@pytest.mark.parametrize("name, path", [
    ("prog", "prog"), ("./prog", "prog"), ("sub/../prog", "prog"),
    ("../prog", "prog"),
])
def test_the_program_lies_where_its_name_says(fake, name, path):
    (fake.directory / "sub").mkdir()
    if name.startswith(".."):
        fake.directory = fake.directory / "sub"
    files = json.loads(fake.run(name, "files").stdout)
    mode, content = files[path]
    assert mode == 0o100755
    assert content.encode("latin-1") == elf_header()


def test_add_puts_files_beside_the_program(fake):
    (fake.directory / "data").mkdir()
    (fake.directory / "data/a").write_text("A")
    (fake.directory / "data/b").write_text("B")
    (fake.directory / "n:o").write_text("colon")
    files = json.loads(fake.run(
        "--add", "data/a", "--add", "data/b:/etc/b", "--add", "data/b:/x/",
        "--add", "n:o", "--add", "data:/all", "prog", "files").stdout)
    found = {name: data for name, (mode, data) in files.items()
             if mode & 0o170000 == 0o100000 and name != "prog"}
    assert found == {"data/a": "A", "etc/b": "B", "x/b": "B", "n:o": "colon",
                     "all/a": "A", "all/b": "B"}


def test_add_keeps_the_links_of_a_directory(fake):
    (fake.directory / "data").mkdir()
    (fake.directory / "data/a").write_text("A")
    (fake.directory / "data/link").symlink_to("a")
    files = json.loads(fake.run("--add", "data", "--add", "data/link:/named",
                                "prog", "files").stdout)
    assert files["data/link"] == [0o120777, "a"]
    assert files["named"] == [0o100644, "A"]


def test_print_command_prints_what_can_be_pasted(fake):
    result = fake.run("--print-command", "prog", "exit", "9")
    assert result.stdout.startswith(b"qemu-system-i386 ")
    assert b" -- exit 9" in result.stdout
    overlay = (fake.build / "overlay.cpio").read_bytes()
    assert "prog" in cpio.members(overlay)


# ── Looking inside ───────────────────────────────────────────────────────────

def test_trace_goes_to_a_file_or_to_stderr(fake):
    result = fake.run("--trace", "events", "prog", "exit", "3")
    text = (fake.directory / "events").read_text()
    assert result.returncode == 3
    assert "machine_power_off: status=3" in text
    assert "\x1e" not in text
    result = fake.run("--trace", "-", "prog", "exit", "3")
    assert b"machine_power_off: status=3" in result.stderr


def test_narrate_tells_between_the_lines(fake):
    result = fake.run("--narrate", "--trace", "events", "prog", "tell")
    assert result.returncode == 0
    lines = result.stdout.decode().splitlines()
    assert lines[:2] == ["line 1", "line"]
    assert lines[2].startswith("        kernel  brk(0)")
    assert " 2" in lines
    assert b"\r" not in result.stdout
    text = (fake.directory / "events").read_text()
    assert "sys_exit_brk: 0x804c000" in text
    assert "\x1e" not in text


def test_log_is_shown_when_asked_for(fake):
    assert fake.run("prog", "exit", "0").stderr == b""
    assert fake.run("--log", "prog", "exit", "0").stderr == \
        b"the kernel is up\n"


# ── When it cannot be ────────────────────────────────────────────────────────

@pytest.mark.parametrize("content, status, words", [
    (None, 127, "no such file"),
    (b"#!/bin/sh\n", 126, "a script"),
    (b"text", 126, "not an ELF file"),
    (elf_header(elf_class=2), 126, "64-bit"),
    (elf_header(machine=40), 126, "another machine"),
    (elf_header(kind=1), 126, "not a linked program"),
    (elf_header(segments=[1, 3]), 126, "dynamically linked"),
    (elf_header()[:40], 126, "cut off"),
    (elf_header(segments=[1])[:60], 126, "cut off"),
])
def test_a_program_that_cannot_run(fake, content, status, words):
    if content is not None:
        (fake.directory / "bad").write_bytes(content)
    result = fake.run("bad")
    assert result.returncode == status
    assert result.stdout == b""
    message = result.stderr.decode()
    assert message.startswith("run: bad: ")
    assert words in message
    assert message.count("\n") == 1


def test_a_directory_is_no_program(fake):
    result = fake.run("bin")
    assert result.returncode == 126
    assert b"run: bin: " in result.stderr


def test_missing_kernel(fake):
    (fake.build / "kernel.elf").unlink()
    result = fake.run("prog")
    assert result.returncode == 127
    assert b"make" in result.stderr
    assert result.stderr.count(b"\n") == 1


def test_missing_qemu(fake):
    result = fake.run("prog", env={"PATH": str(fake.directory)})
    assert result.returncode == 127
    assert b"scripts/setup" in result.stderr
    assert b"qemu-system-x86" in result.stderr


@pytest.mark.parametrize("arguments, words", [
    ([], "PROGRAM"),
    (["--memory", "lots", "prog"], "lots"),
    (["--memory", "2M", "prog"], "less than 3M"),
    (["--env", "novalue", "prog"], "NAME=VALUE"),
    (["--env", "init=/x", "prog"], "init"),
    (["--iso", "--kernel", "prog"], "not allowed"),
    (["--demo", "prog"], "own programs"),
])
def test_wrong_options(fake, arguments, words):
    result = fake.run(*arguments)
    assert result.returncode == 2
    assert words in result.stderr.decode()


def test_a_missing_file_to_add(fake):
    result = fake.run("--add", "nowhere", "prog")
    assert result.returncode == 127
    assert b"nowhere" in result.stderr


def test_qemu_fails(fake):
    result = fake.run("prog", env={"FAKE_QEMU": "-qemu-fails"})
    assert result.returncode == 125
    assert b"no such machine" in result.stderr


def test_a_panic_is_reported_with_the_log(fake):
    result = fake.run("prog", "panic")
    assert result.returncode == 125
    message = result.stderr.decode()
    assert "the kernel panicked: no more frames" in message
    assert "the last words" in message


@pytest.mark.parametrize("when", ["triple-fault", "late-triple-fault"])
def test_a_triple_fault_is_no_success(fake, when):
    result = fake.run("prog", when)
    assert result.returncode == 125
    assert b"triple fault" in result.stderr


# ── The end, whatever happens ────────────────────────────────────────────────

def qemu_of(run: subprocess.Popen) -> int:
    """The fake QEMU says its process id first."""
    return int(run.stdout.readline())


def test_timeout(fake):
    result = fake.run("--timeout", "1", "prog", "hang")
    assert result.returncode == 124
    assert b"1 seconds" in result.stderr
    assert wait_until(lambda: not is_running(int(result.stdout)))
    assert fake.left_behind() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM,
                                    signal.SIGHUP, signal.SIGKILL])
def test_no_qemu_outlives_a_signal(fake, number):
    run = fake.start("prog", "hang", stdin=subprocess.DEVNULL,
                     stdout=subprocess.PIPE)
    pid = qemu_of(run)
    assert is_running(pid)
    run.send_signal(number)
    assert run.wait(timeout=20) == -number
    assert wait_until(lambda: not is_running(pid))
    assert fake.left_behind() == []
    run.stdout.close()


def test_a_signal_before_the_first_byte_leaves_nothing(fake):
    run = fake.start("prog", "mute", stdin=subprocess.DEVNULL)
    assert wait_until(fake.left_behind)
    run.send_signal(signal.SIGTERM)
    run.send_signal(signal.SIGINT)  # must not stop the clearing up
    assert run.wait(timeout=20) in (-signal.SIGTERM, -signal.SIGINT)
    assert fake.left_behind() == []


def test_a_closed_stdout_ends_the_run(fake):
    run = fake.start("prog", "spew", stdin=subprocess.DEVNULL,
                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert run.stdout.read(4) == b"y\ny\n"
    run.stdout.close()
    assert run.wait(timeout=20) == -signal.SIGPIPE
    assert run.stderr.read() == b""
    run.stderr.close()


def test_help_names_every_option(fake):
    text = fake.run("--help").stdout.decode()
    source = RUN.read_text()
    for option in re.findall(r'add_argument\("(--[a-z-]+)"', source):
        assert option in text
    assert "examples:" in text


# ── With the kernel ──────────────────────────────────────────────────────────

@pytest.mark.parametrize("boot", ["--kernel", "--iso"])
def test_hello(run_guest, run_native, boot):
    program = BUILD / "user/hello"
    guest = run_guest(program, options=[boot], trace=False)
    native = run_native(program)
    assert guest.stdout == native.stdout != b""
    assert guest.stderr == b""
    assert guest.status == native.status
    assert guest.free_before == guest.free_after > 1000


def test_input_from_a_file(tmp_path):
    """It is a file in the guest, too, and begins where ours stands."""
    path = tmp_path / "input"
    data = bytes(range(256)) * 100
    path.write_bytes(b"a line before\n" + data)
    with open(path, "rb", buffering=0) as file:
        file.seek(14)
        result = subprocess.run([RUN, "--timeout", "60", BUILD / "user/cat"],
                                stdin=file, capture_output=True, timeout=90)
    assert result.stdout == data
    assert result.returncode == 0


def test_binary_data_through_cat(run_guest):
    data = bytes(range(256)) * 400
    guest = run_guest(BUILD / "user/cat", stdin=data, trace=False)
    assert guest.stdout == data
    assert guest.status == 0


def test_arguments_through_the_kernel(run_guest, run_native):
    words = ["two words", "", 'a "quoted" one', "back\\slash", "--", "ü"]
    guest = run_guest(BUILD / "user/echo", *words, trace=False)
    assert guest.stdout == run_native(BUILD / "user/echo", *words).stdout


def test_an_added_file(run_guest, tmp_path):
    path = tmp_path / "notes"
    path.write_text("some notes\n")
    guest = run_guest(BUILD / "user/cat", "notes.txt", trace=False,
                      options=["--add", f"{path}:notes.txt"])
    assert guest.stdout == b"some notes\n"


def test_events_of_a_run(run_guest):
    guest = run_guest(BUILD / "user/hello")
    assert guest.named("sched_process_exec")[0].args["pid"] == "1"
    assert guest.named("page_fault_user")
    assert guest.events[-1].name == "machine_power_off"


class TerminalRun:
    """scripts/run on a terminal of its own."""

    def __init__(self, *arguments, **more) -> None:
        self.controller, self.terminal = pty.openpty()
        self.before = termios.tcgetattr(self.terminal)
        self.seen = b""
        more = {"stdout": self.terminal, "stderr": self.terminal} | more
        self.process = subprocess.Popen(
            [RUN, "--timeout", "60", *arguments], stdin=self.terminal, **more)
        # Until it is raw, this host's own line editing would take the keys.
        assert wait_until(lambda: not termios.tcgetattr(self.terminal)[3] &
                          termios.ICANON)

    def type(self, keys: bytes) -> None:
        os.write(self.controller, keys)

    def read_until(self, wanted: bytes) -> None:
        while wanted not in self.seen:
            ready, _, _ = select.select([self.controller], [], [], 60)
            assert ready, self.seen
            self.seen += os.read(self.controller, 4096)

    def wait(self) -> int:
        status = self.process.wait(timeout=60)
        assert termios.tcgetattr(self.terminal) == self.before
        os.close(self.controller)
        os.close(self.terminal)
        return status


def test_the_terminal_is_the_console():
    """Echo and line editing are the guest's, Ctrl-D ends the input, and
    afterwards the terminal is as before."""
    run = TerminalRun(BUILD / "user/cat")
    run.type(b"abX\x7fc\r")
    run.read_until(b"abX\x08 \x08c\r\nabc\r\n")
    run.type(b"\x04")
    assert run.wait() == 0


def test_ctrl_c_goes_to_the_program():
    run = TerminalRun(BUILD / "user/cat")
    run.type(b"ready\r")
    run.read_until(b"\r\nready\r\n")
    run.type(b"\x03")
    assert run.wait() == 128 + signal.SIGINT


def test_ctrl_bracket_three_times_leaves():
    run = TerminalRun(BUILD / "user/cat")
    run.type(b"ready\r")
    run.read_until(b"\r\nready\r\n")
    run.type(b"\x1d\x1d\x1d")
    assert run.wait() == -signal.SIGTERM


def test_a_signal_restores_the_terminal():
    run = TerminalRun(BUILD / "user/cat")
    run.process.send_signal(signal.SIGTERM)
    assert run.wait() == -signal.SIGTERM


def test_a_terminal_for_input_alone(tmp_path):
    """Echo still shows; standard output gets the program's bytes only."""
    with open(tmp_path / "out", "wb") as out:
        run = TerminalRun(BUILD / "user/cat", stdout=out)
        run.type(b"typed\r")
        run.read_until(b"typed\r\n")
        run.type(b"\x04")
        assert run.wait() == 0
    assert (tmp_path / "out").read_bytes() == b"typed\n"


def test_gdb_stops_in_main():
    """Kernel and program are known by name, and gdb takes QEMU with it."""
    result = subprocess.run(
        [RUN, "--gdb", BUILD / "user/hello"], timeout=120,
        input=b"info symbol handle_mm_fault\nbacktrace 1\ncontinue\n",
        capture_output=True)
    text = result.stdout.decode()
    assert "handle_mm_fault in section .text" in text
    assert re.search(r"#0 +main \(.*hello\.c:", text)
    assert "Hello, world!" in text
    assert "auto-load" not in text + result.stderr.decode()


@pytest.mark.parametrize("boot", ["--kernel", "--iso"])
def test_what_make_run_shows(boot):
    result = subprocess.run([RUN, "--demo", boot, "--timeout", "110"],
                            stdin=subprocess.DEVNULL, capture_output=True,
                            timeout=150)
    text = result.stdout.decode()
    assert result.returncode == 0
    assert result.stderr == b""
    assert "[true]" in text and "[NOT TRUE]" not in text
    assert "──── tour (process 1)" in text
    assert "──── wordfreq: what it took" in text
    assert "every one came back" in text
    # In true order: malloc's step lies between the tour's own lines.
    first = text.index("Step 1.")
    assert first < text.index("malloc(", text.index("    libc ")) \
        < text.index("Step 2.")
