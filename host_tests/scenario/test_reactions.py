"""`ghp reactions`: limits come from the scenarios, a missed one is said and fails."""

import argparse
import json
from pathlib import Path

import pytest
from ghptools import reactions
from ghptools.scenario import loader, runner

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
GOOD = """
title = "A button"
reference = "emergency stop at rest"
duration = "20s"
[[timeline]]
name = "pressed"
at = "5s"
set = { emergency_stop_pressed = 1 }
[[expect]]
alarm = "emergency_stop"
from = "pressed"
in = "2s"
[[figure]]
name = "relay off after"
signal = "cmd.fuel_relay"
from = "pressed"
value = "time_to"
below = 0.5
max = "0.1s"
[[figure]]
name = "said after"
signal = "fw.stop_class"
from = "pressed"
value = "time_to"
above = 3.5
max = "2s"
[[figure]]
name = "no limit, no row"
signal = "leaving_c"
"""


def call(*files, as_json=True):
    return reactions.run(argparse.Namespace(files=[str(file) for file in files], json=as_json, workers=1))


def test_rows_are_figures_with_a_limit(tmp_path, capsys):
    path = tmp_path / "button.toml"
    path.write_text(GOOD)
    assert call(path) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["name"], row["limit"], row["ok"]) for row in rows] == [
        ("relay off after", "≤ 0.1 s", True),
        ("said after", "≤ 2 s", True),
    ]
    assert rows[0]["injected"] == "emergency stop at rest" and 0 < rows[0]["value"] <= 0.1


def test_the_longest_stay_is_not_all_stays_together(tmp_path, capsys):
    path = tmp_path / "button.toml"
    again = "".join(f'[[timeline]]\nat = "{at}s"\nset = {{ emergency_stop_pressed = {on} }}\n' for at, on in ((12, 0), (16, 1)))
    figure = '[[figure]]\nname = "{0}"\nsignal = "env.emergency_stop_pressed"\nvalue = "{0}"\nabove = 0.5\nmax = "7.2s"\n'
    path.write_text(GOOD + again + figure.format("longest") + figure.format("total"))
    assert call(path) == 1
    longest, total = json.loads(capsys.readouterr().out)[2:]
    assert longest["ok"] and 6.8 <= longest["value"] <= 7.2
    assert not total["ok"] and total["value"] >= 10.8


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ('max = "0.1s"', 'max = "1ms"', "relay off after"),
        ('alarm = "emergency_stop"', 'alarm = "overspeed"', "all else"),
        ("above = 3.5", "above = 9", "said after"),
    ],
)
def test_a_missed_limit_is_said(tmp_path, capsys, old, new, name):
    path = tmp_path / "button.toml"
    path.write_text(GOOD.replace(old, new))
    assert call(path, as_json=False) == 1
    lines = capsys.readouterr().out.splitlines()
    missed = [line for line in lines if line.startswith("MISS")]
    assert len(missed) == 1 and name in missed[0] and lines[-1].endswith("1 MISSED")


def test_a_file_that_is_none(tmp_path, capsys):
    path = tmp_path / "button.toml"
    path.write_text(GOOD.replace("reference", "description"))
    assert call(path) == 2 and "names no 'reference'" in capsys.readouterr().err
    assert call(tmp_path / "nowhere.toml") == 2 and "cannot be read" in capsys.readouterr().err


# What is injected, in the words of the scenarios' `reference`: a row that loses its scenario or its figures is missed here.
ROWS = (
    "hot-water flow lost, 160 °F, full load",
    "flow sags to half",
    "chilled-water flow lost, full load",
    "chilled-water probe 5 °F too high",
    "all fans lost, chilling at 105 °F",
    "starter dead",
    "no spark",
    "speed pickup lost while running",
    "engine stalled by the compressor",
    "liquid slug: torque +60 % for 0.6 s",
    "compressor torque +20 %",
    "misfire: 80 % of the torque left",
    "misfire: 70 % of the torque left",
    "misfire: 60 % of the torque left",
    "oxygen sensor stuck",
    "160 °F asked at 70 °F ambient",
    "reversing valve stuck midway",
    "reversing valve does not move",
    "heat to cool at full load, and back",
    "calls exchanged, and exchanged back at once",
    "slow leak",
    "flooded start at 2 °C after a night",
    "expansion valve slams shut",
    "suction sensor open",
    "suction sensor short",
    "leaving-water probe stuck",
    "noise bursts on every analog channel",
    "power cut in the write of a setting, 100 moments",
    "brown-out while cranking",
    "controller resets while running",
    "load 100 to 20 %",
    "load 20 to 100 %",
    "set point 120 to 160 °F",
    "cooling called for at the peak, hot tank cold",
    "defrost due, tank near its low limit",
    "dry, -10 °C: defrost by need",
    "humid, 35 °F, full load: defrost by need",
    "termination probe of the defrost stuck cold",
    "water already 165 °F",
    "enable toggles every 5 s",
    "emergency stop",
    "safety chain opens",
    "gas supply lost",
    "oil pressure lost",
    "overspeed: throttle stuck open, clutch lets go",
)


@pytest.fixture(scope="module")
def named():
    found = [loader.load(path, runner.telemetry_fields()) for path in FOLDER.rglob("*.toml")]
    return [scenario for scenario in found if scenario.reference]


def test_no_row_is_without_a_scenario_and_none_without_a_row(named):
    assert sorted(scenario.reference for scenario in named) == sorted(ROWS)


def test_every_reference_of_the_project_measures_something(named):
    for scenario in named:
        assert [f for f in scenario.figures if f.at_least is not None or f.at_most is not None], scenario.name
