"""Outdoor fans.

Heating: all the air there is, unless the engine cannot use it.  In mild air the coil evaporates at a pressure that the
engine's torque does not allow; the expansion valve then holds the suction down by starving the coil, which costs
superheat and heats the discharge gas.  Less air does the same without that.  So air is taken away while the maximum
operating pressure rules and the superheat is high, or while the suction is too high for the compressor to be loaded at
all, and given back when it is not.  Water that is nearly too hot on a hot day takes less than the coil gives at the least
capacity: then air is all that is left to take away.

Chilling: the coil condenses, and the fans hold the condensing temperature at a target: `condensing_above_k` over the
ambient (what all fans reach at part load is the cheapest pressure), never below `condensing_floor_c`, without which
the expansion valve has not the pressure to feed the evaporator.  Air moves in shares of itself, as the heat it
carries, so that one pair of gains serves a tenth of a fan in frost and six fans in summer.  A pressure at its hold
limit gets all the air at once, whatever a bank's rest says.

Defrost: none, and none while it drips; then all (`request`).
"""

from micropython import const

from ghp.blocks.control import FirstOrder, clamp
from ghp.blocks.timers import OnDelay
from ghp.control.fan_staging import FanStaging
from ghp.protection.limits import DISCHARGE, EASE, SUCTION
from ghp.sensing.substitute import AMBIENT_HELD_MS, held

# request: what changeover and defrost ask for
AUTO = const(0)
NO_AIR = const(1)
ALL_AIR = const(2)

_FULL = const(10000)
_STAGGER_MS = const(1500)  # contactors never pull in together
_ALL = 6.0
_LEAST = 0.8  # the lead fan alone
_EXCESS_K = 4.0  # superheat above its set point that tells a starved coil
_GAIN_S = 0.0015  # fans a second per K
_RICH_S = 0.025  # fans a second while the suction is too high to load, as long as the coil is not flooded
_RICH_LEAST = 2.0
_RETURN_S = 0.01
_SHED_S = 1.0
_WARM_C = 5.0  # saturation of a coil that can lose air without getting near to the suction's limits
_BAND = 0.6  # fans, hysteresis of a contactor

# chilling
_KP = 0.035  # share of the air per K of condensing temperature
_TI_S = 40.0
_SHARE_S = 0.08  # largest movement, share of the air a second
_ERROR_K = 6.0
_COLD_K = 4.0  # at a start the air waits until the condensing temperature is this close to its target
_COLD_AGAIN_K = 10.0
_COOL_LEAST = 0.1  # of the lead fan alone
_LEAD_OFF = 0.12
_LEAD_MIN = 0.2  # the drive does not turn a fan slower than this
_UA_FAN = 3.6  # kW/K that one fan carries, roughly
_LEAST_PCT = 25.0
_HEAT_KW = 2.3  # heat rejected per per cent of capacity

# banks hold 1, 2 and 2 fans: bits 0..2 are bank_1..bank_3 for 0..5 fixed fans
_BANKS = (0b000, 0b001, 0b010, 0b011, 0b110, 0b111)


class Fans:
    """Three banks by contactor, the lead fan by its 0-10 V drive.

    request    AUTO, NO_AIR or ALL_AIR: what a defrost asks for; NO_AIR and ALL_AIR act only while fans are wanted
    air_fans   fans' worth of air wanted, 0..6
    most_fans  fans' worth of air that the claims allow (quiet hours); the unit keeps it.  A pressure at its hold
               limit and a defrost take all the air in spite of it
    target_c   condensing temperature held while chilling, C
    """

    def __init__(self, readings, settings, derived, duty, capacity, limits, envelope, expansion, engine, outputs):
        self._readings = readings
        self._settings = settings
        self._derived = derived
        self._duty = duty
        self._capacity = capacity
        self._limits = limits
        self._envelope = envelope
        self._expansion = expansion
        self._engine = engine
        self._outputs = outputs
        self._second = OnDelay(_STAGGER_MS)
        self._third = OnDelay(2 * _STAGGER_MS)
        self._staging = FanStaging()
        self._fixed = 5
        self._ambient = FirstOrder(60.0)
        self._last_error = None
        self._last_pct = 0.0
        self._lead_off = False
        self.request = AUTO
        self.most_fans = _ALL
        self.air_fans = 0.0
        self.target_c = settings.condensing_floor_c

    def update(self, now_ms, dt_s):
        """Command every fan."""
        duty = self._duty
        if duty.air and not self._engine.fans_wanted:
            self.air_fans = 0.0
            self._staging.all_off()
            self._command(_FULL, _BANKS[5], now_ms)
        elif not self._engine.fans_wanted or duty.defrosting or self.request == NO_AIR:
            self.air_fans = 0.0
            self._fixed = 5
            self._last_error = None
            self._last_pct = 0.0
            self._staging.all_off()
            self._command(0, _BANKS[0], now_ms)
        elif duty.cooling():
            self._cool(now_ms, dt_s)
            return
        else:
            self._heat(now_ms, dt_s)
        self._ambient.out = None  # the next chilling begins with the air of then

    # --- heating ------------------------------------------------------------------------------------------

    def _heat(self, now_ms, dt_s):
        air = self._air(dt_s)
        if air > self.most_fans:
            air = self.most_fans
        if self.request == ALL_AIR:
            air = _ALL
        self.air_fans = air
        # the lead fan makes up what the fixed ones miss; one fixed fan more or less only beyond a band
        lead = air - self._fixed
        if lead > 1.0 + _BAND / 2 and self._fixed < 5:
            self._fixed += 1
        elif lead < 0.4 - _BAND / 2 and self._fixed > 0:
            self._fixed -= 1
        lead = clamp(air - self._fixed, 0.1, 1.0)
        self._command(int(lead * _FULL), _BANKS[self._fixed], now_ms)

    def _air(self, dt_s):
        if self.air_fans == 0.0 or not self._engine.loaded:
            return _ALL
        levels = self._limits.levels
        evaporating_c = self._derived.evaporating_c
        if (  # a warm coil gives more than the water takes although the compressor can do no less
            levels[DISCHARGE] >= EASE
            and not levels[SUCTION]
            and self._capacity.at_minimum
            and evaporating_c is not None
            and evaporating_c > _WARM_C
        ):
            return clamp(self.air_fans - _SHED_S * dt_s, _LEAST, _ALL)
        superheat = self._derived.superheat_k
        ruling = self._expansion.ruling
        if superheat is None or ruling == "frozen":
            return self.air_fans
        excess = superheat - self._settings.superheat_k - _EXCESS_K
        if self._envelope.too_rich:
            if excess < -_EXCESS_K or self.air_fans <= _RICH_LEAST:
                return self.air_fans
            return self.air_fans - _RICH_S * dt_s
        if self._expansion.limited and excess > 0.0:
            return clamp(self.air_fans - _GAIN_S * excess * dt_s, _LEAST, _ALL)
        if not self._expansion.limited or excess < -1.0:
            # a dry coil that no pressure limit keeps dry lacks air
            rate = _RETURN_S if excess < 0.0 else 3.0 * _RETURN_S
            return clamp(self.air_fans + rate * dt_s, _LEAST, _ALL)
        return self.air_fans

    def _command(self, lead, banks, now_ms):
        outputs = self._outputs
        outputs.lead_fan_speed.command(lead, now_ms)
        outputs.fan_bank_1.command(banks & 1, now_ms)
        outputs.fan_bank_2.command(1 if self._second.update(banks & 2, now_ms) else 0, now_ms)
        outputs.fan_bank_3.command(1 if self._third.update(banks & 4, now_ms) else 0, now_ms)

    # --- chilling -----------------------------------------------------------------------------------------

    def _cool(self, now_ms, dt_s):
        settings = self._settings
        condensing_c = self._derived.condensing_c
        ambient_mc = held(self._readings.ambient_temp, now_ms, AMBIENT_HELD_MS)
        self._ambient.update(None if ambient_mc is None else ambient_mc / 1000, dt_s)
        self.target_c = settings.condensing_floor_c
        if self._ambient.out is not None and self._ambient.out + settings.condensing_above_k > self.target_c:
            self.target_c = self._ambient.out + settings.condensing_above_k
        hurry = self.request == ALL_AIR or (condensing_c is not None and self._limits.levels[DISCHARGE] > 0)
        if hurry:
            self.air_fans = _ALL  # the pressure is too high
            self._last_error = None
        elif condensing_c is not None:  # a lost transfer moves no fan; a transducer that is dead stops the engine
            self._hold(condensing_c - self.target_c, dt_s)
            if self.air_fans > self.most_fans:
                self.air_fans = self.most_fans
        staging = self._staging
        wanted = staging.fixed
        lead = self.air_fans - wanted
        if lead > 1.0 + _BAND / 2:
            wanted = int(self.air_fans - 0.4)
        elif lead < 0.4 - _BAND / 2:
            wanted = int(self.air_fans)
        wanted = 5 if wanted > 5 else wanted
        off_ms = 0 if hurry else settings.fan_off_min_s * 1000
        staging.update(wanted, settings.fan_on_min_s * 1000, off_ms, int(dt_s * 1000))
        lead = clamp(self.air_fans - staging.fixed, 0.0, 1.0)
        if lead < _LEAD_MIN:
            lead = 0.0 if self._stopped(lead) else _LEAD_MIN
        outputs = self._outputs
        outputs.lead_fan_speed.command(int(lead * _FULL), now_ms)
        outputs.fan_bank_1.command(staging.bank[0], now_ms)
        outputs.fan_bank_2.command(staging.bank[1], now_ms)
        outputs.fan_bank_3.command(staging.bank[2], now_ms)

    def _stopped(self, lead):
        """Return whether the lead fan rests: less than half of its least speed is wanted."""
        self._lead_off = lead < _LEAD_OFF if not self._lead_off else lead < _LEAD_MIN
        return self._lead_off

    def _hold(self, error, dt_s):
        """Move the air by the condensing temperature's error in K (positive: too warm)."""
        pct = self._capacity.achieved_pct
        if pct < _LEAST_PCT:
            pct = _LEAST_PCT  # the compressor turns, whatever is known of it
        if error < (-_COLD_K if self._last_pct == 0.0 else -_COLD_AGAIN_K):
            # a cold coil at a start: it has to become warm first, and air would only delay that
            self._last_pct = 0.0
            self._last_error = None
            self.air_fans = _COOL_LEAST
            return
        forward = 1.0
        if self._last_pct == 0.0:
            self.air_fans = self._estimate(pct)
        else:
            forward = clamp(pct / self._last_pct, 0.8, 1.25)  # the heat comes with the compressor's flow
        self._last_pct = pct
        error = clamp(error, -_ERROR_K, 2.0 * _ERROR_K)
        move = _KP * error * dt_s / _TI_S
        if self._last_error is not None:
            move += _KP * (error - self._last_error)
        self._last_error = error
        move = clamp(move, -_SHARE_S * dt_s, _SHARE_S * dt_s)
        self.air_fans = clamp(self.air_fans * forward * (1.0 + move), _COOL_LEAST, _ALL)

    def _estimate(self, pct):
        """Return the air that would hold the target at the present capacity."""
        ambient_c = self._ambient.out
        if ambient_c is None:
            return _ALL
        difference = self.target_c - ambient_c
        return clamp(_HEAT_KW * pct / (_UA_FAN * difference), _COOL_LEAST, _ALL)
