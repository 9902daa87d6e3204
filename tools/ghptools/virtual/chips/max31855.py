"""MAX31855K: thermocouple converter [Maxim 19-5793].

32 bits, most significant first: temperature in quarters of a degree (14), 0, fault, internal temperature in
sixteenths (12), 0, short to supply, short to ground, open.  The chip assumes 41.276 uV/degree.  A conversion
takes 100 ms and does not run while the chip is selected.
"""

from ghptools.virtual import wires
from ghptools.virtual.circuit import BOOT_MS

_NV_PER_C = 41276
_MAX_BAUD = 5000000


class MAX31855:
    """place: position in IN of the thermocouple's microvolts."""

    def __init__(self, circuit, name, place):
        self.circuit = circuit
        self.name = name
        self.bit = 1 << wires.position(wires.CHIPS, name)
        self._place = place
        self._frame = 0
        self.selected = False
        # It has been converting since power came, which is as long ago as the processor took to boot.
        self._since_us = circuit.now_us - BOOT_MS * 1000
        circuit.chips[name] = self

    def select(self, selected):
        """Follow the select line.  Deselecting starts the next conversion."""
        if selected and not self.selected and self.circuit.now_us - self._since_us >= 100000:
            self._frame = self._convert()
        if self.selected and not selected:
            self._since_us = self.circuit.now_us
        self.selected = selected

    def _convert(self):
        uv = self.circuit.inp[self._place]
        internal = wires.CABINET_C * 16 & 0xFFF
        if uv >= wires.TC_OPEN:
            fault = 1 << (uv - wires.TC_OPEN)
            return 1 << 16 | internal << 4 | fault
        quarters = (uv * 4000 + _NV_PER_C // 2) // _NV_PER_C + wires.CABINET_C * 4
        if quarters > 7199:  # 1799.75 degrees, where the number format ends on the chip's scale
            quarters = 7199
        if quarters < -1080:
            quarters = -1080
        return (quarters & 0x3FFF) << 18 | internal << 4

    def clock_out(self, buf, mode, baudrate):
        """Shift the frame out; SPI mode 0, at most 5 MHz."""
        if mode != 0 or baudrate > _MAX_BAUD:
            raise ValueError(self.name + " speaks SPI mode 0 up to 5 MHz")
        for place in range(len(buf)):
            buf[place] = self._frame >> (24 - 8 * place) & 0xFF if place < 4 else 0
