"""What a task raised, in the memory that survives a reset, behind the bytes that `ghp.service` tells of.

A fault that comes back with every start leaves a console only seconds.  Loaded when a task has failed and when somebody
asks; a power cut ends it.
"""

import io
import sys

from micropython import const

_AT = const(9)
_MARK = b"GHPf"
_MOST = const(120)  # characters of the error's own words
_MOST_PLACES = const(500)  # and of where it was raised


def keep(memory, name, error):
    """Keep what the task `name` raised; memory: as machine.RTC().memory."""
    try:
        text = str(error)
    except Exception:  # an error that cannot even say what it is
        text = ""
    parts = [name, type(error).__name__] + ([text[:_MOST].replace("\r", " ").replace("\n", " ")] if text else [])
    text = ": ".join(parts)
    if hasattr(sys, "print_exception"):  # MicroPython; `ghp traceback` finds the lines of the sources
        places = io.StringIO()
        sys.print_exception(error, places)  # type: ignore[reportArgumentType]  a StringIO is a stream there
        text += "\n" + places.getvalue()[:_MOST_PLACES]  # type: ignore[reportAttributeAccessIssue]  the stubs lack a stream's methods
    before = bytes(memory())[:_AT]
    memory(before + bytes(_AT - len(before)) + _MARK + text.encode())


def kept(memory):
    """Return the lines of what is kept: task and error, then where it was raised; none when there is nothing."""
    data = bytes(memory())[_AT:]
    if data[: len(_MARK)] != _MARK:
        return []
    try:
        return [line for line in data[len(_MARK) :].decode().split("\n") if line]
    except UnicodeError:
        return []
