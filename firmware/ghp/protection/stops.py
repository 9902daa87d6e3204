"""Stop classes, weakest first.  The highest that anyone asks for wins; the first cause is kept."""

from micropython import const

NONE = const(0)
HOLD = const(1)  # no more loading
UNLOAD = const(2)  # one step down at a time
NORMAL_STOP = const(3)  # unload, pump down, cool down, stop
FAST_STOP = const(4)  # gas and ignition off at once
LOCK_OUT = const(5)  # fast stop, and no start until a person resets

TEXT = ("none", "hold", "unload", "normal stop", "fast stop", "lock-out")
