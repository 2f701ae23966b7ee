"""The tour: its claims hold, and the event stream shows, step by step, that
they hold for the reasons it gives."""

import re

import pytest

from conftest import BUILD

TOUR = BUILD / "user/tour"
PAGE = 4096

MEMORY_CALLS = ("sys_enter_brk", "sys_enter_mmap2", "sys_enter_munmap",
                "sys_enter_mprotect")
FAULTS = ("page_fault_user", "page_fault_kernel")


class Steps:
    """The events of one run, cut where the tour prints "Step N.".

    Each write() of the tour to its standard output is one line, so the
    result of the write says which part of the output it was.
    """

    def __init__(self, run) -> None:
        self.run = run
        self.events = {0: []}
        self.text = {0: ""}
        rest = run.stdout
        step = 0
        descriptor = None
        for event in run.events:
            if event.name == "sys_enter_write":
                descriptor = event.number("fd")
            if event.name == "sys_exit_write" and descriptor == 1:
                length = int(event.rest, 0)
                line, rest = rest[:length].decode(), rest[length:]
                match = re.match(r"Step (\d+)\. ", line)
                if match:
                    step = int(match[1])
                    self.events[step] = []
                    self.text[step] = ""
                self.text[step] += line
            else:
                self.events[step].append(event)
        assert rest == b""

    def named(self, step: int, *names: str) -> list:
        return [event for event in self.events[step] if event.name in names]

    def names(self, step: int, *names: str) -> list[str]:
        return [event.name for event in self.named(step, *names)]

    def kinds(self, step: int) -> list[str]:
        return [event.args["kind"]
                for event in self.named(step, "handle_mm_fault")]

    def between(self, step: int, first: str, last: str) -> list:
        """The events from the step's first FIRST to its last LAST."""
        events = self.events[step]
        names = [event.name for event in events]
        end = len(names) - names[::-1].index(last)
        return events[names.index(first):end]


_cache = {}


@pytest.fixture
def tour(run_guest):
    """One run of the tour with all events, for all tests."""
    if "steps" not in _cache:
        _cache["steps"] = Steps(run_guest(TOUR, trace="all",
                                         options=["--icount"]))
    return _cache["steps"]


def brk_moves(events) -> list[tuple[int, int]]:
    """(before, after) of each brk_move."""
    moves = []
    for event in events:
        if event.name == "brk_move":
            before, after = event.args["brk"].split("->")
            moves.append((int(before, 0), int(after, 0)))
    return moves


def calls_but_for_marks(events) -> list[str]:
    """The system calls, without those that write malloc's own marks."""
    return [event.name for event in events
            if event.name.startswith("sys_enter_") and
            not (event.name == "sys_enter_write" and event.number("fd") > 2)]


def check_no_frame_taken(events) -> None:
    assert not [event for event in events
                if event.name in ("handle_mm_fault", "rss_stat")]


# ── The program's own word ───────────────────────────────────────────────────

def test_all_claims_hold(tour):
    run = tour.run
    assert run.status == 0
    text = run.stdout.decode()
    assert "NOT TRUE" not in text
    assert text.endswith("\nAll claims held.\n")
    assert [int(number) for number in
            re.findall(r"^Step (\d+)\.", text, re.MULTILINE)] == \
        list(range(1, 13))
    assert max(map(len, text.splitlines())) <= 80
    assert run.free_after == run.free_before


def test_without_tracing_it_prints_the_same(tour, run_guest):
    """To look does not change what is seen."""
    run = run_guest(TOUR, trace=False)
    assert run.stdout == tour.run.stdout
    assert run.status == 0
    assert [event.name for event in run.events] == ["machine_power_off"]


def test_the_same_each_time(tour, run_guest):
    again = run_guest(TOUR, trace="all", options=["--icount"])
    assert again.stdout == tour.run.stdout
    assert [(event.name, event.rest) for event in again.events] == \
        [(event.name, event.rest) for event in tour.run.events]


def test_list_and_last_step(run_guest):
    titles = run_guest(TOUR, "--list", trace=False).stdout.decode()
    assert len(titles.splitlines()) == 12
    text = run_guest(TOUR, "2", trace=False).stdout.decode()
    assert "Step 2." in text
    assert "Step 3." not in text
    assert run_guest(TOUR, "13", trace=False).status == 2


# ── What the kernel says about each step ─────────────────────────────────────

def test_step_1_first_malloc(tour):
    names = tour.names(1, "malloc", "malloc_search", "sys_enter_brk",
                       "brk_move", "malloc_grow", "malloc_return")
    assert names[0] == "malloc"
    assert names[-1] == "malloc_return"
    assert names.index("malloc_search") < names.index("brk_move") < \
        names.index("malloc_grow")
    assert tour.named(1, "malloc")[0].number("request") == 100000
    assert tour.named(1, "malloc_search")[0].args["found"] == "none"

    before, after = brk_moves(tour.events[1])[0]
    grown = [event for event in tour.named(1, "vma_map", "vma_adjust")
             if "[heap]" in event.rest]
    assert after - before >= 100000
    assert len(grown) == 1
    assert f"-{after:#x} rw-p" in grown[0].rest

    # brk() itself moved the number and the area, and took no frame.
    check_no_frame_taken(tour.between(1, "sys_enter_brk", "sys_exit_brk"))


def test_step_2_brk_alone(tour):
    moves = brk_moves(tour.events[2])
    assert [after - before for before, after in moves] == [65536, -65536]
    assert tour.names(2, *FAULTS) == []
    check_no_frame_taken(tour.events[2])


def test_step_3_first_touch(tour):
    page = int(re.search(r"page = (0x[0-9a-f]+)", tour.text[3])[1], 0)
    faults = tour.named(3, *FAULTS)
    assert [(event.name, event.number("address"), event.number("error_code"))
            for event in faults] == [("page_fault_user", page, 0x6)]
    assert tour.kinds(3) == ["anon_write"]

    fault = tour.named(3, "handle_mm_fault")[0]
    assert fault.number("address") == page
    assert "[heap]" in fault.args["area"]
    before, after = fault.args["pte"].split("->")
    assert int(before, 0) == 0
    assert int(after, 0) >> 12 == fault.number("pfn") != 0

    rss = tour.named(3, "rss_stat")
    assert [event.args["type"] for event in rss] == ["MM_ANONPAGES"]
    frames = [event.number("pfn") for event in tour.named(3, "mm_page_alloc")]
    assert fault.number("pfn") in frames


def test_step_4_rest_of_the_page(tour):
    assert tour.names(4, *FAULTS, *MEMORY_CALLS) == []
    check_no_frame_taken(tour.events[4])


def test_step_5_many_blocks(tour):
    assert [event.number("request") for event in tour.named(5, "malloc")] == \
        [600] * 10
    assert tour.names(5, *MEMORY_CALLS) == []
    assert len(tour.named(5, "malloc_top")) == 10
    assert set(tour.kinds(5)) == {"anon_write"}


def test_step_6_free_list(tour):
    events = tour.between(6, "free", "malloc_return")
    assert calls_but_for_marks(events) == []
    assert tour.names(6, *FAULTS) == []
    freed = tour.named(6, "free")[0]
    found = tour.named(6, "malloc_search")[0]
    assert found.args["found"] == "bin"
    assert found.number("chunk") == freed.number("chunk")
    assert tour.named(6, "malloc_return")[0].number("pointer") == \
        freed.number("pointer")


def test_step_7_coalescing(tour):
    events = tour.between(7, "free", "malloc_return")
    assert calls_but_for_marks(events) == []
    assert len(tour.named(7, "free")) == 3
    assert {event.args["with"]
            for event in tour.named(7, "free_coalesce")} == \
        {"next", "previous"}
    first = tour.named(7, "free")[0]
    assert tour.named(7, "malloc_return")[0].number("pointer") == \
        first.number("pointer")


def test_step_8_large_block(tour):
    assert tour.names(8, *MEMORY_CALLS) == ["sys_enter_mmap2",
                                            "sys_enter_munmap"]
    check_no_frame_taken(tour.between(8, "sys_enter_mmap2", "sys_exit_mmap2"))
    mapped = tour.named(8, "malloc_mmap")[0]
    area = f"{mapped.number('address'):#x}-" \
        f"{mapped.number('address') + mapped.number('length'):#x} rw-p"
    assert tour.named(8, "vma_map")[0].rest.startswith(area)
    assert tour.named(8, "vma_unmap")[0].rest.startswith(area)

    # Ten touches, and the one in which malloc wrote the size.
    assert tour.kinds(8) == ["anon_write"] * 11
    frames = {event.number("pfn")
              for event in tour.named(8, "handle_mm_fault")}
    freed = {event.number("pfn") for event in
             tour.between(8, "sys_enter_munmap", "sys_exit_munmap")
             if event.name == "mm_page_free"}
    assert len(frames) == 11
    assert frames <= freed


def test_step_9_zero_page(tour):
    assert tour.kinds(9) == ["anon_read"]
    assert [event.number("error_code") for event in
            tour.named(9, "page_fault_user")] == [0x4]
    assert tour.named(9, "rss_stat") == []


def test_step_10_zero_page_upgrade(tour):
    assert tour.kinds(10) == ["zero_upgrade"]
    assert [event.number("error_code") for event in
            tour.named(10, "page_fault_user")] == [0x7]
    fault = tour.named(10, "handle_mm_fault")[0]
    zero_pfn = tour.named(9, "handle_mm_fault")[0].args["pte"]
    before, after = fault.args["pte"].split("->")
    # The entry that the read made, but for the accessed bit, is replaced.
    assert int(before, 0) >> 12 == int(zero_pfn.split("->")[1], 0) >> 12
    assert int(after, 0) >> 12 == fault.number("pfn") != int(before, 0) >> 12
    assert [event.args["type"] for event in tour.named(10, "rss_stat")] == \
        ["MM_ANONPAGES"]


def test_step_11_trimming(tour):
    assert tour.named(11, "free_trim")
    trims = [(before, after) for before, after in brk_moves(tour.events[11])
             if after < before]
    assert trims
    call = tour.between(11, "free_trim", "free_trim")
    assert call[0].number("sbrk") < 0
    freed = sum(event.name == "mm_page_free" for event in tour.events[11])
    assert freed >= (trims[0][0] - trims[0][1]) // PAGE // 2


def test_step_12_refused(tour):
    assert tour.names(12, *FAULTS) == ["page_fault_kernel"]
    assert tour.kinds(12) == ["refused"]
    refused = tour.named(12, "handle_mm_fault")[0]
    assert refused.args["area"] == "none"
    assert refused.number("address") & -PAGE == \
        int(re.search(r"(0x[0-9a-f]+) was part", tour.text[12])[1], 0)
    assert "sys_exit_read -14" in \
        [f"{event.name} {event.rest}" for event in tour.events[12]]
    assert tour.named(12, "signal_generate") == []


def test_die(run_guest):
    """The same without asking: the end of the program, not of the kernel."""
    run = run_guest(TOUR, "--die")
    assert run.status == 139
    assert run.stdout.endswith(b"This is the end.\n")
    assert b"NOT TRUE" not in run.stdout
    signals = run.named("signal_generate")
    assert [event.args["sig"] for event in signals] == ["11"]
    assert "above the program break" in signals[0].args["rule"]
    refused = run.named("handle_mm_fault")[-1]
    assert refused.args["kind"] == "refused"
    assert run.free_after == run.free_before
