"""A scenario as the run sees it: everything checked, every quantity in its base unit."""

import math
from dataclasses import dataclass, field
from pathlib import Path

from ghptools.virtual import battery_clock


@dataclass(frozen=True)
class Moment:
    """A point in time: `seconds` after power-up, or after the timeline entry `event`; `end` is the end."""

    seconds: float = 0.0
    event: str | None = None
    end: bool = False

    def resolve(self, happened, duration_s):
        """Return the time in s; infinite while the event has not happened (`happened`: name -> s)."""
        if self.end:
            return duration_s + self.seconds
        if self.event is None:
            return self.seconds
        return happened.get(self.event, math.inf) + self.seconds

    def __str__(self):
        from ghptools.quantities import span  # noqa: PLC0415  only for messages

        if self.event is None and not self.end:
            return span(self.seconds)
        name = "end" if self.end else self.event
        return f"{name} + {span(self.seconds)}" if self.seconds else name


@dataclass(frozen=True)
class When:
    """A condition that lets an entry happen."""

    signal: str
    above: float | None = None
    below: float | None = None
    hold_s: float = 0.0


@dataclass(frozen=True)
class Injection:
    """One fault: `target` and `kind` as the plant or the cabinet names them."""

    target: str
    kind: str
    parameters: dict


@dataclass
class Entry:
    """One entry of the timeline."""

    position: int
    name: str | None
    at: Moment
    when: When | None = None
    every_s: float = 0.0  # 0: once
    until: Moment | None = None
    world: dict = field(default_factory=dict)
    over_s: float = 0.0
    console: list = field(default_factory=list)
    knob: list = field(default_factory=list)  # (gesture, number)
    inject: list = field(default_factory=list)
    clear: list = field(default_factory=list)
    event: str | None = None
    late_s: float = 0.3
    off_s: float = 10.0

    def describe(self):
        """Return what happens, short, for the report's timeline."""
        parts = [self.name] if self.name else []
        if not parts:
            parts += [f"{fault.target} {fault.kind}" for fault in self.inject]
            parts += [f"clear {target}" for target in self.clear]
            parts += list(self.console)
            parts += [f"{key} changes" for key in self.world]
            parts += [self.event.replace("_", " ")] if self.event else []
            parts += ["knob"] if self.knob else []
        return ", ".join(parts)


@dataclass
class Expectation:
    """One statement about the run; `kind` says which of the fields are used."""

    position: int
    kind: str  # band, reach, settle, stay, count, alarm, cleared, says, no_alarm
    name: str
    begin: Moment
    end: Moment
    signal: str | None = None
    low: float = -math.inf
    high: float = math.inf
    share: float = 1.0
    by: Moment | None = None
    within_s: float | None = None
    at_most_s: float | None = None
    total_at_most_s: float | None = None
    at_least_s: float | None = None
    per_s: float | None = None
    alarms: tuple = ()
    says: str = ""

    @property
    def never(self):
        """Whether it states only what may not happen: seen to be broken, or not, in any part of its window."""
        return (
            (self.kind == "band" and self.share >= 1.0)
            or (self.kind == "count" and self.low <= 0)
            or (self.kind == "stay" and self.at_least_s is None)
            or self.kind == "no_alarm"
        )


@dataclass
class Figure:
    """One number of the report, with limits or without."""

    position: int
    name: str
    signal: str
    value: str
    begin: Moment
    end: Moment
    low: float = -math.inf
    high: float = math.inf
    minus: float = 0.0
    per: str | None = None
    per_s: float | None = None
    kind: str = "number"
    unit: str | None = None
    at_least: float | None = None
    at_most: float | None = None

    @property
    def never(self):
        """True when more time can only take it nearer to its limit: a cut judges it as far as it was seen."""
        grows = self.value in ("max", "count", "total", "longest") and self.at_most is not None and self.at_least is None
        sinks = self.value == "min" and self.at_least is not None and self.at_most is None
        return grows or sinks


@dataclass
class Scenario:
    """One scenario file."""

    path: Path
    text: str
    title: str
    description: str
    duration_s: float
    cut_s: float | None = None  # how far a cut of it runs
    reference: str = ""
    seed: int = 1
    start_ticks: int = 0
    clock: str = battery_clock.DEFAULT
    record_s: float = 1.0
    start: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)
    world: dict = field(default_factory=dict)
    weather: tuple | None = None  # (seconds, {env name: values})
    timeline: list = field(default_factory=list)
    expectations: list = field(default_factory=list)
    figures: list = field(default_factory=list)

    @property
    def name(self):
        """The file's name without its ending."""
        return self.path.stem
