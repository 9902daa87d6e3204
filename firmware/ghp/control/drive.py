"""Where the engine's states become outputs: gas, ignition, starter, clutch, throttle.  Nobody else commands these."""

from micropython import const

from ghp.control import states
from ghp.control.stop import LOADED_MIN_RPM, SHIFT_MAX_RPM

_RUN_UP_RPM_S = const(1000)  # fast through the speeds at which an engine would lug
_CLUTCH_BELOW_RPM = const(30)  # governed this far below the clutch speed, so that it is not passed


def command(engine, now_ms):
    """Command everything for this scan; a command that is not repeated perishes."""
    state = engine.state
    governor = engine.governor
    starter_on = (state == states.PURGE or state == states.CRANK or state == states.CLEAR) and not engine.mark_ms
    gas_on = _gas_permitted(engine, state)
    resting = state == states.REST or state == states.CLEAR
    ignition_on = states.PURGE <= state <= states.BURN_OUT and not resting
    clutch_in = states.OPENING <= state <= states.PUMP_DOWN
    if starter_on:
        governor.crank(now_ms)
        engine.since_starter.start(now_ms)
    elif states.RUN_UP <= state <= states.COOL_DOWN:
        ramp = _RUN_UP_RPM_S if state == states.RUN_UP else 0
        governor.govern(_speed_wanted(engine, state), ramp, engine.speed.newest_rpm, now_ms)
    else:
        governor.shut(now_ms)
    if gas_on:
        engine.since_gas.start(now_ms)
        engine.since_fuelled.start(now_ms)
    engine.out_gas.command(1 if gas_on else 0, now_ms)
    engine.out_ignition.command(1 if ignition_on else 0, now_ms)
    engine.out_starter.command(1 if starter_on else 0, now_ms)
    engine.out_clutch.command(1 if clutch_in else 0, now_ms)
    engine.out_throttle.command(governor.throttle, now_ms)
    engine.starter_on = starter_on
    engine.gas_on = gas_on
    engine.ignition_on = ignition_on
    engine.clutch_in = clutch_in


def _gas_permitted(engine, state):
    """Gas only into an engine that is measured turning; once cut, only into one that still runs."""
    speed = engine.speed
    turning = speed.scaled >= engine.gas_min_rpm
    if state == states.CRANK:
        engine.gas_cut = False
        return turning and speed.newest_rpm >= engine.gas_min_rpm
    if not states.RUN_UP <= state <= states.COOL_DOWN:
        return False
    if not turning:
        engine.gas_cut = True
    elif engine.gas_cut and speed.scaled >= engine.underspeed_rpm:
        engine.gas_cut = False
    return not engine.gas_cut


def _speed_wanted(engine, state):
    if state == states.RUN:
        rpm = engine.orders.shift_rpm
        if rpm:
            return rpm if rpm < SHIFT_MAX_RPM else SHIFT_MAX_RPM
        rpm = engine.orders.speed_rpm
        if rpm > engine.speed_max_rpm:
            rpm = engine.speed_max_rpm
        if rpm < LOADED_MIN_RPM:
            rpm = LOADED_MIN_RPM
        return engine.governor.allowed(rpm, LOADED_MIN_RPM, engine.speed_max_rpm)
    if state <= states.PARK:
        return engine.warmup_rpm
    if state == states.ENGAGE:
        return engine.clutch_rpm - _CLUTCH_BELOW_RPM
    return engine.idle_rpm if state == states.COOL_DOWN else LOADED_MIN_RPM
