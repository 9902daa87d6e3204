"""Runs inside MicroPython: how many bytes one slow scan of the thermal objects allocates while loaded.

Prints `bytes <worst> mean <mean> word <bytes of a word>`; a block holds four words, so half of it on the target.
"""

import gc
import sys

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
from ghp.sensing.readings import GOOD, Readings
from ghp.settings import Settings


class Loaded:
    """An engine under load, and its governor."""

    running = loaded = clutch_in = True
    unload_wanted = False
    valve_mode = VALVE_CONTROL
    pump_hot_wanted = pump_coolant_wanted = enclosure_fan_wanted = fans_wanted = liquid_valve_wanted = True
    load_pct100 = 7000
    setpoint_rpm = 2300

    def clutch_ms(self, now_ms):
        return 500000


class Proven:
    """Flow is there; nobody wants chilled water."""

    present = True
    circulate = False


Proven.hot = Proven
engine = Loaded()
settings = Settings()
settings.set("mode", 1)
image = Image()
readings = Readings(image)
outputs = Outputs(image)
monitor = Monitor()
orders = Orders()
duty = Duty(readings)
derived = Derived(readings, settings, duty, engine)
setpoint = Setpoint(readings, settings)
envelope = Envelope(readings)
limits = Limits(readings, settings, derived, setpoint, duty, engine, engine, MIN_PCT)
setpoints = (setpoint, ChilledSetpoint(readings, settings))
capacity = Capacity(readings, settings, derived, setpoints, duty, limits, envelope, engine, outputs)
claims = Claims(readings, settings, WallClock(image, settings, monitor, None))
demand = HeatDemand(readings, settings, setpoint, capacity, engine, duty, claims)
expansion = Expansion(readings, settings, derived, duty, envelope, limits, engine, outputs)
fans = Fans(readings, settings, derived, duty, capacity, limits, envelope, expansion, engine, outputs)
water = Water(readings, settings, setpoint, derived, duty, engine, demand, Proven, Proven, outputs)
heat = EngineHeat(readings, settings, setpoint, duty, water, engine, monitor, outputs)
judges = Judges(readings, settings, derived, duty, engine, engine, monitor, outputs)
PARTS = (derived, setpoint, envelope, demand, capacity, expansion, fans, water, heat, judges)

VALUES = (
    ("suction_pressure", 290000), ("discharge_pressure", 1650000), ("suction_temp", 6500), ("liquid_temp", 50000),
    ("ambient_temp", 8300), ("entering_water", 51500), ("condenser_water", 57000), ("leaving_water", 60200),
    ("coolant_temp", 82500), ("discharge_temp", 81000), ("oil_pressure", 380000), ("catalyst_temp", 600000),
    ("hot_flow", 6300), ("gas_meter", 19000), ("engine_speed", 2300), ("exhaust_temp", 600000),
)
for reading in readings.analog + readings.pulses:
    reading.quality = GOOD
for contact in readings.contacts:
    contact.on = True


def scan(now_ms, wobble):
    for name, value in VALUES:
        getattr(readings, name).scaled = value + wobble
    before = gc.mem_alloc()
    for part in PARTS:
        part.update(now_ms, 0.5)
    limits.update(now_ms, 0.5, capacity.achieved_pct)
    outputs.settle(now_ms)
    return gc.mem_alloc() - before


now = 1000
worst = total = 0
for count in range(400):
    now += 500
    if count % 10 == 0:
        gc.enable()
        gc.collect()
        gc.disable()
    used = scan(now, (count % 7) * 40)
    if count >= 50:
        worst = max(worst, used)
        total += used
word = 8 if sys.maxsize > 1 << 32 else 4
print("bytes", worst, "mean", total // 350, "word", word, "standing", [alarm.key for alarm in monitor.standing()])
