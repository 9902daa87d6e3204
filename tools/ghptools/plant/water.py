"""Water side: pumps, plate, changeover pair, engine exchanger, hot tank, chilled tank, ice.

Plate: overall UA ∝ flow^0.7, exchanged by NTU against the wall; at zero flow conduction to the standing water
remains. Tanks are columns of ideally mixed nodes. Source: product specification of the simulated machine.
"""

import math

from ghptools.plant import layout as L
from ghptools.plant import parameters as p
from ghptools.plant.jit import kernel


@kernel
def pump_step(S, C, E, X, dt):
    """Flows of both loops, L/s, and the share that passes the plate."""
    S[L.S_PUMP_SPEED] += (C[L.C_PUMP_HOT_SPEED] - S[L.S_PUMP_SPEED]) * dt / 1.0
    hot = C[L.C_PUMP_HOT] * (20.0 + 100.0 * S[L.S_PUMP_SPEED]) * p.GPM
    cold = C[L.C_PUMP_CHILLED] * 120.0 * p.GPM
    hot *= E[L.E_HOT_PUMP_FACTOR] * X[L.X_HOT_FLOW]
    cold *= E[L.E_CHILLED_PUMP_FACTOR] * X[L.X_CHILLED_FLOW]
    S[L.S_HOT_FLOW] += (hot - S[L.S_HOT_FLOW]) * dt / p.PUMP_HOT_S
    S[L.S_CHILLED_FLOW] += (cold - S[L.S_CHILLED_FLOW]) * dt / p.PUMP_CHILLED_S
    if S[L.S_HOT_FLOW] < 1e-3:
        S[L.S_HOT_FLOW] = 0.0
    if S[L.S_CHILLED_FLOW] < 1e-3:
        S[L.S_CHILLED_FLOW] = 0.0


@kernel
def plate_step(S, X, dt):
    """Plate wall and the water in the plate, fed by one loop or, in mid-travel, by both."""
    w = S[L.S_WVALVE]
    hot = S[L.S_HOT_FLOW] * (1.0 - w)
    cold = S[L.S_CHILLED_FLOW] * w
    c = hot * p.HOT_RC + cold * p.COLD_RC
    t_in = S[L.S_PLATE_IN]
    if c > 1.0:
        t_in = (hot * p.HOT_RC * S[L.S_TANK_3] + cold * p.COLD_RC * S[L.S_COLD_2]) / c
    wall = S[L.PLATE + L.V_WALL]
    t_out = S[L.S_PLATE_OUT]
    k = 0.0
    if c > 1.0:
        if S[L.PLATE + L.V_TSAT] > wall:
            area = 1.0 - S[L.PLATE + L.V_FLOOD]
            ua = p.UA_PLATE_COND * X[L.X_FOUL_COND] * ((hot + cold) / (100.0 * p.GPM)) ** 0.7
        else:
            area = min(S[L.PLATE + L.V_WET], 1.0)
            ua = p.UA_PLATE_EVAP * X[L.X_FOUL_EVAP] * ((hot + cold) / (120.0 * p.GPM)) ** 0.7
        area = max(area, 0.05)
        overall = c * (1.0 - math.exp(-ua * area / c))
        # series: the refrigerant's own resistance is modelled at the wall
        k = 1.0 / (1.0 / overall - 1.0 / (1.2 * p.KR_PLATE * area))
    q = k * (wall - t_in) + p.K_STILL * (wall - t_out)
    S[L.S_Q_PLATE] = q
    S[L.PLATE + L.V_WALL] = wall + (S[L.PLATE + L.V_QWALL] - q) * dt / p.C_WALL_PLATE
    q_direct = q + S[L.S_Q_DESUPER] + S[L.S_Q_SUBCOOL]
    # semi-implicit in the outlet temperature, stable at any flow
    heat = p.PLATE_WATER * (p.HOT_RC * (1.0 - w) + p.COLD_RC * w)
    S[L.S_PLATE_OUT] = (t_out + (c * t_in + q_direct) * dt / heat) / (1.0 + c * dt / heat)
    S[L.S_PLATE_IN] = t_in
    S[L.S_PLATE_FLOW] = hot + cold

    if wall < 0.0 and S[L.S_PLATE_OUT] < 4.0:
        S[L.S_ICE_S] += dt
        if S[L.S_ICE_S] > 2.0:
            S[L.S_ICE] = 1.0
    else:
        S[L.S_ICE_S] = max(S[L.S_ICE_S] - dt, 0.0)
        if S[L.S_PLATE_OUT] > 4.0 and S[L.S_ICE_S] <= 0.0:
            S[L.S_ICE] = 0.0


@kernel
def loops_step(S, E, dt):
    """Hot and chilled tank with their loads."""
    w = S[L.S_WVALVE]
    # hot loop: condenser_water is the mix after plate or bypass
    flow = S[L.S_HOT_FLOW]
    S[L.S_COND_OUT] = (1.0 - w) * S[L.S_PLATE_OUT] + w * S[L.S_TANK_3]
    c = flow * p.HOT_RC
    heat = p.HX_WATER * p.HOT_RC
    S[L.S_HX_OUT] = (S[L.S_HX_OUT] + (c * S[L.S_COND_OUT] + S[L.S_Q_ENGINE_WATER]) * dt / heat) / (
        1.0 + c * dt / heat
    )

    node = S[L.S_TANK_M3] * 250.0 * p.HOT_RC  # J/K of a quarter
    load = E[L.E_HOT_LOAD_FLOW_LPS]
    if load <= 0.0:
        load = E[L.E_HOT_LOAD_W] / (10.0 * p.HOT_RC)
    top = S[L.S_TANK_0]
    served = 0.0
    back = top
    if load > 1e-6:
        back = max(top - E[L.E_HOT_LOAD_W] / (load * p.HOT_RC), min(top, 10.0))
        served = load * p.HOT_RC * (top - back)
    S[L.S_HOT_SERVED] = served
    makeup = max(E[L.E_HOT_MAKEUP_LPS], 0.0)
    down = (flow - load - makeup) * p.HOT_RC  # W/K, net stream towards the bottom
    loss = p.TANK_LOSS * 0.25
    t0 = S[L.S_TANK_0]
    t1 = S[L.S_TANK_1]
    t2 = S[L.S_TANK_2]
    t3 = S[L.S_TANK_3]
    q01 = _stream(down, t0, t1) + _mixing(t0, t1)
    q12 = _stream(down, t1, t2) + _mixing(t1, t2)
    q23 = _stream(down, t2, t3) + _mixing(t2, t3)
    amb = E[L.E_AMBIENT_C]
    out = (load + makeup) * p.HOT_RC
    S[L.S_TANK_0] = t0 + (c * S[L.S_HX_OUT] - out * t0 - q01 - loss * (t0 - amb)) * dt / node
    S[L.S_TANK_1] = t1 + (q01 - q12 - loss * (t1 - amb)) * dt / node
    S[L.S_TANK_2] = t2 + (q12 - q23 - loss * (t2 - amb)) * dt / node
    inflow = load * p.HOT_RC * back + makeup * p.HOT_RC * E[L.E_HOT_MAKEUP_C]
    S[L.S_TANK_3] = t3 + (q23 + inflow - c * t3 - loss * (t3 - amb)) * dt / node

    # chilled loop: node 0 cold end (unit returns here), node 2 warm end (unit draws here)
    flow = S[L.S_CHILLED_FLOW]
    c = flow * p.COLD_RC
    leaving = w * S[L.S_PLATE_OUT] + (1.0 - w) * S[L.S_COLD_2]
    node = S[L.S_COLD_M3] * (1000.0 / 3.0) * p.COLD_RC
    load = E[L.E_CHILLED_LOAD_FLOW_LPS]
    if load <= 0.0:
        load = E[L.E_CHILLED_LOAD_W] / (5.6 * p.COLD_RC)
    t0 = S[L.S_COLD_0]
    t1 = S[L.S_COLD_1]
    t2 = S[L.S_COLD_2]
    served = 0.0
    back = t0
    if load > 1e-6:
        back = min(t0 + E[L.E_CHILLED_LOAD_W] / (load * p.COLD_RC), max(t0, 40.0))
        served = load * p.COLD_RC * (back - t0)
    S[L.S_COLD_SERVED] = served
    up = (flow - load) * p.COLD_RC  # W/K, net stream towards the warm end
    q01 = _stream(up, t0, t1) + _mixing(t1, t0) * -1.0
    q12 = _stream(up, t1, t2) + _mixing(t2, t1) * -1.0
    S[L.S_COLD_0] = t0 + (c * leaving - load * p.COLD_RC * t0 - q01 - loss * (t0 - amb)) * dt / node
    S[L.S_COLD_1] = t1 + (q01 - q12 - loss * (t1 - amb)) * dt / node
    S[L.S_COLD_2] = t2 + (q12 + load * p.COLD_RC * back - c * t2 - loss * (t2 - amb)) * dt / node


@kernel
def _stream(rate, t_from, t_to):
    """Heat carried by a net stream between nodes (upwind), W above 0 °C."""
    return rate * (t_from if rate >= 0.0 else t_to)


@kernel
def _mixing(upper, lower):
    """Conduction between nodes, and brisk overturning when the lower node is warmer, W."""
    d = upper - lower
    return d * (p.MIX_K if d > 0.0 else 50.0 * p.MIX_K)
