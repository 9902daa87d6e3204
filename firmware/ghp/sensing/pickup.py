"""What the speed pickup proves: that the engine turns, that it stands, or that the pickup itself is lost.

A stalling engine takes several scans to come to rest: even full load torque on its inertia takes off less
than 300 rpm a scan.  A broken wire takes off everything between two scans.  After the latter, silence proves
nothing: standstill then needs the oil pressure to be gone as well, or a very long time without fuel.
"""

from micropython import const

from ghp.blocks.timers import Stopwatch
from ghp.sensing import readings as reading
from ghp.ticks import ticks_diff

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
# A fall of this much in two scans that stays for a fifth of a second: teeth that are not seen any more, or an engine that
# seizes.  What governs by such a speed would race the engine.
_FALL_RPM = const(600)
_FALL_STAYS_RPM = const(450)
_FALL_SCANS = const(4)
_STEADY_RPM = const(300)  # a scan that an engine can make
_STEADY_SCANS = const(8)  # longer than a burst of noise
_LATE_MS = const(75)  # a late scan sees a longer fall
_UNLOADING_SCANS = const(20)  # the clutch needs this long until it surely drags no more


class Pickup:
    """Judges `readings.engine_speed`; `update` once per fast scan, after the readings.

    turning     pulses in three scans in a row
    standstill  True while it is proven that the engine stands (False during the whole proof)
    vanished    the pulses stopped faster than an engine can
    wild        the speed jumps again and again, or falls and stays, as no engine can: the pulses are not those of its teeth
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
        self._base_rpm = 0
        self._steady_scans = 0
        self._fallen_scans = 0
        self._last_ms = 0
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
        if self._fell(rpm, now_ms):
            self._jumps = _JUMP_OUT
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

    def _fell(self, rpm, now_ms):
        """Return whether a steady speed has fallen as no engine does and stays there, still turning."""
        jump = rpm - self._one_before
        late = ticks_diff(now_ms, self._last_ms) > _LATE_MS
        self._last_ms = now_ms
        if late or rpm < TURNING_RPM:
            self._steady_scans = 0
            self._fallen_scans = 0
        elif self._fallen_scans:
            self._fallen_scans = self._fallen_scans + 1 if rpm <= self._base_rpm - _FALL_STAYS_RPM else 0
        elif self._steady_scans >= _STEADY_SCANS:
            # the fall may lie across the scan's end: the base is the last speed or the one before it
            if -_STEADY_RPM <= self._one_before - self._base_rpm <= _STEADY_RPM:
                self._base_rpm = self._one_before if -_STEADY_RPM <= jump <= _STEADY_RPM else self._base_rpm
            else:
                self._steady_scans = 0
            if self._base_rpm - rpm > _FALL_RPM:
                self._fallen_scans = 1
                self._steady_scans = 0
        elif -_STEADY_RPM <= jump <= _STEADY_RPM:
            self._steady_scans += 1
            self._base_rpm = rpm
        else:
            self._steady_scans = 0
        return self._fallen_scans >= _FALL_SCANS

    def _vanish_rpm(self):
        return _VANISH_LOADED_RPM if self._since_clutch < _UNLOADING_SCANS else _VANISH_FREE_RPM

    def standstill_wait_ms(self):
        """Return the longest time until standstill is proven, if the engine stays silent."""
        if self.standstill:
            return 0
        needed_ms = _SUSPECT_ALONE_MS if self.suspect else self._standstill_ms
        return needed_ms - self.silent_ms if self.silent_ms < needed_ms else 0
