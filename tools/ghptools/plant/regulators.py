"""Idealised regulators that run the plant without firmware: governor, superheat, mixture, water inlet.

They read ``truth`` (no sensors) and serve ratings, the plant's own minimum times and the plant's tests. They
say nothing about what a controller achieves.
"""

import math

from ghptools.plant import layout as L
from ghptools.plant.plant import Plant

PSI = 6894.757
LEAST_INLET, MOST_INLET = 1.0, 90.0  # °C, entering water the ideal regulator may choose


class Governor:
    """PID governor on the throttle, called every 50 ms. ``rpm`` is its setpoint; gains scale with rpm/2400."""

    def __init__(self, rpm: float, kp: float = 3e-4, ki: float = 4e-4, kd: float = 6e-5, opening: float = 0.3):
        self.rpm = rpm
        self.kp = kp  # 1/rpm
        self.ki = ki  # 1/(rpm·s)
        self.kd = kd  # s/rpm, on the measured speed
        self.integral = opening
        self._last = 0.0

    def step(self, plant: Plant, dt: float = 0.05) -> None:
        """Set the throttle from the speed error."""
        speed = plant.truth[L.O_ENGINE_RPM]
        error = self.rpm - speed
        slope = (speed - self._last) / dt if self._last else 0.0
        self._last = speed
        scale = min(max(speed / 2400.0, 0.3), 1.3)
        opening = self.integral + scale * (self.kp * error - self.kd * slope)
        if 0.0 < opening < 1.0 or (opening - 0.5) * error < 0.0:
            self.integral = min(max(self.integral + scale * self.ki * error * dt, 0.0), 1.0)
        plant.cmd[L.C_THROTTLE] = min(max(opening, 0.0), 1.0)


class SuperheatRegulator:
    """Slow PI from superheat to valve steps, held back where the engine's torque is nearly used up."""

    def __init__(self, steps: float, target_k: float = 6.0, torque_share: float = 0.985):
        self.steps = steps
        self.target = target_k
        self.share = torque_share
        self.limited = ""
        self._last = target_k
        self._last_torque = -300.0

    def step(self, plant: Plant, dt: float = 0.5) -> None:
        """Move the valve; called every 0.5 s."""
        t = plant.truth
        superheat = t[L.O_SUPERHEAT_K]
        error = superheat - self.target
        rate = superheat - self._last
        self._last = superheat
        move = 0.25 * min(max(error, -4.0), 8.0) * dt + 1.2 * min(max(rate, -3.0), 3.0)
        if t[L.O_SUCTION_QUALITY] < 1.0:
            move = min(move, -1.5 * dt)
        torque = t[L.O_TORQUE_NM] - self.share * t[L.O_TORQUE_LIMIT_NM]
        self.limited = ""
        growth = torque - self._last_torque
        self._last_torque = torque
        if torque > -15.0:
            capped = -0.3 * (torque + 2.0) * dt - 0.8 * min(max(growth, -4.0), 8.0)
            if capped < move:
                move, self.limited = capped, "torque"
        self._send(plant, move)

    def _send(self, plant: Plant, move: float) -> None:
        self.steps = min(max(self.steps + move, 10.0), 500.0)
        start = plant._state[L.S_VALVE_TARGET] - plant._state[L.S_VALVE_SENT]
        plant.cmd[L.C_EXPANSION_VALVE] = round(self.steps) - round(start)


class RatingValve(SuperheatRegulator):
    """Superheat regulator of a rating: finds the widest opening that the engine carries, slowly and always the same.

    It reads the torque the compressor asks (not what the engine gives), so it works with the speed held from
    outside. It never shuts so far that liquid fills the condenser: from there on shutting raises the load.
    """

    FULLEST = 0.75  # share of the condenser under liquid

    def step(self, plant: Plant, dt: float = 0.5) -> None:
        """Move the valve; called every 0.5 s."""
        t, state = plant.truth, plant._state
        superheat = t[L.O_SUPERHEAT_K]
        rate = superheat - self._last
        self._last = superheat
        move = 0.25 * min(max(superheat - self.target, -4.0), 8.0) * dt + 1.2 * min(max(rate, -3.0), 3.0)
        if t[L.O_SUCTION_QUALITY] < 1.0:
            move = min(move, -1.5 * dt)
        torque = state[L.S_T_LOAD] - self.share * t[L.O_TORQUE_LIMIT_NM]
        growth = torque - self._last_torque
        self._last_torque = torque
        capped = -0.03 * min(max(torque, -60.0), 60.0) * dt - 0.3 * min(max(growth, -4.0), 4.0)
        condenser = L.COIL if plant.cmd[L.C_WATER_VALVE] > 0.5 else L.PLATE
        if state[condenser + L.V_FLOOD] > self.FULLEST:
            capped = max(capped, 0.5 * dt)
        self._send(plant, move if move < capped else capped)


def running(mode: str, rpm: float, **start) -> Plant:
    """A plant already turning at ``rpm`` with a warm engine, pumps and fans on, liquid at the condenser."""
    water = start.get("tank_c", 45.0)
    cold = {"coil_c": start.get("ambient_c", 8.33) - 11.0}
    if mode == "cool":
        cold = {"plate_c": start.get("chilled_c", 12.0) - 5.0}
    valve = 80.0  # opened from there by the regulator, so that no engine is stalled by the start
    plant = Plant(seed=0, start={
        "mode": mode, "charge_at": "condenser", "engine_c": 82.0, "catalyst_c": 600.0, "valve_steps": valve,
        "noise": 0.0, "calibration": 0.0, "tank_c": water, **cold, **start,
    })
    plant.command(
        gas_valve=1, fuel_relay=1, ignition=1, clutch=1, liquid_valve=1, pump_hot=1, pump_chilled=mode == "cool",
        pump_coolant=1, fan_bank_1=1, fan_bank_2=1, fan_bank_3=1, lead_fan_speed=1, pump_hot_speed=0.8,
        heat_recovery_valve=1, mixture_valve=0.5, throttle=0.4, reversing_valve=mode == "cool",
        water_valve=mode == "cool", radiator_fan=1,
    )
    S = plant._state
    S[L.S_W_ENGINE] = S[L.S_W_COMP] = rpm * math.pi / 30.0
    S[L.S_CLUTCH] = S[L.S_LIQVALVE] = S[L.S_RECOVERY] = S[L.S_GAS] = 1.0
    S[L.S_FANS] = 6.0
    S[L.S_PUMP_SPEED] = 0.8
    S[L.S_HOT_FLOW] = 6.3
    S[L.S_CHILLED_FLOW] = 7.57 if mode == "cool" else 0.0
    S[L.S_THROTTLE] = 0.4
    S[L.S_T_IND] = 220.0
    S[L.S_MANIFOLD] = 60e3
    S[L.S_EXHAUST] = 640.0
    S[L.S_LAMBDA] = S[L.S_LAMBDA_LATE] = S[L.S_O2] = 1.0
    S[L.S_RING_0 : L.S_RING_0 + 16] = 1.0
    return plant


class Ideal:
    """All regulators together on one plant; ``run`` advances it in 50 ms ticks."""

    def __init__(self, plant: Plant, rpm: float, superheat_k: float = 6.0, target_lambda: float = 0.99):
        self.plant = plant
        self.governor = Governor(rpm, opening=float(plant.cmd[L.C_THROTTLE]))
        self.valve = SuperheatRegulator(plant.get("valve_position"), superheat_k)
        self.target_lambda = target_lambda
        self.limit_psig = math.inf  # above it the engine slows down (shutting the valve would flood the condenser)
        self.top_rpm = rpm
        self.leaving_c: float | None = None  # when set, the tank follows so that the water leaves at this
        self._ticks = 0
        self._inlet = plant.get("chilled_entering_c" if plant.cmd[L.C_WATER_VALVE] > 0.5 else "entering_c")

    @property
    def inlet_at_end(self) -> bool:
        """Whether the entering water is as cold or as hot as it may become."""
        return not LEAST_INLET < self._inlet < MOST_INLET

    def run(self, seconds: float, each=None) -> None:
        """Advance; ``each(plant)`` is called after every tick and may return True to stop."""
        plant = self.plant
        cool = plant.cmd[L.C_WATER_VALVE] > 0.5
        first, last = (L.S_COLD_0, L.S_COLD_2) if cool else (L.S_TANK_0, L.S_TANK_3)
        out = L.O_CHILLED_LEAVING_C if cool else L.O_LEAVING_C
        for _ in range(round(seconds / 0.05)):
            self.governor.step(plant)
            lam = plant.truth[L.O_LAMBDA]
            if lam < 5.0:
                mix = plant.cmd[L.C_MIXTURE_VALVE] + 0.1 * (lam - self.target_lambda)
                plant.cmd[L.C_MIXTURE_VALVE] = min(max(mix, 0.0), 1.0)
            if self._ticks % 10 == 0:
                self.valve.step(plant)
                if self.limit_psig < math.inf:
                    slack = self.limit_psig - 2.0 - plant.truth[L.O_DISCHARGE_PSIG]
                    move = min(max(2.0 * slack, -25.0), 15.0)
                    self.governor.rpm = min(max(self.governor.rpm + move, 1000.0), self.top_rpm)
            if self.leaving_c is not None:
                error = self.leaving_c - plant.truth[out]
                flow = plant.truth[L.O_CHILLED_FLOW_LPS if cool else L.O_HOT_FLOW_LPS]
                gain = 0.0025 * min(flow / 6.3, 1.0) ** 1.5  # slow water passes slowly
                self._inlet = min(max(self._inlet + min(max(gain * error, -0.02), 0.02), LEAST_INLET), MOST_INLET)
                plant._state[first : last + 1] = self._inlet
            plant.advance(50)
            self._ticks += 1
            if each is not None and each(plant):
                return
