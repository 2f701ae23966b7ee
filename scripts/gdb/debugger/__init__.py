"""Commands for gdb that understand Faultline's kernel, one story per module.

    kernel     reads the kernel's structures; all others look through it
    command    what all commands share: help, arguments, errors
"""

import importlib
import pathlib

# What only others use.
_SHARED = {"__init__", "kernel", "command"}


def load() -> None:
    """Import every module here: each registers its commands."""
    for path in sorted(pathlib.Path(__file__).parent.glob("*.py")):
        if path.stem not in _SHARED:
            importlib.import_module(f"debugger.{path.stem}")
