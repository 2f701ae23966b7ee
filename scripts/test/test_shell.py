"""user/sh.c and the small programs: each script prints the same, and ends with
the same status, in the kernel and on this host's Linux."""

import os
import re
import shutil
import subprocess

import pexpect
import pytest

from conftest import BUILD, RUN
from test_programs import PROGRAMS, check_frames

SHELL = PROGRAMS / "sh"

# What each prints is written down as well: two shells can be wrong alike.
SCRIPTS = {
    "words": (r"""echo a  b 'c  $x' "d  e" f\ g "\$h" 'i"j' "k'l" m\
n""", "a b c  $x d  e f g $h i\"j k'l mn\n"),
    "variables": ('X=5; echo $X ${X}y "<$X>" ${X}z $NONE.',
                  "5 5y <5> 5z .\n"),
    "splitting": ('X="a  b"; echo $X "$X"', "a b a  b\n"),
    "empty words": ("""E=; for w in $E "$E" ''; do echo "<$w>"; done""",
                    "<>\n<>\n"),
    "export": ("A=1; sh -c 'echo .$A'; export A; sh -c 'echo .$A'; "
               "B=2 sh -c 'echo .$A$B'; unset A; echo .$A$B",
               ".\n.1\n.12\n.\n"),
    "status": ("true; echo $?; false; echo $?; ! false; echo $?; "
               "{\n! true\necho $?; true &&\n! true || echo no; }",
               "0\n1\n0\n1\nno\n"),
    "and or": ("true && echo 1; false && echo 2; false || echo 3; "
               "false || true && echo 4; true && false || echo 5",
               "1\n3\n4\n5\n"),
    "if": ("if false; then echo 1; elif true; then echo 2; else echo 3; fi; "
           "if false; then echo 4; fi; echo $?", "2\n0\n"),
    "for": ("for i in 1 '2 3' 4; do echo $i; done; for i in; do echo $i; done",
            "1\n2 3\n4\n"),
    "break": ("for i in 1 2 3 4; do for j in a b; do "
              "if [ $j = b ]; then continue; fi; echo $i$j; done; "
              "if [ $i = 3 ]; then break; fi; done", "1a\n2a\n3a\n"),
    "while": ("X=; while [ $X. != aaa. ]; do X=a$X; done; echo $X", "aaa\n"),
    "subshell": ("X=1; (X=2; echo $X; exit 3); echo $? $X", "2\n3 1\n"),
    "group": ("{ echo a; echo b; }; { false; }; echo $?", "a\nb\n1\n"),
    "comments": ("echo a # b\n# c\necho d#e", "a\nd#e\n"),
    "lines": ("if true\nthen\necho 1\nfi\nfor i in a\ndo echo $i\ndone",
              "1\na\n"),
    "shift": ("echo $#; sh -c 'shift; echo $# $0 $1; shift; echo $#' x a b",
              "0\n1 x b\n0\n"),
    "test": ("test 3 -lt 10 && echo 1; [ abc = abc ] && echo 2; "
             "[ -d / ] && echo 3; [ ! -e /nothing ] && echo 4; [ x ] && "
             "echo 5; [ '' ] || echo 6", "1\n2\n3\n4\n5\n6\n"),
    "exec": ("exec echo replaced; echo not here", "replaced\n"),
    "wait": ("sh -c 'exit 7' & wait $!; echo $?; true & wait; echo $?",
             "7\n0\n"),
    "signals": ("segv null-read; echo $?; sh -c 'kill -9 $$'; echo $?; "
                "kill -TERM $$; echo not here", "139\n137\n"),
    "syntax": ("if true; echo", ""),
    "end of file": ("echo 'abc", ""),
    "not found": ("nothing-of-this-name; echo $?; /dev/null; echo $?",
                  "127\n126\n"),
    "exit": ("exit 300", ""),
    "long pipelines": ("echo a" + " | cat" * 30 + "; true" + " | cat" * 31,
                       "a\n"),
    "no redirection": ("echo a < /no/such/file || echo no; echo b",
                       "no\nb\n"),
    "redirection": ("echo one > f; echo two >> f; cat < f; echo x > f; cat f; "
                    "cat /no/such/file 2> f; cat f; echo y 1>&2; "
                    "{ echo a; cat /no/such/file; } > f 2>&1; cat f",
                    "one\ntwo\nx\ncat: /no/such/file: No such file or "
                    "directory\na\ncat: /no/such/file: No such file or "
                    "directory\n"),
    # The words first, then the redirections: else the file would be empty.
    "order": ("echo a > f; echo $(cat f)b > f; cat f", "ab\n"),
    "redirected loops": ("for i in 1 2; do echo $i; done > f; X=0; "
                         "while read i; do X=$X$i; done < f; echo $X; "
                         "if true; then cat; fi < f; { echo e >&2; } 2> f; "
                         "cat f; { echo not here; } < /no/such/file || echo no",
                         "012\n1\n2\ne\nno\n"),
    # A child with one program to run becomes that program.
    "last command": ("sh -c 'echo $$' > f & wait; read p < f; "
                     "[ $p = $! ] && echo same; true && sh -c 'echo $$' > f & "
                     "wait; read p < f; [ $p = $! ] && echo same",
                     "same\nsame\n"),
    "leaving loops": ("for i in 1 2 3; do while true; do break; "
                      "for j in x; do echo not here; done; done; "
                      "if [ $i = 2 ]; then continue; while false; do :; done; "
                      "fi; echo $i; done; echo end; break\necho here",
                      "1\n3\nend\nhere\n"),
    "pipes": ("echo a | cat | cat; echo b | (cat; echo c) | cat; "
              "true | false; echo $?; false | true; echo $?",
              "a\nb\nc\n1\n0\n"),
    # The status is the last command's, but all are waited for.
    "pipelines end": ("(sleep 1; echo late > f) | true; cat f; "
                      "true | (sleep 1; echo later > f) & wait; cat f; "
                      "X=$( (sleep 1; echo z > f) | echo x); echo $X; cat f",
                      "late\nlater\nx\nz\n"),
    "pipelines as conditions": (
        "if echo a | cat | false; then echo 1; else echo 2; fi; "
        "! true | false && echo 3; echo b | while read x; do echo $x; done; "
        "X=1; echo 2 | read X; echo $X; { echo c; echo d; } | cat | wc",
        "2\n3\nb\n1\n      2       2       4\n"),
    "nested": ("for i in a b; do if [ $i = b ]; then (echo $i; exit 3) || "
               "echo $?; else { echo $(for j in 1 2; do echo $i$j; done); }; "
               "fi; done | cat; while false; do :; done; echo $?",
               "a1 a2\nb\n3\n0\n"),
    "quotes in substitutions": (
        r"""echo "$(echo "a  b" ')' ")" $(echo "(c)"))" $(echo \))""",
        "a  b ) ) (c) )\n"),
    "words that are nearly reserved": ("echo if then { } ! fi; 'if' 2> f; "
                                       "echo $?; \\if 2> f; echo $?",
                                       "if then { } ! fi\n127\n127\n"),
    "redirections anywhere": ("> f echo a; cat < f; 2>&1 > g cat no; cat g; "
                              "< f cat 1>&2 2> g; X=1 > h; echo $X [f-h]",
                              "cat: no: No such file or directory\n"
                              .join(("a\n", "1 f g h\n"))),
    "broken pipe": ("cat /dev/zero | true; echo $?", "0\n"),
    "substitution": ("X=$(echo 'a  b'; echo c); echo $X; echo \"$X\"; "
                     "echo $(echo $(echo nested)); Y=$(false); echo $?",
                     "a b c\na  b\nc\nnested\n1\n"),
    "read": ("echo 'a b  c d ' > f; read x y z < f; echo \"<$x> <$y> <$z>\"; "
             "while read l; do echo 2$l; done < f; read x < /dev/null; "
             "echo $?", "<a> <b> <c d>\n2a b c d\n1\n"),
    "patterns": ("echo a > x1; echo b > x2; echo c > y1; cat x*; echo ?1 "
                 "'x*' no*ne \"$(echo x*)\"; cd /; X='/de*'; echo $X",
                 "a\nb\nx1 y1 x* no*ne x1 x2\n/dev\n"),
    "quoted patterns": ("echo > 'a*b'; echo > axb; echo a*b a'*'b a'*'* a\\*b "
                        "\"a*\"b; X='a*'; echo $X \"$X\"; Y=$X; "
                        "echo \"$Y\"",
                        "a*b axb a*b a*b a*b a*b\na*b axb a*\na*\n"),
    "status of signals": ("sleep 100 & kill -KILL $!; wait $!; echo $?",
                          "137\n"),
    "directories": ("cd /; pwd; cd /no/such/directory || echo no; cd dev; pwd",
                    "/\nno\n/dev\n"),
}


@pytest.fixture
def on_linux(native_prefix, tmp_path):
    """on_linux(shell arguments, stdin): status, output, errors of our sh."""
    def run(*arguments, stdin=b""):
        if native_prefix:
            pytest.skip("needs a Linux that runs i386 programs")
        result = subprocess.run(
            [SHELL, *arguments], input=stdin, capture_output=True, timeout=30,
            cwd=tmp_path, env={"PATH": str(PROGRAMS), "HOME": "/"})
        status = result.returncode
        if status < 0:
            status = 128 - status
        return status, result.stdout, result.stderr

    return run


@pytest.mark.parametrize("name", SCRIPTS)
def test_script(name, run_guest, on_linux):
    text, expected = SCRIPTS[name]
    native = on_linux("-c", text, "sh")
    assert native[1].decode() == expected
    guest = run_guest(SHELL, "-c", text, "sh", trace=False)
    assert (guest.status, guest.stdout, guest.stderr) == native


@pytest.mark.parametrize("name", SCRIPTS)
def test_dash_agrees(name, native_prefix, tmp_path):
    """The same output and status from a shell that others wrote."""
    dash = shutil.which("dash")
    if not dash or native_prefix:
        pytest.skip("needs dash, and a Linux that runs i386 programs")
    text, expected = SCRIPTS[name]
    results = [subprocess.run([shell, "-c", text, "sh"], cwd=tmp_path,
                              env={"PATH": str(PROGRAMS), "HOME": "/"},
                              capture_output=True, timeout=30)
               for shell in (SHELL, dash)]
    ours, theirs = ((result.returncode, result.stdout) for result in results)
    assert ours == theirs


def test_statuses(on_linux):
    for text, status in (("exit 300", 44), ("exit 7", 7), ("false", 1), ("", 0),
                         ("kill -TERM $$", 143), ("if true; echo", 2),
                         ("nothing-of-this-name", 127), ("/dev/null", 126)):
        assert on_linux("-c", text)[0] == status, text


def test_memory_is_given_back(run_guest):
    run = run_guest(SHELL, "-c", "for i in 1 2 3 4 5; do true; segv hlt; done",
                    trace=False)
    assert run.status == 139
    assert run.stderr == b"Segmentation fault\n" * 5
    check_frames(run)


def test_commands_from_standard_input(run_guest, on_linux):
    """The shell must not read ahead: the second line is cat's. But it reads all
    of a command before it does the first part."""
    for text, output in (
            (b"echo one\ncat\nthe rest\n", b"one\nthe rest\n"),
            (b"if true\nthen cat\nfi\nthe rest\n", b"the rest\n"),
            (b"echo one; if\n", b""), (b"echo one; cat", b"one\n"),
            (b"echo one\nexit 3\necho two\n", b"one\n")):
        guest = run_guest(SHELL, stdin=text, trace=False)
        native = on_linux(stdin=text)
        assert native[1] == output
        assert (guest.status, guest.stdout) == native[:2]


def test_name(on_linux):
    assert on_linux("-c", "echo $0 $1")[1].decode() == f"{SHELL}\n"
    assert on_linux("-c", "echo $0 $1", "a", "b")[1] == b"a b\n"


def test_script_file(run_guest, on_linux, tmp_path):
    script = tmp_path / "script"
    script.write_text("#!/bin/sh\n"
                      "echo $# \"$1\" $2\nshift\nfor i in \"$@\"; do\n"
                      "  echo \"<$i>\"\ndone\nexit 5\n")
    status, output, error = on_linux("script", "a  b", "c", "")
    assert (status, output, error) == (5, b"3 a  b c\n<c>\n<>\n", b"")
    guest = run_guest(SHELL, "/script", "a  b", "c", "", trace=False,
                      options=["--add", f"{script}:/script"])
    assert (guest.status, guest.stdout) == (5, output)


def test_forkcow(run_guest):
    run = run_guest(PROGRAMS / "forkcow", trace=False)
    assert run.status == 0
    text = run.stdout.decode()
    assert "NOT TRUE" not in text
    assert [f"Step {n}:" in text for n in range(1, 7)] == [True] * 6
    assert "All claims held." in text
    check_frames(run)


def test_maps(run_guest):
    run = run_guest(PROGRAMS / "maps", trace=False)
    lines = run.stdout.decode().splitlines()
    assert run.status == 0
    areas = [line for line in lines if line[8:9] == "-"]
    starts = [int(line[:8], 16) for line in areas]
    assert starts == sorted(starts, reverse=True)
    assert areas[0].endswith("[stack]")
    assert lines[-1].startswith(f"{len(areas)} areas, ")


# ── At a terminal ────────────────────────────────────────────────────────────

@pytest.fixture
def terminal(native_prefix):
    """Our shell on this host, at a terminal of its own."""
    if native_prefix:
        pytest.skip("needs a Linux that runs i386 programs")
    child = pexpect.spawn(str(SHELL), encoding="utf-8", timeout=20, echo=False,
                          env={"PATH": str(PROGRAMS), "HOME": "/"})
    child.expect_exact("$ ")
    yield child
    child.close(force=True)


def ask(child, line: str) -> str:
    """What LINE prints at CHILD's prompt."""
    child.sendline(line)
    child.expect_exact("$ ")
    said = child.before.replace("\r", "")
    return said.removeprefix(line + "\n")  # Faultline's terminal echoes


def test_prompts(terminal):
    assert ask(terminal, "echo one") == "one\n"
    terminal.sendline("if true; then")
    terminal.expect_exact("> ")
    terminal.sendline("echo yes")
    terminal.expect_exact("> ")
    assert ask(terminal, "fi") == "yes\n"
    terminal.sendeof()
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 0


def test_interrupt_ends_the_command_only(terminal):
    terminal.sendline("sh -c 'echo ready; sleep 100'; echo not here")
    terminal.expect_exact("ready")
    terminal.sendintr()
    terminal.expect_exact("$ ")
    assert "not here" not in terminal.before
    assert ask(terminal, "echo $?") == "130\n"
    # pwd is the shell's own: when it has written, ^C is for the shell.
    terminal.sendline("cd /; pwd; while :; do :; done > /dev/null")
    terminal.expect_exact("/\r\n")
    terminal.sendintr()
    terminal.expect_exact("$ ")
    assert ask(terminal, "echo still here") == "still here\n"


def test_errors_do_not_end_it(terminal):
    assert "syntax error" in ask(terminal, "fi; echo not here")
    assert ask(terminal, "echo $?") == "2\n"
    assert "not found" in ask(terminal, "nothing-of-this-name")
    assert "syntax error" in ask(terminal, "echo ${a b}")
    assert ask(terminal, "segv hlt") == "Segmentation fault\n"
    assert ask(terminal, "echo $?") == "139\n"


def test_background(terminal):
    assert re.fullmatch(r"\[1\] \d+\n", ask(terminal, "sleep 100 &"))
    assert re.fullmatch(r"\[1\]  Running +sleep 100 &\n", ask(terminal, "jobs"))
    assert "Terminated" in ask(terminal, "kill $!; wait $!")
    assert ask(terminal, "echo $?") == "143\n"
    # What has ended meanwhile is told before the next prompt.
    ask(terminal, "sleep 1 &")
    terminal.sendline("wait")
    terminal.expect_exact("[1]  Done ")
    terminal.expect_exact("$ ")


def stop(child, line: str) -> str:
    """Start LINE, which prints "ready", and type ^Z: what is said then."""
    child.sendline(line)
    child.expect_exact("ready\r\n")
    child.sendcontrol("z")
    child.expect_exact("$ ")
    return child.before.replace("\r", "")


def job_control(child):
    """^Z, jobs, bg, fg, ^C: the same on a pseudo-terminal and inside."""
    line = "sh -c 'echo ready; sleep 100' | cat"
    assert re.search(r"\[1\]  Stopped +" + re.escape(line) + "\n",
                     stop(child, line))
    assert ask(child, "echo $?") in ("148\n", "147\n")
    assert "Stopped " in ask(child, "jobs")
    assert line in ask(child, "bg")
    assert "Running " in ask(child, "jobs")
    child.sendline("fg %1")
    child.expect_exact(line + "\r\n")
    child.sendcontrol("c")
    child.expect_exact("$ ")
    assert ask(child, "jobs") == ""
    # In the background one may not read from the terminal.
    child.sendline("cat & wait")
    child.expect(r"\[1\]  Stopped +cat & wait\r\n")
    child.expect_exact("$ ")
    assert re.search("Stopped +cat & wait", ask(child, "jobs"))
    child.sendline("fg")
    child.expect_exact("cat & wait\r\n")
    child.sendline("typed")
    child.expect_exact("typed\r\n")
    child.sendeof()
    child.expect_exact("$ ")
    assert ask(child, "jobs; echo over") == "over\n"


def test_ls_in_columns(terminal):
    """As wide as the terminal, read downwards; to a pipe one to a line."""
    names = ask(terminal, "ls / | cat").split("\n")[:-1]
    wide = ask(terminal, "ls /")
    assert sorted(wide.split()) == names != wide.split("\n")[:-1]
    assert max(map(len, wide.split("\n"))) <= 80
    assert wide.count("\n") < len(names)


def test_job_control(terminal):
    job_control(terminal)


def test_job_control_inside():
    child = pexpect.spawn(str(RUN), ["--timeout", "50", str(SHELL)],
                          encoding="utf-8", timeout=20, echo=False)
    child.expect_exact("$ ")
    job_control(child)
    child.sendline("exit 5")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 5
