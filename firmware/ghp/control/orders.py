"""What the slow scan orders from the fast scan.  One writer each: `ghp.unit`'s slow task.

run_wanted    the machine shall make heat (demand is present and nothing forbids a start)
speed_rpm     loaded engine speed asked for
unloaded      the compressor shall run on half its capacity
park          run on, but without the compressor: unload, clutch out, idle, pressures equal.  No stop, no start
shift_rpm     0, or the unloaded speed while the reversing valve shifts under the running compressor (at most 1400)
still         the exchanger's water stands by order (it is brought to temperature): flow is neither proven nor judged
by_temperature  run_wanted fell (or may fall) only because the water is warm: the shortest run is honoured.
              False: a person, a contact or a fault wants the stop, and no shortest run delays it
"""


class Orders:
    """Plain data; integers and flags only, so that the fast scan reads it without allocation."""

    def __init__(self):
        self.run_wanted = False
        self.speed_rpm = 1200
        self.unloaded = True
        self.park = False
        self.shift_rpm = 0
        self.still = False
        self.by_temperature = False
