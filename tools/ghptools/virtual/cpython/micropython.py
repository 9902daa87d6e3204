"""CPython's stand-in for the names the firmware takes from MicroPython's `micropython` module."""


def const(value):
    """Return `value`: MicroPython's compiler folds the call away, CPython just runs it."""
    return value


def kbd_intr(_char):
    """Accept and ignore: CPython's console is not the firmware's."""
