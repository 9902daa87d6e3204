"""The tables: ids unique and never zero, names unique, limits that make sense, defaults inside them."""

import re
from pathlib import Path

import pytest
from ghp import alarms, points, settings
from ghp.protection import stops

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
TABLES = (points.ANALOG_INPUTS, points.PULSE_INPUTS, points.DIGITAL_INPUTS, points.OUTPUTS)

ISSUED = """\
1 emergency_stop
2 safety_chain
3 high_pressure_switch
4 discharge_pressure
5 suction_pressure
6 hot_water_flow
7 flow_not_proven
8 overspeed
9 underspeed
10 pickup_lost
11 no_speed_signal
12 failed_start
13 uncommanded_stop
14 gas_pressure
15 oil_pressure
16 oil_pressure_low
17 coolant_temp
18 coolant_hot
19 discharge_temp
20 superheat_low
21 leaving_water
22 catalyst_temp
23 catalyst_window
24 mixture_open_loop
25 sensor_stop
26 sensor_fast_stop
27 sensor_warning
28 task_failure
29 converter_check
30 load_limit
31 stop_not_confirmed
32 water_stuck
33 output_chip
34 start_abandoned
35 task_overrun
36 memory_absent
37 settings_lost
40 clock_unset
41 clock_absent
45 reversing_valve
46 water_valve
47 water_valve_lost
48 changeover_given_up
49 defrost_time_outs
50 pressure_doubt
51 water_doubt
52 sensor_doubt
53 acts_alone
54 gas_unasked
55 clutch_doubt
56 valve_doubt
57 circuit_doubt
60 chilled_water_flow
61 freeze_suction
62 freeze_water
63 condenser_air
64 hot_flow_missing
65 charge_low
66 charge_high
67 non_condensables
68 exchanger_fouled
69 coolant_low
"""


def firmware_text():
    return "\n".join(path.read_text() for path in FIRMWARE.rglob("*.py"))


def test_point_ids_and_names_are_unique():
    rows = [row for table in TABLES for row in table]
    assert len({row[0] for row in rows}) == len(rows)
    assert len({row[1] for row in rows}) == len(rows)


def test_analog_ranges_are_ordered_and_fit_31_bits():
    for row in points.ANALOG_INPUTS:
        assert row[4] < row[5]
        assert abs(row[5] * row[3]) < 2**30


def test_every_fast_output_has_a_short_life_and_a_dead_safe_level():
    for name in ("gas_valve", "ignition", "starter", "clutch"):
        row = points.OUTPUTS[points.index_of(points.OUTPUTS, name)]
        assert row[3] <= 200
        assert row[4] == 0


def test_index_of_unknown_point_says_so():
    with pytest.raises(KeyError, match="no point named flux"):
        points.index_of(points.OUTPUTS, "flux")


def test_setting_ids_keys_and_defaults():
    rows = settings.ROWS
    assert len({row[0] for row in rows}) == len(rows)
    assert len({row[1] for row in rows}) == len(rows)
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    for row in rows:
        assert row[4] <= row[3] <= row[5], row[1]
        assert row[7][0].islower() or row[7].startswith(("MOP", "COP")), row[1]


def test_every_setting_is_read_somewhere():
    table = (FIRMWARE / "ghp/settings.py").read_text()
    text = firmware_text().replace(table, "")
    # by attribute, by name in a table of limits, or inside the settings themselves
    readers = (r"\.%s\b", r"\"%s\"", r"[|]%s[|]")
    unread = [row[1] for row in settings.ROWS if not any(re.search(reader % row[1], text) for reader in readers)]
    unread = [key for key in unread if key != "units"]
    assert not unread


def test_alarm_ids_keys_and_classes():
    rows = alarms.ROWS
    assert len({row[alarms.ID] for row in rows}) == len(rows)
    assert len({row[alarms.KEY] for row in rows}) == len(rows)
    for row in rows:
        assert stops.NONE <= row[alarms.CLASS] <= stops.LOCK_OUT
        assert alarms.LATCHES[row[alarms.LATCH]] in ("auto", "manual", "strikes")
        assert row[alarms.LATCH] != alarms.STRIKES or row[alarms.CLASS] >= stops.NORMAL_STOP
        assert row[alarms.TEXT] and row[alarms.CAUSE].endswith(".") and row[alarms.REMEDY].endswith(".")


def test_an_alarm_s_id_is_never_given_again():
    """ISSUED is history: a row that leaves the table leaves its line here, and nothing here is ever changed."""
    issued = [line.split() for line in ISSUED.splitlines()]
    numbers = [int(number) for number, _ in issued]
    assert numbers == sorted(set(numbers)) and numbers[0] > 0
    known = dict(issued)
    for row in alarms.ROWS:
        assert known.get(str(row[alarms.ID])) == row[alarms.KEY], f"write {row[alarms.ID]} {row[alarms.KEY]} into ISSUED"


def test_every_alarm_can_be_raised():
    text = firmware_text().replace((FIRMWARE / "ghp/alarms.py").read_text(), "")
    keys = [row[alarms.KEY] for row in alarms.ROWS]
    assert not [key for key in keys if f'"{key}"' not in text and f"|{key}|" not in text]
