"""The unit does not try the same thing in vain for ever: somebody is told."""

from engine_bench import Bench
from ghp.control import states
from ghp.protection import stops


def tried(bench):
    """One start that cannot equalise; returns when it is given up."""
    bench.reach(states.EQUALISE)
    bench.reach(states.OFF)
    bench.scan(30)


def test_pressures_that_never_equalise_are_an_alarm_at_the_third_time_and_a_reset_gives_three_more():
    bench = Bench().asked()
    bench.discharge_kpa = 900.0
    for _ in range(2):
        for time in range(3):
            assert bench.standing == [], time
            tried(bench)
            bench.wait(bench.settings.stop_to_start_s)
        assert bench.standing == ["start_abandoned"]
        assert bench.monitor.stop_class == stops.NORMAL_STOP
        bench.seconds(20)
        assert bench.engine.state == states.OFF
        assert bench.monitor.reset() == []
    assert bench.engine.starts == 0


def test_a_run_forgets_the_starts_given_up_before():
    bench = Bench().asked()
    for _ in range(2):
        bench.discharge_kpa = 900.0
        tried(bench)
        bench.wait(bench.settings.stop_to_start_s)
    bench.discharge_kpa = 450.0
    bench.reach(states.RUN)
    bench.orders.run_wanted = False
    bench.reach(states.OFF)
    bench.discharge_kpa = 900.0
    bench.orders.run_wanted = True
    bench.wait(bench.settings.start_to_start_s)
    tried(bench)
    assert bench.standing == []
