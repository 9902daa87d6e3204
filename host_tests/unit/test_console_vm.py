"""Console and panel inside the real MicroPython VM, with a small heap: the same words, the same pictures."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ghptools.virtual import vm_interpreter

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "host_tests/target/people_core.py"
SHIM = ROOT / "tools/ghptools/virtual/cpython"


def run(command, variable, folders):
    paths = ":".join([str(ROOT / folder) for folder in ("firmware", "host_tests")] + folders)
    return subprocess.run(
        [*command, str(SCRIPT)],
        env={**os.environ, variable: paths},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.skipif(vm_interpreter.missing_on_purpose() is not None, reason="no MicroPython here, on purpose")
def test_both_interpreters_say_and_show_the_same():
    # The modules are compiled from source into this heap; from a ROMFS image they take far less.
    command = [*vm_interpreter.find().command, "-X", "heapsize=352wk"]
    target = run(command, "MICROPYPATH", [".frozen"])
    assert target.returncode == 0, target.stderr + target.stdout[-500:]
    host = run([sys.executable], "PYTHONPATH", [str(SHIM)])
    assert host.returncode == 0, host.stderr
    lines = host.stdout.splitlines()
    assert len(lines) > 400
    assert target.stdout.splitlines() == lines
    assert lines[-1] == "idle True [] 0 0"
