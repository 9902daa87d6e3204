"""The water valve of a changeover: which switch is believed and when, over power cuts and resets, and what happens to a valve that is lost."""

import pytest
from ghp.control import changeover_states as steps
from ghp.control import states
from ghp.control.arbiter import COOL, HEAT
from ghp.control.duty import COOLING, HEATING, PUMPS_AUTO, PUMPS_GUARD
from shift_bench import Bench, warm_enough


def test_water_valve_that_does_not_travel_goes_back():
    bench = warm_enough()
    bench.bad.add("valve_at_chilled")
    bench.wish = COOL
    bench.until(lambda: bench.changeover.state == steps.RETURN, 400)
    bench.until(lambda: bench.changeover.state == steps.REST, 400)
    assert bench.monitor.find("water_valve").standing() and bench.blocked[COOL]
    bench.wish = HEAT
    bench.until(lambda: bench.engine.loaded, 900)
    assert bench.duty.mode == HEATING and bench.broken == []


def test_an_end_switch_that_shows_the_other_end_already_moves_no_water():
    bench = warm_enough()
    bench.stays_on.add("valve_at_chilled")
    bench.wish = COOL
    bench.until(lambda: bench.blocked[COOL], 600)
    assert "do not prove" in bench.blocked[COOL] and bench.water == 0.0
    bench.wish = HEAT
    bench.until(lambda: bench.engine.loaded, 900)
    assert bench.duty.mode == HEATING and bench.broken == []


def test_an_end_switch_that_answers_too_soon_proves_nothing():
    bench = warm_enough()
    bench.wish = COOL
    bench.until(lambda: bench.changeover.state == steps.TRAVEL and bench.water > 0.05, 600)
    bench.stays_on.add("valve_at_chilled")
    bench.until(lambda: bench.changeover.state == steps.RETURN, 5)
    assert bench.changeover.failure == "end switch answers too soon"
    bench.stays_on.clear()
    bench.until(lambda: bench.changeover.state != steps.RETURN, 130)
    assert bench.duty.mode == HEATING and bench.monitor.find("water_valve").standing() and bench.broken == []


def test_a_way_back_is_not_believed_before_its_time():
    bench = warm_enough()
    bench.stays_on.add("valve_at_hot")
    bench.wish = COOL
    bench.until(lambda: bench.changeover.state == steps.RETURN, 600)
    bench.until(lambda: bench.changeover.state != steps.RETURN, 130)
    assert bench.water < 0.02 and bench.broken == []


def test_a_way_back_gets_all_the_time_allowed():
    """A valve hardly quicker than its setting allows, whose switch of the hot end hangs."""
    bench = warm_enough()
    bench.settings.set("water_valve_s", 95)
    bench.stays_on.add("valve_at_hot")
    bench.wish = COOL
    bench.until(lambda: bench.changeover.state == steps.RETURN, 600)
    bench.until(lambda: bench.changeover.state != steps.RETURN, 130)
    bench.seconds(60)
    assert bench.water == 0.0 and bench.broken == [] and bench.changeover.state != steps.LOCKED


def test_more_patience_does_not_make_a_healthy_valve_too_quick():
    bench = warm_enough()
    bench.settings.set("water_valve_s", 300)
    bench.quick_s = 60
    bench.wish = COOL
    bench.until(lambda: bench.duty.mode == COOLING, 900)
    assert bench.broken == [] and bench.monitor.standing() == []


@pytest.mark.parametrize("mode", [HEAT, COOL])
def test_a_water_valve_that_leaves_its_end_stops_the_unit(mode):
    bench = Bench(mode=int(mode == COOL)).running(mode)
    name = "valve_at_chilled" if mode == COOL else "valve_at_hot"
    bench.bad.add(name)  # for less than three seconds: a contact that shakes
    bench.seconds(2)
    bench.bad.clear()
    bench.seconds(10)
    assert bench.engine.loaded
    bench.bad.add(name)
    bench.seconds(4)
    assert bench.changeover.state == steps.LOCKED and bench.monitor.find("water_valve_lost").standing()
    assert bench.duty.pumps == PUMPS_GUARD and not bench.engine.clutch_in


def test_a_second_switch_that_is_on_stops_nobody_and_neither_does_one_that_is_not_known():
    bench = Bench().running(HEAT)
    bench.stays_on.add("valve_at_chilled")
    bench.seconds(60)
    assert bench.engine.loaded
    bench.unknown.add("valve_at_hot")
    bench.seconds(60)
    assert bench.engine.loaded and bench.changeover.state == steps.REST


def test_one_look_that_fails_as_the_time_ends_is_no_lost_valve():
    bench = Bench()
    bench.changeover.restore(1)
    bench.seconds(116.5)
    bench.unknown.add("valve_at_hot")
    bench.seconds(0.5)
    bench.unknown.clear()
    bench.seconds(5)
    assert bench.changeover.state == steps.REST


@pytest.mark.parametrize("late_s", [300, 1500])
def test_a_water_valve_that_was_looked_at_late_is_tried_again(late_s):
    bench = warm_enough()
    bench.bad.add("valve_at_chilled")
    bench.wish = COOL
    bench.until(lambda: bench.changeover.state == steps.RETURN, 400)
    bench.until(lambda: bench.changeover.state == steps.REST, 400)
    bench.bad.clear()
    bench.seconds(late_s)
    assert bench.blocked[COOL] and bench.changeover.failure
    bench.monitor.reset()
    bench.until(lambda: bench.duty.mode == COOLING, 1500)
    assert bench.broken == []


def test_water_valve_at_no_end_locks_out():
    bench = warm_enough()
    bench.wish = COOL
    bench.until(lambda: bench.changeover.state == steps.TRAVEL, 400)
    bench.seconds(30)
    bench.travels = False
    bench.until(lambda: bench.changeover.state == steps.LOCKED, 400)
    bench.seconds(5)
    assert bench.duty.pumps == PUMPS_GUARD and bench.monitor.find("water_valve_lost").standing() and not bench.engine.clutch_in


def test_nothing_runs_before_the_end_switch_is_proven_after_power_up():
    bench = Bench()
    bench.bad.add("valve_at_hot")
    bench.wish = HEAT
    bench.seconds(100)
    assert bench.engine.state == states.OFF and bench.changeover.state == steps.CHECK
    bench.until(lambda: bench.changeover.state == steps.LOCKED, 60)
    bench.bad.clear()
    bench.seconds(5)
    bench.monitor.reset()
    bench.until(lambda: bench.engine.loaded, 300)


@pytest.mark.parametrize("arrived", [False, True], ids=["on its way", "at the chilled end"])
def test_a_switch_that_hangs_does_not_end_the_travel_that_a_power_cut_began(arrived):
    bench = warm_enough()
    bench.wish = COOL
    bench.until(lambda: bench.duty.mode == COOLING if arrived else bench.water >= 0.8, 600)
    bench.stays_on.add("valve_at_hot")
    bench.reset(power=True)
    bench.wish = HEAT
    bench.until(lambda: bench.engine.running, 300)
    assert bench.water == 0.0 and bench.broken == [] and bench.duty.mode == HEATING


def test_a_valve_that_rested_where_its_relay_holds_it_is_believed_at_once():
    bench = Bench()
    bench.seconds(5)
    bench.reset(power=True)
    bench.seconds(5)
    assert bench.changeover.state == steps.REST
    bench = warm_enough()
    bench.wish = COOL
    bench.until(lambda: bench.duty.mode == COOLING, 900)
    bench.reset()
    bench.seconds(5)
    assert bench.changeover.state == steps.REST and bench.duty.mode == COOLING


def test_what_the_memory_says_too_late_changes_nothing():
    bench = Bench()
    bench.changeover.restore(1)  # it does not answer
    bench.seconds(30)
    assert bench.changeover.state == steps.CHECK
    bench.changeover.restore(0)
    bench.seconds(2)
    assert bench.changeover.state == steps.REST
    bench.changeover.restore(1)
    assert bench.changeover.kept() == 0


def test_a_lost_valve_that_is_freed_keeps_the_pumps_off_until_it_has_had_its_time():
    bench = warm_enough()
    bench.wish = COOL
    bench.until(lambda: bench.changeover.state == steps.TRAVEL and bench.water > 0.5, 400)
    bench.travels = False
    bench.until(lambda: bench.changeover.state == steps.LOCKED, 400)
    bench.travels = True
    bench.stays_on.add("valve_at_hot")
    bench.seconds(110)
    assert bench.duty.pumps == PUMPS_GUARD and bench.water == 0.0
    bench.seconds(20)
    assert bench.duty.pumps == PUMPS_AUTO and bench.changeover.state == steps.LOCKED and bench.broken == []
