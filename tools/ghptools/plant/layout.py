"""Index constants of the flat arrays the kernels work on.

``C_*`` commands, ``N_*`` sensors, ``E_*`` environment and ``O_*`` truth follow the tables of ``signals``;
``S_*`` is the machine's state (with the algebraic values one part of a step hands to the next), ``X_*`` the
stream faults, ``A_*`` the columns of the actuator faults, ``F_*`` the columns of the sensor faults.
The constants are made from the tables below, so the order is written once.
"""

from ghptools.plant import signals

VESSEL_FIELDS = {
    "KG": "refrigerant, kg",
    "J": "internal energy, J",
    "T": "refrigerant temperature, °C",
    "TSAT": "saturation temperature at the pressure, °C",
    "P": "pressure, Pa",
    "X": "quality (below 0 liquid-full, above 1 dry)",
    "LIQ": "liquid, kg",
    "FLOOD": "share of the exchanger under liquid, 0..1",
    "WET": "liquid over the wetting charge",
    "WALL": "wall temperature, °C",
    "QWALL": "heat from refrigerant to wall, W",
}

STATE_DOCS = {
    **{f"COIL_{k}": f"coil: {d}" for k, d in VESSEL_FIELDS.items()},
    **{f"PLATE_{k}": f"plate: {d}" for k, d in VESSEL_FIELDS.items()},
    "RECEIVER": "share of the receiver belonging to the plate, 0..1",
    "RECEIVER_AT": "side the check valves point to: 1 plate, 0 coil",
    "VENTED": "refrigerant that left (leak, relief valve) less overcharge, kg",
    # actuators
    "VALVE": "expansion valve, true steps",
    "VALVE_TARGET": "where the stepper is going, steps",
    "VALVE_SENT": "command seen last, steps",
    "REV": "reversing valve, 0..1",
    "WVALVE": "water changeover pair, 0..1",
    "LIQVALVE": "liquid line solenoid, 0..1",
    "UNLOAD": "unloader, 0..1",
    "CLUTCH": "clutch pressure, 0..1",
    "THROTTLE": "0..1",
    "MIX": "mixture valve, 0..1",
    "RECOVERY": "heat recovery valve, 0..1",
    "FANS": "running fans, 0..6",
    "GAS": "gas valve, 0..1",
    # compressor and refrigerant flows
    "M_COMP": "kg/s",
    "M_VALVE": "kg/s, positive from the high side",
    "T_SUCTION": "°C",
    "X_SUCTION": "quality",
    "SUPERHEAT": "K",
    "SUBCOOL": "K",
    "T_DISCHARGE": "°C",
    "T_LIQUID": "°C",
    "T_LOAD": "compressor torque, N·m",
    "P_DISCHARGE": "with non-condensables, Pa",
    "P_SUCTION": "Pa",
    "Q_DESUPER": "discharge gas to plate water, W",
    "Q_SUBCOOL": "subcooling to plate water, W",
    "Q_COND": "W",
    "Q_EVAP": "W",
    "SHAFT": "W",
    # air side
    "AIRFLOW": "m³/s",
    "AIR_C": "heat capacity rate of the air, W/K",
    "FROST": "kg",
    "MELT": "kg",
    # water side
    "HOT_FLOW": "L/s",
    "CHILLED_FLOW": "L/s",
    "PUMP_SPEED": "hot pump drive, 0..1",
    "PLATE_FLOW": "L/s",
    "PLATE_IN": "water entering the plate, °C",
    "PLATE_OUT": "water in and leaving the plate, °C",
    "COND_OUT": "hot water between the exchangers, °C",
    "HX_OUT": "hot water leaving the engine exchanger, °C",
    "Q_PLATE": "wall to water, W",
    "TANK_0": "°C", "TANK_1": "°C", "TANK_2": "°C", "TANK_3": "°C",
    "COLD_0": "°C", "COLD_1": "°C", "COLD_2": "°C",
    "TANK_M3": "hot tank volume, m³",
    "COLD_M3": "chilled tank volume, m³",
    "HOT_SERVED": "W",
    "COLD_SERVED": "W",
    "ICE_S": "time the plate wall has been below freezing, s",
    "ICE": "latched until thawed",
    # engine
    "W_ENGINE": "rad/s",
    "W_COMP": "rad/s",
    "MANIFOLD": "Pa",
    "AIR": "engine air, kg/s",
    "FUEL": "engine fuel, kg/s",
    "P_LHV": "fuel power, W",
    "T_IND": "indicated torque, N·m",
    "T_BRAKE": "N·m",
    "T_LIMIT": "N·m",
    "FIRING": "share of the fuel that burns, 0..1",
    "LAMBDA": "mixture now",
    "LAMBDA_LATE": "mixture at the O2 sensor after transport",
    "O2": "sensor's own mixture after its lag",
    "BATTERY": "V",
    "BATTERY_REST": "battery at rest, V",
    "OIL": "kPa gauge",
    "COOLANT": "°C",
    "EXHAUST": "°C",
    "CATALYST": "°C",
    "JACKET": "W",
    "EXHAUST_W": "recovered, W",
    "STACK": "W",
    "Q_ENGINE_WATER": "W",
    "Q_RADIATOR": "W",
    "NOX": "ppm", "CO": "ppm",
    "ELECTRIC": "W",
    # digital memory
    "HP_OPEN": "350 psig switch has opened",
    "SW_HOT": "flow switch", "SW_COLD": "flow switch", "SW_GAS": "pressure switch",
    # totals
    "TIME": "s",
    "REVS": "revolutions", "GAS_M3": "m³", "HOT_L": "L", "COLD_L": "L",
    "FUEL_J": "LHV, J", "HOT_J": "J", "COLD_J": "J", "SHAFT_J": "J", "EVAP_J": "J", "COND_J": "J",
    "ELECTRIC_J": "J",
    # ring buffer of mixture for the exhaust transport delay, 16 steps
    "RING_AT": "write position",
    **{f"RING_{i}": "mixture" for i in range(16)},
}

STREAM_DOCS = {
    "HOT_FLOW": "factor", "CHILLED_FLOW": "factor", "AIR_FLOW": "factor", "COOLANT_FLOW": "factor",
    "GAS": "fuel flow factor", "GAS_KPA": "supply pressure, kPa; < 0 = as the weather file says",
    "LEAK": "kg/h", "NONCOND": "kPa", "BATTERY": "factor", "IGNITION": "1 = works", "SPARK": "torque factor",
    "OIL": "factor", "COMP_TORQUE": "factor", "COMP_UNTIL": "time the torque factor ends, s",
    "CLUTCH": "torque capacity factor", "STARTER": "torque factor", "FOUL_COIL": "UA factor", "FOUL_COND": "UA factor",
    "FOUL_EVAP": "UA factor", "FOUL_EXHAUST": "UA factor", "FOUL_ENGINE": "UA factor",
    "FOUL_RADIATOR": "UA factor",
}
STREAM_HEALTHY = dict.fromkeys(STREAM_DOCS, 1.0) | {
    "GAS_KPA": -1.0, "LEAK": 0.0, "NONCOND": 0.0, "COMP_UNTIL": 1e18,
}

ACTUATOR_COLUMNS = ("STUCK", "AT", "RATE", "LOST")  # flag; position (below −1e8: where it is); speed; fraction
SENSOR_COLUMNS = (
    "TRUE",  # lagged physical value
    "TAU",  # lag of the healthy sensor, s
    "SIGMA",  # noise, unit of the sensor
    "OFFSET",  # calibration error, unit of the sensor
    "RANGE",  # span, for bursts
    "SLOW",  # lag factor
    "NOISE",  # sigma factor
    "BIAS",  # injected, unit of the sensor
    "DRIFT",  # injected, unit per hour
    "SINCE",  # time the drift began, or a contact was last what it shows, s
    "BURST",  # fraction of samples
    "SIZE",  # burst height as a fraction of the range
    "STUCK",  # flag
    "AT",  # value when stuck
    "SWAP",  # index of the sensor whose value is shown
    "LOST",  # pulse inputs: fraction lost
    "EXTRA",  # pulse inputs: extra quantity per second while bursting
    "LATE",  # contacts: time a change must have lasted before it is shown, s
)

_G = globals()
for _prefix, _names in (
    ("C_", signals.COMMANDS), ("N_", signals.SENSORS), ("E_", signals.ENV), ("O_", signals.TRUTH),
    ("S_", STATE_DOCS), ("X_", STREAM_DOCS), ("A_", ACTUATOR_COLUMNS), ("F_", SENSOR_COLUMNS),
    ("V_", VESSEL_FIELDS),
):
    for _i, _name in enumerate(_names):
        _G[_prefix + _name.upper()] = _i

COIL = 0  # base of the coil's block in the state
PLATE = len(VESSEL_FIELDS)  # base of the plate's block

STATES = len(STATE_DOCS)
STREAMS = len(STREAM_DOCS)
HOLD = -1e9  # "where it is" in column AT
