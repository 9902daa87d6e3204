"""Readings: value, quality and age of every input.  A bad reading is never a number.

The fast scan refreshes what protection and the governor need; the slow scan the rest.  Freshness is judged
on the raw sample, before any filter; a reading that goes bad resets its filter.
"""

from micropython import const

from ghp import points
from ghp.image import RAW_NEVER, RAW_NO_ANSWER, RAW_OK, RAW_OPEN, RAW_SHORT
from ghp.blocks.timers import LONG_MS
from ghp.sensing import curves
from ghp.ticks import ticks_add, ticks_diff
from ghp.table import Words

GOOD = const(0)
NO_DATA = const(1)
NO_ANSWER = const(2)
OPEN = const(3)
SHORT = const(4)
RANGE = const(5)
STALE = const(6)
SETTLING = const(7)  # back in range, not yet trusted
STILL = const(8)  # does not move at all, see `ghp.protection.stuck`
ABOVE = (RANGE, SHORT)  # what a signal above its end reads as; a wire that is off reads as open

QUALITY_TEXT = Words("good|no data yet|chip does not answer|open|short|out of range|stale|settling|stands still")


class Reading:
    """One measured quantity, a row of its class's `_table`.

    scaled      last good value times `scale`, an integer; meaningless unless quality is GOOD
    quality     one of the codes above
    bad_since   ticks_ms at which it went bad, at most LONG_MS ago (while GOOD: at which the doubt about its samples began)
    """

    _table = points.ANALOG_INPUTS

    def __init__(self, row, index):
        self.scale = row[3]
        self.index = index
        self.scaled = 0
        self.quality = NO_DATA
        self.bad_since = -1  # not judged yet

    @property
    def id(self):
        """Return the point's id."""
        return self._table[self.index][0]

    @property
    def name(self):
        """Return the point's name (from the table: text costs no memory there)."""
        return self._table[self.index][1]

    @property
    def unit(self):
        """Return the kind of unit, see `ghp.units`."""
        return self._table[self.index][2]

    def value(self):
        """Return the value in its unit, or None when the reading is bad."""
        return self.scaled / self.scale if self.quality == GOOD else None

    def bad_for_ms(self, now_ms):
        """Return for how long the reading has been bad (0 while good)."""
        return 0 if self.quality == GOOD or self.bad_since < 0 else ticks_diff(now_ms, self.bad_since)

    def _mark(self, quality, now_ms):
        if self.quality == GOOD or self.bad_since < 0:
            self.bad_since = now_ms
        elif ticks_diff(now_ms, self.bad_since) > LONG_MS:
            self.bad_since = ticks_add(now_ms, -LONG_MS)
        self.quality = quality


_FAULT = const(0x3FFFFFFF)  # a broken wire is the largest jump
_NONE = const(-0x3FFFFFFF)
_LAST = const(0x3FFFFFFF)  # the highest count
_DOUBT_MS = const(2000)  # samples that agree with nothing, one after the other


class AnalogReading(Reading):
    """A converter channel through its curve.  After a fault it must stay in range, without a jump, `_recovery_ms` to be GOOD."""

    _recovery_ms = 10000
    still = False  # found to stand still: bad until it moves
    # of the class, because most readings never need one of their own
    candidate = _NONE  # a sample that nature cannot make, waiting for a second one like it; in SETTLING the last one
    _since = 0  # while GOOD: when the sample in doubt was taken; else: since when it is in range again
    _before = _NONE  # the value before the last jump that was believed

    def __init__(self, row, index):
        Reading.__init__(self, row, index)
        self._low = int(row[4] * row[3])
        self._high = int(row[5] * row[3])
        self._max_age_ms = row[6]
        self._curve = curves.make(row[7])

    def update(self, image, now_ms):
        """Judge and convert the raw sample."""
        index = self.index
        status = image.analog_status[index]
        at_ms = image.analog_at[index]
        quality = GOOD
        scaled = 0
        if status != RAW_OK:
            quality = _RAW_QUALITY[status]
        elif abs(ticks_diff(now_ms, at_ms)) > self._max_age_ms:  # far ahead: 6.2 days old
            quality = STALE
        elif self.still:
            quality = STILL
        else:
            scaled = self._curve.scaled(image.analog[index])
            if scaled == curves.OPEN:
                quality = OPEN
            elif scaled == curves.SHORT:
                quality = SHORT
            elif scaled < self._low or scaled > self._high:
                quality = RANGE
            if self.quality == GOOD and self._doubtful(scaled if quality == GOOD else _FAULT, at_ms):
                if ticks_diff(at_ms, self.bad_since) < _DOUBT_MS:
                    return
                quality = RANGE  # jumps from place to place: nothing is known of it
        if quality != GOOD:
            if self._before != _NONE:  # what was before a gap makes nothing after it believable
                self._before = _NONE
            if self.candidate != _NONE:
                self.candidate = _NONE
            self._mark(quality, now_ms)
            return
        if self.quality == GOOD:
            self.scaled = scaled
        elif self.quality == NO_DATA:
            self.scaled = scaled
            self.quality = GOOD
        else:
            jump = self._curve.jump
            if self.quality != SETTLING or (self.candidate != _NONE and not -jump < scaled - self.candidate < jump):
                self._since = now_ms
                self.quality = SETTLING
            self.candidate = scaled
            if ticks_diff(now_ms, self._since) >= self._recovery_ms:
                self.scaled = scaled
                self.quality = GOOD
                self.candidate = _NONE

    def _doubtful(self, sample, at_ms):
        """Return True while `sample` (a scaled value, or _FAULT) is not to be believed yet.

        A sample that nature cannot make waits for a second one like it, so a burst of noise is left out and a true
        jump, or a broken wire, is seen one sample later.  Should two bursts agree and be believed, the way back to
        where the value came from is believed at once.
        """
        jump = self._curve.jump
        candidate = self.candidate
        if sample != _FAULT:
            step = sample - self.scaled
            if -jump < step < jump:
                if candidate != _NONE:
                    self.candidate = _NONE
                return False
            before = self._before
            if before != _NONE and -jump < sample - before < jump:
                self._before = _NONE
                self.candidate = _NONE
                return False
            agrees = candidate not in (_NONE, _FAULT) and -jump < sample - candidate < jump
        else:
            agrees = candidate == _FAULT
        if candidate != _NONE and at_ms == self._since:
            return True  # the same sample, seen again
        self._since = at_ms
        if agrees:
            self._before = self.scaled
            self.candidate = _NONE
            return False
        if candidate == _NONE:
            self.bad_since = at_ms
        self.candidate = sample
        return True


class SafetyReading(AnalogReading):
    """One that the fast scan judges: it has all of its own, so that a doubt takes no memory."""

    _recovery_ms = 1000

    def __init__(self, row, index):
        AnalogReading.__init__(self, row, index)
        self.candidate = _NONE
        self._since = 0
        self._before = _NONE


class PulseReading(Reading):
    """A rate from a free-running counter, and the count itself as a total that wraps at 2**30.

    The rate is taken over a window of scans; without a pulse for `timeout_ms` it is 0 at once, and the
    window starts afresh, so that a stopped meter cannot leave an old rate behind a filter.
    """

    _table = points.PULSE_INPUTS

    def __init__(self, row, index, window):
        Reading.__init__(self, row, index)
        self.pulses_per_unit = row[4]
        self._high = row[5] * row[3]
        self._timeout_us = row[6] * 1000
        self._counts = [0] * window
        self._times = [0] * window
        self._window = window
        self._next = 0
        self._filled = 0
        self._last_count = 0
        self._last_pulse_us = 0
        self._span_counts = 0
        self.span_us = 0
        self.total = 0
        self.pulsing = False

    def reset(self):
        """Forget the window (the rate restarts from the next two samples)."""
        self._filled = 0

    def sample(self, image, now_ms):
        """Take the counter into the window.  Returns False when the chip did not deliver or nothing is known yet."""
        index = self.index
        if image.pulses_status[index] != RAW_OK:
            self._mark(_RAW_QUALITY[image.pulses_status[index]], now_ms)
            self.pulsing = False
            self._filled = 0
            return False
        count = image.pulses[index]
        at_us = image.pulses_at_us[index]
        if not self._filled:
            self._last_count = count
            self._last_pulse_us = at_us
        new = (count - self._last_count) & 0x3FFFFFFF
        if new:
            # wraps like the count, and never adds beyond where a small integer of the target ends
            room = _LAST - self.total
            self.total = new - room - 1 if new > room else self.total + new
            self._last_count = count
            self._last_pulse_us = at_us
            self.pulsing = True
        elif self.pulsing and ticks_diff(at_us, self._last_pulse_us) > self._timeout_us:
            self.pulsing = False
            self._filled = 0
        place = self._next
        self._counts[place] = count
        self._times[place] = at_us
        self._next = place + 1 if place + 1 < self._window else 0
        if self._filled < self._window:
            self._filled += 1
        self.quality = GOOD
        return True

    def _span(self):
        """Return (through two attributes) the counts and microseconds between the window's ends."""
        newest = self._next - 1
        oldest = newest - self._filled + 1
        if oldest < 0:
            oldest += self._window
        self._span_counts = (self._counts[newest] - self._counts[oldest]) & 0x3FFFFFFF
        self.span_us = ticks_diff(self._times[newest], self._times[oldest])


class SpeedReading(PulseReading):
    """Engine speed in rpm from the flywheel pickup, refreshed in the fast scan without allocation.

    scaled      rpm over the whole window (steady, for the governor and people)
    newest_rpm  rpm over the newest scan only (for the overspeed trip), 0 while nothing turns
    """

    def __init__(self, row, index, window):
        PulseReading.__init__(self, row, index, window)
        self.newest_rpm = 0
        self._half_per_rev = row[4] // 60  # counts a second per rpm

    def update(self, image, now_ms):
        """Sample the counter and work out both speeds."""
        if not self.sample(image, now_ms) or not self.pulsing or self._filled < 2:
            self.newest_rpm = 0
            self.scaled = 0
            return
        self._span()
        per_rpm = self._half_per_rev
        self.scaled = _counts_a_second(self._span_counts, self.span_us) // per_rpm
        newest = self._next - 1
        before = newest - 1
        counts = (self._counts[newest] - self._counts[before]) & 0x3FFFFFFF
        span_us = ticks_diff(self._times[newest], self._times[before])
        self.newest_rpm = _counts_a_second(counts, span_us) // per_rpm


def _counts_a_second(counts, span_us):
    """Integer rate that stays inside 31 bits: counts * 1e6 / us, for up to 53 000 counts."""
    if span_us <= 0:
        return 0
    tens_us = span_us // 50
    if tens_us <= 0:
        return 0
    return counts * 20000 // tens_us


class FlowReading(PulseReading):
    """A slow meter's rate in quantity per second (flows) or per hour (gas), refreshed in the slow scan.

    span_us   time between its last two samples while it counts, 0 before
    """

    def __init__(self, row, index, window):
        PulseReading.__init__(self, row, index, window)
        self._seconds = 3600 if row[2] == "m3h" else 1

    def update(self, image, now_ms):
        """Sample the counter and work out the rate."""
        if not self.sample(image, now_ms):
            return
        if not self.pulsing or self._filled < 2:
            self.scaled = 0
            return
        self._span()
        if self.span_us > 0:
            rate = self._span_counts * 1e6 * self._seconds / (self.span_us * self.pulses_per_unit)
            self.scaled = int(rate * self.scale + 0.5)
            if self.scaled > self._high:
                self._mark(RANGE, now_ms)
        self.span_us = ticks_diff(self._times[self._next - 1], self._times[self._next - 2])


class Contact:
    """A digital input: debounced level `on`, and for how long it has been so.

    quality     GOOD, or why the level is not known.  An unknown contact reads as off: every digital input is
                wired so that off is the safe side (chain open, no flow, no call).
    """

    # of the class: a contact that never closes needs none of its own, unless the fast scan judges it
    on = False
    changed_at = 0
    _debounce_ms = 0
    _pending = False
    _pending_since = 0

    def __init__(self, row, index, fast):
        self.index = index
        self.quality = NO_DATA
        if row[2]:
            self._debounce_ms = row[2]
        if fast:
            self.on = self._pending = False
            self.changed_at = self._pending_since = 0

    @property
    def id(self):
        """Return the point's id."""
        return points.DIGITAL_INPUTS[self.index][0]

    @property
    def name(self):
        """Return the point's name."""
        return points.DIGITAL_INPUTS[self.index][1]

    @property
    def on_text(self):
        """Return what level 1 means."""
        return points.DIGITAL_INPUTS[self.index][3]

    def update(self, image, now_ms):
        """Judge and debounce the raw level."""
        index = self.index
        status = image.digital_status[index]
        if status != RAW_OK:
            self.quality = _RAW_QUALITY[status]
            level = False
        else:
            self.quality = GOOD
            level = image.digital[index] != 0
        if level != self._pending:
            self._pending = level
            self._pending_since = now_ms
        if level != self.on and ticks_diff(now_ms, self._pending_since) >= self._debounce_ms:
            self.on = level
            self.changed_at = now_ms


_RAW_QUALITY = {RAW_NEVER: NO_DATA, RAW_NO_ANSWER: NO_ANSWER, RAW_OPEN: OPEN, RAW_SHORT: SHORT}
_FAST_ANALOG = ("suction_pressure", "discharge_pressure", "lambda_volts", "oil_pressure")
_FAST_DIGITAL = (
    "safety_chain",
    "high_pressure_switch",
    "emergency_stop",
    "flow_switch_hot",
    "flow_switch_chilled",
    "knob_push",
)


class Readings:
    """All readings, each an attribute by its point name.

    analog, pulses, contacts    lists in table order, for consoles and monitors
    """

    def __init__(self, image):
        self._image = image
        self.analog = []
        self.pulses = []
        self.contacts = []
        self._fast = []
        self._slow = []
        for index, row in enumerate(points.ANALOG_INPUTS):
            fast = row[1] in _FAST_ANALOG
            kind = SafetyReading if fast else AnalogReading
            self._place(row[1], kind(row, index), self.analog, fast)
        for index, row in enumerate(points.PULSE_INPUTS):
            fast = row[1] == "engine_speed"
            kind = SpeedReading if fast else FlowReading
            self._place(row[1], kind(row, index, 4), self.pulses, fast)
        for index, row in enumerate(points.DIGITAL_INPUTS):
            fast = row[1] in _FAST_DIGITAL
            self._place(row[1], Contact(row, index, fast), self.contacts, fast)
        for name in ("analog", "pulses", "contacts", "_fast", "_slow"):
            setattr(self, name, getattr(self, name)[:])  # without the room to grow

    def _place(self, name, reading, group, fast):
        setattr(self, name, reading)
        group.append(reading)
        (self._fast if fast else self._slow).append(reading)

    def update_fast(self, now_ms):
        """Refresh what the fast scan judges."""
        image = self._image
        for reading in self._fast:
            reading.update(image, now_ms)

    def update_slow(self, now_ms):
        """Refresh the rest."""
        image = self._image
        for reading in self._slow:
            reading.update(image, now_ms)
