"""kernel/fs and kernel/trace, compiled for this host as i386 programs under
ASan and UBSan, with stand-ins for the rest of the kernel (kernel_fs_fakes.c).
The initrd archives are made by cpio itself."""

import pathlib
import shutil
import subprocess

import pytest

from conftest import ROOT

HERE = ROOT / "scripts/test"
SOURCES = [ROOT / "kernel/fs" / name for name in (
    "ramfs.c", "initramfs.c", "seq_file.c", "file.c", "locks.c", "attr.c",
    "proc_machine.c", "namei.c", "stat.c", "proc.c", "task_mmu.c",
    "tracefs.c")]
SOURCES += [ROOT / "kernel/trace/trace.c", ROOT / "kernel/trace/mm_trace.c",
            ROOT / "kernel/lib/vsnprintf.c", HERE / "kernel_fs_fakes.c"]
SANITIZE = ["-m32", "-g", "-fsanitize=address,undefined",
            "-fno-sanitize-recover=undefined"]
# dev/dev.h is kept out, as its outb() is for ring 0.
CFLAGS = [*SANITIZE, "-std=gnu11", "-Wall", "-Wextra", "-O1",
          "-ffreestanding",
          "-DDEV_DEV_H", "-include", HERE / "kernel_fs_fakes.h",
          f"-I{ROOT}/kernel", f"-I{HERE}"]

TESTS = {
    "tree": ["lookup", "create", "create_without_memory", "content",
             "write_without_memory", "full", "seq_file", "unpack", "truncated",
             "corrupted", "unpack_without_memory"],
    "calls": ["open", "open_without_memory", "read", "writev", "lseek",
              "truncate", "stat", "fcntl", "proc"],
    "trace": ["lines", "mm_events", "selection", "ring", "ring_long_line", "pipe",
              "tracefs"],
}
WITH_ARCHIVE = ["unpack", "truncated", "corrupted", "unpack_without_memory"]


@pytest.fixture(scope="session")
def programs(tmp_path_factory) -> dict[str, pathlib.Path]:
    """The three test programs, by the name of their source."""
    directory = tmp_path_factory.mktemp("kernel_fs")
    made = {}

    def compile_one(source: pathlib.Path) -> pathlib.Path:
        target = directory / (source.stem + ".o")
        subprocess.run(["gcc", *CFLAGS, "-c", source, "-o", target],
                       check=True)
        return target

    objects = [compile_one(source) for source in SOURCES]
    for name in TESTS:
        made[name] = directory / name
        subprocess.run(["gcc", *SANITIZE, "-o", made[name], *objects,
                        compile_one(HERE / f"kernel_fs_{name}.c")], check=True)
    return made


def run(program: pathlib.Path, *arguments) -> str:
    """Its output; the test fails if the program does."""
    result = subprocess.run([program, *arguments], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, timeout=300)
    assert result.returncode == 0, result.stdout
    return result.stdout


def make_archive(directory: pathlib.Path, names: list[str]) -> bytes:
    """NAMES, which are below DIRECTORY, as cpio packs them."""
    return subprocess.run(["cpio", "-o", "--quiet", "-H", "newc"],
                          cwd=directory, input="\n".join(names).encode(),
                          stdout=subprocess.PIPE, check=True).stdout


@pytest.fixture
def files(tmp_path) -> pathlib.Path:
    """A directory with what an initrd holds."""
    if not shutil.which("cpio"):
        pytest.fail("cpio is missing: install cpio")
    directory = tmp_path / "files"
    (directory / "bin").mkdir(parents=True)
    (directory / "etc").mkdir()
    (directory / "bin/large").write_bytes(bytes(range(250)) * 80)
    (directory / "bin/page").write_bytes(b"p" * 4096)
    (directory / "etc/motd").write_text("hi\n")
    (directory / "etc/empty").write_text("")
    (directory / "etc/link").symlink_to("motd")
    for path in directory.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    return directory


ALL = ["bin", "bin/large", "bin/page", "etc", "etc/motd", "etc/empty",
       "etc/link"]


def tree_of(directory: pathlib.Path, names: list[str]) -> list[str]:
    """What the program "tree unpack" says when all is as it was packed."""
    lines = []
    for name in names:
        path = directory / name
        content = b""
        if path.is_symlink():
            content = bytes(path.readlink())
        elif path.is_file():
            content = path.read_bytes()
        lines.append(f"{path.lstat().st_mode:o} {len(content)} "
                     f"{sum(content)} /{name}")
    return lines


@pytest.mark.parametrize("program, test", [
    (program, test) for program, tests in TESTS.items() for test in tests])
def test_on_host(programs, files, tmp_path, program, test):
    arguments = []
    if test in WITH_ARCHIVE:
        small = test in ("truncated", "corrupted")
        archive = make_archive(files, ["etc", "etc/motd", "etc/empty"]
                               if small else ALL)
        arguments = [tmp_path / "archive"]
        arguments[0].write_bytes(archive)
    run(programs[program], test, *arguments)


def test_every_test_is_run(programs):
    for program, tests in TESTS.items():
        assert run(programs[program]).split() == tests


@pytest.fixture
def unpack(programs, tmp_path):
    """unpack(archive): the lines that "tree unpack" prints."""
    def unpack(archive: bytes) -> list[str]:
        (tmp_path / "archive").write_bytes(archive)
        return run(programs["tree"], "unpack",
                   tmp_path / "archive").splitlines()
    return unpack


def test_unpacks_what_cpio_packed(files, unpack):
    assert unpack(make_archive(files, ALL)) == [
        "result 0", *tree_of(files, ALL)]


def test_without_entries_for_directories(files, unpack):
    lines = unpack(make_archive(files, ["./etc/motd", "bin/large"]))
    assert lines == ["result 0", *tree_of(files, [
        "etc", "etc/motd", "bin", "bin/large"])]


def test_several_archives_with_padding(files, unpack):
    first = make_archive(files, ["etc", "etc/motd"])
    (files / "etc/motd").write_text("a later archive replaces it\n")
    second = make_archive(files, ["etc/empty", "etc/motd"])
    lines = unpack(first + bytes(1000) + second + bytes(512))
    assert lines == ["result 0", *tree_of(files, [
        "etc", "etc/empty", "etc/motd"])]
    lines = unpack(first + bytes(1001) + second)
    assert lines[0] == "result -22"
    assert "no cpio (newc) entry" in lines[1]


def test_a_link_replaces_and_is_replaced(files, unpack):
    first = make_archive(files, ["etc", "etc/motd", "etc/link"])
    (files / "etc/link").unlink()
    (files / "etc/link").write_text("now a file\n")
    (files / "etc/motd").unlink()
    (files / "etc/motd").symlink_to("link")
    (files / "etc/link").chmod(0o644)
    second = make_archive(files, ["etc/link", "etc/motd"])
    assert unpack(first + second) == ["result 0", *tree_of(files, [
        "etc", "etc/link", "etc/motd"])]


def test_links_are_followed_on_the_way(files, unpack):
    lines = unpack(entry(b"d\0", mode=0o40755) +
                   entry(b"l\0", b"d", 0o120777) + entry(b"l/f\0", b"x") +
                   entry(b"e\0", b"\0", 0o120777) + TRAILER)
    assert lines == ["result 0", "40755 0 0 /d", "100644 1 120 /d/f",
                     "120777 1 100 /l", "120777 0 0 /e"]


def test_hard_link_is_named_and_left_out(files, unpack):
    (files / "etc/other").hardlink_to(files / "etc/motd")
    lines = unpack(make_archive(files, ["etc/motd", "etc/other"]))
    assert lines[:2] == ["result 0",
                         "initramfs: etc/motd is a hard link: left out"]
    assert lines[2:] == tree_of(files, ["etc", "etc/other"])


def test_what_is_no_archive_is_refused(unpack):
    for junk in (b"\x1f\x8b\x08 compressed", b"0", b"070707" + b"0" * 200,
                 b"070701" + b"g" * 104, b"x"):
        lines = unpack(junk)
        assert lines[0] == "result -22", junk
        assert lines[1].startswith("initramfs: ") and len(lines) == 2


def entry(name: bytes = b"f\0", data: bytes = b"", mode: int = 0o100644,
          namesize: int | None = None, filesize: int | None = None) -> bytes:
    """One entry of an archive, with lengths that may be lies."""
    numbers = [1, mode, 0, 0, 1, 0,
               len(data) if filesize is None else filesize, 0, 0, 0, 0,
               len(name) if namesize is None else namesize, 0]
    head = b"070701" + b"".join(b"%08X" % n for n in numbers) + name
    head += bytes(-len(head) % 4)
    return head + data + bytes(-len(data) % 4)


TRAILER = entry(b"TRAILER!!!\0", mode=0)


@pytest.mark.parametrize("lie", [
    entry(namesize=0), entry(namesize=1), entry(namesize=4097),
    entry(namesize=0xffffffff), entry(b"abcd"),
    entry(data=b"four", filesize=0x7fffffff),
    entry(data=b"four", filesize=0xfffffffc),
    entry(data=b"four", filesize=0xffffffff),
])
def test_lying_lengths_are_refused(unpack, lie):
    assert unpack(entry(data=b"x") + TRAILER)[0] == "result 0"
    lines = unpack(lie + TRAILER)
    assert lines[0] == "result -22"
    assert lines[1].startswith("initramfs: no cpio (newc) entry, or not all")
    assert len(lines) == 2


def test_names_go_nowhere_else(unpack):
    lines = unpack(entry(b"../../a//./b/../c\0", b"x") +
                   entry(b"c\0", mode=0o10644) + TRAILER)
    assert lines == ["result 0", "40755 0 0 /a", "40755 0 0 /a/b",
                     "100644 1 120 /a/c"]
    lines = unpack(entry() + entry(b"f/g\0") + TRAILER)
    assert lines == ["result -20", "initramfs: f/g: error 20",
                     "100644 0 0 /f"]
    lines = unpack(entry() + entry(mode=0o40755) + TRAILER)
    assert lines == ["result 0", "40755 0 0 /f"]
    lines = unpack(entry(mode=0o40755) + entry())
    assert lines[:2] == ["result -21", "initramfs: f: error 21"]
