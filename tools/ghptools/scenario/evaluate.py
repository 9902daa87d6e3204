"""From watches to verdicts: which columns to watch, and what the expectations and figures come to."""

import math
from dataclasses import dataclass

from ghptools import quantities
from ghptools.scenario import columns, observe, trace
from ghptools.scenario.model import Figure

_ALARM_SIGNALS = ("alarm", "no_alarm")

_STANDS = ("raised", "cleared", "reset")  # what else the history tells of an alarm changes nothing about its standing


class Plan:
    """The watches of one scenario: one for each expectation that has a signal, one or two for each figure."""

    def __init__(self, scenario, names):
        self._duration_s = scenario.duration_s
        self._rows = []  # (column, item)
        self.of = {}  # id(item) -> first watch
        for item in [*scenario.expectations, *scenario.figures]:
            if item.signal is None:
                continue
            self.of[id(item)] = len(self._rows)
            self._rows.append((names.place(item.signal), item))
            if isinstance(item, Figure) and item.per:
                self._rows.append((names.place(item.per), item))

    def __len__(self):
        return len(self._rows)

    def place(self, watches, happened):
        """Write columns, bands and the windows as far as they are known into `watches`."""
        for place, (column, item) in enumerate(self._rows):
            watch = watches[place]
            watch[observe.COLUMN] = column
            watch[observe.LOW], watch[observe.HIGH] = item.low, item.high
            watch[observe.START] = item.begin.resolve(happened, self._duration_s)
            watch[observe.END] = item.end.resolve(happened, self._duration_s)


@dataclass
class Verdict:
    """What became of one expectation, figure or invariant."""

    name: str
    ok: bool
    detail: str
    kind: str = "expectation"
    value: float | None = None  # figures: in the base unit of `quantity`
    quantity: str = "number"
    shown: str = ""
    limit: str = ""
    line: int = 0


class Result:
    """Everything a run has shown."""

    def __init__(self, session):
        self.session = session
        self.scenario = session.scenario
        self.trace = session.trace
        self.columns = session.columns
        self.events = session.observer.events().copy()
        self.watches = session.observer.watches
        self.alarms = session.console.alarms
        self.happened = session.happened
        self.ended = session.ended
        self.duration_s = session.host.time_ms / 1000.0
        self.real_s = session.real_s
        asked = [*self.scenario.expectations, *self.scenario.figures]
        self.left_open = [item.name for item in asked if self._is_open(item)]
        self.expectations = [self._judge(e) for e in self.scenario.expectations if not self._is_open(e)]
        self.figures = [self._figure(f) for f in self.scenario.figures if not self._is_open(f)]
        self.invariants = session.observer.invariants.broken()

    @property
    def ok(self):
        """True when every expectation, limit and invariant held and the scenario ran to its end."""
        whole = self.ended == "end of the scenario"
        return whole and not self.invariants and all(v.ok for v in [*self.expectations, *self.figures])

    @property
    def speed(self):
        """Virtual seconds per real second."""
        return self.duration_s / self.real_s if self.real_s > 0 else math.inf

    def _is_open(self, item):
        """Return whether a cut run cannot tell: the window is not there yet, or what must come may still come."""
        cut_s = self.session.cut_s
        if cut_s is None:
            return False
        begin = item.begin.resolve(self.happened, self.scenario.duration_s)
        if begin >= cut_s:
            return math.isfinite(begin) or not self._is_due(item.begin.event, cut_s)
        if getattr(item, "never", False):
            return False
        end = item.end.resolve(self.happened, self.scenario.duration_s)
        if getattr(item, "within_s", None) is not None:
            end = begin + item.within_s
        elif getattr(item, "by", None) is not None:
            end = item.by.resolve(self.happened, self.scenario.duration_s)
        return end > cut_s

    def _is_due(self, event, cut_s):
        """Return whether a cut run waited for the entry `event`: a cut comes when what it is about has been seen."""
        entry = next(entry for entry in self.scenario.timeline if entry.name == event)
        at = entry.at.resolve(self.happened, self.scenario.duration_s)
        return at < cut_s if math.isfinite(at) else self._is_due(entry.at.event, cut_s)

    # --- expectations ---------------------------------------------------------------------------------

    def _judge(self, e):
        begin = e.begin.resolve(self.happened, self.scenario.duration_s)
        end = e.end.resolve(self.happened, self.scenario.duration_s)
        if math.isinf(begin):
            return Verdict(e.name, False, f"'{e.begin.event}' never happened")
        if math.isinf(end):
            end = self.scenario.duration_s
        ok, detail = getattr(self, "_" + e.kind)(e, begin, end)
        return Verdict(e.name, ok, detail)

    def _watch(self, item):
        return self.watches[self.session.plan.of[id(item)]]

    def _band(self, e, begin, end):
        w = self._watch(e)
        if w[observe.TIME] <= 0:
            return False, "the window was never open"
        kind = columns.kind(e.signal)
        share = w[observe.TIME_IN] / w[observe.TIME]
        extremes = []
        if math.isfinite(e.low):
            extremes.append(f"lowest {quantities.show(w[observe.MIN], kind)} at {_clock(w[observe.AT_MIN])}")
        if math.isfinite(e.high):
            extremes.append(f"highest {quantities.show(w[observe.MAX], kind)} at {_clock(w[observe.AT_MAX])}")
        detail = ", ".join(extremes)
        if e.share < 1.0 or share < 1.0 - 1e-9:
            detail = f"{100 * share:.1f} % of the time inside; {detail}"
        return share >= e.share - 1e-9, detail

    def _deadline(self, e, begin):
        return begin + e.within_s if e.within_s is not None else e.by.resolve(self.happened, self.scenario.duration_s)

    def _reach(self, e, begin, end):
        w = self._watch(e)
        kind = columns.kind(e.signal)
        first = w[observe.FIRST_IN]
        if w[observe.TIME] <= 0:
            return False, "the window was never open"
        if first < 0:
            best = w[observe.MAX] if math.isfinite(e.low) else w[observe.MIN]
            return False, f"never; came to {quantities.show(best, kind)}"
        return first <= self._deadline(e, begin) + 1e-6, f"after {quantities.span(first - begin)}, at {_clock(first)}"

    def _settle(self, e, begin, end):
        w = self._watch(e)
        if w[observe.TIME] <= 0:
            return False, "the window was never open"
        kind = columns.kind(e.signal)
        if w[observe.RUN_IN] <= 0:
            return False, f"still outside at the end: {quantities.show(w[observe.LAST], kind)}"
        since = max(w[observe.LAST_OUT], begin)
        return since <= self._deadline(
            e, begin
        ) + 1e-6, f"inside from {_clock(since)} on, {quantities.span(since - begin)} after the window opened"

    def _stay(self, e, begin, end):
        w = self._watch(e)
        longest, total = w[observe.LONGEST_IN], w[observe.TIME_IN]
        ok = w[observe.TIME] > 0
        ok = ok and (e.at_most_s is None or longest <= e.at_most_s + 1e-6)
        ok = ok and (e.total_at_most_s is None or total <= e.total_at_most_s + 1e-6)
        ok = ok and (e.at_least_s is None or total >= e.at_least_s - 1e-6)
        return ok, f"longest {quantities.span(longest)}, in all {quantities.span(total)}"

    def _count(self, e, begin, end):
        times = trace.edges(self.events, self.columns.place(e.signal), begin, end)
        most = _most(times, e.per_s)
        detail = (
            f"{most}" if e.per_s is None else f"{most} in the worst {quantities.span(e.per_s)}, {len(times)} in all"
        )
        if 0 < len(times) <= 8:
            detail += " (" + ", ".join(_clock(t) for t in times) + ")"
        return e.low <= most <= e.high, detail

    def _raised(self, begin, end):
        return [(t, key) for t, key, word in self.alarms if word == "raised" and begin < t <= end + 1e-6]

    def _alarm(self, e, begin, end):
        raised = self._raised(begin, end)
        for t, key in raised:
            if key in e.alarms:
                late = t - begin
                ok = e.within_s is None or late <= e.within_s + 1e-6
                return ok, f"{key} {quantities.span(late)} after the window opened"
        others = ", ".join(f"{key} at {_clock(t)}" for t, key in raised)
        return False, f"not raised; raised were: {others}" if others else "no alarm was raised"

    def _cleared(self, e, begin, end):
        latest = begin
        for key in e.alarms:
            events = [(t, word) for t, its, word in self.alarms if its == key and word in _STANDS and begin < t <= end + 1e-6]
            left = [t for t, word in events if word != "raised"]
            if not left:
                return False, f"{key} did not leave"
            if events[-1][1] == "raised":
                return False, f"{key} left at {_clock(left[0])} and came back at {_clock(events[-1][0])}"
            latest = max(latest, left[-1])
        late = latest - begin
        return e.within_s is None or late <= e.within_s + 1e-6, f"{quantities.span(late)} after the window opened"

    def _says(self, e, begin, end):
        for t, line in self.session.console.log:
            if begin <= t <= end + 1e-6 and e.says in line:
                return e.within_s is None or t - begin <= e.within_s + 1e-6, f"at {_clock(t)}: {line}"
        return False, "not said"

    def _no_alarm(self, e, begin, end):
        raised = [(t, key) for t, key in self._raised(begin, end) if key not in e.alarms]
        if not raised:
            return True, "none"
        more = f" and {len(raised) - 4} more" if len(raised) > 4 else ""
        return False, ", ".join(f"{key} at {_clock(t)}" for t, key in raised[:4]) + more

    # --- figures --------------------------------------------------------------------------------------

    def _figure(self, f):
        value = self._figure_value(f)
        limits = []
        if f.at_least is not None:
            limits.append(f"≥ {quantities.show(f.at_least, f.kind, f.unit)}")
        if f.at_most is not None:
            limits.append(f"≤ {quantities.show(f.at_most, f.kind, f.unit)}")
        known = value is not None and math.isfinite(value)
        ok = not limits or (
            known
            and (f.at_least is None or value >= f.at_least - 1e-9)
            and (f.at_most is None or value <= f.at_most + 1e-9)
        )
        shown = (
            quantities.show(value, f.kind, f.unit, 2 if f.kind == "number" and f.value != "count" else None)
            if known
            else "--"
        )
        if f.value == "count" and known:
            shown = f"{value:.0f}"
        return Verdict(f.name, ok, "", "figure", value if known else None, f.kind, shown, " and ".join(limits))

    def _figure_value(self, f):
        begin = f.begin.resolve(self.happened, self.scenario.duration_s)
        if math.isinf(begin):
            return None
        place = self.session.plan.of[id(f)]
        w = self.watches[place]
        if w[observe.TIME] <= 0:
            return None
        if f.value == "count":
            end = f.end.resolve(self.happened, self.scenario.duration_s)
            return float(_most(trace.edges(self.events, self.columns.place(f.signal), begin, end), f.per_s))
        if f.value == "share":
            return w[observe.TIME_IN] / w[observe.TIME]
        if f.value == "ratio":
            other = self.watches[place + 1]
            below = other[observe.LAST] - other[observe.FIRST]
            return (w[observe.LAST] - w[observe.FIRST]) / below if below else None
        if f.value == "settled_after":
            return max(w[observe.LAST_OUT], begin) - begin if w[observe.RUN_IN] > 0 else None
        if f.value == "time_to":
            return w[observe.FIRST_IN] - begin if w[observe.FIRST_IN] >= 0 else None
        if f.value == "total":
            return w[observe.TIME_IN]
        if f.value == "longest":
            return w[observe.LONGEST_IN]
        value = {
            "min": w[observe.MIN], "max": w[observe.MAX], "first": w[observe.FIRST], "last": w[observe.LAST],
            "mean": w[observe.INTEGRAL] / w[observe.TIME], "span": w[observe.LAST] - w[observe.FIRST],
        }[f.value]  # fmt: skip
        return float(value) - f.minus


def _most(times, span_s):
    """Return how many of `times` there are, or how many lie in the fullest `span_s`."""
    if span_s is None:
        return len(times)
    return max((sum(1 for t in times if start <= t < start + span_s) for start in times), default=0)


def _clock(seconds):
    """Return a time of the run: '12.35 s' in the first minute, '1:02:03.4' later."""
    if seconds < 60:
        return f"{seconds:.2f} s"
    tenths = int(seconds * 10 + 0.5)
    hours, rest = divmod(tenths, 36000)
    minutes, rest = divmod(rest, 600)
    head = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{head}:{rest // 10:02d}.{rest % 10}"


clock = _clock
