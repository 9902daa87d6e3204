"""The cases of the sweep: every input, how it can fail, and the states in which it does."""

from dataclasses import dataclass

from ghptools.campaign.dice import Dice
from ghptools.plant import faults, signals
from ghptools.sweep import ways
from ghptools.sweep.ways import STATES, THERE
from ghptools.virtual import wires

_KINDS = {"slow": {"factor": 20.0}, "late": {"seconds": 20.0}}
_LEFT_OUT = ("bias", "drift", "noise", "bursts", "swapped")  # wrong values, not dead inputs: the campaign's


@dataclass(frozen=True)
class Case:
    """One input that fails in one way in one state."""

    target: str
    kind: str
    parameters: tuple  # (name, value) pairs
    state: int

    @property
    def key(self):
        """The case's name: 'leaving_water open @ 12'."""
        more = "".join(f" {name}={value:g}" for name, value in self.parameters)
        return f"{self.target} {self.kind}{more} @ {self.state}"

    @property
    def state_text(self):
        """What the state is called."""
        return ways.WAYS[self.state].text

    @property
    def fault(self):
        """The failure as the table that a scenario's `inject` takes."""
        return {"target": self.target, "kind": self.kind, **dict(self.parameters)}

    def scenario(self):
        """Return the text of its scenario file."""
        way = ways.WAYS[self.state]
        there = ways.entry(way.moment + way.also + self.injection(), THERE)
        return "\n".join([ways.head(self.state, self.key), *way.before, there, *way.after])

    def injection(self):
        """Return the line of the timeline that lets the input fail."""
        return "inject = { " + ", ".join(f"{name} = {_toml(value)}" for name, value in self.fault.items()) + " }\n"


def _toml(value):
    return f'"{value}"' if isinstance(value, str) else repr(value)


def failures():
    """Return [(target, kind, parameters)]: every input and every way in which it can be dead."""
    found = []
    for name in signals.SENSORS:
        streams = faults.STREAM_KINDS.get(name, {})
        for kind in faults.kinds(name):
            if kind in _LEFT_OUT or kind in streams:
                continue
            if kind == "stuck" and name in signals.DIGITAL_SENSORS:
                found += [(name, kind, (("value", level),)) for level in (0, 1)]
            else:
                found.append((name, kind, tuple(_KINDS.get(kind, {}).items())))
    found += [(f"chip:{name}", "absent", ()) for name in wires.CHIPS]
    found += [(f"bus:{name}", "stuck", ()) for name in wires.BUSES]
    return found


def every():
    """Return all cases."""
    return [Case(*failure, state) for state in STATES for failure in failures()]


def part(seed, count):
    """Return `count` cases drawn by `seed`: every state as often as every other, no case twice."""
    dice = Dice(f"ghp sweep, seed {seed}")
    left = {state: [Case(*failure, state) for failure in failures()] for state in STATES}
    chosen = []
    while len(chosen) < count and any(left.values()):
        for state in STATES:
            if left[state] and len(chosen) < count:
                chosen.append(left[state].pop(dice.whole(0, len(left[state]) - 1)))
    return chosen


def runs(chosen, most):
    """Return lists of at most `most` of the cases `chosen`, whose states are reached in one run."""
    found = {}
    for case in chosen:
        way = ways.WAYS[case.state]
        found.setdefault((ways.head(case.state, ""), *way.before, way.also, *way.after), []).append(case)
    return [one[first : first + most] for one in found.values() for first in range(0, len(one), most)]


def shared_scenario(run):
    """Return the text of the scenario that reaches the states of all cases of `run`, one after the other.

    Entry 'there 12' is the moment of state 12, with the failure of a case of it in the place where it belongs; entry
    'there' never comes: it gives what leads on something to refer to.
    """
    first = run[0]
    way = ways.WAYS[first.state]
    moments = {case.state: case for case in run}
    entries = [
        ways.entry(ways.WAYS[state].moment + way.also + case.injection(), f"{THERE} {state}") for state, case in moments.items()
    ]
    never = ways.entry('when = { signal = "fw.state", above = 1000 }\n', THERE)
    return "\n".join([ways.head(first.state, first.key), *way.before, *entries, never, *way.after])
