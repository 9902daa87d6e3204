"""Is the outdoor coil frosted?  The growth of (ambient - suction saturation) over what the clean coil needs.

A clean coil needs a difference that grows with the heat it takes in, so with the refrigerant that the compressor draws:
difference = clean_k * draw, where draw is displacement times suction pressure, 1 at 2400 rpm loaded and 240 kPa.
clean_k is learned after each defrost, and follows slowly when the coil turns out to be better than believed.  It
starts from settings.frost_clean_k.

Declared fall-backs.  Without the ambient: by time alone, `defrost_timed_min` of running with the coil below its limit.
Without the suction pressure the unit stops.
"""


from ghp.blocks.control import FirstOrder, clamp
from ghp.blocks.timers import OnDelay
from ghp.sensing.readings import GOOD

_DRAW = 1.0 / (2400.0 * 240.0)
_DRAW_LEAST = 0.15
_LEARN_S = 240.0  # of steady running after a defrost
_UNKNOWN_MS = 60000
_STEADY_S = 150.0  # after a start or a defrost nothing is learned or judged
_BETTER_S = 600.0  # time constant of following a coil that is better than believed


class Frost:
    """`update` once per slow scan.

    difference_k   ambient less suction saturation, K, filtered; None while unknown
    clean_now_k    what the clean coil would need at the present draw, K; None while unknown
    growth_k       difference_k less clean_now_k
    clean_k        learned difference of the clean coil at draw 1, K
    learned        clean_k was learned since power-up
    cold_s         s of running with the coil below its limit since the last defrost
    due            frost asks for a defrost (growth or, without ambient, time)
    """

    def __init__(self, readings, settings, derived, duty, engine, outputs):
        self._readings = readings
        self._settings = settings
        self._derived = derived
        self._duty = duty
        self._engine = engine
        self._outputs = outputs
        self._difference = FirstOrder(20.0)
        self._held = OnDelay(0)
        self._steady_s = 0.0
        self._learning_s = 0.0
        self._sum = 0.0
        self._count = 0
        self.clean_k = settings.frost_clean_k
        self.learned = False
        self.difference_k = None
        self.clean_now_k = None
        self.growth_k = None
        self.cold_s = 0.0
        self.due = False
        self.by_time = False

    def begin_learning(self):
        """A defrost has ended: the coil is clean, learn what it needs."""
        self._steady_s = 0.0
        self._learning_s = _LEARN_S
        self._sum = 0.0
        self._count = 0
        self.cold_s = 0.0

    def update(self, now_ms, dt_s):
        """Follow the coil."""
        settings = self._settings
        evaporating_c = self._derived.evaporating_c
        ambient = self._readings.ambient_temp
        heats = self._engine.loaded and not self._duty.coil_condenses() and not self._duty.moving
        if not heats or evaporating_c is None:
            self._steady_s = 0.0
            self._difference.out = None
            self.difference_k = self.clean_now_k = self.growth_k = None
            self.due = self._held.update(False, now_ms)
            return
        cold = evaporating_c < settings.frost_coil_c
        if cold:
            self.cold_s += dt_s
        self._steady_s += dt_s
        self.by_time = ambient.quality != GOOD
        if self.by_time:
            self.difference_k = self.clean_now_k = self.growth_k = self._difference.out = None
            self._steady_s = self._learning_s = 0.0  # frost may have grown meanwhile: this coil teaches nothing more
            self._held.reset()
            unknown = ambient.bad_for_ms(now_ms) >= _UNKNOWN_MS  # a moment without it is no reason to melt a dry coil
            self.due = unknown and cold and self.cold_s >= settings.defrost_timed_min * 60
            return
        difference = self._difference.update(ambient.scaled / 1000 - evaporating_c, dt_s) or 0.0
        draw = self._draw()
        self.difference_k = difference
        self.clean_now_k = self.clean_k * draw
        self.growth_k = difference - self.clean_now_k
        if self._steady_s < _STEADY_S:
            return
        self._learn(difference / draw, dt_s)
        possible = cold and ambient.scaled < int(settings.frost_ambient_c * 1000)
        self._held.delay_ms = settings.frost_hold_s * 1000
        self.due = self._held.update(possible and self.growth_k > settings.frost_growth_k, now_ms)

    def _draw(self):
        rpm = self._readings.engine_speed.scaled
        if self._outputs.unloader.value:
            rpm = rpm / 2
        draw = rpm * self._readings.suction_pressure.scaled / 1000 * _DRAW
        return draw if draw > _DRAW_LEAST else _DRAW_LEAST

    def _learn(self, needed_k, dt_s):
        settings = self._settings
        low = 0.5 * settings.frost_clean_k
        high = 1.6 * settings.frost_clean_k
        if self._learning_s > 0.0:
            self._learning_s -= dt_s
            self._sum += needed_k
            self._count += 1
            if self._learning_s <= 0.0:
                self.clean_k = clamp(self._sum / self._count, low, high)
                self.learned = True
        elif needed_k < self.clean_k:
            self.clean_k = clamp(self.clean_k + (needed_k - self.clean_k) * dt_s / _BETTER_S, low, high)
