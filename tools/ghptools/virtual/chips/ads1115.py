"""ADS1115: 16-bit converter with a four-input multiplexer [TI SBAS444].

Registers 0 conversion (read only), 1 config, 2 and 3 thresholds.  Simulated: single-ended inputs, all six
ranges, all data rates, continuous and single-shot mode.  A conversion takes one period of the data rate,
counted in virtual time from the write that selected its input; until then the register holds the last one.
"""

from ghptools.virtual.chips import RegisterChip

# microvolts of full scale for PGA 0..7
_FULL_SCALE_UV = (6144000, 4096000, 2048000, 1024000, 512000, 256000, 256000, 256000)
_RATES = (8, 16, 32, 64, 128, 250, 475, 860)
_DEFAULT_CONFIG = 0x8583


class ADS1115(RegisterChip):
    """inputs: position in IN of each of AIN0..3, or -1 for an input tied to ground."""

    def __init__(self, circuit, name, inputs):
        super().__init__(circuit, name)
        self._inp = circuit.inp
        self._inputs = inputs
        self._pointer = 0
        self._thresholds = [0x8000, 0x7FFF]
        self._held = 0  # last finished conversion
        self._held_us = -1  # when it was looked at
        self._configure(_DEFAULT_CONFIG)
        self._running = False

    def _configure(self, config):
        self._config = config & 0x7FFF
        self._mux = config >> 12 & 7
        self._full_uv = _FULL_SCALE_UV[config >> 9 & 7]
        self._single = config >> 8 & 1
        self._period_us = 1000000 // _RATES[config >> 5 & 7] + 1
        self._since_us = self.circuit.now_us
        # Continuous mode always runs; single-shot only when OS is written as 1.
        self._running = not self._single or config & 0x8000

    def _convert(self):
        if self._mux < 4:
            raise ValueError(self.name + ": differential inputs are not simulated")
        place = self._inputs[self._mux - 4]
        if place < 0:
            return 0
        # Rounded to the nearest code; the input clamps at the rails long before int32 ends.
        code = (self._inp[place] * 32768 + self._full_uv // 2) // self._full_uv
        if code > 32767:
            return 32767
        if code < -32768:
            return -32768
        return code

    def _update(self):
        now_us = self.circuit.now_us
        if self._running and self._held_us != now_us and now_us - self._since_us >= self._period_us:
            self._held = self._convert()
            self._held_us = now_us
            if self._single:
                self._running = False

    def point(self, register):
        """Set the register pointer; only 0..3 exist."""
        if register > 3:
            raise ValueError("%s has no register %d" % (self.name, register))
        self._pointer = register

    def accept(self, data):
        """Write the pointed register; a write to the conversion register is ignored, as on the chip."""
        if len(data) != 2:
            raise ValueError(self.name + ": registers are two bytes")
        value = data[0] << 8 | data[1]
        if self._pointer == 1:
            self._update()
            self._configure(value)
        elif self._pointer > 1:
            self._thresholds[self._pointer - 2] = value

    def answer(self, buf):
        """Read the pointed register, most significant byte first; further bytes read ones."""
        pointer = self._pointer
        if pointer == 0:
            self._update()
            value = self._held
        elif pointer == 1:
            self._update()
            # OS reads 1 when no conversion is going on.
            value = self._config | (0 if self._running else 0x8000)
        else:
            value = self._thresholds[pointer - 2]
        buf[0] = value >> 8 & 0xFF
        if len(buf) > 1:
            buf[1] = value & 0xFF
        for place in range(2, len(buf)):
            buf[place] = 0xFF
