"""From an address in a program to its function and source line.

The line tables are the compiler's DWARF, read with pyelftools; without it, or
for a program without debugging information, or with some that this version of
pyelftools does not understand, addresses stay addresses.
"""

import bisect
import os
import pathlib
from dataclasses import dataclass
from typing import Optional

STATIC_PIE_BASE = 0x56555000  # kernel/proc/binfmt_elf.c: ELF_ET_DYN_BASE


@dataclass
class Place:
    """Where an instruction stands; fields that are not known are empty."""
    function: str = ""
    path: str = ""
    line: int = 0

    def __str__(self) -> str:
        if not self.path:
            return f"in {self.function}()" if self.function else ""
        where = f"{os.path.basename(self.path)}:{self.line}"
        return f"{where} in {self.function}()" if self.function else where


def find_program(path: str, root: pathlib.Path,
                 given: dict[str, pathlib.Path]) -> Optional[pathlib.Path]:
    """The file on this host from which the guest's program PATH comes, with
    its symbols: GIVEN by guest path or by name, else the build below ROOT."""
    name = path.rsplit("/", 1)[-1]
    for candidate in (given.get(path), given.get(name),
                      root / "build/user" / name,
                      root / "build/user/tests" / name):
        if candidate is not None and candidate.is_file():
            return candidate
    return None


class Symbols:
    """The addresses of one ELF file, read when first asked for."""

    def __init__(self, path: pathlib.Path) -> None:
        self._path = path
        self._loaded = False
        self._line_starts: list[int] = []
        self._lines: list[Optional[tuple[str, int]]] = []
        self._function_starts: list[int] = []
        self._functions: list[tuple[int, str]] = []  # end, name
        self._sources: dict[str, list[str]] = {}

    def place(self, address: int) -> Place:
        if not self._loaded:
            self._load()
        place = Place()
        index = bisect.bisect_right(self._function_starts, address) - 1
        if index >= 0 and address < self._functions[index][0]:
            place.function = self._functions[index][1]
        index = bisect.bisect_right(self._line_starts, address) - 1
        if index >= 0 and self._lines[index] is not None:
            place.path, place.line = self._lines[index]
        return place

    def source(self, place: Place) -> str:
        """The text of the line at PLACE; "" if the file is not there, or
        has been changed since the program was made."""
        if not place.path:
            return ""
        if place.path not in self._sources:
            try:
                source = pathlib.Path(place.path)
                changed = source.stat().st_mtime > self._path.stat().st_mtime
                text = "" if changed else source.read_text(errors="replace")
            except OSError:
                text = ""
            self._sources[place.path] = text.splitlines()
        lines = self._sources[place.path]
        return lines[place.line - 1].strip() if place.line <= len(lines) else ""

    def _load(self) -> None:
        self._loaded = True
        try:
            from elftools.common.exceptions import DWARFError, ELFError
            from elftools.elf.elffile import ELFFile
        except ImportError:
            return
        try:
            with open(self._path, "rb") as file:
                elf = ELFFile(file)
                bias = STATIC_PIE_BASE if elf["e_type"] == "ET_DYN" else 0
                self._load_functions(elf, bias)
                if elf.has_dwarf_info():
                    self._load_lines(elf.get_dwarf_info(), bias)
        except (OSError, ELFError, DWARFError, AssertionError):
            return

    def _load_functions(self, elf, bias: int) -> None:
        table = elf.get_section_by_name(".symtab")
        if table is None:
            return
        functions = sorted(
            (symbol["st_value"] + bias,
             symbol["st_value"] + bias + max(1, symbol["st_size"]),
             symbol.name)
            for symbol in table.iter_symbols()
            if symbol["st_info"]["type"] in ("STT_FUNC", "STT_NOTYPE")
            and symbol["st_shndx"] != "SHN_UNDEF" and symbol.name)
        self._function_starts = [start for start, _, _ in functions]
        self._functions = [(end, name) for _, end, name in functions]

    def _load_lines(self, dwarf, bias: int) -> None:
        rows = []
        for unit in dwarf.iter_CUs():
            program = dwarf.line_program_for_CU(unit)
            if program is None:
                continue
            names = _file_names(unit, program)
            for entry in program.get_entries():
                state = entry.state
                if state is None:
                    continue
                # A sequence's end comes before another's start there.
                place = None
                if not state.end_sequence and state.file in names:
                    place = names[state.file], state.line
                rows.append((state.address + bias, place is not None, place))
        rows.sort(key=lambda row: row[:2])
        self._line_starts = [address for address, _, _ in rows]
        self._lines = [place for _, _, place in rows]


def _file_names(unit, program) -> dict[int, str]:
    """The files of a line program by number, as whole paths."""
    attributes = unit.get_top_DIE().attributes
    build_directory = ""
    if "DW_AT_comp_dir" in attributes:
        build_directory = attributes["DW_AT_comp_dir"].value.decode()
    header = program.header
    directories = [name.decode() for name in header["include_directory"]]
    first = 0
    if header["version"] < 5:
        directories.insert(0, build_directory)
        first = 1
    names = {}
    for number, entry in enumerate(header["file_entry"], first):
        names[number] = os.path.normpath(os.path.join(
            build_directory, directories[entry.dir_index],
            entry.name.decode()))
    return names
