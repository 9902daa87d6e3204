"""Proof of water flow from two witnesses: the flow switch and the pulses of the meter.

After a loss the water coasts for a second or two, and the switch opens only when little flows, so the meter's
fall is judged against what it showed before.  Hot water varies on purpose: three tenths of what was usual is a
collapse, not a sag.  The chilled pump knows one speed, and an evaporator short of water freezes within seconds:
there less than six tenths is a collapse.
"""

from micropython import const

from ghp import points
from ghp.image import RAW_OK
from ghp.ticks import ticks_diff

_WINDOW = const(6)  # scans between the two counts that make a rate
_FORGET_SHIFT = const(10)  # within a minute
_USUAL_SHIFT = const(6)  # the usual rate follows within 64 scans, 3.2 s
_COLLAPSE_PCT = const(30)
_COLLAPSE_CHILLED_PCT = const(58)
_MOST = const(1000)
_MASK = const(0x3FFFFFFF)


class FlowProof:
    """`update` once per fast scan.

    present     switch closed and meter above its trip limit: what a start must see
    switch_on   the switch says flow
    meter_on    the meter says flow: above its trip limit and not collapsed
    rate        pulses per 100 s over the last 0.3 s
    """

    def __init__(self, image, readings, outputs, settings, chilled=False):
        self._chilled = chilled
        self._switch = readings.flow_switch_chilled if chilled else readings.flow_switch_hot
        self._speed = None if chilled else outputs.pump_hot_speed
        self._collapse_pct = _COLLAPSE_CHILLED_PCT if chilled else _COLLAPSE_PCT
        self._pulses = image.pulses
        self._status = image.pulses_status
        self._index = points.index_of(points.PULSE_INPUTS, "chilled_flow" if chilled else "hot_flow")
        self._per_litre = points.PULSE_INPUTS[self._index][4]
        self._settings = settings
        self._counts = [0] * _WINDOW
        self._times = [0] * _WINDOW
        self._next = 0
        self._filled = 0
        self._least = 0
        self._usual = 0
        self._usual_speed = 0
        self.rate = 0
        self.present = False
        self.switch_on = False
        self.meter_on = False
        self.configure()

    def configure(self):
        """Take over the settings."""
        settings = self._settings
        least_lps = settings.chilled_flow_trip_lps if self._chilled else settings.flow_trip_lps
        self._least = int(least_lps * self._per_litre * 100)

    def update(self, now_ms):
        """Judge switch and meter."""
        self.switch_on = self._switch.on
        if self._status[self._index] != RAW_OK:
            self._filled = 0
            self.rate = 0
        else:
            self._measure(now_ms)
        rate = self.rate
        above = rate >= self._least
        self.present = above and self.switch_on
        # A pump told to run slower makes less flow: what is usual falls with it at once.
        if self._speed is not None:
            speed = self._speed.value + 2000  # 20 of 120 gpm at the lowest speed
            if speed < self._usual_speed:
                self._usual = self._usual * speed // self._usual_speed
            self._usual_speed = speed
        self.meter_on = above and rate * 100 >= self._usual * self._collapse_pct
        if self.meter_on:
            self._usual += (rate - self._usual) >> _USUAL_SHIFT
        elif above:
            self._usual -= self._usual >> _FORGET_SHIFT  # a pump that circulates less before the next start makes that usual
        else:
            self._usual = 0  # begins anew: what was usual before a stand-still must not forbid a start

    def _measure(self, now_ms):
        count = self._pulses[self._index]
        place = self._next
        if self._filled == _WINDOW:
            elapsed_ms = ticks_diff(now_ms, self._times[place])
            pulses = (count - self._counts[place]) & _MASK
            if elapsed_ms > 0 and pulses < _MOST:  # more is a counter that jumped, not water
                self.rate = pulses * 10000 // elapsed_ms * 10
        else:
            self._filled += 1
            self.rate = 0
        self._counts[place] = count
        self._times[place] = now_ms
        self._next = place + 1 if place + 1 < _WINDOW else 0


class ServedFlow:
    """The flow that the present duty needs: hot while heating, chilled while chilling.

    present, switch_on, meter_on   of the circuit served, see FlowProof
    hot, chilled                   the proofs of both circuits
    """

    def __init__(self, duty, hot, chilled):
        self._duty = duty
        self.hot = hot
        self.chilled = chilled
        self.present = False
        self.switch_on = False
        self.meter_on = False

    def configure(self):
        """Take over the settings."""
        self.hot.configure()
        self.chilled.configure()

    def update(self, now_ms):
        """Judge both, show the one that is served."""
        self.hot.update(now_ms)
        self.chilled.update(now_ms)
        served = self.chilled if self._duty.mode else self.hot
        self.present = served.present
        self.switch_on = served.switch_on
        self.meter_on = served.meter_on
