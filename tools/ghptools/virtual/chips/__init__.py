"""Register-level models of the board's chips: what the datasheet says happens on the bus."""


class RegisterChip:
    """An I2C chip with a register pointer.

    The bus calls `receive` for a plain write (its first byte sets the pointer), `point` and `accept` for a
    register write, `point` and `answer` for a register read, `answer` alone for a plain read.
    """

    address_bits = 8  # of a register

    def __init__(self, circuit, name):
        from ghptools.virtual import wires

        self.circuit = circuit
        self.name = name
        self.bit = 1 << wires.position(wires.CHIPS, name)
        circuit.chips[name] = self

    def receive(self, data):
        """Take a whole write transaction."""
        self.point(data[0])
        if len(data) > 1:
            self.accept(data[1:])
