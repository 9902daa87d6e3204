"""Runs a scenario: the same code for both interpreters, called at every exchange of the controller's wires.

    timeline -> (firmware's wires, plant) -> invariants, watches, record -> console -> pace

Time stands still for firmware and plant while `Session.on_exchange` works.
"""

import math
import time
import traceback
from pathlib import Path

import numpy as np

from ghptools.firmware_path import FIRMWARE, ROOT
from ghptools.plant import signals
from ghptools.scenario import columns, evaluate, hosts, observe, trace
from ghptools.scenario.console_link import ConsoleLink
from ghptools.scenario.source import Source
from ghptools.scenario.timeline import WORLD_FAULTS, Timeline
from ghptools.scenario.trouble import Trouble

_SETTINGS_S = 0.2  # the firmware is up and has greeted
_LAST_LOOK_S = 0.3  # before the end: alarms that came and went between two telemetry lines


class RunError(Exception):
    """The run could not be carried through; the text is one sentence."""


def telemetry_fields():
    """Return the names of the firmware's telemetry, from its own table."""
    from ghp import facts  # noqa: PLC0415

    return tuple(row[facts.KEY] for row in facts.ROWS)


def _firmware_line(error):
    """Return `file:line` when `error` was raised inside the firmware or a board file, else None."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    path = Path(frame.filename)
    for folder in (FIRMWARE, ROOT / "boards"):
        if folder in path.parents:
            return f"{path.relative_to(folder.parent)}:{frame.lineno}"
    return None


class Session:
    """One run of one scenario.

    cut       run only as far as the scenario's `cut`; what needs more time than that is not judged
    watcher   optional object with .update(session) called about ten times a real second, and .asked_to_stop
    speed     None for as fast as it goes, else virtual seconds per real second
    """

    def __init__(self, scenario, interpreter="cpython", speed=None, watcher=None, cut=False):
        from ghptools.plant import Plant  # noqa: PLC0415  loads numba

        self.scenario = scenario
        self.interpreter = interpreter
        self.speed = self._asked_speed = speed
        self.watcher = watcher
        try:
            self.plant = Plant(scenario.seed, scenario.start)
        except ValueError as error:
            raise Source(scenario.path, scenario.text).error(str(error), "start") from None
        self.fields = telemetry_fields()
        self.columns = columns.Columns(self.fields)
        counted = [e.signal for e in scenario.expectations if e.kind == "count"]
        counted += [f.signal for f in scenario.figures if f.value == "count"]
        self.cut_s = scenario.cut_s if cut else None
        duration_s = scenario.duration_s if self.cut_s is None else self.cut_s
        self.plan = evaluate.Plan(scenario, self.columns)
        self.observer = observe.Observer(self.columns, len(self.plan), [*trace.event_columns(self.columns), *counted])
        self.trace = trace.Trace(self.columns, scenario.record_s, duration_s)
        self.host = hosts.make(interpreter, self.plant, scenario.start_ticks, self.on_exchange)
        clock = self.host.clock
        if scenario.clock == "unset":
            clock.unset()
        else:
            clock.set(scenario.clock)
        self.host.on_rest = self.on_rest
        self.console = ConsoleLink(self.host, self.fields, self.observer.telemetry)
        self.trouble = Trouble()
        self.timeline = Timeline(scenario, self)
        self.happened = {}
        self.ended = "end of the scenario"
        self.real_s = 0.0
        self._duration_ms = int(duration_s * 1000 + 0.5)
        self._record_ms = int(scenario.record_s * 1000 + 0.5)
        self._next_record_ms = 0
        self._last_ms = 0
        self._out = None
        self._restarts = 0
        self._late_ms = 0
        self._next_look = 0.0
        self._pace_from = None
        self._settings_typed = self._looked_back = False
        self.plan.place(self.observer.watches, self.happened)

    # --- the run --------------------------------------------------------------------------------------

    def run(self):
        """Run to the end; returns the Result."""
        began = time.perf_counter()
        self.console.power_up(0.0)
        try:
            self.host.start()
        except hosts.EndOfRun:
            pass
        except Exception as error:  # what leaves the firmware's own loop is a result; anything else is our fault
            where = _firmware_line(error)
            if where is None:
                raise
            raise RunError(
                f"the firmware broke at {self.host.time_ms / 1000:.2f} s: {type(error).__name__}: {error} ({where})"
            ) from error
        self.real_s = time.perf_counter() - began
        if self.host.time_ms < self._duration_ms and self.ended == "end of the scenario":
            tail = " | ".join(line for _, line in self.console.log[-6:])
            raise RunError(f"the firmware ended by itself after {self.host.time_ms / 1000:.2f} s; console: {tail}")
        if self.observer.full:
            raise RunError("more events than the record holds: something chatters, see the trace")
        return evaluate.Result(self)

    @property
    def time_s(self):
        """Virtual seconds since power-up."""
        return self._last_ms / 1000.0

    def on_exchange(self, _dt_ms):
        """One exchange: look at what the last one brought, then let things happen."""
        host = self.host
        now_ms = host.time_ms
        facts = self.observer.facts
        facts[0] = now_ms / 1000.0
        facts[1] = (now_ms - self._last_ms) / 1000.0
        facts[3] = self.trouble.excuses(now_ms)
        self._last_ms = now_ms
        if self._out is not host.out:
            self._connect()
        if len(host.restarts) != self._restarts:
            self._restarted(now_ms)
        self.observer.observe()
        if now_ms >= self._next_record_ms:
            self._next_record_ms = (now_ms // self._record_ms + 1) * self._record_ms
            self.trace.add(self.observer.row)
        if now_ms >= self._duration_ms:
            raise hosts.EndOfRun
        facts[4] = 0.0  # late_allowed
        facts[6] = 1.0  # powered
        self.console.service(now_ms)
        if self.console.lines or self.console.tracebacks:
            facts[5] = self._failures()
        if self.timeline.due(now_ms):
            self.timeline.act(now_ms)
        self._housekeeping(now_ms)

    def on_rest(self):
        """The controller is dead or starts again; the world goes on and is judged."""
        now_ms = self.host.time_ms
        facts = self.observer.facts
        facts[0] = now_ms / 1000.0
        facts[1] = (now_ms - self._last_ms) / 1000.0
        facts[3] = self.trouble.excuses(now_ms)
        facts[6] = 0.0  # powered
        self._last_ms = now_ms
        self.observer.observe()

    def _connect(self):
        self._out = self.host.out
        self.observer.connect(self.plant, self._out)

    def _restarted(self, now_ms):
        """The controller has started again: its boot is no late scan, and it forgot the stream."""
        self._restarts = len(self.host.restarts)
        self.observer.facts[4] = 1.0
        self.console.power_up(now_ms / 1000.0)

    def _failures(self):
        place = self.console.failures_place
        failed = 0.0 if place is None else self.observer.telemetry[place]
        return self.console.tracebacks + (0.0 if math.isnan(failed) else failed)

    def _housekeeping(self, now_ms):
        if not self._settings_typed and now_ms >= _SETTINGS_S * 1000:
            self._settings_typed = True
            for key, word in self.scenario.settings.items():
                self.command(f"set {key} {word}")
        if not self._looked_back and now_ms >= self._duration_ms - _LAST_LOOK_S * 1000:
            self._looked_back = True
            self.console.ask("alarms history")
        if self.watcher is not None:
            real = time.perf_counter()
            if real >= self._next_look:
                self.watcher.update(self)
                self._next_look = time.perf_counter() + self.watcher.period_s
                if self.watcher.asked_to_stop:
                    self.ended = "stopped by hand"
                    raise hosts.EndOfRun
        if self.speed is not None:
            self._pace(now_ms)

    def slow_down(self, speed):
        """Go on at `speed` times real time (None: as fast as the run was asked to go)."""
        speed = self._asked_speed if speed is None else speed
        if speed != self.speed:
            self.speed = speed
            self._pace_from = None

    def _pace(self, now_ms):
        real = time.perf_counter()
        if self._pace_from is None:
            self._pace_from = real - now_ms / 1000.0 / self.speed
        wait = self._pace_from + now_ms / 1000.0 / self.speed - real
        if wait > 0.0005:
            time.sleep(min(wait, 0.2))

    # --- what the timeline and people do --------------------------------------------------------------

    def command(self, line):
        """Type a line at the console; remember who asked for heat."""
        self.console.ask(line)
        self.timeline.asked.heard(line)

    def happen(self, name, now_ms):
        """Note that entry `name` of the timeline happens now; windows that refer to it open."""
        self.happened[name] = now_ms / 1000.0
        self.plan.place(self.observer.watches, self.happened)

    def set_world(self, name, value):
        """Set one value of weather, load or supply."""
        self.plant.env[signals.ENV.index(name)] = value

    def inject(self, fault):
        """Let something fail."""
        if ":" in fault.target:
            self.host.fail(fault.target, True)
        elif fault.target == "clock":
            getattr(self.host.clock, fault.kind)(**fault.parameters)
        else:
            self.plant.inject(fault.target, fault.kind, **fault.parameters)
        self.trouble.breaks(fault.target)

    def clear(self, target):
        """Heal `target`, or everything that failed ('all'); what the weather's table changed stays as it is."""
        if target == "all":
            self.trouble.all_mended(WORLD_FAULTS)
        self.trouble.mended(target)
        if ":" in target:
            self.host.fail(target, False)
        elif target == "clock":
            self.host.clock.mend()
        elif target == "all":
            self.plant.clear()
            self.host.clock.mend()
            for wire in ("absent_chips", "stuck_buses"):
                self.host.set_wire(wire, 0)
        else:
            self.plant.clear(target)

    def late_scan(self, late_ms):
        """Let the present exchange take longer than the firmware asked for."""
        self.host.delay_scan(late_ms)
        self.observer.facts[4] = 1.0

    def value(self, name):
        """Return the present value of a column."""
        return float(self.observer.row[self.columns.place(name)])

    def telemetry(self, name):
        """Return a telemetry value, None when unknown."""
        value = self.observer.telemetry[self.fields.index(name)] if name in self.fields else math.nan
        return None if np.isnan(value) else float(value)
