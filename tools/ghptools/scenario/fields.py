"""Checks one value of a scenario file: spans, moments, quantities, names.  ValueError says what is allowed."""

import math

from ghptools import quantities
from ghptools.plant import faults, limits, signals
from ghptools.scenario import columns
from ghptools.scenario.model import Injection, Moment
from ghptools.scenario.schema import GESTURES
from ghptools.virtual import battery_clock, wires

TICKS_PERIOD = 1 << 30
LONGEST_S = 32 * 86400.0
MOST_DETENTS = 200  # of one gesture: a hand turns no further in one go

_DIFFERENCE = {"c": "k", "kpa": "kpag"}
CLOCK_KINDS = {"jump": ("seconds",), "unset": ()}
BOARD_KINDS = {"chip": ("absent",), "bus": ("stuck",)}
# What a parameter of a plant fault is measured in; `value`, `at` and `per_hour` follow their target.
_PARAMETER_KINDS = {
    "factor": "frac", "fraction": "frac", "size": "frac", "kpa": "kpag", "kg": "kg", "seconds": "s", "kg_per_hour": "number",
    "per_second": "number",
}  # fmt: skip


def text(value):
    """Return a text."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is not a text")
    return value


def texts(value):
    """Return a list of texts from one or several."""
    if value == []:
        raise ValueError("an empty list says nothing")
    return [text(item) for item in (value if isinstance(value, list) else [value])]


def integer(value):
    """Return a whole number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is not a whole number from 0 on")
    return value


def flag(value):
    """Return true or false."""
    if not isinstance(value, bool):
        raise ValueError(f"{value!r} is neither true nor false")
    return value


def time(value):
    """Return a span in s, 0 or more."""
    seconds = quantities.parse(value, "s")
    if not 0.0 <= seconds <= LONGEST_S:
        raise ValueError(f"{value!r} is not a time from 0 to 32 days")
    return seconds


def ticks(value):
    """Return ticks_ms at power-up, from a number or a time before the wrap ("-20min")."""
    if isinstance(value, str) and value.strip().startswith("-"):
        return (TICKS_PERIOD - int(time(value.strip()[1:]) * 1000)) % TICKS_PERIOD
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < TICKS_PERIOD:
        raise ValueError(f"{value!r} is not 0 to 1073741823, nor a time before the wrap such as '-20min'")
    return value


def clock(value):
    """Return the time on the wall that the battery clock shows at power-up, or 'unset'."""
    if value == "unset":
        return value
    try:
        battery_clock.parse(value)
    except ValueError as error:
        raise ValueError(f"{error}, nor 'unset'") from None
    return value.strip()


def moment(value, names):
    """Return a Moment from a span, 'end', 'name' or 'name + span' (`names`: entries that may be meant)."""
    if not isinstance(value, str):
        return Moment(time(value))
    word, _, offset = value.partition("+")
    word = word.strip()
    if word in names or word == "end" or offset:
        if word not in names and word != "end":
            near = columns.nearest(word, names)
            raise ValueError(
                f"no entry of the timeline is named '{word}'" + (f"; did you mean {near}?" if near else "")
            )
        return Moment(time(offset.strip()) if offset else 0.0, None if word == "end" else word, word == "end")
    try:
        return Moment(time(value))
    except ValueError:
        allowed = ", ".join(f"'{name}'" for name in names) or "no entry has a name"
        raise ValueError(f"'{value}' is neither a time nor the name of an entry ({allowed})") from None


def signal(value, names):
    """Return the full name of a trace column."""
    word = text(value)
    try:
        return names.names[names.place(word)]
    except KeyError:
        near = names.nearest(word)
        raise ValueError(f"no signal is named '{word}'" + (f"; nearest: {near}" if near else "")) from None


def quantity(value, kind):
    """Return a number in the base unit of `kind`; true and false are 1 and 0."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    return quantities.parse(value, kind)


def difference(value, kind):
    """Return a difference of `kind` (degrees of 10 F are 5.6 K), 0 or more."""
    result = abs(quantities.parse(value, _DIFFERENCE.get(kind, kind)))
    if math.isinf(result):
        raise ValueError(f"{value!r} is not a finite difference")
    return result


def named_quantity(key, value, known, ranges):
    """Return (name in `known`, value) for a key that may carry another unit: `tank_f`, or `tank` with a text.

    known   {name: kind}, 'word' for a name that takes one of the words of `limits.START_WORDS`
    ranges  {name: limits.Range}
    """
    name, unit, kind = _resolve(key, known)
    if kind == "word":
        if value not in limits.START_WORDS[name]:
            raise ValueError(f"{_said(value)} is none of {', '.join(limits.START_WORDS[name])}")
        return name, value
    may = ranges[name]
    if not isinstance(value, list):
        return name, inside(value, kind, may, unit)
    if not may.layers:
        raise ValueError(f"{value!r} is a list: one value is meant")
    if len(value) != may.layers:
        raise ValueError(f"has {len(value)} values: one is meant, or {may.layers} of its layers")
    return name, [inside(item, kind, may, unit) for item in value]


def inside(value, kind, may, unit=None):
    """Return `value` in the base unit of `kind`; ValueError unless the limits.Range `may` holds it.

    unit: what a bare number is in, None for the base unit
    """
    if isinstance(value, list):
        raise ValueError(f"{value!r} is a list: one value is meant")
    if isinstance(value, bool) and not may.contact:
        raise ValueError(f"{_said(value)} is not a {quantities.KINDS[kind][0]}")
    bare = unit is not None and isinstance(value, (int, float)) and not isinstance(value, bool)
    number = quantity(f"{value!r} {unit}" if bare else value, kind)
    if not may.holds(number):
        shown = unit or quantities.KINDS[kind][1]
        if isinstance(value, str):
            units = sorted(quantities.KINDS[kind][2], key=len, reverse=True)
            shown = next((one for one in units if one and value.strip().lower().endswith(one.lower())), shown)
        low, high = (quantities.convert(limit, kind, shown) for limit in (may.low, may.high))
        text_of_range = limits.Range(low, high, may.contact).text()
        raise ValueError(f"{_said(value)} is not {text_of_range} {shown}".rstrip())
    return number


def _said(value):
    """Return a value as its writer sees it."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _resolve(key, known):
    """Return (name, unit that bare numbers carry or None for the name's own, kind)."""
    if key in known:
        return key, None, known[key]
    kind, unit, stem = quantities.kind_of(key)
    for name, its_kind in known.items():
        its_stem = quantities.kind_of(name)[2]
        if stem == its_stem and kind == its_kind and kind != "number":
            return name, unit, kind
        if key == its_stem:
            return name, None, its_kind
    near = columns.nearest(key, known)
    raise ValueError(f"unknown key '{key}'" + (f"; nearest: {near}" if near else f"; allowed: {', '.join(known)}"))


def world_kinds():
    """Return {name: kind} of what [world] and `set` may hold."""
    return {name: columns.kind("env." + name) for name in signals.ENV}


def start_kinds():
    """Return {name: kind} of what [start] may hold."""
    from ghptools.plant import START_DEFAULTS  # noqa: PLC0415  loads numba

    words = {"humidity": "frac"} | dict.fromkeys(limits.START_WORDS, "word")
    return {name: words.get(name) or quantities.kind_of(name)[0] for name in START_DEFAULTS}


def injection(value):
    """Return an Injection from a table with target, kind and parameters."""
    if not isinstance(value, dict):
        raise ValueError(f'{value!r} is not a table such as {{ target = "hot_flow", kind = "factor", factor = 0 }}')
    for key in ("target", "kind"):
        if key not in value:
            raise ValueError(f"needs '{key}'")
    target, kind = text(value["target"]), text(value["kind"])
    given = {key: item for key, item in value.items() if key not in ("target", "kind")}
    group, _, name = target.partition(":")
    if group in BOARD_KINDS and name:
        return _board_injection(target, group, name, kind, given)
    if target == "clock":
        return _clock_injection(kind, given)
    if target not in faults.NAMES:
        near = columns.nearest(target, faults.NAMES)
        raise ValueError(
            f"nothing called '{target}' can fail" + (f"; nearest: {near}" if near else f"; {', '.join(faults.NAMES)}")
        )
    allowed = faults.kinds(target)
    if kind not in allowed:
        raise ValueError(f"{target} cannot fail by '{kind}'; kinds are: {', '.join(allowed)}")
    parameters = {}
    for key, item in given.items():
        if key not in allowed[kind]:
            raise ValueError(f"{target} {kind} takes {', '.join(allowed[kind]) or 'no parameters'}, not '{key}'")
        parameters[key] = item if key == "with" else _parameter(target, kind, key, item)
    faults.check(target, kind, parameters)
    return Injection(target, kind, parameters)


def _parameter(target, fault, key, value):
    if key in _PARAMETER_KINDS:
        kind = _PARAMETER_KINDS[key]
    else:
        kind = columns.kind(("sensed." if target in signals.SENSORS else "cmd.") + target)
        if fault in ("bias", "drift"):
            kind = _DIFFERENCE.get(kind, kind)
    try:
        return inside(value, kind, faults.allowed(target, fault, key))
    except ValueError as error:
        raise ValueError(f"{target} {fault}: {key}: {error}") from None


def _clock_injection(kind, given):
    """The battery clock is wrong from now on: by `seconds` (a time, or a negative one as text), or not set at all."""
    if kind not in CLOCK_KINDS:
        raise ValueError(f"clock cannot fail by '{kind}'; kinds are: {', '.join(CLOCK_KINDS)}")
    if sorted(given) != sorted(CLOCK_KINDS[kind]):
        raise ValueError(f"clock {kind} takes {', '.join(CLOCK_KINDS[kind]) or 'no parameters'}")
    parameters = {}
    if kind == "jump":
        word = given["seconds"]
        back = isinstance(word, str) and word.strip().startswith("-")
        if back:
            parameters["seconds"] = -time(word.strip()[1:])
        else:
            parameters["seconds"] = quantity(word, "s")
    return Injection("clock", kind, parameters)


def _board_injection(target, group, name, kind, given):
    known = wires.CHIPS if group == "chip" else wires.BUSES
    if name not in known:
        raise ValueError(f"the board has no {group} '{name}'; it has {', '.join(known)}")
    if kind not in BOARD_KINDS[group] or given:
        raise ValueError(f"a {group} can only be '{BOARD_KINDS[group][0]}', without parameters")
    return Injection(target, kind, {})


def gesture(value):
    """Return (gesture, number) of 'turn 3', 'push', 'hold', 'wait 2s'."""
    word, _, argument = text(value).strip().partition(" ")
    if word == "turn":
        try:
            detents = int(argument)
        except ValueError:
            raise ValueError(f"'{value}': turn needs a whole number of detents, clockwise positive") from None
        if abs(detents) > MOST_DETENTS:
            raise ValueError(f"'{value}': at most {MOST_DETENTS} detents either way")
        return word, detents
    if word == "wait":
        return word, time(argument or "1s")
    if word in GESTURES and not argument:
        return word, 0
    raise ValueError(f"'{value}' is not a gesture: 'turn 3', 'turn -2', 'push', 'hold' or 'wait 2s'")
