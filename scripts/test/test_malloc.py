"""libc/malloc.c on this host, under AddressSanitizer and UBSan and without."""

import os
import pathlib
import re
import signal
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
LIBC = HERE.parents[1] / "libc"

BUILDS = {
    "sanitized": ["-O1", "-fsanitize=address,undefined",
                  "-fno-sanitize-recover=all"],
    "optimised": ["-O2", "-march=i486"],
}


@pytest.fixture(scope="session")
def programs(tmp_path_factory) -> dict[str, pathlib.Path]:
    """malloc_host.c, with malloc.c in it, in both builds. gcc 14, which sees
    it all at once, takes a size that is none of the cache's for one."""
    folder = tmp_path_factory.mktemp("malloc")
    result = {}
    for name, flags in BUILDS.items():
        result[name] = folder / name
        subprocess.run(["gcc", "-m32", "-no-pie", "-std=gnu11", "-g", "-Wall",
                        "-Wextra", "-Wno-unused-parameter",
                        "-Wno-array-bounds", "-Werror", *flags,
                        "-iquote", LIBC, HERE / "malloc_host.c", "-o",
                        result[name]], check=True)
    return result


def run(program: pathlib.Path, *arguments, trace: pathlib.Path | None = None):
    environment = {name: value for name, value in os.environ.items()
                   if name != "MALLOC_TRACE"}
    if trace:
        trace.touch()
        environment["MALLOC_TRACE"] = str(trace)
    return subprocess.run([program, *map(str, arguments)], env=environment,
                          capture_output=True, text=True, timeout=60)


@pytest.fixture(params=BUILDS)
def passes(programs, request):
    """A function that runs one test of malloc_host and wants it to pass."""
    def check(*arguments, trace: pathlib.Path | None = None) -> str:
        result = run(programs[request.param], *arguments, trace=trace)
        assert result.returncode == 0, result.stdout + result.stderr
        assert result.stderr == ""
        return result.stdout
    return check


@pytest.mark.parametrize("seed", [1, 20, 300])
def test_random_operations(passes, seed):
    passes("random", seed, 100000)


@pytest.mark.parametrize("seed", [5, 60])
def test_random_operations_while_others_move_the_break(passes, seed):
    passes("random-foreign", seed, 60000)


def test_random_operations_on_the_kernel_of_this_host(passes):
    passes("native", 7, 60000)


def test_each_call_for_memory_fails_once(passes):
    assert int(passes("failure-alone")) > 10


def test_memory_runs_out_at_each_call(passes):
    assert int(passes("failure-from")) > 10


@pytest.mark.parametrize("name", ["obstructed", "foreign", "small-top", "best",
                                  "limits", "trim", "saw", "places", "batch",
                                  "middle", "consolidation", "step",
                                  "thresholds", "settings", "fork", "info"])
def test_one_by_one(passes, name):
    passes(name)


def test_no_system_call_more_without_malloc_trace(passes, tmp_path):
    calls = passes("silence")
    assert re.fullmatch(r"calls=\d+\n", calls)
    # The marks change nothing else.
    assert passes("noise", trace=tmp_path / "marks").endswith(calls)


def test_no_trace_file(programs, tmp_path):
    environment = dict(os.environ, MALLOC_TRACE=str(tmp_path / "none" / "x"))
    result = subprocess.run([programs["optimised"], "obstructed"], env=environment,
                            capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


# The number in malloc_host.c's test_misuse(), and the words of the message.
DOUBLE = "%s: double free, or use after free, of"
MISUSES = {
    "free twice": (0, DOUBLE % "free()"),
    "free twice, another between": (1, DOUBLE % "free()"),
    "free twice, 2000 bytes": (2, DOUBLE % "free()"),
    "free twice, merged meanwhile": (3, DOUBLE % "free()"),
    "interior pointer":
        (4, "free(): invalid pointer, or header overwritten before"),
    "stack pointer": (5, "free(): invalid pointer, or already freed:"),
    "8 bytes over the end":
        (6, "free(): invalid pointer, or header overwritten before"),
    "8 bytes before the start":
        (7, "free(): invalid pointer, or header overwritten before"),
    "written after free":
        (8, "malloc: use after free, of"),
    "1 byte over the end": (9, "free(): overflow: header overwritten behind"),
    "free twice, mapped": (10, "free(): invalid pointer, or already freed:"),
    "realloc after free": (11, DOUBLE % "realloc()"),
    "tags of a free chunk":
        (12, "malloc: overflow or use after free: tags damaged at"),
    "mapped, before the start":
        (13, "free(): invalid pointer, or already freed:"),
    "unaligned pointer":
        (14, "free(): invalid pointer, or header overwritten before"),
    "free twice, trimmed away": (15, "free(): invalid pointer, or already freed:"),
    "8 bytes over the end, the block itself":
        (16, "free(): overflow: header overwritten behind"),
    "written after free, in a bin":
        (18, "malloc: use after free: pointers damaged at"),
    "written after free, the other pointer":
        (19, "malloc: use after free: pointers damaged at"),
    "written after free, the last word":
        (20, "malloc: overflow or use after free: tags damaged at"),
    "written after free, then malloc_trim()":
        (21, "malloc: use after free, of"),
    "8 bytes over the end, then malloc_trim()":
        (22, "malloc: overflow: header overwritten at"),
    "usable size after free": (17, DOUBLE % "malloc_usable_size()"),
}


@pytest.mark.parametrize("build", BUILDS)
@pytest.mark.parametrize("name", MISUSES)
def test_misuse_is_stopped(programs, name, build):
    number, words = MISUSES[name]
    result = run(programs[build], "misuse", number)
    assert result.returncode == -signal.SIGABRT
    address = result.stdout.strip()
    assert address.startswith("0x")
    assert result.stderr == f"{words} {address}\n"


MARKS = """\
# first
malloc: request=100 chunk_size=104
malloc_search: found=none
malloc_grow: length=12288 start=0x60000000 end=0x60003000 top_size=12272
malloc_top: chunk=0x6000000c size=104 top=0x60000074 top_size=12168
malloc_return: pointer=0x60000010
# more
malloc: request=500 chunk_size=504
malloc_search: found=none
malloc_top: chunk=0x60000074 size=504 top=0x6000026c top_size=11664
malloc_return: pointer=0x60000078
calloc: request=100
malloc: request=100 chunk_size=104
malloc_search: found=none
malloc_top: chunk=0x6000026c size=104 top=0x600002d4 top_size=11560
malloc_return: pointer=0x60000270
# into a bin, and back
free: pointer=0x60000078 chunk=0x60000074 size=504
free_bin: chunk=0x60000074 size=504 bin=63
malloc: request=200 chunk_size=208
malloc_search: found=bin bin=63 chunk=0x60000074 size=504 rest=296
malloc_return: pointer=0x60000078
# merge
free: pointer=0x60000078 chunk=0x60000074 size=208
free_coalesce: chunk=0x60000074 size=504 with=next
free_bin: chunk=0x60000074 size=504 bin=63
free: pointer=0x60000010 chunk=0x6000000c size=104
free_cache: chunk=0x6000000c size=104
# realloc
realloc: old=0x60000270 request=1000 chunk_size=1008
realloc_in_place: pointer=0x60000270
realloc: old=0x60000270 request=300 chunk_size=304
free_top: top=0x6000039c top_size=11360
realloc_in_place: pointer=0x60000270
malloc: request=100 chunk_size=104
malloc_search: found=cache chunk=0x6000000c size=104
malloc_return: pointer=0x60000010
malloc: request=100 chunk_size=104
malloc_search: found=bin bin=63 chunk=0x60000074 size=504 rest=400
malloc_return: pointer=0x60000078
free: pointer=0x60000078 chunk=0x60000074 size=104
free_cache: chunk=0x60000074 size=104
realloc: old=0x60000010 request=200 chunk_size=208
malloc: request=200 chunk_size=208
malloc_search: found=bin bin=50 chunk=0x600000dc size=400 rest=192
malloc_return: pointer=0x600000e0
free: pointer=0x60000010 chunk=0x6000000c size=104
free_cache: chunk=0x6000000c size=104
malloc: request=300 chunk_size=304
malloc_search: found=none
malloc_top: chunk=0x6000039c size=304 top=0x600004cc top_size=11056
malloc_return: pointer=0x600003a0
malloc: request=50 chunk_size=56
malloc_search: found=bin bin=24 chunk=0x600001ac size=192 rest=136
malloc_return: pointer=0x600001b0
realloc: old=0x600003a0 request=400 chunk_size=408
realloc_in_place: pointer=0x600003a0
# large
malloc: request=200000 chunk_size=200008
malloc_mmap: length=200704 address=0x7ffcf000
malloc_return: pointer=0x7ffcf010
realloc: old=0x7ffcf010 request=150000 chunk_size=150008
malloc_mmap: length=151552 address=0x7ffaa000
realloc_in_place: pointer=0x7ffaa010
free: pointer=0x7ffaa010 chunk=0x7ffaa00c size=151552
free_munmap: address=0x7ffaa000 length=151552
# aligned
memalign: alignment=64 request=10 chunk_size=16
malloc: request=90 chunk_size=96
malloc_search: found=bin bin=17 chunk=0x600001e4 size=136 rest=40
malloc_return: pointer=0x600001e8
free: pointer=0x600001e8 chunk=0x600001e4 size=24
free_cache: chunk=0x600001e4 size=24
realloc: old=0x60000200 request=10 chunk_size=16
free_coalesce: chunk=0x6000020c size=96 with=next
free_bin: chunk=0x6000020c size=96 bin=12
realloc_in_place: pointer=0x60000200
# top
free: pointer=0x60000200 chunk=0x600001fc size=16
free_cache: chunk=0x600001fc size=16
realloc: old=0x600001b0 request=0 chunk_size=16
free: pointer=0x600001b0 chunk=0x600001ac size=56
free_cache: chunk=0x600001ac size=56
free: pointer=0x600003a0 chunk=0x6000039c size=408
free_top: top=0x6000039c top_size=11360
free: pointer=0x600000e0 chunk=0x600000dc size=208
free_bin: chunk=0x600000dc size=208 bin=26
free: pointer=0x60000270 chunk=0x6000026c size=304
free_coalesce: chunk=0x6000020c size=400 with=previous
free_top: top=0x6000020c top_size=11760
# refused
malloc: request=4294967295 chunk_size=8
malloc_return: pointer=0x0
# trim
malloc_consolidate: from=16
free_top: top=0x6000000c top_size=12272
free_trim: sbrk=-8192 new_break=0x60001000 top_size=4080
free: pointer=0x60000010 chunk=0x6000000c size=100008
free_top: top=0x6000000c top_size=368624
free_trim: sbrk=-212992 new_break=0x60026000 top_size=155632
"""


def test_marks(passes, tmp_path):
    """The lines, the same lines in the file, and what the descriptor is."""
    file = tmp_path / "marks"
    assert passes("marks", trace=file) == MARKS
    lines = [line for line in MARKS.splitlines() if not line.startswith("#")]
    assert file.read_text() == "".join(lines)
