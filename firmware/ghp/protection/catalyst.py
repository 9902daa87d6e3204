"""The catalyst's working window, judged as the emission rules do: by the rolling mean of four hours under load.

40 CFR 63 subpart ZZZZ keeps the exhaust that enters a rich-burn engine's catalyst between 750 and 1250 F by a four-hour
rolling average.  The exhaust probe sits before the pipe to the catalyst, which takes settings.catalyst_pipe_k.  Behind the
catalyst the gas is some 40 K hotter than at its inlet: what harms at once is judged there, by limit and trip.
The mean is of sixteen parts of settings.catalyst_mean_min; only time under load counts, after a warm-up.
"""

from array import array

from micropython import const

from ghp.sensing.readings import GOOD

_PARTS = const(16)
_LEAST = const(4)  # parts that make a mean worth judging
_WARM_SCANS = const(1800)  # 15 min: what heats up from rest says nothing
_SCANS_A_MIN = const(120)
_EMPTY = const(-32768)


class CatalystWindow:
    """`update` once per slow scan.

    mean_c    rolling mean of the inlet, C; None before a quarter of the window has been seen
    """

    def __init__(self, readings, settings):
        self._inlet = readings.exhaust_temp
        self._settings = settings
        self._parts = array("h", [_EMPTY] * _PARTS)
        self._next = 0
        self._loaded = 0
        self._sum = 0
        self._count = 0
        self.mean_c = None

    def update(self, loaded):
        """Take one scan while the compressor is loaded and the reading good; whatever else happens, the past stays."""
        if not loaded:
            self._loaded = 0
            return
        if self._loaded < _WARM_SCANS:
            self._loaded += 1
            return
        if self._inlet.quality != GOOD:
            return
        self._sum += self._inlet.scaled // 1000
        self._count += 1
        if self._count >= self._settings.catalyst_mean_min * _SCANS_A_MIN // _PARTS:
            parts = self._parts
            parts[self._next] = self._sum // self._count - int(self._settings.catalyst_pipe_k)
            self._next = (self._next + 1) % _PARTS
            self._sum = 0
            self._count = 0
            self._average()

    def _average(self):
        total = 0
        seen = 0
        for part in self._parts:
            if part != _EMPTY:
                total += part
                seen += 1
        self.mean_c = total // seen if seen >= _LEAST else None

    def outside(self):
        """Return whether the mean is outside the window."""
        mean_c = self.mean_c
        settings = self._settings
        return mean_c is not None and not settings.catalyst_warn_low_c <= mean_c <= settings.catalyst_warn_high_c
