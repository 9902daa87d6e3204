"""The fast control on a bench: image, readings, trips, engine, governor and mixture around `EngineModel`.

Everything the slow task would do is done here as simply as possible: the pump follows its request, pressures are
what the test says.  One `scan` is 50 ms.
"""

import math

from engine_model import P_AIR, STEP_S, EngineModel
from ghp import points
from ghp.control import states
from ghp.control.cycling import Cycling
from ghp.control.duty import Duty
from ghp.control.engine import Engine
from ghp.control.governor import Governor
from ghp.control.mixture import Mixture
from ghp.control.orders import Orders
from ghp.image import RAW_OK, Image
from ghp.outputs import Outputs
from ghp.protection.monitor import Monitor
from ghp.protection.trips import Trips
from ghp.sensing import curves
from ghp.sensing.flowproof import FlowProof, ServedFlow
from ghp.sensing.pickup import Pickup
from ghp.sensing.readings import Readings
from ghp.settings import Settings
from ghp.ticks import TICKS_PERIOD

SCAN_MS = 50
_ANALOG = {row[1]: index for index, row in enumerate(points.ANALOG_INPUTS)}
_DIGITAL = {row[1]: index for index, row in enumerate(points.DIGITAL_INPUTS)}
ATMOSPHERE = 101.325
# a quick start, so that a test takes a tenth of a second
SHORT = {"flow_proof_s": 2, "ventilate_s": 10, "warmup_min_s": 10, "start_opening_s": 5, "cooldown_s": 30}
_NTC = curves.make("ntc10k")


def ratio_counts(value, low, high):
    """ADC counts of a ratiometric transducer at `value` of its range low..high."""
    return int(2667 + 21333 * (value - low) / (high - low) + 0.5)


_ntc_known = {}


def ntc_counts(celsius):
    """ADC counts of the 10 kOhm thermistor, by bisection of the firmware's own curve (falls with temperature)."""
    if celsius in _ntc_known:
        return _ntc_known[celsius]
    low, high = 1000, 26000
    while high - low > 1:
        middle = (low + high) // 2
        value = _NTC.scaled(middle)
        if value == curves.SHORT or (value != curves.OPEN and value > celsius * 1000):
            low = middle
        else:
            high = middle
    _ntc_known[celsius] = high
    return high


class Bench:
    """All fast objects, wired as the unit wires them.  `changes` are settings."""

    def __init__(self, start_ms=TICKS_PERIOD - 20000, **changes):
        self.now = start_ms
        self.scans = 0
        self.settings = Settings()
        for key in SHORT:
            self.settings.set(key, SHORT[key])
        for key, value in changes.items():
            self.settings.set(key, value)
        self.image = Image()
        self.readings = Readings(self.image)
        self.outputs = Outputs(self.image)
        self.monitor = Monitor()
        self.orders = Orders()
        self.pickup = Pickup(self.readings, self.settings)
        self.duty = Duty(self.readings)
        self.flow = ServedFlow(
            self.duty,
            FlowProof(self.image, self.readings, self.outputs, self.settings),
            FlowProof(self.image, self.readings, self.outputs, self.settings, True),
        )
        self.cycling = Cycling(self.settings)
        self.governor = Governor(self.settings)
        self.engine = Engine(
            self.readings, self.outputs, self.settings, self.monitor, self.orders, self.cycling, self.governor,
            self.pickup, self.flow,
        )
        self.trips = Trips(self.readings, self.settings, self.monitor, self.duty, self.engine, self.pickup, self.flow)
        self.mixture = Mixture(
            self.readings, self.outputs, self.settings, self.monitor, self.engine, self.governor
        )
        self.model = EngineModel()
        # what the test may change
        self.pickup_works = True
        self.extra_rpm = 0  # false pulses on the pickup, in this scan only
        self.flow_lps = None  # None: what the pump makes
        self.switch = None  # None: what the flow says
        self.suction_kpa = 400.0
        self.discharge_kpa = 450.0
        self.oil_kpa = None
        self.exhaust_c = None  # None: hot while firing
        self.lambda_mv = None  # None: a sensor that lives on what the mixture valve makes
        self.mixture_error = 0.0  # lambda of the carburettor above its map
        self.reference_mv = 2500
        self.contacts = dict.fromkeys(("safety_chain", "high_pressure_switch", "emergency_stop"), 1)
        self.gas_switch = 1
        self.load_nm = 180.0  # loaded; a fifth of it while unloaded with little pressure to overcome
        self.dead = set()  # analog or pulse points whose chip does not answer
        self._pulses = 0.0
        self._flow = 0.0
        self._litres = 0.0
        self._exhaust = 20.0
        self.lambda_true = 1.0
        self._lambda_seen = 1.0

    # --- one scan ---------------------------------------------------------------------------------

    def scan(self, count=1):
        """Advance the model and run the fast scan `count` times."""
        for _ in range(count):
            self._physics()
            self._inputs()
            now = self.now
            if self.scans % 10 == 0:
                self._slow()
                self.readings.update_slow(now)
            self.readings.update_fast(now)
            self.fast(now)
            self.outputs.settle(now)
            self.scans += 1
            self.now = (now + SCAN_MS) % TICKS_PERIOD

    def fast(self, now):
        """What this bench is about, in the order of the fast scan."""
        engine = self.engine
        self.pickup.update(engine.starter_on, engine.clutch_in, now)
        self.flow.update(now)
        self.trips.update(now)
        engine.update(now)
        self.mixture.update(now)

    def seconds(self, seconds):
        """Scan for that long."""
        self.scan(round(seconds * 1000 / SCAN_MS))

    def until(self, condition, limit_s):
        """Scan until `condition()`; AssertionError with the state if it takes longer.  Returns the seconds."""
        begun = self.scans
        while not condition():
            taken = (self.scans - begun) * SCAN_MS / 1000
            assert taken < limit_s, (
                f"not reached in {limit_s} s: {self.state}, {self.model.rpm:.0f} rpm, standing {self.standing}"
            )
            self.scan()
        return (self.scans - begun) * SCAN_MS / 1000

    def reach(self, state, limit_s=600):
        """Scan until the engine is in `state`."""
        return self.until(lambda: self.engine.state == state, limit_s)

    def wait(self, seconds):
        """Let a long time pass in one late scan, while nothing turns."""
        assert self.model.rpm < 1 and not self.out("starter")
        self.now = (self.now + round(seconds * 1000)) % TICKS_PERIOD
        self.scan()

    def rested(self):
        """Let power-up's rest pass; the machine may then start."""
        self.scan(20)
        self.wait(self.settings.stop_to_start_s)
        self.scan(10)
        return self

    def asked(self, rpm=1500):
        """Rest, then ask for a run."""
        self.rested()
        self.orders.run_wanted = True
        self.orders.speed_rpm = rpm
        return self

    def running(self, rpm=1500):
        """Rest, start, run loaded at `rpm` for a while."""
        self.asked(rpm)
        self.reach(states.RUN)
        self.seconds((rpm - 1200) / 50 + 10)
        assert abs(self.model.rpm - rpm) < 30
        return self

    def alarm(self, key):
        return self.monitor.find(key)

    @property
    def state(self):
        return states.text(self.engine.state)

    @property
    def standing(self):
        return [alarm.key for alarm in self.monitor.standing()]

    def out(self, name):
        return getattr(self.outputs, name).value

    # --- the world --------------------------------------------------------------------------------

    def passed(self, limit_s=400):
        """Scan until RUN or OFF; return [(state, seconds spent)] and check the outputs at every scan."""
        log = []
        while True:
            before = self.engine.state
            self.scan()
            state = self.engine.state
            if not log or log[-1][0] != state:
                log.append([state, 0.0])
            log[-1][1] += SCAN_MS / 1000
            assert not self.out("gas_valve") or self.out("ignition")
            assert not (self.out("clutch") and self.out("starter"))
            if state in (states.RUN, states.OFF) and before != states.OFF:
                return [tuple(row) for row in log]
            assert self.scans * SCAN_MS / 1000 < limit_s, log

    def told(self):
        """Return the engine's first reason as it is told: (rank, text, seconds left, value)."""
        said = []
        self.engine.reasons(lambda *reason: said.append(reason), self.now)
        return said[0]

    def _slow(self):
        now = self.now
        engine = self.engine
        self.outputs.pump_hot.command(1 if engine.pump_hot_wanted else 0, now)
        self.outputs.pump_coolant.command(1 if engine.pump_coolant_wanted else 0, now)
        self.outputs.pump_hot_speed.command(8000, now)

    def _physics(self):
        model = self.model
        throttle = self.out("throttle") / 10000
        gas = self.out("gas_valve")
        ignition = self.out("ignition")
        starter = self.out("starter")
        clutch = self.out("clutch")
        before = model.revolutions
        target = self.load_nm * (0.2 if self.engine.unload_wanted else 1.0)
        model.load_nm += min(max(target - model.load_nm, -20.0), 5.0)
        if not clutch:
            model.load_nm = self.load_nm * 0.2
        if model.w or starter:
            for _ in range(round(SCAN_MS / 1000 / STEP_S)):
                model.step(throttle, gas, ignition, starter, clutch)
        else:
            model.rest(SCAN_MS / 1000)
        if self.pickup_works:
            self._pulses += (model.revolutions - before) * 120
        self._pulses += self.extra_rpm * 2 * SCAN_MS / 1000
        self.extra_rpm = 0
        target = self.flow_lps if self.flow_lps is not None else 6.3 * self.out("pump_hot")
        self._flow += (target - self._flow) * SCAN_MS / 1000 / 0.8
        self._litres += self._flow * SCAN_MS / 1000
        self._exhaust += ((600 if model.firing else 20) - self._exhaust) * SCAN_MS / 1000 / 5

        n = model.rpm / 1000 - 2
        carburettor = 0.022 * n - 0.015 * n * n + 0.035 * (model.manifold / P_AIR - 0.6)
        self.lambda_true = (1 + self.mixture_error + carburettor) * math.exp(-0.65 * (self.out("mixture_valve") / 10000 - 0.5))
        self._lambda_seen += (self.lambda_true - self._lambda_seen) * 0.2

    def _inputs(self):
        exhaust = self._exhaust if self.exhaust_c is None else self.exhaust_c
        oil = self.model.oil_kpa if self.oil_kpa is None else self.oil_kpa
        millivolts = self.lambda_mv
        if millivolts is None:
            millivolts = 50 + 400 * (1 - math.tanh((self._lambda_seen - 0.990) / 0.003))
        analog = {
            "suction_pressure": ratio_counts(self.suction_kpa, 0.0, 200 * 6.894757),
            "discharge_pressure": ratio_counts(self.discharge_kpa - ATMOSPHERE, 0.0, 500 * 6.894757),
            "oil_pressure": ratio_counts(oil, 0.0, 100 * 6.894757),
            "coolant_temp": ntc_counts(self.model.coolant_c),
            "exhaust_temp": int(exhaust * 4),
            "lambda_volts": int(millivolts / 0.1875),
            "reference_volts": int(self.reference_mv / 0.1875),
        }
        image = self.image
        now = self.now
        for name, counts in analog.items():
            index = _ANALOG[name]
            image.analog[index] = counts
            image.analog_at[index] = now
            image.analog_status[index] = 2 if name in self.dead else RAW_OK
        for index, (name, total) in enumerate(
            (("engine_speed", self._pulses), ("gas_meter", 0), ("hot_flow", self._litres * 20), ("chilled_flow", 0))
        ):
            image.pulses[index] = int(total) & (TICKS_PERIOD - 1)
            image.pulses_at_us[index] = now * 1000 % TICKS_PERIOD
            image.pulses_status[index] = 2 if name in self.dead else RAW_OK
        flowing = self._flow > 0.9 if self.switch is None else self.switch
        levels = dict(self.contacts, flow_switch_hot=flowing, gas_pressure_switch=self.gas_switch)
        for name, level in levels.items():
            index = _DIGITAL[name]
            image.digital[index] = 1 if level else 0
            image.digital_status[index] = RAW_OK
