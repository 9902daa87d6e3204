"""Runs one day and counts what a service log would show of it."""

import math

import numpy as np

from ghptools.scenario import loader, runner, trace

_SETTLED_S = 3600.0  # after a change of the set point; showers and loads count
_RUNNING_S = 1200.0
_RUN = 13.0  # ghp.control.states.RUN
_HEATING, _COOLING = 0.0, 1.0  # ghp.control.duty
_FIRST_HOUR_S = 3600.0  # what is loaded and cached by then stays


def judge(path, interpreter="cpython"):
    """Run the day's scenario file `path`; return its record, plain data for JSON."""
    from ghp import alarms  # noqa: PLC0415  the firmware's own tables
    from ghp.protection import stops  # noqa: PLC0415

    scenario = loader.load(path, runner.telemetry_fields())
    record = {"scenario": str(path), "interpreter": interpreter, "virtual_s": scenario.duration_s}
    try:
        result = runner.Session(scenario, interpreter).run()
    except runner.RunError as error:
        return {**record, "failed": str(error)}
    classes = {row[alarms.KEY]: row[alarms.CLASS] for row in alarms.ROWS}
    raised = [(round(t, 1), key) for t, key, word in result.alarms if word == "raised"]
    starts = trace.edges(result.events, result.columns.place("running"))
    ambient = result.trace.column("env.ambient_c")
    farthest, above = distances(result)
    chilling = served(result, _COOLING)
    return {
        **record,
        "alarms": raised,
        "trips": [(t, key) for t, key in raised if classes.get(key, stops.LOCK_OUT) >= stops.NORMAL_STOP],
        "invariants": [(name, ms / 1000.0) for name, _, _, ms in result.invariants],
        "starts": len(starts),
        "run_share": round(float(np.mean(result.trace.column("running"))), 4),
        "ambient_c": [round(float(ambient.min()), 2), round(float(ambient.max()), 2)],
        "changeovers": _last(result, "fw.changeovers"),
        "defrosts": _last(result, "fw.defrosts"),
        "chilling_h": round(float(np.mean(chilling)) * scenario.duration_s / 3600.0, 3),
        "worst_k": farthest,
        "above_k": above,
        "chilled_worst_k": chilled_distance(result),
        "overruns": _last(result, "fw.overruns"),
        "memory": memory(result),
    }


def distances(result):
    """Return how far (K) the leaving water went from the set point in force: farthest either way in a settled run, with
    its sign, and highest above it while the unit cycles as well; None where there was no such time."""
    farthest, distance = _distance(result, "fw.setpoint_c", "leaving_c", _HEATING)
    return farthest, round(float(distance.max()), 3) if len(distance) else None


def chilled_distance(result):
    """Return the same of the chilled water: farthest either way in a settled run of chilling."""
    return _distance(result, "fw.chilled_setpoint_c", "chilled_leaving_c", _COOLING)[0]


def served(result, duty):
    """Return at every row whether the compressor runs for the water of `duty`."""
    return (result.trace.column("fw.state") == _RUN) & (result.trace.column("fw.duty") == duty)


def _distance(result, setpoint, leaving, duty):
    t = result.trace.column("run.time_s")
    setpoint = result.trace.column(setpoint)
    changed = np.concatenate(([True], np.abs(np.diff(setpoint)) > 0.05))
    settled = (t - _latest(t, changed) >= _SETTLED_S) & np.isfinite(setpoint)
    running = t - _latest(t, ~served(result, duty)) >= _RUNNING_S
    distance = result.trace.column(leaving) - setpoint
    run = distance[settled & running]
    return round(float(run[np.argmax(np.abs(run))]), 3) if len(run) else None, distance[settled]


def _latest(t, happens):
    """Return at every place the time at which `happens` was last true."""
    return np.maximum.accumulate(np.where(happens, t, -np.inf))


def memory(result):
    """Return [free at first, free at last, noise] in bytes, from the most that was free in spans; None where not known.

    Between two collections free memory only falls, so the most of a span is what was free after a collection.
    """
    if "mem_free" not in result.session.fields:
        return None
    t, free = result.trace.column("run.time_s"), result.trace.column("fw.mem_free")
    known = np.isfinite(free) & (t >= min(_FIRST_HOUR_S, 0.3 * result.duration_s))
    if known.sum() < 60:
        return None
    return line([float(part.max()) for part in np.array_split(free[known], 12)])


def line(spans):
    """Return [first, last, noise] of a straight line through `spans`: both ends, and how far the spans stray from it."""
    places = np.arange(len(spans))
    slope, first = np.polyfit(places, spans, 1)
    astray = spans - (first + slope * places)
    return [round(first), round(first + slope * (len(spans) - 1)), round(astray.max() - astray.min())]


def _last(result, name):
    value = float(result.trace.column(name)[-1])
    return None if math.isnan(value) else int(value)
