"""The machine at the moment an alarm stopped it: every input and output, the state of the sequence, the time.

Taken in the scan in which the alarm rises, before the sequence acts on it, into integers that are there from the start:
nothing is allocated.  All points are kept; the alarm's row says which of them tell most.
"""

from array import array

from micropython import const

from ghp.sensing.readings import GOOD

MANY = const(4)
WIDTH = const(36)  # integers of one snapshot
# places in it
WHAT = const(0)  # place of the alarm in the table + 1, 0: empty
AT_S = const(1)  # uptime; before this start it is negative
STATE = const(2)  # of the sequence; duty from bit 8 on
CONTACTS = const(3)  # a bit each
GOOD_BITS = const(4)  # a bit for each analog and pulse input whose value is good
SWITCHED = const(5)  # a bit for each digital output
VALUES = const(6)  # analog, pulses, then the outputs that are numbers
NUMBERS = const(6)  # outputs that are not switched, the last of their table
DUTY = const(8)


class Snapshots:
    """Integers from the place `newest * width` of `data` on are the newest; `ghp.protection.past` reads them.

    readings, outputs, duty, engine: what is kept

    data    MANY times WIDTH integers; newest: which of them
    taken   how many since power-up, the one that was kept over a power cut included
    """

    width = WIDTH

    def __init__(self, readings, outputs, duty, engine):
        self._contacts = readings.contacts
        self._measured = readings.analog + readings.pulses
        self._outputs = outputs.table
        self._duty = duty
        self._engine = engine
        self.data = array("i", [0] * (MANY * WIDTH))
        self.newest = MANY - 1
        self.taken = 0

    def take(self, index, uptime_s, first, again):
        """Keep this moment for the alarm at `index` of the table; `first`: place of the first cause, which is kept longest.

        again   it is back before anybody has seen it: the moment of its first rise tells more, while it is kept
        """
        data = self.data
        if again:
            for place in range(MANY):
                if data[place * WIDTH + WHAT] == index + 1:
                    return
        place = (self.newest + 1) % MANY
        if first != index and data[place * WIDTH + WHAT] == first + 1:
            place = (place + 1) % MANY
        self.newest = place
        self.taken += 1
        at = place * WIDTH
        data[at + WHAT] = index + 1
        data[at + AT_S] = uptime_s
        data[at + STATE] = self._engine.state | self._duty.mode << DUTY
        bits = 0
        for contact in self._contacts:
            if contact.on:
                bits |= 1 << contact.index
        data[at + CONTACTS] = bits
        to = at + VALUES
        bits = 0
        bit = 1
        for reading in self._measured:
            data[to] = reading.scaled
            if reading.quality == GOOD:
                bits |= bit
            bit <<= 1
            to += 1
        data[at + GOOD_BITS] = bits
        bits = 0
        bit = 1
        numbers = len(self._outputs) - NUMBERS
        for output in self._outputs:
            if output.index >= numbers:
                data[to] = output.value
                to += 1
            elif output.value == 1:
                bits |= bit
            bit <<= 1
        data[at + SWITCHED] = bits
