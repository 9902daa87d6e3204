"""Outdoor fans.  Heating: all the air there is, unless the engine cannot use it.

In mild air the coil evaporates at a pressure that the engine's torque does not allow; the expansion valve then holds
the suction down by starving the coil, which costs superheat and heats the discharge gas.  Less air does the same
without that.  So air is taken away while the maximum operating pressure rules and the superheat is high, and given
back when it is not.  Head pressure control belongs to chilling and will decide `air_fans` here.
"""

from micropython import const

from ghp.blocks.control import clamp
from ghp.blocks.timers import OnDelay

_FULL = const(10000)
_STAGGER_MS = const(1500)  # contactors never pull in together
_ALL = 6.0
_LEAST = 2.0  # the lead fan and one more
_EXCESS_K = 4.0  # superheat above its set point that tells a starved coil
_GAIN_S = 0.004  # fans a second per K
_RETURN_S = 0.03
_BAND = 0.6  # fans, hysteresis of a contactor

# banks hold 1, 2 and 2 fans: (bank_1, bank_2, bank_3) for 0..5 fixed fans
_BANKS = ((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 1, 1), (1, 1, 1))


class Fans:
    """Three banks by contactor, the lead fan by its 0-10 V drive.

    air_fans   fans' worth of air wanted, 0..6
    """

    def __init__(self, settings, derived, expansion, engine, outputs):
        self._settings = settings
        self._derived = derived
        self._expansion = expansion
        self._engine = engine
        self._outputs = outputs
        self._second = OnDelay(_STAGGER_MS)
        self._third = OnDelay(2 * _STAGGER_MS)
        self._fixed = 5
        self.air_fans = 0.0

    def update(self, now_ms, dt_s):
        """Command every fan."""
        if not self._engine.fans_wanted:
            self.air_fans = 0.0
            self._fixed = 5
            self._command(0, _BANKS[0], now_ms)
            return
        air = self._air(dt_s)
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
        superheat = self._derived.superheat_k
        ruling = self._expansion.ruling
        if superheat is None or ruling == "frozen":
            return self.air_fans
        excess = superheat - self._settings.superheat_k - _EXCESS_K
        if self._expansion.limited and excess > 0.0:
            return clamp(self.air_fans - _GAIN_S * excess * dt_s, _LEAST, _ALL)
        if not self._expansion.limited or excess < -1.0:
            return clamp(self.air_fans + _RETURN_S * dt_s, _LEAST, _ALL)
        return self.air_fans

    def _command(self, lead, banks, now_ms):
        outputs = self._outputs
        outputs.lead_fan_speed.command(lead, now_ms)
        outputs.fan_bank_1.command(banks[0], now_ms)
        outputs.fan_bank_2.command(1 if self._second.update(banks[1], now_ms) else 0, now_ms)
        outputs.fan_bank_3.command(1 if self._third.update(banks[2], now_ms) else 0, now_ms)
