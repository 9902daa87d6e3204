"""Table: what is worth showing about the running unit, and where it is found.

Console, telemetry and panel read these rows, so a figure has one name and one source.  A fact is a number in
SI or None (bad reading, nothing known); it is never a sentinel.
"""

import gc

from ghp.table import Table

# id, key, where in the unit, kind (a unit kind of `ghp.units`, or "code" for a plain integer), decimals on the wire
#   A place that ends in a reading gives its value while it is good.  "=name" is worked out below.
ROWS = Table(
    """\
1|state|engine.state|code|0
2|stop_class|monitor.stop_class|code|0
3|first_alarm|=first_alarm|code|0
4|alarms|=alarms|code|0
5|mode|settings.mode|code|0
6|setpoint_c|setpoint.effective_c|c|2
7|user_setpoint_c|settings.hot_setpoint_c|c|2
8|leaving_c|readings.leaving_water|c|2
9|condenser_water_c|readings.condenser_water|c|2
10|entering_c|readings.entering_water|c|2
11|flow_lps|readings.hot_flow|lps|3
12|ambient_c|readings.ambient_temp|c|2
13|suction_kpa|readings.suction_pressure|kpa|1
14|discharge_kpa|readings.discharge_pressure|kpa|1
15|superheat_k|derived.superheat_k|k|2
16|subcool_k|derived.subcool_k|k|2
17|discharge_temp_c|readings.discharge_temp|c|2
18|suction_temp_c|readings.suction_temp|c|2
19|coolant_c|readings.coolant_temp|c|2
20|exhaust_c|readings.exhaust_temp|c|1
21|catalyst_c|readings.catalyst_temp|c|1
22|oil_kpa|readings.oil_pressure|kpag|1
23|rpm|readings.engine_speed|rpm|0
24|speed_target_rpm|orders.speed_rpm|rpm|0
25|stage|capacity.stage|code|0
26|asked_pct|capacity.asked_pct|pct|1
27|load_pct|derived.load_pct|pct|1
28|throttle_pct|outputs.throttle|pct|2
29|valve_steps|outputs.expansion_valve|steps|0
30|pump_pct|outputs.pump_hot_speed|pct|2
31|recovery_pct|outputs.heat_recovery_valve|pct|2
32|fan_pct|outputs.lead_fan_speed|pct|2
33|mixture_pct|outputs.mixture_valve|pct|2
34|lambda_v|readings.lambda_volts|v|3
35|heat_w|derived.heat_w|w|0
36|gas_w|derived.gas_w|w|0
37|cop|derived.cop|ratio|3
38|starts|engine.starts|code|0
39|failed_starts|engine.failed_starts|code|0
40|uncommanded_stops|engine.uncommanded_stops|code|0
41|overruns|=overruns|code|0
42|failures|=failures|code|0
44|pickup_losses|engine.pickup_losses|code|0
45|abandoned_starts|engine.abandoned_starts|code|0
46|mode_in_force|claims.mode.value|code|0
47|want|arbiter.want|code|0
48|want_pending|arbiter.pending|code|0
49|changeovers_asked|arbiter.changes|code|0
50|peak|peak.way|code|0
51|clock_minute|wallclock.minute|code|0
52|clock_state|wallclock.state|code|0
53|duty|duty.mode|code|0
54|chilled_setpoint_c|chilled_setpoint.effective_c|c|2
55|chilled_leaving_c|readings.chilled_leaving|c|2
56|chilled_entering_c|readings.chilled_entering|c|2
57|chilled_flow_lps|readings.chilled_flow|lps|3
58|cold_w|derived.cold_w|w|0
59|changeover|changeover.state|code|0
60|changeovers|changeover.count|code|0
61|defrost|defrost.state|code|0
62|defrosts|defrost.count|code|0
63|frost_growth_k|defrost.frost.growth_k|k|2
64|coil_c|readings.coil_temp|c|2
65|catalyst_inlet_mean_c|judges.catalyst.mean_c|c|0
70|service|=service|code|0
43|mem_free|=mem_free|code|0
""",
    "isssi",
)

ID, KEY, PLACE, KIND, DECIMALS = range(5)


def row(key):
    """Return the row of `key`; KeyError says that there is none."""
    try:
        return ROWS.find(key)
    except KeyError:
        raise KeyError("no fact named " + key)


def find(unit, place):
    """Return (object, attribute) for a place of the table; fixed for the life of the unit."""
    names = place.split(".")
    item = unit
    for name in names[:-1]:
        item = getattr(item, name)
    return item, names[-1]


def value_at(item, name, decimals):
    """Return the fact there as a float or int in SI, or None; an output's value is the effective one."""
    found = getattr(item, name)
    if found is None or isinstance(found, (int, float)):
        return found
    if hasattr(found, "quality"):
        return found.value()
    return found.value / 100.0 if decimals else found.value


def value(unit, key):
    """Return the fact `key` of `unit` in SI, or None."""
    found = row(key)
    place = found[PLACE]
    if place[0] == "=":
        return computed(unit, place)
    item, name = find(unit, place)
    return value_at(item, name, found[DECIMALS])


def computed(unit, place):
    """Return a fact that no object holds by itself."""
    if place == "=first_alarm":
        first = unit.monitor.first
        return first.id if first else 0
    if place == "=alarms":
        return len(unit.monitor.standing())
    if place == "=overruns":
        return sum([task.overruns for task in unit.executive.tasks])
    if place == "=failures":
        count = sum([task.failures for task in unit.executive.tasks]) + unit.console.failures
        return count + unit.panel.failures if unit.panel else count
    if place == "=service":
        return 0 if unit.hand is None else 1
    if place == "=mem_free":
        return gc.mem_free() if hasattr(gc, "mem_free") else None
    raise KeyError(place)
