"""MCP23017: 16-bit port expander [Microchip DS20001952].

Both address layouts (IOCON.BANK), sequential and byte mode, direction, polarity, pull-ups and latches.
Interrupts are not connected on this board: enabling them is an error here.
"""

from ghptools.virtual.chips import RegisterChip

# register numbers within one port
IODIR, IPOL, GPINTEN, DEFVAL, INTCON, IOCON, GPPU, INTF, INTCAP, GPIO, OLAT = range(11)


class MCP23017(RegisterChip):
    """pins: 16 entries GPA0..7, GPB0..7, each None (open), ("in", position in IN) or ("out", position in OUT).

    Inputs come through optocouplers that pull the pin low when the terminal is closed; they need the chip's
    pull-up.  Outputs drive relay transistors with a pull-down: high is energised, a pin left as input is not.
    """

    def __init__(self, circuit, name, pins):
        super().__init__(circuit, name)
        self._pins = pins
        self._registers = [bytearray(11), bytearray(11)]
        for port in self._registers:
            port[IODIR] = 0xFF
        self._pointer = 0
        self._drive()

    def _place(self, address):
        if self._registers[0][IOCON] & 0x80:  # BANK: port B starts at 0x10
            port, register = address >> 4, address & 0x0F
        else:
            port, register = address & 1, address >> 1
        if port > 1 or register > 10:
            raise ValueError("%s has no register 0x%02x" % (self.name, address))
        return port, register

    def _next(self):
        if self._registers[0][IOCON] & 0x20:  # SEQOP: the pointer stays, or toggles between A and B
            if not self._registers[0][IOCON] & 0x80:
                self._pointer ^= 1
            return
        self._pointer += 1
        if self._registers[0][IOCON] & 0x80:
            if self._pointer == 0x0B:
                self._pointer = 0x10
            elif self._pointer == 0x1B:
                self._pointer = 0
        elif self._pointer == 0x16:
            self._pointer = 0

    def _levels(self, port):
        registers = self._registers[port]
        inp = self.circuit.inp
        level = 0
        for bit in range(8):
            mask = 1 << bit
            if not registers[IODIR] & mask:
                level |= registers[OLAT] & mask
                continue
            pin = self._pins[port * 8 + bit]
            # Without a pull-up the optocoupler's open collector cannot make a one.
            if registers[GPPU] & mask and not (pin is not None and pin[0] == "in" and inp[pin[1]]):
                level |= mask
        return level

    def _drive(self):
        out = self.circuit.out
        for place, pin in enumerate(self._pins):
            if pin is None:
                continue
            registers = self._registers[place >> 3]
            mask = 1 << (place & 7)
            driven = not registers[IODIR] & mask
            if pin[0] == "out":
                out[pin[1]] = 1 if driven and registers[OLAT] & mask else 0
            elif driven:
                raise ValueError("%s: an output against the input of pin %d" % (self.name, place))

    def hold(self, word):
        """Be as before a reset of the processor that the chip did not notice: pins are outputs at `word`."""
        for port in range(2):
            self._registers[port][IODIR] = 0
            self._registers[port][OLAT] = word >> (8 * port) & 0xFF
        self._drive()

    def point(self, register):
        """Set the address pointer."""
        self._place(register)
        self._pointer = register

    def accept(self, data):
        """Write from the pointer on."""
        driven = False
        for value in data:
            port, register = self._place(self._pointer)
            registers = self._registers[port]
            if register == GPINTEN and value:
                raise ValueError(self.name + ": interrupts are not connected on this board")
            if register == IOCON:  # one register, seen at two addresses
                self._registers[0][IOCON] = self._registers[1][IOCON] = value & 0xFE
            elif register == GPIO or register == OLAT:  # writing the port writes the latch
                registers[OLAT] = value
                driven = True
            elif register != INTF and register != INTCAP:  # read only
                registers[register] = value
                driven = driven or register == IODIR
            self._next()
        if driven:
            self._drive()

    def answer(self, buf):
        """Read from the pointer on."""
        for place in range(len(buf)):
            port, register = self._place(self._pointer)
            if register == GPIO:
                buf[place] = self._levels(port) ^ self._registers[port][IPOL] & self._registers[port][IODIR]
            else:
                buf[place] = self._registers[port][register]
            self._next()
