"""Table: what a bad sensor leads to, and what replaces it.  Control reads the replacement here or does what the row says.

A reading keeps its last good value while it is bad, so a replacement by that costs nothing but its time limit.
"""

from micropython import const

from ghp.sensing.readings import GOOD
from ghp.table import Table, number, one_of

WARN = const(0)  # the unit runs on without it
STOP = const(1)  # normal stop
FAST = const(2)  # gas off at once
CONVERTER = const(3)  # proves the converters: pressures cannot be trusted without it

_CONSEQUENCES = ("warn", "stop", "fast", "converter")
LAST = "last"
AMBIENT_HELD_MS = const(600000)  # weather moves slowly: a lost sensor may be bridged this long
GAP_MS = const(15000)  # one lost transfer, and the ten seconds to settle after it: nothing begins or ends by it

# id, sensor, consequence while heating, while chilling, what replaces it, for how long (s), what happens instead
#   replaced by   a point, a setting, "last" (its own last good value), or "-": nothing, what needs it is not done
#   for           0: as long as it is bad
SENSORS = Table(
    """\
1|suction_pressure|fast|fast|-|0|superheat, freeze and low-pressure trips are blind; the valve is frozen
2|discharge_pressure|fast|fast|-|0|high-pressure trip is blind
3|oil_pressure|fast|fast|-|0|a lost signal cannot be told from lost oil
4|gas_pressure|warn|warn|gas_pressure_switch|0|the gas-pressure switch decides
5|suction_temp|stop|stop|-|0|superheat is not known; the valve is frozen
6|liquid_temp|warn|warn|-|0|no subcooling shown
7|coil_temp|warn|warn|discharge_pressure|0|changeover and defrost are judged by pressure and time
8|ambient_temp|warn|warn|last|600|last value for ten minutes, then the coldest day; chilling: the head-pressure floor; no limit of starts by cold; after a minute: defrost by time
9|entering_water|warn|warn|fixed_flow_pct|0|flow stands at fixed_flow_pct, no heat metering; the coil proves the reversing valve
10|condenser_water|warn|warn|-|0|no check of the leaving probe; the coil proves the reversing valve; a change to chilling needs cool entering water
11|leaving_water|stop|warn|-|0|heating: capacity is held until the unit has stopped; chilling: engine heat to the radiator
12|chilled_entering|warn|warn|-|0|chilling: no feed-forward, no cold metering, no check of the leaving probe; the coil proves the reversing valve
13|chilled_leaving|warn|stop|-|0|chilling: capacity is held until the unit has stopped; a change to heating goes by the entering water
14|coolant_temp|stop|stop|last|15|last value for 15 s, then radiator fan and recovery full on until the unit has stopped
15|discharge_temp|stop|stop|-|0|no more loading until the unit has stopped
16|exhaust_temp|warn|warn|-|0|the mixture loop stays open
17|catalyst_temp|stop|stop|-|0|catalyst protection is blind
18|lambda_volts|warn|warn|-|0|the mixture loop stays open
19|battery_volts|warn|warn|-|0|shown only
20|reference_volts|converter|converter|-|0|converter check
21|engine_speed|fast|fast|-|0|speed is not known
22|gas_meter|warn|warn|-|0|no COP
23|hot_flow|warn|warn|-|0|heating: flow is not proven, no start, and hot_water_flow stops a running unit; chilling: engine heat to the radiator
24|chilled_flow|warn|warn|-|0|chilling: flow is not proven, no start, and chilled_water_flow stops a running unit
""",
    (int, str, one_of(_CONSEQUENCES), one_of(_CONSEQUENCES), str, number, str),
)


def held(reading, now_ms, held_ms):
    """Return the last good scaled value while `reading` has been bad for less than `held_ms`, else None.

    Exactly 0 is what a reading that was never good holds: it counts as not known.
    """
    if reading.quality != GOOD and (reading.scaled == 0 or reading.bad_for_ms(now_ms) >= held_ms):
        return None
    return reading.scaled


def left_s(row, reading, now_ms):
    """Return for how many seconds the replacement still holds; None when nothing ends by time."""
    if not row[5]:
        return None
    left_ms = row[5] * 1000 - reading.bad_for_ms(now_ms)
    return (left_ms + 999) // 1000 if left_ms > 0 and reading.scaled else 0


def text(reading, now_ms):
    """Return what replaces a bad reading now, for people: '' when nothing does."""
    row = SENSORS.find(reading.name)
    by = row[4]
    if by == "-" or (by == LAST and left_s(row, reading, now_ms) == 0):
        return ""
    return "replaced by " + ("its last value" if by == LAST else by)
