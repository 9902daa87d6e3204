"""Every safety invariant is broken once by a made-up machine, and holds for a decent one."""

import pytest
from ghptools.scenario import invariants as iv

DT = 0.05
REST = {
    iv.HEARTBEAT: 0.0, iv.CHAIN: 1.0, iv.SWITCH: 1.0, iv.ESTOP: 1.0, iv.LEAVING: 50.0, iv.FLOW: 6.0, iv.DISCHARGE: 90.0,
    iv.ASKED: 1.0, iv.POWERED: 1.0, iv.DT: DT,
}  # fmt: skip
RUNNING = {
    iv.GAS: 1.0, iv.RELAY: 1.0, iv.IGNITION: 1.0, iv.CLUTCH: 1.0, iv.RPM: 2000.0, iv.COMPRESSOR: 2000.0, iv.PUMP_HOT: 1.0,
    iv.DISCHARGE: 200.0, iv.DELTA_P: 170.0,
}  # fmt: skip


class Machine:
    """Feeds made-up exchanges to the invariants; the heartbeat beats unless told otherwise."""

    def __init__(self):
        import numpy as np

        self.judge = iv.Invariants()
        self.v = np.zeros(len(iv.SIGNALS))
        self.now_ms = 0
        self.beats = True
        self.state = dict(REST)

    def run(self, seconds, dt=DT, **changes):
        self.state.update({getattr(iv, name): float(value) for name, value in changes.items()})
        for _ in range(max(1, round(seconds / dt))):
            if self.beats:
                self.state[iv.HEARTBEAT] = 1.0 - self.state[iv.HEARTBEAT]
            self.state[iv.DT] = dt
            self.now_ms += round(dt * 1000)
            for place, value in self.state.items():
                self.v[place] = value
            self.judge.judge(self.v, self.now_ms)
        return self

    def load(self):
        self.state.update(RUNNING)
        return self

    def broken(self):
        return [name for name, *_ in self.judge.broken()]


def start(machine):
    """A decent start: crank, gas above 30 rpm, fire, release, warm up, clutch against no pressure."""
    machine.run(10, PUMP_HOT=1)
    machine.run(0.1, STARTER=1, IGNITION=1).run(4, RPM=200).run(1, GAS=1, RELAY=1).run(0.2, RPM=500)
    machine.run(30, STARTER=0, RPM=1000).run(1, CLUTCH=1, RPM=1100, DELTA_P=10).run(60, RPM=2000, COMPRESSOR=2000)
    return machine


def stop(machine):
    """A decent stop."""
    machine.run(120, CLUTCH=0, COMPRESSOR=0, RPM=900).run(0.1, GAS=0).run(2, RPM=200).run(2, IGNITION=0, RPM=0)
    return machine.run(10)


def test_a_decent_machine_breaks_nothing():
    machine = Machine()
    for _ in range(3):
        start(machine.run(300))
        machine.run(900, DISCHARGE=310, LEAVING=71)
        stop(machine)
    assert machine.broken() == []


@pytest.mark.parametrize("name", ["LIQUID", "FAN_1", "FAN_2", "FAN_3", "HEATER"])
def test_a_slow_output_is_not_left_on_by_a_dead_controller(name):
    machine = _dead_heart(Machine().run(1))
    assert machine.run(2.5, **{name: 1}).broken() == []
    assert machine.run(1.0).broken() == ["output_age"]


def test_every_invariant_is_named_once_and_has_a_test():
    assert len(set(iv.NAMES)) == len(iv.NAMES)
    assert set(BREACHES) == set(iv.NAMES)


def _starts(machine):
    for _ in range(7):
        machine.run(5, RPM=0).run(2, RPM=1000, GAS=0)
    return machine


def _changeovers(machine):
    for end in (1, 0, 1, 0):
        machine.run(600).run(60, WATER_VALVE=0.5).run(1, WATER_VALVE=end)
    return machine


BREACHES = {
    "gas_still_engine": lambda m: m.run(2.5, GAS=1, RELAY=1, IGNITION=1, RPM=10),
    "gas_without_spark": lambda m: m.load().run(0.5, IGNITION=0),
    "starter_turning_engine": lambda m: m.run(6).run(0.05, STARTER=1).run(0.1, RPM=700),
    "starter_standstill": lambda m: m.run(1, RPM=300).run(3, RPM=0).run(0.05, STARTER=1),
    "rest_after_run": lambda m: m.run(20, RPM=1000).run(40, RPM=0).run(0.05, STARTER=1),
    "starter_too_long": lambda m: m.run(6).run(17, STARTER=1, RPM=200),
    "purge": lambda m: m.run(6).run(3, STARTER=1, RPM=200).run(0.1, GAS=1, RELAY=1, IGNITION=1),
    "starter_and_clutch": lambda m: m.run(6).run(0.05, STARTER=1, CLUTCH=1),
    "clutch_speed": lambda m: m.run(1, RPM=1300).run(0.05, CLUTCH=1),
    "clutch_pressure": lambda m: m.run(1, RPM=1100, DELTA_P=60).run(0.05, CLUTCH=1),
    "heartbeat_fuel": lambda m: _dead_heart(m.load().run(1)).run(0.5),
    "output_age": lambda m: _dead_heart(m.load().run(1)).run(3.5, RELAY=0),
    "chain_fuel": lambda m: m.load().run(0.3, CHAIN=0),
    "chain_valve": lambda m: m.load().run(0.4, ESTOP=0, RELAY=0),
    "flow_lost": lambda m: m.load().run(2.3, FLOW=0.2),
    "overspeed": lambda m: m.load().run(0.5, RPM=3350),
    "discharge_pressure": lambda m: m.load().run(0.05, DISCHARGE=336),
    "leaving_water": lambda m: m.load().run(0.05, LEAVING=78),
    "reversing_valve": lambda m: m.load().run(1).run(0.05, REVERSING=1),
    "pump_while_heating": lambda m: m.load().run(1.5, PUMP_HOT=0),
    "unasked_start": lambda m: m.run(130, ASKED=0).run(0.05, STARTER=1),
    "starts_per_hour": _starts,
    "water_valve_order": lambda m: m.run(1, PUMP_CHILLED=1).run(0.05, WATER_ORDER=1),
    "water_valve_between": lambda m: m.run(1).run(2.5, PUMP_HOT=1, WATER_VALVE=0.5),
    "changeovers_per_hour": _changeovers,
    "ice": lambda m: m.run(0.05, ICE=1),
    "late_scan": lambda m: m.run(0.15, dt=0.15),
    "task_failure": lambda m: m.run(0.05, FAILURES=1),
}


def _dead_heart(machine):
    machine.beats = False
    return machine


@pytest.mark.parametrize("name", iv.NAMES)
def test_breach_is_seen(name):
    machine = BREACHES[name](Machine())
    assert name in machine.broken()
    sentence, count, first_ms = next(row[1:] for row in machine.judge.broken() if row[0] == name)
    assert sentence.endswith(".") and count > 0 and 0 < first_ms <= machine.now_ms


def test_gas_a_second_time_into_an_engine_that_turns_by_itself_is_no_purge():
    machine = Machine().load().run(1, GAS=0).run(0.05, GAS=1, RPM=500)
    assert "purge" in machine.broken()
    by_hand = Machine().run(6).run(1, GAS=1, RELAY=1)  # at standstill, for a look
    assert "purge" not in by_hand.broken()


def test_limits_allow_what_is_allowed():
    # the same situations, just inside: none may be a breach
    assert "gas_still_engine" not in Machine().run(1.9, GAS=1, RELAY=1, IGNITION=1, RPM=10).broken()
    assert "flow_lost" not in Machine().load().run(2.0, FLOW=0.2).broken()
    assert "overspeed" not in Machine().load().run(0.3, RPM=3350).broken()
    assert "discharge_pressure" not in Machine().load().run(1, DISCHARGE=340, FAULTED=1).broken()
    assert "discharge_pressure" in Machine().load().run(1, DISCHARGE=353, FAULTED=1).broken()
    still = Machine().run(1, PUMP_HOT=0).run(0.05, WATER_ORDER=1).run(90, WATER_VALVE=0.5).run(1, WATER_VALVE=1)
    assert still.run(5, PUMP_CHILLED=1).broken() == []
    assert "late_scan" not in Machine().run(0.35, dt=0.35, LATE_ALLOWED=1).broken()
    assert "reversing_valve" not in Machine().load().run(1, RPM=1300, DELTA_P=80).run(0.05, REVERSING=1).broken()
    cut = Machine().load().run(1, DELTA_P=80, RPM=2000, REVERSING=1, POWERED=1)
    assert "reversing_valve" not in cut.run(0.05, REVERSING=0, POWERED=0).run(1, POWERED=1).broken()
    springs = Machine().run(1, WATER_VALVE=1).run(60, WATER_VALVE=0)  # a unit that chilled before its supply came
    for _ in range(2):
        springs.run(600).run(60, WATER_VALVE=0.5).run(1, WATER_VALVE=1)
        springs.run(5, POWERED=0).run(60, WATER_VALVE=0.5, POWERED=1).run(1, WATER_VALVE=0)
    assert "changeovers_per_hour" not in springs.broken()
    six = Machine()
    for _ in range(6):
        six.run(300, RPM=0).run(2, RPM=1000, GAS=0)
    assert six.run(7200, RPM=0).broken() == []
    assert Machine().run(1, FAULTED=1, ICE=1).run(1, FAULTED=0).broken() == []  # it may melt
    assert "ice" in Machine().run(1, FAULTED=1, ICE=1).run(1, FAULTED=0, ICE=0).run(1, ICE=1).broken()
    assert "ice" in Machine().load().run(1, FAULTED=1, ICE=1).broken()
    assert "leaving_water" not in Machine().run(1, LEAVING=79, FLOW=0.0).broken()
