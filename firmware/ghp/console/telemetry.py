"""The telemetry line: every fact of `ghp.facts` once a period, for machines.

    F,uptime_ms,state,...     names, once when the stream starts or at `stream fields`
    D,0,0,...                 decimals of each column: value = integer / 10**decimals
    T,123500,5,...            one a period; an empty field is a value that is not known

Integers only, so that two interpreters with different float formatting write the same line.
"""

from ghp import facts
from ghp.ticks import ticks_add, ticks_diff

FIELDS = facts.ROWS
PERIOD_LOW_MS = 100
PERIOD_HIGH_MS = 3600000


def header():
    """Return the F line."""
    return "F,uptime_ms," + ",".join([row[facts.KEY] for row in FIELDS])


def decimals():
    """Return the D line."""
    return "D,0," + ",".join([str(row[facts.DECIMALS]) for row in FIELDS])


def scaled(number, places):
    """Return `number` * 10**places as a rounded integer in text, '' for None."""
    if number is None:
        return ""
    if isinstance(number, int):
        return str(number * 10**places)
    number = number * 10**places
    return str(int(number + 0.5) if number >= 0 else -int(0.5 - number))


class Stream:
    """period_ms   0 while off: then `due` costs one comparison and `line` is never called."""

    def __init__(self, unit):
        self._unit = unit
        self._sources = []
        self._due_ms = 0
        self.period_ms = 0

    def start(self, period_ms, now_ms):
        """Send a line every `period_ms` from now on.  ValueError outside 100 ms .. 1 h."""
        if not PERIOD_LOW_MS <= period_ms <= PERIOD_HIGH_MS:
            raise ValueError("period_ms must be %d to %d" % (PERIOD_LOW_MS, PERIOD_HIGH_MS))
        sources = []
        for row in FIELDS:
            place = row[facts.PLACE]
            if place[0] == "=":
                sources.append((None, place, row[facts.DECIMALS]))
            else:
                item, name = facts.find(self._unit, place)
                sources.append((item, name, row[facts.DECIMALS]))
        self._sources = sources
        self._due_ms = now_ms
        self.period_ms = period_ms

    def stop(self):
        """No more lines."""
        self.period_ms = 0
        self._sources = []

    def due(self, now_ms):
        """True when a line is to be sent now; a slow reader loses lines, the rhythm stays."""
        period_ms = self.period_ms
        if not period_ms or ticks_diff(now_ms, self._due_ms) < 0:
            return False
        late_ms = ticks_diff(now_ms, self._due_ms)
        self._due_ms = ticks_add(self._due_ms, (late_ms // period_ms + 1) * period_ms)
        return True

    def line(self):
        """Return the T line of this moment."""
        unit = self._unit
        cells = ["T", str(unit.uptime_ms)]
        for item, name, places in self._sources:
            if item is None:
                number = facts.computed(unit, name)
            else:
                number = facts.value_at(item, name, places)
            cells.append(scaled(number, places))
        return ",".join(cells)
