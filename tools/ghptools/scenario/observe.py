"""What is done at every exchange, compiled: gather all numbers, judge, watch, note events.

About 3 us a call, so that the run's own cost stays far below that of firmware and plant.
"""

import numba
import numpy as np

from ghptools.plant import signals
from ghptools.scenario import columns, invariants

# A watch follows one column inside a window; every expectation and key figure is made of watches.
(
    COLUMN, START, END, LOW, HIGH,  # what, when (s; START is infinite until its event happens), the band
    TIME, TIME_IN, MIN, MAX, FIRST, LAST, INTEGRAL, FIRST_IN, LAST_OUT, RUN_IN, LONGEST_IN, AT_MIN, AT_MAX, OPENED,
) = range(19)  # fmt: skip
WATCH_WIDTH = 19

EVENT_LIMIT = 60000

_T = {name: place for place, name in enumerate(signals.TRUTH)}
_C = {name: place for place, name in enumerate(signals.COMMANDS)}
_DERIVED_INPUTS = np.array(
    [
        _C["gas_valve"], _C["fuel_relay"], _T["engine_rpm"], _T["q_hot_w"], _T["fuel_w_hhv"], _T["torque_nm"], _T["torque_limit_nm"],
    ],
    np.int64,
)  # fmt: skip

_jit = numba.njit(cache=True, error_model="numpy")


@_jit
def _derive(row, at, truth, cmd, places, averages, dt):
    """Fill the columns of `columns.DERIVED`."""
    fuel = 1.0 if cmd[places[0]] > 0.5 and cmd[places[1]] > 0.5 else 0.0
    rpm = truth[places[2]]
    row[at] = fuel
    if rpm > 600.0:
        row[at + 1] = 1.0
    elif rpm < 30.0:
        row[at + 1] = 0.0
    share = dt / (60.0 + dt)
    averages[0] += share * (truth[places[3]] - averages[0])
    averages[1] += share * (truth[places[4]] - averages[1])
    row[at + 2] = averages[0] / averages[1] if averages[1] > 20e3 else np.nan
    limit = truth[places[6]]
    row[at + 3] = 100.0 * truth[places[5]] / limit if limit > 1.0 and fuel > 0.5 else 0.0
    row[at + 4] = row[at + 4] + dt if cmd[places[0]] > 0.5 else 0.0
    row[at + 5] = row[at + 5] + dt if fuel > 0.5 and row[at + 1] > 0.5 and rpm < 600.0 else 0.0


@_jit
def _watch(watches, row, now_s, dt):
    for place in range(watches.shape[0]):
        w = watches[place]
        if now_s <= w[START] or now_s > w[END] + 1e-9:
            continue
        value = row[int(w[COLUMN])]
        if np.isnan(value):
            continue
        if w[OPENED] == 0.0:
            w[OPENED] = 1.0
            w[FIRST] = value
        w[LAST] = value
        w[TIME] += dt
        w[INTEGRAL] += value * dt
        if value < w[MIN]:
            w[MIN] = value
            w[AT_MIN] = now_s
        if value > w[MAX]:
            w[MAX] = value
            w[AT_MAX] = now_s
        if w[LOW] <= value <= w[HIGH]:
            w[TIME_IN] += dt
            w[RUN_IN] += dt
            if w[FIRST_IN] < 0.0:
                w[FIRST_IN] = now_s
            if w[RUN_IN] > w[LONGEST_IN]:
                w[LONGEST_IN] = w[RUN_IN]
        else:
            w[LAST_OUT] = now_s
            w[RUN_IN] = 0.0


@_jit
def _observe(row, starts, sources, facts, places, averages, iv_places, iv_vector, watches, edges, events):
    """One exchange.

    row      the vector of all columns, kept between calls
    starts   first column of: truth, derived, cmd., out., env., sensed., fw.
    sources  (truth, cmd, out, env, sensed, telemetry)
    facts    the columns of `columns.RUN`
    iv_*     columns that the invariants judge, and the vector they judge
    edges    (columns whose changes are events, their last values)
    events   (time, column, value) rows; row 0 holds their number
    """
    truth, cmd, out, env, sensed, telemetry = sources
    dt = facts[1]
    for k in range(facts.shape[0]):
        row[k] = facts[k]
    for k in range(truth.shape[0]):
        row[starts[0] + k] = truth[k]
    for k in range(cmd.shape[0]):
        row[starts[2] + k] = cmd[k]
    for k in range(out.shape[0]):
        row[starts[3] + k] = out[k]
    for k in range(env.shape[0]):
        row[starts[4] + k] = env[k]
    for k in range(sensed.shape[0]):
        row[starts[5] + k] = sensed[k]
    for k in range(telemetry.shape[0]):
        row[starts[6] + k] = telemetry[k]
    _derive(row, starts[1], truth, cmd, places, averages, dt)
    for k in range(iv_places.shape[0]):
        iv_vector[k] = row[iv_places[k]]
    _watch(watches, row, facts[0], dt)
    which, last = edges
    for k in range(which.shape[0]):
        value = row[int(which[k])]
        if value != last[k] and not np.isnan(value):
            count = int(events[0, 0]) + 1
            if count < events.shape[0]:
                events[0, 0] = count
                events[count, 0] = facts[0]
                events[count, 1] = which[k]
                events[count, 2] = value
            last[k] = value


class Observer:
    """All that one run sees: the vector of columns, watches, invariants, events."""

    def __init__(self, names, watch_count, event_columns):
        self.names = names
        self.row = np.zeros(len(names))
        self.row[names.start["fw."] :] = np.nan
        order = ("truth", "derived", "cmd.", "out.", "env.", "sensed.", "fw.")
        self._starts = np.array([names.start[key] for key in order], np.int64)
        self.facts = np.zeros(len(columns.RUN))
        self.telemetry = np.full(len(names) - names.start["fw."], np.nan)
        self.invariants = invariants.Invariants()
        self._iv_places = np.array([names.place(name) for name in invariants.SIGNALS], np.int64)
        self.vector = np.zeros(len(self._iv_places))
        self._averages = np.zeros(2)
        self.watches = np.zeros((watch_count, WATCH_WIDTH))
        self.watches[:, [START, END, MIN, HIGH]] = np.inf
        self.watches[:, [MAX, LOW]] = -np.inf
        self.watches[:, [FIRST_IN, LAST_OUT]] = -1.0
        self.watches[:, [FIRST, LAST]] = np.nan
        which = np.array(sorted({names.place(name) for name in event_columns}), np.int64)
        self._edges = (which, np.zeros(len(which)))
        self._events = np.zeros((EVENT_LIMIT, 3))

    def events(self):
        """Return the noted changes as rows (time in s, column, value)."""
        return self._events[1 : int(self._events[0, 0]) + 1]

    @property
    def full(self):
        """True when there were more events than fit."""
        return self._events[0, 0] >= EVENT_LIMIT - 1

    def connect(self, plant, out):
        """Take the arrays to look at: the plant's, and the controller's output wires (int32)."""
        self._sources = (plant.truth, plant.cmd, out, plant.env, plant.sensed, self.telemetry)

    def observe(self):
        """Look once; `facts` must be up to date."""
        # Two compiled calls: numba's cache follows the file of the called function only, so none may inline
        # what lives in another file.
        _observe(
            self.row, self._starts, self._sources, self.facts, _DERIVED_INPUTS, self._averages, self._iv_places, self.vector,
            self.watches, self._edges, self._events,
        )  # fmt: skip
        self.invariants.judge(self.vector, int(self.facts[0] * 1000.0 + 0.5))
