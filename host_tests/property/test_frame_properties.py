"""Properties of the frame: ticks, curves, outputs, start ring, controllers, settings."""

from math import exp, log

import pytest
from ghp import points, refrigerant, units
from ghp.blocks.control import PI, FirstOrder, Hysteresis
from ghp.blocks.startring import HOUR_MS, StartRing
from ghp.blocks.timers import OnDelay, Stopwatch
from ghp.image import Image
from ghp.outputs import KEEP, Outputs
from ghp.sensing import curves
from ghp.settings import ROWS, Settings
from ghp.table import Table
from ghp.ticks import TICKS_PERIOD, ticks_add, ticks_diff
from hypothesis import given
from hypothesis import strategies as st

TICKS = st.integers(0, TICKS_PERIOD - 1)


@given(TICKS, st.integers(-(TICKS_PERIOD // 2), TICKS_PERIOD // 2 - 1))
def test_ticks_difference_undoes_addition_across_the_wrap(start, delta):
    later = ticks_add(start, delta)
    assert 0 <= later < TICKS_PERIOD
    assert ticks_diff(later, start) == delta


def thermistor_counts(temperature_c, r25, beta):
    ohms = r25 * exp(beta * (1 / (temperature_c + 273.15) - 1 / 298.15))
    return round(5.0 * ohms / (ohms + 10e3) / 187.5e-6)


def thermistor_c(counts, r25, beta):
    volts = counts * 187.5e-6
    ohms = 10e3 * volts / (5.0 - volts)
    return 1 / (log(ohms / r25) / beta + 1 / 298.15) - 273.15


@pytest.mark.parametrize(
    "name, r25, beta, low, high", [("ntc10k", 10e3, 3977, -45, 150), ("ntc100k", 100e3, 3990, -28, 180)]
)
def test_thermistor_table_follows_its_formula(name, r25, beta, low, high):
    curve = curves.make(name)
    for tenth in range(low * 10, high * 10):
        counts = thermistor_counts(tenth / 10, r25, beta)
        assert curve.scaled(counts) / 1000 == pytest.approx(thermistor_c(counts, r25, beta), abs=0.08)


@given(st.integers(-32768, 32767))
def test_no_count_leaves_31_bits_or_invents_a_value(counts):
    for row in points.ANALOG_INPUTS:
        scaled = curves.make(row[7]).scaled(counts)
        assert -(2**30) <= scaled < 2**30


@given(
    st.floats(0.5, 4.5),
    st.sampled_from([("psia200", 0, 1378.951), ("psig500", 101.325, 3548.704), ("psig100", 0, 689.4757)]),
)
def test_ratiometric_transducer_is_exact_to_a_count(volts, kind):
    name, low, high = kind
    value = curves.make(name).scaled(round(volts / 187.5e-6)) / 1000
    assert value == pytest.approx(low + (volts - 0.5) / 4 * (high - low), abs=(high - low) / 15000)


@given(st.floats(-40, 85))
def test_saturation_round_trip(temperature_c):
    assert refrigerant.saturation_c(refrigerant.saturation_kpa(temperature_c)) == pytest.approx(temperature_c, abs=0.01)


@given(
    st.sampled_from(points.names(points.OUTPUTS)),
    TICKS,
    st.lists(st.tuples(st.integers(0, 400), st.booleans()), max_size=30),
)
def test_a_command_perishes_exactly_at_its_age(name, start, events):
    """Against a trivial model: the last command, its time, its age."""
    image = Image()
    outputs = Outputs(image)
    output = getattr(outputs, name)
    held = output.value
    now = start
    commanded_at = None
    for step, command in events:
        now = ticks_add(now, step)
        if command:
            output.command(1, now)
            commanded_at = now
        outputs.settle(now)
        alive = commanded_at is not None and ticks_diff(now, commanded_at) <= output.max_age_ms
        if not alive:
            commanded_at = None
        expected = 1 if alive else (held if output.safe == KEEP else output.safe)
        held = expected
        assert image.outputs[output.index] == expected


def test_a_forced_value_wins_and_stays():
    image = Image()
    outputs = Outputs(image)
    outputs.gas_valve.command(1, 0)
    outputs.gas_valve.forced = 0
    outputs.settle(0)
    assert image.outputs[outputs.gas_valve.index] == 0
    outputs.gas_valve.forced = None
    outputs.settle(0)
    assert image.outputs[outputs.gas_valve.index] == 1


@given(TICKS, st.integers(1, 6), st.lists(st.integers(0, HOUR_MS // 3), max_size=40))
def test_never_more_starts_in_an_hour_than_the_limit(start, limit, gaps):
    ring = StartRing(6)
    elapsed = 0
    taken = []
    for gap in gaps:
        elapsed += gap
        now = ticks_add(start, elapsed)
        ring.tick(now)
        wait = ring.wait_ms(limit)
        recent = [t for t in taken if elapsed - t < HOUR_MS]
        assert (wait == 0) == (len(recent) < limit)
        if wait == 0:
            ring.note(now)
            taken.append(elapsed)
    assert ring.in_last_hour() == len([t for t in taken if elapsed - t < HOUR_MS])


@given(TICKS, st.integers(0, 5000), st.lists(st.tuples(st.integers(1, 2000), st.booleans()), max_size=30))
def test_on_delay_is_true_only_after_an_unbroken_delay(start, delay, events):
    timer = OnDelay(delay)
    now = start
    since = None
    for step, condition in events:
        now = ticks_add(now, step)
        if not condition:
            since = None
        elif since is None:
            since = now
        assert timer.update(condition, now) == (since is not None and ticks_diff(now, since) >= delay)


def test_stopwatch_saturates_instead_of_wrapping():
    watch = Stopwatch()
    watch.start(0)
    now = 0
    for _ in range(10):
        now = ticks_add(now, TICKS_PERIOD // 4)
        watch.tick(now)
    assert watch.age_ms == Stopwatch.LIMIT_MS


@given(st.floats(0.1, 10), st.floats(1, 600), st.lists(st.floats(-50, 50), min_size=1, max_size=200))
def test_pi_stays_inside_and_does_not_wind_up(kp, ti_s, errors):
    loop = PI(kp, ti_s, 0.0, 100.0)
    for error in errors:
        assert 0.0 <= loop.update(error, 0.5) <= 100.0
    for _ in range(50):
        loop.update(50.0, 0.5)
    # at the upper limit: an error of the other sign must act at once
    loop.track(100.0, 0.0)
    assert loop.update(-1.0, 0.5) < 100.0


@given(st.floats(-100, 200), st.floats(-20, 20))
def test_pi_tracking_is_bumpless(out, error):
    loop = PI(2.0, 60.0, 0.0, 100.0)
    loop.track(out, error)
    assert loop.update(error, 0.0) == pytest.approx(min(max(out, 0.0), 100.0), abs=1e-6)


@given(st.lists(st.one_of(st.none(), st.floats(-50, 150)), max_size=50))
def test_a_bad_value_resets_the_filter(values):
    lag = FirstOrder(10.0)
    previous = None
    for value in values:
        out = lag.update(value, 0.5)
        if value is None:
            assert out is None
        elif previous is None:
            assert out == value
        else:
            assert min(previous, value) - 1e-9 <= out <= max(previous, value) + 1e-9
        previous = out


@given(st.lists(st.floats(0, 10), max_size=50))
def test_hysteresis_holds_between_its_edges(values):
    switch = Hysteresis(6.0, 4.0)
    for value in values:
        before = switch.out
        assert switch.update(value) == (True if value >= 6 else False if value <= 4 else before)


@given(
    st.sampled_from(list(ROWS)),
    st.one_of(st.floats(), st.integers(-(10**6), 10**6), st.booleans(), st.text(max_size=5), st.none()),
)
def test_a_refused_setting_changes_nothing_and_says_what_is_allowed(row, value):
    settings = Settings()
    before = dict(settings.__dict__)
    try:
        stored = settings.set(row[1], value)
    except ValueError as error:
        assert row[1] in str(error)
        assert settings.__dict__ == before
    else:
        assert row[4] <= stored <= row[5]
        assert settings.changes == 1


@given(st.sampled_from(sorted(["c", "k", "kpa", "kpag", "lps", "w"])), st.floats(-50, 3000), st.booleans())
def test_units_round_trip(kind, value, us):
    assert units.to_si(kind, units.shown(kind, value, us), us) == pytest.approx(value, abs=1e-6)


def test_typed_units():
    assert units.parse("c", "160F", False) == pytest.approx(71.111, abs=0.001)
    assert units.parse("c", "60", False) == 60.0
    assert units.parse("kpa", "0 psig", True) == pytest.approx(101.325)
    for bad in ("", "x", "12 gpm", "1e", "--5", "5 F F"):
        with pytest.raises(ValueError):
            units.parse("c", bad, True)


NAMES = st.text(st.characters(exclude_characters="|\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), min_size=1, max_size=8)


@given(st.lists(st.tuples(NAMES, NAMES), max_size=12, unique_by=lambda row: row[0]), NAMES)
def test_a_text_table_is_the_list_it_was_made_of(pairs, other):
    text = "".join(f"{n}|{name}|{field}\n" for n, (name, field) in enumerate(pairs))
    table = Table(text, (int, str, str))
    rows = [(n, name, field) for n, (name, field) in enumerate(pairs)]
    assert list(table) == rows
    assert len(table) == len(rows)
    for row in rows:
        assert table[row[0]] == table.find(row[1]) == row
        assert table.place(row[1]) == row[0]
    for wrong in {other, "", "|"} - {row[1] for row in rows}:  # a later field of the same text does not count
        with pytest.raises(KeyError):
            table.find(wrong)
    for wrong in (len(rows), -1):
        with pytest.raises(IndexError):
            table[wrong]
