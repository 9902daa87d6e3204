# Stand-in for main.py: the same door to the service prompt, then a loop with a console of two commands.
import board
from ghp import service, tiny
from ghp.drivers import bootflag

if bootflag.take_request():
    print(service.NOTICE)
else:
    tiny.run(board)
