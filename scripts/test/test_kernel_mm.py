#!/usr/bin/python3
"""The kernel's memory manager as a program of the host, under ASan and UBSan.

kernel/mm/*.c is compiled as it is, with -m32, and linked with the fakes and
tests of scripts/test/kernel_mm_*.c (kernel_mm_host.h explains how that can
work). Each TEST() there is one test here and runs in a process of its own.
"""

import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEST_DIRECTORY = Path(__file__).resolve().parent
TEST_SOURCES = sorted(TEST_DIRECTORY.glob("kernel_mm_*.c"))
# init.c is about the boot loader and the kernel's image, and copy_user.c's
# function is what runs into the CPU of kernel_mm_cpu.c.
KERNEL_SOURCES = sorted(set((ROOT / "kernel/mm").glob("*.c"))
                        - {ROOT / "kernel/mm/init.c",
                           ROOT / "kernel/mm/copy_user.c"})
KERNEL_SOURCES += [ROOT / "kernel/trace/mm_trace.c",
                   ROOT / "kernel/trace/refusal.c"]

SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
COMPILE = ["gcc", "-m32", "-std=gnu11", "-O2", "-g", "-fno-pie",
           "-fno-omit-frame-pointer", "-fno-strict-aliasing",
           "-Wall", "-Wextra", "-Wno-sign-compare", "-Wno-unused-parameter",
           *(["-Werror"] if os.environ.get("CI") else []), *SANITIZERS,
           f"-I{ROOT / 'kernel'}", f"-I{TEST_DIRECTORY}"]
# Calls between source files go through functions that can fail on purpose.
LINK = ["gcc", "-m32", "-no-pie", *SANITIZERS, "-Wl,--wrap=kzalloc",
        "-Wl,--wrap=alloc_pages", "-Wl,--wrap=get_zeroed_page"]


def names_of_tests() -> list[str]:
    return [name for source in TEST_SOURCES
            for name in re.findall(r"^TEST\((\w+)\)", source.read_text(),
                                   re.MULTILINE)]


def run(command: list) -> None:
    """Run COMMAND; what it prints is the message if it fails."""
    result = subprocess.run(command, stdout=subprocess.PIPE, timeout=120,
                            stderr=subprocess.STDOUT, text=True, check=False,
                            env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0"})
    if result.returncode:
        pytest.fail(result.stdout or f"status {result.returncode}",
                    pytrace=False)


def can_build(directory: Path) -> bool:
    source = directory / "empty.c"
    source.write_text("int main(void) { return 0; }\n")
    try:
        return subprocess.run([*LINK, source, "-o", directory / "empty"],
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL,
                              check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module", name="program")
def fixture_program(tmp_path_factory) -> Path:
    """All of it, compiled and linked."""
    directory = tmp_path_factory.mktemp("kernel_mm")
    if not can_build(directory):
        reason = "no gcc -m32 with sanitizers: install gcc-multilib"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    def compile_one(source: Path) -> Path:
        target = directory / f"{source.parent.name}-{source.stem}.o"
        run([*COMPILE, "-c", source, "-o", target])
        return target

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        objects = list(pool.map(compile_one, KERNEL_SOURCES + TEST_SOURCES))
    program = directory / "kernel_mm"
    run([*LINK, *objects, "-o", program])
    return program


@pytest.mark.parametrize("name", names_of_tests())
def test_kernel_mm(program: Path, name: str) -> None:
    run([program, name])
