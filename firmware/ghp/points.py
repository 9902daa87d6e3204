"""Table: every input and output of the machine, by meaning.

One row per point; sensing, drivers, console, documentation and the host tools all read these rows.  Ids
are stable and are never reused.  The *order* of a table is the order of the arrays in `ghp.image`.

Every reading is an integer, `scaled = value * scale`, so that the fast scan allocates nothing.
"""

from ghp.table import Table

KEEP = -1


def _level(text):
    return KEEP if text == "keep" else int(text)


# --- inputs -------------------------------------------------------------------------------------------
# id, name, unit, scale, low, high, max_age_ms, curve
#   unit      c = degrees Celsius, kpa = kPa absolute, kpag = kPa gauge, v = volts
#   low/high  plausible range in units: outside it the reading is bad (RANGE), whatever its source
#   max_age   a value older than this is STALE; judged before any filter
#   curve     how ADC counts become a value, see `ghp.sensing.curves`
ANALOG_INPUTS = Table(
    """\
1|suction_pressure|kpa|1000|0.0|1379.0|600|psia200
2|discharge_pressure|kpa|1000|60.0|3549.0|400|psig500
3|oil_pressure|kpag|1000|-20.0|690.0|800|psig100
4|gas_pressure|kpag|1000|-0.5|7.5|2500|inwc30
5|suction_temp|c|1000|-45.0|150.0|2500|ntc10k
6|liquid_temp|c|1000|-45.0|150.0|2500|ntc10k
7|coil_temp|c|1000|-45.0|150.0|2500|ntc10k
8|ambient_temp|c|1000|-45.0|70.0|2500|ntc10k
9|entering_water|c|1000|-20.0|120.0|2500|ntc10k
10|condenser_water|c|1000|-20.0|120.0|2500|ntc10k
11|leaving_water|c|1000|-20.0|120.0|2500|ntc10k
12|chilled_entering|c|1000|-20.0|120.0|2500|ntc10k
13|chilled_leaving|c|1000|-20.0|120.0|2500|ntc10k
14|coolant_temp|c|1000|-45.0|140.0|2500|ntc10k
15|discharge_temp|c|1000|-45.0|180.0|2500|ntc100k
16|exhaust_temp|c|1000|-45.0|1000.0|2500|thermocouple
17|catalyst_temp|c|1000|-45.0|1000.0|2500|thermocouple
18|lambda_volts|v|1000|-0.1|1.3|800|volts
19|battery_volts|v|1000|3.0|18.0|2500|divider4
20|reference_volts|v|1000|2.3|2.7|10000|volts
""",
    "issiffis",
)

# id, name, unit, scale, pulses per unit of quantity, high (plausible maximum), timeout_ms
#   engine_speed: 60 teeth, both edges counted = 120 counts a revolution, so rpm = counts/s / 2
#   hot_flow, chilled_flow: 20 pulses a litre; gas_meter: 2000 pulses a cubic metre
PULSE_INPUTS = Table(
    """\
30|engine_speed|rpm|1|120|5000|200
31|gas_meter|m3h|1000|2000|60|20000
32|hot_flow|lps|1000|20|15|1500
33|chilled_flow|lps|1000|20|15|1500
""",
    "issiiii",
)

# id, name, debounce_ms (0: the consumer does its own timing), text when 1
DIGITAL_INPUTS = Table(
    """\
40|safety_chain|0|closed
41|high_pressure_switch|0|closed
42|emergency_stop|0|released
43|flow_switch_hot|0|flow
44|flow_switch_chilled|0|flow
45|gas_pressure_switch|200|present
46|remote_enable|500|enabled
47|call_heat|500|call
48|call_cool|500|call
49|peak_signal|500|peak
50|valve_at_hot|200|reached
51|valve_at_chilled|200|reached
52|knob_push|0|pressed
""",
    "isis",
)

# --- outputs ------------------------------------------------------------------------------------------
# id, name, kind, max_age_ms, safe, text when 1
#   kind      digital: 0/1;  percent: 0..10000 (hundredths of a per cent);  steps: 0..500
#   max_age   a command not refreshed within this time goes to `safe` by itself
#   safe      the level that a lost command falls to.  Where heat must leave the machine (coolant, hot
#             water, radiator, enclosure) that level is *on*: losing the command must not boil the engine.
#             keep: a position that holds its place without power (the expansion valve) stays.
OUTPUTS = Table(
    """\
60|gas_valve|digital|150|0|open
61|ignition|digital|150|0|on
62|starter|digital|150|0|cranking
63|clutch|digital|150|0|engaged
64|unloader|digital|1500|1|unloaded
65|reversing_valve|digital|1500|keep|cooling
66|liquid_valve|digital|1500|0|open
67|pump_hot|digital|1500|keep|on
68|pump_chilled|digital|1500|keep|on
69|pump_coolant|digital|1500|1|on
70|fan_bank_1|digital|1500|0|on
71|fan_bank_2|digital|1500|0|on
72|fan_bank_3|digital|1500|0|on
73|radiator_fan|digital|1500|1|on
74|enclosure_fan|digital|1500|1|on
75|crankcase_heater|digital|1500|0|on
76|water_valve|digital|1500|keep|chilled
77|alarm_relay|digital|1500|0|healthy
78|alarm_lamp|digital|1500|1|lit
79|throttle|percent|150|0|
80|mixture_valve|percent|1500|5000|
81|lead_fan_speed|percent|1500|0|
82|pump_hot_speed|percent|1500|10000|
83|heat_recovery_valve|percent|1500|0|
84|expansion_valve|steps|1500|keep|
""",
    (int, str, str, int, _level, str),
)


def index_of(table, name):
    """Return the position of point `name` in `table`; KeyError says what is not there."""
    try:
        return table.place(name)
    except KeyError:
        raise KeyError("no point named " + name)


def names(table):
    """Return the point names of `table`, in table order."""
    return tuple([row[1] for row in table])
