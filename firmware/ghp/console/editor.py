"""The line editor: bytes in, a finished line out, an echo in between.  Bounded, and no byte can hurt it."""

from micropython import const

LIMIT = 96
TOO_LONG = "line too long: at most %d characters, nothing done" % LIMIT

_CTRL_C = const(3)
_BACKSPACE = const(8)
_LF = const(10)
_CR = const(13)
_CTRL_U = const(21)
_ESC = const(27)
_DELETE = const(127)


class Editor:
    """Collects one line.

    echo       bytes to send back to a person; the owner takes and empties it
    too_long   True when the line just finished did not fit; `text` then returns nothing of it

    A line that begins with '@' comes from a program and is not echoed.
    """

    def __init__(self):
        self.echo = bytearray()
        self.too_long = False
        self._buffer = bytearray(LIMIT)
        self._used = 0
        self._after_cr = False
        self._escape = 0

    def feed(self, byte):
        """Take one byte.  Returns True when a line is complete: read it with `text`, then call `clear`."""
        after_cr = self._after_cr
        self._after_cr = byte == _CR
        if byte == _LF and after_cr:
            return False
        if byte == _CR or byte == _LF:
            self._escape = 0
            if not self.quiet():
                self.echo.extend(b"\r\n")
            return True
        if self._escape:
            self._end_escape(byte)
        elif byte == _ESC:
            self._escape = 1
        elif byte == _CTRL_C or byte == _CTRL_U:
            self._abandon(byte)
        elif byte == _BACKSPACE or byte == _DELETE:
            if self._used:
                quiet = self.quiet()
                self._used -= 1
                if not quiet:
                    self.echo.extend(b"\b \b")
        elif 32 <= byte < 127:
            self._add(byte)
        return False

    def quiet(self):
        """True while the line is a program's."""
        return self._used > 0 and self._buffer[0] == 64

    def text(self):
        """Return the line's text."""
        return "" if self.too_long else self._buffer[: self._used].decode()

    def clear(self):
        """Start a new line."""
        self._used = 0
        self.too_long = False

    def _add(self, byte):
        if self._used >= LIMIT:
            self.too_long = True
            return
        self._buffer[self._used] = byte
        self._used += 1
        if not self.quiet():
            self.echo.append(byte)

    def _abandon(self, byte):
        if not self.quiet():
            if byte == _CTRL_C:
                self.echo.extend(b"^C\r\n> ")
            else:
                self.echo.extend(b"\b \b" * self._used)
        self.clear()

    def _end_escape(self, byte):
        """Swallow cursor keys: ESC, '[' or 'O', parameters, one final character."""
        if self._escape == 1:
            self._escape = 2 if byte == 91 or byte == 79 else 0
        elif 64 <= byte < 127:
            self._escape = 0
