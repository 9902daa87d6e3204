"""Table: every alarm.  What is raised, why, what to do, and what it does to the machine.

Ids are stable and are never reused.  Raising, keeping and clearing is done by `ghp.protection.monitor`.
"""

from ghp.protection import stops
from ghp.table import Table, one_of

# Latch: AUTO clears with its cause; MANUAL waits for a person's reset after the cause is gone; STRIKES clears with its
# cause twice and waits for a person when it comes a third time within a day.
AUTO = 0
MANUAL = 1
STRIKES = 2
LATCHES = ("auto", "manual", "strikes")

# id, key, stop class, latch, text, cause, remedy
ROWS = Table(
    """\
1|emergency_stop|fast stop|manual|Emergency stop pressed|The emergency-stop contact is open.|Release the button, then reset.
2|safety_chain|fast stop|manual|Hardwired safety chain open|One element of the chain has opened.|Find and cure the open element, then reset.
3|high_pressure_switch|lock-out|manual|High-pressure switch open|Discharge pressure reached the switch.|Check water flow and charge, reset the switch, then reset here.
4|discharge_pressure|fast stop|manual|Discharge pressure too high|Pressure passed its trip limit in spite of unloading.|Check water flow, fouling, charge.
5|suction_pressure|fast stop|manual|Suction pressure too low|Suction pressure fell below its trip limit.|Check charge, expansion valve, fans, coil.
6|hot_water_flow|fast stop|manual|Hot-water flow lost|Flow switch or meter shows no flow while the pump runs.|Check pump, strainer and valves.
7|flow_not_proven|normal stop|manual|Water flow not proven before the start|No flow within the time allowed after the pump started.|Check pump, strainer and valves.
8|overspeed|lock-out|manual|Engine overspeed|Speed passed the overspeed limit.|Check throttle and clutch before any reset.
9|underspeed|fast stop|manual|Engine stalled|Speed fell below the underspeed limit while running.|Check load, mixture, gas pressure, ignition.
10|pickup_lost|fast stop|manual|Speed pickup lost|No pulses while the engine was running, or jumps that no engine makes.|Check the pickup and its wiring.
11|no_speed_signal|lock-out|manual|No speed signal while cranking|The starter was on and no pulse arrived.|Check starter, battery, pickup.
12|failed_start|lock-out|manual|Engine did not start|All attempts used.|Check gas supply, ignition, mixture, battery.
13|uncommanded_stop|fast stop|manual|Engine stopped by itself|The engine came to rest without a stop command.|Check gas supply, ignition, load.
14|gas_pressure|fast stop|strikes|Gas pressure missing|The gas-pressure switch is open.|Check the gas supply.
15|oil_pressure|fast stop|manual|Oil pressure too low|Oil pressure below its trip limit.|Check oil level and pump.
16|oil_pressure_low|none|auto|Oil pressure low|Oil pressure below its warning limit.|Check the oil level.
17|coolant_temp|fast stop|manual|Coolant too hot|Coolant passed its trip limit.|Check coolant pump, level, radiator.
18|coolant_hot|unload|auto|Coolant hot, load reduced|Coolant above its derate limit.|Check radiator and coolant pump.
19|discharge_temp|fast stop|manual|Discharge gas too hot|Discharge temperature passed its trip limit.|Check superheat, charge, compressor.
20|superheat_low|fast stop|manual|Superheat too low|Liquid is reaching the compressor.|Check expansion valve and suction sensors.
21|leaving_water|fast stop|strikes|Leaving hot water too hot|Water passed its trip limit.|Check flow and the engine heat valve.
22|catalyst_temp|fast stop|manual|Catalyst too hot|Catalyst outlet passed its trip limit.|Check for misfire and mixture.
23|catalyst_window|none|auto|Catalyst outside its window|The catalyst inlet's rolling mean of four hours under load is outside the window of the emission rules.|Check mixture and catalyst; high: less time at full speed.
24|mixture_open_loop|none|auto|Mixture loop open|The oxygen sensor does not switch; the engine runs on its map.|Check the oxygen sensor.
25|sensor_stop|normal stop|strikes|Sensor fault stops the unit|A sensor that the machine cannot run without is bad.|See `points` for the bad sensor.
26|sensor_fast_stop|fast stop|strikes|Safety sensor fault stops the unit|A pressure or speed sensor is bad.|See `points` for the bad sensor.
27|sensor_warning|none|auto|Sensor fault|A sensor is bad; the unit runs without it.|See `points` for the bad sensor.
28|task_failure|fast stop|manual|Controller fault|A task of the firmware raised an error.|Note the text of `tasks`, then reset.
29|converter_check|fast stop|strikes|Converter check failed|The reference channel reads wrong: pressures cannot be trusted.|Replace the converter board.
30|load_limit|hold|auto|Engine load at its limit|Engine torque is at its limit.|None: the unit limits itself.
31|stop_not_confirmed|fast stop|manual|Engine turns after a stop|Speed was still measured after gas and ignition were off.|Shut the gas cock; check the gas valve.
32|water_stuck|fast stop|manual|Leaving-water sensor does not move|The reading stood still while the machine changed the water temperature.|Check the sensor and its pocket.
33|output_chip|normal stop|strikes|Output chip does not answer|Relays or analog outputs no longer take what they are told and stand as they are.|Check the output board and its bus.
34|start_abandoned|normal stop|manual|Start given up three times|Pressures, standstill or clutch speed were not reached in time.|See `why` during the next start; check expansion valve, pickup, throttle.
35|task_overrun|none|auto|Controller late again and again|Scans ran over their time or missed their turn: protection is slower than it says.|See `tasks`; check the supply and the buses, end what a computer asks on the line.
36|memory_absent|none|auto|Memory does not answer or was damaged|Settings, starts, changeovers, strikes and lock-outs are forgotten when the supply fails.|Check the memory chip and its bus; look into the history before a reset.
37|settings_lost|none|manual|Kept settings were damaged|No whole copy was in the memory: defaults are in force and the mode is off.|Set them again, the mode last, then reset; check the memory chip.
40|clock_unset|none|auto|Clock is not set|The clock lost its time: peak windows, schedule and quiet hours do not work.|Set it with `clock set`; replace its battery.
41|clock_absent|none|auto|Clock does not answer|The clock chip does not answer; time is kept for a day without it.|Replace the controller board.
45|reversing_valve|lock-out|manual|Reversing valve does not move|Pressures and water show the wrong position after two more tries.|Check pilot coil, valve and charge, then reset.
46|water_valve|none|manual|Water valve did not travel|The end switch did not prove the travel in time; the valve went back.|Check the water valves and their end switches.
47|water_valve_lost|lock-out|manual|Water valve at no end|No end switch shows where the water valve is.|Check the water valves and their end switches, then reset.
48|changeover_given_up|none|auto|Changeover given up for a while|A step of the changeover did not end in time; `why` names it.|None: it is tried again in ten minutes.
49|defrost_time_outs|none|auto|Defrosts end by time|Three defrosts in a row ended by their time limit.|Check coil probe, fans, charge and reversing valve.
50|pressure_doubt|normal stop|strikes|Refrigerant pressure cannot be right|A saturation contradicts water, air or gas temperature: the trips that need the pressure are blind.|See `why` for the witnesses; compare with gauges, replace the transducer or probe.
51|water_doubt|normal stop|strikes|Leaving-water sensor cannot be right|The leaving water is on the wrong side of the entering water.|Entering and leaving probe may be swapped; see `why`, check both.
52|sensor_doubt|none|auto|Two sensors contradict each other|One of two witnesses of the same thing is wrong; the unit runs on.|See `why` for the witnesses and compare them with a thermometer.
53|acts_alone|none|auto|Water flows though no pump is on|Flow without a command: the proof of flow has lost its worth.|Check contactor, flow switch and meter that `why` names.
54|gas_unasked|normal stop|strikes|Gas flows though the valve is shut|The meter counts while the gas valve is commanded shut.|Shut the gas cock; check valve and meter.
55|clutch_doubt|fast stop|manual|Clutch does not do as it is told|Compressor pressures do not follow the clutch: it slips, or does not let go.|Check belt, clutch coil and relay, then reset.
56|valve_doubt|none|auto|Expansion valve does not follow|Superheat stays high with the valve wide open and liquid before it.|Check valve, its cable and the liquid-line filter.
60|chilled_water_flow|fast stop|manual|Chilled-water flow lost|Flow switch or meter shows no flow while the unit chills.|Check pump, strainer and valves before the plate freezes.
61|freeze_suction|fast stop|manual|Evaporator close to freezing|The suction saturation was too low for too long while chilling.|Check chilled flow, probes, charge, expansion valve.
62|freeze_water|fast stop|manual|Chilled water too cold|Leaving chilled water stayed below its trip limit.|Check chilled flow, set point, probes.
63|condenser_air|fast stop|manual|Outdoor fans do not carry the heat away|Discharge pressure kept rising at the least capacity while chilling.|Check fans, contactors, coil.
64|hot_flow_missing|none|auto|Hot-water flow missing while chilling|The hot pump is on, switch or meter shows no flow; engine heat goes to the radiator.|Check hot pump, strainer and valves.
65|charge_low|none|auto|Refrigerant charge low|No subcooling while the unit runs steadily.|Find the leak, then weigh the charge in; see `health`.
66|charge_high|none|auto|Too much refrigerant|Liquid backs up into the condenser: subcooling far above what is usual.|Recover some charge; see `health`.
67|non_condensables|none|auto|Gas that does not condense|At rest the pressure is above the saturation of everything that it touches.|Recover, evacuate and recharge; compare the transducer with a gauge first.
68|exchanger_fouled|none|auto|Heat exchanger worse than when clean|The temperature difference for the same heat has grown.|See `health` which; clean it, check fans or flow first.
""",
    (int, str, one_of(stops.TEXT), one_of(LATCHES), str, str, str),
)

ID, KEY, CLASS, LATCH, TEXT, CAUSE, REMEDY = range(7)
