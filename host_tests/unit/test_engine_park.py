"""Park: the engine idles with the compressor out, for a changeover; and the slow unloaded run of a shift."""

import pytest
from engine_bench import Bench
from ghp.control import states, wishes


def parked(rpm=2400):
    bench = Bench(pumpdown_s=20).running(rpm)
    bench.discharge_kpa = 1200.0
    bench.orders.park = True
    bench.reach(states.PARK, 60)
    bench.discharge_kpa = 450.0
    return bench


def passed(bench, goal, limit_s=120):
    """States from here to `goal`."""
    log = [bench.engine.state]
    begun = bench.scans
    while bench.engine.state != goal:
        bench.scan()
        if log[-1] != bench.engine.state:
            log.append(bench.engine.state)
        assert (bench.scans - begun) * 0.05 < limit_s, log
    return log


def test_from_full_load_to_park_and_back():
    bench = Bench(pumpdown_s=20).running(2400)
    bench.discharge_kpa = 1200.0
    starts, ring = bench.engine.starts, bench.cycling.starts_in_hour()
    bench.orders.park = True
    bench.scan(2)
    assert passed(bench, states.PARK) == [states.UNLOAD, states.PARK]
    bench.seconds(5)
    engine = bench.engine
    assert engine.running and engine.parked and not engine.loaded and not engine.clutch_in
    assert engine.valve_mode == wishes.VALVE_EQUALISE and engine.liquid_valve_wanted and not engine.fans_wanted
    assert (bench.out("gas_valve"), bench.out("clutch")) == (1, 0)
    assert abs(bench.model.rpm - bench.settings.warmup_rpm) < 40
    bench.orders.park = False
    bench.seconds(bench.settings.flow_proof_s + 20)
    assert engine.state == states.PARK and not engine.clutch_in  # 1200 - 400 kPa is too much for the clutch
    bench.discharge_kpa = 500.0
    assert passed(bench, states.RUN) == [states.PARK, states.ENGAGE, states.OPENING, states.RUN]
    assert (engine.starts, bench.cycling.starts_in_hour()) == (starts, ring)
    assert engine.abandoned_starts == 0 and bench.standing == []


def test_water_may_stand_while_parked_and_is_proven_before_the_clutch():
    bench = parked()
    bench.discharge_kpa = 450.0
    bench.flow_lps = 0.0
    bench.seconds(60)
    assert bench.engine.state == states.PARK and bench.standing == []
    bench.orders.park = False
    bench.seconds(30)
    assert bench.engine.state == states.PARK
    bench.flow_lps = None
    assert bench.reach(states.ENGAGE) >= bench.settings.flow_proof_s


def test_water_that_does_not_come_back_before_the_clutch_is_told():
    bench = parked()
    bench.flow_lps = 0.0
    bench.orders.park = False
    assert bench.reach(states.COOL_DOWN, 90) <= bench.settings.flow_wait_s + 2
    assert bench.standing == ["flow_not_proven"] and bench.engine.abandoned_starts == 0
    assert passed(bench, states.OFF, 300)[-1] == states.OFF
    bench.seconds(5)
    assert bench.monitor.reset() == [] and bench.standing == []


def test_water_that_pauses_before_the_clutch_is_waited_for():
    bench = parked()
    bench.discharge_kpa = 1200.0  # and the pressures take their time
    bench.orders.park = False
    for _ in range(3):
        bench.seconds(bench.settings.flow_wait_s)
        bench.flow_lps = 0.0
        bench.seconds(bench.settings.flow_wait_s - 5)
        bench.flow_lps = None
        bench.seconds(5)
    bench.discharge_kpa = 450.0
    bench.reach(states.RUN, 60)
    assert bench.standing == []


def test_flow_guards_again_from_engage_on():
    bench = parked()
    bench.orders.park = False
    bench.reach(states.ENGAGE)
    bench.flow_lps = 0.0
    bench.seconds(4)
    assert bench.alarm("hot_water_flow").standing() and not bench.out("gas_valve")


def test_time_limit_ends_in_a_normal_stop():
    bench = parked()
    bench.discharge_kpa = 1200.0
    bench.orders.park = False
    bench.reach(states.COOL_DOWN, bench.settings.park_max_s + 1)
    assert passed(bench, states.OFF, 300) == [
        states.COOL_DOWN, states.BURN_OUT, states.SPIN_DOWN, states.OFF
    ]


@pytest.mark.parametrize("where", [states.UNLOAD, states.PARK])
def test_a_stop_asked_meanwhile_is_a_stop(where):
    bench = Bench(pumpdown_s=20).running(2400)
    bench.orders.park = True
    bench.reach(where, 60)
    bench.orders.run_wanted = False
    log = passed(bench, states.OFF, 300)
    assert log[-4:] == [states.COOL_DOWN, states.BURN_OUT, states.SPIN_DOWN, states.OFF]
    assert (states.PUMP_DOWN in log) == (where == states.UNLOAD)


@pytest.mark.parametrize("where", [states.UNLOAD, states.PARK])
def test_a_fast_stop_is_fast(where):
    bench = Bench(pumpdown_s=20).running(2400)
    bench.orders.park = True
    bench.reach(where, 60)
    bench.contacts["emergency_stop"] = 0
    bench.scan(2)
    assert bench.engine.state == states.FAST and not bench.out("gas_valve")
    bench.reach(states.OFF)
    bench.contacts["emergency_stop"] = 1
    bench.orders.park = False
    bench.scan(25)
    assert bench.monitor.reset() == []
    bench.wait(bench.settings.start_to_start_s)
    bench.reach(states.RUN)  # nothing of the parking is left


def test_a_withdrawn_order_goes_back_to_running():
    bench = Bench(pumpdown_s=20).running(2400)
    bench.orders.park = True
    bench.reach(states.UNLOAD)
    bench.seconds(2)
    bench.orders.park = False
    bench.scan(2)
    assert bench.engine.state == states.RUN


def test_an_order_during_the_start_parks_after_warming_up():
    bench = Bench().asked()
    bench.orders.park = True
    bench.reach(states.PARK)
    assert not bench.engine.engaged
    bench.orders.park = False
    bench.reach(states.RUN)
    assert bench.engine.starts == 1


def test_an_order_while_engaging_returns_to_park():
    bench = Bench().asked()
    bench.reach(states.ENGAGE)
    bench.orders.park = True
    bench.scan(2)
    assert bench.engine.state == states.PARK


def test_shift_runs_slow_and_unloaded():
    bench = Bench().running(2400)
    assert not bench.engine.unload_wanted
    bench.orders.shift_rpm = 1350
    bench.seconds(15)
    assert bench.engine.loaded and bench.engine.unload_wanted and abs(bench.model.rpm - 1350) < 30
    bench.orders.shift_rpm = 3000
    bench.seconds(5)
    assert bench.model.rpm < 1430
    bench.orders.shift_rpm = 0
    bench.seconds(25)
    assert abs(bench.model.rpm - 2400) < 30 and not bench.engine.unload_wanted
