"""Runs one case until the unit has come to an end, and says which."""

import math
from pathlib import Path

from ghp.control import states
from ghp.protection import stops
from ghp.sensing.substitute import CONVERTER, FAST, SENSORS, STOP, WARN

from ghptools.campaign.judge import disobeyed, limits, overstayed
from ghptools.plant import signals
from ghptools.scenario import loader, runner
from ghptools.sweep import cases
from ghptools.virtual.inprocess import EndOfRun

# An end counts once it has lasted: longer than what could still move the unit.
RUNS_S = 40.0
LATCHED_S = 30.0
RESTS_S = 260.0  # the rest after a failure, and what is typed later
_SILENT_S = 5.0  # telemetry comes every second
WET_S = 20.0  # of liquid that the compressor may get from a coil full of it
_HEATS_W = 50e3
_TELLS = {WARN: "sensor_warning", STOP: "sensor_stop", FAST: "sensor_fast_stop", CONVERTER: "converter_check"}
_DEAD_OUTPUTS = ("fuel", "running", "cmd.gas_valve", "cmd.ignition", "cmd.starter", "cmd.clutch")


class Following(runner.Session):
    """A run that ends when the unit has come to an end after the fault.

    end     'runs', 'latched', 'rests', or None while it is under way
    wet_s   time with liquid in the suction
    """

    def __init__(self, scenario, reversed_start=False):
        super().__init__(scenario)
        self._reversed = reversed_start
        self.wet_s = 0.0
        self.end = None
        self._looked_s = -math.inf
        self._now = None  # (end, since)
        self._lines = 0
        self._heard_s = 0.0
        self.silent = False

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
        elif where is not None and now_s - self._now[1] >= lasts_s:
            self.end = where
            self.ended = "came to its end"
            raise EndOfRun

    def _where(self):
        state, stop_class = self.telemetry("state"), self.telemetry("stop_class")
        if state == states.RUN and self.value("fuel") > 0.5:
            if self._reversed and not (self.value("q_hot_w") > _HEATS_W and self.value("cmd.reversing_valve") < 0.5):
                return None, 0.0
            return "runs", RUNS_S
        if state != states.OFF:
            return None, 0.0
        return ("latched", LATCHED_S) if stop_class and stop_class >= stops.NORMAL_STOP else ("rests", RESTS_S)


def judge(case):
    """Run `case`; return its record: `end`, and `faults`, empty when it is as it must be."""
    scenario = loader.parse(case.scenario(), Path(f"{case.key}.toml"), runner.telemetry_fields())
    session = Following(scenario, case.state == cases.REVERSED)
    record = {"state": case.state}
    try:
        result = session.run()
    except runner.RunError as error:
        return {**record, "end": None, "faults": [str(error)], "virtual_s": session.time_s}
    faults = [f"invariant {name} broke at {ms / 1000.0:.2f} s" for name, _, _, ms in result.invariants]
    if cases.THERE not in session.happened:
        faults.append("the unit never came to that state")
    elif session.end is None:
        faults.append(f"no end: in state {session.telemetry('state')} after {session.time_s:.0f} s")
    elif session.end != "runs":
        faults += [f"{name} is on at rest" for name in _DEAD_OUTPUTS if session.value(name) > 0.5]
    faults += [f"{what}: {detail}" for what, detail, _ in overstayed(session.trace, limits(scenario.settings))]
    faults += [f"{what}: {detail}" for what, detail, _ in disobeyed(session.trace)]
    if session.silent:
        faults.append("the console fell silent")
    alarms = sorted({key for _, key, word in result.alarms if word == "raised"})
    if "reversing_valve" in alarms and case.target in signals.SENSORS:
        faults.append("locked out for a reversing valve that moves")
    if session.end is not None:
        faults += broken_promise(case, session.end, alarms)
    if case.state == cases.REVERSED:
        if session.wet_s > WET_S:
            faults.append(f"wet suction for {session.wet_s:.0f} s")
        if session.end == "rests" and not alarms and case.target not in signals.DIGITAL_SENSORS:  # a contact may ask for it
            faults.append("it stopped and no alarm tells why")
    return {
        **record,
        "end": session.end,
        "faults": faults,
        "alarms": alarms,
        "virtual_s": round(session.time_s, 1),
    }


def broken_promise(case, end, alarms):
    """Return what the firmware's table of sensors says of a broken wire in a running machine and what did not come so."""
    column = {states.RUN: 2, cases.CHILLS: 3}.get(case.state)
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
