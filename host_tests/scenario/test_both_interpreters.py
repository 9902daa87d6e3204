"""The same scenario on CPython and in the real MicroPython VM gives the same trace, restarts and faults included."""

from pathlib import Path

import pytest
from ghptools.scenario import loader, runner, trace
from ghptools.virtual import vm_interpreter

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


@pytest.mark.slow
def test_traces_agree(tmp_path):
    reason = vm_interpreter.missing_on_purpose()
    if reason:
        pytest.skip(reason)
    paths, results = [], []
    for interpreter in ("cpython", "micropython"):
        result = runner.Session(
            loader.parse(EVENTFUL, Path("eventful.toml"), runner.telemetry_fields()), interpreter
        ).run()
        path = tmp_path / f"{interpreter}.csv"
        result.trace.write_csv(path)
        paths.append(path)
        results.append(result)
    assert trace.compare(*paths) == []
    ours, theirs = results
    assert ours.alarms == theirs.alarms and ours.alarms
    assert ours.session.console.log[1:] == theirs.session.console.log[1:]
    assert ours.session.host.restarts == theirs.session.host.restarts
    assert len(ours.session.host.restarts) == 2
    assert ours.session.host.display() == theirs.session.host.display()
    assert ours.trace.column("engine_rpm").max() > 1000
