"""What makes a rating something else than was asked: not at rest, not reached, or beyond what the machine may do.

The bounds are the machine's own protection limits (where it unloads, or stops), as its specification gives them.
"""

from ghptools import quantities

PSIG_MAX = {"heat": 320.0, "cool": 245.0}  # discharge pressure, the machine unloads above it
EVAPORATING_MIN_C = {"heat": -23.33, "cool": -3.89}  # -10 and 25 F, it stops below it
GAS_MAX_C = 105.0  # 221 F, discharge gas, it unloads above it
LEAVING_MAX_C = 76.67  # 170 F, hot water, it stops above it
OPEN_STEPS = 499.0  # the valve is fully open
SUPERHEAT_NEAR_K = 1.0
WATER_NEAR_K = 0.1


def leaving(mode: str, means: dict) -> float:
    """Temperature of the water that leaves, °C."""
    return means["leaving_c" if mode == "heat" else "chilled_leaving_c"]


def at_rest(before: dict, now: dict) -> bool:
    """Whether two means, two minutes apart, are the same state."""
    return (
        abs(now["q_condenser_w"] - before["q_condenser_w"]) < 0.001 * abs(before["q_condenser_w"]) + 20.0
        and abs(now["discharge_psig"] - before["discharge_psig"]) < 0.2
        and abs(now["superheat_k"] - before["superheat_k"]) < 0.1
        and abs(now["coolant_c"] - before["coolant_c"]) < 0.2
    )


def reached(mode: str, means: dict, leaving_c: float, inlet_at_end: bool) -> bool:
    """Whether the water leaves as asked, or never will because the entering water is at its end."""
    return inlet_at_end or abs(leaving(mode, means) - leaving_c) < 0.02


def short_of_torque(means: dict, superheat_k: float, share: float) -> bool:
    """Whether the valve is held back because the engine's torque is used up."""
    return means["superheat_k"] > superheat_k + 0.5 and means["torque_nm"] > (share - 0.01) * means["torque_limit_nm"]


def sentences(mode: str, means: dict, leaving_c: float, superheat_k: float, limited: str, rests: bool) -> list[str]:
    """Return what is wrong with the point, a sentence each; an empty list when it is what was asked."""
    show = quantities.show
    found = []

    def note(text, value, kind):
        found.append(text.format(show(value, kind)))

    water = leaving(mode, means)
    if abs(water - leaving_c) > WATER_NEAR_K:
        entering = show(means["entering_c" if mode == "heat" else "chilled_entering_c"], "c")
        found.append(
            f"leaving water of {show(leaving_c, 'c')} is not reached: it leaves at {show(water, 'c')} "
            f"with {entering} entering, the end of what may enter"
        )
    superheat = show(superheat_k, "k")
    if limited:
        note("the engine's torque is used up: the expansion valve is held back, superheat {}", means["superheat_k"], "k")
    elif means["superheat_k"] > superheat_k + SUPERHEAT_NEAR_K and means["valve_position"] >= OPEN_STEPS:
        note(f"the expansion valve is fully open, superheat {{}} instead of {superheat}", means["superheat_k"], "k")
    elif abs(means["superheat_k"] - superheat_k) > SUPERHEAT_NEAR_K:
        note(f"superheat is {{}} instead of {superheat}", means["superheat_k"], "k")
    most = PSIG_MAX[mode]
    if means["discharge_psig"] > most:
        note(f"discharge pressure of {{}} is beyond the machine's limit of {most:.0f} psig", means["discharge_psig"], "psig")
    least = EVAPORATING_MIN_C[mode]
    if means["evaporating_c"] < least:
        note(f"evaporation at {{}} is below the {show(least, 'c')} at which the machine stops", means["evaporating_c"], "c")
    if means["discharge_c"] > GAS_MAX_C:
        note(f"discharge gas of {{}} is beyond the machine's limit of {show(GAS_MAX_C, 'c')}", means["discharge_c"], "c")
    if mode == "heat" and water > LEAVING_MAX_C:
        note(f"hot water of {{}} is above the {show(LEAVING_MAX_C, 'c')} at which the machine stops", water, "c")
    if means["q_condenser_w"] <= 0.0:
        found.append("the condenser gives no heat: all of it comes from the engine")
    if not rests:
        found.append("the point does not come to rest: the numbers are those of one minute")
    return found
