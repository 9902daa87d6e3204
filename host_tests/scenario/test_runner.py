"""The run itself: repeatable, blind to the clock's wrap, honest in its exit codes, faults and gestures arrive."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from ghptools.scenario import loader, runner, trace

ROOT = Path(__file__).resolve().parents[2]
SHORT = """
title = "A short start"
duration = "150s"
[start]
tank_f = 110
engine_f = 170
[settings]
mode = "heat"
hot_setpoint_c = "140F"
stop_to_start_s = 60
[world]
hot_load_kw = 100
"""


def scenario(text, name="made.toml"):
    return loader.parse(SHORT + text, Path(name), runner.telemetry_fields())


def run(text="", **changes):
    made = scenario(text)
    for key, value in changes.items():
        setattr(made, key, value)
    session = runner.Session(made)
    return session.run(), session


def test_same_scenario_same_trace():
    first, _ = run()
    second, _ = run()
    assert np.array_equal(first.trace.rows, second.trace.rows, equal_nan=True)
    assert first.trace.column("engine_rpm").max() > 800  # it really started


def test_another_seed_is_another_trace():
    first, _ = run()
    other, _ = run(seed=2)
    assert not np.array_equal(first.trace.column("sensed.leaving_water"), other.trace.column("sensed.leaving_water"))


def test_the_clocks_wrap_does_not_show():
    far, _ = run()
    wrapping, _ = run(start_ticks=2**30 - 100_000)
    own = [far.columns.place(name) for name in trace.OWN if far.columns.known(name)]
    a, b = np.delete(far.trace.rows, own, axis=1), np.delete(wrapping.trace.rows, own, axis=1)
    assert np.array_equal(a, b, equal_nan=True)


def test_things_happen_when_they_are_written():
    result, session = run(
        """
[[timeline]]
name = "cold"
at = "10s"
set = { ambient = "20F" }
over = "20s"
[[timeline]]
name = "probe"
at = "cold + 30s"
inject = { target = "leaving_water", kind = "stuck", value = "100F" }
[[timeline]]
at = "probe + 20s"
clear = "leaving_water"
[[timeline]]
name = "up"
when = { signal = "engine_rpm", above = 500, for = "2s" }
console = "set hot_setpoint_c 200F"
[[timeline]]
name = "pulse"
at = "5s"
every = "10s"
until = "35s"
set = { call_cool = 1 }
"""
    )
    t = result.trace.column("run.time_s")
    ambient = result.trace.column("env.ambient_c")
    assert ambient[t == 10] == pytest.approx(8.33) and ambient[t == 35] == pytest.approx(-6.667, abs=1e-3)
    assert -6 < ambient[t == 20] < 8
    sensed = result.trace.column("sensed.leaving_water")
    assert np.all(np.abs(sensed[(t > 41) & (t <= 60)] - 37.78) < 0.5)
    assert result.happened["cold"] == 10.0 and result.happened["probe"] == 40.0 and result.happened["pulse"] == 35.0
    rising = trace.edges(result.events, result.columns.place("running"))
    assert rising and result.happened["up"] == pytest.approx(rising[0] + 2, abs=1.0)
    assert "90.0 F to 160.0 F" in session.console.refused[0][2]


def test_a_hand_works_the_knob():
    result, _ = run('[[timeline]]\nat = "20s"\nknob = ["push", "turn 3", "push"]\n')
    assert result.trace.column("fw.user_setpoint_c")[-1] == pytest.approx((143 - 32) / 1.8, abs=0.02)


def test_a_missing_expectation_is_said():
    result, _ = run(
        """
[[expect]]
signal = "leaving_c"
max = "100F"
[[expect]]
signal = "engine_rpm"
from = "60s"
rises_to = 500
by = "150s"
[[expect]]
alarm = "overspeed"
[[expect]]
count = "running"
min = 1
max = 1
[[figure]]
name = "hot"
signal = "leaving_c"
value = "max"
max = "100F"
"""
    )
    assert [v.ok for v in result.expectations] == [False, True, False, True]
    assert "highest 110.0 F" in result.expectations[0].detail and not result.figures[0].ok and not result.ok


def test_a_cut_judges_what_it_saw_and_leaves_the_rest_open():
    made = scenario(
        """
[[timeline]]
name = "late"
at = "60s"
set = { hot_load = "50kW" }
[[expect]]
name = "broken already"
signal = "leaving_c"
max = "100F"
[[expect]]
name = "not broken yet"
signal = "leaving_c"
max = "300F"
[[expect]]
name = "may still come"
signal = "engine_rpm"
rises_to = 500
by = "150s"
[[expect]]
name = "should have come"
signal = "engine_rpm"
rises_to = 500
by = "20s"
[[expect]]
name = "begins later"
signal = "leaving_c"
from = "late"
max = "100F"
[[expect]]
name = "none so far"
count = "running"
max = 1
[[figure]]
name = "limit passed already"
signal = "leaving_c"
value = "max"
max = "100F"
[[figure]]
name = "limit not passed yet"
signal = "leaving_c"
value = "min"
min = "33F"
[[figure]]
name = "of the whole"
signal = "leaving_c"
value = "mean"
max = "100F"
[[figure]]
name = "of the first part"
signal = "leaving_c"
to = "20s"
value = "max"
"""
    )
    made.cut_s = 30.0
    session = runner.Session(made, cut=True)
    result = session.run()
    assert session.time_s == 30.0 and result.ended == "end of the scenario" and not result.ok
    judged = {v.name: v.ok for v in [*result.expectations, *result.figures]}
    assert judged == {
        "broken already": False, "not broken yet": True, "should have come": False, "none so far": True,
        "limit passed already": False, "limit not passed yet": True, "of the first part": True,
    }  # fmt: skip
    assert result.left_open == ["may still come", "begins later", "of the whole"]
    assert runner.Session(made).cut_s is None


def test_an_alarm_that_stays_or_comes_back_has_not_left():
    result, _ = run(
        """
[[timeline]]
name = "pressed"
at = "5s"
set = { emergency_stop_pressed = 1 }
[[timeline]]
at = "8s"
console = "alarms"
[[timeline]]
at = "10s"
set = { emergency_stop_pressed = 0 }
[[timeline]]
name = "reset"
at = "12s"
console = "reset"
[[timeline]]
name = "again"
at = "20s"
set = { emergency_stop_pressed = 1 }
[[expect]]
cleared = "emergency_stop"
to = "again"
in = "15s"
[[expect]]
cleared = "emergency_stop"
to = "again"
in = "5s"
[[expect]]
cleared = "emergency_stop"
[[expect]]
cleared = "emergency_stop"
from = "again"
[[expect]]
console_says = "Emergency stop pressed"
from = "pressed"
in = "4s"
[[expect]]
console_says = "Emergency stop pressed"
in = "5s"
[[expect]]
console_says = "Emergency stop pressed"
from = "reset"
"""
    )
    assert [v.ok for v in result.expectations] == [True, False, False, False, True, False, False]
    details = [v.detail for v in result.expectations]
    assert "came back at 20" in details[2] and "did not leave" in details[3] and details[6] == "not said"


def test_a_lost_heartbeat_breaks_what_it_must(monkeypatch):
    """A cabinet without its window watchdog: the hang of a controller must show as a broken invariant."""
    from ghptools.virtual import electrics

    made = scenario('[[timeline]]\nat = "2min"\nevent = "late_scan"\nlate = "1s"\n')
    session = runner.Session(made)
    monkeypatch.setattr(electrics.Electrics, "command", _without_watchdog(electrics.Electrics.command, session.plant))
    result = session.run()
    assert "heartbeat_fuel" in {name for name, *_ in result.invariants}


def _without_watchdog(command, plant):
    from ghptools.plant import signals

    relay = signals.COMMANDS.index("fuel_relay")

    def forgetful(self, out, dt_ms):
        command(self, out, dt_ms)
        plant.cmd[relay] = 1.0

    return forgetful


def _ghp(*words):
    return subprocess.run(
        [sys.executable, "-m", "ghptools.cli", *words], capture_output=True, text=True, cwd=ROOT, check=False
    )


def test_exit_codes_and_files(tmp_path):
    good = tmp_path / "good.toml"
    good.write_text(SHORT.replace("150s", "5s") + '[[expect]]\nsignal = "engine_rpm"\nmax = 10\n')
    done = _ghp("run", str(good), "--json", "--csv", str(tmp_path / "t.csv"), "--report", str(tmp_path / "r"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"] is True
    page = (tmp_path / "r" / "report.html").read_text()
    assert (
        "<svg" in page
        and "http://" not in page.replace("http://www.w3.org", "")
        and (tmp_path / "r" / "summary.png").stat().st_size > 20000
    )
    assert str(tmp_path / "r" / "report.html") in done.stderr
    assert _ghp("compare", str(tmp_path / "t.csv"), str(tmp_path / "t.csv")).returncode == 0
    bad = tmp_path / "bad.toml"
    bad.write_text(good.read_text().replace("max = 10", "max = -10"))
    missed = _ghp("run", str(bad))
    assert missed.returncode == 1 and "MISS" in missed.stdout
    bad.write_text(good.read_text().replace("max = 10", 'max = "10F"'))
    for words, part in (
        (("run", str(bad)), "bad.toml:15: expect.max: 'F' is not a unit of speed"),
        (("run", "nowhere.toml"), "cannot be read"),
        (("run", str(good), "--speed", "fast"), "neither 'max' nor a factor"),
        (("run", str(good), "--on", "pypy"), "invalid choice"),
        (("compare", str(good), str(good)), "is not a trace"),
        (("rate", "--mode", "heat", "--ambient", "47F", "--leaving", "120F", "--rpm", "5000"), "1000 rpm to 3000 rpm"),
        (("rate", "--mode", "heat", "--ambient", "47", "--leaving", "120F", "--rpm", "2000"), "needs a unit"),
        (("rate", "--mode", "warm", "--ambient", "47F", "--leaving", "120F", "--rpm", "2000"), "neither heat nor cool"),
        (("rate", "--mode", "cool", "--ambient", "95F", "--leaving", "120F", "--rpm", "2000"), "37.4 F to 68.0 F"),
    ):
        done = _ghp(*words)
        assert done.returncode == 2, (words, done)
        assert part in done.stderr and len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_a_missing_interpreter_is_one_sentence(tmp_path):
    good = tmp_path / "good.toml"
    good.write_text(SHORT)
    words = [sys.executable, "-m", "ghptools.cli", "run", str(good), "--on", "micropython"]
    environ = {**os.environ, "GHP_MICROPYTHON": "no-such-interpreter"}
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT, env=environ, check=False)
    assert done.returncode == 2 and "no-such-interpreter" in done.stderr and len(done.stderr.splitlines()) == 1


def test_traces_that_differ_are_told(tmp_path):
    a, b = tmp_path / "a.csv", tmp_path / "b.csv"
    a.write_text("run.time_s,x,cmd.gas_valve\n0,1.5,0\n1,2.5,1\n")
    for text, part in (
        ("run.time_s,x,cmd.gas_valve\n0,1.5,0\n1,2.50000001,1\n", None),
        ("run.time_s,x,cmd.gas_valve\n0,1.5,0\n1,2.5001,1\n", "x is 2.5 and 2.5001 at 1 s"),
        ("run.time_s,x,cmd.gas_valve\n0,1.5,1\n1,2.5,1\n", "cmd.gas_valve is 0 and 1 at 0 s"),
        ("run.time_s,x,cmd.gas_valve\n0,,0\n1,2.5,1\n", "x is 1.5 and unknown at 0 s"),
        ("run.time_s,x,cmd.gas_valve\n0,1.5,0\n", "2 rows"),
        ("run.time_s,x\n0,1.5\n1,2.5\n", "cmd.gas_valve is only in"),
    ):
        b.write_text(text)
        differences = trace.compare(a, b)
        assert (not differences) if part is None else any(part in line for line in differences), differences
