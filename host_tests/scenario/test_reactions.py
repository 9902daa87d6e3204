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


def test_every_reference_of_the_project_measures_something():
    found = [loader.load(path, runner.telemetry_fields()) for path in FOLDER.rglob("*.toml")]
    named = [scenario for scenario in found if scenario.reference]
    assert len(named) >= 25 and len({scenario.reference for scenario in named}) == len(named)
    for scenario in named:
        assert [f for f in scenario.figures if f.at_least is not None or f.at_most is not None], scenario.name
