"""The slow scan's objects on readings that a test sets by hand: no plant, no sequence, no sensors.

`Parts().put(leaving_water=60.2, ...)` sets readings in their units; `bad("suction_temp")` breaks one; `scan()` is
one slow scan of 500 ms.
"""

from ghp.control.capacity import Capacity
from ghp.control.chilled_setpoint import ChilledSetpoint
from ghp.control.claims import Claims
from ghp.control.duty import Duty
from ghp.control.engine_heat import EngineHeat
from ghp.control.envelope import Envelope
from ghp.control.expansion import VALVE_CONTROL, Expansion
from ghp.control.fans import Fans
from ghp.control.heat_demand import HeatDemand
from ghp.control.ladder import MIN_PCT
from ghp.control.orders import Orders
from ghp.control.setpoint import Setpoint
from ghp.control.wallclock import WallClock
from ghp.control.water import Water
from ghp.image import Image
from ghp.outputs import Outputs
from ghp.protection.judges import Judges
from ghp.protection.limits import Limits
from ghp.protection.monitor import Monitor
from ghp.sensing.derived import Derived
from ghp.sensing.readings import GOOD, OPEN, Readings
from ghp.settings import Settings

LOADED = {
    "suction_pressure": 290.0, "discharge_pressure": 1650.0, "suction_temp": 6.2, "liquid_temp": 50.0,
    "ambient_temp": 8.3, "entering_water": 51.0, "condenser_water": 57.0, "leaving_water": 60.0,
    "coolant_temp": 82.0, "discharge_temp": 81.0, "oil_pressure": 380.0, "catalyst_temp": 600.0,
    "exhaust_temp": 600.0, "hot_flow": 6.3, "gas_meter": 19.0, "engine_speed": 2100, "reference_volts": 2.5,
    "coil_temp": 0.0, "chilled_entering": 12.0, "chilled_leaving": 12.0, "gas_pressure": 2.0, "lambda_volts": 0.5,
    "battery_volts": 13.8, "chilled_flow": 0.0,
}


class StandIn:
    """What the slow scan sees of engine sequence and governor."""

    def __init__(self):
        self.running = self.loaded = self.clutch_in = True
        self.unload_wanted = False
        self.valve_mode = VALVE_CONTROL
        self.pump_hot_wanted = self.pump_coolant_wanted = self.enclosure_fan_wanted = True
        self.fans_wanted = self.liquid_valve_wanted = True
        self.load_pct100 = 7000
        self.setpoint_rpm = 2100
        self.since_clutch_ms = 500000

    def clutch_ms(self, now_ms):
        return self.since_clutch_ms

    def rest(self):
        """Nothing runs."""
        self.running = self.loaded = self.clutch_in = False
        self.unload_wanted = True
        self.valve_mode = 0
        self.pump_hot_wanted = self.pump_coolant_wanted = self.enclosure_fan_wanted = False
        self.fans_wanted = self.liquid_valve_wanted = False
        self.load_pct100 = 0


class NoCold:
    """Nobody asks for chilled water."""

    circulate = False


class Proof:
    """Flow of both circuits as proven as the hot one's contact says."""

    def __init__(self, readings):
        self._switch = readings.flow_switch_hot
        self.hot = self

    @property
    def present(self):
        return self._switch.on


class Parts:
    """All of them, loaded at a steady point, mode heat."""

    def __init__(self, start_ms=1000, **settings):
        self.now_ms = start_ms
        self.settings = Settings()
        self.settings.set("mode", 1)
        for key, value in settings.items():
            self.settings.set(key, value)
        self.image = Image()
        self.readings = Readings(self.image)
        self.outputs = Outputs(self.image)
        self.monitor = Monitor()
        self.orders = Orders()
        self.engine = StandIn()
        r, s, o, e = self.readings, self.settings, self.outputs, self.engine
        duty = self.duty = Duty(r)
        self.derived = derived = Derived(r, s, duty, e)
        self.setpoint = setpoint = Setpoint(r, s)
        self.envelope = envelope = Envelope(r)
        self.limits = limits = Limits(r, s, derived, setpoint, duty, e, e, MIN_PCT)
        setpoints = (setpoint, ChilledSetpoint(r, s))
        self.capacity = Capacity(r, s, derived, setpoints, duty, limits, envelope, e, o)
        self.claims = Claims(r, s, WallClock(self.image, s, self.monitor, None))
        self.demand = HeatDemand(r, s, setpoint, self.capacity, e, duty, self.claims)
        self.expansion = Expansion(r, s, derived, duty, envelope, limits, e, o)
        self.fans = Fans(r, s, derived, duty, self.capacity, limits, envelope, self.expansion, e, o)
        self.water = Water(r, s, setpoint, derived, duty, e, self.demand, NoCold, Proof(r), o)
        self.heat = EngineHeat(r, s, setpoint, duty, self.water, e, self.monitor, o)
        self.judges = Judges(r, s, derived, duty, e, e, self.monitor, o)
        self.put(**LOADED)
        for contact in r.contacts:
            contact.on = True
            contact.quality = GOOD

    def put(self, **values):
        """Set readings, in their units, and make them good."""
        for name, value in values.items():
            reading = getattr(self.readings, name)
            reading.scaled = round(value * reading.scale)
            reading.quality = GOOD
        return self

    def bad(self, *names, quality=OPEN):
        """Break readings now."""
        for name in names:
            reading = getattr(self.readings, name)
            if reading.quality == GOOD:
                reading.bad_since = self.now_ms
            reading.quality = quality
        return self

    def scan(self, count=1, follow=False):
        """Let slow scans pass, in the unit's order; with `follow` the engine reaches the ordered speed at once."""
        for _ in range(count):
            now = self.now_ms
            self.readings.hot_flow.total += self.readings.hot_flow.scaled // 100  # 20 pulses a litre, 0.5 s
            self.derived.update(now, 0.5)
            self.setpoint.update(now, 0.5)
            self.envelope.update(now, 0.5)
            self.claims.update(now, 0.5)
            self.demand.update(now, 0.5)
            self.limits.update(now, 0.5, self.capacity.achieved_pct)
            self.capacity.most_pct = self.claims.demand.value
            self.capacity.most_rpm = self.claims.speed.value
            self.capacity.update(now, 0.5)
            self.orders.run_wanted = self.demand.run_wanted
            self.orders.speed_rpm = self.capacity.rpm
            self.orders.unloaded = self.capacity.unloaded
            if follow and self.engine.loaded:
                self.put(engine_speed=self.capacity.rpm)
            self.expansion.update(now, 0.5)
            self.fans.update(now, 0.5)
            self.water.update(now, 0.5)
            self.heat.update(now, 0.5)
            self.judges.update(now, 0.5)
            self.outputs.settle(now)
            self.now_ms = (now + 500) & 0x3FFFFFFF
        return self

    def why(self, part):
        """Return the texts of a part's reasons."""
        found = []
        part.reasons(lambda rank, text, left, value: found.append((rank, text, left, value)), self.now_ms)
        return found

    def standing(self):
        """Return the keys of the standing alarms."""
        return [alarm.key for alarm in self.monitor.standing()]
