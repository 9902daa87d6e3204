"""Ratings of the plant alone: the simulator's kernels under ideal regulators, no controller.

``rate`` gives one steady point, ``fastest_heatup`` the plant's own minimum time between two tank temperatures.
COP is delivered heat (or cold) over gas; fans and pumps (6.6 kW electric) stay outside it, as in the table of
the independent steady-state model the plant is compared with.
"""

import math

from ghptools.plant import bounds
from ghptools.plant import layout as L
from ghptools.plant import parameters as p
from ghptools.plant.plant import Plant
from ghptools.plant.regulators import LEAST_INLET, Ideal, RatingValve, running

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
SHARE = 0.985  # of the engine's torque that a rating may use
CARRIED = 0.995  # more load than this share of its torque the engine does not carry
STALLED = "stalled"


def rate(
    mode: str, ambient_c: float, leaving_c: float, rpm: float, flow_lps: float | None = None,
    unloaded: bool = False, *, humidity: float = 0.72, superheat_k: float = 6.0, frost_kg: float = 0.0,
    settle_s: float = 400.0,
) -> dict:
    """Steady rating at one point.

    ``mode`` "heat" or "cool"; ``ambient_c``, ``leaving_c`` (of the hot or the chilled water) in °C; ``flow_lps`` of that
    water, default 100 gpm hot, 120 gpm chilled; frost does not grow. ``settle_s`` is the least time it settles.

    The speed is held from outside, as on a test bench, so the way there neither stalls the engine nor decides where
    it ends; the throttle gives the torque the compressor asks. Where that is more than the engine has, the expansion
    valve is held back: ``limited`` says "torque", or "stalled" if even that was not enough; ``held_rpm`` says whether
    the engine carries the load at that speed. ``limits`` lists, a sentence each, why the point is not what was asked
    or not one the machine may run at.

    Returns means over the last minute: ``output_w``, ``kbtu_h``, ``tons`` (of hot water including engine heat, or of
    chilled water), ``suction_psig``, ``discharge_psig``, ``superheat_k``, ``subcool_k``, ``shaft_kw``, ``torque_nm``,
    ``torque_limit_nm``, ``gas_kbtu_h`` (HHV), ``cop_hhv``, ``cop_lhv``, ``lambda``, the ``q_*_w`` of ``signals`` and
    ``balance`` = (evaporator + 0.95·shaft − condenser)/condenser; all of them None when the engine stalled, for they
    would mean nothing. ValueError for a bad mode.
    """
    if mode not in ("heat", "cool"):
        raise ValueError(f"mode must be 'heat' or 'cool', not {mode!r}")
    ideal = _prepared(mode, ambient_c, leaving_c, rpm, flow_lps, unloaded, humidity, superheat_k, frost_kg)
    means, rests = _settle(ideal, mode, leaving_c, rpm, frost_kg, settle_s)
    held = means["load_nm"] < CARRIED * means["torque_limit_nm"]
    output = means["q_hot_w"] if mode == "heat" else means["q_chilled_w"]
    condenser = max(means["q_condenser_w"], 1.0)
    numbers = means | {
        "output_w": output,
        "kbtu_h": output / KBTU,
        "tons": output / TON,
        "shaft_kw": means["shaft_w"] / 1e3,
        "gas_kbtu_h": means["fuel_w_hhv"] / KBTU,
        "cop_hhv": output / max(means["fuel_w_hhv"], 1.0),
        "cop_lhv": output / max(means["fuel_w_lhv"], 1.0),
        "balance": (means["q_evaporator_w"] + 0.95 * means["shaft_w"] - condenser) / condenser,
    }
    if held:
        limited = "torque" if bounds.short_of_torque(means, superheat_k, SHARE) else ""
        limits = bounds.sentences(mode, means, leaving_c, superheat_k, limited, rests)
    else:
        limited, limits = STALLED, [f"the engine cannot carry this load at {rpm:.0f} rpm"]
        numbers = dict.fromkeys(numbers)
    return numbers | {
        "mode": mode, "ambient_c": ambient_c, "asked_leaving_c": leaving_c, "asked_rpm": rpm,
        "held_rpm": held, "limited": limited, "limits": limits,
    }  # fmt: skip


def _prepared(mode, ambient_c, leaving_c, rpm, flow_lps, unloaded, humidity, superheat_k, frost_kg) -> Ideal:
    """A running plant at the point's conditions but colder water, not yet settled."""
    start = {"ambient_c": ambient_c, "humidity": humidity, "frost_kg": frost_kg}
    if mode == "heat":
        flow = flow_lps or 100.0 * p.GPM
        rise = 110.0 * rpm / (flow * p.HOT_RC)  # about 110 W per rpm into the water
        start["tank_c"] = min(max(leaving_c - rise, LEAST_INLET), 40.0)
    else:
        start["tank_c"] = 50.0
        start["chilled_c"] = leaving_c + 5.6
    plant = running(mode, rpm, **start)
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
    ideal = Ideal(plant, rpm, superheat_k)
    ideal.valve = RatingValve(ideal.valve.steps, superheat_k, SHARE)
    return ideal


def _settle(ideal, mode, leaving_c, rpm, frost_kg, settle_s) -> tuple[dict, bool]:
    """Bring the point to rest; return the means of a minute and whether it rested."""
    speed = rpm * math.pi / 30.0

    def hold_speed(machine: Plant) -> bool:
        machine._state[L.S_W_ENGINE] = machine._state[L.S_W_COMP] = speed
        machine._state[L.S_FROST] = frost_kg
        return False

    def means(seconds) -> dict:
        sums = dict.fromkeys((*_MEANS, "load_nm"), 0.0)

        def collect(machine: Plant) -> bool:
            for name, i in _MEAN_INDEX:
                sums[name] += machine.truth[i]
            sums["load_nm"] += machine._state[L.S_T_LOAD]
            return hold_speed(machine)

        ideal.run(seconds, collect)
        return {name: float(total / round(seconds / 0.05)) for name, total in sums.items()}

    ideal.run(60.0, hold_speed)  # cold water first: full heat at once would open the relief valve
    ideal.leaving_c = leaving_c
    ideal.run(settle_s, hold_speed)
    last = means(20.0)
    for _ in range(24):
        ideal.run(100.0, hold_speed)
        now = means(20.0)
        rests = bounds.at_rest(last, now)
        if rests and bounds.reached(mode, now, leaving_c, ideal.inlet_at_end):
            break
        last = now
    return means(60.0), rests


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
