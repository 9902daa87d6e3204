"""Draws faults from what the plant declares: every name, every kind, every parameter, within what hardware can do.

No list of names is kept here: targets come from the plant's signals and fault table and from the board's wires.
Ranges go by parameter; a new parameter of the plant's table needs one, and a test finds it missing.
"""

from ghptools.plant import faults, signals
from ghptools.plant.sensors import CHARACTER
from ghptools.scenario import columns, fields
from ghptools.virtual import wires

_BOARD = [f"chip:{name}" for name in wires.CHIPS] + [f"bus:{name}" for name in wires.BUSES]
_HOTTEST_PROBE_C = 145.0  # where the span of a thermistor's line ends
LEFT_OUT = ("late",)  # of a contact: the sweep's; drawn here, it would give every seed another run
# How likely a fault is one of ...; a target may stand in two groups, as hot_flow does.
GROUPS = {
    "sensor": (0.42, list(signals.SENSORS)),
    "actuator": (0.22, list(signals.COMMANDS)),
    "stream": (0.26, list(faults.STREAM_KINDS)),
    "board": (0.10, _BOARD),
}


def kinds(group, target):
    """Return {kind: parameters with defaults} of `target` as a member of `group`."""
    if group == "board":
        return {kind: {} for kind in fields.BOARD_KINDS[target.partition(":")[0]]}
    allowed = faults.kinds(target)
    streams = faults.STREAM_KINDS.get(target, {})
    if group == "stream":
        return streams
    return {kind: parameters for kind, parameters in allowed.items() if kind not in streams and kind not in LEFT_OUT}


def every():
    """Return all (group, target, kind) that can be drawn."""
    return [
        (group, target, kind) for group, (_, targets) in GROUPS.items() for target in targets for kind in kinds(group, target)
    ]


def draw(dice):
    """Return one fault as the table that a scenario's `inject` takes."""
    group = dice.weighted({name: weight for name, (weight, _) in GROUPS.items()})
    target = dice.pick(GROUPS[group][1])
    return draw_kind(dice, group, target, dice.pick(list(kinds(group, target))))


def draw_kind(dice, group, target, kind):
    """Return the fault `kind` of `target` with drawn parameters."""
    fault = {"target": target, "kind": kind}
    for name in kinds(group, target)[kind]:
        value = _parameter(dice, target, kind, name)
        if value is not None:
            fault[name] = value
    return fault


def _parameter(dice, target, kind, name):
    """Return a value in the base unit of the parameter, None to leave it at its default.

    KeyError when the plant's table has a parameter that is unknown here.
    """
    if name in ("value", "per_hour"):
        return _of_sensor(dice, target, kind)
    if name == "at":
        return _of_actuator(dice, target)
    if name == "with":
        return dice.pick(_alike(target))
    if kind == "slow":
        return dice.ratio(2.0, 60.0) if target in signals.SENSORS else dice.ratio(0.03, 0.9)  # lag, or speed
    low, high = _RANGES.get((kind, name)) or _RANGES[name]
    if name in ("factor", "fraction") and dice.chance(_TOTAL.get(kind, 0.0)):
        return 1.0 if name == "fraction" else 0.0
    return dice.ratio(low, high) if low > 0 and high / low > 10 else dice.between(low, high, 2)


# (kind, parameter) or parameter: least, most
_RANGES = {
    ("factor", "factor"): (0.0, 1.4),
    ("noise", "factor"): (2.0, 60.0),
    ("fouling", "factor"): (0.15, 0.95),
    ("weak", "factor"): (0.1, 0.9),
    ("slip", "factor"): (0.1, 0.9),
    ("bursts", "fraction"): (0.002, 0.3),
    ("lost_steps", "fraction"): (0.01, 0.6),
    "fraction": (0.01, 0.9),
    "size": (0.02, 1.0),
    "per_second": (0.05, 40.0),
    "kpa": (0.0, 200.0),
    ("pressure", "kpa"): (0.0, 4.0),
    "kg": (0.5, 12.0),
    "kg_per_hour": (0.2, 60.0),
    "seconds": (0.3, 60.0),
}
# How often such a fault is a total one: a stream that stops, a pickup that loses every pulse.
_TOTAL = {"factor": 0.35, "lost": 0.4}


def _of_sensor(dice, target, kind):
    if target in signals.DIGITAL_SENSORS:
        return float(dice.whole(0, 1))
    span = CHARACTER[target][3]
    if kind in ("bias", "drift"):
        share = dice.ratio(0.01, 0.5, 3) * (1.0 if kind == "bias" else 4.0)
        return round(span * share * (1 if dice.chance(0.5) else -1), 3)
    if dice.chance(0.4):
        return None  # stuck where it is
    low = _HOTTEST_PROBE_C - span if columns.kind("sensed." + target) == "c" and span < 500 else 0.0
    return dice.between(low, low + span, 3)


def _of_actuator(dice, target):
    if dice.chance(0.3):
        return None
    if target in signals.STEPPER_COMMANDS:
        return float(dice.whole(0, 500))
    if target in signals.DIGITAL_COMMANDS and target not in faults.POSITIONAL:
        return float(dice.whole(0, 1))
    return dice.between(0.0, 1.0, 2) if dice.chance(0.6) else float(dice.whole(0, 1))


def _alike(target):
    """Return the sensors whose plugs fit where `target` is plugged in: another one of the same span."""
    span = CHARACTER[target][3]
    same = [name for name in signals.ANALOG_SENSORS if name != target and CHARACTER[name][3] == span]
    if same:
        return same
    kind = columns.kind("sensed." + target)
    return [name for name in signals.ANALOG_SENSORS if name != target and columns.kind("sensed." + name) == kind] or [
        name for name in signals.ANALOG_SENSORS if name != target
    ]
