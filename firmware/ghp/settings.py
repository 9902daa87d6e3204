"""Table: every setting.  Validation, console, panel, field bus and documentation derive from these rows.

A setting is stored in SI and read as an attribute: `settings.hot_setpoint_c`.  Ids are stable and are
never reused.  A change is effective at once unless the row's group says otherwise; every writer gets the
effective value back.
"""

from ghp import units

OPERATOR = 0
TECHNICIAN = 1
FACTORY = 2

MODES = ("off", "heat", "cool", "auto")
UNIT_SYSTEMS = ("us", "si")
DAYS = ("weekdays", "weekends", "every_day")

# id, key, kind, default, low, high, level, help
#   kind   a unit kind of `ghp.units`, "bool", or a tuple of choices (stored as the choice's position)
# fmt: off
ROWS: tuple = (
    # demand and set points
    (1, "mode", MODES, 0, 0, 3, OPERATOR, "operating mode asked for at panel or console"),
    (2, "hot_setpoint_c", "c", 60.0, 32.2222, 71.1112, OPERATOR, "leaving hot water asked for"),
    (3, "band_k", "k", 0.8, 0.2, 3.0, TECHNICIAN, "half width of the control band around the set point"),
    (4, "start_error_k", "k", 2.2, 0.5, 10.0, TECHNICIAN, "water this far below set point starts the unit"),
    (5, "stop_error_k", "k", 1.4, 0.5, 5.0, TECHNICIAN, "water this far above set point stops the unit"),
    (6, "ceiling_warm_c", "c", 71.1112, 40.0, 71.1112, TECHNICIAN, "highest leaving water at mild ambient"),
    (7, "ceiling_mild_ambient_c", "c", 1.67, -10.0, 15.0, TECHNICIAN, "ambient above which ceiling_warm_c holds"),
    (8, "ceiling_cool_c", "c", 65.6, 40.0, 71.1112, TECHNICIAN, "highest leaving water at cool ambient"),
    (9, "ceiling_cool_ambient_c", "c", -6.67, -25.0, 10.0, TECHNICIAN, "ambient of ceiling_cool_c"),
    (10, "ceiling_cold_c", "c", 57.2, 40.0, 71.1112, TECHNICIAN, "highest leaving water at cold ambient"),
    (11, "ceiling_cold_ambient_c", "c", -15.0, -30.0, 5.0, TECHNICIAN, "ambient of ceiling_cold_c"),
    (12, "reset_enabled", "bool", 0, 0, 1, TECHNICIAN, "outdoor reset of the hot-water set point"),
    (13, "reset_ambient_high_c", "c", 18.0, 0.0, 30.0, TECHNICIAN, "outdoor reset starts below this ambient"),
    (14, "reset_ambient_low_c", "c", -5.0, -30.0, 15.0, TECHNICIAN, "outdoor reset ends at this ambient"),
    (15, "reset_drop_k", "k", 11.0, 0.0, 30.0, TECHNICIAN, "set point lowered by this much at the mild end"),
    (16, "units", UNIT_SYSTEMS, 0, 0, 1, OPERATOR, "units shown and typed"),
    (17, "call_contact", "bool", 0, 0, 1, TECHNICIAN, "mode heat makes heat only while the call_heat contact is closed"),
    (18, "standby_flow", "bool", 1, 0, 1, TECHNICIAN, "hot-water pump circulates while the unit waits for demand"),
    # capacity
    (20, "vernier", "bool", 1, 0, 1, TECHNICIAN, "trim the speed continuously between stages"),
    (21, "stage_dwell_max_s", "s", 150, 30, 600, TECHNICIAN, "dwell between stages at a small error"),
    (22, "stage_dwell_min_s", "s", 30, 5, 300, TECHNICIAN, "dwell between stages at a large error"),
    (23, "lookahead_s", "s", 240, 0, 600, TECHNICIAN, "stage ahead if the water will leave the band within this time"),
    (24, "ramp_limit_k_min", "k", 0.56, 0.1, 5.0, TECHNICIAN, "no loading while far away and moving faster than this a minute"),
    (25, "ramp_limit_error_k", "k", 2.2, 0.5, 20.0, TECHNICIAN, "far away, for ramp_limit_k_min"),
    (26, "ramp_limit_enabled", "bool", 0, 0, 1, TECHNICIAN, "limit the loading rate far from the set point"),
    (27, "speed_max_rpm", "rpm", 3000, 1200, 3000, TECHNICIAN, "highest loaded engine speed"),
    (28, "capacity_gain_pct_k", "pct", 7.0, 1.0, 60.0, FACTORY, "capacity asked for per K of water error"),
    (29, "capacity_integral_s", "s", 240, 30, 1800, FACTORY, "integral time of the water temperature loop"),
    (30, "demand_limit_pct", "pct", 100, 40, 100, OPERATOR, "capacity never above this share"),
    # cycling
    (40, "stop_to_start_s", "s", 300, 60, 1800, TECHNICIAN, "shortest time from a stop to the next start"),
    (41, "start_to_start_s", "s", 600, 60, 3600, TECHNICIAN, "shortest time between two starts"),
    (42, "min_run_s", "s", 300, 0, 1800, TECHNICIAN, "shortest run before a normal stop by temperature"),
    (43, "starts_per_hour", "count", 5, 1, 6, TECHNICIAN, "most starts in any rolling hour"),
    # engine start and stop
    (50, "flow_proof_s", "s", 6, 2, 30, TECHNICIAN, "flow must be proven for this long before a start"),
    (51, "flow_wait_s", "s", 60, 10, 180, TECHNICIAN, "time allowed from pump on to proven flow"),
    (52, "ventilate_s", "s", 30, 10, 120, TECHNICIAN, "enclosure fan before ignition"),
    (53, "equalise_dp_kpa", "kpag", 207.0, 100.0, 350.0, TECHNICIAN, "start only below this pressure difference"),
    (54, "purge_s", "s", 4, 2, 10, TECHNICIAN, "cranking with gas shut before fuel"),
    (55, "crank_s", "s", 12, 6, 20, TECHNICIAN, "longest cranking with fuel"),
    (56, "crank_rest_s", "s", 20, 10, 60, TECHNICIAN, "rest between attempts"),
    (57, "crank_attempts", "count", 3, 1, 5, TECHNICIAN, "attempts before a failed start locks out"),
    (58, "gas_min_rpm", "rpm", 30, 20, 100, FACTORY, "gas opens only above this speed"),
    (59, "starter_off_rpm", "rpm", 450, 350, 600, FACTORY, "starter released above this speed"),
    (60, "warmup_rpm", "rpm", 1000, 900, 1100, TECHNICIAN, "speed while warming up"),
    (61, "warmup_min_s", "s", 30, 10, 300, TECHNICIAN, "shortest warm-up"),
    (62, "warmup_max_s", "s", 300, 60, 900, TECHNICIAN, "longest warm-up"),
    (63, "warmup_coolant_c", "c", 48.9, 20.0, 70.0, TECHNICIAN, "coolant warm enough to engage the clutch"),
    (64, "clutch_rpm", "rpm", 1100, 900, 1200, TECHNICIAN, "speed at which the clutch engages"),
    (65, "start_opening_s", "s", 10, 5, 60, TECHNICIAN, "expansion valve at its start opening after the clutch"),
    (66, "cooldown_s", "s", 120, 30, 600, TECHNICIAN, "idle after the clutch is out, before the gas shuts"),
    (67, "pumpdown_s", "s", 60, 0, 180, TECHNICIAN, "longest pump-down before the clutch is out"),
    (68, "pumpdown_kpa", "kpa", 135.8, 105.0, 250.0, TECHNICIAN, "suction pressure that ends the pump-down"),
    (69, "coolant_post_s", "s", 300, 60, 900, TECHNICIAN, "coolant pump after a stop"),
    (70, "water_post_s", "s", 180, 60, 900, TECHNICIAN, "hot-water pump after a stop"),
    (71, "idle_rpm", "rpm", 900, 800, 1100, FACTORY, "idle speed"),
    (72, "ramp_up_rpm_s", "rpm", 50, 10, 200, TECHNICIAN, "speed ramp upward, rpm a second"),
    (73, "ramp_down_rpm_s", "rpm", 100, 10, 300, TECHNICIAN, "speed ramp downward, rpm a second"),
    (74, "avoid_low_rpm", "rpm", 0, 0, 3000, TECHNICIAN, "speed band not to dwell in: lower edge (0 none)"),
    (75, "avoid_high_rpm", "rpm", 0, 0, 3000, TECHNICIAN, "speed band not to dwell in: upper edge"),
    (76, "proven_run_s", "s", 60, 10, 600, FACTORY, "run that clears the count of failed starts"),
    (77, "ambient_min_c", "c", -17.8, -30.0, 10.0, TECHNICIAN, "no start below this ambient"),
    (78, "standstill_s", "s", 5, 5, 30, FACTORY, "no starter within this time of a turning engine"),
    # governor (factory)
    (80, "governor_kp", "ratio", 7.0, 0.5, 30.0, FACTORY, "cylinder charge, hundredths of a per cent, per rpm"),
    (81, "governor_ki", "ratio", 9.0, 0.5, 60.0, FACTORY, "the same per rpm and second"),
    (82, "throttle_crank_pct", "pct", 8.0, 2.0, 40.0, FACTORY, "throttle while cranking"),
    (83, "governor_kd", "ratio", 1.3, 0.0, 10.0, FACTORY, "the same per rpm a second"),
    # refrigerant circuit
    (100, "superheat_k", "k", 6.0, 4.0, 15.0, TECHNICIAN, "superheat the expansion valve holds"),
    (101, "superheat_low_k", "k", 2.2, 1.0, 5.0, TECHNICIAN, "below this: unload after 30 s, stop after 90 s"),
    (102, "valve_start_pct", "pct", 35.0, 5.0, 80.0, TECHNICIAN, "expansion valve opening at a start"),
    (103, "valve_min_pct", "pct", 6.0, 2.0, 30.0, FACTORY, "least opening while running"),
    (104, "discharge_hold_kpa", "kpa", 2204.0, 1000.0, 2400.0, TECHNICIAN, "discharge pressure, heating: no more loading"),
    (105, "discharge_unload_kpa", "kpa", 2307.0, 1000.0, 2450.0, TECHNICIAN, "discharge pressure, heating: unload"),
    (106, "discharge_trip_kpa", "kpa", 2411.0, 1000.0, 2480.0, FACTORY, "discharge pressure, heating: trip"),
    (107, "discharge_temp_hold_c", "c", 100.0, 60.0, 110.0, TECHNICIAN, "discharge gas: no more loading"),
    (108, "discharge_temp_unload_c", "c", 105.0, 60.0, 115.0, TECHNICIAN, "discharge gas: unload"),
    (109, "discharge_temp_trip_c", "c", 110.0, 60.0, 120.0, FACTORY, "discharge gas: trip"),
    (110, "suction_hold_c", "c", -18.9, -30.0, 5.0, TECHNICIAN, "suction saturation, heating: no more loading"),
    (111, "suction_unload_c", "c", -21.1, -32.0, 5.0, TECHNICIAN, "suction saturation, heating: unload"),
    (112, "suction_trip_kpa", "kpa", 110.3, 50.0, 200.0, FACTORY, "suction pressure: trip at once"),
    (113, "load_hold_pct", "pct", 90.0, 50.0, 100.0, TECHNICIAN, "engine torque: no more loading"),
    (114, "load_unload_pct", "pct", 95.0, 50.0, 100.0, TECHNICIAN, "engine torque: unload"),
    (115, "leaving_high_k", "k", 2.8, 1.0, 10.0, TECHNICIAN, "leaving water above set point: no more loading"),
    (116, "leaving_trip_c", "c", 76.7, 60.0, 80.0, FACTORY, "leaving hot water: trip"),
    (117, "water_no_start_c", "c", 73.3, 50.0, 76.0, TECHNICIAN, "no start with hot water at or above this"),
    (118, "limit_step_s", "s", 5, 1, 60, FACTORY, "time between two unload steps"),
    # water
    (130, "flow_variable", "bool", 1, 0, 1, TECHNICIAN, "vary the hot-water flow (else fixed_flow_pct)"),
    (131, "fixed_flow_pct", "pct", 80.0, 20.0, 100.0, TECHNICIAN, "hot-water pump speed with fixed flow"),
    (132, "flow_min_pct", "pct", 40.0, 10.0, 100.0, TECHNICIAN, "least hot-water pump speed"),
    (133, "water_rise_k", "k", 9.0, 3.0, 30.0, TECHNICIAN, "temperature rise the variable flow holds"),
    (134, "flow_trip_lps", "lps", 0.6, 0.1, 3.0, TECHNICIAN, "metered hot-water flow below this is no flow"),
    (135, "flow_trip_s", "s1", 1.2, 0.5, 2.0, FACTORY, "no hot-water flow for this long: trip"),
    # engine heat
    (140, "coolant_target_c", "c", 82.0, 70.0, 95.0, TECHNICIAN, "coolant temperature the recovery valve holds"),
    (141, "coolant_derate_c", "c", 104.4, 90.0, 110.0, TECHNICIAN, "coolant: unload above this"),
    (142, "coolant_trip_c", "c", 110.0, 95.0, 115.0, FACTORY, "coolant: trip"),
    (143, "radiator_on_c", "c", 93.0, 80.0, 105.0, TECHNICIAN, "radiator fan on"),
    (144, "radiator_off_c", "c", 88.0, 70.0, 100.0, TECHNICIAN, "radiator fan off"),
    # engine protection (fast)
    (150, "overspeed_rpm", "rpm", 3300, 2000, 3400, FACTORY, "trip at once"),
    (151, "underspeed_rpm", "rpm", 700, 400, 850, FACTORY, "trip after underspeed_ms"),
    (152, "underspeed_ms", "ms", 500, 200, 2000, FACTORY, "time below underspeed_rpm"),
    (153, "pickup_lost_ms", "ms", 800, 300, 1000, FACTORY, "no pulse for this long while running: trip"),
    (154, "oil_warn_kpa", "kpag", 138.0, 50.0, 400.0, TECHNICIAN, "oil pressure warning"),
    (155, "oil_trip_kpa", "kpag", 69.0, 30.0, 300.0, FACTORY, "oil pressure trip"),
    (156, "oil_trip_s", "s", 2, 1, 5, FACTORY, "oil pressure below its trip for this long"),
    (157, "oil_bypass_s", "s", 8, 3, 20, FACTORY, "oil pressure not judged after firing"),
    (158, "catalyst_trip_c", "c", 732.0, 600.0, 800.0, FACTORY, "catalyst outlet: trip"),
    (159, "catalyst_warn_low_c", "c", 399.0, 300.0, 500.0, TECHNICIAN, "catalyst outlet: warn below, loaded"),
    (160, "catalyst_warn_high_c", "c", 677.0, 500.0, 730.0, TECHNICIAN, "catalyst outlet: warn above"),
    # mixture
    (170, "mixture_target_v", "v", 0.68, 0.3, 0.9, FACTORY, "oxygen sensor voltage the mixture loop holds"),
    (171, "mixture_closed_c", "c", 343.0, 250.0, 450.0, FACTORY, "exhaust above which the loop closes"),
    (172, "mixture_trim_max_pct", "pct", 15.0, 1.0, 20.0, FACTORY, "largest trim of the mixture loop"),
    (173, "mixture_open_alarm_s", "s", 60, 10, 600, TECHNICIAN, "open loop this long while loaded: alarm"),
    # supervision
    (180, "sensor_fault_s", "s", 5, 1, 30, FACTORY, "a sensor bad for this long acts (safety inputs 0.5 s)"),
    (181, "repl_running", "bool", 0, 0, 1, TECHNICIAN, "allow mpremote while the engine turns"),
    (182, "gas_hhv_mj_m3", "ratio", 38.0, 20.0, 60.0, TECHNICIAN, "higher heating value of the gas, MJ/m3, for COP"),
    # change between heating and chilling
    (200, "changeover_persist_s", "s", 1200, 0, 7200, TECHNICIAN, "mode auto: the other water calls this long before the unit changes over"),
    (201, "changeover_dwell_s", "s", 600, 600, 7200, TECHNICIAN, "shortest time between two changeovers"),
    (202, "changeovers_per_hour", "count", 3, 1, 3, TECHNICIAN, "most changeovers in any rolling hour"),
    # clock, peak windows, schedule, quiet hours
    (203, "daylight_saving", "bool", 1, 0, 1, OPERATOR, "daylight saving as in the United States"),
    (204, "holiday_saturday", "bool", 0, 0, 1, TECHNICIAN, "a holiday on a Saturday is also kept on the Friday before"),
    (205, "peak_contact", "bool", 1, 0, 1, TECHNICIAN, "the utility's contact makes a peak"),
    (206, "peak_windows", "bool", 1, 0, 1, TECHNICIAN, "the time-of-use windows make a peak"),
    (207, "peak1_begin", "hm", 960, 0, 1439, TECHNICIAN, "first peak window: begin"),
    (208, "peak1_end", "hm", 1260, 0, 1439, TECHNICIAN, "first peak window: end (the same as its begin: no window)"),
    (209, "peak1_days", DAYS, 0, 0, 2, TECHNICIAN, "first peak window: its days; holidays count as weekends"),
    (210, "peak1_month_first", "count", 6, 1, 12, TECHNICIAN, "first peak window: first month of its season"),
    (211, "peak1_month_last", "count", 9, 1, 12, TECHNICIAN, "first peak window: last month of its season"),
    (212, "peak2_begin", "hm", 0, 0, 1439, TECHNICIAN, "second peak window: begin"),
    (213, "peak2_end", "hm", 0, 0, 1439, TECHNICIAN, "second peak window: end (the same as its begin: no window)"),
    (214, "peak2_days", DAYS, 0, 0, 2, TECHNICIAN, "second peak window: its days; holidays count as weekends"),
    (215, "peak2_month_first", "count", 1, 1, 12, TECHNICIAN, "second peak window: first month of its season"),
    (216, "peak2_month_last", "count", 12, 1, 12, TECHNICIAN, "second peak window: last month of its season"),
    (217, "peak_ambient", "bool", 1, 0, 1, TECHNICIAN, "a call for chilling in hot air makes a peak"),
    (218, "peak_ambient_c", "c", 35.0, 20.0, 50.0, TECHNICIAN, "hot air, for peak_ambient"),
    (220, "chilled_setpoint_c", "c", 6.6667, 4.4444, 15.5556, OPERATOR, "leaving chilled water asked for"),
    (221, "chilled_start_k", "k", 2.2, 0.5, 10.0, TECHNICIAN, "chilled water this far above set point starts the unit"),
    (222, "chilled_stop_k", "k", 1.4, 0.5, 5.0, TECHNICIAN, "chilled water this far below set point stops the unit"),
    (223, "chilled_no_start_c", "c", 3.33, 2.5, 10.0, TECHNICIAN, "no chilling starts, and none goes on at least capacity, below this"),
    (230, "schedule", "bool", 0, 0, 1, OPERATOR, "the unit is off outside its hours"),
    (231, "schedule_begin", "hm", 360, 0, 1439, OPERATOR, "hours of the schedule: begin"),
    (232, "schedule_end", "hm", 1320, 0, 1439, OPERATOR, "hours of the schedule: end"),
    (233, "schedule_days", DAYS, 2, 0, 2, OPERATOR, "days of the schedule; off on the others"),
    (234, "quiet", "bool", 0, 0, 1, OPERATOR, "quiet hours limit fans and engine speed"),
    (235, "quiet_begin", "hm", 1320, 0, 1439, OPERATOR, "quiet hours: begin"),
    (236, "quiet_end", "hm", 360, 0, 1439, OPERATOR, "quiet hours: end"),
    (237, "quiet_fan_pct", "pct", 60.0, 30.0, 100.0, TECHNICIAN, "quiet hours: most of the fans' air"),
    (238, "quiet_rpm", "rpm", 1800, 1200, 3000, TECHNICIAN, "quiet hours: highest loaded engine speed"),
    # changeover and defrost
    (250, "park_max_s", "s", 1200, 300, 3600, TECHNICIAN, "longest idling with the compressor out, then a normal stop"),
    (251, "water_valve_s", "s", 120, 60, 300, TECHNICIAN, "time allowed for the travel of the water valves"),
    (252, "plate_to_chilled_c", "c", 32.2222, 15.0, 35.0, FACTORY, "exchanger's water joins the chilled loop only below this"),
    (253, "plate_to_hot_c", "c", 10.0, 5.0, 20.0, FACTORY, "exchanger's water joins the hot loop only above this"),
    (254, "plate_wait_s", "s", 45, 10, 300, TECHNICIAN, "wait for the exchanger's water before the compressor tempers it"),
    (255, "equalise_s", "s", 300, 60, 600, TECHNICIAN, "longest wait for equal pressures before a reversal"),
    (256, "shift_dp_low_kpa", "kpag", 345.0, 250.0, 500.0, FACTORY, "reversing while running: least pressure difference"),
    (257, "shift_dp_high_kpa", "kpag", 827.0, 500.0, 1000.0, FACTORY, "reversing while running: highest pressure difference"),
    (258, "shift_rpm", "rpm", 1250, 1200, 1400, FACTORY, "reversing while running: engine speed, unloaded"),
    (259, "valve_proof_s", "s", 300, 120, 600, FACTORY, "water and coil must agree with the reversing valve after this"),
    (260, "defrost_enabled", "bool", 1, 0, 1, TECHNICIAN, "defrost by demand"),
    (261, "frost_ambient_c", "c", 6.11, 0.0, 10.0, TECHNICIAN, "frost is looked for below this ambient"),
    (262, "frost_coil_c", "c", -1.11, -10.0, 2.0, TECHNICIAN, "frost is looked for below this suction saturation"),
    (263, "frost_growth_k", "k", 4.44, 1.0, 15.0, TECHNICIAN, "growth over the clean coil's difference that asks for a defrost"),
    (264, "frost_hold_s", "s", 180, 30, 900, TECHNICIAN, "the growth must last this long"),
    (265, "frost_clean_k", "k", 8.0, 3.0, 25.0, FACTORY, "clean coil: ambient less suction saturation at rated draw, before it is learned"),
    (266, "defrost_interval_min", "min", 35, 20, 240, TECHNICIAN, "least time between two defrosts"),
    (267, "defrost_run_min", "min", 10, 5, 60, TECHNICIAN, "least run before a defrost"),
    (268, "defrost_water_c", "c", 21.11, 10.0, 50.0, TECHNICIAN, "entering water that a defrost needs"),
    (269, "defrost_defer_s", "s", 900, 0, 1800, TECHNICIAN, "longest wait for warmer water"),
    (270, "defrost_end_coil_c", "c", 15.56, 5.0, 30.0, TECHNICIAN, "coil's liquid end that ends a defrost"),
    (271, "defrost_end_condensing_c", "c", 48.89, 25.0, 55.0, TECHNICIAN, "condensing saturation that ends a defrost"),
    (272, "defrost_max_s", "s", 480, 120, 600, TECHNICIAN, "longest defrost"),
    (273, "drip_s", "s", 60, 0, 300, TECHNICIAN, "no air after a defrost"),
    (274, "drip_air_s", "s", 30, 0, 120, TECHNICIAN, "all the air after dripping"),
    (275, "defrost_rpm", "rpm", 1400, 1200, 2400, FACTORY, "engine speed while melting"),
    (276, "defrost_timed_min", "min", 90, 40, 360, TECHNICIAN, "without ambient sensor: defrost after this much cold running"),
    (277, "crankcase_wait_min", "min", 0, 0, 1440, TECHNICIAN, "after a power cut: heater on for this long before the first start"),
    # chilling
    (300, "discharge_hold_cool_kpa", "kpa", 1583.7, 800.0, 2000.0, TECHNICIAN, "discharge pressure, chilling: no more loading"),
    (301, "discharge_unload_cool_kpa", "kpa", 1790.5, 900.0, 2100.0, TECHNICIAN, "discharge pressure, chilling: unload"),
    (302, "discharge_trip_cool_kpa", "kpa", 1997.4, 1000.0, 2200.0, FACTORY, "discharge pressure, chilling: trip"),
    (303, "suction_hold_cool_c", "c", -1.11, -10.0, 5.0, TECHNICIAN, "suction saturation, chilling: no more loading"),
    (304, "suction_unload_cool_c", "c", -1.89, -12.0, 5.0, TECHNICIAN, "suction saturation, chilling: unload; freezing counts below"),
    (305, "freeze_trip_ks", "ratio", 625.0, 100.0, 1250.0, FACTORY, "freezing, K s of suction saturation below suction_unload_cool_c: trip"),
    (306, "chilled_hold_c", "c", 3.89, 2.0, 12.0, TECHNICIAN, "leaving chilled water: no more loading"),
    (307, "chilled_unload_c", "c", 2.78, 1.5, 12.0, TECHNICIAN, "leaving chilled water: unload"),
    (308, "chilled_trip_c", "c", 2.22, 1.0, 10.0, FACTORY, "leaving chilled water: freezing counts below"),
    (309, "chilled_trip_ks", "ratio", 16.7, 5.0, 60.0, FACTORY, "freezing, K s of leaving chilled water below chilled_trip_c: trip"),
    (310, "chilled_pump_on_c", "c", 3.33, 1.0, 10.0, TECHNICIAN, "chilled pump runs below this water temperature, always"),
    (311, "chilled_flow_trip_lps", "lps", 3.0, 0.5, 6.0, TECHNICIAN, "metered chilled-water flow below this is no flow"),
    (312, "chilled_flow_trip_s", "s1", 0.3, 0.2, 1.0, FACTORY, "no chilled-water flow for this long: trip"),
    (313, "condensing_floor_c", "c", 30.0, 20.0, 40.0, TECHNICIAN, "chilling: fans hold the condensing temperature above this"),
    (314, "condensing_above_k", "k", 11.0, 5.0, 25.0, TECHNICIAN, "chilling: and this far above the ambient"),
    (315, "fan_on_min_s", "s", 60, 10, 600, TECHNICIAN, "chilling: shortest run of a fan bank"),
    (316, "fan_off_min_s", "s", 30, 10, 600, TECHNICIAN, "chilling: shortest rest of a fan bank"),
    (317, "superheat_cool_k", "k", 6.0, 4.0, 15.0, TECHNICIAN, "superheat the expansion valve holds while chilling"),
    (318, "defrost_valve_pct", "pct", 100.0, 20.0, 100.0, TECHNICIAN, "expansion valve opening during a defrost"),
    (319, "oil_return_after_min", "min", 60, 10, 240, TECHNICIAN, "running at least capacity for this long: oil return (minutes)"),
    (320, "oil_return_s", "s", 180, 0, 600, TECHNICIAN, "length of the oil-return run, loaded at oil_return_rpm (0: none)"),
    (321, "oil_return_rpm", "rpm", 1800, 1500, 2400, TECHNICIAN, "least speed of the oil-return run"),
)
# fmt: on

_ID, _KEY, _KIND, _DEFAULT, _LOW, _HIGH, _LEVEL, _HELP = range(8)


class Settings:
    """The settings in force, each an attribute by its key; int for counts, milliseconds and choices."""

    def __init__(self):
        self.changes = 0  # counts every change, so that readers can notice one
        for row in ROWS:
            setattr(self, row[_KEY], row[_DEFAULT])

    def row(self, key):
        """Return the row of `key`; KeyError when there is none."""
        for row in ROWS:
            if row[_KEY] == key:
                return row
        raise KeyError("no setting named '%s'" % key)

    def set(self, key, value):
        """Check and store an SI `value`; return what is in force.

        KeyError for an unknown key; ValueError says what is wrong and what is allowed.  Nothing changes then.
        """
        row = self.row(key)
        kind = row[_KIND]
        low = row[_LOW]
        high = row[_HIGH]
        default = row[_DEFAULT]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError("%s needs a number" % key)
        if not low <= value <= high:  # refuses NaN as well
            raise ValueError("%s must be %s" % (key, self.allowed(key)))
        if isinstance(default, int) and int(value) != value:
            raise ValueError("%s must be a whole number, %s" % (key, self.allowed(key)))
        value = int(value) if isinstance(default, int) else float(value)
        if kind != "bool" and isinstance(kind, tuple):
            value = int(value)
        setattr(self, key, value)
        self.changes += 1
        return value

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
        else:
            value = units.parse(kind, word, self.us())
            if isinstance(row[_DEFAULT], int):
                value = int(value + 0.5) if value >= 0 and abs(value - int(value + 0.5)) < 1e-4 else value
        self.set(key, value)
        return self.text(key)

    def us(self):
        """Return True while US units are shown."""
        return getattr(self, "units") == 0

    def text(self, key):
        """Return the value in force as a person reads it."""
        kind = self.row(key)[_KIND]
        value = getattr(self, key)
        if isinstance(kind, tuple):
            return kind[value]
        if kind == "bool":
            return "on" if value else "off"
        return units.text(kind, value, self.us())

    def allowed(self, key):
        """Return the allowed values as a person reads them."""
        row = self.row(key)
        kind = row[_KIND]
        if isinstance(kind, tuple):
            return "one of " + ", ".join(kind)
        if kind == "bool":
            return "on or off"
        us = self.us()
        return units.text(kind, row[_LOW], us) + " to " + units.text(kind, row[_HIGH], us)


_TRUTH = {"on": 1, "off": 0, "yes": 1, "no": 0, "1": 1, "0": 0, "true": 1, "false": 0}
