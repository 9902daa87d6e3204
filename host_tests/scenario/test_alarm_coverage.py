"""Every alarm of the table is raised, acted upon, said and cleared in a scenario; derived from the files themselves."""

from pathlib import Path

import pytest
from ghp import alarms
from ghptools.scenario import loader, runner

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
# Rows that nothing outside the controller can cause, and the test that raises them.
NOT_FROM_OUTSIDE = {"task_failure": "host_tests/unit/test_review_unit.py"}

ONLY_AT_REST = {"non_condensables"}  # rises and goes at rest: nothing runs that it could leave alone


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


def _said(row, line):
    """Whether `line` is the alarm's own as the console writes it for programs: id, key, class, two flags, text."""
    cells = line.split(",")
    own = [str(row[alarms.ID]), row[alarms.KEY], str(row[alarms.CLASS])]
    return cells[:3] == own and cells[5:] == [row[alarms.TEXT].replace(",", ";")]


def _place(scenario, moment):
    """Where a moment stands in the order of the file."""
    if moment.end:
        return len(scenario.timeline), moment.seconds
    names = [entry.name for entry in scenario.timeline]
    return names.index(moment.event) if moment.event is not None else -1, moment.seconds


def _waits(row, alarm, e):
    """Whether `e` says that the alarm, expected as `alarm`, does not come within half of its delay."""
    says_so = (e.kind == "no_alarm" and alarm.alarms[0] not in e.alarms) or (
        e.kind == "band" and e.low == 1.0 and e.signal in ("fuel", "cmd.starter")
    )
    same = e.begin == alarm.begin and e.end.event == alarm.begin.event and not e.end.end
    return says_so and same and 2000 * (e.end.seconds - e.begin.seconds) >= int(row[alarms.ON].split(" ")[0])


def _lacks(scenario, row):
    """Return what `scenario` does not check about the alarm `row`; empty when it checks everything.

    Text and action count from the moment on from which the alarm is expected and before it is to have gone; that the unit
    goes on, from that end on.
    """
    key = row[alarms.KEY]
    manual = alarms.LATCHES[row[alarms.LATCH]] == "manual"
    delay = row[alarms.ON].split(" ")[0]
    slow = delay.isdigit() and int(delay) > 1000
    expected = scenario.expectations
    lines = [line for entry in scenario.timeline for line in entry.console]
    raised = [e for e in expected if e.kind == "alarm" and e.alarms == (key,) and e.within_s is not None]
    gone = [e for e in expected if e.kind == "cleared" and key in e.alarms]
    rises = min((_place(scenario, e.begin) for e in raised), default=(-1, 0.0))
    goes = min((_place(scenario, e.begin) for e in gone), default=rises)

    def stands(e):
        """Its window begins when the alarm is expected, or while it stands; or it holds all that time."""
        begin, end = _place(scenario, e.begin), _place(scenario, e.end)
        return rises <= begin <= goes or (e.kind == "band" and begin <= rises and end >= goes)

    def afterwards(e):
        return _place(scenario, e.end) > goes

    own = [e for e in expected if stands(e)]
    checks = {
        "raised in time": bool(raised),
        "not before its time": not slow or any(_waits(row, alarm, e) for alarm in raised for e in expected),
        "its class and text": any(e.kind == "says" and _said(row, e.says) for e in own),
        "its action": any(ACTION[CLASSES[row[alarms.CLASS]]](e) for e in (expected if key in ONLY_AT_REST else own)),
        "cleared": bool(gone),
        "a reset where it waits for one": not manual or "reset" in lines,
        "no start before the reset": not manual
        or any(e.kind == "count" and e.signal == "cmd.starter" and e.high == 0.0 for e in expected)
        or any(_ends(e, "cmd.starter") for e in expected),
        "goes on afterwards": any(
            e.signal == "running" and e.kind == "reach" and e.low == 1.0 and afterwards(e) and _place(scenario, e.begin) >= rises
            for e in expected
        )
        or (not manual and any(_lasts(e) and afterwards(e) for e in expected)),
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
        ('"10,pickup_lost,4,0,1,Speed pickup lost"', '"10,pickup_lost,4,0,1,lost"', "its class and text"),
        ('"10,pickup_lost,4,0,1,Speed pickup lost"', '"10,pickup_lost,0,0,1,Speed pickup lost"', "its class and text"),
        ("falls_to = 0", "falls_to = 0.5", "its action"),
        ('cleared = "pickup_lost"', 'cleared = "overspeed"', "cleared"),
        ('console = ["reset", "alarms"]', 'console = ["alarms"]', "a reset where it waits for one"),
        ("max = 0\n", "max = 1\n", "no start before the reset"),
        ("rises_to = 1", "rises_to = 0.5", "goes on afterwards"),
    ):
        assert text.count(old) == 1, old
        scenario = loader.parse(text.replace(old, new), path, runner.telemetry_fields())
        assert _lacks(scenario, row) == [lack]


def test_a_time_and_an_action_of_another_moment_do_not_count():
    row = alarms.ROWS[alarms.ROWS.place("catalyst_temp")]
    path = FOLDER / "alarms" / "catalyst.toml"
    text = path.read_text()
    for old, new, lack in (
        ('from = "too hot"\nto = "too hot + 1.2s"', 'from = "warm"\nto = "warm + 1.2s"', "not before its time"),
        ('to = "too hot + 1.2s"', 'to = "too hot + 500ms"', "not before its time"),
        ('from = "too hot"\nfalls_to = 0', 'from = "warm"\nfalls_to = 0', "its action"),
        ('Catalyst too hot"\nfrom = "too hot"', 'Catalyst too hot"\nfrom = "warm"', "its class and text"),
        ('from = "reset"\nrises_to = 1', 'from = "warm"\nrises_to = 1', "goes on afterwards"),
    ):
        assert text.count(old) == 1, old
        scenario = loader.parse(text.replace(old, new), path, runner.telemetry_fields())
        assert _lacks(scenario, row) == [lack]


def test_what_is_not_on_the_plant_is_in_the_table():
    assert set(NOT_FROM_OUTSIDE) <= {row[alarms.KEY] for row in alarms.ROWS}
