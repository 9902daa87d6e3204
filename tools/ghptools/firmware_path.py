"""Lets the host tools import the firmware's own tables, on which CPython's `micropython` stand-in must be found.

`GHP_FIRMWARE` names another folder of firmware than the project's for a whole process: a snapshot, or one with a
planted bug.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = Path(os.environ.get("GHP_FIRMWARE") or ROOT / "firmware").resolve()
_FOLDERS = (FIRMWARE, ROOT / "tools" / "ghptools" / "virtual" / "cpython")


def ensure():
    """Put the firmware and the stand-in on the module path, at its end: nothing of Python's own is hidden."""
    for folder in map(str, _FOLDERS):
        if folder not in sys.path:
            sys.path.append(folder)
