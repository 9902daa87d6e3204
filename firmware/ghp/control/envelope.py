"""The compressor's envelope against the engine: least speed and highest suction pressure (MOP).

A displacement compressor's torque hardly depends on its speed; it goes with suction pressure and pressure ratio:

    torque = V_d / 2 pi * p_s * k/(k-1) * (r^((k-1)/k) - 1) * eta_v / eta_s + 6 N m

With V_d = 2.508 L/rev and the usual fall of both efficiencies with r this is, for ratios of 4.5 to 11, within 2 % of

    torque = p_s * (0.264 + 0.305 * ln r) + 6 N m,    p_s in kPa absolute

and a little above it for smaller ratios, where the engine is not the limit.  The machine's rating points (39 to 76 kW
at 2400 rpm) lie within 4 %.  The engine gives about
290 N m up to 2100 rpm and less above (breathing).  Solving for p_s at the allowed share of the torque gives the
maximum operating pressure that the expansion valve must not let the suction exceed: slowing down would not help.
"""

from math import log

from micropython import const

from ghp.blocks.control import clamp
from ghp.sensing.readings import GOOD

TORQUE_A = 0.264
TORQUE_B = 0.305
_MECHANICAL_NM = 6.0
_PEAK_NM = 290.0
_PEAK_RPM = const(2100)
_FALL_NM_RPM = 0.012  # torque lost per rpm above _PEAK_RPM
_ALLOWED = 0.93  # share of the engine's torque the compressor may take in the long run
_MOP_HIGH_KPA = 520.0  # evaporating 17 C: nothing to gain above, and the start flood is bounded
_MOP_LOW_KPA = 150.0

# least loaded speed: a slow engine has little kinetic energy to meet a torque step with
_EASY_SHARE = 0.65
_EASY_RPM = 1200.0
_HARD_SHARE = 0.95
_HARD_RPM = 1500.0
_EVERY = const(4)  # slow scans between refreshes: pressures that matter here move over seconds


def engine_torque_nm(rpm):
    """Return the engine's full torque in N m at `rpm`, 0 to 3000 (nameplate curve, warm, sea level)."""
    return _PEAK_NM - (rpm - _PEAK_RPM) * _FALL_NM_RPM if rpm > _PEAK_RPM else _PEAK_NM


def compressor_torque_nm(suction_kpa, discharge_kpa):
    """Return the loaded compressor's torque in N m for two absolute pressures in kPa."""
    ratio = discharge_kpa / suction_kpa if suction_kpa > 1.0 else 1.0
    if ratio < 1.2:
        ratio = 1.2
    return suction_kpa * (TORQUE_A + TORQUE_B * log(ratio)) + _MECHANICAL_NM


class Envelope:
    """Refreshed every other second.

    min_rpm      least loaded speed, rpm
    mop_kpa      highest suction pressure allowed, kPa absolute (before any limiter's cut)
    loading      True once the unloader is about to go out: the suction must be down before, written by capacity
    """

    def __init__(self, readings, outputs):
        self._readings = readings
        self._outputs = outputs
        self._count = 0
        self.min_rpm = int(_EASY_RPM)
        self.mop_kpa = 350.0
        self.loading = False

    def update(self, now_ms, dt_s):
        """Work out the map at the present pressures; a bad pressure keeps the last result (the unit stops then)."""
        self._count += 1
        if self._count < _EVERY:
            return
        self._count = 0
        suction = self._readings.suction_pressure
        discharge = self._readings.discharge_pressure
        if suction.quality != GOOD or discharge.quality != GOOD or suction.scaled < 10000:
            return
        discharge_kpa = discharge.scaled / 1000
        torque = engine_torque_nm(self._readings.engine_speed.scaled)
        self.mop_kpa = self._mop(torque * _ALLOWED - _MECHANICAL_NM, discharge_kpa)
        share = compressor_torque_nm(suction.scaled / 1000, discharge_kpa) / torque
        share = (share - _EASY_SHARE) / (_HARD_SHARE - _EASY_SHARE)
        # in steps of 20 rpm: nothing should follow the noise of a pressure
        self.min_rpm = int(_EASY_RPM + (_HARD_RPM - _EASY_RPM) * clamp(share, 0.0, 1.0)) // 20 * 20

    def _mop(self, allowed_nm, discharge_kpa):
        if self._outputs.unloader.value and not self.loading:
            return _MOP_HIGH_KPA  # half the displacement: the engine is never the limit
        # p * (a + b ln(d/p)) = T: Newton from the last answer, two steps leave less than 1 kPa
        pressure = self.mop_kpa
        for _ in range(2):
            slope = TORQUE_A + TORQUE_B * (log(discharge_kpa / pressure) - 1.0)
            if slope < 0.1:  # hardly any ratio: a start
                return _MOP_HIGH_KPA
            value = pressure * (slope + TORQUE_B)
            pressure = clamp(pressure - (value - allowed_nm) / slope, _MOP_LOW_KPA, _MOP_HIGH_KPA)
        return pressure
