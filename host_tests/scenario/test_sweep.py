"""Every input dead in every state: a part of `ghp sweep`, and that the sweep says what it finds."""

import argparse
import json

import pytest
from ghp.control import states
from ghptools.plant import signals
from ghptools.scenario import loader, runner
from ghptools.sweep import cases, command, judge
from ghptools.virtual import wires

SEED, COUNT = 1, 2 * len(cases.STATES)


@pytest.mark.slow
@pytest.mark.parametrize("case", cases.part(SEED, COUNT), ids=lambda case: case.key)
def test_a_dead_input_has_a_defined_end(case):
    record = judge.judge(case)
    assert not record["faults"], record
    assert record["end"] in ("runs", "rests", "latched")


def test_nothing_is_left_out():
    targets = {target for target, _, _ in cases.failures()}
    assert targets >= set(signals.SENSORS)
    assert targets >= {f"chip:{name}" for name in wires.CHIPS} | {f"bus:{name}" for name in wires.BUSES}
    assert set(cases.STATES) == set(range(cases.DEFROSTS + 1))
    keys = [case.key for case in cases.every()]
    assert len(set(keys)) == len(keys) == len(cases.failures()) * len(cases.STATES)


def test_every_case_is_a_scenario_file(tmp_path):
    for state in cases.STATES:
        case = cases.Case("leaving_water", "open", (), state)
        path = tmp_path / f"{state}.toml"
        path.write_text(case.scenario())
        assert loader.load(path, runner.telemetry_fields()).title == case.key


def test_a_part_is_the_same_for_the_same_seed_and_takes_every_state():
    first = cases.part(7, 45)
    assert first == cases.part(7, 45) != cases.part(8, 45)
    assert len(set(first)) == 45 and {case.state for case in first} == set(cases.STATES)


def test_what_the_table_of_sensors_promises_of_a_broken_wire_is_asked_for():
    case = cases.Case("suction_temp", "open", (), states.RUN)
    assert judge.broken_promise(case, "rests", ["sensor_stop"]) == []
    assert len(judge.broken_promise(case, "runs", ["sensor_warning"])) == 2
    case = cases.Case("leaving_water", "short", (), cases.CHILLS)
    assert judge.broken_promise(case, "runs", ["sensor_warning"]) == []
    assert len(judge.broken_promise(case, "latched", ["sensor_stop"])) == 2
    assert judge.broken_promise(cases.Case("leaving_water", "short", (), states.FLOW), "latched", []) == []


def test_a_state_that_never_comes_is_a_finding(monkeypatch):
    monkeypatch.setattr(cases, "LONGEST_MIN", 1)
    record = judge.judge(cases.Case("liquid_temp", "open", (), states.RUN))
    assert record["faults"] == ["the unit never came to that state"]


def test_a_unit_that_finds_no_end_is_a_finding(monkeypatch):
    monkeypatch.setattr(cases, "LONGEST_MIN", 2)
    record = judge.judge(cases.Case("remote_enable", "stuck", (("value", 0),), states.FLOW))
    assert record["end"] is None and "no end: in state 0" in record["faults"][0]


def test_a_state_that_lasts_too_long_is_a_finding(monkeypatch):
    monkeypatch.setattr(judge, "limits", lambda _settings: [1e9, 1.0, *[1e9] * 18])
    record = judge.judge(cases.Case("emergency_stop", "stuck", (("value", 0),), states.VENTILATE))
    assert record["end"] == "latched" and record["faults"][0].startswith("defined_end: state 1 since")


def call(tmp_path, monkeypatch, work, **changes):
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    monkeypatch.setattr(command, "work", work)
    options = {"only": "", "part": 6, "seed": 1, "write": None, "resume": False, "workers": 1, "json": True}
    return command.run(argparse.Namespace(**{**options, **changes}))


def good(case):
    return {"state": case.state, "end": "rests", "faults": [], "alarms": [], "virtual_s": 60.0}


def test_what_is_found_is_said(tmp_path, monkeypatch, capsys):
    bad = cases.part(1, 6)[2].key

    def work(case):
        return {**good(case), "faults": ["no end: planted"]} if case.key == bad else good(case)

    assert call(tmp_path, monkeypatch, good) == 0 and json.loads(capsys.readouterr().out)["cases"] == 6
    assert call(tmp_path, monkeypatch, work, json=False) == 1
    out = capsys.readouterr().out
    assert f"NOT  {bad}" in out and "planted" in out and "1 WITHOUT a defined end" in out
    assert call(tmp_path, monkeypatch, lambda case: {"failed": "our own mistake"}, json=False) == 1
    assert "our own mistake" in capsys.readouterr().out


def test_a_sweep_goes_on_where_it_was_cut(tmp_path, monkeypatch, capsys):
    done = []

    def work(case):
        done.append(case.key)
        if len(done) == 5:
            raise KeyboardInterrupt
        return good(case)

    with pytest.raises(KeyboardInterrupt):
        call(tmp_path, monkeypatch, work)
    ledger = tmp_path / "cases.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-10])  # the kill came in the middle of a line
    assert call(tmp_path, monkeypatch, work, resume=True) == 0
    assert len(done) == 5 + 3 and len(set(done)) == 6 and json.loads(capsys.readouterr().out)["cases"] == 6
    assert call(tmp_path, monkeypatch, work, resume=True) == 0 and len(done) == 8
    assert call(tmp_path, monkeypatch, work, resume=True, seed=2) == 2
    assert "made by other code or options" in capsys.readouterr().err


def test_bad_input(tmp_path, monkeypatch, capsys):
    assert call(tmp_path, monkeypatch, good, only="no such input") == 2
    assert "no case contains" in capsys.readouterr().err
    assert call(tmp_path, monkeypatch, good, write=str(tmp_path / "x.toml")) == 2
    assert "takes one case" in capsys.readouterr().err
    options = {"part": None, "only": "leaving_water open @ 12"}
    assert call(tmp_path, monkeypatch, good, write=str(tmp_path / "x.toml"), **options) == 0
    assert 'target = "leaving_water"' in (tmp_path / "x.toml").read_text()


def test_a_start_that_is_wet_for_too_long_is_a_finding(monkeypatch):
    monkeypatch.setattr(judge, "WET_S", 0.5)
    record = judge.judge(cases.Case("liquid_temp", "open", (), cases.REVERSED))
    assert record["end"] == "runs" and record["faults"][0].startswith("wet suction for ")
