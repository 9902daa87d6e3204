"""The cases of the sweep: how each state is reached, and how each input can fail."""

from dataclasses import dataclass

from ghp.control import states

from ghptools.campaign.dice import Dice
from ghptools.plant import faults, signals
from ghptools.virtual import wires

LOCKED_OUT = len(states.TABLE)  # not a state of the sequence: off, and an alarm waits for a reset
# nor these: a start in the cold that has the coil full of liquid as the condenser first; chilling; melting frost
REVERSED, CHILLS, DEFROSTS = range(LOCKED_OUT + 1, LOCKED_OUT + 4)
THERE = "there"  # the timeline's entry at which the input fails
LONGEST_MIN = 45

_KINDS = {"slow": {"factor": 20.0}}
_LEFT_OUT = ("bias", "drift", "noise", "bursts", "swapped")  # wrong values, not dead inputs: the campaign's

_HEAD = """title = "{title}"
duration = "{minutes}min"

[start]
{start}

[settings]
mode = "{mode}"
hot_setpoint_c = "140F"
stop_to_start_s = 60
start_to_start_s = 60
flow_wait_s = 10
ventilate_s = 10
crank_rest_s = 10
warmup_min_s = 10
warmup_max_s = 60
cooldown_s = 30
pumpdown_s = 10
{settings}
[world]
{world}
"""
_USUAL_HEAD = {"start": 'tank = "120F"\nengine = "180F"', "mode": "heat", "world": 'ambient = "47F"\nhot_load = "200kW"', "settings": ""}
_OTHER_HEADS = {
    REVERSED: {
        "start": 'tank = "90F"\nambient = "10F"\nengine = "10F"\ncoil = "10F"\ncharge_at = "coldest"',
        "world": 'ambient = "10F"',
    },
    CHILLS: {
        "start": 'mode = "cool"\nchilled = "60F"\ntank = "120F"\nengine = "150F"',
        "mode": "cool",
        "world": 'ambient = "90F"\nchilled_load = "120kW"',
    },
    DEFROSTS: {
        "start": 'tank = "115F"\nambient = "34F"\nengine = "170F"\nfrost_kg = 40',
        "world": 'ambient = "34F"\nhumidity = "90%"\nhot_load = "100kW"',
        "settings": "defrost_run_min = 5\nfrost_hold_s = 30\nfrost_growth_k = 2\n",
    },
    states.CLEAR: {"settings": "crank_attempts = 1\n"},
}
_RUNS = f'when = {{ signal = "fw.state", above = {states.RUN - 0.5}, for = "20s" }}\n'


def _in_state(code):
    return f'when = {{ signal = "fw.state", above = {code - 0.5} }}\n'


def _wire(signal, on, after=None):
    side = "above" if on else "below"
    return (f'at = "{after}"\n' if after else "") + f'when = {{ signal = "{signal}", {side} = 0.5 }}\n'


def _entry(body, name=None):
    return "[[timeline]]\n" + (f'name = "{name}"\n' if name else "") + body


_NO_SPARK = _entry('at = "1s"\ninject = { target = "ignition", kind = "fail" }\n')
_STOP = _entry(_RUNS + 'console = "set mode off"\n', "stop")
_PRESSED = _entry(_RUNS + "set = { emergency_stop_pressed = 1 }\n", "pressed")
_CRANKS = _entry(_wire("cmd.starter", True), "cranks")
_AGAIN = _entry(f'at = "{THERE} + 90s"\nconsole = "set mode heat"\n')
_RELEASED = _entry('at = "pressed + 5s"\nset = { emergency_stop_pressed = 0 }\n')
_CHILL = _entry('at = "11min"\n' + _RUNS + 'console = "set mode cool"\nset = { chilled_load = "60kW" }\n', "chill")
_HEAT = _entry(f'at = "{THERE} + 90s"\nconsole = "set mode heat"\nset = {{ chilled_load = 0 }}\n')
_RESET = _entry(f'at = "{THERE} + 60s"\nconsole = "reset"\n')

# state: (entries that lead there, the moment itself, more that happens in that moment, entries that lead on)
# Short states are known by their wires: the firmware tells its state once a second only.
_WAYS = {
    states.OFF: ([], 'at = "30s"\n', "", []),
    states.FLOW: ([], _in_state(states.FLOW), "", []),
    states.VENTILATE: ([], _in_state(states.VENTILATE), "", []),
    states.EQUALISE: ([], _in_state(states.EQUALISE), "", []),
    states.PURGE: ([], _wire("cmd.starter", True), "", []),
    states.CRANK: ([], _wire("cmd.gas_valve", True), "", []),
    states.REST: ([_NO_SPARK, _CRANKS], _wire("cmd.starter", False, "cranks"), 'clear = "ignition"\n', []),
    states.CLEAR: (
        [_NO_SPARK, _CRANKS, _entry(_wire("cmd.starter", False, "cranks"), "rests")],
        _wire("cmd.starter", True, "rests"),
        "",
        [],
    ),
    states.RUN_UP: ([_CRANKS], _wire("cmd.starter", False, "cranks"), "", []),
    states.WARM_UP: ([], _in_state(states.WARM_UP), "", []),
    states.PARK: ([_CHILL], f'at = "chill"\nwhen = {{ signal = "fw.state", below = {states.PARK + 0.5} }}\n', "", [_HEAT]),
    states.ENGAGE: ([], _in_state(states.ENGAGE), "", []),
    states.OPENING: ([], _wire("cmd.clutch", True), "", []),
    states.RUN: ([], _RUNS, "", []),
    states.UNLOAD: ([_STOP], _in_state(states.UNLOAD), "", [_AGAIN]),
    states.PUMP_DOWN: ([_STOP], _in_state(states.PUMP_DOWN), "", [_AGAIN]),
    states.COOL_DOWN: ([_STOP], _in_state(states.COOL_DOWN), "", [_AGAIN]),
    states.BURN_OUT: ([_STOP], _wire("cmd.gas_valve", False, "stop"), "", [_AGAIN]),
    states.SPIN_DOWN: ([_STOP], _wire("cmd.ignition", False, "stop"), "", [_AGAIN]),
    states.FAST: ([_PRESSED, _RELEASED], _wire("cmd.gas_valve", False, "pressed"), "", [_RESET]),
    LOCKED_OUT: (
        [_PRESSED, _RELEASED],
        'at = "pressed + 20s"\nwhen = { signal = "fw.state", below = 0.5 }\n',
        "",
        [_RESET],
    ),
    REVERSED: ([], 'when = { signal = "cmd.clutch", above = 0.5, for = "10s" }\n', "", []),
    CHILLS: ([], _RUNS, "", []),
    DEFROSTS: ([], 'at = "5min"\nwhen = { signal = "cmd.reversing_valve", above = 0.5, for = "15s" }\n', "", []),
}
STATES = tuple(_WAYS)


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
        if self.state < LOCKED_OUT:
            return states.text(self.state)
        return ("locked out", "started reversed", "chilling", "melting frost")[self.state - LOCKED_OUT]

    def scenario(self):
        """Return the text of its scenario file."""
        before, moment, also, after = _WAYS[self.state]
        more = "".join(f", {name} = {value!r}" for name, value in self.parameters)
        fault = f'inject = {{ target = "{self.target}", kind = "{self.kind}"{more} }}\n'
        head = _HEAD.format(title=self.key, minutes=LONGEST_MIN, **{**_USUAL_HEAD, **_OTHER_HEADS.get(self.state, {})})
        return "\n".join([head, *before, _entry(moment + also + fault, THERE), *after])


def failures():
    """Return [(target, kind, parameters)]: every input and every way in which it can be dead."""
    found = []
    for name in signals.SENSORS:
        streams = faults.STREAM_KINDS.get(name, {})
        for kind in faults.kinds(name):
            if kind in _LEFT_OUT or kind in streams:
                continue
            if name in signals.DIGITAL_SENSORS:
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
