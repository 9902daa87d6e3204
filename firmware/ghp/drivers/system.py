"""Clock, watchdog and restart of the processor."""

import gc
import machine
import time

_CAUSES = {
    machine.PWRON_RESET: "power",
    machine.HARD_RESET: "reset",
    machine.WDT_RESET: "watchdog",
    machine.DEEPSLEEP_RESET: "sleep",
    machine.SOFT_RESET: "soft",
}


class Clock:
    """Ticks with a period of 2**30.  The functions are the port's own, so a call costs no extra frame."""

    def __init__(self):
        self.ticks_ms = time.ticks_ms
        self.ticks_us = time.ticks_us
        self.sleep_ms = time.sleep_ms


class Watchdog:
    """The processor's own watchdog.  It starts with the first feed: a build that fails leaves the prompt
    usable for repair, and once started nothing but a restart stops it."""

    def __init__(self, timeout_ms):
        self._timeout_ms = timeout_ms
        self._wdt = None

    def feed(self):
        """Start or restart the time-out."""
        if self._wdt is None:
            self._wdt = machine.WDT(timeout=self._timeout_ms)
        self._wdt.feed()


def reset():
    """Restart the processor; does not return."""
    machine.reset()


def reset_cause():
    """Return why the processor started: power, reset, watchdog, sleep, soft or unknown."""
    return _CAUSES.get(machine.reset_cause(), "unknown")


class Memory:
    """The garbage collector, run when there is time for it.

    On MicroPython a collection walks the whole heap; on an interpreter that counts references it would only
    cost time, so there `collect` does nothing.
    """

    def __init__(self):
        self._walks = hasattr(gc, "mem_free")

    def collect(self):
        """Collect now, while there is time.  Between, the collector runs by itself after every few KiB (boot.py)."""
        if self._walks:
            gc.collect()
