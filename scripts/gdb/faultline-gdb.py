"""The debugger's side of Faultline: `source` this in gdb, or let `make debug`.

Each module of debugger/ brings some commands; `help user-defined` lists them all.
Everything is read from the kernel's own structures, by their names.
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(1, str(pathlib.Path(__file__).resolve().parent.parent))

import debugger  # noqa: E402

debugger.load()
