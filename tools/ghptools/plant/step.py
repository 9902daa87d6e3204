"""One call advances the machine by whole steps: order of the parts, totals, and the truth array."""

import math

from ghptools.plant import layout as L
from ghptools.plant import parameters as p
from ghptools.plant.actuators import actuator_step, effective
from ghptools.plant.circuit import circuit_step, vessel_state
from ghptools.plant.coil import coil_step
from ghptools.plant.engine import engine_step, torque_limit
from ghptools.plant.exhaust import catalyst_step, heat_step
from ghptools.plant.jit import kernel
from ghptools.plant.sensors import contact_step, lag_step, physical, pulse, show_analog
from ghptools.plant.water import loops_step, plate_step, pump_step

PSI = 6894.757  # Pa


@kernel
def advance(n, S, cmd, E, A, X, F, C, W, rng, sensed, out, tab):
    """Advance ``n`` steps of 10 ms and fill ``sensed`` and ``out`` (truth)."""
    dt = p.DT
    for _ in range(n):
        effective(cmd, A, C)
        actuator_step(S, C, A, dt)
        engine_step(S, C, A, E, X, dt)
        pump_step(S, C, E, X, dt)
        circuit_step(S, X, E, tab, dt)
        coil_step(S, C, E, X, dt)
        plate_step(S, X, dt)
        heat_step(S, C, E, X, dt)
        loops_step(S, E, dt)
        catalyst_step(S, dt)
        S[L.S_TIME] += dt
        totals(S, C, F, rng, sensed, dt)
        physical(S, E, X, W)
        lag_step(W, F, dt)
        contact_step(S, E, X, F, sensed)
    S[L.S_T_LIMIT] = torque_limit(S, E, X)
    show_analog(S, F, rng, sensed)
    truth(S, E, C, W, out, tab)


@kernel
def prime(S, cmd, E, A, X, F, C, W, sensed, out, tab):
    """Make all derived values of a fresh state consistent, and let every sensor have settled on them."""
    effective(cmd, A, C)
    share = S[L.S_RECEIVER]
    rec_coil = p.V_RECEIVER * (1.0 - share)
    rec_plate = p.V_RECEIVER * share
    vessel_state(S, tab, L.COIL, p.V_COIL + p.V_LINE_COIL + rec_coil, rec_coil, p.V_COIL, p.WET_COIL)
    vessel_state(S, tab, L.PLATE, p.V_PLATE + p.V_LINE_PLATE + rec_plate, rec_plate, p.V_PLATE, p.WET_PLATE)
    heating = S[L.S_REV] < 0.5
    S[L.S_P_DISCHARGE] = S[(L.PLATE if heating else L.COIL) + L.V_P]
    S[L.S_P_SUCTION] = S[(L.COIL if heating else L.PLATE) + L.V_P]
    S[L.S_T_LIMIT] = torque_limit(S, E, X)
    physical(S, E, X, W)
    for i in range(W.size):
        F[i, L.F_TRUE] = W[i]
        sensed[i] = W[i] + F[i, L.F_OFFSET]
    contact_step(S, E, X, F, sensed)
    truth(S, E, C, W, out, tab)


@kernel
def totals(S, C, F, rng, sensed, dt):
    """Pulse inputs, energies and electric power."""
    revs = S[L.S_W_ENGINE] / (2.0 * math.pi) * dt
    gas = S[L.S_FUEL] / p.GAS_DENSITY * dt
    pulse(F, L.N_ENGINE_REVS, revs, rng, sensed, dt)
    pulse(F, L.N_GAS_METER, gas, rng, sensed, dt)
    pulse(F, L.N_HOT_FLOW, S[L.S_HOT_FLOW] * dt, rng, sensed, dt)
    pulse(F, L.N_CHILLED_FLOW, S[L.S_CHILLED_FLOW] * dt, rng, sensed, dt)
    S[L.S_REVS] += revs
    S[L.S_GAS_M3] += gas
    S[L.S_FUEL_J] += S[L.S_P_LHV] * dt
    w = S[L.S_WVALVE]
    S[L.S_HOT_J] += S[L.S_HOT_FLOW] * p.HOT_RC * (S[L.S_HX_OUT] - S[L.S_TANK_3]) * dt
    S[L.S_COLD_J] += S[L.S_CHILLED_FLOW] * p.COLD_RC * w * (S[L.S_COLD_2] - S[L.S_PLATE_OUT]) * dt
    S[L.S_SHAFT_J] += S[L.S_SHAFT] * dt
    S[L.S_EVAP_J] += S[L.S_Q_EVAP] * dt
    S[L.S_COND_J] += S[L.S_Q_COND] * dt
    speed = (20.0 + 100.0 * S[L.S_PUMP_SPEED]) / 120.0
    lead = C[L.C_LEAD_FAN_SPEED]
    fans = C[L.C_FAN_BANK_1] + 2.0 * (C[L.C_FAN_BANK_2] + C[L.C_FAN_BANK_3])
    S[L.S_ELECTRIC] = (
        p.W_FAN * (fans + lead * lead * lead)
        + C[L.C_PUMP_HOT] * p.W_PUMP_HOT * speed * speed * speed
        + C[L.C_PUMP_CHILLED] * p.W_PUMP_CHILLED
        + C[L.C_PUMP_COOLANT] * p.W_PUMP_COOLANT
    )
    S[L.S_ELECTRIC_J] += S[L.S_ELECTRIC] * dt


@kernel
def truth(S, E, C, W, out, tab):
    """Fill the truth array from the state."""
    heating = S[L.S_REV] < 0.5
    d = L.PLATE if heating else L.COIL
    s = L.COIL if heating else L.PLATE
    rpm = S[L.S_W_ENGINE] * 30.0 / math.pi
    w = S[L.S_WVALVE]
    out[L.O_TIME_S] = S[L.S_TIME]
    out[L.O_AMBIENT_C] = E[L.E_AMBIENT_C]
    out[L.O_SUCTION_KPA] = S[L.S_P_SUCTION] * 1e-3
    out[L.O_DISCHARGE_KPA] = S[L.S_P_DISCHARGE] * 1e-3
    out[L.O_SUCTION_PSIG] = S[L.S_P_SUCTION] / PSI - 14.696
    out[L.O_DISCHARGE_PSIG] = S[L.S_P_DISCHARGE] / PSI - 14.696
    out[L.O_DELTA_P_PSI] = (S[L.S_P_DISCHARGE] - S[L.S_P_SUCTION]) / PSI
    out[L.O_EVAPORATING_C] = S[s + L.V_TSAT]
    out[L.O_CONDENSING_C] = S[d + L.V_TSAT]
    out[L.O_SUCTION_C] = S[L.S_T_SUCTION]
    out[L.O_DISCHARGE_C] = S[L.S_T_DISCHARGE]
    out[L.O_LIQUID_C] = S[L.S_T_LIQUID]
    out[L.O_COIL_C] = S[L.COIL + L.V_T]
    out[L.O_COIL_WALL_C] = S[L.COIL + L.V_WALL]
    out[L.O_PLATE_C] = S[L.PLATE + L.V_T]
    out[L.O_PLATE_WALL_C] = S[L.PLATE + L.V_WALL]
    out[L.O_SUPERHEAT_K] = S[L.S_SUPERHEAT]
    out[L.O_SUBCOOL_K] = S[L.S_SUBCOOL]
    out[L.O_SUCTION_QUALITY] = S[L.S_X_SUCTION]
    out[L.O_SLUGGING] = 1.0 if S[L.S_X_SUCTION] < 0.95 and S[L.S_W_COMP] > 1.0 else 0.0
    out[L.O_WETTED_FRACTION] = S[s + L.V_WET]
    out[L.O_FLOODED_FRACTION] = S[d + L.V_FLOOD]
    out[L.O_REFRIGERANT_FLOW] = S[L.S_M_COMP]
    out[L.O_VALVE_FLOW] = S[L.S_M_VALVE]
    out[L.O_CHARGE_KG] = S[L.COIL + L.V_KG] + S[L.PLATE + L.V_KG]
    out[L.O_COIL_KG] = S[L.COIL + L.V_KG]
    out[L.O_PLATE_KG] = S[L.PLATE + L.V_KG]
    out[L.O_COIL_LIQUID_KG] = S[L.COIL + L.V_LIQ]
    out[L.O_PLATE_LIQUID_KG] = S[L.PLATE + L.V_LIQ]
    out[L.O_RECEIVER_AT_PLATE] = S[L.S_RECEIVER]
    out[L.O_VENTED_KG] = S[L.S_VENTED]
    out[L.O_VALVE_POSITION] = S[L.S_VALVE]
    out[L.O_REVERSING_POSITION] = S[L.S_REV]
    out[L.O_WATER_VALVE_POSITION] = w
    out[L.O_ENGINE_RPM] = rpm
    out[L.O_COMPRESSOR_RPM] = S[L.S_W_COMP] * 30.0 / math.pi
    out[L.O_TORQUE_NM] = S[L.S_T_BRAKE]
    out[L.O_TORQUE_LIMIT_NM] = S[L.S_T_LIMIT]
    out[L.O_COMPRESSOR_TORQUE_NM] = S[L.S_T_LOAD]
    out[L.O_SHAFT_W] = S[L.S_SHAFT]
    out[L.O_CLUTCH_SLIP_RPM] = rpm - out[L.O_COMPRESSOR_RPM] if S[L.S_CLUTCH] > 0.0 else 0.0
    out[L.O_CLUTCH_ENGAGED] = S[L.S_CLUTCH]
    out[L.O_STARTER_CLASH] = 1.0 if C[L.C_STARTER] > 0.5 and rpm > 450.0 else 0.0
    out[L.O_FIRING] = 1.0 if S[L.S_FIRING] > 0.05 else 0.0
    out[L.O_THROTTLE_ACTUAL] = S[L.S_THROTTLE]
    out[L.O_MANIFOLD_KPA] = S[L.S_MANIFOLD] * 1e-3
    out[L.O_LAMBDA] = S[L.S_LAMBDA]
    out[L.O_FUEL_W_LHV] = S[L.S_P_LHV]
    out[L.O_FUEL_W_HHV] = S[L.S_P_LHV] * p.HHV_OVER_LHV
    out[L.O_JACKET_W] = S[L.S_JACKET]
    out[L.O_EXHAUST_RECOVERED_W] = S[L.S_EXHAUST_W]
    out[L.O_STACK_W] = S[L.S_STACK]
    brake = S[L.S_T_BRAKE] * S[L.S_W_ENGINE]
    out[L.O_RADIATION_W] = S[L.S_P_LHV] - brake - S[L.S_JACKET] - S[L.S_EXHAUST_W] - S[L.S_STACK]
    out[L.O_Q_CONDENSER_W] = S[L.S_Q_COND]
    out[L.O_Q_EVAPORATOR_W] = S[L.S_Q_EVAP]
    out[L.O_Q_PLATE_WATER_W] = S[L.S_Q_PLATE] + S[L.S_Q_DESUPER] + S[L.S_Q_SUBCOOL]
    out[L.O_Q_ENGINE_WATER_W] = S[L.S_Q_ENGINE_WATER]
    out[L.O_Q_RADIATOR_W] = S[L.S_Q_RADIATOR]
    out[L.O_Q_HOT_W] = S[L.S_HOT_FLOW] * p.HOT_RC * (S[L.S_HX_OUT] - S[L.S_TANK_3])
    leaving = W[L.N_CHILLED_LEAVING]
    out[L.O_Q_CHILLED_W] = S[L.S_CHILLED_FLOW] * p.COLD_RC * (S[L.S_COLD_2] - leaving)
    out[L.O_HOT_LOAD_SERVED_W] = S[L.S_HOT_SERVED]
    out[L.O_CHILLED_LOAD_SERVED_W] = S[L.S_COLD_SERVED]
    out[L.O_COOLANT_C] = S[L.S_COOLANT]
    out[L.O_EXHAUST_C] = S[L.S_EXHAUST]
    out[L.O_CATALYST_C] = S[L.S_CATALYST]
    out[L.O_NOX_PPM] = S[L.S_NOX]
    out[L.O_CO_PPM] = S[L.S_CO]
    out[L.O_OIL_KPA] = S[L.S_OIL]
    out[L.O_GAS_KPA] = W[L.N_GAS_PRESSURE]
    out[L.O_BATTERY_V] = S[L.S_BATTERY]
    out[L.O_AIR_FLOW_M3S] = S[L.S_AIRFLOW]
    out[L.O_FROST_KG] = S[L.S_FROST]
    out[L.O_MELTWATER_KG] = S[L.S_MELT]
    out[L.O_ENTERING_C] = S[L.S_TANK_3]
    out[L.O_CONDENSER_WATER_C] = S[L.S_COND_OUT]
    out[L.O_LEAVING_C] = S[L.S_HX_OUT]
    out[L.O_CHILLED_ENTERING_C] = S[L.S_COLD_2]
    out[L.O_CHILLED_LEAVING_C] = leaving
    out[L.O_PLATE_WATER_C] = S[L.S_PLATE_OUT]
    out[L.O_HOT_FLOW_LPS] = S[L.S_HOT_FLOW]
    out[L.O_CHILLED_FLOW_LPS] = S[L.S_CHILLED_FLOW]
    out[L.O_TANK_0_C] = S[L.S_TANK_0]
    out[L.O_TANK_1_C] = S[L.S_TANK_1]
    out[L.O_TANK_2_C] = S[L.S_TANK_2]
    out[L.O_TANK_3_C] = S[L.S_TANK_3]
    out[L.O_TANK_MEAN_C] = 0.25 * (S[L.S_TANK_0] + S[L.S_TANK_1] + S[L.S_TANK_2] + S[L.S_TANK_3])
    out[L.O_CHILLED_0_C] = S[L.S_COLD_0]
    out[L.O_CHILLED_1_C] = S[L.S_COLD_1]
    out[L.O_CHILLED_2_C] = S[L.S_COLD_2]
    out[L.O_CHILLED_MEAN_C] = (S[L.S_COLD_0] + S[L.S_COLD_1] + S[L.S_COLD_2]) / 3.0
    out[L.O_ICE] = S[L.S_ICE]
    out[L.O_ELECTRIC_W] = S[L.S_ELECTRIC]
    out[L.O_HIGH_PRESSURE_OPEN] = S[L.S_HP_OPEN]
    out[L.O_FUEL_J_LHV] = S[L.S_FUEL_J]
    out[L.O_FUEL_J_HHV] = S[L.S_FUEL_J] * p.HHV_OVER_LHV
    out[L.O_HOT_J] = S[L.S_HOT_J]
    out[L.O_CHILLED_J] = S[L.S_COLD_J]
    out[L.O_SHAFT_J] = S[L.S_SHAFT_J]
    out[L.O_EVAPORATOR_J] = S[L.S_EVAP_J]
    out[L.O_CONDENSER_J] = S[L.S_COND_J]
    out[L.O_ELECTRIC_J] = S[L.S_ELECTRIC_J]
