"""Every row of SENSORS that names a replacement: that is what happens, for as long as it says, and it is told."""

from types import SimpleNamespace

import pytest
from ghp import points
from ghp.console.listings import points as list_points
from ghp.console.report import Report
from ghp.sensing import substitute
from ghp.sensing.readings import GOOD, OPEN
from ghp.sensing.substitute import SENSORS
from people_unit import running_unit
from thermal_parts import Parts

ROWS = {row[1]: row for row in SENSORS}


def ambient_temp():
    parts = Parts(hot_setpoint_c=71.0)
    settings = parts.settings
    parts.put(ambient_temp=-6.67).scan(20)
    assert parts.setpoint.ceiling_c == pytest.approx(settings.ceiling_cool_c, abs=0.05)
    parts.bad("ambient_temp").scan(2 * ROWS["ambient_temp"][5] - 12)
    assert parts.setpoint.ceiling_c == pytest.approx(settings.ceiling_cool_c, abs=0.05)
    parts.scan(24)  # the set point is refreshed every five seconds
    assert parts.setpoint.ceiling_c == settings.ceiling_cold_c
    parts.put(ambient_temp=10.0).scan(12)
    assert parts.setpoint.ceiling_c == pytest.approx(settings.ceiling_warm_c)


def entering_water():
    for share in (35.0, 80.0):
        parts = Parts(fixed_flow_pct=share)
        parts.water.speed_pct = 60.0
        parts.bad("entering_water").scan(400)
        assert parts.outputs.pump_hot_speed.commanded == 100 * share
        assert parts.derived.heat_w is None


def gas_pressure():
    from engine_bench import Bench

    bench = Bench()
    bench.running()
    bench.readings.gas_pressure.quality = OPEN
    bench.seconds(5)
    assert bench.standing == [] and bench.engine.running
    bench.gas_switch = 0
    bench.seconds(5)
    assert "gas_pressure" in bench.standing


def coil_temp():
    from ghp.control import defrost
    from unit.test_defrost import frosty, melting

    bench = melting(frosty(defrost_end_condensing_c=30.0))
    bench.bad.add("coil_temp")
    bench.until(lambda: bench.defrost.state != defrost.MELT, 480)
    assert bench.defrost.ended == defrost.CONDENSING  # the pressure says it in the coil's place


def coolant_temp():
    parts = Parts().put(coolant_temp=82.0).scan(40)
    before = parts.heat.recovery_pct
    parts.bad("coolant_temp").scan(2 * ROWS["coolant_temp"][5] - 1)
    assert parts.heat.recovery_pct == pytest.approx(before, abs=8.0) and parts.outputs.radiator_fan.commanded == 0
    parts.scan(3)
    assert (parts.heat.recovery_pct, parts.outputs.radiator_fan.commanded) == (100.0, 1)


CHECKS = {
    "ambient_temp": ambient_temp, "entering_water": entering_water, "gas_pressure": gas_pressure, "coil_temp": coil_temp,
    "coolant_temp": coolant_temp,
}  # fmt: skip


@pytest.mark.parametrize("name", [row[1] for row in SENSORS if row[4] != "-"])
def test_what_the_row_says_is_what_happens(name):
    CHECKS[name]()


def test_replacements_are_points_settings_or_the_last_value():
    names = {row[1] for table in (points.ANALOG_INPUTS, points.DIGITAL_INPUTS, points.PULSE_INPUTS) for row in table}
    settings = vars(Parts().settings)
    for row in SENSORS:
        assert row[4] in names or row[4] in settings or row[4] in ("-", substitute.LAST)
        assert (row[5] > 0) == (row[4] == substitute.LAST)
        if row[4] != "-":
            assert row[4] in row[6] or row[4] in (substitute.LAST, "gas_pressure_switch", "discharge_pressure")
    assert ROWS["ambient_temp"][5] * 1000 == substitute.AMBIENT_HELD_MS
    assert ROWS["coolant_temp"][5] * 1000 == substitute.GAP_MS


def test_a_reading_that_was_never_good_replaces_nothing():
    reading = SimpleNamespace(quality=OPEN, scaled=0, bad_for_ms=lambda now_ms: 0)
    assert substitute.held(reading, 0, 600000) is None
    reading.scaled = 1
    assert substitute.held(reading, 0, 600000) == 1
    reading.quality, reading.scaled = GOOD, 0
    assert substitute.held(reading, 0, 600000) == 0


def test_points_and_why_show_it_and_for_how_long():
    unit = running_unit()
    reading = unit.readings.ambient_temp
    reading.quality = OPEN
    reading.bad_since = unit.board.clock.now
    listed = list(list_points(None, unit, Report(False, True), ["points", "ambient"]))
    assert "replaced by its last value" in listed[1]
    listed = list(list_points(None, unit, Report(True, True), ["points", "ambient"]))
    assert listed[0].endswith(",unit,substitute") and listed[1].endswith(",c,replaced by its last value")
    unit.board.clock.now += 600000
    assert "replaced" not in list(list_points(None, unit, Report(False, True), ["points", "ambient"]))[1]
    parts = Parts().scan(20).bad("ambient_temp").scan(20)
    found = []
    parts.judges.reasons(lambda *row: found.append(row), parts.now_ms)
    assert found and 585 <= found[0][2] <= 595
    parts.scan(1300)
    found.clear()
    parts.judges.reasons(lambda *row: found.append(row), parts.now_ms)
    assert found[0][2] is None, "its ten minutes are over: what holds now ends by no time"
