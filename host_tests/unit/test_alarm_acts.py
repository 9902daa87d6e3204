"""What every alarm does, written out once more: a changed row of the table is noticed here, and a person changes both.

The list says it; the real monitor is driven to show that it does it.  That the judges keep the times is in
`test_alarm_table`, and below for those that read them from the table.
"""

import pytest
from ghp import alarms
from ghp.protection import stops
from ghp.protection.monitor import Monitor
from thermal_parts import Parts

# id, key, stop class, latch, category, who may reset, delay on, delay off (ms, or the setting that rules), masks
SPECIFIED = """\
1|emergency_stop|fast stop|manual|protection|operator|0|0|-
2|safety_chain|fast stop|manual|protection|operator|0|0|-
3|high_pressure_switch|lock-out|manual|protection|technician|0|0|-
4|discharge_pressure|fast stop|manual|protection|operator|250|0|-
5|suction_pressure|fast stop|manual|protection|operator|250|0|start 30000; pull-down 240000 judged at 80 % of the limit
6|hot_water_flow|fast stop|manual|protection|operator|flow_trip_s|0|changeover park_max_s
7|flow_not_proven|normal stop|manual|protection|operator|flow_wait_s|0|-
8|overspeed|lock-out|manual|protection|technician|200|0|-
9|underspeed|fast stop|manual|fault|operator|underspeed_ms|0|start 5000
10|pickup_lost|fast stop|manual|fault|operator|pickup_lost_ms|0|-
11|no_speed_signal|lock-out|manual|fault|technician|2500|0|-
12|failed_start|lock-out|manual|fault|technician|0|0|-
13|uncommanded_stop|fast stop|manual|fault|operator|0|0|-
14|gas_pressure|fast stop|strikes|protection|operator|0|0|power-up 1000
15|oil_pressure|fast stop|manual|protection|operator|oil_trip_s|0|start oil_bypass_s
16|oil_pressure_low|none|auto|warning|operator|5000|0|start oil_bypass_s
17|coolant_temp|fast stop|manual|protection|operator|1500|0|-
18|coolant_hot|unload|auto|warning|operator|1500|0|-
19|discharge_temp|fast stop|manual|protection|operator|1500|0|start 60000; pump-down pumpdown_s judged at 15 K above the limit
20|superheat_low|fast stop|manual|protection|operator|90000|0|start 120000; defrost defrost_max_s and 2 min after it
21|leaving_water|fast stop|strikes|protection|operator|1500|0|-
22|catalyst_temp|fast stop|manual|protection|operator|1500|0|-
23|catalyst_window|none|auto|warning|operator|0|0|start 900000
24|mixture_open_loop|none|auto|warning|operator|mixture_open_alarm_s|0|-
25|sensor_stop|normal stop|strikes|fault|operator|sensor_fault_s|10000|-
26|sensor_fast_stop|fast stop|strikes|fault|operator|500|10000|-
27|sensor_warning|none|auto|warning|operator|sensor_fault_s|10000|-
28|task_failure|fast stop|manual|fault|technician|0|0|-
29|converter_check|fast stop|strikes|fault|operator|3000|10000|-
30|load_limit|hold|auto|event|operator|30000|0|-
31|stop_not_confirmed|fast stop|manual|fault|technician|10000|0|-
32|water_stuck|fast stop|manual|fault|operator|75000|0|defrost defrost_max_s
33|output_chip|normal stop|strikes|fault|operator|3000|0|-
34|start_abandoned|normal stop|manual|fault|operator|0|0|-
35|task_overrun|none|auto|warning|operator|0|10000|-
36|memory_absent|none|auto|warning|operator|0|0|-
37|settings_lost|none|manual|warning|operator|0|0|-
40|clock_unset|none|auto|warning|operator|5000|0|-
41|clock_absent|none|auto|warning|operator|5000|0|-
45|reversing_valve|lock-out|manual|fault|technician|valve_proof_s|0|-
46|water_valve|none|manual|warning|operator|water_valve_s|0|-
47|water_valve_lost|lock-out|manual|fault|technician|water_valve_s|0|-
48|changeover_given_up|none|auto|event|operator|0|600000|-
49|defrost_time_outs|none|auto|warning|operator|0|0|-
50|pressure_doubt|normal stop|strikes|fault|operator|10000|0|start 180000; defrost defrost_max_s and 3 min after it; changeover park_max_s idling, and 3 min after it
51|water_doubt|normal stop|strikes|fault|operator|90000|0|start 180000; defrost defrost_max_s and 3 min after it; changeover park_max_s idling, and 3 min after it
52|sensor_doubt|none|auto|warning|operator|20000|0|start 180000; defrost defrost_max_s and 3 min after it; changeover park_max_s idling, and 3 min after it
53|acts_alone|none|auto|warning|operator|20000|0|-
54|gas_unasked|normal stop|strikes|fault|operator|4000|0|-
55|clutch_doubt|fast stop|manual|fault|technician|6000|0|start 180000 slip before any load; defrost defrost_max_s and 1 min after it; changeover park_max_s idling, and 1 min after it
56|valve_doubt|none|auto|warning|operator|240000|0|start 180000; defrost defrost_max_s and 3 min after it; changeover park_max_s idling, and 3 min after it
57|circuit_doubt|none|auto|warning|operator|240000|0|start 600000; defrost defrost_max_s and 10 min after it; changeover park_max_s idling, and 10 min after it
60|chilled_water_flow|fast stop|manual|protection|operator|chilled_flow_trip_s|0|changeover park_max_s
61|freeze_suction|fast stop|manual|protection|technician|0|0|-
62|freeze_water|fast stop|manual|protection|technician|0|0|-
63|condenser_air|fast stop|manual|protection|operator|0|0|-
64|hot_flow_missing|none|auto|warning|operator|15000|0|-
65|charge_low|none|auto|warning|operator|240000|0|start 600000; defrost defrost_max_s and 10 min after it; changeover park_max_s idling, and 10 min after it
66|charge_high|none|auto|warning|operator|240000|0|start 600000; defrost defrost_max_s and 10 min after it; changeover park_max_s idling, and 10 min after it
67|non_condensables|none|auto|warning|operator|240000|0|-
68|exchanger_fouled|none|auto|warning|operator|240000|0|start 600000; defrost defrost_max_s and 10 min after it; changeover park_max_s idling, and 10 min after it
69|coolant_low|none|auto|warning|operator|5400000|0|-
"""
ROWS = [line.split("|") for line in SPECIFIED.splitlines()]
CLASSES = ("none", "hold", "unload", "normal stop", "fast stop", "lock-out")
OPERATOR, TECHNICIAN = 0, 1
HOUR_S = 3600
by_key = pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1])


def _as_written(row):
    """The row of the firmware's table in the words of the list."""
    return [
        str(row[alarms.ID]), row[alarms.KEY], CLASSES[row[alarms.CLASS]], alarms.LATCHES[row[alarms.LATCH]],
        alarms.CATEGORIES[row[alarms.CATEGORY]], alarms.RESETTERS[row[alarms.RESET]],
        row[alarms.ON].split(" ")[0], row[alarms.OFF].split(" ")[0], row[alarms.MASK],
    ]  # fmt: skip


class Judged:
    """One alarm of a monitor of its own."""

    def __init__(self, key):
        self.monitor = Monitor()
        self.alarm = self.monitor.find(key)

    def cause(self, present, at_s):
        self.monitor.uptime_s = at_s
        self.monitor.judge(self.alarm, present, 1000 * at_s)

    def comes_and_goes(self, at_s):
        self.cause(True, at_s)
        self.cause(False, at_s + 10)


def test_the_list_has_every_row_and_no_other():
    assert [row[1] for row in ROWS] == [row[alarms.KEY] for row in alarms.ROWS]
    assert stops.TEXT == CLASSES


@by_key
def test_the_table_says_what_is_specified(row):
    assert _as_written(alarms.ROWS[alarms.ROWS.place(row[1])]) == row


@by_key
def test_it_asks_for_its_class_as_long_as_it_stands(row):
    judged = Judged(row[1])
    monitor, own = judged.monitor, CLASSES.index(row[2])
    assert not judged.alarm.standing() and monitor.stop_class == stops.NONE
    judged.cause(True, 100)
    assert judged.alarm.active() and monitor.stop_class == own
    stopping = own >= CLASSES.index("normal stop")
    assert (monitor.first == judged.alarm) if stopping else monitor.first is None
    monitor.acknowledge()
    assert judged.alarm.active() and monitor.stop_class == own  # that somebody has seen it changes nothing
    assert [alarm.key for alarm in monitor.reset(TECHNICIAN)] == [row[1]]  # nor does a reset while its cause is there
    assert judged.alarm.active() and monitor.stop_class == own


@by_key
def test_it_lights_the_lamp_unless_it_is_an_event(row):
    judged = Judged(row[1])
    judged.cause(True, 100)
    judged.monitor.acknowledge()
    assert judged.monitor.lamp() == (row[4] != "event")


@by_key
def test_it_goes_as_its_latch_says(row):
    judged = Judged(row[1])
    judged.comes_and_goes(100)
    waits = row[3] == "manual"
    assert judged.alarm.standing() == waits and not judged.alarm.active()
    assert judged.monitor.stop_class == (CLASSES.index(row[2]) if waits else stops.NONE)


@by_key
def test_the_third_time_in_a_day_waits_for_a_person_where_it_strikes(row):
    judged = Judged(row[1])
    for at_s in (HOUR_S, 2 * HOUR_S):
        judged.comes_and_goes(at_s)
        assert judged.alarm.standing() == (row[3] == "manual")
    judged.comes_and_goes(3 * HOUR_S)
    assert judged.alarm.standing() == (row[3] != "auto")
    assert judged.alarm.strikes == (3 if row[3] == "strikes" else 0)
    assert judged.monitor.reset(TECHNICIAN) == [] and judged.monitor.stop_class == stops.NONE
    judged.comes_and_goes(4 * HOUR_S)
    assert judged.alarm.standing() == (row[3] == "manual")  # a reset forgives the strikes


@by_key
def test_who_may_reset_it(row):
    judged = Judged(row[1])
    for hour in (1, 2, 3):
        judged.comes_and_goes(hour * HOUR_S)
    waits = row[3] != "auto"
    left = [alarm.key for alarm in judged.monitor.reset(OPERATOR)]
    assert left == ([row[1]] if waits and row[5] == "technician" else [])
    assert judged.alarm.standing() == bool(left)
    assert judged.monitor.reset(TECHNICIAN) == [] and not judged.alarm.standing()


# Rows whose judge reads its delay from the table: what lets it begin, and what ends it again.
SLOW = [
    ("oil_pressure_low", {"oil_pressure": 120.0}, {"oil_pressure": 350.0}),
    ("coolant_temp", {"coolant_temp": 110.5}, {"coolant_temp": 85.0}),
    ("coolant_hot", {"coolant_temp": 105.0}, {"coolant_temp": 85.0}),
    ("discharge_temp", {"discharge_temp": 111.0}, {"discharge_temp": 80.0}),
    ("leaving_water", {"leaving_water": 77.0}, {"leaving_water": 60.0}),
    ("catalyst_temp", {"catalyst_temp": 735.0}, {"catalyst_temp": 600.0}),
    ("superheat_low", {"suction_temp": -1.5}, {"suction_temp": 6.0}),
]


@pytest.mark.parametrize(("key", "bad", "good"), SLOW, ids=[row[0] for row in SLOW])
def test_a_slow_judge_keeps_to_its_delay_from_both_sides(key, bad, good):
    row = next(row for row in ROWS if row[1] == key)
    delay_ms = int(row[6])
    parts = Parts()

    def scan():
        parts.derived.update(parts.now_ms, 0.5)
        parts.judges.update(parts.now_ms, 0.5)
        parts.now_ms += 500
        return key in parts.standing()

    assert not any(scan() for _ in range(300))
    parts.put(**bad)
    rose_ms = 500 * [scan() for _ in range(delay_ms // 500 + 8)].index(True)  # in the scan that sees it: 0
    assert delay_ms <= rose_ms <= delay_ms + 2000  # what the superheat is filtered with
    assert parts.monitor.stop_class >= CLASSES.index(row[2])
    parts.put(**good)
    stands = [scan() for _ in range(20)][-1]
    assert stands == (row[3] == "manual")  # the engine runs on here: what clears it is its own condition
