"""Quantities as people write them: a number with a unit, read in one place for every command and file.

Inside the tools a quantity is a float in the *base unit* of its kind (SI where the plant uses SI).  A kind is
named like the suffix of a signal's name: `leaving_c` is of kind `c`, `discharge_psig` of kind `psig`.

    parse("160F", "c")       71.11      parse("1h30m", "s")    5400.0
    parse("320psig", "kpa")  2307.6     parse("± 1.0 F", "k")  0.556

Conversion factors: NIST SP 811 (psi, inch of water at 4 °C, US gallon, Btu_IT, ton of refrigeration).
"""

import math
import re

ATMOSPHERE_KPA = 101.325
_PSI = 6.894757293
_BTU = 1055.05585

# unit: (factor, offset): base = number * factor + offset
_TEMPERATURE = {
    "C": (1.0, 0.0),
    "°C": (1.0, 0.0),
    "F": (1 / 1.8, -32 / 1.8),
    "°F": (1 / 1.8, -32 / 1.8),
    "K": (1.0, -273.15),
}
_DIFFERENCE = {
    "K": (1.0, 0.0),
    "C": (1.0, 0.0),
    "°C": (1.0, 0.0),
    "F": (1 / 1.8, 0.0),
    "°F": (1 / 1.8, 0.0),
    "R": (1 / 1.8, 0.0),
}
_TIME = {
    "s": (1.0, 0.0),
    "sec": (1.0, 0.0),
    "min": (60.0, 0.0),
    "m": (60.0, 0.0),
    "h": (3600.0, 0.0),
    "d": (86400.0, 0.0),
    "ms": (0.001, 0.0),
}
_NUMBER = {"": (1.0, 0.0)}

# kind: (meaning, base unit, units allowed in a text)
KINDS = {
    "c": ("temperature", "C", _TEMPERATURE),
    "k": ("temperature difference", "K", _DIFFERENCE),
    "kpa": (
        "absolute pressure",
        "kPa",
        {
            "kPa": (1.0, 0.0),
            "Pa": (0.001, 0.0),
            "bar": (100.0, 0.0),
            "psia": (_PSI, 0.0),
            "psig": (_PSI, ATMOSPHERE_KPA),
        },
    ),
    "kpag": (
        "gauge pressure",
        "kPag",
        {
            "kPag": (1.0, 0.0),
            "kPa": (1.0, 0.0),
            "psig": (_PSI, 0.0),
            "psi": (_PSI, 0.0),
            "inwc": (0.249082, 0.0),
            "mbar": (0.1, 0.0),
        },
    ),
    "psig": (
        "gauge pressure",
        "psig",
        {"psig": (1.0, 0.0), "psi": (1.0, 0.0), "kPag": (1 / _PSI, 0.0), "kPa": (1 / _PSI, -ATMOSPHERE_KPA / _PSI)},
    ),
    "psi": ("pressure difference", "psi", {"psi": (1.0, 0.0), "kPa": (1 / _PSI, 0.0)}),
    "lps": (
        "flow of water",
        "L/s",
        {
            "L/s": (1.0, 0.0),
            "lps": (1.0, 0.0),
            "gpm": (0.0630901964, 0.0),
            "L/min": (1 / 60, 0.0),
            "m3/h": (1 / 3.6, 0.0),
        },
    ),
    "m3s": ("flow of air", "m3/s", {"m3/s": (1.0, 0.0), "cfm": (0.000471947443, 0.0)}),
    "w": (
        "power",
        "W",
        {
            "W": (1.0, 0.0),
            "kW": (1e3, 0.0),
            "Btu/h": (_BTU / 3600, 0.0),
            "kBtu/h": (_BTU / 3.6, 0.0),
            "ton": (3516.8528, 0.0),
            "tons": (3516.8528, 0.0),
            "hp": (745.699872, 0.0),
        },
    ),
    "j": (
        "energy",
        "J",
        {
            "J": (1.0, 0.0),
            "MJ": (1e6, 0.0),
            "kWh": (3.6e6, 0.0),
            "Btu": (_BTU, 0.0),
            "kBtu": (1e3 * _BTU, 0.0),
            "MMBtu": (1e6 * _BTU, 0.0),
        },
    ),
    "rpm": ("speed", "rpm", {"rpm": (1.0, 0.0)}),
    "nm": ("torque", "Nm", {"Nm": (1.0, 0.0), "lbft": (1.355818, 0.0)}),
    "kg": ("mass", "kg", {"kg": (1.0, 0.0), "lb": (0.45359237, 0.0)}),
    "mj_m3": ("heating value", "MJ/m3", {"MJ/m3": (1.0, 0.0), "Btu/ft3": (0.0372589, 0.0)}),
    "v": ("voltage", "V", {"V": (1.0, 0.0), "mV": (0.001, 0.0)}),
    "ppm": ("concentration", "ppm", {"ppm": (1.0, 0.0)}),
    "gallon": ("volume", "gal", {"gal": (1.0, 0.0), "L": (1 / 3.785411784, 0.0), "m3": (1000 / 3.785411784, 0.0)}),
    "l": ("volume", "L", {"L": (1.0, 0.0), "gal": (3.785411784, 0.0), "m3": (1000.0, 0.0)}),
    "s": ("time", "s", _TIME),
    "ms": ("time", "ms", {unit: (factor * 1000, 0.0) for unit, (factor, _) in _TIME.items()}),
    "frac": ("share", "", {"": (1.0, 0.0), "%": (0.01, 0.0)}),
    "pct": ("per cent", "%", {"%": (1.0, 0.0)}),
    "steps": ("valve steps", "steps", {"steps": (1.0, 0.0), "%": (5.0, 0.0)}),
    "number": ("number", "", _NUMBER),
}

# How a kind is shown to people here (US customary, as on the unit's own panel): unit, decimals.
SHOWN = {
    "c": ("F", 1), "k": ("F", 1), "kpa": ("psig", 1), "kpag": ("psig", 1), "psig": ("psig", 1), "psi": ("psi", 1), "lps": ("gpm", 1),
    "m3s": ("m3/s", 1), "w": ("kBtu/h", 0), "j": ("kBtu", 0), "rpm": ("rpm", 0), "nm": ("Nm", 0), "kg": ("kg", 1), "v": ("V", 2),
    "ppm": ("ppm", 0), "gallon": ("gal", 0), "l": ("gal", 0), "s": ("s", 1), "ms": ("ms", 0), "frac": ("%", 1), "pct": ("%", 1),
    "steps": ("steps", 0), "number": ("", 3), "mj_m3": ("MJ/m3", 1),
}  # fmt: skip

_TEXT = re.compile(r"\s*(?:±|\+/-|\+-)?\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*")
_SPAN = re.compile(r"([\d.]+)\s*(d|h|min|m|sec|s|ms)(?![a-z])\s*")


class QuantityError(ValueError):
    """A text that is not a quantity of the kind asked for; the message is one sentence for a person."""


def units_of(kind):
    """Return the units a text of `kind` may carry, as one word list for messages."""
    return ", ".join(unit or "no unit" for unit in KINDS[kind][2])


def _unit(units, name):
    if name in units:
        return units[name]
    for unit, conversion in units.items():
        if unit.lower() == name.lower():
            return conversion
    return None


def parse(value, kind, bare=True):
    """Return `value` (a number, or text with a unit) in the base unit of `kind`.

    A bare number is already in the base unit; `bare=False` demands a unit.  Time also takes compound spans
    such as "1h30m".  QuantityError says what is wrong and what is allowed.
    """
    meaning, base, units = KINDS[kind]
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise QuantityError(f"{value!r} is not a {meaning}")
    if isinstance(value, (int, float)):
        if not math.isfinite(value):
            raise QuantityError(f"{value!r} is not a finite number")
        if not bare and base:
            raise QuantityError(f"{value!r} needs a unit: {units_of(kind)}")
        return float(value)
    if units is _TIME or kind == "ms":
        span = _span(value)
        if span is not None:
            return span if kind == "s" else span * 1000.0
    match = _TEXT.fullmatch(value)
    if match is None:
        raise QuantityError(f"'{value}' is not a {meaning}: write a number and a unit ({units_of(kind)})")
    number, name = float(match[1]), match[2]
    if not name:
        if not bare and "" not in units:
            raise QuantityError(f"'{value}' needs a unit: {units_of(kind)}")
        return number
    conversion = _unit(units, name)
    if conversion is None:
        raise QuantityError(f"'{name}' is not a unit of {meaning}: use {units_of(kind)}")
    result = number * conversion[0] + conversion[1]
    if not math.isfinite(result):
        raise QuantityError(f"'{value}' is not a finite number")
    return result


def _span(text):
    """Return the seconds of "1h30m", "90s", "02:30:00"; None when `text` is not such a span."""
    word = text.strip()
    clock = re.fullmatch(r"(\d+):([0-5]\d)(?::([0-5]\d))?", word)
    if clock:
        return int(clock[1]) * 3600.0 + int(clock[2]) * 60.0 + int(clock[3] or 0)
    place, total, any_part = 0, 0.0, False
    while place < len(word):
        match = _SPAN.match(word, place)
        if match is None:
            return None
        try:
            total += float(match[1]) * _TIME[match[2]][0]
        except ValueError:
            return None
        place, any_part = match.end(), True
    return total if any_part else None


def convert(value, kind, unit):
    """Return the base-unit `value` of `kind` as a number in `unit`; QuantityError for a foreign unit."""
    conversion = _unit(KINDS[kind][2], unit)
    if conversion is None:
        raise QuantityError(f"'{unit}' is not a unit of {KINDS[kind][0]}: use {units_of(kind)}")
    return (value - conversion[1]) / conversion[0]


def show(value, kind, unit=None, decimals=None):
    """Return `value` (base unit) as text for a person, in the usual unit of its kind or in `unit`."""
    if value is None or not math.isfinite(value):
        return "--"
    usual, digits = SHOWN[kind]
    unit = usual if unit is None else unit
    digits = digits if decimals is None else decimals
    if kind in ("s", "ms") and unit in ("s", "ms") and decimals is None:
        return span(value if kind == "s" else value / 1000.0)
    number = convert(value, kind, unit)
    if unit != usual and decimals is None:  # somebody chose this unit: three or four figures of it
        digits = 0 if abs(number) >= 1000 else 1 if abs(number) >= 100 else 2
    if kind == "number" and decimals is None:
        return f"{number:.3f}".rstrip("0").rstrip(".")
    return f"{number:.{digits}f} {unit}".rstrip()


def span(seconds):
    """Return a time for people: '1.25 s', '4 min 10 s', '1 h 30 min'."""
    sign, left = ("-", -seconds) if seconds < 0 else ("", seconds)
    if left < 60:
        return f"{sign}{left:.2f}".rstrip("0").rstrip(".") + " s"
    whole = int(left + 0.5)
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{sign}{minutes} min" + (f" {rest} s" if rest else "")
    hours, rest = divmod(whole, 3600)
    return f"{sign}{hours} h" + (f" {rest // 60} min" if rest >= 60 else "")


# Endings of names that give the kind, longest first; `f`, `gpm`... are units of the kind before the colon.
_ENDINGS = (
    ("_mj_m3", "mj_m3", "MJ/m3"), ("_j_hhv", "j", "J"), ("_j_lhv", "j", "J"), ("_w_hhv", "w", "W"), ("_w_lhv", "w", "W"), ("_kbtuh", "w", "kBtu/h"), ("_gallon", "gallon", "gal"), ("_percent", "frac", "%"),
    ("_steps", "steps", "steps"), ("_kpag", "kpag", "kPag"), ("_psig", "psig", "psig"), ("_psia", "kpa", "psia"), ("_kpa", "kpa", "kPa"),
    ("_psi", "psi", "psi"), ("_gpm", "lps", "gpm"), ("_lps", "lps", "L/s"), ("_m3s", "m3s", "m3/s"), ("_rpm", "rpm", "rpm"), ("_ppm", "ppm", "ppm"),
    ("_pct", "pct", "%"), ("_min", "s", "min"), ("_gal", "gallon", "gal"), ("_kwh", "j", "kWh"), ("_kw", "w", "kW"), ("_nm", "nm", "Nm"),
    ("_kg", "kg", "kg"), ("_ms", "ms", "ms"), ("_c", "c", "C"), ("_f", "c", "F"), ("_k", "k", "K"), ("_w", "w", "W"), ("_j", "j", "J"),
    ("_s", "s", "s"), ("_h", "s", "h"), ("_v", "v", "V"), ("_l", "l", "L"),
)  # fmt: skip


def kind_of(name, default="number"):
    """Return (kind, unit, stem) told by the ending of `name`: `tank_f` is ("c", "F", "tank")."""
    for ending, kind, unit in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending):
            return kind, unit, name[: -len(ending)]
    return default, KINDS[default][1], name
