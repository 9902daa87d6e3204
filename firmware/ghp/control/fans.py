"""Outdoor fans.  Heating: the coil wants all the air there is, so every fan runs whenever fans are wanted.

Banks start one after the other, so that three contactors never pull in together.  Head pressure control
belongs to chilling and will decide `wanted banks` and the lead fan's speed here.
"""

from micropython import const

from ghp.blocks.timers import OnDelay

_FULL = const(10000)
_STAGGER_MS = const(1500)


class Fans:
    """Three banks by contactor and the lead fan by its 0-10 V drive, percent in hundredths."""

    def __init__(self, engine, outputs):
        self._engine = engine
        self._outputs = outputs
        self._second = OnDelay(_STAGGER_MS)
        self._third = OnDelay(2 * _STAGGER_MS)

    def update(self, now_ms, dt_s):
        """Command every fan."""
        wanted = self._engine.fans_wanted
        outputs = self._outputs
        outputs.lead_fan_speed.command(_FULL if wanted else 0, now_ms)
        outputs.fan_bank_1.command(1 if wanted else 0, now_ms)
        outputs.fan_bank_2.command(1 if self._second.update(wanted, now_ms) else 0, now_ms)
        outputs.fan_bank_3.command(1 if self._third.update(wanted, now_ms) else 0, now_ms)
