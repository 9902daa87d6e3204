"""The front panel: a 128x64 display and one knob that turns and is pushed.

    home --turn--> the pages of `pages.TABLES`, alarms, mode --turn--> home
    home, hot water, chilled water --push--> set point: turn changes it by 1 F (0.5 K), push stores it.  Two gestures.
    mode --push--> turn chooses, push stores;  alarms: push acknowledges, hold resets;  other pages: push goes home

A step or a store beyond what is allowed now is refused with the reason.  Left alone, an adjustment ends
without a change and every page goes home.
"""

from micropython import const

from ghp import units
from ghp.panel import pages
from ghp.panel.strip import Strip
from ghp.ticks import ticks_diff

HOME = const(0)
_FIRST = const(1)  # of pages.TABLES
_ALARMS = const(7)
_MODE = const(8)
_PAGES = const(9)

_VIEW = const(0)
_SET_POINT = const(1)
_SET_MODE = const(2)

_REFRESH_MS = const(500)
_HOLD_MS = const(1200)
_BOUNCE_MS = const(20)
ADJUST_TIMEOUT_MS = const(20000)
PAGE_TIMEOUT_MS = const(60000)


class Panel:
    """unit      whose state is shown and whose set point and mode are changed
    display   .show(page, 128 bytes) -> taken, .setups
    knob      array whose element 0 counts detents, clockwise positive

    page, editing   where a person is: HOME.., and what the knob changes now (0: nothing)
    key             of the set point that is adjusted
    failures        slices that broke by a fault of a page; `fault` is the last one's text
    """

    # of the class: most never have any
    failures = 0
    fault = ""

    def __init__(self, unit, display, knob):
        self._unit = unit
        self._display = display
        self._knob = knob
        self._strip = Strip()
        self._keys = [""] * 8  # what the rows in the display were drawn from
        self._picture = pages.Picture()
        self._stale = 0xFF  # rows whose memory in the display is not known
        self._setups = display.setups
        self._row = 8
        self._prepared_at = None
        self._detents = knob[0]
        self._pressed = False
        self._pressed_at = 0
        self._held = False
        self._gesture_at = 0
        self._page_at = None
        self.page = HOME
        self.editing = _VIEW
        self.number = 0.0
        self.key = "hot_setpoint_c"
        self._note = ""
        self._moved = False

    def update(self, now_ms):
        """Do one slice: take the knob, then draw the next row that differs and send it."""
        try:
            self._slice(now_ms)
        except Exception as error:  # a faulty page must never stop an engine: count it, leave it
            self.failures += 1
            self.fault = "%s %s" % (type(error).__name__, error)
            self.page = HOME
            self.editing = _VIEW
            self._row = 8

    def _slice(self, now_ms):
        if self._page_at is None:
            self._page_at = now_ms
        if self._gestures(now_ms):
            self._gesture_at = now_ms
            self._prepared_at = None
        elif self._timed_out(now_ms):
            self._go(HOME, now_ms)
        if self._display.setups != self._setups:
            self._setups = self._display.setups
            self._stale = 0xFF
        if self._prepared_at is None or (self._row >= 8 and ticks_diff(now_ms, self._prepared_at) >= _REFRESH_MS):
            self._prepare(now_ms)
        while self._row < 8:
            if self._draw(self._row):
                return

    # --- the knob -------------------------------------------------------------------------------------

    def _gestures(self, now_ms):
        """Act on turns and pushes; return True when there was one."""
        count = self._knob[0]
        turned = ticks_diff(count, self._detents)
        self._detents = count
        if turned:
            self._turn(turned, now_ms)
        contact = self._unit.readings.knob_push
        acted = turned != 0
        if contact.on and not self._pressed:
            self._pressed = True
            self._held = False
            self._pressed_at = now_ms
        elif contact.on:
            if not self._held and ticks_diff(now_ms, self._pressed_at) >= _HOLD_MS:
                self._held = True
                self._hold()
                acted = True
        elif self._pressed:
            self._pressed = False
            if not self._held and ticks_diff(now_ms, self._pressed_at) >= _BOUNCE_MS:
                self._push(now_ms)
                acted = True
        return acted

    def _turn(self, turned, now_ms):
        if self.editing == _SET_POINT:
            self._turn_set_point(turned)
        elif self.editing == _SET_MODE:
            choices = self._unit.settings.row("mode")[2]
            self.number = max(0, min(len(choices) - 1, self.number + turned))
        else:
            self._go((self.page + turned) % _PAGES, now_ms)

    def _step(self):
        return 1.0 if self._unit.settings.us() else 0.5

    def _value_c(self, number):
        return units.to_si("c", number, self._unit.settings.us())

    def _turn_set_point(self, turned):
        """Move by whole steps as far as is allowed; say why it went no further."""
        step = self._step()
        upward = turned > 0
        self._note = ""
        for _ in range(min(abs(turned), 200)):
            steps = self.number / step
            number = (int(steps + 1.05) if upward else int(steps + 0.95) - 1) * step  # the next whole step
            reason = self._refusal(number, upward)
            if reason:
                self._note = reason
                return
            self.number = number
            self._moved = True

    def _refusal(self, number, ceiling):
        """Return why the set point may not be `number` (shown units), or ''."""
        settings = self._unit.settings
        row = settings.row(self.key)
        value_c = self._value_c(number)
        if value_c < row[4] or value_c > row[5]:
            return "allowed is " + settings.allowed(self.key)
        if ceiling and self.key == "hot_setpoint_c":
            return self._unit.setpoint.check(value_c) or ""
        try:
            settings.check_order(self.key, value_c)
        except ValueError as error:
            return str(error)
        return ""

    def _push(self, now_ms):
        settings = self._unit.settings
        if self.editing == _SET_POINT:
            if self._moved:
                reason = self._refusal(self.number, True)
                if reason:
                    self._note = reason
                    return
                settings.set(self.key, self._value_c(self.number))
            self._go(HOME, now_ms)
        elif self.editing == _SET_MODE:
            settings.set("mode", self.number)
            self._go(HOME, now_ms)
        elif self.page in (HOME, _FIRST + pages.HOT, _FIRST + pages.CHILLED):
            chilled = pages.chills(self._unit) if self.page == HOME else self.page == _FIRST + pages.CHILLED
            self.key = "chilled_setpoint_c" if chilled else "hot_setpoint_c"
            self.number = units.shown("c", getattr(settings, self.key), settings.us())
            self._moved = False
            self._note = ""
            self.editing = _SET_POINT
        elif self.page == _ALARMS and self._unit.monitor.acknowledge():
            self._note = "acknowledged"
        elif self.page == _MODE:
            self.number = settings.mode
            self.editing = _SET_MODE
        else:
            self._go(HOME, now_ms)

    def _hold(self):
        if self.page == _ALARMS and self.editing == _VIEW:
            remaining = self._unit.reset_alarms(self._unit.settings.open_level())
            self._note = "%d still present" % len(remaining) if remaining else "all reset"
            for alarm in remaining:
                if not alarm.active():
                    self._note = "needs a technician"

    def _go(self, page, now_ms):
        self.page = page
        self.editing = _VIEW
        self._note = ""
        self._page_at = now_ms
        self._prepared_at = None

    def _timed_out(self, now_ms):
        if self.editing == _VIEW and self.page == HOME:
            return False
        limit_ms = PAGE_TIMEOUT_MS if self.editing == _VIEW else ADJUST_TIMEOUT_MS
        return ticks_diff(now_ms, self._gesture_at) >= limit_ms

    # --- the display ----------------------------------------------------------------------------------

    def _prepare(self, now_ms):
        """Fix what this cycle draws."""
        unit = self._unit
        picture = self._picture
        self._prepared_at = now_ms
        self._row = 0
        if self.editing == _SET_POINT:
            pages.adjust(picture, unit, self.key, self._value_c(self.number), self._note)
        elif self.page == _MODE:
            pages.mode(picture, unit, self.number, self.editing == _SET_MODE)
        elif self.page == _ALARMS:
            pages.alarms(picture, unit, ticks_diff(now_ms, self._page_at), self._note)
        elif self.page == HOME:
            pages.home(picture, unit, now_ms, ticks_diff(now_ms, self._page_at))
        else:
            pages.table(picture, unit, self.page - _FIRST)

    def _draw(self, row):
        """Draw a row that differs and send it.  Returns True when it was sent, taken or not."""
        self._row = row + 1
        bit = 1 << row
        key = self._picture.key(row)
        if key == self._keys[row] and not self._stale & bit:
            return False
        strip = self._strip
        self._picture.draw(strip, row)
        if self._display.show(row, strip.data):
            self._keys[row] = key
            self._stale &= ~bit
        else:
            self._stale |= bit
        return True
