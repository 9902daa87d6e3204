"""Simulated `esp32`: the RMT transmitter, as far as the step generator uses it."""

import sys

if sys.platform == "esp32":
    raise ImportError("the simulated esp32 must not run on a controller")

import machine as _machine  # noqa: E402
from ghptools.virtual import circuit as _circuit  # noqa: E402

_bench = _circuit.current()


class RMT:
    """Pulse transmitter on a pin that carries steps: every rising edge is one step."""

    PULSE_MAX = 32767

    def __init__(self, id=-1, *, pin, resolution_hz=10000000, idle_level=False, num_symbols=48):
        if not -1 <= id <= 3:
            raise ValueError("there is no RMT transmitter %d" % id)
        if not 0 < resolution_hz <= 80000000 or 80000000 // resolution_hz > 255:
            raise ValueError("resolution out of range of the 8-bit divider")
        net = _bench.nets.get(_machine._gpio(pin))
        if net is None or net.kind != "step":
            raise ValueError("nothing counts pulses on this pin")
        if num_symbols < 48:
            raise ValueError("num_symbols")
        _machine._claim(_machine._gpio(pin), "rmt")
        _machine._hold("rmt%d" % id, self)
        self._hz = resolution_hz
        self._idle = 1 if idle_level else 0
        self._until_us = 0

    def write_pulses(self, duration, data=True):
        """Send levels that toggle after each of `duration`, the first being `data`.

        The simulated transmitter never blocks: it refuses, because blocking would stop the scan.
        """
        if not self.wait_done():
            raise OSError("RMT busy: the real one would block here")
        level = 1 if data else 0
        last = self._idle
        total = 0
        steps = 0
        for length in duration:
            if not 1 <= length <= RMT.PULSE_MAX:
                raise ValueError("duration")
            if level and not last:
                steps += 1
            last = level
            level ^= 1
            total += length
        self._until_us = _bench.now_us + total * 1000000 // self._hz
        _machine._step(steps)

    def wait_done(self, *, timeout=0):
        """Return True when nothing is being sent; waiting is not simulated, so `timeout` must be 0."""
        if timeout:
            raise ValueError("waiting inside a scan")
        return _bench.now_us >= self._until_us
