"""Key presses from a terminal, one by one."""

import os
import select
import sys


class Keys:
    """Key presses from the terminal, without waiting for a line."""

    NAMES = {b"\x1b[D": "left", b"\x1b[C": "right", b"\x1bOD": "left", b"\x1bOC": "right", b"\r": "push", b"\n": "push", b"h": "hold", b"p": "p",
              b"q": "q", b"Q": "q", b"\x03": "q"}  # fmt: skip

    def __init__(self):
        self._saved = None

    def open(self):
        """Take the terminal out of line mode."""
        try:
            import termios  # noqa: PLC0415  not everywhere
            import tty  # noqa: PLC0415
        except ImportError:
            return
        if sys.stdin.isatty():
            self._saved = termios.tcgetattr(sys.stdin.fileno())
            tty.setcbreak(sys.stdin.fileno())

    def close(self):
        """Give the terminal back as it was."""
        if self._saved is not None:
            import termios  # noqa: PLC0415

            termios.tcsetattr(sys.stdin.fileno(), termios.TCSADRAIN, self._saved)
            self._saved = None

    def read(self):
        """Return the names of the keys pressed since the last call."""
        if self._saved is None:
            return []
        data = b""
        while select.select([sys.stdin.fileno()], [], [], 0)[0]:
            piece = os.read(sys.stdin.fileno(), 64)
            if not piece:
                break
            data += piece
        return decode_keys(data)


def decode_keys(data):
    """Return the names of the keys in terminal bytes; strangers are left out."""
    names = []
    while data:
        for sequence, name in Keys.NAMES.items():
            if data.startswith(sequence):
                names.append(name)
                data = data[len(sequence) :]
                break
        else:
            data = data[1:]
    return names
