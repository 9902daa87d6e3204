"""Capacity: what the water needs, over the ladder of stages, with the vernier trimming speed between them.

In per cent of the loaded compressor at 3000 rpm, what is asked for is the sum of

    feed-forward   the heat that brings the entering water to the set point at the measured flow, over the heat
                   that full capacity was last seen to move; it answers flow and returning water at once
    PI             on the leaving-water error, trimming what the feed-forward does not know

Without a good flow or entering reading the integral carries all of it, without a bump.  The ladder's stage decides
the unloader and the range of speed; it moves one step on a wish that lasts, after its dwell (shorter for a larger
error, or when the water is predicted to leave its band), down three times as readily as up.  Within the stage's
range the vernier follows at once.  Limits and envelope take away here, and the integral follows what was achieved.

The duty says which water is meant and which way is more.  What full capacity is worth is learned for each duty by
itself.  Nothing integrates while the unit is not loaded, in a defrost, or while the duty changes.

Oil that a slow compressor leaves in the coil comes back at speed: after a long time at little capacity the unit runs
loaded for some minutes (`oil_return_*`), unless a limit or the water's own limit forbids it.
"""

from micropython import const

from ghp.blocks.control import Rate, clamp
from ghp.blocks.timers import OnDelay, Stopwatch
from ghp.control.flooded import FloodedStart
from ghp.control.ladder import (
    EMPTYING_PCT,
    LADDER_RPM,
    MIN_PCT,
    STAGE_PCT,
    TOP,
    UNLOADED_SHARE,
    bounded,
    loaded_pct,
    rpm_for,
    stage_for,
)
from ghp.control.loading import Loading
from ghp.control.need import WaterNeed
from ghp.control.oil_return import OilReturn
from ghp.sensing.readings import GOOD
from ghp.table import Words

_LASTING_MS = const(8000)  # a wish shorter than this is noise
_TOLERANCE_PCT = 2.0  # asked and achieved differ by more than this: the integral must not run on
_FAR_K = 4.0  # above the band: error of the shortest dwell
_NEAR_K = 2.5  # the integral trims near the set point; far away it would only store the approach
_TRIM_PCT = 30.0  # most the integral may add to or take from the feed-forward
_BEFORE_LOADING_RPM = const(1500)
_BEYOND_PCT = 8.0
_SETTLING_MS = const(75000)
_UNLOAD_PCT = 4.0  # the unloader is a step: it goes in only when clearly less is wanted than the least loaded capacity
_SHED_PCT = 25.0  # the water can carry this much less than what runs: the unloader, not the speed ramp
_SHED_MS = const(12000)
_SHED_SHORT_PCT = 14.0  # ... unless the unloaded machine would fall this far short
_LEARN_SCANS = const(4)  # slow scans between two lessons on what full capacity is worth
_OIL_STAGE = const(3)
_ROOM_K = 0.3  # K of water error beyond the set point at which an oil-return run may begin
_ROOM_LEFT_K = 3.0  # and at which it ends

IDLE = const(0)
STEADY = const(1)
ERROR_UP = const(2)
ERROR_DOWN = const(3)
AHEAD_UP = const(4)
AHEAD_DOWN = const(5)
LIMITED = const(6)
BLIND = const(7)
OIL = const(8)
REASONS = Words(
    "not loaded|started unloaded|more is wanted|less is wanted|water will leave its band, more is wanted|"
    "water will leave its band, less is wanted|taken down by a limit|leaving water not known: capacity held|"
    "oil return"
)


class Capacity:
    """What the machine shall deliver, as speed and unloader.

    stage          0..7, position on the ladder
    asked_pct      what the water asks for
    achieved_pct   what the measured speed and the unloader amount to (0 while not loaded)
    rpm, unloaded  the order to the engine and the compressor
    reason         code of the last stage change, REASONS gives the text
    rate_k_s       how fast the leaving water warms, K/s (None: not known)
    at_minimum     True when the unit cannot deliver less than now
    error_k        K of water error, positive: more capacity wanted; None while the leaving probe is bad
    oil            OilReturn
    most_pct, most_rpm   % and rpm that the claims allow; the unit keeps them
    """

    def __init__(self, readings, settings, derived, setpoints, duty, limits, envelope, engine, outputs):
        self._duty = duty
        self._mode = duty.mode
        self._taken = False
        self._flooded = FloodedStart(derived, duty)
        self._loading = Loading(readings, envelope)
        self.oil = OilReturn(readings, settings, limits, outputs)
        self._readings = readings
        self._settings = settings
        self._setpoints = setpoints
        self._limits = limits
        self._envelope = envelope
        self._engine = engine
        self._outputs = outputs
        self._rate = Rate(20.0)
        self._up = OnDelay(_LASTING_MS)
        self._down = OnDelay(_LASTING_MS)
        self._since_change = Stopwatch()
        self._dwell_ms = 0  # the dwell that rules, 0 while no wish has lasted
        self._scans = 0
        self._least_rpm = LADDER_RPM[1]
        self._least_pct = loaded_pct(LADDER_RPM[1])
        self._full_rpm = LADDER_RPM[TOP]
        self._full_pct = 100.0
        self._need = WaterNeed(derived, setpoints, duty)
        self._fresh = True
        self._shed = False
        self.integral_pct = MIN_PCT
        self.stage = 0
        self.asked_pct = 0.0
        self.achieved_pct = 0.0
        self.ceiling_pct = 100.0
        self.rpm = LADDER_RPM[0]
        self.unloaded = True
        self.at_minimum = True
        self.rate_k_s = None
        self.reason = IDLE
        self.error_k = None
        self.most_pct = 100.0
        self.most_rpm = settings.speed_max_rpm

    def take_over(self, rpm, unloaded):
        """Order this speed and unloader instead of the water's wish, until `release` (defrost)."""
        self._taken = True
        self.rpm = rpm
        self.unloaded = unloaded

    def release(self):
        """Give the capacity back to the water; the loop goes on from what is running."""
        if self._taken:
            self._taken = False
            self.stage = 0 if self.unloaded else stage_for(self.rpm)

    def update(self, now_ms, dt_s):
        """Ask for capacity."""
        duty = self._duty
        error = self.error_k = self._setpoints[duty.mode].error_k
        if self._mode != duty.mode:
            self._change_duty()
        rate = self._rate.update(self._leaving(), dt_s)
        self.rate_k_s = rate
        self._since_change.tick(now_ms)
        if not self._engine.loaded:
            self._flooded.tick(False, now_ms)
            self._rest(now_ms)
        else:
            if self.reason == IDLE:
                self._flooded.begin()
                self._change(0, STEADY, now_ms)
            self._flooded.tick(True, now_ms)
            self._measure(dt_s)
            if self._taken or duty.defrosting or duty.moving:
                self._stand_by(error)
            elif error is None:
                self.reason = BLIND
                self._hold()
            else:
                self._control(error, rate, now_ms, dt_s)
            if (error is None or self._taken or duty.defrosting) and self._limits.cap_pct < 100.0:
                most_pct = self._limits.cap_pct + _TOLERANCE_PCT  # what is held must not follow the speed's noise
                self.rpm, self.unloaded = bounded(self.rpm, self.unloaded, most_pct)
                self.stage = 0 if self.unloaded else self.stage
        unload = self.unloaded or self._engine.unload_wanted
        self._outputs.unloader.command(1 if unload else 0, now_ms)

    def _leaving(self):
        leaving = self._duty.leaving()
        return leaving.scaled / 1000 if leaving.quality == GOOD else None

    def _change_duty(self):
        """Other water, the other way round: what was learned of its movement means nothing any more."""
        self._mode = self._duty.mode
        self._rate = Rate(20.0)
        self._need.forget()
        self._fresh = True
        self.integral_pct = MIN_PCT

    def _stand_by(self, error):
        """Somebody else decides: nothing integrates, and the loop will go on from what is running."""
        self.asked_pct = self.achieved_pct
        self._fresh = False
        self._need.rest()
        proportional = 0.0 if error is None else self._settings.capacity_gain_pct_k * error
        self.integral_pct = clamp(self.achieved_pct - proportional, 0.0, 100.0)
        self._up.reset()
        self._down.reset()

    def _rest(self, now_ms):
        self.stage = 0
        self.rpm = LADDER_RPM[0]
        self.unloaded = True
        self._envelope.loading = False
        self._envelope.too_rich = False
        self.asked_pct = 0.0
        self.achieved_pct = 0.0
        self.integral_pct = MIN_PCT  # without feed-forward the loop starts from the least capacity
        self._need.forget()
        self._fresh = True
        self._shed = False
        self.at_minimum = True
        self.reason = IDLE
        self.oil.rest()
        self._up.reset()
        self._down.reset()

    def _hold(self):
        if not self._settings.vernier:
            return
        if self.asked_pct > self.achieved_pct:  # blind: nothing above what is running now
            self.asked_pct = self.achieved_pct

    def _measure(self, dt_s):
        """Work out what runs now, and every other second what full capacity is worth."""
        pct = loaded_pct(self._readings.engine_speed.scaled)
        if self._outputs.unloader.value:
            pct = pct * UNLOADED_SHARE
        self.achieved_pct = pct
        self._scans += 1
        if self._scans < _LEARN_SCANS:
            return
        self._scans = 0
        least_rpm = self._envelope.min_rpm
        if least_rpm != self._least_rpm:
            self._least_rpm = least_rpm
            self._least_pct = loaded_pct(least_rpm)
        if not self._duty.defrosting:
            self._need.learn(pct, dt_s * _LEARN_SCANS)

    def _highest(self):
        """Return the capacity nobody allows to be exceeded."""
        if self.most_rpm != self._full_rpm:
            self._full_rpm = self.most_rpm
            self._full_pct = loaded_pct(self._full_rpm)
        highest = self._full_pct
        if highest > self.most_pct:
            highest = self.most_pct
        if highest > self._limits.cap_pct:
            highest = self._limits.cap_pct
        if highest > self.ceiling_pct:
            highest = self.ceiling_pct
        return highest if highest > MIN_PCT else MIN_PCT

    def _control(self, error, rate, now_ms, dt_s):
        before = self._need.pct
        forward = self._need.update(dt_s)
        self.ceiling_pct = self._need.ceiling_pct
        # the integral takes over what the feed-forward did, or hands it back
        if forward is None:
            if before is not None:
                self.integral_pct += before
        elif before is None:
            self.integral_pct = 0.0 if self._fresh else self.integral_pct - forward
        self._fresh = False
        highest = self._highest()
        settings = self._settings
        proportional = settings.capacity_gain_pct_k * error
        base = self.integral_pct if forward is None else self.integral_pct + forward
        asked = clamp(base + proportional, 0.0, 100.0)
        step = proportional * dt_s / settings.capacity_integral_s
        low, high = (0.0, 100.0) if forward is None else (-_TRIM_PCT, _TRIM_PCT)
        if step > 0.0:
            free = self._limits.level == 0 and asked < highest and asked <= self.achieved_pct + _TOLERANCE_PCT
        else:
            free = asked > MIN_PCT and asked >= self.achieved_pct - _TOLERANCE_PCT
        if free and (forward is None or -_NEAR_K < error < _NEAR_K) and not self.oil.active:
            self.integral_pct += step
        self.integral_pct = clamp(self.integral_pct, low, high)
        self.asked_pct = asked
        wanted = asked if asked < highest else highest
        if self._flooded.update(self._engine.clutch_ms(now_ms)):
            wanted = EMPTYING_PCT if self._flooded.emptying else MIN_PCT
        elif self._return_oil(now_ms, dt_s):
            wanted = max(wanted, loaded_pct(settings.oil_return_rpm))
        self._choose_stage(wanted, highest, error, rate, now_ms)
        self._order(wanted, self._engine.clutch_ms(now_ms) < _SETTLING_MS)

    def _return_oil(self, now_ms, dt_s):
        """Return whether the unit runs for its oil now; it begins and ends with a change of stage."""
        before = self.oil.active
        cooling = self._duty.cooling()
        rpm = min(self._settings.oil_return_rpm, self._settings.speed_max_rpm)
        stage = max(_OIL_STAGE, stage_for(rpm - 1) + 1)
        permitted = cooling and self.error_k is not None and self.error_k > -(_ROOM_LEFT_K if before else _ROOM_K)
        if permitted:  # quiet hours, a demand limit; without the vernier there is nothing between the stages
            needs_pct = loaded_pct(rpm) if self._settings.vernier else STAGE_PCT[stage]
            permitted = self.most_rpm >= rpm and self.most_pct >= needs_pct
        active = self.oil.update(cooling and self.stage < _OIL_STAGE, permitted, int(dt_s * 1000))
        if active != before:
            self._change(stage if active else 0, OIL if active else STEADY, now_ms)
        return active

    # --- the ladder -------------------------------------------------------------------------------------

    def _bottom(self, stage):
        if stage == 0:
            return MIN_PCT
        least = self._least_pct
        below = STAGE_PCT[stage - 1] if stage > 1 and self._settings.vernier else STAGE_PCT[stage]
        return below if below > least else least

    def _top(self, stage):
        if stage == TOP:
            return 100.0
        if stage == 0:
            if not self._settings.vernier:
                return MIN_PCT
            # unloaded, the trim may go as far as the loaded range begins, no further than full speed gives
            least = self._bottom(1)
            most = UNLOADED_SHARE * self._full_pct
            return least if least < most else most
        return STAGE_PCT[stage + 1] if self._settings.vernier else STAGE_PCT[stage]

    def _choose_stage(self, wanted, highest, error, rate, now_ms):
        stage = self.stage
        if self.oil.active:
            self._up.reset()
            self._down.reset()
            return
        while stage > 0 and self._bottom(stage) > highest + 0.5:
            stage -= 1
        if (
            stage
            and self.ceiling_pct <= highest < self.achieved_pct - _SHED_PCT
            and highest < self._top(0) + _SHED_SHORT_PCT
            and not self.unloaded
        ):
            stage = 0
            self._shed = True
        if stage != self.stage:
            self._change(stage, LIMITED if highest < self.ceiling_pct else ERROR_DOWN, now_ms)
            return
        settings = self._settings
        if settings.vernier:
            up = wanted >= self._top(stage) - 0.5
            down = wanted <= self._bottom(stage) + (0.5 if stage > 1 else -_UNLOAD_PCT)
        else:
            here = self._top(stage)
            up = stage < TOP and wanted > 0.5 * (here + self._bottom(stage + 1))
            down = stage > 0 and wanted < 0.5 * (here + self._top(stage - 1)) - 1.0
        up = up and stage < TOP and not self._too_fast(error, rate)
        if stage == 0 and self._loading.rich(up, now_ms):
            up = False
        self._dwell_ms = 0
        up = self._up.update(up, now_ms)
        down = self._down.update(down and stage > 0, now_ms)
        if not up and not down:
            return
        ahead = error - rate * settings.lookahead_s if rate is not None else error
        band = settings.band_k
        dwell_s = settings.stage_dwell_min_s
        is_ahead = ahead > band if up else ahead < -band
        if not is_ahead:
            nearness = 1.0 - clamp((abs(error) - band) / _FAR_K, 0.0, 1.0)
            dwell_s += (settings.stage_dwell_max_s - dwell_s) * nearness
        self._dwell_ms = dwell_ms = int(dwell_s * 1000)
        if up:
            if self._since_change.age_ms >= dwell_ms:
                steps = 1
                if error > band and stage < TOP - 1 and wanted >= self._top(stage + 1) - 0.5:
                    steps = 2  # one more stage would not be enough
                self._change(stage + steps, AHEAD_UP if is_ahead and error < band else ERROR_UP, now_ms)
        elif self._since_change.age_ms >= dwell_ms // 3:
            self._change(stage - 1, AHEAD_DOWN if is_ahead and error > -band else ERROR_DOWN, now_ms)

    def _too_fast(self, error, rate):
        settings = self._settings
        return (
            settings.ramp_limit_enabled
            and rate is not None
            and error > settings.ramp_limit_error_k
            and rate * 60.0 > settings.ramp_limit_k_min
        )

    def _change(self, stage, reason, now_ms):
        self.stage = stage
        self.reason = reason
        self._since_change.start(now_ms)
        self._loading.rich(False, now_ms)  # another wait begins
        self._up.reset()
        self._down.reset()

    def _order(self, wanted, settling):
        stage = self.stage
        if self._settings.vernier:
            pct = clamp(wanted, self._bottom(stage), self._top(stage))
            rpm = rpm_for(pct / UNLOADED_SHARE if stage == 0 else pct)
            if self._shed and self._since_change.age_ms >= _SHED_MS:
                self._shed = False
            soon = wanted > pct + _BEYOND_PCT and not self._envelope.too_rich
            if stage == 0 and rpm > _BEFORE_LOADING_RPM and (self._shed or soon or settling):
                # it will be loaded soon, has just started on a flooded coil, or has just shed its load because
                # the flow failed: racing it gains nothing
                rpm = _BEFORE_LOADING_RPM
        else:
            rpm = LADDER_RPM[stage]
        rpm = int(rpm)
        if stage and rpm < self._envelope.min_rpm:
            rpm = self._envelope.min_rpm
        if rpm > self.most_rpm:
            rpm = self.most_rpm
        if rpm < LADDER_RPM[0]:
            rpm = LADDER_RPM[0]
        self.rpm = rpm
        if stage == 0:
            self.unloaded = True
            self._loading.begin()
        elif self.unloaded:
            self.rpm, self.unloaded = self._loading.order(rpm, wanted, self.most_rpm, self._since_change.age_ms)
        self._envelope.loading = stage > 0
        if stage:
            self._envelope.too_rich = False
        self.at_minimum = stage == 0 and not self.oil.active and rpm <= LADDER_RPM[0] + 20

    # --- people ------------------------------------------------------------------------------------------

    def stage_text(self):
        """Return the stage as a person reads it."""
        return "unloaded" if self.stage == 0 else "stage %d" % self.stage

    def reasons(self, add, now_ms):
        """Tell what decides the capacity now."""
        if self.reason == IDLE:
            return
        if self._envelope.too_rich:
            add(2, "Suction too high for the engine to load the compressor: air is taken away", None, None)
        if self.oil.active:
            add(2, "Running faster to bring oil back", self.oil.left_s(), None)
        if self._flooded.holding:
            add(3, "Unloaded after a long rest: liquid may be in the suction", None, None)
        add(4, "Last stage change: " + REASONS[self.reason], None, self.stage_text())
        if self.asked_pct <= self.achieved_pct + _TOLERANCE_PCT:
            return
        if self.asked_pct > self.ceiling_pct:
            add(3, "Water flow cannot carry more up to the set point", None, "%.0f %%" % self.ceiling_pct)
        elif self.asked_pct > self.most_pct:
            add(2, "Demand limit", None, "%.0f %%" % self.most_pct)
        elif self._up.elapsed_ms(now_ms) and self.error_k is not None:
            left_s = (self._dwell_ms - self._since_change.age_ms + 999) // 1000
            add(4, "Waiting for the next stage's dwell", left_s if left_s > 0 else None, None)
