"""The kernel's command line: words, quoted as Linux reads them.

"Double quotes" keep spaces together; inside them a backslash stands before
" and \\.
"""

import re

_PLAIN = re.compile(r"[^\s\"\\]+")


def quote(word: str) -> str:
    """WORD so that the kernel reads it back as one word."""
    if _PLAIN.fullmatch(word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def join(words: list[str]) -> str:
    return " ".join(quote(word) for word in words)


def split(line: str) -> list[str]:
    """The words of LINE, as the kernel takes it apart."""
    words = []
    word = None
    quoted = False
    characters = iter(line)
    for character in characters:
        if character == '"':
            quoted = not quoted
            word = word or ""
        elif quoted and character == "\\":
            word += next(characters, "")
        elif character.isspace() and not quoted:
            if word is not None:
                words.append(word)
            word = None
        else:
            word = (word or "") + character
    if word is not None:
        words.append(word)
    return words


class GrubCannotPass(ValueError):
    """GRUB has a quoting of its own, which some words do not survive."""


def join_for_grub(words: list[str]) -> str:
    """WORDS as arguments of GRUB's `multiboot` command.

    GRUB takes the single quotes off, puts double quotes around words with
    spaces, and backslashes before quotes wherever they stand; an empty word
    it drops.
    """
    for word in words:
        if word == "" or re.search(r"['\"\\\n\t]", word):
            raise GrubCannotPass(word)
    return " ".join(f"'{word}'" for word in words)
