"""The campaign's draw, its memory and its report; no run is made here."""

import hashlib
import json
import math
import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from ghptools.campaign import dice, draw, excuses, faultdraw, judge, margins, mutants, summary
from ghptools.plant import faults
from ghptools.scenario import fields, runner
from ghptools.virtual import wires

DRAWN = {4: "621417"}  # draw.VERSION: begin of the hash of what seeds 0..199 give


def test_a_seed_gives_the_same_run_on_every_machine():
    text = "".join(draw.Run(seed).text for seed in range(200))
    digest = hashlib.sha256(text.encode()).hexdigest()[:6]
    assert DRAWN.get(draw.VERSION) == digest, f"another run for the same seed: raise draw.VERSION, note {digest} here"
    code = "from ghptools import firmware_path as f; f.ensure(); from ghptools.campaign import draw; print(draw.Run(199).text)"
    environ = {**os.environ, "PYTHONHASHSEED": "77"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, check=True)
    assert done.stdout == draw.Run(199).text + "\n"


def test_every_run_loads_and_is_as_long_as_it_says():
    telemetry = runner.telemetry_fields()
    for seed in range(400):
        run = draw.Run(seed)
        scenario = run.scenario(telemetry)
        assert draw.SHORTEST_MIN * 60 <= scenario.duration_s <= draw.LONGEST_MIN * 60
        assert scenario.seed == seed
        assert 1 <= len(run.faults) <= 3
        assert [e.name for e in scenario.timeline].count("last word") == 1


def test_every_kind_of_fault_can_be_drawn():
    every = set(faultdraw.every())
    declared = {(name, kind) for name in faults.NAMES for kind in faults.kinds(name) if kind not in faultdraw.LEFT_OUT}
    declared |= {(f"chip:{name}", "absent") for name in wires.CHIPS} | {(f"bus:{name}", "stuck") for name in wires.BUSES}
    assert {(target, kind) for _, target, kind in every} == declared
    box = dice.Dice("every kind")
    for group, target, kind in every:
        for _ in range(10):
            fields.injection(faultdraw.draw_kind(box, group, target, kind))  # says what is wrong with a parameter
    drawn = set()
    for _ in range(30000):
        fault = faultdraw.draw(box)
        drawn.add((fault["target"], fault["kind"]))
    assert drawn == declared


def test_dice_keep_to_their_bounds():
    box = dice.Dice("bounds")
    assert {box.whole(1, 3) for _ in range(200)} == {1, 2, 3}
    assert all(2.0 <= box.ratio(2.0, 500.0) <= 500.0 and -1.0 <= box.between(-1.0, 1.0) <= 1.0 for _ in range(500))
    counts = [box.weighted({"a": 9, "b": 1}) for _ in range(2000)]
    assert 1650 < counts.count("a") < 1950


# --- laws, excuses, report -----------------------------------------------------------------------------


class Trace:
    def __init__(self, **columns):
        self._columns = {name.replace("fw_", "fw."): np.array(values, float) for name, values in columns.items()}
        self._columns["run.time_s"] = np.arange(len(next(iter(columns.values()))), dtype=float)

    def column(self, name):
        return self._columns[name]


def test_a_state_that_lasts_too_long_is_found():
    longest = judge.limits({}, False)
    assert math.isinf(longest[0]) and math.isinf(longest[13]) and longest[8] == 10.0
    assert judge.limits({"warmup_max_s": "600s"}, False)[9] == 600.0 > longest[9]
    assert judge.limits({"warmup_max_s": "60s"}, False)[9] == 60.0
    assert judge.limits({"warmup_max_s": "60s"}, True)[9] == longest[9]  # forgotten
    assert judge.overstayed(Trace(fw_state=[8] * 13 + [9] * 20 + [13] * 5000), longest) == []
    found = judge.overstayed(Trace(fw_state=[7] * 3 + [8] * 20), longest)
    assert [(name, detail) for name, detail, _ in found] == [("defined_end", "state 8 since 3 s")]
    nan = math.nan
    assert judge.overstayed(Trace(fw_state=[8] * 9 + [nan] + [8] * 9), longest) == []  # a restart between


def test_a_stop_that_is_not_obeyed_is_found():
    assert judge.disobeyed(Trace(fw_state=[13] * 9, fw_stop_class=[2] * 9)) == []
    assert judge.disobeyed(Trace(fw_state=[13] * 3 + [14] * 9, fw_stop_class=[3] * 12)) == []
    assert judge.disobeyed(Trace(fw_state=[13] * 9, fw_stop_class=[3] * 9))[0][0] == "stop_obeyed"
    assert judge.disobeyed(Trace(fw_state=[16] * 9, fw_stop_class=[4] * 9))[0][0] == "stop_obeyed"
    assert judge.disobeyed(Trace(fw_state=[19] * 9, fw_stop_class=[5] * 9)) == []


def _told(alarms, done=(), ambient_c=8.0, **start):
    """What `unprovoked` says of a run with these alarms and these entries of the timeline."""
    blank = {"inject": [], "event": None, "world": {}}
    entries = [(at, SimpleNamespace(**{**blank, **entry})) for at, entry in done]
    session = SimpleNamespace(
        scenario=SimpleNamespace(start=start), timeline=SimpleNamespace(done=entries),
        console=SimpleNamespace(alarms=alarms), trace=Trace(ambient_c=[ambient_c]),
    )  # fmt: skip
    return [detail for _, detail, _ in judge.unprovoked(session)]


def test_what_stops_the_machine_needs_a_reason():
    stops_it, warns = (90.0, "oil_pressure", "raised"), (80.0, "load_limit", "raised")
    fault, clock = ({"inject": [SimpleNamespace(target=target)]} for target in ("oil_pressure", "clock"))
    assert _told([warns, stops_it]) == ["oil_pressure at 90 s"]
    assert _told([stops_it], [(95.0, fault), (40.0, clock), (50.0, {"world": {"hot_load_w": 1.0}})]) == ["oil_pressure at 90 s"]
    assert _told([(90.0, "oil_pressure", "cleared"), warns]) == []
    for reason in (fault, {"event": "reset"}, {"world": {"emergency_stop_pressed": 1}}):
        assert _told([stops_it], [(60.0, reason)]) == []
    assert _told([stops_it], ambient_c=-19.0) == [] == _told([stops_it], ambient_c=47.0)
    weak = [(90.0, "failed_start", "raised")]
    assert _told(weak, battery_v=11.7) == [] and _told(weak, battery_v=12.6) and _told([stops_it], battery_v=11.7)


def test_a_run_without_end_is_given_up(monkeypatch):
    monkeypatch.setattr(judge, "_PATIENCE_S", 0.2)
    with pytest.raises(judge.EndlessRun, match="processor time"), judge.ends(0.0):
        while True:
            try:
                while True:
                    pass
            except Exception:
                pass


def test_an_excuse_needs_its_fault_and_the_fault_its_time(monkeypatch):
    monkeypatch.setattr(excuses, "ROWS", (("overspeed", lambda fault: fault["target"] == "engine_revs", "blind"),))
    found = [("overspeed", "3 exchanges", 50.0), ("flow_lost", "1 exchange", 50.0)]
    blind = {"target": "engine_revs", "kind": "lost"}
    for injected, names in (([], ["overspeed", "flow_lost"]), ([(blind, 60.0)], ["overspeed", "flow_lost"]), ([(blind, 40.0)], ["flow_lost"])):
        violations, excused = excuses.sort(found, injected)
        assert [row["name"] for row in violations] == names
        assert [row["why"] for row in excused] == ["blind"] * (2 - len(names))


def _record(seed, **changes):
    plain = {
        "seed": seed, "virtual_s": 1800.0, "violations": [], "excused": [], "margins": {"rpm": 3000.0, "starter_rest_s": 60.0},
        "states": [0, 12], "alarms": ["overspeed"], "injected": ["hot_flow factor"],
    }  # fmt: skip
    return {**plain, **changes}


def test_the_report_counts_and_finds_the_worst():
    broken = [{"name": "overspeed", "detail": "4 exchanges", "at_s": 71.25}]
    records = [
        _record(1, margins={"rpm": 3100.0, "starter_rest_s": 61.0}),
        _record(2, margins={"rpm": 3000.0, "starter_rest_s": 20.0}, alarms=[], states=[0]),
        _record(3, margins={"rpm": 9000.0}, violations=broken),
        {"seed": 4, "failed": "its process ended with code -9"},
    ]
    data = summary.summary(records, 120.0)
    assert data["runs"] == 4 and data["virtual_h"] == 1.5 and data["wall_s"] == 120.0
    rows = {row["key"]: row for row in data["margins"]}
    assert (rows["rpm"]["worst"], rows["rpm"]["seed"]) == (3100.0, 1)
    assert (rows["starter_rest_s"]["worst"], rows["starter_rest_s"]["seed"]) == (20.0, 2)
    assert data["states"] == {"0": 3, "12": 2} and data["alarms"] == {"overspeed": 2}
    assert [(row["seed"], row["replay"]) for row in data["violations"]] == [
        (3, "ghp campaign --seed 3"), (4, "ghp campaign --seed 4"),
    ]  # fmt: skip
    text = summary.as_text(data)
    assert "4 runs, 1.5 virtual hours in 2 min" in text and "2 runs with violations" in text
    assert "seed 3: overspeed at 71.25 s: 4 exchanges; replay: ghp campaign --seed 3" in text
    assert "never reached: waiting for water flow" in text
    json.dumps(data, allow_nan=False)


def test_margins_are_ranked_by_their_bad_end():
    assert margins.worse("rpm", 3100, 3000) and not margins.worse("starter_rest_s", 61, 60)
    assert len(set(margins.KEYS)) == len(margins.KEYS)


# --- planted bugs --------------------------------------------------------------------------------------


def test_every_mutant_can_still_be_planted(tmp_path):
    found = mutants.load()
    assert 10 <= len(found) == len({mutant.name for mutant in found})
    for number, mutant in enumerate(found):
        copy = mutant.plant(tmp_path / str(number))
        compile((copy / mutant.file).read_text(), mutant.file, "exec")
        assert mutant.ways and all(mutant.ways), mutant.name


def test_a_mutant_whose_place_has_moved_is_an_error(tmp_path):
    lost = mutants.Mutant("lost", "", "ghp/version.py", "no such text", "x")
    often = mutants.Mutant("often", "", "ghp/ticks.py", "_MASK", "x")
    nowhere = mutants.Mutant("nowhere", "", "ghp/no.py", "x", "y")
    for number, (mutant, count) in enumerate(((lost, "0 times"), (often, "4 times"), (nowhere, "0 times"))):
        with pytest.raises(mutants.MutantError, match=count):
            mutant.plant(tmp_path / str(number))


def _ghp(*words):
    done = subprocess.run([sys.executable, "-m", "ghptools.cli", *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("campaign", "--runs", "0"), "at least 1"),
        (("campaign", "--minutes", "0"), "more than 0"),
        (("campaign", "--print"), "goes with --seed"),
        (("campaign", "--resume", "--fresh"), "not allowed with"),
        (("mutants", "--only", "no such bug"), "no such mutant"),
    ],
)
def test_bad_input_is_one_sentence(words, part):
    code, text = _ghp(*words)
    assert code == 2 and part in text and len(text.strip().splitlines()) == 1
