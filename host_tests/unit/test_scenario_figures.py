"""`ghp figures`: the verdict follows the limits, and what cannot be measured is not passed over."""

import argparse
import json
import subprocess

import pytest
from ghptools import figures
from ghptools.figures import Row

GOOD = Row("speed", "340 x", "at least 300 x", True)
BAD = Row("overshoot", "+3.40 F", "at most 3 F", False)
PLAIN = Row("code", "90000 bytes", "", None)


def run(monkeypatch, capsys, rows, as_json=False):
    monkeypatch.setattr(figures, "control", lambda: rows)
    code = figures.run(argparse.Namespace(json=as_json, skip=["speed", "memory"]))
    return code, capsys.readouterr().out


def test_a_missed_limit_is_marked_and_answered(monkeypatch, capsys):
    code, out = run(monkeypatch, capsys, [GOOD, BAD, PLAIN])
    lines = out.splitlines()
    assert (
        code == 1
        and lines[0].startswith("ok ")
        and lines[1].startswith("MISS overshoot")
        and lines[2].startswith("    ")
    )
    assert run(monkeypatch, capsys, [GOOD, PLAIN])[0] == 0
    assert json.loads(run(monkeypatch, capsys, [BAD], True)[1])[0]["limit"] == "at most 3 F"


@pytest.mark.parametrize(("slow_most", "ok"), [(8192, True), (8194, False)])
def test_memory_counts_words_of_the_board(monkeypatch, slow_most, ok):
    heap = {"fast_failed": 0, "fast_runs": 100, "slow_most": slow_most, "in_use": 96 * 2048, "high": 129 * 2048}
    done = subprocess.CompletedProcess([], 0, json.dumps({"code": {}, "heap": heap}), "")
    monkeypatch.setattr(figures.subprocess, "run", lambda *_a, **_k: done)
    assert [row.ok for row in figures.memory()] == [True, ok, True, False]


def test_memory_that_cannot_be_measured_is_a_miss(monkeypatch):
    done = subprocess.CompletedProcess([], 2, "", "ghp size: no interpreter")
    monkeypatch.setattr(figures.subprocess, "run", lambda *_a, **_k: done)
    (row,) = figures.memory()
    assert row.ok is False and row.limit == "ghp size: no interpreter"
