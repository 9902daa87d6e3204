"""A bench for the slow scan: the plant's sensors are put into the readings directly, past converters and chips.

The engine sequence is a short stand-in (pump, crank, warm-up, clutch, load; pump-down, stop) around the real
governor, so that demand, capacity, limits, expansion valve, water and engine heat can be tried on the plant by
themselves and thousands of times faster than real time.
"""

from ghp.control.capacity import Capacity
from ghp.control.chilled_setpoint import ChilledSetpoint
from ghp.control.claims import Claims
from ghp.control.duty import COOLING, Duty
from ghp.control.engine_heat import EngineHeat
from ghp.control.envelope import Envelope
from ghp.control.expansion import Expansion
from ghp.control.fans import Fans
from ghp.control.governor import Governor
from ghp.control.heat_demand import HeatDemand
from ghp.control.ladder import MIN_PCT
from ghp.control.orders import Orders
from ghp.control.setpoint import Setpoint
from ghp.control.wallclock import WallClock
from ghp.control.water import Water
from ghp.image import Image
from ghp.outputs import Outputs
from ghp.protection import stops
from ghp.protection.freeze import Freeze
from ghp.protection.judges import Judges
from ghp.protection.limits import Limits
from ghp.protection.monitor import Monitor
from ghp.sensing.derived import Derived
from ghp.sensing.readings import GOOD, OPEN, Readings
from ghp.settings import Settings
from ghptools.plant import Plant, signals

BY_SEQUENCE = ("gas_valve", "ignition", "starter", "clutch", "throttle", "mixture_valve", "alarm_relay", "alarm_lamp")


class BenchEngine:
    """What the slow scan sees of the sequence."""

    def __init__(self, bench):
        self.bench = bench
        self.state = "off"
        self.since = 0
        self.clutch_at = None
        self.starts = 0
        self.last_stop = None
        self.last_start = None
        self.running = self.clutch_in = self.loaded = False
        self.valve_mode = 0
        self.pump_hot_wanted = self.pump_coolant_wanted = self.enclosure_fan_wanted = False
        self.fans_wanted = self.liquid_valve_wanted = False
        self.unload_wanted = True
        self.standstill = True
        self.speed_target = 0

    def clutch_ms(self, now_ms):
        return now_ms - self.clutch_at if self.clutch_at is not None else 0

    def go(self, state, now_ms):
        self.state = state
        self.since = now_ms

    def update(self, now_ms):
        bench = self.bench
        cmd = bench.plant.command
        age_s = (now_ms - self.since) / 1000
        rpm = bench.plant.get("engine_rpm")
        state = self.state
        wanted = bench.orders.run_wanted and bench.monitor.stop_class < stops.NORMAL_STOP
        if bench.monitor.stop_class >= stops.FAST_STOP and state not in ("off", "post"):
            self.stop(now_ms, 1)
        elif state == "off":
            ready = self.last_stop is None or now_ms - self.last_stop >= 300000
            ready = ready and (self.last_start is None or now_ms - self.last_start >= 600000)
            if wanted and ready:
                self.pump_hot_wanted = self.pump_coolant_wanted = self.enclosure_fan_wanted = True
                self.valve_mode = 1
                self.liquid_valve_wanted = True
                self.go("prepare", now_ms)
        elif state == "prepare" and age_s > 30 and bench.plant.get("delta_p_psi") < 30:
            cmd(starter=1, ignition=1, enclosure_fan=1)
            self.starts += 1
            self.last_start = now_ms
            self.go("crank", now_ms)
        elif state == "crank":
            if age_s > 4:
                cmd(gas_valve=1)
            bench.throttle = 8.0
            if rpm > 450:
                cmd(starter=0)
                self.running = True
                self.standstill = False
                self.speed_target = 1000
                self.go("warm", now_ms)
        elif state == "warm":
            if age_s > 30 and bench.plant.get("coolant_c") > 48.9 or age_s > 300:
                self.speed_target = 1100
                cmd(clutch=1)
                self.clutch_in = True
                self.clutch_at = now_ms
                self.fans_wanted = self.liquid_valve_wanted = True
                self.valve_mode = 2
                self.go("clutch", now_ms)
        elif state == "clutch" and age_s > 10:
            self.valve_mode = 3
            self.loaded = True
            self.unload_wanted = False
            self.go("run", now_ms)
        elif state == "run":
            self.speed_target = bench.orders.speed_rpm
            if not wanted:
                self.loaded = False
                self.unload_wanted = True
                self.speed_target = 1200
                self.valve_mode = 4
                self.go("pumpdown", now_ms)
        elif state == "pumpdown" and (age_s > 60 or bench.plant.get("suction_kpa") < 135.8 or bench.plant.get("discharge_kpa") > 2204):
            self.speed_target = 900
            cmd(clutch=0)
            self.clutch_in = self.fans_wanted = self.liquid_valve_wanted = False
            self.clutch_at = None
            self.valve_mode = 0
            self.go("idle", now_ms)
        elif state == "idle" and age_s > 120:
            self.stop(now_ms, 0)
        elif state == "post" and age_s > 180:
            self.pump_hot_wanted = self.pump_coolant_wanted = self.enclosure_fan_wanted = False
            self.go("off", now_ms)

    def stop(self, now_ms, mode):
        self.bench.plant.command(gas_valve=0, ignition=0, starter=0, clutch=0)
        self.running = self.clutch_in = self.loaded = self.fans_wanted = self.liquid_valve_wanted = False
        self.unload_wanted = True
        self.clutch_at = None
        self.valve_mode = mode
        self.speed_target = 0
        self.last_stop = now_ms
        self.standstill = True
        self.go("post", now_ms)


class BenchCold:
    """A chilled circuit that does not circulate in standby."""

    circulate = False


class BenchProof:
    """Flow of both circuits as their switches show it."""

    class Circuit:
        def __init__(self, bench, name):
            self._contact = getattr(bench.readings, name)

        @property
        def present(self):
            return self._contact.on

    def __init__(self, bench):
        self.hot = self.Circuit(bench, "flow_switch_hot")
        self.chilled = self.Circuit(bench, "flow_switch_chilled")


class Bench:
    """The slow scan's objects on a plant; `run(seconds)` lets time pass, `each` is called every slow scan."""

    def __init__(self, seed=1, start=None, **settings):
        self.plant = Plant(seed, start)
        self.plant.command(fuel_relay=1, mixture_valve=0.5)
        self.settings = Settings()
        for key, value in settings.items():
            self.settings.set(key, value)
        self.image = Image()
        self.readings = Readings(self.image)
        self.outputs = Outputs(self.image)
        self.monitor = Monitor()
        self.orders = Orders()
        self.governor = Governor(self.settings)
        self.engine = BenchEngine(self)
        duty = self.duty = Duty(self.readings)
        if start and start.get("mode") == "cool":
            duty.mode = COOLING
        self.proof = BenchProof(self)
        readings, settings, outputs, engine = self.readings, self.settings, self.outputs, self.engine
        self.derived = derived = Derived(readings, settings, duty, self.governor)
        self.setpoint = setpoint = Setpoint(readings, settings)
        self.envelope = Envelope(readings)
        self.limits = Limits(
            readings, settings, derived, setpoint, duty, engine, self.governor, MIN_PCT
        )
        self.chilled = chilled = ChilledSetpoint(readings, settings)
        self.capacity = Capacity(
            readings, settings, derived, (setpoint, chilled), duty, self.limits, self.envelope, engine, outputs
        )
        self.claims = Claims(readings, settings, WallClock(self.image, settings, self.monitor, None))
        self.demand = HeatDemand(readings, settings, setpoint, self.capacity, engine, duty, self.claims)
        self.expansion = Expansion(
            readings, settings, derived, duty, self.envelope, self.limits, engine, outputs
        )
        self.fans = Fans(
            readings, settings, derived, duty, self.capacity, self.limits, self.envelope, self.expansion, engine, outputs
        )
        self.water = Water(readings, settings, setpoint, derived, duty, engine, self.demand, BenchCold, self.proof, outputs)
        self.heat = EngineHeat(readings, settings, setpoint, duty, self.water, engine, self.monitor, outputs)
        self.freeze = Freeze(readings, settings, derived, duty, engine, self.monitor)
        self.judges = Judges(readings, settings, derived, duty, engine, self.governor, self.monitor, outputs)
        self.chill_stops = True  # chilling: stop when the water is cold enough
        self.wants_cold = False
        self.now_ms = 0
        self.throttle = 0.0
        self.each = None
        self._last = {}
        self._valve = 0.0
        self._wires = [
            (output, signals.COMMANDS.index(output.name), output.kind)
            for output in self.outputs.table
            if output.name not in BY_SEQUENCE
        ]
        index = signals.SENSORS.index
        self._analog = [(r, index(r.name)) for r in self.readings.analog if r.name != "reference_volts"]
        self._meters = [(r, index(r.name), r.name == "gas_meter") for r in self.readings.pulses[1:]]
        self._contacts = [(c, index(c.name)) for c in self.readings.contacts if c.name in signals.SENSORS]
        self.readings.reference_volts.scaled, self.readings.reference_volts.quality = 2500, GOOD

    def fast(self):
        """One fast scan: sequence, governor, 50 ms of the plant."""
        now = self.now_ms
        self.engine.update(now)
        rpm = int(self.plant.get("engine_rpm"))
        self.readings.engine_speed.scaled = rpm
        self.readings.engine_speed.quality = GOOD
        if self.engine.running:
            self.throttle = self.governor.govern(self.engine.speed_target, 300 if self.engine.state == "warm" else 0, rpm, now) / 100
        elif self.engine.state != "crank":
            self.governor.shut(now)
            self.throttle = 0.0
        self.outputs.settle(now)
        self._command()
        self.plant.advance(50)
        self.now_ms += 50

    def _command(self):
        cmd = self.plant.cmd
        for output, index, kind in self._wires:
            if kind == "steps":
                move = max(-3.0, min(3.0, output.value - self._valve))
                self._valve += move
                cmd[index] = self._valve
            else:
                cmd[index] = output.value / (10000 if kind == "percent" else 1)
        cmd[signals.COMMANDS.index("throttle")] = self.throttle / 100

    def sense(self):
        """Put the plant's sensors into the readings."""
        now = self.now_ms
        sensed = self.plant.sensed
        for reading, index in self._analog:
            bad = self.plant.sensor_fault[index] != 0
            if bad and reading.quality == GOOD:
                reading.bad_since = now
            reading.quality = OPEN if bad else GOOD
            if not bad:
                reading.scaled = int(sensed[index] * reading.scale)
        for reading, index, hourly in self._meters:
            amount = sensed[index]
            before = self._last.get(index, [amount] * 4)
            rate = (amount - before[0]) / 2.0
            self._last[index] = before[1:] + [amount]
            reading.scaled = int(rate * (3600 if hourly else 1) * reading.scale)
            reading.total = int(amount * reading.pulses_per_unit)
            reading.quality = GOOD
        for contact, index in self._contacts:
            contact.on = sensed[index] > 0.5
            contact.quality = GOOD

    def slow(self):
        """One slow scan in the unit's order."""
        now, dt = self.now_ms, 0.5
        self.sense()
        self.derived.update(now, dt)
        self.setpoint.update(now, dt)
        self.chilled.update(now, dt)
        self.envelope.update(now, dt)
        self.demand.update(now, dt)
        self.limits.update(now, dt, self.capacity.achieved_pct)
        self.capacity.most_pct = self.settings.demand_limit_pct
        self.capacity.most_rpm = self.settings.speed_max_rpm
        self.capacity.update(now, dt)
        self.claims.update(now, dt)
        self.demand.update(now, dt)
        if self.duty.cooling():
            self._want_cold()
        self.orders.run_wanted = self.demand.run_wanted
        self.orders.by_temperature = self.demand.by_temperature
        self.orders.speed_rpm = self.capacity.rpm
        self.orders.unloaded = self.capacity.unloaded
        self.expansion.update(now, dt)
        self.fans.update(now, dt)
        self.water.update(now, dt)
        self.heat.update(now, dt)
        chilling = 1 if self.duty.cooling() else 0
        self.outputs.reversing_valve.command(chilling, now)
        self.outputs.water_valve.command(chilling, now)
        self.freeze.update(now, dt)
        self.judges.update(now, dt)

    def _want_cold(self):
        """The demand for chilling, as simple as can be."""
        error_k = self.duty.error_k(self.settings.chilled_setpoint_c)
        if error_k is not None:
            if not self.engine.running:
                self.wants_cold = error_k >= self.settings.start_error_k or (self.wants_cold and error_k > 0)
            elif self.chill_stops and error_k <= -self.settings.stop_error_k and self.capacity.at_minimum:
                self.wants_cold = False
        self.demand.run_wanted = self.wants_cold
        self.demand.by_temperature = not self.wants_cold

    def run(self, seconds):
        """Let `seconds` pass."""
        for _ in range(int(seconds * 2)):
            self.slow()
            for _ in range(10):
                self.fast()
            if self.each:
                self.each(self)

    def why(self):
        """Return all reasons, most important first."""
        found = []
        for item in (
            self.demand, self.setpoint, self.limits, self.capacity, self.expansion, self.water, self.freeze, self.judges
        ):
            item.reasons(lambda rank, text, left, value: found.append((rank, text, left, value)), self.now_ms)
        return sorted(found, key=lambda reason: reason[0])

