"""What the sensors show: lag, calibration, drift, noise, bursts, stuck, swapped; pulses and contacts.

Order of the chain: physical value → lag → swap → bias and drift → noise → burst → stuck. Random numbers
come from one xorshift generator in the plant's state, so equal seeds give equal runs.
"""

import numpy as np

from ghptools.plant import layout as L
from ghptools.plant import parameters as p
from ghptools.plant.exhaust import o2_volts
from ghptools.plant.jit import kernel

ANALOG = L.N_ENGINE_REVS  # sensors before this index are analog
PULSES = L.N_SAFETY_CHAIN  # from ANALOG to here: pulse inputs; the rest are contacts

# lag s, noise σ, calibration σ, range; unit of the sensor
# water probes 8–15 s, strapped probes 20–40 s, pressure 30 ms
CHARACTER = {
    "suction_pressure": (0.03, 0.6, 3.0, 1379.0),
    "discharge_pressure": (0.03, 1.5, 8.0, 3447.0),
    "oil_pressure": (0.05, 1.0, 3.0, 690.0),
    "gas_pressure": (0.05, 0.01, 0.02, 7.5),
    "suction_temp": (20.0, 0.03, 0.15, 190.0),
    "liquid_temp": (20.0, 0.03, 0.15, 190.0),
    "coil_temp": (25.0, 0.03, 0.15, 190.0),
    "ambient_temp": (40.0, 0.03, 0.15, 190.0),
    "entering_water": (10.0, 0.03, 0.15, 190.0),
    "condenser_water": (10.0, 0.03, 0.15, 190.0),
    "leaving_water": (10.0, 0.03, 0.15, 190.0),
    "chilled_entering": (10.0, 0.03, 0.15, 190.0),
    "chilled_leaving": (8.0, 0.03, 0.15, 190.0),
    "coolant_temp": (8.0, 0.05, 0.2, 190.0),
    "discharge_temp": (20.0, 0.05, 0.3, 190.0),
    "exhaust_temp": (2.0, 0.5, 2.0, 1000.0),
    "catalyst_temp": (2.0, 0.5, 2.0, 1000.0),
    "lambda_volts": (0.02, 0.004, 0.0, 1.0),
    "battery_volts": (0.02, 0.02, 0.03, 18.0),
}


@kernel
def draw(rng):
    """Uniform random number in 0..1 (xorshift64)."""
    x = rng[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    rng[0] = x
    return float(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def normal(rng):
    """Nearly normal random number, σ = 1, |x| < 3.5 (sum of four uniform ones)."""
    return (draw(rng) + draw(rng) + draw(rng) + draw(rng) - 2.0) * 1.7320508


@kernel
def physical(S, E, X, W):
    """The values at the places of the analog sensors, into ``W``."""
    W[L.N_SUCTION_PRESSURE] = S[L.S_P_SUCTION] * 1e-3
    W[L.N_DISCHARGE_PRESSURE] = S[L.S_P_DISCHARGE] * 1e-3
    W[L.N_OIL_PRESSURE] = S[L.S_OIL]
    kpa = X[L.X_GAS_KPA] if X[L.X_GAS_KPA] >= 0.0 else E[L.E_GAS_SUPPLY_KPA]
    W[L.N_GAS_PRESSURE] = max(kpa - 0.25 * min(S[L.S_FUEL] / 0.005, 1.0), 0.0)
    W[L.N_SUCTION_TEMP] = S[L.S_T_SUCTION]
    W[L.N_LIQUID_TEMP] = S[L.S_T_LIQUID]
    # liquid end of the coil: evaporating near the refrigerant, condensing near the liquid leaving it
    W[L.N_COIL_TEMP] = S[L.COIL + L.V_TSAT] if S[L.S_REV] < 0.5 else S[L.COIL + L.V_TSAT] - S[L.S_SUBCOOL]
    W[L.N_AMBIENT_TEMP] = E[L.E_AMBIENT_C]
    W[L.N_ENTERING_WATER] = S[L.S_TANK_3]
    W[L.N_CONDENSER_WATER] = S[L.S_COND_OUT]
    W[L.N_LEAVING_WATER] = S[L.S_HX_OUT]
    w = S[L.S_WVALVE]
    W[L.N_CHILLED_ENTERING] = S[L.S_COLD_2]
    W[L.N_CHILLED_LEAVING] = w * S[L.S_PLATE_OUT] + (1.0 - w) * S[L.S_COLD_2]
    W[L.N_COOLANT_TEMP] = S[L.S_COOLANT]
    W[L.N_DISCHARGE_TEMP] = S[L.S_T_DISCHARGE]
    W[L.N_EXHAUST_TEMP] = S[L.S_EXHAUST]
    W[L.N_CATALYST_TEMP] = S[L.S_CATALYST]
    W[L.N_LAMBDA_VOLTS] = o2_volts(S)
    W[L.N_BATTERY_VOLTS] = S[L.S_BATTERY]


@kernel
def lag_step(W, F, dt):
    """Let the analog sensors follow."""
    for i in range(ANALOG):
        F[i, L.F_TRUE] += (W[i] - F[i, L.F_TRUE]) * min(dt / (F[i, L.F_TAU] * F[i, L.F_SLOW]), 1.0)


@kernel
def show_analog(S, F, rng, sensed):
    """Faults and noise of the analog sensors, into ``sensed``."""
    for i in range(ANALOG):
        value = F[int(F[i, L.F_SWAP]), L.F_TRUE]
        hours = (S[L.S_TIME] - F[i, L.F_SINCE]) / 3600.0
        value += F[i, L.F_OFFSET] + F[i, L.F_BIAS] + F[i, L.F_DRIFT] * hours
        if F[i, L.F_SIGMA] > 0.0:
            value += normal(rng) * F[i, L.F_SIGMA] * F[i, L.F_NOISE]
        if F[i, L.F_BURST] > 0.0 and draw(rng) < F[i, L.F_BURST]:
            value += (1.0 if draw(rng) < 0.5 else -1.0) * F[i, L.F_SIZE] * F[i, L.F_RANGE]
        if F[i, L.F_STUCK] > 0.5:
            if F[i, L.F_AT] < -1e8:
                F[i, L.F_AT] = sensed[i]
            value = F[i, L.F_AT]
        sensed[i] = value


@kernel
def pulse(F, i, amount, rng, sensed, dt):
    """Add a step's ``amount`` to pulse input ``i``, less what is lost, plus what noise adds."""
    if F[i, L.F_STUCK] < 0.5:
        sensed[i] += amount * (1.0 - F[i, L.F_LOST])
    if F[i, L.F_EXTRA] > 0.0 and draw(rng) < F[i, L.F_BURST]:
        sensed[i] += F[i, L.F_EXTRA] * dt / F[i, L.F_BURST]


@kernel
def contact_step(S, E, X, F, sensed):
    """Switches and contacts; hysteresis of the flow and gas switches, latch of the high pressure switch."""
    if S[L.S_P_DISCHARGE] > p.P_SWITCH:
        S[L.S_HP_OPEN] = 1.0
    S[L.S_SW_HOT] = _switch(S[L.S_SW_HOT], S[L.S_HOT_FLOW] / p.GPM, 12.0, 16.0)
    S[L.S_SW_COLD] = _switch(S[L.S_SW_COLD], S[L.S_CHILLED_FLOW] / p.GPM, 48.0, 60.0)
    kpa = X[L.X_GAS_KPA] if X[L.X_GAS_KPA] >= 0.0 else E[L.E_GAS_SUPPLY_KPA]
    S[L.S_SW_GAS] = _switch(S[L.S_SW_GAS], kpa, 0.75, 1.0)
    stop = E[L.E_EMERGENCY_STOP_PRESSED] > 0.5
    healthy = S[L.S_HP_OPEN] < 0.5
    _contact(S, F, sensed, L.N_SAFETY_CHAIN, healthy and not stop)
    _contact(S, F, sensed, L.N_HIGH_PRESSURE_SWITCH, healthy)
    _contact(S, F, sensed, L.N_EMERGENCY_STOP, not stop)
    _contact(S, F, sensed, L.N_FLOW_SWITCH_HOT, S[L.S_SW_HOT] > 0.5)
    _contact(S, F, sensed, L.N_FLOW_SWITCH_CHILLED, S[L.S_SW_COLD] > 0.5)
    _contact(S, F, sensed, L.N_GAS_PRESSURE_SWITCH, S[L.S_SW_GAS] > 0.5)
    _contact(S, F, sensed, L.N_REMOTE_ENABLE, E[L.E_REMOTE_ENABLE] > 0.5)
    _contact(S, F, sensed, L.N_CALL_HEAT, E[L.E_CALL_HEAT] > 0.5)
    _contact(S, F, sensed, L.N_CALL_COOL, E[L.E_CALL_COOL] > 0.5)
    _contact(S, F, sensed, L.N_PEAK_SIGNAL, E[L.E_PEAK_SIGNAL] > 0.5)
    _contact(S, F, sensed, L.N_VALVE_AT_HOT, S[L.S_WVALVE] < 0.01)
    _contact(S, F, sensed, L.N_VALVE_AT_CHILLED, S[L.S_WVALVE] > 0.99)


@kernel
def _switch(state, value, low, high):
    if value > high:
        return 1.0
    if value < low:
        return 0.0
    return state


@kernel
def _contact(S, F, sensed, i, closed):
    """Show contact ``i``; a late one shows a change once it has lasted."""
    if F[i, L.F_STUCK] > 0.5:
        if F[i, L.F_AT] < -1e8:
            F[i, L.F_AT] = sensed[i]
        sensed[i] = F[i, L.F_AT]
    elif closed == (sensed[i] > 0.5):
        F[i, L.F_SINCE] = S[L.S_TIME]
    elif S[L.S_TIME] - F[i, L.F_SINCE] >= F[i, L.F_LATE]:
        sensed[i] = 1.0 if closed else 0.0
