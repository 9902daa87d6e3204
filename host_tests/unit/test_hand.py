"""Outputs by hand: what is permitted, what never is, and that all of it ends by itself."""

import pytest
from ghp.control import arbiter as arbitration
from ghp.control import changeover_states as steps
from ghp.control import hand as hands
from ghp.control import states
from ghp.protection.monitor import UNSEEN
from hand_bench import Bench
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from people_unit import Values

FUEL = ("gas_valve", "ignition", "starter", "clutch")


def test_a_value_holds_for_its_time_and_no_longer():
    bench = Bench()
    assert bench.take("pump_coolant", "1", 3) == 3
    bench.scan()
    assert bench.value("pump_coolant") == 1 and [left for _, _, left in bench.hand.forced()] == [3]
    bench.scan(58)
    assert bench.value("pump_coolant") == 1
    bench.scan(3)
    assert bench.value("pump_coolant") == 0 and list(bench.hand.forced()) == []


def test_percent_and_steps():
    bench = Bench()
    for name, word, value in (
        ("throttle", "100%", 10000), ("lead_fan_speed", "30", 3000), ("expansion_valve", "50%", 250), ("expansion_valve", "12", 12),
    ):  # fmt: skip
        bench.take(name, word)
        bench.scan()
        assert bench.value(name) == value
    for name, word in (("throttle", "101"), ("expansion_valve", "501"), ("expansion_valve", "101%"), ("pump_hot", "2"), ("pump_hot", "x")):
        bench.refused(name, word)


def test_service_ends_by_itself_without_input():
    bench = Bench()
    bench.scan(hands.IDLE_MS // 50 - 100)
    bench.hand.touch()
    bench.take("pump_coolant", "1", 600)
    bench.scan(hands.IDLE_MS // 50 - 10)
    assert bench.on
    bench.scan(12)
    assert not bench.on


def test_a_pump_ends_with_service_and_a_fan_after_its_shortest_run():
    bench = Bench()
    bench.take("pump_coolant", "1", 600)
    bench.take("fan_bank_2", "1", 600)
    bench.scan(20)
    bench.hand.ending = True
    bench.scan()
    assert bench.value("pump_coolant") == 0 and bench.value("fan_bank_2") == 1 and bench.on
    bench.scan(20 * bench.settings.fan_on_min_s - 22)
    assert bench.on
    bench.scan(2)
    assert not bench.on and bench.value("fan_bank_2") == 0


def test_fans_rest_before_they_run_again():
    bench = Bench()
    assert bench.take("fan_bank_1", "1") == 60
    bench.scan()
    assert "must run on" in bench.refused("fan_bank_1", "0")
    with pytest.raises(ValueError):
        bench.hand.release(bench.outputs.fan_bank_1)
    bench.scan(20 * 60 + 1)
    assert bench.value("fan_bank_1") == 0 and "rests" in bench.refused("fan_bank_1", "1")
    bench.scan(20 * bench.settings.fan_off_min_s)
    bench.take("fan_bank_1", "1")


def test_gas_is_a_click_with_the_fan_on_and_keeps_the_spark_away():
    bench = Bench()
    assert "enclosure fan" in bench.refused("gas_valve", "1")
    bench.air()
    bench.refused("gas_valve", "1", 2)
    bench.take("gas_valve", "1")
    bench.scan()
    assert bench.value("gas_valve") == 1 and "protects" in bench.refused("enclosure_fan", "0")
    for other in FUEL[1:]:
        assert "never together with gas_valve" in bench.refused(other, "1")
    bench.scan(20)
    assert bench.value("gas_valve") == 0
    assert "rests" in bench.refused("ignition", "1") and "rests" in bench.refused("gas_valve", "1")
    bench.take("starter", "1")  # which clears what is left of it


@pytest.mark.parametrize("name", ["gas_valve", "ignition"])
def test_gas_and_spark_wait_until_the_enclosure_has_been_aired(name):
    bench = Bench()
    assert "another 30 s (ventilate_s)" in bench.refused(name, "1")
    bench.take("enclosure_fan", "1", 600)
    bench.scan(20 * 30 - 10)
    assert "another 1 s" in bench.refused(name, "1")
    bench.scan(12)
    bench.take(name, "1")
    bench.scan()
    assert bench.value(name) == 1 and "protects" in bench.refused("enclosure_fan", "0")
    bench.hand.release(bench.outputs.enclosure_fan)
    bench.scan(3)
    assert bench.value(name) == 0 and ("rests" if name == "gas_valve" else "another 30 s") in bench.refused(name, "1")


@pytest.mark.parametrize("name", ["gas_valve", "ignition"])
def test_the_fan_that_fails_to_run_shuts_the_gas_and_ends_the_spark(name):
    bench = Bench()
    bench.air()
    bench.take(name, "1")
    bench.scan()
    bench.outputs.enclosure_fan.forced = 0
    bench.scan(2)
    assert bench.value(name) == 0


def test_the_starter_turns_five_seconds_rests_and_the_rest_knows():
    bench = Bench()
    bench.take("starter", "1")
    bench.scan()
    assert bench.engine.starter_on and bench.engine.since_starter.started == bench.now
    for other in ("gas_valve", "ignition", "clutch"):
        bench.refused(other, "1")
    bench.refused("starter", "1")
    bench.scan(99)
    assert bench.value("starter") == 0 and not bench.engine.starter_on
    assert "rests for another" in bench.refused("starter", "1")
    bench.scan(20 * bench.settings.crank_rest_s)
    bench.take("starter", "1", 2)


def test_the_starter_lets_go_of_an_engine_that_fires():
    bench = Bench()
    bench.take("starter", "1")
    bench.scan()
    bench.engine.speed.newest_rpm = 460
    bench.on and bench.hand.update(bench.now)
    assert list(bench.hand.forced()) == []


@pytest.mark.parametrize("change", [{"permitted": False}, {"standstill": False}, {"age": 5000}])
def test_the_starter_needs_a_proven_standstill_a_pickup_and_a_rest(change):
    bench = Bench()
    for name in change:
        setattr(bench.engine, name, change[name])
    bench.refused("starter", "1")


def test_a_stop_class_takes_the_fuel_side_away_in_the_same_scan():
    for name in FUEL[1:]:
        bench = Bench()
        bench.air()
        bench.take(name, "1")
        bench.take("pump_coolant", "1")
        bench.scan()
        assert bench.value(name) == 1
        bench.alarm(True)
        bench.scan()
        assert bench.value(name) == 0 and bench.value("pump_coolant") == 1
        assert "alarm" in bench.refused(name, "1")
        bench.alarm(False)
        bench.scan()
        assert bench.value(name) == 0  # it does not come back by itself


def test_clutch_and_reversing_valve_need_equal_pressures_at_rest():
    bench = Bench()
    bench.engine.equal = False
    assert "equal pressures" in bench.refused("clutch", "1") and "equal pressures" in bench.refused("reversing_valve", "1")
    assert "equal pressures" in bench.refused("reversing_valve", "0")
    bench.engine.equal = True
    bench.take("reversing_valve", "1")
    bench.scan()
    assert bench.value("reversing_valve") == 1
    bench.take("starter", "1", 2)
    bench.scan(3)  # the engine turns
    assert bench.value("reversing_valve") == 0


def test_what_protects_stays_on():
    bench = Bench()
    bench.take("pump_chilled", "0")
    bench.water.guarding = True
    bench.scan()
    assert list(bench.hand.forced()) == []
    assert "protects" in bench.refused("pump_chilled", "0")
    bench.water.warming = True  # the hot loop against freezing
    assert "protects" in bench.refused("pump_hot", "0") and "protects" in bench.refused("pump_hot_speed", "0")
    bench.engine.pump_coolant_wanted = True
    assert "protects" in bench.refused("pump_coolant", "0")
    bench.alarm(True)
    assert "alarm stands" in bench.refused("alarm_lamp", "0") and "healthy" in bench.refused("alarm_relay", "1")
    bench.take("alarm_relay", "0")


def test_a_lamp_held_dark_lights_when_an_alarm_rises():
    bench = Bench()
    bench.take("alarm_lamp", "0", 600)
    bench.alarm(True)
    lit = 0
    for _ in range(100):
        bench.scan()
        bench.monitor.uptime_s = bench.now // 1000
        lit += bench.value("alarm_lamp")
    assert 30 < lit < 70 and list(bench.hand.forced()) == []  # it blinks


def test_a_lamp_that_blinks_for_an_alarm_gone_by_itself_stays_with_its_rule():
    bench = Bench()
    place = bench.monitor.find("hot_flow_missing")
    bench.monitor.judge(place, True, bench.now)
    bench.monitor.judge(place, False, bench.now)
    assert not bench.monitor.standing() and bench.monitor.standing(UNSEEN)
    for second in range(3):
        bench.monitor.uptime_s = second
        bench.scan()
        assert "lit is allowed" in bench.refused("alarm_lamp", "0")
    bench.monitor.acknowledge()
    bench.scan()
    bench.take("alarm_lamp", "1")
    bench.scan()
    bench.take("alarm_lamp", "0")


def test_heat_still_to_be_carried_off_leaves_pumps_speed_share_and_fan_to_control():
    bench = Bench()
    bench.engine.pump_hot_wanted = bench.engine.pump_coolant_wanted = bench.engine.enclosure_fan_wanted = True
    for name in ("pump_hot", "pump_hot_speed", "pump_coolant", "radiator_fan", "heat_recovery_valve", "enclosure_fan"):
        assert "protects" in bench.refused(name, "0")
    assert "not by hand" in bench.refused("heat_recovery_valve", "100") and "not by hand" in bench.refused("pump_hot_speed", "5")
    bench.take("pump_chilled", "0")
    bench.asked["water_valve"] = 1  # it chilled
    bench.scan(2)
    assert list(bench.hand.forced()) == [] and "protects" in bench.refused("pump_chilled", "0")
    bench.engine.pump_hot_wanted = bench.engine.pump_coolant_wanted = bench.engine.enclosure_fan_wanted = False
    for name in ("pump_hot", "pump_hot_speed", "pump_coolant", "pump_chilled", "radiator_fan", "heat_recovery_valve"):
        bench.take(name, "0")
    bench.engine.pump_hot_wanted = bench.engine.pump_coolant_wanted = True
    bench.scan()
    assert list(bench.hand.forced()) == []


def test_a_radiator_fan_that_control_wants_is_not_held_back():
    bench = Bench()
    bench.take("radiator_fan", "1")
    bench.scan()
    bench.take("radiator_fan", "0")
    bench.scan()
    assert len(list(bench.hand.forced())) == 1
    bench.asked["radiator_fan"] = 1
    bench.scan()
    assert bench.value("radiator_fan") == 1 and "protects" in bench.refused("radiator_fan", "0")


def test_the_water_valve_is_an_order_to_the_changeover():
    bench = Bench()
    bench.take("water_valve", "1")
    assert bench.granted == [] and bench.hand.water == arbitration.COOL
    bench.take("pump_coolant", "1", 600)
    bench.scan()
    assert bench.value("water_valve") == 0  # the changeover moves it
    bench.changeover.state = steps.TRAVEL
    bench.scan(2)
    assert bench.granted == [arbitration.COOL]  # it counts once the valve moves
    assert [output.name for output, _, _ in bench.hand.forced()] == ["water_valve"]
    bench.hand.ending = True
    bench.scan()
    assert bench.on and bench.hand.water  # nobody leaves it half way
    bench.changeover.state = steps.REST
    bench.scan(2)
    assert not bench.on and not bench.hand.water


@pytest.mark.parametrize("state", [steps.REST, steps.UNLOADING, steps.EQUALISE, steps.PLATE, steps.LOCKED])
@pytest.mark.parametrize("way", ["off", "time", "end"])
def test_an_order_that_ends_before_the_valve_moves_is_withdrawn_and_uses_nothing_up(state, way):
    bench = Bench()
    bench.take("water_valve", "1", 2)
    bench.changeover.state = state
    bench.scan()
    assert bench.hand.water == arbitration.COOL
    if way == "off":
        bench.hand.release(bench.outputs.water_valve)
    bench.hand.ending = way == "end"
    bench.scan(40)
    assert bench.hand.water == arbitration.NONE and bench.granted == []


def test_the_changeover_at_work_allows_fans_only_and_locked_out_no_water():
    bench = Bench()
    bench.changeover.state = steps.SETTLE
    for name in ("pump_hot", "expansion_valve", "ignition", "water_valve"):
        assert "only fans" in bench.refused(name, "1")
    bench.take("fan_bank_1", "1")
    bench.changeover.state = steps.LOCKED
    assert "no pump" in bench.refused("pump_hot", "1")
    bench.take("expansion_valve", "100%")


def test_the_ration_of_changeovers_holds_for_hands():
    bench = Bench()
    bench.arbiter.yes = False
    assert "changeover_dwell_s" in bench.refused("water_valve", "1")


@pytest.mark.parametrize(
    "change,word",
    [
        (lambda b: b.settings.set("mode", 1), "mode off"),
        (lambda b: setattr(b.engine, "state", states.RUN), "not off"),
        (lambda b: setattr(b.engine, "standstill", False), "tandstill"),
        (lambda b: setattr(b.arbiter, "pending", 1), "pending"),
    ],
)
def test_service_needs_mode_off_and_an_engine_at_rest(change, word):
    bench = Bench()
    claims = Values({"mode": Values({"value": 0})})
    assert hands.refusal(bench.engine, bench.settings, claims, bench.arbiter) is None
    change(bench)
    assert word in hands.refusal(bench.engine, bench.settings, claims, bench.arbiter)


_orders = st.tuples(
    st.sampled_from((*FUEL, *FUEL, "enclosure_fan", "reversing_valve", "pump_hot", "fan_bank_1")),
    st.sampled_from(("1", "1", "1", "0", "off")),
    st.one_of(st.none(), st.integers(1, 700)),
    st.integers(0, 250),
    st.sampled_from(("", "", "", "alarm", "healed", "unequal", "equal")),
)


@hypothesis_settings(deadline=None, max_examples=60)
@given(st.lists(_orders, max_size=25))
def test_whatever_is_typed_nothing_dangerous_is_on(orders):
    """Trivial model: how long each has been on."""
    bench = Bench()
    bench.settings.set("ventilate_s", 10)
    on_ms = dict.fromkeys((*FUEL, "enclosure_fan"), 0)
    for name, word, seconds, wait, event in orders:
        try:
            if word == "off":
                bench.hand.release(getattr(bench.outputs, name))
            else:
                bench.take(name, word, seconds)
        except ValueError as error:
            assert len(str(error)) > 10
        if event in ("alarm", "healed"):
            bench.alarm(event == "alarm")
        elif event:
            bench.engine.equal = event == "equal"
        for _ in range(wait):
            bench.scan()
            lit = [fuel for fuel in FUEL if bench.value(fuel)]
            assert len(lit) <= 1
            assert not lit or not bench.monitor.standing()
            if bench.value("gas_valve") or bench.value("ignition"):
                assert on_ms["enclosure_fan"] >= 10000  # until the scan before
            for fuel in on_ms:
                on_ms[fuel] = on_ms[fuel] + 50 if bench.value(fuel) else 0
            assert on_ms["starter"] <= 5000 and on_ms["gas_valve"] <= 1000 and on_ms["ignition"] <= 10000


def test_who_ends_service_and_begins_again_finds_the_same_rests():
    """Three clicks of gas and a spark ten seconds later were permitted by 'service off' and 'on' in between."""
    bench = Bench()
    bench.air()
    bench.take("gas_valve", "1")
    bench.scan(40)
    bench.hand.ending = True
    bench.scan(20 * 280)
    assert bench.on, "no start and no new service while a spark could light what was let out"
    bench.scan(20 * 25)
    assert not bench.on


def test_gas_of_a_start_that_failed_keeps_the_spark_away_in_service_too():
    """An attempt leaves more gas than a click, and whoever tests the spark comes right after it."""
    bench = Bench()
    bench.engine.since_gas.age_ms = 70000
    bench.air()
    left = bench.refused("ignition", "1")
    assert "rests for another" in left and 190 < int(left.split()[4]) < 210
    bench.scan(20 * 205)
    bench.take("ignition", "1")
    bench.scan()
    assert bench.value("ignition") == 1


def test_a_mode_that_is_not_off_ends_service_at_once():
    """The start follows what a person did, and does not come when service is over by itself a quarter of an hour later."""
    bench = Bench()
    bench.take("pump_coolant", "1")
    bench.scan()
    bench.settings.set("mode", 1)
    bench.scan(3)
    assert bench.hand.ending and not bench.on and bench.value("pump_coolant") == 0


def test_what_is_left_of_a_service_that_ends_tells_of_fans_as_well():
    bench = Bench()
    bench.scan(20 * 700)
    bench.take("fan_bank_1", "1")
    bench.hand.ending = True
    bench.scan(2)
    assert bench.settings.fan_on_min_s - 2 <= bench.hand.left_s() <= bench.settings.fan_on_min_s
