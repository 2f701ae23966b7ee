"""The symbols of the program that runs: they follow the process.

Programs are all linked at the same address, so gdb can know one at a time.
Which one, says the kernel: the present address space's mm->exe_file. When the
kernel changes to the space of another program, gdb's symbols are changed, and
with them the places of the breakpoints: one on hello.c:main is pending while
sh runs, and cannot stop there.

As long as there is but one program, nothing is watched but exec: a run costs
nothing more. The second one brings a breakpoint on switch_mm().
"""

import pathlib
from typing import Optional

import gdb

from debugger import kernel
from faultline import elf
from faultline.debugger import Session
from faultline.symbols import STATIC_PIE_BASE, find_program


def host_file(path: str) -> Optional[pathlib.Path]:
    """The host's file from which the guest's PATH comes; None: not known."""
    session = Session.load()
    given = session.programs if session else {}
    found = find_program(path, kernel.ROOT, {
        name: pathlib.Path(source) for name, source in given.items()})
    # Not started by scripts/run: paths there are mostly those here.
    for candidate in (found, kernel.ROOT / path[1:], pathlib.Path(path)):
        if candidate is not None and candidate.is_file() and \
                is_program(candidate):
            return candidate
    return None


def is_program(path: pathlib.Path) -> bool:
    """Is it a static program for i386, not one of the host's?"""
    try:
        elf.check_static_i386(path.read_bytes())
    except (OSError, elf.NotRunnable):
        return False
    return True


class Symbols:
    """Those of one program, or of none."""

    def __init__(self) -> None:
        self.path: Optional[str] = None  # of the program in the guest
        self._file: Optional[pathlib.Path] = None

    def follow(self, path: str) -> None:
        """Have those of the guest's program PATH, and no others."""
        if path == self.path:
            return
        self.path = path
        file = host_file(path)
        if file == self._file:
            return
        if self._file is not None:
            try:
                gdb.execute(f"remove-symbol-file {quoted(self._file)}",
                            to_string=True)
            except gdb.error:
                pass  # somebody has removed them already
        self._file = file
        if file is not None:
            gdb.execute(f"add-symbol-file {quoted(file)} -o "
                        f"{load_bias(file.read_bytes()):#x}", to_string=True)


def quoted(path: pathlib.Path) -> str:
    """PATH as one word of gdb's."""
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def load_bias(data: bytes) -> int:
    """What the kernel adds to the addresses in an ELF file."""
    return STATIC_PIE_BASE if data[16] == elf.ET_DYN else 0


def entry_point(path: pathlib.Path) -> int:
    """Where the program in the file PATH begins."""
    data = path.read_bytes()
    return int.from_bytes(data[24:28], "little") + load_bias(data)


symbols = Symbols()


# ── When to change them ──────────────────────────────────────────────────────

def executable(mm: gdb.Value) -> Optional[str]:
    """The program that runs in MM, by its path in the guest."""
    if not mm or not mm["exe_file"]:
        return None
    return kernel.inode_path(mm["exe_file"])


def follow(path: Optional[str]) -> None:
    """A task of the kernel's has no program; the last one's symbols stay."""
    if path is not None:
        symbols.follow(path)


def is_reverse() -> bool:
    return "Reverse" in gdb.execute("show exec-direction", to_string=True)


def space_in_use() -> Optional[gdb.Value]:
    """The mm_struct that the CPU's page directory belongs to."""
    directory = int(gdb.parse_and_eval("$cr3")) & ~0xfff
    for task in kernel.tasks():
        mm = task["mm"]
        if mm and int(mm["pgd"]) - kernel.PAGE_OFFSET == directory:
            return mm
    return None


class OnSwitch(kernel.Watch):
    """Another space comes."""

    def __init__(self) -> None:
        super().__init__("switch_mm")
        self.enabled = False

    def reached(self) -> bool:
        follow(executable(space_in_use() if is_reverse() else
                          kernel.argument("mm")))
        return False


class OnExec(kernel.Watch):
    """A space gets its program."""

    def __init__(self) -> None:
        super().__init__("set_mm_exe_file")
        self.on_switch = OnSwitch()

    def reached(self) -> bool:
        file = kernel.argument("file")
        path = kernel.inode_path(file) if file else None
        if symbols.path is None:
            follow(path)
        elif path != symbols.path:
            self.on_switch.enabled = True
        return False


def on_stop(_event: gdb.StopEvent) -> None:
    """Whatever way led here, have the right ones."""
    try:
        follow(executable(kernel.current()["mm"]))
    except (gdb.error, gdb.GdbError):
        pass  # before there is paging, and with it a kernel to ask


kernel.when_loaded(OnExec)
gdb.events.stop.connect(on_stop)
