"""Every alarm of the table is raised, acted upon, said and cleared in a scenario; derived from the files themselves."""

from pathlib import Path

import pytest
from ghp import alarms
from ghptools.scenario import loader, runner

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
# Rows that nothing outside the controller can cause, and the test that raises them.
NOT_FROM_OUTSIDE = {"task_failure": "host_tests/unit/test_review_unit.py"}


def _ends(e, *signals):
    """The scenario states that one of `signals` goes to 0 in time, or stays there."""
    return e.signal in signals and e.high == 0.0 and (e.kind == "band" or e.within_s is not None)


def _lasts(e):
    return e.signal in ("fuel", "running") and e.kind == "band" and e.low == 1.0


# stop class -> does this expectation check what the class does to the machine?
ACTION = {
    "none": _lasts,
    "hold": lambda e: e.signal == "fw.speed_target_rpm" and e.kind == "band" and e.high < 3000.0,
    "unload": lambda e: e.signal == "fw.speed_target_rpm" and e.kind == "reach" and e.high < 3000.0,
    "normal stop": lambda e: _ends(e, "running", "cmd.starter"),
    "fast stop": lambda e: _ends(e, "fuel", "cmd.gas_valve"),
    "lock-out": lambda e: _ends(e, "fuel", "cmd.gas_valve"),
}
CLASSES = dict(zip(range(6), ACTION, strict=True))


def _said(row):
    return row[alarms.TEXT].replace(",", ";")  # as the console writes a cell for programs


def _lacks(scenario, row):
    """Return what `scenario` does not check about the alarm `row`; empty when it checks everything."""
    key = row[alarms.KEY]
    manual = alarms.LATCHES[row[alarms.LATCH]] == "manual"
    expected = scenario.expectations
    lines = [line for entry in scenario.timeline for line in entry.console]
    checks = {
        "raised in time": any(e.kind == "alarm" and e.alarms == (key,) and e.within_s is not None for e in expected),
        "its text": any(e.kind == "says" and e.says == _said(row) for e in expected),
        "its action": any(ACTION[CLASSES[row[alarms.CLASS]]](e) for e in expected),
        "cleared": any(e.kind == "cleared" and key in e.alarms for e in expected),
        "a reset where it waits for one": not manual or "reset" in lines,
        "no start before the reset": not manual
        or any(e.kind == "count" and e.signal == "cmd.starter" and e.high == 0.0 for e in expected)
        or any(_ends(e, "cmd.starter") for e in expected),
        "goes on afterwards": any(e.signal == "running" and e.kind == "reach" and e.low == 1.0 for e in expected)
        or (not manual and any(_lasts(e) for e in expected)),
    }
    return [name for name, found in checks.items() if not found]


def _scenarios():
    return [loader.load(path, runner.telemetry_fields()) for path in sorted(FOLDER.rglob("*.toml"))]


SCENARIOS = _scenarios()


@pytest.mark.parametrize("row", list(alarms.ROWS), ids=lambda row: row[alarms.KEY])
def test_an_alarm_has_its_scenario(row):
    key = row[alarms.KEY]
    if key in NOT_FROM_OUTSIDE:
        text = (FOLDER.parent / NOT_FROM_OUTSIDE[key]).read_text()
        assert f'"{key}" in ' in text and f'["{key}"]' in text  # raised there, and reset
        return
    lacking = {str(scenario.path.relative_to(FOLDER)): _lacks(scenario, row) for scenario in SCENARIOS}
    near = min(lacking, key=lambda name: len(lacking[name]))
    assert not lacking[near], f"no scenario covers {key}; {near} comes nearest, without: {', '.join(lacking[near])}"


def test_a_scenario_that_leaves_something_out_does_not_count():
    row = alarms.ROWS[alarms.ROWS.place("pickup_lost")]
    path = FOLDER / "alarms" / "pickup_lost.toml"
    text = path.read_text()
    for old, new, lack in (
        ('alarm = "pickup_lost"\nfrom = "fault"\nin = "3s"', 'alarm = "pickup_lost"\nfrom = "fault"', "raised in time"),
        ('console_says = "Speed pickup lost"', 'console_says = "lost"', "its text"),
        ("falls_to = 0", "falls_to = 0.5", "its action"),
        ('cleared = "pickup_lost"', 'cleared = "overspeed"', "cleared"),
        ('console = ["reset", "alarms"]', 'console = ["alarms"]', "a reset where it waits for one"),
        ("max = 0\n", "max = 1\n", "no start before the reset"),
        ("rises_to = 1", "rises_to = 0.5", "goes on afterwards"),
    ):
        assert text.count(old) == 1, old
        scenario = loader.parse(text.replace(old, new), path, runner.telemetry_fields())
        assert _lacks(scenario, row) == [lack]


def test_what_is_not_on_the_plant_is_in_the_table():
    assert set(NOT_FROM_OUTSIDE) <= {row[alarms.KEY] for row in alarms.ROWS}
