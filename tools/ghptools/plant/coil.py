"""Air side of the coil: fans, sensible and latent heat, frost, melting, drainage.

Sensible heat by NTU against the wall, latent heat by the difference of humidity ratios (Lewis number 1);
frost grows when the wall is below 0 °C, closes the air passages and insulates. Source: product specification
of the simulated machine; humidity by the Magnus formula (WMO).
"""

import math

from ghptools.plant import layout as L
from ghptools.plant import parameters as p
from ghptools.plant.jit import kernel

CP_AIR = 1006.0  # J/(kg·K)
H_VAPOUR = 2.50e6  # J/kg
H_FUSION = 3.34e5  # J/kg


@kernel
def humidity_ratio(t, relative):
    """kg of water per kg of dry air at ``t`` °C and relative humidity 0..1 (over ice below 0 °C), sea level."""
    if t >= 0.0:
        e = 611.2 * math.exp(17.62 * t / (243.12 + t))
    else:
        e = 611.2 * math.exp(22.46 * t / (272.62 + t))
    e = min(e * relative, 0.9 * p.P_AIR)
    return 0.62198 * e / (p.P_AIR - e)


@kernel
def coil_step(S, C, E, X, dt):
    """Advance fans, coil wall, frost and meltwater by one step."""
    running = C[L.C_LEAD_FAN_SPEED] + C[L.C_FAN_BANK_1] + 2.0 * (C[L.C_FAN_BANK_2] + C[L.C_FAN_BANK_3])
    S[L.S_FANS] += (running - S[L.S_FANS]) * dt / p.FAN_S
    frost = S[L.S_FROST]
    share = min(frost / p.FROST_FLOW_KG, 1.1)
    open_share = max(1.0 - 0.8 * share * math.sqrt(share), 0.12)
    flow = p.AIR_FULL * S[L.S_FANS] / 6.0 * E[L.E_AIR_FACTOR] * X[L.X_AIR_FLOW] * open_share + p.AIR_STILL
    S[L.S_AIRFLOW] = flow

    t_air = E[L.E_AMBIENT_C]
    wall = S[L.COIL + L.V_WALL]
    m_air = 352.9 / (t_air + 273.15) * flow  # kg/s at 101 kPa
    c_air = m_air * CP_AIR
    ua = p.UA_AIR * (flow / p.AIR_FULL) ** p.UA_AIR_EXP / (1.0 + frost / p.FROST_UA_KG) * X[L.X_FOUL_COIL]
    effect = 1.0 - math.exp(-ua / c_air)
    S[L.S_AIR_C] = c_air * effect
    q = c_air * effect * (t_air - wall)  # sensible, to the wall

    # latent
    w_air = humidity_ratio(t_air, E[L.E_HUMIDITY])
    w_wall = humidity_ratio(wall, 1.0)
    if w_air > w_wall:
        water = m_air * effect * (w_air - w_wall)
        if wall < 0.0:
            q += water * (H_VAPOUR + H_FUSION)
            frost += water * dt
        else:
            q += water * H_VAPOUR
            S[L.S_MELT] += water * dt

    # melting and refreezing
    if frost > 0.0 and wall > 0.0:
        q_melt = p.MELT_K * min(frost / 3.0, 1.0) * wall
        melted = min(p.MELT_SHARE * q_melt * dt / H_FUSION, frost)
        q -= q_melt
        frost -= melted
        S[L.S_MELT] += melted
    if S[L.S_MELT] > 0.0:
        if wall < 0.0:
            frozen = S[L.S_MELT] * min(dt / p.DRAIN_S * min(-wall, 5.0) * 0.2, 1.0)
            S[L.S_MELT] -= frozen
            frost += frozen
            q += frozen * H_FUSION / dt
        S[L.S_MELT] *= 1.0 - dt / p.DRAIN_S
    S[L.S_FROST] = min(frost, 250.0)

    S[L.COIL + L.V_WALL] = wall + (q + S[L.COIL + L.V_QWALL]) * dt / p.C_WALL_COIL
