"""The states of a changeover: what each is called, how long it may last, and what happens then."""

from micropython import const

from ghp.control import states
from ghp.table import Table

CHECK = const(0)
REST = const(1)
UNLOADING = const(2)
EQUALISE = const(3)
PLATE = const(4)
TEMPER = const(5)
SETTLE = const(6)
TRAVEL = const(7)
RETURN = const(8)
REPULSE = const(9)
SLIDE = const(10)
PROVE = const(11)
WINDOW = const(12)
LOCKED = const(13)

# code, text, limit (a setting in seconds, or milliseconds), what happens at the limit
TABLE = Table(
    """\
0|proving the water valve's place|water_valve_s|alarm water_valve_lost
1|at rest||stays until the other duty is wanted
2|changeover: taking the compressor out|400000|given up, tried again after a while
3|changeover: equalising pressures|equalise_s|goes on: nothing turns against the pressure
4|changeover: exchanger's water to temperature|plate_wait_s|tempered by the compressor, or given up
5|changeover: compressor tempers the exchanger|180000|taken out again; the water decides
6|changeover: waiting for still water|30000|given up, tried again after a while
7|changeover: water valve travels|water_valve_s|goes back: alarm water_valve
8|changeover: water valve goes back|water_valve_s|alarm water_valve_lost
9|changeover: pilot turns back and again|10000|next try
10|changeover: engaging, valve slides|400000|proven at the next start
11|changeover: proving the position|120000|next try; after two retries alarm reversing_valve
12|reversing while running|60000|parks and reverses then
13|locked out||until a person resets
""",
    "isss",
)


def text(state):
    """Return what `state` is called."""
    return TABLE[state][1]


def limits(settings):
    """Return the time limit of every state in milliseconds, 0 for none, in state order."""
    return [states.limit_ms(row[2], settings) for row in TABLE]
