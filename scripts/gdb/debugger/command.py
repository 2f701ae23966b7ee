"""What all commands have in common: their help, arguments and errors.

A command is a class with a NAME and a docstring, which `help NAME` shows; its
second line is "Usage: …". run() prints with print(); what cannot be done is
said by raising gdb.GdbError, which ends the command and a script with it.
"""

import inspect
import os
import shutil
import textwrap
from typing import NoReturn, Optional, Union

import gdb


class Command(gdb.Command):
    """The base of all commands; a class with a NAME registers itself.

    ARGUMENTS is how many words there may be, (least, most); run() gets them
    with gdb's quotes removed. Words separated by blanks, so that expressions
    with blanks need quotes: `pagewalk "p + 4096"`. What TAB offers is
    COMPLETE's, or what offer() says.
    """

    NAME = ""
    ARGUMENTS = (0, 0)
    COMPLETE = gdb.COMPLETE_NONE

    def __init_subclass__(cls, **kwargs) -> None:
        super().__init_subclass__(**kwargs)
        if cls.NAME:
            cls.__doc__ = inspect.cleandoc(cls.__doc__)
            cls()

    def __init__(self) -> None:
        super().__init__(self.NAME, gdb.COMMAND_USER)

    def invoke(self, text: str, from_tty: bool) -> None:
        words = gdb.string_to_argv(text)
        least, most = self.ARGUMENTS
        if not least <= len(words) <= most:
            self.usage()
        self.dont_repeat()  # Enter on an empty line: not once more
        try:
            self.run(*words)
        except gdb.error as error:  # memory that cannot be read, and the like
            raise gdb.GdbError(str(error)) from None

    def complete(self, text: str, word: Optional[str]
                 ) -> Union[list[str], int]:
        """gdb's hook. It asks twice, first without a word: then it only wants
        to know if a completer of its own is to do it."""
        return self.offer(text, word or "")

    def offer(self, text: str, word: str) -> Union[list[str], int]:
        """What WORD, at the end of the arguments TEXT, may become; or one of
        gdb's completers."""
        return self.COMPLETE

    def usage(self) -> NoReturn:
        """The arguments make no sense."""
        usage = self.__doc__.partition("Usage: ")[2].partition("\n\n")[0]
        lines = [line.strip() for line in usage.splitlines()]
        raise gdb.GdbError("usage: " + "\n       ".join(lines))

    def run(self, *words: str) -> None:
        raise NotImplementedError


def address_of(expression: str) -> int:
    """The value of an EXPRESSION of gdb's, as an address of 32 bits."""
    try:
        value = gdb.parse_and_eval(expression)
        if value.type.strip_typedefs().code in (gdb.TYPE_CODE_ARRAY,
                                                gdb.TYPE_CODE_FUNC):
            value = value.address
        return int(value) & 0xffffffff
    except gdb.error as error:
        raise gdb.GdbError(f"{expression}: {error}") from None


def columns() -> int:
    """How wide the output may be."""
    width = gdb.parameter("width")
    return width or shutil.get_terminal_size().columns


def paragraph(text: str, first: str = "", hanging: int = -1) -> str:
    """TEXT behind FIRST, wrapped; HANGING: the indentation of what follows,
    in columns (default: as wide as FIRST)."""
    indent = " " * (len(first) if hanging < 0 else hanging)
    return textwrap.fill(text, max(columns(), 40) - 1, initial_indent=first,
                         subsequent_indent=indent, break_long_words=False,
                         break_on_hyphens=False)


def coloured() -> bool:
    """May escape codes be printed?"""
    return bool(gdb.parameter("style enabled")) and os.isatty(1) and \
        "NO_COLOR" not in os.environ


def bold(text: str) -> str:
    return f"\033[1m{text}\033[m" if coloured() else text
