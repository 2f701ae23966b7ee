"""Programs that nobody wrote for Faultline: in the kernel they print and
return what they do on Linux.

Those of glibc are compiled here, from scripts/test/strangers/*.c. BusyBox is
Debian's, fetched when it is first needed, and runs strangers/*.sh.
"""

import os
import pathlib
import shutil
import subprocess
import time

import pytest

from conftest import BUILD

HERE = pathlib.Path(__file__).parent / "strangers"
SOURCES = sorted(HERE.glob("*.c"))
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
    program = tmp_path / request.param.stem
    subprocess.run(["gcc", "-m32", "-static", "-O1",
                    "-o", program, request.param, "-lm"], check=True)
    return program


@pytest.mark.parametrize("memory", ["16M", "64M"])
def test_stranger(stranger, memory, run_guest, run_native, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    native = run_native(stranger, cwd=scratch)
    assert native.stdout
    same(run_guest(stranger, memory=memory, trace=False), native)


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

def fetch(package: str, directory: pathlib.Path) -> None:
    """Unpack Debian's PACKAGE for i386 in DIRECTORY; apt checks its sum.

    With lists of packages in there: the system's stay as they are.
    """
    (directory / "lists/partial").mkdir(parents=True, exist_ok=True)
    (directory / "archives/partial").mkdir(parents=True, exist_ok=True)
    apt = ["apt-get", "-q"]
    for option in ("APT::Architecture=i386", "APT::Architectures=i386",
                   "APT::Sandbox::User=", "Acquire::Languages=none",
                   "Dir::State::status=/dev/null",
                   f"Dir::State::lists={directory}/lists",
                   f"Dir::Cache={directory}"):
        apt += ["-o", option]
    # One of many lists may be broken; it matters if the download fails.
    for words, check in (["update"], False), (["download", package], True):
        subprocess.run([*apt, *words], cwd=directory, check=check, timeout=300,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    deb, = directory.glob(f"{package}_*_i386.deb")
    subprocess.run(["dpkg-deb", "-x", deb, directory], check=True)


@pytest.fixture(scope="session")
def busybox(tmp_path_factory):
    program = BUILD / "strangers/busybox"
    problem = "apt-get is missing"
    for attempt in range(3 if shutil.which("apt-get") else 0):
        if program.exists():
            break
        time.sleep(attempt)  # a mirror may be in the middle of an update
        directory = tmp_path_factory.mktemp("apt")
        try:
            fetch("busybox-static", directory)
        except subprocess.SubprocessError as error:
            output = getattr(error, "stdout", None) or b""
            problem = f"{error}\n{output.decode(errors='replace')}"
            continue
        program.parent.mkdir(exist_ok=True)
        shutil.move(directory / "bin/busybox", program)
    if not program.exists():
        # Without network there is nothing to compare; but a machine that
        # tests everything must have one.
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up(f"busybox-static for i386 cannot be fetched: {problem}")
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
