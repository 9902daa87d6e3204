"""The whole fast control under random demand and faults: what must hold at every scan, whatever comes.

The model beside it is trivial: it only remembers the starts, the last turning and the last fuel, from the outputs
and the physical engine, and knows nothing of states.
"""

import pytest
from engine_bench import Bench
from ghp.control import states
from ghp.ticks import TICKS_PERIOD
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

ANALOG = ("suction_pressure", "discharge_pressure", "oil_pressure", "coolant_temp", "lambda_volts", "exhaust_temp",
          "reference_volts")
DEAD = ("engine_speed", "hot_flow", *ANALOG)


class Watched(Bench):
    """A bench that checks the invariants at every scan."""

    def __init__(self, start_ms, **changes):
        self.seconds_now = 0.0
        self.starts = []
        self.turned_at = -1000.0
        self.fuel_open_s = 0.0
        self.were = {"starter": 0, "clutch": 0}
        super().__init__(start_ms, **changes)

    def scan(self, count=1):
        for _ in range(count):
            super().scan()
            self.seconds_now += 0.05
            self.check()

    def wait(self, seconds):
        self.seconds_now += seconds
        super().wait(seconds)

    def check(self):
        gas, ignition, starter, clutch = (
            self.out(name) for name in ("gas_valve", "ignition", "starter", "clutch")
        )
        rpm = self.model.rpm
        measured = self.readings.engine_speed.scaled
        if gas:
            assert measured >= self.settings.gas_min_rpm
            assert ignition
            assert self.monitor.stop_class < 4
        if starter and not self.were["starter"]:
            assert rpm < 15, "starter meets a turning engine"
            assert self.seconds_now - self.turned_at >= self.settings.standstill_s - 0.1
            if not self.starts or self.seconds_now - self.starts[-1] > 300 or self.engine.starts > len(self.starts):
                self.starts.append(self.seconds_now)
                hour = [start for start in self.starts if self.seconds_now - start < 3600]
                assert len(hour) <= self.settings.starts_per_hour
        if starter:
            assert rpm < 600
        if clutch and not self.were["clutch"]:
            assert measured <= self.settings.clutch_rpm
            assert self.engine.unload_wanted
        assert not (starter and clutch)
        assert 0 <= self.out("throttle") <= 10000
        if self.engine.state in (states.OFF, states.FAST, states.SPIN_DOWN, states.REST):
            assert not gas and not starter and not clutch and not self.out("throttle")
        if rpm > 15:
            self.turned_at = self.seconds_now
        self.were["starter"] = starter
        self.were["clutch"] = clutch


class Machine(RuleBasedStateMachine):
    """Random hands at the switches."""

    @initialize(
        before_wrap=st.integers(0, 400), per_hour=st.integers(1, 6), attempts=st.integers(1, 3),
        coolant=st.sampled_from([-10.0, 20.0, 80.0]),
    )
    def begin(self, before_wrap, per_hour, attempts, coolant):
        self.bench = Watched(
            TICKS_PERIOD - 1000 - before_wrap * 1000, starts_per_hour=per_hour, crank_attempts=attempts,
            stop_to_start_s=60, start_to_start_s=60, min_run_s=20, warmup_max_s=60, warmup_min_s=10, crank_s=6,
            crank_rest_s=10, pumpdown_s=10,
        )
        self.bench.model.coolant_c = coolant
        self.bench.scan(20)

    @rule(wanted=st.booleans(), by_temperature=st.booleans())
    def demand(self, wanted, by_temperature):
        self.bench.orders.run_wanted = wanted
        self.bench.orders.by_temperature = by_temperature

    @rule(rpm=st.integers(0, 4000))
    def speed(self, rpm):
        self.bench.orders.speed_rpm = rpm

    @rule(seconds=st.sampled_from([0.05, 0.5, 3, 10, 30, 60]))
    def time_passes(self, seconds):
        self.bench.seconds(seconds)

    @rule(seconds=st.sampled_from([60, 600, 1800]))
    def long_rest(self, seconds):
        if self.bench.model.rpm == 0 and not self.bench.out("starter"):
            self.bench.wait(seconds)
            self.bench.scan(12)

    @rule(scans=st.integers(1, 6))
    def late_scan(self, scans):
        """The controller was busy: the engine went on meanwhile."""
        for _ in range(scans):
            self.bench._physics()
        self.bench.now = (self.bench.now + 50 * scans) % TICKS_PERIOD
        self.bench.seconds_now += 0.05 * scans
        if self.bench.model.rpm > 15:
            self.bench.turned_at = self.bench.seconds_now

    @rule(name=st.sampled_from(DEAD), dead=st.booleans())
    def sensor(self, name, dead):
        (self.bench.dead.add if dead else self.bench.dead.discard)(name)

    @rule(fault=st.sampled_from(["pickup_works"]), healthy=st.booleans())
    def pickup(self, fault, healthy):
        setattr(self.bench, fault, healthy)

    @rule(fault=st.sampled_from(["gas_ok", "starter_ok"]), healthy=st.booleans())
    def engine_part(self, fault, healthy):
        setattr(self.bench.model, fault, healthy)

    @rule(load=st.sampled_from([20.0, 120.0, 180.0, 320.0]))
    def load(self, load):
        self.bench.load_nm = load

    @rule(flow=st.sampled_from([None, 0.0, 2.0]))
    def flow(self, flow):
        self.bench.flow_lps = flow

    @rule(suction=st.sampled_from([80.0, 130.0, 400.0]), discharge=st.sampled_from([450.0, 2000.0, 2500.0]))
    def pressures(self, suction, discharge):
        self.bench.suction_kpa = suction
        self.bench.discharge_kpa = discharge

    @rule(contact=st.sampled_from(["emergency_stop", "high_pressure_switch", "safety_chain"]), level=st.booleans())
    def contact(self, contact, level):
        self.bench.contacts[contact] = int(level)

    @rule(level=st.booleans())
    def gas_switch(self, level):
        self.bench.gas_switch = int(level)

    @rule()
    def healthy_again(self):
        bench = self.bench
        bench.dead.clear()
        bench.contacts = dict.fromkeys(bench.contacts, 1)
        bench.gas_switch = 1
        bench.pickup_works = bench.model.gas_ok = bench.model.starter_ok = True
        bench.flow_lps = None
        bench.load_nm = 120.0
        bench.suction_kpa, bench.discharge_kpa = 400.0, 450.0
        bench.seconds(2)
        bench.monitor.reset()

    @rule()
    def run_for_a_while(self):
        """A healthy stretch, so that loaded states are seen often."""
        self.healthy_again()
        self.bench.orders.run_wanted = True
        if self.bench.engine.state == states.OFF and self.bench.model.rpm == 0:
            self.bench.wait(120)
            self.bench.scan(12)
        self.bench.seconds(75)

    @invariant()
    def counters_only_grow(self):
        engine = getattr(self, "bench", None) and self.bench.engine
        if engine:
            now = (engine.starts, engine.failed_starts, engine.uncommanded_stops, engine.pickup_losses)
            assert all(a >= b for a, b in zip(now, getattr(self, "counted", now), strict=True))
            self.counted = now

    def teardown(self):
        """However it was left: a stop request ends in OFF, in bounded time."""
        bench = getattr(self, "bench", None)
        if bench is None:
            return
        bench.orders.run_wanted = False
        bench.orders.by_temperature = False
        bench.reach(states.OFF, 45 + 10 + 30 + 2 + 180 + 10)
        bench.seconds(1)
        for name in ("gas_valve", "ignition", "starter", "clutch", "throttle"):
            assert bench.out(name) == 0


QuickMachine = Machine.TestCase
QuickMachine.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)


class Longer(Machine):
    """The same, longer."""


LongMachine = Longer.TestCase
LongMachine.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
LongMachine = pytest.mark.slow(LongMachine)
