"""Reads what was kept of the past: the history and the snapshots.  Loaded when somebody looks."""

from ghp.protection import snapshots as shots
from ghp.protection.monitor import HISTORY, WORD, WORDS


def history(monitor):
    """Return [(uptime_s, alarm id, word)], newest last; before this start the uptime is negative."""
    found = []
    for back in range(monitor.held, 0, -1):
        place = (monitor.notes - back) % HISTORY
        note = monitor.noted[place]
        found.append((monitor.noted_s[place], monitor.ids[note & 0xFF], WORDS[note >> WORD]))
    return found


class Moment:
    """The snapshot that is `back` before the newest of `taken`; `exists` tells whether there is one.

    index, at_s, state, duty   place of the alarm in the table, uptime (before this start negative), sequence, duty
    """

    def __init__(self, taken, back):
        self._taken = taken
        self._at = at = (taken.newest - back) % shots.MANY * shots.WIDTH
        data = taken.data
        self.exists = 0 <= back < shots.MANY and data[at + shots.WHAT] > 0
        self.index = data[at + shots.WHAT] - 1
        self.at_s = data[at + shots.AT_S]
        self.state = data[at + shots.STATE] & 0xFF
        self.duty = data[at + shots.STATE] >> shots.DUTY

    def value(self, readings, outputs, point):
        """Return what `point`, one of theirs, was: a scaled integer, 0 or 1; None when bad."""
        data = self._taken.data
        at = self._at
        if hasattr(point, "on"):
            return data[at + shots.CONTACTS] >> point.index & 1
        if hasattr(point, "commanded"):
            to_end = len(outputs.table) - point.index
            if to_end <= shots.NUMBERS:
                return data[at + shots.WIDTH - to_end]
            return data[at + shots.SWITCHED] >> point.index & 1
        place = point.index + (len(readings.analog) if hasattr(point, "total") else 0)
        return data[at + shots.VALUES + place] if data[at + shots.GOOD_BITS] >> place & 1 else None
