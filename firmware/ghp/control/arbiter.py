"""Heat or chill: which water gets the machine, and when it may change from one to the other.

When both call, chilling comes first in a peak and heating outside it.  A change is granted when
    - at least `changeover_dwell_s` have passed since the last one (power-up counts as one: what was before is not
      known), and fewer than `changeovers_per_hour` lie in the last hour, and
    - in mode auto the other water has called for `changeover_persist_s` without a break and the water served has
      lost its turn for two minutes (chilling in a peak: for the whole time of persistence).  This last condition
      falls away at an edge of a peak, for as long as the time of persistence after it, and once.  A mode that has
      only one water needs none: a person has decided.
Until then the water served keeps the machine as long as it calls.  A refusal changes no timer.
"""

from micropython import const

from ghp.blocks.startring import StartRing
from ghp.blocks.timers import Stopwatch
from ghp.control import peak as peaks
from ghp.control.claims import MODE_AUTO, MODE_OFF
from ghp.table import Words

NONE = const(0)
HEAT = const(1)
COOL = const(2)
WANT_TEXT = ("nothing", "heating", "chilling")

# why `want` is what it is
OFF = const(0)  # claims say off
IDLE = const(1)  # no water calls
SERVED = const(2)  # the water that calls has the machine
FIRST = const(3)  # both call and this one comes first
DWELL = const(4)  # the change waits: too soon after the last one
HOUR = const(5)  # the change waits: those of this hour are used up
PERSIST = const(6)  # the change waits: the other water has not called for long enough
REASON_TEXT = Words(
    "Off|No water calls|The water that calls is served|Both waters call|Too soon after the last changeover|"
    "Changeovers of this hour are used up|The other water must call for longer"
)

_RING = const(3)
_LAPSE_MS = const(120000)


class Arbiter:
    """`update` once per slow scan, after the demands and the peak.

    want         NONE, HEAT or COOL: what the machine shall do now
    serving      HEAT or COOL: the water whose turn it is, also while nothing is wanted
    stays        a change to `serving` was called back before its valve moved: two minutes without its call and the other goes on
    pending      the water that waits for its changeover, or NONE
    reason       code, REASON_TEXT gives the words
    immediate    the last change needed no persistence (edge of a peak, or a mode with one water)
    hot_service  while chilling is wanted or under way: the hot water may be given the engine's heat
    by_temperature  want fell to NONE only because the water is satisfied (the shortest run is honoured)
    changes      changeovers granted since power-up
    ring         of the changeovers
    """

    def __init__(self, settings, claims, heat, cool, peak, duty):
        self._settings = settings
        self._claims = claims
        self._heat = heat
        self._cool = cool
        self._peak = peak
        self._duty = duty
        self._called = (Stopwatch(True), Stopwatch(True), Stopwatch(True))  # since a water began to call
        self._lapsed = Stopwatch(True)  # since the water served lost its turn
        self._changed = Stopwatch(True)
        self.ring = StartRing(_RING)
        self._armed = NONE  # water that may change at once after an edge
        self._armed_age = Stopwatch()
        self._blocked = ["", "", ""]
        self.want = NONE
        self.serving = COOL if duty.cooling() else HEAT
        self.pending = NONE
        self.reason = OFF
        self.immediate = False
        self.hot_service = False
        self.by_temperature = False
        self.changes = 0
        self.stays = False

    def block(self, water, text):
        """Refuse HEAT or COOL because of `text` (a valve that does not move); '' lets it again."""
        self._blocked[water] = text

    def update(self, now_ms, dt_s):
        """Decide."""
        mode = self._claims.mode.value
        self._changed.tick(now_ms)
        self.ring.tick(now_ms)
        stays = self.stays and self._lapsed.age_ms >= _LAPSE_MS
        if stays or not self.changes or self._blocked[self.serving]:
            self.serving = COOL if self._duty.cooling() else HEAT  # as found, or as it has remained
        heat = self._calls(HEAT, now_ms)
        cool = self._calls(COOL, now_ms)
        target = HEAT if heat else NONE
        if cool and (not heat or self._peak.active):
            target = COOL
        if target == self.serving:
            self._lapsed.start(now_ms)
            self.stays = False
        else:
            self._lapsed.tick(now_ms)
        self._arm(now_ms)
        self.pending = NONE
        if target == NONE:
            self.want = NONE
            self.reason = OFF if mode == MODE_OFF else IDLE
        elif target == self.serving:
            self.want = target
            self.reason = FIRST if heat and cool else SERVED
        else:
            refusal = self._refusal(target, mode)
            if refusal == SERVED:
                self._grant(target, mode, now_ms)
                self.reason = FIRST if heat and cool else SERVED
            else:
                self.want = self.serving if heat and cool else NONE
                self.pending = target
                self.reason = refusal
        demand = self._cool if self.serving == COOL else self._heat
        self.by_temperature = demand.by_temperature
        chilling = self.want == COOL or self._duty.cooling()
        self.hot_service = chilling and self._heat.takes_heat

    def _calls(self, water, now_ms):
        """Return whether a water calls, and keep the time since it began to."""
        called = self._called[water]
        demand = self._cool if water == COOL else self._heat
        if demand.run_wanted and not self._blocked[water]:
            called.tick(now_ms)
            return True
        called.start(now_ms)
        return False

    def _arm(self, now_ms):
        """An edge of the peak gives one water a change at once, for a while."""
        edge = self._peak.edge
        age = self._armed_age
        age.tick(now_ms)
        if edge:
            self._armed = COOL if edge == peaks.BEGINS else HEAT
            age.start(now_ms)
        elif self._armed and age.age_ms > 1000 * self._settings.changeover_persist_s:
            self._armed = NONE

    def _refusal(self, target, mode):
        """Return why the change to `target` must wait, SERVED when it need not."""
        if self._dwell_left_ms() > 0:
            return DWELL
        if self.ring.wait_ms(self._settings.changeovers_per_hour) > 0:
            return HOUR
        if mode == MODE_AUTO and self._armed != target and self._persist_left_ms(target) > 0:
            return PERSIST
        return SERVED

    def _dwell_left_ms(self):
        return 1000 * self._settings.changeover_dwell_s - self._changed.age_ms

    def _persist_left_ms(self, target):
        persist_ms = 1000 * self._settings.changeover_persist_s
        left_ms = persist_ms - self._called[target].age_ms
        lapse_ms = max(persist_ms, _LAPSE_MS) if target == HEAT and self._peak.active else _LAPSE_MS
        lapse_ms -= self._lapsed.age_ms
        return left_ms if left_ms > lapse_ms else lapse_ms

    def _grant(self, target, mode, now_ms):
        self.immediate = mode != MODE_AUTO or self._persist_left_ms(target) > 0
        self._armed = NONE
        self._changed.start(now_ms)
        self.ring.note(now_ms)
        self.serving = target
        self.want = target
        self.changes += 1
        self.stays = False

    def order(self, target, now_ms):
        """Grant `target` by a person's order, at standstill; returns False where dwell or ration forbids.

        Without a time it is only asked whether it would be granted: until the valve moves an order uses nothing up.
        """
        if self._refusal(target, MODE_OFF) != SERVED:
            return False
        if now_ms is not None:
            self._grant(target, MODE_OFF, now_ms)
        return True

    # --- people -------------------------------------------------------------------------------------------

    def changes_in_hour(self):
        """Return the changeovers granted in the last hour."""
        return self.ring.in_last_hour()

    def wait_s(self):
        """Return the seconds until the pending change can be granted if nothing alters, 0 without one."""
        if self.pending == NONE:
            return 0
        wait_ms = max(self._dwell_left_ms(), self.ring.wait_ms(self._settings.changeovers_per_hour))
        if self._claims.mode.value == MODE_AUTO and self._armed != self.pending:
            wait_ms = max(wait_ms, self._persist_left_ms(self.pending))
        return (max(wait_ms, 0) + 999) // 1000

    def reasons(self, add, now_ms):
        """Tell who wants what, who waits for what, and for how long."""
        settings = self._settings
        self._claims.reasons(add, now_ms, self._duty.defrosting)
        if self._claims.mode.value == MODE_OFF:
            return
        heat = self._heat
        cool = self._cool

        def aside(rank, text, remaining_s, value):
            add(5, text, remaining_s, value)

        idle = self.want == NONE and self.pending == NONE
        heat.reasons(add if idle or self.want == HEAT else aside, now_ms)
        cool.reasons(add if idle or self.want == COOL else aside, now_ms)
        self._peak.reasons(add, now_ms)
        for water in (HEAT, COOL):
            if self._blocked[water]:
                add(1, "No %s: %s" % (WANT_TEXT[water], self._blocked[water]), None, None)
        if self.reason == FIRST:
            other = COOL if self.want == HEAT else HEAT
            add(4, "Both waters call", None, "%s comes first" % WANT_TEXT[self.want])
            if other == HEAT and self.hot_service:
                add(4, "Hot water is served by the engine's heat", None, None)
        if self.pending != NONE:
            rank = 0 if self.want == NONE else 3
            to = "Change to %s waits" % WANT_TEXT[self.pending]
            left_ms = self._dwell_left_ms()
            if left_ms > 0:
                add(rank, to + ": too soon after the last", (left_ms + 999) // 1000, None)
            left_ms = self.ring.wait_ms(settings.changeovers_per_hour)
            if left_ms > 0:
                used = "%d of %d" % (self.changes_in_hour(), settings.changeovers_per_hour)
                add(rank, to + ": those of this hour are used up", (left_ms + 999) // 1000, used)
            if self._claims.mode.value == MODE_AUTO and self._armed != self.pending:
                left_ms = self._persist_left_ms(self.pending)
                if left_ms > 0:
                    add(rank, to + ": its water must call for longer", (left_ms + 999) // 1000, None)
