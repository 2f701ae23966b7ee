"""scripts/mkinitrd: archives that cpio itself reads, the same every time."""

import os
import shutil
import stat
import subprocess

import pytest

from conftest import ROOT
from faultline import cpio

MKINITRD = ROOT / "scripts/mkinitrd"


def make(tmp_path, *pairs) -> subprocess.CompletedProcess:
    return subprocess.run([MKINITRD, "-o", tmp_path / "out.cpio", *pairs],
                          capture_output=True, text=True, cwd=tmp_path)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "a").write_bytes(b"odd")
    (tmp_path / "program").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "program").chmod(0o755)
    (tmp_path / "empty").write_bytes(b"")
    return tmp_path


def test_members_modes_and_directories(files):
    assert make(files, "program:/bin/program", "a:/usr/share/text/a.txt",
                "empty:empty").returncode == 0
    found = cpio.members((files / "out.cpio").read_bytes())
    assert {name: oct(mode) for name, (mode, _) in found.items()} == {
        "bin": "0o40755", "bin/program": "0o100755", "empty": "0o100644",
        "usr": "0o40755", "usr/share": "0o40755",
        "usr/share/text": "0o40755", "usr/share/text/a.txt": "0o100644"}
    assert found["bin/program"][1] == bytes(range(256)) * 20
    assert list(found) == sorted(found)


@pytest.mark.skipif(shutil.which("cpio") is None, reason="cpio not installed")
def test_cpio_unpacks_it(files):
    make(files, "program:/bin/program", "a:/etc/a", "empty:/etc/empty")
    target = files / "unpacked"
    target.mkdir()
    with open(files / "out.cpio", "rb") as archive:
        result = subprocess.run(["cpio", "-i", "--no-preserve-owner"],
                                stdin=archive, cwd=target,
                                capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert (target / "bin/program").read_bytes() == bytes(range(256)) * 20
    assert (target / "etc/a").read_bytes() == b"odd"
    assert (target / "etc/empty").read_bytes() == b""
    assert stat.S_IMODE((target / "bin/program").stat().st_mode) & 0o100


def test_same_files_same_bytes(files):
    make(files, "a:/x/a", "program:/bin/p")
    first = (files / "out.cpio").read_bytes()
    os.utime(files / "a", (1, 1))
    make(files, "program:/bin/p", "a:/x/a")
    assert (files / "out.cpio").read_bytes() == first


@pytest.mark.parametrize("path, expected", [
    ("hello", "/hello"), ("./hello", "/hello"), ("../hello", "/hello"),
    ("/a//b/../c", "/a/c"), ("//x", "/x"), ("a/./b", "/a/b"),
])
def test_guest_path(path, expected):
    assert cpio.guest_path(path) == expected


@pytest.mark.parametrize("pairs, words", [
    (["nowhere:/x"], "nowhere"),
    (["a"], "FILE:PATH"),
    (["a:/x", "program:x"], "twice"),
    (["a:/x", "program:/x/y"], "a file and a directory"),
])
def test_what_cannot_be_packed(files, pairs, words):
    result = make(files, *pairs)
    assert result.returncode != 0
    assert words in result.stderr
