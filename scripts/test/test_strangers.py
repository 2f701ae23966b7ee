"""Programs that nobody wrote for Faultline: in the kernel they print and
return what they do on Linux.

Those of glibc are compiled here, from scripts/test/strangers/*.c and *.cc.
BusyBox is Debian's, fetched when it is first needed, and runs strangers/*.sh.
"""

import io
import os
import pathlib
import re
import shutil
import subprocess

import pexpect
import pytest

import debian
from conftest import RUN

HERE = pathlib.Path(__file__).parent / "strangers"
SOURCES = sorted(HERE.glob("*.c")) + sorted(HERE.glob("*.cc"))
SCRIPTS = sorted(HERE.glob("*.sh"))


def same(guest, native):
    """The same bytes and status; and every frame is given back."""
    assert guest.stderr == native.stderr
    assert guest.stdout == native.stdout
    assert guest.status == native.status
    assert guest.free_after == guest.free_before


# ── glibc ────────────────────────────────────────────────────────────────────

@pytest.fixture(params=SOURCES, ids=lambda source: source.stem)
def stranger(request, tmp_path):
    source = request.param
    program = tmp_path / source.stem
    compiler = "g++" if source.suffix == ".cc" else "gcc"
    words = [compiler, "-m32", "-static", "-O1", "-o", program, source, "-lm"]
    if compiler == "g++" and (
            not shutil.which(compiler) or
            subprocess.run(words, capture_output=True).returncode):
        pytest.skip("g++ makes no i386 programs (package g++-multilib)")
    subprocess.run(words, check=True)
    return program


@pytest.mark.parametrize("memory", ["32M", "64M"]) # 200 tasks need 24
def test_stranger(stranger, memory, run_guest, run_native, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    native = run_native(stranger, cwd=scratch)
    assert native.stdout
    same(run_guest(stranger, memory=memory, trace=False), native)


@pytest.mark.parametrize("compiler", [
    "gcc -m32 -static -O0", "gcc -m32 -static-pie -fPIE -O3",
    "gcc -m32 -static -O2 -msse2 -mfpmath=sse"])
def test_stranger_compiled_otherwise(compiler, run_guest, run_native,
                                     tmp_path):
    """Above all numbers, where registers and their saving matter."""
    for name in ("numbers", "signals"):
        program = tmp_path / name
        subprocess.run([*compiler.split(), "-o", program, HERE / f"{name}.c",
                        "-lm"], check=True)
        same(run_guest(program, trace=False), run_native(program))


def test_strangers_drive_brk_and_mmap(tmp_path, run_guest):
    """What makes them worth the trouble: glibc's malloc on our path."""
    source = next(s for s in SOURCES if s.stem == "heap")
    program = tmp_path / "heap"
    subprocess.run(["gcc", "-m32", "-static", "-O1", "-o", program, source],
                   check=True)
    run = run_guest(program)
    assert len(run.named("sys_enter_brk")) > 10
    assert run.named("sys_enter_mmap2")
    assert len(run.named("handle_mm_fault")) > 1000


# ── BusyBox ──────────────────────────────────────────────────────────────────

@pytest.fixture(scope="session")
def busybox():
    files = debian.fetched("busybox-static", debian.package)
    program, = files.glob("**/bin/busybox")  # /bin, or since Debian 13 /usr/bin
    return program


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_busybox(script, busybox, run_guest, run_native, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    shutil.copy(script, scratch)
    native = run_native(busybox, "ash", script.name, cwd=scratch)
    assert native.stdout.endswith(b"the end\n")
    same(run_guest(busybox, "ash", script.name, trace=False,
                   options=["--add", f"{script}:{script.name}"]), native)


# What is typed, and what must be seen before the next. Ash switches the
# terminal at its prompt, so whoever types ahead would see something else.
PROMPT = "% "
KEYS = [
    ("PATH=/nonexistent\r", PROMPT),
    ("echo hello\r", "hello\r\n" + PROMPT),
    ("ech\x7f\x7f\x7fecho edited\r", "edited\r\n" + PROMPT),
    ("echo abc\x1b[D\x1b[DX\r", "aXbc\r\n" + PROMPT),
    ("\x1b[A\r", "aXbc\r\n" + PROMPT),  # cursor up: the line before
    ("echo a\x01\x0b\x05echo b\x17c\r", "\nc\r\n" + PROMPT),
    ("echo /dev/nul\t\r", "\n/dev/null\r\n" + PROMPT),
    ("echo forgotten\x03", PROMPT),
    ("echo $?\r", "130\r\n" + PROMPT),
    ("cat\r", "cat\r\n"),
    ("one two\x7f\x7f\x7f2\r", "one 2\r\n"),
    ("gone\x15kept\r", "kept\r\n"),
    ("\x04", PROMPT),
    ("cat > file; cat file\r", "file\r\n"),
    ("line\r", "line\r\n"),
    ("without end\x04\x04", "line\r\nwithout end" + PROMPT),
    ("cat\r", "cat\r\n"),
    ("\x03", "^C\r\n" + PROMPT),
    ("echo $?\r", "130\r\n" + PROMPT),
    ("while true; do echo turn; sleep 100; done\r", "\nturn\r\n"),
    ("\x03", "^C\r\n" + PROMPT),
    ("tail -f /dev/null\r", "null\r\n"),
    ("\x1a", "Stopped                    tail -f /dev/null\r\n" + PROMPT),
    ("jobs\r", "Stopped                    tail -f /dev/null\r\n" + PROMPT),
    ("bg\r", "tail -f /dev/null\r\n" + PROMPT),
    ("jobs\r", "Running                    tail -f /dev/null\r\n" + PROMPT),
    ("fg\r", "fg\r\ntail -f /dev/null\r\n"),
    ("\x03", "^C\r\n" + PROMPT),
    ("tail -f /dev/null | cat &\r", PROMPT),
    ("kill %1; wait %1 2> /dev/null; echo $?\r", "143\r\n"),
    ("\r", PROMPT),
    ("cat &\r", PROMPT),  # from the background it may not read
    ("\r", "Stopped (tty input)        cat\r\n" + PROMPT),
    ("fg\r", "fg\r\ncat\r\n"),
    ("\x04", PROMPT),
    ("read x; echo \"<$x>\"\r", "<$x>\"\r\n"),
    ("typed\r", "<typed>\r\n" + PROMPT),
    ("stty size; stty -a | grep -o 'intr = ..'\r", "^C\r\n" + PROMPT),
    ("stty -echo; read x; stty echo; echo $x\r", "$x\r\n"),
    ("hidden\r", "hidden\r\n" + PROMPT),
    ("sh -c 'kill -TSTP $$; echo again'\r", "Stopped"),
    ("", PROMPT),
    ("fg\r", "again\r\n" + PROMPT),
    ("rm file; (exit 5)\r", PROMPT),
    ("\x04", pexpect.EOF),
]


def session(command, directory, environment):
    """What a terminal shows while KEYS are typed; and the status.

    Without what depends on the moment: newer versions of ash ask the terminal
    where its cursor is, unless something is typed already, and show the prompt
    again when a job has changed.
    """
    child = pexpect.spawn(str(command[0]), [str(word) for word in command[1:]],
                          cwd=directory, env=environment, encoding="utf-8",
                          dimensions=(24, 80), timeout=30)
    child.logfile_read = io.StringIO()
    try:
        child.expect_exact(PROMPT)
        for keys, shown in KEYS:
            child.send(keys)
            child.expect_exact(shown)
        child.wait()
    finally:
        child.close(force=True)
    shown = child.logfile_read.getvalue().replace("\x1b[6n", "")
    shown = re.sub(rf"(\r\n{PROMPT})+", rf"\r\n{PROMPT}", shown)
    return shown, child.exitstatus


def test_busybox_at_a_terminal(busybox, native_prefix, tmp_path):
    if native_prefix:
        pytest.skip("needs a Linux that runs i386 programs")
    native = session([busybox, "ash"], tmp_path,
                     {"PS1": PROMPT, "HOME": "/", "TERM": "linux"})
    guest = session([RUN, "--timeout", "100", "--env", f"PS1={PROMPT}",
                     busybox, "ash"], tmp_path, os.environ)
    assert guest == native
