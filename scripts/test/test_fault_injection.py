"""Fail the Nth frame allocation, for N = 1, 2, 3 … until a run passes
untouched: whatever the program makes of it, the kernel stays and every frame
comes back."""

import pytest

from conftest import BUILD

TESTS = BUILD / "user/tests"
EACH = 25  # every N up to here; then in growing steps


def numbers():
    n = 1
    while True:
        yield n
        n += 1 if n < EACH else n // 5


def check_survival(run) -> None:
    assert run.status != 125, run.stderr.decode()
    assert run.free_before is not None
    assert run.free_after == run.free_before


@pytest.mark.parametrize("name", ["fork", "mremap", "stdio"])
def test_the_nth_allocation_fails(name, run_guest):
    untouched = run_guest(TESTS / name, trace=False)
    assert untouched.status == 0
    differed = 0
    for n in numbers():
        run = run_guest(TESTS / name, trace=False,
                        append=f"fail_page_alloc={n},100,0,1")
        check_survival(run)
        if run.status == 0 and run.stdout == untouched.stdout:
            if n > EACH:
                break
        else:
            differed += 1
    assert differed > 5


@pytest.mark.parametrize("interval", [2, 3, 7, 50])
def test_allocations_fail_again_and_again(interval, run_guest):
    check_survival(run_guest(TESTS / "fork", trace=False,
                             append=f"fail_page_alloc={interval},100,0,-1"))


def test_space_is_given_first(run_guest):
    """With 8 MiB given before anything fails, a small program notices
    nothing."""
    run = run_guest(BUILD / "user/hello", trace=False,
                    append="fail_page_alloc=1,100,8388608,-1")
    assert run.status == 0
    assert run.stdout == b"Hello, world!\n"
    run = run_guest(BUILD / "user/hello", trace=False,
                    append="fail_page_alloc=1,100,0,-1")
    assert run.status != 0
    check_survival(run)


def test_probability_0_is_off(run_guest):
    run = run_guest(BUILD / "user/hello", trace=False,
                    append="fail_page_alloc=1,0,0,-1")
    assert run.status == 0
