"""What the firmware costs, weighed in the real VM through a start of the engine."""

import json
import subprocess
import sys

import pytest
from ghptools.build import size

LARGEST_KIB = 32


@pytest.fixture(scope="module")
def heap(interpreter):
    return size.heap_sizes(minutes=12)


@pytest.mark.slow
def test_the_fast_scan_allocates_nothing_through_a_start(heap):
    assert "running" in heap["states"], heap["states"]
    assert heap["fast_failed"] == 0 and heap["fast_runs"] > 10000


@pytest.mark.slow
def test_the_slow_scan_stays_in_its_budget(heap):
    assert heap["slow_runs"] > 1000
    assert 0 < heap["slow_mean"] / 2 <= heap["slow_most"] / 2 <= size.SLOW_BYTES


@pytest.mark.slow
def test_the_heap_stays_in_its_budget(heap):
    assert 0 < heap["built"] <= heap["in_use"] <= heap["high"]
    assert heap["in_use"] / 2048 <= size.IN_USE_KIB
    assert heap["high"] / 2048 <= size.HIGH_KIB


@pytest.mark.slow
def test_the_free_memory_is_in_one_piece(heap):
    """A machine that runs for months must find room for a large block: scattered free memory is none."""
    assert heap["largest"] / 2048 >= LARGEST_KIB


def test_code_sizes_add_up():
    code = size.code_sizes()
    assert code["total"] == sum(code["modules"].values()) > 0
    assert "ghp/unit.mpy" in code["modules"] and "board.mpy" in code["modules"]
    linked = sum(code["linked"].values())
    assert "ghp/unit.mpy" in code["linked"] and "ghp/settings.mpy" not in code["linked"]
    assert linked < code["romfs"] < linked * 1.1
    assert linked < code["total"]


@pytest.mark.slow
def test_the_command_prints_json_and_refuses_nonsense(interpreter):
    command = [sys.executable, "-m", "ghptools.cli", "size"]
    done = subprocess.run([*command, "--json", "--minutes", "2"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and json.loads(done.stdout)["heap"]["fast_failed"] == 0, done.stderr
    for words in (["--minutes", "0"], ["--board", "toaster"]):
        done = subprocess.run([*command, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 2 and done.stderr.count("\n") == 1
