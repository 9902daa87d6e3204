"""The fast engine control in the real MicroPython: same outcome as on CPython, and nothing allocated."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "host_tests"


def test_a_whole_run_allocates_nothing_in_the_fast_scan(interpreter):
    path = f"{ROOT / 'firmware'}:{TESTS}:.frozen"
    done = subprocess.run(
        [*interpreter.command, "-X", "heapsize=2M", str(TESTS / "target" / "engine_allocation.py")],
        env=dict(os.environ, MICROPYPATH=path), capture_output=True, text=True, timeout=60, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip() == "closed True mode 3 starts 1 standing []"
