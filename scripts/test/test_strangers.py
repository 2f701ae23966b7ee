"""Programs that nobody wrote for Faultline, with glibc inside, statically
linked here: in the kernel they print and return what they do on Linux."""

import pathlib
import subprocess

import pytest

SOURCES = sorted((pathlib.Path(__file__).parent / "strangers").glob("*.c"))


@pytest.fixture(params=SOURCES, ids=lambda source: source.stem)
def stranger(request, tmp_path):
    program = tmp_path / request.param.stem
    subprocess.run(["gcc", "-m32", "-static", "-O1",
                    "-o", program, request.param, "-lm"], check=True)
    return program


@pytest.mark.parametrize("memory", ["16M", "64M"])
def test_stranger(stranger, memory, run_guest, run_native):
    native = run_native(stranger)
    assert native.stdout
    guest = run_guest(stranger, memory=memory, trace=False)
    assert guest.stdout == native.stdout
    assert guest.status == native.status
    assert guest.free_after == guest.free_before


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
