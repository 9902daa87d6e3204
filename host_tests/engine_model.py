"""A small mean-value gas engine with clutch and load, for testing the fast control without the plant.

Throttle and manifold lag, combustion delay, friction, starter, clutch and a compressor that needs constant torque.
Its numbers are ordinary for a 4.3 L engine; it shares no code with the simulated machine.
"""

import math

STEP_S = 0.01
P_AIR = 101325.0
SWEPT = 4.3e-3 / (4 * math.pi)  # m3 per radian
GAS = 287.0 * 318.0


class EngineModel:
    """rpm, oil_kpa and firing are the outcome; throttle 0..1, gas, ignition, starter, clutch the commands."""

    def __init__(self, coolant_c=80.0):
        self.w = 0.0  # rad/s
        self.w_comp = 0.0
        self.throttle = 0.0
        self.manifold = P_AIR
        self.torque = 0.0
        self.clutch = 0.0
        self.oil_kpa = 0.0
        self.revolutions = 0.0
        self.coolant_c = coolant_c
        self.load_nm = 180.0  # compressor torque while it turns
        self.spark = 1.0  # share of cycles that burn
        self.starter_ok = True
        self.gas_ok = True
        self.valve_leaks = False  # the gas valve does not shut

    @property
    def rpm(self):
        return self.w * 30 / math.pi

    @property
    def firing(self):
        return self.torque > 20.0

    def friction(self):
        n = self.rpm / 1000
        cold = min(max((60 - self.coolant_c) / 60, 0), 1)
        return (1.27 + 0.15 * n + 0.05 * n * n) * 1e5 * SWEPT * (1 + 0.8 * cold)

    def step(self, throttle, gas, ignition, starter, clutch):
        dt = STEP_S
        self.throttle += (throttle - self.throttle) * dt / 0.1
        area = 1.3e-3 * (0.0045 + 0.9955 * max(self.throttle, 0.0) ** 1.7)
        ratio = min(self.manifold / P_AIR, 0.999)
        psi = 0.685 * (math.sqrt(1 - (2 * ratio - 1) ** 2) if ratio > 0.5 else 1.0)
        supply = area * P_AIR / 295.0 * psi
        pump = 0.88 * SWEPT * self.w / GAS
        slope = pump + supply / (2 * (P_AIR - self.manifold) + 400)
        fill = GAS / 5e-3
        self.manifold += dt * fill * (supply - pump * self.manifold) / (1 + dt * fill * slope)
        self.manifold = min(max(self.manifold, 4000.0), P_AIR)
        burns = (gas or self.valve_leaks) and self.gas_ok and ignition and self.rpm > 180
        target = 385.0 * self.manifold / P_AIR * self.spark if burns else 0.0
        self.torque += (target - self.torque) * min(dt * max(self.rpm, 100.0) / 108.0, 1.0)
        drive = self.torque - (self.friction() if self.w > 0.3 else 0.0)
        if starter and self.starter_ok:
            drive += 150.0 * max(1 - self.rpm / 380.0, 0.0)
        self.clutch += ((1.0 if clutch else 0.0) - self.clutch) * dt / (0.25 if clutch else 0.04)
        load = self.load_nm if self.w_comp > 1.0 else 0.0
        cap = 420.0 * self.clutch
        if cap < 1.0:
            self.w_comp = max(self.w_comp - load * dt / 0.12, 0.0)
            self.w += drive * dt / 0.43
        else:
            slip = self.w - self.w_comp
            passed = min(max(slip * 0.43 * 0.12 / (0.55 * dt) + load * 0.43 / 0.55 + drive * 0.12 / 0.55, -cap), cap)
            self.w += (drive - passed) * dt / 0.43
            self.w_comp = max(self.w_comp + (passed - load) * dt / 0.12, 0.0)
        self.w = self.w if self.w > 0.3 or drive > 5.0 else 0.0  # static friction
        self.revolutions += self.w * dt / (2 * math.pi)
        oil = 420.0 * (1 - math.exp(-self.rpm / 900.0))
        self.oil_kpa += (oil - self.oil_kpa) * dt / 0.8

    def rest(self, seconds):
        """The same while nothing turns."""
        self.torque = 0.0
        self.w_comp = 0.0
        self.oil_kpa -= self.oil_kpa * min(seconds / 0.8, 1.0)
