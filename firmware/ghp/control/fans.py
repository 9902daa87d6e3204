"""Outdoor fans.  Heating: all the air there is, unless the engine cannot use it.

In mild air the coil evaporates at a pressure that the engine's torque does not allow; the expansion valve then holds
the suction down by starving the coil, which costs superheat and heats the discharge gas.  Less air does the same
without that.  So air is taken away while the maximum operating pressure rules and the superheat is high, or while
the suction is too high for the compressor to be loaded at all, and given back when it is not.  Head pressure control belongs to chilling and will decide `air_fans` here.
"""

from micropython import const

from ghp.blocks.control import clamp
from ghp.blocks.timers import OnDelay

_FULL = const(10000)
_STAGGER_MS = const(1500)  # contactors never pull in together
_ALL = 6.0
_LEAST = 0.8  # the lead fan alone
_EXCESS_K = 4.0  # superheat above its set point that tells a starved coil
_GAIN_S = 0.0015  # fans a second per K
_RICH_S = 0.025  # fans a second while the suction is too high to load, as long as the coil is not flooded
_RICH_LEAST = 2.0
_RETURN_S = 0.01
_BAND = 0.6  # fans, hysteresis of a contactor

# banks hold 1, 2 and 2 fans: (bank_1, bank_2, bank_3) for 0..5 fixed fans
_BANKS = ((0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0), (0, 1, 1), (1, 1, 1))


class Fans:
    """Three banks by contactor, the lead fan by its 0-10 V drive.

    air_fans   fans' worth of air wanted, 0..6
    """

    def __init__(self, settings, derived, envelope, expansion, engine, outputs):
        self._settings = settings
        self._derived = derived
        self._envelope = envelope
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
        outputs.fan_bank_1.command(banks[0], now_ms)
        outputs.fan_bank_2.command(1 if self._second.update(banks[1], now_ms) else 0, now_ms)
        outputs.fan_bank_3.command(1 if self._third.update(banks[2], now_ms) else 0, now_ms)
