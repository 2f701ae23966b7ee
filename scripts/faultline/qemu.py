"""One QEMU: its command line, its ports, and its end.

Each port of the guest is a pair of FIFOs, NAME.in and NAME.out, in a
directory that is gone again as soon as QEMU has opened them. (Pipes, not
sockets: the UART sends byte by byte, and a socket holds only a few hundred
such messages before it is full.)

    com1     /dev/console, the terminal
    com2     /dev/ttyS1, standard input and output when they are no terminal
    com3     /dev/ttyS2, standard error
    com4     /dev/ttyS3, the kernel's log
    events   port 0xe9, the event stream
"""

import ctypes
import fcntl
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time
from typing import Callable, Optional

QEMU = "qemu-system-i386"
SUCCESS = 33  # the kernel writes 0x10 to isa-debug-exit: (0x10 << 1) | 1
PANIC = 3  # … and 1 after a panic

PIPE_SIZE = 1 << 20
BLOCK = 1 << 16
F_SETPIPE_SZ = 1031
PR_SET_PDEATHSIG = 1

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

COM = ("com1", "com2", "com3", "com4")
EVENTS = "events"

# Nothing is sent to the guest before it has said something itself: enabling
# a UART's FIFO drops what was received before. Should it stay silent (its
# log may be switched off), this many seconds are enough for any boot.
SILENT_BOOT = 3.0


class QemuMissing(Exception):
    pass


def machine_arguments(memory: str, cpu: Optional[str], icount: bool,
                      shared: bool, backends: dict[str, str],
                      ends: bool = True) -> list[str]:
    """The part of the command line that describes the machine.

    BACKENDS says for each port what is behind it ("null", "stdio", …).
    SHARED puts port 0xe9 on com1's stream, so that the order of what programs
    print and what the kernel does is kept. The UART then comes last, because
    QEMU gives the input to the device it made last. ENDS: the kernel can end
    QEMU; otherwise it halts.
    """
    arguments = ["-m", memory, "-display", "none", "-monitor", "none",
                 "-no-reboot", "-nic", "none", "-parallel", "none"]
    if cpu:
        arguments += ["-cpu", cpu]
    if icount:
        arguments += ["-icount", "shift=0,sleep=off"]
    for name, backend in backends.items():
        kind, comma, rest = backend.partition(",")
        mux = ",mux=on" if shared and name == COM[0] else ""
        arguments += ["-chardev", f"{kind},id={name}{mux}{comma}{rest}"]
    arguments += ["-serial", "none" if shared else f"chardev:{COM[0]}"]
    for name in COM[1:]:
        arguments += ["-serial", f"chardev:{name}"]
    events = COM[0] if shared else EVENTS
    arguments += ["-device", f"isa-debugcon,iobase=0xe9,chardev={events}"]
    if shared:
        arguments += ["-device", f"isa-serial,index=0,chardev={COM[0]}"]
    if ends:
        arguments += ["-device", "isa-debug-exit,iobase=0xf4"]
    return arguments


def kernel_arguments(kernel: str, modules: list[str],
                     words: str) -> list[str]:
    """Boot KERNEL directly, with MODULES, on the command line WORDS."""
    names = [name.replace(",", ",,") for name in modules]
    return ["-kernel", kernel, "-initrd", ",".join(names), "-append", words]


def debug_arguments(device: str) -> list[str]:
    """Wait for gdb on DEVICE; stop for it after a triple fault, too."""
    return ["-S", "-no-shutdown", "-gdb", device]


def find_qemu() -> str:
    path = shutil.which(QEMU)
    if path is None:
        raise QemuMissing(f"{QEMU} is missing; scripts/setup installs it "
                          "(package qemu-system-x86)")
    return path


def write_all(fd: int, data: bytes) -> None:
    """Write DATA, also to a descriptor that somebody made non-blocking."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view):]
        except BlockingIOError:
            select.select([], [fd], [])


class Tail:
    """The last of what a stream brought."""

    def __init__(self, size: int = 16384) -> None:
        self._size = size
        self._data = b""

    def add(self, block: bytes) -> None:
        self._data = (self._data + block)[-self._size:]

    def lines(self) -> list[str]:
        text = self._data.replace(b"\r", b"").replace(b"\x1e", b"\n")
        return text.decode("utf-8", "replace").splitlines()


def die_with_parent() -> Callable[[], None]:
    """A preexec_fn: should this process be killed, the new one is, too."""
    parent = os.getpid()
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return prepare


class Machine:
    """A running QEMU and the streams between it and us.

    Use it as a context: whatever happens inside, no QEMU stays behind.
    """

    def __init__(self) -> None:
        self._directory = None
        self._process: Optional[subprocess.Popen] = None
        self._errors = None
        self._outputs: dict[int, Callable[[bytes], None]] = {}
        self._inputs: list["_Feed"] = []
        self._ports: dict[str, tuple[int, int]] = {}
        self._awake = False
        self.silent_boot = SILENT_BOOT
        self.idle: Callable[[], None] = lambda: None
        # Is the guest, once it has said something, ready for input?
        self.listens: Callable[[], bool] = lambda: True
        # So many bytes are sent at once, and after so many seconds the next.
        self.input_pace: tuple[int, float] = BLOCK, 0

    def __enter__(self) -> "Machine":
        # No signal between making the directory and knowing of it.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
        try:
            try:
                self._directory = tempfile.mkdtemp(prefix="faultline-")
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
        except BaseException:  # such as one that came meanwhile
            self._remove_directory()
            raise
        return self

    def __exit__(self, *_) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._remove_directory()
        for pair in self._ports.values():
            for fd in pair:
                os.close(fd)
        if self._errors is not None:
            self._errors.close()

    def _remove_directory(self) -> None:
        if self._directory is not None:
            shutil.rmtree(self._directory, ignore_errors=True)
            self._directory = None

    @property
    def directory(self) -> pathlib.Path:
        """For files that QEMU opens when it starts."""
        return pathlib.Path(self._directory)

    def add_port(self, name: str) -> str:
        """Make the FIFOs of a port; returns QEMU's word for them."""
        path = os.path.join(self._directory, name)
        os.mkfifo(path + ".in")
        os.mkfifo(path + ".out")
        # Open for both, so that neither opening nor QEMU's end disturbs us.
        to_guest = os.open(path + ".in", os.O_RDWR | os.O_NONBLOCK)
        from_guest = os.open(path + ".out", os.O_RDONLY | os.O_NONBLOCK)
        self._ports[name] = to_guest, from_guest
        try:
            fcntl.fcntl(from_guest, F_SETPIPE_SZ, PIPE_SIZE)
        except OSError:
            pass  # the user's limit; the usual 64 KiB do as well
        return "pipe,path=" + path.replace(",", ",,")

    def on_output(self, name: str, sink: Callable[[bytes], None]) -> None:
        """Call SINK with each block that the port NAME brings."""
        self._outputs[self._ports[name][1]] = sink

    def on_input(self, name: str, source: int,
                 encode: Callable[[bytes], bytes], at_end: bytes) -> None:
        """Send what the descriptor SOURCE brings, as ENCODE makes it, to the
        port NAME; AT_END when it ends."""
        self._inputs.append(_Feed(source, self._ports[name][0], encode,
                                  at_end))

    def start(self, command: list[str], pass_fds: tuple = ()) -> None:
        self._errors = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self._errors,
            stderr=self._errors, pass_fds=pass_fds,
            start_new_session=True,  # the terminal's Ctrl-C is ours alone
            preexec_fn=die_with_parent())

    def run(self, seconds: Optional[float],
            until: Callable[[], bool] = lambda: False) -> Optional[int]:
        """Carry bytes until QEMU ends; its exit status.

        None: SECONDS are over, or UNTIL said that it is enough.
        """
        start = time.monotonic()
        deadline = None if seconds is None else start + seconds
        poll = select.poll()
        pidfd = os.pidfd_open(self._process.pid)
        poll.register(pidfd, select.POLLIN)
        for fd in self._outputs:
            poll.register(fd, select.POLLIN)
        try:
            ended = False
            busy = 0
            while not ended:
                self._arm_inputs(poll, time.monotonic() - start)
                ready = dict(poll.poll(self._patience(deadline)))
                ended = pidfd in ready
                count = self._carry_output(poll, ready, ended)
                for feed in list(self._inputs):
                    if feed.carry(ready, *self.input_pace):
                        feed.disarm(poll)
                        self._inputs.remove(feed)
                if not ready:
                    busy = 0
                    self.idle()
                if ended:
                    break
                if until():
                    return None
                if deadline and time.monotonic() >= deadline:
                    return None
                if 0 < count < BLOCK:
                    # The UART sends byte by byte: let some gather, the more
                    # the longer this goes on.
                    busy += 1
                    time.sleep(min(0.001 * busy, 0.010))
        finally:
            os.close(pidfd)
        return self._process.wait()

    def stop(self, seconds: float) -> None:
        """Let QEMU end in its own way, but within SECONDS."""
        if self._process.poll() is None:
            self._process.terminate()
            self.run(seconds)

    def errors(self) -> str:
        """What QEMU itself had to say."""
        self._errors.seek(0)
        return self._errors.read().decode("utf-8", "replace").strip()

    def _patience(self, deadline: Optional[float]) -> int:
        """How long to wait for something to happen, in milliseconds."""
        if deadline is None:
            return 50
        left = max(0, deadline - time.monotonic())
        return min(50, int(left * 1000) + 1)

    def _arm_inputs(self, poll: select.poll, elapsed: float) -> None:
        if not (self._awake and self.listens()) and \
                elapsed < self.silent_boot:
            return
        for feed in self._inputs:
            feed.arm(poll)

    def _carry_output(self, poll: select.poll, ready: dict[int, int],
                      drain: bool) -> int:
        """Hand on what came; with DRAIN all there is. Returns the bytes."""
        count = 0
        for fd, sink in list(self._outputs.items()):
            while fd in ready or drain:
                try:
                    block = os.read(fd, PIPE_SIZE)
                except BlockingIOError:
                    break
                if not block:
                    # QEMU has closed it; the process will end, too.
                    poll.unregister(fd)
                    del self._outputs[fd]
                    break
                if not self._awake:
                    self._awake = True
                    self._remove_directory()
                count += len(block)
                sink(block)
                if not drain:
                    break
        return count


class _Feed:
    """One direction of input: a descriptor here to a port of the guest."""

    def __init__(self, source: int, target: int,
                 encode: Callable[[bytes], bytes], at_end: bytes) -> None:
        self._source = source
        self._target = target
        self._encode = encode
        self._at_end = at_end
        self._pending = b""
        self._ended = False

    def arm(self, poll: select.poll) -> None:
        """Wait for the source, or for room in the target: never both."""
        self.disarm(poll)
        if self._pending:
            poll.register(self._target, select.POLLOUT)
        else:
            poll.register(self._source, select.POLLIN)

    def disarm(self, poll: select.poll) -> None:
        for fd in (self._source, self._target):
            try:
                poll.unregister(fd)
            except KeyError:
                pass

    def carry(self, ready: dict[int, int], size: int, pause: float) -> bool:
        """Send up to SIZE bytes, and wait PAUSE seconds. Returns True when
        all has been sent."""
        if not self._pending and self._source in ready:
            try:
                block = os.read(self._source, BLOCK)
            except BlockingIOError:
                return False
            except OSError:
                block = b""  # a terminal that went away
            self._ended = not block
            self._pending = self._encode(block) if block else self._at_end
        if self._pending:
            try:
                sent = os.write(self._target, self._pending[:size])
            except BlockingIOError:
                return False
            self._pending = self._pending[sent:]
            time.sleep(pause)
        return self._ended and not self._pending
