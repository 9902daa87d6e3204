"""The console: a person or a program on the serial line.

`service` is called in every background slice and does a bounded piece of work: at most 64 bytes in, 200 out,
one line of a listing at a time.  While nothing happens it allocates nothing.
"""

from micropython import const

from ghp import lent
from ghp.console import commands
from ghp.console.editor import TOO_LONG, Editor
from ghp.console.report import CommandError, Report
from ghp.ticks import ticks_diff

_IN = const(64)
_OUT = const(200)
_RAW = const(16)  # times _IN bytes a slice while the raw REPL has the line: nothing else matters then
_BACKLOG = const(400)  # more than this waiting to be sent: no new input is taken
_LINES = const(8)  # lines of a listing made in one slice, if there is room
_CTRL_A = const(1)
IDLE_MS = const(900000)  # without input for so long: logged out
PROMPT = "> "


class Console:
    """unit      whose state is shown and whose settings are changed
    open_raw_repl  callable() -> object with .active, .start(), .feed(byte), to which Ctrl-A hands the line; or None
    failures  commands that broke by a fault of their own
    logged    access level that a PIN has opened; wrong: PINs that were wrong since the last right one; the next is taken
              when the uptime is `barred_s`
    stream    `telemetry.Stream` while one runs, else None: its code is in memory only then
    """

    logged = 0
    wrong = 0
    barred_s = 0

    def __init__(self, unit, line, open_raw_repl=None):
        self._unit = unit
        self._line = line
        self._open_raw_repl = open_raw_repl
        self._raw_repl = None
        self._editor = Editor()
        self._input = bytearray(_IN)
        self._have = 0
        self._next = 0
        self._pending = b""
        self._sent = 0
        self._job = None
        self._machine = False
        self.stream = None
        self.failures = 0
        self.heard_at = 0
        self._job = commands.banner(unit)

    def service(self, now_ms):
        """Do one slice of work.  A fault in it ends what was going on here: a laptop must never stop an engine."""
        try:
            self._slice(now_ms)
        except Exception:
            self.failures += 1
            self.stream = self._job = self._raw_repl = None
            self._editor.clear()
            self._pending = b"\r\nerror: fault in the console, what was typed is dropped\r\n"
            self._sent = self._have = self._next = 0

    def _slice(self, now_ms):
        if self._next >= self._have:
            self._have = self._line.read(self._input)
            self._next = 0
        else:
            self._line.flush()  # what was typed ahead waits for room that only sending makes
        if self._have:
            self.heard_at = now_ms
            self._take()
        elif self.logged and ticks_diff(now_ms, self.heard_at) >= IDLE_MS:
            self.logged = 0
        raw_repl = self._raw_repl
        if raw_repl is not None:
            self._feed_raw(raw_repl)
        elif self._job is not None:
            self._advance(self._job)
        elif self.stream is not None and self.stream.due(now_ms) and not self._pending:
            self._tell(self.stream)
        if self._pending:
            self._send()

    def level(self):
        """Return the access level of whoever types now."""
        open_level = self._unit.settings.open_level()
        return open_level if open_level > self.logged else self.logged

    # --- output ---------------------------------------------------------------------------------------

    def _say(self, text):
        self._pending = self._pending[self._sent :] + text.encode()
        self._sent = 0

    def _send(self):
        end = self._sent + _OUT
        piece = self._pending[self._sent : end]
        self._sent += self._line.write(piece)
        if self._sent >= len(self._pending):
            self._pending = b""
            self._sent = 0

    def _tell(self, stream):
        line = stream.line() + "\r\n"
        if not self._machine:
            line = "\r" + line + PROMPT + self._editor.text()
        self._say(line)

    # --- input ----------------------------------------------------------------------------------------

    def _take(self):
        """Feed waiting bytes until a line starts a job; the rest waits for the job's end."""
        editor = self._editor
        while self._next < self._have and self._job is None and self._raw_repl is None:
            if len(self._pending) - self._sent > _BACKLOG:
                break
            open_raw_repl = self._open_raw_repl
            if self._input[self._next] == _CTRL_A and open_raw_repl is not None:
                self._next += self._enter_raw(open_raw_repl)
                break
            byte = self._input[self._next]
            self._next += 1
            if editor.feed(byte):
                self._begin()
        if editor.echo:
            self._pending = self._pending[self._sent :] + bytes(editor.echo)
            self._sent = 0
            editor.echo = bytearray()

    def _enter_raw(self, open_raw_repl):
        """Hand the line over once everything said before has left it.  Returns the bytes used up."""
        if self._pending or self._editor.echo:
            return 0
        self._editor.clear()
        raw_repl = open_raw_repl()
        if raw_repl.start():
            self._raw_repl = raw_repl
        else:
            self._say(PROMPT)
        return 1

    def _feed_raw(self, raw_repl):
        """Pass on what is there, up to 1 KiB, so that a host need not wait for the scan's rhythm."""
        for _ in range(_RAW):
            while self._next < self._have and raw_repl.active:
                byte = self._input[self._next]
                self._next += 1
                raw_repl.feed(byte)
            if not raw_repl.active:
                self._raw_repl = None
                lent.release(commands.LENT)
                self._say(PROMPT)
                return
            self._have = self._line.read(self._input)
            self._next = 0
            if not self._have:
                return

    def _begin(self):
        editor = self._editor
        self._machine = editor.quiet()
        text = editor.text()
        too_long = editor.too_long
        editor.clear()
        if self._machine:
            text = text[1:]
        report = Report(self._machine, self._unit.settings.us())
        self._job = _refuse(TOO_LONG) if too_long else commands.run(self, self._unit, report, text)

    def _advance(self, job):
        """Make lines of the running command until the slice is full; finish with its verdict."""
        for _ in range(_LINES):
            if len(self._pending) - self._sent >= _OUT:
                return
            try:
                line = next(job)
            except StopIteration:
                self._finish("@ok\r\n")
                return
            except CommandError as error:
                self._complain(str(error))
                return
            except Exception as error:  # a faulty view must never stop an engine: say so, count it, go on
                self.failures += 1
                self._complain("fault in this command: %s %s" % (type(error).__name__, error))
                return
            if line is None:  # the command waits for something
                return
            self._say(line + "\r\n")

    def _complain(self, text):
        text = text.replace("\r", " ").replace("\n", " ")
        if self._machine:
            self._finish("@error " + text + "\r\n")
        else:
            self._say("error: " + text + "\r\n")
            self._finish("")

    def _finish(self, verdict):
        self._job = None
        lent.release(commands.LENT)
        self._say(verdict if self._machine else PROMPT)


def _refuse(text):
    raise CommandError(text)
    yield  # a generator, like every command
