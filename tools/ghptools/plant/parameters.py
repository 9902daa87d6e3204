"""The one set of parameters of the machine, SI units.

Sizes come from the machine's specification (R-134a, 46 kg; 2.508 L/rev; coil 70 L, plate 18 L, receiver 30 L,
lines 24 L; 4.3 L engine). Coefficients marked [fit] were fitted once, together, to the rating table of the
independent steady-state model; the rest are the specification's or ordinary engineering values.
"""

DT = 0.01  # s, the only integration step
STEP_MS = 10

# --- refrigerant circuit -------------------------------------------------------------------------------
CHARGE = 46.0  # kg
V_COIL = 0.070  # m³
V_PLATE = 0.018
V_RECEIVER = 0.030
V_LINE_COIL = 0.018  # gas lines, 24 L in all; the coil is the far one
V_LINE_PLATE = 0.006
BACK_UP = 0.002  # m³, liquid backs up into the exchanger gradually over about this range [fit]
WET_COIL = 11.0  # kg of liquid that just wets the coil as an evaporator
WET_PLATE = 3.2
CARRY_OVER = 2.5  # liquid mass fraction returned per unit of overfill [ordinary]
CARRY_MAX = 0.85
UA_DRY_COIL = 9000.0  # W/K, superheating part
UA_DRY_PLATE = 6000.0
UA_SUBCOOL = 22000.0  # W/K, flooded part
UA_DESUPER = 2500.0  # W/K, discharge gas [fit]
KR_COIL = 125000.0  # W/K, two-phase refrigerant to coil wall [fit]
KR_PLATE = 80000.0  # W/K, two-phase refrigerant to plate wall
FIN_K = 12000.0  # W/K, conduction along the coil between its wetted and dry parts
K_GAS_COIL = 2500.0  # W/K, dry refrigerant to wall
K_GAS_PLATE = 1500.0
UA_PLATE_COND = 32000.0  # W/K overall at 100 gpm, two-phase, as condenser
UA_PLATE_EVAP = 30000.0  # W/K overall at 120 gpm, fully wetted, as evaporator
C_WALL_COIL = 210e3  # J/K
C_WALL_PLATE = 45e3
FLASH_KG = 2.0  # liquid below which flash gas enters the expansion valve

# compressor (open, positive displacement)
V_DISP = 2.508e-3  # m³/rev
ETA_V_C = 0.0437  # clearance [fit]; volumetric efficiency 0.84 at a pressure ratio of 4.4
ETA_V_LEAK = 0.010  # [fit]
ETA_V_THROTTLE = 0.050  # at 3000 rpm [fit]
K_ISENTROPIC = 1.075
ETA_S_PEAK = 0.753  # at PR 3.8, against the constant-exponent work (0.725 against real gas) [fit]
ETA_S_PR = 3.8
ETA_S_LOW = 0.12  # fall with ln²(PR/3.8) below
ETA_S_HIGH = 0.07  # and above [fit]
T_MECH = 6.0  # N·m
CASE_LOSS = 0.05  # share of shaft work leaving through the case
DISCHARGE_COOL_S = 900.0  # discharge pipe and compressor body without flow, estimated: 60 kg of iron, 30 W/K
UNLOADED = 0.5  # capacity left with the unloader on
A_REED = 60e-6  # m², standing compressor when suction exceeds discharge (reeds open)
A_REED_LEAK = 0.25e-6  # m², standing compressor, discharge to suction
BREAKAWAY = 3.4  # standstill torque over Δp·V_d/2π at BREAKAWAY_DP: 470 N·m, beyond the clutch
BREAKAWAY_DP = 50.0 * 6894.757  # Pa
A_VALVE = 4.8e-5  # m², expansion valve full open
VALVE_STEPS = 500.0
VALVE_RATE = 62.5  # steps/s
A_REVERSING = 200e-6  # m², discharge to suction at mid-stroke
REVERSING_S = 1.2  # s, full stroke
REVERSING_DP = 30.0 * 6894.757  # Pa, needed to slide
P_SWITCH = (350.0 + 14.696) * 6894.757  # Pa, high pressure switch
P_RELIEF = (450.0 + 14.696) * 6894.757  # Pa, relief valve (keeps any fault inside the table)
A_RELIEF = 30e-6  # m²

# --- air coil ------------------------------------------------------------------------------------------
AIR_FULL = 20.0  # m³/s with six fans
UA_AIR = 30000.0  # W/K at full flow
UA_AIR_EXP = 0.6
AIR_STILL = 0.4  # m³/s of natural draught with all fans off
FAN_S = 1.5  # s
FROST_FLOW_KG = 60.0
FROST_UA_KG = 130.0
MELT_K = 12000.0  # W/K
MELT_SHARE = 0.6  # of the melting heat that melts
DRAIN_S = 30.0

# --- water ---------------------------------------------------------------------------------------------
GPM = 0.0630902  # L/s
HOT_RC = 4140.0  # J/(L·K), 45 °C
COLD_RC = 4195.0  # J/(L·K), 10 °C
PLATE_WATER = 12.0  # L in the plate
HX_WATER = 8.0  # L in the engine exchanger
PUMP_HOT_S = 0.5  # s, flow rise and coast-down
PUMP_CHILLED_S = 1.3
K_STILL = 800.0  # W/K, plate wall to standing water
WATER_VALVE_S = 90.0
TANK_LOSS = 12.0  # W/K
MIX_K = 40.0  # W/K between still tank nodes

# --- engine --------------------------------------------------------------------------------------------
DISPLACEMENT = 4.3e-3  # m³, four stroke
V_MANIFOLD = 5.0e-3  # m³
P_AIR = 101325.0
R_AIR = 287.0
A_THROTTLE = 1.30e-3  # m² effective, wide open
THROTTLE_LEAK = 0.0045  # share of it when shut
THROTTLE_EXP = 1.7
THROTTLE_S = 0.1
VOL_EFF = 0.871  # peak [fit to 302 N·m at 2400 rpm]
VOL_EFF_KRPM = 2.2
VOL_EFF_FALL = 0.02
AFR = 16.9
INDICATED = 0.40
J_ENGINE = 0.43  # kg·m²
J_COMP = 0.12  # together 0.55
STARTER_NM = 150.0
STARTER_RPM = 380.0
FIRE_RPM = 180.0
CLUTCH_NM = 420.0
CLUTCH_ON_S = 0.5
CLUTCH_OFF_S = 0.1
CLUTCH_SLIP = 0.3  # rad/s, width of the sticking range
GAS_DENSITY = 0.72  # kg/m³
HHV_OVER_LHV = 1.1085
HHV_NOMINAL = 38.0  # MJ/m³
GAS_KPA = 2.0

# --- engine heat ---------------------------------------------------------------------------------------
C_COOLANT = 175e3  # J/K
UA_EXHAUST = 105.0  # W/K
EXHAUST_FLOW = 0.073  # kg/s at which that holds (2400 rpm, rated load)
CP_EXHAUST = 1190.0  # J/(kg·K)
UA_ENGINE_HX = 16000.0  # W/K
THERMOSTAT = 76.0  # °C, begins to open; full at 86
RADIATOR_AT = 95.0  # °C, begins to open; full at 101
K_RADIATOR = 2600.0  # W/K with its fan
K_ENGINE_LOSS = 15.0  # W/K, block to room
CATALYST_S = 70.0
LIGHT_OFF = 350.0

# --- electric power, W (6.6 kW in all) ---------------------------------------------------------------------
W_FAN = 600.0
W_PUMP_HOT = 1500.0
W_PUMP_CHILLED = 1200.0
W_PUMP_COOLANT = 300.0
