"""First act after power-up: every output to its safe level, before anything else is even looked for."""

import board

board.make_safe()
