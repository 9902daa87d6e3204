"""Open reciprocating compressor: suction state, flow, work, torque and the cooling of its discharge gas.

m = η_v·V_d·N·ρ_s with η_v = 1 − C·(PR^(1/1.1) − 1) − leak − throttling(N²); work by a constant isentropic
exponent of 1.075 over η_s, which peaks at PR 3.8; torque = work per radian + 6 N·m; 5 % of the shaft work
leaves through the case. Source: product specification of the simulated machine.
"""

import math

from ghptools.plant import layout as L
from ghptools.plant import parameters as p
from ghptools.plant import refrigerant as r
from ghptools.plant.jit import kernel
from ghptools.plant.refrigerant import gas_temp, sat


@kernel
def volumetric_efficiency(pr, rpm, unload):
    """η_v, 0.02..1, for pressure ratio, speed in rpm and unloader position 0..1."""
    n = rpm / 3000.0
    eta = 1.0 - p.ETA_V_C * (pr ** (1.0 / 1.1) - 1.0) - p.ETA_V_LEAK - p.ETA_V_THROTTLE * n * n
    return max(eta, 0.02) * (1.0 - (1.0 - p.UNLOADED) * unload)


@kernel
def isentropic_efficiency(pr):
    """η_s against the constant-exponent work, falling both ways from PR 3.8, at least 0.35."""
    a = math.log(pr / p.ETA_S_PR)
    return max(p.ETA_S_PEAK - (p.ETA_S_LOW if a < 0.0 else p.ETA_S_HIGH) * a * a, 0.35)


@kernel
def suction_state(S, tab, s, secondary, m_last):
    """Gas leaving the evaporator: (temperature °C, quality, volume m³/kg, enthalpy J/kg, superheating J/kg).

    The dry part of the exchanger superheats by NTU; liquid beyond the wetting charge is carried over.
    """
    t_sat = S[s + L.V_TSAT]
    wet = S[s + L.V_WET]
    h_g = sat(tab, r.HG, t_sat)
    v_g = sat(tab, r.VG, t_sat)
    cp = sat(tab, r.CP, t_sat)
    beta = sat(tab, r.BETA, t_sat)
    if wet > 1.0:
        y = min((wet - 1.0) * p.CARRY_OVER, p.CARRY_MAX)
        v_l = sat(tab, r.VL, t_sat)
        h_l = sat(tab, r.HL, t_sat)
        return t_sat, 1.0 - y, v_g + y * (v_l - v_g), h_g + y * (h_l - h_g), 0.0
    t_gas = max(S[s + L.V_T], t_sat)
    t = t_gas
    if secondary > t_gas:
        ua = p.UA_DRY_COIL if s == L.COIL else p.UA_DRY_PLATE
        ntu = ua * (1.0 - wet) / (max(m_last, 0.02) * cp)
        t = secondary - (secondary - t_gas) * math.exp(-min(ntu, 20.0))
    dh = cp * (t - t_gas)
    return t, 1.0, v_g * (1.0 + beta * (t - t_sat)), h_g + cp * (t - t_sat), dh


@kernel
def compress(S, X, tab, d, s, secondary, dt):
    """Compressor between vessels ``s`` and ``d``.

    Returns (kg/s, superheating heat taken from the evaporator's wall W, (enthalpy leaving the suction vessel,
    enthalpy entering the discharge vessel before desuperheating) J/kg, desuperheating heat W).
    """
    p_s = S[s + L.V_P]
    p_d = S[d + L.V_P] + 1000.0 * X[L.X_NONCOND]
    S[L.S_P_SUCTION] = p_s
    S[L.S_P_DISCHARGE] = p_d
    pr = max(p_d / p_s, 1.0)
    omega = S[L.S_W_COMP]
    rpm = omega * 30.0 / math.pi
    t, x, v, h, dh = suction_state(S, tab, s, secondary, S[L.S_M_COMP])
    eta_v = volumetric_efficiency(pr, rpm, S[L.S_UNLOAD])
    per_radian = eta_v * p.V_DISP / (2.0 * math.pi) / v
    flow = per_radian * omega
    available = S[s + L.V_KG] * 0.1 / dt
    if S[s + L.V_X] >= 1.0:
        available *= 0.3
    flow = min(flow, available)
    k = p.K_ISENTROPIC / (p.K_ISENTROPIC - 1.0)
    specific = k * p_s * v * (pr ** (1.0 / k) - 1.0) / isentropic_efficiency(pr)
    torque = per_radian * specific + p.T_MECH
    if S[L.S_TIME] < X[L.X_COMP_UNTIL]:
        torque *= X[L.X_COMP_TORQUE]
    S[L.S_T_LOAD] = torque
    power = torque * omega
    S[L.S_SHAFT] = power
    h_out = h
    if flow > 1e-6:
        h_out = h + min((1.0 - p.CASE_LOSS) * power / flow, 250e3)
    t_sat_d = S[d + L.V_TSAT]
    t_out = gas_temp(tab, t_sat_d, h_out)
    q = 0.0
    if flow > 1e-6:
        cp = sat(tab, r.CP, t_sat_d)
        cool = S[L.S_PLATE_OUT] if d == L.PLATE else S[L.COIL + L.V_WALL]
        effect = 1.0 - math.exp(-min(p.UA_DESUPER / (flow * cp), 20.0))
        q = effect * flow * cp * (t_out - cool)
        above = flow * (h_out - sat(tab, r.HG, t_sat_d))
        q = min(q, max(above, 0.0))
        S[L.S_T_DISCHARGE] = t_out
    S[L.S_M_COMP] = flow
    S[L.S_T_SUCTION] = t
    S[L.S_X_SUCTION] = x
    S[L.S_SUPERHEAT] = t - S[s + L.V_TSAT]
    return flow, flow * dh, (h - dh, h_out), q
