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


def test_an_event_after_another_leaves_none_that_cannot_be_reset():
    """The third start is given up from park, and the engine dies while it cools down."""
    bench = Bench(park_max_s=300, stop_to_start_s=60, start_to_start_s=60, starts_per_hour=6).asked()
    bench.orders.park = True
    for _ in range(3):
        bench.reach(states.PARK, 900)
        bench.reach(states.COOL_DOWN, 400)
        if bench.standing:
            bench.model.gas_ok = False
        bench.reach(states.OFF, 600)
    bench.seconds(30)
    assert sorted(bench.standing) == ["start_abandoned", "uncommanded_stop"]
    assert bench.engine.standstill and bench.monitor.reset(1) == [] and bench.standing == []
