"""The clock on its battery: goes on through resets and power cuts, by virtual time, and may be wrong.

    clock = BatteryClock()
    clock.set("2026-07-15 15:50")      # as a clock on the wall shows it there, daylight saving included
    clock.jump(3600); clock.unset()    # faults
    clock.mend()                       # as if they had not been

It counts what the controller's firmware wants in it: local standard time.
"""

import re
from datetime import date, datetime, timedelta

from ghptools.virtual import wires

EPOCH = datetime(2000, 1, 1)
LAST = datetime(2100, 1, 1)
DEFAULT = "2026-01-14 12:00"  # an ordinary Wednesday in winter, off every peak
KEPT = 1
TWELVE = 2
_DAY_MS = 86400000


def _nth_sunday(year, month, number):
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (number - 1))


def standard(wall):
    """Return the standard time of a US wall-clock datetime (the hour that comes twice counts as its first)."""
    begins = datetime.combine(_nth_sunday(wall.year, 3, 2), datetime.min.time()) + timedelta(hours=2)
    ends = datetime.combine(_nth_sunday(wall.year, 11, 1), datetime.min.time()) + timedelta(hours=2)
    return wall - timedelta(hours=1) if begins <= wall < ends else wall


def parse(text):
    """Return the datetime of "YYYY-MM-DD HH:MM[:SS]"; ValueError says what is allowed."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)", text.strip()) if isinstance(text, str) else None
    try:
        moment = datetime.fromisoformat(f"{match[1]} {match[2]}") if match else None
    except ValueError:
        moment = None
    if moment is None or not EPOCH <= moment < LAST:
        raise ValueError(f"{text!r} is not a date and time such as '2026-07-15 15:50', 2000 to 2099")
    return moment


class BatteryClock:
    """day, second of the day and milliseconds; `kept` False: the oscillator's record says that it stood.

    Call `run` at every exchange, `rest` while the controller is dead.
    """

    def __init__(self, start=DEFAULT):
        self.kept = True
        self.twelve = False
        self._ms = 0  # since 2000-01-01
        self._right_ms = 0  # what it would show without faults
        self._seen = 0
        place = wires.position
        self._in = [place(wires.IN, "clock_" + part) for part in ("day", "s", "state", "seen")]
        self._out = [
            place(wires.OUT, "clock_" + part) for part in ("day_set", "s_set", "state_set", "writes")
        ]
        if start == "unset":
            self.unset()
        else:
            self.set(start)

    @property
    def now(self):
        """The standard time it shows."""
        return EPOCH + timedelta(milliseconds=self._ms)

    def set(self, wall):
        """Set to a wall-clock time (text or datetime); the oscillator's record is good from now on."""
        moment = standard(parse(wall) if isinstance(wall, str) else wall)
        self._ms = self._right_ms = (moment - EPOCH) // timedelta(milliseconds=1)
        self.kept = True

    def jump(self, seconds):
        """Let it be wrong by `seconds` more."""
        self._ms = max(0, self._ms + int(seconds * 1000))

    def unset(self):
        """Let the battery have failed: it counts from its beginning and says that it stood."""
        self._ms = 0
        self.kept = False

    def mend(self):
        """Let it show what it would without faults."""
        self._ms = self._right_ms
        self.kept = True

    def run(self, out, dt_ms):
        """Take over what the controller wrote (output wires `out`), then let time pass."""
        writes = out[self._out[3]]
        if writes != self._seen:
            self._seen = int(writes)
            self._ms = int(out[self._out[0]]) * _DAY_MS + int(out[self._out[1]]) * 1000
            state = int(out[self._out[2]])
            self.kept = bool(state & KEPT)
            self.twelve = bool(state & TWELVE)
        self._ms += dt_ms
        self._right_ms += dt_ms

    def rest(self, dt_ms):
        """Let time pass with the controller dead; its next power-up counts its writes from 0."""
        self._seen = 0
        self._ms += dt_ms
        self._right_ms += dt_ms

    def show(self, inp):
        """Fill the input wires."""
        day, second, state, seen = self._in
        ms = self._ms
        inp[day] = ms // _DAY_MS
        inp[second] = ms % _DAY_MS // 1000
        inp[state] = (KEPT if self.kept else 0) | (TWELVE if self.twelve else 0)
        inp[seen] = self._seen
