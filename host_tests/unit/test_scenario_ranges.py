"""What the machine cannot be or do is refused before anything runs: one sentence that names the key and the allowed."""

import argparse
import re
from pathlib import Path

import pytest
from ghptools.campaign.draw import Run
from ghptools.plant import START_DEFAULTS, faults, limits, signals
from ghptools.scenario import commands, fields, loader
from ghptools.scenario.source import ScenarioError

ROOT = Path(__file__).resolve().parents[2]
HEAD = 'title = "x"\nduration = "1h"\n'


def refused(text, part, path="x.toml", line=None):
    with pytest.raises(ScenarioError) as caught:
        loader.parse(text, Path(path))
    message = str(caught.value)
    assert part in message and "\n" not in message, message
    if line:
        assert message.startswith(f"{path}:{line}: "), message


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ('ambient = "900F"', "world.ambient: '900F' is not -58 to 149 F"),
        ("humidity = 7", "world.humidity: 7 is not 0 to 1"),
        ('humidity = "700%"', "world.humidity: '700%' is not 0 to 100 %"),
        ('hot_load = "1e9kW"', "world.hot_load: '1e9kW' is not 0 to 1000 kW"),
        ("hot_load_kw = -3", "world.hot_load_kw: -3 is not 0 to 1000 kW"),
        ("hot_pump_factor = -3", "world.hot_pump_factor: -3 is not 0 to 1.2"),
        ("gas_supply_kpa = 90", "world.gas_supply_kpa: 90 is not 0 to 7.5"),
        ("call_heat = 0.5", "world.call_heat: 0.5 is not 0 or 1"),
        ("ambient = [1, 2]", "world.ambient: [1, 2] is a list: one value is meant"),
        ("ambient = true", "world.ambient: true is not a temperature"),
        ("ambient = {}", "world.ambient: {} is not a temperature"),
        ('ambient = "heat"', "world.ambient: 'heat' is not a temperature"),
    ],
)
def test_a_world_that_cannot_be_is_refused(line, part):
    refused(f"{HEAD}[world]\n{line}\n", part, line=4)


def test_what_the_timeline_sets_has_the_same_ranges():
    for given, part in (
        ('ambient = "999F"', "timeline.set.ambient: '999F' is not -58 to 149 F"),
        ("ambient = [1, 2]", "timeline.set.ambient: [1, 2] is a list"),
    ):
        refused(f"{HEAD}[[timeline]]\nat = 5\nset = {{ {given} }}\n", part, line=5)


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ('tank = "900F"', "start.tank: '900F' is not 32 to 210.2 F"),
        ('ambient = "-300C"', "start.ambient: '-300C' is not -50 to 65 C"),
        ("valve_steps = 9000", "start.valve_steps: 9000 is not 0 to 500 steps"),
        ("battery_v = 900", "start.battery_v: 900 is not 5 to 16 V"),
        ('humidity = "300%"', "start.humidity: '300%' is not 0 to 100 %"),
        ("noise = -1", "start.noise: -1 is not 0 to 10"),
        ("frost_kg = 1e9", "start.frost_kg: 1000000000.0 is not 0 to 100 kg"),
        ("tank = true", "start.tank: true is not a temperature"),
        ('tank = "heat"', "start.tank: 'heat' is not a temperature"),
        ("tank = [1, 2]", "start.tank: has 2 values: one is meant, or 4 of its layers"),
        ("tank = [50, 50, 50, 500]", "start.tank: 500 is not 0 to 99 C"),
        ("tank = [50, 50, 50, [50]]", "start.tank: [50] is a list"),
        ("engine = [50, 50]", "start.engine: [50, 50] is a list"),
        ('mode = "coldest"', "start.mode: 'coldest' is none of heat, cool"),
        ("mode = 1", "start.mode: 1 is none of heat, cool"),
        ('charge_at = "heat"', "start.charge_at: 'heat' is none of coldest, condenser"),
        ("charge_kg = 0", "start.charge_kg: 0 is not 0.5 to 70 kg"),
    ],
)
def test_a_start_that_cannot_be_is_refused(line, part):
    refused(f"{HEAD}[start]\n{line}\n", part, line=4)


def test_layers_of_a_tank_may_be_given_one_by_one():
    start = loader.parse(f'{HEAD}[start]\ntank_f = [160, "150F", 140, 130]\nchilled = [5, 6, 7]\n', Path("x.toml")).start
    assert start["tank_c"] == pytest.approx([71.111, 65.556, 60.0, 54.444], abs=1e-3) and start["chilled_c"] == [5, 6, 7]


@pytest.mark.parametrize(
    ("inject", "part"),
    [
        ('target = "leaving_water", kind = "bursts", fraction = 9, size = -4', "leaving_water bursts: fraction: 9 is not 0 to 1"),
        ('target = "leaving_water", kind = "bursts", size = -4', "size: -4 is not 0 to 2"),
        ('target = "hot_flow", kind = "factor", factor = -3', "hot_flow factor: factor: -3 is not 0 to 5"),
        ('target = "leaving_water", kind = "slow", factor = 0', "factor: 0 is not 0.1 to 1000"),
        ('target = "throttle", kind = "slow", factor = -2', "throttle slow: factor: -2 is not 0 to 10"),
        ('target = "leaving_water", kind = "stuck", value = 9000', "value: 9000 is not -60 to 160 C"),
        ('target = "leaving_water", kind = "bias", value = "900F"', "value: '900F' is not -396 to 396 F"),
        ('target = "expansion_valve", kind = "stuck", at = 9000', "expansion_valve stuck: at: 9000 is not 0 to 500"),
        ('target = "throttle", kind = "stuck", at = 4', "throttle stuck: at: 4 is not 0 to 1"),
        ('target = "pump_hot", kind = "stuck", at = 0.5', "pump_hot stuck: at: 0.5 is not 0 or 1"),
        ('target = "charge", kind = "leak", kg_per_hour = -5', "kg_per_hour: -5 is not 0 to 1000"),
        ('target = "charge", kind = "undercharge", kg = 500', "kg: 500 is not 0 to 70 kg"),
        ('target = "call_heat", kind = "stuck", value = 7', "call_heat stuck: value: 7 is not 0 or 1"),
        ('target = "leaving_water", kind = "bias", value = true', "leaving_water bias: value: true is not a temperature difference"),
        ('target = "leaving_water", kind = "bias", value = [1]', "value: [1] is a list"),
        ('target = "compressor_torque", kind = "factor", factor = 1e9', "factor: 1000000000.0 is not 0 to 5"),
        ('target = "leaving_water", kind = "swapped", with = 3', "with must be one of"),
        ('target = "leaving_water", kind = "swapped", with = []', "with must be one of"),
    ],
)  # fmt: skip
def test_a_fault_that_cannot_be_is_refused(inject, part):
    refused(f"{HEAD}[[timeline]]\nat = 5\ninject = {{ {inject} }}\n", part, line=5)


def test_contacts_take_true_and_false():
    assert fields.injection({"target": "call_heat", "kind": "stuck", "value": True}).parameters == {"value": 1.0}
    assert loader.parse(f"{HEAD}[world]\ncall_heat = true\n", Path("x.toml")).world == {"call_heat": 1.0}


@pytest.mark.parametrize(
    ("body", "part"),
    [
        ("[[timeline]]\nat = 5\ninject = []\n", "timeline.inject: an empty list"),
        ("[[timeline]]\nat = 5\nconsole = []\n", "timeline.console: an empty list"),
        ("[[timeline]]\nat = 5\nclear = []\n", "timeline.clear: an empty list"),
        ('[[timeline]]\nat = 5\nknob = "turn 99999999999"\n', "timeline.knob: 'turn 99999999999': at most 200 detents"),
        ('[[timeline]]\nat = 5\nknob = "turn -201"\n', "at most 200 detents"),
        ('[[timeline]]\nat = 5\nevent = "reset"\noff = "1s"\n', "timeline.off: goes only with event 'power_cut'"),
        ('[[timeline]]\nat = 5\nevent = "power_cut"\nlate = "1s"\n', "timeline.late: goes only with event 'late_scan'"),
        ('[[timeline]]\nat = 5\nconsole = "why"\noff = "1s"\n', "timeline.off: goes only with event 'power_cut'"),
        ('[[timeline]]\nat = 5\nevent = ["reset"]\n', "timeline.event: "),
        ('[[expect]]\ncount = "cmd.starter"\nmax = -1\n', "expect.max: a count is 0 or more"),
        ('[[expect]]\ncount = "cmd.starter"\nmin = -1\nmax = 3\n', "expect.min: a count is 0 or more"),
        ('[[figure]]\nname = "starts"\nsignal = "running"\nvalue = "count"\nmax = -1\n', "figure.max: a count is 0 or more"),
    ],
)
def test_what_makes_no_sense_is_refused(body, part):
    refused(HEAD + body, part)


@pytest.mark.parametrize(
    ("table", "part"),
    [
        (b"hour,ambient_c\n0,1\n1,\xff\n", "w.csv is not a text file in UTF-8"),
        (b"hour,ambient_c\n0,1\n1,2\x003\n", "w.csv row 3, ambient_c: "),
        (b'hour,ambient_c\n0,"' + b"9" * 200000 + b'"\n', "w.csv is not a CSV table: "),
        (b"\nhour,ambient_c\n0,1\n", "the first column must be 'hour', not ''"),
        (b"hour,ambient_c\nnan,1\n", "row 2: hour 'nan' is not a number"),
        (b"hour,ambient_c\n0,1\ninf,1\n", "row 3: hour 'inf' is not a number"),
        (b"hour,ambient_f,ambient_c\n0,32,0\n", "ambient_f and ambient_c are the same quantity"),
        (b"hour,ambient_f\n0,32\n1,900\n", "row 3, ambient_f: 900.0 is not -58 to 149 F"),
        (b"hour,ambient_f\n0,nan\n", "row 2, ambient_f: "),
    ],
)
def test_a_broken_weather_file_is_refused(tmp_path, table, part):
    (tmp_path / "w.csv").write_bytes(table)
    refused(f'{HEAD}[world]\nfile = "w.csv"\n', part, path=tmp_path / "s.toml")


def test_every_key_and_every_parameter_has_a_range_that_holds_its_default():
    assert set(limits.ENV) == set(signals.ENV)
    for name, value in signals.ENV_DEFAULTS.items():
        assert limits.ENV[name].holds(value), name
    assert set(limits.START) | set(limits.START_WORDS) == set(START_DEFAULTS)
    for name, value in START_DEFAULTS.items():
        assert value is None or name in limits.START_WORDS or limits.START[name].holds(value), name
    for name in faults.NAMES:
        for kind, parameters in faults.kinds(name).items():
            for key, value in parameters.items():
                if key != "with":
                    found = faults.allowed(name, kind, key)
                    assert found.low < found.high and (value is None or found.holds(value)), (name, kind, key)


def test_all_that_is_drawn_and_every_scenario_stays_allowed():
    for seed in range(1, 121):
        Run(seed).scenario(("state", "changeover"))
    files = sorted((ROOT / "scenarios").rglob("*.toml"))
    assert len(files) > 50
    telemetry = tuple(dict.fromkeys(name for file in files for name in re.findall(r"fw\.(\w+)", file.read_text())))
    for file in files:
        loader.load(file, telemetry)


def test_a_refused_run_leaves_no_file(tmp_path, capsys):
    broken = tmp_path / "broken.toml"
    broken.write_text('title = "x"\n')
    good = tmp_path / "good.toml"
    good.write_text('title = "x"\nduration = "1min"\n')
    before = sorted(tmp_path.rglob("*"))
    new = tmp_path / "new"
    for file, csv, report in (
        (broken, new / "x.csv", new / "report"), (good, tmp_path, new), (good, good / "x.csv", new), (good, new / "x.csv", good)
    ):  # fmt: skip
        args = argparse.Namespace(
            file=str(file), on="cpython", speed="max", json=False, csv=str(csv), report=str(report), live=False
        )
        assert commands.run(args) == 2
        assert capsys.readouterr().err.count("\n") == 1
        assert sorted(tmp_path.rglob("*")) == before


def test_console_lines_that_the_firmware_refused_are_told(tmp_path, capsys):
    file = tmp_path / "s.toml"
    file.write_text(
        'title = "x"\nduration = "20s"\n[[timeline]]\nat = "8s"\nconsole = ["set hot_setpoint_c 900F", "frobnicate", "why"]\n'
    )
    csv = tmp_path / "new" / "trace.csv"
    args = argparse.Namespace(file=str(file), on="cpython", speed="max", json=False, csv=str(csv), report=None, live=False, cut=False)
    assert commands.run(args) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines() if "refused:" in line]
    assert [line.startswith("refused: ") for line in lines] == [True, True]
    assert "set hot_setpoint_c 900F" in lines[0] and "frobnicate" in lines[1] and "why" not in lines[0] + lines[1]
    assert csv.stat().st_size > 0
