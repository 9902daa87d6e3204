"""The engine's states: what each is called, how long it may last, and what happens then.

The numbers are the order of the sequence; every state has a defined end.  A fast stop leaves every state for
FAST (for OFF when nothing has turned yet), whatever this table says.
"""

from micropython import const

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

# code, text, limit (a setting in seconds, or milliseconds), what happens at the limit, next when a stop is asked
TABLE = (
    (OFF, "off", None, "stays off until asked and permitted", OFF),
    (FLOW, "waiting for water flow", "flow_wait_s", "alarm flow_not_proven, off", OFF),
    (VENTILATE, "ventilating the enclosure", "ventilate_s", "next: equalise", OFF),
    (EQUALISE, "equalising pressures", 300000, "start abandoned, off, rests like after a stop", OFF),
    (PURGE, "cranking, gas shut", "purge_s", "next: crank (no pulse for 2.5 s: alarm no_speed_signal)", SPIN_DOWN),
    (CRANK, "cranking with gas", "crank_s", "attempt failed: rest", BURN_OUT),
    (REST, "resting between attempts", 180000, "start abandoned: spin down", SPIN_DOWN),
    (CLEAR, "clearing the engine, gas shut", 30000, "alarm failed_start: fast stop", SPIN_DOWN),
    (RUN_UP, "running up", 10000, "attempt failed: rest", BURN_OUT),
    (WARM_UP, "warming up", "warmup_max_s", "next: engage, warm or not", BURN_OUT),
    (PARK, "idling, compressor out", "park_max_s", "normal stop: cool down", COOL_DOWN),
    (ENGAGE, "setting valve, to clutch speed", 60000, "start abandoned: burn out", BURN_OUT),
    (OPENING, "compressor starting unloaded", "start_opening_s", "next: run", UNLOAD),
    (RUN, "running", None, "runs until a stop is asked or needed", UNLOAD),
    (UNLOAD, "unloading and slowing down", 45000, "next: pump down, or park when that was ordered", UNLOAD),
    (PUMP_DOWN, "pumping down", "pumpdown_s", "next: cool down", PUMP_DOWN),
    (COOL_DOWN, "cooling down at idle", "cooldown_s", "next: burn out", COOL_DOWN),
    (BURN_OUT, "gas shut, burning out", 2000, "next: spin down", BURN_OUT),
    (SPIN_DOWN, "coming to rest", 180000, "off; a start still needs proven standstill", SPIN_DOWN),
    (FAST, "fast stop, coming to rest", 180000, "off; a start still needs proven standstill", FAST),
)

TEXT = tuple([row[1] for row in TABLE])
WHEN_UNWANTED = tuple([row[4] for row in TABLE])


def limits(settings):
    """Return the time limit of every state in milliseconds, 0 for none, in state order."""
    found = []
    for row in TABLE:
        limit = row[2]
        if limit is None:
            limit = 0
        elif isinstance(limit, str):
            limit = getattr(settings, limit) * 1000
        found.append(limit)
    return found
