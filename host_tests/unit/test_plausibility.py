"""Witnesses that contradict each other, and what acts by itself."""

from types import SimpleNamespace

import pytest
from ghp.console import contradictions
from ghp.console.report import Report
from ghp.control.duty import COOLING, HEATING
from ghp.protection import witnesses
from ghp.protection.actors import Actors
from ghp.protection.doubt import COUNT, OUT, weighed
from ghp.protection.health import FINE, READY, Health
from ghp.protection.plausibility import Plausibility
from ghp.refrigerant import saturation_c, saturation_kpa
from hypothesis import given
from hypothesis import strategies as st
from thermal_parts import Parts

CHILLING = {
    "suction_pressure": 320.0, "discharge_pressure": 1300.0, "suction_temp": 8.0, "liquid_temp": 42.0,
    "ambient_temp": 35.0, "coil_temp": 42.5, "chilled_entering": 12.0, "chilled_leaving": 6.7, "discharge_temp": 70.0,
    "chilled_flow": 7.5, "hot_flow": 0.0,
}
GROUPS = {row[1]: row[2:4] for row in witnesses.GROUPS}
SATURATIONS = {"suction saturation": "suction_pressure", "discharge saturation": "discharge_pressure"}
SETTLED_S = 190


class Flow:
    """Both proofs of flow, as a test sets them."""

    def __init__(self):
        self.hot = self
        self.chilled = self
        self.present = True


class Still:
    """A pickup that proves standstill, or not."""

    standstill = False


class Watch:
    """The three judges over hand-made readings; time passes by `wait`."""

    def __init__(self, when=0):
        parts = self.parts = Parts()
        self.settings = parts.settings
        self.readings = parts.readings
        self.monitor = parts.monitor
        self.flow = Flow()
        self.pickup = Still()
        self.plausibility = Plausibility(
            parts.readings, parts.settings, parts.derived, parts.duty, parts.engine, self.flow, parts.outputs,
            parts.monitor,
        )
        self.actors = Actors(self.plausibility, parts.engine, self.pickup)
        self.health = Health(self.plausibility)
        parts.outputs.unloader.value = 0
        for name in ("pump_hot", "pump_chilled", "gas_valve"):
            getattr(parts.outputs, name).value = 1
        parts.outputs.heat_recovery_valve.value = 5000
        if when & 1:
            parts.duty.mode = COOLING
            parts.put(**CHILLING)
        if when >= 2:
            parts.engine.rest()
            parts.outputs.heat_recovery_valve.value = 0
            level = {"entering_water": 50.0, "condenser_water": 50.0, "leaving_water": 50.0, "chilled_entering": 10.0,
                     "chilled_leaving": 10.0, "discharge_pressure": 400.0, "suction_pressure": 400.0}
            parts.put(**level)

    def wait(self, seconds):
        """Let time pass; return the alarms that stand."""
        parts = self.parts
        for _ in range(int(seconds * 2)):
            now_ms = parts.now_ms
            parts.derived.update(now_ms, 0.5)
            if self.plausibility.update(now_ms):
                self.actors.update(now_ms)
                self.health.update(now_ms)
            parts.now_ms = (now_ms + 500) & 0x3FFFFFFF
        return parts.standing()

    def say(self, name, value_c):
        """Let a witness, or all of a group, say `value_c`."""
        for member in GROUPS.get(name, (name,)):
            if member in SATURATIONS:
                self.parts.put(**{SATURATIONS[member]: saturation_kpa(value_c)})
            else:
                self.parts.put(**{member: value_c})

    def hear(self, name):
        """Return what a witness says, C."""
        values = [getattr(self.readings, member).value() for member in GROUPS.get(name, ()) or [name] if member not in SATURATIONS]
        if not values:
            return saturation_c(getattr(self.readings, SATURATIONS[name]).value())
        warmer = {row[1]: row[4] for row in witnesses.GROUPS}.get(name, 0)
        return max(values) if warmer else min(values)

    def why(self):
        """Return what `why` says of contradictions."""
        found = []
        contradictions.reasons(self, lambda rank, text, left, value: found.append((rank, text, value)))
        return found


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


def test_a_bad_witness_says_nothing():
    watch = Watch()
    watch.wait(SETTLED_S)
    watch.parts.put(leaving_water=40.0)
    watch.parts.bad("leaving_water")
    assert watch.wait(600) == []


def standing(watch):
    watch.parts.engine.rest()
    watch.pickup.standstill = True
    watch.parts.put(oil_pressure=0.0, gas_meter=0.0)


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
    watch.wait(SETTLED_S)
    engine = watch.parts.engine
    engine.loaded = engine.clutch_in = False
    watch.wait(4)
    watch.parts.put(suction_pressure=250.0)
    assert watch.wait(60) == []
    watch.parts.put(suction_pressure=200.0)
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


# --- health ------------------------------------------------------------------------------------------------------------


def figures(watch, seconds=1200):
    watch.wait(seconds)
    return [value(watch, place) / 1000 if watch.health.ready[place] else None for place in range(12)]


def value(watch, place):
    return watch.health.lagged[place] >> FINE


def test_the_figures_of_a_healthy_machine():
    heating = figures(Watch())
    # 6.3 L/s by 6 K: 158 kW at 0.94 K; coolant 25 K above by 3 K at half a valve
    assert heating[0] == pytest.approx((saturation_c(1650) - 57.0) / 1.576, abs=0.02)
    assert heating[3] == pytest.approx(25.0 * 0.5 / 0.788, abs=0.1)
    assert heating[5] == pytest.approx(saturation_c(1650) - 50.0, abs=0.05)
    assert heating[1] is None and heating[6] is None


@pytest.mark.parametrize(
    ("when", "change", "alarm", "name"),
    [
        (0, {"liquid_temp": 58.5}, "charge_low", "subcooling heating"),
        (0, {"discharge_pressure": 1850.0, "discharge_temp": 86.0}, "exchanger_fouled", "condenser plate"),
        (0, {"leaving_water": 58.5}, "exchanger_fouled", "engine heat exchanger"),
        (1, {"liquid_temp": 48.6}, "charge_low", "subcooling chilling"),
        (1, {"liquid_temp": 37.0}, "charge_high", "subcooling share"),
        (1, {"discharge_pressure": 1500.0, "discharge_temp": 76.0, "liquid_temp": 46.0}, "exchanger_fouled", "outdoor coil"),
        (1, {"suction_pressure": 270.0, "suction_temp": 3.0}, "exchanger_fouled", "evaporator plate"),
        (0, {"engine_speed": 3000.0}, "circuit_doubt", "compressor"),
        (0, {"engine_speed": 1400.0}, "circuit_doubt", "compressor"),
        (1, {"engine_speed": 2900.0}, "circuit_doubt", "compressor"),
        (1, {"engine_speed": 1500.0}, "circuit_doubt", "compressor"),
    ],
)
def test_what_is_worse_than_its_limit_is_told_and_forgiven(when, change, alarm, name):
    watch = Watch(when)
    for fan in ("fan_bank_1", "fan_bank_2", "fan_bank_3"):
        getattr(watch.parts.outputs, fan).value = 1
    watch.parts.outputs.lead_fan_speed.value = 10000
    before = {key: getattr(watch.readings, key).value() for key in change}
    assert watch.wait(1500) == []
    watch.parts.put(**change)
    assert watch.wait(1200) == [alarm]
    assert [text.split(":")[0] for _, text, _ in watch.why()] == [name]
    lines = "\n".join(_page(watch))
    assert "warning" in lines and name + ": " in lines
    watch.parts.put(**before)
    assert watch.wait(1500) == []
    assert "warning" not in "\n".join(_page(watch))


@pytest.mark.parametrize("when", [0, 1])
def test_a_reset_forgets_what_was_found_until_it_is_measured_again(when):
    """Who had cleaned the coil was told that the alarm stands, until the unit chilled steadily again."""
    watch = Watch(when)
    watch.wait(SETTLED_S)
    watch.parts.put(liquid_temp=58.5 if not when else 48.6)
    assert watch.wait(1200) == ["charge_low"]
    place = 6 if when else 5
    other = list(watch.health.ready[:12])
    watch.health.points[place * 6 : place * 6 + 6] = bytes([0, 0, 50, 50, 40, 20])
    watch.health.points[0] = 50
    watch.parts.engine.rest()
    watch.flow.present = False
    assert watch.wait(60) == ["charge_low"]
    watch.health.reset()
    assert watch.parts.standing() == []  # at once: the answer to the person who asked is true
    assert not watch.health.ready[place] and not any(watch.health.points[place * 6 : place * 6 + 6])
    assert watch.health.points[0] == 50
    other[place] = 0
    assert list(watch.health.ready[:12]) == other
    assert watch.wait(600) == []
    engine = watch.parts.engine
    engine.running = engine.loaded = engine.clutch_in = True
    engine.load_pct100 = 7000
    assert watch.wait(600 + 300 + 230) == []
    assert watch.wait(30) == ["charge_low"]


def test_a_reset_forgets_gas_that_does_not_condense_until_it_is_seen_again():
    watch = Watch(2)
    standing(watch)
    watch.parts.put(coil_temp=30.0, ambient_temp=30.0, condenser_water=30.0, chilled_leaving=20.0, entering_water=30.0, leaving_water=30.0)
    watch.say("discharge saturation", 34.5)
    watch.wait(2100)
    assert watch.parts.standing() == ["non_condensables"]
    watch.health.reset()
    assert watch.wait(230) == []
    assert watch.wait(20) == ["non_condensables"]


def test_a_reset_takes_nothing_from_what_is_not_told_yet():
    watch = Watch()
    watch.wait(SETTLED_S + 600 + 320)
    watch.parts.put(liquid_temp=58.5)
    watch.wait(400)
    before = watch.health.doubts[5], watch.health.ready[5]
    assert 0 < before[0] < OUT
    watch.health.reset()
    assert (watch.health.doubts[5], watch.health.ready[5]) == before


@pytest.mark.parametrize("gap_s", [60, 3600])
def test_a_figure_that_was_away_starts_afresh(gap_s):
    """What was before the coil was cleaned counted on for minutes in the next run."""
    watch = Watch()
    watch.wait(SETTLED_S + 600 + 320)
    assert watch.health.ready[0] == READY and watch.health.ready[5] == READY
    before = value(watch, 5)
    watch.parts.bad("liquid_temp")
    watch.wait(gap_s)
    watch.parts.put(liquid_temp=55.0)
    watch.wait(2)
    if gap_s < 128:  # its time constant
        assert watch.health.ready[5] == READY and value(watch, 5) > before - 500
    else:
        assert watch.health.ready[5] == 1 and value(watch, 5) == pytest.approx(before - 5000, abs=60)
    assert watch.health.ready[0] == READY  # it was there all the time


def test_a_figure_of_a_machine_at_rest_stays_on_its_page():
    watch = Watch()
    watch.wait(1500)
    row = _page(watch)[1]
    watch.parts.engine.rest()
    watch.wait(7200)
    assert _page(watch)[1] == row and "well" in row


def _page(watch, machine=False):
    from ghp.console import health  # noqa: PLC0415

    class Frost:
        clean_k = 7.3
        learned = False

    class Unit:
        defrost = Frost
        health = watch.health

    Frost.frost = Frost
    return list(health.health(None, Unit, Report(machine, True), ["health"]))


def test_the_page_and_its_twin():
    watch = Watch()
    person = _page(watch)
    assert "not known yet" in person[1]
    watch.wait(1500)
    assert "well" in _page(watch)[1]
    rows = _page(watch, machine=True)
    assert rows[0] == "#figure,now,clean,limit,percent,trend,verdict"
    assert len(rows) == 2 + len(list(witnesses.ITEMS))


def test_a_better_machine_moves_its_reference_by_a_tenth_at_most():
    watch = Watch()
    watch.parts.put(discharge_pressure=1640.0, liquid_temp=50.0)
    watch.wait(900)
    watch.plausibility.values[1] = 57500
    watch.plausibility.steady = 0
    for _ in range(60000):
        watch.health.update(0)
    assert watch.health.references[0] == pytest.approx(1090, abs=12)


def test_the_trend_is_noted_every_eight_hours():
    watch = Watch()
    watch.wait(900)
    for hours in range(9):
        watch.plausibility.values[3] = 50000 + 300 * hours
        for _ in range(14400):
            watch.health.update(0)
    points = list(watch.health.points[5 * 6 : 6 * 6])
    assert len(points) == 6 and points == sorted(points, reverse=True) and points[0] > points[-1] > 0
    assert "each)" in "\n".join(_page(watch))


def test_gas_that_does_not_condense_is_found_at_rest():
    watch = Watch(2)
    standing(watch)
    watch.parts.put(coil_temp=30.0, ambient_temp=30.0, condenser_water=30.0, chilled_leaving=20.0, entering_water=30.0, leaving_water=30.0)
    watch.say("discharge saturation", 32.0)
    assert watch.wait(4000) == []
    watch.say("discharge saturation", 34.5)
    assert watch.wait(230) == []
    assert watch.wait(20) == ["non_condensables"]
    watch.parts.put(condenser_water=60.0)
    assert "non_condensables" not in watch.wait(260)
