"""What an access would do, and by which rule: why.

It decides as the CPU and the kernel would, in their order, from what is in
memory now: kernel/mm/fault.c (who, where, what for), kernel/mm/memory.c (what
to map), kernel/trace/refusal.c (which rule refuses, and its sentence).
scripts/test/test_gdb_why.py holds the answers against what then happens.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Optional

import gdb

from debugger import kernel
from debugger.address_space import area_text, process, task_name
from debugger.command import Command, address_of, bold, paragraph
from debugger.frames import mappings
from debugger.kernel import MM, PAGE_SIZE, TASK_SIZE, Area

HEAP_NEAR = kernel.constants("trace/refusal.c")["HEAP_NEAR"]
RESOURCES = kernel.constants("abi/resource.h")
ACCESSES = ("read", "write", "exec")


@dataclass
class Verdict:
    """What becomes of an access."""
    kind: str  # as the event handle_mm_fault says; "": no fault
    function: str  # the kernel's, that decides; "": the CPU
    text: str
    rule: str = ""  # why it is refused, as the event signal_generate says
    signal: str = ""


@lru_cache(maxsize=None)
def _sentences() -> list[str]:
    """What refusal.c can say, as formats of printf's."""
    source = (kernel.ROOT / "kernel/trace/refusal.c").read_text()
    return ["".join(re.findall(r'"(.*?)"', strings)) for strings in
            re.findall(r'\bsay\(((?:"[^"]*"\s*)+)', source)]


def sentence(beginning: str, *values: object) -> str:
    """The one that begins so, filled in."""
    form = next(form for form in _sentences() if form.startswith(beginning))
    return re.sub(r"%l([xud])", r"%\1", form) % values


def kind_name(name: str) -> str:
    """The event's word for NAME of enum fault_kind: "anon_write"."""
    number = kernel.enumerators("FAULT_COW").index(name)
    return kernel.text(kernel.symbol("fault_kind_names")[number])


def page_align(address: int) -> int:
    return (address + PAGE_SIZE - 1) & -PAGE_SIZE


class Judge:
    """Says what becomes of accesses of TASK's, from ring 3."""

    def __init__(self, task: gdb.Value) -> None:
        self._task = task
        self._mm = kernel.mm_of(task)

    # ── As the CPU and do_page_fault() ───────────────────────────────────

    def verdict(self, address: int, access: str) -> Verdict:
        write = access == "write"
        entry = kernel.page_entry(self._mm, address) \
            if address < TASK_SIZE else None
        pte = entry.pte if entry else 0
        needed = kernel.PRESENT | kernel.USER | (kernel.RW if write else 0)
        if pte & needed == needed:
            return Verdict("", "", "no fault: the entry is there, and allows "
                           f"it; the CPU goes to frame {pte >> 12:#x}")
        vma = kernel.find_vma(self._mm, address) \
            if address < TASK_SIZE else None
        grown = False
        if vma and address < vma.start and vma.allows("VM_GROWSDOWN") and \
                self._may_grow(vma, address):
            vma = replace(vma, start=address & -PAGE_SIZE)
            grown = True
        if not vma or address < vma.start or self._forbids(vma, write):
            return self._refused(vma, address, write)
        verdict = self._handle_mm_fault(vma, address, entry, write)
        if grown:
            verdict = self._with_growth(verdict)
        if access == "exec" and not vma.allows("VM_EXEC") and \
                not verdict.signal:
            verdict.text += " (not executable, but without NX the CPU does " \
                "not know that)"
        return verdict

    @staticmethod
    def _forbids(vma: Area, write: bool) -> bool:
        """access_error()"""
        if write:
            return not vma.allows("VM_WRITE")
        return not vma.flags & _rights()

    # ── As expand_stack() ────────────────────────────────────────────────

    def _rlimit(self, name: str) -> int:
        return int(self._task["rlim"][RESOURCES[name]]["rlim_cur"])

    def _may_expand_vm(self, pages: int) -> bool:
        # A stack is not "data", which has a limit of its own.
        return int(self._mm["total_vm"]) + pages <= \
            self._rlimit("RLIMIT_AS") // PAGE_SIZE

    def _enough_memory(self, pages: int) -> bool:
        """vm_enough_memory()"""
        mode = int(kernel.symbol("sysctl_overcommit_memory"))
        total = int(kernel.symbol("totalram_pages"))
        if mode == MM["OVERCOMMIT_ALWAYS"]:
            return True
        if mode == MM["OVERCOMMIT_GUESS"]:
            return pages <= total
        reserve = min(int(self._mm["total_vm"]), total) // 32
        limit = total * int(kernel.symbol("sysctl_overcommit_ratio")) // 100
        return pages < TASK_SIZE // PAGE_SIZE and \
            int(kernel.symbol("vm_committed_as")) + pages + reserve < limit

    def _may_grow(self, stack: Area, address: int) -> bool:
        address &= -PAGE_SIZE
        pages = (stack.start - address) // PAGE_SIZE
        if address < MM["MMAP_MIN_ADDR"] or \
                stack.end - address > self._rlimit("RLIMIT_STACK") or \
                not self._may_expand_vm(pages) or \
                not self._enough_memory(pages):
            return False
        below = None
        for area in kernel.areas(self._mm):
            if area.start >= stack.start:
                break
            below = area
        return not (below and below.flags & _rights() and
                    (below.end > address or
                     address - below.end < MM["STACK_GUARD"]))

    @staticmethod
    def _with_growth(verdict: Verdict) -> Verdict:
        if verdict.kind == kind_name("FAULT_ANON_WRITE"):
            verdict.kind = kind_name("FAULT_STACK_GROWTH")
        verdict.function = f"expand_stack > {verdict.function}"
        verdict.text = f"the stack's area grows down to it; {verdict.text}"
        return verdict

    # ── As bad_area() and refusal.c ──────────────────────────────────────

    def _refused(self, vma: Optional[Area], address: int,
                 write: bool) -> Verdict:
        inside = vma is not None and vma.start <= address
        code = "SEGV_ACCERR" if inside else "SEGV_MAPERR"
        return Verdict(kind_name("FAULT_REFUSED"), "bad_area",
                       f"refused: SIGSEGV, {code}",
                       self._rule(vma, address, write), "SIGSEGV")

    def _rule(self, vma: Optional[Area], address: int, write: bool) -> str:
        """explain_refusal()"""
        brk, start_brk = int(self._mm["brk"]), int(self._mm["start_brk"])
        if address >= TASK_SIZE:
            return sentence("addresses from", TASK_SIZE)
        if address < PAGE_SIZE:
            return sentence("a NULL pointer")
        if vma and vma.start <= address:
            return sentence("the area", vma.start, vma.end, vma.permissions,
                            vma.name or "(anonymous)",
                            "writing" if write else "any access")
        if vma and vma.allows("VM_GROWSDOWN") and \
                (vma.end - address) // 2 <= self._rlimit("RLIMIT_STACK"):
            return self._stack_rule(vma, address)
        if brk > start_brk and brk <= address < page_align(brk) + HEAP_NEAR:
            return sentence("no area there: it lies", address - brk, brk)
        return sentence("no area there: nothing is mapped")

    def _stack_rule(self, vma: Area, address: int) -> str:
        limit, name = MM["STACK_GUARD"], "into the guard gap"
        if vma.end - address > self._rlimit("RLIMIT_STACK"):
            limit, name = self._rlimit("RLIMIT_STACK"), "beyond its limit"
        elif not self._may_expand_vm((vma.start - address) // PAGE_SIZE):
            limit = self._rlimit("RLIMIT_AS")
            name = "beyond the address space's limit"
        return sentence("no area there: the stack above", vma.start, vma.end,
                        name, limit >> 10)

    # ── As handle_mm_fault() ─────────────────────────────────────────────

    def _handle_mm_fault(self, vma: Area, address: int,
                         entry: Optional[kernel.Entry],
                         write: bool) -> Verdict:
        pte = entry.pte if entry else 0
        frames = 0 if entry else 1  # its page table
        if not pte and vma.file:
            verdict, more = self._do_fault(vma, address, write)
        elif not pte:
            verdict, more = self._do_anonymous_page(write)
        elif write and not pte & kernel.RW:
            verdict, more = self._do_wp_page(vma, pte >> 12)
        else:
            return Verdict(kind_name("FAULT_SPURIOUS"), "handle_pte_fault",
                           "nothing to do: the entry is there already")
        if frames + more > int(kernel.symbol("nr_free_pages")):
            return Verdict(kind_name("FAULT_OOM"), "out_of_memory",
                           "no frame is left for it: the largest process is "
                           "killed, then it is tried again")
        if int(kernel.symbol("fail_page_alloc_enabled")) and frames + more:
            verdict.text += " (if fail_page_alloc lets it have the frame)"
        return verdict

    @staticmethod
    def _do_anonymous_page(write: bool) -> tuple[Verdict, int]:
        if write:
            return Verdict(kind_name("FAULT_ANON_WRITE"), "do_anonymous_page",
                           "demand zero: a frame of its own, zeroed"), 1
        return Verdict(kind_name("FAULT_ANON_READ"), "do_anonymous_page",
                       "the zero page is mapped, read-only; no frame is "
                       "taken"), 0

    def _do_fault(self, vma: Area, address: int,
                  write: bool) -> tuple[Verdict, int]:
        file = vma.file
        index = (vma.offset + (address & -PAGE_SIZE) - vma.start) // PAGE_SIZE
        where = f"page {index} of {vma.path}"
        if index * PAGE_SIZE >= int(file["i_size"]):
            return Verdict(
                kind_name("FAULT_SIGBUS"), "do_fault",
                f"refused: SIGBUS, BUS_ADRERR; {where}, which has only "
                f"{int(file['i_size'])} bytes",
                self._bus_sentence(), "SIGBUS"), 0
        cached = index < int(file["i_nrpages"]) and file["i_pages"][index]
        frames = 0 if cached else 1
        if vma.allows("VM_SHARED"):
            return Verdict(kind_name("FAULT_FILE_SHARED"), "do_fault",
                           f"the page cache's frame is mapped, writable: "
                           f"{where}; all who map it see what is written"), \
                frames
        if not write:
            return Verdict(kind_name("FAULT_FILE_READ"), "do_fault",
                           f"the page cache's frame is mapped, read-only: "
                           f"{where}"), frames
        return Verdict(kind_name("FAULT_FILE_COPY"), "do_fault",
                       f"a private copy of {where}: a frame of its own; the "
                       "file stays as it is"), frames + 1

    @staticmethod
    def _bus_sentence() -> str:
        return sentence("the page lies behind")

    def _do_wp_page(self, vma: Area, pfn: int) -> tuple[Verdict, int]:
        page = kernel.page(pfn)
        zero = pfn == kernel.zero_pfn()
        count = int(page["_refcount"])
        if vma.allows("VM_SHARED") or (not zero and count == 1):
            reason = "shared memory is written in place" \
                if vma.allows("VM_SHARED") else "nobody else has it now"
            return Verdict(kind_name("FAULT_REUSE"), "do_wp_page",
                           f"frame {pfn:#x} is made writable: {reason}; "
                           "nothing is copied"), 0
        if zero:
            return Verdict(kind_name("FAULT_ZERO_UPGRADE"), "do_wp_page",
                           "the zero page was mapped; in its place comes a "
                           "frame of its own, zeroed"), 1
        if int(page["flags"]) & kernel.MM_TYPES["PG_cache"]:
            return Verdict(kind_name("FAULT_FILE_COPY"), "do_wp_page",
                           f"a private copy of frame {pfn:#x}, which is the "
                           f"page cache's ({vma.path}); the file stays as it "
                           "is"), 1
        others = [str(mapping) for mapping in mappings(pfn)
                  if int(mapping.mm) != int(self._mm)]
        shared = f"shared with {', '.join(others[:3])}" if others else \
            f"which {count - 1} others hold"
        return Verdict(kind_name("FAULT_COW"), "do_wp_page",
                       f"copy-on-write: a copy of frame {pfn:#x}, {shared}"), 1


def _rights() -> int:
    """VM_ACCESS_FLAGS"""
    return sum(kernel.MM_TYPES[name] for name in
               ("VM_READ", "VM_WRITE", "VM_EXEC"))


# ── The command ──────────────────────────────────────────────────────────────

class Why(Command):
    """Say what a read or a write would do, and by which rule.
    Usage: why [--pid N] ADDRESS [read | write | exec]

    What would become of an access by the program (ring 3) to ADDRESS, any
    expression of gdb's, as things are now: no fault, or a page fault and what
    the kernel makes of it; for a refusal the rule, in the kernel's own words.
    Then the function that decides, to set a breakpoint on, and the kind= that
    the event handle_mm_fault will have. Without a last word: read and write.
    A system call that is refused the access returns -EFAULT instead.

    Nothing is changed: the access is not made."""

    NAME = "why"
    ARGUMENTS = (1, 99)

    def offer(self, text: str, word: str) -> object:
        return [access for access in ACCESSES if access.startswith(word)] \
            if " " in text and word else gdb.COMPLETE_EXPRESSION

    def run(self, *words: str) -> None:
        task, rest = process(words)
        accesses = ACCESSES[:2]
        if rest[1:] and rest[-1] in ACCESSES:
            accesses = (rest.pop(),)
        if not rest:
            self.usage()
        address = address_of(" ".join(rest))
        judge = Judge(task)
        print(paragraph(self._place(kernel.mm_of(task), address, task)))
        for access in accesses:
            self._tell(access, judge.verdict(address, access))

    @staticmethod
    def _place(mm: gdb.Value, address: int, task: gdb.Value) -> str:
        """Where it is, and what the page tables have."""
        area = kernel.find_vma(mm, address)
        if address >= TASK_SIZE:
            return f"{address:#x} is in the kernel's half"
        where = f"is in {area_text(area)}" if area and area.start <= address \
            else f"is in no area of {task_name(task)}"
        entry = kernel.page_entry(mm, address)
        if entry is None:
            there = "no page table"
        elif not entry.pte:
            there = "no page-table entry"
        else:
            there = f"page-table entry {entry.pte:#010x}: " + \
                kernel.flag_words(entry.pte)
        return f"{address:#x} {where}; {there}"

    @staticmethod
    def _tell(access: str, verdict: Verdict) -> None:
        print(paragraph(verdict.text, bold(f"  {access:<6}"), 8))
        if verdict.rule:
            print(paragraph(verdict.rule, " " * 8))
        if verdict.kind:
            print(paragraph(f"decides {verdict.function}, kind={verdict.kind}",
                            " " * 8))
