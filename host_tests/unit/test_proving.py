"""What the long proofs share: order does not matter, a broken job is a record, a killed parent leaves nobody behind."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from ghptools import proving


def test_each_job_is_done_once_whatever_the_workers():
    jobs = {word: word for word in ("a", "bb", "ccc")}
    for workers in (1, 2):
        assert dict(proving.each(len, jobs, workers)) == {"a": 1, "bb": 2, "ccc": 3}


def test_a_broken_job_is_a_record(capsys):
    assert proving.guarded(int, "7") == 7
    assert proving.guarded(int, "x")["failed"].startswith("ValueError: ")
    assert "Traceback" in capsys.readouterr().err


def test_identity_follows_code_and_question(monkeypatch, tmp_path):
    ours = proving.identity(seed=1)
    assert ours == proving.identity(seed=1) != proving.identity(seed=2)
    (tmp_path / "main.py").write_text("pass\n")
    monkeypatch.setattr(proving.firmware_path, "FIRMWARE", tmp_path)
    assert proving.identity(seed=1)["code"] != ours["code"]


def test_a_ledger_of_nothing_or_of_a_cut_first_line_begins_anew(tmp_path):
    path = tmp_path / "l.jsonl"
    for content in (b"", b'{"code": "x'):
        path.write_bytes(content)
        ledger = proving.Ledger(path, {"code": "y"}, resume=True)
        ledger.close()
        assert not ledger.foreign and ledger.records == {} and path.read_text() == '{"code": "y"}\n'


def test_another_ledger_is_kept(tmp_path):
    path = tmp_path / "l.jsonl"
    path.write_text('{"code": "x"}\n{"key": 1}\n')
    ledger = proving.Ledger(path, {"code": "y"}, resume=True)
    ledger.close()
    assert ledger.foreign and path.read_text() == '{"code": "x"}\n{"key": 1}\n'


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
