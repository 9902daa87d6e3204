"""Changeover: every step, its time limit, what a fault leads to; and that nothing waits for ever."""

import pytest
from ghp.control import changeover_states as steps
from ghp.control import states
from ghp.control.arbiter import COOL, HEAT, NONE
from ghp.control.duty import COOLING, HEATING, PUMPS_AUTO, PUMPS_GUARD
from shift_bench import PSI, Bench


def passed(bench, condition, limit_s=900):
    """States of the changeover from here until `condition`."""
    log = [bench.changeover.state]

    def look():
        if log[-1] != bench.changeover.state:
            log.append(bench.changeover.state)
        return condition()
    bench.until(look, limit_s)
    return log


def test_heat_to_cool_and_back_while_running():
    bench = Bench().running(HEAT)
    bench.wish = COOL
    log = passed(bench, lambda: bench.duty.mode == COOLING and bench.changeover.verified)
    assert log == [
        steps.REST, steps.UNLOADING, steps.EQUALISE, steps.PLATE, steps.TEMPER, steps.UNLOADING, steps.EQUALISE, steps.PLATE,
        steps.SETTLE, steps.TRAVEL, steps.SLIDE, steps.PROVE, steps.REST,
    ]
    assert bench.changeover.count == 1 and bench.valve == 1.0 and bench.water == 1.0
    bench.wish = HEAT
    passed(bench, lambda: bench.duty.mode == HEATING and bench.changeover.verified)
    assert bench.broken == [] and bench.monitor.standing() == []


def test_cool_water_needs_no_tempering():
    bench = Bench()
    bench.hot_c = bench.plate_c = 28.0
    bench.running(HEAT)
    bench.wish = COOL
    log = passed(bench, lambda: bench.duty.mode == COOLING and bench.changeover.verified)
    assert steps.TEMPER not in log and bench.broken == []


def test_at_standstill_the_valves_move_before_the_start():
    bench = Bench()
    bench.hot_c = bench.plate_c = 28.0
    bench.wish = COOL
    bench.until(lambda: bench.water == 1.0, 400)
    assert bench.engine.state in (states.OFF, states.FLOW)
    bench.until(lambda: bench.changeover.verified, 900)
    assert bench.broken == []


def test_warm_plate_at_standstill_is_tempered_by_a_start_that_parks():
    bench = Bench()
    bench.wish = COOL
    log = passed(bench, lambda: bench.duty.mode == COOLING and bench.changeover.verified, 1500)
    assert steps.TEMPER in log and bench.broken == []


def test_valve_that_stays_is_noticed_tried_twice_more_and_locked_out():
    bench = Bench().running(HEAT)
    bench.stuck = 0.0
    bench.wish = COOL
    tries = []

    def watch():
        clutch = bench.engine.clutch_in and bench.changeover.state in (steps.TEMPER, steps.SLIDE, steps.REPULSE)
        if clutch and bench.changeover.state != steps.REPULSE:
            tries.append(bench.engine.clutch_s)
        return bench.changeover.state == steps.LOCKED
    bench.until(watch, 900)
    assert max(tries) <= 20.0 and bench.changeover.attempts == 3
    assert bench.monitor.find("reversing_valve").standing() and bench.water == 0.0 and bench.broken == []
    bench.seconds(60)
    assert bench.engine.state == states.OFF
    bench.stuck = None
    assert bench.monitor.reset() == []
    bench.wish = HEAT
    bench.until(lambda: bench.engine.loaded, 900)


def test_valve_stuck_midway_is_noticed_within_a_minute():
    bench = Bench().running(HEAT)
    bench.wish = COOL
    bench.until(lambda: bench.changeover.pilot == 1, 200)
    bench.stuck = 0.5
    longest = [0.0]

    def watch():
        longest[0] = max(longest[0], bench.engine.clutch_s)
        return bench.changeover.state == steps.LOCKED
    bench.until(watch, 1500)
    assert longest[0] <= 60.0 and bench.broken == []


def test_a_valve_that_comes_to_rest_midway_while_running_is_noticed():
    bench = Bench().running(HEAT)
    bench.seconds(90)
    bench.ambient_c = 5.0
    bench.stuck = 0.5
    assert bench.until(lambda: not bench.changeover.verified, 90) <= 60


def warm_enough():
    """A bench that heats with water which may join either loop."""
    bench = Bench()
    bench.hot_c = bench.plate_c = 28.0
    return bench.running(HEAT)


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


@pytest.mark.parametrize(("water", "probe"), [(HEAT, "entering_water"), (HEAT, "condenser_water"), (COOL, "chilled_entering")])
def test_without_a_probe_of_the_exchanger_s_water_the_coil_proves_the_position(water, probe):
    bench = Bench(mode=water == COOL)
    bench.bad.add(probe)
    bench.wish = water
    bench.until(lambda: bench.changeover.verified, 900)
    assert bench.monitor.standing() == [] and bench.changeover.attempts == 0


@pytest.mark.parametrize("probe", ["entering_water", "condenser_water"])
def test_a_defrost_without_a_probe_of_the_exchanger_s_water_is_no_doubt_about_the_valve(probe):
    bench = Bench().running(HEAT)
    bench.until(lambda: bench.changeover.verified, 900)
    bench.bad.add(probe)
    assert bench.defrost.ask()
    bench.until(lambda: bench.defrost.count == 1, 900)
    bench.until(lambda: bench.changeover.verified, 900)
    assert bench.monitor.standing() == []


def test_a_wrong_position_is_still_found_without_a_probe_of_the_exchanger_s_water():
    bench = Bench()
    bench.bad.add("condenser_water")
    bench.stuck = 1.0
    bench.wish = HEAT
    bench.until(lambda: bench.changeover.state == steps.LOCKED, 3600)


def test_entering_water_that_flows_stands_in_for_the_plate_s_probe():
    bench = warm_enough()
    bench.bad.add("condenser_water")
    bench.wish = COOL
    bench.until(lambda: bench.duty.mode == COOLING, 900)
    bench = Bench(mode=1).running(COOL)
    bench.bad.add("chilled_leaving")
    bench.wish = HEAT
    bench.until(lambda: bench.duty.mode == HEATING, 900)
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


def test_bad_plate_probe_gives_up_and_comes_back():
    bench = Bench().running(HEAT)
    bench.bad.add("condenser_water")
    bench.wish = COOL
    bench.until(lambda: bench.changeover.failure, 900)
    assert bench.duty.mode == HEATING and bench.blocked[COOL] and bench.monitor.find("changeover_given_up").active()
    bench.bad.clear()
    bench.until(lambda: bench.duty.mode == COOLING, 1500)
    assert bench.broken == []


@pytest.mark.parametrize("state", [steps.UNLOADING, steps.EQUALISE, steps.PLATE, steps.TEMPER, steps.SETTLE, steps.TRAVEL,
                                   steps.SLIDE, steps.PROVE])
@pytest.mark.parametrize("how", ["off", "alarm", "back", "reset", "power"])
def test_an_interruption_in_any_step_ends_well(state, how):
    bench = Bench().running(HEAT)
    bench.wish = COOL
    bench.until(lambda: bench.changeover.state == state, 600)
    bench.scan()
    pilot = bench.changeover.pilot
    alarm = bench.monitor.find("emergency_stop")
    if how == "off":
        bench.wish = NONE
    elif how == "back":
        bench.wish = HEAT
    elif how == "alarm":
        bench.monitor.judge(alarm, True, bench.now)
        for _ in range(20):
            bench.scan()
            if bench.engine.state != states.OFF:
                assert bench.changeover.pilot == pilot  # never under a stop
        bench.until(lambda: bench.engine.state == states.OFF, 60)
        bench.monitor.judge(alarm, False, bench.now)
        bench.monitor.reset()
    else:
        bench.reset(how == "power")
    if how == "off":
        bench.until(lambda: bench.engine.state == states.OFF and bench.changeover.state == steps.REST, 900)
        bench.wish = COOL
    target = HEATING if how == "back" else COOLING
    bench.until(lambda: bench.duty.mode == target and bench.engine.loaded and bench.changeover.verified, 2500)
    assert bench.broken == [] and bench.monitor.standing() == []


def test_reset_keeps_the_duty_of_the_relays():
    bench = Bench().running(HEAT)
    bench.wish = COOL
    bench.until(lambda: bench.duty.mode == COOLING and bench.changeover.verified, 900)
    bench.reset()
    assert bench.duty.mode == COOLING and not bench.changeover.verified
    turns = bench.pilot_turns
    bench.until(lambda: bench.engine.loaded and bench.changeover.verified, 900)
    assert bench.pilot_turns == turns and bench.broken == []


def test_every_state_has_a_limit_or_says_why_not():
    for row in steps.TABLE:
        assert row[3], row
        assert row[2] is not None or row[0] in (steps.REST, steps.LOCKED)


def test_reasons_name_the_step():
    bench = Bench().running(HEAT)
    bench.wish = COOL
    bench.until(lambda: bench.changeover.state == steps.PLATE, 300)
    told = []
    bench.changeover.reasons(lambda *row: told.append(row), bench.now)
    assert "exchanger's water" in told[0][1] and "below" in told[0][3]


@pytest.mark.parametrize("state, water_c", [(steps.SLIDE, 25.0), (steps.TEMPER, 45.0)])
def test_a_compressor_that_draws_on_an_empty_side_is_taken_out_before_its_trip_and_started_with_an_open_valve(state, water_c):
    """The valve stands at the chilling end already and the charge lies in the cold coil: the exchanger is empty."""
    bench = Bench()
    bench.hot_c = bench.plate_c = water_c
    bench.wish = COOL
    plain = bench.sense
    suction_pa = [150000]

    def sense():
        """No difference builds up."""
        bench.suction = suction_pa[0]
        bench.dp = min(bench.dp, 3 * PSI)
        plain()

    bench.sense = sense
    bench.until(lambda: bench.engine.clutch_in and bench.changeover.state == state, 900)
    suction_pa[0] = 60000
    assert 3 <= bench.until(lambda: bench.changeover.state == steps.REPULSE, 20) <= 6
    assert bench.changeover.attempts == 1 and bench.changeover.failure == "reversing valve: suction side is empty"
    suction_pa[0] = 150000
    after = (steps.PROVE, steps.TEMPER)  # it is there: no difference is waited for, the water tells
    bench.until(lambda: bench.engine.clutch_in and bench.changeover.state in after, 300)
    assert bench.changeover.proof.slid and bench.duty.valve is None and not bench.changeover.warms_coil
    bench.seconds(30)
    bench.sense = plain
    bench.until(lambda: bench.changeover.verified, 900)
    assert bench.duty.mode == COOLING and bench.changeover.attempts == 0 and bench.monitor.standing() == []


def test_a_plate_that_boils_too_cold_is_tempered_no_further_whatever_its_probe_shows():
    """A probe that took half a minute showed 40 C while the exchanger's standing water froze."""
    bench = Bench()
    bench.hot_c = bench.plate_c = 45.0
    bench.wish = COOL
    plain = bench.sense
    suction_pa = [300000]

    def sense():
        bench.suction = suction_pa[0]
        bench.plate_c = 45.0
        plain()

    bench.sense = sense
    bench.until(lambda: bench.engine.clutch_in and bench.changeover.state == steps.TEMPER, 900)
    bench.seconds(12)
    assert bench.changeover.state == steps.TEMPER
    suction_pa[0] = 225000
    bench.derived.superheat_k = 30.0  # little refrigerant in warm water
    bench.seconds(30)
    assert bench.changeover.state == steps.TEMPER
    bench.derived.superheat_k = 6.0
    assert 19 <= bench.until(lambda: bench.changeover.state == steps.UNLOADING, 30) <= 22
    assert bench.changeover.attempts == 0


def test_a_cold_coil_on_the_suction_side_is_no_plate_that_boils_too_cold():
    """Chilling from rest in winter: until the clutch is in and the valve has slid, the low pressure is the coil's."""
    bench = Bench()
    bench.ambient_c = -12.0
    bench.hot_c = bench.plate_c = 45.0
    bench.rest_kpa = 184
    bench.wish = COOL
    plain = bench.engine.step
    proven_s = [0.0]

    def step(machine, dt_s):
        """Its flow is proven anew, for longer than the plate may boil cold."""
        engine = machine.engine
        if engine.state == states.PARK and not machine.changeover.park and machine.run_wanted():
            proven_s[0] += dt_s
            if proven_s[0] < 14.0:
                engine.age += dt_s
                return
        else:
            proven_s[0] = 0.0
        plain(machine, dt_s)

    bench.engine.step = step
    bench.until(lambda: bench.duty.mode == COOLING and bench.changeover.verified, 3000)
    assert bench.changeover.failure == "" and not any(bench.blocked)


def test_a_stop_while_the_pilot_is_turned_back_leaves_the_belief_about_the_valve_true():
    bench = Bench().running(HEAT)
    bench.stuck = 0.0
    bench.wish = COOL
    bench.until(lambda: bench.changeover.state == steps.REPULSE and bench.changeover.pilot == 0, 900)
    bench.monitor.judge(bench.monitor.place("emergency_stop"), True, bench.now)
    bench.seconds(30)
    assert bench.engine.state == states.OFF
    bench.monitor.judge(bench.monitor.place("emergency_stop"), False, bench.now)
    bench.monitor.reset()
    bench.until(lambda: bench.engine.clutch_in and bench.changeover.pilot == 1, 900)
    assert bench.changeover.proof.must_slide and bench.broken == []


def test_a_valve_that_slid_before_the_clutch_is_no_valve_that_stays():
    """Soak, day 17: pressures that crossed while the engine was parked had moved it, and three tries waited for a slide."""
    bench = Bench(mode=1).running(COOL)
    bench.wish = HEAT
    bench.until(lambda: bench.changeover.pilot == 0, 900)
    bench.valve = 0.0
    bench.until(lambda: bench.duty.mode == HEATING and bench.changeover.verified, 1500)
    assert bench.monitor.standing() == [] and bench.changeover.attempts == 0 and bench.broken == []
