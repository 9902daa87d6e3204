"""The start sequence: every state, every time limit, and what keeps it from beginning."""

import pytest
from engine_bench import SHORT, Bench
from ghp.control import engine as engine_module
from ghp.control import states, wishes


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
    log = bench.passed()
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


def test_what_waits_for_a_condition_tells_its_limit_as_one():
    bench = Bench().asked()
    bench.discharge_kpa = 900.0
    bench.reach(states.EQUALISE)
    assert bench.told()[1:] == ("Engine: equalising pressures", 300, "at most")


def test_coming_to_rest_ends_with_the_proven_standstill():
    bench = Bench().running()
    bench.contacts["safety_chain"] = 0
    bench.reach(states.FAST)
    assert bench.told()[2] is None  # it turns still: nobody knows for how long
    bench.until(lambda: not bench.pickup.turning, 60)
    bench.seconds(1)
    left_s = bench.told()[2]
    assert bench.until(lambda: bench.engine.state != states.FAST, 60) == pytest.approx(left_s, abs=1.1)
