"""The start sequence: every state, every time limit, every failure of a start."""

import pytest
from engine_bench import SHORT, Bench
from ghp.control import engine as engine_module
from ghp.control import states, wishes
from ghp.protection import stops


def passed(bench, limit_s=400):
    """Run until RUN or OFF; return [(state, seconds spent)] and check the outputs at every scan."""
    log = []
    while True:
        before = bench.engine.state
        bench.scan()
        state = bench.engine.state
        if not log or log[-1][0] != state:
            log.append([state, 0.0])
        log[-1][1] += 0.05
        outputs = {name: bench.out(name) for name in ("gas_valve", "ignition", "starter", "clutch")}
        assert not (outputs["gas_valve"] and not outputs["ignition"])
        assert not (outputs["clutch"] and outputs["starter"])
        if state in (states.RUN, states.OFF) and before != states.OFF:
            return [tuple(row) for row in log]
        assert bench.scans * 0.05 < limit_s, log


def test_every_state_has_its_row_its_step_and_an_end():
    codes = [row[0] for row in states.TABLE]
    assert codes == list(range(len(codes)))
    assert len({states.text(code) for code in codes}) == len(codes)
    assert len(engine_module._STEPS) == len(codes)
    limits = states.limits(Bench().settings)
    for code, limit_ms in zip(codes, limits, strict=True):
        assert limit_ms > 0 or code in (states.OFF, states.RUN)
        assert states.TABLE[code][3]
    # following the stop column always ends in a state that ends by its own limit
    for code in codes:
        after = states.WHEN_UNWANTED[code]
        assert states.WHEN_UNWANTED[after] == after
        assert after >= states.UNLOAD or after == states.OFF


def test_a_start_passes_every_state_in_order():
    bench = Bench().asked()
    log = passed(bench)
    assert [state for state, _ in log] == [
        states.FLOW, states.VENTILATE, states.EQUALISE, states.PURGE, states.CRANK, states.RUN_UP, states.WARM_UP,
        states.ENGAGE, states.OPENING, states.RUN,
    ]
    spent = dict(log)
    assert SHORT["flow_proof_s"] <= spent[states.FLOW] < SHORT["flow_proof_s"] + 2
    assert spent[states.VENTILATE] == pytest.approx(SHORT["ventilate_s"], abs=0.06)
    assert spent[states.EQUALISE] == pytest.approx(2.0, abs=0.06)
    assert spent[states.PURGE] == pytest.approx(4.0, abs=0.06)
    assert spent[states.CRANK] < 1.0
    assert spent[states.WARM_UP] == pytest.approx(SHORT["warmup_min_s"], abs=0.06)
    assert 5.9 < spent[states.ENGAGE] < 10.0
    assert spent[states.OPENING] == pytest.approx(SHORT["start_opening_s"], abs=0.06)
    assert bench.engine.starts == 1
    assert bench.standing == []


def test_gas_waits_for_the_end_of_the_purge_and_for_speed():
    bench = Bench().asked()
    bench.reach(states.PURGE)
    while bench.engine.state == states.PURGE:
        assert not bench.out("gas_valve")
        assert bench.out("ignition") == bench.out("starter") == 1
        bench.scan()
    assert bench.engine.state == states.CRANK
    assert bench.out("gas_valve") and bench.model.rpm > 30


def test_the_starter_leaves_before_the_engine_overruns_it():
    for coolant_c in (5.0, 40.0, 85.0):
        bench = Bench()
        bench.model.coolant_c = coolant_c
        bench.asked()
        bench.reach(states.PURGE)
        fastest = 0.0
        while bench.engine.state <= states.CRANK:
            if bench.out("starter"):
                fastest = max(fastest, bench.model.rpm)
            bench.scan()
        assert bench.engine.state == states.RUN_UP
        assert fastest < 450, coolant_c


def test_clutch_engages_below_its_speed_and_unloaded():
    bench = Bench().asked()
    bench.reach(states.OPENING)
    assert bench.model.rpm <= bench.settings.clutch_rpm
    assert bench.out("clutch") and bench.engine.unload_wanted
    bench.reach(states.RUN)
    assert not bench.engine.unload_wanted and bench.engine.loaded
    assert bench.model.rpm > 1100


def test_valve_modes_and_pumps_of_a_start():
    bench = Bench().asked()
    seen = {}
    while bench.engine.state != states.RUN:
        bench.scan()
        engine = bench.engine
        seen[engine.state] = (engine.valve_mode, engine.liquid_valve_wanted, engine.fans_wanted)
        if engine.state >= states.FLOW:
            assert engine.pump_hot_wanted
        if engine.state >= states.VENTILATE:
            assert engine.enclosure_fan_wanted
        if engine.state >= states.PURGE:
            assert engine.pump_coolant_wanted
    assert seen[states.FLOW] == (wishes.VALVE_HOLD, False, False)
    assert seen[states.EQUALISE] == seen[states.WARM_UP] == (wishes.VALVE_EQUALISE, True, False)
    assert seen[states.ENGAGE] == (wishes.VALVE_START, True, False)
    assert seen[states.OPENING] == (wishes.VALVE_START, True, True)
    assert seen[states.RUN] == (wishes.VALVE_CONTROL, True, True)


def test_no_flow_is_an_alarm_after_its_time():
    bench = Bench().asked()
    bench.flow_lps = 0.0
    bench.reach(states.FLOW)
    taken = bench.until(lambda: bench.engine.state == states.OFF, 70)
    assert taken == pytest.approx(bench.settings.flow_wait_s, abs=0.2)
    assert bench.standing == ["flow_not_proven"]
    assert bench.engine.starts == 0
    bench.flow_lps = None
    bench.seconds(3)
    assert bench.engine.state == states.OFF  # latched
    bench.monitor.reset()
    bench.reach(states.VENTILATE, 20)  # no timer was touched: it starts at once


def test_flow_that_comes_and_goes_is_not_proven():
    bench = Bench().asked()
    bench.reach(states.FLOW)
    for _ in range(8):
        bench.flow_lps = 3.0
        bench.seconds(1.5)
        bench.switch = 0
        bench.scan()
        bench.switch = None
        assert bench.engine.state == states.FLOW
    bench.reach(states.VENTILATE, 5)


@pytest.mark.parametrize("fault", ["pressure", "suction bad", "discharge bad"])
def test_a_start_that_cannot_equalise_is_abandoned_and_tried_again_by_the_rules(fault):
    bench = Bench().asked()
    if fault == "pressure":
        bench.discharge_kpa = bench.suction_kpa + bench.settings.equalise_dp_kpa + 20
    else:
        bench.dead.add(fault.split()[0] + "_pressure")
    bench.reach(states.EQUALISE)
    taken = bench.until(lambda: bench.engine.state == states.OFF, 320)
    assert taken == pytest.approx(300, abs=0.2)
    assert bench.engine.abandoned_starts == 1 and bench.engine.starts == 0
    assert not bench.cycling.may_start()  # rests like after a stop
    bench.discharge_kpa = bench.suction_kpa
    bench.dead.clear()
    bench.wait(bench.settings.stop_to_start_s - 5)
    assert bench.engine.state == states.OFF
    bench.seconds(6)
    assert bench.engine.state == states.FLOW


@pytest.mark.parametrize("dead", ["pickup", "starter"])
def test_silence_while_cranking_is_a_lock_out_after_two_and_a_half_seconds(dead):
    bench = Bench().asked()
    if dead == "pickup":
        bench.pickup_works = False
    else:
        bench.model.starter_ok = False
    bench.reach(states.PURGE)
    taken = bench.until(lambda: bench.engine.state == states.FAST, 4)
    assert taken == pytest.approx(2.5, abs=0.11)
    assert not bench.out("starter") and not bench.out("gas_valve")
    assert bench.standing == ["no_speed_signal"]
    assert bench.monitor.stop_class == stops.LOCK_OUT
    bench.reach(states.OFF, 130)
    bench.seconds(2)
    assert bench.engine.failed_starts == 0
    assert bench.monitor.reset() == []


def test_pickup_that_dies_while_cranking_with_gas():
    bench = Bench().asked()
    bench.model.gas_ok = False
    bench.reach(states.CRANK)
    bench.seconds(2)
    assert bench.out("gas_valve")
    bench.pickup_works = False
    taken = bench.until(lambda: not bench.out("gas_valve"), 1)
    assert taken <= 0.1
    bench.until(lambda: bench.engine.state == states.FAST, 3)
    assert bench.standing == ["no_speed_signal"]


def test_three_attempts_then_clearing_then_lock_out():
    bench = Bench().asked()
    bench.model.gas_ok = False
    bench.reach(states.PURGE)
    log = passed(bench, 600)
    attempt = [states.CRANK, states.REST, states.PURGE]
    assert [state for state, _ in log] == [
        states.PURGE, *attempt, *attempt, states.CRANK, states.REST, states.CLEAR, states.FAST, states.OFF
    ]
    for state, seconds in log:
        if state == states.CRANK:
            assert seconds == pytest.approx(bench.settings.crank_s - bench.settings.purge_s, abs=0.06)
        elif state == states.REST:
            assert seconds == pytest.approx(bench.settings.crank_rest_s, abs=0.06)
        elif state == states.CLEAR:
            assert seconds == pytest.approx(1.25 * bench.settings.crank_s, abs=0.06)
    assert bench.standing == ["failed_start"]
    assert bench.engine.failed_starts == 1
    assert bench.engine.starts == 1
    assert bench.engine.uncommanded_stops == bench.engine.pickup_losses == 0
    # the cause is over at rest: a reset frees it, the rules still ration
    bench.seconds(2)
    assert bench.monitor.reset() == [] and bench.engine.attempts == 0
    bench.seconds(2)
    assert bench.engine.state == states.OFF


def test_no_gas_while_resting_or_clearing():
    bench = Bench().asked()
    bench.model.gas_ok = False
    bench.reach(states.PURGE)
    while bench.engine.state != states.FAST:
        bench.scan()
        if bench.engine.state in (states.REST, states.CLEAR, states.PURGE):
            assert not bench.out("gas_valve")
        if bench.out("gas_valve"):
            assert bench.model.rpm > 30
        assert bench.out("starter") == (bench.engine.state in (states.PURGE, states.CRANK, states.CLEAR))


def test_second_attempt_starts_and_only_a_proven_run_forgets_the_first():
    bench = Bench(proven_run_s=40).asked()
    bench.model.gas_ok = False
    bench.reach(states.REST)
    bench.model.gas_ok = True
    bench.reach(states.WARM_UP)
    assert bench.engine.attempts == 1
    bench.seconds(39)
    assert bench.engine.attempts == 1
    bench.seconds(2)
    assert bench.engine.attempts == 0
    assert bench.engine.failed_starts == 0


def test_an_engine_that_catches_and_dies_is_a_failed_attempt():
    bench = Bench().asked()
    bench.reach(states.RUN_UP)
    bench.model.gas_ok = False
    bench.until(lambda: bench.engine.state == states.REST, 11)
    assert bench.engine.attempts == 1 and bench.engine.uncommanded_stops == 0
    assert not bench.out("gas_valve")


def test_an_engine_that_never_reaches_warm_up_speed_is_a_failed_attempt():
    bench = Bench().asked()
    bench.reach(states.RUN_UP)
    bench.model.spark = 0.0
    while bench.engine.state == states.RUN_UP:
        bench.model.w = 60.0  # 573 rpm: it turns, and does not get faster
        bench.scan()
    assert bench.engine.state == states.REST
    assert bench.engine.attempts == 1


def test_rest_waits_for_standstill_and_gives_up_in_the_end():
    bench = Bench().asked()
    bench.model.gas_ok = False
    bench.reach(states.REST)
    begun = bench.scans
    while bench.engine.state == states.REST:
        bench.model.w = 5.0  # 48 rpm: something drives it
        bench.scan()
        assert not bench.out("starter")
    assert (bench.scans - begun) * 0.05 == pytest.approx(10, abs=0.3)
    assert bench.standing == ["stop_not_confirmed"]
    assert bench.engine.state == states.FAST


def test_firing_with_gas_shut_ends_the_start():
    bench = Bench().asked()
    bench.model.valve_leaks = True
    bench.reach(states.FAST)
    assert bench.standing == ["stop_not_confirmed"]
    assert not bench.out("ignition") and not bench.out("starter")


def test_noise_that_looks_like_firing_costs_an_attempt_not_a_lock_out():
    bench = Bench().asked()
    bench.reach(states.PURGE)
    bench.seconds(1)
    for w in (29.0, 38.0):  # 277, then 363 rpm: where that leads is beyond the starter's release
        bench.model.w = w
        bench.scan()
    assert bench.engine.mark_ms and not bench.out("starter")
    bench.reach(states.REST, 2)
    assert bench.standing == [] and bench.engine.attempts == 1


@pytest.mark.parametrize(("coolant_c", "dead", "expected_s"), [(80, 0, 10), (10, 0, 60), (80, 1, 60)])
def test_warm_up_ends_warm_or_at_its_longest(coolant_c, dead, expected_s):
    bench = Bench(warmup_max_s=60)
    bench.model.coolant_c = coolant_c
    bench.asked()
    bench.reach(states.WARM_UP)
    if dead:
        bench.dead.add("coolant_temp")
    taken = bench.reach(states.ENGAGE, 100)
    assert taken == pytest.approx(expected_s, abs=0.6)


@pytest.mark.parametrize("fault", ["pressure", "sensor"])
def test_clutch_stays_out_while_the_pressures_are_not_equal(fault):
    bench = Bench().asked()
    bench.reach(states.ENGAGE)
    if fault == "pressure":
        bench.discharge_kpa = bench.suction_kpa + 300
    else:
        bench.dead.add("suction_pressure")
    while bench.engine.state == states.ENGAGE:
        bench.scan()
        assert not bench.out("clutch")
    assert bench.engine.state == states.BURN_OUT
    bench.reach(states.OFF, 20)
    assert bench.engine.abandoned_starts == 1


def test_reset_with_the_engine_turning_waits_for_silence_and_no_oil_pressure():
    bench = Bench()
    bench.model.w = 250.0
    bench.model.oil_kpa = 380.0
    bench.orders.run_wanted = True
    bench.scan()
    while bench.model.rpm > 0:
        bench.scan()
        assert bench.engine.state == states.OFF and not bench.out("starter") and not bench.out("gas_valve")
        assert not bench.engine.standstill
    assert bench.engine.pump_coolant_wanted  # it has heat to lose
    taken = bench.until(lambda: bench.engine.standstill, 30)
    assert 10.0 <= taken < 13.0
    assert bench.standing == []


def test_starter_never_engages_on_a_turning_engine():
    bench = Bench().asked()
    bench.reach(states.EQUALISE)
    for _ in range(20 * 40):
        bench.model.w = 20.0
        bench.scan()
        assert not bench.out("starter")
        if bench.engine.state == states.OFF:
            break
    assert "stop_not_confirmed" in bench.standing


def test_speed_pickup_that_does_not_answer_blocks_the_start_and_says_so():
    bench = Bench()
    bench.dead.add("engine_speed")
    bench.asked()
    bench.wait(200)
    bench.seconds(2)
    assert bench.engine.state == states.OFF
    said = []
    bench.engine.reasons(lambda *reason: said.append(reason), bench.now)
    assert (1, "Speed pickup does not answer", None, "chip does not answer") in said


def test_gas_pressure_missing_blocks_and_frees_by_itself():
    bench = Bench()
    bench.gas_switch = 0
    bench.asked()
    bench.seconds(3)
    assert bench.engine.state == states.OFF and bench.standing == ["gas_pressure"]
    bench.gas_switch = 1
    bench.reach(states.FLOW, 3)


def test_reasons_name_the_state_and_its_end():
    bench = Bench().asked()
    bench.reach(states.VENTILATE)
    bench.seconds(1)
    said = []
    bench.engine.reasons(lambda *reason: said.append(reason), bench.now)
    assert said == [(1, "Engine: ventilating the enclosure", SHORT["ventilate_s"] - 1, None)]


def told(bench):
    said = []
    bench.engine.reasons(lambda *reason: said.append(reason), bench.now)
    return said[0]


def test_a_rest_between_attempts_tells_its_true_end():
    bench = Bench().asked()
    bench.model.gas_ok = False
    bench.reach(states.REST)
    bench.seconds(2)
    rank, text, left_s, value = told(bench)
    assert text == "Engine: resting between attempts" and value is None
    assert bench.until(lambda: bench.engine.state != states.REST, 60) == pytest.approx(left_s, abs=1.1)


def test_so_does_clearing():
    bench = Bench(crank_attempts=1).asked()
    bench.model.gas_ok = False
    bench.reach(states.CLEAR)
    bench.seconds(1)
    left_s = told(bench)[2]
    assert bench.until(lambda: bench.engine.state != states.CLEAR, 60) == pytest.approx(left_s, abs=1.1)


def test_what_waits_for_a_condition_tells_its_limit_as_one():
    bench = Bench().asked()
    bench.discharge_kpa = 900.0
    bench.reach(states.EQUALISE)
    assert told(bench)[1:] == ("Engine: equalising pressures", 300, "at most")


def test_coming_to_rest_ends_with_the_proven_standstill():
    bench = Bench().running()
    bench.contacts["safety_chain"] = 0
    bench.reach(states.FAST)
    assert told(bench)[2] is None  # it turns still: nobody knows for how long
    bench.until(lambda: not bench.pickup.turning, 60)
    bench.seconds(1)
    left_s = told(bench)[2]
    assert bench.until(lambda: bench.engine.state != states.FAST, 60) == pytest.approx(left_s, abs=1.1)


def test_no_second_attempt_while_the_pickup_does_not_answer():
    bench = Bench().asked()
    bench.model.gas_ok = False
    bench.reach(states.REST)
    bench.dead.add("engine_speed")
    while bench.engine.state == states.REST:
        bench.scan()
        assert not bench.out("starter")
    assert bench.engine.state == states.SPIN_DOWN
    assert bench.engine.abandoned_starts == 1


def test_no_second_attempt_while_oil_pressure_says_it_may_still_turn():
    bench = Bench().asked()
    bench.model.gas_ok = False
    bench.reach(states.REST)
    bench.pickup.suspect = True
    bench.oil_kpa = 150.0
    begun = bench.scans
    while bench.engine.state == states.REST:
        bench.scan()
    assert bench.engine.state == states.PURGE
    assert (bench.scans - begun) * 0.05 == pytest.approx(120, abs=2)  # silence alone, without fuel


def test_cranking_has_its_end_whatever_the_settings():
    for crank_s, purge_s in ((12, 2), (12, 10), (12, 4), (6, 4)):
        bench = Bench()
        bench.settings.set("crank_s", 12)
        bench.settings.set("purge_s", purge_s)
        bench.settings.set("crank_s", crank_s)
        bench.engine.configure()
        bench.asked()
        bench.model.gas_ok = False
        bench.reach(states.CRANK)
        taken = bench.until(lambda: bench.engine.state == states.REST, 30)  # noqa: B023
        assert taken == pytest.approx(crank_s - purge_s, abs=0.06)


def test_a_purge_may_not_eat_the_cranking():
    settings = Bench().settings
    settings.set("purge_s", 8)
    with pytest.raises(ValueError, match="crank_s"):
        settings.set("crank_s", 8)
    settings.set("crank_s", 11)
    with pytest.raises(ValueError, match="purge_s"):
        settings.set("purge_s", 10)
    assert settings.crank_s - settings.purge_s >= 2
