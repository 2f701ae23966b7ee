"""Frame allocations fail on purpose: whatever a program makes of it, the kernel
stays and every frame comes back."""

import pytest

from conftest import BUILD
from test_programs import check_frames, check_tap

TESTS = BUILD / "user/tests"


def check_survival(run) -> None:
    assert run.status != 125, run.stderr.decode()
    assert run.free_before is not None
    assert run.free_after == run.free_before


def test_each_allocation_fails_once(run_guest):
    """fork, exec, brk, mmap, pipes, files …: one boot, the program counts."""
    run = run_guest(TESTS / "faultinject", trace="signal_generate",
                    timeout=120)
    check_tap(run)
    check_frames(run)
    rules = [event.args["rule"] for event in run.named("signal_generate")]
    assert len(rules) > 50
    assert all("out of memory" in rule.lower() for rule in rules), set(rules)


def test_the_nth_allocation_of_a_boot_fails(run_guest):
    """Those before main() among them: the kernel starts the program."""
    untouched = 0
    for n in range(1, 100):
        run = run_guest(BUILD / "user/hello", trace=False,
                        append=f"fail_page_alloc={n},100,0,1")
        check_survival(run)
        untouched += run.status == 0 and run.stdout == b"Hello, world!\n"
        if untouched == 3:
            break
    assert 5 < n < 100


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
