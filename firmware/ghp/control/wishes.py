"""What the engine's state asks of the slow task and tells the trips: valve mode, pumps, fans, what is armed."""

from micropython import const

from ghp.control import states

VALVE_HOLD = const(0)  # no movement
VALVE_EQUALISE = const(1)  # open wide until the pressures are equal
VALVE_START = const(2)  # at its start opening
VALVE_CONTROL = const(3)  # superheat loop
VALVE_SHUT = const(4)  # pump-down

_STILL_MS = const(200000)  # the exchanger's water may stand for this long while the compressor brings it to temperature
_ARM_MS = const(5000)  # underspeed is judged this long after the starter is off
_EQUALISE_AFTER_MS = const(300000)  # the valve stays open after a fast stop for at most this long


def publish(engine, now_ms):
    """Refresh the engine's published wishes for this scan."""
    state = engine.state
    engine.running = states.WARM_UP <= state <= states.COOL_DOWN
    engine.loaded = state == states.RUN
    engine.parked = state == states.PARK
    engine.unload_wanted = state != states.RUN or engine.orders.shift_rpm > 0
    engine.fans_wanted = engine.clutch_in
    # Without the compressor no heat goes into the water that its absence could harm; and the pumps have to rest
    # while a water valve travels.  Standing water under a turning compressor has its own time limit.
    still = engine.orders.still and engine.unload_wanted and (
        not engine.clutch_in or engine.since_clutch.age_ms < _STILL_MS
    )
    engine.flow_armed = states.VENTILATE <= state <= states.PUMP_DOWN and state != states.PARK and not still
    engine.underspeed_armed = engine.running and engine.since_starter.age_ms >= _ARM_MS
    mode = _valve(engine, state)
    engine.valve_mode = mode
    engine.liquid_valve_wanted = VALVE_EQUALISE <= mode <= VALVE_CONTROL
    if state == states.OFF and engine.pickup.turning:  # after a reset while running: it has heat to lose
        engine.since_fuelled.start(now_ms)
    # Post-runs count from the last fuel, whatever is asked meanwhile.
    fuelled_ms = engine.since_fuelled.age_ms
    engine.pump_hot_wanted = state != states.OFF or fuelled_ms < engine.water_post_ms
    engine.pump_coolant_wanted = state >= states.PURGE or fuelled_ms < engine.coolant_post_ms
    engine.enclosure_fan_wanted = engine.pump_coolant_wanted or state >= states.VENTILATE


def _valve(engine, state):
    if state == states.OFF:
        # after a fast stop the pressures still have to come together
        if engine.equalising and (engine.equalised() or engine.age_ms() >= _EQUALISE_AFTER_MS):
            engine.equalising = False
        return VALVE_EQUALISE if engine.equalising else VALVE_HOLD
    engine.equalising = state == states.FAST
    if engine.equalising or states.VENTILATE <= state <= states.PARK:
        return VALVE_EQUALISE
    if state == states.ENGAGE or state == states.OPENING:
        return VALVE_START
    if state == states.RUN or state == states.UNLOAD:
        return VALVE_CONTROL
    return VALVE_SHUT if state == states.PUMP_DOWN else VALVE_HOLD
