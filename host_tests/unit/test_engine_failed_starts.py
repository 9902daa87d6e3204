"""Starts that fail: silence, attempts and their rests, clearing, the lock-out, and what is told meanwhile."""

import pytest
from engine_bench import Bench
from ghp.control import states
from ghp.protection import stops


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
    log = bench.passed(600)
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


def test_a_rest_between_attempts_tells_its_true_end():
    bench = Bench().asked()
    bench.model.gas_ok = False
    bench.reach(states.REST)
    bench.seconds(2)
    rank, text, left_s, value = bench.told()
    assert text == "Engine: resting between attempts" and value is None
    assert bench.until(lambda: bench.engine.state != states.REST, 60) == pytest.approx(left_s, abs=1.1)


def test_so_does_clearing():
    bench = Bench(crank_attempts=1).asked()
    bench.model.gas_ok = False
    bench.reach(states.CLEAR)
    bench.seconds(1)
    left_s = bench.told()[2]
    assert bench.until(lambda: bench.engine.state != states.CLEAR, 60) == pytest.approx(left_s, abs=1.1)


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
