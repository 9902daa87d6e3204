"""Witnesses that contradict each other, and what acts by itself."""

import re
from types import SimpleNamespace

import pytest
from ghp import alarms
from ghp.control.duty import HEATING
from ghp.protection import witnesses
from ghp.protection.doubt import COUNT, OUT, weighed
from hypothesis import given
from hypothesis import strategies as st
from watch_bench import SETTLED_S, Watch, standing


@pytest.mark.parametrize("when", range(4), ids=witnesses.WHEN)
def test_a_healthy_machine_has_no_doubt(when):
    watch = Watch(when)
    assert watch.wait(2400) == []
    assert not any(watch.plausibility._doubts) and not any(watch.actors.doubts)
    assert watch.why() == []


@pytest.mark.parametrize("row", list(witnesses.PAIRS), ids=lambda row: f"{row[1]}-{row[3]}-above-{row[2]}".replace(" ", "_"))
def test_each_pair_is_noticed_in_its_time_and_named(row):
    number, when, low, high, allowed_k, patience_s, follows, healthy_k = row
    assert healthy_k < allowed_k - 1.0 or number in (4, 5), "no margin against healthy runs"
    alarm = witnesses.FOLLOWS[follows]
    watch = Watch(when)
    watch.wait(SETTLED_S)

    def differ(kelvin):
        """Let the pair differ; what is worked out cannot be said, the other is."""
        if high == "compressed gas":
            watch.say(low, watch.plausibility.values[-1] / 1000 - kelvin)
        else:
            watch.say(high, watch.hear(low) + kelvin)

    differ(allowed_k - 0.7)
    watch.wait(patience_s + 20)
    assert not watch.plausibility._doubts[number - 1] & OUT
    differ(allowed_k + 0.7)
    watch.wait(patience_s - 10)
    assert not watch.plausibility._doubts[number - 1] & OUT
    assert alarm in watch.wait(20)
    texts = [text for _, text, _ in watch.why()]
    assert any(text.startswith("Contradiction: ") for text in texts)
    assert watch.plausibility._doubts[number - 1] & OUT


def test_why_names_both_witnesses_with_what_they_said():
    watch = Watch()
    watch.wait(SETTLED_S)
    watch.parts.put(coil_temp=20.0)
    watch.wait(400)
    watch.parts.put(coil_temp=0.0)
    rank, text, _ = watch.why()[0]
    assert rank == 2
    assert text == "Contradiction: coil_temp 68.0 F; ambient_temp 46.9 F" or "coil_temp 68.0 F; suction saturation" in text


def test_why_forgets_the_witnesses_of_a_contradiction_that_is_over():
    watch = Watch()
    watch.wait(SETTLED_S)
    watch.parts.put(coil_temp=20.0)
    watch.wait(400)
    watch.parts.put(coil_temp=0.0)
    assert watch.wait(1200) == []
    watch.parts.put(gas_pressure=0.2)  # the gas-pressure sensor and its switch: no pair of this table
    assert watch.wait(60) == ["sensor_doubt"]
    assert not any("coil_temp" in text or "ambient_temp" in text for _, text, _ in watch.why())


def test_a_probe_that_is_away_for_a_moment_refutes_nothing():
    watch = Watch()
    watch.wait(SETTLED_S)
    watch.parts.put(coil_temp=20.0)
    assert watch.wait(400) == ["sensor_doubt"]
    watch.parts.bad("coil_temp")
    assert watch.wait(12) == ["sensor_doubt"]


def test_a_stop_stays_until_the_engine_rests_and_a_warning_until_it_is_refuted():
    watch = Watch()
    watch.wait(SETTLED_S)
    watch.parts.put(leaving_water=48.0, condenser_water=52.0)  # entering 51
    assert {"water_doubt", "sensor_doubt"} <= set(watch.wait(150))
    watch.parts.engine.loaded = False
    assert "water_doubt" in watch.wait(100)
    watch.parts.engine.rest()
    assert watch.wait(4) == ["sensor_doubt"]
    watch.parts.put(leaving_water=60.0, condenser_water=57.0)
    assert watch.wait(1200) == ["sensor_doubt"]
    engine = watch.parts.engine
    engine.running = engine.loaded = engine.clutch_in = True
    engine.load_pct100 = 7000
    assert watch.wait(SETTLED_S) == ["sensor_doubt"]
    assert watch.wait(125) == []


def test_chilled_water_that_moves_while_the_unit_is_set_to_heat_is_compared_too():
    """A chilled probe stuck at -12 C: the pump ran against freezing, nothing ever asked for cold, and nothing was told."""
    watch = Watch(3)
    watch.parts.duty.mode = HEATING
    watch.flow.hot = SimpleNamespace(present=False)
    watch.parts.put(chilled_leaving=-12.0, chilled_entering=29.0)
    assert "sensor_doubt" in watch.wait(SETTLED_S + 80)
    assert any("chilled_leaving" in text for _, text, _ in watch.why())


def test_a_change_of_mode_forgets_every_doubt():
    watch = Watch()
    watch.wait(SETTLED_S)
    watch.parts.put(coil_temp=20.0)
    assert watch.wait(400) == ["sensor_doubt"]
    watch.settings.set("mode", 0)
    assert watch.wait(2) == []


@pytest.mark.parametrize("when", [0, 1])
def test_a_new_set_point_restarts_what_is_pending_and_nothing_that_stands(when):
    key = "chilled_setpoint_c" if when else "hot_setpoint_c"
    watch = Watch(when)
    watch.wait(490)
    watch.parts.put(coil_temp=38.5 if when else 20.0, **({"ambient_temp": 42.6, "liquid_temp": 42.6} if when else {}))
    assert watch.wait(120) == []
    watch.settings.set(key, getattr(watch.settings, key) + 2.0)
    assert watch.wait(170) == []
    assert "sensor_doubt" in watch.wait(80)
    watch.wait(400)
    watch.settings.set(key, getattr(watch.settings, key) - 2.0)
    assert "sensor_doubt" in watch.wait(4)


@pytest.mark.parametrize(("key", "by"), [("chilled_setpoint_c", 2.0), ("hot_setpoint_c", 0.2)])
def test_the_other_waters_set_point_and_a_hair_restart_nothing(key, by):
    watch = Watch()
    watch.settings.set("hot_setpoint_c", 55.3)
    watch.wait(490)
    watch.parts.put(coil_temp=20.0)
    watch.wait(120)
    watch.settings.set(key, getattr(watch.settings, key) + by)
    assert watch.wait(80) == ["sensor_doubt"]


@pytest.mark.parametrize("every_s", [2, 30, 170, 290])
@pytest.mark.parametrize("what", ["pair", "valve"])
def test_nobody_silences_a_doubt_by_turning_the_knob(every_s, what):
    watch = Watch()
    watch.wait(600)
    if what == "pair":
        watch.parts.put(coil_temp=20.0)
    else:
        ACTS[9][1](watch)
    seconds = 0
    while not {"sensor_doubt", "valve_doubt"} & set(watch.parts.standing()):
        watch.settings.set("hot_setpoint_c", 50.0 + seconds % 7)
        watch.wait(every_s)
        seconds += every_s
        assert seconds < 600


def test_short_runs_with_a_new_set_point_in_every_rest_silence_nothing_either():
    watch = Watch()
    watch.flow.present = False
    engine = watch.parts.engine
    for run in range(4):
        watch.parts.engine.rest()
        watch.wait(600)
        watch.settings.set("hot_setpoint_c", 50.0 + 2 * run)
        watch.wait(600)
        engine.running = engine.loaded = engine.clutch_in = True
        engine.load_pct100 = 7000
        watch.parts.put(coil_temp=20.0)
        watch.wait(SETTLED_S + 60)
    assert watch.parts.standing() == ["sensor_doubt"]


def test_a_new_set_point_restarts_the_valve_but_no_clutch_flow_oil_or_leak():
    watch = Watch()
    watch.wait(490)
    doubts = watch.actors.doubts
    for place in range(len(doubts)):
        doubts[place] = 2
    doubts[10] = OUT | 5
    watch.settings.set("hot_setpoint_c", watch.settings.hot_setpoint_c - 3.0)
    watch.wait(2)
    assert list(doubts) == [1] * 8 + [0, 0, OUT | 4]


def test_a_defrost_masks_for_three_minutes_and_no_longer():
    watch = Watch()
    watch.wait(SETTLED_S)
    watch.parts.put(leaving_water=40.0)
    watch.parts.duty.defrosting = True
    assert watch.wait(600) == []
    watch.parts.duty.defrosting = False
    assert "water_doubt" not in watch.wait(180 + 80)
    assert "water_doubt" in watch.wait(20)


@pytest.mark.parametrize("mask", ["defrosting", "moving"])
@pytest.mark.parametrize(("when", "change", "alarm", "patience_s"), [
    (0, {"condenser_water": 67.0, "leaving_water": 70.0}, "pressure_doubt", 120),
    (0, {"leaving_water": 40.0}, "water_doubt", 90),
    (0, {"coil_temp": 20.0}, "sensor_doubt", 180),
    (0, {}, "valve_doubt", 240),
    (0, {"liquid_temp": 58.5}, "charge_low", 540),
    (1, {"liquid_temp": 37.0}, "charge_high", 540),
    (0, {"discharge_pressure": 1850.0, "discharge_temp": 86.0}, "exchanger_fouled", 540),
    (0, {"engine_speed": 3000.0}, "circuit_doubt", 540),
    (0, {}, "clutch_doubt", 20),
])  # fmt: skip
def test_defrost_and_changeover_mask_for_as_long_as_the_table_says(mask, when, change, alarm, patience_s):
    watch = Watch(when)
    for fan in ("fan_bank_1", "fan_bank_2", "fan_bank_3"):
        getattr(watch.parts.outputs, fan).value = 1
    watch.parts.outputs.lead_fan_speed.value = 10000
    watch.wait(300)
    setattr(watch.parts.duty, mask, True)
    watch.wait(4)
    watch.parts.put(**change)
    if alarm == "valve_doubt":
        ACTS[9][1](watch)
    elif alarm == "clutch_doubt":
        watch.parts.engine.load_pct100 = 100
    assert alarm not in watch.wait(1200)
    setattr(watch.parts.duty, mask, False)
    words = [text for text in alarms.ROWS.find(alarm)[alarms.MASK].split("; ") if text.startswith("defrost" if mask == "defrosting" else "changeover")]
    after_s = 60 * int(re.search(r"and (\d+) min after it$", words[0]).group(1))
    assert alarm not in watch.wait(after_s + patience_s - 12)
    assert alarm in watch.wait(24)


def test_a_bad_witness_says_nothing():
    watch = Watch()
    watch.wait(SETTLED_S)
    watch.parts.put(leaving_water=40.0)
    watch.parts.bad("leaving_water")
    assert watch.wait(600) == []




ACTS = {
    0: (0, lambda w: w.parts.put(suction_pressure=1000.0, discharge_pressure=900.0), 10),
    1: (2, lambda w: (standing(w), w.parts.put(oil_pressure=150.0)), 60),
    2: (2, lambda w: (setattr(w.parts.outputs.pump_hot, "value", 0), w.parts.put(hot_flow=1.0)), 40),
    3: (2, lambda w: (setattr(w.parts.outputs.pump_chilled, "value", 0), w.parts.put(chilled_flow=1.0)), 40),
    6: (0, lambda w: setattr(w.parts.engine, "load_pct100", 100), 20),
    7: (0, lambda w: w.parts.put(gas_pressure=0.2), 20),
    8: (0, lambda w: w.parts.put(leaving_water=69.0), 180),
    9: (0, lambda w: (setattr(w.parts.outputs.expansion_valve, "value", 500), w.parts.put(suction_temp=15.0, liquid_temp=48.5)), 240),
    10: (0, lambda w: (w.parts.put(coolant_temp=55.0), setattr(w.parts.outputs.radiator_fan, "value", 1)), 20),
}  # fmt: skip


@pytest.mark.parametrize("place", ACTS)
def test_what_acts_by_itself_is_noticed_in_its_time(place):
    when, act, within_s = ACTS[place]
    key = list(witnesses.CHECKS)[place][2]
    watch = Watch(when)
    if when == 2:
        watch.readings.flow_switch_hot.on = watch.readings.flow_switch_chilled.on = False
    watch.wait(SETTLED_S + 10)
    assert not watch.actors.doubts[place]
    act(watch)
    watch.wait(within_s - 6)
    assert not watch.actors.doubts[place] & OUT
    assert key in watch.wait(12)
    assert any(list(witnesses.CHECKS)[place][1] in text for _, text, _ in watch.why())


@pytest.mark.parametrize("when, air_c, doubted", [(2, 37.0, False), (2, 20.0, True), (3, 37.0, True)])
def test_at_rest_the_warmer_side_may_be_the_suction_side(when, air_c, doubted):
    """After a short run a warm coil boils while the water keeps the condenser cold (campaign, seed 61)."""
    watch = Watch(when)
    watch.wait(SETTLED_S)
    watch.parts.put(suction_pressure=672.0, discharge_pressure=590.0, ambient_temp=air_c, coil_temp=min(air_c, 25.0))
    assert ("pressure_doubt" in watch.wait(60)) is doubted


def test_gas_through_a_shut_valve():
    watch = Watch(2)
    standing(watch)
    watch.wait(60)
    watch.parts.outputs.gas_valve.value = 0
    watch.readings.gas_meter.total += 500  # what was in the pipe
    assert watch.wait(20) == []
    watch.readings.gas_meter.total += 15
    assert watch.wait(400) == []
    watch.readings.gas_meter.total = 5  # the count wraps
    watch.wait(310)
    watch.readings.gas_meter.total += 25
    assert watch.wait(8) == ["gas_unasked"]
    for _ in range(10):  # it leaks on: no start in between
        watch.readings.gas_meter.total += 2
        assert watch.wait(120) == ["gas_unasked"]
    assert watch.wait(320) == []


@pytest.mark.parametrize("place", [1, 4])
def test_a_mode_change_forgets_no_oil_pressure_at_rest_and_no_leak(place):
    """An oil transducer that shows too much was forgotten by the very command that starts the unit."""
    rows = [row[1] for row in witnesses.CHECKS]
    key = list(witnesses.CHECKS)[place][2]
    watch = Watch(2)
    standing(watch)
    watch.pickup.standstill = True
    if place == 1:
        watch.parts.put(oil_pressure=250.0)
        watch.wait(80)
    else:
        watch.parts.outputs.gas_valve.value = 0
        watch.wait(30)
        watch.readings.gas_meter.total += 40
        watch.wait(8)
    assert watch.actors.doubts[place] & OUT, rows
    watch.settings.set("mode", 2)
    watch.wait(4)
    assert key in watch.parts.standing()


def test_a_clutch_that_does_not_let_go():
    watch = Watch()
    watch.parts.put(ambient_temp=0.0)
    watch.wait(SETTLED_S)
    engine = watch.parts.engine
    engine.loaded = engine.clutch_in = False
    watch.wait(4)
    watch.parts.put(suction_pressure=250.0)
    assert watch.wait(60) == []
    watch.parts.put(suction_pressure=200.0)
    assert "clutch_doubt" in watch.wait(10)


@pytest.mark.parametrize("slope, doubted", [(0.5, False), (-0.2, True)])
def test_after_a_pump_down_the_suction_rises_unless_something_draws_on(slope, doubted):
    """Healthy, ten seconds after the clutch was let go: 8 kPa more, at 13 K and more below the air."""
    watch = Watch()
    watch.wait(SETTLED_S)
    watch.parts.engine.loaded = watch.parts.engine.clutch_in = False
    watch.parts.put(suction_pressure=90.0)
    watch.wait(4)
    for second in range(0, 30, 2):
        watch.parts.put(suction_pressure=90.0 + slope * second)
        watch.wait(2)
    assert ("clutch_doubt" in watch.wait(2)) is doubted


def test_a_warm_coil_that_cools_down_after_a_defrost_is_no_clutch():
    """Full of what condensed in the defrost it stands at 20 C in air of 4 C, and loses 100 kPa while the engine cools."""
    watch = Watch()
    watch.parts.put(suction_pressure=920.0, discharge_pressure=1880.0, ambient_temp=4.0)
    watch.parts.engine.loaded = watch.parts.engine.clutch_in = False
    for kpa in range(920, 620, -5):
        watch.parts.put(suction_pressure=kpa)
        assert "clutch_doubt" not in watch.wait(4), kpa
    watch.parts.put(suction_pressure=240.0)  # evaporating far below the air: something draws
    assert "clutch_doubt" in watch.wait(10)


def test_pressures_that_cold_water_lowers_while_the_engine_warms_up_are_no_clutch():
    """Both sides fall together, without a difference between them (campaign, seed 123)."""
    watch = Watch()
    watch.parts.engine.loaded = watch.parts.engine.clutch_in = False
    watch.parts.put(suction_pressure=500.0, discharge_pressure=500.0)
    watch.wait(10)
    watch.parts.put(suction_pressure=427.0, discharge_pressure=428.0)
    assert "clutch_doubt" not in watch.wait(60)


@given(st.lists(st.booleans(), max_size=600), st.integers(1, 127))
def test_a_doubt_is_what_its_model_says(signs, patience):
    doubt = level = 0
    out = False
    for sign in signs:
        level = min(level + 1, patience) if sign else max(level - 1, 0)
        out = (out or level == patience) and level > 0
        doubt = weighed(doubt, sign, patience)
        assert doubt == (level | OUT if out else level)
    assert 0 <= doubt & COUNT <= patience
