"""The start of the unit: find the board, build the controller, run it.

A program that is not what was built, or that restarts again and again, is not started.  If building fails, the error
is on the line.  In all these cases the outputs are as boot.py left them, and the prompt is alive.  Whatever ends a
running unit leaves its outputs safe; the processor's watchdog then restarts it.
"""

import board
from ghp import selfcheck, service
from ghp.drivers import bootflag

if bootflag.take_request():
    print(service.NOTICE)
else:
    trouble = bootflag.restless() or selfcheck.wrong()
    if trouble:
        print(trouble)
    else:
        selfcheck.forget()
        del selfcheck
        from ghp.unit import Unit

        try:
            Unit(board.build).run()
        finally:
            board.make_safe()
