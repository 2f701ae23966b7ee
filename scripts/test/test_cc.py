"""scripts/cc: what it makes of the words it is given, from anywhere; and the
programs it links run in the kernel as on Linux."""

import os
import shutil
import subprocess

import pytest

from conftest import BUILD, ROOT

CC = ROOT / "scripts/cc"

HELLO = """
#include <stdio.h>
#include "words.h"
int main(void) { return puts(WORDS) < 0; }
"""


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path, monkeypatch):
    """In a directory with a program, of two files and a header."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hello.c").write_text(HELLO)
    (tmp_path / "include").mkdir()
    (tmp_path / "include/words.h").write_text('#define WORDS "Hello!"\n')
    (tmp_path / "three.c").write_text("int three(void) { return 3; }\n")
    (tmp_path / "main.c").write_text(
        "int three(void);\nint main(void) { return three(); }\n")


def cc(*words, program=CC, stdin="", check=True):
    """Run scripts/cc: what it prints, first to standard output."""
    run = subprocess.run([program, *words], input=stdin, text=True,
                         capture_output=True, check=False)
    if check:
        assert run.returncode == 0, run.stderr
    return run


def status(program="./a.out"):
    return subprocess.run([program], check=False).returncode


def output(program="./a.out"):
    return subprocess.check_output([program], text=True)


def test_compiles_and_links(run_guest, run_native, tmp_path):
    assert cc("-Iinclude", "hello.c", "-o", "hello").stderr == ""
    guest = run_guest(tmp_path / "hello")
    assert guest.stdout == run_native(tmp_path / "hello").stdout == b"Hello!\n"
    assert guest.status == 0


def test_the_steps_of_a_compiler(tmp_path):
    cc("-c", "three.c")
    assert "three:" in cc("-S", "-o", "-", "three.c").stdout
    assert 'puts("Hello!")' in cc("-E", "-Iinclude", "hello.c").stdout
    cc("-c", "main.c", "-o", "other name.o", "-MD", "-MF", "main.d")
    assert "main.c" in (tmp_path / "main.d").read_text()
    cc("three.o", "other name.o")
    assert status() == 3
    cc("-M", "-Iinclude", "hello.c")
    cc("-fsyntax-only", "main.c")
    cc("-r", "three.o", "other name.o", "-o", "both.o")
    cc("both.o", "-o", "both")
    assert status("./both") == 3


def test_many_kinds_of_files(tmp_path):
    cc("-S", "three.c")
    (tmp_path / "four.S").write_text(
        "#define FOUR 4\n.globl four\nfour: movl $FOUR, %eax\nret\n")
    cc("-c", "four.S", "three.s")
    subprocess.run(["ar", "rcs", "libfour.a", "four.o"], check=True)
    source = "int three(void), four(void); int main() {return three()+four();}"
    cc("-x", "c", "-", "-x", "none", "three.o", "-L.", "-lfour", stdin=source)
    assert status() == 7


@pytest.mark.parametrize("words", [
    "-std=c99 -pedantic -O0 -g", "-O3", "-Os -fPIC", "-fPIE -pie",
    "-O2 -flto", "-fstack-protector-all", "-ffunction-sections -Wl,--gc-sections",
    "-DNDEBUG -UNDEBUG", "-lm -lc -lrt -ldl", "-march=pentium4 -msse2"])
def test_options(words):
    cc("-Werror", "-Iinclude", "hello.c", *words.split())
    assert output() == "Hello!\n"


def test_what_configure_scripts_ask():
    for word in "--version", "-v", "-dumpmachine", "-print-search-dirs":
        run = cc(word)
        assert run.stdout + run.stderr
    assert "libgcc.a" in cc("-print-libgcc-file-name").stdout
    assert "--malloc" in cc("--help").stdout
    assert cc(check=False).returncode
    assert cc("nonsense.c", check=False).returncode
    # That there is a function is asked by linking.
    for name, there in ("printf", True), ("no_such_function", False):
        run = cc("-x", "c", "-", "-fno-builtin", check=False,
                 stdin=f"char {name}(); int main() {{ return {name}(); }}")
        assert (run.returncode == 0) == there


@pytest.mark.parametrize("word", ["-pthread", "-shared", "-m64"])
def test_what_cannot_be_is_refused(word):
    run = cc(word, "main.c", "three.c", check=False)
    assert run.returncode == 1
    assert run.stderr.startswith(f"cc: {word}: ")
    assert run.stderr.count("\n") == 1
    assert not os.path.exists("a.out")


def test_nothing_of_the_system(tmp_path):
    """Headers and libraries: none but ours, the compiler's, the caller's."""
    read = cc("-M", "-x", "c", "-", stdin="#include <stdio.h>\n").stdout
    assert "libc/include/stdio.h" in read
    assert "/usr/include" not in read
    trace = cc("-Wl,--trace", "main.c", "three.c", "-lm", "-lrt", "-lpthread")
    files = [line for line in trace.stdout.splitlines()
             if str(BUILD) not in line and "/tmp/" not in line]
    assert all("/gcc/" in line for line in files)


def test_make_and_a_symbolic_link(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/cc").symlink_to(CC)
    (tmp_path / "Makefile").write_text("prog: main.o three.o\n"
                                       "\t$(CC) -o $@ $^\n")
    environment = {**os.environ,
                   "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}
    environment.pop("MAKEFLAGS", None) # of the make that runs the tests
    subprocess.run(["make", "--silent", "prog"], env=environment, check=True)
    assert status("./prog") == 3


def clone(directory):
    """What scripts/cc needs, in a place with spaces in its name."""
    for part in "libc/include", "kernel/abi", "build/libc", "build/gen":
        shutil.copytree(ROOT / part, directory / part)
    (directory / "scripts").mkdir()
    shutil.copy(CC, directory / "scripts")
    return directory / "scripts/cc"


def test_a_path_with_spaces(tmp_path):
    program = clone(tmp_path / "a  clone's $place")
    cc("-Iinclude", "hello.c", program=program)
    assert output() == "Hello!\n"
    (tmp_path / "my own.c").write_text(ALLOCATOR)
    (tmp_path / "use.c").write_text(USE)
    cc("use.c", "--malloc=my own.c", program=program)
    assert output() == "mine\n"


def test_nothing_built_yet(tmp_path):
    program = clone(tmp_path / "clone")
    shutil.rmtree(tmp_path / "clone/build")
    run = cc("main.c", program=program, check=False)
    assert run.returncode == 1
    assert "run make in" in run.stderr
    assert run.stderr.count("\n") == 1


# ── Another malloc ───────────────────────────────────────────────────────────

ALLOCATOR = """
#include <stdlib.h>
static char memory[10000] = "mine";
static size_t used;
void *malloc(size_t size)
{
	char *block = memory + used;

	used += (size + 15) & ~15;
	return block;
}
void *calloc(size_t count, size_t size) { return malloc(count * size); }
void *realloc(void *old, size_t size) { return malloc(size); }
void free(void *block) { }
"""
USE = """
#include <stdio.h>
#include <stdlib.h>
int main(void) { return puts(malloc(100)) < 0; }
"""


def test_another_malloc(tmp_path, monkeypatch):
    (tmp_path / "mine.c").write_text(ALLOCATOR)
    (tmp_path / "use.c").write_text(USE)
    cc("--malloc=mine.c", "-c", "use.c")
    cc("use.o", "--malloc=mine.c", "-o", "use")
    assert output("./use") == "mine\n"

    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    run = cc("--malloc=nonsense", "use.c", check=False)
    assert run.returncode == 1
    assert "libc/malloc/nonsense.c" in run.stderr
    assert cc("--malloc=mine.c", "nonsense.c", check=False).returncode
    assert not list(temporary.iterdir())


# ── Constructors ─────────────────────────────────────────────────────────────

ORDER = """
#include <stdio.h>
#include <stdlib.h>
static int set;
__attribute__((constructor)) static void first(void) { set = 1; }
__attribute__((constructor)) static void second(void) { puts("second"); }
__attribute__((destructor)) static void last(void) { puts("last"); }
static void handler(void) { puts("handler"); }
int main(int argc, char **argv)
{
	printf("%d %d %s %s\\n", set, argc, argv[1], getenv("HOME"));
	return atexit(handler);
}
"""


def test_constructors(tmp_path, run_guest, run_native):
    (tmp_path / "order.c").write_text(ORDER)
    cc("order.c", "-o", "ours")
    subprocess.run(["gcc", "-m32", "-static", "order.c", "-o", "glibc"],
                   check=True)
    wanted = run_native(tmp_path / "glibc", "word").stdout
    assert wanted.endswith(b"handler\nlast\n")
    assert run_native(tmp_path / "ours", "word").stdout == wanted
    assert run_guest(tmp_path / "ours", "word").stdout == wanted
