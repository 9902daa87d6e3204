"""The alarm table is complete and true: every column means something, and what it says of times is what the judges do."""

import re
from pathlib import Path

import pytest
from ghp import alarms, points, settings
from ghp.blocks import timers
from ghp.control import changeover_base, defrost, engine, expansion, states, wishes
from ghp.protection import (
    actors,
    catalyst,
    health,
    judges,
    plausibility,
    snapshots,
    stops,
    stuck,
    trips,
    witnesses,
)
from ghp.protection.monitor import Monitor
from ghp.sensing import readings
from thermal_parts import Parts

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware/ghp"
SOURCES = {path: path.read_text() for path in FIRMWARE.rglob("*.py") if path.name not in ("alarms.py", "settings.py")}
ROWS = list(alarms.ROWS)
POINTS = {row[1] for table in (points.ANALOG_INPUTS, points.PULSE_INPUTS, points.DIGITAL_INPUTS, points.OUTPUTS) for row in table}
# What masks; where a setting bounds it, the limit of the state in which it lasts.
MASKS = {
    "start": None,
    "power-up": None,
    "pull-down": None,
    "pump-down": states.TABLE[states.PUMP_DOWN][2],
    "defrost": defrost.TABLE[defrost.MELT][2],
    "changeover": states.TABLE[states.PARK][2],
}
by_key = pytest.mark.parametrize("row", ROWS, ids=lambda row: row[alarms.KEY])

# Delays that no judge reads from the table: the constants that they must be.
ON = {
    "no_speed_signal": engine._SILENT_MS,
    "stop_not_confirmed": engine._UNCONFIRMED_MS,
    "sensor_fast_stop": trips._BAD_TRIP // trips._BAD_STEP * 50,
    "water_stuck": stuck._WINDOW_MS,
    **{key: 1000 * min(row[5] for row in witnesses.PAIRS if witnesses.FOLLOWS[row[6]] == key) for key in ("water_doubt",)},
    **{key: 1000 * min(row[3] for row in witnesses.CHECKS if row[2] == key)
       for key in ("pressure_doubt", "sensor_doubt", "acts_alone", "gas_unasked", "clutch_doubt", "valve_doubt")},
    **dict.fromkeys(("charge_low", "charge_high", "non_condensables", "exchanger_fouled", "circuit_doubt"), 2000 * health._PATIENCE),
}  # fmt: skip
# Where the setting that rules is read.
READ_IN = {
    "hot_water_flow": "protection/trips.py",
    "flow_not_proven": "control/states.py",
    "underspeed": "protection/trips.py",
    "pickup_lost": "protection/trips.py",
    "oil_pressure": "protection/judges.py",
    "mixture_open_loop": "control/mixture.py",
    "sensor_stop": "protection/judges.py",
    "sensor_warning": "protection/judges.py",
    "reversing_valve": "control/changeover.py",
    "water_valve": "control/changeover_states.py",
    "water_valve_lost": "control/changeover_states.py",
    "chilled_water_flow": "protection/trips.py",
}
OFF = {
    "sensor_stop": readings.AnalogReading._recovery_ms,
    "sensor_fast_stop": readings.AnalogReading._recovery_ms,
    "sensor_warning": readings.AnalogReading._recovery_ms,
    "converter_check": readings.AnalogReading._recovery_ms,
    "task_overrun": 10000,  # test_tempo: a mark fades in twenty scans
    "changeover_given_up": changeover_base.AGAIN_MS,
}
MASKED = {
    ("suction_pressure", "start"): trips._SUCTION_BLIND_MS,
    ("suction_pressure", "pull-down"): trips._SUCTION_EASY_MS,
    ("clutch_doubt", "start"): 2000 * plausibility._SETTLED,
    ("gas_pressure", "power-up"): trips._GAS_KNOWN_MS,
    ("underspeed", "start"): wishes._ARM_MS,
    ("discharge_temp", "start"): judges.GAS_ARM_MS,
    ("superheat_low", "start"): judges._SUPERHEAT_ARM_MS,
    ("catalyst_window", "start"): 500 * catalyst._WARM_SCANS,
    **{(key, "start"): 2000 * plausibility._SETTLED for key in ("pressure_doubt", "water_doubt", "sensor_doubt", "valve_doubt")},
    **{(key, "start"): 2000 * (plausibility._SETTLED + health._STEADY) for key in ("charge_low", "charge_high", "exchanger_fouled", "circuit_doubt")},
}


# For how long after a defrost or changeover it is not judged either.
AFTER = {
    "superheat_low": judges._SUPERHEAT_ARM_MS,
    "clutch_doubt": 2000 * actors._QUIET,
    **{key: MASKED[key, "start"] for key, mask in MASKED if mask == "start" and key.split("_")[0] in
       ("pressure", "water", "sensor", "valve", "charge", "exchanger", "circuit")},
}  # fmt: skip
# Settings that bound a start's mask: where it is read, and the test that it ends.
BYPASS = {"oil_bypass_s": "protection/judges.py"}


def first(text):
    return text.split(" ")[0]


def reads_its_delay(key):
    """Whether the source that finds the alarm `key` also makes a timer of its `on_ms()`."""
    for text in SOURCES.values():
        for name in re.findall(r'(\w+) = (?:monitor\.)?(?:find|place)\("%s"\)' % key, text):
            if re.search(r"OnDelay\(monitor\.on_ms\(self\.%s\)\)|_most_ms = monitor\.on_ms\(self\.%s\)" % (name, name), text):
                return True
        if key.startswith("clock_") and key in text and "OnDelay(monitor.on_ms(self._alarms[1]))" in text:
            return True
    return False


@by_key
def test_every_column_is_filled(row):
    assert len(row) == 14
    for column in (alarms.ON, alarms.OFF, alarms.MASK, alarms.CLEARS, alarms.SNAPSHOT):
        assert row[column] and row[column] == row[column].strip()
    assert row[alarms.CLEARS].endswith(".") and row[alarms.CLEARS][0].isupper()
    assert 0 < row[alarms.ID] < 256  # the monitor's bytes
    for name in row[alarms.SNAPSHOT].split():
        assert name == "-" or name in POINTS, name


@by_key
def test_the_category_agrees_with_what_it_does(row):
    stopping = row[alarms.CLASS] >= stops.NORMAL_STOP
    assert stopping == (row[alarms.CATEGORY] in (alarms.PROTECTION, alarms.FAULT))
    assert stopping == (row[alarms.SNAPSHOT] != "-")
    assert stopping or row[alarms.RESET] == 0
    if row[alarms.CATEGORY] == alarms.EVENT:
        assert row[alarms.LATCH] == alarms.AUTO and row[alarms.CLASS] <= stops.HOLD
    assert (row[alarms.CATEGORY] == alarms.EVENT) == row[alarms.REMEDY].startswith("None:")
    if row[alarms.CLASS] == stops.LOCK_OUT:
        assert row[alarms.RESET] == 1 and row[alarms.LATCH] == alarms.MANUAL


@by_key
def test_the_written_delay_is_what_the_judge_does(row):
    key, delay = row[alarms.KEY], first(row[alarms.ON])
    if not delay.isdigit():
        assert settings.ROWS.find(delay)[2] in ("s", "s1", "ms", "min")
        text = (FIRMWARE / READ_IN[key]).read_text()
        assert re.search(r"\b%s\b" % delay, text), f"{key}: {READ_IN[key]} does not read {delay}"
    elif key in ON:
        assert int(delay) == ON[key]
    else:
        assert int(delay) == 0 or reads_its_delay(key), f"{key}: let its judge take alarm.on_ms(), or add it to ON"


@by_key
def test_the_written_delay_of_its_end_is_true(row):
    assert int(first(row[alarms.OFF])) == OFF.get(row[alarms.KEY], 0)


@by_key
def test_a_mask_ends_by_itself(row):
    if row[alarms.MASK] == "-":
        return
    key = row[alarms.KEY]
    seen = []
    for mask in row[alarms.MASK].split("; "):
        name, limit, words = (*mask.split(" ", 2), "")[:3]
        seen.append(name)
        if limit.isdigit():
            assert int(limit) == MASKED[key, name]
        elif name == "start":
            text = (FIRMWARE / BYPASS[limit]).read_text()
            assert re.search(r"settings\.%s\b" % limit, text)
        else:
            assert limit == MASKS[name], f"{key}: a {name} does not end by {limit}"
            assert settings.ROWS.find(limit)[2] == "s"
        after = re.search(r"and (\d+) min after it$", words)
        if name in ("defrost", "changeover"):
            assert (60000 * int(after.group(1)) if after else 0) == AFTER.get(key, 0)
    assert len(set(seen)) == len(seen) and set(seen) <= set(MASKS)
    assert {name for masked, name in MASKED if masked == key} <= set(seen)


@pytest.mark.parametrize("key", ["oil_pressure", "oil_pressure_low"])
@pytest.mark.parametrize("bypass_s", [3, 20])
def test_the_bypass_of_the_oil_pressure_ends_by_its_setting(key, bypass_s):
    parts = Parts(oil_bypass_s=bypass_s)
    parts.put(oil_pressure=20.0)
    delay_s = parts.settings.oil_trip_s if key == "oil_pressure" else 5
    parts.scan(2 * (bypass_s + delay_s) - 2)
    assert key not in parts.standing()
    assert key in parts.scan(4).standing()


def test_a_pump_down_allows_fifteen_kelvin_and_no_more():
    parts = Parts()
    trip_c = parts.settings.discharge_temp_trip_c
    parts.engine.valve_mode = expansion.VALVE_SHUT
    assert "discharge_temp" not in parts.put(discharge_temp=trip_c + 14.0).scan(20).standing()
    assert "discharge_temp" in parts.put(discharge_temp=trip_c + 16.0).scan(4).standing()
    parts = Parts()
    assert "discharge_temp" in parts.put(discharge_temp=trip_c + 1.0).scan(4).standing()


@pytest.mark.parametrize("key", sorted(set(AFTER) - {"superheat_low", "clutch_doubt"}))
def test_doubts_and_health_name_start_defrost_and_changeover(key):
    names = [mask.split(" ")[0] for mask in alarms.ROWS.find(key)[alarms.MASK].split("; ")]
    assert names == ["start", "defrost", "changeover"]


def test_superheat_is_masked_after_a_defrost_for_as_long_as_the_table_says():
    parts = Parts()
    parts.put(suction_temp=-3.0).duty.defrosting = True
    parts.scan(1000)
    parts.duty.defrosting = False
    assert "superheat_low" not in parts.scan(2 * (120 + 90) - 4).standing()
    assert "superheat_low" in parts.scan(8).standing()


def test_nothing_is_in_the_lists_without_a_row():
    keys = {row[alarms.KEY] for row in ROWS}
    assert keys >= set(ON) | set(OFF) | set(READ_IN) | {key for key, _ in MASKED} | set(AFTER)
    for key in ON:
        assert not reads_its_delay(key)


def test_a_judge_gets_its_delay_from_the_table():
    monitor = Monitor()
    for key, delay_ms in (("overspeed", 200), ("superheat_low", 90000), ("sensor_fast_stop", 500)):
        assert monitor.find(key).on_ms() == delay_ms
    delay = timers.OnDelay(monitor.find("overspeed").on_ms())
    assert [delay.update(True, now) for now in (0, 150, 200)] == [False, False, True]


def test_a_snapshot_has_room_for_every_point():
    kinds = [row[2] for row in points.OUTPUTS]
    numbers = len([kind for kind in kinds if kind != "digital"])
    assert numbers == snapshots.NUMBERS and set(kinds[-numbers:]) == {"percent", "steps"}
    assert snapshots.WIDTH == snapshots.VALUES + len(points.ANALOG_INPUTS) + len(points.PULSE_INPUTS) + numbers
    assert len(points.ANALOG_INPUTS) + len(points.PULSE_INPUTS) < 30 and len(kinds) < 30 and len(points.DIGITAL_INPUTS) < 30
