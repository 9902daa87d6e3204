"""Limits: hold, ease, step, release; before the trip; with a reason."""

import pytest
from ghp.console.kept import take
from ghp.control.ladder import MIN_PCT
from ghp.protection import limits
from ghp.refrigerant import saturation_c
from ghp.settings import ENTRY_BYTES, ORDER, Settings
from hypothesis import given
from hypothesis import strategies as st
from thermal_parts import Parts

PSI = 6.894757


def psig(value):
    return value * PSI + 101.325


def judged(parts, scans=1, achieved=90.0):
    for _ in range(scans):
        parts.derived.update(parts.now_ms, 0.5)
        parts.setpoint.update(parts.now_ms, 0.5)
        parts.limits.update(parts.now_ms, 0.5, achieved)
        parts.now_ms += 500
    return parts.limits


def test_discharge_pressure_holds_eases_steps():
    parts = Parts().put(discharge_pressure=psig(300))
    assert judged(parts, 20).level == limits.FREE
    parts.put(discharge_pressure=psig(307))
    assert judged(parts, 60).level == limits.HOLD
    held = parts.limits.cap_pct
    assert judged(parts, 60).cap_pct == held
    parts.put(discharge_pressure=psig(315))
    judged(parts, 60)
    assert parts.limits.level == limits.EASE
    assert parts.limits.cap_pct < held
    parts.put(discharge_pressure=psig(321))
    assert judged(parts, 60).level == limits.STEP


def test_one_step_every_five_seconds():
    parts = Parts().put(discharge_pressure=psig(321))
    caps = []
    achieved = 100.0
    for _ in range(40):
        judged(parts, 1, achieved)
        achieved = parts.limits.cap_pct
        caps.append(achieved)
    falls = [i for i in range(1, 40) if caps[i] < caps[i - 1] and caps[i] > MIN_PCT]
    assert caps[1] == pytest.approx(88.0), "two scans must see it"
    assert falls[1:4] == [11, 21, 31]


def test_release_has_a_distance_and_capacity_returns_slowly():
    parts = Parts().put(discharge_pressure=psig(307))
    judged(parts, 60, 60.0)
    parts.put(discharge_pressure=psig(302))
    assert judged(parts, 60, 60.0).level == limits.HOLD
    parts.put(discharge_pressure=psig(298))
    judged(parts, 20, 60.0)
    assert parts.limits.level == limits.FREE
    assert 60.0 < parts.limits.cap_pct < 70.0
    assert any("returns" in reason[1] for reason in parts.why(parts.limits))
    judged(parts, 200, 60.0)
    assert parts.limits.cap_pct == 100.0


def test_a_rising_pressure_is_judged_ahead():
    parts = Parts()
    for step in range(26):
        parts.put(discharge_pressure=psig(270 + step))  # 2 psi a second
        judged(parts)
    assert parts.limits.level >= limits.HOLD, "at 295 psig: 305 within seven seconds"


@pytest.mark.parametrize(
    ("values", "index"),
    [
        ({"discharge_temp": 106.0}, limits.GAS),
        ({"suction_pressure": 120.0}, limits.SUCTION),
        ({"coolant_temp": 105.0}, limits.COOLANT),
        ({"leaving_water": 64.0}, limits.WATER),
    ],
)
def test_every_limiter_unloads_and_names_itself(values, index):
    parts = Parts(hot_setpoint_c=60.0).put(**values)
    judged(parts, 200)
    assert parts.limits.active == index
    assert parts.limits.level == limits.STEP
    assert parts.limits.cap_pct == MIN_PCT
    text = parts.why(parts.limits)[0]
    assert text[1].startswith(limits.NAMES[index])
    value, limit, free = text[3].split(", ")
    assert limit.startswith("limit ") and free.startswith("free ")
    value, limit, free = (float(part.split()[-2]) for part in (value, limit, free))
    assert value < limit < free if index == limits.SUCTION else free < limit < value


def in_order(s):
    """Assert that every limit acts before its trip, in both duties."""
    trip_c = saturation_c(s.suction_trip_kpa)
    assert s.discharge_hold_kpa < s.discharge_unload_kpa < s.discharge_trip_kpa
    assert s.discharge_hold_cool_kpa < s.discharge_unload_cool_kpa < s.discharge_trip_cool_kpa
    assert s.discharge_temp_hold_c < s.discharge_temp_unload_c < s.discharge_temp_trip_c
    assert s.coolant_derate_c < s.coolant_trip_c
    assert s.catalyst_hold_c < s.catalyst_unload_c < s.catalyst_trip_c
    assert s.load_hold_pct < s.load_unload_pct <= 100
    assert trip_c < s.suction_unload_c < s.suction_hold_c
    assert trip_c < s.suction_unload_cool_c < s.suction_hold_cool_c
    assert s.chilled_trip_c < s.chilled_unload_c < s.chilled_hold_c < s.chilled_setpoint_c
    assert s.chilled_trip_c < s.chilled_no_start_c < s.chilled_setpoint_c
    assert s.chilled_trip_c < s.chilled_pump_on_c
    highest_c = max(s.ceiling_cold_c, s.ceiling_cool_c, s.ceiling_warm_c)
    assert highest_c + s.leaving_high_k + 1.0 < s.leaving_trip_c


@pytest.mark.parametrize("mode", [0, 1])
def test_every_limit_acts_before_its_trip(mode):
    parts = Parts()
    parts.duty.mode = mode
    in_order(parts.settings)
    parts.limits.configure()
    for index in range(len(limits.NAMES)):
        assert parts.limits._hold[index] <= parts.limits._unload[index]
    trip_pa = int((parts.settings.discharge_trip_cool_kpa if mode else parts.settings.discharge_trip_kpa) * 1000)
    assert parts.limits._unload[limits.DISCHARGE] < trip_pa
    assert parts.limits._unload[limits.SUCTION] < -parts.settings.suction_trip_kpa * 1000


ORDERED = sorted({key for low, high, _ in ORDER for key in (*low.split("+"), high)})


@given(st.lists(st.tuples(st.sampled_from(ORDERED), st.floats(0, 1)), max_size=60), st.randoms())
def test_whatever_is_accepted_keeps_every_limit_before_its_trip_and_comes_back(changes, dice):
    settings = Settings()
    for key, share in changes:
        row = settings.row(key)
        value = row[4] + share * (row[5] - row[4])
        try:
            settings.set(key, int(value) if isinstance(row[3], int) else value)
        except ValueError as error:
            assert " while " in str(error)
        in_order(settings)
    entries = [settings.kept[at : at + ENTRY_BYTES] for at in range(0, len(settings.kept), ENTRY_BYTES)]
    dice.shuffle(entries)
    again = Settings()
    take(again, b"".join(entries))
    assert [getattr(again, key) for key in ORDERED] == [getattr(settings, key) for key in ORDERED]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("discharge_unload_cool_kpa", 2100.0), ("discharge_hold_cool_kpa", 2000.0), ("discharge_trip_cool_kpa", 1000.0),
        ("chilled_hold_c", 2.0), ("chilled_unload_c", 1.5), ("chilled_trip_c", 10.0), ("chilled_pump_on_c", 1.0),
        ("chilled_hold_c", 8.0), ("chilled_no_start_c", 10.0), ("suction_unload_cool_c", 5.0), ("suction_unload_c", -32.0),
        ("suction_trip_kpa", 126.0), ("leaving_high_k", 10.0),
    ],
)
def test_a_limit_that_would_act_after_its_trip_is_refused_with_the_bound_that_is_allowed(key, value):
    settings = Settings()
    settings.set("units", 1)
    with pytest.raises(ValueError, match=" while ") as error:
        settings.set(key, value)
    assert getattr(settings, key) == settings.row(key)[3]
    words = str(error.value).split()
    bound = float(words[5])
    rounded = 0.6 if words[6] == "kPa" and bound > 200 else 0.06
    settings.set(key, bound + (rounded if words[4] == "least" else -rounded))
    assert abs(bound - value) > 0.1


def test_suction_is_not_judged_just_after_the_clutch():
    parts = Parts().put(suction_pressure=115.0)
    parts.engine.since_clutch_ms = 30000
    assert judged(parts, 10).level == limits.FREE
    parts.engine.since_clutch_ms = 300000
    assert judged(parts, 10).level == limits.STEP


def test_engine_load_lowers_the_mop_instead_of_the_speed():
    parts = Parts()
    parts.engine.load_pct100 = 9400
    judged(parts, 20)
    assert parts.limits.mop_cut_kpa == pytest.approx(15.0, abs=1.0)
    assert parts.limits.cap_pct == 90.0
    parts.engine.load_pct100 = 8000
    judged(parts, 100)
    assert parts.limits.mop_cut_kpa == 0.0


def test_a_load_that_is_only_held_is_led_out_of_it_by_the_valve():
    parts = Parts()
    parts.engine.load_pct100 = 9100  # above the hold, below where it eases: no speed that is held would ever free it
    judged(parts, 60)
    assert parts.limits.levels[limits.LOAD] == limits.HOLD
    assert parts.limits.mop_cut_kpa == pytest.approx(12.0, abs=1.0)
    parts.engine.load_pct100 = 8800
    judged(parts, 4)
    assert parts.limits.levels[limits.LOAD] == limits.FREE


def test_a_hot_catalyst_eases_although_the_engine_is_as_near_to_its_limit():
    parts = Parts()
    parts.engine.load_pct100 = 9400
    judged(parts, 20)
    held = parts.limits.cap_pct
    parts.put(catalyst_temp=parts.settings.catalyst_unload_c - 0.5)
    judged(parts, 20)
    assert parts.limits.levels[limits.LOAD] >= parts.limits.levels[limits.CATALYST] > limits.HOLD
    assert parts.limits.cap_pct < held


def test_a_stalling_engine_gets_the_unloader_at_once():
    parts = Parts()
    parts.engine.load_pct100 = 10000
    judged(parts, 5)
    assert parts.limits.cap_pct == MIN_PCT


def test_an_engine_that_falls_away_at_full_throttle_gets_the_unloader_in_the_same_scan():
    parts = Parts().put(engine_speed=1800)
    parts.engine.setpoint_rpm = 2100
    parts.engine.load_pct100 = 7000
    judged(parts, 10)
    assert parts.limits.cap_pct == 100.0, "a dip that the governor still has throttle for"
    parts.engine.load_pct100 = 8500
    judged(parts)
    assert parts.limits.cap_pct < MIN_PCT + 1.0


def test_the_dip_of_an_opening_unloader_is_the_governor_s_business():
    parts = Parts().put(engine_speed=1800)
    parts.engine.setpoint_rpm = 1800
    judged(parts, 10, achieved=40.0)
    parts.engine.setpoint_rpm = 2100
    parts.engine.load_pct100 = 8500
    judged(parts, 7, achieved=60.0)
    assert parts.limits.cap_pct == 100.0
    judged(parts, 3, achieved=60.0)
    assert parts.limits.cap_pct < MIN_PCT + 2.0


def test_lasting_overload_gets_the_unloader():
    parts = Parts()
    parts.engine.load_pct100 = 9600
    judged(parts, 10)
    assert parts.limits.cap_pct == 90.0
    judged(parts, 10)
    assert parts.limits.cap_pct == MIN_PCT


def test_low_superheat_unloads_after_half_a_minute():
    parts = Parts().put(suction_temp=-1.5)
    judged(parts, 58)
    assert not parts.limits.superheat_low
    judged(parts, 4)
    assert parts.limits.superheat_low
    assert parts.limits.active == limits.SUPERHEAT
    assert "free above" in parts.why(parts.limits)[0][3]


@pytest.mark.parametrize("sensor", ["discharge_pressure", "suction_pressure", "discharge_temp", "coolant_temp", "leaving_water"])
def test_what_is_not_known_allows_no_more_loading(sensor):
    parts = Parts().bad(sensor)
    assert judged(parts, 2, 70.0).level == limits.HOLD
    assert parts.limits.cap_pct == 70.0


def test_nothing_remains_after_the_run():
    parts = Parts().put(discharge_pressure=psig(321))
    parts.engine.load_pct100 = 9700
    judged(parts, 40)
    parts.engine.rest()
    judged(parts)
    assert (parts.limits.level, parts.limits.active, parts.limits.cap_pct) == (limits.FREE, None, 100.0)
    assert parts.limits.mop_cut_kpa == 0.0
    assert parts.why(parts.limits) == []


def test_a_suction_that_is_pumped_empty_is_judged_ahead_and_unloads_in_one_step():
    parts = Parts().put(suction_pressure=280.0)
    judged(parts, 4, 90.0)
    for step in range(1, 40):
        parts.put(suction_pressure=280.0 - 4.0 * step)  # 8 kPa a second
        judged(parts, 1, parts.limits.cap_pct if parts.limits.cap_pct < 90.0 else 90.0)
        if parts.limits.cap_pct < 45.0:
            break
    assert 140.0 < 280.0 - 4.0 * step < 190.0, "well above the trip at 110 kPa"


def test_a_bad_suction_forgets_its_rate():
    parts = Parts().put(suction_pressure=280.0)
    judged(parts, 4)
    parts.bad("suction_pressure")
    judged(parts, 2)
    parts.put(suction_pressure=160.0)
    assert judged(parts, 3).levels[limits.SUCTION] == limits.FREE


def test_cold_air_explains_a_low_suction_but_not_any_suction():
    parts = Parts().put(suction_pressure=128.0, ambient_temp=8.0)
    assert judged(parts, 10).levels[limits.SUCTION] > limits.HOLD
    parts = Parts().put(suction_pressure=128.0, ambient_temp=-17.0)
    assert judged(parts, 10).levels[limits.SUCTION] <= limits.HOLD
    parts.put(suction_pressure=113.0)
    assert judged(parts, 60).levels[limits.SUCTION] > limits.HOLD
    parts = Parts().put(suction_pressure=128.0).bad("ambient_temp")
    assert judged(parts, 10).levels[limits.SUCTION] > limits.HOLD


@pytest.mark.parametrize("name", ["discharge_pressure", "suction_pressure", "discharge_temp", "coolant_temp", "catalyst_temp", "leaving_water"])
def test_a_limit_without_its_sensor_shows_no_number(name):
    parts = Parts().scan(10)
    parts.bad(name).scan(1200)
    held = [value for _, text, _, value in parts.why(parts.limits) if text.endswith("no more loading")]
    assert held == ["not known"]


def test_so_does_the_one_of_the_chilled_water():
    parts = Parts().scan(10)
    parts.duty.mode = 1
    parts.bad("chilled_leaving").scan(20)
    said = [value for _, text, _, value in parts.why(parts.limits) if text.startswith("Leaving chilled")]
    assert said == ["not known"]


def test_a_defrost_knows_no_water_that_is_too_hot():
    parts = Parts(hot_setpoint_c=60.0).put(leaving_water=64.0)
    judged(parts, 40)
    assert parts.limits.levels[limits.WATER] == limits.STEP
    parts.duty.defrosting = True
    judged(parts.put(leaving_water=50.0), 2)
    assert parts.limits.levels[limits.WATER] == limits.FREE
    parts.duty.defrosting = False
    judged(parts)
    assert parts.limits.levels[limits.WATER] == limits.FREE


@pytest.mark.parametrize(("mode", "hold"), [(0, "discharge_hold_kpa"), (1, "discharge_hold_cool_kpa")])
def test_a_pump_down_ends_at_the_pressure_at_which_nobody_would_load_any_more(mode, hold):
    """That of heating lies above the trip of chilling."""
    parts = Parts()
    parts.duty.mode = mode
    judged(parts)
    assert parts.engine.pumpdown_high_pa == int(getattr(parts.settings, hold) * 1000)


def why_of(parts):
    found = []
    parts.limits.reasons(lambda _rank, text, _left, value: found.append("%s: %s" % (text, value)), parts.now_ms)
    return found


def test_why_shows_what_is_measured_and_what_it_counts_as():
    parts = Parts(units=1).put(discharge_pressure=psig(307))
    judged(parts, 60)
    assert ["counts as" in line for line in why_of(parts)] == [False]
    for rise in range(8):
        parts.put(discharge_pressure=psig(307 + rise))
        judged(parts, 1)
    (line,) = why_of(parts)
    measured = "%.0f kPa" % psig(314)
    assert "%s, counts as " % measured in line.replace(",0", ""), line


def test_why_shows_the_true_suction_where_cold_air_excuses_it():
    parts = Parts(units=1).put(suction_pressure=130.0, ambient_temp=-15.0)
    judged(parts, 600)
    parts.put(suction_pressure=122.0)
    judged(parts, 60)
    (line,) = [line for line in why_of(parts) if line.startswith("Suction")]
    assert "%.1f C, counts as " % saturation_c(122.0) in line, line
