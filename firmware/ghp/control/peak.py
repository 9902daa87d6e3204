"""Peak cooling: when chilling comes before heating.

Three ways, each with its switch: the utility's contact; the time-of-use windows of the tariff; a call for chilled
water in hot air.  The first two begin and end at a known moment, an *edge*, at which the unit may change over without
waiting.  Without a valid clock there is no window.
"""

from micropython import const

from ghp.blocks.control import Hysteresis
from ghp.control.calendar import minutes_to
from ghp.sensing.substitute import AMBIENT_HELD_MS, held
from ghp.table import Words

NO_PEAK = const(0)
CONTACT = const(1)
WINDOW = const(2)
AMBIENT = const(3)
TEXT = Words("no peak|utility contact|time-of-use window|chilled water is called for in hot air")

BEGINS = const(1)
ENDS = const(-1)

_HYSTERESIS_K = 1.1


class Peak:
    """`update` once per slow scan.

    active   chilling comes before heating
    way      which of the ways makes the peak, NO_PEAK..AMBIENT
    edge     BEGINS or ENDS in the scan in which contact or window did, else 0; a window that ends because the clock
             is no longer known is no edge
    """

    def __init__(self, readings, settings, clock):
        self._readings = readings
        self._settings = settings
        self._clock = clock
        self._hot = Hysteresis(settings.peak_ambient_c, settings.peak_ambient_c - _HYSTERESIS_K)
        self._timed = False
        self.active = False
        self.way = NO_PEAK
        self.window = 0  # 1 or 2 while one holds
        self.edge = 0

    def update(self, now_ms, chilling_called):
        """Look at contact, clock and air; chilling_called: chilled water is called for."""
        settings = self._settings
        contact = self._readings.peak_signal
        by_contact = settings.peak_contact and contact.on  # debounced: a chip that stays silent reads as off
        known = self._clock.valid
        self.window = self._window() if settings.peak_windows and known else 0
        timed = by_contact or self.window > 0
        self.edge = 0
        if timed and not self._timed:
            self.edge = BEGINS
        elif self._timed and not timed and (known or self.way == CONTACT):
            self.edge = ENDS
        self._timed = True if timed else False
        by_air = settings.peak_ambient and self._in_hot_air(now_ms) and chilling_called
        self.way = CONTACT if by_contact else WINDOW if self.window else AMBIENT if by_air else NO_PEAK
        self.active = self.way != NO_PEAK

    def _window(self):
        clock = self._clock
        its = self._settings
        if clock.holds(its.peak1_begin, its.peak1_end, its.peak1_days, its.peak1_month_first, its.peak1_month_last):
            return 1
        if clock.holds(its.peak2_begin, its.peak2_end, its.peak2_days, its.peak2_month_first, its.peak2_month_last):
            return 2
        return 0

    def _in_hot_air(self, now_ms):
        ambient_mc = held(self._readings.ambient_temp, now_ms, AMBIENT_HELD_MS)
        hot = self._hot
        limit = self._settings.peak_ambient_c
        if hot.on_at != limit:
            hot.on_at = limit
            hot.off_at = limit - _HYSTERESIS_K
        if ambient_mc is None:
            hot.out = False  # a broken probe decides nothing
            return False
        return hot.update(ambient_mc / 1000)

    def reasons(self, add, now_ms):
        """Tell why it is a peak, and why a window can not be one."""
        settings = self._settings
        if self.way == WINDOW:
            end = settings.peak1_end if self.window == 1 else settings.peak2_end
            left_s = 60 * minutes_to(self._clock.minute, end)
            key = "peak1_end" if self.window == 1 else "peak2_end"
            add(4, "Peak: chilling comes first", left_s, "%s until %s" % (TEXT[WINDOW], settings.text(key)))
        elif self.active:
            add(4, "Peak: chilling comes first", None, TEXT[self.way])
        if settings.peak_windows and not self._clock.valid:
            add(3, "No time-of-use window", None, "the clock is not known")
