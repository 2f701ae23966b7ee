"""lx-ps and $lx_current()."""

import re

from conftest import BUILD


def test_lx_ps(run_gdb):
    """The program is the current task, a child of the kernel's."""
    output = run_gdb("lx-ps\n", BUILD / "user/tour")
    assert re.search(r"^  0x\w+ +0 +0 S +- swapper$", output, re.MULTILINE)
    assert re.search(r"^\* 0x\w+ +1 +0 R +[1-9]\d* tour$", output,
                     re.MULTILINE)


def test_lx_current(run_gdb):
    output = run_gdb("print $lx_current().comm\n"
                     "print $lx_current().pid + 41\n", BUILD / "user/hello")
    assert '"hello' in output
    assert "= 42" in output


def test_wrong_number_of_words(run_gdb):
    output = run_gdb("lx-ps all\n", check=False)
    assert "usage: lx-ps" in output


def test_help(run_gdb):
    assert "List the tasks" in run_gdb("help lx-ps\n")
