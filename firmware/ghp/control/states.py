"""The engine's states: what each is called, how long it may last, and what happens then.

The numbers are the order of the sequence; every state has a defined end.  A fast stop leaves every state for
FAST (for OFF when nothing has turned yet), whatever this table says.
"""

from micropython import const

from ghp.table import Table

OFF = const(0)
FLOW = const(1)
VENTILATE = const(2)
EQUALISE = const(3)
PURGE = const(4)
CRANK = const(5)
REST = const(6)
CLEAR = const(7)
RUN_UP = const(8)
WARM_UP = const(9)
PARK = const(10)
ENGAGE = const(11)
OPENING = const(12)
RUN = const(13)
UNLOAD = const(14)
PUMP_DOWN = const(15)
COOL_DOWN = const(16)
BURN_OUT = const(17)
SPIN_DOWN = const(18)
FAST = const(19)

# code, text, limit (a setting in seconds, or milliseconds; none: as long as it takes), what happens at the limit,
# next state when a stop is asked
TABLE = Table(
    """\
0|off||stays off until asked and permitted|0
1|waiting for water flow|flow_wait_s|alarm flow_not_proven, off|0
2|ventilating the enclosure|ventilate_s|next: equalise|0
3|equalising pressures|300000|start abandoned, off, rests like after a stop|0
4|cranking, gas shut|purge_s|next: crank (no pulse for 2.5 s: alarm no_speed_signal)|18
5|cranking with gas|crank_s|less the purge: attempt failed, rest|17
6|resting between attempts|180000|start abandoned: spin down|18
7|clearing the engine, gas shut|30000|alarm failed_start: fast stop|18
8|running up|10000|attempt failed: rest|17
9|warming up|warmup_max_s|next: engage, warm or not|17
10|idling, compressor out|park_max_s|normal stop: cool down (no flow for flow_wait_s after the order: alarm flow_not_proven)|16
11|setting valve, to clutch speed|60000|start abandoned: burn out|17
12|compressor starting unloaded|start_opening_s|next: run|14
13|running||runs until a stop is asked or needed|14
14|unloading and slowing down|45000|next: pump down, or park when that was ordered|14
15|pumping down|pumpdown_s|next: cool down|15
16|cooling down at idle|cooldown_s|next: burn out|16
17|gas shut, burning out|2000|next: spin down|17
18|coming to rest|180000|off; a start still needs proven standstill|18
19|fast stop, coming to rest|180000|off; a start still needs proven standstill|19
""",
    "isssi",
)
WHEN_UNWANTED = bytes([row[4] for row in TABLE])


def text(state):
    """Return what `state` is called."""
    return TABLE[state][1]


def limit_ms(limit, settings):
    """Return a table's limit in milliseconds: a number of them, or a setting in seconds; 0 for none."""
    if not limit:
        return 0
    return int(limit) if limit[0].isdigit() else getattr(settings, limit) * 1000


def limits(settings):
    """Return the time limit of every state in milliseconds, 0 for none, in state order.

    crank_s is all the cranking of an attempt; what the purge leaves of it is with gas.
    """
    found = [limit_ms(row[2], settings) for row in TABLE]
    found[CRANK] -= found[PURGE]  # the settings keep the purge shorter
    return found
