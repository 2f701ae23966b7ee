"""The allocators of libc/malloc/: right on the host, measured side by side;
and the heap that user/heap.c draws."""

import re
import subprocess

import pytest

from conftest import BUILD, ROOT, RUN

ALLOCATORS = sorted((ROOT / "libc/malloc").glob("*.c"))
COMPILE = ["gcc", "-m32", "-O2", "-g", "-Wall", "-Wextra", "-Werror",
           "-Wno-unused-parameter", "-fno-builtin", "-static",
           f"-I{ROOT}/libc/malloc"]
CHECK = ROOT / "scripts/test/allocator_check.c"


def build(tmp_path, *sources):
    program = tmp_path / "check"
    subprocess.run([*COMPILE, "-o", program, *sources], check=True)
    return program


@pytest.mark.parametrize("source", ALLOCATORS, ids=lambda path: path.stem)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_allocator(source, seed, tmp_path):
    # What bump.c takes is never given back.
    operations = 3000 if source.stem == "bump" else 60000
    program = build(tmp_path, CHECK, source)
    result = subprocess.run([program, str(seed), str(operations)],
                            capture_output=True, text=True, timeout=60,
                            check=False)
    assert (result.returncode, result.stderr) == (0, "")


BROKEN = {
    "overlap": ("bump", "next += size;", "next += size / 2;"),
    "no split": ("firstfit", "c->size -= size;", "c->size -= size / 2;"),
    "lost": ("buddy", "b->order != order", "b->order > order"),
    "small": ("buddy", "- HEADER < request", "< request"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_check_finds_a_broken_allocator(name, tmp_path):
    source, old, new = BROKEN[name]
    text = (ROOT / f"libc/malloc/{source}.c").read_text()
    assert old in text
    broken = tmp_path / "broken.c"
    broken.write_text(text.replace(old, new))
    program = build(tmp_path, CHECK, broken)
    result = subprocess.run([program, "1", "3000"], capture_output=True,
                            timeout=60, check=False)
    assert result.returncode != 0


@pytest.mark.parametrize("source", ALLOCATORS, ids=lambda path: path.stem)
def test_programs_run_with_another_allocator(source, run_guest, run_native):
    """mallocbench is linked with it and with our libc's stdio."""
    run = run_guest(BUILD / "bench" / source.stem, trace=False)
    assert (run.status, run.stderr) == (0, b"")
    assert run.free_before == run.free_after
    numbers = rb" +\d+ ns each| +\d+ KiB taken"
    native = run_native(BUILD / "bench" / source.stem)
    assert (re.sub(numbers, b"", run.stdout) ==
            re.sub(numbers, b"", native.stdout) != b"")


def test_bench_malloc_compares():
    result = subprocess.run(
        [ROOT / "scripts/bench-malloc", BUILD / "bench/malloc",
         BUILD / "bench/firstfit"], capture_output=True, text=True,
        timeout=200, check=False)
    assert result.returncode == 0, result.stderr
    instructions, memory, speed = re.findall(r"\n(\w[^\n]+\n(?: +.*\n)+)",
                                             result.stdout)
    for text in instructions, memory, speed:
        rows = {line.split()[0]: line.split()[1:]
                for line in text.splitlines()[2:]}
        assert {"malloc", "firstfit", "glibc"} <= set(rows)
        assert all(len(cells) >= 5 for cells in rows.values())
    rows = {line.split()[0]: line.split()[1:]
            for line in instructions.splitlines()[2:]}
    assert int(rows["malloc"][0]) < int(rows["firstfit"][0]) / 2


def test_a_wrong_allocator_is_named():
    result = subprocess.run(["make", "MALLOC=nosuch", "build/user/hello"],
                            cwd=ROOT, capture_output=True, text=True,
                            check=False)
    assert result.returncode != 0
    assert "there is no libc/malloc/nosuch.c" in result.stderr
    assert all(path.stem in result.stderr for path in ALLOCATORS)


def heap(run_guest, *words):
    """The pictures that user/heap.c draws, one text for each argument."""
    run = run_guest(BUILD / "user/heap", *words, trace=False)
    assert run.status == 0
    return run.stdout.decode().split("\n\n")[:-1]


def test_heap_shows_a_promise(run_guest):
    [picture] = heap(run_guest, "100000")
    assert re.search(r"100008  in use, block 1\n", picture)
    assert "pages of the heap with a frame: 1, without:" in picture


def test_heap_shows_reuse_and_merging(run_guest):
    pictures = heap(run_guest, "100", "100", "-1", "100")
    first = re.search(r"block 1 = .* = (0x\w+)", pictures[0])[1]
    assert re.search(r"104  cached\n", pictures[2])
    assert f"block 3 = malloc(100) = {first}" in pictures[3]
    pictures = heap(run_guest, "3000", "3000", "3000", "-1", "-2")
    assert re.search(r" 3008  free\n", pictures[3])
    assert re.search(r" 6016  free\n", pictures[4])


def test_heap_shows_a_mapping(run_guest):
    pictures = heap(run_guest, "300000", "-1")
    assert re.search(r"mapped, block 1\n", pictures[0])
    assert "mapped" not in pictures[1]


def test_heap_refuses_nonsense():
    for words, why in [(["x"], "not a number"), (["-1"], "no block 1")]:
        result = subprocess.run([BUILD / "user/heap", *words],
                                capture_output=True, text=True, check=False)
        assert result.returncode and why in result.stderr
    assert subprocess.run([RUN, BUILD / "user/heap"],
                          capture_output=True, check=False).returncode == 2
