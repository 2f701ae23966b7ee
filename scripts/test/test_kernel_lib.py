"""kernel/lib, the line discipline of the terminal and scripts/mksymbols, on
this host: compiled as i386 programs under ASan and UBSan, and compared with
glibc, with Linux's own terminals, and with nm."""

import os
import pathlib
import random
import select
import subprocess
import termios

import pytest

from conftest import ROOT

HERE = ROOT / "scripts/test"
SANITIZE = ["-m32", "-g", "-fsanitize=address,undefined",
            "-fno-sanitize-recover=undefined"]
CFLAGS = [*SANITIZE, "-std=gnu11", "-O1", "-Wall", "-Wextra",
          "-Wno-misleading-indentation", f"-I{ROOT}/kernel"]
# The kernel's functions get other names than the host's.
RENAME = [f"-D{name}=kernel_{name}" for name in (
    "memcpy memmove memset memcmp strlen strnlen strcmp strncmp strchr "
    "strscpy vsnprintf snprintf").split()]


def build(directory: pathlib.Path, test: str, *sources: str,
          rename: bool = True) -> pathlib.Path:
    """The test program scripts/test/TEST.c with the kernel's SOURCES."""
    objects = []
    for source in sources:
        target = directory / (pathlib.Path(source).stem + ".o")
        subprocess.run(["gcc", *CFLAGS, "-ffreestanding",
                        *(RENAME if rename else []), "-c",
                        ROOT / "kernel" / source, "-o", target], check=True)
        objects.append(target)
    program = directory / test
    subprocess.run(["gcc", *CFLAGS, "-include", "stdbool.h", "-Wno-format",
                    HERE / f"{test}.c", *objects, "-o", program], check=True)
    return program


@pytest.mark.parametrize("test, sources", [
    ("kernel_lib_vsnprintf", ["lib/vsnprintf.c", "lib/string.c"]),
    ("kernel_lib_string", ["lib/string.c"]),
])
def test_against_glibc(tmp_path, test, sources):
    program = build(tmp_path, test, *sources)
    result = subprocess.run([program], capture_output=True, text=True,
                            timeout=120)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr
    cases = int(result.stdout.splitlines()[-1].split()[0])
    assert cases > 1000


# ── The line discipline ──────────────────────────────────────────────────────

# Flags that the kernel has, by the numbers of Linux on i386.
ICRNL, IUTF8 = 0o400, 0o40000
OPOST, ONLCR = 0o1, 0o4
ISIG, ICANON, ECHO, ECHOE, ECHOK = 0o1, 0o2, 0o10, 0o20, 0o40
ECHOCTL, ECHOKE = 0o1000, 0o4000
COOKED = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE


class LineDiscipline:
    """The program kernel_lib_n_tty.c."""

    def __init__(self, program: pathlib.Path):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def _ask(self, command: str) -> list[str]:
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "it crashed"
        return answer.rstrip("\n").split(" ")

    def type(self, keys: bytes) -> tuple[bytes, int, int]:
        """What the screen shows, the signal or 0, how many keys fitted."""
        screen, signal, taken = self._ask(f"type {keys.hex()}")
        return bytes.fromhex(screen), int(signal), int(taken)

    def read(self, size: int = 5000):
        """What read() returns; None if it would wait."""
        answer = self._ask(f"read {size}")[0]
        return None if answer == "wait" else bytes.fromhex(answer)

    def write(self, data: bytes) -> bytes:
        return bytes.fromhex(self._ask(f"write {data.hex()}")[0])

    def set(self, lflag: int, vmin: int = 1, flush: bool = False,
            iflag: int = ICRNL | IUTF8, oflag: int = OPOST | ONLCR) -> None:
        self._ask(f"termios {iflag} {oflag} {lflag} {vmin} {int(flush)}")

    def close(self) -> None:
        self.process.stdin.close()
        assert self.process.wait() == 0


@pytest.fixture(scope="module")
def n_tty_program(tmp_path_factory):
    return build(tmp_path_factory.mktemp("n_tty"), "kernel_lib_n_tty",
                 "fs/n_tty.c", rename=False)


@pytest.fixture
def tty(n_tty_program):
    discipline = LineDiscipline(n_tty_program)
    yield discipline
    discipline.close()


WIPE = b"\b \b"


@pytest.mark.parametrize("keys, screen, reads", [
    (b"hello\r", b"hello\r\n", [b"hello\n"]),
    (b"a\nb\n", b"a\r\nb\r\n", [b"a\n", b"b\n"]),
    (b"ab\x7fc\n", b"ab" + WIPE + b"c\r\n", [b"ac\n"]),
    (b"ab\x08c\n", b"ab" + WIPE + b"c\r\n", [b"ac\n"]),
    (b"\x7f\x15\x17x\n", b"x\r\n", [b"x\n"]),
    (b"a\x01\x7fb\n", b"a^A" + 2 * WIPE + b"b\r\n", [b"ab\n"]),
    (b"a\tb\x7f\x7fc\n", b"a b" + 2 * WIPE + b"c\r\n", [b"ac\n"]),
    (b"\ta\n", b" a\r\n", [b"\ta\n"]),
    ("aü\x7fo\n".encode(), "aü".encode() + WIPE + b"o\r\n", [b"ao\n"]),
    ("a漢\x7f\x7f\n".encode(), "a漢".encode() + 2 * WIPE + b"\r\n", [b"\n"]),
    (b"one two\x17x\n", b"one two" + 3 * WIPE + b"x\r\n", [b"one x\n"]),
    (b"one two  \x17\n", b"one two  " + 5 * WIPE + b"\r\n", [b"one \n"]),
    (b"foo\x15bar\n", b"foo" + 3 * WIPE + b"bar\r\n", [b"bar\n"]),
    (b"\x04", b"", [b""]),
    (b"abc\x04", b"abc", [b"abc"]),
    (b"abc\x04\x04", b"abc", [b"abc", b""]),
    (b"abc\n\x04", b"abc\r\n", [b"abc\n", b""]),
    (b"\x1b[A\n", b"^[[A\r\n", [b"\x1b[A\n"]),
    (b"ab", b"ab", []),
])
def test_canonical(tty, keys, screen, reads):
    assert tty.type(keys) == (screen, 0, len(keys))
    for line in reads:
        assert tty.read() == line
    assert tty.read() is None


def test_line_survives_erase_of_the_next(tty):
    tty.type(b"first\nx\x7f\x7f\x7f\x15\x17y\n")
    assert tty.read() == b"first\n"
    assert tty.read() == b"y\n"


def test_short_reads(tty):
    tty.type(b"abcdefgh\n")
    assert [tty.read(3), tty.read(4), tty.read(4)] == [b"abc", b"defg", b"h\n"]
    # An end of file just behind what fits must not be seen as one later.
    tty.type(b"abc\x04def\n")
    assert tty.read(3) == b"abc"
    assert tty.read(100) == b"def\n"


@pytest.mark.parametrize("key, shown, number", [(b"\x03", b"^C", 2),
                                                (b"\x1c", b"^\\", 3)])
def test_signals(tty, key, shown, number):
    assert tty.type(b"abc" + key) == (b"abc" + shown, number, 4)
    assert tty.read() is None
    tty.type(b"d\n")
    assert tty.read() == b"d\n"
    tty.set(COOKED & ~ISIG)
    assert tty.type(b"x" + key + b"\n") == (b"x" + shown + b"\r\n", 0, 3)
    assert tty.read() == b"x" + key + b"\n"


def test_output(tty):
    for text in (b"\n" * 100, b"x" + b"\n" * 100, b"x" * 300 + b"\n"):
        assert tty.write(text) == text.replace(b"\n", b"\r\n")
    tty.set(COOKED, oflag=ONLCR)
    assert tty.write(b"a\n") == b"a\n"
    tty.set(COOKED, oflag=OPOST)
    assert tty.write(b"a\n") == b"a\n"


def test_no_echo(tty):
    tty.set(COOKED & ~ECHO)
    assert tty.type(b"sec\x7fret\x17\x15x\n") == (b"", 0, 11)
    assert tty.read() == b"x\n"


def test_no_icrnl(tty):
    tty.set(COOKED, iflag=0)
    assert tty.type(b"a\r\n")[0] == b"a^M\r\n"
    assert tty.read() == b"a\r\n"


def test_raw(tty):
    tty.set(0)
    assert tty.read() is None
    assert tty.type(b"\x03\x7f\x04\r") == (b"", 0, 4)
    assert tty.read(2) == b"\x03\x7f"
    assert tty.read(2) == b"\x04\n"
    tty.set(0, vmin=0)
    assert tty.read() == b""
    tty.set(COOKED)  # all has been read: there is no line
    assert tty.read() is None


def test_mode_switch(tty):
    tty.type(b"half")
    tty.set(0)
    assert tty.read(2) == b"ha"
    tty.set(COOKED)  # what is there counts as a line
    assert tty.read() == b"lf"
    tty.type(b"new\x15ab\n")
    assert tty.read() == b"ab\n"
    tty.type(b"gone\nx")
    tty.set(COOKED, flush=True)
    assert tty.read() is None
    tty.type(b"y\n")
    assert tty.read() == b"y\n"


def test_longest_line(tty):
    """4095 characters and their newline, as on Linux; the rest is dropped."""
    assert tty.type(b"x" * 6000 + b"\n")[2] == 6001
    assert tty.read() == b"x" * 4095 + b"\n"


def test_held_back_while_lines_wait(tty):
    """With lines to read nothing is dropped; the keys wait for room."""
    keys = b"".join(b"line %d\n" % i for i in range(1000))
    typed = 0
    lines = []
    while typed < len(keys):
        taken = tty.type(keys[typed:])[2]
        typed += taken
        while (line := tty.read()) is not None:
            lines.append(line)
    assert b"".join(lines) == keys


def render(output: bytes) -> list[str]:
    """The lines of a terminal of unlimited width after OUTPUT."""
    lines, column = [[]], 0
    for character in output.decode():
        line = lines[-1]
        if character == "\n":
            lines.append([])
        elif character == "\r":
            column = 0
        elif character == "\b":
            column = max(column - 1, 0)
        else:
            line += " " * (column + 1 - len(line))
            line[column] = character
            column += 1
    return ["".join(line).rstrip() for line in lines]


class LinuxTerminal:
    """A pseudo-terminal of this host with the kernel's default settings."""

    def __init__(self):
        self.keyboard, self.program = os.openpty()
        settings = termios.tcgetattr(self.program)
        keys = [b"\0"] * len(settings[6])
        for index, key in ((termios.VINTR, b"\x03"), (termios.VQUIT, b"\x1c"),
                           (termios.VERASE, b"\x7f"), (termios.VKILL, b"\x15"),
                           (termios.VEOF, b"\x04"),
                           (termios.VWERASE, b"\x17")):
            keys[index] = key
        settings[0] = ICRNL | IUTF8
        settings[1] = OPOST | ONLCR
        # IEXTEN: without it Linux has no VWERASE.
        settings[3] = COOKED | termios.IEXTEN
        settings[6] = keys
        termios.tcsetattr(self.program, termios.TCSANOW, settings)

    @staticmethod
    def _read(descriptor: int, size: int):
        ready, _, _ = select.select([descriptor], [], [], 10)
        return os.read(descriptor, size) if ready else None

    def type(self, keys: bytes) -> None:
        os.write(self.keyboard, keys)

    def read(self, size: int = 5000):
        return self._read(self.program, size)

    def screen(self, until: bytes) -> bytes:
        """What is shown, once it ends in UNTIL."""
        shown = b""
        while not shown.endswith(until):
            more = self._read(self.keyboard, 4096)
            assert more, shown
            shown += more
        return shown

    def close(self) -> None:
        os.close(self.keyboard)
        os.close(self.program)


def random_keys(generator: random.Random) -> bytes:
    keys = [b"a", b"B", b"7", b"_", b" ", b" ", b"-", b"/", b"\x01", b"\x1b",
            "é".encode(), "漢".encode(), b"\x7f", b"\x7f", b"\x17",
            b"\x15", b"\n", b"\r", b"\x04"]
    weights = [4] * 14 + [3, 2, 1, 1, 1]
    return b"".join(generator.choices(keys, weights, k=60))


@pytest.mark.parametrize("seed", range(40))
def test_like_linux(tty, seed):
    """The same keys as on a terminal of Linux: same reads, same screen."""
    generator = random.Random(seed)
    keys = random_keys(generator) + b"\nEND\n"
    linux = LinuxTerminal()
    try:
        linux.type(keys)
        screen, _, _ = tty.type(keys)
        line = None
        while line != b"END\n":
            size = generator.choice([1, 3, 10, 5000])
            line = b""
            while not line.endswith(b"\n"):
                part = tty.read(size)
                assert linux.read(size) == part, (keys, line)
                line += part
                if not part:
                    break
        assert tty.read() is None
        assert render(screen) == render(linux.screen(b"END\r\n")), keys
    finally:
        linux.close()


def test_any_bytes_in_any_mode(tty):
    """Nothing that can be typed leads out of the buffer (ASan looks on)."""
    generator = random.Random(1)
    for _ in range(3000):
        action = generator.randrange(10)
        if action < 6:
            tty.type(generator.randbytes(generator.randrange(400)))
        elif action < 8:
            tty.read(generator.randrange(1, 3000))
        else:
            tty.set(generator.randrange(0o10000), generator.randrange(4),
                    generator.random() < 0.1, generator.randrange(0o100000))
    tty.set(COOKED, flush=True)
    tty.type(b"still here\n")
    assert tty.read() == b"still here\n"


# ── scripts/mksymbols ────────────────────────────────────────────────────────

NM_OUTPUT = """\
c0100000 T __kernel_start
c0100000 T _start
c0100010 t _start.next_entry
c0100020 T start_kernel
c0100020 t an_alias
c0100030 t helper.part.0
c0100038 t helper.isra.0.cold
c0100040 W weak_function
c0100050 T __text_end
c0101000 R table
c0102000 d data
c0103000 B bss
         U undefined
"""

# kallsyms.c on the host: where the kernel begins and ends is made up.
LOOKUP = r"""
#include <stdio.h>
#include <stdlib.h>
const char *kallsyms_lookup(unsigned long address, unsigned long *offset);
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		unsigned long offset = 0;
		const char *name =
			kallsyms_lookup(strtoul(argv[i], NULL, 16), &offset);

		printf("%s+%lu\n", name ? name : "none", offset);
	}
	return 0;
}
"""


def mksymbols(nm_output: str) -> subprocess.CompletedProcess:
    return subprocess.run([ROOT / "scripts/mksymbols"], input=nm_output,
                          capture_output=True, text=True)


def test_symbols(tmp_path):
    """The table that is made, read by kernel/lib/kallsyms.c."""
    (tmp_path / "table.c").write_text(mksymbols(NM_OUTPUT).stdout)
    (tmp_path / "lookup.c").write_text(LOOKUP)
    for name in ("table", "no_table"):
        sources = [tmp_path / "lookup.c", ROOT / "kernel/lib/kallsyms.c"]
        if name == "table":
            sources.append(tmp_path / "table.c")
        subprocess.run(["gcc", "-m32", "-no-pie", "-fno-pie", "-std=gnu11",
                        "-Dsnprintf=kernel_snprintf",
                        "-Dvsnprintf=kernel_vsnprintf",
                        f"-I{ROOT}/kernel", *sources,
                        "-Wl,--defsym=__kernel_start=0xc0100000",
                        "-Wl,--defsym=__text_end=0xc0100050",
                        "-o", tmp_path / name], check=True)
    addresses = ["c00fffff", "c0100000", "c010001f", "c0100020", "c010002f",
                 "c0100037", "c0100038", "c010004f", "c0100050", "0"]

    def lookup(name: str) -> list[str]:
        return subprocess.run([tmp_path / name, *addresses], check=True,
                              capture_output=True,
                              text=True).stdout.splitlines()

    assert lookup("table") == [
        "none+0", "_start+0", "_start+31", "start_kernel+0",
        "start_kernel+15", "helper.part.0+7", "helper.isra.0.cold+0",
        "weak_function+15", "none+0", "none+0"]
    assert lookup("no_table") == ["none+0"] * len(addresses)


def test_no_symbols():
    result = mksymbols("c0101000 R table\n")
    assert result.returncode == 1
    assert "no text symbols" in result.stderr


def test_second_link_moves_nothing():
    """What nm says of the final kernel is what its own table says."""
    listing = subprocess.run(["nm", "-n", ROOT / "build/kernel.elf"],
                             check=True, capture_output=True,
                             text=True).stdout
    first = subprocess.run(["nm", "-n", ROOT / "build/kernel-nosyms.elf"],
                           check=True, capture_output=True, text=True).stdout

    def text(nm_output: str) -> list[str]:
        return [line for line in nm_output.splitlines()
                if line[9:10] in ("T", "t")]

    assert text(first) == text(listing) != []
