"""Safety invariants: what must hold at every exchange of every scenario, whatever was injected.

They are judged on the wires that the controller drives and on the plant's truth, never on what the firmware
believes.  One small function each: `v` is the vector of SIGNALS, `m` its own numbers of memory, which start at 0,
the answer is True while the invariant is broken.  `ROWS` names them and says them in a sentence; `judge`
calls them in the same order.  Numbers are the machine's (defaults of the settings) plus the scan that a
discrete controller needs to see anything at all.
"""

import numba
import numpy as np

# What the functions read, as names of trace columns (`ghptools.scenario.columns`); order is that of `v`.
SIGNALS = (
    "run.dt_s",
    "cmd.gas_valve",
    "cmd.fuel_relay",
    "cmd.ignition",
    "cmd.starter",
    "cmd.clutch",
    "cmd.reversing_valve",
    "cmd.pump_hot",
    "out.heartbeat",
    "sensed.safety_chain",
    "sensed.high_pressure_switch",
    "sensed.emergency_stop",
    "engine_rpm",
    "compressor_rpm",
    "delta_p_psi",
    "discharge_psig",
    "leaving_c",
    "hot_flow_lps",
    "reversing_position",
    "run.asked",
    "run.faulted",
    "run.late_allowed",
    "run.failures",
    "run.powered",
    "cmd.liquid_valve",
    "cmd.fan_bank_1",
    "cmd.fan_bank_2",
    "cmd.fan_bank_3",
    "cmd.crankcase_heater",
    "water_valve_position",
    "cmd.water_valve",
    "cmd.pump_chilled",
    "ice",
)
(
    DT, GAS, RELAY, IGNITION, STARTER, CLUTCH, REVERSING, PUMP_HOT, HEARTBEAT, CHAIN, SWITCH, ESTOP, RPM, COMPRESSOR, DELTA_P,
    DISCHARGE, LEAVING, FLOW, REVERSED, ASKED, FAULTED, LATE_ALLOWED, FAILURES, POWERED, LIQUID,
    FAN_1, FAN_2, FAN_3, HEATER, WATER_VALVE, WATER_ORDER, PUMP_CHILLED, ICE,
) = range(len(SIGNALS))  # fmt: skip

STANDSTILL_RPM = 30.0  # gas opens only above this speed
STARTER_OFF_RPM = 450.0
STARTER_MARGIN_RPM = 150.0  # what an engine that fires gains until two scans have seen it
STANDSTILL_S = 4.9  # no starter within 5 s of a turning engine, less one scan
RAN_S = 15.0  # above 600 rpm by itself for longer than an attempt may take: a run
REST_S = 45.0  # the least that stop_to_start_s can be set to is 60 s; after a power cut the engine may still coast
CRANK_LONGEST_S = 16.0  # 12 s * 1.25, the crank that clears the engine, and one second of slack
PURGE_S = 3.9  # of cranking with gas shut: 4 s, less two scans
CLUTCH_RPM = 1100.0
CLUTCH_MARGIN_RPM = 100.0
START_DELTA_P_PSI = 35.0  # 30 psi and the error of two transducers
GAS_STILL_S = 2.0
GAS_NO_SPARK_S = 0.25
FLOW_LPS = 0.6
FLOW_S = 2.05
OVERSPEED_RPM = 3310.0
OVERSPEED_S = 0.35
CHAIN_RELAY_S = 0.15  # the hardwired chain drops the fuel relay
CHAIN_SCAN_S = 0.25  # and the firmware shuts its own valve within its scans
HEARTBEAT_S = 0.35  # window watchdog 200 ms, and three scans to see it
HANG_S = 3.0  # internal watchdog and the boot after it
DISCHARGE_PSIG = 335.0
DISCHARGE_FAULT_PSIG = 352.0  # switch at 350
LEAVING_C = 77.78  # 172 °F
PUMP_S = 1.0
STARTS_PER_HOUR = 6
VALVE_END = 0.05  # of the travel: as near to its end shuts the other loop off
BETWEEN_S = 2.0
CHANGEOVERS_PER_HOUR = 3
# Permits are three in an hour; the way from permit to valve may take up to a quarter of an hour, or minutes only.
CHANGEOVERS_SPAN_S = 2700.0
ASKED_S = 120.0  # a start takes time: the wish may have ended while it was being carried out
LATE_S = 0.101

ROWS = (
    ("gas_still_engine", "Gas never flows for more than 2 s with the engine below 30 rpm."),
    ("gas_without_spark", "Gas never flows into a turning engine without ignition."),
    ("starter_turning_engine", "The starter is never on above its release speed."),
    ("starter_standstill", "The starter engages only when the engine has stood still for 5 s."),
    ("rest_after_run", "After a run the starter engages only when the engine has stood still for 45 s."),
    ("starter_too_long", "The starter is never on for more than 16 s at a stretch."),
    ("purge", "Gas comes only after the starter has turned the engine with gas shut for 4 s."),
    ("starter_and_clutch", "Starter and clutch are never on together."),
    ("clutch_speed", "The clutch never engages above its engage speed."),
    ("clutch_pressure", "The clutch never engages against more than 35 psi across the compressor."),
    ("heartbeat_fuel", "Gas never flows when the heartbeat has been dead for 0.35 s."),
    ("output_age", "No output is older than its age: 3 s after the last heartbeat all that may not run on are off."),
    ("chain_fuel", "An open safety chain, pressure switch or emergency stop ends the flow of gas at once."),
    ("chain_valve", "The firmware shuts its own gas valve as well, within 0.25 s."),
    ("flow_lost", "No heating without water: gas off within 2 s of lost flow while the compressor turns."),
    ("overspeed", "Gas off within 0.35 s of more than 3310 rpm."),
    ("discharge_pressure", "Discharge stays below 335 psig; below its switch in a fault and ten minutes after."),
    ("leaving_water", "Flowing water never leaves above 172 °F."),
    ("reversing_valve", "The reversing valve never moves under a running compressor outside 50..120 psi and 1400 rpm."),
    ("pump_while_heating", "The hot pump is on while the compressor heats."),
    ("unasked_start", "No start that nobody asked for."),
    ("starts_per_hour", "At most six starts in any rolling hour."),
    ("water_valve_order", "The water valve is never told to travel while a pump is on."),
    ("water_valve_between", "Both water valves are never open to a running pump."),
    ("changeovers_per_hour", "At most three changeovers in an hour: never a fourth within three quarters of it."),
    ("ice", "Water never freezes in the plate; in a fault and ten minutes after, not while the compressor turns."),
    ("late_scan", "No scan is late by more than its period unless that was injected."),
    ("task_failure", "No task of the firmware raises an exception."),
)  # fmt: skip
NAMES = tuple(row[0] for row in ROWS)
MEMORY = 8  # numbers of memory each

_jit = numba.njit(cache=True, error_model="numpy")


@_jit
def _held(m, condition, dt, limit):
    """True when `condition` has held for longer than `limit` seconds (timer in m[0])."""
    if not condition:
        m[0] = 0.0
        return False
    m[0] += dt
    return m[0] > limit + 1e-6


@_jit
def _rises(m, level):
    """True at the exchange in which `level` goes on (previous level in m[1])."""
    before = m[1]
    m[1] = level
    return level > 0.5 and before < 0.5


@_jit
def _heats_hot_loop(v):
    """The compressor heats, and the exchanger is on the hot loop (a changeover may warm it while it is on the other)."""
    return v[COMPRESSOR] > 300.0 and v[REVERSED] < 0.5 and v[WATER_VALVE] < 0.5


@_jit
def _fuel(v):
    return v[GAS] > 0.5 and v[RELAY] > 0.5


@_jit
def _gas_still_engine(v, m):
    return _held(m, _fuel(v) and v[RPM] < STANDSTILL_RPM, v[DT], GAS_STILL_S)


@_jit
def _gas_without_spark(v, m):
    return _held(m, _fuel(v) and v[RPM] >= STANDSTILL_RPM and v[IGNITION] < 0.5, v[DT], GAS_NO_SPARK_S)


@_jit
def _starter_turning_engine(v, m):
    return v[STARTER] > 0.5 and v[RPM] > STARTER_OFF_RPM + STARTER_MARGIN_RPM


@_jit
def _starter_standstill(v, m):
    """m[2]: seconds since it last turned, m[3]: 1 after the first exchange (it stood before the scenario)."""
    if m[3] == 0.0:
        m[2], m[3] = 1e9, 1.0
    engages = _rises(m, v[STARTER])
    broken = engages and m[2] < STANDSTILL_S
    turning = v[RPM] > STANDSTILL_RPM
    m[2] = 0.0 if turning else m[2] + v[DT]
    return broken


@_jit
def _rest_after_run(v, m):
    """m[2]: seconds of standstill, m[3]: seconds of running by itself, m[4]: 1 after a run."""
    if _rises(m, v[STARTER]):
        broken = m[4] > 0.5 and m[2] < REST_S
        m[4] = 0.0
        return broken
    m[2] = m[2] + v[DT] if v[RPM] < STANDSTILL_RPM else 0.0
    m[3] = m[3] + v[DT] if v[RPM] > 600.0 and v[STARTER] < 0.5 else 0.0
    if m[3] > RAN_S:
        m[4] = 1.0
    return False


@_jit
def _starter_too_long(v, m):
    return _held(m, v[STARTER] > 0.5, v[DT], CRANK_LONGEST_S)


@_jit
def _purge(v, m):
    """m[2]: seconds that the starter has been on.  An engine that turns by itself gets no gas a second time."""
    opens = _rises(m, v[GAS])
    broken = opens and (m[2] < PURGE_S if v[STARTER] > 0.5 else v[RPM] > STANDSTILL_RPM)
    m[2] = m[2] + v[DT] if v[STARTER] > 0.5 else 0.0
    return broken


@_jit
def _starter_and_clutch(v, m):
    return v[STARTER] > 0.5 and v[CLUTCH] > 0.5


@_jit
def _clutch_speed(v, m):
    return _rises(m, v[CLUTCH]) and v[RPM] > CLUTCH_RPM + CLUTCH_MARGIN_RPM


@_jit
def _clutch_pressure(v, m):
    return _rises(m, v[CLUTCH]) and v[DELTA_P] > START_DELTA_P_PSI


@_jit
def _heartbeat_age(v, m):
    """Seconds that the heartbeat had stood still at the end of this exchange (m[1] level, m[2] age).

    The wires already show what the controller commands for the next exchange; the fuel relay shows this one.
    """
    m[2] += v[DT]
    age = m[2]
    if v[HEARTBEAT] != m[1]:
        m[1] = v[HEARTBEAT]
        m[2] = 0.0
    return age


@_jit
def _heartbeat_fuel(v, m):
    return _heartbeat_age(v, m) > HEARTBEAT_S and _fuel(v)


@_jit
def _output_age(v, m):
    fast = v[GAS] > 0.5 or v[IGNITION] > 0.5 or v[STARTER] > 0.5 or v[CLUTCH] > 0.5
    slow = v[LIQUID] > 0.5 or v[FAN_1] > 0.5 or v[FAN_2] > 0.5 or v[FAN_3] > 0.5 or v[HEATER] > 0.5
    return _heartbeat_age(v, m) > HANG_S and (fast or slow)


@_jit
def _open_chain(v):
    return v[CHAIN] < 0.5 or v[SWITCH] < 0.5 or v[ESTOP] < 0.5


@_jit
def _chain_fuel(v, m):
    return _held(m, _open_chain(v) and _fuel(v), v[DT], CHAIN_RELAY_S)


@_jit
def _chain_valve(v, m):
    return _held(m, _open_chain(v) and v[GAS] > 0.5, v[DT], CHAIN_SCAN_S)


@_jit
def _flow_lost(v, m):
    return _held(m, _heats_hot_loop(v) and v[FLOW] < FLOW_LPS and _fuel(v), v[DT], FLOW_S)


@_jit
def _overspeed(v, m):
    return _held(m, v[RPM] > OVERSPEED_RPM and _fuel(v), v[DT], OVERSPEED_S)


@_jit
def _discharge_pressure(v, m):
    return v[DISCHARGE] > (DISCHARGE_FAULT_PSIG if v[FAULTED] > 0.5 else DISCHARGE_PSIG)


@_jit
def _leaving_water(v, m):
    return v[LEAVING] > LEAVING_C and v[FLOW] > 0.3


@_jit
def _reversing_valve(v, m):
    """m[1]: previous command, m[3]: 1 while the last exchange had power: without it the pilot falls by itself."""
    moved = m[3] > 0.5 and v[POWERED] > 0.5 and v[REVERSING] != m[1]
    m[1], m[3] = v[REVERSING], v[POWERED]
    in_window = 50.0 <= v[DELTA_P] <= 120.0 and v[RPM] <= 1400.0
    return moved and v[COMPRESSOR] > 50.0 and not in_window


@_jit
def _pump_while_heating(v, m):
    return _held(m, _heats_hot_loop(v) and v[PUMP_HOT] < 0.5, v[DT], PUMP_S)


@_jit
def _unasked_start(v, m):
    """m[2]: seconds since somebody last asked for heat."""
    m[2] = 0.0 if v[ASKED] > 0.5 else m[2] + v[DT]
    return _rises(m, v[STARTER]) and m[2] > ASKED_S


@_jit
def _starts_per_hour(v, m):
    """A ring of the seconds since the last seven starts; m[0] is 1 while an engine start is not yet counted.

    A start is the engine's speed rising through 600 rpm after it had stood still.
    """
    for place in range(1, 8):
        m[place] = m[place] + v[DT] if m[place] > 0.0 else 0.0
    if v[RPM] < STANDSTILL_RPM:
        m[0] = 1.0
    if m[0] > 0.5 and v[RPM] > 600.0:
        m[0] = 0.0
        for place in range(7, 1, -1):
            m[place] = m[place - 1]
        m[1] = 1e-9
    return 0.0 < m[STARTS_PER_HOUR + 1] < 3600.0


@_jit
def _pumps(v):
    return v[PUMP_HOT] > 0.5 or v[PUMP_CHILLED] > 0.5


@_jit
def _water_valve_order(v, m):
    """m[1]: previous order, m[2]: 1 while the last exchange had power: without it the spring turns the valve."""
    turned = m[2] > 0.5 and v[POWERED] > 0.5 and v[WATER_ORDER] != m[1]
    m[1], m[2] = v[WATER_ORDER], v[POWERED]
    return turned and _pumps(v)


@_jit
def _water_valve_between(v, m):
    return _held(m, VALVE_END < v[WATER_VALVE] < 1.0 - VALVE_END and _pumps(v), v[DT], BETWEEN_S)


@_jit
def _changeovers_per_hour(v, m):
    """A ring of the seconds since the last four arrivals at the other end, m[1..4]; m[0]: 0 unknown, else end + 1.

    m[5]: 1 after a time without power, in which the spring has turned the valve to the hot end: nobody changed over.
    """
    for place in range(1, CHANGEOVERS_PER_HOUR + 2):
        m[place] = m[place] + v[DT] if m[place] > 0.0 else 0.0
    end = 0.0
    if v[WATER_VALVE] < VALVE_END:
        end = 1.0
    elif v[WATER_VALVE] > 1.0 - VALVE_END:
        end = 2.0
    if m[0] == 0.0 or v[POWERED] < 0.5:
        m[5] = 1.0
    if end > 0.0 and end != m[0]:
        fell = m[5] > 0.5 and end == 1.0
        m[5] = 0.0 if m[0] > 0.0 else m[5]
        if m[0] > 0.0 and not fell:
            for place in range(CHANGEOVERS_PER_HOUR + 1, 1, -1):
                m[place] = m[place - 1]
            m[1] = 1e-9
        m[0] = end
    return 0.0 < m[CHANGEOVERS_PER_HOUR + 1] < CHANGEOVERS_SPAN_S


@_jit
def _ice(v, m):
    """m[1]: 1 while there is ice that froze in a fault; it may melt after that."""
    if v[ICE] < 0.5:
        m[1] = 0.0
        return False
    if v[FAULTED] > 0.5:
        m[1] = 1.0
    return m[1] < 0.5 or v[COMPRESSOR] > 50.0


@_jit
def _late_scan(v, m):
    return v[DT] > LATE_S and v[LATE_ALLOWED] < 0.5 and v[POWERED] > 0.5


@_jit
def _task_failure(v, m):
    return v[FAILURES] > 0.5


@_jit
def judge(v, memory, hits, first_ms, now_ms):
    """Judge all invariants on the vector `v`; count breaches in `hits`, note the first one's time."""
    broken = (
        _gas_still_engine(v, memory[0]),
        _gas_without_spark(v, memory[1]),
        _starter_turning_engine(v, memory[2]),
        _starter_standstill(v, memory[3]),
        _rest_after_run(v, memory[4]),
        _starter_too_long(v, memory[5]),
        _purge(v, memory[6]),
        _starter_and_clutch(v, memory[7]),
        _clutch_speed(v, memory[8]),
        _clutch_pressure(v, memory[9]),
        _heartbeat_fuel(v, memory[10]),
        _output_age(v, memory[11]),
        _chain_fuel(v, memory[12]),
        _chain_valve(v, memory[13]),
        _flow_lost(v, memory[14]),
        _overspeed(v, memory[15]),
        _discharge_pressure(v, memory[16]),
        _leaving_water(v, memory[17]),
        _reversing_valve(v, memory[18]),
        _pump_while_heating(v, memory[19]),
        _unasked_start(v, memory[20]),
        _starts_per_hour(v, memory[21]),
        _water_valve_order(v, memory[22]),
        _water_valve_between(v, memory[23]),
        _changeovers_per_hour(v, memory[24]),
        _ice(v, memory[25]),
        _late_scan(v, memory[26]),
        _task_failure(v, memory[27]),
    )
    for place in range(len(broken)):
        if broken[place]:
            if hits[place] == 0:
                first_ms[place] = now_ms
            hits[place] += 1


class Invariants:
    """The invariants of one run: memory, number of breaches, time of the first."""

    def __init__(self):
        self.memory = np.zeros((len(ROWS), MEMORY))
        self.hits = np.zeros(len(ROWS), np.int64)
        self.first_ms = np.full(len(ROWS), -1, np.int64)

    def judge(self, v, now_ms):
        """Judge one exchange; `v` in the order of SIGNALS."""
        judge(v, self.memory, self.hits, self.first_ms, now_ms)

    def broken(self):
        """Return (name, sentence, breaches, first breach in ms) of every invariant that did not hold."""
        return [
            (*row, int(self.hits[place]), int(self.first_ms[place]))
            for place, row in enumerate(ROWS)
            if self.hits[place]
        ]
