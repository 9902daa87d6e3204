"""MCP4728: four 12-bit outputs with EEPROM [Microchip DS22187].

LDAC is tied low, so a channel follows its input register at the end of its bytes.  The amplifier behind each
output is trimmed so that full scale of the internal reference with gain 2 (4.096 V) is 10 V at the terminal.
"""

from ghptools.virtual.chips import RegisterChip

_TERMINAL_UV = 10000000
_SUPPLY_MV = 5000


class MCP4728(RegisterChip):
    """outputs: position in OUT of channels A..D."""

    def __init__(self, circuit, name, outputs):
        super().__init__(circuit, name)
        self._outputs = outputs
        # Per channel the two bytes as transmitted: VREF PD1 PD0 GX D11..D8, D7..D0; input register and EEPROM.
        # Factory EEPROM: internal reference, gain 1, code 0.
        self._input = [0x8000] * 4
        self._eeprom = [0x8000] * 4
        for channel in range(4):
            self._drive(channel)

    def _drive(self, channel):
        word = self._input[channel]
        full_mv = _SUPPLY_MV
        if word & 0x8000:
            full_mv = 4096 if word & 0x1000 else 2048
        uv = (word & 0x0FFF) * _TERMINAL_UV * full_mv // (4095 * 4096)
        if word & 0x6000:  # powered down: the pull-down wins
            uv = 0
        self.circuit.out[self._outputs[channel]] = uv if uv < _TERMINAL_UV else _TERMINAL_UV

    def point(self, register):
        """The chip has no register pointer: a register access is a command byte, so go through receive."""
        raise ValueError(self.name + " takes commands, not register addresses")

    def accept(self, data):
        """See point."""
        raise ValueError(self.name + " takes commands, not register addresses")

    def receive(self, data):
        """Take one write command; ValueError for one that the datasheet does not have."""
        command = data[0]
        if command & 0xC0 == 0:  # fast write: two bytes a channel, from A on
            for channel in range(len(data) // 2):
                high = data[2 * channel]
                word = (high & 0x30) << 9 | (high & 0x0F) << 8 | data[2 * channel + 1]
                self._input[channel & 3] = self._input[channel & 3] & 0x9000 | word
                self._drive(channel & 3)
        elif command & 0xF8 == 0x40:  # multi-write: three bytes a channel
            for place in range(0, len(data), 3):
                self._write(data[place] >> 1 & 3, data[place + 1] << 8 | data[place + 2], False)
        elif command & 0xF8 == 0x50:  # sequential write to D, with EEPROM
            channel = command >> 1 & 3
            for place in range(1, len(data), 2):
                self._write(channel, data[place] << 8 | data[place + 1], True)
                channel = channel + 1 & 3
        elif command & 0xF8 == 0x58:  # single write, with EEPROM
            self._write(command >> 1 & 3, data[1] << 8 | data[2], True)
        elif command & 0xE0 == 0x80:  # references of all channels
            self._bits(0x8000, [command & 8, command & 4, command & 2, command & 1])
        elif command & 0xE0 == 0xC0:  # gains of all channels
            self._bits(0x1000, [command & 8, command & 4, command & 2, command & 1])
        else:
            raise ValueError("%s has no command 0x%02x" % (self.name, command))

    def _write(self, channel, word, keep):
        self._input[channel] = word
        if keep:
            self._eeprom[channel] = word
        self._drive(channel)

    def _bits(self, mask, flags):
        for channel, flag in enumerate(flags):
            self._input[channel] = self._input[channel] & ~mask & 0xFFFF | (mask if flag else 0)
            self._drive(channel)

    def answer(self, buf):
        """Read back: per channel status, input register, status, EEPROM, three bytes each."""
        for place in range(len(buf)):
            channel, byte = place // 6 & 3, place % 6
            word = self._input[channel] if byte < 3 else self._eeprom[channel]
            # RDY and POR set, channel number, A2..A0 = 0
            status = 0xC0 | channel << 4 | (8 if byte >= 3 else 0)
            buf[place] = (status, word >> 8, word & 0xFF)[byte % 3]
