"""The cabinet's electrics between the plant and the wires: volts, contacts, pulses, actuators, fuel relay.

Sensors: supply 5.000 V; ratiometric transducers give 0.5..4.5 V over their range; thermistors follow
R = R25 * exp(B * (1/T - 1/298.15 K)) behind a 10 kOhm resistor to the supply; thermocouples are linear at the
41.276 uV/degree that MAX31855 assumes.  The firmware has its own integer tables for the way back.

Fuel relay: its coil is fed by the hardwired chain (chain contact, high pressure switch, emergency stop) and
switched by a window watchdog, which wants the heartbeat line to change at least every 200 ms and, once it
has dropped, one second of such changes.
"""

import numpy as np

from ghptools.plant import signals
from ghptools.plant.jit import kernel
from ghptools.virtual import wires

HEALTHY, OPEN, SHORT = 0, 1, 2  # codes of plant.sensor_fault

HEARTBEAT_LIMIT_MS = 200
HEARTBEAT_PROOF_MS = 1000
PLANT_STEP_MS = 10  # the plant advances by multiples of this; what is left over is owed to it
SLICE_MS = 50  # the watchdog is looked at this often while the controller is late or restarting

PSI = 6.894757  # kPa
ATMOSPHERE = 101.325
INCH_WATER = 0.24908891  # kPa

_RATIOMETRIC, _NTC, _VOLTS, _FIXED, _THERMOCOUPLE = range(5)
_SUPPLY_V = 5.0
_RELAYS = slice(
    wires.position(wires.OUT, wires.RELAYS[0]), wires.position(wires.OUT, wires.RELAYS[0]) + len(wires.RELAYS)
)
_BIAS_OHM = 10000.0
# A transducer beyond its range stays inside its supply: the firmware takes less than 0.25 V for a broken wire.
_SATURATE_LOW_V = 0.3
_SATURATE_HIGH_V = 4.7

# point -> kind, two parameters.  Ratiometric: value at 0.5 V and span to 4.5 V in the plant's unit;
# thermistor: R25 in ohm and B in kelvin; volts: gain, unused; fixed: volts, unused.
_ANALOG = {
    "suction_pressure": (_RATIOMETRIC, 0.0, 200 * PSI),
    "discharge_pressure": (_RATIOMETRIC, ATMOSPHERE, 500 * PSI),
    "oil_pressure": (_RATIOMETRIC, 0.0, 100 * PSI),
    "gas_pressure": (_RATIOMETRIC, 0.0, 30 * INCH_WATER),
    "reference_volts": (_FIXED, 2.5, 0.0),
    "lambda_volts": (_VOLTS, 1.0, 0.0),
    "battery_volts": (_VOLTS, 0.25, 0.0),
    "discharge_temp": (_NTC, 100000.0, 3990.0),
    "exhaust_temp": (_THERMOCOUPLE, 0.0, 0.0),
    "catalyst_temp": (_THERMOCOUPLE, 0.0, 0.0),
}
_NTC_10K = (_NTC, 10000.0, 3977.0)

# wire -> sensor of the plant, level changes per unit (60 teeth, 2000 pulses/m3, 20 pulses/L; two a pulse)
_PULSES = {
    "engine_speed": ("engine_revs", 120.0),
    "gas_meter": ("gas_meter", 4000.0),
    "hot_flow": ("hot_flow", 40.0),
    "chilled_flow": ("chilled_flow", 40.0),
}


@kernel
def _sense(sensed, fault, inp, analog, analog_parameters, counters, counter_scale, contacts):
    for row in range(analog.shape[0]):
        place = analog[row, 0]
        source = analog[row, 1]
        kind = analog[row, 2]
        first = analog_parameters[row, 0]
        second = analog_parameters[row, 1]
        state = fault[source] if source >= 0 else 0
        value = sensed[source] if source >= 0 else 0.0
        volts = 0.0
        if kind == _RATIOMETRIC:
            if state == HEALTHY:
                volts = 0.5 + 4.0 * (value - first) / second
                volts = min(max(volts, _SATURATE_LOW_V), _SATURATE_HIGH_V)
            elif state == SHORT:
                volts = _SUPPLY_V
        elif kind == _NTC:
            if state == HEALTHY:
                ohm = first * np.exp(second * (1.0 / (value + 273.15) - 1.0 / 298.15))
                volts = _SUPPLY_V * ohm / (ohm + _BIAS_OHM)
            elif state == OPEN:
                volts = _SUPPLY_V
        elif kind == _VOLTS:
            if state == HEALTHY:
                volts = value * first
        elif kind == _FIXED:
            volts = first
        elif state == OPEN:
            inp[place] = wires.TC_OPEN
            continue
        elif state == SHORT:
            inp[place] = wires.TC_SHORT_GROUND
            continue
        else:
            volts = (value - wires.CABINET_C) * 41.276e-6
        inp[place] = int(np.floor(volts * 1e6 + 0.5))
    for row in range(counters.shape[0]):
        source = counters[row, 1]
        if fault[source] == HEALTHY:  # a broken pickup makes no edges at all
            inp[counters[row, 0]] = int(np.floor(sensed[source] * counter_scale[row])) & wires.COUNT_MASK
    for row in range(contacts.shape[0]):
        source = contacts[row, 1]
        state = fault[source]
        closed = sensed[source] > 0.5
        inp[contacts[row, 0]] = 1 if (closed and state == HEALTHY) or state == SHORT else 0


@kernel
def _command(out, cmd, linear, linear_scale, steps, valve, relay, dt_ms, heartbeat, permit):
    for row in range(linear.shape[0]):
        cmd[linear[row, 1]] = out[linear[row, 0]] * linear_scale[row]
    # steps[0] is the counter as last seen, steps[1] the signed total
    change = (out[valve[0]] - steps[0]) & wires.COUNT_MASK
    if change > wires.COUNT_MASK >> 1:
        change -= wires.COUNT_MASK + 1
    steps[0] = out[valve[0]]
    steps[1] += change
    cmd[valve[1]] = steps[1]
    # heartbeat: level, ms since it changed, ms of good changes, relay
    if out[valve[2]] != heartbeat[0]:
        if heartbeat[1] <= HEARTBEAT_LIMIT_MS:
            heartbeat[2] += heartbeat[1]
        else:
            heartbeat[2] = 0
        heartbeat[0] = out[valve[2]]
        heartbeat[1] = 0
    if heartbeat[1] > HEARTBEAT_LIMIT_MS:
        heartbeat[2] = 0
        heartbeat[3] = 0
    elif heartbeat[2] >= HEARTBEAT_PROOF_MS:
        heartbeat[3] = 1
    heartbeat[1] += dt_ms
    cmd[relay] = 1.0 if heartbeat[3] and permit else 0.0


def _table(rows):
    return np.array(rows, dtype=np.int64)


class Electrics:
    """One cabinet around one plant.

    plant   ghptools.plant.Plant: .cmd .sensed .sensor_fault .truth .env arrays in the order of its signals,
            .advance(ms)
    """

    def __init__(self, plant):
        self.plant = plant
        sensor = signals.SENSORS.index
        analog, parameters = [], []
        for name in wires.ADC_IN + wires.THERMOCOUPLES:
            kind, first, second = _ANALOG.get(name, _NTC_10K)
            source = -1 if kind == _FIXED else sensor(name)
            analog.append((wires.position(wires.IN, name), source, kind))
            parameters.append((first, second))
        self._analog = _table(analog)
        self._analog_parameters = np.array(parameters, dtype=np.float64)
        self._counters = _table(
            [(wires.position(wires.IN, name), sensor(source)) for name, (source, _) in _PULSES.items()]
        )
        self._counter_scale = np.array([scale for _, scale in _PULSES.values()])
        self._contacts = _table(
            [
                (wires.position(wires.IN, name), sensor(name))
                for name in wires.CONTACTS
                if name in signals.SENSORS
            ]
        )
        linear, scales = [], []
        for name in signals.COMMANDS:
            if name in ("fuel_relay", "expansion_valve"):
                continue
            linear.append((wires.position(wires.OUT, name), signals.COMMANDS.index(name)))
            if name in ("throttle", "mixture_valve"):
                scales.append(1 / 65535)
            elif name in ("lead_fan_speed", "pump_hot_speed", "heat_recovery_valve"):
                scales.append(1e-7)
            else:
                scales.append(1.0)
        self._linear = _table(linear)
        self._linear_scale = np.array(scales)
        self._steps = np.zeros(2, dtype=np.int64)
        self._valve = _table(
            [
                wires.position(wires.OUT, "valve_steps"),
                signals.COMMANDS.index("expansion_valve"),
                wires.position(wires.OUT, "heartbeat"),
            ]
        )
        self._relay = signals.COMMANDS.index("fuel_relay")
        self._heartbeat = _table([0, HEARTBEAT_LIMIT_MS + 1, 0, 0])
        self._owed_ms = 0
        self._dead = np.zeros(len(wires.OUT), dtype=np.int32)
        self._chain = sensor("safety_chain")
        self._pressed = signals.ENV.index("emergency_stop_pressed")
        self._opened = signals.TRUTH.index("high_pressure_open")

    @property
    def fuel_relay(self):
        """True while the fuel relay is closed."""
        return bool(self.plant.cmd[self._relay])

    def sense(self, inp):
        """Fill the wires `inp` (int32 array) from the plant; wires of people and injections stay."""
        plant = self.plant
        _sense(
            plant.sensed,
            plant.sensor_fault,
            inp,
            self._analog,
            self._analog_parameters,
            self._counters,
            self._counter_scale,
            self._contacts,
        )

    def command(self, out, dt_ms):
        """Set plant.cmd from the wires `out` for the next `dt_ms`."""
        plant = self.plant
        permit = (
            plant.sensed[self._chain] > 0.5
            and plant.env[self._pressed] < 0.5
            and plant.truth[self._opened] < 0.5
        )
        _command(
            out,
            plant.cmd,
            self._linear,
            self._linear_scale,
            self._steps,
            self._valve,
            self._relay,
            dt_ms,
            self._heartbeat,
            permit,
        )

    def run(self, out, dt_ms):
        """Let the world run for `dt_ms` with the wires `out`, in slices that the watchdog can see."""
        while dt_ms > 0:
            part = dt_ms if dt_ms < SLICE_MS else SLICE_MS
            self.command(out, part)
            owed = self._owed_ms + part
            self._owed_ms = owed % PLANT_STEP_MS
            if owed >= PLANT_STEP_MS:
                self.plant.advance(owed - self._owed_ms)
            dt_ms -= part

    def rest(self, dt_ms, kept=None):
        """Let the world run for `dt_ms` with the controller dead: no coil, no pulse, no step.

        kept: output wires at a reset of the processor; their relays stay.  None: the supply was cut.
        """
        # Its step counter starts from zero with the next power-up; the valve itself stays where it is.
        self._steps[0] = 0
        self._dead[:] = 0
        if kept is not None:
            self._dead[_RELAYS] = kept[_RELAYS]
        self.run(self._dead, dt_ms)
