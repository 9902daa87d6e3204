"""The time on the wall: the battery clock checked against the processor's ticks, with daylight saving.

Between two readings time goes on by the ticks, so a chip that stops answering costs nothing for a day.  A reading
that differs from the ticks by more than a few seconds is a jump: it is believed at once, because somebody has set the
clock or it was wrong before, and it is counted.  A clock that says it was stopped is not believed at all.
"""

from micropython import const

from ghp import civil
from ghp.blocks.timers import OnDelay
from ghp.control import calendar
from ghp.image import RAW_NEVER, RAW_OK
from ghp.ticks import ticks_diff
from ghp.table import Words

STARTING = const(0)
RUNNING = const(1)
BRIDGED = const(2)  # the chip does not answer: time goes on by the ticks
UNSET = const(3)
ABSENT = const(4)
TEXT = Words("not read yet|running|does not answer; time goes on without it|not set|does not answer")

_DAY_S = const(86400)
_DRIFT_S = const(2)
_BRIDGE_S = const(86400)
_SLEW_MS = const(100)  # being ahead of the chip by less than _DRIFT_S is mended by so much a reading
_WEEKDAYS = const("MonTueWedThuFriSatSun")
_FIRST_DAY = const(8766)  # 2024-01-01: this firmware is younger than any time before
_LONGEST_D = const(12000)  # a jump of more days counts as this many: keeps its seconds inside 31 bits


class WallClock:
    """`update` once per slow scan.

    valid        the time may be used
    state        code, TEXT gives the words
    day, second  standard time: day number of `ghp.civil`, second of the day
    local_day, minute   the same on the wall: day number and minute of the day
    month, weekday, holiday, daylight   of the local day; holiday is a code of `ghp.control.calendar`
    turns        counts what made time discontinuous: jumps, settings of the clock, becoming valid
    jumps, jump_s       jumps since power-up and the length of the last one in s
    """

    def __init__(self, image, settings, monitor, chip):
        self._image = image
        self._settings = settings
        self._monitor = monitor
        self._chip = chip
        self._alarms = (monitor.place("clock_unset"), monitor.place("clock_absent"))
        self._late = (OnDelay(monitor.on_ms(self._alarms[0])), OnDelay(monitor.on_ms(self._alarms[1])))
        self._at = None
        self._ms = 0
        self._bridged_ms = 0
        self._changes = -1
        self._known_day = -1
        self._begins = 0  # days on which daylight saving begins and ends in the year of _known_day
        self._ends = 0
        self.valid = False
        self.state = STARTING
        self.day = 0
        self.second = 0
        self.local_day = -1
        self.minute = 0
        self.month = 1
        self.weekday = 0
        self.holiday = calendar.NO_HOLIDAY
        self._eve_month = 1  # of the day before
        self._eve_holiday = calendar.NO_HOLIDAY
        self.daylight = False
        self.turns = 0
        self.jumps = 0
        self.jump_s = 0

    def update(self, now_ms, dt_s):
        """Let time go on, look at the chip."""
        passed_ms = 0 if self._at is None else ticks_diff(now_ms, self._at)
        self._at = now_ms
        if self.valid:
            self._advance(passed_ms)
        status = self._image.clock_status
        if status == RAW_OK and self._image.clock_day >= _FIRST_DAY:
            self._bridged_ms = 0
            self._compare()
            self.state = RUNNING
        elif status == RAW_OK or status == RAW_NEVER:
            self._doubt(UNSET)
        elif self.valid and self._bridged_ms < _BRIDGE_S * 1000:
            self._bridged_ms += passed_ms
            self.state = BRIDGED
        else:
            self._doubt(ABSENT)
        if self.valid:
            self._localise()
        self._judge(now_ms)

    def _advance(self, passed_ms):
        ms = self._ms + passed_ms
        if ms >= 1000:
            self.second += ms // 1000
            ms %= 1000
            while self.second >= _DAY_S:
                self.second -= _DAY_S
                self.day += 1
        self._ms = ms

    def _compare(self):
        day = self._image.clock_day
        second = self._image.clock_s
        if self.valid:
            days = day - self.day
            if days > _LONGEST_D:
                days = _LONGEST_D
            elif days < -_LONGEST_D:
                days = -_LONGEST_D
            ahead_s = days * _DAY_S + second - self.second
            if -_DRIFT_S <= ahead_s <= 0:
                if ahead_s and self._ms >= _SLEW_MS:  # never backwards over an edge
                    self._ms -= _SLEW_MS
                return
            if ahead_s < 0 or ahead_s > _DRIFT_S:
                self.jumps += 1
                self.jump_s = ahead_s
                self.turns += 1
        else:
            self.valid = True
            self.turns += 1
        self._adopt(day, second)

    def _adopt(self, day, second):
        self.day = day
        self.second = second
        self._ms = 0

    def _doubt(self, state):
        self.state = state
        self._bridged_ms = 0
        if self.valid:
            self.valid = False
            self.turns += 1

    def _localise(self):
        changes = self._settings.changes
        fresh = changes != self._changes
        if fresh or self.day != self._known_day:
            self._changes = changes
            self._known_day = self.day
            year = civil.date_of(self.day)[0]
            self._begins = calendar.daylight_begins(year)
            self._ends = calendar.daylight_ends(year)
        self.daylight = bool(self._settings.daylight_saving) and calendar.is_daylight(
            self.day, self.second, self._begins, self._ends
        )
        day = self.day
        second = self.second
        if self.daylight:
            second += 3600
            if second >= _DAY_S:
                second -= _DAY_S
                day += 1
        self.minute = second // 60
        if fresh or day != self.local_day:
            saturday = self._settings.holiday_saturday
            if fresh or day != self.local_day + 1:
                self._eve_month = civil.date_of(day - 1)[1]
                self._eve_holiday = calendar.holiday(day - 1, saturday)
            else:  # midnight
                self._eve_month = self.month
                self._eve_holiday = self.holiday
            self.local_day = day
            self.month = civil.date_of(day)[1]
            self.weekday = civil.weekday_of(day)
            self.holiday = calendar.holiday(day, saturday)

    def holds(self, begin, end, days, first, last):
        """Return whether it is minute `begin` to `end` on the wall, on such `days`, in the months `first` to `last`.

        What reaches over midnight belongs to the day on which it began.
        """
        minute = self.minute
        if not calendar.in_window(minute, begin, end):
            return False
        if minute < begin:
            on = calendar.on_days((self.weekday - 1) % 7, self._eve_holiday, days)
            return on and calendar.in_season(self._eve_month, first, last)
        return calendar.on_days(self.weekday, self.holiday, days) and calendar.in_season(self.month, first, last)

    def _judge(self, now_ms):
        settings = self._settings
        needed = settings.peak_windows or settings.schedule or settings.quiet
        unset, absent = self._alarms
        late_unset, late_absent = self._late
        self._monitor.judge(unset, late_unset.update(needed and self.state == UNSET, now_ms), now_ms)
        gone = self.state == ABSENT or self.state == BRIDGED
        self._monitor.judge(absent, late_absent.update(needed and gone, now_ms), now_ms)

    # --- people -------------------------------------------------------------------------------------------

    def set(self, year, month, day, hour, minute, now_ms):
        """Set the clock to a time on the wall; ValueError says why not."""
        if not (2024 <= year <= 2099 and civil.exists(year, month, day)):
            raise ValueError("there is no day %04d-%02d-%02d from 2024 to 2099" % (year, month, day))
        if not (0 <= hour <= 23 and 0 <= minute <= 59):
            raise ValueError("there is no time %02d:%02d" % (hour, minute))
        wall = calendar.to_standard(
            civil.day_of(year, month, day), hour * 3600 + minute * 60, self._settings.daylight_saving
        )
        if wall is None:
            raise ValueError("%02d:%02d does not exist on that day: daylight saving begins" % (hour, minute))
        if self._chip is None:
            raise ValueError("this board has no clock")
        if not self._chip.set(wall[0], wall[1], now_ms):
            raise ValueError("the clock chip did not take the time")
        self._adopt(wall[0], wall[1])
        self.valid = True
        self.state = RUNNING
        self.turns += 1
        self._localise()

    def text(self):
        """Return the time on the wall as a person reads it, or what is wrong with it."""
        if not self.valid:
            return TEXT[self.state]
        year, month, day = civil.date_of(self.local_day)
        second = self.second % 60
        return "%s %04d-%02d-%02d %02d:%02d:%02d%s" % (
            _WEEKDAYS[3 * self.weekday : 3 * self.weekday + 3], year, month, day, self.minute // 60, self.minute % 60, second,
            " daylight time" if self.daylight else "",
        )  # fmt: skip
