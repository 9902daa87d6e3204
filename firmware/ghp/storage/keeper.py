"""Keeps what must survive a reset and a power cut: rations, freeze totals, strikes and lock-outs; see `log` for the rest.

Saved at every change and every ten seconds; given back once, aged by what the battery clock says has passed.  Where it
says nothing, or that time ran backwards, no time has passed: the unit waits longer, never shorter.

The changed settings lie on a shelf of their own beside the record, and are written as soon as they differ from it.

A start that was about to begin counts as one: a supply that fails while the engine is cranked leaves no time to write.
"""

from micropython import const

from ghp import lent
from ghp.blocks.timers import Stopwatch
from ghp.image import RAW_OK
from ghp.storage import records

# words of the record
_DAY = const(0)  # days since 2000-01-01
_SECOND = const(1)  # of the day, in two words
_UNDER_WAY = const(3)  # 1 a start is about to begin; above it what the changeover keeps
_STARTS = const(4)  # ages in s, 8 words
_FAILURE = const(12)  # age in s
_CHANGES = const(13)  # ages in s, 3 words
_FREEZE = const(16)  # 0.1 K s: suction, water
_ALARMS = const(18)  # each: id + strikes and lock-out above it; minutes since the last strike, since the one before
_MOST = const(14)
_LOCKED = const(1 << 15)
_STOOD = const(1 << 14)  # the cause was present: within a minute of the power-up it is the same trouble still
_STRIKE = const(12)  # bit of the strikes
_ID = const(0x0FFF)
UNKNOWN_DAY = const(0xFFFF)
_LONG = const(0xFFFF)
_PERIOD_MS = const(10000)
_DAMAGED_S = const(60)
_NOBODY_KNOWS = const(1)  # where the water valve is


class Keeper:
    """`update` twice a second; the first one that the memory answers gives back.

    found   what the memory held then: a code of `ghp.storage.records`, DEAF until it answers
    """

    def __init__(self, memory, image, cycling, arbiter, freeze, monitor, engine, snapshots, shelf, settings, changeover):
        self._shelf = shelf
        self._settings = settings
        self._a_lost = monitor.place("settings_lost")
        self._records = records.Records(memory)
        self._image = image
        self._cycling = cycling
        self._arbiter = arbiter
        self._rings = ((_STARTS, cycling.ring), (_CHANGES, arbiter.ring))
        self._freeze = freeze
        self._monitor = monitor
        self._engine = engine
        self._changeover = changeover
        self._a_absent = monitor.place("memory_absent")
        self._age = Stopwatch()
        self._snapshots = snapshots
        self._log = None  # two places of its record, once they were read
        self._seen = -1
        self._heard_s = 0  # uptime at which the memory first answered
        self._took = True
        self.found = records.DEAF

    def update(self, now_ms):
        """Give back at first, then save what has changed."""
        if self.found == records.DEAF:  # nothing is written over what could not be read
            self.found = self._records.load()
            self._heard_s = self._monitor.uptime_s
            if self.found != records.DEAF:
                self._logs()  # before what is restored now is noted
            if self.found == records.FOUND:
                self._give_back()
            else:  # what never held anything has never moved the valve either
                self._changeover.restore(0 if self.found == records.BLANK else _NOBODY_KNOWS)
        if self.found == records.DEAF:
            self._monitor.judge(self._a_absent, True, now_ms)
            return
        seen = self._engine.starts + self._monitor.notes + self._arbiter.changes + self._changeover.kept()
        if seen != self._seen or self._age.tick(now_ms) >= _PERIOD_MS:
            self._age.start(now_ms)
            self._fill()
            self._took = self._records.save()
            if self._took:
                self._seen = seen
        elif self._log is None or self._monitor.notes != self._log.notes:
            self._logs()
        shelf = self._shelf
        if self._settings.taken:
            shelf.update(self._settings.kept)
        early = self._monitor.uptime_s - self._heard_s < _DAMAGED_S
        self._monitor.judge(self._a_lost, early and shelf.damaged, now_ms)
        lost = early and self.found == records.DAMAGED
        self._monitor.judge(self._a_absent, lost or not (self._took and shelf.took), now_ms)

    def _logs(self):
        """Give back, later keep, the history and the newest snapshot."""
        from ghp.storage import log  # nothing happens for days: its code is in memory only then

        now = (self._monitor, self._snapshots, self._image)
        if self._log is None:
            place = log.place_for(self._records.memory, self._monitor, self._snapshots)
            if log.give_back(place, *now):
                self._log = place
        else:
            log.save(self._log, *now)
        lent.release(("ghp.storage.log",))

    def _fill(self):
        words = self._records.words
        image = self._image
        words[_DAY] = image.clock_day if image.clock_status == RAW_OK else UNKNOWN_DAY
        words[_SECOND] = image.clock_s & 0xFFFF
        words[_SECOND + 1] = image.clock_s >> 16
        words[_UNDER_WAY] = (1 if self._engine.beginning() else 0) | self._changeover.kept() << 1
        for place, ring in self._rings:
            for age_ms in ring.ages_ms:
                words[place] = age_ms // 1000
                place += 1
        words[_FAILURE] = min(self._cycling.failure_ms() // 1000, _LONG)
        words[_FREEZE] = self._freeze.suction_mks // 100
        words[_FREEZE + 1] = self._freeze.water_mks // 100
        place = _ALARMS
        most = _ALARMS + 3 * _MOST
        monitor = self._monitor
        for word, index in monitor.to_keep():
            if place < most:
                words[place] = monitor.ids[index] | word << _STRIKE
                struck_s, before_s = monitor.struck_ago(index)
                words[place + 1] = min(struck_s // 60, _LONG)
                words[place + 2] = min(before_s // 60, _LONG)
                place += 3
        while place < most:
            words[place] = 0
            place += 1

    def _give_back(self):
        words = self._records.words
        away_s = passed_s(words, self._image)
        for place, ring in self._rings:
            ring.restore([1000 * (words[place + index] + away_s) for index in range(len(ring.ages_ms))])
        self._cycling.restore(1000 * (words[_FAILURE] + away_s), words[_UNDER_WAY] & 1, 1000 * away_s)
        self._changeover.restore(words[_UNDER_WAY] >> 1)
        self._freeze.restore(100 * words[_FREEZE], 100 * words[_FREEZE + 1], away_s)
        for place in range(_ALARMS, _ALARMS + 3 * _MOST, 3):
            if words[place]:
                self._monitor.restore(
                    words[place] & _ID,
                    words[place] >> _STRIKE & 3,
                    words[place] >= _LOCKED,
                    self._monitor.uptime_s if words[place] & _STOOD else 60 * words[place + 1] + away_s,
                    60 * words[place + 2] + away_s,
                )


def passed_s(words, image):
    """Return the seconds since the clock was written into the first words of the record, 0 when the clock cannot tell."""
    if image.clock_status != RAW_OK or words[_DAY] == UNKNOWN_DAY:
        return 0
    days = image.clock_day - words[_DAY]
    if not 0 <= days <= 60:
        return 0 if days < 0 else 60 * 86400
    since_s = 86400 * days + image.clock_s - (words[_SECOND] | words[_SECOND + 1] << 16)
    return since_s if since_s > 0 else 0
