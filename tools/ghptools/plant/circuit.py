"""The refrigerant circuit: two vessels with a charge inventory, a bridge-fed receiver, and what joins them.

Each exchanger (with its gas line) is one vessel of mass and internal energy; the receiver belongs to the
vessel with the higher pressure, as a bridge of check valves makes it. Mass and energy only move between the
vessels and the outside, so the charge is exact to rounding. Sources: product specification for the model
and its numbers; the flash follows u(T, v) = U/M.
"""

import math

from ghptools.plant import layout as L
from ghptools.plant import parameters as p
from ghptools.plant import refrigerant as r
from ghptools.plant.compressor import compress
from ghptools.plant.jit import kernel
from ghptools.plant.refrigerant import flash, gas_cv, sat


@kernel
def receiver_step(S, tab, dt):
    """Let the check valves give the receiver, with what is in it, to the side with the higher pressure."""
    dp = S[L.PLATE + L.V_P] - S[L.COIL + L.V_P]
    if dp > 20e3:
        S[L.S_RECEIVER_AT] = 1.0
    elif dp < -20e3:
        S[L.S_RECEIVER_AT] = 0.0
    share = S[L.S_RECEIVER]
    change = min(max(S[L.S_RECEIVER_AT] - share, -dt), dt)
    if change == 0.0:
        return
    if change > 0.0:
        giver, taker, held = L.COIL, L.PLATE, 1.0 - share
    else:
        giver, taker, held = L.PLATE, L.COIL, share
    t = S[giver + L.V_TSAT]
    volume = abs(change) * p.V_RECEIVER
    liquid_volume = S[giver + L.V_LIQ] * sat(tab, r.VL, t)
    fill = min(1.0, liquid_volume / max(held * p.V_RECEIVER, 1e-6))
    liquid = volume * fill / sat(tab, r.VL, t)
    gas = volume * (1.0 - fill) / max(sat(tab, r.VG, t), 1e-4)
    if S[giver + L.V_X] > 1.0:
        gas *= (t + r.KELVIN) / (S[giver + L.V_T] + r.KELVIN)
    limit = 0.2 * S[giver + L.V_KG] / max(liquid + gas, 1e-12)
    if limit < 1.0:
        liquid *= limit
        gas *= limit
    u_gas = sat(tab, r.UG, t) + gas_cv(t) * max(S[giver + L.V_T] - t, 0.0)
    energy = liquid * sat(tab, r.UL, t) + gas * u_gas
    S[giver + L.V_KG] -= liquid + gas
    S[taker + L.V_KG] += liquid + gas
    S[giver + L.V_J] -= energy
    S[taker + L.V_J] += energy
    S[L.S_RECEIVER] = share + change


@kernel
def vessel_state(S, tab, v, volume, receiver_volume, exchanger_volume, wet_charge):
    """Flash one vessel and say how much of its exchanger is flooded and wetted."""
    mass = S[v + L.V_KG]
    t, t_sat, pressure, x = flash(tab, mass, S[v + L.V_J], volume, S[v + L.V_T])
    if x <= 0.0:
        liquid = mass
    elif x >= 1.0:
        liquid = 0.0
    else:
        liquid = mass * (1.0 - x)
    S[v + L.V_T] = t
    S[v + L.V_TSAT] = t_sat
    S[v + L.V_P] = max(pressure, 1000.0)
    S[v + L.V_X] = x
    S[v + L.V_LIQ] = liquid
    v_l = sat(tab, r.VL, t_sat)
    outside = liquid * v_l - receiver_volume
    S[v + L.V_WET] = max(outside, 0.0) / v_l / wet_charge
    # the receiver's surface and pipes make liquid back up gradually around "just full"
    backed = 0.5 * (outside + math.sqrt(outside * outside + p.BACK_UP * p.BACK_UP))
    S[v + L.V_FLOOD] = min(backed / exchanger_volume, 0.97)


@kernel
def wall_heat(S, v, k_two_phase, k_gas, outside):
    """Heat from refrigerant to wall, W. The gas temperature, not saturation, drives a dry vessel.

    Only the share of the exchanger that boils or condenses takes part, on both of its sides: with ``outside`` W/K
    from wall to air the series conductance of that share is area/(1/outside + 1/k). ``outside`` = 0: the caller
    accounts for the area on the other side itself.
    """
    wall = S[v + L.V_WALL]
    if S[v + L.V_X] >= 1.0:
        return k_gas * (S[v + L.V_T] - wall)
    d = S[v + L.V_TSAT] - wall
    area = 1.0 - S[v + L.V_FLOOD] if d > 0.0 else min(S[v + L.V_WET], 1.0)
    k = k_two_phase * area
    if outside > 0.0 and area > 0.01:
        k = 1.0 / ((1.0 / outside + 1.0 / k_two_phase) / area - 1.0 / outside)
    return (k + k_gas * (1.0 - area)) * d


@kernel
def gas_enthalpy(S, tab, v):
    """Enthalpy of the vapour in a vessel, J/kg."""
    t_sat = S[v + L.V_TSAT]
    return sat(tab, r.HG, t_sat) + sat(tab, r.CP, t_sat) * max(S[v + L.V_T] - t_sat, 0.0)


@kernel
def gas_density(S, tab, v):
    """Density of the vapour in a vessel, kg/m³."""
    t_sat = S[v + L.V_TSAT]
    return 1.0 / (sat(tab, r.VG, t_sat) * (1.0 + sat(tab, r.BETA, t_sat) * max(S[v + L.V_T] - t_sat, 0.0)))


@kernel
def orifice(area, rho, dp):
    """Mass flow through an opening, kg/s: A·√(2·ρ·Δp), linear inside 2 kPa so that equal pressures rest."""
    a = abs(dp)
    return area * math.sqrt(2.0 * rho) * dp / math.sqrt(a + 2000.0 * math.exp(-a / 4000.0))


@kernel
def subcooling(S, tab, v, flow, secondary):
    """Subcooling of the liquid leaving vessel ``v``, K: the flooded part against the secondary stream."""
    t_sat = S[v + L.V_TSAT]
    if secondary >= t_sat or flow <= 1e-6:
        return 0.0
    ua = p.UA_SUBCOOL
    if v == L.PLATE:  # water side, ∝ flow^0.7 as the rest of the plate
        ua *= (max(S[L.S_PLATE_FLOW], 0.1) / (100.0 * p.GPM)) ** 0.7
    ntu = ua * S[v + L.V_FLOOD] / (flow * sat(tab, r.CPL, t_sat))
    return (t_sat - secondary) * (1.0 - math.exp(-min(ntu, 20.0)))


@kernel
def circuit_step(S, X, E, tab, dt):
    """Advance both vessels by one step. Returns nothing; all results are in ``S``."""
    receiver_step(S, tab, dt)
    share = S[L.S_RECEIVER]
    rec_coil = p.V_RECEIVER * (1.0 - share)
    rec_plate = p.V_RECEIVER * share
    vessel_state(S, tab, L.COIL, p.V_COIL + p.V_LINE_COIL + rec_coil, rec_coil, p.V_COIL, p.WET_COIL)
    vessel_state(S, tab, L.PLATE, p.V_PLATE + p.V_LINE_PLATE + rec_plate, rec_plate, p.V_PLATE, p.WET_PLATE)

    heating = S[L.S_REV] < 0.5
    d = L.PLATE if heating else L.COIL  # discharge side
    s = L.COIL if heating else L.PLATE  # suction side
    p_d = S[d + L.V_P]
    p_s = S[s + L.V_P]

    # what the water or air offers to superheat and subcool against
    air_mix = S[L.S_AIRFLOW] / (S[L.S_AIRFLOW] + 2.0)
    t_air = S[L.COIL + L.V_WALL] + air_mix * (E[L.E_AMBIENT_C] - S[L.COIL + L.V_WALL])
    water_mix = S[L.S_PLATE_FLOW] / (S[L.S_PLATE_FLOW] + 0.5)
    t_water = S[L.PLATE + L.V_WALL] + water_mix * (S[L.S_PLATE_IN] - S[L.PLATE + L.V_WALL])

    # fins conduct along the wall: never less than FIN_K even in still air
    q_coil = wall_heat(S, L.COIL, p.KR_COIL, p.K_GAS_COIL, max(S[L.S_AIR_C], p.FIN_K))
    q_plate = wall_heat(S, L.PLATE, p.KR_PLATE, p.K_GAS_PLATE, 0.0)

    m_c, q_superheat, h_in, q_desuper = compress(
        S, X, tab, d, s, t_air if heating else t_water, dt
    )
    if m_c <= 1e-6:
        S[L.S_T_DISCHARGE] += (E[L.E_AMBIENT_C] - S[L.S_T_DISCHARGE]) * dt / p.DISCHARGE_COOL_S

    # expansion valve: from the side with the higher pressure, liquid first
    a = p.A_VALVE * S[L.S_VALVE] / p.VALVE_STEPS * S[L.S_LIQVALVE]
    dp = p_d - p_s
    up = d if dp >= 0.0 else s
    down = s if dp >= 0.0 else d
    t_up = S[up + L.V_TSAT]
    wet = min(S[up + L.V_LIQ] / p.FLASH_KG, 1.0)
    v_l = sat(tab, r.VL, t_up)
    rho = 1.0 / (wet * v_l + (1.0 - wet) / gas_density(S, tab, up))
    m_x = abs(orifice(a, rho, dp))
    m_x = min(m_x, 0.2 * S[up + L.V_KG] / dt)
    sub = subcooling(S, tab, up, m_x, t_water if up == L.PLATE else t_air)
    h_l = sat(tab, r.HL, t_up)
    q_sub = m_x * wet * sat(tab, r.CPL, t_up) * sub
    h_up = wet * h_l + (1.0 - wet) * gas_enthalpy(S, tab, up)
    S[up + L.V_KG] -= m_x * dt
    S[up + L.V_J] -= m_x * h_up * dt
    S[down + L.V_KG] += m_x * dt
    S[down + L.V_J] += (m_x * h_up - q_sub) * dt

    # compressor, and the gas paths beside it
    S[s + L.V_KG] -= m_c * dt
    S[d + L.V_KG] += m_c * dt
    S[s + L.V_J] -= (m_c * h_in[0]) * dt
    S[d + L.V_J] += (m_c * h_in[1] - q_desuper) * dt
    mid = 1.0 - abs(2.0 * S[L.S_REV] - 1.0)
    a_gas = p.A_REVERSING * mid
    if m_c < 1e-4:
        a_gas += p.A_REED_LEAK if dp > 0.0 else p.A_REED
    m_g = abs(orifice(a_gas, gas_density(S, tab, up), dp))
    m_g = min(m_g, 0.1 * S[up + L.V_KG] * max(min(S[up + L.V_X], 1.0), 0.02) / dt)
    h_g = gas_enthalpy(S, tab, up)
    S[up + L.V_KG] -= m_g * dt
    S[up + L.V_J] -= m_g * h_g * dt
    S[down + L.V_KG] += m_g * dt
    S[down + L.V_J] += m_g * h_g * dt

    # heat to the walls
    S[L.COIL + L.V_J] -= q_coil * dt
    S[L.PLATE + L.V_J] -= q_plate * dt
    to_coil = q_coil
    to_plate = q_plate
    if s == L.COIL:
        to_coil -= q_superheat
    else:
        to_plate -= q_superheat
    S[L.S_Q_DESUPER] = 0.0
    S[L.S_Q_SUBCOOL] = 0.0
    if d == L.PLATE:
        S[L.S_Q_DESUPER] = q_desuper
    else:
        to_coil += q_desuper
    if up == L.PLATE:
        S[L.S_Q_SUBCOOL] = q_sub
    else:
        to_coil += q_sub
    S[L.COIL + L.V_QWALL] = to_coil
    S[L.PLATE + L.V_QWALL] = to_plate

    vent(S, X, tab, d, dt)

    q_d = q_plate if d == L.PLATE else q_coil
    q_s = q_coil if d == L.PLATE else q_plate
    S[L.S_Q_COND] = q_d + q_desuper + (q_sub if up == d else 0.0)
    S[L.S_Q_EVAP] = q_superheat - q_s - (q_sub if up == s else 0.0)
    S[L.S_M_VALVE] = m_x if dp >= 0.0 else -m_x
    S[L.S_SUBCOOL] = sub
    S[L.S_T_LIQUID] = t_up - sub


@kernel
def vent(S, X, tab, d, dt):
    """Leak (from the coil, as vapour) and relief valve (discharge side, above 450 psig)."""
    leak = X[L.X_LEAK] / 3600.0 * dt
    if leak > 0.0:
        leak = min(leak, 0.01 * S[L.COIL + L.V_KG] * min(S[L.COIL + L.V_P] / 101325.0, 1.0))
        S[L.COIL + L.V_KG] -= leak
        S[L.COIL + L.V_J] -= leak * gas_enthalpy(S, tab, L.COIL)
        S[L.S_VENTED] += leak
    over = S[d + L.V_P] - p.P_RELIEF
    if over > 0.0:
        m = min(orifice(p.A_RELIEF, gas_density(S, tab, d), over) * dt, 0.02 * S[d + L.V_KG])
        S[d + L.V_KG] -= m
        S[d + L.V_J] -= m * gas_enthalpy(S, tab, d)
        S[L.S_VENTED] += m
