"""Gas engine, mean value: throttle, manifold, combustion, friction, starter, clutch, battery, oil.

Indicated torque = 0.40·P_fuel/ω with the delay of 1–1.5 cycles; friction pme0 = 1.27 + 0.15n + 0.05n² bar
(n in krpm), up to 1.8 times when cold; it fires only with fuel, spark and more than 180 rpm. Source: product
specification of the simulated machine.
"""

import math

from ghptools.plant import layout as L
from ghptools.plant import parameters as p
from ghptools.plant.jit import kernel

PER_RAD = p.DISPLACEMENT / (4.0 * math.pi)  # m³ swept per radian


@kernel
def friction(rpm, coolant):
    """Friction torque of the turning engine, N·m, at ``rpm`` and coolant temperature °C."""
    n = rpm / 1000.0
    pme = (1.27 + 0.15 * n + 0.05 * n * n) * 1e5
    cold = min(max((60.0 - coolant) / 60.0, 0.0), 1.0)
    return pme * PER_RAD * (1.0 + 0.8 * cold)


@kernel
def volumetric(rpm):
    """Volumetric efficiency of the engine."""
    a = rpm / 1000.0 - p.VOL_EFF_KRPM
    return p.VOL_EFF - p.VOL_EFF_FALL * a * a


@kernel
def throttle_flow(opening, manifold):
    """Air past the throttle, kg/s, by an elliptical nozzle function (critical ratio 0.5)."""
    a = p.A_THROTTLE * (p.THROTTLE_LEAK + (1.0 - p.THROTTLE_LEAK) * opening**p.THROTTLE_EXP)
    ratio = min(manifold / p.P_AIR, 0.999)
    psi = 0.685
    if ratio > 0.5:
        e = (ratio - 0.5) * 2.0
        psi *= math.sqrt(1.0 - e * e)
    return a * p.P_AIR / 295.0 * psi  # 295 = √(R·T) at 30 °C


@kernel
def mixture_map(position, rpm, load):
    """Lambda of the carburettor: falls as the valve opens; the map's error depends on speed and load."""
    n = rpm / 1000.0 - 2.0
    error = 0.022 * n - 0.015 * n * n + 0.035 * (load - 0.6)
    return (1.0 + error) * math.exp(-0.65 * (position - 0.5))


@kernel
def burn_efficiency(lam):
    """Torque per fuel relative to the catalyst window (λ 0.99): unburnt fuel when rich, misfire when lean."""
    if lam < 0.99:
        return max(1.0 - 0.9 * (0.99 - lam) - 3.0 * max(0.85 - lam, 0.0), 0.0)
    if lam < 1.25:
        return 1.0
    return max(1.0 - (lam - 1.25) / 0.3, 0.0)


@kernel
def torque_limit(S, E, X):
    """Brake torque at this speed with the throttle wide open, N·m (with the faults that apply)."""
    omega = max(S[L.S_W_ENGINE], 60.0)
    rpm = omega * 30.0 / math.pi
    t_man = 318.0 + 0.4 * (E[L.E_AMBIENT_C] - 20.0)
    eta = volumetric(rpm)
    demand = eta * PER_RAD * omega / (p.R_AIR * t_man)
    low = 0.5 * p.P_AIR
    high = p.P_AIR
    for _ in range(14):  # flow balance of throttle and cylinders, by bisection to 3 Pa
        pressure = 0.5 * (low + high)
        if throttle_flow(1.0, pressure) > demand * pressure:
            low = pressure
        else:
            high = pressure
    pressure = 0.5 * (low + high)
    air = eta * PER_RAD * pressure / (p.R_AIR * t_man)  # kg/rad
    lhv = E[L.E_GAS_HHV_MJ_M3] * 1e6 / p.GAS_DENSITY / p.HHV_OVER_LHV
    lam = S[L.S_LAMBDA] if S[L.S_LAMBDA] < 2.0 else 1.0
    afr = p.AFR * E[L.E_GAS_HHV_MJ_M3] / p.HHV_NOMINAL
    ideal = p.INDICATED * air / (max(afr, 1.0) * lam) * lhv * burn_efficiency(lam)
    return ideal * X[L.X_SPARK] - friction(rpm, S[L.S_COOLANT])


@kernel
def engine_step(S, C, A, E, X, dt):
    """Advance throttle, manifold, combustion and both shafts by one step."""
    omega = S[L.S_W_ENGINE]
    rpm = omega * 30.0 / math.pi

    # air
    t_man = 318.0 + 0.4 * (E[L.E_AMBIENT_C] - 20.0)
    gas_constant = p.R_AIR * t_man
    pm = S[L.S_MANIFOLD]
    pump = volumetric(rpm) * PER_RAD * omega / gas_constant  # kg/(s·Pa)
    supply = throttle_flow(S[L.S_THROTTLE], pm)
    slope = pump + supply / (2.0 * max(p.P_AIR - pm, 0.0) + 400.0)
    fill = gas_constant / p.V_MANIFOLD
    pm += dt * fill * (supply - pump * pm) / (1.0 + dt * fill * slope)
    pm = min(max(pm, 5000.0), p.P_AIR)
    S[L.S_MANIFOLD] = pm
    air = pump * pm
    S[L.S_AIR] = air

    # fuel
    kpa = E[L.E_GAS_SUPPLY_KPA]
    if X[L.X_GAS_KPA] >= 0.0:
        kpa = X[L.X_GAS_KPA]
    gas_on = C[L.C_GAS_VALVE] * C[L.C_FUEL_RELAY]
    S[L.S_GAS] += (gas_on - S[L.S_GAS]) * dt / 0.03
    feed = S[L.S_GAS] * X[L.X_GAS] * math.sqrt(min(max(kpa / 0.8, 0.0), 1.0))
    load = pm / p.P_AIR
    if feed > 0.02 and air > 1e-6:
        lam = mixture_map(S[L.S_MIX], rpm, load) / feed * (p.HHV_NOMINAL / max(E[L.E_GAS_HHV_MJ_M3], 1.0))
        lam = min(max(lam, 0.4), 9.99)
        # stoichiometric air by energy: 16.9 kg per kg at the nominal heating value
        afr = p.AFR * E[L.E_GAS_HHV_MJ_M3] / p.HHV_NOMINAL
        fuel = air / (lam * max(afr, 1.0))
    else:
        lam = 9.99
        fuel = 0.0
    S[L.S_LAMBDA] = lam
    S[L.S_FUEL] = fuel
    lhv = E[L.E_GAS_HHV_MJ_M3] * 1e6 / p.GAS_DENSITY / p.HHV_OVER_LHV
    p_lhv = fuel * lhv
    S[L.S_P_LHV] = p_lhv

    # combustion
    burn = 0.0
    if fuel > 0.0 and C[L.C_IGNITION] > 0.5 and X[L.X_IGNITION] > 0.5 and rpm > p.FIRE_RPM:
        burn = burn_efficiency(lam) * X[L.X_SPARK]
    S[L.S_FIRING] = burn
    target = p.INDICATED * p_lhv * burn / max(omega, 5.0)
    cycle = 120.0 / max(rpm, 120.0)
    S[L.S_T_IND] += (target - S[L.S_T_IND]) * min(dt / (0.9 * cycle), 1.0)

    drag = friction(rpm, S[L.S_COOLANT]) if omega > 0.5 else 0.0
    crank = 0.0
    if C[L.C_STARTER] > 0.5:
        volts = max(S[L.S_BATTERY], 0.0) / 10.2
        crank = p.STARTER_NM * X[L.X_STARTER] * min(volts, 1.1) * max(1.0 - rpm / p.STARTER_RPM, 0.0)
        hold = friction(60.0, S[L.S_COOLANT])
        if omega <= 0.5 and crank < hold:
            crank = 0.0
    shaft_step(S, X, S[L.S_T_IND] - drag + crank, dt)
    S[L.S_T_BRAKE] = S[L.S_T_IND] - drag

    # battery: 12.7 V at rest when healthy, 13.9 V charging, sags with the starter's current
    rest = (13.9 if rpm > 700.0 else S[L.S_BATTERY_REST]) * X[L.X_BATTERY]
    current = 0.0
    if C[L.C_STARTER] > 0.5 and X[L.X_STARTER] > 0.1:
        current = max(1.0 - rpm / 600.0, 0.2)
    volts = rest - 2.6 * current * (2.0 - X[L.X_BATTERY])
    S[L.S_BATTERY] += (volts - S[L.S_BATTERY]) * min(dt / 0.03, 1.0)

    oil = 420.0 * (1.0 - math.exp(-rpm / 900.0)) * (1.0 + max(60.0 - S[L.S_COOLANT], 0.0) / 120.0) * X[L.X_OIL]
    S[L.S_OIL] += (oil - S[L.S_OIL]) * dt / 0.8


@kernel
def shaft_step(S, X, drive, dt):
    """Engine and compressor inertia joined by the clutch, implicit in the slip.

    A standing compressor needs its peak, not its mean, torque to turn: a multiple of Δp·V_d/2π that grows
    steeply with the bearing load, thus with Δp itself. Beyond 50 psi it is more than the clutch can pass, so a
    start against pressure fails. The unloader does not help, it needs oil pressure.
    """
    we = S[L.S_W_ENGINE]
    wc = S[L.S_W_COMP]
    cap = p.CLUTCH_NM * S[L.S_CLUTCH] * X[L.X_CLUTCH]
    dp = max(S[L.S_P_DISCHARGE] - S[L.S_P_SUCTION], 0.0)
    breakaway = p.BREAKAWAY * (dp / p.BREAKAWAY_DP) ** 2 * dp * p.V_DISP / (2.0 * math.pi) + 12.0
    run = S[L.S_T_LOAD]
    load = run + max(breakaway - run, 0.0) * math.exp(-wc / 3.0)
    if we <= 0.5 and drive <= 1.0:
        drive = 0.0
        we = 0.0  # static friction
    g = (cap + 1.0) / p.CLUTCH_SLIP
    if wc < 0.2:
        t = g * (we + dt * drive / p.J_ENGINE) / (1.0 + g * dt / p.J_ENGINE)
        t = min(max(t, -cap), cap)
        if t <= load:
            wc = 0.0
        else:
            wc += dt * (t - load) / p.J_COMP
    else:
        free = we - wc + dt * (drive / p.J_ENGINE + load / p.J_COMP)
        t = g * free / (1.0 + g * dt * (1.0 / p.J_ENGINE + 1.0 / p.J_COMP))
        t = min(max(t, -cap), cap)
        wc += dt * (t - load) / p.J_COMP
    we += dt * (drive - t) / p.J_ENGINE
    S[L.S_W_ENGINE] = min(max(we, 0.0), 600.0)
    S[L.S_W_COMP] = min(max(wc, 0.0), 600.0)
