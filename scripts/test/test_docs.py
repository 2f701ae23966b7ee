"""What README.md and docs/ say is so: the files, functions, fields, options
and make targets that they name exist, and the excerpts of output that they
show come out of a real run.

Conventions in the documents:

    ### `name`, `other` — kernel/mm/fault.c    a heading: defined in that file
    `name()`                                   defined somewhere in the sources
    `mm->brk`                                  a field of struct mm_struct
    ```trace                                   events of the tour
    ```log                                     the kernel's log, of user/segv
    ```run                                     output of make run
    ```console                                 a command behind "$ ", its output
    ```first                                   the same, where squares.c lies
    ```gdb PROGRAM ARGUMENTS                   a session of gdb's from main()
    ```gdb                                     … which goes on here
    ```rewind PROGRAM ARGUMENTS                the same, of a recorded run
    ```screen PROGRAM ARGUMENTS                the same at a terminal: what stands
    ```screen                                  there in the end, of 80 × 24
                                               (test_gdb_window.py)

In excerpts a line of "…" alone stands for lines left out; addresses and such
figures as depend on the compiler may differ.
"""

import re
import shlex
import subprocess

import pytest

from conftest import BUILD, ROOT, RUN

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {path.name: path.read_text() for path in DOCUMENTS}
SOURCES = [path for folder in ("boot", "kernel", "libc", "user")
           for path in sorted((ROOT / folder).rglob("*"))
           if path.suffix in (".c", ".h", ".asm", ".inc")]

each_document = pytest.mark.parametrize("name", TEXTS)


def code(text: str) -> list[str]:
    """What stands in backticks, and the lines of code blocks."""
    blocks = re.findall(r"^(?:    |\t)(.*)$", text, re.MULTILINE)
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`]+)`", text) + blocks


def is_defined(name: str, source: str) -> bool:
    """As a function or macro in C, or as a label in assembly."""
    for line in re.findall(rf"^(?:#define |\w[^#/;=]*[ *])?{name}\(.*$", source,
                           re.MULTILINE):
        if not line.endswith(";"):
            return True
    return re.search(rf"^{name}:", source, re.MULTILINE) is not None


def fields_of(struct: str) -> set[str]:
    header = (ROOT / "kernel/mm/mm_types.h").read_text()
    body = re.search(rf"^struct {struct} {{(.*?)^}};", header,
                     re.MULTILINE | re.DOTALL)[1]
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.DOTALL)
    return set(re.findall(r"(\w+)(?:\[\w+\])?[,;]", body))


# ── Names ────────────────────────────────────────────────────────────────────

def missing_paths(text: str) -> list[str]:
    """The paths in TEXT that are not there. build/ may not exist yet."""
    words = re.findall(r"(?<![\w./-])"
                       r"(?:boot|kernel|libc|user|scripts|docs|\.ci)"
                       r"/[\w./-]*[\w/]", text)
    return [word for word in words
            if "NAME" not in word and not (ROOT / word).exists()]


@each_document
def test_paths(name):
    assert missing_paths(TEXTS[name]) == []


@each_document
def test_links(name):
    folder = (ROOT / "README.md" if name == "README.md"
              else ROOT / "docs" / name).parent
    targets = re.findall(r"\]\(([^):#]+)\)", TEXTS[name])
    assert [path for path in targets if not (folder / path).exists()] == []


def test_headings_name_functions_and_their_files():
    errors = []
    headings = re.findall(r"^### (`.*) — (.*)$", TEXTS["path.md"],
                          re.MULTILINE)
    for names, files in headings:
        sources = [(ROOT / path).read_text() for path in files.split(", ")]
        errors += [f"{name} is not in {files}"
                   for name in re.findall(r"`(\w+)`", names)
                   if not any(is_defined(name, source) for source in sources)]
    assert len(headings) > 30
    assert errors == []


@each_document
def test_functions(name):
    sources = "\n".join(path.read_text() for path in SOURCES)
    names = sorted(set(re.findall(r"`(\w+)\(\)`", TEXTS[name])))
    assert [each for each in names if not is_defined(each, sources)] == []


@each_document
@pytest.mark.parametrize("variable, struct",
                         [("mm", "mm_struct"), ("vma", "vm_area_struct")])
def test_fields(name, variable, struct):
    used = set(re.findall(rf"\b{variable}->(\w+)", TEXTS[name]))
    assert used - fields_of(struct) == set()


@each_document
def test_constants(name):
    everything = "\n".join(path.read_text() for path in
                           [*SOURCES, ROOT / "Makefile", RUN])
    names = re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`", TEXTS[name])
    assert [each for each in names
            if not re.search(rf"\b{each}\b", everything)] == []


@each_document
def test_make_targets(name):
    makefile = (ROOT / "Makefile").read_text()
    named = {match[1] for line in code(TEXTS[name])
             if (match := re.match(r"make ([a-z]+)\b(?!=)", line))}
    assert {target for target in named
            if not re.search(rf"^{target}:", makefile, re.MULTILINE)} == set()


def test_options_of_run():
    known = set(re.findall(r"^  (?:-h, )?(--[a-z-]+)", subprocess.check_output(
        [RUN, "--help"], text=True), re.MULTILINE))
    table = set(re.findall(r"^\| `(--[a-z-]+)", TEXTS["DEVELOPERS.md"],
                           re.MULTILINE))
    assert table == known - {"--help"}

    used = set()
    for text in TEXTS.values():
        for line in code(text):
            # Behind the program's name come its own options.
            match = re.match(r"scripts/run (.*?)(?: build/| \w+/|$)", line)
            if match:
                used.update(re.findall(r"--[a-z-]+", match[1]))
    assert used and used <= known


def test_events_are_described():
    """The events that DEVELOPERS.md describes are those that there are."""
    trace = (ROOT / "kernel/trace/trace.c").read_text()
    table = re.search(r"event_names\[\] = {(.*?)^};", trace,
                      re.MULTILINE | re.DOTALL)[1]
    described = set(re.findall(r"`(\w+)`", "".join(re.findall(
        r"^\| (`.*?`) \|", TEXTS["DEVELOPERS.md"], re.MULTILINE))))
    assert set(re.findall(r'"(\w+)"', table)) - described == set()


# ── Excerpts ─────────────────────────────────────────────────────────────────

def excerpts(document: str, kind: str) -> list[list[str]]:
    """The excerpts' parts; a part is lines that stand together."""
    parts = []
    for block in re.findall(rf"^```{kind}\n(.*?)^```$", TEXTS[document],
                            re.MULTILINE | re.DOTALL):
        for part in re.split(r"^…\n", block, flags=re.MULTILINE):
            parts.append(part.splitlines())
    assert parts
    return parts


def without_figures(line: str) -> str:
    """LINE without what the next build may change: addresses, RSS, frames."""
    line = line.replace(str(ROOT), "").replace("=build/", "=/build/")
    line = re.sub(r"\b0x[0-9a-f]{3,}", "0x#", line)
    return re.sub(r"(size|free_before|free_after)=\d+(B|\b)", r"\1=#", line) \
        if "rss_stat" in line or "power_off" in line else line


def missing_parts(parts: list[list[str]], lines: list[str]) -> list[str]:
    """The PARTS that are not in LINES, figures aside."""
    lines = [without_figures(line) for line in lines]
    missing = []
    for part in parts:
        wanted = [without_figures(line) for line in part]
        if not any(lines[i:i + len(wanted)] == wanted
                   for i in range(len(lines) - len(wanted) + 1)):
            missing.append("\n".join(part))
    return missing


def test_what_is_missing_is_found():
    lines = ["rss_stat: size=4096B", "brk_move: brk=0x8058000->0x8091000", "x"]
    assert missing_parts([["rss_stat: size=8192B", "brk_move: brk=0x8059000->"
                           "0x8092000"], ["x"]], lines) == []
    assert missing_parts([["brk_move: brk=0x0->0x8092000"]], lines)
    assert missing_parts([["rss_stat: size=8192B", "x"]], lines)
    assert missing_paths("`kernel/mm/nonsense.c` and kernel/mm/fault.c") == [
        "kernel/mm/nonsense.c"]
    assert not is_defined("find_vma", "struct vma *find_vma(int);\n")
    assert is_defined("find_vma", "struct vma *find_vma(int a)\n{\n")


def test_events_in_path_md(run_guest):
    run = run_guest(BUILD / "user/tour")
    assert run.status == 0
    lines = [event.raw.split(": ", 1)[1] for event in run.events]
    assert missing_parts(excerpts("path.md", "trace"), lines) == []


def test_log_in_path_md(run_guest):
    lines = []
    for case in ("null-write", "text-write"):
        run = run_guest(BUILD / "user/segv", case, options=["--log"])
        assert run.status == 139
        lines += run.stderr.decode().splitlines()
    assert missing_parts(excerpts("path.md", "log"), lines) == []


def without_counts(lines: list[str]) -> list[str]:
    """LINES without addresses, and without sizes in KiB."""
    return [re.sub(r"\b0x[0-9a-f]+|\b0[0-9a-f]{7}(?= \|)|\b\d+(?= KiB)", "#",
                   line)
            for line in lines]


CONSOLES = [(document, block) for document, text in TEXTS.items()
            for block in re.findall(r"^```console\n(.*?)^```$", text,
                                    re.MULTILINE | re.DOTALL)]


def check_console(block: str, folder) -> None:
    """Lines that stand together do so in the command's output or errors."""
    command, _, block = block.partition("\n")
    assert command.startswith("$ ")
    run = subprocess.run(shlex.split(command[2:]), cwd=folder, text=True,
                         stdin=subprocess.DEVNULL, capture_output=True,
                         timeout=60)
    lines = without_counts(run.stdout.splitlines() + run.stderr.splitlines())
    parts = [without_counts(part.splitlines())
             for part in re.split(r"^…\n", block, flags=re.MULTILINE) if part]
    assert parts or not lines
    assert missing_parts(parts, lines) == []


@pytest.mark.parametrize("document, block", CONSOLES)
def test_consoles(document, block):
    check_console(block, ROOT)


def gdb_sessions(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The sessions in TEXT: how each begins, and (command, output) …"""
    sessions = []
    for mode, program, block in re.findall(
            r"^```(gdb|rewind) *([^\n]*)\n(.*?)^```$", text,
            re.MULTILINE | re.DOTALL):
        if program:
            sessions.append((f"--{mode} {program}", []))
        for part in re.split(r"^\(gdb\) ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            sessions[-1][1].append((command, output))
    return sessions


def test_cheat_sheet(run_gdb):
    """It has all commands, and the commands that it has are there."""
    sheet = TEXTS["gdb.md"].partition("## Cheat sheet")[2].partition("\n## ")[0]
    words = [word for cell in re.findall(r"^\| (`.*?) \|", sheet, re.MULTILINE)
             for word in re.findall(r"`([\w-]+)", cell)]
    ours = re.findall(r"^([\w-]+)(?:, \w+)? -- (?!User-defined|Complain)",
                      run_gdb("help user-defined\n"), re.MULTILINE)
    assert len(ours) > 20 and set(ours) - set(words) == set()
    others = [word for word in words if word not in ours and word != "make"]
    output = run_gdb("".join(f"help {word}\n" for word in others))
    assert len(others) > 8 and "ndefined" not in output


GDB_SESSIONS = gdb_sessions(TEXTS["gdb.md"]) + \
    gdb_sessions(TEXTS["README.md"])


@pytest.mark.parametrize("number", range(len(GDB_SESSIONS)))
def test_gdb_sessions(run_gdb, number):
    """What a command shows is among what it prints: there may be more, such
    as lines of the program's. What the page's compiler optimized out, another
    may have kept; and the arguments of an inlined function it sorts as it
    likes."""
    def words(text: str) -> str:
        text = re.sub(r"│[.#+ ]*│|[.A-Z]{32,}", "#", text)  # pages, frames
        text = re.sub(
            r"\b0x[0-9a-f]+|\b\d+(?:\.\d+)?[KMG]?\b", "#",
            text.replace(str(ROOT), ""))
        # The linker of Ubuntu 22.04 leaves a page between two areas.
        text = re.sub(r"└(─+)┘ #\s+# of nothing\s+┌─+┐", r"├\1┤", text)
        text = re.sub(r"(?<=\w \()\w+=[^()]+(?=\))", lambda arguments: ", ".join(
            sorted(arguments[0].split(", "))), text)
        return " ".join(text.split())

    def pattern(text: str) -> str:
        return re.escape(words(text)).replace(
            re.escape("<optimized out>"), r"(?:<optimized out>|#)")

    start, commands = GDB_SESSIONS[number]
    mode, name, *arguments = shlex.split(start)
    script = "".join(f"{command}\necho END OF COMMAND\\n\n"
                     for command, _ in commands)
    printed = run_gdb("echo END OF COMMAND\\n\n" + script,
                      BUILD / "user" / name, *arguments, mode=mode)
    outputs = printed.split("END OF COMMAND\n")[1:-1]
    assert len(outputs) == len(commands)
    for (command, wanted), output in zip(commands, outputs):
        for part in re.split(r"^…\n", wanted, flags=re.MULTILINE):
            assert re.search(pattern(part), words(output)), \
                f"{command}: {words(part)} is not in {words(output)}"


def test_first_program(tmp_path):
    """What the page tells to type works, in this order."""
    text = TEXTS["first-program.md"]
    source, = re.findall(r"^```c\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (tmp_path / "squares.c").write_text(source)
    for folder in "scripts", "build":
        (tmp_path / folder).symlink_to(ROOT / folder)
    blocks = re.findall(r"^```first\n(.*?)^```$", text,
                        re.MULTILINE | re.DOTALL)
    assert len(blocks) > 4
    for block in blocks:
        check_console(block, tmp_path)


def test_output_in_readme():
    def words(text: str) -> str:
        """Where lines are broken depends on the figures, too."""
        return " ".join(re.sub(r"\b0x[0-9a-f]+|\d+", "#", text).split())

    run = subprocess.run([RUN, "--demo", "--kernel", "--timeout", "100"],
                         stdin=subprocess.DEVNULL, capture_output=True,
                         text=True, timeout=130)
    assert run.returncode == 0
    output = words(run.stdout)
    position = 0
    for part in excerpts("README.md", "run"):
        wanted = words("\n".join(part))
        assert wanted in output[position:]
        position = output.index(wanted, position) + len(wanted)
