"""``Plant``: the simulated machine as a Python object around the kernels' arrays."""

import numpy as np

from ghptools.plant import faults, limits, refrigerant, signals
from ghptools.plant import layout as L
from ghptools.plant import parameters as p
from ghptools.plant.refrigerant import sat
from ghptools.plant.sensors import CHARACTER
from ghptools.plant.step import advance, prime

GALLON = 3.785412e-3  # m³

START_DEFAULTS = {
    "tank_c": 45.0,  # hot tank, °C; a list of four sets the nodes, top first
    "chilled_c": 12.0,  # chilled tank, °C; a list of three sets the nodes, cold end first
    "ambient_c": signals.ENV_DEFAULTS["ambient_c"],  # °C
    "humidity": signals.ENV_DEFAULTS["humidity"],  # 0..1
    "engine_c": None,  # coolant, °C; None = ambient
    "coil_c": None,  # coil wall and refrigerant, °C; None = ambient
    "plate_c": None,  # plate, °C; None = the water it is connected to
    "catalyst_c": None,  # °C; None = ambient
    "mode": "heat",  # "heat" | "cool": position of the reversing valve and of the water valves
    "frost_kg": 0.0,
    "charge_kg": p.CHARGE,
    "charge_at": "coldest",  # "coldest" (long off) | "condenser" (just stopped)
    "tank_volume_gal": 300.0,
    "chilled_volume_gal": 300.0,
    "valve_steps": 0.0,  # true position of the expansion valve; the command counts from here
    "battery_v": 12.7,  # at rest
    "noise": 1.0,  # factor on sensor noise, 0 = none
    "calibration": 1.0,  # factor on the seeded calibration errors, 0 = exact sensors
}

_STREAM_INDEX = {
    ("hot_flow", "factor"): "HOT_FLOW", ("chilled_flow", "factor"): "CHILLED_FLOW",
    ("air_flow", "factor"): "AIR_FLOW", ("coolant_flow", "factor"): "COOLANT_FLOW", ("gas", "factor"): "GAS",
    ("gas", "pressure"): "GAS_KPA", ("charge", "leak"): "LEAK", ("charge", "non_condensables"): "NONCOND",
    ("battery", "factor"): "BATTERY", ("oil", "factor"): "OIL", ("ignition", "fail"): "IGNITION",
    ("spark", "factor"): "SPARK", ("misfire", "factor"): "SPARK",
    ("compressor_torque", "factor"): "COMP_TORQUE", ("coil", "fouling"): "FOUL_COIL",
    ("condenser", "fouling"): "FOUL_COND", ("evaporator", "fouling"): "FOUL_EVAP",
    ("exhaust", "fouling"): "FOUL_EXHAUST", ("engine_exchanger", "fouling"): "FOUL_ENGINE",
    ("radiator", "fouling"): "FOUL_RADIATOR", ("starter", "dead"): "STARTER", ("starter", "weak"): "STARTER",
    ("clutch", "slip"): "CLUTCH",
}
_STREAM_NAMES = tuple(L.STREAM_DOCS)


class Plant:
    """The machine, its water loops and its sensors.

    ``seed`` fixes noise and calibration errors; ``start`` overrides ``START_DEFAULTS`` (ValueError for an unknown
    key). ``cmd``, ``sensed``, ``truth`` and ``env`` are arrays in the order of ``signals``: write ``cmd`` and
    ``env`` at will, they act from the next ``advance``. Equal seeds and inputs give equal results, bit for bit.
    """

    def __init__(self, seed: int = 1, start: dict | None = None):
        options = _options(start)
        self.seed = seed
        self._table = refrigerant.table()
        self._state = np.zeros(L.STATES)
        self.cmd = np.zeros(len(signals.COMMANDS))
        self.sensed = np.zeros(len(signals.SENSORS))
        self.sensor_fault = np.zeros(len(signals.SENSORS), dtype=np.int32)
        self.truth = np.zeros(len(signals.TRUTH))
        self.env = np.array([signals.ENV_DEFAULTS[name] for name in signals.ENV])
        self._actuators = np.zeros((len(signals.COMMANDS), len(L.ACTUATOR_COLUMNS)))
        self._streams = np.array([L.STREAM_HEALTHY[name] for name in _STREAM_NAMES])
        self._sensors = np.zeros((len(signals.SENSORS), len(L.SENSOR_COLUMNS)))
        self._effective = np.zeros(len(signals.COMMANDS))
        self._work = np.zeros(len(signals.ANALOG_SENSORS))
        self._rng = np.array([(seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) % 2**64 or 1], dtype=np.uint64)
        self._ms = 0
        self._active: dict[tuple[str, str], dict] = {}
        self._setup_sensors(seed, options)
        for name in signals.COMMANDS:
            self._heal_actuator(signals.COMMANDS.index(name))
        self._setup_state(options)
        prime(
            self._state, self.cmd, self.env, self._actuators, self._streams, self._sensors, self._effective,
            self._work, self.sensed, self.truth, self._table,
        )

    # --- time ------------------------------------------------------------------------------------------

    @property
    def time_s(self) -> float:
        """Simulated time since the start, s."""
        return self._ms / 1000.0

    def advance(self, ms: int) -> None:
        """Integrate ``ms`` milliseconds (a multiple of 10, ValueError otherwise) and refresh all outputs."""
        steps, rest = divmod(ms, p.STEP_MS)
        if rest or steps < 0:
            raise ValueError(f"ms must be a non-negative multiple of {p.STEP_MS}, not {ms}")
        if steps == 0:
            return
        advance(
            steps, self._state, self.cmd, self.env, self._actuators, self._streams, self._sensors, self._effective,
            self._work, self._rng, self.sensed, self.truth, self._table,
        )
        self._ms += ms

    def get(self, name: str) -> float:
        """One value of ``truth`` by name."""
        return float(self.truth[signals.TRUTH.index(name)])

    def command(self, **values: float) -> None:
        """Set commands by name; ValueError for an unknown one."""
        for name, value in values.items():
            if name not in signals.COMMANDS:
                raise ValueError(f"no command {name!r}; commands are: {', '.join(signals.COMMANDS)}")
            self.cmd[signals.COMMANDS.index(name)] = value

    def set_env(self, **values: float) -> None:
        """Set environment values by name; ValueError for an unknown one."""
        for name, value in values.items():
            if name not in signals.ENV:
                raise ValueError(f"no environment value {name!r}; they are: {', '.join(signals.ENV)}")
            self.env[signals.ENV.index(name)] = value

    def reset_high_pressure_switch(self) -> bool:
        """Push the manual reset; it holds only once the discharge is below 300 psig. True if it held."""
        if self._state[L.S_P_DISCHARGE] < (300.0 + 14.696) * 6894.757:
            self._state[L.S_HP_OPEN] = 0.0
        return self._state[L.S_HP_OPEN] < 0.5

    # --- faults ----------------------------------------------------------------------------------------

    def inject(self, name: str, kind: str, **params) -> None:
        """Make ``name`` fail in the way of ``kind`` (see ``faults``); ValueError that says what is allowed."""
        full = faults.check(name, kind, params)
        if (name, kind) in _STREAM_INDEX or name == "charge":
            self._inject_stream(name, kind, full)
        elif name in signals.SENSORS and kind in (
            faults.ANALOG_KINDS | faults.PULSE_KINDS if name not in signals.DIGITAL_SENSORS else faults.DIGITAL_KINDS
        ):
            self._inject_sensor(signals.SENSORS.index(name), name, kind, full)
        else:
            self._inject_actuator(signals.COMMANDS.index(name), kind, full)
        self._active[(name, kind)] = full

    def clear(self, name: str | None = None) -> None:
        """Heal ``name``, or everything. Charge that leaked or was added stays so."""
        if name is not None and name not in faults.NAMES:
            raise ValueError(f"nothing called {name!r} can be injected; names are: {', '.join(faults.NAMES)}")
        for key in [k for k in self._active if name in (None, k[0])]:
            where, kind = key
            if key in _STREAM_INDEX:
                stream = _STREAM_INDEX[key]
                self._streams[_STREAM_NAMES.index(stream)] = L.STREAM_HEALTHY[stream]
                if stream == "COMP_TORQUE":
                    self._streams[L.X_COMP_UNTIL] = L.STREAM_HEALTHY["COMP_UNTIL"]
            if where in signals.SENSORS:
                self._heal_sensor(signals.SENSORS.index(where))
            if where in signals.COMMANDS:
                self._heal_actuator(signals.COMMANDS.index(where))
            self._active.pop(key, None)  # an end of a swap went with the other

    @property
    def active_faults(self) -> dict:
        """Injected faults: {(name, kind): parameters}."""
        return dict(self._active)

    def _inject_stream(self, name, kind, full):
        if name == "charge" and kind in ("overcharge", "undercharge"):
            self._charge(full["kg"] if kind == "overcharge" else -full["kg"])
            return
        stream = _STREAM_INDEX[(name, kind)]
        value = next(iter(full.values())) if full else 0.0
        if kind == "non_condensables" or kind == "leak" or kind == "pressure":
            value = max(value, 0.0)
        else:
            value = min(max(value, 0.0), 5.0)
        self._streams[_STREAM_NAMES.index(stream)] = value
        if stream == "COMP_TORQUE":
            seconds = full["seconds"]
            self._streams[L.X_COMP_UNTIL] = 1e18 if seconds is None else self._state[L.S_TIME] + seconds
        if stream.startswith("FOUL"):
            self._streams[_STREAM_NAMES.index(stream)] = max(value, 0.02)

    def _charge(self, kg):
        """Add liquid at the high side, or take vapour from the low side's vessel, at its own state."""
        plate_high = self._state[L.PLATE + L.V_P] >= self._state[L.COIL + L.V_P]
        v = L.PLATE if plate_high else L.COIL
        kg = max(kg, -0.9 * self._state[v + L.V_KG])
        specific = sat(self._table, refrigerant.UL, self._state[v + L.V_TSAT])
        self._state[v + L.V_KG] += kg
        self._state[v + L.V_J] += kg * specific
        self._state[L.S_VENTED] -= kg

    def _inject_sensor(self, i, name, kind, full):
        row = self._sensors[i]
        if kind in ("open", "short"):
            self.sensor_fault[i] = 1 if kind == "open" else 2
        elif kind == "stuck":
            row[L.F_STUCK] = 1.0
            value = full.get("value")
            row[L.F_AT] = L.HOLD if value is None else value
        elif kind == "bias":
            row[L.F_BIAS] = full["value"]
        elif kind == "drift":
            row[L.F_DRIFT] = full["per_hour"]
            row[L.F_SINCE] = self._state[L.S_TIME]
        elif kind == "noise" and name in signals.PULSE_SENSORS:
            row[L.F_EXTRA] = full["per_second"]
            row[L.F_BURST] = min(max(full["fraction"], 0.001), 1.0)
        elif kind == "noise":
            row[L.F_NOISE] = full["factor"]
        elif kind == "bursts":
            row[L.F_BURST] = min(max(full["fraction"], 0.0), 1.0)
            row[L.F_SIZE] = full["size"]
        elif kind == "slow":
            row[L.F_SLOW] = max(full["factor"], 0.05)
        elif kind == "swapped":
            j = signals.SENSORS.index(full["with"])
            self._unswap(i)
            self._unswap(j)
            row[L.F_SWAP] = j
            self._sensors[j, L.F_SWAP] = i
        elif kind == "lost":
            row[L.F_LOST] = min(max(full["fraction"], 0.0), 1.0)
        elif kind == "late":
            row[L.F_LATE] = full["seconds"]

    def _unswap(self, i):
        """Put both plugs of a swap that has analog sensor ``i`` at one end back in their places."""
        other = int(self._sensors[i, L.F_SWAP])
        for j in (i, other):
            self._sensors[j, L.F_SWAP] = j
            if other != i:
                self._active.pop((signals.SENSORS[j], "swapped"), None)

    def _heal_sensor(self, i):
        row = self._sensors[i]
        if i < len(signals.ANALOG_SENSORS):
            self._unswap(i)
        self.sensor_fault[i] = 0
        row[L.F_SLOW] = row[L.F_NOISE] = 1.0
        for column in (L.F_BIAS, L.F_DRIFT, L.F_BURST, L.F_SIZE, L.F_STUCK, L.F_AT, L.F_LOST, L.F_EXTRA, L.F_LATE):
            row[column] = 0.0

    def _inject_actuator(self, i, kind, full):
        row = self._actuators[i]
        if kind in ("stuck", "welded", "dead"):
            at = {"welded": 1.0, "dead": 0.0}.get(kind, full.get("at"))
            if at is None and signals.COMMANDS[i] not in (*faults.POSITIONAL, *signals.STEPPER_COMMANDS):
                at = float(self._effective[i])
            row[L.A_STUCK] = 1.0
            row[L.A_AT] = L.HOLD if at is None else at
        elif kind == "slow":
            row[L.A_RATE] = min(max(full["factor"], 0.0), 10.0)
        elif kind == "lost_steps":
            row[L.A_LOST] = min(max(full["fraction"], 0.0), 1.0)

    def _heal_actuator(self, i):
        self._actuators[i] = (0.0, L.HOLD, 1.0, 0.0)

    # --- copies ----------------------------------------------------------------------------------------

    def snapshot(self) -> dict:
        """A full copy of the machine's state, for ``restore`` on this or another ``Plant``."""
        copy = {name: getattr(self, name).copy() for name in _ARRAYS}
        copy["ms"] = self._ms
        copy["active"] = dict(self._active)
        return copy

    def restore(self, saved: dict) -> None:
        """Return to a snapshot; the arrays keep their identity."""
        for name in _ARRAYS:
            getattr(self, name)[...] = saved[name]
        self._ms = saved["ms"]
        self._active = dict(saved["active"])

    # --- start -----------------------------------------------------------------------------------------

    def _setup_sensors(self, seed, options):
        rng = np.random.default_rng(seed)
        F = self._sensors
        for i, name in enumerate(signals.SENSORS):
            self._heal_sensor(i)
            if name in CHARACTER:
                tau, sigma, calibration, span = CHARACTER[name]
                F[i, L.F_TAU] = tau
                F[i, L.F_SIGMA] = sigma * options["noise"]
                F[i, L.F_OFFSET] = float(np.clip(rng.normal(), -2.0, 2.0)) * calibration * options["calibration"]
                F[i, L.F_RANGE] = span
                F[i, L.F_SWAP] = i

    def _setup_state(self, o):
        S = self._state
        ambient = o["ambient_c"]
        self.env[L.E_AMBIENT_C] = ambient
        self.env[L.E_HUMIDITY] = o["humidity"]
        cool = o["mode"] == "cool"
        S[L.S_TANK_0 : L.S_TANK_3 + 1] = o["tank_c"]
        S[L.S_COLD_0 : L.S_COLD_2 + 1] = o["chilled_c"]
        S[L.S_TANK_M3] = o["tank_volume_gal"] * GALLON
        S[L.S_COLD_M3] = o["chilled_volume_gal"] * GALLON
        water = float(S[L.S_COLD_2] if cool else S[L.S_TANK_3])
        coil = ambient if o["coil_c"] is None else o["coil_c"]
        plate = water if o["plate_c"] is None else o["plate_c"]
        S[L.S_PLATE_IN] = S[L.S_PLATE_OUT] = plate
        S[L.S_COND_OUT] = S[L.S_HX_OUT] = S[L.S_TANK_3]
        S[L.COIL + L.V_WALL] = S[L.COIL + L.V_T] = coil
        S[L.PLATE + L.V_WALL] = S[L.PLATE + L.V_T] = plate
        S[L.S_REV] = S[L.S_WVALVE] = 1.0 if cool else 0.0
        S[L.S_COOLANT] = ambient if o["engine_c"] is None else o["engine_c"]
        S[L.S_EXHAUST] = S[L.S_COOLANT]
        S[L.S_CATALYST] = ambient if o["catalyst_c"] is None else o["catalyst_c"]
        S[L.S_FROST] = o["frost_kg"]
        S[L.S_MANIFOLD] = p.P_AIR
        S[L.S_BATTERY] = S[L.S_BATTERY_REST] = o["battery_v"]
        S[L.S_VALVE] = S[L.S_VALVE_TARGET] = o["valve_steps"]
        S[L.S_LAMBDA] = S[L.S_LAMBDA_LATE] = S[L.S_O2] = 9.99
        S[L.S_RING_0 : L.S_RING_0 + 16] = 9.99
        S[L.S_MIX] = 0.5
        S[L.S_T_SUCTION], S[L.S_X_SUCTION] = coil if not cool else plate, 1.0
        S[L.S_T_DISCHARGE] = S[L.S_COOLANT]
        S[L.S_T_LIQUID] = coil if cool else plate
        plate_high = not cool
        if o["charge_at"] == "coldest":
            self._place(o["charge_kg"], coil, plate, plate_high, cold_is_coil=coil <= plate)
        else:
            self._place(o["charge_kg"], coil, plate, plate_high, cold_is_coil=cool)

    def _place(self, charge, coil, plate, plate_high, cold_is_coil):
        """All liquid in one vessel and gas at the same pressure in the other; what does not fit stays there."""
        S = self._state
        S[L.S_RECEIVER] = S[L.S_RECEIVER_AT] = 1.0 if plate_high else 0.0
        volumes = {
            L.COIL: p.V_COIL + p.V_LINE_COIL + (0.0 if plate_high else p.V_RECEIVER),
            L.PLATE: p.V_PLATE + p.V_LINE_PLATE + (p.V_RECEIVER if plate_high else 0.0),
        }
        temps = {L.COIL: coil, L.PLATE: plate}
        wet, dry = (L.COIL, L.PLATE) if cold_is_coil else (L.PLATE, L.COIL)
        r, tab = refrigerant, self._table
        t_wet = min(max(temps[wet], r.T_MIN), 80.0)
        t_dry = min(max(temps[dry], r.T_MIN), 80.0)
        # gas at the pressure of the colder one, stretched by its own temperature
        t_sat = min(t_wet, t_dry)
        kg = volumes[dry] / sat(tab, r.VG, t_sat) * (t_sat + r.KELVIN) / (t_dry + r.KELVIN)
        full = 0.995 * volumes[wet] / sat(tab, r.VL, t_wet)
        if charge - kg <= full:
            t_dew = r._find(tab, r.VG, volumes[dry] / kg, False)
            S[dry + L.V_KG] = kg
            S[dry + L.V_J] = kg * (sat(tab, r.UG, t_dew) + r.gas_cv(t_dew) * max(t_dry - t_dew, 0.0))
        else:  # the cold vessel is full and under the pressure of the liquid left in the other
            squeeze = max(sat(tab, r.P, t_dry) - sat(tab, r.P, t_wet), 0.0) / r.SPRING
            full = min(volumes[wet] / sat(tab, r.VL, t_wet) * (1.0 + squeeze), charge - kg)
            kg = charge - full
            self._fill(dry, kg, volumes[dry], t_dry)
        self._fill(wet, charge - kg, volumes[wet], t_wet)

    def _fill(self, vessel, kg, volume, t):
        """Put ``kg`` at saturation temperature ``t`` into a vessel."""
        r, tab = refrigerant, self._table
        x = (volume / kg - sat(tab, r.VL, t)) / (sat(tab, r.VG, t) - sat(tab, r.VL, t))
        u = sat(tab, r.UL, t) + min(max(x, 0.0), 1.0) * (sat(tab, r.UG, t) - sat(tab, r.UL, t))
        self._state[vessel + L.V_KG] = kg
        self._state[vessel + L.V_J] = kg * u


_ARRAYS = (
    "_state", "cmd", "sensed", "sensor_fault", "truth", "env", "_actuators", "_streams", "_sensors", "_effective",
    "_work", "_rng",
)


def _options(start):
    given = dict(start or {})
    unknown = [key for key in given if key not in START_DEFAULTS]
    if unknown:
        raise ValueError(f"unknown start key {unknown[0]!r}; keys are: {', '.join(START_DEFAULTS)}")
    options = START_DEFAULTS | given
    for key, words in limits.START_WORDS.items():
        if options[key] not in words:
            raise ValueError(f"{key} must be {' or '.join(map(repr, words))}, not {options[key]!r}")
    for key, may in limits.START.items():
        value = options[key]
        layers = isinstance(value, (list, tuple)) and len(value) == may.layers
        if value is not START_DEFAULTS[key] and not all(may.holds(one) for one in (value if layers else [value])):
            raise ValueError(f"{key} must be {may.text()}, not {value!r}")
    return options
