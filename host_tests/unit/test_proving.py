"""What the long proofs share: order does not matter, a broken job is a record, a killed parent leaves nobody behind."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ghptools import proving
from ghptools.campaign import mutants


def test_each_job_is_done_once_whatever_the_workers():
    jobs = {word: word for word in ("a", "bb", "ccc")}
    for workers in (1, 2):
        assert dict(proving.each(len, jobs, workers)) == {"a": 1, "bb": 2, "ccc": 3}


def test_a_broken_job_is_a_record(capsys):
    assert proving.guarded(int, "7") == 7
    assert proving.guarded(int, "x")["failed"].startswith("ValueError: ")
    assert "Traceback" in capsys.readouterr().err


MADE_BY = {"firmware": "f", "tools": "t", "seed": 1}


def test_identity_follows_the_firmwares_sources_and_the_question(tmp_path):
    copy = mutants.snapshot(tmp_path)
    ours = proving.identity(copy, seed=1)
    assert ours == proving.identity(seed=1) != proving.identity(seed=2)
    (copy / "ghp" / "version.py").write_text('VERSION = "9"\nBUILD = "x"\n')
    changed = proving.identity(copy, seed=1)
    assert changed["firmware"] != ours["firmware"] and changed["tools"] == ours["tools"]


def _ledger(path, jobs):
    """Write the ledger of `jobs`; return its bytes."""
    ledger = proving.Ledger(path, MADE_BY, resume=False)
    for job in jobs:
        ledger.add(job, {"virtual_s": 60.0 * job})
    ledger.close()
    return path.read_bytes()


@pytest.mark.parametrize("lost", range(1, 40))
def test_a_kill_in_the_middle_of_a_line_loses_that_job_only(tmp_path, lost):
    path = tmp_path / "runs.jsonl"
    whole = _ledger(path, (1, 2, 3))
    path.write_bytes(whole[:-lost])
    ledger = proving.Ledger(path, MADE_BY, resume=True)
    assert sorted(ledger.records) == ([1, 2] if lost <= len(whole.splitlines()[-1]) + 1 else [1])
    for job in (1, 2, 3):
        if job not in ledger.records:
            ledger.add(job, {"virtual_s": 60.0 * job})
    ledger.close()
    assert path.read_bytes() == whole


def test_a_job_that_failed_is_done_again(tmp_path):
    path = tmp_path / "runs.jsonl"
    ledger = proving.Ledger(path, MADE_BY, resume=False)
    ledger.add(1, {"failed": "no room on the disk"})
    ledger.close()
    assert proving.Ledger(path, MADE_BY, resume=True).records == {}


@pytest.mark.parametrize("content", [b"", b'{"code": "x', b"\n", b"7\n"])
def test_a_ledger_of_nothing_or_of_a_cut_first_line_begins_anew(tmp_path, content):
    path = tmp_path / "l.jsonl"
    path.write_bytes(content)
    ledger = proving.Ledger(path, {"code": "y"}, resume=True)
    ledger.close()
    assert not ledger.foreign and ledger.records == {} and path.read_text() == '{"code": "y"}\n'


def test_another_ledger_is_not_resumed_and_never_lost(tmp_path):
    path = tmp_path / "runs.jsonl"
    whole = _ledger(path, (1, 2))
    other = {**MADE_BY, "firmware": "g", "part": 3}
    ledger = proving.Ledger(path, other, resume=True)
    ledger.close()
    assert ledger.foreign == "firmware and part" and path.read_bytes() == whole
    anew = proving.Ledger(path, other, resume=False)
    anew.close()
    assert not anew.records and json.loads(path.read_text()) == other
    assert path.with_suffix(".old.jsonl").read_bytes() == whole


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked up in /proc")
def test_workers_leave_with_a_killed_parent(tmp_path):
    """Each job is a sleep that would last; the names of its workers stand in their arguments."""
    script = tmp_path / "parent.py"
    script.write_text(
        "import time\n"
        "from ghptools import proving\n"
        "if __name__ == '__main__':\n"
        "    list(proving.each(time.sleep, {1: 300, 2: 300}, 2))\n"
    )
    parent = subprocess.Popen([sys.executable, str(script)])
    try:
        workers = _wait(lambda: [pid for pid in _children(parent.pid) if "spawn_main" in _words(pid)], 2)
    finally:
        parent.kill()
        parent.wait()
    assert _wait(lambda: [None] * sum("spawn_main" not in _words(pid) for pid in workers), 2)


def _wait(find, count):
    """Return what `find` gives once there are `count` of it; fails after a while."""
    until = time.monotonic() + 60.0
    while time.monotonic() < until:
        found = find()
        if len(found) >= count:
            return found
        time.sleep(0.2)
    raise AssertionError("waited in vain")


def _children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def _words(pid):
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:
            return file.read()
    except OSError:
        return ""
