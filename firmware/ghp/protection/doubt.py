"""A doubt in one byte: how long a sign has been there, and whether that was long enough.

Up by one while the sign is there, down by one while it is not: a sign that comes and goes counts by what prevails.
Out at its patience; in again only at zero, so that an alarm does not flutter.
"""

from micropython import const

OUT = const(0x80)
COUNT = const(0x7F)


def tell(monitor, alarms, found, now_ms, voice):
    """Judge each of `alarms` (places in the table) by its bit of `found`, the first by bit 0."""
    for place in alarms:
        monitor.judge(place, found & 1, now_ms, voice)
        found >>= 1


def weighed(doubt, sign, patience):
    """Return the byte after one more look; `patience` is 1..127 looks."""
    if sign:
        if doubt & COUNT < patience:
            doubt += 1
        return doubt | OUT if doubt == patience else doubt
    if doubt & COUNT:
        doubt -= 1
    return doubt if doubt & COUNT else 0
