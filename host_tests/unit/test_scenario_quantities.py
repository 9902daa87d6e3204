"""Quantities as people write them."""

import math

import pytest
from ghptools import quantities
from ghptools.quantities import KINDS, QuantityError, kind_of, parse, show, span
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("160F", "c", 71.1111), ("-40 °F", "c", -40.0), ("±1.0 F", "k", 0.5556), ("320psig", "kpa", 2307.65), ("320 psig", "psig", 320.0),
        ("2307.65kPa", "psig", 320.0), ("100gpm", "lps", 6.309), ("1000 kBtu/h", "w", 293071.07), ("50 tons", "w", 175842.6),
        ("1h30m", "s", 5400.0), ("1:30", "s", 5400.0), ("300ms", "s", 0.3), ("90", "s", 90.0), ("2.5 min", "s", 150.0), ("72%", "frac", 0.72),
        (71.1, "c", 71.1), ("1.8 R", "k", 1.0), ("10 inwc", "kpag", 2.4908), ("300 gal", "gallon", 300.0), ("1e3 W", "w", 1000.0),
    ],
)  # fmt: skip
def test_parse(text, kind, value):
    assert parse(text, kind) == pytest.approx(value, rel=1e-4)


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("160X", "c", "'X' is not a unit of temperature: use C"), ("hot", "c", "write a number and a unit"), ("", "c", "not a temperature"),
        (True, "c", "True is not"), (math.nan, "rpm", "not a finite"), ("1e999 F", "c", "not a finite"), ([1], "c", "is not a temperature"),
        ("1h30x", "s", "is not a unit of time"),
    ],
)  # fmt: skip
def test_bad_text_says_what_is_allowed(text, kind, part):
    with pytest.raises(QuantityError, match=part.replace("(", r"\(")):
        parse(text, kind)


def test_a_unit_can_be_demanded():
    with pytest.raises(QuantityError, match="needs a unit"):
        parse("47", "c", bare=False)


@given(st.sampled_from(sorted(KINDS)), st.floats(-1e5, 1e5, allow_nan=False), st.data())
def test_every_unit_goes_there_and_back(kind, number, data):
    unit = data.draw(st.sampled_from(sorted(KINDS[kind][2])))
    base = parse(f"{number!r} {unit}", kind)
    assert quantities.convert(base, kind, unit) == pytest.approx(number, rel=1e-9, abs=1e-6)
    assert show(base, kind, unit or None)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("tank_f", ("c", "F", "tank")), ("hot_load_w", ("w", "W", "hot_load")), ("discharge_psig", ("psig", "psig", "discharge")),
        ("engine_rpm", ("rpm", "rpm", "engine")), ("lambda", ("number", "", "lambda")), ("superheat_k", ("k", "K", "superheat")),
    ],
)  # fmt: skip
def test_a_name_tells_its_kind(name, found):
    assert kind_of(name) == found


def test_times_for_people():
    assert [span(x) for x in (0.5, 59.99, 60, 130, 3600, 5400, 90000)] == [
        "0.5 s", "59.99 s", "1 min", "2 min 10 s", "1 h", "1 h 30 min", "25 h",
    ]  # fmt: skip
    assert show(None, "c") == "--" and show(math.nan, "c") == "--"
