"""The thermal objects' slow scan allocates little, measured in the real VM."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIMIT_32_BIT = 3200  # of the 4 KiB of the whole slow scan


def test_a_slow_scan_stays_within_its_share(interpreter):
    done = subprocess.run(
        [*interpreter.command, "-X", "heapsize=2M", str(ROOT / "host_tests/target/thermal_allocation.py")],
        env=dict(os.environ, MICROPYPATH=f"{ROOT / 'firmware'}:.frozen"), capture_output=True, text=True, timeout=60,
        check=False,
    )
    found = re.search(r"bytes (\d+) mean \d+ word (\d) standing \[\]", done.stdout)
    assert found, done.stdout + done.stderr
    worst = int(found.group(1)) * 4 // int(found.group(2))
    assert 0 < worst <= LIMIT_32_BIT
