"""Engine heat and exhaust: jacket, coolant loop, radiator, exhaust exchanger, catalyst, O2 sensor.

Jacket and oil = fuel·(0.30 + 0.06·(1 − load)); exhaust 525 + 40n + 70·load °C (n in krpm) through 105 W/K;
thermostat 76–86 °C, radiator above 95 °C, 16 kW/K to the hot water. Source: product specification of the
simulated machine; catalyst window 0.985–0.995 by the same.
"""

import math

from ghptools.plant import layout as L
from ghptools.plant import parameters as p
from ghptools.plant.jit import kernel


@kernel
def heat_step(S, C, E, X, dt):
    """Coolant, engine exchanger and radiator; shares of the fuel's heat."""
    rpm = S[L.S_W_ENGINE] * 30.0 / math.pi
    tc = S[L.S_COOLANT]
    amb = E[L.E_AMBIENT_C]
    load = min(max(S[L.S_T_BRAKE] / max(S[L.S_T_LIMIT], 50.0), 0.0), 1.0)
    firing = S[L.S_FIRING]
    burnt = S[L.S_P_LHV] * min(firing, 1.0)
    jacket = burnt * (0.30 + 0.06 * (1.0 - load))

    flow = S[L.S_AIR] + S[L.S_FUEL]
    c = flow * p.CP_EXHAUST
    target = 525.0 + 40.0 * rpm / 1000.0 + 70.0 * load
    if firing < 0.05:
        target = tc
    # manifold metal: 3 s with gas flowing, minutes without
    S[L.S_EXHAUST] += (target - S[L.S_EXHAUST]) * dt / (3.0 if firing >= 0.05 else 60.0)
    recovered = 0.0
    stack = 0.0
    if c > 1e-3 and firing >= 0.05:
        # 105 W/K at rated flow; turbulent gas side, UA ∝ flow^0.8
        ua = p.UA_EXHAUST * (flow / p.EXHAUST_FLOW) ** 0.8 * X[L.X_FOUL_EXHAUST]
        effect = 1.0 - math.exp(-ua / c)
        recovered = c * effect * (S[L.S_EXHAUST] - tc)
        stack = c * (S[L.S_EXHAUST] - 25.0) - recovered
    recovered = min(max(recovered, 0.0), 0.30 * burnt)
    stack = min(max(stack, 0.0), 0.30 * burnt)
    S[L.S_JACKET] = jacket
    S[L.S_EXHAUST_W] = recovered
    S[L.S_STACK] = stack

    pump = C[L.C_PUMP_COOLANT] * X[L.X_COOLANT_FLOW]
    pump = max(pump, 0.02)
    wax = min(max((tc - p.THERMOSTAT) / 10.0, 0.0), 1.0)
    over = min(max((tc - p.RADIATOR_AT) / 6.0, 0.0), 1.0)
    recovery = S[L.S_RECOVERY]
    ch = S[L.S_HOT_FLOW] * p.HOT_RC
    k = 200.0
    if ch > 1.0:
        k += ch * (1.0 - math.exp(-p.UA_ENGINE_HX * X[L.X_FOUL_ENGINE] / ch))
    water_in = S[L.S_COND_OUT] if ch > 1.0 else S[L.S_HX_OUT]
    q_water = pump * wax * recovery * k * (tc - water_in)
    fan = 1.0 if C[L.C_RADIATOR_FAN] > 0.5 else 0.07
    opening = min(wax * (1.0 - recovery) + over, 1.0)
    q_radiator = pump * opening * fan * p.K_RADIATOR * X[L.X_FOUL_RADIATOR] * (tc - amb)
    S[L.S_Q_ENGINE_WATER] = q_water
    S[L.S_Q_RADIATOR] = q_radiator
    loss = p.K_ENGINE_LOSS * (tc - amb)
    tc += (jacket + recovered - q_water - q_radiator - loss) * dt / p.C_COOLANT
    S[L.S_COOLANT] = min(max(tc, -50.0), 160.0)


@kernel
def catalyst_step(S, dt):
    """Exhaust transport, O2 sensor, catalyst temperature and emissions."""
    rpm = S[L.S_W_ENGINE] * 30.0 / math.pi
    lam = S[L.S_LAMBDA]
    # transport 120 ms at idle to 40 ms at full flow, as a ring of 10 ms samples
    at = (int(S[L.S_RING_AT]) + 1) % 16
    S[L.S_RING_AT] = at
    S[L.S_RING_0 + at] = lam
    delay = int(12.0 - 8.0 * min(S[L.S_AIR] / 0.08, 1.0) + 0.5)
    late = S[L.S_RING_0 + (at - delay + 16) % 16]
    S[L.S_LAMBDA_LATE] = late
    S[L.S_O2] += (late - S[L.S_O2]) * dt / 0.2

    firing = S[L.S_FIRING]
    t = S[L.S_CATALYST]
    light = 1.0 / (1.0 + math.exp(-(t - p.LIGHT_OFF) / 25.0))
    if firing >= 0.05:
        unburnt = max(1.0 - firing, 0.0)
        target = S[L.S_EXHAUST] - 30.0 + light * (40.0 + 500.0 * unburnt)
        S[L.S_CATALYST] += (target - t) * dt / p.CATALYST_S
    else:
        S[L.S_CATALYST] += (25.0 - t) * dt / (p.CATALYST_S * 12.0)
    if rpm < 100.0 or firing < 0.05:
        S[L.S_NOX] = 0.0
        S[L.S_CO] = 0.0
        return
    a = (late - 1.05) / 0.14
    nox = 2600.0 * math.exp(-a * a) * min(S[L.S_MANIFOLD] / 90e3, 1.0)
    co = 1200.0 + 90000.0 * max(1.005 - late, 0.0)
    # window: CO needs λ > 0.985, NOx needs λ < 0.995
    conv_co = 0.985 / (1.0 + math.exp(-(late - 0.981) / 0.0012))
    conv_nox = 0.985 / (1.0 + math.exp((late - 0.999) / 0.0012))
    S[L.S_NOX] = nox * (1.0 - light * conv_nox)
    S[L.S_CO] = co * (1.0 - light * conv_co)


@kernel
def o2_volts(S):
    """Narrow-band sensor, V: switches at λ 0.990 (natural gas shifts it rich), dead below 300 °C."""
    alive = 1.0 / (1.0 + math.exp(-(S[L.S_EXHAUST] - 300.0) / 10.0)) if S[L.S_EXHAUST] < 600.0 else 1.0
    return 0.05 + alive * 0.40 * (1.0 - math.tanh((S[L.S_O2] - 0.990) / 0.003))
