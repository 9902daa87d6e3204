"""Ordinary days: a cut of `ghp soak`, a part of it where memory is real, and that the soak says what it finds."""

import argparse
import json
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from ghptools.scenario import loader, runner
from ghptools.soak import command, judge
from ghptools.soak.day import BOTH, CHILLS, HEATS, Day
from ghptools.virtual import vm_interpreter

DAYS = 30


@pytest.mark.slow
@pytest.mark.parametrize(("number", "chills"), [(1, False), (15, True)])  # January, July
def test_a_cut_of_an_ordinary_day(tmp_path, number, chills):
    record = judge.judge(command.write(1, number, DAYS, 1.5, tmp_path))
    report = command.summary([record])
    assert report["trips"] == 0 and not record["invariants"] and not record["overruns"], report
    assert len(record["alarms"]) <= 1 and record["starts"] >= 1 and record["memory"] is None
    assert (record["chilling_h"] > 0.5) == chills == (record["changeovers"] == 1), record


@pytest.mark.slow
def test_memory_stays_in_the_vm(tmp_path):
    reason = vm_interpreter.missing_on_purpose()
    if reason:
        pytest.skip(reason)
    record = judge.judge(command.write(1, 4, DAYS, 0.4, tmp_path), "micropython")
    assert not record["trips"] and not record["invariants"]
    assert record["memory"][0] > 20000 and command.fallen(record["memory"]) == 0, record["memory"]


def test_days_are_ordinary_and_span_the_year(tmp_path):
    days = [Day(1, number, DAYS) for number in range(DAYS)]
    hours = [day.ambient_f(hour) for day in days for hour in range(25)]
    assert 10 <= min(hours) <= 20 and 90 <= max(hours) <= 100
    assert sum(day.weekend for day in days) == 8
    for day in days:
        assert day.scenario == Day(1, day.number, DAYS).scenario
        scenario = loader.load(command.write(1, day.number, DAYS, 24.0, tmp_path), runner.telemetry_fields())
        assert not any(entry.inject or entry.event for entry in scenario.timeline)
        assert 0 <= max(entry.world.get("hot_load_w", 0) for entry in scenario.timeline) <= 250e3
    assert days[0].scenario != Day(2, 0, DAYS).scenario


def test_days_use_the_whole_machine():
    """Warm days chill, cold ones heat, and what is asked for is within 50 tons, on the date and the weekday that it says."""
    for seed in range(1, 5):
        days = [Day(seed, number, DAYS) for number in range(DAYS)]
        assert {day.kind for day in days} == {HEATS, BOTH, CHILLS}
        assert any("peak_signal" in day.scenario for day in days)
        for day in days:
            assert (day.kind == CHILLS) == (day.mean_f > 65.0) and ('mode = "heat"' in day.scenario) == (day.kind == HEATS)
            assert day.date.weekday() == day.number % 7 and f'clock = "{day.date} 00:00"' in day.scenario
            assert abs((day.date - date(2026, 1, 1)).days - (day.number + 0.5) * 365 / DAYS) <= 4
            if day.kind != HEATS:
                loads = [day.chilled_kw(hour) for hour in range(24)]
                assert 15.0 < max(loads) < 176.0 and f'chilled_load = "{max(loads):.0f}kW"' in day.scenario
        assert any(day.humidity > 0.8 and day.mean_f < 45 for day in days)


def test_a_trip_is_counted_and_said(tmp_path):
    path = command.write(1, 20, DAYS, 0.1, tmp_path)
    path.write_text(path.read_text() + '\n[[timeline]]\nat = "3min"\nset = { emergency_stop_pressed = 1 }\n')
    record = judge.judge(path)
    assert [key for _, key in record["trips"]] == ["emergency_stop"]
    report = command.summary([record])
    assert not report["ok"] and "day-020: tripped by emergency_stop" in report["faults"][0]
    assert "NOT met" in command.text(report)


def test_distances_count_once_the_set_point_has_stood_for_an_hour():
    t = np.arange(0.0, 10000.0, 10.0)
    columns = {
        "run.time_s": t,
        "fw.setpoint_c": np.where(t < 2000, 60.0, 50.0),
        "fw.state": np.where((t > 3000) & (t < 9000), 13.0, 0.0),
        "fw.duty": np.zeros(len(t)),
        "fw.chilled_setpoint_c": np.full(len(t), 7.0),
        "chilled_leaving_c": np.full(len(t), 6.6),
        "leaving_c": np.select([t < 5600, t > 9500, (t > 7000) & (t < 7050)], [60.0, 52.0, 49.2], 50.1),
    }
    result = SimpleNamespace(trace=SimpleNamespace(column=columns.get))
    assert judge.distances(result) == (-0.8, 2.0) and judge.chilled_distance(result) is None
    columns["fw.duty"] = np.ones(len(t))
    assert judge.distances(result) == (None, 2.0) and judge.chilled_distance(result) == -0.4
    columns["fw.state"] = np.zeros(len(t))
    assert judge.distances(result) == (None, 2.0)


def record(path="day-000.toml", **changes):
    base = {
        "scenario": path, "interpreter": "cpython", "virtual_s": 86400.0, "alarms": [], "trips": [], "invariants": [],
        "starts": 12, "run_share": 0.4, "ambient_c": [0.0, 10.0], "worst_k": -0.5, "above_k": 1.0, "overruns": 0, "memory": None,
        "changeovers": 0, "defrosts": 0, "chilling_h": 0.0, "chilled_worst_k": None,
    }  # fmt: skip
    return {**base, **changes}


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"alarms": [(1.0, "load_limit"), (2.0, "catalyst_window")]}, "2.00 alarms a day"),
        ({"invariants": [("late_scan", 3.0)]}, "invariant late_scan broke"),
        ({"overruns": 2}, "2 overruns"),
        ({"interpreter": "micropython", "memory": [80000, 70000, 3000]}, "fell from 80000 to 70000"),
        ({"interpreter": "micropython"}, "nobody knows its free memory"),
        ({"starts": 0}, "never started"),
    ],
)
def test_other_faults(changes, part):
    assert command.summary([record()])["ok"]
    assert command.summary([record(interpreter="micropython", memory=[80000, 77000, 3000])])["ok"]
    report = command.summary([record(**changes)])
    assert not report["ok"] and part in report["faults"][0]
    assert not command.summary([record(), {"scenario": "day-001.toml", "failed": "it broke"}])["ok"]


def test_days_that_did_not_see_what_a_year_has_are_no_soak():
    days = [record(f"day-{number:03d}.toml", changeovers=1, defrosts=1) for number in range(30)]
    assert command.summary(days)["faults"] == ["no chilling_h in all these days"]
    assert command.summary([*days[1:], record(chilling_h=1.0)])["ok"]


def test_a_leak_is_no_noise():
    """Free memory that falls steadily, in the noise of what was free after a collection."""
    noise = np.tile([0.0, -900.0, 300.0], 4)
    assert command.fallen(judge.line(80000.0 + noise)) == 0
    assert command.fallen(judge.line(80000.0 + noise - np.linspace(0, 6000, 12))) > 1000
    assert command.fallen(judge.line(80000.0 + noise + np.linspace(0, 6000, 12))) == 0


def test_the_report_tells_what_the_days_did():
    summer = record("day-001.toml", changeovers=4, chilling_h=6.5, chilled_worst_k=-0.5)
    report = command.summary([record(defrosts=3), summer, record("day-002.toml", changeovers=2, chilling_h=1.0)])
    told = " ".join(command.text(report).split())
    for part in ("chilling 7.5 h, on 2 of the days", "changeovers 6, most 4 on a day", "defrosts 3", "-0.90 F at most, on day-001"):
        assert part in told, told


def call(tmp_path, monkeypatch, work, **changes):
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    monkeypatch.setattr(command, "work", work)
    options = {"days": 4, "seed": 1, "hours": 24.0, "on": "both", "resume": False, "workers": 1, "json": True}
    return command.run(argparse.Namespace(**{**options, **changes}))


def test_a_soak_goes_on_where_it_was_cut(tmp_path, monkeypatch, capsys):
    done = []

    def work(job):
        done.append(job[0])
        if len(done) == 3:
            raise KeyboardInterrupt
        return {"scenario": job[0], "failed": "ours"} if len(done) == 2 else record(job[0])

    with pytest.raises(KeyboardInterrupt):
        call(tmp_path, monkeypatch, work)
    assert call(tmp_path, monkeypatch, work, resume=True) == 0
    assert len(done) == 3 + 3  # the first day only stands; the one that failed is done again
    assert json.loads(capsys.readouterr().out)["days"] == 4
    ledger = next(tmp_path.rglob("days.jsonl"))
    ledger.write_bytes(ledger.read_bytes()[:-30])
    assert call(tmp_path, monkeypatch, work, resume=True, json=False) == 0 and len(done) == 7
    assert "nothing tripped" in capsys.readouterr().out
    assert call(tmp_path, monkeypatch, work, resume=True, hours=6.0) == 2
    assert "another hours than in" in capsys.readouterr().err
    assert call(tmp_path, monkeypatch, lambda job: {"scenario": job[0], "failed": "ours"}) == 1
    assert call(tmp_path, monkeypatch, work, days=0) == 2


def test_every_tenth_day_is_in_the_vm(tmp_path, monkeypatch):
    jobs = []

    def work(job):
        jobs.append(job[1])
        return record(job[0])

    assert call(tmp_path, monkeypatch, work, days=20) == 0
    assert [place for place, who in enumerate(jobs) if who == "micropython"] == [4, 14]
