"""What can be injected: names, kinds, parameters, and where they land in the plant's fault arrays.

Pure Python. A *name* is a sensor or command of ``signals`` or a stream of ``STREAMS``; where a pulse sensor
and a stream share a name (hot_flow, chilled_flow) the kind tells which is meant. Faults combine.
"""

from ghptools.plant import limits, signals

ANALOG_KINDS = {
    "open": {}, "short": {}, "stuck": {"value": None}, "bias": {"value": 0.0}, "drift": {"per_hour": 0.0},
    "noise": {"factor": 10.0}, "bursts": {"fraction": 0.05, "size": 0.3}, "slow": {"factor": 5.0},
    "swapped": {"with": None},
}
PULSE_KINDS = {"lost": {"fraction": 1.0}, "stuck": {}, "noise": {"per_second": 1.0, "fraction": 0.05}}
DIGITAL_KINDS = {"stuck": {"value": None}, "late": {"seconds": 20.0}}
POSITION_KINDS = {"stuck": {"at": None}, "slow": {"factor": 0.2}}
STEPPER_KINDS = {"stuck": {"at": None}, "slow": {"factor": 0.2}, "lost_steps": {"fraction": 0.1}}
POSITIONAL = (
    "reversing_valve", "water_valve", "throttle", "mixture_valve", "heat_recovery_valve", "unloader", "clutch",
    "liquid_valve",
)
STREAM_KINDS = {
    "hot_flow": {"factor": {"factor": 0.0}},
    "chilled_flow": {"factor": {"factor": 0.0}},
    "air_flow": {"factor": {"factor": 0.0}},
    "coolant_flow": {"factor": {"factor": 0.0}},
    "gas": {"factor": {"factor": 0.0}, "pressure": {"kpa": 0.0}},
    "charge": {"leak": {"kg_per_hour": 1.0}, "overcharge": {"kg": 5.0}, "undercharge": {"kg": 5.0},
               "non_condensables": {"kpa": 50.0}},
    "battery": {"factor": {"factor": 0.7}},
    "oil": {"factor": {"factor": 0.0}},
    "ignition": {"fail": {}},
    "spark": {"factor": {"factor": 0.8}},
    "misfire": {"factor": {"factor": 0.8}},
    "compressor_torque": {"factor": {"factor": 1.2, "seconds": None}},
    "coil": {"fouling": {"factor": 0.7}},
    "condenser": {"fouling": {"factor": 0.7}},
    "evaporator": {"fouling": {"factor": 0.7}},
    "exhaust": {"fouling": {"factor": 0.7}},
    "engine_exchanger": {"fouling": {"factor": 0.7}},
    "radiator": {"fouling": {"factor": 0.7}},
    "starter": {"dead": {}, "weak": {"factor": 0.5}},
    "clutch": {"slip": {"factor": 0.4}},
}


def kinds(name: str) -> dict:
    """Kinds allowed for ``name`` with their parameters and defaults; ``{}`` for an unknown name."""
    allowed = dict(STREAM_KINDS.get(name, {}))
    if name in signals.ANALOG_SENSORS:
        allowed |= ANALOG_KINDS
    elif name in signals.PULSE_SENSORS:
        allowed |= PULSE_KINDS
    elif name in signals.DIGITAL_SENSORS:
        allowed |= DIGITAL_KINDS
    if name in signals.STEPPER_COMMANDS:
        allowed |= STEPPER_KINDS
    elif name in signals.COMMANDS:
        allowed |= POSITION_KINDS if name in POSITIONAL else {"stuck": {"at": None}}
        if name in signals.DIGITAL_COMMANDS:
            allowed |= {"welded": {}, "dead": {}}
    return allowed


NAMES = tuple(dict.fromkeys((*signals.SENSORS, *signals.COMMANDS, *STREAM_KINDS)))


def allowed(name: str, kind: str, key: str) -> limits.Range:
    """Range of parameter ``key`` (not ``with``) of a fault that ``kinds`` knows, in the parameter's own unit."""
    if key in ("value", "per_hour"):
        if name in signals.DIGITAL_SENSORS:
            return limits.CONTACT
        shown = limits.SENSORS.get(name, limits.SENSOR_ELSE)
        if kind == "stuck":
            return shown
        span = (shown.high - shown.low) * (limits.DRIFT_SPANS if key == "per_hour" else 1.0)
        return limits.Range(-span, span)
    if key == "at":
        if name in signals.STEPPER_COMMANDS:
            return limits.STEPPER
        return limits.CONTACT if name in signals.DIGITAL_COMMANDS and name not in POSITIONAL else limits.SHARE
    if kind == "slow":
        return limits.SLOW_SENSOR if name in signals.SENSORS else limits.SLOW_ACTUATOR
    return limits.PARAMETERS.get((kind, key)) or limits.PARAMETERS[key]


def check(name: str, kind: str, params: dict) -> dict:
    """Parameters completed with defaults; ValueError that says what is allowed.

    ``other`` may be written for ``with`` (a Python keyword).
    """
    if name not in NAMES:
        raise ValueError(f"nothing called {name!r} can be injected; names are: {', '.join(NAMES)}")
    known = kinds(name)
    if kind not in known:
        raise ValueError(f"{name} has no fault {kind!r}; kinds are: {', '.join(known)}")
    defaults = known[kind]
    if "with" in defaults and "other" in params:
        params = {"with": params["other"]} | {k: v for k, v in params.items() if k != "other"}
    for key, value in params.items():
        if key not in defaults:
            raise ValueError(f"{name} {kind} takes {', '.join(defaults) or 'no parameters'}; not {key!r}")
        if key == "with" or (value is None and defaults[key] is None):
            continue
        may = allowed(name, kind, key)
        if not isinstance(value, (int, float)) or (isinstance(value, bool) and not may.contact):
            raise ValueError(f"{name} {kind}: {key} must be a number, not {value!r}")
        if not may.holds(value):
            raise ValueError(f"{name} {kind}: {key} must be {may.text()}, not {value!r}")
    if kind == "swapped" and params.get("with") not in signals.ANALOG_SENSORS:
        raise ValueError(f"{name} swapped: with must be one of {', '.join(signals.ANALOG_SENSORS)}")
    return defaults | params
