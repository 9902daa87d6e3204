"""A reading that does not move while the machine runs is bad until it moves again."""

from types import SimpleNamespace

import pytest
from ghp import points
from ghp.image import RAW_NO_ANSWER, RAW_OK, Image
from ghp.protection.stuck import Stillness, StuckWater
from ghp.protection.witnesses import MOVES
from ghp.sensing.readings import GOOD, NO_ANSWER, SETTLING, STILL, Readings
from ghp.sensing.substitute import SENSORS
from thermal_parts import Parts

_COUNTS = 12000
_EXHAUST = 2000  # quarter degrees


class Machine:
    """Readings over a raw image, and what the rows ask of engine and duty."""

    def __init__(self, mode=0):
        self.image = Image()
        self.readings = Readings(self.image)
        self.mode = mode  # of the duty
        self.defrosting = False  # of the duty
        self.running = self.clutch_in = True  # of the engine
        self.stillness = Stillness(self.readings, self.image, self, self)
        self.now_ms = 0
        self.moving = {row[1] for row in points.ANALOG_INPUTS}
        self._side = 0
        self.wait(80)

    def wait(self, seconds):
        """Let time pass, everything in `moving` lives by twelve counts."""
        image = self.image
        for _ in range(seconds // 2):
            self._side ^= 12
            for row in points.ANALOG_INPUTS:
                index = points.index_of(points.ANALOG_INPUTS, row[1])
                level = _EXHAUST if row[7] == "thermocouple" else _COUNTS
                if row[1] in self.moving:
                    image.analog[index] = level + self._side
                image.analog_at[index] = self.now_ms
                image.analog_status[index] = image.analog_status[index] or RAW_OK
            for reading in self.readings.analog:
                reading.update(image, self.now_ms)
            self.stillness.update()
            self.now_ms += 2000

    def quality(self, name):
        return getattr(self.readings, name).quality


@pytest.mark.parametrize("row", list(MOVES), ids=lambda row: row[1])
def test_each_is_found_in_its_time_and_good_again_once_it_moves(row):
    _, name, when, patience_s = row
    machine = Machine(mode=1 if when == 3 else 0)
    machine.moving.remove(name)
    machine.wait(2)
    machine.wait(patience_s - 6)
    assert machine.quality(name) == GOOD
    machine.wait(12)
    assert machine.quality(name) == STILL
    assert getattr(machine.readings, name).value() is None
    machine.wait(1000)
    assert machine.quality(name) == STILL
    machine.moving.add(name)
    machine.wait(6)
    assert machine.quality(name) in (SETTLING, GOOD)
    machine.wait(14)
    assert machine.quality(name) == GOOD


def test_a_channel_that_never_trembled_is_not_judged():
    """Readings without noise, and some that only follow a machine that starts and warms up: then they may stand."""
    machine = Machine()
    moving = [points.index_of(points.ANALOG_INPUTS, name) for name in ("coolant_temp", "suction_pressure", "discharge_pressure")]
    machine.stillness = Stillness(machine.readings, machine.image, machine, machine)
    machine.moving.clear()
    for step in range(100):
        for index in moving:
            machine.image.analog[index] = _COUNTS - 20 * step
        machine.wait(2)
    machine.wait(3600)
    assert {machine.quality(row[1]) for row in MOVES} == {GOOD}


@pytest.mark.parametrize("name", ["suction_pressure", "discharge_pressure"])
def test_a_pressure_that_does_not_feel_the_clutch_is_dead_also_after_a_power_up(name):
    machine = Machine()
    machine.clutch_in = False
    machine.stillness = Stillness(machine.readings, machine.image, machine, machine)
    machine.moving.remove(name)
    machine.wait(600)
    assert machine.quality(name) == GOOD
    machine.clutch_in = True
    machine.wait(40)
    assert machine.quality(name) == STILL


@pytest.mark.parametrize("name", ["suction_pressure", "discharge_pressure"])
def test_a_pressure_that_does_not_feel_a_defrost_is_dead_also_on_a_quiet_bench(name):
    machine = Machine()
    machine.stillness = Stillness(machine.readings, machine.image, machine, machine)
    for step in range(40):  # nothing turns back: by now nobody can tell that it lives
        machine.image.analog[points.index_of(points.ANALOG_INPUTS, name)] = _COUNTS - 20 * step
        machine.moving.discard(name)
        machine.wait(2)
    machine.wait(600)
    assert machine.quality(name) == GOOD
    machine.defrosting = True
    machine.wait(36)
    assert machine.quality(name) == STILL


def test_the_thermocouples_are_where_they_are_believed_to_be():
    rows = list(points.ANALOG_INPUTS)
    assert [row[7] for row in rows[15:17]] == ["thermocouple"] * 2
    assert not {row[1] for row in rows[17:]} & {row[1] for row in MOVES}


def test_what_trembles_lives():
    machine = Machine()
    machine.wait(3600)
    assert {machine.quality(row[1]) for row in MOVES} == {GOOD}


@pytest.mark.parametrize(
    ("name", "quiet"),
    [
        ("suction_pressure", {"clutch_in": False}),
        ("coolant_temp", {"running": False}),
        ("entering_water", {"mode": 1}),
        ("chilled_entering", {"mode": 0}),
        ("ambient_temp", {"clutch_in": False, "running": False}),
    ],
)
def test_what_nothing_moves_may_stand(name, quiet):
    machine = Machine()
    machine.moving.remove(name)
    for key, value in quiet.items():
        setattr(machine, key, value)
    machine.wait(3600)
    assert machine.quality(name) == GOOD


def test_a_chip_that_falls_silent_says_so_and_its_time_begins_anew():
    machine = Machine()
    machine.moving.remove("oil_pressure")
    index = points.index_of(points.ANALOG_INPUTS, "oil_pressure")
    machine.wait(20)
    machine.image.analog_status[index] = RAW_NO_ANSWER
    machine.wait(20)
    assert machine.quality("oil_pressure") == NO_ANSWER
    machine.image.analog_status[index] = RAW_OK
    machine.wait(24)
    assert machine.quality("oil_pressure") == GOOD
    machine.wait(20)
    assert machine.quality("oil_pressure") == STILL


def test_every_probe_that_the_machine_cannot_run_without_must_move():
    """The leaving hot water is judged by `StuckWater`; a pickup cannot stand still and count."""
    sharp = {row[1] for row in SENSORS if row[2] in (1, 2) or row[3] in (1, 2)}
    assert sharp - {row[1] for row in MOVES} == {"leaving_water", "engine_speed"}


def test_a_jump_of_the_neighbour_does_not_make_the_leaving_probe_dead():
    """A bias of -8 K on the probe between the exchangers stopped the unit for a leaving probe that was right."""
    readings = Parts().readings
    stuck = StuckWater(readings, SimpleNamespace(value=0))
    now_ms = 0
    for step in range(200):
        readings.leaving_water.scaled += 40 if step & 1 else -40
        if step == 100:
            readings.condenser_water.scaled -= 8000
        assert not stuck.update(True, now_ms)
        now_ms += 500
    for _ in range(100):  # water that moves as water can
        readings.condenser_water.scaled -= 100
        stuck.update(True, now_ms)
        now_ms += 500
    assert stuck.out
