"""How the CPU gets from an address to a byte of RAM: pagewalk.

    CR3 ─→ page directory ─→ page table ─→ frame
           entry: bits 31-22  entry: 21-12  offset: 11-0

Intel SDM 3A, 4.3: 32-bit paging. The walk reads what the CPU would read.
"""

from typing import Optional

import gdb

from debugger import kernel
from debugger.address_space import process, task_name
from debugger.command import Command, address_of, bold, paragraph
from debugger.frames import MemMap, frame_lines
from debugger.kernel import PAGE_OFFSET, PAGE_SIZE, PRESENT, TASK_SIZE

PAGE_PS = 0x080  # in a PDE: a page of 4 MiB, no page table
CR4_PSE = 0x010  # the CPU heeds it
_INDENT = 4


class PageWalk(Command):
    """Translate an address as the CPU does: CR3, PDE, PTE, frame.
    Usage: pagewalk [--pid N] ADDRESS

    ADDRESS is any expression of gdb's, of the program's half or the kernel's.
    Each entry is shown with its index, where it lies, and its flags in words;
    then the frame: what it holds, its reference count, and who else maps it.
    Where the walk ends before, it says what the CPU does then. --pid N: in
    the page tables of another process."""

    NAME = "pagewalk"
    ARGUMENTS = (1, 99)
    COMPLETE = gdb.COMPLETE_EXPRESSION

    def run(self, *words: str) -> None:
        task, rest = process(words)
        if not rest:
            self.usage()
        address = address_of(" ".join(rest))
        self._address(address)
        directory = self._cr3(task, "--pid" in words)
        pfn = self._walk(directory, address)
        if pfn is not None:
            self._frame(pfn)

    @staticmethod
    def _address(address: int) -> None:
        directory, table, offset = \
            address >> 22, address >> 12 & 0x3ff, address & 0xfff
        print(bold(f"{address:#010x}") +
              f" = {directory:010b} {table:010b} {offset:012b}")
        print(f"{'':13}{f'PDE {directory:#05x}':10} {f'PTE {table:#05x}':10} "
              f"offset {offset:#05x}")

    @staticmethod
    def _cr3(task: gdb.Value, other: bool) -> int:
        """Where the page directory is, as the kernel sees it."""
        if other:
            directory = int(kernel.mm_of(task)["pgd"])
            print(f"pgd {directory - PAGE_OFFSET:#010x} the page directory "
                  f"of {task_name(task)}")
            return directory
        mm = task["mm"]
        pgd = int(mm["pgd"]) if mm else \
            int(kernel.symbol("swapper_pg_dir").address)
        cr3 = kernel.register("cr3", pgd - PAGE_OFFSET)
        whose = f"of {task_name(task)}" if mm else "of the kernel's own tasks"
        if cr3 != pgd - PAGE_OFFSET:
            whose = f"not that of {task_name(task)}, the current task"
        print(f"CR3 {cr3:#010x} the page directory {whose}")
        return PAGE_OFFSET + (cr3 & ~0xfff)

    def _walk(self, directory: int, address: int) -> Optional[int]:
        """The number of the frame, if one is mapped, or once was."""
        at = directory + (address >> 22) * 4
        pde = kernel.word(at)
        self._entry("PDE", address >> 22, at, pde)
        start = address & ~0x3fffff
        if not pde & PRESENT:
            self._end(address, f"no page table: of the 4 MiB from {start:#x} "
                      f"to {start | 0x3fffff:#x} not one page is mapped")
            return None
        if pde & PAGE_PS and kernel.register("cr4", 0) & CR4_PSE:
            pfn = (pde >> 22 << 10) + (address >> 12 & 0x3ff)
            self._found(address, pfn, "a page of 4 MiB, without a table: ")
            return pfn
        print(f"{'':{_INDENT}}the page table is in frame {pde >> 12:#x}")
        at = PAGE_OFFSET + (pde & ~0xfff) + (address >> 12 & 0x3ff) * 4
        pte = kernel.word(at)
        self._entry("PTE", address >> 12 & 0x3ff, at, pte)
        if not pte:
            self._end(address, "no page is mapped here")
            return None
        if pte & PRESENT:
            self._found(address, pte >> 12, "")
        else:
            self._end(address, f"frame {pte >> 12:#x} is kept, but P is clear")
        return pte >> 12

    @staticmethod
    def _entry(name: str, index: int, at: int, entry: int) -> None:
        print(paragraph(kernel.flag_words(entry),
                        f"{name} {entry:#010x} [{index:#05x}] at {at:#x}: ",
                        _INDENT))

    @staticmethod
    def _found(address: int, pfn: int, what: str) -> None:
        physical = pfn * PAGE_SIZE + (address & 0xfff)
        print(f"{'':{_INDENT}}{what}the page is in frame {pfn:#x}, the byte "
              f"at {physical:#010x} of RAM")

    @staticmethod
    def _end(address: int, reason: str) -> None:
        then = "a page fault; what the kernel makes of it: " \
            f"why {address:#x}" if address < TASK_SIZE else \
            "a page fault; in the kernel it is the end, from ring 3 SIGSEGV"
        print(paragraph(f"{reason}. Here the CPU stops: {then}", " " * _INDENT))

    @staticmethod
    def _frame(pfn: int) -> None:
        memory = MemMap()
        if pfn >= memory.count:
            print("holds      no RAM that mem_map knows: a device, or "
                  "the firmware's tables")
            return
        for line in frame_lines(pfn, memory):
            print(line)
