"""How near every run came to what must not be: the worst value of every number, at every exchange.

Numbers that an invariant judges are read where it judges them: from its own vector and its own timers.
"""

import math

import numba
import numpy as np

from ghptools.scenario import invariants as iv

HIGH, LOW = 1, -1  # which end is the bad one
# key, what it is, unit, the bad end, where the invariant breaks (None: nothing judges it), invariant
ROWS = (
    ("gas_still_s", "gas into an engine below 30 rpm", "s", HIGH, iv.GAS_STILL_S, "gas_still_engine"),
    ("gas_dark_s", "gas into a turning engine without spark", "s", HIGH, iv.GAS_NO_SPARK_S, "gas_without_spark"),
    ("starter_rpm", "engine speed under the starter", "rpm", HIGH, iv.STARTER_OFF_RPM + iv.STARTER_MARGIN_RPM, "starter_turning_engine"),
    ("starter_rest_s", "standstill before the starter", "s", LOW, iv.STANDSTILL_S, "starter_standstill"),
    ("starter_s", "starter at a stretch", "s", HIGH, iv.CRANK_LONGEST_S, "starter_too_long"),
    ("clutch_rpm", "engine speed as the clutch engages", "rpm", HIGH, iv.CLUTCH_RPM + iv.CLUTCH_MARGIN_RPM, "clutch_speed"),
    ("clutch_psi", "pressure difference as the clutch engages", "psi", HIGH, iv.START_DELTA_P_PSI, "clutch_pressure"),
    ("chain_s", "gas flows with the chain open", "s", HIGH, iv.CHAIN_RELAY_S, "chain_fuel"),
    ("chain_valve_s", "gas valve on with the chain open", "s", HIGH, iv.CHAIN_SCAN_S, "chain_valve"),
    ("flow_lost_s", "gas flows, compressor turns, no water", "s", HIGH, iv.FLOW_S, "flow_lost"),
    ("overspeed_s", "gas flows above 3310 rpm", "s", HIGH, iv.OVERSPEED_S, "overspeed"),
    ("rpm", "engine speed", "rpm", HIGH, None, None),
    ("discharge_psig", "discharge pressure", "psig", HIGH, iv.DISCHARGE_PSIG, "discharge_pressure"),
    ("discharge_fault_psig", "the same in a fault and after", "psig", HIGH, iv.DISCHARGE_FAULT_PSIG, "discharge_pressure"),
    ("leaving_c", "leaving water while it flows", "c", HIGH, iv.LEAVING_C, "leaving_water"),
    ("pump_off_s", "heating with the hot pump off", "s", HIGH, iv.PUMP_S, "pump_while_heating"),
    ("scan_s", "distance of scans that nothing was to delay", "s", HIGH, iv.LATE_S, "late_scan"),
    ("suction_psig", "suction pressure while the compressor turns", "psig", LOW, None, None),
    ("catalyst_c", "catalyst", "c", HIGH, None, None),
    ("coolant_c", "coolant", "c", HIGH, None, None),
    ("torque_pct", "engine torque", "pct", HIGH, None, None),
    ("lugging_s", "gas into an engine pulled below 600 rpm", "s", HIGH, None, None),
)  # fmt: skip
KEYS = tuple(row[0] for row in ROWS)
_BAD_END = np.array([row[3] for row in ROWS])
_COLUMNS = ("suction_psig", "catalyst_c", "coolant_c", "torque_pct", "lugging_s")
# The compiled function gets every place as an argument: its cache does not see when another file moves them.
_VECTOR = np.array([iv.STARTER, iv.CLUTCH, iv.RPM, iv.DELTA_P, iv.DISCHARGE, iv.LEAVING, iv.FLOW, iv.DT, iv.LATE_ALLOWED, iv.POWERED,
                    iv.COMPRESSOR, iv.FAULTED])  # fmt: skip
_TIMERS = np.array(
    [
        iv.NAMES.index(name)
        for name in (
            "gas_still_engine", "gas_without_spark", "starter_too_long", "chain_fuel", "chain_valve", "flow_lost", "overspeed",
            "pump_while_heating", "starter_standstill",
        )
    ]
)  # fmt: skip


@numba.njit(cache=True, error_model="numpy")
def _note(v, m, row, places, worst, before):
    """Take one exchange.

    places: of the vector, of the invariants' timers, of columns; and the bad end of every row
    before: starter and clutch in the last exchange, seconds of standstill before this one
    """
    vector, timer, column, bad_end = places
    starter, clutch, rpm = v[vector[0]], v[vector[1]], v[vector[2]]
    starts = starter > 0.5 and before[0] < 0.5
    engages = clutch > 0.5 and before[1] < 0.5
    turning = v[vector[10]] > 300.0
    nan = np.nan
    values = (
        m[timer[0], 0],
        m[timer[1], 0],
        rpm if starter > 0.5 else nan,
        before[2] if starts and before[2] < 1e6 else nan,
        m[timer[2], 0],
        rpm if engages else nan,
        v[vector[3]] if engages else nan,
        m[timer[3], 0],
        m[timer[4], 0],
        m[timer[5], 0],
        m[timer[6], 0],
        rpm,
        v[vector[4]] if v[vector[11]] < 0.5 else nan,
        v[vector[4]] if v[vector[11]] > 0.5 else nan,
        v[vector[5]] if v[vector[6]] > 0.3 else nan,
        m[timer[7], 0],
        v[vector[7]] if v[vector[8]] < 0.5 and v[vector[9]] > 0.5 else nan,
        row[column[0]] if turning else nan,
        row[column[1]],
        row[column[2]],
        row[column[3]],
        row[column[4]],
    )
    for place in range(len(values)):
        if values[place] * bad_end[place] > worst[place] * bad_end[place]:
            worst[place] = values[place]
    before[0], before[1], before[2] = starter, clutch, m[timer[8], 2]


class Margins:
    """The worst values of one run, read from its observer."""

    def __init__(self, observer):
        self._observer = observer
        columns = np.array([observer.names.place(name) for name in _COLUMNS], np.int64)
        self._places = (_VECTOR, _TIMERS, columns, _BAD_END)
        self._worst = np.array([-math.inf if row[3] == HIGH else math.inf for row in ROWS])
        self._before = np.zeros(3)

    def note(self):
        """Take what the observer has just judged."""
        observer = self._observer
        _note(observer.vector, observer.invariants.memory, observer.row, self._places, self._worst, self._before)

    def worst(self):
        """Return {key: worst value}; what never came about is left out."""
        return {key: round(float(value), 4) for key, value in zip(KEYS, self._worst, strict=True) if math.isfinite(value)}


def worse(key, a, b):
    """True when `a` is worse than `b`."""
    return (a - b) * ROWS[KEYS.index(key)][3] > 0
