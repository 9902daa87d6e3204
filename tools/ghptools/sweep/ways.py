"""How each state is reached in which an input fails: a scenario's head, what leads there, the moment, what leads on."""

from typing import NamedTuple

from ghp.control import changeover_states, defrost, states

# Codes 0 to 19 are the engine's states.  The others are not states of its sequence:
LOCKED_OUT = len(states.TABLE)  # off, and an alarm waits for a reset
# a start in the cold that has the coil full of liquid as the condenser first; chilling; melting frost
REVERSED, CHILLS, DEFROSTS = range(LOCKED_OUT + 1, LOCKED_OUT + 4)
FIRST_LED_TO = DEFROSTS + 1  # from here on: the changeover's and the defrost's states, and a start in the cooling duty
THERE = "there"  # the timeline's entry at which the input fails
LONGEST_MIN = 45  # a run, beyond the time that its way needs before anything can happen

_HEAD = """title = "{title}"
duration = "{minutes}min"

[start]
{start}

[settings]
mode = "{mode}"
hot_setpoint_c = "{setpoint}"
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
_USUAL_HEAD = {
    "start": 'tank = "120F"\nengine = "180F"',
    "mode": "heat",
    "setpoint": "140F",
    "world": 'ambient = "47F"\nhot_load = "200kW"',
    "settings": "",
    "leads_min": 0,
}
_HEAD_REVERSED = {
    "start": 'tank = "90F"\nambient = "10F"\nengine = "10F"\ncoil = "10F"\ncharge_at = "coldest"',
    "world": 'ambient = "10F"',
}
_HEAD_CHILLS = {
    "start": 'mode = "cool"\nchilled = "60F"\ntank = "120F"\nengine = "150F"',
    "mode": "cool",
    "world": 'ambient = "90F"\nchilled_load = "120kW"',
    "leads_min": 10,
}
_HEAD_DEFROSTS = {
    "start": 'tank = "115F"\nambient = "34F"\nengine = "170F"\nfrost_kg = 40',
    "world": 'ambient = "34F"\nhumidity = "90%"\nhot_load = "100kW"',
    "settings": "defrost_run_min = 5\nfrost_hold_s = 30\nfrost_growth_k = 2\n",
}
_HEAD_ONE_ATTEMPT = {"settings": "crank_attempts = 1\n"}
_HEAD_BOTH = {  # hot water in the exchanger that the compressor has to temper
    "start": 'tank = "130F"\nchilled = "60F"\nengine = "170F"',
    "world": 'ambient = "90F"\nhot_load = "200kW"\nchilled_load = "60kW"',
    "setpoint": "150F",
    "settings": "plate_wait_s = 10\n",
    "leads_min": 20,
}
_HEAD_COOL_WATER = {  # too cool for a defrost when it is asked for, and soon warm enough
    "start": 'tank = "70F"\nambient = "45F"\nengine = "170F"',
    "world": 'ambient = "45F"',
}
_RUNS = f'when = {{ signal = "fw.state", above = {states.RUN - 0.5}, for = "20s" }}\n'


def _in_state(code):
    return f'when = {{ signal = "fw.state", above = {code - 0.5} }}\n'


def _wire(signal, on, after=None):
    side = "above" if on else "below"
    return (f'at = "{after}"\n' if after else "") + f'when = {{ signal = "{signal}", {side} = 0.5 }}\n'


def entry(body, name=None):
    """Return an entry of the timeline."""
    return "[[timeline]]\n" + (f'name = "{name}"\n' if name else "") + body


_NO_SPARK = entry('at = "1s"\ninject = { target = "ignition", kind = "fail" }\n')
_STOP = entry(_RUNS + 'console = "set mode off"\n', "stop")
_PRESSED = entry(_RUNS + "set = { emergency_stop_pressed = 1 }\n", "pressed")
_CRANKS = entry(_wire("cmd.starter", True), "cranks")
_AGAIN = entry(f'at = "{THERE} + 90s"\nconsole = "set mode heat"\n')
_RELEASED = entry('at = "pressed + 5s"\nset = { emergency_stop_pressed = 0 }\n')
_CHILL = entry('at = "11min"\n' + _RUNS + 'console = "set mode cool"\nset = { chilled_load = "60kW" }\n', "chill")
_HEAT = entry(f'at = "{THERE} + 90s"\nconsole = "set mode heat"\nset = {{ chilled_load = 0 }}\n')
_RESET = entry(f'at = "{THERE} + 60s"\nconsole = "reset"\n')

_TO_COOL = entry('at = "601s"\nconsole = "set mode cool"\n', "to cool")  # a changeover may come ten minutes after power-up
_TO_HEAT = entry('at = "1202s"\nconsole = "set mode heat"\nset = { chilled_load = 0 }\n', "to heat")
_CHANGES_BACK = entry(f'at = "{THERE} + 14min"\nset = {{ chilled_load = "120kW" }}\n')  # a rest before that is no end
_PILOT_STUCK = entry('at = "590s"\ninject = { target = "reversing_valve", kind = "stuck", at = 0 }\n')
_VALVE_STUCK = entry('when = { signal = "water_valve_position", above = 0.4 }\ninject = { target = "water_valve", kind = "stuck" }\n')
_ASKED = entry(_RUNS + 'console = "defrost now"\n', "asked")


def _at(signal, code, after=None):
    """The moment at which a sequence that only goes forward tells `code`, not before the entry `after`."""
    return (f'at = "{after}"\n' if after else "") + f'when = {{ signal = "fw.{signal}", above = {code - 0.5} }}\n'


class Way(NamedTuple):
    """How a state is reached.

    before  entries that lead there
    moment  the moment itself
    also    more that happens in that moment
    after   entries that lead on
    head    what its scenario's head has of its own
    text    what the state is called
    told    (telemetry, code) by which it can be known in that moment, None for what telemetry is too slow for
    """

    before: list
    moment: str
    also: str = ""
    after: list = []
    head: dict = {}
    text: str = ""
    told: tuple | None = None


def _engine(code, before, moment, also="", after=(), head=None):
    return Way(before, moment, also, list(after), head or {}, states.text(code))


# Short states are known by their wires: the firmware tells its state once a second only.
_ENGINE = {
    states.OFF: ([], 'at = "30s"\nwhen = { signal = "fw.state", below = 0.5 }\n'),
    states.FLOW: ([], _in_state(states.FLOW)),
    states.VENTILATE: ([], _in_state(states.VENTILATE)),
    states.EQUALISE: ([], _in_state(states.EQUALISE)),
    states.PURGE: ([], _wire("cmd.starter", True)),
    states.CRANK: ([], _wire("cmd.gas_valve", True)),
    states.REST: ([_NO_SPARK, _CRANKS], _wire("cmd.starter", False, "cranks"), 'clear = "ignition"\n'),
    states.CLEAR: (
        [_NO_SPARK, _CRANKS, entry(_wire("cmd.starter", False, "cranks"), "rests")],
        _wire("cmd.starter", True, "rests"),
        "",
        [],
        _HEAD_ONE_ATTEMPT,
    ),
    states.RUN_UP: ([_CRANKS], _wire("cmd.starter", False, "cranks")),
    states.WARM_UP: ([], _in_state(states.WARM_UP)),
    states.PARK: ([_CHILL], f'at = "chill"\nwhen = {{ signal = "fw.state", below = {states.PARK + 0.5} }}\n', "", [_HEAT]),
    states.ENGAGE: ([], _in_state(states.ENGAGE)),
    states.OPENING: ([], _wire("cmd.clutch", True)),
    states.RUN: ([], _RUNS),
    states.UNLOAD: ([_STOP], _at("state", states.UNLOAD), "", [_AGAIN]),
    states.PUMP_DOWN: ([_STOP], _at("state", states.PUMP_DOWN), "", [_AGAIN]),
    states.COOL_DOWN: ([_STOP], _at("state", states.COOL_DOWN), "", [_AGAIN]),
    states.BURN_OUT: ([_STOP], _wire("cmd.gas_valve", False, "stop"), "", [_AGAIN]),
    states.SPIN_DOWN: ([_STOP], _wire("cmd.ignition", False, "stop"), "", [_AGAIN]),
    states.FAST: ([_PRESSED, _RELEASED], _wire("cmd.gas_valve", False, "pressed"), "", [_RESET]),
}
_OTHERS = (
    Way(
        [_PRESSED, _RELEASED],
        'at = "pressed + 20s"\nwhen = { signal = "fw.state", below = 0.5 }\n',
        "",
        [_RESET],
        {},
        "locked out",
    ),
    Way([], 'when = { signal = "cmd.clutch", above = 0.5, for = "10s" }\n', head=_HEAD_REVERSED, text="started reversed"),
    Way([], _RUNS, head=_HEAD_CHILLS, text="chilling"),
    Way(
        [],
        'at = "5min"\nwhen = { signal = "cmd.reversing_valve", above = 0.5, for = "15s" }\n',
        head=_HEAD_DEFROSTS,
        text="melting frost",
    ),
)
_POWER_UP = 'when = { signal = "cmd.starter", below = 0.5 }\n'
_CUT = entry('when = { signal = "fw.duty", above = 0.5 }\nevent = "power_cut"\noff = "10s"\n', "cut")  # from the chilled end
_ON_AGAIN = entry('at = "cut + 12s"\nconsole = ["set mode cool", "set stop_to_start_s 60"]\n')


def _changes(code, before, word, **more):
    """A way to a state of the changeover under the running engine, or parked."""
    moment = _at("changeover", code, "to heat" if _TO_HEAT in before else "to cool")
    return Way(before, moment, head=_HEAD_BOTH, text=f"{changeover_states.text(code)}, {word}", told=("changeover", code), **more)


def _led_to():
    """Yield the ways to the states of changeover, of defrost and of a start in the cooling duty."""
    steps = changeover_states
    yield Way([], 'at = "0.3s"\n' + _POWER_UP, text=steps.text(steps.CHECK))
    text = steps.text(steps.CHECK) + ", which travels"
    yield Way([_CUT, _ON_AGAIN], 'at = "cut + 15s"\n' + _POWER_UP, head=_HEAD_CHILLS, text=text, after=[_CHANGES_BACK], told=("changeover", steps.CHECK))
    for code in (steps.EQUALISE, steps.PLATE, steps.SETTLE, steps.TRAVEL):
        yield Way([], _at("changeover", code), head=_HEAD_CHILLS, text=steps.text(code) + ", at rest", told=("changeover", code))
    for code in (states.FLOW, states.EQUALISE, states.WARM_UP, states.ENGAGE, states.OPENING):
        yield Way([], _at("state", code), head=_HEAD_CHILLS, text=states.text(code) + ", cooling duty", told=("state", code))
    for code in (steps.UNLOADING, steps.EQUALISE, steps.PLATE, steps.TEMPER, steps.SETTLE, steps.TRAVEL, steps.SLIDE, steps.PROVE):
        yield _changes(code, [_TO_COOL], "to cool")
    for code in (steps.UNLOADING, steps.EQUALISE, steps.PLATE, steps.SETTLE, steps.TRAVEL, steps.SLIDE, steps.PROVE):
        yield _changes(code, [_TO_COOL, _TO_HEAT], "to heat")
    yield _changes(steps.RETURN, [_TO_COOL, _VALVE_STUCK], "to cool", also='clear = "water_valve"\n')
    yield _changes(steps.LOCKED, [_TO_COOL, _VALVE_STUCK], "water valve midway", also='clear = "water_valve"\n', after=[_RESET])
    yield Way(
        [_PILOT_STUCK, _TO_COOL, entry(_at("changeover", steps.REPULSE), "repulses")],
        _wire("cmd.reversing_valve", False, "repulses"),  # the pressures are equal now: what is free does not move yet
        'clear = "reversing_valve"\n',
        [],
        _HEAD_BOTH,
        steps.text(steps.REPULSE),
        ("changeover", steps.REPULSE),
    )
    for code in (defrost.DEFER, defrost.REVERSE, defrost.MELT, defrost.BACK, defrost.DRIP, defrost.AIR):
        yield Way([_ASKED], _at("defrost", code), head=_HEAD_COOL_WATER, text=defrost.text(code), told=("defrost", code))
    yield Way(
        [_ASKED],
        f'when = {{ signal = "fw.changeover", above = {steps.WINDOW - 0.5}, for = "2s" }}\n',
        head=_HEAD_COOL_WATER,
        text=steps.text(steps.WINDOW),
        told=("changeover", steps.WINDOW),
    )


WAYS = (*(_engine(code, *row) for code, row in _ENGINE.items()), *_OTHERS, *_led_to())
STATES = tuple(range(len(WAYS)))


def head(state, title):
    """Return the head of a scenario that leads to `state`."""
    own = {**_USUAL_HEAD, **WAYS[state].head}
    return _HEAD.format(title=title, minutes=LONGEST_MIN + own["leads_min"], **own)
