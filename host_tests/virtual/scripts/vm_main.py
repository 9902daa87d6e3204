# Runs board_run.py on MicroPython; arguments: start ticks, scans.  MICROPYPATH as the tests set it.
import sys

import board_run
import micropython

circuit = board_run.install(int(sys.argv[1]))

import board  # noqa: E402  needs the circuit
from ghp import points  # noqa: E402
from ghp.image import Image  # noqa: E402


def guard(locked):
    if locked:
        micropython.heap_lock()
    else:
        micropython.heap_unlock()


board_run.run(circuit, board, Image(), points, int(sys.argv[2]), print, guard)
