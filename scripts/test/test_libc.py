"""The C library, on this host: its programs are Linux programs.

The libc_*.c programs are compiled twice, with our libc and with the host's
(glibc), and must print the same. Ours is built by the Makefile, once with gcc
and once with clang, below build/test/.
"""

import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess

import pytest

from conftest import BUILD, ROOT

HERE = ROOT / "scripts/test"
WARNINGS = ["-Wall", "-Wextra", "-Werror"]
# Ubuntu's gcc asks for _FORTIFY_SOURCE, whose fgets() differs from C's.
SEEN_BY_GLIBC = ["-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-D_TIME_BITS=64",
                 "-U_FORTIFY_SOURCE"]
# The cases ask for what a compiler rightly warns of: %s with NULL and so on.
ON_PURPOSE = ["-Wno-format-overflow", "-Wno-format-truncation"]

HEADERS = sorted(str(path.relative_to(ROOT / "libc/include"))
                 for path in (ROOT / "libc/include").rglob("*.h"))


def flags(compiler, build):
    """What the Makefile compiles programs with, as far as it matters."""
    include = subprocess.check_output(
        [compiler, "-m32", "-print-file-name=include"], text=True).strip()
    return ["-m32", "-march=i486", "-ffreestanding", "-nostdinc", "-isystem",
            include, f"-I{ROOT}/libc/include", f"-I{ROOT}/kernel",
            f"-I{build}/gen", "-fno-pie", "-fno-stack-protector", "-O2", "-g"]


class Library:
    """Our libc as one compiler made it, and the programs linked with it."""

    def __init__(self, compiler, name=None, extra=()):
        self.compiler = compiler
        self.made = {}
        self.build = BUILD / f"test/libc-{name or compiler}"
        self.library = self.build / "libc/libc.a"
        subprocess.run(["make", "--silent", "CI=1",
                        f"CC={' '.join([compiler, *extra])}",
                        f"B={self.build.relative_to(ROOT)}",
                        self.library.relative_to(ROOT)],
                       cwd=ROOT, check=True)

    def link(self, name, *objects):
        program = self.build / name
        subprocess.run(["gcc", "-m32", "-nostdlib", "-static", "-no-pie",
                        "-Wl,--build-id=none", "-o", program,
                        *objects, self.library, "-lgcc"], check=True)
        return program

    def program(self, name):
        """The program of scripts/test/NAME.c."""
        if name in self.made:
            return self.made[name]
        compiled = self.build / f"{name}.o"
        ignored = ON_PURPOSE if self.compiler == "gcc" else ["-Wno-format"]
        subprocess.run([self.compiler, *flags(self.compiler, self.build),
                        "-std=gnu11", *WARNINGS, *ignored, "-c", "-o",
                        compiled, HERE / f"{name}.c"], check=True)
        self.made[name] = self.link(name, compiled)
        return self.made[name]


@pytest.fixture(scope="module", params=["gcc", "clang"])
def ours(request):
    if not shutil.which(request.param):
        pytest.skip(f"{request.param} is not installed")
    return Library(request.param)


@pytest.fixture(scope="module")
def trapping():
    """With UBSan's checks; its messages would need the host's libc."""
    return Library("gcc", "ubsan", ["-fsanitize=undefined",
                                    "-fsanitize-undefined-trap-on-error"])


@pytest.fixture(scope="module")
def glibc():
    """glibc(name): the program of scripts/test/NAME.c with the host's libc."""
    made = {}

    def program(name):
        if name not in made:
            path = BUILD / f"test/glibc/{name}"
            path.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["gcc", "-m32", "-static", "-O1", "-w",
                            "-fno-builtin", *SEEN_BY_GLIBC, "-o", path,
                            HERE / f"{name}.c"], check=True)
            made[name] = path
        return made[name]

    return program


def run(program, *arguments, **options):
    """Exit status, standard output, standard error."""
    result = subprocess.run([program, *arguments], timeout=120,
                            stdin=subprocess.DEVNULL, capture_output=True,
                            **options)
    return result.returncode, result.stdout, result.stderr


def assert_same_lines(mine, theirs):
    """As ==, but shows the first lines that differ and not megabytes."""
    if mine == theirs:
        return
    mine, theirs = mine.split(b"\n"), theirs.split(b"\n")
    for number, (line, expected) in enumerate(zip(mine, theirs), 1):
        assert line == expected, f"line {number}"
    assert len(mine) == len(theirs)


# ── The same cases with both libraries ───────────────────────────────────────

@pytest.mark.parametrize("name, lines", [
    ("libc_constants", 280),
    ("libc_printf", 200_000),
    ("libc_strings", 40_000),
    ("libc_numbers", 120_000),
    ("libc_floating", 300_000),
    ("libc_scanf", 300_000),
])
def test_prints_what_glibc_prints(ours, glibc, tmp_path, name, lines):
    scratch = tmp_path / "scratch"
    mine, theirs = run(ours.program(name), scratch), run(glibc(name), scratch)
    assert mine[0] == theirs[0] == 0
    assert theirs[1].count(b"\n") >= lines
    assert_same_lines(mine[1], theirs[1])


@pytest.mark.parametrize("name", ["libc_printf", "libc_strings", "libc_numbers",
                                  "libc_floating", "libc_scanf"])
def test_no_undefined_behaviour(trapping, tmp_path, name):
    """The same cases, where each check that fails is a trap."""
    status, output, _ = run(trapping.program(name), tmp_path / "scratch")
    assert status == 0 and output


def test_math_is_right_to_an_ulp(ours):
    """Ours and glibc's in one program: see libc_math.c."""
    together, renamed, program = (ours.build / name for name in
                                  ("math.o", "our_math.o", "libc_math"))
    files = ["exponential", "fenv", "rounding", "special", "trigonometry"]
    subprocess.run(["ld", "-m", "elf_i386", "-r", "-o", together,
                    *(ours.build / f"libc/{name}.o" for name in files)],
                   check=True)
    subprocess.run(["objcopy", "--prefix-symbols=our_", together, renamed],
                   check=True)
    subprocess.run(["gcc", "-m32", "-static", "-std=c11", "-O1", "-w",
                    "-fno-builtin", "-o", program, HERE / "libc_math.c",
                    renamed, "-lm"], check=True)
    status, output, _ = run(program)
    assert output.count(b"\n") > 120
    assert status == 0, output.decode()


def test_streams_do_what_glibc_does(ours, glibc, tmp_path):
    results = []
    for number, program in enumerate((ours.program("libc_streams"),
                                      glibc("libc_streams"))):
        scratch = tmp_path / f"scratch{number}"
        refused = tmp_path / f"refused{number}"
        results.append((*run(program, scratch, refused),
                        scratch.read_bytes(), refused.read_bytes()))
    mine, theirs = results
    assert mine[0] == theirs[0] == 0
    assert theirs[1].count(b"\n") >= 150_000
    assert_same_lines(mine[1], theirs[1])
    assert len(theirs[3]) > 0
    assert mine[3:] == theirs[3:]


@pytest.mark.parametrize("what, status", [
    ("arguments", 42), ("handlers", 7), ("jumps", 0), ("break", 0),
    ("mappings", 0), ("descriptors", 0), ("text", 0), ("_exit", 3),
    ("abort", -signal.SIGABRT),
])
def test_process_does_what_glibc_does(ours, glibc, tmp_path, what, status):
    mine, theirs = (
        run(program, what, "a scratch file", "third", cwd=tmp_path,
            env={"GREETING": "hi=there", "GREET": ""})
        for program in (ours.program("libc_process"), glibc("libc_process"))
        if not (tmp_path / "a scratch file").unlink(missing_ok=True))
    assert theirs[0] == status
    assert mine == theirs


# ── Start, end, and the system ───────────────────────────────────────────────

def test_stack_is_aligned_when_main_is_called(ours):
    """The caller aligns esp to 16 bytes; call pushes 4 more."""
    source, compiled = ours.build / "aligned.asm", ours.build / "aligned.o"
    source.write_text("global main\nmain: mov eax, esp\nand eax, 15\nret\n")
    subprocess.run(["nasm", "-f", "elf32", "-o", compiled, source], check=True)
    program = ours.link("aligned", compiled)
    for count in range(8):
        assert run(program, *["x"] * count)[0] == 12


def test_failed_assertion_says_where_and_aborts(ours):
    status, output, error = run(ours.program("libc_process"), "assert")
    line = next(number for number, text in enumerate(
        (HERE / "libc_process.c").read_text().splitlines(), 1)
        if "assert(argc" in text)
    assert status == -signal.SIGABRT
    assert output == b"not yet written"
    assert error.decode() == (
        f"{HERE}/libc_process.c:{line}: main: "
        "Assertion `argc == 1 && \"a reason\"' failed.\n")


def test_mmap_of_half_the_address_space_is_refused(ours):
    _, output, _ = run(ours.program("libc_process"), "half")
    assert output.endswith(b": failed 12\n")


def test_stat_tells_what_the_host_tells(ours, tmp_path):
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.write(b"x" * 5000)
        file.truncate(5 * 1024 ** 3)
    status, output, _ = run(ours.program("libc_process"), "status", path)
    assert status == 0
    first, second, *failures = output.decode().splitlines()
    real = path.stat()
    expected = (real.st_dev, real.st_ino, f"{real.st_mode:o}", real.st_nlink,
                real.st_uid, real.st_gid, real.st_size, real.st_blocks)
    assert first.split()[:8] == [str(value) for value in expected]
    assert [int(t) for t in first.split()[9:]] == [int(real.st_mtime),
                                                   int(real.st_ctime)]
    assert second == "1 1"
    assert [line.rsplit(": ", 1)[1] for line in failures] == [
        "failed 2", "failed 9", "failed 14"]


def test_uname_time_and_pid(ours):
    before = int(subprocess.check_output(["date", "+%s"]))
    with subprocess.Popen([ours.program("libc_process"), "system"],
                          stdout=subprocess.PIPE, text=True) as process:
        lines = process.stdout.read().splitlines()
    host = os.uname()
    assert lines[0] == f"0 {host.sysname} {host.nodename} {host.release}"
    assert lines[1] == "1"
    assert lines[2].endswith(": failed 22")
    now, equal, pid = (int(word) for word in lines[3].split())
    after = int(subprocess.check_output(["date", "+%s"]))
    assert before <= now <= after
    assert (equal, pid) == (1, process.pid)


# ── What is written when ─────────────────────────────────────────────────────

def test_each_write_brings_a_full_buffer(ours):
    """A socket that keeps the borders between one write() and the next."""
    reader, writer = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with reader, writer:
        subprocess.run([ours.program("libc_process"), "buffering"],
                       stdout=writer, stderr=writer, check=True, timeout=60)
        writer.shutdown(socket.SHUT_WR)
        writes = list(iter(lambda: reader.recv(65536), b""))
    numbers = "".join(f"{i:4}" for i in range(1500)) + "\nrest"
    assert [text.decode() for text in writes] == [
        numbers[:4096], "one 1\n", "two", numbers[4096:]]


def read_until(fd, wanted):
    """What comes from FD, up to WANTED; fails if nothing comes for long."""
    seen = b""
    while not seen.endswith(wanted):
        assert select.select([fd], [], [], 30)[0], seen
        seen += os.read(fd, 100)
    return seen


def test_terminal_sees_lines_and_questions_at_once(ours):
    master, terminal = pty.openpty()
    with subprocess.Popen([ours.program("libc_process"), "dialogue"],
                          stdin=terminal, stdout=terminal) as process:
        os.close(terminal)
        try:
            assert read_until(master, b"part? ") == b"line\r\npart? "
            os.write(master, b"yes\n")
            assert read_until(master, b"]") == b"yes\r\n[yes\r\n]"
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()
            os.close(master)


def test_exit_gives_back_what_was_read_ahead(ours, tmp_path):
    """The next reader of the same open file goes on where we stopped."""
    path = tmp_path / "input"
    path.write_bytes(b"first\nsecond\n")
    with path.open("rb", buffering=0) as file:
        subprocess.run([ours.program("libc_process"), "dialogue"], stdin=file,
                       stdout=subprocess.DEVNULL, check=True, timeout=60)
        assert file.read() == b"second\n"


def test_output_that_fails_is_reported(ours):
    with open("/dev/full", "wb") as full:
        result = subprocess.run([ours.program("libc_process"), "arguments"],
                                stdout=full, timeout=60)
    assert result.returncode == 42  # and not an endless loop


# ── What a debugger sees ─────────────────────────────────────────────────────

def test_backtrace_passes_through_the_system_call(ours):
    """gdb climbs from int 0x80 to main(), with the call frame information of
    syscall.asm: ebp is the sixth argument there and no frame pointer."""
    if not shutil.which("gdb"):
        pytest.skip("gdb is not installed")
    program = ours.program("libc_process")
    result = subprocess.run(
        ["gdb", "-q", "-nx", "-batch", "-iex", "set auto-load off",
         "-ex", "break *(__syscall + 32)", "-ex", "run system",
         "-ex", "x/i $pc", "-ex", "backtrace", program],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if "ptrace" in result.stderr:
        pytest.skip("this host does not allow programs to be traced")
    assert re.search(r"=> .*int +\$0x80", result.stdout)
    frames = re.findall(r"^#\d+ .*?(\w+) \(", result.stdout, re.MULTILINE)
    assert frames[0] == "__syscall"
    assert frames[1] == "uname"
    assert frames[-1] == "main"


# ── Headers ──────────────────────────────────────────────────────────────────

DIALECTS = [["-std=c99"], ["-std=c11", "-D_GNU_SOURCE"],
            ["-std=c99", "-D_POSIX_C_SOURCE=200809L"]]


def check_headers(ours, path, headers):
    """Includes HEADERS in C and C++, under all warnings."""
    text = "".join(f"#include <{header}>\n" for header in headers)
    source = path / "header.c"
    source.write_text(text + "int not_empty;\n")
    options = [*flags(ours.compiler, ours.build), "-pedantic", *WARNINGS,
               "-fsyntax-only"]
    for dialect in DIALECTS:
        subprocess.run([ours.compiler, *options, *dialect, source], check=True)
    cxx = {"gcc": "g++", "clang": "clang++"}[ours.compiler]
    if shutil.which(cxx):
        subprocess.run([cxx, *options, "-std=c++17", "-nostdinc++", "-x",
                        "c++", source], check=True)


@pytest.mark.parametrize("header", HEADERS)
def test_header_stands_alone(ours, header, tmp_path):
    check_headers(ours, tmp_path, [header, header])


def test_headers_agree_with_each_other(ours, tmp_path):
    check_headers(ours, tmp_path, HEADERS + HEADERS[::-1])


def test_what_headers_declare_is_there(ours, tmp_path):
    """gcc lists the declarations, nm the functions."""
    source, listing = tmp_path / "all.c", tmp_path / "declarations"
    source.write_text("".join(f"#include <{header}>\n" for header in HEADERS))
    subprocess.run(["gcc", *flags("gcc", ours.build), "-aux-info", listing,
                    "-c", "-o", "/dev/null", source], check=True)
    declared = set(re.findall(r"libc/include.*\*/ [^(]*?(?:\(\*)?(\w+) \(",
                              listing.read_text()))
    symbols = subprocess.check_output(["nm", ours.library], text=True)
    defined = set(re.findall(r" [TW] (\w+)", symbols))
    assert len(declared) > 550
    assert declared - defined == set()
