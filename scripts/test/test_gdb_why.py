"""why: what it predicts is what then happens, in the kernel's own words."""

import re

import pytest
from conftest import BUILD, KILL, ROOT
from test_gdb_address_space import STOP
from test_programs import segv_ways

# Python for gdb: at each page fault, and before each call of probe(), ask
# why; later compare with the events that the kernel wrote in between.
WATCH = r"""python
import re
from debugger import kernel, why

# By pid: (address, access, from ring 3, verdict, the ring's head).
waiting = {}

ring = kernel.static("trace/trace.c", "ring")
start, size = int(ring.address), ring.type.sizeof

def head():
    return int(kernel.symbol("ring_head"))

def pid():
    return int(kernel.current()["pid"])

def news(anchor):
    # The process's events since then; None: the ring has gone round.
    count, at = (head() - anchor) % 2**32, anchor % size
    if count > size:
        return None
    memory, data = gdb.selected_inferior(), b""
    if count:
        data = bytes(memory.read_memory(start + at, min(count, size - at)))
    if count > size - at:
        data += bytes(memory.read_memory(start, count - (size - at)))
    return [line for line in data.decode().splitlines()
            if f"-{pid()} " in line[:24]]

def settle():
    if pid() not in waiting:
        return
    address, access, user, verdict, anchor = waiting.pop(pid())
    kind = rule = ""
    lines = news(anchor)
    if lines is None:
        print("LOST", access, f"{address:#x}")
        return
    for line in lines:
        found = re.search(r"handle_mm_fault: kind=(\w+) address=(0x\w+) ",
                          line)
        if found and int(found[2], 16) == address and not kind:
            kind = found[1]
        found = re.search(r'signal_generate: .* rule="(.*?)"$', line)
        if found and f" {address:#x}: " in found[1] and not rule:
            rule = found[1]
    expected = ""
    if verdict.rule and user:
        word = {"read": "read of", "write": "write to", "exec": "jump to"}
        expected = f"{word[access]} {address:#x}: {verdict.rule}"
    right = kind == verdict.kind and rule == expected
    print("RIGHT" if right else "WRONG", access, f"{address:#x}",
          kind or "none", rule or "-")
    if not right:
        print("  PREDICTED", verdict, expected)

def predict(address, access, user):
    verdict = why.Judge(kernel.current()).verdict(address, access)
    waiting[pid()] = address, access, user, verdict, head()

class Fault(gdb.Breakpoint):
    only = None  # what the program is called; all

    def stop(self):
        if self.only and kernel.comm(kernel.current()) != self.only:
            return False
        frame = gdb.newest_frame()
        address = int(frame.read_var("address")) & 0xffffffff
        regs = frame.read_var("regs")
        error = int(frame.read_var("error_code"))
        access = "write" if error & 2 else \
            "exec" if int(regs["ip"]) == address else "read"
        # An interrupt may come before the first instruction: here again.
        before = waiting.get(pid())
        if before and before[:2] == (address, access) and \
                not any("handle_mm_fault" in line for line in
                        news(before[4]) or []):
            return False
        settle()
        predict(address, access, int(regs["cs"]) & 3 == 3)
        return False

class Probe(gdb.Breakpoint):
    child = 0

    def stop(self):
        # An interrupt may come before the first instruction: here again.
        if pid() == self.child:
            return False
        self.child = pid()
        settle()
        frame = gdb.newest_frame()
        predict(int(frame.read_var("address")) & 0xffffffff,
                "write" if int(frame.read_var("is_write")) else "read", True)
        return False

class Exit(gdb.Breakpoint):
    ended = False

    def stop(self):
        settle()
        Exit.ended = pid() == 1
        return Exit.ended

def run():
    # gdb also stops where a program is killed.
    while not Exit.ended:
        gdb.execute("continue")

Exit("do_exit")
"""
FAULTS = WATCH + 'Fault("do_page_fault")\nrun()\nend\n' + KILL
PROBES = WATCH + 'Probe("probe")\nrun()\nend\n' + KILL

RESULT = re.compile(r"^(RIGHT|WRONG) (read|write|exec) (0x[0-9a-f]+) (\w+) "
                    r"(.*)$", re.MULTILINE)


def check(output: str) -> list[tuple[str, ...]]:
    """All predictions came true: (access, address, kind, rule)."""
    results = RESULT.findall(output)
    wrong = re.findall(r"^WRONG .*\n.*", output, re.MULTILINE)
    assert wrong == []
    return [result[1:] for result in results]


def kinds(results) -> set[str]:
    return {kind for _, _, kind, _ in results}


@pytest.mark.parametrize("name, expected", [
    ("faults", {"anon_read", "anon_write", "zero_upgrade", "file_read",
                "refused"}),
    ("filemap", {"file_read", "file_copy"}),
    ("shared", {"file_shared"}),
    ("mprotect", {"refused"}),
    ("rlimit", {"anon_write"}),
    ("mremap", {"anon_write"}),
    ("uaccess", {"refused"}),
])
def test_every_fault_of_a_program(run_gdb, name, expected):
    results = check(run_gdb(FAULTS, BUILD / "user/tests" / name, timeout=120))
    assert len(results) > 20
    assert expected <= kinds(results)


def test_forkcow(run_gdb):
    results = check(run_gdb(FAULTS, BUILD / "user/forkcow"))
    assert {"cow_copy", "reuse"} <= kinds(results)


def test_every_way_of_being_refused(run_gdb):
    """user/segv.c's: the sentence is the kernel's, word for word."""
    ways = [way for way in segv_ways() if way != "stack-overflow"]
    output = run_gdb(FAULTS.replace("only = None", 'only = "segv"'),
                     BUILD / "user/sh", "-c",
                     "; ".join(f"/bin/segv {way}" for way in ways),
                     timeout=180)
    results = check(output)
    rules = {re.sub(r"0x[0-9a-f]+|\d+", "#", rule.partition(": ")[2])
             for *_, rule in results if rule != "-"}
    assert {"refused", "sigbus"} <= kinds(results)
    assert {access for access, *_, rule in results if rule != "-"} == {
        "read", "write", "exec"}
    assert {
        "a NULL pointer: page # is never mapped",
        "addresses from # on are the kernel's",
        "the page lies behind the end of its file",
        "no area there: nothing is mapped at this address",
        "no area there: the stack above, #-#, may not grow beyond its limit "
        "of # KiB",
        "the area #-# ---p (anonymous) does not allow any access",
        "the area #-# r-xp /bin/segv does not allow writing",
    } <= rules


def test_before_the_access(run_gdb, memory_states):
    """Also that no fault comes where none is predicted."""
    results = check(run_gdb(PROBES, memory_states, "probe", timeout=120))
    assert {"none", "anon_read", "anon_write", "zero_upgrade", "file_copy",
            "cow_copy", "stack_growth", "refused", "sigbus"} <= \
        kinds(results)
    assert len(results) >= 40
    assert sum(kind == "none" for _, _, kind, _ in results) > 10
    assert any("into the guard gap" in rule for *_, rule in results)
    assert any("above the program break" in rule for *_, rule in results)


# ── What is shown ────────────────────────────────────────────────────────────

def test_why(run_gdb, memory_states):
    output = run_gdb(
        STOP + "why cow\nwhy untouched write\nwhy untouched read\nwhy 0\n"
        "why main exec\nwhy --pid 2 cow + 1 write\nwhy none read\n"
        "why $sp exec\n" + KILL, memory_states)
    text = " ".join(output.split())
    assert re.search(
        r"page-table entry 0x\w+: present, read-only, user, accessed, dirty "
        r"read no fault: the entry is there, and allows it; the CPU goes to "
        r"frame (0x\w+) write copy-on-write: a copy of frame \1, shared with "
        r"gdb_memory\[2\] at 0x\w+ decides do_wp_page, kind=cow_copy", text)
    assert "no page-table entry write demand zero: a frame of its own, " \
        "zeroed decides do_anonymous_page, kind=anon_write" in text
    assert "read the zero page is mapped, read-only; no frame is taken " \
        "decides do_anonymous_page, kind=anon_read" in text
    assert "0x0 is in no area of gdb_memory[1]; no page table read refused: " \
        "SIGSEGV, SEGV_MAPERR a NULL pointer: page 0 is never mapped " \
        "decides bad_area, kind=refused" in text
    assert "exec no fault" in text
    assert "shared with gdb_memory[1] at" in text
    assert "read refused: SIGSEGV, SEGV_ACCERR the area" in text
    assert all(len(line) <= 80 for line in output.splitlines()
               if line.startswith("        "))


def test_sentences_are_those_of_the_kernel(run_gdb):
    """refusal.c says nothing that why cannot say."""
    output = run_gdb("python from debugger import why\n"
                     "python print(*why._sentences(), sep='\\n')\n"
                     "echo END\\n\n")
    source = (ROOT / "kernel/trace/refusal.c").read_text()
    assert len(re.findall(r"\n.*\bsay\(", source)) == 8  # one is the macro
    assert output.count("no area there") == 3
    program = (ROOT / "scripts/gdb/debugger/why.py").read_text()
    beginnings = re.findall(r'sentence\("([^"]+)"', program)
    for line in output.partition("END")[0].splitlines()[-7:]:
        assert any(line.startswith(each) for each in beginnings), line


@pytest.mark.parametrize("command, error", [
    ("why", "usage: why [--pid N] ADDRESS [read | write | exec]"),
    ("why --pid 1", "usage: why"),
    ("why --pid 0 main", "swapper[0] is a task of the kernel's"),
    ("why main jump", 'A syntax error in expression, near `jump\'.'),
])
def test_errors(run_gdb, command, error):
    assert error in run_gdb(f"{command}\n", check=False)


def test_help(run_gdb):
    assert "Usage: why [--pid N] ADDRESS" in run_gdb("help why\n")
