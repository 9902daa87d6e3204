"""What each state of a start waits for.  Called by the engine once per scan with the engine and the time.

A stop request is handled before these run, so here a start is always wanted.
"""

from micropython import const

from ghp.control import states
from ghp.sensing import readings as reading

_EQUAL_MS = const(2000)  # pressures equal for this long
_STEADY_MS = const(500)
_STEADY_RPM = const(30)
_VALVE_MS = const(6000)  # the expansion valve's way from wide open to its start opening
_BRACE_MS = const(150)  # the manifold fills while the clutch still waits
_RUNNING_RPM = const(150)  # below the warm-up speed by less than this: it runs by itself
_ALIVE_RPM = const(250)  # after the starter is off, an engine below this did not catch
_CATCH_MS = const(1000)
_CRANKING_RPM = const(250)  # the starter alone hardly turns it faster
_VERDICT_MS = const(500)
_JUMP_RPM = const(350)  # no engine gains more in one scan: noise on the pickup


def off(engine, now_ms):
    """Wait for a permitted request."""
    engine.release_event(now_ms)
    if engine.wanted and engine.may_start():
        engine.enter(states.FLOW, now_ms)


def flow(engine, now_ms):
    """Hot-water pump on; flow must be proven without a break before its time is up."""
    if engine.held_ms(engine.proof.present, now_ms) >= engine.flow_proof_ms:
        engine.enter(states.VENTILATE, now_ms)
    elif engine.overdue():
        engine.fail_flow(now_ms)


def ventilate(engine, now_ms):
    """Fresh air for the enclosure before anything sparks."""
    if engine.overdue():
        engine.enter(states.EQUALISE, now_ms)


def equalise(engine, now_ms):
    """Pressures equal, engine proven at rest: the compressor starts light and the starter meets no turning ring."""
    if engine.held_ms(engine.equalised() and engine.starter_permitted(), now_ms) >= _EQUAL_MS:
        engine.begin_cranking(states.PURGE, now_ms)
    elif engine.overdue():
        engine.abandon(states.OFF, now_ms)


def purge(engine, now_ms):
    """Cranked with gas shut: what the last run left in the exhaust goes out."""
    if not _watched(engine, now_ms) and engine.overdue():
        engine.enter(states.CRANK, now_ms)


def crank(engine, now_ms):
    """Gas while it turns; the starter goes out as soon as the engine runs away from it."""
    if _runs_away(engine):
        engine.enter(states.RUN_UP, now_ms)
    elif engine.silent():
        engine.fail_no_speed(now_ms)
    elif engine.overdue():
        engine.fail_attempt(now_ms)


def rest(engine, now_ms):
    """The starter cools; the engine must be proven at rest."""
    if engine.age_ms() >= engine.crank_rest_ms and engine.starter_permitted():
        if engine.attempts >= engine.crank_attempts:
            engine.begin_cranking(states.CLEAR, now_ms)
        else:
            engine.begin_cranking(states.PURGE, now_ms)
    elif engine.overdue():
        engine.abandon(states.SPIN_DOWN, now_ms)


def clear(engine, now_ms):
    """After the last attempt: unburnt gas is blown out before the lock-out."""
    if not _watched(engine, now_ms) and engine.age_ms() >= engine.clear_ms:
        engine.fail_start(now_ms)


def _runs_away(engine):
    """Return whether the engine leaves the starter behind.

    The speed is known for the scan that has passed, and the starter acts until the next: so what counts is
    where the present acceleration leads.
    """
    newest = engine.speed.newest_rpm
    last = engine.last_rpm
    caught = last >= _CRANKING_RPM and last <= newest < last + _JUMP_RPM
    return (caught and newest + 2 * (newest - last) >= engine.starter_off_rpm) or (
        engine.speed.scaled >= engine.starter_off_rpm
    )


def _watched(engine, now_ms):
    """Cranking with gas shut: True when a silent pickup or an engine that fires all the same has ended it.

    The starter lets go at the first sign; the verdict takes two scans more.  Without a verdict the sign was noise.
    """
    if engine.silent():
        engine.fail_no_speed(now_ms)
        return True
    fires = engine.held_ms(engine.speed.newest_rpm >= engine.starter_off_rpm, now_ms) >= 100
    if fires:
        engine.fail_shut_off(now_ms)
    elif not engine.mark_ms:
        if _runs_away(engine):
            engine.mark_ms = engine.age_ms() + 1  # never 0, which means that it has not
    elif engine.age_ms() - engine.mark_ms >= _VERDICT_MS:
        if engine.state == states.CLEAR:
            engine.fail_start(now_ms)
        else:
            engine.fail_attempt(now_ms)
    return fires or engine.mark_ms > 0


def run_up(engine, now_ms):
    """From the starter to warm-up speed."""
    speed = engine.speed.scaled
    if engine.held_ms(speed >= engine.warmup_rpm - _RUNNING_RPM, now_ms) >= _STEADY_MS:
        engine.note_fired(now_ms)
        engine.enter(states.WARM_UP, now_ms)
    elif engine.overdue() or (engine.age_ms() >= _CATCH_MS and speed < _ALIVE_RPM):
        engine.fail_attempt(now_ms)


def warm_up(engine, now_ms):
    """Oil and coolant; a coolant reading that is bad or stays low costs the longest time, not the start."""
    engine.judge_proven()
    coolant = engine.readings.coolant_temp
    warm = coolant.quality == reading.GOOD and coolant.scaled >= engine.warmup_coolant
    if engine.overdue() or (warm and engine.age_ms() >= engine.warmup_min_ms):
        engine.enter(states.PARK if engine.orders.park else states.ENGAGE, now_ms)


def park(engine, now_ms):
    """Compressor out, valve wide open, until the parking order falls; then flow is proven anew and pressures are equal.

    Nothing is proven while the order stands: the pumps may rest, because a water valve travels.  After it the trips do
    not judge the flow either, because the clutch is out: flow that does not come is told as before a start.
    """
    engine.judge_proven()
    orders = engine.orders
    flows = engine.proof.present or orders.still
    if orders.park or flows:
        engine.mark_ms = engine.age_ms()
    if engine.held_ms(flows and not orders.park and engine.equalised(), now_ms) >= engine.flow_proof_ms:
        engine.enter(states.ENGAGE, now_ms)
    elif engine.age_ms() - engine.mark_ms >= engine.flow_wait_ms:
        engine.fail_flow(now_ms, states.COOL_DOWN)
    elif engine.overdue():
        engine.abandon(states.COOL_DOWN, now_ms)


def engage(engine, now_ms):
    """Expansion valve to its start opening, speed steady just below the clutch speed, pressures still equal."""
    engine.judge_proven()
    below = engine.clutch_rpm - engine.speed.scaled
    steady = (0 <= below <= 2 * _STEADY_RPM or engine.braced) and engine.equalised()
    held_ms = engine.held_ms(steady, now_ms)
    if not steady:
        engine.braced = False
    if engine.orders.park:
        engine.enter(states.PARK, now_ms)
    elif held_ms >= _STEADY_MS and engine.age_ms() >= _VALVE_MS:
        if not engine.braced:
            engine.braced = True
            engine.brace()
        elif held_ms >= _STEADY_MS + _BRACE_MS:
            engine.note_clutch(now_ms)
            engine.enter(states.OPENING, now_ms)
    elif engine.overdue():
        engine.abandon(states.BURN_OUT, now_ms)


def opening(engine, now_ms):
    """Compressor unloaded, valve at its start opening, until the circuit flows."""
    engine.judge_proven()
    if engine.overdue():
        engine.enter(states.RUN, now_ms)


def run(engine, now_ms):
    """Loaded, at the ordered speed; a parking order unloads first."""
    engine.judge_proven()
    if engine.orders.park:
        engine.parking = True
        engine.enter(states.UNLOAD, now_ms)
