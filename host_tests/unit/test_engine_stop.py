"""Stops: the normal order, the fast one, from every state; the three failures; post-runs."""

import pytest
from engine_bench import Bench
from ghp.control import states, wishes
from ghp.sensing.readings import GOOD

STATES = [row[0] for row in states.TABLE]


def bring_to(state):
    """A bench whose engine has just entered `state`."""
    bench = Bench(pumpdown_s=20, warmup_max_s=60, park_max_s=300).asked()
    if state in (states.REST, states.CLEAR):
        bench.model.gas_ok = False
    if state == states.PARK:
        bench.orders.park = True
    if state >= states.UNLOAD and state != states.FAST:
        bench.reach(states.RUN)
        bench.seconds(10)
        bench.orders.run_wanted = False
    if state == states.FAST:
        bench.reach(states.RUN)
        bench.contacts["emergency_stop"] = 0
    bench.reach(state)
    return bench


def travel(bench, limit_s=300):
    """States passed from here to OFF, each with its seconds."""
    log = [[bench.engine.state, 0.0]]
    begun = bench.scans
    while bench.engine.state != states.OFF:
        bench.scan()
        if log[-1][0] != bench.engine.state:
            log.append([bench.engine.state, 0.0])
        log[-1][1] += 0.05
        assert (bench.scans - begun) * 0.05 < limit_s, log
    return [tuple(row) for row in log]


def test_normal_stop_in_order():
    bench = Bench(pumpdown_s=20).running(2400)
    bench.orders.run_wanted = False
    bench.scan()
    log = travel(bench)
    assert [state for state, _ in log] == [
        states.UNLOAD, states.PUMP_DOWN, states.COOL_DOWN, states.BURN_OUT, states.SPIN_DOWN, states.OFF
    ]
    spent = dict(log)
    assert 11 < spent[states.UNLOAD] < 14  # 1200 rpm at 100 rpm/s
    assert spent[states.PUMP_DOWN] == pytest.approx(20, abs=0.06)
    assert spent[states.COOL_DOWN] == pytest.approx(bench.settings.cooldown_s, abs=0.06)
    assert spent[states.BURN_OUT] == pytest.approx(2, abs=0.06)
    assert spent[states.BURN_OUT] + spent[states.SPIN_DOWN] > bench.settings.standstill_s
    assert bench.standing == [] and bench.engine.uncommanded_stops == 0


def test_outputs_of_a_normal_stop():
    bench = Bench(pumpdown_s=20).running(2400)
    bench.orders.run_wanted = False
    seen = {}
    while bench.engine.state != states.OFF:
        bench.scan()
        engine = bench.engine
        seen[engine.state] = (
            bench.out("gas_valve"), bench.out("ignition"), bench.out("clutch"), engine.valve_mode,
            engine.unload_wanted,
        )
    assert seen[states.UNLOAD] == (1, 1, 1, wishes.VALVE_CONTROL, True)
    assert seen[states.PUMP_DOWN] == (1, 1, 1, wishes.VALVE_SHUT, True)
    assert seen[states.COOL_DOWN] == (1, 1, 0, wishes.VALVE_HOLD, True)
    assert seen[states.BURN_OUT] == (0, 1, 0, wishes.VALVE_HOLD, True)
    assert seen[states.SPIN_DOWN] == (0, 0, 0, wishes.VALVE_HOLD, True)


def test_pump_down_ends_by_pressure():
    bench = bring_to(states.PUMP_DOWN)
    bench.seconds(5)
    bench.suction_kpa = bench.settings.pumpdown_kpa - 1
    bench.scan(2)
    assert bench.engine.state == states.COOL_DOWN


def test_pump_down_ends_by_hot_gas_before_that_is_an_alarm():
    bench = bring_to(states.PUMP_DOWN)
    bench.seconds(5)
    gas = bench.readings.discharge_temp
    gas.quality = GOOD
    gas.scaled = int(bench.settings.discharge_temp_trip_c * 1000) - 1000
    bench.scan(2)
    assert bench.engine.state == states.PUMP_DOWN
    gas.scaled += 2000
    bench.scan(2)
    assert bench.engine.state == states.COOL_DOWN and bench.standing == []


def test_pump_down_ends_when_suction_is_not_known():
    bench = bring_to(states.PUMP_DOWN)
    bench.dead.add("suction_pressure")
    bench.seconds(1)
    assert bench.engine.state == states.FAST and bench.standing == ["sensor_fast_stop"]


@pytest.mark.parametrize("state", [states.UNLOAD, states.PUMP_DOWN])
def test_one_lost_transfer_ends_no_pump_down(state):
    bench = bring_to(state)
    bench.dead.add("suction_pressure")
    bench.scan(2)
    bench.dead.clear()
    bench.reach(states.PUMP_DOWN)
    bench.seconds(5)
    assert bench.engine.state == states.PUMP_DOWN


def test_a_pump_down_that_is_taken_back_ends():
    bench = bring_to(states.PUMP_DOWN)
    bench.seconds(2)
    bench.settings.set("pumpdown_s", 0)
    bench.engine.configure()
    bench.scan(2)
    assert bench.engine.state == states.COOL_DOWN


@pytest.mark.parametrize("why", ["setting", "alarm", "sensor"])
def test_pump_down_is_left_out(why):
    bench = Bench(**({"pumpdown_s": 0} if why == "setting" else {})).running(1500)
    if why == "alarm":
        bench.monitor.judge(bench.alarm("sensor_stop"), True, bench.now)
    elif why == "setting":
        bench.orders.run_wanted = False
    bench.scan()
    if why == "sensor":
        bench.orders.run_wanted = False
        bench.scan()
        bench.dead.add("suction_pressure")
    log = travel(bench)
    assert states.COOL_DOWN in dict(log) or why == "sensor"
    assert dict(log).get(states.PUMP_DOWN, 0) == 0


def test_unload_that_never_gets_slow_goes_on():
    bench = Bench().running(2400)
    bench.orders.run_wanted = False
    bench.scan()
    begun = bench.scans
    while bench.engine.state == states.UNLOAD:
        bench.model.w = 200.0
        bench.scan()
    assert (bench.scans - begun) * 0.05 == pytest.approx(45, abs=0.2)


@pytest.mark.parametrize("state", STATES[1:], ids=[states.text(state) for state in STATES[1:]])
def test_a_stop_request_in_any_state_ends_in_off(state):
    bench = bring_to(state)
    bench.orders.run_wanted = False
    bench.seconds(0.05)
    log = travel(bench, 120)
    assert log[-1][0] == states.OFF
    assert len({row[0] for row in log}) == len(log)  # no way back
    bench.seconds(3)
    assert bench.engine.state == states.OFF
    for name in ("gas_valve", "ignition", "starter", "clutch", "throttle"):
        assert bench.out(name) == 0


@pytest.mark.parametrize("state", STATES[1:], ids=[states.text(state) for state in STATES[1:]])
def test_a_fast_stop_in_any_state_shuts_everything_in_the_same_scan(state):
    bench = bring_to(state)
    bench.contacts["emergency_stop"] = 0
    bench.scan()
    for name in ("gas_valve", "ignition", "starter", "clutch", "throttle"):
        assert bench.out(name) == 0
    assert bench.engine.state == (states.OFF if state <= states.EQUALISE else states.FAST)
    bench.reach(states.OFF, 20)
    bench.seconds(2)
    assert bench.engine.state == states.OFF
    assert bench.engine.uncommanded_stops == bench.engine.pickup_losses == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["suction_pressure", "discharge_pressure", "coolant_temp", "oil_pressure",
                                  "engine_speed", "lambda_volts", "exhaust_temp", "hot_flow"])
@pytest.mark.parametrize("state", [1, 3, 5, 8, 9, 10, 11, 12, 13, 15, 16, 18])
def test_a_dead_input_in_any_state_leads_to_a_defined_end(name, state):
    """Either the machine keeps running, or it is off in bounded time; and a stop always ends in OFF."""
    bench = bring_to(state)
    bench.orders.park = False
    bench.dead.add(name)
    bench.until(lambda: bench.engine.state in (states.RUN, states.OFF), 400)
    bench.seconds(3)
    bench.orders.run_wanted = False
    bench.reach(states.OFF, 200)
    bench.seconds(1)
    assert not bench.out("gas_valve") and not bench.out("starter")


def test_post_runs_complete_while_the_request_toggles():
    bench = Bench(coolant_post_s=200, water_post_s=100, cooldown_s=30).running(1500)
    bench.contacts["emergency_stop"] = 0
    bench.scan()
    bench.contacts["emergency_stop"] = 1
    bench.scan()
    bench.monitor.reset()
    stopped = bench.scans
    water = coolant = 0.0
    for _ in range(300 * 20):
        bench.orders.run_wanted = bench.scans // 100 % 2 == 0
        bench.scan()
        if bench.engine.pump_hot_wanted:
            water = (bench.scans - stopped) * 0.05
        if bench.engine.pump_coolant_wanted:
            coolant = (bench.scans - stopped) * 0.05
        assert bench.engine.state in (states.FAST, states.OFF)
    assert water == pytest.approx(100, abs=0.3)
    assert coolant == pytest.approx(200, abs=0.3)


def test_valve_equalises_after_a_fast_stop_until_the_pressures_meet_or_its_time_is_up():
    for meets in (True, False):
        bench = Bench().running(1500)
        bench.discharge_kpa = 1500.0
        bench.contacts["emergency_stop"] = 0
        bench.scan()
        assert bench.engine.valve_mode == wishes.VALVE_EQUALISE
        bench.reach(states.OFF)
        bench.seconds(10)
        assert bench.engine.valve_mode == wishes.VALVE_EQUALISE and bench.engine.liquid_valve_wanted
        if meets:
            bench.discharge_kpa = bench.suction_kpa + 50
        else:
            bench.wait(300)
        bench.scan(10)
        assert bench.engine.valve_mode == wishes.VALVE_HOLD


def test_renewed_demand_does_not_turn_a_stop_round():
    bench = bring_to(states.COOL_DOWN)
    bench.orders.run_wanted = True
    bench.reach(states.OFF, 60)
    assert bench.engine.starts == 1
    bench.wait(bench.settings.stop_to_start_s)
    bench.wait(bench.settings.start_to_start_s)
    bench.reach(states.RUN, 120)
    assert bench.engine.starts == 2


def test_shortest_run_holds_against_temperature_only():
    for by_temperature in (True, False):
        bench = Bench(min_run_s=120).running(1500)
        ran_s = bench.engine._since_fired.age_ms / 1000
        bench.orders.run_wanted = False
        bench.orders.by_temperature = by_temperature
        taken = bench.until(lambda: bench.engine.state == states.UNLOAD, 130)  # noqa: B023
        if by_temperature:
            assert taken + ran_s == pytest.approx(120, abs=0.6)
        else:
            assert taken <= 0.1


def test_shortest_run_gives_way_to_an_alarm_that_stops():
    bench = Bench(min_run_s=300).running(1500)
    bench.orders.run_wanted = False
    bench.orders.by_temperature = True
    bench.seconds(2)
    assert bench.engine.state == states.RUN
    said = []
    bench.engine.reasons(lambda *reason: said.append(reason), bench.now)
    assert said[0][1] == "Shortest run not over" and 0 < said[0][2] < 300
    bench.monitor.judge(bench.alarm("sensor_stop"), True, bench.now)
    bench.scan()
    assert bench.engine.state == states.UNLOAD


# --- the three failures -----------------------------------------------------------------------------------


def test_flame_out_is_an_uncommanded_stop():
    bench = Bench().running(1800)
    bench.model.gas_ok = False
    taken = bench.until(lambda: not bench.out("gas_valve"), 3)
    assert taken < 1.5
    bench.seconds(1.3)
    assert bench.standing[0] in ("uncommanded_stop", "underspeed")
    assert bench.engine.uncommanded_stops == 1
    assert bench.engine.pickup_losses == bench.engine.failed_starts == 0
    bench.reach(states.OFF, 20)
    bench.seconds(2)
    assert bench.monitor.reset() == []
    assert bench.cycling.wait_s() >= 170


@pytest.mark.parametrize("state", [states.WARM_UP, states.RUN, states.COOL_DOWN])
def test_missing_gas_explains_a_flame_out_and_frees_itself(state):
    bench = bring_to(state)
    bench.seconds(7)
    bench.model.gas_ok = False
    bench.gas_switch = 0
    bench.until(lambda: not bench.out("gas_valve"), 2)
    bench.seconds(2)
    assert bench.standing == ["gas_pressure"]
    assert bench.engine.uncommanded_stops == 0
    bench.gas_switch = 1
    bench.seconds(2)
    assert bench.standing == []


def test_stall_under_load_shuts_the_gas():
    bench = Bench().running(1200)
    bench.load_nm = 700.0
    taken = bench.until(lambda: not bench.out("gas_valve"), 10)
    assert taken < 4
    bench.seconds(1.3)
    assert bench.engine.uncommanded_stops == 1 and bench.engine.pickup_losses == 0


def test_lugging_below_the_limit_is_underspeed():
    bench = Bench().running(1200)
    begun = bench.scans
    while bench.engine.state == states.RUN:
        bench.model.w = bench.model.w_comp = 62.0  # 592 rpm
        bench.scan()
        assert (bench.scans - begun) * 0.05 < 2
    bench.seconds(1.3)
    assert bench.standing == ["underspeed"] and bench.engine.uncommanded_stops == 1


@pytest.mark.parametrize("state", [states.WARM_UP, states.RUN, states.COOL_DOWN])
def test_lost_pickup_is_not_taken_for_a_stall(state):
    bench = bring_to(state)
    bench.seconds(6)
    bench.pickup_works = False
    gas_off = bench.until(lambda: not bench.out("gas_valve"), 1)
    assert gas_off <= 0.3
    bench.until(lambda: bench.engine.state == states.FAST, 1)
    assert bench.standing == ["pickup_lost"]
    assert bench.engine.pickup_losses == 1
    assert bench.engine.uncommanded_stops == bench.engine.failed_starts == 0


def test_after_a_lost_pickup_silence_alone_does_not_prove_standstill():
    bench = Bench().running(1500)
    bench.oil_kpa = 200.0  # it still turns, for all one knows
    bench.pickup_works = False
    bench.reach(states.FAST, 2)
    bench.orders.run_wanted = True
    begun = bench.scans
    while not bench.engine.standstill:
        bench.monitor.reset()
        bench.scan()
        assert not bench.out("starter")
    assert (bench.scans - begun) * 0.05 == pytest.approx(120, abs=2)


def test_after_a_lost_pickup_no_oil_pressure_proves_it():
    bench = Bench().running(1500)
    bench.pickup_works = False
    bench.reach(states.FAST, 2)
    taken = bench.until(lambda: bench.engine.standstill, 40)
    assert 10 <= taken < 20


def test_a_short_dropout_of_the_pickup_is_survived():
    bench = Bench().running(2400)
    bench.pickup_works = False
    bench.scan(2)
    bench.pickup_works = True
    bench.seconds(5)
    assert bench.engine.state == states.RUN and bench.standing == []
    assert abs(bench.model.rpm - 2400) < 30


def test_gas_cut_by_a_dropout_opens_again_only_into_a_running_engine():
    bench = Bench().running(2400)
    bench.pickup_works = False
    bench.seconds(0.35)
    assert not bench.out("gas_valve")
    bench.pickup_works = True
    bench.seconds(0.3)
    assert bench.out("gas_valve") == (bench.model.rpm > bench.settings.underspeed_rpm)
    bench.seconds(10)
    assert bench.engine.state in (states.RUN, states.OFF, states.FAST)


def test_turning_long_after_a_stop_is_an_alarm():
    bench = bring_to(states.SPIN_DOWN)
    begun = bench.scans
    while bench.standing == []:
        bench.model.w = 90.0
        bench.scan()
        assert (bench.scans - begun) * 0.05 < 12
    assert (bench.scans - begun) * 0.05 == pytest.approx(8, abs=0.2)  # 10 s after the gas, 2 s burning out before
    assert bench.standing == ["stop_not_confirmed"]


def test_a_stop_that_is_never_confirmed_still_ends_off_and_blocks_the_start():
    bench = bring_to(states.SPIN_DOWN)
    begun = bench.scans
    while bench.engine.state != states.OFF:
        bench.model.w = 90.0
        bench.scan()
        assert (bench.scans - begun) * 0.05 < 190
    bench.orders.run_wanted = True
    bench.monitor.reset()
    for _ in range(200):
        bench.model.w = 90.0
        bench.scan()
        assert bench.engine.state == states.OFF and not bench.out("starter")
