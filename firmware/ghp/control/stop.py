"""What each state of a stop waits for.  Called by the engine once per scan with the engine and the time.

A renewed request does not turn a stop round: the compressor may not restart against its pressure, and the
cycling rules own the next start.
"""

from micropython import const

from ghp.control import states
from ghp.sensing import readings as reading

LOADED_MIN_RPM = const(1200)
SHIFT_MAX_RPM = const(1400)  # the reversing valve slides gently only below this
_NEAR_RPM = const(60)
GAP_MS = 1500  # one lost transfer, and a second to settle, is no pressure that is not known
_UNLOADED_MS = const(2000)  # the unloader acts within this


def unload(engine, now_ms):
    """Half capacity and least speed, so that pump-down and clutch meet little torque.

    On the way to park nothing is pumped down: the pressures shall come together.  A withdrawn parking order goes
    back to running; a stop that is asked meanwhile becomes a stop.
    """
    if not engine.wanted:
        engine.parking = False
    if engine.parking and not engine.orders.park:
        engine.enter(states.RUN, now_ms)
        return
    slow = engine.speed.scaled <= LOADED_MIN_RPM + _NEAR_RPM and engine.age_ms() >= _UNLOADED_MS
    if slow or engine.overdue():
        if engine.parking:
            engine.enter(states.PARK, now_ms)
        elif engine.may_pump_down(now_ms):
            engine.enter(states.PUMP_DOWN, now_ms)
        else:
            engine.enter(states.COOL_DOWN, now_ms)


def pump_down(engine, now_ms):
    """Valve shut: refrigerant goes to the high side, while there is room for it.

    A pressure that stays bad ends it: one cannot pump blindly.  So does a discharge pressure at which nobody would load any
    more: the receiver is full, and what follows fills the condenser.  And gas as hot as the trip's own limit: thin gas
    over a great ratio heats up, in hot weather within half a minute.
    """
    suction = engine.readings.suction_pressure
    discharge = engine.readings.discharge_pressure
    gas = engine.readings.discharge_temp
    known = suction.bad_for_ms(now_ms) < GAP_MS and discharge.bad_for_ms(now_ms) < GAP_MS
    if (
        not known
        or suction.scaled <= engine.pumpdown_pa
        or discharge.scaled >= engine.pumpdown_high_pa
        or (gas.quality == reading.GOOD and gas.scaled >= engine.pumpdown_gas_mc)
        or not engine.settings.pumpdown_s  # taken back to none while it lasts
        or engine.overdue()
    ):
        engine.enter(states.COOL_DOWN, now_ms)


def cool_down(engine, now_ms):
    """Idle without the compressor."""
    if engine.overdue():
        engine.enter(states.BURN_OUT, now_ms)


def burn_out(engine, now_ms):
    """Gas shut, ignition on: what is in the manifold burns where it should."""
    if engine.overdue():
        engine.enter(states.SPIN_DOWN, now_ms)


def spin_down(engine, now_ms):
    """Until standstill is proven."""
    if engine.standstill or engine.overdue():
        engine.came_to_rest(now_ms)


def fast(engine, now_ms):
    """Everything off at once; until standstill is proven."""
    if engine.standstill or engine.overdue():
        engine.came_to_rest(now_ms)
