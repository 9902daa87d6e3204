"""Service in the whole controller: nothing starts, everybody sees it, and it ends with a rest or with a failure."""

import pytest
from ghp import facts
from ghp.control import arbiter, states
from ghp.control import changeover_states as steps
from ghp.panel import pages
from unit.test_review_unit import Cabinet


@pytest.fixture
def cabinet():
    made = Cabinet()
    made.board.set_wire("valve_at_hot", 1)
    made.run(310000)  # nobody knows what gas there was before the power-up
    assert made.unit.begin_service() is None
    made.unit.hand.take(made.unit.outputs.enclosure_fan, 1, 600, made.unit.board.clock.ticks_ms())
    return made.run(31000)  # aired


def test_it_is_shown_everywhere(cabinet):
    unit = cabinet.unit
    now_ms = unit.board.clock.ticks_ms()
    assert unit.state_text().startswith("SERVICE") and facts.value(unit, "service") == 1
    assert "Service" in unit.reasons(now_ms)[0][1] and unit.reasons(now_ms)[0][2] > 800
    picture = pages.Picture()
    pages.home(picture, unit, now_ms, 0)
    assert picture.rows[0].split() == ["SERVICE"]
    unit.duty.mode = 1
    pages.home(picture, unit, now_ms, 0)
    assert picture.rows[0].split() == ["SERVICE", "CHILLED"]
    for which in range(len(pages.TABLES)):
        pages.table(picture, unit, which)
        assert picture.rows[0].startswith("SERVICE ") and picture.rows[0].endswith(" %d/9" % (which + 2))
    pages.alarms(picture, unit, 0, "")
    assert picture.rows[0] == "SERVICE ALARMS    8/9"
    pages.mode(picture, unit, 0, False)
    assert picture.rows[0] == "SERVICE MODE      9/9"
    for editing in (lambda: pages.mode(picture, unit, 0, True), lambda: pages.adjust(picture, unit, "hot_setpoint_c", 60.0, "")):
        editing()
        assert picture.rows[0].startswith("SERVICE ") and picture.rows[0].endswith("TURN, PUSH") and len(picture.rows[0]) == 21


def test_no_demand_starts_the_engine(cabinet):
    unit = cabinet.unit
    unit.hand.water = arbiter.HEAT  # as if every other layer said run
    unit.hand._order_left_ms = 1000000
    for _ in range(200):
        cabinet.run(100)
        assert not unit.orders.run_wanted and unit.engine.state == states.OFF
    assert unit.hand is not None


def test_a_mode_that_is_not_off_ends_it_and_the_start_rests_first(cabinet):
    unit = cabinet.unit
    unit.settings.set("mode", 1)
    cabinet.run(3000)
    assert unit.hand is None and unit.engine.state == states.OFF and unit.cycling.wait_s() > unit.settings.stop_to_start_s - 10
    assert "mode is not off" in unit.begin_service()
    cabinet.run(60000)
    assert unit.engine.state == states.OFF


def test_who_begins_again_while_it_ends_needs_mode_off_as_well(cabinet):
    unit = cabinet.unit
    unit.hand.ending = True
    unit.settings.set("mode", 1)
    assert "mode is not off" in unit.begin_service() and unit.hand.ending


def test_a_start_all_the_same_takes_the_hands_off(cabinet):
    unit = cabinet.unit
    unit.hand.take(unit.outputs.pump_coolant, 1, 100, unit.board.clock.ticks_ms())
    cabinet.run(200)
    assert unit.outputs.pump_coolant.value == 1
    unit.engine.update = lambda now_ms: setattr(unit.engine, "state", states.VENTILATE)
    cabinet.run(100)
    assert unit.hand is None


def test_the_end_is_a_rest(cabinet):
    unit = cabinet.unit
    cabinet.run(400000)
    assert unit.cycling.wait_s() == 0
    unit.hand.ending = True
    cabinet.run(200)
    assert unit.hand is None and unit.cycling.wait_s() > unit.settings.stop_to_start_s - 5
    assert facts.value(unit, "service") == 0


def test_a_task_that_fails_ends_it_with_everything_off(cabinet):
    unit = cabinet.unit
    cabinet.run(400000)
    unit.hand.take(unit.outputs.enclosure_fan, 1, 600, unit.board.clock.ticks_ms())
    cabinet.run(31000)
    unit.hand.take(unit.outputs.ignition, 1, 10, unit.board.clock.ticks_ms())
    cabinet.run(100)
    assert unit.outputs.ignition.value == 1 and unit.cycling.wait_s() == 0

    def broken(now_ms):
        raise ValueError("planted")

    update = unit.mixture.update
    unit.mixture.update = broken
    cabinet.run(60)
    unit.mixture.update = update
    assert unit.hand is None and unit.outputs.ignition.value == 0 and "task_failure" in cabinet.standing
    assert unit.cycling.wait_s() > unit.settings.stop_to_start_s - 5  # a rest, as at any end of service
    cabinet.run(5000)
    assert unit.outputs.ignition.value == 0


def test_an_emergency_stop_lights_a_lamp_that_is_held_dark(cabinet):
    unit = cabinet.unit
    unit.hand.take(unit.outputs.alarm_lamp, 0, 600, unit.board.clock.ticks_ms())
    cabinet.run(1000)
    assert [output.name for output, _, _ in unit.hand.forced()] == ["enclosure_fan", "alarm_lamp"]
    cabinet.board.set_wire("emergency_stop", 0)
    levels = set()
    for _ in range(20):
        cabinet.run(250)
        levels.add(unit.outputs.alarm_lamp.value)
    assert levels == {0, 1}  # it blinks


def test_heat_after_a_run_is_carried_off_whatever_is_by_hand(cabinet):
    unit = cabinet.unit
    now_ms = unit.board.clock.ticks_ms()
    for name in ("pump_hot", "pump_hot_speed", "radiator_fan", "heat_recovery_valve"):
        unit.hand.take(getattr(unit.outputs, name), 0, 600, now_ms)
    cabinet.run(1000)
    assert unit.outputs.pump_hot_speed.value == 0
    unit.engine.since_fuelled.start(unit.board.clock.ticks_ms())
    cabinet.run(1000)
    assert unit.outputs.pump_hot.value == 1 and unit.outputs.pump_hot_speed.value >= 4000
    assert [output.name for output, _, _ in unit.hand.forced()] == ["enclosure_fan"]


def test_a_water_order_counts_from_the_travel_of_its_valve(cabinet):
    unit = cabinet.unit
    outputs = unit.outputs
    cabinet.run(700000)
    unit.hand.take(outputs.water_valve, 1, None, unit.board.clock.ticks_ms())
    unit.hand.release(outputs.water_valve)
    cabinet.run(3000)
    assert unit.changeover.state == steps.REST and unit.arbiter.changes == 0

    unit.hand.take(outputs.water_valve, 1, None, unit.board.clock.ticks_ms())
    cabinet.run(3000)
    assert unit.changeover.state == steps.EQUALISE and unit.arbiter.changes == 0
    unit.hand.release(outputs.water_valve)
    cabinet.run(3000)
    assert unit.changeover.state == steps.REST and unit.duty.mode == 0
    assert unit.arbiter.changes_in_hour() == 0 and unit.arbiter.serving == arbiter.HEAT

    unit.hand.take(outputs.water_valve, 1, None, unit.board.clock.ticks_ms())
    while unit.changeover.state != steps.TRAVEL:
        unit.hand.touch()
        cabinet.run(1000)
    unit.hand.release(outputs.water_valve)  # too late: what travels arrives
    cabinet.board.set_wire("valve_at_hot", 0)
    cabinet.run(40000)  # sooner no switch is believed
    assert unit.arbiter.changes_in_hour() == 1 and unit.arbiter.serving == arbiter.COOL and unit.hand.water
    cabinet.board.set_wire("valve_at_chilled", 1)
    cabinet.run(3000)
    assert unit.duty.mode == 1 and not unit.hand.water and outputs.water_valve.value == 1
    with pytest.raises(ValueError, match="changeover_dwell_s"):
        unit.hand.take(outputs.water_valve, 0, None, unit.board.clock.ticks_ms())


@pytest.mark.parametrize("wire", ["emergency_stop", "safety_chain", "high_pressure_switch"])
def test_an_open_chain_ends_the_spark(cabinet, wire):
    unit = cabinet.unit
    unit.hand.take(unit.outputs.ignition, 1, 10, unit.board.clock.ticks_ms())
    cabinet.run(100)
    cabinet.board.set_wire(wire, 0)
    cabinet.run(300)
    assert unit.outputs.ignition.value == 0 and unit.hand is not None


def test_a_hand_value_perishes_with_the_scan(cabinet):
    unit = cabinet.unit
    unit.hand.take(unit.outputs.ignition, 1, 10, unit.board.clock.ticks_ms())
    cabinet.run(100)
    assert unit.outputs.ignition.value == 1
    unit.outputs.settle(unit.board.clock.ticks_ms() + 200)
    assert unit.outputs.ignition.value == 0
