"""The run's end of the firmware's console: types lines one after the other, takes telemetry and alarms apart.

Every command goes out in the console's machine form ('@' in front), the next one when '@ok' or '@error' has
come back, so that none is lost and every run types at the same instants.
"""

import numpy as np

TELEMETRY_MS = 1000
_TELLING = ("first_alarm", "alarms", "stop_class", "state")  # a change of these: ask for the journal
_PATIENCE_MS = 5000  # no answer for so long: the console is busy or dead, go on


class ConsoleLink:
    """host   its `type` and `printed` are used

    values     telemetry in the order of `fields` (nan = not known), refreshed by each line
    log        (time in s, line) of everything said, telemetry left out
    alarms     (time in s, key, 'raised'/'cleared'/'reset'), in the order they were seen
    refused    (time in s, command, reason)
    """

    def __init__(self, host, fields, values):
        from ghp import alarms  # noqa: PLC0415  the firmware's own table names them

        self._host = host
        self._keys = {row[alarms.ID]: row[alarms.KEY] for row in alarms.ROWS}
        self._fields = fields
        self.values = values
        self._scales = np.ones(len(fields))
        self._queue = []
        self._waiting_since_ms = None
        self._command = ""
        self._answer = None
        self._rest = b""
        self._power_up_s = 0.0
        self._seen_alarms = set()
        self._watched = tuple(fields.index(name) for name in _TELLING if name in fields)
        self._last_watched = None
        self.failures_place = fields.index("failures") if "failures" in fields else None
        self.log = []
        self.alarms = []
        self.refused = []
        self.tracebacks = 0
        self.lines = 0

    def power_up(self, time_s):
        """Begin with a controller that has just started: ask for telemetry."""
        self._power_up_s = time_s
        self._queue = [(f"stream {TELEMETRY_MS}", None), *self._queue]
        self._waiting_since_ms = None
        self._rest = b""
        self._seen_alarms.clear()
        self._last_watched = None
        self.values[:] = np.nan

    def ask(self, line, answer=None):
        """Queue a line; `answer` (a list) gets the lines that come back, which are then not logged."""
        self._queue.append((line, answer))

    def service(self, now_ms):
        """Take what was printed; type the next line when the last one is answered.  Cheap when nothing waits."""
        data = self._host.printed()
        if data:
            self._take(data, now_ms)
        if self._queue and (self._waiting_since_ms is None or now_ms - self._waiting_since_ms > _PATIENCE_MS):
            self._command, self._answer = self._queue.pop(0)
            self._waiting_since_ms = now_ms
            self._host.type(b"@" + self._command.encode() + b"\r")

    def _take(self, data, now_ms):
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        for raw in lines:
            line = raw.strip(b"\r> ").decode("utf-8", "replace").strip()
            if line.startswith("T,"):
                self._telemetry(line, now_ms)
            elif line.startswith("D,"):
                self._scales = 10.0 ** -np.array([int(cell) for cell in line.split(",")[2:]], dtype=float)
            elif line and not line.startswith("F,"):
                self._said(line, now_ms / 1000.0)

    def _telemetry(self, line, now_ms):
        cells = line.split(",")[2:]
        if len(cells) != len(self._fields):
            return  # a line cut by a restart
        self.lines += 1
        for place, cell in enumerate(cells):
            self.values[place] = int(cell) if cell else np.nan
        self.values *= self._scales
        watched = [self.values[place] for place in self._watched]
        if watched != self._last_watched and (self._last_watched is not None or any(watched)):
            self.ask("alarms history")
        self._last_watched = watched

    def _said(self, line, now_s):
        if line == "@ok":
            self._waiting_since_ms = None
            return
        if line.startswith("@error"):
            self._waiting_since_ms = None
            self.refused.append((now_s, self._command, line[7:]))
            self.log.append((now_s, f"{self._command}: refused: {line[7:]}"))
            return
        if line.startswith("Traceback"):
            self.tracebacks += 1
        if self._command == "alarms history" and self._waiting_since_ms is not None:
            self._alarm(line, now_s)
            return
        if self._answer is not None and self._waiting_since_ms is not None:
            self._answer.append(line)
            return
        self.log.append((now_s, line))

    def _alarm(self, line, now_s):
        cells = line.split(",")
        if line.startswith("#") or len(cells) < 3 or not cells[0].isdigit():
            return
        number = int(cells[2].split()[0])
        event = (int(cells[0]), number, cells[1])
        if event in self._seen_alarms:
            return
        self._seen_alarms.add(event)
        # The journal counts whole seconds: take the end of that second, but not later than we heard of it.
        time_s = min(self._power_up_s + event[0] + 1.0, now_s)
        self.alarms.append((time_s, self._keys.get(number, str(number)), event[2]))
        self.alarms.sort(key=lambda item: item[0])
