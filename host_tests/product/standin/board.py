# Stand-in board: a line, a clock, an engine whose speed the test sets over the console.

import machine

line = None


def make_safe():
    machine.Pin(4, machine.Pin.OUT, value=0)
