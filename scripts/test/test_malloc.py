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
    """malloc_host.c, with malloc.c in it, in both builds."""
    folder = tmp_path_factory.mktemp("malloc")
    result = {}
    for name, flags in BUILDS.items():
        result[name] = folder / name
        subprocess.run(["gcc", "-m32", "-no-pie", "-std=gnu11", "-g", "-Wall",
                        "-Wextra", "-Werror", *flags, "-iquote", LIBC,
                        HERE / "malloc_host.c", "-o", result[name]],
                       check=True)
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
                                  "limits", "trim", "places"])
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
MISUSES = {
    "free twice": (0, "free(): double free of"),
    "free twice, another between": (1, "free(): double free of"),
    "free twice, 2000 bytes": (2, "free(): double free of"),
    "free twice, merged meanwhile": (3, "free(): double free of"),
    "interior pointer":
        (4, "free(): invalid pointer, or header overwritten before"),
    "stack pointer": (5, "free(): invalid pointer, or already freed:"),
    "8 bytes over the end":
        (6, "free(): invalid pointer, or header overwritten before"),
    "8 bytes before the start":
        (7, "free(): invalid pointer, or header overwritten before"),
    "written after free":
        (8, "malloc: use after free: pointers overwritten at"),
    "1 byte over the end": (9, "free(): overflow: header overwritten behind"),
    "free twice, mapped": (10, "free(): invalid pointer, or already freed:"),
    "realloc after free": (11, "realloc(): use after free of"),
    "tags of a free chunk":
        (12, "malloc: overflow or use after free: tags overwritten at"),
    "mapped, before the start":
        (13, "free(): invalid pointer, or header overwritten before"),
    "unaligned pointer":
        (14, "free(): invalid pointer, or header overwritten before"),
    "free twice, trimmed away": (15, "free(): invalid pointer, or already freed:"),
    "8 bytes over the end, the block itself":
        (16, "free(): overflow: header overwritten behind"),
    "written after free, the other pointer":
        (18, "malloc: use after free: pointers overwritten at"),
    "interior pointer with a header":
        (19, "free(): overflow: header overwritten behind"),
    "usable size after free": (17, "malloc_usable_size(): use after free of"),
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
malloc_grow: sbrk=135168 old_break=0x60000000 new_break=0x60021000 top_size=135152
malloc_top: chunk=0x6000000c size=104 top=0x60000074 top_size=135048
malloc_return: pointer=0x60000010 usable=100
# more
malloc: request=500 chunk_size=504
malloc_search: found=none
malloc_top: chunk=0x60000074 size=504 top=0x6000026c top_size=134544
malloc_return: pointer=0x60000078 usable=500
calloc: request=100 chunk_size=104
malloc_search: found=none
malloc_top: chunk=0x6000026c size=104 top=0x600002d4 top_size=134440
malloc_return: pointer=0x60000270 usable=100
# into a bin, and back
free: pointer=0x60000078 chunk=0x60000074 size=504
free_bin: chunk=0x60000074 size=504 bin=63
malloc: request=200 chunk_size=208
malloc_search: found=bin bin=63 chunk=0x60000074 size=504
malloc_split: chunk=0x60000074 size=208 remainder=0x60000144 remainder_size=296
malloc_return: pointer=0x60000078 usable=204
# merge
free: pointer=0x60000078 chunk=0x60000074 size=208
free_coalesce: chunk=0x60000074 size=504 with=next
free_bin: chunk=0x60000074 size=504 bin=63
free: pointer=0x60000010 chunk=0x6000000c size=104
free_coalesce: chunk=0x6000000c size=608 with=next
free_bin: chunk=0x6000000c size=608 bin=65
# realloc
realloc: old=0x60000270 request=1000 chunk_size=1008
realloc_in_place: chunk=0x6000026c old_size=104 size=1008 by=top
malloc_return: pointer=0x60000270 usable=1004
realloc: old=0x60000270 request=300 chunk_size=304
malloc_split: chunk=0x6000026c size=304 remainder=0x6000039c remainder_size=704
free_coalesce: chunk=0x6000039c size=134240 with=top
free_top: top=0x6000039c top_size=134240
realloc_in_place: chunk=0x6000026c old_size=1008 size=304 by=shrink
malloc_return: pointer=0x60000270 usable=300
malloc: request=100 chunk_size=104
malloc_search: found=bin bin=65 chunk=0x6000000c size=608
malloc_split: chunk=0x6000000c size=104 remainder=0x60000074 remainder_size=504
malloc_return: pointer=0x60000010 usable=100
malloc: request=100 chunk_size=104
malloc_search: found=bin bin=63 chunk=0x60000074 size=504
malloc_split: chunk=0x60000074 size=104 remainder=0x600000dc remainder_size=400
malloc_return: pointer=0x60000078 usable=100
free: pointer=0x60000078 chunk=0x60000074 size=104
free_coalesce: chunk=0x60000074 size=504 with=next
free_bin: chunk=0x60000074 size=504 bin=63
realloc: old=0x60000010 request=200 chunk_size=208
malloc_split: chunk=0x6000000c size=208 remainder=0x600000dc remainder_size=400
free_bin: chunk=0x600000dc size=400 bin=50
realloc_in_place: chunk=0x6000000c old_size=104 size=208 by=next
malloc_return: pointer=0x60000010 usable=204
realloc: old=0x0 request=300 chunk_size=304
malloc_search: found=bin bin=50 chunk=0x600000dc size=400
malloc_split: chunk=0x600000dc size=304 remainder=0x6000020c remainder_size=96
malloc_return: pointer=0x600000e0 usable=300
malloc: request=50 chunk_size=56
malloc_search: found=bin bin=12 chunk=0x6000020c size=96
malloc_split: chunk=0x6000020c size=56 remainder=0x60000244 remainder_size=40
malloc_return: pointer=0x60000210 usable=52
realloc: old=0x600000e0 request=400 chunk_size=408
malloc_search: found=none
malloc_top: chunk=0x6000039c size=408 top=0x60000534 top_size=133832
free: pointer=0x600000e0 chunk=0x600000dc size=304
free_bin: chunk=0x600000dc size=304 bin=38
malloc_return: pointer=0x600003a0 usable=404
# large
malloc: request=200000 chunk_size=200008
malloc_mmap: length=200704 address=0x7ffcf000
malloc_return: pointer=0x7ffcf008 usable=200696
realloc: old=0x7ffcf008 request=150000 chunk_size=150008
free_munmap: address=0x7fff4000 length=49152
realloc_in_place: chunk=0x7ffcf004 old_size=200704 size=151552 by=shrink
malloc_return: pointer=0x7ffcf008 usable=151544
free: pointer=0x7ffcf008 chunk=0x7ffcf004 size=151552
free_munmap: address=0x7ffcf000 length=151552
# aligned
memalign: alignment=64 request=10 chunk_size=16
malloc_search: found=bin bin=38 chunk=0x600000dc size=304
malloc_split: chunk=0x600000dc size=96 remainder=0x6000013c remainder_size=208
malloc_split: chunk=0x600000dc size=32 remainder=0x600000fc remainder_size=64
free_bin: chunk=0x600000dc size=32 bin=4
malloc_split: chunk=0x600000fc size=16 remainder=0x6000010c remainder_size=48
free_coalesce: chunk=0x6000010c size=256 with=next
free_bin: chunk=0x6000010c size=256 bin=32
malloc_return: pointer=0x60000100 usable=12
# top
free: pointer=0x60000100 chunk=0x600000fc size=16
free_coalesce: chunk=0x600000dc size=48 with=previous
free_coalesce: chunk=0x600000dc size=304 with=next
free_bin: chunk=0x600000dc size=304 bin=38
realloc: old=0x60000210 request=0 chunk_size=16
free: pointer=0x60000210 chunk=0x6000020c size=56
free_coalesce: chunk=0x600000dc size=360 with=previous
free_coalesce: chunk=0x600000dc size=400 with=next
free_bin: chunk=0x600000dc size=400 bin=50
free: pointer=0x600003a0 chunk=0x6000039c size=408
free_coalesce: chunk=0x6000039c size=134240 with=top
free_top: top=0x6000039c top_size=134240
free: pointer=0x60000010 chunk=0x6000000c size=208
free_coalesce: chunk=0x6000000c size=608 with=next
free_bin: chunk=0x6000000c size=608 bin=65
free: pointer=0x60000270 chunk=0x6000026c size=304
free_coalesce: chunk=0x6000000c size=912 with=previous
free_coalesce: chunk=0x6000000c size=135152 with=top
free_top: top=0x6000000c top_size=135152
# refused
malloc: request=4294967295 chunk_size=0
malloc_return: pointer=0x0 errno=12
# trim
free: pointer=0x60000010 chunk=0x6000000c size=100008
free_coalesce: chunk=0x6000000c size=233456 with=top
free_top: top=0x6000000c top_size=233456
free_trim: sbrk=-98304 new_break=0x60021000 top_size=135152
"""


def test_marks(passes, tmp_path):
    """The lines, the same lines in the file, and what the descriptor is."""
    file = tmp_path / "marks"
    assert passes("marks", trace=file) == MARKS
    lines = [line for line in MARKS.splitlines() if not line.startswith("#")]
    assert file.read_text() == "".join(lines)
