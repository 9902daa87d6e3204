"""Charge and fouling: the figures, what is worse than its limit, trend, gaps and a person's reset."""

import pytest
from ghp.console.report import Report
from ghp.protection import witnesses
from ghp.protection.doubt import OUT
from ghp.protection.health import FINE, READY
from ghp.refrigerant import saturation_c
from watch_bench import SETTLED_S, Watch, standing


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
