"""Every input dead in every state: a part of `ghp sweep`, and that the sweep says what it finds."""

import argparse
import json
import os

import pytest
from ghp.control import changeover_states, defrost, states
from ghptools.plant import signals
from ghptools.scenario import loader, runner
from ghptools.sweep import cases, command, judge, ways
from ghptools.virtual import wires

SEED, COUNT = 1, len(ways.STATES) + ways.FIRST_LED_TO  # one case of each state, another of those of the engine
TOGETHER = 8


@pytest.mark.slow
@pytest.mark.parametrize("run", cases.runs(cases.part(SEED, COUNT), TOGETHER), ids=lambda run: run[0].key)
def test_a_dead_input_has_a_defined_end(run):
    for key, record in judge.judge_all(run).items():
        assert not command.faults(record), (key, record)
        assert record["end"] in ("runs", "rests", "latched")
        told = ways.WAYS[record["state"]].told
        assert told is None or record["told"][told[0]] == told[1], (key, record)


@pytest.mark.slow
def test_a_copy_of_a_run_comes_to_what_the_case_by_itself_comes_to(monkeypatch):
    monkeypatch.setattr(ways, "LONGEST_MIN", 7)
    run = [cases.Case(*fault, state) for fault in cases.failures()[:2] for state in (states.VENTILATE, states.FLOW)]
    together = judge.judge_all(run)
    assert list(together) == [case.key for case in run]
    assert [together[case.key] for case in run] == [judge.judge(case) for case in run]
    case = run[1]
    session = runner.Session(loader.parse(case.scenario(), "case.toml", runner.telemetry_fields()))
    session.run()  # the scenario file, to its end
    raised = {name for at, name, word in session.console.alarms if word == "raised" and at <= together[case.key]["virtual_s"]}
    assert sorted(raised) == together[case.key]["alarms"] != []
    assert session.happened[ways.THERE] < together[case.key]["virtual_s"]


def test_a_copy_that_breaks_or_dies_is_a_finding(monkeypatch):
    case = cases.Case("leaving_water", "open", (), states.OFF)

    def breaks(*_):
        raise ValueError("our own mistake")

    monkeypatch.setattr(judge, "judged", breaks)
    assert judge.judge(case) == {"failed": "ValueError: our own mistake"}
    monkeypatch.setattr(judge, "judged", lambda *_: os._exit(3))
    assert "its process ended with code" in judge.judge(case)["failed"]


def test_firmware_that_does_not_come_back_is_a_finding(monkeypatch):
    case = cases.Case("leaving_water", "open", (), states.OFF)

    def hangs(*_):
        while True:
            pass

    monkeypatch.setattr("ghptools.campaign.judge._PATIENCE_S", 0.5)
    monkeypatch.setattr(ways, "LONGEST_MIN", 1)
    monkeypatch.setattr(judge.Following, "_where", hangs)
    record = judge.judge(case)
    assert record["end"] is None and "processor time" in record["faults"][0]


def test_nothing_is_left_out():
    targets = {target for target, _, _ in cases.failures()}
    assert targets >= set(signals.SENSORS)
    assert targets >= {f"chip:{name}" for name in wires.CHIPS} | {f"bus:{name}" for name in wires.BUSES}
    assert [way.text for way in ways.WAYS[: len(states.TABLE)]] == [row[1] for row in states.TABLE]
    led_to = [way.told for way in ways.WAYS if way.told]
    places = {code for signal, code in led_to if signal == "changeover"}
    assert places == set(range(len(changeover_states.TABLE))) - {changeover_states.REST}
    assert {code for signal, code in led_to if signal == "defrost"} == set(range(len(defrost.TABLE))) - {defrost.WATCH}
    assert len({way.text for way in ways.WAYS}) == len(ways.WAYS)
    keys = [case.key for case in cases.every()]
    assert len(set(keys)) == len(keys) == len(cases.failures()) * len(ways.STATES)


def test_every_case_is_a_scenario_file(tmp_path):
    for state in ways.STATES:
        case = cases.Case("leaving_water", "open", (), state)
        path = tmp_path / f"{state}.toml"
        path.write_text(case.scenario())
        assert loader.load(path, runner.telemetry_fields()).title == case.key
    case = cases.Case("valve_at_hot", "late", (("seconds", 20.0),), states.RUN)
    assert 'inject = { target = "valve_at_hot", kind = "late", seconds = 20.0 }' in case.scenario()


def test_a_part_is_the_same_for_the_same_seed_and_takes_every_state():
    first = cases.part(7, 75)
    assert first == cases.part(7, 75) != cases.part(8, 75)
    assert len(set(first)) == 75 and {case.state for case in first} == set(ways.STATES)


def test_cases_whose_states_are_reached_in_one_run_go_together():
    found = cases.runs(cases.every(), 40)
    assert sorted(case.key for run in found for case in run) == sorted(case.key for case in cases.every())
    assert max(map(len, found)) == 40 and len(found) < 300
    for run in found:
        loader.parse(cases.shared_scenario(run), "run.toml", runner.telemetry_fields())
        assert len({case.scenario().partition("[[timeline]]")[0].partition("\n")[2] for case in run}) == 1


def test_what_the_table_of_sensors_promises_of_a_broken_wire_is_asked_for():
    case = cases.Case("suction_temp", "open", (), states.RUN)
    assert judge.broken_promise(case, "rests", ["sensor_stop"]) == []
    assert len(judge.broken_promise(case, "runs", ["sensor_warning"])) == 2
    case = cases.Case("leaving_water", "short", (), ways.CHILLS)
    assert judge.broken_promise(case, "runs", ["sensor_warning"]) == []
    assert len(judge.broken_promise(case, "latched", ["sensor_stop"])) == 2
    assert judge.broken_promise(cases.Case("leaving_water", "short", (), states.FLOW), "latched", []) == []


def test_a_state_that_never_comes_is_a_finding(monkeypatch):
    monkeypatch.setattr(ways, "LONGEST_MIN", 1)
    record = judge.judge(cases.Case("liquid_temp", "open", (), states.RUN))
    assert record["faults"] == ["the unit never came to that state"]


def test_a_unit_that_finds_no_end_is_a_finding(monkeypatch):
    monkeypatch.setattr(ways, "LONGEST_MIN", 2)
    record = judge.judge(cases.Case("remote_enable", "stuck", (("value", 0),), states.FLOW))
    assert record["end"] is None and "no end: in state 0" in record["faults"][0]


def test_a_state_that_lasts_too_long_is_a_finding(monkeypatch):
    monkeypatch.setattr(judge, "limits", lambda _settings, _restarted: [1e9, 1.0, *[1e9] * 18])
    record = judge.judge(cases.Case("emergency_stop", "stuck", (("value", 0),), states.VENTILATE))
    assert record["end"] == "latched" and record["faults"][0].startswith("defined_end: state 1 since")


def call(tmp_path, monkeypatch, work, **changes):
    monkeypatch.setattr(command, "FOLDER", tmp_path)
    monkeypatch.setattr(command, "work", work)
    options = {"only": "", "part": 6, "seed": 1, "write": None, "resume": False, "workers": 1, "json": True}
    return command.run(argparse.Namespace(**{**options, **changes}))


def good(run):
    return {case.key: {"state": case.state, "end": "rests", "faults": [], "alarms": [], "virtual_s": 60.0} for case in run}


def test_what_is_found_is_said(tmp_path, monkeypatch, capsys):
    bad = cases.part(1, 6)[2].key

    def work(run):
        return {key: {**record, "faults": ["no end: planted"]} if key == bad else record for key, record in good(run).items()}

    assert call(tmp_path, monkeypatch, good) == 0 and json.loads(capsys.readouterr().out)["cases"] == 6
    assert call(tmp_path, monkeypatch, work, json=False) == 1
    out = capsys.readouterr().out
    assert f"NOT  {bad}" in out and "planted" in out and "1 WITHOUT a defined end" in out
    assert call(tmp_path, monkeypatch, lambda run: {case.key: {"failed": "our own mistake"} for case in run}, json=False) == 1
    assert "our own mistake" in capsys.readouterr().out


def test_a_sweep_goes_on_where_it_was_cut(tmp_path, monkeypatch, capsys):
    done = []

    def work(run):
        done.append(run[0].key)
        if len(done) == 5:
            raise KeyboardInterrupt
        return good(run)

    monkeypatch.setattr(command, "TOGETHER", 1)
    with pytest.raises(KeyboardInterrupt):
        call(tmp_path, monkeypatch, work)
    ledger = tmp_path / "cases.jsonl"
    ledger.write_bytes(ledger.read_bytes()[:-10])  # the kill came in the middle of a line
    assert call(tmp_path, monkeypatch, work, resume=True) == 0
    assert len(done) == 5 + 3 and len(set(done)) == 6 and json.loads(capsys.readouterr().out)["cases"] == 6
    assert call(tmp_path, monkeypatch, work, resume=True) == 0 and len(done) == 8
    assert call(tmp_path, monkeypatch, work, resume=True, seed=2) == 2
    assert "another seed than in" in capsys.readouterr().err


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
    record = judge.judge(cases.Case("liquid_temp", "open", (), ways.REVERSED))
    assert record["end"] == "runs" and record["faults"][0].startswith("wet suction for ")
