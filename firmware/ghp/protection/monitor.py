"""The alarm monitor: who is active, who came first, what stop class rules.

Judges call `judge(key, condition, now_ms)` every scan; the monitor keeps state.  It never decides *when* an
alarm is true, only what follows from it.
"""

from micropython import const

from ghp import alarms
from ghp.protection import stops

_CLEAR = const(0)
_ACTIVE = const(1)  # cause present
_LATCHED = const(2)  # cause gone, waits for a reset

# voices of `judge`
FAST = const(1)
SLOW = const(2)
ACTS = const(4)

_HISTORY = const(32)
_STRIKES = const(3)
_DAY_S = const(86400)
_ONE_S = const(60)  # raised again within a minute it is the same trouble still, not the next strike
_LONG_AGO_S = const(-86401)


class Alarm:
    """One row's record.  What an alarm that never rose has is the class's: most never do.

    raised_at   ticks_ms at which it last rose; count: how often since power-up
    strikes     of an alarm that allows two in a day: 0..3 that are not older than that; with the third it latches
    """

    state = _CLEAR
    voices = 0
    raised_at = 0
    count = 0
    strikes = 0
    _struck_s = _LONG_AGO_S  # uptime of the last strike, and of the one before
    _before_s = _LONG_AGO_S

    def __init__(self, index, row):
        self.index = index
        self.stop_class = row[alarms.CLASS]

    @property
    def row(self):
        """Return the alarm's row of the table."""
        return alarms.ROWS[self.index]

    @property
    def id(self):
        """Return the alarm's id."""
        return self.row[alarms.ID]

    @property
    def key(self):
        """Return the alarm's key."""
        return self.row[alarms.KEY]

    @property
    def text(self):
        """Return the alarm's text for people."""
        return self.row[alarms.TEXT]

    @property
    def latched(self):
        """Return whether a person must release the alarm."""
        return self.strikes >= _STRIKES or self.row[alarms.LATCH] == alarms.MANUAL

    def struck_ago(self, uptime_s):
        """Return the ages of the last strike and of the one before, s."""
        return uptime_s - self._struck_s, uptime_s - self._before_s

    def strike(self, uptime_s):
        """Count one more; the third within a day waits for a person."""
        if uptime_s - self._struck_s < _ONE_S or self.strikes >= _STRIKES:
            return
        self.strikes = 1 + (uptime_s - self._struck_s < _DAY_S) + (uptime_s - self._before_s < _DAY_S)
        self._before_s = self._struck_s
        self._struck_s = uptime_s

    def forgive(self):
        """A person has seen to it."""
        if self.strikes:
            self.strikes = 0
            self._struck_s = self._before_s = _LONG_AGO_S

    def active(self):
        """True while the cause is present."""
        return self.state == _ACTIVE

    def standing(self):
        """True while the cause is present or a reset is awaited."""
        return self.state != _CLEAR


class Monitor:
    """All alarms.

    stop_class   the highest class of all standing alarms, refreshed by every judge/reset
    first        the alarm that began the present stop (FAST_STOP or higher, or NORMAL_STOP), or None
    """

    def __init__(self):
        self.table = []
        for index, row in enumerate(alarms.ROWS):
            self.table.append(Alarm(index, row))
        self.stop_class = stops.NONE
        self.first = None
        self.history = []  # newest last: (uptime_s, alarm id, "raised"/"cleared"/"reset")
        self.notes = 0  # how often anything was raised, cleared or reset
        self.uptime_s = 0
        self._standing = 0

    def find(self, key):
        """Return the alarm of `key`; KeyError when the table has none."""
        return self.table[alarms.ROWS.place(key)]

    def judge(self, alarm, condition, now_ms, voice=FAST):
        """Tell whether `alarm`'s cause is present now.

        An alarm judged in several places has as many voices: none takes back what another says.
        """
        if condition:
            alarm.voices |= voice
            if alarm.state != _ACTIVE:
                self._raise(alarm, now_ms)
            return
        if alarm.voices & voice:
            alarm.voices &= ~voice
        if alarm.state == _ACTIVE and not alarm.voices:
            if alarm.latched:
                alarm.state = _LATCHED
            else:
                self._clear(alarm, "cleared")

    def reset(self):
        """A person's reset: release what waits for it.  Returns the alarms whose cause still stands."""
        remaining = []
        for alarm in self.table:
            if alarm.state != _ACTIVE:
                alarm.forgive()
            if alarm.state == _LATCHED:
                self._clear(alarm, "reset")
            elif alarm.state == _ACTIVE:
                remaining.append(alarm)
        if self.first is not None and not self.first.standing():
            stopping = [alarm for alarm in remaining if alarm.stop_class >= stops.NORMAL_STOP]
            self.first = stopping[0] if stopping else None
        return remaining

    def to_keep(self):
        """Yield (strikes and, as 8, whether a person must release it, alarm) of what must survive a power cut."""
        for locked in (True, False):
            for alarm in self.table:
                if locked == (alarm.state != _CLEAR and alarm.latched) and (locked or alarm.strikes):
                    yield alarm.strikes | (8 if locked else 0), alarm

    def restore(self, number, strikes, locked, struck_ago_s, before_ago_s):
        """Take over what was kept of the alarm with the id `number`; one that the table has no more is left out."""
        for alarm in self.table:
            if alarm.id == number:
                if strikes:
                    alarm.strikes = strikes
                    alarm._struck_s = self.uptime_s - struck_ago_s
                    alarm._before_s = self.uptime_s - before_ago_s
                if locked and alarm.state == _CLEAR:
                    self._standing += 1
                    alarm.state = _LATCHED
                    alarm.count += 1
                    if self.first is None and alarm.stop_class >= stops.NORMAL_STOP:
                        self.first = alarm
                    self._note(alarm, "raised")
                    self._settle()

    def any_standing(self):
        """Return True while any alarm stands."""
        return self._standing > 0

    def standing(self):
        """Return the standing alarms, most serious first, first cause before its consequences."""
        found = [alarm for alarm in self.table if alarm.state != _CLEAR]
        found.sort(key=self._order)
        return found

    def _order(self, alarm):
        return (0 if alarm is self.first else 1, -alarm.stop_class, alarm.id)

    def _raise(self, alarm, now_ms):
        if alarm.state == _CLEAR:
            self._standing += 1
        alarm.state = _ACTIVE
        alarm.raised_at = now_ms
        alarm.count += 1
        if alarm.row[alarms.LATCH] == alarms.STRIKES:
            alarm.strike(self.uptime_s)
        if self.first is None and alarm.stop_class >= stops.NORMAL_STOP:
            self.first = alarm
        self._note(alarm, "raised")
        self._settle()

    def _clear(self, alarm, word):
        alarm.state = _CLEAR
        self._standing -= 1
        self._note(alarm, word)
        self._settle()

    def _settle(self):
        highest = stops.NONE
        for alarm in self.table:
            if alarm.state != _CLEAR and alarm.stop_class > highest:
                highest = alarm.stop_class
        self.stop_class = highest
        if highest < stops.NORMAL_STOP:
            self.first = None  # a cause that went by itself stays first while what it led to stands

    def _note(self, alarm, word):
        self.notes += 1
        if len(self.history) >= _HISTORY:
            self.history.pop(0)
        self.history.append((self.uptime_s, alarm.id, word))
