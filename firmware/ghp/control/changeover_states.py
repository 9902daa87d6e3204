"""The states of a changeover: what each is called, how long it may last, and what happens then."""

from micropython import const

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
TABLE = (
    (CHECK, "proving the water valve's place", "water_valve_s", "alarm water_valve_lost"),
    (REST, "at rest", None, "stays until the other duty is wanted"),
    (UNLOADING, "changeover: taking the compressor out", 400000, "given up, tried again after a while"),
    (EQUALISE, "changeover: equalising pressures", "equalise_s", "goes on: nothing turns against the pressure"),
    (PLATE, "changeover: exchanger's water to temperature", "plate_wait_s", "tempered by the compressor, or given up"),
    (TEMPER, "changeover: compressor tempers the exchanger", 180000, "taken out again; the water decides"),
    (SETTLE, "changeover: waiting for still water", 30000, "given up, tried again after a while"),
    (TRAVEL, "changeover: water valve travels", "water_valve_s", "goes back: alarm water_valve"),
    (RETURN, "changeover: water valve goes back", "water_valve_s", "alarm water_valve_lost"),
    (REPULSE, "changeover: pilot turns back and again", 10000, "next try"),
    (SLIDE, "changeover: engaging, valve slides", 400000, "proven at the next start"),
    (PROVE, "changeover: proving the position", 120000, "next try; after two retries alarm reversing_valve"),
    (WINDOW, "reversing while running", 60000, "parks and reverses then"),
    (LOCKED, "locked out", None, "until a person resets"),
)
TEXT = tuple([row[1] for row in TABLE])


def limits(settings):
    """Return the time limit of every state in milliseconds, 0 for none, in state order."""
    found = []
    for row in TABLE:
        limit = row[2]
        if isinstance(limit, str):
            limit = getattr(settings, limit) * 1000
        found.append(limit or 0)
    return found
