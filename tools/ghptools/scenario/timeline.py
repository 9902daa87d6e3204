"""Lets the timeline's entries happen: weather and load, console, knob, faults, resets."""

import math

import numpy as np

from ghptools.scenario.knob import Knob

_WEATHER_MS = 1000
# Values of the world whose change is a fault, not weather; the value of the run's beginning mends it.
WORLD_FAULTS = ("emergency_stop_pressed", "hot_pump_factor", "chilled_pump_factor", "air_factor", "gas_supply_kpa")


class Asked:
    """Who asked for heat or cold, told from what was typed; the wires tell the rest.  For the invariant `unasked_start`."""

    def __init__(self):
        self.mode_runs = False
        self.cranks = False  # a technician asked for the starter since the last look
        self.setpoint_c = None  # unknown once somebody turned the knob

    def heard(self, line):
        """Take a console line."""
        words = line.lstrip("@").split()
        if words[:1] == ["mode"] and len(words) == 2:
            words = ["set", *words]
        if words[:3] == ["hand", "starter", "1"]:
            self.cranks = True
        if words[:2] == ["set", "mode"] and len(words) == 3:
            self.mode_runs = words[2] in ("heat", "cool", "auto")


class Timeline:
    """The entries of one scenario, each of which happens once."""

    def __init__(self, scenario, session):
        self._session = session
        self._pending = list(scenario.timeline)
        self._duration_s = scenario.duration_s
        self._ramps = []  # (name, begin ms, end ms, from, to)
        self._held_since = {}
        self._repeated = {}  # position of an entry -> how often it has happened
        self._next_weather_ms = 0
        self._weather = scenario.weather
        self.asked = Asked()
        self.knob = Knob(session.host)
        self.done = []  # (time in s, entry)
        self._next_ms = 0
        self._conditions = any(entry.when for entry in self._pending)
        self._restart = None
        for name, value in scenario.world.items():
            session.set_world(name, value)
        self._sound = {name: float(session.plant.env[_place(name)]) for name in WORLD_FAULTS}

    def due(self, now_ms):
        """True when there is anything to do: cheap, for every exchange."""
        return now_ms >= self._next_ms or self._conditions or self.knob.busy

    @property
    def waiting(self):
        """True while an entry waits for its time only, which will come."""
        return any(entry.when is None for entry in self._pending)

    def act(self, now_ms):
        """Do what is due.  A reset or power cut comes last, because it does not return in-process."""
        if now_ms >= self._next_weather_ms:
            self._next_weather_ms = now_ms + _WEATHER_MS
            self._world(now_ms)
        self.knob.act(now_ms)
        for entry in list(self._pending):
            if self._is_due(entry, now_ms):
                if not self._repeats(entry):
                    self._pending.remove(entry)
                self._happen(entry, now_ms)
        self._conditions = any(entry.when for entry in self._pending)
        self._next_ms = min([self._next_weather_ms, *(self._time_ms(entry) for entry in self._pending)])
        if self._restart is not None:
            entry, self._restart = self._restart, None
            self._session.trouble.shaken(now_ms)
            self._session.host.restart_controller(int(entry.off_s * 1000) if entry.event == "power_cut" else None)

    def _time_ms(self, entry):
        seconds = entry.at.resolve(self._session.happened, self._duration_s)
        seconds += self._repeated.get(entry.position, 0) * entry.every_s
        return seconds * 1000.0 - 1e-6 if math.isfinite(seconds) else math.inf

    def _repeats(self, entry):
        """Move a repeated entry to its next time; False when it has happened for the last time."""
        if entry.every_s <= 0.0:
            return False
        count = self._repeated[entry.position] = self._repeated.get(entry.position, 0) + 1
        happened = self._session.happened
        next_s = entry.at.resolve(happened, self._duration_s) + count * entry.every_s
        return next_s <= entry.until.resolve(happened, self._duration_s) + 1e-9

    def _is_due(self, entry, now_ms):
        if now_ms < self._time_ms(entry):
            return False
        when = entry.when
        if when is None:
            return True
        session = self._session
        value = session.observer.row[session.columns.place(when.signal)]
        holds = value > when.above if when.above is not None else value < when.below
        if not holds:
            self._held_since.pop(entry.position, None)
            return False
        since = self._held_since.setdefault(entry.position, now_ms)
        return now_ms - since >= when.hold_s * 1000.0

    def _happen(self, entry, now_ms):
        session = self._session
        if self._repeated.get(entry.position, 0) <= 1:
            self.done.append((now_ms / 1000.0, entry))
        if entry.name:
            session.happen(entry.name, now_ms)
        for name, value in entry.world.items():
            if name in WORLD_FAULTS:
                (session.trouble.mended if value == self._sound[name] else session.trouble.breaks)(name)
            if entry.over_s > 0.0:
                start = float(session.plant.env[_place(name)])
                self._ramps = [ramp for ramp in self._ramps if ramp[0] != name]
                self._ramps.append((name, now_ms, now_ms + entry.over_s * 1000.0, start, value))
            else:
                self._ramps = [ramp for ramp in self._ramps if ramp[0] != name]
                session.set_world(name, value)
        for line in entry.console:
            session.command(line)
        if entry.knob:
            self.knob.do(entry.knob, now_ms)
        for fault in entry.inject:
            session.inject(fault)
        for target in entry.clear:
            session.clear(target)
        if entry.event == "late_scan":
            session.late_scan(int(entry.late_s * 1000))
        elif entry.event == "damage_memory":
            session.host.damage_memory()
        elif entry.event:
            self._restart = entry

    def _world(self, now_ms):
        session = self._session
        if self._weather is not None:
            seconds, table = self._weather
            for name, values in table.items():
                session.set_world(name, float(np.interp(now_ms / 1000.0, seconds, values)))
        for name, begin, end, start, target in self._ramps:
            share = min(1.0, (now_ms - begin) / (end - begin))
            session.set_world(name, start + share * (target - start))
        self._ramps = [ramp for ramp in self._ramps if now_ms < ramp[2]]
        enabled = session.plant.env[_place("remote_enable")] > 0.5
        session.observer.facts[2] = 1.0 if (enabled and self.asked.mode_runs) or self.asked.cranks else 0.0
        self.asked.cranks = False


def _place(name):
    from ghptools.plant import signals  # noqa: PLC0415

    return signals.ENV.index(name)
