"""Whatever comes down the line: nothing raises, and only a valid `set` or `mode` line changes a setting."""

from ghp import settings as table
from ghp.console.console import Console
from ghp.console.editor import LIMIT
from ghp.settings import Settings
from hypothesis import given, settings
from hypothesis import strategies as st
from people_unit import Line, running_unit


def values(of):
    return [getattr(of, row[1]) for row in table.ROWS]


def feed(data, slices):
    """Type `data`; return the unit, what was said and the console, after `slices` slices."""
    unit, line = running_unit(), Line()
    console = Console(unit, line)
    line.typed.extend(data)
    for _ in range(slices):
        unit.step()
        said = len(line.said)
        console.service(unit.board.clock.now)
        assert len(line.said) - said <= 200
    assert unit.failed == []
    assert console.failures == 0
    return unit, line, console


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_random_bytes_never_raise_and_never_change_anything(data):
    unit, _, _ = feed(data, 60)
    if b"set " not in data and b"mode " not in data:
        assert values(unit.settings) == values(Settings())
        assert unit.settings.changes == 0


KEYS = st.sampled_from([row[1] for row in table.ROWS] + ["hot_setpont_c", "", "mode"])
NUMBERS = st.one_of(
    st.integers(-10, 4000).map(str),
    st.floats(-50, 500).map(lambda x: "%.2f" % x),
    st.sampled_from(
        ["on", "off", "heat", "si", "us", "nan", "inf", "-", "1e9", "", "60 C", "140F", "100 psig", "2 K", "x"]
    ),
)
SET_LINES = st.builds(
    lambda verb, key, number: " ".join([verb, key, number]), st.sampled_from(["set", "@set", " set"]), KEYS, NUMBERS
)
MODE_LINES = st.builds(lambda word: "mode " + word, st.sampled_from(["off", "heat", "cool", "auto", "warm", ""]))
OTHERS = st.sampled_from(
    ["", "why", "status", "get mode", "settings hot", "reset", "sett hot_setpoint_c 120", "x" * (LIMIT + 3)]
)
ENDS = st.sampled_from(["\r", "\n", "\r\n"])
# What a person's hand does inside a line, none of which counts in the end.
SLIPS = st.sampled_from(
    ["", "q\x08", "zz\x7f\x7f", "\x1b[A", "\x1bOP", "\x00", "\x80\xff", "set mode heat\x03", "set mode auto\x15"]
)


@settings(max_examples=60)
@given(st.lists(st.tuples(SLIPS, st.one_of(SET_LINES, MODE_LINES, OTHERS), ENDS), max_size=8))
def test_settings_follow_the_valid_lines_and_no_others(typed):
    model = Settings()
    data = b""
    for slip, line, end in typed:
        data += (slip + line + end).encode("latin-1")
        words = line.replace("@", "").split()
        if len(line) > LIMIT or len(words) < 2:
            continue
        if words[0] == "mode" and len(words) == 2:
            words = ["set", *words]
        if words[0] == "set" and len(words) > 2:
            try:
                model.set_text(words[1], " ".join(words[2:]))
            except (KeyError, ValueError):
                pass
    unit, line, console = feed(data, 400)
    assert not line.typed and console._job is None
    assert values(unit.settings) == values(model)


@settings(max_examples=30)
@given(
    st.lists(
        st.sampled_from(["status", "points", "settings", "help", "tasks", "alarms", "why"]), min_size=1, max_size=4
    ),
    st.integers(1, 64),
)
def test_every_machine_answer_ends_once_and_holds_no_stray_line(words, takes):
    unit, line = running_unit(), Line()
    line.takes = takes
    console = Console(unit, line)
    line.typed.extend("".join("@%s\n" % word for word in words).encode())
    for _ in range(8000):
        console.service(unit.board.clock.now)
        if not line.typed and console._job is None and not console._pending and console._next >= console._have:
            break
    said = line.said.decode().split("\r\n")[1:-1]  # after the greeting
    said[0] = said[0][2:] if said[0].startswith("> ") else said[0]
    assert [row for row in said if row.startswith("@")] == ["@ok"] * len(words)
    for row in said:
        assert row.startswith(("#", "@")) or "=" in row or "," in row
