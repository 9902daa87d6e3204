"""MicroPython's raw REPL, served by the console beside a running scan.

With it `mpremote connect PORT resume exec|eval|fs ...` works on a running unit.  The protocol: Ctrl-A enters
and prints a banner and '>'; code follows; Ctrl-D runs it: `OK`, its output, 0x04, its traceback, 0x04, '>'.
Ctrl-C drops the code typed so far, Ctrl-B leaves, Ctrl-D with no code asks for a restart.  The probe for the
faster raw-paste mode (0x05 'A' 0x01) is answered "known, not offered", so the sender falls back.

While code runs the scan waits, and the processor's watchdog is not fed: code that takes longer than the
watchdog allows restarts the unit, with its outputs safe.  That is why entering needs a standing engine.
"""

import io
import sys

from micropython import const

LIMIT = 8192  # bytes of code; mpremote sends files in pieces of about 1 KiB

_CTRL_A = const(1)
_CTRL_B = const(2)
_CTRL_C = const(3)
_CTRL_D = const(4)
_CTRL_E = const(5)
_STUCK = const(20000)  # attempts at a line that takes nothing before output is dropped
_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
_TOO_LONG = "MemoryError: code longer than %d bytes, or no room for it\r\n" % LIMIT


class RawRepl:
    """line       .write(bytes) -> taken, .room() -> bytes it would take, .flush() -> bytes still to leave
    may_enter  callable() -> None, or one sentence that says why not now
    on_reset   callable(), asked for a restart
    namespace  dict that the code runs in; `print` in it is replaced by one that writes to `line`
    active     True from `start` until Ctrl-B: all bytes of the line are for `feed`
    dropped    bytes of output lost because nobody took them
    """

    def __init__(self, line, may_enter, on_reset, namespace):
        self.active = False
        self.dropped = 0
        self._line = line
        self._may_enter = may_enter
        self._on_reset = on_reset
        self._space = namespace
        self._code = bytearray()
        self._too_long = False
        namespace["print"] = self._print

    def start(self):
        """Enter, or say in one line why not.  Returns True when entered."""
        reason = self._may_enter()
        if reason is not None:
            self._send(("\r\n" + reason + "\r\n").encode())
            return False
        self.active = True
        self._forget()
        self._send(_BANNER)
        return True

    def feed(self, byte):
        """Take one byte of the line (0..255).  Never raises an Exception."""
        if byte == _CTRL_A:
            self._again()
        elif byte == _CTRL_B:
            self.active = False
            self._forget()
            self._send(b"\r\n")
        elif byte == _CTRL_C:
            self._forget()
        elif byte == _CTRL_D:
            self._run()
        elif len(self._code) >= LIMIT:
            self._too_long = True
        else:
            try:
                self._code.append(byte)
            except MemoryError:  # the heap is in pieces; what was typed gives its own back
                self._code = bytearray()
                self._too_long = True

    def _forget(self):
        self._code = bytearray()
        self._too_long = False

    def _again(self):
        """Ctrl-A inside: the second half of a probe, or a new client that starts over."""
        code = self._code
        probe = len(code) == 2 and code[0] == _CTRL_E
        self._forget()
        self._send(b"R\x00" if probe else _BANNER)

    def _run(self):
        code, too_long = self._code, self._too_long
        self._forget()
        if not code and not too_long:
            self.active = False
            self._send(b"OK\r\n")
            self._on_reset()
            return
        reason = self._may_enter()
        self._send(b"OK")
        if too_long:
            failure = _TOO_LONG
        elif reason is not None:  # the engine was started since the session began
            failure = reason + "\r\n"
        else:
            failure = self._execute(code)
        self._send(b"\x04")
        self._send(failure.encode())
        self._send(b"\x04>")

    def _execute(self, code):
        """Run it; returns the traceback's text, "" when there is none."""
        try:
            exec(compile(code.decode(), "<stdin>", "exec"), self._space)
        except (Exception, KeyboardInterrupt, SystemExit) as error:
            return _traceback(error)
        return ""

    def _print(self, *things, sep=" ", end="\n", file=None):
        text = ("" if sep is None else sep).join([str(thing) for thing in things])
        text += "" if end is None else end
        if file is None:
            self._send(text.encode())
        else:
            file.write(text)

    def _send(self, data):
        """Write all of it and see it leave, so that what code prints past `print` comes in its turn.

        Gives up on a line that takes nothing.
        """
        line = self._line
        start = 0
        tries = _STUCK
        while start < len(data):
            taken = line.write(data[start : start + min(line.room(), len(data) - start)])
            line.flush()
            if taken:
                start += taken
                tries = _STUCK
            elif tries:
                tries -= 1
            else:
                self.dropped += len(data) - start
                return
        tries = _STUCK
        while tries and line.flush():
            tries -= 1


def _traceback(error):
    text = io.StringIO()
    if hasattr(sys, "print_exception"):
        sys.print_exception(error, text)  # type: ignore[reportArgumentType]  a StringIO is a stream there
    else:  # CPython, where only the last line is the same
        text.write("Traceback (most recent call last):\n%s: %s\n" % (type(error).__name__, error))  # type: ignore[reportAttributeAccessIssue]  the stubs lack a stream's methods
    return text.getvalue().replace("\n", "\r\n")  # type: ignore[reportAttributeAccessIssue]
