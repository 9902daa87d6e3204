"""Changeover: every step, its time limit, what a fault leads to; and that nothing waits for ever."""

import pytest
from ghp.control import changeover_states as steps
from ghp.control import states
from ghp.control.arbiter import COOL, HEAT, NONE
from ghp.control.duty import COOLING, HEATING
from shift_bench import PSI, Bench, warm_enough


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


def test_a_valve_that_slid_before_the_compressor_tempers_the_plate_is_no_valve_that_stays():
    bench = Bench().running(HEAT)
    bench.wish = COOL
    bench.until(lambda: bench.changeover.pilot == 1 and bench.changeover.state == steps.PLATE, 900)
    bench.valve = 1.0
    bench.dp = -40 * PSI  # hot water at a cold plate: it lasts a moment, the valve slides, and nobody sees a fall
    bench.until(lambda: bench.duty.mode == COOLING and bench.changeover.verified, 1500)
    assert bench.monitor.standing() == [] and bench.changeover.attempts == 0 and bench.broken == []
