"""Ratings of the plant alone: the simulator's kernels under ideal regulators, no controller.

``rate`` gives one steady point, ``fastest_heatup`` the plant's own minimum time between two tank temperatures.
COP is delivered heat (or cold) over gas; fans and pumps (6.6 kW electric) stay outside it, as in the table of
the independent steady-state model the plant is compared with.
"""

from ghptools.plant import layout as L
from ghptools.plant import parameters as p
from ghptools.plant.plant import Plant
from ghptools.plant.regulators import Ideal, running

KBTU = 0.2930711e3  # W per kBtu/h
TON = 3516.853  # W


_MEANS = (
    "q_hot_w", "q_chilled_w", "q_condenser_w", "q_evaporator_w", "q_engine_water_w", "shaft_w", "fuel_w_hhv",
    "fuel_w_lhv", "suction_psig", "discharge_psig", "evaporating_c", "condensing_c", "superheat_k", "subcool_k",
    "torque_nm", "torque_limit_nm", "lambda", "engine_rpm", "valve_position", "entering_c", "leaving_c",
    "chilled_entering_c", "chilled_leaving_c", "jacket_w", "exhaust_recovered_w", "stack_w", "radiation_w",
    "coolant_c", "discharge_c", "q_plate_water_w", "air_flow_m3s", "refrigerant_flow", "coil_wall_c",
)
_MEAN_INDEX = [(name, getattr(L, "O_" + name.upper())) for name in _MEANS]
START_RPM = 1800.0  # a running start is made at a speed that has torque in reserve


def rate(
    mode: str, ambient_c: float, leaving_c: float, rpm: float, flow_lps: float | None = None,
    unloaded: bool = False, *, humidity: float = 0.72, superheat_k: float = 6.0, frost_kg: float = 0.0,
    settle_s: float = 400.0,
) -> dict:
    """Steady rating at one point.

    ``mode`` "heat" or "cool"; ``ambient_c``, ``leaving_c`` (of the hot or the chilled water) in °C; ``flow_lps`` of that
    water, default 100 gpm hot, 120 gpm chilled; frost does not grow. Where the engine can not hold the point, the
    expansion valve is held back: ``limited`` says "torque", and "stalled" if even that was not enough;
    ``held_rpm`` says whether the speed was kept.

    Returns means over the last minute: ``output_w``, ``kbtu_h``, ``tons`` (of hot water including engine heat, or of
    chilled water), ``suction_psig``, ``discharge_psig``, ``superheat_k``, ``subcool_k``, ``shaft_kw``, ``torque_nm``,
    ``torque_limit_nm``, ``gas_kbtu_h`` (HHV), ``cop_hhv``, ``cop_lhv``, ``lambda``, the ``q_*_w`` of ``signals`` and
    ``balance`` = (evaporator + 0.95·shaft − condenser)/condenser. ValueError for a bad mode.
    """
    if mode not in ("heat", "cool"):
        raise ValueError(f"mode must be 'heat' or 'cool', not {mode!r}")
    for share in (0.985, 0.95, 0.91, 0.87):
        ideal = _prepared(mode, ambient_c, leaving_c, rpm, flow_lps, unloaded, humidity, superheat_k, frost_kg)
        means = _settle(ideal, mode, leaving_c, rpm, share, frost_kg, settle_s)
        if ideal.plant.get("firing"):
            break
    output = means["q_hot_w"] if mode == "heat" else means["q_chilled_w"]
    condenser = max(means["q_condenser_w"], 1.0)
    return means | {
        "mode": mode,
        "ambient_c": ambient_c,
        "output_w": output,
        "kbtu_h": output / KBTU,
        "tons": output / TON,
        "shaft_kw": means["shaft_w"] / 1e3,
        "gas_kbtu_h": means["fuel_w_hhv"] / KBTU,
        "cop_hhv": output / max(means["fuel_w_hhv"], 1.0),
        "cop_lhv": output / max(means["fuel_w_lhv"], 1.0),
        "balance": (means["q_evaporator_w"] + 0.95 * means["shaft_w"] - condenser) / condenser,
        "held_rpm": abs(means["engine_rpm"] - rpm) < 0.01 * rpm,
        "limited": ideal.valve.limited if ideal.plant.get("firing") else "stalled",
    }


def _prepared(mode, ambient_c, leaving_c, rpm, flow_lps, unloaded, humidity, superheat_k, frost_kg) -> Ideal:
    """A running plant at the point's conditions, not yet settled."""
    start = {"ambient_c": ambient_c, "humidity": humidity, "frost_kg": frost_kg}
    if mode == "heat":
        start["tank_c"] = max(leaving_c - 11.0, 5.0)
    else:
        start["tank_c"] = 50.0
        start["chilled_c"] = leaving_c + 5.6
    plant = running(mode, max(rpm, START_RPM), **start)
    if flow_lps is not None and mode == "heat":
        gpm = flow_lps / p.GPM
        pumped = min(max(gpm, 20.0), 120.0)
        plant.command(pump_hot_speed=(pumped - 20.0) / 100.0)
        plant.set_env(hot_pump_factor=gpm / pumped)
        plant._state[L.S_HOT_FLOW] = flow_lps
        plant._state[L.S_PUMP_SPEED] = (pumped - 20.0) / 100.0
    elif flow_lps is not None:
        plant.set_env(chilled_pump_factor=flow_lps / p.GPM / 120.0)
        plant._state[L.S_CHILLED_FLOW] = flow_lps
    if unloaded:
        plant.command(unloader=1)
        plant._state[L.S_UNLOAD] = 1.0
    ideal = Ideal(plant, max(rpm, START_RPM), superheat_k)
    ideal.leaving_c = leaving_c
    return ideal


def _settle(ideal, mode, leaving_c, rpm, share, frost_kg, settle_s) -> dict:
    """Bring the point to rest and average a minute of it."""
    plant = ideal.plant

    def hold_frost(machine: Plant) -> bool:
        machine._state[L.S_FROST] = frost_kg
        return False

    def ramp(machine: Plant) -> bool:
        # slowing down does not unload: wait for the valve wherever torque is short
        if machine.truth[L.O_TORQUE_NM] < (ideal.valve.share + 0.015) * machine.truth[L.O_TORQUE_LIMIT_NM]:
            ideal.governor.rpm = max(rpm, ideal.governor.rpm - 0.5)
        hold_frost(machine)
        return ideal.governor.rpm <= rpm

    sums = dict.fromkeys(_MEANS, 0.0)
    count = 0

    def collect(machine: Plant) -> bool:
        nonlocal count
        for name, i in _MEAN_INDEX:
            sums[name] += machine.truth[i]
        count += 1
        return hold_frost(machine)

    ideal.valve.share = min(share, 0.93)
    ideal.run(60.0, hold_frost)
    ideal.run(400.0, ramp)
    ideal.valve.share = share
    ideal.run(settle_s, hold_frost)
    out = L.O_LEAVING_C if mode == "heat" else L.O_CHILLED_LEAVING_C
    for _ in range(6):
        if abs(plant.truth[out] - leaving_c) < 0.02:
            break
        ideal.run(200.0, hold_frost)
    if ideal.governor.rpm > rpm:
        ideal.valve.limited = "torque"
    ideal.run(60.0, collect)
    return {name: float(value / count) for name, value in sums.items()}


def fastest_heatup(
    tank_from_c: float, tank_to_c: float, load_w: float = 0.0, ambient_c: float = 8.33, *, rpm: float = 3000.0,
    tank_volume_gal: float = 300.0, flow_lps: float = 100.0 * p.GPM, limit_psig: float = 320.0, timeout_s: float = 14400.0,
) -> float:
    """The plant's own minimum time to bring the tank's mean from one temperature to another, s.

    Full speed, ideal regulators; the valve is held back only by engine torque, the speed only by the discharge
    limit (320 psig). ``inf`` when it is not reached within ``timeout_s``.
    """
    plant = running("heat", rpm, ambient_c=ambient_c, tank_c=tank_from_c, tank_volume_gal=tank_volume_gal)
    plant.set_env(hot_load_w=load_w)
    plant.command(pump_hot_speed=(flow_lps / p.GPM - 20.0) / 100.0)
    ideal = Ideal(plant, rpm)
    ideal.limit_psig = limit_psig
    ideal.run(60.0)  # the start transient does not count
    plant._state[L.S_TANK_0 : L.S_TANK_3 + 1] = tank_from_c
    began = plant.time_s
    ideal.run(timeout_s, lambda machine: machine.truth[L.O_TANK_MEAN_C] >= tank_to_c)
    return plant.time_s - began if plant.get("tank_mean_c") >= tank_to_c else float("inf")
