"""Simulated `time` of the ESP32 port: virtual, moved only by sleep_ms through the circuit."""

import sys

if sys.platform == "esp32":
    raise ImportError("the simulated time must not run on a controller")

from ghptools.virtual import circuit as _circuit  # noqa: E402

_bench = _circuit.current()
_MASK = _circuit.TICKS_MASK
_HALF = _circuit.TICKS_HALF

ticks_ms = _bench.ticks_ms
ticks_us = _bench.ticks_us
sleep_ms = _bench.sleep_ms


def ticks_add(ticks, delta):
    """Return `ticks` moved by `delta`, modulo the period of 2**30."""
    return (ticks + delta) & _MASK


def ticks_diff(ticks1, ticks2):
    """Return ticks1 - ticks2, signed, -2**29..2**29-1."""
    return ((ticks1 - ticks2 + _HALF) & _MASK) - _HALF
