"""Starts after a long rest: the refrigerant lies in the coldest place, and the compressor may find liquid.

Then it stays unloaded for longer, until the suction gas is proven dry.  The same holds for chilling in the cold: the
condenser has first to become warm enough to feed the expansion valve.
"""

from micropython import const

from ghp.blocks.timers import Stopwatch

_REST_LONG_MS = const(3600000)
_FLOODED_MS = const(90000)  # the strapped probe tells nothing before
_EMPTYING_MS = const(40000)
_FLOODED_MOST_MS = const(240000)
_SUPERHEAT_K = 4.0
_CONDENSING_C = 20.0  # chilling: below this the valve cannot pass what a loaded compressor takes


class FloodedStart:
    """holding    True while the compressor is to stay unloaded
    emptying   True while it shall run a little faster, unloaded, to have the liquid out soon
    """

    def __init__(self, derived, duty):
        self._derived = derived
        self._duty = duty
        self._rested = Stopwatch()  # since it was loaded; unknown at power-up counts as long ago
        self._long = False
        self.holding = False
        self.emptying = False

    def tick(self, loaded, now_ms):
        """Let time pass."""
        self._rested.tick(now_ms)
        if loaded:
            self._rested.start(now_ms)

    def begin(self):
        """The unit is about to load."""
        self._long = self._rested.age_ms >= _REST_LONG_MS
        self.holding = True

    def update(self, clutch_ms):
        """Judge `clutch_ms` after the clutch; return whether to stay unloaded."""
        if not self.holding:
            return False
        superheat = self._derived.superheat_k
        condensing = self._derived.condensing_c
        wet = self._long and (clutch_ms < _FLOODED_MS or superheat is None or superheat < _SUPERHEAT_K)
        cold = self._duty.cooling() and (condensing is None or condensing < _CONDENSING_C)
        self.holding = clutch_ms < _FLOODED_MOST_MS and (wet or cold)
        self.emptying = wet and not cold and clutch_ms < _EMPTYING_MS
        return self.holding
