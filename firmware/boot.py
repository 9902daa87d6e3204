"""First act after power-up: every output to its safe level, before anything else is even looked for.

Then the collector is told to run after every few KiB: what stays lies close together so, the free memory stays in one
piece, and the most that is ever in use stays near what is needed.  The fast scan allocates nothing and never waits for it.
"""

import board

board.make_safe()

import gc  # noqa: E402
import sys  # noqa: E402

if hasattr(gc, "threshold"):  # an interpreter that counts references has none
    gc.threshold(16384 if sys.maxsize < 1 << 32 else 32768)  # bytes: 4096 words
