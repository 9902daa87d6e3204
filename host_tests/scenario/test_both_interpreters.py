"""The same scenario on CPython and in the real MicroPython VM gives the same trace, restarts and faults included."""

import re
from pathlib import Path

import pytest
from ghptools.scenario import loader, runner, trace
from ghptools.scenario.commands import as_text
from ghptools.virtual import vm_interpreter

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"

EVENTFUL = """
title = "A start, a load, a knob, a late scan, a reset, a power cut, faults of sensor, chip and flow"
duration = "9min"
seed = 3
start_ticks = "-4min"
[start]
tank = "105F"
engine = "170F"
[settings]
mode = "heat"
hot_setpoint_c = "140F"
stop_to_start_s = 60
[world]
hot_load = "100kW"
[[timeline]]
at = "150s"
knob = ["push", "turn 4", "push"]
[[timeline]]
at = "200s"
inject = { target = "lambda_volts", kind = "stuck", value = 0.2 }
[[timeline]]
at = "210s"
inject = { target = "chip:adc_chilled", kind = "absent" }
[[timeline]]
at = "230s"
clear = "all"
[[timeline]]
at = "240s"
inject = { target = "hot_flow", kind = "factor", factor = 0 }
[[timeline]]
at = "270s"
clear = "hot_flow"
console = ["reset", "status", "set hot_setpoint_c 300F"]
[[timeline]]
at = "330s"
event = "late_scan"
[[timeline]]
at = "360s"
event = "reset"
[[timeline]]
at = "370s"
console = ["set hot_setpoint_c 150F", "set mode heat"]
[[timeline]]
at = "500s"
event = "power_cut"
off = "2s"
"""


NUMBER = re.compile(r"\d+(?:\.(\d+))?")


def _reads_the_same(ours, theirs):
    """Equal but for the last digit of a number: the two round a half differently when they print it."""
    if ours.startswith("mem_free=") and theirs.startswith("mem_free="):
        return True  # only MicroPython knows
    if NUMBER.sub("#", ours) != NUMBER.sub("#", theirs):
        return False
    for mine, other in zip(NUMBER.finditer(ours), NUMBER.finditer(theirs), strict=True):
        step = 10.0 ** -len(mine.group(1) or "")
        allowed = 1.01 * step if mine.group(1) else 0.0
        if abs(float(mine.group()) - float(other.group())) > allowed:
            return False
    return True


def test_the_comparison_of_texts_is_strict():
    assert _reads_the_same("exhaust_c=387.2", "exhaust_c=387.3")
    assert not _reads_the_same("exhaust_c=387.2", "exhaust_c=387.4")
    assert not _reads_the_same("starts=2", "starts=3")
    assert not _reads_the_same("mode=heat", "mode=cool")


def _on_both(scenario, tmp_path):
    """Run on both interpreters; return both results after comparing traces, alarms and what the console said."""
    reason = vm_interpreter.missing_on_purpose()
    if reason:
        pytest.skip(reason)
    paths, results = [], []
    for interpreter in ("cpython", "micropython"):
        result = runner.Session(scenario(), interpreter).run()
        path = tmp_path / f"{interpreter}.csv"
        result.trace.write_csv(path)
        paths.append(path)
        results.append(result)
    assert trace.compare(*paths) == []
    ours, theirs = results
    assert ours.alarms == theirs.alarms
    said, answered = ours.session.console.log[1:], theirs.session.console.log[1:]
    assert len(said) == len(answered)
    assert [pair for pair in zip(said, answered, strict=True) if not _reads_the_same(pair[0][1], pair[1][1])] == []
    # a line may leave a slice or two later: only MicroPython knows its free memory, and that takes room on the line
    assert max(abs(a - b) for (a, _), (b, _) in zip(said, answered, strict=True)) <= 0.2
    assert ours.session.host.restarts == theirs.session.host.restarts
    assert ours.session.host.display() == theirs.session.host.display()
    return ours, theirs


@pytest.mark.slow
def test_traces_agree(tmp_path):
    ours, _ = _on_both(lambda: loader.parse(EVENTFUL, Path("eventful.toml"), runner.telemetry_fields()), tmp_path)
    assert ours.alarms
    assert len(ours.session.host.restarts) == 2
    assert ours.trace.column("engine_rpm").max() > 1000


@pytest.mark.slow
def test_traces_agree_through_defrost_changeover_and_chilling(tmp_path):
    """The chosen part of the chiller that MicroPython runs in every test: each state of defrost and changeover, both waters."""
    for result in _on_both(lambda: loader.load(FOLDER / "both_ways.toml", runner.telemetry_fields()), tmp_path):
        assert result.ok, as_text(result)
