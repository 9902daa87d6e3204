"""A bench for changeover and defrost: real objects of the firmware around a toy machine that steps every half second.

The toy is no physics: pressures come together when the compressor is out, grow when it is in, the reversing valve slides
above 30 psi, the water valve travels for 90 s, the plate's water follows what is done to it.
"""

from types import SimpleNamespace

from ghp import points
from ghp.control import arbiter as arbitration
from ghp.control import changeover_states as steps
from ghp.control import defrost as defrosts
from ghp.control import states
from ghp.control.changeover import Changeover
from ghp.control.defrost import Defrost
from ghp.control.duty import PUMPS_AUTO, PUMPS_CHILLED, PUMPS_HOT, Duty
from ghp.control.frost import Frost
from ghp.image import Image
from ghp.outputs import Outputs
from ghp.protection import stops
from ghp.protection.monitor import Monitor
from ghp.refrigerant import saturation_c
from ghp.sensing.readings import GOOD, NO_ANSWER, OPEN, Readings
from ghp.settings import Settings

PSI = 6895
SCAN_MS = 500


class ToyEngine:
    """The sequence as the changeover sees it."""

    def __init__(self, speed):
        self.state = states.OFF
        self.age = 0.0
        self.speed = speed
        self.clutch_s = 0.0
        self.parking = False

    @property
    def parked(self):
        return self.state == states.PARK

    @property
    def running(self):
        return states.WARM_UP <= self.state <= states.COOL_DOWN

    @property
    def loaded(self):
        return self.state == states.RUN

    @property
    def clutch_in(self):
        return states.OPENING <= self.state <= states.PUMP_DOWN

    @property
    def standstill(self):
        return self.state < states.PURGE

    def clutch_ms(self, _now_ms):
        return int(self.clutch_s * 1000)

    def go(self, state):
        self.state = state
        self.age = 0.0

    def step(self, bench, dt):
        self.age += dt
        self.clutch_s = self.clutch_s + dt if self.clutch_in else 0.0
        stop = bench.monitor.stop_class
        wanted = bench.run_wanted() and stop < stops.NORMAL_STOP
        park = bench.changeover.park
        state, age = self.state, self.age
        if stop >= stops.FAST_STOP and state > states.OFF and state != states.FAST:
            self.go(states.FAST if state >= states.PURGE else states.OFF)
        elif state == states.FAST and age >= 8:
            self.go(states.OFF)
        elif state == states.OFF and wanted and age >= 60:
            self.go(states.FLOW)
        elif state == states.FLOW and not wanted:
            self.go(states.OFF)
        elif state == states.FLOW and age >= 30 and abs(bench.dp) < 30 * PSI:
            self.go(states.WARM_UP)
        elif state == states.WARM_UP and not wanted:
            self.go(states.SPIN_DOWN)
        elif state == states.WARM_UP and age >= 30:
            self.go(states.PARK if park else states.ENGAGE)
        elif state == states.PARK:
            if not wanted or age > 1200:
                self.go(states.COOL_DOWN)
            elif not park and age >= 6 and (bench.flowing() or bench.changeover.still):
                self.go(states.ENGAGE)
        elif state == states.ENGAGE:
            if not wanted:
                self.go(states.SPIN_DOWN)
            elif park:
                self.go(states.PARK)
            elif age >= 6 and abs(bench.dp) < 30 * PSI:
                self.go(states.OPENING)
            elif age >= 60:
                self.go(states.SPIN_DOWN)
        elif state == states.OPENING:
            if not wanted:
                self.unload(False)
            elif age >= 10:
                self.go(states.RUN)
        elif state == states.RUN and (park or not wanted):
            self.unload(wanted)
        elif state == states.UNLOAD and age >= 8:
            parking = self.parking and wanted
            self.go(states.PARK if parking else states.PUMP_DOWN)
            self.parking = False
        elif state == states.PUMP_DOWN and age >= 20:
            self.go(states.COOL_DOWN)
        elif state == states.COOL_DOWN and age >= 60:
            self.go(states.SPIN_DOWN)
        elif state == states.SPIN_DOWN and age >= 8:
            self.go(states.OFF)
        target = {states.RUN: 2000, states.UNLOAD: 1200, states.OPENING: 1200}.get(self.state, 1000)
        if self.state == states.RUN and bench.changeover.shift_rpm:
            target = bench.changeover.shift_rpm
        if not self.running:
            target = 0
        rpm = self.speed.scaled
        self.speed.scaled = rpm + max(min(target - rpm, 300), -300)

    def unload(self, parking):
        self.go(states.UNLOAD)
        self.parking = parking


class Bench:
    """`wish` is NONE, HEAT or COOL.  Faults: `stuck` (valve place), `travels` False, `bad`, `stays_on`, `unknown` (reading names)."""

    def __init__(self, mode=0, **changes):
        self.settings = Settings()
        self.settings.set("valve_proof_s", 120)
        for key, value in changes.items():
            self.settings.set(key, value)
        self.monitor = Monitor()
        self.now = 1000
        self.wish = arbitration.NONE
        self.blocked = ["", "", ""]
        self.dp = 0.0
        self.suction = 400000
        self.valve = float(mode)
        self.water = float(mode)
        self.stuck = None
        self.travels = True
        self.bad = set()
        self.unknown = set()  # contacts whose chip is silent
        self.quick_s = 90  # travel of the water valve
        self.stays_on = set()  # end switches that show "there" whatever the valve does
        self.flooded = False
        self.hot_c = 45.0
        self.chilled_c = 12.0
        self.plate_c = self.hot_c if mode == 0 else self.chilled_c
        self.ambient_c = 20.0
        self.coil_c = 5.0
        self.frost_k = 0.0
        self.rest_kpa = 400  # both sides, while the compressor is out
        self.melt_kpa = 300  # suction in a defrost: saturation at 1 C
        self.pump_hot = self.pump_chilled = False
        self.broken = []  # rules broken: (time, words)
        self.log = []
        self.pilot_turns = 0
        self._equal_s = 0.0
        self.build(mode, mode)

    def build(self, pilot, water):
        """Power up with these levels held by the relays."""
        image = Image()
        for name, level in (("reversing_valve", pilot), ("water_valve", water)):
            image.outputs[points.index_of(points.OUTPUTS, name)] = level
        self.readings = Readings(image)
        self.outputs = Outputs(image)
        speed = self.readings.engine_speed
        speed.quality = GOOD
        if hasattr(self, "engine"):
            self.engine.speed = speed
        else:
            self.engine = ToyEngine(speed)
        self.derived = SimpleNamespace(evaporating_c=None, condensing_c=None, superheat_k=6.0)
        self.duty = Duty(self.readings)
        self.arbiter = SimpleNamespace(want=arbitration.NONE, block=self._block)
        self.sense()
        self.changeover = Changeover(
            self.readings, self.settings, self.derived, self.monitor, self.engine, self.duty, self.arbiter, self.outputs
        )
        frost = Frost(self.readings, self.settings, self.derived, self.duty, self.engine, self.outputs)
        self.defrost = Defrost(
            self.readings, self.settings, self.derived, self.monitor, self.engine, self.duty, self.changeover, frost,
            self.outputs,
        )

    def reset(self, power=False):
        """The processor restarts: relays keep their place, or fall with the supply; the engine dies, the memory stays."""
        kept = self.changeover.kept()
        pilot, water = (0, 0) if power else (self.changeover.pilot, self.changeover.water)
        if self.engine.state != states.OFF:
            self.engine.go(states.FAST if self.engine.state >= states.PURGE else states.OFF)
        self.blocked = ["", "", ""]
        self.monitor = Monitor()
        self.pump_hot = self.pump_chilled = False
        self.build(pilot, water)
        self.changeover.restore(kept)

    def _block(self, water, why):
        self.blocked[water] = why

    def run_wanted(self):
        return self.arbiter.want != arbitration.NONE and self.changeover.may_run or self.defrost.holds_run

    def flowing(self):
        return self.pump_chilled if self.duty.mode else self.pump_hot

    def sense(self):
        readings = self.readings
        values = {
            "suction_pressure": self.suction, "discharge_pressure": self.suction + int(self.dp),
            "coil_temp": self.coil_c * 1000, "ambient_temp": self.ambient_c * 1000,
            "entering_water": self.hot_c * 1000, "chilled_entering": self.chilled_c * 1000,
            "condenser_water": (self.plate_c if self.water < 0.5 else self.hot_c) * 1000,
            "chilled_leaving": (self.plate_c if self.water > 0.5 else self.chilled_c) * 1000,
            "leaving_water": self.hot_c * 1000,
        }
        for name, value in values.items():
            reading = getattr(readings, name)
            reading.scaled = int(value)
            if name in self.bad and reading.quality == GOOD:
                reading.bad_since = self.now
            reading.quality = OPEN if name in self.bad else GOOD
        for flow, on in ((readings.hot_flow, self.pump_hot), (readings.chilled_flow, self.pump_chilled)):
            flow.scaled = 5000 if on else 0
            flow.quality = GOOD
        readings.flow_switch_hot.on = self.pump_hot
        readings.flow_switch_chilled.on = self.pump_chilled
        for contact, on in ((readings.valve_at_hot, self.water <= 0.0), (readings.valve_at_chilled, self.water >= 1.0)):
            contact.on = on and contact.name not in self.unknown
            contact.quality = NO_ANSWER if contact.name in self.unknown else GOOD
        for reading in (readings.valve_at_hot, readings.valve_at_chilled):
            if reading.name in self.bad:
                reading.on = False
            if reading.name in self.stays_on:
                reading.on = True

    def physics(self, dt):
        engine = self.engine
        cooling = self.valve > 0.5
        midway = 0.2 < self.valve < 0.8
        if engine.clutch_in and not midway:
            target = 90 * PSI
            self.dp += max(min(target - self.dp, 12 * PSI), -12 * PSI)
        elif engine.clutch_in:
            self.dp = 10 * PSI
        else:
            self.dp *= 0.8
        if self.stuck is not None:
            self.valve = self.stuck
        elif self.changeover.pilot != round(self.valve) and abs(self.dp) > 30 * PSI:
            self.valve = float(self.changeover.pilot)
            self.dp = -10 * PSI
        if self.travels:
            step = dt / self.quick_s
            self.water += max(min(self.changeover.water - self.water, step), -step)
        if self.pump_hot and self.water <= 0.0:
            self.plate_c += (self.hot_c - self.plate_c) * 0.2
        if self.pump_chilled and self.water >= 1.0:
            self.plate_c += (self.chilled_c - self.plate_c) * 0.2
        if engine.clutch_in and not midway:
            self.plate_c += (-0.7 if cooling else 0.7) * (1 if self.pump_hot or self.pump_chilled else 0.8)
        coil = 45.0 if cooling and engine.clutch_in else self.ambient_c - 12 if engine.clutch_in else self.ambient_c
        self.coil_c += (coil - self.coil_c) * 0.03
        self.suction = int(400000 - self.frost_k * 12000) if engine.clutch_in else self.rest_kpa * 1000
        if engine.clutch_in and self.duty.defrosting:
            self.suction = self.melt_kpa * 1000

    def scan(self):
        """Half a second of everything, rules watched."""
        dt = SCAN_MS / 1000
        self.now = (self.now + SCAN_MS) % (1 << 30)
        self.engine.step(self, dt)
        self.physics(dt)
        self.sense()
        self.derived.evaporating_c = None if "suction_pressure" in self.bad else saturation_c(self.suction / 1000)
        self.derived.condensing_c = saturation_c((self.suction + self.dp) / 1000)
        blocked = self.blocked[self.wish]
        self.arbiter.want = arbitration.NONE if blocked else self.wish
        pilot, water = self.changeover.pilot, self.changeover.water
        self._equal_s = self._equal_s + dt if abs(self.dp) < 30 * PSI else 0.0
        was_water, pumps_off = water, not (self.pump_hot or self.pump_chilled)
        self.changeover.update(self.now, dt)
        self.defrost.update(self.now, dt, self.flooded and not self.engine.clutch_in)
        self.outputs.unloader.command(0 if self.engine.loaded and not self.changeover.shift_rpm else 1, self.now)
        self.outputs.settle(self.now)
        self._watch(pilot, was_water, pumps_off)
        self._pumps()

    def _pumps(self):
        asked = self.duty.pumps
        wanted = self.engine.state not in (states.OFF,)
        self.pump_hot = asked == PUMPS_HOT or (asked == PUMPS_AUTO and wanted and self.duty.mode == 0)
        self.pump_chilled = asked == PUMPS_CHILLED or (asked == PUMPS_AUTO and wanted and self.duty.mode == 1)
        self.outputs.pump_hot.command(1 if self.pump_hot else 0, self.now)
        self.outputs.pump_chilled.command(1 if self.pump_chilled else 0, self.now)

    def _broke(self, words):
        self.broken.append((self.now, words, self.changeover.state, self.engine.state))

    def _watch(self, pilot, water, pumps_off):
        engine = self.engine
        changeover = self.changeover
        if changeover.pilot != pilot:
            self.pilot_turns += 1
            out = engine.parked or (engine.state == states.OFF and engine.standstill)
            window = (
                engine.loaded and 50 * PSI <= self.dp <= 120 * PSI and engine.speed.scaled <= 1400
                and self.outputs.unloader.value
            )
            if not (out and abs(self.dp) < 30 * PSI) and not window:
                self._broke("pilot outside its rules")
            if self.monitor.stop_class >= stops.NORMAL_STOP:
                self._broke("pilot under a stop")
        if changeover.water != water and changeover.state != steps.RETURN:  # there it takes back what never left
            if not pumps_off:
                self._broke("water valve with a pump running")
            if changeover.water and self.plate_c > 32.3:
                self._broke("hot water to the chilled loop")
            if not changeover.water and self.plate_c < 9.9:
                self._broke("cold water to the hot loop")
        if 0.0 < self.water < 1.0 and (self.pump_hot or self.pump_chilled):
            self._broke("a pump runs while the water valve is between its ends")
        if engine.clutch_in and 0.0 < self.water < 1.0:
            self._broke("compressor runs while the water valve is between its ends")

    def seconds(self, seconds):
        for _ in range(int(seconds * 2)):
            self.scan()

    def until(self, condition, limit_s):
        """Scan until `condition()`; returns the seconds."""
        for count in range(int(limit_s * 2)):
            if condition():
                return count / 2
            self.scan()
        raise AssertionError(
            f"not reached in {limit_s} s: changeover {self.changeover.state}, engine {self.engine.state}, "
            f"failure {self.changeover.failure!r}, defrost {self.defrost.state}"
        )

    def running(self, wish):
        """Run in the duty of `wish`, the valve proven."""
        self.wish = wish
        self.until(lambda: self.engine.loaded and self.changeover.verified, 900)
        return self


def frosty(**changes):
    """A bench that heats at 1 C with a growing coil difference and all pauses over."""
    bench = Bench(defrost_interval_min=20, defrost_run_min=5, **changes)
    bench.ambient_c = 1.0
    bench.hot_c = bench.plate_c = 40.0
    bench.running(arbitration.HEAT)
    bench.defrost.frost.clean_k = 5.0
    bench.frost_k = 18.0  # suction falls: saturation at -12 C
    return bench


def began(bench, limit_s=1800):
    bench.until(lambda: bench.defrost.state >= defrosts.REVERSE, limit_s)
    return bench


def warm_enough():
    """A bench that heats with water which may join either loop."""
    bench = Bench()
    bench.hot_c = bench.plate_c = 28.0
    return bench.running(arbitration.HEAT)
