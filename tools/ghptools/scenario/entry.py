"""Starts the firmware in-process, as `boot.py` and `main.py` do on a board."""

import runpy
import sys

from ghptools import firmware_path

_MAIN = firmware_path.ROOT / "firmware" / "main.py"


def main(board_module):
    """Run `main.py` with `board_module` as the board; returns when the firmware's loop does."""
    firmware_path.ensure()
    before = sys.modules.get("board")
    sys.modules["board"] = board_module
    try:
        runpy.run_path(str(_MAIN), run_name="__main__")
    finally:
        if before is None:
            sys.modules.pop("board", None)
        else:
            sys.modules["board"] = before
