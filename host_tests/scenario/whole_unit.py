"""Draws what people, weather and faults do to the whole unit, runs it on the simulated plant and judges it.

Timers are as short as the settings allow, so that changeovers and starts come thick.  The last minutes are quiet:
whatever happened, the unit must have come to a defined end by then.
"""

import math
from pathlib import Path

from ghp.control import states
from ghp.protection import stops
from ghptools.campaign import draw, faultdraw
from ghptools.campaign.dice import Dice
from ghptools.campaign.judge import disobeyed, ends, limits, overstayed, unprovoked
from ghptools.scenario import loader, runner, trace
from hypothesis import strategies as st

MOST_STARTS = 5
HOUR_S = 3600.0
QUIET_S = 400.0
_LAST_WORD_S = 12.0
_LONGEST_WAIT_S = 1500.0  # wanted, permitted by every alarm, and still at rest
_TOLD_RANK = 3  # the `why` rows up to this rank hold the unit up

SETTINGS = {
    "stop_to_start_s": 60,
    "start_to_start_s": 60,
    "min_run_s": 0,
    "ventilate_s": 10,
    "crank_rest_s": 10,
    "warmup_min_s": 10,
    "warmup_max_s": 60,
    "cooldown_s": 30,
    "pumpdown_s": 10,
    "changeover_persist_s": 0,
    "changeover_dwell_s": 600,
    "chilled_setpoint_c": "44F",
}

_contact = st.sampled_from([0, 1])
_MODES = ("heat", "cool", "cool", "auto", "auto", "off")
_events = st.one_of(
    st.sampled_from(_MODES).map(lambda mode: {"console": f"set mode {mode}"}),
    st.tuples(_contact, _contact).map(lambda both: {"set": {"call_heat": both[0], "call_cool": both[1]}}),
    _contact.map(lambda level: {"set": {"peak_signal": level}}),
    _contact.map(lambda level: {"set": {"remote_enable": level}}),
    st.sampled_from([-86400.0, -3600.0, 3600.0, 90000.0]).map(
        lambda seconds: {"inject": {"target": "clock", "kind": "jump", "seconds": seconds}}
    ),
    st.just({"inject": {"target": "clock", "kind": "unset"}}),
    st.just({"event": "reset"}),
    st.sampled_from([0.3, 5.0, 60.0]).map(lambda off: {"event": "power_cut", "off": f"{off}s"}),
    st.sampled_from([40, 70, 100]).map(lambda limit: {"console": f"set demand_limit_pct {limit}"}),
    st.tuples(st.sampled_from([0, 60e3, 170e3]), st.sampled_from([0, 100e3, 300e3])).map(
        lambda loads: {"set": {"chilled_load_w": loads[0], "hot_load_w": loads[1]}}
    ),
    st.just({"console": "reset"}),
)
_faults = st.integers(0, 99999).map(lambda number: faultdraw.draw(Dice(f"whole unit, fault {number}")))


@st.composite
def scenarios(pick):
    """Return the text of a scenario file."""
    minutes = pick(st.integers(24, 36))
    ambient_c = pick(st.sampled_from([-12, 0, 5, 15, 25, 35, 43]))
    mode = pick(st.sampled_from(_MODES))
    typed = {"mode": mode, "hot_setpoint_c": "140F", **SETTINGS}
    tables = {
        "start": {
            "tank_c": pick(st.sampled_from([30, 45, 55])),
            "chilled_c": pick(st.sampled_from([8, 12, 20])),
            "ambient_c": ambient_c,
            "engine_c": 75,
            "mode": pick(st.sampled_from(["heat", "heat", "cool"])),
        },
        "settings": typed,
        "world": {
            "ambient_c": ambient_c,
            "hot_load_w": pick(st.sampled_from([0, 100e3, 300e3])),
            "chilled_load_w": pick(st.sampled_from([0, 60e3, 170e3])),
            "call_heat": 1,
            "call_cool": 1,
        },
    }
    last = minutes * 60 - int(QUIET_S)
    moments = st.integers(20, last)
    other = {"cool": "heat"}.get(mode, "cool")
    swings = [(at + pick(st.integers(0, 90)), word) for at, word in ((600, other), (1210, mode)) if pick(st.booleans())]
    happens = [(at, {"console": f"set mode {word}"}) for at, word in swings if at < last]
    happens += [(pick(moments), pick(_events)) for _ in range(pick(st.integers(3, 8)))]
    happens += [(pick(moments), {"inject": pick(_faults)}) for _ in range(pick(st.integers(0, 2)))]
    return text(minutes, tables, happens)


def text(minutes, tables, happens):
    """Return a scenario file; whoever restarts the controller types its settings again."""
    lines = ['title = "The whole unit"', f'duration = "{minutes}min"', 'clock = "2026-07-15 15:50"', "seed = 3"]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{key} = {draw.toml(value)}" for key, value in table.items())]
    typed = [f"set {key} {word}" for key, word in tables["settings"].items()]
    entries = []
    for at, table in happens:
        entries.append((at, table))
        if "event" in table:
            entries.append((at + float(table.get("off", "0s")[:-1]) + 5, {"console": typed}))
    for at, table in sorted(entries, key=lambda entry: entry[0]):
        lines += ["", "[[timeline]]", *(f"{key} = {draw.toml(value)}" for key, value in {"at": at, **table}.items())]
    return "\n".join(lines) + "\n"


class Asked(runner.Session):
    """A run that asks `why` twice in its quiet end.

    reasons   rows (rank, text, seconds left, value) of the last answer
    overdue   texts of those that have had no time left in both answers, and no value that is waited for
    """

    def __init__(self, scenario):
        super().__init__(scenario)
        self._answers = ([], [])
        self._times_s = [scenario.duration_s - ahead_s for ahead_s in (_LAST_WORD_S + 120.0, _LAST_WORD_S)]

    def on_exchange(self, dt_ms):
        """One exchange; the questions in time for the answers."""
        super().on_exchange(dt_ms)
        if self._times_s and self.time_s >= self._times_s[0]:
            self._times_s.pop(0)
            self.console.ask("why", self._answers[1 - len(self._times_s)])

    @property
    def reasons(self):
        """See the class."""
        return _rows(self._answers[1])

    @property
    def overdue(self):
        """See the class."""
        first, last = ({row[1] for row in _rows(lines) if row[2:] == ["0", ""]} for lines in self._answers)
        return sorted(first & last)


def _rows(lines):
    rows = [line.split(",") for line in lines]
    return [row for row in rows if row[0].isdigit()]


def findings(text):
    """Run the scenario `text`; return what is wrong, as sentences, and the session."""
    scenario = loader.parse(text, Path("whole_unit.toml"), runner.telemetry_fields())
    session = Asked(scenario)
    try:
        with ends(scenario.duration_s):
            result = session.run()
    except runner.RunError as error:
        return [str(error)], session
    found = [f"{name} broke at {ms / 1000.0:.2f} s" for name, _, _, ms in result.invariants]
    found += too_many_starts(result)
    found += [f"{law}: {detail}" for law, detail, _ in overstayed(session.trace, limits(scenario.settings, bool(session.host.restarts)))]
    found += [f"{law}: {detail}" for law, detail, _ in [*disobeyed(session.trace), *unprovoked(session)]]
    return found + no_end(session), session


def too_many_starts(result):
    """Return a finding when an hour has more starts than the setting, restarts of the controller or not."""
    starts = trace.edges(result.events, result.columns.place("running"), 0.0, math.inf)
    if any(last - first < HOUR_S for first, last in zip(starts, starts[MOST_STARTS:], strict=False)):
        return [f"more than {MOST_STARTS} starts in an hour: {starts}"]
    return []


def no_end(session):
    """Return a finding unless the unit runs, is on its way for a limited time, rests, or tells what it waits for."""
    state, stop_class = session.telemetry("state"), session.telemetry("stop_class")
    if state is None:
        return ["the console fell silent"]
    reasons = session.reasons
    found = [f"no end: no time left for two minutes: {what}" for what in session.overdue]
    if state == states.RUN and session.value("fuel") < 0.5:
        found.append("no end: said to run, without gas")
    elif state == states.OFF and stop_class < stops.NORMAL_STOP:
        wanted = session.telemetry("want") or session.telemetry("want_pending")
        told = [row for row in reasons if int(row[0]) <= _TOLD_RANK]
        if not told or (wanted and not any(row[2] or row[3] or int(row[0]) <= 2 for row in told)):
            found.append(f"no end: at rest, and `why` says {reasons}")
        if waited(session.trace) > _LONGEST_WAIT_S:
            found.append(f"no end: wanted and at rest for more than {_LONGEST_WAIT_S:.0f} s, `why` says {reasons}")
    return found


def waited(record):
    """Return for how long, up to the end, the unit has been wanted and at rest without an alarm that stops, s."""
    names = ("run.time_s", "fw.state", "fw.stop_class", "fw.want", "fw.want_pending")
    columns = [record.column(name) for name in names]
    since = 0.0
    for now_s, state, stop_class, want, pending in zip(*columns, strict=True):
        if state != states.OFF or stop_class >= stops.NORMAL_STOP or not (want or pending):
            since = now_s
    return float(columns[0][-1]) - since
