"""What the speed pickup proves: that the engine turns, that it stands, or that the pickup itself is lost.

A stalling engine takes several scans to come to rest: even full load torque on its inertia takes off less
than 300 rpm a scan.  A broken wire takes off everything between two scans.  After the latter, silence proves
nothing: standstill then needs the oil pressure to be gone as well, or a very long time without fuel.
"""

from micropython import const

from ghp.blocks.timers import Stopwatch
from ghp.sensing import readings as reading

TURNING_RPM = const(12)  # three scans in a row at this: not noise, the engine turns
_TURNING_SCANS = const(3)
_STILL_OIL = const(35000)  # Pa gauge; the oil pump makes 50 kPa at 110 rpm
_SUSPECT_OIL_MS = const(10000)  # silence and no oil pressure for this long: it stands
_SUSPECT_ALONE_MS = const(120000)  # silence alone, without fuel: no engine coasts for two minutes
# Speed two scans before silence above which a stop is not physical.  Loaded: 450 N m on 0.43 kg m2 is 500 rpm
# in two scans; without the compressor friction makes 200.
_VANISH_LOADED_RPM = const(700)
_VANISH_FREE_RPM = const(300)
# More than any engine gains or loses in a scan (full torque without load: 335 rpm up, 300 down).  A burst of noise
# shorter than 0.2 s makes five such jumps at most; more of them, one scan in five or so, and nothing proves a speed.
_JUMP_RPM = const(600)
_JUMP_STEP = const(4)
_JUMP_OUT = const(24)
_UNLOADING_SCANS = const(20)  # the clutch needs this long until it surely drags no more


class Pickup:
    """Judges `readings.engine_speed`; `update` once per fast scan, after the readings.

    turning     pulses in three scans in a row
    standstill  True while it is proven that the engine stands (False during the whole proof)
    vanished    the pulses stopped faster than an engine can
    wild        the speed jumps again and again as no engine can: the pulses are not those of its teeth
    suspect     the pickup has not been seen working since power-up or since it vanished
    silent_ms   time since the last turning, saturating
    """

    def __init__(self, readings, settings):
        self._speed = readings.engine_speed
        self._oil = readings.oil_pressure
        self._settings = settings
        self._silence = Stopwatch()
        self._dry = Stopwatch()
        self._one_before = 0
        self._two_before = 0
        self._turning_scans = 0
        self._since_clutch = _UNLOADING_SCANS
        self._standstill_ms = 0
        self._begun = False
        self.turning = False
        self.standstill = False
        self._jumps = 0
        self.vanished = False
        self.wild = False
        self.suspect = True
        self.silent_ms = 0
        self.configure()

    def configure(self):
        """Take over the settings."""
        self._standstill_ms = self._settings.standstill_s * 1000

    def update(self, starter_on, clutch_in, now_ms):
        """Judge the newest speed.  `starter_on` and `clutch_in` are what the outputs do now."""
        rpm = self._speed.newest_rpm
        if not self._begun:
            self._begun = True
            self._silence.start(now_ms)
            self._dry.start(now_ms)
        if clutch_in:
            self._since_clutch = 0
        elif self._since_clutch < _UNLOADING_SCANS:
            self._since_clutch += 1
        if rpm >= TURNING_RPM:
            self.vanished = False
            if self._turning_scans < _TURNING_SCANS:
                self._turning_scans += 1
        else:
            if self._one_before >= TURNING_RPM and self._two_before > self._vanish_rpm():
                self.vanished = True
                self.suspect = True
            self._turning_scans = 0
        jump = rpm - self._one_before
        if jump > _JUMP_RPM or jump < -_JUMP_RPM:
            if self._jumps < _JUMP_OUT:
                self._jumps += _JUMP_STEP
        elif self._jumps > 0:
            self._jumps -= 1
        self.wild = self._jumps >= _JUMP_OUT
        if self.wild:
            self.suspect = True
        self._two_before = self._one_before
        self._one_before = rpm
        self.turning = self._turning_scans >= _TURNING_SCANS
        if self._speed.quality != reading.GOOD:
            self.suspect = True
        elif self.turning and starter_on:
            self.suspect = False
        if self.turning or starter_on:
            self._silence.start(now_ms)
        if starter_on or self._oil.quality != reading.GOOD or self._oil.scaled > _STILL_OIL:
            self._dry.start(now_ms)
        self.silent_ms = self._silence.tick(now_ms)
        dry_ms = self._dry.tick(now_ms)
        if self.silent_ms < self._standstill_ms:
            self.standstill = False
        elif not self.suspect:
            self.standstill = True
        elif not self.standstill:
            self.standstill = dry_ms >= _SUSPECT_OIL_MS or self.silent_ms >= _SUSPECT_ALONE_MS

    def _vanish_rpm(self):
        return _VANISH_LOADED_RPM if self._since_clutch < _UNLOADING_SCANS else _VANISH_FREE_RPM

    def standstill_wait_ms(self):
        """Return the longest time until standstill is proven, if the engine stays silent."""
        if self.standstill:
            return 0
        needed_ms = _SUSPECT_ALONE_MS if self.suspect else self._standstill_ms
        return needed_ms - self.silent_ms if self.silent_ms < needed_ms else 0
