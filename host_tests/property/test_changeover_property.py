"""Whatever is asked, fails or restarts: valves move inside their rules only, and there is always a defined end."""

from ghp.control import changeover_states as steps
from ghp.control import states
from ghp.control.arbiter import COOL, HEAT, NONE
from ghp.protection import stops
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shift_bench import Bench

EVENTS = st.one_of(
    st.tuples(st.just("wish"), st.sampled_from([NONE, HEAT, COOL])),
    st.tuples(st.just("stop"), st.sampled_from(["emergency_stop", "sensor_stop"])),
    st.tuples(st.just("clear"), st.just(None)),
    st.tuples(st.just("stuck"), st.sampled_from([0.0, 0.5, 1.0])),
    st.tuples(st.just("bad"), st.sampled_from([
        "valve_at_hot", "valve_at_chilled", "condenser_water", "chilled_leaving", "ambient_temp", "coil_temp",
    ])),
    st.tuples(st.just("travels"), st.booleans()),
    st.tuples(st.just("reset"), st.booleans()),
    st.tuples(st.just("hot"), st.sampled_from([8.0, 25.0, 45.0, 65.0])),
    st.tuples(st.just("frost"), st.sampled_from([0.0, 18.0])),
    st.tuples(st.just("flooded"), st.booleans()),
)


def happen(bench, event):
    kind, value = event
    if kind == "wish":
        bench.wish = value
    elif kind == "stop":
        bench.monitor.judge(bench.monitor.find(value), True, bench.now)
    elif kind == "clear":
        heal(bench)
    elif kind == "stuck":
        bench.stuck = value
    elif kind == "bad":
        bench.bad.add(value)
    elif kind == "travels":
        bench.travels = value
    elif kind == "reset":
        bench.reset(value)
    elif kind == "hot":
        bench.hot_c = value
    elif kind == "flooded":
        bench.flooded = value
        bench.rest_kpa = 200 if value else 400
    else:
        bench.frost_k = value
        bench.ambient_c = 1.0 if value else 20.0


def heal(bench):
    for name in ("emergency_stop", "sensor_stop"):
        bench.monitor.judge(bench.monitor.find(name), False, bench.now)
    bench.stuck = None
    bench.bad.clear()
    bench.travels = True
    bench.monitor.reset()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(EVENTS, st.integers(1, 400)), min_size=1, max_size=14), st.sampled_from([HEAT, COOL]))
def test_rules_hold_and_it_always_ends(events, last):
    bench = Bench()
    for event, seconds in events:
        happen(bench, event)
        bench.seconds(seconds)
    assert bench.broken == []
    # nothing waits for ever: it has come to rest, or is locked out with an alarm, or stopped by one
    bench.wish = NONE
    bench.until(
        lambda: bench.engine.state == states.OFF
        and (bench.changeover.state in (steps.REST, steps.LOCKED) or bench.monitor.stop_class >= stops.NORMAL_STOP), 2500,
    )
    # and once all is well it does what is wanted
    heal(bench)
    bench.hot_c = 25.0
    bench.frost_k, bench.ambient_c = 0.0, 20.0
    bench.flooded, bench.rest_kpa = False, 400
    bench.wish = last

    def served():
        if bench.monitor.standing() and bench.engine.standstill:
            bench.monitor.reset()  # a person looks after it
        return bench.engine.loaded and bench.duty.mode == (1 if last == COOL else 0)

    bench.until(served, 4000)
