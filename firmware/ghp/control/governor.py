"""Isochronous speed governor: speed error to throttle, in integers, once per fast scan.

The PI and its derivative work in cylinder charge (share of what the cylinders can draw in, hundredths of a per
cent), which is torque; a map turns charge and speed into throttle.  So the loop has one gain at all speeds.

The map is the throttle body's: relative flow area over opening, and the charge that a given ratio of throttle
flow (choked) to swept flow leaves, from the nozzle function of a throttle with critical ratio 0.5.  Backwards it
yields the load estimate: it assumes 101 kPa and 30 degC of intake air and a warm engine.  Its error is within
5 % of full torque in steady state; 1000 m of altitude reads 10 % low, a cold engine reads its friction as load.
When cylinders misfire the governor opens further, and the estimate shows the reserve that is left, which is what
the limits want to know.
"""

from micropython import const

from ghp.blocks.integer import IntegerPI, clamp, interpolate
from ghp.ticks import ticks_diff

# opening (hundredths of a per cent) -> flow area (1/10000 of the wide open area); measured on the flow bench
_OPENING = (0, 250, 500, 750, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 7500, 10000)
_AREA = (45, 64, 106, 167, 244, 440, 690, 988, 1331, 2142, 3109, 4223, 6149, 10000)
# choked throttle flow over swept flow (1/1000) -> charge (1/10000)
_RATIO = (0, 500, 612, 764, 1000, 1190, 1500, 2180, 3500, 6000)
_CHARGE = (0, 5000, 6000, 7000, 8000, 8500, 9000, 9500, 9800, 9930)
_CHARGE_MAX = const(9700)  # above it the throttle moves a lot and the torque does not
_FLOW = const(8700)  # swept speed in rpm at which the wide open throttle's choked flow just fills the cylinders
_RATIO_MAX = const(6000)
# charge that only turns the warm engine: friction 1.27 + 0.15 n + 0.05 n2 bar (n in 1000 rpm) over 377 N m
_DRAG = const(1120)
_DRAG_PER_1000 = const(290)

_LEAST_RPM = const(150)  # the map's lower end
_IDLE_CHARGE = const(1600)
_ERROR_MAX = const(1000)
_DERIVATIVE_MAX = const(2000)  # charge
_JUMP_RPM = const(350)  # more than this in one scan is the pickup, not the engine
_JUMP_SCANS = const(4)
_LOAD_SHIFT = const(3)  # load estimate follows within 8 scans


class Governor:
    """Owned and driven by the engine sequence.

    throttle      command, 0..10000 hundredths of a per cent
    charge        cylinder charge asked for, 0..9700
    setpoint_rpm  where the ramp is now
    speed_rpm     speed the loop uses: newest two scans, jumps left out
    load_pct100   brake torque over what is available at this speed, hundredths of a per cent, 0..10000
    """

    def __init__(self, settings):
        self._settings = settings
        self._pi = IntegerPI(0, _CHARGE_MAX, _ERROR_MAX)
        self._crank = 0
        self._kd_q8 = 0
        self._up_rpm_s = 50
        self._down_rpm_s = 100
        self._avoid_low = 0
        self._avoid_high = 0
        self._at = 0
        self._ramp_m = 0  # set point, 1/1000 rpm
        self._one_before = 0
        self._two_before = 0
        self._three_before = 0
        self._jumps = 0
        self.governing = False
        self.throttle = 0
        self.charge = 0
        self.setpoint_rpm = 0
        self.speed_rpm = 0
        self.load_pct100 = 0
        self.configure()

    def configure(self):
        """Take over the settings."""
        settings = self._settings
        self._pi.kp_q8 = int(settings.governor_kp * 256)
        self._pi.ki_q8 = int(settings.governor_ki * 256)
        self._kd_q8 = int(settings.governor_kd * 256)
        self._crank = int(settings.throttle_crank_pct * 100)
        self._up_rpm_s = settings.ramp_up_rpm_s
        self._down_rpm_s = settings.ramp_down_rpm_s
        self._avoid_low = settings.avoid_low_rpm
        self._avoid_high = settings.avoid_high_rpm

    def shut(self, now_ms):
        """No fuel: throttle shut, nothing integrates."""
        self._rest(0, now_ms)

    def crank(self, now_ms):
        """Throttle fixed for cranking."""
        self._rest(self._crank, now_ms)

    def _rest(self, throttle, now_ms):
        self.governing = False
        self.throttle = throttle
        self.charge = 0
        self.setpoint_rpm = 0
        self.load_pct100 = 0
        self._at = now_ms

    def govern(self, target_rpm, up_rpm_s, newest_rpm, now_ms):
        """Hold `target_rpm`, reached at `up_rpm_s` (0: the setting); return the throttle."""
        if not self.governing:
            self._begin(newest_rpm)
            dt_ms = 50
        else:
            dt_ms = clamp(ticks_diff(now_ms, self._at), 1, 250)
        self._at = now_ms
        if self._plausible(newest_rpm):
            self._ramp(target_rpm, up_rpm_s if up_rpm_s else self._up_rpm_s, dt_ms)
            # change over two scans of a two-scan mean: 1 count of the pickup is 5 rpm in it
            change = newest_rpm + self._one_before - self._two_before - self._three_before
            damping = clamp(change * 250 // dt_ms * self._kd_q8 // 256, -_DERIVATIVE_MAX, _DERIVATIVE_MAX)
            self.speed_rpm = (newest_rpm + self._one_before) // 2
            offset = drag(self.setpoint_rpm) - damping
            self.charge = self._pi.update(self.setpoint_rpm - self.speed_rpm, offset, dt_ms)
            self._three_before = self._two_before
            self._two_before = self._one_before
            self._one_before = newest_rpm
            self.throttle = throttle_for(self.charge, self.speed_rpm)
            self._estimate()
        return self.throttle

    def _begin(self, rpm):
        self.governing = True
        self._jumps = 0
        self._one_before = self._two_before = self._three_before = rpm
        self.speed_rpm = rpm
        self._ramp_m = rpm * 1000
        self.setpoint_rpm = rpm
        self._pi.track(_IDLE_CHARGE, 0, drag(rpm))

    def _plausible(self, rpm):
        """False while the pickup shows what the engine cannot do: the throttle then stands, for four scans."""
        jump = rpm - self._one_before
        if -_JUMP_RPM < jump < _JUMP_RPM:
            self._jumps = 0
            return True
        self._jumps += 1
        if self._jumps > _JUMP_SCANS and rpm >= _LEAST_RPM:
            self._jumps = 0
            self._one_before = self._two_before = self._three_before = rpm
            return True
        return False

    def _ramp(self, target_rpm, up_rpm_s, dt_ms):
        target = target_rpm * 1000
        now = self._ramp_m
        if now < target:
            now += up_rpm_s * dt_ms
            if now > target:
                now = target
        elif now > target:
            now -= self._down_rpm_s * dt_ms
            if now < target:
                now = target
        self._ramp_m = now
        self.setpoint_rpm = now // 1000

    def brace(self, charge):
        """Give `charge` more from the next scan on: the clutch engages against a load that is known."""
        self._pi.push(charge)

    def allowed(self, rpm, least_rpm, most_rpm):
        """Return `rpm`, moved to the nearer edge that is within the limits when it lies inside the band to avoid."""
        low = self._avoid_low
        high = self._avoid_high
        if not 0 < low < rpm < high or (low < least_rpm and high > most_rpm):
            return rpm
        return low if low >= least_rpm and (high > most_rpm or rpm - low < high - rpm) else high

    def _estimate(self):
        rpm = self.speed_rpm
        idle = drag(rpm)
        now = (charge_of(self.throttle, rpm) - idle) * 10000 // (_CHARGE_MAX - idle)
        self.load_pct100 += (clamp(now, 0, 10000) - self.load_pct100) >> _LOAD_SHIFT


def drag(rpm):
    """Return the charge that turns the unloaded engine at `rpm`."""
    return _DRAG + rpm * _DRAG_PER_1000 // 1000


def throttle_for(charge, rpm):
    """Return the throttle (0..10000) at which the cylinders get `charge` (0..9700) at `rpm`."""
    if rpm < _LEAST_RPM:
        rpm = _LEAST_RPM
    area = interpolate(_CHARGE, _RATIO, charge) * rpm * 10 // _FLOW
    return interpolate(_AREA, _OPENING, area)


def charge_of(throttle, rpm):
    """Return the charge (0..9930) that `throttle` gives in steady state at `rpm`."""
    if rpm < _LEAST_RPM:
        rpm = _LEAST_RPM
    area = interpolate(_OPENING, _AREA, throttle)
    ratio = area * _FLOW // rpm // 10
    return interpolate(_RATIO, _CHARGE, ratio if ratio < _RATIO_MAX else _RATIO_MAX)
