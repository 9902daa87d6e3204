"""Starts the firmware in-process, as a board starts `main.py`."""

import runpy

from ghptools import firmware_path

_MAIN = firmware_path.FIRMWARE / "main.py"


def main(_board_module):
    """Run `main.py`; returns when the firmware's loop does, which it does not by itself."""
    firmware_path.ensure()
    runpy.run_path(str(_MAIN), run_name="__main__")
