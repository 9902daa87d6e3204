"""The start of the unit: find the board, build the controller, run it.

If building fails, the error is on the line, the outputs are as boot.py left them, and the prompt is alive.  Whatever
ends a running unit leaves its outputs safe; the processor's watchdog then restarts it.
"""

import board
from ghp import service
from ghp.drivers import bootflag

if bootflag.take_request():
    print(service.NOTICE)
else:
    from ghp.unit import Unit

    try:
        Unit(board.build).run()
    finally:
        board.make_safe()
