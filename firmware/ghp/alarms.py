"""Table: every alarm.  What is raised, why, what to do, what it does to the machine, and how it comes and goes.

Ids are stable and are never reused.  Raising, keeping and clearing is done by `ghp.protection.monitor`.
Words and states follow ANSI/ISA-18.2: what needs no person is an event, not an alarm; it lights no lamp.
"""

from ghp.protection import stops
from ghp.table import Table, one_of

# Latch: AUTO clears with its cause; MANUAL waits for a person's reset after the cause is gone; STRIKES clears with its
# cause twice and waits for a person when it comes a third time within a day.
AUTO = 0
MANUAL = 1
STRIKES = 2
LATCHES = ("auto", "manual", "strikes")

# Category: an EVENT needs nobody and a WARNING somebody soon, the machine goes on; a PROTECTION has stopped it at a limit,
# a FAULT because one of its parts does not do what it must.
EVENT = 0
WARNING = 1
PROTECTION = 2
FAULT = 3
CATEGORIES = ("event", "warning", "protection", "fault")
RESETTERS = ("operator", "technician")  # by access level

# id, key, stop class, latch, text, cause, remedy, category, who may reset, delay on, delay off, masks, clears when,
# snapshot
#   delay     milliseconds, which the judge reads here (`Alarm.on_ms`) or a test holds to be what it does, or the key of
#             the setting that rules; 0: in the scan that sees it.  Words after it say more.
#   masks     "-", or what the alarm is not judged in and for how long at most (milliseconds or a setting): "start 30000"
#   snapshot  points shown of the moment it rose, "-" where it stops nothing
ROWS = Table(
    """\
1|emergency_stop|fast stop|manual|Emergency stop pressed|The emergency-stop contact is open.|Release the button, then reset.|protection|operator|0|0|-|The contact is closed again.|emergency_stop safety_chain engine_speed
2|safety_chain|fast stop|manual|Hardwired safety chain open|One element of the chain has opened.|Find and cure the open element, then reset.|protection|operator|0|0|-|The chain is closed again.|safety_chain high_pressure_switch emergency_stop discharge_pressure engine_speed
3|high_pressure_switch|lock-out|manual|High-pressure switch open|Discharge pressure reached the switch.|Check water flow and charge, reset the switch, then reset here.|protection|technician|0|0|-|The switch is closed again.|high_pressure_switch discharge_pressure leaving_water hot_flow chilled_flow lead_fan_speed engine_speed
4|discharge_pressure|fast stop|manual|Discharge pressure too high|Pressure passed its trip limit in spite of unloading.|Check water flow, fouling, charge.|protection|operator|250|0|-|The pressure is below the limit.|discharge_pressure suction_pressure leaving_water hot_flow lead_fan_speed ambient_temp engine_speed expansion_valve
5|suction_pressure|fast stop|manual|Suction pressure too low|Suction pressure fell below its trip limit.|Check charge, expansion valve, fans, coil.|protection|operator|250|0|start 30000|The pressure is above the limit, or the clutch is out.|suction_pressure discharge_pressure suction_temp discharge_temp expansion_valve engine_speed coil_temp ambient_temp
6|hot_water_flow|fast stop|manual|Hot-water flow lost|Flow switch or meter shows no flow while the pump runs.|Check pump, strainer and valves.|protection|operator|flow_trip_s switch alone; half of it for the meter alone, 0.3 s for both|0|changeover park_max_s|Flow is proven, or none is needed.|entering_water condenser_water leaving_water hot_flow flow_switch_hot pump_hot pump_hot_speed engine_speed
7|flow_not_proven|normal stop|manual|Water flow not proven before the start|No flow within the time allowed after the pump started, or before the clutch.|Check pump, strainer and valves.|protection|operator|flow_wait_s|0|-|The sequence has come to standstill.|entering_water condenser_water leaving_water hot_flow flow_switch_hot pump_hot pump_hot_speed flow_switch_chilled chilled_flow pump_chilled
8|overspeed|lock-out|manual|Engine overspeed|Speed passed the overspeed limit.|Check throttle and clutch before any reset.|protection|technician|200|0|-|The speed is below the limit.|engine_speed throttle clutch unloader
9|underspeed|fast stop|manual|Engine stalled|Speed fell below the underspeed limit while running.|Check load, mixture, gas pressure, ignition.|fault|operator|underspeed_ms and 1.2 s in which missing gas may explain it|0|start 5000|The engine is at standstill.|engine_speed throttle gas_pressure gas_pressure_switch battery_volts oil_pressure lambda_volts discharge_pressure
10|pickup_lost|fast stop|manual|Speed pickup lost|No pulses while the engine was running, or jumps that no engine makes.|Check the pickup and its wiring.|fault|operator|pickup_lost_ms|0|-|The engine no longer runs.|engine_speed oil_pressure throttle
11|no_speed_signal|lock-out|manual|No speed signal while cranking|The starter was on and no pulse arrived.|Check starter, battery, pickup.|fault|technician|2500|0|-|The engine is at standstill.|engine_speed battery_volts starter oil_pressure
12|failed_start|lock-out|manual|Engine did not start|All attempts used.|Check gas supply, ignition, mixture, battery.|fault|technician|0 the last of crank_attempts|0|-|The engine is at standstill.|engine_speed throttle gas_pressure gas_pressure_switch battery_volts oil_pressure lambda_volts exhaust_temp
13|uncommanded_stop|fast stop|manual|Engine stopped by itself|The engine came to rest without a stop command.|Check gas supply, ignition, load.|fault|operator|0 and 1.2 s in which missing gas may explain it|0|-|The engine is at standstill.|engine_speed throttle gas_pressure gas_pressure_switch battery_volts oil_pressure lambda_volts discharge_pressure
14|gas_pressure|fast stop|strikes|Gas pressure missing|The gas-pressure switch is open.|Check the gas supply.|protection|operator|0 the switch is debounced|0|power-up 1000|The switch is closed again.|gas_pressure_switch gas_pressure gas_meter engine_speed gas_valve
15|oil_pressure|fast stop|manual|Oil pressure too low|Oil pressure below its trip limit.|Check oil level and pump.|protection|operator|oil_trip_s|0|start oil_bypass_s|The pressure is above the limit, or the engine does not run.|oil_pressure engine_speed coolant_temp
16|oil_pressure_low|none|auto|Oil pressure low|Oil pressure below its warning limit.|Check the oil level.|warning|operator|5000|0|start oil_bypass_s|The pressure is above oil_warn_kpa, or the engine does not run.|-
17|coolant_temp|fast stop|manual|Coolant too hot|Coolant passed its trip limit.|Check coolant pump, level, radiator.|protection|operator|1500|0|-|The coolant is below coolant_trip_c.|coolant_temp pump_coolant radiator_fan heat_recovery_valve engine_speed hot_flow
18|coolant_hot|unload|auto|Coolant hot, load reduced|Coolant above its derate limit.|Check radiator and coolant pump.|warning|operator|1500|0|-|The coolant is 2 K below coolant_derate_c.|-
19|discharge_temp|fast stop|manual|Discharge gas too hot|Discharge temperature passed its trip limit.|Check superheat, charge, compressor.|protection|operator|1500|0|start 60000|The gas is below the limit, or the clutch is out.|suction_pressure discharge_pressure suction_temp discharge_temp expansion_valve engine_speed
20|superheat_low|fast stop|manual|Superheat too low|Liquid is reaching the compressor.|Check expansion valve and suction sensors.|protection|operator|90000|0|start 120000; defrost defrost_max_s|The superheat is above superheat_low_k, or the engine is not loaded.|suction_pressure discharge_pressure suction_temp discharge_temp expansion_valve engine_speed
21|leaving_water|fast stop|strikes|Leaving hot water too hot|Water passed its trip limit.|Check flow and the engine heat valve.|protection|operator|1500|0|-|The water is below leaving_trip_c.|entering_water condenser_water leaving_water hot_flow flow_switch_hot pump_hot pump_hot_speed heat_recovery_valve coolant_temp
22|catalyst_temp|fast stop|manual|Catalyst too hot|Catalyst outlet passed its trip limit.|Check for misfire and mixture.|protection|operator|1500|0|-|The catalyst is below catalyst_trip_c.|catalyst_temp exhaust_temp lambda_volts mixture_valve engine_speed
23|catalyst_window|none|auto|Catalyst outside its window|The catalyst inlet's rolling mean of four hours under load is outside the window of the emission rules.|Check mixture and catalyst; high: less time at full speed.|warning|operator|0 by the mean over catalyst_mean_min|0|start 900000|The mean is inside the window.|-
24|mixture_open_loop|none|auto|Mixture loop open|The oxygen sensor does not switch; the engine runs on its map.|Check the oxygen sensor.|warning|operator|mixture_open_alarm_s|0|-|The loop is closed, or the engine is not loaded.|-
25|sensor_stop|normal stop|strikes|Sensor fault stops the unit|A sensor that the machine cannot run without is bad.|See `points` for the bad sensor.|fault|operator|sensor_fault_s|10000|-|The sensor is good for so long.|suction_temp coolant_temp discharge_temp catalyst_temp leaving_water chilled_leaving
26|sensor_fast_stop|fast stop|strikes|Safety sensor fault stops the unit|A pressure or speed sensor is bad.|See `points` for the bad sensor.|fault|operator|500 while it is needed; sensor_fault_s otherwise|10000|-|The sensor is good for so long.|suction_pressure discharge_pressure oil_pressure engine_speed reference_volts
27|sensor_warning|none|auto|Sensor fault|A sensor is bad; the unit runs without it.|See `points` for the bad sensor.|warning|operator|sensor_fault_s|10000|-|The sensor is good for so long.|-
28|task_failure|fast stop|manual|Controller fault|A task of the firmware raised an error.|Note the text of `tasks`, then reset.|fault|technician|0|0|-|A reset at standstill.|engine_speed gas_valve ignition
29|converter_check|fast stop|strikes|Converter check failed|The reference channel reads wrong: pressures cannot be trusted.|Replace the converter board.|fault|operator|3000|10000|-|The reference channel is right.|reference_volts suction_pressure discharge_pressure
30|load_limit|hold|auto|Engine load at its limit|Engine torque is at its limit.|None: the unit limits itself.|event|operator|30000|0|-|The torque is below load_unload_pct.|-
31|stop_not_confirmed|fast stop|manual|Engine turns after a stop|Speed was still measured after gas and ignition were off.|Shut the gas cock; check the gas valve.|fault|technician|10000|0|-|No pulses any more.|engine_speed gas_valve gas_pressure oil_pressure
32|water_stuck|fast stop|manual|Leaving-water sensor does not move|The reading stood still while the machine changed the water temperature.|Check the sensor and its pocket.|fault|operator|75000 a window in which it stands still|0|defrost defrost_max_s|The reading moves, or the clutch is out.|entering_water condenser_water leaving_water hot_flow flow_switch_hot pump_hot pump_hot_speed
33|output_chip|normal stop|strikes|Output chip does not answer|Relays or analog outputs no longer take what they are told and stand as they are.|Check the output board and its bus.|fault|operator|3000|0|-|The chip answers.|engine_speed discharge_pressure
34|start_abandoned|normal stop|manual|Start given up three times|Pressures, standstill or clutch speed were not reached in time.|See `why` during the next start; check expansion valve, pickup, throttle.|fault|operator|0 the third start in a row|0|-|The engine is at standstill.|suction_pressure discharge_pressure engine_speed throttle expansion_valve
35|task_overrun|none|auto|Controller late again and again|Scans ran over their time or missed their turn: protection is slower than it says.|See `tasks`; check the supply and the buses, end what a computer asks on the line.|warning|operator|0 five marks|10000 a mark|-|All marks have faded.|-
36|memory_absent|none|auto|Memory does not answer or was damaged|Settings, starts, changeovers, strikes and lock-outs are forgotten when the supply fails.|Check the memory chip and its bus; look into the history before a reset.|warning|operator|0|0|-|The memory answers; damage is told for a minute.|-
37|settings_lost|none|manual|Kept settings were damaged|No whole copy was in the memory: defaults are in force and the mode is off.|Set them again, the mode last, then reset; check the memory chip.|warning|operator|0|0|-|A minute after the start.|-
40|clock_unset|none|auto|Clock is not set|The clock lost its time: peak windows, schedule and quiet hours do not work.|Set it with `clock set`; replace its battery.|warning|operator|5000|0|-|The clock is set, or nothing needs it.|-
41|clock_absent|none|auto|Clock does not answer|The clock chip does not answer; time is kept for a day without it.|Replace the controller board.|warning|operator|5000|0|-|The clock answers, or nothing needs it.|-
45|reversing_valve|lock-out|manual|Reversing valve does not move|Pressures and water show the wrong position after two more tries.|Check pilot coil, valve and charge, then reset.|fault|technician|valve_proof_s a try|0|-|The engine is at standstill.|suction_pressure discharge_pressure suction_temp discharge_temp expansion_valve engine_speed coil_temp reversing_valve
46|water_valve|none|manual|Water valve did not travel|The end switch did not prove the travel in time; the valve went back.|Check the water valves and their end switches.|warning|operator|water_valve_s|0|-|The valve went back.|-
47|water_valve_lost|lock-out|manual|Water valve at no end|No end switch shows where the water valve is.|Check the water valves and their end switches, then reset.|fault|technician|water_valve_s|0|-|The engine is at standstill.|valve_at_hot valve_at_chilled water_valve engine_speed
48|changeover_given_up|none|auto|Changeover given up for a while|A step of the changeover did not end in time; `why` names it.|None: it is tried again in ten minutes.|event|operator|0|600000|-|It is tried again.|-
49|defrost_time_outs|none|auto|Defrosts end by time|Three defrosts in a row ended by their time limit.|Check coil probe, fans, charge and reversing valve.|warning|operator|0 the third in a row|0|-|A defrost ends by temperature, or a reset.|-
50|pressure_doubt|normal stop|strikes|Refrigerant pressure cannot be right|A saturation contradicts water, air or gas temperature: the trips that need the pressure are blind.|See `why` for the witnesses; compare with gauges, replace the transducer or probe.|fault|operator|10000 pressures swapped; 1 to 2 min by the pair of witnesses, see `why`|0|start 180000|The engine is at rest, or the sign is gone.|suction_pressure discharge_pressure coil_temp liquid_temp ambient_temp condenser_water entering_water engine_speed
51|water_doubt|normal stop|strikes|Leaving-water sensor cannot be right|The leaving water is on the wrong side of the entering water.|Entering and leaving probe may be swapped; see `why`, check both.|fault|operator|90000|0|start 180000|The engine is at rest.|entering_water condenser_water leaving_water hot_flow chilled_entering chilled_leaving chilled_flow engine_speed
52|sensor_doubt|none|auto|Two sensors contradict each other|One of two witnesses of the same thing is wrong; the unit runs on.|See `why` for the witnesses and compare them with a thermometer.|warning|operator|20000 to 4 min, by the pair of witnesses|0 as long as they had disagreed|start 180000|The same two agree again.|-
53|acts_alone|none|auto|Water flows though no pump is on|Flow without a command: the proof of flow has lost its worth.|Check contactor, flow switch and meter that `why` names.|warning|operator|20000|0 as long as it had run|-|The flow stands still.|-
54|gas_unasked|normal stop|strikes|Gas flows though the valve is shut|The meter counts while the gas valve is commanded shut.|Shut the gas cock; check valve and meter.|fault|operator|4000 for 10 L within five minutes|0|-|The meter stands still.|gas_meter gas_pressure gas_valve engine_speed
55|clutch_doubt|fast stop|manual|Clutch does not do as it is told|Compressor pressures do not follow the clutch: it slips, or does not let go.|Check belt, clutch coil and relay, then reset.|fault|technician|6000 does not let go; 20 s for a slip|0|-|The sign is gone.|suction_pressure discharge_pressure clutch engine_speed unloader
56|valve_doubt|none|auto|Expansion valve does not follow|Superheat stays high with the valve wide open and liquid before it.|Check valve, its cable and the liquid-line filter.|warning|operator|240000|0 as long as it had lasted|start 180000|The superheat follows the valve.|-
57|circuit_doubt|none|auto|Heat and pressures do not fit|What the compressor moves at this speed and pressure is not what the water gets, or an exchanger seems better than it can be.|See `health` which; compare the transducers with gauges, then probes, flow meter, unloader, compressor valves.|warning|operator|240000|0 as long as it had lasted|start 600000|They fit again.|-
60|chilled_water_flow|fast stop|manual|Chilled-water flow lost|Flow switch or meter shows no flow while the unit chills.|Check pump, strainer and valves before the plate freezes.|protection|operator|chilled_flow_trip_s switch or meter alone; 0.15 s for both|0|changeover park_max_s|Flow is proven, or none is needed.|chilled_entering chilled_leaving chilled_flow flow_switch_chilled pump_chilled suction_pressure engine_speed
61|freeze_suction|fast stop|manual|Evaporator close to freezing|The suction saturation was too low for too long while chilling.|Check chilled flow, probes, charge, expansion valve.|protection|technician|0 the total is full: freeze_trip_ks|0|-|The total runs back, or the clutch is out.|chilled_entering chilled_leaving chilled_flow flow_switch_chilled pump_chilled suction_pressure expansion_valve engine_speed
62|freeze_water|fast stop|manual|Chilled water too cold|Leaving chilled water stayed below its trip limit.|Check chilled flow, set point, probes.|protection|technician|0 the total is full: chilled_trip_ks|0|-|The total runs back, or the clutch is out.|chilled_entering chilled_leaving chilled_flow flow_switch_chilled pump_chilled suction_pressure expansion_valve engine_speed
63|condenser_air|fast stop|manual|Outdoor fans do not carry the heat away|Discharge pressure kept rising at the least capacity while chilling.|Check fans, contactors, coil.|protection|operator|0|0|-|The pressure is lower, or the engine is not loaded.|discharge_pressure ambient_temp lead_fan_speed fan_bank_1 fan_bank_2 fan_bank_3 engine_speed unloader
64|hot_flow_missing|none|auto|Hot-water flow missing while chilling|The hot pump is on, switch or meter shows no flow; engine heat goes to the radiator.|Check hot pump, strainer and valves.|warning|operator|15000|0|-|Flow is proven, or the pump is off.|-
65|charge_low|none|auto|Refrigerant charge low|No subcooling while the unit runs steadily.|Find the leak, then weigh the charge in; see `health`.|warning|operator|240000|0 as long as it had lasted|start 600000|The subcooling is back.|-
66|charge_high|none|auto|Too much refrigerant|Liquid backs up into the condenser: subcooling far above what is usual.|Recover some charge; see `health`.|warning|operator|240000|0 as long as it had lasted|start 600000|The subcooling is back.|-
67|non_condensables|none|auto|Gas that does not condense|At rest the pressure is above the saturation of everything that it touches.|Recover, evacuate and recharge; compare the transducer with a gauge first.|warning|operator|240000 and half an hour of rest before|0 as long as it had lasted|-|The pressure fits again at rest.|-
68|exchanger_fouled|none|auto|Heat exchanger worse than when clean|The temperature difference for the same heat has grown.|See `health` which; clean it, check fans or flow first.|warning|operator|240000|0 as long as it had lasted|start 600000|The difference is small again.|-
69|coolant_low|none|auto|Engine does not get warm|The coolant stayed below 60 C (140 F) for 45 minutes of running, twice: oil and exhaust stay wet.|Check thermostat, coolant probe, heat recovery valve.|warning|operator|5400000 of running, over its stops|0|-|The coolant has been at 60 C.|-
""",
    (int, str, one_of(stops.TEXT), one_of(LATCHES), str, str, str,
     one_of(CATEGORIES), one_of(RESETTERS), str, str, str, str, str),  # fmt: skip
)

ID, KEY, CLASS, LATCH, TEXT, CAUSE, REMEDY, CATEGORY, RESET, ON, OFF, MASK, CLEARS, SNAPSHOT = range(14)
