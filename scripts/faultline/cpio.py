"""Archives in cpio's "newc" format, which Linux's initrd uses.

Each member is a header of ASCII hex digits, its name and its content, both
padded to four bytes. (Linux: Documentation/driver-api/early-userspace/
buffer-format.rst)
"""

import posixpath
import stat

MAGIC = b"070701"
FIELDS = ("ino", "mode", "uid", "gid", "nlink", "mtime", "filesize",
          "devmajor", "devminor", "rdevmajor", "rdevminor", "namesize",
          "check")
HEADER_SIZE = len(MAGIC) + 8 * len(FIELDS)


def guest_path(path: str) -> str:
    """PATH as the guest counts it, from "/": "../bin//ls" → "/bin/ls"."""
    return "/" + posixpath.normpath("/" + path).lstrip("/")


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _member(number: int, name: str, mode: int, content: bytes) -> bytes:
    encoded = name.encode("utf-8", "surrogateescape") + b"\0"
    values = {"ino": number, "mode": mode, "nlink": 1,
              "filesize": len(content), "namesize": len(encoded)}
    header = MAGIC + b"".join(b"%08x" % values.get(field, 0)
                              for field in FIELDS)
    return _padded(header + encoded) + _padded(content)


def archive(files: dict[str, tuple[bytes, int]]) -> bytes:
    """An archive of FILES: guest path → (content, mode).

    A mode of permission bits only is a file's; with stat.S_IFLNK the content
    is a symbolic link's text.
    The directories above them come with it. The same files make the same
    bytes: sorted by path, no owners, no times.
    """
    directories = set()
    for path in files:
        parent = posixpath.dirname(path)
        while parent != "/":
            directories.add(parent)
            parent = posixpath.dirname(parent)
    both = directories & files.keys()
    if both:
        raise ValueError(f"{min(both)} is a file and a directory")
    result = bytearray()
    for number, path in enumerate(sorted(directories | files.keys()), 1):
        if path in directories:
            content, mode = b"", stat.S_IFDIR | 0o755
        else:
            content, mode = files[path]
            mode |= 0 if stat.S_IFMT(mode) else stat.S_IFREG
        result += _member(number, path.lstrip("/"), mode, content)
    return bytes(result + _member(0, "TRAILER!!!", 0, b""))


def members(data: bytes) -> dict[str, tuple[int, bytes]]:
    """What is in an archive: name → (mode, content)."""
    result = {}
    position = 0
    while True:
        if data[position:position + len(MAGIC)] != MAGIC:
            raise ValueError(f"no cpio header at byte {position}")
        digits = data[position + len(MAGIC):position + HEADER_SIZE]
        header = {field: int(digits[8 * i:8 * i + 8], 16)
                  for i, field in enumerate(FIELDS)}
        start = position + HEADER_SIZE
        name = data[start:start + header["namesize"] - 1]
        if name == b"TRAILER!!!":
            return result
        start += header["namesize"]
        start += -start % 4
        end = start + header["filesize"]
        result[name.decode()] = header["mode"], data[start:end]
        position = end + -end % 4
