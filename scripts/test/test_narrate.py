"""scripts/narrate: streams of events in, their story out."""

import os
import subprocess
import threading

import pexpect
import pytest

from conftest import BUILD, ROOT, RUN
from faultline.events import StreamSplitter, parse_event, parse_trace
from faultline.narration import Narrator

NARRATE = ROOT / "scripts/narrate"
HEAP = "0x804c000-0x806d000 rw-p [heap]"


def event(text: str, comm="x", pid=1) -> bytes:
    line = f"{comm:>16}-{pid:<7} [000] .....     0.012345: {text}\n"
    return b"\x1e" + line.encode()


def events(*texts: str) -> bytes:
    return b"".join(event(text) for text in texts)


def marks(*texts: str) -> bytes:
    return events(*(f"tracing_mark_write: {text}" for text in texts))


EXEC = event("sched_process_exec: filename=/bin/x pid=1")


def fault(kind="anon_write", address=0x804c004, ip=0x8049706, error_code=6,
          area=HEAP, pfn=0x3f21, table=None, rss=8192, where="user") -> bytes:
    frame = kind in ("anon_write", "zero_upgrade", "file_copy",
                     "stack_growth")
    texts = [f"page_fault_{where}: address={address:#x} ip={ip:#x} "
             f"error_code={error_code:#x}"]
    if table:
        texts.append(f"mm_page_alloc: page=0xc0100000 pfn={table:#x} order=0")
    if frame:
        texts += [f"mm_page_alloc: page=0xc0100020 pfn={pfn:#x} order=0",
                  f"rss_stat: type=MM_ANONPAGES size={rss}B"]
    pte = f"{pfn << 12 | (0x67 if frame else 0x25):#x}"
    if kind == "refused":
        pfn, pte = 0, "0x0"
    texts.append(f"handle_mm_fault: kind={kind} address={address:#x} "
                 f"area={area} pfn={pfn:#x} pte=0x0->{pte}")
    return events(*texts)


def brk_grow(*between: str) -> bytes:
    return events("sys_enter_brk: brk: 0x0806d000", f"vma_map: {HEAP}",
                  *between,
                  "brk_move: start_brk=0x804c000 brk=0x804c000->0x806d000",
                  "sys_exit_brk: 0x806d000")


def raw(stream: bytes, *options, env=None) -> bytes:
    result = subprocess.run([NARRATE, *options], input=stream,
                            capture_output=True, timeout=60,
                            env=dict(os.environ, **(env or {})))
    assert result.returncode == 0
    assert result.stderr == b""
    return result.stdout


def told(stream: bytes, *options) -> str:
    """The story, each paragraph in one line."""
    text = raw(stream, "--width", "10000", *options).decode()
    return text


def squeezed(text: str) -> str:
    return " ".join(text.split())


# ── The stream ───────────────────────────────────────────────────────────────

def test_event_line_is_taken_apart():
    line = event("handle_mm_fault: kind=file_read address=0x1000 "
                 "area=0x1000-0x2000 r-xp /bin/a b pfn=0x7 pte=0x0->0x7025",
                 comm="odd -name", pid=42)[1:-1].decode()
    found = parse_event(line)
    assert (found.name, found.comm, found.pid) == \
        ("handle_mm_fault", "odd -name", 42)
    assert found.microseconds == 12345
    assert found.args == {"kind": "file_read", "address": "0x1000",
                          "area": "0x1000-0x2000 r-xp /bin/a b",
                          "pfn": "0x7", "pte": "0x0->0x7025"}
    found = parse_event(event('signal_generate: sig=11 rule="a: b=c" n=1')
                        [1:-1].decode())
    assert found.args == {"sig": "11", "rule": "a: b=c", "n": "1"}
    found = parse_event(event("sys_enter_mmap2: addr: 0x0, len: 0x31000")
                        [1:-1].decode())
    assert found.number("len") == 0x31000
    found = parse_event(marks("malloc: request=5")[1:-1].decode())
    assert found.is_mark and found.name == "malloc"
    assert found.number("request") == 5
    assert parse_event("kernel_panic: no") is None


def test_a_bare_trace():
    stream = EXEC + brk_grow()
    bare = stream.replace(b"\x1e", b"")
    assert [found.name for found in parse_trace(bare)] == [
        "sched_process_exec", "sys_enter_brk", "vma_map", "brk_move",
        "sys_exit_brk"]
    assert raw(bare, "--trace") == raw(stream)


def test_any_cut_of_the_stream_gives_the_same():
    stream = b"line 1\r\nmid" + EXEC + b"\r\n" + brk_grow() + b"end"
    splitter = StreamSplitter()
    whole = list(splitter.feed(stream)) + list(splitter.close())
    for size in (1, 2, 7, 100):
        splitter = StreamSplitter()
        items = []
        for start in range(0, len(stream), size):
            items += splitter.feed(stream[start:start + size])
        items += splitter.close()
        assert [item for item in items if isinstance(item, str)] == \
            [item for item in whole if isinstance(item, str)]
        assert b"".join(item for item in items if isinstance(item, bytes)) \
            == b"line 1\r\nmid\r\nend"


# ── The program's output ─────────────────────────────────────────────────────

def test_output_passes_as_it_is():
    text = b"one\ntwo \xff\xfe\x00 \x1b[1m\n"
    assert raw(text) == text
    assert raw(b"a\r\nb\r\r\nc\rd\r") == b"a\nb\r\nc\rd\r\n"


def test_a_line_end_in_two_pieces():
    told_bytes = bytearray()
    narrator = Narrator(told_bytes.extend, lambda path: None)
    narrator.tell([b"a\r", b"\nb\r", b"c\r"])
    narrator.close()
    assert told_bytes == b"a\nb\rc\r\n"


def test_output_and_events_keep_their_order():
    text = told(b"before\r\n" + brk_grow() + b"between\r\n" + fault() +
                b"after\r\n")
    places = [text.index(word) for word in
              ("before", "sys_brk", "between", "#PF", "after")]
    assert places == sorted(places)


def test_a_line_under_way_is_ended_before_the_story():
    lines = told(b"mid" + brk_grow() + b" rest\r\n").splitlines()
    assert lines[0] == "mid"
    assert lines[1].startswith("        kernel  brk(")
    assert lines[2] == " rest"


# ── What is told ─────────────────────────────────────────────────────────────

def test_brk_that_takes_no_frame():
    text = told(brk_grow())
    assert text.count("kernel") == 1
    assert "mm->brk 0x804c000 → 0x806d000, 132 KiB up" in text
    assert HEAP in text
    assert "no frame was taken" in text


def test_brk_that_takes_a_frame_does_not_claim_otherwise():
    text = told(brk_grow("mm_page_alloc: page=0xc0 pfn=0x99 order=0"))
    assert "no frame was taken" not in text
    assert "1 frame taken for the kernel's own records" in text
    text = told(brk_grow("mm_page_alloc: page=0xc0 pfn=0x99 order=1",
                         "rss_stat: type=MM_ANONPAGES size=8192B"))
    assert "no frame was taken" not in text
    assert "2 frames taken. RSS now 8 KiB" in text


def test_brk_questions_and_refusals():
    text = told(events("sys_enter_brk: brk: 0x00000000",
                       "sys_exit_brk: 0x804c000"))
    assert "brk(0): the program break is 0x804c000; nothing changes" in text
    text = told(events("sys_enter_brk: brk: 0xb0000000",
                       "sys_exit_brk: 0x804c000"))
    assert "brk(0xb0000000) is refused: the break stays at 0x804c000" in text


def test_brk_down_gives_frames_back():
    text = told(EXEC + fault() + events(
        "sys_enter_brk: brk: 0x0804d000",
        "mm_page_free: page=0xc0 pfn=0x50 order=0",
        "mm_page_free: page=0xc0 pfn=0x51 order=0",
        "rss_stat: type=MM_ANONPAGES size=4096B",
        "vma_adjust: 0x804c000-0x806d000 -> 0x804c000-0x804d000 rw-p [heap]",
        "brk_move: start_brk=0x804c000 brk=0x806d000->0x804d000",
        "sys_exit_brk: 0x804d000"))
    assert "128 KiB down" in text
    assert ("2 frames given back: pfn 0x50, 0x51; 1 of them held page tables "
            "and the like. RSS now 4 KiB") in text


def test_a_fault_is_one_paragraph():
    text = told(EXEC + fault(table=0x3f20))
    line = [line for line in text.splitlines() if "#PF" in line][0]
    assert "writes to 0x804c004; no page is there yet" in line
    assert f"find_vma: inside {HEAP} → allowed" in line
    assert "one zeroed frame, pfn 0x3f21" in line
    assert "one more frame, pfn 0x3f20" in line
    assert "PTE 0 → 0x3f21067 (present, writable, user, accessed, dirty)" \
        in line
    assert "RSS now 8 KiB. The instruction runs again." in line
    assert text.count("0x3f21") == 2


@pytest.mark.parametrize("kind, words", [
    ("anon_read", "the shared zero page, pfn 0x5"),
    ("zero_upgrade", "the write gets one zeroed frame, pfn 0x5"),
    ("file_read", "its frame, pfn 0x5, is mapped; none is taken"),
    ("file_copy", "A private copy of the page cache's frame"),
    ("stack_growth", "the area grows to"),
    ("reuse", "nobody else uses frame 0x5 any more"),
    ("spurious", "nothing to do"),
])
def test_kinds_of_faults(kind, words):
    assert words in told(EXEC + fault(kind, pfn=5))


def test_a_refused_access_names_the_rule():
    text = told(EXEC + fault("refused", area="none") + event(
        'signal_generate: sig=11 comm=x pid=1 rule="write to 0x804c004: no '
        'area there: nothing is mapped at this address"') +
        event("sched_process_exit: comm=x pid=1 exit_code=0xb"))
    line = [line for line in text.splitlines() if "#PF" in line][0]
    assert "no area holds this address" in line
    assert "nothing is mapped at this address. SIGSEGV" in line
    assert "x is killed by signal 11" in text


def test_a_refused_access_of_a_system_call():
    text = told(EXEC + event("sys_enter_read: fd: 0x0, buf: 0x10, count: 0x1")
                + fault("refused", area="none", where="kernel", error_code=2)
                + event("sys_exit_read: -14"))
    assert "the kernel itself, for read(), writes to" in text
    assert "fails with -EFAULT" in text
    assert "read(fd 0, buf 0x10, count 1) → -EFAULT" in text


def test_source_line_of_the_faulting_instruction(tmp_path):
    """From DWARF 4: the pyelftools of Ubuntu 22.04 does not know 5."""
    source = tmp_path / "x.c"
    source.write_text("volatile int value;\n"
                      "void _start(void)\n{\n\tvalue = 1;\n\tfor (;;)\n"
                      "\t\t;\n}\n")
    elf = tmp_path / "x"
    subprocess.run(["gcc", "-m32", "-gdwarf-4", "-O0", "-static", "-nostdlib",
                    "-fno-pie", "-no-pie", "-o", elf, source], check=True)
    listing = subprocess.run(["objdump", "-d", elf], check=True, text=True,
                             capture_output=True).stdout
    store = [line for line in listing.splitlines() if "movl   $0x1" in line]
    ip = int(store[0].split(":")[0], 16)
    text = told(EXEC + fault(ip=ip), "--elf", elf)
    assert f"the store at x.c:4 in _start() (ip {ip:#x}) `value = 1;`" in text
    assert f"the store (ip {ip:#x})" in told(EXEC + fault(ip=ip))
    os.utime(source, (elf.stat().st_mtime + 10,) * 2)
    text = told(EXEC + fault(ip=ip), "--elf", elf)
    assert "x.c:4" in text and "value = 1" not in text
    # DWARF with addresses of 3 bytes, which pyelftools knows nothing of: the
    # symbols are still there.
    (tmp_path / "info").write_bytes(bytes.fromhex("07000000 0400 00000000 03"))
    subprocess.run(["objcopy", "--update-section",
                    f".debug_info={tmp_path / 'info'}", elf], check=True)
    assert f"the store in _start() (ip {ip:#x}) w" in \
        told(EXEC + fault(ip=ip), "--elf", elf)


def test_malloc_from_a_bin_is_one_line():
    text = told(marks("malloc: request=100 chunk_size=104",
                      "malloc_search: found=bin bin=12 chunk=0x804c010 "
                      "size=504 rest=400",
                      "malloc_return: pointer=0x804c014"))
    assert len(text.splitlines()) == 1
    assert text.startswith("    libc    malloc(100): ")
    for words in ("104 bytes", "Bin 12", "0x804c010", "400 bytes stay free",
                  "Returns 0x804c014"):
        assert words in text


def test_malloc_that_asks_the_kernel():
    text = told(marks("malloc: request=100 chunk_size=104",
                      "malloc_search: found=none") + brk_grow() +
                marks("malloc_grow: length=135168 start=0x804c000 "
                      "end=0x806d000 top_size=135168",
                      "malloc_top: chunk=0x804c000 size=104 top=0x804c068 "
                      "top_size=135064",
                      "malloc_return: pointer=0x804c004"))
    first, second, third = text.splitlines()
    assert first.startswith("    libc ") and first.endswith(
        "The top chunk is too small: sbrk() asks the kernel for more.")
    assert second.startswith("        kernel  brk(")
    assert third.startswith("    libc    … back in malloc(): The heap has "
                            "135168 bytes more")


def test_free_and_its_system_calls():
    done = marks("free: pointer=0x804c014 chunk=0x804c010 size=104",
                 "free_coalesce: chunk=0x804c010 size=208 with=next",
                 "free_bin: chunk=0x804c010 size=208 bin=14")
    question = events("sys_enter_brk: brk: 0x0", "sys_exit_brk: 0x804c000")
    text = told(done + question)
    assert "Its next neighbour is free as well" in text
    assert "sbrk() gives" not in text
    text = told(marks("free: pointer=0xb7fcf008 chunk=0xb7fcf000 size=4096") +
                events("sys_enter_munmap: addr: 0xb7fcf000, len: 0x1000",
                       "vma_unmap: 0xb7fcf000-0xb7fd0000 rw-p -",
                       "sys_exit_munmap: 0x0"))
    assert "munmap() gives it back" in text
    assert "Gone: 0xb7fcf000-0xb7fd0000 rw-p anonymous" in text


def test_the_marks_own_system_calls_are_not_told():
    text = told(event("sys_enter_write: fd: 0x3c, buf: 0x1, count: 0x9") +
                marks("malloc: request=1 chunk_size=16") +
                event("sys_exit_write: 0x9") +
                event("sys_enter_write: fd: 0x3c, buf: 0x1, count: 0x9") +
                marks("malloc_return: pointer=0x804c004") +
                event("sys_exit_write: 0x9") +
                events("sys_enter_write: fd: 0x1, buf: 0x1, count: 0x9",
                       "sys_exit_write: 0x9"))
    assert text.count("write(") == 1
    assert "write(fd 1" in text


def test_what_repeats_itself_is_shortened():
    stream = EXEC + b"".join(fault(address=0x8050000 + 4096 * i,
                                   pfn=0x100 + i, rss=4096 * i)
                             for i in range(20))
    text = told(stream)
    assert text.count("#PF") == 4
    assert "… 17 more like this. The last: #PF: " in text
    assert "RSS now 76 KiB" in text
    assert told(stream, "--every").count("#PF") == 20


def test_what_repeats_itself_by_turns_is_shortened():
    stream = EXEC + b"".join(
        marks("malloc: request=9 chunk_size=16",
              f"malloc_top: chunk={0x8050000 + 4096 * i:#x} size=16 "
              "top=0x9000000 top_size=99",
              "malloc_return: pointer=0x8050004") +
        fault(address=0x8050000 + 4096 * i, rss=4096 * i)
        for i in range(20))
    text = told(stream + b"a line\n")
    assert text.count("malloc(9)") == text.count("#PF") == 4
    assert text.count("… 17 more like this.") == 2
    assert text.index("… 17") < text.index("a line")
    # The next line's story is told anew.
    assert told(stream + b"a line\n" + stream).count("#PF") == 8


def test_a_story_of_two_programs_with_a_summary():
    def whole(comm, pid):
        return b"".join([
            event("vma_map: 0x8048000-0x804c000 r-xp /bin/" + comm, comm, pid),
            event("mm_page_alloc: page=0xc0 pfn=0x10 order=0", comm, pid),
            event(f"sched_process_exec: filename=/bin/{comm} pid={pid}", comm,
                  pid),
            (marks("malloc: request=1 chunk_size=16",
                   "malloc_return: pointer=0x804c004") + fault() +
             brk_grow()).replace(b" x-1 ", f" {comm}-{pid} ".encode()),
            event(f"sched_process_exit: comm={comm} pid={pid} exit_code=0x0",
                  comm, pid),
            event("mm_page_free: page=0xc0 pfn=0x10 order=0", comm, pid),
            event("mm_page_free: page=0xc0 pfn=0x3f21 order=0", comm, pid)])

    text = told(whole("a", 1) + whole("b", 2) + event(
        "machine_power_off: status=0 free_before=9 free_after=9", "s", 0),
        "--summary-for", "b")
    first, second = text.split("──── b (process 2)")
    assert "#PF" in first and "malloc(1)" in first
    assert "2 frames given back" in first
    assert "#PF" not in second and "malloc(1)" not in second
    table = squeezed(second)
    assert "malloc 1 calloc 0 realloc 0 free 0" in table
    assert "brk 1 mmap2 0 munmap 0 mprotect 0" in table
    assert "page faults 1 anon_write 1" in table
    assert "frames 2 taken, 2 given back" in table
    assert "RSS at most 8 KiB" in table
    assert "heap at most 132 KiB" in table
    assert "every one came back" in second
    assert "#PF" not in told(whole("a", 1), "--summary")


def test_lost_frames_are_not_called_found():
    text = told(event("machine_power_off: status=0 free_before=9 "
                      "free_after=8"))
    assert "9 frames were free before the first program, 8 are now" in text


def test_a_panic_line_is_shown():
    text = told(b"\x1ekernel_panic: no more frames\n")
    assert "kernel_panic: no more frames" in text


# ── The form ─────────────────────────────────────────────────────────────────

def test_lines_fit():
    stream = EXEC + fault(table=0x3f20) + brk_grow()
    for width in (80, 60):
        lines = raw(stream, "--width", str(width)).decode().splitlines()
        assert max(map(len, lines)) <= width
    assert all(len(line) <= 80 for line in raw(stream).decode().splitlines())


def test_colours_only_where_wanted():
    stream = brk_grow()
    assert b"\x1b[" not in raw(stream)
    assert b"\x1b[" in raw(stream, "--color", "always")
    assert b"\x1b[" not in raw(stream, "--color", "never")


def test_colours_on_a_terminal_unless_no_color(tmp_path):
    stream = tmp_path / "stream"
    stream.write_bytes(brk_grow())
    for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        inherited = {key: value for key, value in os.environ.items()
                     if key != "NO_COLOR"}
        text, status = pexpect.run(f"{NARRATE} {stream}", withexitstatus=True,
                                   env=inherited | environment)
        assert status == 0
        assert (b"\x1b[" in text) is coloured
        assert b"no frame was taken" in text


def test_it_streams():
    """What is complete is told at once, not at the stream's end."""
    with subprocess.Popen([NARRATE], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as narrate:
        patience = threading.Timer(20, narrate.kill)
        patience.start()
        narrate.stdin.write(b"hello\r\n" + brk_grow())
        narrate.stdin.flush()
        assert narrate.stdout.readline() == b"hello\n"
        assert b"brk(" in narrate.stdout.readline()
        line = b"more"
        while line and b"no frame was taken" not in line:
            line = narrate.stdout.readline()
        # A free() has no mark for its end: when nothing follows, it is told.
        narrate.stdin.write(marks(
            "free: pointer=0x804c014 chunk=0x804c010 size=104"))
        narrate.stdin.flush()
        assert b"free(0x804c014)" in narrate.stdout.readline()
        patience.cancel()
        narrate.stdin.close()


def test_a_hundred_thousand_events(tmp_path):
    stream = EXEC + (brk_grow() + fault() + b"line\r\n") * 12500
    assert stream.count(b"\x1e") > 100000
    result = subprocess.run([NARRATE], input=stream, capture_output=True,
                            timeout=30)
    assert result.returncode == 0
    assert result.stdout.count(b"#PF") == 12500


# ── With the kernel ──────────────────────────────────────────────────────────

def test_a_narrated_run():
    result = subprocess.run([RUN, "--narrate", "--timeout", "60",
                             BUILD / "user/hello"], capture_output=True,
                            stdin=subprocess.DEVNULL)
    text = result.stdout.decode()
    assert result.returncode == 0
    assert "──── hello (process 1) ────" in text
    assert "#PF: " in text
    assert "hello.c:" in text or "crt0.asm:" in text
    assert "──── power off, status 0 ────" in text
    assert "every one came back" in text
