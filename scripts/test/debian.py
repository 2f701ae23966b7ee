"""What tests take from Debian: programs and sources that nobody wrote for
Faultline, fetched into build/strangers/ when they are first needed.

The lists of packages lie there, too; the system's own stay as they are.
"""

import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest

from conftest import BUILD

KEPT = BUILD / "strangers"


def download(kind: str, options: list[str], *what: str) -> pathlib.Path:
    """Have apt-get, with a state of its own, fetch WHAT into a directory."""
    directory = KEPT / "apt" / kind
    for name in "lists/partial", "archives/partial":
        (directory / name).mkdir(parents=True, exist_ok=True)
    words = ["apt-get", "-q"]
    for option in ("APT::Sandbox::User=", "Acquire::Languages=none",
                   "Dir::State::status=/dev/null",
                   f"Dir::State::lists={directory}/lists",
                   f"Dir::Cache={directory}", *options):
        words += ["-o", option]
    # One of many lists may be broken; it matters if the download fails.
    for request, check in (["update"], False), (what, True):
        subprocess.run([*words, *request], cwd=directory, check=check,
                       timeout=300, stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT)
    return directory


def package(name: str, into: pathlib.Path) -> None:
    """The files of the package NAME for i386; apt checks its sum."""
    directory = download("i386", ["APT::Architecture=i386",
                                  "APT::Architectures=i386"], "download", name)
    deb, = directory.glob(f"{name}_*_i386.deb")
    subprocess.run(["dpkg-deb", "-x", deb, into], check=True)
    deb.unlink()


def source(name: str, into: pathlib.Path) -> None:
    """The source of the package NAME, as its authors published it.

    It is where the system's packages are.
    """
    lists = KEPT / "apt/sources.list.d"
    lists.mkdir(parents=True, exist_ok=True)
    apt = pathlib.Path("/etc/apt")
    for path in *apt.glob("sources.list"), *apt.glob("sources.list.d/*"):
        (lists / path.name).write_text(re.sub(
            r"^(Types: *)?deb(?=\s)", r"\1deb-src", path.read_text(),
            flags=re.MULTILINE))
    directory = download("source", ["Dir::Etc::sourcelist=/dev/null",
                                    f"Dir::Etc::sourceparts={lists}"],
                         "source", "--download-only", "--only-source",
                         "--tar-only", name)
    archive, = directory.glob(f"{name}_*.orig.tar.*")
    into.mkdir()
    subprocess.run(["tar", "-xf", archive, "-C", into], check=True)
    archive.unlink()


def fetched(name: str, fetch) -> pathlib.Path:
    """Where the files are that FETCH, one of the above, gets of NAME."""
    kept = KEPT / name
    partial = KEPT / f"{name}.partial"
    problem = "apt-get is missing"
    for attempt in range(3 if shutil.which("apt-get") else 0):
        if kept.exists():
            break
        time.sleep(attempt)  # a mirror may be in the middle of an update
        shutil.rmtree(partial, ignore_errors=True)
        try:
            fetch(name, partial)
        except (subprocess.SubprocessError, ValueError) as error:
            output = getattr(error, "stdout", None) or b""
            problem = f"{error}\n{output.decode(errors='replace')}"
            continue
        partial.rename(kept)
    if not kept.exists():
        # Without network there is nothing to compare; but a machine that
        # tests everything must have one.
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up(f"{name} cannot be fetched from Debian: {problem}")
    return kept
