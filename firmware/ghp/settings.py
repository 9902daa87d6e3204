"""Table: every setting.  Validation, console, panel, field bus and documentation derive from these rows.

A setting is stored in SI and read as an attribute: `settings.hot_setpoint_c`.  Ids are stable and are
never reused.  A change is effective at once unless the row's group says otherwise; every writer gets the
effective value back.

What differs from its default is also held as bytes, `kept`, by id and not by place: that is what a memory keeps over a
power cut and over a new firmware.
"""

from struct import calcsize, pack, unpack_from

from ghp import units
from ghp.refrigerant import saturation_c, saturation_kpa
from ghp.table import Table, number, one_of

OPERATOR = 0
TECHNICIAN = 1
FACTORY = 2
LEVELS = ("operator", "technician", "factory")

MODES = ("off", "heat", "cool", "auto")


def _kind(text):
    return tuple(text.split("/")) if "/" in text else text


# id, key, kind, default, low, high, level, help
#   kind   a unit kind of `ghp.units`, "bool", "pin", or choices divided by "/" (stored as the choice's position)
#   a number with a point is a float, one without an int
ROWS = Table(
    """\
1|mode|off/heat/cool/auto|0|0|3|operator|operating mode asked for at panel or console
2|hot_setpoint_c|c|60.0|32.2222|71.1112|operator|leaving hot water asked for
3|band_k|k|0.8|0.2|3.0|technician|half width of the control band around the set point
4|start_error_k|k|2.2|0.5|10.0|technician|water this far below set point starts the unit
5|stop_error_k|k|1.4|0.5|5.0|technician|water this far above set point stops the unit
6|ceiling_warm_c|c|71.1112|40.0|71.1112|technician|highest leaving water at mild ambient
7|ceiling_mild_ambient_c|c|1.67|-10.0|15.0|technician|ambient above which ceiling_warm_c holds
8|ceiling_cool_c|c|65.6|40.0|71.1112|technician|highest leaving water at cool ambient
9|ceiling_cool_ambient_c|c|-6.67|-25.0|10.0|technician|ambient of ceiling_cool_c
10|ceiling_cold_c|c|57.2|40.0|71.1112|technician|highest leaving water at cold ambient
11|ceiling_cold_ambient_c|c|-15.0|-30.0|5.0|technician|ambient of ceiling_cold_c
12|reset_enabled|bool|0|0|1|technician|outdoor reset of the hot-water set point
13|reset_ambient_high_c|c|18.0|0.0|30.0|technician|outdoor reset starts below this ambient
14|reset_ambient_low_c|c|-5.0|-30.0|15.0|technician|outdoor reset ends at this ambient
15|reset_drop_k|k|11.0|0.0|30.0|technician|set point lowered by this much at the mild end
16|units|us/si|0|0|1|operator|units shown and typed
17|call_contact|bool|0|0|1|technician|mode heat makes heat only while the call_heat contact is closed
18|standby_flow|bool|1|0|1|technician|hot-water pump circulates while the unit waits for demand
20|vernier|bool|1|0|1|technician|trim the speed continuously between stages
21|stage_dwell_max_s|s|150|30|600|technician|dwell between stages at a small error
22|stage_dwell_min_s|s|30|5|300|technician|dwell between stages at a large error
23|lookahead_s|s|240|0|600|technician|stage ahead if the water will leave the band within this time
24|ramp_limit_k_min|k|0.56|0.1|5.0|technician|no loading while far away and moving faster than this a minute
25|ramp_limit_error_k|k|2.2|0.5|20.0|technician|far away, for ramp_limit_k_min
26|ramp_limit_enabled|bool|0|0|1|technician|limit the loading rate far from the set point
27|speed_max_rpm|rpm|3000|1200|3000|technician|highest loaded engine speed
28|capacity_gain_pct_k|pct|7.0|1.0|60.0|factory|capacity asked for per K of water error
29|capacity_integral_s|s|240|30|1800|factory|integral time of the water temperature loop
30|demand_limit_pct|pct|100|40|100|operator|capacity never above this share
40|stop_to_start_s|s|300|60|1800|technician|shortest time from a stop to the next start
41|start_to_start_s|s|600|60|3600|technician|shortest time between two starts
42|min_run_s|s|300|0|1800|technician|shortest run before a normal stop by temperature
43|starts_per_hour|count|5|1|6|technician|most starts in any rolling hour
44|min_run_yield_k|k|1.7|0.5|5.0|technician|water this far above set point ends even the shortest run
50|flow_proof_s|s|6|2|30|technician|flow must be proven for this long before a start
51|flow_wait_s|s|60|10|180|technician|time allowed from pump on to proven flow
52|ventilate_s|s|30|10|120|technician|enclosure fan before ignition
53|equalise_dp_kpa|kpag|207.0|100.0|350.0|technician|start only below this pressure difference
54|purge_s|s|4|2|10|technician|cranking with gas shut before fuel
55|crank_s|s|12|6|12|technician|longest cranking of an attempt, purge included
56|crank_rest_s|s|20|10|60|technician|rest between attempts
57|crank_attempts|count|3|1|5|technician|attempts before a failed start locks out
58|gas_min_rpm|rpm|30|20|100|factory|gas opens only above this speed
59|starter_off_rpm|rpm|450|350|600|factory|starter released above this speed
60|warmup_rpm|rpm|1000|900|1100|technician|speed while warming up
61|warmup_min_s|s|30|10|300|technician|shortest warm-up
62|warmup_max_s|s|300|60|900|technician|longest warm-up
63|warmup_coolant_c|c|48.9|20.0|70.0|technician|coolant warm enough to engage the clutch
64|clutch_rpm|rpm|1100|900|1200|technician|speed at which the clutch engages
65|start_opening_s|s|10|5|60|technician|expansion valve at its start opening after the clutch
66|cooldown_s|s|120|30|600|technician|idle after the clutch is out, before the gas shuts
67|pumpdown_s|s|60|0|180|technician|longest pump-down before the clutch is out
68|pumpdown_kpa|kpa|135.8|105.0|250.0|technician|suction pressure that ends the pump-down
69|coolant_post_s|s|300|60|900|technician|coolant pump after a stop
70|water_post_s|s|180|60|900|technician|hot-water pump after a stop
71|idle_rpm|rpm|900|800|1100|factory|idle speed
72|ramp_up_rpm_s|rpm|50|10|200|technician|speed ramp upward, rpm a second
73|ramp_down_rpm_s|rpm|100|40|300|technician|speed ramp downward, rpm a second
74|avoid_low_rpm|rpm|0|0|3000|technician|speed band not to dwell in: lower edge (0 none)
75|avoid_high_rpm|rpm|0|0|3000|technician|speed band not to dwell in: upper edge
76|proven_run_s|s|60|10|600|factory|run that clears the count of failed starts
77|ambient_min_c|c|-17.8|-30.0|10.0|technician|no start below this ambient
78|standstill_s|s|5|5|30|factory|no starter within this time of a turning engine
80|governor_kp|ratio|7.0|0.5|30.0|factory|cylinder charge, hundredths of a per cent, per rpm
81|governor_ki|ratio|9.0|0.5|16.0|factory|the same per rpm and second
82|throttle_crank_pct|pct|8.0|2.0|40.0|factory|throttle while cranking
83|governor_kd|ratio|1.3|0.0|10.0|factory|the same per rpm a second
100|superheat_k|k|6.0|4.0|15.0|technician|superheat the expansion valve holds
101|superheat_low_k|k|2.2|1.0|5.0|technician|below this: unload after 30 s, stop after 90 s
102|valve_start_pct|pct|35.0|5.0|80.0|technician|expansion valve opening at a start
103|valve_min_pct|pct|3.0|2.0|30.0|factory|least opening while running
104|discharge_hold_kpa|kpa|2204.0|1000.0|2400.0|technician|discharge pressure, heating: no more loading
105|discharge_unload_kpa|kpa|2307.0|1000.0|2450.0|technician|discharge pressure, heating: unload
106|discharge_trip_kpa|kpa|2411.0|1000.0|2480.0|factory|discharge pressure, heating: trip
107|discharge_temp_hold_c|c|100.0|60.0|110.0|technician|discharge gas: no more loading
108|discharge_temp_unload_c|c|105.0|60.0|115.0|technician|discharge gas: unload
109|discharge_temp_trip_c|c|110.0|60.0|120.0|factory|discharge gas: trip
110|suction_hold_c|c|-18.9|-30.0|5.0|technician|suction saturation, heating: no more loading
111|suction_unload_c|c|-21.1|-32.0|5.0|technician|suction saturation, heating: unload
112|suction_trip_kpa|kpa|110.3|50.0|200.0|factory|suction pressure: trip at once
113|load_hold_pct|pct|90.0|50.0|100.0|technician|engine torque: no more loading
114|load_unload_pct|pct|95.0|50.0|100.0|technician|engine torque: unload
115|leaving_high_k|k|2.8|1.0|10.0|technician|leaving water above set point: no more loading
116|leaving_trip_c|c|76.7|60.0|80.0|factory|leaving hot water: trip
117|water_no_start_c|c|73.3|50.0|76.0|technician|no start with hot water at or above this
118|limit_step_s|s|5|1|60|factory|time between two unload steps
130|flow_variable|bool|1|0|1|technician|vary the hot-water flow (else fixed_flow_pct)
131|fixed_flow_pct|pct|80.0|20.0|100.0|technician|hot-water pump speed with fixed flow
132|flow_min_pct|pct|40.0|10.0|100.0|technician|least hot-water pump speed
133|water_rise_k|k|9.0|3.0|30.0|technician|temperature rise the variable flow holds
134|flow_trip_lps|lps|0.6|0.1|3.0|technician|metered hot-water flow below this is no flow
135|flow_trip_s|s1|1.2|0.5|2.0|factory|no hot-water flow for this long: trip
140|coolant_target_c|c|82.0|70.0|95.0|technician|coolant temperature the recovery valve holds
141|coolant_derate_c|c|104.4|90.0|110.0|technician|coolant: unload above this
142|coolant_trip_c|c|110.0|95.0|115.0|factory|coolant: trip
143|radiator_on_c|c|93.0|80.0|105.0|technician|radiator fan on
144|radiator_off_c|c|88.0|70.0|100.0|technician|radiator fan off
150|overspeed_rpm|rpm|3300|2000|3400|factory|trip at once
151|underspeed_rpm|rpm|700|400|850|factory|trip after underspeed_ms
152|underspeed_ms|ms|500|200|2000|factory|time below underspeed_rpm
153|pickup_lost_ms|ms|800|300|1000|factory|no pulse for this long while running: trip
154|oil_warn_kpa|kpag|138.0|50.0|400.0|technician|oil pressure warning
155|oil_trip_kpa|kpag|69.0|30.0|300.0|factory|oil pressure trip
156|oil_trip_s|s|2|1|5|factory|oil pressure below its trip for this long
157|oil_bypass_s|s|8|3|20|factory|oil pressure not judged after firing
158|catalyst_trip_c|c|732.0|600.0|800.0|factory|catalyst outlet: trip
159|catalyst_warn_low_c|c|399.0|300.0|500.0|technician|catalyst inlet, mean under load: warn below
160|catalyst_warn_high_c|c|677.0|500.0|730.0|technician|catalyst inlet, mean under load: warn above
161|catalyst_hold_c|c|720.0|600.0|790.0|factory|catalyst outlet: no more loading
162|catalyst_unload_c|c|728.0|600.0|795.0|factory|catalyst outlet: unload
163|catalyst_mean_min|min|240|8|480|technician|catalyst inlet: length of the rolling mean
164|catalyst_pipe_k|k|30.0|0.0|100.0|technician|exhaust is this much colder where it enters the catalyst than at its probe
170|mixture_target_v|v|0.68|0.3|0.9|factory|oxygen sensor voltage the mixture loop holds
171|mixture_closed_c|c|343.0|250.0|450.0|factory|exhaust above which the loop closes
172|mixture_trim_max_pct|pct|15.0|1.0|20.0|factory|largest trim of the mixture loop
173|mixture_open_alarm_s|s|60|10|600|technician|open loop this long while loaded: alarm
180|sensor_fault_s|s|5|2|30|factory|a sensor bad for this long acts (safety inputs 0.5 s)
181|repl_running|bool|0|0|1|technician|allow mpremote while the engine turns
182|gas_hhv_mj_m3|ratio|38.0|20.0|60.0|technician|higher heating value of the gas, MJ/m3, for COP
190|technician_pin|pin|0|0|9999999|factory|opens the level technician: 4 to 7 digits; 0: none
191|factory_pin|pin|0|0|9999999|factory|opens the level factory: 4 to 7 digits; 0: none
200|changeover_persist_s|s|1200|0|7200|technician|mode auto: the other water calls this long before the unit changes over
201|changeover_dwell_s|s|600|600|7200|technician|shortest time between two changeovers
202|changeovers_per_hour|count|3|1|3|technician|most changeovers in any rolling hour
203|daylight_saving|bool|1|0|1|operator|daylight saving as in the United States
204|holiday_saturday|bool|0|0|1|technician|a holiday on a Saturday is also kept on the Friday before
205|peak_contact|bool|1|0|1|technician|the utility's contact makes a peak
206|peak_windows|bool|1|0|1|technician|the time-of-use windows make a peak
207|peak1_begin|hm|960|0|1439|technician|first peak window: begin
208|peak1_end|hm|1260|0|1439|technician|first peak window: end (the same as its begin: no window)
209|peak1_days|weekdays/weekends/every_day|0|0|2|technician|first peak window: days on which it begins; holidays count as weekends
210|peak1_month_first|count|6|1|12|technician|first peak window: first month of its season
211|peak1_month_last|count|9|1|12|technician|first peak window: last month of its season
212|peak2_begin|hm|0|0|1439|technician|second peak window: begin
213|peak2_end|hm|0|0|1439|technician|second peak window: end (the same as its begin: no window)
214|peak2_days|weekdays/weekends/every_day|0|0|2|technician|second peak window: days on which it begins; holidays count as weekends
215|peak2_month_first|count|1|1|12|technician|second peak window: first month of its season
216|peak2_month_last|count|12|1|12|technician|second peak window: last month of its season
217|peak_ambient|bool|1|0|1|technician|a call for chilling in hot air makes a peak
218|peak_ambient_c|c|35.0|20.0|50.0|technician|hot air, for peak_ambient
220|chilled_setpoint_c|c|6.6667|4.4444|15.5556|operator|leaving chilled water asked for
221|chilled_start_k|k|2.2|0.5|10.0|technician|chilled water this far above set point starts the unit
222|chilled_stop_k|k|1.4|0.5|5.0|technician|chilled water this far below set point stops the unit
223|chilled_no_start_c|c|3.33|2.5|10.0|technician|no chilling starts, and none goes on at least capacity, below this
230|schedule|bool|0|0|1|operator|the unit is off outside its hours
231|schedule_begin|hm|360|0|1439|operator|hours of the schedule: begin
232|schedule_end|hm|1320|0|1439|operator|hours of the schedule: end
233|schedule_days|weekdays/weekends/every_day|2|0|2|operator|days on which its hours begin; off on the others
234|quiet|bool|0|0|1|operator|quiet hours limit fans and engine speed
235|quiet_begin|hm|1320|0|1439|operator|quiet hours: begin
236|quiet_end|hm|360|0|1439|operator|quiet hours: end
237|quiet_fan_pct|pct|60.0|30.0|100.0|technician|quiet hours: most of the fans' air
238|quiet_rpm|rpm|1800|1200|3000|technician|quiet hours: highest loaded engine speed
250|park_max_s|s|1200|300|3600|technician|longest idling with the compressor out, then a normal stop
251|water_valve_s|s|120|60|300|technician|time allowed for the travel of the water valves
252|plate_to_chilled_c|c|32.2222|15.0|35.0|factory|exchanger's water joins the chilled loop only below this
253|plate_to_hot_c|c|10.0|5.0|20.0|factory|exchanger's water joins the hot loop only above this
254|plate_wait_s|s|45|10|300|technician|wait for the exchanger's water before the compressor tempers it
255|equalise_s|s|300|60|600|technician|longest wait for equal pressures before a reversal
256|shift_dp_low_kpa|kpag|345.0|250.0|500.0|factory|reversing while running: least pressure difference
257|shift_dp_high_kpa|kpag|827.0|500.0|1000.0|factory|reversing while running: highest pressure difference
258|shift_rpm|rpm|1250|1200|1400|factory|reversing while running: engine speed, unloaded
259|valve_proof_s|s|300|120|600|factory|water and coil must agree with the reversing valve after this
260|defrost_enabled|bool|1|0|1|technician|defrost by demand, and a flooded coil started as the condenser
261|frost_ambient_c|c|6.11|0.0|10.0|technician|frost is looked for below this ambient
262|frost_coil_c|c|-1.11|-10.0|2.0|technician|frost is looked for below this suction saturation
263|frost_growth_k|k|3.33|1.0|15.0|technician|growth over the clean coil's difference that asks for a defrost
264|frost_hold_s|s|180|30|900|technician|the growth must last this long
265|frost_clean_k|k|8.0|3.0|25.0|factory|clean coil: ambient less suction saturation at rated draw, before it is learned
266|defrost_interval_min|min|35|20|240|technician|least time between two defrosts
267|defrost_run_min|min|10|5|60|technician|least run before a defrost
268|defrost_water_c|c|21.11|12.0|50.0|technician|entering water that a defrost needs
269|defrost_defer_s|s|900|0|1800|technician|longest wait for warmer water
270|defrost_end_coil_c|c|18.33|5.0|30.0|technician|coil's liquid end that ends a defrost
271|defrost_end_condensing_c|c|48.89|25.0|55.0|technician|condensing saturation that ends a defrost
272|defrost_max_s|s|480|120|600|technician|longest defrost
273|drip_s|s|60|0|120|technician|no air after a defrost
274|drip_air_s|s|30|0|120|technician|all the air after dripping
275|defrost_rpm|rpm|2400|1200|2400|factory|engine speed while melting
276|defrost_timed_min|min|90|40|360|technician|without ambient sensor: defrost after this much cold running
277|crankcase_wait_min|min|0|0|1440|technician|after a power cut: heater on for this long before the first start
300|discharge_hold_cool_kpa|kpa|1583.7|800.0|2000.0|technician|discharge pressure, chilling: no more loading
301|discharge_unload_cool_kpa|kpa|1790.5|900.0|2100.0|technician|discharge pressure, chilling: unload
302|discharge_trip_cool_kpa|kpa|1997.4|1000.0|2200.0|factory|discharge pressure, chilling: trip
303|suction_hold_cool_c|c|-1.11|-10.0|5.0|technician|suction saturation, chilling: no more loading
304|suction_unload_cool_c|c|-1.89|-12.0|5.0|technician|suction saturation, chilling: unload; freezing counts below
305|freeze_trip_ks|ratio|625.0|250.0|1250.0|factory|freezing, K s of suction saturation below suction_unload_cool_c: trip
306|chilled_hold_c|c|3.89|2.0|12.0|technician|leaving chilled water: no more loading
307|chilled_unload_c|c|2.78|1.5|12.0|technician|leaving chilled water: unload
308|chilled_trip_c|c|2.22|1.0|10.0|factory|leaving chilled water: freezing counts below
309|chilled_trip_ks|ratio|16.7|5.0|60.0|factory|freezing, K s of leaving chilled water below chilled_trip_c: trip
310|chilled_pump_on_c|c|3.33|1.0|10.0|technician|pump of a loop runs below this water temperature, always
311|chilled_flow_trip_lps|lps|3.0|0.5|6.0|technician|metered chilled-water flow below this is no flow
312|chilled_flow_trip_s|s1|0.3|0.2|1.0|factory|no chilled-water flow for this long: trip
313|condensing_floor_c|c|30.0|20.0|40.0|technician|chilling: fans hold the condensing temperature above this
314|condensing_above_k|k|11.0|5.0|25.0|technician|chilling: and this far above the ambient
315|fan_on_min_s|s|60|10|600|technician|chilling: shortest run of a fan bank
316|fan_off_min_s|s|30|10|600|technician|chilling: shortest rest of a fan bank
317|superheat_cool_k|k|6.0|4.0|15.0|technician|superheat the expansion valve holds while chilling
318|defrost_valve_pct|pct|100.0|20.0|100.0|technician|expansion valve opening during a defrost
319|oil_return_after_min|min|60|10|240|technician|chilling at least capacity for this long: oil return (minutes)
320|oil_return_s|s|180|0|600|technician|length of the oil-return run, loaded at oil_return_rpm (0: none)
321|oil_return_rpm|rpm|1800|1500|2400|technician|least speed of the oil-return run
""",
    (int, str, _kind, number, number, number, one_of(LEVELS), str),
)

# Settings that only make sense in an order: lower (or a sum), higher, least distance; a pressure beside a temperature counts
# as its saturation.  A value that would break it is refused: a trip before its warning, gas after the cranking is over.
ORDER = Table(
    """\
ceiling_cold_c|ceiling_cool_c|0
ceiling_cool_c|ceiling_warm_c|0
ceiling_cold_ambient_c|ceiling_cool_ambient_c|1
ceiling_cool_ambient_c|ceiling_mild_ambient_c|1
reset_ambient_low_c|reset_ambient_high_c|1
stage_dwell_min_s|stage_dwell_max_s|0
stop_error_k|min_run_yield_k|0.1
flow_proof_s|flow_wait_s|4
purge_s|crank_s|2
warmup_min_s|warmup_max_s|0
warmup_coolant_c|coolant_target_c|5
starter_off_rpm|underspeed_rpm|50
underspeed_rpm|idle_rpm|100
underspeed_rpm|warmup_rpm|150
underspeed_rpm|clutch_rpm|300
speed_max_rpm|overspeed_rpm|200
superheat_low_k|superheat_k|1
superheat_low_k|superheat_cool_k|1
valve_min_pct|valve_start_pct|0
discharge_hold_kpa|discharge_unload_kpa|30
discharge_unload_kpa|discharge_trip_kpa|30
discharge_temp_hold_c|discharge_temp_unload_c|1
discharge_temp_unload_c|discharge_temp_trip_c|1
discharge_hold_cool_kpa|discharge_unload_cool_kpa|30
discharge_unload_cool_kpa|discharge_trip_cool_kpa|75
suction_unload_c|suction_hold_c|0.5
suction_unload_cool_c|suction_hold_cool_c|0.5
suction_trip_kpa|suction_unload_c|2.5
suction_trip_kpa|suction_unload_cool_c|1
suction_trip_kpa|pumpdown_kpa|5
load_hold_pct|load_unload_pct|1
ceiling_warm_c+leaving_high_k|leaving_trip_c|2
ceiling_warm_c+stop_error_k|leaving_trip_c|2
chilled_trip_c|chilled_unload_c|0.3
chilled_trip_c|chilled_pump_on_c|0.5
chilled_trip_c|chilled_no_start_c|0.5
chilled_unload_c|chilled_hold_c|0.3
chilled_hold_c|chilled_setpoint_c|0.5
suction_unload_cool_c|chilled_setpoint_c|4
chilled_no_start_c|chilled_setpoint_c|0.5
water_no_start_c|leaving_trip_c|1
coolant_target_c|radiator_on_c|3
radiator_off_c|radiator_on_c|1
radiator_on_c|coolant_derate_c|2
coolant_derate_c|coolant_trip_c|1
oil_trip_kpa|oil_warn_kpa|1
catalyst_warn_low_c|catalyst_warn_high_c|20
catalyst_warn_high_c|catalyst_trip_c|2
catalyst_hold_c|catalyst_unload_c|2
catalyst_unload_c|catalyst_trip_c|2
""",
    (str, str, number),
)

_PIN_LEAST = 1000
_ID, _KEY, _KIND, _DEFAULT, _LOW, _HIGH, _LEVEL, _HELP = range(8)
ENTRY = "<Hd"  # id and value: doubles hold the target's floats and the laptop's
ENTRY_BYTES = calcsize(ENTRY)


class Settings:
    """The settings in force, each an attribute by its key; int for counts, milliseconds and choices.

    kept   one ENTRY for each that differs from its default, and for what a memory held that could not be taken
    taken  a memory's entries are in it; until then it also has what was set back to its default, which must win later
    """

    kept = b""
    taken = False

    def __init__(self):
        self.changes = 0  # counts every change, so that readers can notice one
        same = {}  # one object for equal floats
        for row in ROWS:
            value = row[_DEFAULT]
            if isinstance(value, float):
                value = same.setdefault(value, value)
            setattr(self, row[_KEY], value)

    def row(self, key):
        """Return the row of `key`; KeyError when there is none."""
        try:
            return ROWS.find(key)
        except KeyError:
            raise KeyError("no setting named '%s'" % key)

    def set(self, key, value):
        """Check and store an SI `value`; return what is in force.

        KeyError for an unknown key; ValueError says what is wrong and what is allowed.  Nothing changes then.
        """
        row = self.row(key)
        kind = row[_KIND]
        default = row[_DEFAULT]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError("%s needs a number" % key)
        if not row[_LOW] <= value <= row[_HIGH]:  # refuses NaN as well
            raise ValueError("%s must be %s" % (key, self.allowed(key)))
        if isinstance(default, int) and int(value) != value:
            raise ValueError("%s must be a whole number, %s" % (key, self.allowed(key)))
        if kind == "pin" and 0 < value < _PIN_LEAST:
            raise ValueError("%s must be %s" % (key, self.allowed(key)))
        value = int(value) if isinstance(default, int) else float(value)
        self.check_order(key, value)
        setattr(self, key, value)
        self._note(row, value)
        self.changes += 1
        return value

    def _note(self, row, value):
        kept = self.kept
        for at in range(0, len(kept), ENTRY_BYTES):
            number, before = unpack_from(ENTRY, kept, at)
            if number == row[_ID]:
                if before == value and value != row[_DEFAULT]:
                    return
                kept = kept[:at] + kept[at + ENTRY_BYTES :]
                break
        if value != row[_DEFAULT] or not self.taken:
            kept += pack(ENTRY, row[_ID], value)
        self.kept = kept

    def missing(self, low, high, gap, key, value):
        """Return what is missing between two of a row of ORDER, positive: too close; the setting `key` as if at `value`."""
        missing = gap - (value if key == high else getattr(self, high)) - 0.001  # what rounding may take
        for name in low.split("+"):
            part = value if key == name else getattr(self, name)
            missing += saturation_c(part) if name[-3:] == "kpa" and high[-2:] == "_c" else part
        return missing

    def check_order(self, key, value):
        """ValueError when `value` would stand on the wrong side of a setting that it belongs together with."""
        for low, high, gap in ORDER:
            lows = low.split("+")
            missing = self.missing(low, high, gap, key, value) if key == high or key in lows else 0
            if missing <= 0:
                continue
            word, other, bound = ("least", lows[0], value + missing) if key == high else ("most", high, value - missing)
            if key[-3:] == "kpa" and other[-2:] == "_c":
                bound = saturation_kpa(saturation_c(value) - missing)
            bound = units.text(self.row(key)[_KIND], bound, self.us())
            raise ValueError("%s must be at %s %s while %s is %s" % (key, word, bound, other, self.text(other)))

    def set_text(self, key, word):
        """Check and store what a person typed, in the units shown; return the effective value as text."""
        row = self.row(key)
        kind = row[_KIND]
        if isinstance(kind, tuple):
            if word not in kind:
                raise ValueError("%s must be %s" % (key, self.allowed(key)))
            value = kind.index(word)
        elif kind == "bool":
            if word not in _TRUTH:
                raise ValueError("%s must be %s" % (key, self.allowed(key)))
            value = _TRUTH[word]
        elif kind == "pin":
            if not word.isdigit() or word != str(int(word)):
                raise ValueError("%s must be %s" % (key, self.allowed(key)))
            value = int(word)
        else:
            value = units.parse(kind, word, self.us())
            if isinstance(row[_DEFAULT], int) and value <= row[_HIGH] + 1:  # an infinite one is no int
                value = int(value + 0.5) if value >= 0 and abs(value - int(value + 0.5)) < 1e-4 else value
        self.set(key, value)
        return self.text(key)

    def open_level(self):
        """Return the access level that nobody has to log in for: a unit without any PIN is open to all."""
        if getattr(self, "technician_pin"):
            return OPERATOR
        return TECHNICIAN if getattr(self, "factory_pin") else FACTORY

    def us(self):
        """Return True while US units are shown."""
        return getattr(self, "units") == 0

    def text(self, key):
        """Return the value in force as a person reads it."""
        return self.words(self.row(key), getattr(self, key))

    def words(self, row, value):
        """Return `value` of the setting in `row` as a person reads it."""
        kind = row[_KIND]
        if isinstance(kind, tuple):
            return kind[value]
        if kind == "bool":
            return "on" if value else "off"
        if kind == "pin":
            return "set" if value else "none"
        return units.text(kind, value, self.us())

    def allowed(self, key):
        """Return the allowed values as a person reads them."""
        row = self.row(key)
        kind = row[_KIND]
        if isinstance(kind, tuple):
            return "one of " + ", ".join(kind)
        if kind == "bool":
            return "on or off"
        if kind == "pin":
            return "4 to 7 digits, or 0 for none"
        us = self.us()
        return units.text(kind, row[_LOW], us) + " to " + units.text(kind, row[_HIGH], us)


_TRUTH = {"on": 1, "off": 0, "yes": 1, "no": 0, "1": 1, "0": 0, "true": 1, "false": 0}
