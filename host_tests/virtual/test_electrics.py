"""The cabinet's electrics: volts of every sensor, faults, actuators, and the fuel relay with its watchdog."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from ghptools.plant import signals
from ghptools.virtual import wires
from ghptools.virtual.electrics import HEALTHY, OPEN, SHORT, Electrics

PSI = 6.894757
IN, OUT = wires.IN, wires.OUT
TEMPERATURES = [name for name in wires.ADC_IN if name.endswith(("_temp", "_water", "_entering", "_leaving"))]


class World:
    """Arrays like a plant's, standing still; `advanced` lists what it was asked to advance."""

    def __init__(self):
        self.advanced = []
        self.plant = SimpleNamespace(
            cmd=np.zeros(len(signals.COMMANDS)),
            sensed=np.zeros(len(signals.SENSORS)),
            sensor_fault=np.zeros(len(signals.SENSORS), dtype=np.int32),
            truth=np.zeros(len(signals.TRUTH)),
            env=np.zeros(len(signals.ENV)),
            advance=self.advanced.append,
        )
        self.out = np.zeros(len(OUT), dtype=np.int32)
        self.inp = np.zeros(len(IN), dtype=np.int32)
        self.electrics = Electrics(self.plant)
        self.sensed(safety_chain=1)

    def sensed(self, fault=HEALTHY, **values):
        for name, value in values.items():
            self.plant.sensed[signals.SENSORS.index(name)] = value
            self.plant.sensor_fault[signals.SENSORS.index(name)] = fault

    def volts(self, name):
        self.electrics.sense(self.inp)
        return self.inp[IN.index(name)] / 1e6

    def drive(self, **levels):
        for name, level in levels.items():
            self.out[OUT.index(name)] = level

    def run(self, dt_ms=50):
        self.electrics.run(self.out, dt_ms)

    def command(self, name):
        return self.plant.cmd[signals.COMMANDS.index(name)]

    def beat(self, count, dt_ms=50):
        for _ in range(count):
            self.out[OUT.index("heartbeat")] ^= 1
            self.run(dt_ms)


@pytest.fixture
def world():
    return World()


@pytest.mark.parametrize(
    "name, low, high",
    (
        ("suction_pressure", 0, 200 * PSI),
        ("discharge_pressure", 101.325, 101.325 + 500 * PSI),
        ("oil_pressure", 0, 100 * PSI),
        ("gas_pressure", 0, 30 * 0.24908891),
    ),
)
def test_ratiometric_transducers(world, name, low, high):
    for share in (0.0, 0.25, 1.0):
        world.sensed(**{name: low + share * (high - low)})
        assert world.volts(name) == pytest.approx(0.5 + 4 * share, abs=2e-6)
    world.sensed(**{name: high * 3})
    assert world.volts(name) == 4.7
    world.sensed(**{name: low - high})
    assert world.volts(name) == 0.3
    world.sensed(OPEN, **{name: low})
    assert world.volts(name) == 0.0
    world.sensed(SHORT, **{name: low})
    assert world.volts(name) == 5.0


@pytest.mark.parametrize("name", TEMPERATURES)
def test_thermistors(world, name):
    r25, beta = (100e3, 3990.0) if name == "discharge_temp" else (10e3, 3977.0)
    for celsius in (-40.0, 25.0, 71.1, 140.0):
        world.sensed(**{name: celsius})
        ohm = r25 * math.exp(beta * (1 / (celsius + 273.15) - 1 / 298.15))
        assert world.volts(name) == pytest.approx(5 * ohm / (ohm + 10e3), abs=2e-6)
    world.sensed(OPEN, **{name: 20.0})
    assert world.volts(name) == 5.0
    world.sensed(SHORT, **{name: 20.0})
    assert world.volts(name) == 0.0


def test_every_analog_point_has_a_curve_and_a_source(world):
    assert len(TEMPERATURES) == 11
    assert set(wires.ADC_IN) == set(TEMPERATURES) | {
        "suction_pressure",
        "discharge_pressure",
        "oil_pressure",
        "gas_pressure",
        "reference_volts",
        "lambda_volts",
        "battery_volts",
    }


def test_volts_and_reference(world):
    world.sensed(lambda_volts=0.45, battery_volts=12.6)
    assert world.volts("lambda_volts") == 0.45
    assert world.volts("battery_volts") == 3.15
    assert world.volts("reference_volts") == 2.5


def test_thermocouples_and_their_faults(world):
    world.sensed(exhaust_temp=650.0)
    assert world.volts("exhaust_temp") == pytest.approx(620 * 41.276e-6, abs=1e-6)
    world.sensed(OPEN, exhaust_temp=650.0)
    world.volts("exhaust_temp")
    assert world.inp[IN.index("exhaust_temp")] == wires.TC_OPEN
    world.sensed(SHORT, exhaust_temp=650.0)
    world.volts("exhaust_temp")
    assert world.inp[IN.index("exhaust_temp")] == wires.TC_SHORT_GROUND


def test_pulses_are_level_changes_and_wrap_and_stop_with_a_broken_wire(world):
    world.sensed(engine_revs=10.0, gas_meter=0.25, hot_flow=3.0, chilled_flow=1e9)
    world.electrics.sense(world.inp)
    assert [int(world.inp[IN.index(name)]) for name in wires.COUNTERS] == [
        1200, 1000, 120, int(4e10) & wires.COUNT_MASK,
    ]  # fmt: skip
    world.sensed(OPEN, engine_revs=20.0)
    world.electrics.sense(world.inp)
    assert world.inp[IN.index("engine_speed")] == 1200


def test_contacts_and_their_faults(world):
    for level in (0, 1):
        world.sensed(call_heat=level)
        world.electrics.sense(world.inp)
        assert world.inp[IN.index("call_heat")] == level
    world.sensed(OPEN, call_heat=1)
    world.electrics.sense(world.inp)
    assert world.inp[IN.index("call_heat")] == 0
    world.sensed(SHORT, call_heat=0)
    world.electrics.sense(world.inp)
    assert world.inp[IN.index("call_heat")] == 1


def test_wires_of_people_and_injections_are_left_alone(world):
    for name in ("knob", "knob_push", "absent_chips", "stuck_buses", "late_ms"):
        world.inp[IN.index(name)] = 77
    world.electrics.sense(world.inp)
    assert all(
        world.inp[IN.index(name)] == 77 for name in ("knob", "knob_push", "absent_chips", "stuck_buses")
    )


@pytest.mark.parametrize(
    "name", [name for name in signals.COMMANDS if name not in ("fuel_relay", "expansion_valve")]
)
def test_every_actuator_follows_its_wire_from_zero_to_one(world, name):
    full = {"throttle": 65535, "mixture_valve": 65535}.get(name, 1)
    if name in ("lead_fan_speed", "pump_hot_speed", "heat_recovery_valve"):
        full = 10_000_000
    world.drive(**{name: full})
    world.run()
    assert world.command(name) == pytest.approx(1.0)
    assert sum(world.plant.cmd) == pytest.approx(1.0)


def test_steps_accumulate_over_the_wrap_and_over_a_restart(world):
    world.drive(valve_steps=300)
    world.run()
    world.drive(valve_steps=-550 & wires.COUNT_MASK)
    world.run()
    assert world.command("expansion_valve") == -550
    world.electrics.rest(300)
    assert world.command("expansion_valve") == -550
    world.drive(valve_steps=100)
    world.run()
    assert world.command("expansion_valve") == -450


class TestFuelRelay:
    def test_needs_a_second_of_heartbeat(self, world):
        world.run(500)
        assert not world.electrics.fuel_relay
        world.beat(20)
        assert not world.electrics.fuel_relay
        world.beat(1)
        assert world.electrics.fuel_relay

    def test_holds_on_changes_every_200_ms_and_drops_beyond(self, world):
        world.beat(30)
        world.beat(10, 200)
        assert world.electrics.fuel_relay
        world.run(50)
        world.run(50)
        assert not world.electrics.fuel_relay

    def test_drops_inside_one_long_exchange(self, world):
        """A scan that is late by 300 ms must not burn gas for 300 ms: the exchange is cut into slices."""
        world.beat(30)  # the last change is 50 ms old
        seen = []
        world.plant.advance = lambda ms: seen.append((ms, world.electrics.fuel_relay))
        world.run(300)
        assert seen == [(50, True)] * 4 + [(50, False)] * 2

    def test_starts_its_proof_again_after_a_gap(self, world):
        world.beat(30)
        world.run(300)
        world.beat(19)
        assert not world.electrics.fuel_relay
        world.beat(3)
        assert world.electrics.fuel_relay

    @pytest.mark.parametrize("what", ("safety_chain", "emergency_stop_pressed", "high_pressure_open"))
    def test_chain_acts_at_once_and_without_the_controller(self, world, what):
        world.beat(30)
        if what == "safety_chain":
            world.sensed(safety_chain=0)
        elif what == "emergency_stop_pressed":
            world.plant.env[signals.ENV.index(what)] = 1
        else:
            world.plant.truth[signals.TRUTH.index(what)] = 1
        world.beat(1)
        assert not world.electrics.fuel_relay

    def test_a_chain_contact_that_is_stuck_closed_in_the_eyes_of_the_controller_does_not_help(self, world):
        world.beat(30)
        world.sensed(SHORT, safety_chain=1, emergency_stop=1)
        world.plant.env[signals.ENV.index("emergency_stop_pressed")] = 1
        world.beat(1)
        assert not world.electrics.fuel_relay


def test_plant_gets_whole_steps_and_no_millisecond_is_lost(world):
    for _ in range(10):
        world.run(17)
    assert sum(world.advanced) == 170 and all(ms % 10 == 0 for ms in world.advanced)
