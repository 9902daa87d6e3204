"""Slow alarms, the table of sensor consequences, the stuck probe."""

import pytest
from ghp import points
from ghp.control.duty import COOLING, HEATING
from ghp.control.expansion import VALVE_SHUT
from ghp.protection import judges as judge_module
from ghp.protection import stops
from ghp.protection.judges import CONVERTER, FAST, SENSORS, STOP, WARN
from ghp.protection.monitor import UNSEEN
from ghp.protection.past import history
from ghp.protection.shelf import shelve
from ghp.sensing.readings import RANGE, SETTLING
from thermal_parts import Parts

ALARM_OF = {WARN: "sensor_warning", STOP: "sensor_stop", FAST: "sensor_fast_stop", CONVERTER: "converter_check"}
CLASS_OF = {WARN: stops.NONE, STOP: stops.NORMAL_STOP, FAST: stops.FAST_STOP, CONVERTER: stops.FAST_STOP}


def alone(parts, scans):
    for _ in range(scans):
        parts.derived.update(parts.now_ms, 0.5)
        parts.judges.update(parts.now_ms, 0.5)
        parts.now_ms += 500
    return parts.standing()


def test_a_healthy_machine_has_no_alarm():
    parts = Parts()
    assert alone(parts, 4000) == []


def test_every_analog_and_pulse_sensor_has_one_declared_consequence():
    named = [row[1] for row in SENSORS]
    expected = [row[1] for row in [*points.ANALOG_INPUTS, *points.PULSE_INPUTS]]
    assert sorted(named) == sorted(expected)


@pytest.mark.parametrize("duty", [HEATING, COOLING])
@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize("row", list(SENSORS), ids=[row[1] for row in SENSORS])
def test_each_bad_sensor_reaches_its_consequence_in_any_state_and_clears(row, running, duty):
    name, what, note = row[1], row[2 + duty], row[6]
    parts = Parts()
    parts.duty.mode = duty
    if not running:
        parts.engine.rest()
    alone(parts, 20)
    parts.bad(name)
    standing = alone(parts, 11)  # 5 s and one scan
    assert ALARM_OF[what] in standing
    assert parts.monitor.stop_class == CLASS_OF[what]
    assert any(name in reason[1] and note in reason[1] for reason in parts.why(parts.judges))
    parts.put(**{name: 2.5 if name == "reference_volts" else parts_value(name)})
    assert alone(parts, 2) == []


def test_a_dead_probe_of_the_water_left_behind_does_not_keep_the_other_from_being_served():
    parts = Parts()
    parts.duty.mode = COOLING
    parts.engine.rest()
    parts.bad("chilled_leaving")
    assert "sensor_stop" in alone(parts, 20)
    parts.duty.wanted = HEATING
    assert alone(parts, 2) == ["sensor_warning"]
    parts.engine.clutch_in = True  # on the chilled water it still is what must be known
    assert "sensor_stop" in alone(parts, 2)


def parts_value(name):
    from thermal_parts import LOADED  # noqa: PLC0415
    return LOADED[name]


def test_a_suction_beyond_its_transducer_is_no_fault_while_the_compressor_is_out():
    parts = Parts()
    assert SENSORS[judge_module._SUCTION][1] == "suction_pressure"
    parts.engine.rest()
    parts.put(discharge_pressure=1340.0)
    parts.bad("suction_pressure", quality=RANGE)
    assert alone(parts, 600) == []
    parts.put(discharge_pressure=1200.0)  # now it should show something, soon: fans may cool this side first
    assert alone(parts, 30) == []
    assert "sensor_fast_stop" in alone(parts, 21)
    parts = Parts().put(discharge_pressure=1340.0)
    parts.bad("suction_pressure", quality=RANGE)
    assert "sensor_fast_stop" in alone(parts, 11)


def test_a_suction_beyond_its_transducer_while_the_valve_slides_is_no_fault_whatever_the_discharge():
    parts = Parts(sensor_fault_s=2).put(discharge_pressure=900.0)
    parts.duty.slides = True
    parts.bad("suction_pressure", quality=RANGE)
    assert alone(parts, 20) == []
    parts.duty.slides = False
    assert "sensor_fast_stop" in alone(parts, 5)


def test_suction_temperature_acts_within_five_seconds():
    parts = Parts()
    alone(parts, 10)
    parts.bad("suction_temp")
    start = parts.now_ms
    while "sensor_stop" not in parts.standing():
        alone(parts, 1)
        assert parts.now_ms - start < 10000
    assert parts.now_ms - start <= 5500  # the judgement of the scan at 4.5 or 5.0 s


def test_bursts_of_noise_stop_nothing_but_endless_chatter_does():
    parts = Parts()
    for burst in range(20):  # out of range for one scan every three seconds, settling in between
        parts.bad("suction_temp", quality=RANGE)
        assert alone(parts, 1) == []
        parts.readings.suction_temp.quality = SETTLING
        assert alone(parts, 5) == [], burst
        parts.put(suction_temp=6.0)
        assert alone(parts, 6) == []
    for _ in range(39):
        assert alone(parts, 5) == []
        parts.bad("suction_temp", quality=RANGE)
        assert alone(parts, 1) == []
        parts.readings.suction_temp.quality = SETTLING
    assert "sensor_stop" in alone(parts, 12)


@pytest.mark.parametrize(("good", "told"), [(6, True), (40, False)])
def test_a_sensor_that_is_away_more_often_than_good_is_bad_though_it_comes_back_each_time(good, told):
    """A thermocouple whose wire opens for a second, settles for ten, and is good for `good` scans."""
    parts = Parts()
    seen = set()
    for _ in range(60):
        parts.bad("catalyst_temp", quality=RANGE)
        seen |= set(alone(parts, 2))
        parts.readings.catalyst_temp.quality = SETTLING
        seen |= set(alone(parts, 20))
        parts.put(catalyst_temp=600.0)
        seen |= set(alone(parts, good))
    assert ("sensor_stop" in seen) == told


def test_low_oil_behind_a_wire_that_opens_again_and_again_trips():
    parts = Parts().put(oil_pressure=20.0)
    for _ in range(10):
        parts.put(oil_pressure=20.0)
        alone(parts, 2)
        parts.readings.oil_pressure.quality = SETTLING
        alone(parts, 2)
    assert "oil_pressure" in parts.standing()


def test_low_superheat_counts_on_through_a_gap():
    parts = Parts()
    alone(parts, 300)
    parts.put(suction_temp=-1.5)
    alone(parts, 100)
    parts.bad("suction_temp", quality=RANGE)
    alone(parts, 1)
    parts.readings.suction_temp.quality = SETTLING
    alone(parts, 20)
    parts.put(suction_temp=-1.5)
    assert "superheat_low" in alone(parts, 64)


@pytest.mark.parametrize(
    ("values", "alarm", "scans"),
    [
        ({"oil_pressure": 60.0}, "oil_pressure", 6),
        ({"oil_pressure": 120.0}, "oil_pressure_low", 12),
        ({"coolant_temp": 110.5}, "coolant_temp", 4),
        ({"coolant_temp": 105.0}, "coolant_hot", 4),
        ({"discharge_temp": 111.0}, "discharge_temp", 4),
        ({"leaving_water": 77.0}, "leaving_water", 4),
        ({"condenser_water": 77.0}, "leaving_water", 4),
        ({"catalyst_temp": 735.0}, "catalyst_temp", 4),
        ({"suction_temp": -1.5}, "superheat_low", 184),
    ],
)
def test_each_slow_alarm_comes_in_time_and_not_sooner_than_one_scan(values, alarm, scans):
    parts = Parts()
    alone(parts, 300)
    parts.put(**values)
    assert alarm in alone(parts, scans)


def test_an_engine_that_does_not_get_warm_in_ninety_minutes_of_running_is_told_of():
    parts = Parts()
    parts.put(coolant_temp=59.0)
    assert "coolant_low" not in alone(parts, 6000)
    parts.engine.rest()
    assert "coolant_low" not in alone(parts, 6000)  # at rest it may be as cold as it likes
    parts.engine.running = True
    assert "coolant_low" not in alone(parts, 4798)
    assert alone(parts, 4) == ["coolant_low"]
    assert parts.monitor.stop_class == 0
    parts.put(coolant_temp=61.0)
    assert alone(parts, 2) == []
    parts.put(coolant_temp=59.0)
    assert "coolant_low" not in alone(parts, 10798)


def test_low_superheat_for_less_than_a_minute_and_a_half_is_no_alarm():
    parts = Parts()
    alone(parts, 300)
    parts.put(suction_temp=-1.5)
    assert alone(parts, 178) == []


def test_oil_is_not_judged_just_after_firing_nor_at_rest():
    parts = Parts(oil_bypass_s=8).put(oil_pressure=5.0)
    assert alone(parts, 15) == []
    assert "oil_pressure" in alone(parts, 12)
    parts = Parts().put(oil_pressure=0.0)
    parts.engine.rest()
    assert alone(parts, 400) == []


def test_hot_gas_is_judged_only_while_it_is_compressed():
    parts = Parts().put(discharge_temp=120.0)
    parts.engine.since_clutch_ms = 20000
    assert alone(parts, 10) == []
    parts.engine.since_clutch_ms = 100000
    parts.engine.valve_mode = VALVE_SHUT
    assert alone(parts, 10) == []
    parts.put(discharge_temp=126.0)
    assert "discharge_temp" in alone(parts, 4)


def window(**values):
    """Return parts whose catalyst's mean is over eight minutes, warm, and the scans of one of its sixteen parts."""
    parts = Parts(catalyst_mean_min=8, catalyst_pipe_k=0)
    alone(parts, 1800)
    parts.put(**values)
    return parts, 60


@pytest.mark.parametrize("inlet_c", [700.0, 350.0])
def test_a_catalyst_outside_its_window_is_told_by_the_mean_and_only_then(inlet_c):
    parts, part = window(exhaust_temp=inlet_c)
    assert alone(parts, 4 * part - 1) == []
    assert alone(parts, 1) == ["catalyst_window"] and parts.judges.catalyst.mean_c == inlet_c
    assert parts.monitor.stop_class == stops.NONE
    parts.put(exhaust_temp=600.0)
    assert alone(parts, part - 1) == ["catalyst_window"]
    assert alone(parts, 16 * part) == [] and parts.judges.catalyst.mean_c == 600


def test_a_short_time_at_full_speed_is_no_alarm():
    parts, part = window(exhaust_temp=600.0)
    alone(parts, 16 * part)
    parts.put(exhaust_temp=715.0)
    assert alone(parts, 9 * part) == []  # (7 x 600 + 9 x 715) / 16 = 664.7
    assert parts.judges.catalyst.mean_c == 664
    assert alone(parts, 2 * part) == ["catalyst_window"]


def test_catalyst_time_at_rest_warming_up_or_without_a_reading_does_not_count():
    parts, part = window(exhaust_temp=700.0)
    alone(parts, 3 * part)
    parts.engine.loaded = False
    alone(parts, 10 * part)
    parts.engine.loaded = True
    assert alone(parts, 1800) == []
    parts.bad("exhaust_temp")
    assert "catalyst_window" not in alone(parts, 5)
    parts.put(exhaust_temp=700.0)
    assert "catalyst_window" in alone(parts, part)


@pytest.mark.parametrize(("catalyst_c", "level"), [(719.0, 0), (721.0, 1), (725.0, 2), (729.0, 3)])
def test_a_hot_catalyst_is_limited_before_it_trips(catalyst_c, level):
    parts = Parts().put(catalyst_temp=catalyst_c)
    parts.setpoint.update(parts.now_ms, 0.5)
    for _ in range(3):
        parts.limits.update(parts.now_ms, 0.5, 80.0)
        parts.now_ms += 500
    assert parts.limits.level == level
    parts.bad("catalyst_temp")
    parts.limits.update(parts.now_ms, 0.5, 80.0)
    assert parts.limits.level == 1  # no more loading while it is blind, until the unit has stopped


def test_lasting_overload_is_an_alarm_that_holds():
    parts = Parts()
    parts.engine.load_pct100 = 9600
    assert alone(parts, 50) == []
    assert "load_limit" in alone(parts, 15)
    assert parts.monitor.stop_class == stops.HOLD


# --- the stuck probe ---------------------------------------------------------------------------------------


def wobble(count, size):
    return ((count * 7919) % 11 - 5) / 5.0 * size


def test_a_live_probe_in_steady_water_is_never_stuck():
    parts = Parts()
    for count in range(3000):
        parts.put(leaving_water=60.0 + wobble(count, 0.06), condenser_water=57.0 + wobble(count + 3, 0.06))
        assert alone(parts, 1) == []


def test_noise_free_probes_in_steady_water_are_not_stuck():
    parts = Parts()
    assert alone(parts, 3000) == []


def test_a_frozen_probe_beside_a_live_one_is_found_within_two_minutes():
    parts = Parts()
    for count in range(240):
        parts.put(condenser_water=57.0 + wobble(count, 0.06))
        alone(parts, 1)
    assert parts.standing() == ["water_stuck"]
    assert parts.monitor.stop_class == stops.FAST_STOP


def test_a_noisy_but_stuck_probe_is_found_when_the_water_moves():
    parts = Parts()
    for count in range(400):
        parts.put(leaving_water=60.0 + wobble(count, 0.1), condenser_water=57.0 + 0.02 * count)
        alone(parts, 1)
        if "water_stuck" in parts.standing():
            break
    assert count < 150, "57 + 2 K after 100 scans, ten seconds of proof"


def test_a_well_held_leaving_water_is_not_stuck_while_its_neighbour_drifts():
    parts = Parts()
    for count in range(4000):
        parts.put(leaving_water=60.0 + wobble(count, 0.1), condenser_water=55.0 + 0.003 * count)
        assert alone(parts, 1) == []


def test_leaving_water_that_the_engine_heat_holds_up_is_not_stuck():
    """The engine gets warm and its heat goes to the water while the condenser's output falls (campaign, seed 61)."""
    parts = Parts()
    for count in range(400):
        parts.outputs.heat_recovery_valve.value = min(50 * count, 8000)
        parts.put(leaving_water=60.0 + wobble(count, 0.1), condenser_water=59.0 - 0.02 * min(count, 160))
        assert alone(parts, 1) == []


def test_a_probe_that_follows_is_not_stuck():
    parts = Parts()
    for count in range(400):
        parts.put(leaving_water=60.0 + 0.02 * count, condenser_water=57.0 + 0.02 * count)
        assert alone(parts, 1) == []


def test_nothing_is_judged_while_no_heat_is_made():
    parts = Parts()
    parts.engine.rest()
    for count in range(400):
        parts.put(condenser_water=40.0 + 0.02 * count)
        assert alone(parts, 1) == []


def test_the_chatter_bound_is_finite():
    assert judge_module._CHATTER * judge_module._SCAN_MS <= 120000


def test_a_further_bad_sensor_is_told_again():
    parts = Parts().scan(10)
    parts.bad("liquid_temp").scan(40)
    monitor = parts.monitor
    alarm = monitor.find("sensor_warning")
    assert monitor.acknowledge(alarm) == 1
    notes = monitor.notes
    parts.bad("ambient_temp").scan(60)
    assert monitor.notes == notes + 1 and monitor.flags[alarm.index] & UNSEEN
    assert history(monitor)[-1][1:] == (alarm.id, "raised")
    shelve(monitor, alarm, 30)
    notes = monitor.notes
    parts.bad("coil_temp").scan(60)
    assert monitor.notes == notes + 1 and not monitor.flags[alarm.index] & UNSEEN  # shelved stays shelved
    parts.put(coil_temp=0.0).scan(60)
    parts.bad("coil_temp").scan(60)
    assert monitor.notes == notes + 1  # told before: one that comes and goes fills no history
    parts.put(coil_temp=0.0, ambient_temp=8.3, liquid_temp=50.0).scan(60)
    assert not alarm.standing()
    parts.bad("coil_temp").scan(60)
    assert alarm.active() and monitor.notes == notes + 3
