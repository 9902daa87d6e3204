"""Tables of the plausibility: which witness cannot be above which and what follows when it is; what may not run by
itself; which readings must move; what a healthy machine's figures are.  Read when the unit is built, and again by whoever
tells people: between them the board has its memory back (`ghp.lent`).

Physics, not statistics: heat does not flow uphill, a saturation cannot lie on the wrong side of the water or air that
it heats or cools.  Each allowance holds the errors of two probes (0.5 K each), of a transducer (1 % of its range) and
what probes lag behind in a step of load; what healthy runs come to stands beside it.
"""

from ghp.table import Table, Words, one_of

# What is compared.  The two saturations come first, then points, what several probes agree on, and what compression makes
# of the suction gas.
NAMES = Words(
    "suction saturation|discharge saturation|suction_temp|liquid_temp|coil_temp|ambient_temp|entering_water|"
    "condenser_water|leaving_water|chilled_entering|chilled_leaving|discharge_temp|hot water|outdoor air and coil|"
    "water into both exchangers|coil and liquid line|compressed gas"
)

# of what several agree on: two witnesses; whether the colder one counts or the warmer one
GROUPS = Table(
    """\
12|hot water|condenser_water|leaving_water|colder
13|outdoor air and coil|ambient_temp|coil_temp|warmer
14|water into both exchangers|entering_water|condenser_water|colder
15|coil and liquid line|coil_temp|liquid_temp|colder
""",
    (int, str, str, str, one_of(("colder", "warmer"))),
)

WHEN = ("heats", "chills", "hot water circulates", "chilled water circulates")
FOLLOWS = ("pressure_doubt", "water_doubt", "sensor_doubt")

# id, when, the witness that is too low, the one that is too high, K by which it may be above, s of patience, alarm,
# most in healthy runs (K; of 4 and 5 in steps of load, for at most a sixteenth of their patience)
PAIRS = Table(
    """\
1|heats|discharge saturation|hot water|2.5|120|pressure_doubt|1.1
2|heats|outdoor air and coil|suction saturation|2.5|120|pressure_doubt|-2.1
3|heats|ambient_temp|coil_temp|3.0|180|sensor_doubt|-2.1
4|heats|coil_temp|suction saturation|4.5|240|sensor_doubt|6.9
5|heats|suction saturation|coil_temp|4.5|240|sensor_doubt|8.9
6|heats|condenser_water|entering_water|1.5|120|sensor_doubt|-1.3
7|heats|leaving_water|condenser_water|1.5|120|sensor_doubt|0.0
8|heats|leaving_water|water into both exchangers|1.5|90|water_doubt|-1.3
9|heats|ambient_temp|suction_temp|3.0|180|sensor_doubt|0.1
10|heats|liquid_temp|entering_water|3.0|180|sensor_doubt|0.4
11|heats|discharge saturation|liquid_temp|3.0|180|sensor_doubt|-0.5
12|chills|discharge saturation|coil and liquid line|2.0|120|pressure_doubt|-6.0
13|chills|coil_temp|ambient_temp|3.0|180|sensor_doubt|-2.3
14|chills|liquid_temp|ambient_temp|3.0|180|sensor_doubt|-2.4
15|chills|chilled_leaving|suction saturation|2.5|120|pressure_doubt|-0.1
16|chills|chilled_entering|chilled_leaving|1.5|90|water_doubt|-2.4
17|chills|chilled_entering|suction_temp|3.0|180|sensor_doubt|-0.1
18|hot water circulates|entering_water|condenser_water|1.5|60|sensor_doubt|0.1
19|hot water circulates|condenser_water|entering_water|1.5|60|sensor_doubt|0.4
20|hot water circulates|leaving_water|condenser_water|1.5|60|sensor_doubt|0.2
21|hot water circulates|condenser_water|leaving_water|2.0|60|sensor_doubt|0.1
22|chilled water circulates|chilled_entering|chilled_leaving|1.5|60|sensor_doubt|0.0
23|chilled water circulates|chilled_leaving|chilled_entering|1.5|60|sensor_doubt|0.4
24|heats|discharge_temp|compressed gas|10.0|90|pressure_doubt|4.1
25|chills|discharge_temp|compressed gas|11.0|90|pressure_doubt|7.5
""",
    (int, one_of(WHEN), str, str, float, int, one_of(FOLLOWS), float),
)

# place, what `why` says, alarm, s of patience, two points whose values it adds
CHECKS = Table(
    """\
0|suction pressure is above discharge pressure|pressure_doubt|10|suction_pressure|discharge_pressure
1|oil pressure while the engine stands|pressure_doubt|60|oil_pressure|engine_speed
2|hot water flows with the pump off|acts_alone|20|hot_flow|flow_switch_hot
3|chilled water flows with the pump off|acts_alone|20|chilled_flow|flow_switch_chilled
4|gas meter counts with the gas valve shut|gas_unasked|4|gas_meter|gas_pressure
5|compressor turns with the clutch out|clutch_doubt|6|suction_pressure|discharge_temp
6|engine has no load with the clutch in|clutch_doubt|20|suction_pressure|discharge_pressure
7|gas-pressure switch and sensor disagree|sensor_doubt|20|gas_pressure|gas_pressure_switch
8|more engine heat to the water than the gas can give|sensor_doubt|180|condenser_water|leaving_water
9|superheat stays high with valve wide open and liquid before it|valve_doubt|240|suction_temp|suction_pressure
10|coolant stays cold under load|sensor_doubt|20|coolant_temp|engine_speed
""",
    (int, str, str, int, str, str),
)

MOVES_WHEN = ("compressor turns", "engine runs", "heats", "chills")

# id, reading, when it must move, s without a movement after which it is bad (2..500).  The leaving hot
# water is not among them, see `ghp.protection.stuck`.
MOVES = Table(
    """\
1|suction_pressure|compressor turns|30
2|discharge_pressure|compressor turns|30
3|oil_pressure|engine runs|30
4|suction_temp|compressor turns|240
5|liquid_temp|compressor turns|240
6|coil_temp|compressor turns|240
7|discharge_temp|compressor turns|240
8|coolant_temp|engine runs|240
9|exhaust_temp|compressor turns|480
10|catalyst_temp|compressor turns|480
11|condenser_water|heats|240
12|entering_water|heats|480
13|chilled_entering|chills|480
14|ambient_temp|compressor turns|480
15|chilled_leaving|chills|100
""",
    (int, str, one_of(MOVES_WHEN), int),
)

JUDGED = ("above", "below", "both")
HEALTH_ALARMS = ("exchanger_fouled", "charge_low", "charge_high", "non_condensables", "circuit_doubt")
# place, name, reference, the warning comes above or below it at this many per cent, alarm, likely cause and remedy.
# Figures: K of difference at 100 kW (places 0..3), engine heat to the water and 7 kW over the gas heat (4), subcooling in K
# (5, 6), the share of the subcooling that is possible (7), heat over what the compressor can move (8), K of difference
# beyond three for what 2400 rpm draw at 240 kPa (9).  Healthy machines, all seeds and loads: 0.9..1.5, 2.5..4.2, 8.6..9.2,
# 11..17, 0.43..0.47 (without the errors of its probes), above 3.3, above 5.9, up to 0.65, 0.94..1.17, 4.5..6.6; half of the
# conductance lost: 3.4, 5.6, 12, 27 (a third left), 0.39, 9: 6.9..9.2 (a third left: 9.9..13).
ITEMS = Table(
    """\
0|condenser plate|1200|above|190|exchanger_fouled|Scale, too little flow, too much charge or gas that does not condense: descale, then chill and look at the subcooling.
1|evaporator plate|3600|above|140|exchanger_fouled|Scale, dirt or little charge: clean the plate and its strainer, look at the subcooling.
2|outdoor coil|8900|above|125|exchanger_fouled|Dirt or a fan that stands: clean the coil, check fans and contactors.
3|engine heat exchanger|14500|above|155|exchanger_fouled|Scale or a recovery valve that does not open: descale, check the valve and the coolant pump.
4|engine heat of the gas|452|below|80|exchanger_fouled|Soot in the exhaust exchanger: clean it.  First compare the two probes around the engine heat exchanger.
5|subcooling heating|5500|below|22|charge_low|A leak, or a liquid-line probe that is loose: find the leak, weigh the charge.
6|subcooling chilling|7500|below|16|charge_low|A leak, or a liquid-line probe that is loose: find the leak, weigh the charge.
7|subcooling share|500|above|165|charge_high|Too much charge: recover some until the share is usual again.
8|compressor|1000|both|128|circuit_doubt|Below: suction transducer reads high, leaking compressor valves, unloader that stays in.  Above: it reads low, unloader that stays out, flow meter.  Compare with a gauge first.
9|coil in warm air|5500|above|165|exchanger_fouled|Dirt on the outdoor coil or a fan that stands, seen while heating: clean the coil, check fans and contactors.
10|condenser plate, least|1200|below|25|circuit_doubt|Discharge transducer reads low, or the probe between the exchangers high: compare both.
11|outdoor coil, least|8900|below|80|circuit_doubt|Discharge transducer reads low, or the outdoor probe high: compare both.
""",
    (int, str, int, one_of(JUDGED), int, one_of(HEALTH_ALARMS), str),
)
