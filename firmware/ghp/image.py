"""The process image: what the drivers read and what they write, as flat integer arrays.

Drivers fill the input side before a scan and take the output side after it; nothing else crosses the
driver line.  The scan is a function of this image and the settings, so a recorded image can be replayed.
Array positions follow the tables of `ghp.points`.
"""

from array import array

from ghp import points

# Status of one raw input, as its driver saw it.  NEVER: no sample since power-up.
RAW_NEVER = 0
RAW_OK = 1
RAW_NO_ANSWER = 2  # the chip did not acknowledge, or answered with an impossible register
RAW_OPEN = 3  # the chip itself reports an open sensor (thermocouple)
RAW_SHORT = 4  # the chip itself reports a short (thermocouple)


class Image:
    """Raw inputs and effective outputs of one unit.

    analog     ADC codes (ADS1115: 187.5 uV a count) or quarter degrees Celsius (thermocouples)
    digital    logic levels by meaning: 1 is what the table's last column says
    pulses     free-running counts, 30 bits, wrapping at 2**30
    *_at       ticks_ms of the sample, *_status its RAW_ code
    knob       detents of the front panel's knob, free running, clockwise positive
    clock_*    the battery clock: day number of `ghp.civil` and second of the day in local standard time, ticks_ms
               of the reading and its RAW_ code (NEVER: not read yet, or the clock says that it is not set)
    outputs    effective values: digital 0/1, percent 0..10000, steps 0..500
    """

    def __init__(self):
        analog = len(points.ANALOG_INPUTS)
        pulses = len(points.PULSE_INPUTS)
        digital = len(points.DIGITAL_INPUTS)
        self.analog = array("i", [0] * analog)
        self.analog_at = array("i", [0] * analog)
        self.analog_status = bytearray(analog)
        self.pulses = array("i", [0] * pulses)
        self.pulses_at_us = array("i", [0] * pulses)
        self.pulses_status = bytearray(pulses)
        self.digital = bytearray(digital)
        self.digital_at = array("i", [0] * digital)
        self.digital_status = bytearray(digital)
        self.knob = array("i", [0])
        self.clock_day = 0
        self.clock_s = 0
        self.clock_at = 0
        self.clock_status = RAW_NEVER
        self.outputs = array("i", [0] * len(points.OUTPUTS))
