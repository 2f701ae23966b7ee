"""scripts/setup: what it reports and what it would install, with a stand-in
for apt-get that only notes what it was asked for."""

import os
import pathlib
import shutil
import subprocess

import pytest

from conftest import ROOT

SETUP = ROOT / "scripts/setup"
NEEDED = ("sh", "sed", "uname", "id", "env", "mktemp", "rm", "gcc", "as", "ld",
          "make", "nasm", "qemu-system-i386", "qemu-img", "grub-mkrescue",
          "grub-file", "xorriso", "mformat", "cpio", "xz", "gdb",
          "tmux", "qemu-i386")

# Installs by linking the tool; the first attempt fails if lists are old.
APT_GET = """#!/bin/sh
echo "$*" >>{log}
case $1 in
update) : >{directory}/updated ;;
install)
	[ -e {directory}/updated ] || exit 100
	/bin/ln -sf {nasm} {directory}/bin/nasm
	;;
esac
"""


@pytest.fixture
def host(tmp_path):
    """A PATH with the tools, and apt-get's log."""
    binaries = tmp_path / "bin"
    binaries.mkdir()
    for name in NEEDED:
        (binaries / name).symlink_to(shutil.which(name) or "/bin/false")
    apt_get = binaries / "apt-get"
    apt_get.write_text(APT_GET.format(log=tmp_path / "log",
                                      directory=tmp_path,
                                      nasm=shutil.which("nasm")))
    apt_get.chmod(0o755)
    (binaries / "sudo").write_text('#!/bin/sh\nexec "$@"\n')
    (binaries / "sudo").chmod(0o755)
    return tmp_path


def run_setup(host: pathlib.Path, *arguments) -> subprocess.CompletedProcess:
    return subprocess.run([SETUP, *arguments], capture_output=True, text=True,
                          env=dict(os.environ, PATH=str(host / "bin")))


def test_silent_when_all_is_there(host):
    for arguments in ([], ["--check"]):
        result = run_setup(host, *arguments)
        assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert not (host / "log").exists()


def test_check_names_tool_and_package_and_installs_nothing(host):
    (host / "bin/nasm").unlink()
    (host / "bin/mformat").unlink()
    result = run_setup(host, "--check")
    assert result.returncode == 1
    nasm, mformat = result.stdout.splitlines()
    assert nasm.startswith("nasm is missing (package nasm): ")
    assert mformat.startswith("mformat is missing (package mtools): ")
    assert not (host / "log").exists()


def test_installs_what_is_missing_after_fetching_lists(host):
    (host / "bin/nasm").unlink()
    result = run_setup(host)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("nasm is missing (package nasm): ")
    install = "install -y -q --no-install-recommends nasm"
    assert (host / "log").read_text().splitlines() == [
        install, "update -q", install]


def test_other_systems_get_a_list(host):
    (host / "bin/nasm").unlink()
    (host / "bin/apt-get").unlink()
    result = run_setup(host)
    assert result.returncode == 1
    assert "nasm" in result.stderr


def test_no_compiler(host):
    (host / "bin/gcc").unlink()
    result = run_setup(host, "--check")
    assert result.returncode == 1
    assert "gcc is missing (package gcc)" in result.stdout
