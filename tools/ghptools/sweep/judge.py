"""Runs cases until the unit has come to an end, and says which.

A state is reached once for all its cases: in its moment the process divides, and each copy, with everything that the
firmware and the machine know, goes on with a failure of its own.
"""

import json
import math
import os
import traceback
from pathlib import Path

from ghp.control import changeover_states, defrost, states
from ghp.protection import stops
from ghp.sensing.substitute import CONVERTER, FAST, SENSORS, STOP, WARN

from ghptools.campaign.judge import EndlessRun, disobeyed, ends, limits, overstayed
from ghptools.plant import signals
from ghptools.scenario import fields, loader, runner
from ghptools.sweep import cases, ways
from ghptools.virtual.inprocess import EndOfRun

# An end counts once it has lasted: longer than what could still move the unit.
RUNS_S = 40.0
STANDS_S = 120.0  # a reading that stands or crawls: pressures are found out in half a minute, chilled leaving water in 100 s
LATCHED_S = 30.0
RESTS_S = 260.0  # the rest after a failure, and what is typed later
_ANSWER_S = 3.0
_SILENT_S = 5.0  # telemetry comes every second
WET_S = 20.0  # of liquid that the compressor may get from a coil full of it
_HEATS_W = 50e3
_TELLS = {WARN: "sensor_warning", STOP: "sensor_stop", FAST: "sensor_fast_stop", CONVERTER: "converter_check"}
_INPUTS = {target for target, _, _ in cases.failures()}
_DEAD_OUTPUTS = ("fuel", "running", "cmd.gas_valve", "cmd.ignition", "cmd.starter", "cmd.clutch")


class Following(runner.Session):
    """A run through the moments of `run`, which a copy of it goes on from with each of the cases.

    case      the case of this copy; None in the run that only leads to the moments
    records   {key: record} of the copies, in that run
    end       'runs', 'latched', 'rests', or None while it is under way
    wet_s     time with liquid in the suction
    reason    whether `why` gave a reason when it rested; None where it did not
    told      what telemetry says in the moment of the case
    """

    def __init__(self, run):
        super().__init__(loader.parse(cases.shared_scenario(run), Path("sweep.toml"), runner.telemetry_fields()))
        self.case = None
        self.records = {}
        self.told = {}
        self._left = {}  # state: its cases
        for case in run:
            self._left.setdefault(case.state, []).append(case)
        self._here = None  # the state whose moment it is
        self._answer = None  # the copy's way to tell its record
        self._guard = None
        self.wet_s = 0.0
        self.reason = None
        self._asked_s = None
        self.end = None
        self._looked_s = -math.inf
        self._now = None  # (end, since)
        self._lines = 0
        self._heard_s = 0.0
        self.silent = False

    def happen(self, name, now_ms):
        """Note that an entry happens; the moment of a state is that of the case only in the copies."""
        self._here = None
        word, _, state = name.partition(" ")
        if word != cases.THERE or not state:
            super().happen(name, now_ms)
        elif self.case is None:
            self._here = int(state)

    def inject(self, fault):
        """Let something fail; in the moment of a state, divide into its cases."""
        if self._here is None:
            if self.case is None or fault.target not in _INPUTS:  # a copy passes by the moments of other states
                super().inject(fault)
            return
        for case in self._left.pop(self._here, ()):
            if self._copied(case):
                return
        self._here = None
        if not self._left:
            self.ended = "all moments have been"
            raise EndOfRun

    def _copied(self, case):
        """Divide; returns True in the copy, whose input fails, and False here once the copy has come to its end."""
        reads, writes = os.pipe()
        child = os.fork()
        if child:
            os.close(writes)
            with os.fdopen(reads, "rb") as pipe:
                text = pipe.read()
            _, status = os.waitpid(child, 0)
            self.records[case.key] = json.loads(text) if text else {"failed": f"its process ended with code {status}"}
            return False
        os.close(reads)
        self._answer = writes
        self._guard = ends(self.scenario.duration_s)  # of processor time; a copy has no alarm clock of its own yet
        self._guard.__enter__()
        self.case = case
        self._here = None
        super().happen(cases.THERE, self.host.time_ms)
        self.told = {name: self.telemetry(name) for name in ("state", "changeover", "defrost")}
        super().inject(fields.injection(case.fault))
        return True

    def answer(self, record):
        """Tell the copy's record and end its process."""
        text = json.dumps(record).encode()
        while text:
            text = text[os.write(self._answer, text) :]
        os._exit(0)

    def on_exchange(self, dt_ms):
        """One exchange; once a second a look at where the unit is."""
        super().on_exchange(dt_ms)
        now_s = self.time_s
        if self.value("slugging") > 0.5:
            self.wet_s += dt_ms / 1000.0
        if now_s - self._looked_s < 1.0:
            return
        self._looked_s = now_s
        if self.console.lines != self._lines:
            self._lines, self._heard_s = self.console.lines, now_s
        elif now_s - self._heard_s > _SILENT_S:
            self.silent = True
        if cases.THERE not in self.happened or self.timeline.waiting:
            return
        where, lasts_s = self._where()
        if self._now is None or self._now[0] != where:
            self._now = (where, now_s)
            self._asked_s = None  # an answer of an earlier rest says nothing about this one
        elif where is not None and now_s - self._now[1] >= lasts_s:
            if where == "rests" and not self._answered(now_s):
                return
            self.end = where
            self.ended = "came to its end"
            raise EndOfRun

    def _answered(self, now_s):
        """Ask the resting unit why it does not run; return True once its answer has had its time, then `reason` is known."""
        if self._asked_s is None:
            self._asked_s = now_s
            self.command("why")
        if now_s - self._asked_s < _ANSWER_S:
            return False
        rows = (line for t, line in self.console.log if t >= self._asked_s)
        self.reason = any(line[:1].isdigit() and "," in line for line in rows)  # rank,text,remaining_s,value
        return True

    def _where(self):
        state, stop_class = self.telemetry("state"), self.telemetry("stop_class")
        if state == states.RUN and self.value("fuel") > 0.5:
            if self.telemetry("changeover") != changeover_states.REST or self.telemetry("defrost") != defrost.WATCH:
                return None, 0.0  # each of them has an end of its own
            if self.case.state == ways.REVERSED and not (self.value("q_hot_w") > _HEATS_W and self.value("cmd.reversing_valve") < 0.5):
                return None, 0.0
            return "runs", STANDS_S if self.case.fault["kind"] in ("stuck", "slow") else RUNS_S
        if state != states.OFF:
            return None, 0.0
        return ("latched", LATCHED_S) if stop_class and stop_class >= stops.NORMAL_STOP else ("rests", RESTS_S)


def judge(case):
    """Run `case`; return its record: `end`, and `faults`, empty when it is as it must be."""
    return judge_all([case])[case.key]


def judge_all(run):
    """Run the cases of `run`, whose states are reached in one run; return {key: record}."""
    session = Following(run)
    try:
        record = _record(session)
    except BaseException as error:  # a copy, whatever ends it, may not go on as if it were the run that it came from
        if session.case is None:
            raise
        traceback.print_exc()
        record = {"failed": f"{type(error).__name__}: {error}"}
    if session.case is not None:
        session.answer(record)
    return {case.key: session.records.get(case.key) or {"state": case.state, **record} for case in run}


def _record(session):
    """Carry the run through; return the record of its case, or of a case that never came to its state."""
    try:
        with ends(session.scenario.duration_s):
            result = session.run()
    except (runner.RunError, EndlessRun) as error:
        return {**_begin(session), "end": None, "faults": [str(error)], "virtual_s": session.time_s}
    if session.case is None:
        return {"end": None, "faults": ["the unit never came to that state"], "virtual_s": session.time_s}
    return {**_begin(session), **judged(session, result)}


def _begin(session):
    return {} if session.case is None else {"state": session.case.state, "told": session.told}


def judged(session, result):
    """Return what a case that was run through comes to."""
    case = session.case
    faults = [f"invariant {name} broke at {ms / 1000.0:.2f} s" for name, _, _, ms in result.invariants]
    if session.end is None:
        faults.append(f"no end: in state {session.telemetry('state')} after {session.time_s:.0f} s")
    elif session.end != "runs":
        faults += [f"{name} is on at rest" for name in _DEAD_OUTPUTS if session.value(name) > 0.5]
    longest_s = limits(session.scenario.settings, bool(session.host.restarts))
    faults += [f"{what}: {detail}" for what, detail, _ in overstayed(session.trace, longest_s)]
    faults += [f"{what}: {detail}" for what, detail, _ in disobeyed(session.trace)]
    if session.reason is False:
        faults.append("it rests and `why` gives no reason")
    if session.silent:
        faults.append("the console fell silent")
    alarms = sorted({key for _, key, word in result.alarms if word == "raised"})
    if "reversing_valve" in alarms and case.target in signals.SENSORS:
        faults.append("locked out for a reversing valve that moves")
    if session.end is not None:
        faults += broken_promise(case, session.end, alarms)
    if case.state == ways.REVERSED:
        if session.wet_s > WET_S:
            faults.append(f"wet suction for {session.wet_s:.0f} s")
        if session.end == "rests" and not alarms and case.target not in signals.DIGITAL_SENSORS:  # a contact may ask for it
            faults.append("it stopped and no alarm tells why")
    return {
        "end": session.end,
        "faults": faults,
        "alarms": alarms,
        "virtual_s": round(session.time_s, 1),
    }


def broken_promise(case, end, alarms):
    """Return what the firmware's table of sensors says of a broken wire in a running machine and what did not come so."""
    column = {states.RUN: 2, ways.CHILLS: 3}.get(case.state)
    rows = [row for row in SENSORS if row[1] == case.target]
    if column is None or not rows or case.kind not in ("open", "short"):
        return []
    if case.target == "lambda_volts":  # a dead sensor shows what lean gas shows: the mixture loop finds it, much later
        return []
    what = rows[0][column]
    found = [] if _TELLS[what] in alarms else [f"{_TELLS[what]} did not come"]
    if (end == "runs") != (what == WARN):
        found.append(f"it {end}, the table of sensors says otherwise")
    return found
