"""The alarm monitor: who is active, who came first, what stop class rules, what a person has seen.

Judges call `judge(alarm, condition, now_ms)` every scan; the monitor keeps state.  It never decides *when* an
alarm is true, only what follows from it.  States are those of ANSI/ISA-18.2: an alarm that rose is unacknowledged until
a person has seen it, also when its cause has gone since; shelving takes it from lamp and panel for a time and changes
nothing of what it does to the machine.  There is no "out of service": no judge can be switched off.
"""

from array import array

from micropython import const

from ghp import alarms
from ghp.protection import stops
from ghp.table import Words

# an alarm's byte of `_flags`; neither of the first two: clear
_ACTIVE = const(1)  # cause present
_LATCHED = const(2)  # cause gone, waits for a reset
_STANDING = const(3)
_VOICES = const(76)
UNSEEN = const(16)  # not acknowledged
OFF_PANEL = const(32)  # shelved

# voices of `judge`
FAST = const(4)
SLOW = const(8)
ACTS = const(64)

# what is noted
RAISED = const(0)
CLEARED = const(1)
RESET = const(2)
SEEN = const(3)
SHELVED = const(4)
UNSHELVED = const(5)
WORDS = Words("raised|cleared|reset|acknowledged|shelved|unshelved")

HISTORY = const(32)
WORD = const(8)  # bit of the word in a note; below it the place in the table
_STRIKES = const(3)
_DAY_S = const(86400)
_ONE_S = const(60)  # raised again within a minute it is the same trouble still, not the next strike
_LONG_AGO_S = const(-86401)
# The lamp hangs on a relay, which a second hand would wear out: it blinks for five minutes, then winks once a minute.
_BLINK_S = const(300)
_WINK_S = const(60)


class Alarm:
    """One row's handle; what happens to it is in the monitor's arrays, so that a rise in the fast scan takes no memory.

    strikes     of an alarm that allows two in a day: 0..3 that are not older than that; with the third it latches
    """

    strikes = 0

    def __init__(self, index, row, monitor):
        self.index = index
        self._of = monitor
        if row[alarms.LATCH] == alarms.STRIKES:
            self.strikes = 0
            self._struck_s = _LONG_AGO_S  # uptime of the last strike, and of the one before
            self._before_s = _LONG_AGO_S

    @property
    def row(self):
        """Return the alarm's row of the table."""
        return alarms.ROWS[self.index]

    @property
    def id(self):
        """Return the alarm's id."""
        return self._of.ids[self.index]

    @property
    def key(self):
        """Return the alarm's key."""
        return self.row[alarms.KEY]

    @property
    def text(self):
        """Return the alarm's text for people."""
        return self.row[alarms.TEXT]

    @property
    def stop_class(self):
        """Return what it does to the machine while it stands."""
        return self._of.info[self.index] & 7

    @property
    def latched(self):
        """Return whether a person must release the alarm."""
        return self.strikes >= _STRIKES or self._of.info[self.index] >> 3 & 3 == alarms.MANUAL

    def on_ms(self):
        """Return the delay of the table after which it rises, for its judge."""
        return int(self.row[alarms.ON].split(" ")[0])

    def struck_ago(self, uptime_s):
        """Return the ages of the last strike and of the one before, s."""
        if not self.strikes:
            return _DAY_S, _DAY_S
        return uptime_s - self._struck_s, uptime_s - self._before_s

    def strike(self, uptime_s):
        """Count one more; the third within a day waits for a person."""
        if uptime_s - self._struck_s < _ONE_S or self.strikes >= _STRIKES:
            return
        self.strikes = 1 + (uptime_s - self._struck_s < _DAY_S) + (uptime_s - self._before_s < _DAY_S)
        self._before_s = self._struck_s
        self._struck_s = uptime_s

    def active(self):
        """True while the cause is present."""
        return self._of.flags[self.index] & _ACTIVE != 0

    def standing(self):
        """True while the cause is present or a reset is awaited."""
        return self._of.flags[self.index] & _STANDING != 0


class Monitor:
    """All alarms.

    stop_class   the highest class of all standing alarms, refreshed by every judge/reset
    first        the alarm that began the present stop (FAST_STOP or higher, or NORMAL_STOP), or None
    recorder     object with take(place, uptime_s, place of the first), called in the scan in which an alarm rises that
                 stops; or None
    notes        how often anything was noted in the history
    ids, info, flags, counts, raised_s, order   by the place in the table: id; class, latch, category, resetter; state; how often it
                 rose since power-up, at most 255; uptime of its last rise; number of the note of its rise
    shelves      {place: uptime at which what was shelved comes back}
    noted_s, noted, held   the history, a ring: uptimes, words and places; how many; `ghp.protection.past` reads it
    """

    def __init__(self):
        self.table = []
        info = []
        ids = []
        for index, row in enumerate(alarms.ROWS):
            self.table.append(Alarm(index, row, self))
            ids.append(row[alarms.ID])
            info.append(row[alarms.CLASS] | row[alarms.LATCH] << 3 | row[alarms.CATEGORY] << 5 | row[alarms.RESET] << 7)
        many = len(info)
        self.ids = bytes(ids)
        self.info = bytes(info)
        self.flags = bytearray(many)
        self.counts = bytearray(many)
        self.raised_s = array("i", [0] * many)
        self.order = array("H", [0] * many)
        self.shelves = {}
        self.stop_class = stops.NONE
        self.first = None
        self.recorder = None
        self.noted_s = array("i", [0] * HISTORY)
        self.noted = array("H", [0] * HISTORY)
        self.held = 0
        self.notes = 0
        self.uptime_s = 0
        self._newest_s = 0  # uptime of the newest rise that a person should see

    def find(self, key):
        """Return the alarm of `key`; KeyError when the table has none."""
        return self.table[alarms.ROWS.place(key)]

    def judge(self, alarm, condition, now_ms, voice=FAST):
        """Tell whether `alarm`'s cause is present now.  Takes no memory, whatever comes of it.

        An alarm judged in several places has as many voices: none takes back what another says.
        """
        index = alarm.index
        flags = self.flags
        state = flags[index]
        if condition:
            flags[index] = state | voice
            if not state & _ACTIVE:
                self._rise(alarm, index, _ACTIVE)
            return
        if state & voice:
            state ^= voice
            flags[index] = state
        if state & _ACTIVE and not state & _VOICES:
            if alarm.latched:
                flags[index] = state ^ _ACTIVE | _LATCHED
            else:
                self._clear(index, CLEARED)

    def reset(self, level=1):
        """A person's reset: acknowledge all, release what waits for it and what `level` may (0 operator, 1 technician).
        Returns the alarms that still stand: their cause is present, or (not `active`) the level is too low.
        """
        remaining = []
        earliest = None
        for alarm in self.table:
            index = alarm.index
            state = self.flags[index]
            if alarm.strikes and not state & _ACTIVE:
                alarm.strikes = 0
                alarm._struck_s = alarm._before_s = _LONG_AGO_S
            if state & _LATCHED and level >= self.info[index] >> 7:
                self.flags[index] = state & ~UNSEEN
                self._clear(index, RESET)
            elif state & _STANDING:
                remaining.append(alarm)
                if self.info[index] & 7 >= stops.NORMAL_STOP and (earliest is None or self._before(alarm, earliest)):
                    earliest = alarm
        self.acknowledge()
        if self.first is not None and not self.first.standing():
            self.first = earliest
        return remaining

    def to_keep(self):
        """Yield (strikes and, as 8, whether a person must release it, alarm) of what must survive a power cut.

        The first cause comes first, so that it is the first one again.
        """
        for alarm in self.standing():
            if alarm.latched:
                yield alarm.strikes | 8, alarm
        for alarm in self.table:
            if alarm.strikes and not (alarm.latched and alarm.standing()):
                yield alarm.strikes, alarm

    def restore(self, number, strikes, locked, struck_ago_s, before_ago_s):
        """Take over what was kept of the alarm with the id `number`; one that the table has no more is left out."""
        index = self.ids.find(bytes([number]))
        if index < 0:
            return
        alarm = self.table[index]
        if strikes and self.info[index] >> 3 & 3 == alarms.STRIKES:
            alarm.strikes = strikes
            alarm._struck_s = self.uptime_s - struck_ago_s
            alarm._before_s = self.uptime_s - before_ago_s
        if locked and not alarm.standing():
            self._rise(alarm, index, _LATCHED)

    def standing(self, unseen=0):
        """Return the standing alarms: the first cause, what followed it, the others; the most serious of each first.

        unseen   UNSEEN: then also those whose cause is gone and that nobody has acknowledged, last
        """
        found = [alarm for alarm in self.table if self.flags[alarm.index] & (_STANDING | unseen)]
        found.sort(key=self._rank)
        return found

    def follows(self, alarm):
        """Return whether `alarm` stands and rose after the first cause: a consequence."""
        first = self.first
        return first is not None and alarm is not first and alarm.standing() and self._before(first, alarm)

    def _before(self, one, other):
        """Return whether `one` rose before `other`, as their judges stand in the scan."""
        return (self.order[one.index] - self.order[other.index]) & 0xFFFF >= 0x8000

    def _rank(self, alarm):
        if not alarm.standing():
            return 3, 0, 0
        group = 0 if alarm is self.first else 1 if self.follows(alarm) else 2
        return group, -alarm.stop_class, (self.order[alarm.index] - self.notes) & 0xFFFF

    # --- people: shelving is in `ghp.protection.shelf` -------------------------------------------------------

    def acknowledge(self, alarm=None):
        """A person has seen `alarm`, or all; returns how many there were to see."""
        count = 0
        flags = self.flags
        for index in range(len(flags)):
            if flags[index] & UNSEEN and (alarm is None or alarm.index == index):
                flags[index] ^= UNSEEN
                self.note(index, SEEN)
                count += 1
        return count

    def lamp(self):
        """For the slow scan: return the lamp's level; it blinks for what nobody has seen, and is lit for the rest.

        What was shelved long enough comes back, unacknowledged if it stands.
        """
        now_s = self.uptime_s
        flags = self.flags
        for index in self.shelves:
            if now_s >= self.shelves[index]:
                del self.shelves[index]
                flags[index] ^= OFF_PANEL
                if flags[index] & _STANDING:
                    flags[index] |= UNSEEN
                    self._newest_s = now_s
                self.note(index, UNSHELVED)
                break  # the next one in the next scan
        lit = 0
        info = self.info
        for index in range(len(flags)):
            state = flags[index]
            if state & UNSEEN:
                if now_s - self._newest_s < _BLINK_S:
                    return 1 - now_s % 2
                return 1 if now_s % _WINK_S else 0
            if state & _STANDING and not state & OFF_PANEL and info[index] >> 5 & 3 != alarms.EVENT:
                lit = 1
        return lit

    def _rise(self, alarm, index, state):
        flags = self.flags[index]
        info = self.info[index]
        if state == _ACTIVE and info >> 3 & 3 == alarms.STRIKES:
            alarm.strike(self.uptime_s)
        if not flags & _STANDING:
            self.order[index] = self.notes & 0xFFFF
        flags = flags & ~_STANDING | state
        if info >> 5 & 3 != alarms.EVENT and not flags & OFF_PANEL:
            flags |= UNSEEN
            self._newest_s = self.uptime_s
        self.flags[index] = flags
        self.raised_s[index] = self.uptime_s
        if self.counts[index] < 255:
            self.counts[index] += 1
        stopping = info & 7 >= stops.NORMAL_STOP
        if stopping and self.first is None:
            self.first = alarm
        self.note(index, RAISED)
        self._settle()
        first = self.first
        if stopping and state == _ACTIVE and self.recorder is not None and first is not None:
            self.recorder.take(index, self.uptime_s, first.index)

    def _clear(self, index, word):
        self.flags[index] &= ~_STANDING
        self.note(index, word)
        self._settle()

    def _settle(self):
        highest = stops.NONE
        flags = self.flags
        info = self.info
        for index in range(len(flags)):
            if flags[index] & _STANDING and info[index] & 7 > highest:
                highest = info[index] & 7
        self.stop_class = highest
        if highest < stops.NORMAL_STOP:
            self.first = None  # a cause that went by itself stays first while what it led to stands

    def note(self, index, word):
        """Write into the history."""
        place = self.notes % HISTORY
        self.noted_s[place] = self.uptime_s
        self.noted[place] = index | word << WORD
        self.notes += 1
        if self.held < HISTORY:
            self.held += 1
