"""Arithmetic on wrapping millisecond and microsecond ticks.

The clock counts 0 .. 2**30 - 1 and starts again (about 12.4 days of milliseconds).  Two ticks are compared
by their difference only, never with `<`; a difference is valid for +-6.2 days.  Every step stays inside
the 31-bit small integers of the target, so nothing is allocated.
"""

from micropython import const

TICKS_PERIOD = 1 << 30
_MASK = const(0x3FFFFFFF)
_HALF = const(0x20000000)


def ticks_add(ticks, delta):
    """Return `ticks` moved by `delta` (same unit, may be negative)."""
    return (ticks + delta) & _MASK


def ticks_diff(later, earlier):
    """Return `later` - `earlier`, signed, across a wrap."""
    difference = (later - earlier) & _MASK
    if difference >= _HALF:
        difference = difference - _MASK - 1
    return difference
