"""Safety sensors that die or come and go while the engine runs: it stops before anything happens unseen."""

import pytest
from engine_bench import Bench
from ghp.control import states


def stopped_after(bench, limit_s):
    return bench.until(lambda: not bench.out("gas_valve"), limit_s)


@pytest.mark.parametrize("name", ["oil_pressure", "suction_pressure", "discharge_pressure", "engine_speed"])
def test_a_dead_safety_sensor_stops_the_running_engine_within_the_second(name):
    bench = Bench().running()
    bench.dead.add(name)
    assert stopped_after(bench, 5) <= 0.7
    bench.seconds(0.6)  # without a speed the gas is cut before the alarm
    assert bench.standing == ["sensor_fast_stop"]
    assert bench.engine.state == states.FAST


@pytest.mark.parametrize("name", ["oil_pressure", "suction_pressure", "discharge_pressure"])
def test_a_loose_wire_that_opens_once_a_second_stops_it_too(name):
    bench = Bench().running()
    seconds = 0
    while bench.out("gas_valve"):
        bench.dead.add(name)
        bench.scan(2)
        bench.dead.clear()
        bench.scan(17)
        seconds += 0.95
        assert seconds < 32
    assert bench.monitor.counts[bench.alarm("sensor_fast_stop").index] >= 1
    assert bench.engine.state == states.FAST


def test_oil_is_watched_from_warm_up_on():
    bench = Bench().asked()
    bench.reach(states.WARM_UP)
    bench.dead.add("oil_pressure")
    assert stopped_after(bench, 5) <= 0.7
