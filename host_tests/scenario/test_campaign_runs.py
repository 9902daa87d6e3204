"""A cut of the fault campaign, and proof that it finds what is planted and says how to see it again."""

import json
import os
import subprocess
import sys

import pytest
from ghptools.campaign import draw, judge, mutants, summary

CUT = [seed for seed in range(100, 160) if draw.Run(seed).minutes < 12.0][:10]
# Seeds side by side with short runs that start the engine.
FIRST, RUNS = 96, 3


def ghp(*words, firmware=None):
    environ = dict(os.environ)
    if firmware is not None:
        environ["GHP_FIRMWARE"] = str(firmware)
    return subprocess.run(
        [sys.executable, "-m", "ghptools.cli", *words], capture_output=True, text=True, env=environ, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", CUT)
def test_a_drawn_run_violates_nothing(seed):
    record = judge.judge(draw.Run(seed))
    assert not summary.bad(record), "\n".join(summary.sentences(summary.told(record)))


def without_times(path):
    """Return {seed: record} of a ledger, without what depends on the machine it ran on."""
    records = [json.loads(line) for line in path.read_text().splitlines()[1:]]
    assert len(records) == len({record["seed"] for record in records}), "a run stands twice"
    return {record["seed"]: {**record, "real_s": 0} for record in records}


@pytest.mark.slow
def test_a_killed_campaign_goes_on_without_losing_or_repeating_a_run(tmp_path):
    words = ("campaign", "--first", str(FIRST), "--runs", str(RUNS), "--jobs", "1", "--out", str(tmp_path))
    assert ghp(*words).returncode == 0
    path = tmp_path / "runs.jsonl"
    whole = without_times(path)
    assert sorted(whole) == list(range(FIRST, FIRST + RUNS))
    path.write_bytes(path.read_bytes()[:-50])  # killed while it wrote the last line
    done = ghp(*words, "--resume")
    assert done.returncode == 0 and f"{RUNS - 1} runs are there already" in done.stderr
    assert without_times(path) == whole
    again = ghp(*words, "--json")
    assert "begins anew" not in again.stderr
    assert json.loads(again.stdout)["runs"] == RUNS and json.loads((tmp_path / "summary.json").read_text())["asked"] == RUNS
    header, _, rest = path.read_text().partition("\n")
    path.write_text(json.dumps({**json.loads(header), "firmware": "another"}) + "\n" + rest)
    assert ghp(*words, "--resume").returncode == 2


@pytest.mark.slow
def test_a_planted_bug_is_found_and_its_replay_shows_it_again(tmp_path):
    bug = next(mutant for mutant in mutants.load() if mutant.name.startswith("no rest between"))
    firmware = bug.plant(tmp_path)
    out = tmp_path / "out"
    seed = bug.seeds[0]
    words = ("campaign", "--first", str(seed), "--runs", "1", "--jobs", "1", "--out", str(out))
    done = ghp(*words, firmware=firmware)
    replay = f"ghp campaign --seed {seed}"
    assert done.returncode == 1 and f"replay: {replay}" in done.stdout and f"replay: {replay}" in done.stderr
    record = json.loads((out / "runs.jsonl").read_text().splitlines()[1])
    assert record.pop("key") == seed
    first = record["violations"][0]
    assert first["name"] == "rest_after_run"
    again = ghp(*replay.split()[1:], "--json", firmware=firmware)
    assert again.returncode == 1
    assert {**json.loads(again.stdout), "real_s": 0} == {**record, "real_s": 0}
    file = tmp_path / "replay.toml"
    file.write_text(ghp(*replay.split()[1:], "--print").stdout)
    shown = ghp("run", str(file), "--json", firmware=firmware)
    assert shown.returncode == 1
    broken = {row["name"]: row["first_s"] for row in json.loads(shown.stdout)["invariants_broken"]}
    assert broken["rest_after_run"] == first["at_s"]
    assert ghp("run", str(file)).returncode == 0  # the healthy firmware


@pytest.mark.slow
def test_mutants_are_caught_and_a_harmless_change_survives():
    bug = next(mutant for mutant in mutants.load() if mutant.name == "purge timer lost")
    harmless = mutants.Mutant("nothing", "nothing", "ghp/version.py", '"development"', '"changed"', seeds=(FIRST,))
    rows = mutants.tried([bug, harmless], 2)
    assert [row["ok"] for row in rows] == [True, True, False]
    assert rows[1]["caught"] == ["overspeed: invariant purge", "seed 1: purge"]
    text = mutants.as_text(rows)
    assert "passes all 3 runs" in text and "SURVIVES: nothing" in text and "2 mutants, 1 survive" in text
