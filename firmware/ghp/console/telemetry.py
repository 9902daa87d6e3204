"""The telemetry line: every fact of `ghp.facts` once a period, for machines.

    F,uptime_ms,state,...     names, once when the stream starts or at `stream fields`
    D,0,0,...                 decimals of each column: value = integer / 10**decimals
    T,123500,5,...            one a period; an empty field is a value that is not known

Integers only, so that two interpreters with different float formatting write the same line.
"""

from micropython import const

from ghp import facts
from ghp.sensing.readings import GOOD
from ghp.ticks import ticks_add, ticks_diff

FIELDS = facts.ROWS
PERIOD_LOW_MS = 100
PERIOD_HIGH_MS = 3600000

# How a field is taken: a line is made in one slice, so the way is found once, when the stream starts.
_COMPUTED = const(0)  # worked out by facts.computed
_READING = const(1)  # its scaled integer, divided
_RAW = const(2)  # an output's effective value, which has the wire's decimals already
_NUMBER = const(3)  # an int, float or None


def header():
    """Return the F line."""
    return "F,uptime_ms," + ",".join([row[facts.KEY] for row in FIELDS])


def decimals():
    """Return the D line."""
    return "D,0," + ",".join([str(row[facts.DECIMALS]) for row in FIELDS])


def scaled(number, factor):
    """Return `number` * factor as a rounded integer in text, '' for None."""
    if number is None:
        return ""
    number = number * factor
    if isinstance(number, int):
        return str(number)
    return str(int(number + 0.5) if number >= 0 else -int(0.5 - number))


class Stream:
    """A line every `period_ms` from `now_ms` on.  ValueError outside 100 ms .. 1 h."""

    def __init__(self, unit, period_ms, now_ms):
        if not PERIOD_LOW_MS <= period_ms <= PERIOD_HIGH_MS:
            raise ValueError("period_ms must be %d to %d" % (PERIOD_LOW_MS, PERIOD_HIGH_MS))
        self._unit = unit
        self._sources = [self._source(row) for row in FIELDS]
        self._due_ms = now_ms
        self.period_ms = period_ms

    def _source(self, row):
        """Return (way, object, name, factor) of a field; name only where the way needs one."""
        place = row[facts.PLACE]
        factor = 10 ** row[facts.DECIMALS]
        if place[0] == "=":
            return (_COMPUTED, self._unit, place, factor)
        item, name = facts.find(self._unit, place)
        found = getattr(item, name)
        if hasattr(found, "quality"):
            return (_READING, found, "", found.scale // factor)
        if hasattr(found, "commanded"):
            return (_RAW, found, "", 1)
        return (_NUMBER, item, name, factor)

    def due(self, now_ms):
        """True when a line is to be sent now; a slow reader loses lines, the rhythm stays."""
        late_ms = ticks_diff(now_ms, self._due_ms)
        if late_ms < 0:
            return False
        period_ms = self.period_ms
        self._due_ms = ticks_add(self._due_ms, (late_ms // period_ms + 1) * period_ms)
        return True

    def line(self):
        """Return the T line of this moment."""
        unit = self._unit
        cells = ["T", str(unit.uptime_ms)]
        for way, item, name, factor in self._sources:
            if way == _READING:
                cells.append(str((item.scaled + factor // 2) // factor) if item.quality == GOOD else "")
            elif way == _RAW:
                cells.append(str(item.value))
            elif way == _NUMBER:
                cells.append(scaled(getattr(item, name), factor))
            else:
                cells.append(scaled(facts.computed(item, name), 1))
        return ",".join(cells)
