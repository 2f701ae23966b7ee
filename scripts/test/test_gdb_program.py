"""Symbols follow the process: each program has its own, breakpoints too."""

import re
import subprocess

import pytest

from conftest import BUILD, ROOT

SH = BUILD / "user/sh"


@pytest.fixture
def script(tmp_path):
    """script(text): options that let a shell read TEXT."""
    def write(text: str) -> list[str]:
        (tmp_path / "script").write_text(text)
        return ["--stdin", str(tmp_path / "script")]

    return write


def stops(output: str) -> list[str]:
    """The stops at breakpoints: "2 main user/hello.c"."""
    return [" ".join(words) for words in re.findall(
        r"^Breakpoint (\d+),.* (\w+) \(.*\) at (\S+):\d+$", output,
        re.MULTILINE)]


def test_two_programs_at_one_address(run_gdb, script):
    """Both begin at the same address; each shows its own names and lines."""
    output = run_gdb(
        "break hello.c:main\nbreak wc.c:main\ncontinue\nprint $pc\n"
        "info symbol main\nbt\ncontinue\nprint $pc\ninfo symbol main\nbt\n"
        "up 0\n", SH, options=script("hello\nwc /.stdin\n"))
    assert stops(output) == ["2 main user/hello.c", "3 main user/wc.c"]
    assert re.findall(r"main in section \.text of \S*/(\w+)$", output,
                      re.MULTILINE) == ["hello", "wc"]
    places = re.findall(r"^\$\d = .*(0x\w+) <main", output, re.MULTILINE)
    assert len(places) == 2 and places[0] == places[1]


def test_breakpoint_of_another_program_does_not_stop(run_gdb, script):
    """The address is one in wc, too."""
    address = subprocess.run(["nm", BUILD / "user/hello"], check=True,
                             capture_output=True, text=True).stdout
    address = re.search(r"^(\w+) T main$", address, re.MULTILINE)[1]
    other = subprocess.run(["nm", BUILD / "user/wc"], check=True,
                           capture_output=True, text=True).stdout
    assert re.search(rf"^{address} T main$", other, re.MULTILINE)
    output = run_gdb("break hello.c:main\ncontinue\ncontinue\n", SH,
                     options=script("wc /.stdin\nhello\nwc /.stdin\n"))
    assert stops(output) == ["2 main user/hello.c"]
    assert "The program sh (process 1) exited" in output


def test_numbers_conditions_and_commands_stay(run_gdb, script):
    """The shell, hello, the shell, hello: through pending and back."""
    output = run_gdb(
        "break hello.c:main if argc == 2\ncommands\necho seen\\n\nend\n"
        "break sh.c:start\nignore 3 1000\n"
        "continue\ninfo breakpoints\ncontinue\ninfo breakpoints\n", SH,
        options=script("hello\nhello one\nhello\nhello two\n"))
    assert stops(output) == ["2 main user/hello.c"] * 2
    assert len(re.findall(r"^seen$", output, re.MULTILINE)) == 2
    listed = re.findall(r"^2 +breakpoint .* in main at user/hello\.c:\d+\n"
                        r"\tstop only if argc == 2\n", output, re.MULTILINE)
    assert len(listed) == 2
    hits = re.findall(r"sh\.c:start\n\s+breakpoint already hit (\d+) time",
                      output)
    assert hits == ["2", "4"]


def test_the_shell_has_its_own_again(run_gdb, script):
    """After a child's end, when it reads on."""
    output = run_gdb("break hello.c:main\ncontinue\ndelete\n"
                     "tbreak sys_read if current->pid == 1\ncontinue\n"
                     "info symbol main\nbt\n", SH,
                     options=script("hello\nhello\n"))
    assert re.search(r"main in section \.text of \S*/sh$", output,
                     re.MULTILINE)
    assert re.search(r"^#\d+ .*main \(.*user/sh\.c", output, re.MULTILINE)


def test_fork_keeps_the_symbols(run_gdb):
    output = run_gdb("break do_wp_page if current->pid == 2\ncontinue\n"
                     "info symbol main\nbt\n", BUILD / "user/forkcow")
    assert re.search(r"main in section \.text of \S*/forkcow", output)
    assert re.search(r"main \(.* at user/forkcow\.c", output)


def test_a_program_that_is_not_known(run_gdb, tmp_path, script):
    """Without symbols there are none, rather than the shell's."""
    stranger = tmp_path / "stranger"
    subprocess.run(["strip", "-o", stranger, BUILD / "user/hello"], check=True)
    output = run_gdb("tbreak sys_exit if current->pid > 1\ncontinue\nbt\n", SH,
                     options=[*script("/stranger\n"), "--add",
                              f"{stranger}:/stranger"])
    trace = output[output.index("#0 "):]
    assert "sh.c" not in trace
    assert "?? ()" in trace


def test_added_program(run_gdb, tmp_path, script):
    """A file of --add has symbols of its own, wherever it is in the guest."""
    (tmp_path / "mine.c").write_text(
        "int marker;\nint main(void)\n{\n\tmarker = 1;\n\treturn 5;\n}\n")
    subprocess.run([ROOT / "scripts/cc", "-g", "mine.c", "-o", "mine"],
                   cwd=tmp_path, check=True)
    output = run_gdb("break mine.c:main\ncontinue\nnext\nprint marker\n", SH,
                     options=[*script("/opt/own\n"), "--add",
                              f"{tmp_path}/mine:/opt/own"])
    assert "Breakpoint 2, main () at mine.c:" in output
    assert "$1 = " in output


def test_static_pie(run_gdb, tmp_path):
    """The kernel moves it; gdb is told by how much."""
    (tmp_path / "pie.c").write_text("int main(void)\n{\n\treturn 5;\n}\n")
    built = subprocess.run(["gcc", "-m32", "-g", "-static-pie", "pie.c", "-o",
                            "pie"], cwd=tmp_path)
    if built.returncode:
        pytest.skip("this host's C library is not there for i386")
    output = run_gdb("print $pc\ninfo line\ncontinue\n", tmp_path / "pie")
    assert re.search(r"^Temporary breakpoint 1, main \(\) at pie\.c:\d",
                     output, re.MULTILINE)
    assert re.search(r"\$1 = .*0x565\w+ <main", output)
    assert "exited with status 5" in output


def test_nothing_is_watched_for_one_program(run_gdb):
    """switch_mm() has no breakpoint as long as there is no second program."""
    output = run_gdb("maint info breakpoints\n", BUILD / "user/forkcow")
    assert re.search(r"^-\d+ .*keep n .*\bin switch_mm at", output,
                     re.MULTILINE)
    assert re.search(r"^-\d+ .*keep y .*\bin set_mm_exe_file at", output,
                     re.MULTILINE)
