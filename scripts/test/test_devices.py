"""The screen and the keyboard, as QEMU's monitor sees and plays them, and what
arrives on a serial port before the kernel listens."""

import pathlib
import random
import subprocess
import time

import pexpect
import pytest

from conftest import BUILD

QEMU = ["qemu-system-i386", "-display", "none", "-no-reboot", "-m", "64M",
        "-kernel", str(BUILD / "kernel.elf"),
        "-initrd", str(BUILD / "initrd.cpio")]
TIMEOUT = 60  # seconds for anything that we wait for

COLUMNS, ROWS = 80, 25
VIDEO_MEMORY, VIDEO_SIZE = 0xB8000, 32768
CRTC_INDEX, CRTC_DATA = 0x3D4, 0x3D5
CRTC_START, CRTC_CURSOR = 0x0C, 0x0E  # high byte; the low one follows


class Machine:
    """QEMU with its monitor on standard input and COM1 in a file."""

    def __init__(self, directory: pathlib.Path, append: str):
        self.directory = directory
        self.serial = directory / "serial"
        self.serial.touch()
        self.monitor = pexpect.spawn(
            QEMU[0], [*QEMU[1:], "-append", append, "-monitor", "stdio",
                      "-serial", f"file:{self.serial}"],
            timeout=TIMEOUT, encoding="utf-8", echo=False)
        self.monitor.expect_exact("(qemu) ")
        self.wait_for_serial("Boot:")  # from now on keys are heard

    def command(self, line: str) -> str:
        self.monitor.sendline(line)
        self.monitor.expect_exact("(qemu) ")
        return self.monitor.before

    def wait_for_serial(self, text: str) -> None:
        end = time.monotonic() + TIMEOUT
        while text.encode() not in self.serial.read_bytes():
            assert time.monotonic() < end, self.serial.read_bytes()
            time.sleep(0.02)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.command(f"sendkey {key} 10")

    def _crtc(self, index: int) -> int:
        value = 0
        for i in (index, index + 1):
            self.command(f"o/b {CRTC_INDEX:#x} {i:#x}")
            answer = self.command(f"i/b {CRTC_DATA:#x}")
            value = value << 8 | int(answer.rsplit("=")[-1], 16)
        return value

    def screen(self) -> list[list[tuple[str, int]]]:
        """Rows of characters with their attributes, as they are shown."""
        image = self.directory / "screen"
        self.command(f'pmemsave {VIDEO_MEMORY:#x} {VIDEO_SIZE} "{image}"')
        memory = image.read_bytes()
        start = self._crtc(CRTC_START)
        rows = []
        for row in range(ROWS):
            first = 2 * (start + row * COLUMNS)
            line = memory[first:first + 2 * COLUMNS]
            rows.append(list(zip(line[::2].decode("cp437"), line[1::2])))
        return rows

    def text(self) -> list[str]:
        return ["".join(character for character, _ in row).rstrip()
                for row in self.screen()]

    def wait_for_text(self, expected: list[str]) -> None:
        """The whole screen; it may be a moment behind COM1."""
        end = time.monotonic() + TIMEOUT
        while (text := self.text()) != expected:
            assert time.monotonic() < end, text

    def cursor(self) -> tuple[int, int]:
        return divmod(self._crtc(CRTC_CURSOR) - self._crtc(CRTC_START),
                      COLUMNS)

    def end(self) -> None:
        """The machine turns itself off."""
        self.monitor.expect(pexpect.EOF)
        self.monitor.close()
        assert self.monitor.exitstatus == 0


@pytest.fixture
def machine(tmp_path):
    started = []

    def start(append: str) -> Machine:
        started.append(Machine(tmp_path, append))
        return started[-1]

    yield start
    for one in started:
        one.monitor.close(force=True)


def test_keyboard(machine):
    """Keys become text, echoed and edited, on the screen and on COM1."""
    console = machine("init=/bin/cat")
    console.press("shift-h", "e", "l", "x", "backspace", "l", "o", "spc",
                  "shift-1", "ret")
    console.wait_for_serial("Helx\b \blo !\r\nHello !\r\n")
    console.press("caps_lock", "a", "shift-b", "1", "caps_lock", "slash",
                  "shift-slash", "ret")
    console.wait_for_serial("Ab1/?\r\nAb1/?\r\n")
    console.press("up", "ctrl-a", "alt-x", "kp_5", "delete", "ret")
    console.wait_for_serial("^[[A^A^[x5^[[3~\r\n\033[A\x01\033x5\033[3~\r\n")
    console.press("ctrl-d")
    console.end()


def test_ctrl_c_on_the_keyboard(machine):
    console = machine("init=/bin/cat")
    console.press("a", "ctrl-c")
    console.wait_for_serial("a^C")
    console.wait_for_serial("ended with status 130")
    console.end()


def test_screen(machine, tmp_path):
    """A long text scrolls through, and what is left is its end."""
    lines = (BUILD / "licences.txt").read_text().splitlines()
    assert len(lines) > 500  # several times the video memory
    console = machine("init=/bin/cat -- /usr/share/text/licences.txt -")
    console.wait_for_serial(lines[-1])
    console.press("e", "n", "d", "ret")
    console.wait_for_serial("end\r\nend\r\n")

    expected = [line.expandtabs()[i:i + COLUMNS].rstrip()
                for line in lines[-ROWS:]
                for i in range(0, max(len(line.expandtabs()), 1), COLUMNS)]
    expected += ["end", "end", ""]
    console.wait_for_text(expected[-ROWS:])
    assert console.cursor() == (ROWS - 1, 0)
    console.press("ctrl-d")
    console.end()


def test_escape_sequences(machine):
    """cat echoes what is typed: first as ^[, then as it is."""
    console = machine("init=/bin/cat")

    def type_line(*keys: str) -> None:
        console.press(*keys, "ret")

    def escape(*keys: str) -> list[str]:
        return ["esc", "bracket_left", *keys]

    type_line(*escape("2", "shift-j"), *escape("3", "semicolon", "5",
                                               "shift-h"),
              *escape("1", "semicolon", "3", "1", "m"), "a",
              *escape("7", "m"), "b", *escape("m"), "c",
              *escape("5", "shift-d"), "d")
    # From row 3, column 5: a, b, c; then five to the left, and d.
    console.wait_for_text(["", "", "  d abc"] + [""] * (ROWS - 3))
    rows = console.screen()
    assert rows[2][4] == ("a", 0x0C)  # bright red
    assert rows[2][5] == ("b", 0x40)  # black on red
    assert rows[2][6] == ("c", 0x07)
    assert console.cursor() == (3, 0)


@pytest.mark.parametrize("size", [0, 1, 2, 15, 100])
def test_input_before_the_kernel_listens(size):
    """The host writes while the BIOS still runs; not a byte is lost."""
    data = bytes(random.Random(size).choices(range(255), k=size))
    result = subprocess.run(
        [*QEMU, "-append", "quiet debug_exit init=/bin/cat stdin=/dev/ttyS1 "
         "stdout=/dev/ttyS1", "-device", "isa-debug-exit,iobase=0xf4",
         "-serial", "null", "-chardev", "stdio,id=host,signal=off",
         "-serial", "chardev:host"],
        input=data + b"\xff\x00", capture_output=True, timeout=TIMEOUT)
    assert result.returncode == 33
    assert result.stdout == data
