"""First act after power-up: every output to its safe level, before anything else is even looked for.

Then the collector is told to run after every few KiB: while the firmware is loaded and built, what stays lies close
together so, and the free memory in one piece.  `ghp.unit` ends that once it is built.
"""

import board

board.make_safe()

import gc  # noqa: E402

if hasattr(gc, "threshold"):  # an interpreter that counts references has none
    gc.threshold(8192)
