"""A recorded run, which QEMU can replay: forwards, and for gdb backwards.

What comes from outside, such as an interrupt or a key that was typed, is
written down with the instruction before which it came; all else happens again
by itself. Going back is going forward again from a snapshot: to the place
before. (QEMU: docs/system/replay.rst)

While it is recorded, the kernel does not end QEMU but halts, and is switched
off then. For the end that a guest makes, newer versions of QEMU (10) write
down before the last instructions that led there: replayed, it comes too early.

Log, snapshots and what the replay prints are in files without a name, which
are gone when the last process that has them open is.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field

from faultline import qemu

QEMU_IMG = "qemu-img"

# The first snapshot, which QEMU takes itself when the recording begins.
FIRST_SNAPSHOT = "init"

# One instruction takes 2^3 ns: about 125 million in a second, as the guest's
# timer sees it.
SHIFT = 3


class CannotRecord(Exception):
    """The message says why."""


def _file() -> int:
    """A file without a name, for QEMU to open as /dev/fd/N."""
    with tempfile.TemporaryFile(prefix="faultline-") as file:
        fd = os.dup(file.fileno())
    os.set_inheritable(fd, True)
    return fd


def _digest() -> "hashlib._Hash":
    return hashlib.sha256()


@dataclass
class Printed:
    """What came out of one port: when it was recorded, and when replayed."""
    recorded: "hashlib._Hash" = field(default_factory=_digest)
    replayed: int = field(default_factory=_file)  # a descriptor


class Recording:
    """The log of one run, and the disk with the snapshots of its replay."""

    def __init__(self) -> None:
        if shutil.which(QEMU_IMG) is None:
            raise CannotRecord(f"{QEMU_IMG} is missing; scripts/setup "
                               "installs it (package qemu-utils)")
        self._log = _file()
        self.disk = _file()
        self._printed = {name: Printed() for name in qemu.COM[:3]}
        result = subprocess.run(
            [QEMU_IMG, "create", "-q", "-f", "qcow2",
             f"/dev/fd/{self.disk}", "1M"], pass_fds=[self.disk],
            stderr=subprocess.PIPE, text=True)
        if result.returncode:
            raise CannotRecord(result.stderr.strip())

    @property
    def fds(self) -> list[int]:
        return [self._log, self.disk,
                *(port.replayed for port in self._printed.values())]

    def note(self, port: str, block: bytes) -> None:
        """BLOCK came out of PORT while the run was recorded."""
        self._printed[port].recorded.update(block)

    def arguments(self, mode: str) -> list[str]:
        """QEMU's: the machine is the same for the MODEs record and replay.

        Without vapic=off most replays hang as soon as they go back.
        """
        return ["-global", "apic-common.vapic=off",
                "-icount", f"shift={SHIFT},rr={mode},rrfile="
                f"/dev/fd/{self._log},rrsnapshot={FIRST_SNAPSHOT}",
                "-drive", f"file=/dev/fd/{self.disk},format=qcow2,if=none,"
                "id=snapshots"]

    def replay_backends(self) -> dict[str, str]:
        """For qemu.machine_arguments(): where the replay prints to."""
        backends = dict.fromkeys((*qemu.COM, qemu.EVENTS), "null")
        for name, port in self._printed.items():
            backends[name] = f"file,path=/dev/fd/{port.replayed}"
        return backends

    def printed(self) -> list[tuple[int, str]]:
        """What a replay prints: the descriptor, and the SHA-256 to expect."""
        return [(port.replayed, port.recorded.hexdigest())
                for port in self._printed.values()]
