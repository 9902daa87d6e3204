"""Mixture: stoichiometric, a little rich, for the three-way catalyst; integers, every second fast scan.

Open loop on a map by (speed, charge); closed loop on the narrow-band oxygen sensor once the exhaust is hot.  The
sensor only says rich or lean, so the loop is a switching one: at every change of side the fuel jumps against it,
then ramps until the next.  The switching voltage lies on the rich side of the sensor's step, which holds lambda
in the catalyst's window of 0.985-0.995.  A healthy loop therefore never stands still: a sensor that does not
change side for seven seconds is not believed, and the engine goes back to its map and what had been learned.

Fuel is counted in ppm of the map's middle: 10000 is one per cent more fuel, lambda one per cent lower.
"""

from micropython import const

from ghp.blocks.integer import clamp
from ghp.blocks.timers import OnDelay, Stopwatch
from ghp.sensing import readings as reading
from ghp.table import Words

_STEP_MS = const(100)
_MIDDLE = const(5000)  # valve at lambda 1.0, nominal
_VALVE_PER_PERCENT = const(154)  # hundredths of a per cent of travel per per cent of fuel, from the valve's data
_HYSTERESIS_MV = const(50)
_HYSTERESIS_MC = const(20000)  # exhaust: 20 K
_JUMP = const(4000)
_RAMP = const(800)  # a step: 0.8 % a second
_FAST_AFTER = const(20)  # steps on one side: the map is far off, ramp three times faster
_STUCK_AFTER = const(70)  # by then the trim has searched nearly all of its range
_LEARN_SHIFT = const(7)
# A sensor not believed is tried again: 3 % richer, 3 % leaner, back, and it must follow both ways.
_PROBE_MS = const(120000)
_PROBE_STEPS = const(140)  # of which the last twenty wait for what the sensor says to the last of the ramp
_PROBE_RAMPS = const(120)
_PROBE_RAMP = const(1000)

# commissioning map: fuel in 1/1000 by engine speed (rows) and charge (columns) for lambda 0.99
_SPEEDS = (1000, 2000, 3000)
_CHARGES = (2000, 6000, 9500)
_MAP = (-40, -25, -15, -5, 10, 20, 5, 15, 30)

COLD = const(0)
NOT_RUNNING = const(1)
NO_SENSOR = const(2)
STUCK = const(3)
CLOSED = const(4)
TEXT = Words("exhaust too cold|engine not running|no oxygen sensor|oxygen sensor does not switch|closed loop")


class Mixture:
    """`update` once per fast scan, after the engine.

    mode     one of the codes above; TEXT[mode] for people
    closed   True while the oxygen sensor rules
    trim     fuel above the map, ppm
    learned  its slow average, used while the loop is open
    """

    def __init__(self, readings, outputs, settings, monitor, engine, governor):
        self._settings = settings
        self._monitor = monitor
        self._engine = engine
        self._governor = governor
        self._valve = outputs.mixture_valve
        self._sensor = readings.lambda_volts
        self._exhaust = readings.exhaust_temp
        self._alarm = monitor.place("mixture_open_loop")
        self._open = OnDelay(60000)
        self._since_step = Stopwatch()
        self._since_stuck = Stopwatch()
        self._hot = False
        self._rich = False
        self._side = 0  # steps since the last change of side
        self._distrust = False
        self._probe = 0  # steps of the probe under way, 0: none
        self._flips = 0
        self._target_mv = 0
        self._closed_mc = 0
        self._trim_max = 0
        self.mode = NOT_RUNNING
        self.closed = False
        self.trim = 0
        self.learned = 0
        self.configure()

    def configure(self):
        """Take over the settings."""
        settings = self._settings
        self._target_mv = int(settings.mixture_target_v * 1000)
        self._closed_mc = int(settings.mixture_closed_c * 1000)
        self._trim_max = int(settings.mixture_trim_max_pct * 10000)
        self._open.delay_ms = settings.mixture_open_alarm_s * 1000

    def update(self, now_ms):
        """Judge, trim and command."""
        if self._since_step.tick(now_ms) >= _STEP_MS:
            self._since_step.start(now_ms)
            self._since_stuck.tick(now_ms)
            self._step(now_ms)
        open_loop = self._engine.loaded and not self.closed
        self._monitor.judge(self._alarm, self._open.update(open_loop, now_ms), now_ms)

    def _step(self, now_ms):
        flipped = self._look()
        self.mode = self._judge(now_ms)
        self.closed = self.mode == CLOSED
        if self.closed:
            self._switch(flipped)
        elif self.mode == STUCK:
            self._try_again(flipped, now_ms)
        else:
            self.trim = self.learned
            self._side = 0
            self._probe = 0
        fuel = fuel_map(self._governor.speed_rpm, self._governor.charge) + self.trim
        self._valve.command(clamp(_MIDDLE + fuel * _VALVE_PER_PERCENT // 10000, 0, 10000), now_ms)

    def _look(self):
        """Refresh the side of the sensor; return whether it changed."""
        millivolts = self._sensor.scaled
        if self._rich:
            rich = millivolts > self._target_mv - _HYSTERESIS_MV
        else:
            rich = millivolts > self._target_mv + _HYSTERESIS_MV
        flipped = rich != self._rich
        self._rich = rich
        return flipped

    def _judge(self, now_ms):
        exhaust = self._exhaust
        if exhaust.quality != reading.GOOD:
            self._hot = False
        elif exhaust.scaled >= self._closed_mc:
            self._hot = True
        elif exhaust.scaled < self._closed_mc - _HYSTERESIS_MC:
            self._hot = False
        if not self._engine.running:
            self._distrust = False
            return NOT_RUNNING
        if not self._hot:
            return COLD
        quality = self._sensor.quality
        if quality != reading.GOOD and (quality != reading.SETTLING or self.mode == NO_SENSOR):
            return NO_SENSOR  # while it settles it still holds what it said before the gap
        if self.closed and self._side >= _STUCK_AFTER:
            self._distrust = True
            self._since_stuck.start(now_ms)
        return STUCK if self._distrust else CLOSED

    def _switch(self, flipped):
        step = _RAMP if self._side < _FAST_AFTER else 3 * _RAMP
        self._side += 1
        if flipped:
            self._side = 0
            step += _JUMP
        limit = self._trim_max
        self.trim = clamp(self.trim - step if self._rich else self.trim + step, -limit, limit)
        if self._side < _FAST_AFTER:  # what a silent sensor drives away is not learned
            self.learned += (self.trim - self.learned) >> _LEARN_SHIFT

    def _try_again(self, flipped, now_ms):
        """Open loop; now and then ramp the fuel up, down and back, and see whether the sensor follows."""
        self._side = 0
        if not self._probe:
            self.trim = self.learned
            if self._since_stuck.age_ms < _PROBE_MS:
                return
            self._flips = 0
        if flipped:
            self._flips += 1
        step = self._probe
        self._probe += 1
        away = step if step < 30 else 60 - step if step < 90 else step - 120
        if step > _PROBE_RAMPS:
            away = 0
        self.trim = clamp(self.learned + away * _PROBE_RAMP, -self._trim_max, self._trim_max)
        if self._probe >= _PROBE_STEPS:
            self._probe = 0
            self._since_stuck.start(now_ms)
            if self._flips >= 2:
                self._distrust = False


def fuel_map(rpm, charge):
    """Return the map's fuel in ppm for `rpm` and `charge` (hundredths of a per cent), flat beyond its edges."""
    rpm = clamp(rpm, _SPEEDS[0], _SPEEDS[2])
    charge = clamp(charge, _CHARGES[0], _CHARGES[2])
    row = 0 if rpm < _SPEEDS[1] else 1
    column = 0 if charge < _CHARGES[1] else 1
    low = _SPEEDS[row]
    left = _CHARGES[column]
    place = 3 * row + column
    across = charge - left
    width = _CHARGES[column + 1] - left
    lower = _MAP[place] * 1000 + (_MAP[place + 1] - _MAP[place]) * 1000 * across // width
    place += 3
    upper = _MAP[place] * 1000 + (_MAP[place + 1] - _MAP[place]) * 1000 * across // width
    return lower + (upper - lower) * (rpm - low) // (_SPEEDS[row + 1] - low)
