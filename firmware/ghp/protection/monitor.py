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
_CHATTER_S = const(10)  # back this soon after it went by itself: a contact that bounces
_LONG_AGO_S = const(-86401)
_NO_SLOT = const(255)
_NONE = const(-1)
# The lamp hangs on a relay, which a second hand would wear out: it blinks for five minutes, then winks once a minute.
_BLINK_S = const(300)
_WINK_S = const(60)


class Alarm:
    """One row for people, made when somebody looks; what happens to it is in the monitor's arrays."""

    def __init__(self, index, monitor):
        self.index = index
        self._of = monitor

    def __eq__(self, other):
        return isinstance(other, Alarm) and other.index == self.index and other._of is self._of

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
        return self._of.class_of(self.index)

    @property
    def latched(self):
        """Return whether a person must release the alarm."""
        return self._of.latched(self.index)

    @property
    def strikes(self):
        """Return how often it struck: 0..3 within a day, of an alarm that allows two."""
        return self._of.strikes(self.index)

    def on_ms(self):
        """Return the delay of the table after which it rises, for its judge."""
        return self._of.on_ms(self.index)

    def active(self):
        """True while the cause is present."""
        return self._of.active(self.index)

    def standing(self):
        """True while the cause is present or a reset is awaited."""
        return self._of.stands(self.index)


class Monitor:
    """All alarms.

    stop_class   the highest class of all standing alarms, refreshed by every judge/reset
    first        property: the alarm that began the present stop (FAST_STOP or higher, or NORMAL_STOP), or None
    recorder     object with take(place, uptime_s, place of the first, again), called in the scan in which an alarm rises
                 that stops; or None
    notes        how often anything was noted in the history
    ids, info, flags, counts, raised_s, order   by the place in the table: id; class, latch, category, resetter; state; how often it
                 rose since power-up, at most 255; uptime of its last rise; number of the note of its rise
    shelves      {place: uptime at which what was shelved comes back}
    noted_s, noted, held   the history, a ring: uptimes, words and places; how many; `ghp.protection.past` reads it
    """

    def __init__(self):
        info = []
        ids = []
        slots = []
        count = 0
        for row in alarms.ROWS:
            ids.append(row[alarms.ID])
            info.append(row[alarms.CLASS] | row[alarms.LATCH] << 3 | row[alarms.CATEGORY] << 5 | row[alarms.RESET] << 7)
            slots.append(count if row[alarms.LATCH] == alarms.STRIKES else _NO_SLOT)
            count += row[alarms.LATCH] == alarms.STRIKES
        many = len(info)
        self._slots = bytes(slots)  # of those that strike: place in the next two
        self._strikes = bytearray(count)
        self._struck_s = array("i", [_LONG_AGO_S] * (2 * count))  # uptime of the last strike, and of the one before
        self.ids = bytes(ids)
        self.info = bytes(info)
        self.flags = bytearray(many)
        self.counts = bytearray(many)
        self.raised_s = array("i", [0] * many)
        self.order = array("H", [0] * many)
        self.shelves = {}
        self.stop_class = stops.NONE
        self._first = _NONE
        self.recorder = None
        self.noted_s = array("i", [0] * HISTORY)
        self.noted = array("H", [0] * HISTORY)
        self.held = 0
        self.notes = 0
        self.uptime_s = 0
        self._newest_s = 0  # uptime of the newest rise that a person should see

    def place(self, key):
        """Return the place of the alarm `key` in the table, by which judges name it; KeyError when there is none."""
        return alarms.ROWS.place(key)

    def find(self, key):
        """Return the alarm of `key`; KeyError when the table has none."""
        return Alarm(alarms.ROWS.place(key), self)

    @property
    def table(self):
        """Return all alarms, in the order of their table."""
        return [Alarm(index, self) for index in range(len(self.ids))]

    @property
    def first(self):
        """Return the alarm that began the present stop, or None."""
        return None if self._first == _NONE else Alarm(self._first, self)

    def active(self, index):
        """Return whether the cause of the alarm at this place is present."""
        return self.flags[index] & _ACTIVE != 0

    def stands(self, index):
        """Return whether the alarm at this place stands: its cause is present or a reset is awaited."""
        return self.flags[index] & _STANDING != 0

    def class_of(self, index):
        """Return the stop class of the alarm at this place."""
        return self.info[index] & 7

    def on_ms(self, index):
        """Return the delay of the table after which the alarm at this place rises, for its judge."""
        return int(alarms.ROWS[index][alarms.ON].split(" ")[0])

    def strikes(self, index):
        """Return how often the alarm at this place struck within a day."""
        slot = self._slots[index]
        return 0 if slot == _NO_SLOT else self._strikes[slot]

    def latched(self, index):
        """Return whether a person must release the alarm at this place."""
        return self.info[index] >> 3 & 3 == alarms.MANUAL or self.strikes(index) >= _STRIKES

    def judge(self, alarm, condition, now_ms, voice=FAST):
        """Tell whether the cause of `alarm` (its place, or itself) is present now.  Takes no memory, whatever comes of it.

        An alarm judged in several places has as many voices: none takes back what another says.
        """
        index = alarm if isinstance(alarm, int) else alarm.index
        flags = self.flags
        state = flags[index]
        if condition:
            flags[index] = state | voice
            if not state & _ACTIVE:
                self.rise(index)
            return
        if state & voice:
            state ^= voice
            flags[index] = state
        if state & _ACTIVE and not state & _VOICES:
            if self.latched(index):
                flags[index] = state ^ _ACTIVE | _LATCHED
            else:
                self._clear(index, CLEARED)

    def reset(self, level=1):
        """A person's reset: acknowledge all, release what waits for it and what `level` may (0 operator, 1 technician).
        Returns the alarms that still stand: their cause is present, or (not `active`) the level is too low.
        """
        remaining = []
        earliest = _NONE
        for index in range(len(self.flags)):
            state = self.flags[index]
            if self.strikes(index) and not state & _ACTIVE:
                slot = self._slots[index]
                self._strikes[slot] = 0
                self._struck_s[2 * slot] = self._struck_s[2 * slot + 1] = _LONG_AGO_S
            if state & _LATCHED and level >= self.info[index] >> 7:
                self.flags[index] = state & ~UNSEEN
                self._clear(index, RESET)
            elif state & _STANDING:
                remaining.append(Alarm(index, self))
                if self.info[index] & 7 >= stops.NORMAL_STOP and (earliest == _NONE or self._before(index, earliest)):
                    earliest = index
        self.acknowledge()
        if self._first != _NONE and not self.stands(self._first):
            self._first = earliest
        return remaining

    def to_keep(self):
        """Yield (strikes; as 8, whether a person must release it; as 4, whether its cause is present; place) of what must
        survive a power cut.

        The first cause comes first, so that it is the first one again.
        """
        if self.stop_class != stops.NONE or any(self.flags):
            for alarm in self.standing():
                if alarm.latched:
                    yield alarm.strikes | 8, alarm.index
        for index in range(len(self._slots)):
            if self._slots[index] != _NO_SLOT and self.strikes(index) and not (self.latched(index) and self.stands(index)):
                # a supply that fails again before the judges have spoken does not make the cause a new one
                stood = self.active(index) or self.struck_ago(index)[0] == self.uptime_s < _ONE_S
                yield self.strikes(index) | (4 if stood else 0), index

    def struck_ago(self, index):
        """Return the ages of the last strike and of the one before, s."""
        if not self.strikes(index):
            return _DAY_S, _DAY_S
        slot = 2 * self._slots[index]
        return self.uptime_s - self._struck_s[slot], self.uptime_s - self._struck_s[slot + 1]

    def restore(self, number, strikes, locked, struck_ago_s, before_ago_s):
        """Take over what was kept of the alarm with the id `number`; one that the table has no more is left out.

        What has struck since power-up, while the memory was silent, strikes once more on top of what was kept.
        """
        index = self.ids.find(bytes([number]))
        if index < 0:
            return
        slot = self._slots[index]
        if strikes and slot != _NO_SLOT:
            struck = self._struck_s
            mine, last_s, before_s = self._strikes[slot], struck[2 * slot], struck[2 * slot + 1]
            self._strikes[slot] = strikes
            struck[2 * slot] = self.uptime_s - struck_ago_s
            struck[2 * slot + 1] = self.uptime_s - before_ago_s
            if mine > 1:
                self._strike(slot, before_s)
            if mine:
                self._strike(slot, last_s)
            self._strikes[slot] = max(self._strikes[slot], mine)
        if (locked or self.strikes(index) >= _STRIKES) and not self.stands(index):
            self.rise(index, _LATCHED)

    def standing(self, unseen=0):
        """Return the standing alarms: the first cause, what followed it, the others; the most serious of each first.

        unseen   UNSEEN: then also those whose cause is gone and that nobody has acknowledged, last
        """
        flags = self.flags
        found = [Alarm(index, self) for index in range(len(flags)) if flags[index] & (_STANDING | unseen)]
        found.sort(key=self._rank)
        return found

    def follows(self, alarm):
        """Return whether `alarm` stands and rose after the first cause: a consequence."""
        first = self._first
        return first != _NONE and alarm.index != first and alarm.standing() and self._before(first, alarm.index)

    def _before(self, one, other):
        """Return whether the alarm at `one` rose before that at `other`, as their judges stand in the scan."""
        return (self.order[one] - self.order[other]) & 0xFFFF >= 0x8000

    def _rank(self, alarm):
        if not alarm.standing():
            return 3, 0, 0
        group = 0 if alarm.index == self._first else 1 if self.follows(alarm) else 2
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

    def _strike(self, slot, now_s):
        """Count one more; the third within a day waits for a person."""
        struck = self._struck_s
        at = 2 * slot
        if now_s - struck[at] < _ONE_S or self._strikes[slot] >= _STRIKES:
            return
        self._strikes[slot] = 1 + (now_s - struck[at] < _DAY_S) + (now_s - struck[at + 1] < _DAY_S)
        struck[at + 1] = struck[at]
        struck[at] = now_s

    def rise(self, index, state=_ACTIVE):
        """Let the alarm at this place rise; one that is active already: something more has come to its cause."""
        flags = self.flags[index]
        info = self.info[index]
        stopping = info & 7 >= stops.NORMAL_STOP
        # a stop that returns before anybody has seen it is the same one still: no note, no snapshot of its own
        again = flags & UNSEEN and stopping
        if again and not flags & _LATCHED:
            newest = (self.notes - 1) % HISTORY
            again = self.noted[newest] == index | CLEARED << WORD and self.uptime_s - self.noted_s[newest] < _CHATTER_S
            if again:  # as if it had not gone
                self.notes -= 1
                self.held -= 1
        if state == _ACTIVE and self._slots[index] != _NO_SLOT:
            self._strike(self._slots[index], self.uptime_s)
        if not (again or flags & _STANDING):
            self.order[index] = self.notes & 0xFFFF
        flags = flags & ~_STANDING | state
        if info >> 5 & 3 != alarms.EVENT and not flags & OFF_PANEL:
            flags |= UNSEEN
            self._newest_s = self.uptime_s
        self.flags[index] = flags
        self.raised_s[index] = self.uptime_s
        if self.counts[index] < 255:
            self.counts[index] += 1
        if stopping and self._first == _NONE:
            self._first = index
        if not again:
            self.note(index, RAISED)
        self._settle()
        if stopping and state == _ACTIVE and self.recorder is not None and self._first != _NONE:
            self.recorder.take(index, self.uptime_s, self._first, again)

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
            self._first = _NONE  # a cause that went by itself stays first while what it led to stands

    def note(self, index, word):
        """Write into the history."""
        place = self.notes % HISTORY
        self.noted_s[place] = self.uptime_s
        self.noted[place] = index | word << WORD
        self.notes += 1
        if self.held < HISTORY:
            self.held += 1
