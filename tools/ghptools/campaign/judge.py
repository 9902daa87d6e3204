"""Runs a drawn run in this process and judges it: invariants, expectations, and the laws of a campaign."""

import math
import signal
from contextlib import contextmanager

from ghptools.campaign import excuses, margins
from ghptools.scenario import runner
from ghptools.virtual.inprocess import EndOfRun

_SLACK_S = 3.0  # telemetry comes once a second, and a fault may delay a line
_SLOWEST = 40.0  # times real time, of processor time: slower is endless
_PATIENCE_S = 30.0  # and so much in any case
_CRANKS_V = 12.4  # a battery that turns a cold engine fast enough to fire
_COLDEST_C, _WARMEST_C = -17.8, 46.1  # 0 F: no start below it; 115 F
_OBEY_ROWS = 3  # rows of a second: a stop must have left the running states by then

# The laws beside the invariants: what each says, in a sentence.
LAWS = {
    "exception": "The firmware neither raises nor ends by itself.",
    "console": "The console answers at the end.",
    "defined_end": "No state of the engine's sequence lasts longer than it may.",
    "stop_obeyed": "No alarm that stops leaves the engine running or starting.",
    "unprovoked": "Within its weather and with a sound battery nothing stops the machine before a fault, an emergency stop, a restart or a delay.",
}


class EndlessRun(BaseException):
    """The firmware does not let time pass any more; passes every `except Exception` of it."""


@contextmanager
def ends(duration_s):
    """Raise EndlessRun when a run of `duration_s` has used far more processor time than it may need."""
    limit_s = _PATIENCE_S + duration_s / _SLOWEST

    def give_up(*_):
        raise EndlessRun(f"does not come to its end within {limit_s:.0f} s of processor time")

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)


class WatchedSession(runner.Session):
    """A run that also notes how near it came."""

    def __init__(self, scenario):
        super().__init__(scenario)
        self.margins = margins.Margins(self.observer)

    def on_exchange(self, dt_ms):
        """One exchange, and what came of it."""
        try:
            super().on_exchange(dt_ms)
        except EndOfRun:
            self.margins.note()
            raise
        self.margins.note()


def judge(run):
    """Run `run` (a `draw.Run`); return its record, plain data for JSON."""
    record = {"seed": run.seed, "virtual_s": run.duration_s, "faults": run.faults}
    session = WatchedSession(run.scenario(runner.telemetry_fields()))
    found = []  # (law or invariant, detail, time in s or None)
    try:
        with ends(run.duration_s):
            result = session.run()
    except (runner.RunError, EndlessRun) as error:
        found.append(("exception", str(error), session.host.time_ms / 1000.0))
        found += [_broken(row) for row in session.observer.invariants.broken()]
        record["real_s"] = 0.0
    else:
        record["real_s"] = round(result.real_s, 3)
        found += [_broken(row) for row in result.invariants]
        found += [("console", verdict.detail, None) for verdict in result.expectations if not verdict.ok]
    found += overstayed(session.trace, limits(session.scenario.settings, bool(session.host.restarts)))
    found += disobeyed(session.trace)
    found += unprovoked(session)
    record["violations"], record["excused"] = excuses.sort(found, _injected(session))
    record["margins"] = session.margins.worst()
    states = session.trace.column("fw.state")
    record["states"] = sorted({int(state) for state in states if not math.isnan(state)})
    record["alarms"] = sorted({key for _, key, word in session.console.alarms if word == "raised"})
    record["injected"] = [f"{fault['target']} {fault['kind']}" for fault, _ in _injected(session)]
    return record


def _broken(row):
    name, _sentence, count, first_ms = row
    return name, f"{count} exchanges", first_ms / 1000.0


def _injected(session):
    """Return [(fault as a table, time in s)] of what really was injected."""
    return [
        ({"target": fault.target, "kind": fault.kind, **fault.parameters}, at)
        for at, entry in session.timeline.done
        for fault in entry.inject
    ]


def limits(words, restarted):
    """Return the longest stay in every state in s (infinite where it may last), for settings typed as `words`.

    A unit that `restarted` may have lost them, with a memory chip that failed or a cut just after they were typed: the longer of
    default and typed value counts.
    """
    from ghp import settings  # noqa: PLC0415  the firmware's own tables
    from ghp.control import states  # noqa: PLC0415

    typed = settings.Settings()
    for key, word in words.items():
        typed.set_text(key, word)
    pairs = zip(states.limits(settings.Settings()), states.limits(typed), strict=True)
    return [(max(pair) if restarted else pair[1]) / 1000.0 if any(pair) else math.inf for pair in pairs]


def overstayed(trace, longest_s):
    """Return a finding for every state that lasted longer than `longest_s` allows."""
    found = []
    since, current = 0.0, None
    for now_s, state in zip(trace.column("run.time_s"), trace.column("fw.state"), strict=True):
        if math.isnan(state) or state != current:
            since, current = now_s, None if math.isnan(state) else state
        elif now_s - since > longest_s[int(state)] + _SLACK_S:
            found.append(("defined_end", f"state {int(state)} since {since:.0f} s", float(now_s)))
            current = None
    return found[:3]


def disobeyed(trace):
    """Return a finding when a standing stop left the engine in a state of starting or running."""
    from ghp.control import states  # noqa: PLC0415
    from ghp.protection import stops  # noqa: PLC0415

    rows = 0
    columns = [trace.column(name) for name in ("run.time_s", "fw.state", "fw.stop_class")]
    for now_s, state, stop_class in zip(*columns, strict=True):
        last = states.SPIN_DOWN if stop_class >= stops.FAST_STOP else states.RUN
        stays = stop_class >= stops.NORMAL_STOP and states.FLOW <= state <= last
        rows = rows + 1 if stays else 0
        if rows > _OBEY_ROWS:
            return [("stop_obeyed", f"state {int(state)} under stop class {int(stop_class)}", float(now_s))]
    return []


def unprovoked(session):
    """Return a finding when an alarm that stops was raised before anything was put in that may raise one.

    A clock that jumps is no reason to stop, nor are weather within the machine's range, load and people.  A weak battery
    from the start on explains a failed start, nothing else.
    """
    from ghp import alarms  # noqa: PLC0415  the firmware's own tables
    from ghp.protection import stops  # noqa: PLC0415

    first_s = math.inf
    trace = session.trace
    for at, ambient_c in zip(trace.column("run.time_s"), trace.column("ambient_c"), strict=True):
        if not _COLDEST_C <= ambient_c <= _WARMEST_C:
            first_s = min(first_s, float(at))
    for at, entry in session.timeline.done:
        fault = any(fault.target != "clock" for fault in entry.inject)
        if fault or entry.event or "emergency_stop_pressed" in entry.world:
            first_s = min(first_s, at)
    stopping = {row[alarms.KEY] for row in alarms.ROWS if row[alarms.CLASS] >= stops.NORMAL_STOP}
    if session.scenario.start.get("battery_v", _CRANKS_V) < _CRANKS_V:
        stopping.discard("failed_start")
    raised = [(at, key) for at, key, word in session.console.alarms if word == "raised" and key in stopping]
    return [("unprovoked", f"{key} at {at:.0f} s", at) for at, key in raised if at < first_s][:3]


def caught(path):
    """Run a scenario file; return what it missed or broke, as short lines, none when everything is met."""
    from ghptools.scenario import loader  # noqa: PLC0415

    session = runner.Session(loader.load(path, runner.telemetry_fields()))
    try:
        with ends(session.scenario.duration_s):
            result = session.run()
    except (runner.RunError, EndlessRun) as error:
        return [str(error)]
    lines = [f"invariant {name}" for name, *_ in result.invariants]
    return lines + [verdict.name for verdict in [*result.expectations, *result.figures] if not verdict.ok]
