"""From commanded to effective: relays, positions with travel time, and their faults."""

import math

from ghptools.plant import layout as L
from ghptools.plant import parameters as p
from ghptools.plant.jit import kernel


@kernel
def effective(cmd, A, C):
    """Commands as the hardware sees them: relays 0/1, analog 0..1, stuck and welded contacts applied.

    A NaN command counts as 0 (an output without a value is a dead wire).
    """
    for i in range(cmd.size):
        value = cmd[i]
        if math.isnan(value):
            value = 0.0
        if i != L.C_EXPANSION_VALVE:
            value = min(max(value, 0.0), 1.0)
            if i < L.C_THROTTLE:
                value = 1.0 if value >= 0.5 else 0.0
            if A[i, L.A_STUCK] > 0.5 and A[i, L.A_AT] > -1e8 and not positional(i):
                value = A[i, L.A_AT]
        else:
            value = min(max(value, -1e9), 1e9)
        C[i] = value


@kernel
def positional(i):
    """True for actuators whose position, not whose command, gets stuck."""
    return (
        i == L.C_REVERSING_VALVE
        or i == L.C_WATER_VALVE
        or i == L.C_THROTTLE
        or i == L.C_MIXTURE_VALVE
        or i == L.C_HEAT_RECOVERY_VALVE
        or i == L.C_UNLOADER
        or i == L.C_CLUTCH
        or i == L.C_LIQUID_VALVE
    )


@kernel
def slide(now, target, rate_up, rate_down, A, i, dt):
    """Move ``now`` towards ``target`` at rates per second; a stuck actuator stays, or sits at its fault's place."""
    if A[i, L.A_STUCK] > 0.5:
        return min(max(A[i, L.A_AT], 0.0), 1.0) if A[i, L.A_AT] > -1e8 else now
    up = rate_up * A[i, L.A_RATE] * dt
    down = rate_down * A[i, L.A_RATE] * dt
    return now + min(max(target - now, -down), up)


@kernel
def actuator_step(S, C, A, dt):
    """Advance every actuator that has a position."""
    S[L.S_LIQVALVE] = slide(S[L.S_LIQVALVE], C[L.C_LIQUID_VALVE], 10.0, 10.0, A, L.C_LIQUID_VALVE, dt)
    S[L.S_UNLOAD] = slide(S[L.S_UNLOAD], C[L.C_UNLOADER], 2.0, 2.0, A, L.C_UNLOADER, dt)
    S[L.S_CLUTCH] = slide(
        S[L.S_CLUTCH], C[L.C_CLUTCH], 1.0 / p.CLUTCH_ON_S, 1.0 / p.CLUTCH_OFF_S, A, L.C_CLUTCH, dt
    )
    S[L.S_RECOVERY] = slide(S[L.S_RECOVERY], C[L.C_HEAT_RECOVERY_VALVE], 0.05, 0.05, A, L.C_HEAT_RECOVERY_VALVE, dt)
    w = 1.0 / p.WATER_VALVE_S
    S[L.S_WVALVE] = slide(S[L.S_WVALVE], C[L.C_WATER_VALVE], w, w, A, L.C_WATER_VALVE, dt)
    S[L.S_MIX] = _lag(S[L.S_MIX], C[L.C_MIXTURE_VALVE], 0.15, A, L.C_MIXTURE_VALVE, dt)
    S[L.S_THROTTLE] = _lag(S[L.S_THROTTLE], C[L.C_THROTTLE], p.THROTTLE_S, A, L.C_THROTTLE, dt)

    # the reversing valve is moved by the pressure difference, once its pilot has turned;
    # a stroke that has begun ends by itself while any difference drives it
    dp = abs(S[L.S_P_DISCHARGE] - S[L.S_P_SUCTION])
    moving = 0.02 < S[L.S_REV] < 0.98
    rate = 0.0
    if dp > p.REVERSING_DP or (moving and dp > 0.2 * p.REVERSING_DP):
        rate = 1.0 / p.REVERSING_S * min(max(dp / (2.0 * p.REVERSING_DP), 0.4), 2.0)
    S[L.S_REV] = slide(S[L.S_REV], C[L.C_REVERSING_VALVE], rate, rate, A, L.C_REVERSING_VALVE, dt)

    # stepper: pulses move the target, the stops swallow what goes beyond
    i = L.C_EXPANSION_VALVE
    sent = C[i] - S[L.S_VALVE_SENT]
    S[L.S_VALVE_SENT] = C[i]
    target = S[L.S_VALVE_TARGET] + sent * (1.0 - A[i, L.A_LOST])
    target = min(max(target, 0.0), p.VALVE_STEPS)
    step = p.VALVE_RATE * A[i, L.A_RATE] * dt
    if A[i, L.A_STUCK] > 0.5:
        if A[i, L.A_AT] > -1e8:
            S[L.S_VALVE] = min(max(A[i, L.A_AT], 0.0), p.VALVE_STEPS)
        target = S[L.S_VALVE]
    S[L.S_VALVE_TARGET] = target
    S[L.S_VALVE] += min(max(target - S[L.S_VALVE], -step), step)


@kernel
def _lag(now, target, tau, A, i, dt):
    """First-order actuator; stuck as in ``slide``."""
    if A[i, L.A_STUCK] > 0.5:
        return min(max(A[i, L.A_AT], 0.0), 1.0) if A[i, L.A_AT] > -1e8 else now
    return now + (target - now) * min(dt * A[i, L.A_RATE] / tau, 1.0)
