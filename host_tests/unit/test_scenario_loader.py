"""Scenario files: what they mean, and that a broken one is answered with file, line, key and what is allowed."""

import re
from pathlib import Path

import pytest
from ghptools.scenario import fields, loader, schema
from ghptools.scenario.model import Injection, Moment
from ghptools.scenario.source import ScenarioError

ROOT = Path(__file__).resolve().parents[2]
TELEMETRY = ("state", "setpoint_c")

GOOD = """\
title = "A good one"
description = "Says what happens."
duration = "1h"
seed = 7
start_ticks = "-20min"

[start]
tank_f = 60            # another unit than the plant's key
coil = "35F"
charge_at = "condenser"
humidity = "85%"

[settings]
mode = "heat"
hot_setpoint_c = "160F"
vernier = false

[world]
ambient = "47F"
hot_load = "120kW"

[[timeline]]
at = "10min"
set = { ambient_c = 2, hot_load = "200 kW" }
over = "5min"

[[timeline]]
name = "flow lost"
at = "5min"
when = { signal = "engine_rpm", above = "2000rpm", for = "10s" }
inject = { target = "hot_flow", kind = "factor", factor = "50%" }

[[timeline]]
at = "flow lost + 2min"
clear = "hot_flow"
console = ["set hot_setpoint_c 150F", "why"]

[[timeline]]
at = "50min"
knob = ["push", "turn -3", "push"]

[[timeline]]
at = "55min"
event = "late_scan"
late = "250ms"

[[expect]]
signal = "fuel"
from = "flow lost"
falls_to = 0
in = "2.0s"

[[expect]]
signal = "leaving_c"
from = "40min"
of = "160F"
within = "1.0F"
share = "95%"

[[expect]]
count = "cmd.starter"
max = 5
per = "1h"

[[expect]]
alarm = ["hot_water_flow", "leaving_water"]
from = "flow lost"
in = "4s"

[[expect]]
cleared = "hot_water_flow"
from = "flow lost"
in = "5min"

[[expect]]
console_says = "flow lost"
from = "flow lost"

[[expect]]
no_alarm = true
to = "5min"

[[figure]]
name = "overshoot"
signal = "leaving_c"
value = "max"
minus = "160F"
unit = "F"
max = "3F"

[[figure]]
name = "sag"
signal = "leaving_c"
value = "min"
minus = "160F"
min = "-8F"

[[figure]]
name = "close"
signal = "leaving_c"
value = "share"
of = "159F"
within = "2F"
min = "95%"

[[figure]]
name = "starts"
signal = "running"
value = "count"
per = "59min"
max = 5

[[figure]]
name = "COP"
signal = "hot_j"
value = "ratio"
per = "fuel_j_hhv"
"""


def parse(text, path="x.toml"):
    return loader.parse(text, Path(path), TELEMETRY)


def test_a_good_file_is_read_in_base_units():
    s = parse(GOOD)
    assert (s.title, s.duration_s, s.seed, s.start_ticks) == ("A good one", 3600.0, 7, 2**30 - 1200000)
    assert s.start["tank_c"] == pytest.approx(15.556, abs=1e-3) and s.start["charge_at"] == "condenser"
    assert s.start["coil_c"] == pytest.approx(1.667, abs=1e-3) and s.start["humidity"] == pytest.approx(0.85)
    assert s.settings == {"mode": "heat", "hot_setpoint_c": "160F", "vernier": "off"}
    assert s.world == {"ambient_c": pytest.approx(8.333, abs=1e-3), "hot_load_w": 120000.0}
    ramp, lost, healed, knob, late = s.timeline
    assert ramp.world == {"ambient_c": 2.0, "hot_load_w": 200000.0} and ramp.over_s == 300.0
    assert (
        lost.when.above == 2000.0
        and lost.when.hold_s == 10.0
        and lost.inject == [Injection("hot_flow", "factor", {"factor": 0.5})]
    )
    assert healed.at == Moment(120.0, "flow lost") and healed.clear == ["hot_flow"] and len(healed.console) == 2
    assert knob.knob == [("push", 0), ("turn", -3), ("push", 0)]
    assert late.event == "late_scan" and late.late_s == pytest.approx(0.25)
    fuel, band, count, alarm, cleared, said, quiet = s.expectations
    assert fuel.kind == "reach" and fuel.high == 0.0 and fuel.within_s == 2.0 and fuel.begin == Moment(0.0, "flow lost")
    assert band.high - band.low == pytest.approx(2 / 1.8) and band.share == pytest.approx(0.95)
    assert count.per_s == 3600.0 and count.high == 5.0
    assert alarm.alarms == ("hot_water_flow", "leaving_water") and quiet.kind == "no_alarm"
    assert cleared.alarms == ("hot_water_flow",) and cleared.within_s == 300.0 and said.says == "flow lost"
    overshoot, sag, share, starts, cop = s.figures
    assert sag.at_least == pytest.approx(-8 / 1.8) and share.kind == "frac" and share.at_least == pytest.approx(0.95)
    assert share.high - share.low == pytest.approx(4 / 1.8) and starts.per_s == 3540.0
    assert (
        overshoot.kind == "k"
        and overshoot.at_most == pytest.approx(3 / 1.8)
        and overshoot.minus == pytest.approx(71.111, abs=1e-3)
    )
    assert cop.per == "fuel_j_hhv"


def test_every_sentence_can_be_read():
    for e in parse(GOOD).expectations:
        assert len(e.name) > 5 and "inf" not in e.name and "nan" not in e.name


# (line to replace, new line, what the message must say); the new line is where the message must point
BROKEN = [
    ('seed = 7', 'sede = 7', "sede: unknown key 'sede'; did you mean seed"),
    ('seed = 7', 'seed = -1', "not a whole number"),
    ('duration = "1h"', 'duration = "1 hour"', "'hour' is not a unit of time"),
    ('duration = "1h"', 'duration = "0s"', "at least 1 s"),
    ('start_ticks = "-20min"', 'start_ticks = 1073741824', "0 to 1073741823"),
    ('tank_f = 60            # another unit than the plant\'s key', 'tonk_f = 60', "start.tonk_f: unknown key 'tonk_f'; nearest: tank_c"),
    ('coil = "35F"', 'coil = "35psi"', "'psi' is not a unit of temperature"),
    ('mode = "heat"', 'mode = "warm"', "must be one of off, heat, cool, auto"),
    ('hot_setpoint_c = "160F"', 'hot_setpoint_c = "200F"', "90.0 F to 160.0 F"),
    ('hot_setpoint_c = "160F"', 'hot_setpoint = "160F"', "no setting 'hot_setpoint'; nearest: hot_setpoint_c"),
    ('ambient = "47F"', 'ambience = "47F"', "world.ambience: unknown key"),
    ('over = "5min"', 'ovre = "5min"', "timeline.ovre: unknown key 'ovre'; did you mean over"),
    ('at = "flow lost + 2min"', 'at = "flow lots + 2min"', "no entry of the timeline is named 'flow lots'; did you mean flow lost"),
    ('name = "flow lost"', 'name = "end"', "not usable as a name"),
    ('clear = "hot_flow"', 'clear = "hot_flwo"', "nearest: hot_flow"),
    ('event = "late_scan"', 'event = "late"', "'late' is none of reset, power_cut, late_scan"),
    ('knob = ["push", "turn -3", "push"]', 'knob = ["twist"]', "'twist' is not a gesture"),
    ('knob = ["push", "turn -3", "push"]', 'knob = ["turn left"]', "whole number of detents"),
    ('signal = "fuel"', 'signal = "fule"', "no signal is named 'fule'; nearest: fuel"),
    ('of = "160F"', 'of = "160rpm"', "'rpm' is not a unit of temperature"),
    ('within = "1.0F"', 'wihtin = "1.0F"', "expect.wihtin: unknown key 'wihtin'; did you mean within"),
    ('share = "95%"', 'share = 95', "at most 100 %"),
    ('falls_to = 0', 'no_matter = 0', "unknown key 'no_matter'"),
    ('alarm = ["hot_water_flow", "leaving_water"]', 'alarm = "hot_water_flood"', "no alarm 'hot_water_flood'; nearest: hot_water_flow"),
    ('cleared = "hot_water_flow"', 'cleared = "hot_flow"', "no alarm 'hot_flow'; nearest: hot_water_flow"),
    ('console_says = "flow lost"', 'console_says = 3', "3 is not a text"),
    ('no_alarm = true', 'no_alarm = false', "can only be true"),
    ('value = "max"', 'value = "maxx"', "'maxx' is none of min, max"),
    ('unit = "F"', 'unit = "psi"', "'psi' is not a unit of temperature difference"),
    ('per = "59min"', 'per = "fuel"', "'fuel' is not a time"),
    ('per = "fuel_j_hhv"', 'per = "fuel_j"', "no signal is named 'fuel_j'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "part"), BROKEN, ids=[new for _, new, _ in BROKEN])
def test_a_broken_line_is_named(old, new, part):
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    with pytest.raises(ScenarioError) as caught:
        parse(text, "dir/x.toml")
    message = str(caught.value)
    line = text[: text.index(new)].count("\n") + 1
    assert message.startswith(f"dir/x.toml:{line}: "), message
    assert part in message and "\n" not in message


@pytest.mark.parametrize(
    ("inject", "part"),
    [
        ('{ target = "hot_flwo", kind = "factor" }', "nearest: hot_flow"),
        ('{ target = "hot_flow", kind = "open" }', "kinds are: factor"),
        ('{ target = "hot_flow", kind = "factor", factr = 1 }', "takes factor, not 'factr'"),
        ('{ kind = "factor" }', "needs 'target'"),
        ('{ target = "leaving_water", kind = "bias", value = "5 psi" }', "not a unit of temperature difference"),
        ('{ target = "chip:adc_wotar", kind = "absent" }', "the board has no chip 'adc_wotar'"),
        ('{ target = "bus:i2c0", kind = "absent" }', "can only be 'stuck'"),
        ('"everything"', "is not a table"),
    ],
)
def test_a_wrong_fault_is_named(inject, part):
    with pytest.raises(ScenarioError, match=re.escape(part)) as caught:
        parse(f'title = "x"\nduration = "1min"\n\n[[timeline]]\nat = 1\ninject = {inject}\n')
    assert str(caught.value).startswith("x.toml:6: timeline.inject: ")


def test_faults_take_units():
    assert fields.injection({"target": "leaving_water", "kind": "bias", "value": "5F"}).parameters[
        "value"
    ] == pytest.approx(5 / 1.8)
    stuck = fields.injection({"target": "leaving_water", "kind": "stuck", "value": "150F"})
    assert stuck.parameters["value"] == pytest.approx(65.556, abs=1e-3)
    assert fields.injection({"target": "chip:dac", "kind": "absent"}) == Injection("chip:dac", "absent", {})


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('title = "x"\nduration = \n', "x.toml:2: is not TOML"),
        ('title = "x"\n', "'duration' is missing"),
        ('title = "x"\nduration = 60\ntimeline = 3\n', r"must be written as \[\[timeline\]\]"),
        ('title = "x"\nduration = 60\n[[timeline]]\nconsole = "why"\n', "x.toml:3: timeline: needs 'at' or 'when'"),
        ('title = "x"\nduration = 60\n[[timeline]]\nat = 3\n', "does nothing"),
        ('title = "x"\nduration = 60\n[[timeline]]\nat = 3\nover = 3\nconsole = "why"\n', "goes only with 'set'"),
        ('title = "x"\nduration = 60\n[[expect]]\nsignal = "fuel"\n', "states nothing"),
        ('title = "x"\nduration = 60\n[[expect]]\nsignal = "fuel"\nrises_to = 1\n', "needs either 'by'"),
        ('title = "x"\nduration = 60\n[[expect]]\nsignal = "fuel"\nmin = 1\nby = 3\n', "does not go with 'min'"),
        (
            'title = "x"\nduration = 60\n[[expect]]\nsignal = "fuel"\nmin = 1\nfrom = 30\nto = 10\n',
            "ends before it begins",
        ),
        ('title = "x"\nduration = 60\n[[expect]]\nsignal = "fuel"\nmin = 3\nmax = 1\n', "is above 'max'"),
        (
            'title = "x"\nduration = 60\n[[expect]]\nsignal = "fuel"\nmin = 1\nfrom = "60s"\n',
            "x.toml:6: expect.from: the window begins when",
        ),
        ('title = "x"\nduration = 60\n[[timeline]]\nat = "2min"\nconsole = "why"\n', "x.toml:4: timeline.at: is after"),
        ('title = "x"\nduration = 60\ncut = 60\n', "x.toml:3: cut: must be at least 1 s and less than 'duration'"),
        ('title = "x"\nduration = 60\ncut = "0s"\n', "x.toml:3: cut: must be at least 1 s and less than 'duration'"),
        ('title = "x"\nduration = 60\n[world]\nfile = "no.csv"\n', "cannot be read"),
        ('title = "x"\nduration = 60\n[start]\ntank_c = 30\ntank_f = 60\n', "a second time"),
    ],
)
def test_other_mistakes(text, part):
    with pytest.raises(ScenarioError, match=part):
        parse(text)


def test_a_file_that_is_not_there():
    with pytest.raises(ScenarioError, match="nowhere.toml: cannot be read"):
        loader.load("nowhere.toml")


def test_hourly_weather(tmp_path):
    (tmp_path / "w.csv").write_text("# made up\nhour,ambient_f,hot_load_kw\n0,32,100\n6.5,50,200\n")
    (tmp_path / "s.toml").write_text('title = "x"\nduration = 60\n[world]\nfile = "w.csv"\n')
    seconds, table = loader.load(tmp_path / "s.toml").weather
    assert (
        seconds == [0.0, 23400.0]
        and table["ambient_c"] == pytest.approx([0.0, 10.0])
        and table["hot_load_w"] == [100e3, 200e3]
    )
    for text, part in (
        ("hour,ambient_f\n0,x\n", "row 2, ambient_f: 'x' is not"), ("time,ambient_f\n0,1\n", "must be 'hour'"),
        ("hour,ambient_f\n1,2\n1,2\n", "must rise"), ("hour,ambient_f\n", "at least one row"), ("hour,ambient_q\n0,1\n", "unknown key 'ambient_q'"),
        ("hour,ambient_f\n0,1,2\n", "3 cells"),
    ):  # fmt: skip
        (tmp_path / "w.csv").write_text(text)
        with pytest.raises(ScenarioError, match=re.escape(part)):
            loader.load(tmp_path / "s.toml")


def test_the_clock_is_set_jumps_and_is_cleared(tmp_path):
    text = """
title = "Clock"
duration = "1h"
clock = "2026-07-15 15:50"
[[timeline]]
at = "10min"
inject = [{ target = "clock", kind = "jump", seconds = "-1h" }, { target = "clock", kind = "unset" }]
[[timeline]]
at = "20min"
clear = "clock"
"""
    scenario = loader.parse(text, tmp_path / "clock.toml")
    assert scenario.clock == "2026-07-15 15:50"
    assert [(fault.kind, fault.parameters) for fault in scenario.timeline[0].inject] == [
        ("jump", {"seconds": -3600.0}), ("unset", {}),
    ]  # fmt: skip
    assert scenario.timeline[1].clear == ["clock"]
    assert loader.parse(text.replace("2026-07-15 15:50", "unset"), tmp_path / "clock.toml").clock == "unset"
    for bad in ("noon", "2026-02-30 12:00", "2026-07-15"):
        with pytest.raises(ScenarioError, match=r"clock.toml:4: .*not a date and time"):
            loader.parse(text.replace("2026-07-15 15:50", bad), tmp_path / "clock.toml")
    for good, bad, message in (('kind = "unset"', 'kind = "stuck"', "cannot fail by"), (', seconds = "-1h"', "", "takes seconds")):
        with pytest.raises(ScenarioError, match=message):
            loader.parse(text.replace(good, bad), tmp_path / "clock.toml")


def test_the_readme_documents_every_key():
    text = (ROOT / "scenarios" / "README.md").read_text()
    tables = (schema.FILE, schema.TIMELINE, schema.WHEN, schema.EXPECT, schema.FIGURE, schema.INJECT)
    missing = sorted({key for table in tables for key in table if f"`{key}`" not in text})
    assert not missing
    words = (*schema.EVENTS, *schema.STATISTICS, *schema.GESTURES)
    assert not [word for word in words if f"`{word}" not in text and f'"{word}' not in text]
