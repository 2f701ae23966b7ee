"""Programs that nobody wrote for our libc: their authors' sources, unchanged,
built by their own makefiles and configure scripts with scripts/cc as cc.

Debian has the sources. Each program is built twice, with glibc, too: that one
on Linux says what the other must print on Linux and in the kernel.
"""

import os
import pathlib
import shutil
import subprocess
import textwrap
from dataclasses import dataclass

import pytest

import debian
from conftest import ROOT

HERE = pathlib.Path(__file__).parent / "programs"

# How each is built: as its README says. Documents and shared libraries aside.
RECIPES = {
    "lua5.4": "make -C src posix CC=cc",
    "zlib": "CC=cc ./configure --static && make example minigzip",
    "bzip2": "make bzip2 CC=cc",
    "cjson": """cc cJSON.c test.c -o test_all -lm
        for test in print_number parse_number print_value parse_string \\
                misc_tests parse_examples compare_tests; do
            cc -Itests/unity/src tests/$test.c tests/unity/src/unity.c \\
                -o $test -lm
        done""",
    "tinyscheme": """make scheme CC=cc SYS_LIBS=-lm OBJS=scheme.o \\
        FEATURES='-DUSE_DL=0 -DUSE_MATH=1 -DUSE_ASCII_NAMES=0'""",
    "pforth": "make -C platforms/unix CC=cc",
    "mawk": "./configure CC=cc && make mawk",
    "bc": "./configure CC=cc && make -C lib && make -C bc bc && make -C dc dc",
    "dash": "./configure CC=cc && make",
    "jimtcl": """CC=cc ./configure --disable-ssl
        make jimsh
        cc -O1 -DSQLITE_THREADSAFE=0 -DSQLITE_OMIT_LOAD_EXTENSION \\
        sqlite3/shell.c sqlite3/sqlite3.c -o sqlite3/shell -lm""",
}


# What is not in the source of each release: Ubuntu 22.04 has an older pForth,
# a Jim without what builds it, and a Dash fresh from git.
NEEDED = {
    "pforth": "platforms/unix/Makefile",
    "jimtcl": "autosetup/jimsh0.c",
    "dash": "configure",
}

# What the libm.a for i386 lacks in glibc 2.38 and 2.39, which Ubuntu 24.04 has
# (glibc's bug 31488).
FMOD = """double __ieee754_fmod(double, double);
double fmod(double x, double y) { return __ieee754_fmod(x, y); }"""


@dataclass
class Built:
    """Where the programs are; GLIBC says what is right."""
    ours: pathlib.Path
    glibc: pathlib.Path


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """built(PACKAGE): its programs. Those that a test asks for are built."""
    library = tmp_path_factory.mktemp("fmod")
    subprocess.run(["gcc", "-m32", "-fno-builtin", "-x", "c", "-", "-c",
                    "-o", library / "fmod.o"], input=FMOD, text=True,
                   check=True)
    subprocess.run(["ar", "rc", library / "libfmod.a", library / "fmod.o"],
                   check=True)
    compilers = {}
    for name, command in (
            ("ours", f"'{ROOT}/scripts/cc' \"$@\""),
            ("glibc", "gcc -m32 -static -D_FILE_OFFSET_BITS=64 \"$@\""
                      f" -L'{library}' -lfmod -lm")):
        compilers[name] = tmp_path_factory.mktemp(name)
        program = compilers[name] / "cc"
        program.write_text(f"#!/bin/sh\nexec {command}\n")
        program.chmod(0o755)
    done = {}

    def build(package):
        if package not in done:
            trees = []
            for name, directory in compilers.items():
                tree = directory / package
                shutil.rmtree(tree, ignore_errors=True)  # it failed before
                shutil.copytree(debian.fetched(package, debian.source), tree,
                                symlinks=True)
                parts = list(tree.iterdir())
                if len(parts) == 1:  # as most archives have it
                    tree = parts[0]
                if not (tree / NEEDED.get(package, "")).exists():
                    pytest.skip(f"the source of {package} is here without "
                                f"{NEEDED[package]}")
                path = f"{directory}:{os.environ['PATH']}"
                run = subprocess.run(
                    ["sh", "-ec", RECIPES[package]], cwd=tree, check=False,
                    env={**os.environ, "PATH": path, "MAKEFLAGS": "-j2"},
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, text=True, timeout=600)
                assert run.returncode == 0, run.stdout[-5000:]
                trees.append(tree)
            done[package] = Built(*trees)
        return done[package]

    return build


@pytest.fixture
def same(run_guest, run_native, tmp_path):
    """same(BUILT, program, *args): run PROGRAM three times, compare.

    FILES are where it runs; what it LEAVES there takes frames in the kernel.
    Returns what it printed.
    """
    def run(programs, program, *args, stdin=b"", files=(), timeout=60,
            leaves_files=False, **options):
        options["options"] = [word for file in files
                              for word in ("--add", f"{file}:{file.name}")]
        results = []
        for tree in programs.glibc, programs.ours:
            scratch = tmp_path / f"scratch{len(os.listdir(tmp_path))}"
            scratch.mkdir()
            for file in files:
                (shutil.copytree if file.is_dir() else shutil.copy)(
                    file, scratch / file.name)
            results.append(run_native(tree / program, *args, stdin=stdin,
                                      cwd=scratch, timeout=timeout))
        guest = run_guest(programs.ours / program, *args, stdin=stdin,
                          trace=False, timeout=timeout, **options)
        results.append(guest)
        wanted = results[0]
        for result in results[1:]:
            assert result.stdout == wanted.stdout
            assert result.stderr == wanted.stderr
            assert result.status == wanted.status
        if not leaves_files:
            assert guest.free_after == guest.free_before
        return wanted.stdout

    return run


# ── Languages ────────────────────────────────────────────────────────────────

@pytest.mark.parametrize("script", sorted(HERE.glob("*.lua")),
                         ids=lambda script: script.stem)
def test_lua(script, built, same):
    assert same(built("lua5.4"), "src/lua", script.name, files=[script],
                stdin=b"one line\nand another")


def test_scheme(built, same):
    programs = built("tinyscheme")
    script = HERE / "queens.scm"
    text = same(programs, "scheme", script.name,
                files=[script, programs.glibc / "init.scm"])
    assert b"8 queens: 92" in text


@pytest.mark.parametrize("test", ["corex", "strings", "locals", "alloc",
                                  "floats", "file"])
def test_forth(test, built, same):
    """pForth's own tests."""
    programs = built("pforth")
    files = sorted((programs.glibc / "fth").glob("t*.fth"))
    text = same(programs, "platforms/unix/pforth_standalone", "-q",
                f"t_{test}.fth", files=files)
    assert b" 0 failed" in text


def test_awk(built, same):
    script = HERE / "report.awk"
    assert same(built("mawk"), "mawk", "-f", script.name, "-v", "unit=km",
                stdin=b"".join(b"%d town%d %d.%d\n" % (i, i % 7, i * i, i)
                               for i in range(500)), files=[script])


def test_bc(built, same):
    if shutil.which("ed") is None:
        assert not os.environ.get("CI"), ".ci/run installs ed"
        pytest.skip("ed is missing, which bc's makefile calls")
    programs = built("bc")
    text = same(programs, "bc/bc", "-l", stdin=textwrap.dedent("""\
        scale = 60
        4 * a(1)
        e(1); l(10); s(1); c(1); j(2, 1)
        2 ^ 400; sqrt(2); 1 / 3; -7 % 3; 10 / 4
        define f(n) { if (n < 2) return (1); return (n * f(n - 1)); }
        f(60)
        obase = 16; ibase = 2; 11111111; x = y +
        "text"
        1 / 0
        quit
        """).encode())
    assert b"3.14159265358979323846264338327950288419716939937510582097494" \
        in text
    assert same(programs, "dc/dc", "-e", "20k 2v p [la1+dsa*pla30>y]sy 0sa1"
                                         " lyx 16o 255p 2 100^p")


def test_jim(built, same):
    script = HERE / "words.tcl"
    assert same(built("jimtcl"), "jimsh", script.name, files=[script])


# ── Files, packed and unpacked ───────────────────────────────────────────────

def test_zlib(built, same):
    programs = built("zlib")
    assert b"inflate with dictionary" in same(programs, "example",
                                              leaves_files=True)
    text = (programs.glibc / "ChangeLog").read_bytes()
    packed = same(programs, "minigzip", stdin=text)
    assert len(packed) < len(text) / 2
    assert same(programs, "minigzip", "-d", stdin=packed) == text


def test_bzip2(built, same):
    """The samples that bzip2's own makefile compares."""
    programs = built("bzip2")
    for number, level in (1, "-1"), (2, "-2"), (3, "-3"):
        sample = programs.glibc / f"sample{number}"
        plain = sample.with_suffix(".ref").read_bytes()
        packed = sample.with_suffix(".bz2").read_bytes()
        assert same(programs, "bzip2", level, stdin=plain) == packed
        assert same(programs, "bzip2", "-d", stdin=packed) == plain


# ── Data ─────────────────────────────────────────────────────────────────────

@pytest.mark.parametrize("program", [
    "test_all", "print_number", "parse_number", "print_value", "parse_string",
    "misc_tests", "parse_examples", "compare_tests"])
def test_cjson(program, built, same):
    """cJSON's own tests."""
    programs = built("cjson")
    text = same(programs, program, files=[programs.glibc / "tests/inputs"])
    assert text
    assert program == "test_all" or b" 0 Failures" in text


def test_sqlite(built, same):
    script = HERE / "towns.sql"
    text = same(built("jimtcl"), "sqlite3/shell", "towns.db",
                stdin=script.read_bytes(), leaves_files=True)
    assert b"ok" in text.splitlines()  # integrity_check


# ── Tools ────────────────────────────────────────────────────────────────────

def test_dash(built, same):
    script = HERE / "shell.sh"
    assert same(built("dash"), "src/dash", script.name, files=[script])

