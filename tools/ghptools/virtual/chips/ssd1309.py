"""SSD1309: 128x64 OLED controller, I2C [Solomon Systech SSD1309].

A write is a run of control bytes: 0x80 announces one command byte, 0x00 commands and 0x40 display data to the
end.  1 KiB of display memory: page p, column c, bit b is the pixel at row 8p + b.
"""

from ghptools.virtual.chips import RegisterChip
from ghptools.virtual.circuit import PAGES

# command -> number of argument bytes (those that take any)
_ARGUMENTS = {
    0x20: 1, 0x21: 2, 0x22: 2, 0x81: 1, 0xA8: 1, 0xD3: 1, 0xD5: 1, 0xD9: 1, 0xDA: 1, 0xDB: 1, 0xFD: 1,
}  # fmt: skip
_PLAIN = (0x2E, 0xA0, 0xA1, 0xA4, 0xA5, 0xA6, 0xA7, 0xAE, 0xAF, 0xC0, 0xC8, 0xE3)
_COLUMNS = 128


class SSD1309(RegisterChip):
    """Display memory in `memory`, switched on by command; `page(n)` and `pixel(x, y)` look at it."""

    def __init__(self, circuit, name):
        super().__init__(circuit, name)
        # Display memory is random at power-up; a driver that forgets to write a page must show it.
        self.memory = bytearray([0xA5] * (_COLUMNS * 8))
        self.on = False
        self.inverted = False
        self._flipped_columns = False
        self._flipped_rows = False
        self._mode = 2
        self._locked = False
        self._page = 0
        self._column = 0
        self._window = [0, _COLUMNS - 1, 0, 7]
        self._command = -1
        self._arguments = []
        circuit.display = self

    def page(self, number):
        """Return the 128 bytes of page `number` as a memoryview."""
        return memoryview(self.memory)[number * _COLUMNS : (number + 1) * _COLUMNS]

    def pixel(self, x, y):
        """Return 1 when a person sees pixel (x, y) lit; (0, 0) is top left with the board's mounting."""
        if not self.on:
            return 0
        # The glass is mounted upside down: the driver flips both axes by command.
        column = x if self._flipped_columns else _COLUMNS - 1 - x
        row = y if self._flipped_rows else 63 - y
        return (self.memory[(row >> 3) * _COLUMNS + column] >> (row & 7) & 1) ^ (1 if self.inverted else 0)

    def point(self, register):
        """The control byte plays the register's part."""
        self._control = register

    def accept(self, data):
        """Take `data` after the control byte set by `point`."""
        self.receive(bytes([self._control]) + bytes(data))

    def receive(self, data):
        """Take a whole transaction."""
        place = 0
        size = len(data)
        while place < size:
            control = data[place]
            place += 1
            if control == 0x80:
                self._take(data[place])
                place += 1
            elif control == 0x00:
                while place < size:
                    self._take(data[place])
                    place += 1
            elif control == 0x40:
                self._store(data, place)
                return
            else:
                raise ValueError("%s: control byte 0x%02x" % (self.name, control))

    def _take(self, byte):
        if self._command >= 0:
            self._arguments.append(byte)
            if len(self._arguments) == _ARGUMENTS[self._command]:
                command, self._command = self._command, -1
                self._execute(command, self._arguments)
                self._arguments = []
        elif byte in _ARGUMENTS:
            self._command = byte
        else:
            self._execute(byte, ())

    def _execute(self, command, arguments):
        if command == 0xFD:
            self._locked = bool(arguments[0] & 4)
        elif self._locked:
            return
        elif command < 0x10:
            self._column = self._column & 0xF0 | command
        elif command < 0x20:
            self._column = self._column & 0x0F | (command & 7) << 4
        elif 0xB0 <= command <= 0xB7:
            self._page = command & 7
        elif 0x40 <= command <= 0x7F:
            if command != 0x40:
                raise ValueError(self.name + ": start line is not simulated")
        elif command == 0x20:
            self._mode = arguments[0] & 3
        elif command == 0x21:
            self._window[0], self._window[1] = arguments
            self._column = arguments[0]
        elif command == 0x22:
            self._window[2], self._window[3] = arguments
            self._page = arguments[0]
        elif command in (0xAE, 0xAF):
            self.on = command == 0xAF
        elif command in (0xA6, 0xA7):
            self.inverted = command == 0xA7
        elif command in (0xA0, 0xA1):
            self._flipped_columns = command == 0xA1
        elif command in (0xC0, 0xC8):
            self._flipped_rows = command == 0xC8
        elif command not in _PLAIN and command not in _ARGUMENTS:
            raise ValueError("%s has no command 0x%02x" % (self.name, command))

    def _store(self, data, place):
        window = self._window
        count = len(data) - place
        if self._mode == 2 and self._column + count <= _COLUMNS:
            # Page addressing, within one row of the memory: the case our driver makes.
            start = self._page * _COLUMNS + self._column
            self.memory[start : start + count] = data[place:]
            self.circuit.out[PAGES] |= 1 << self._page
            self._column = (self._column + count) % _COLUMNS
            return
        for byte in data[place:]:
            self.memory[self._page * _COLUMNS + self._column] = byte
            self.circuit.out[PAGES] |= 1 << self._page
            if self._mode == 2:
                self._column = (self._column + 1) % _COLUMNS
            elif self._mode == 0:
                self._column += 1
                if self._column > window[1]:
                    self._column = window[0]
                    self._page = window[2] if self._page >= window[3] else self._page + 1
            else:
                self._page += 1
                if self._page > window[3]:
                    self._page = window[2]
                    self._column = window[0] if self._column >= window[1] else self._column + 1

    def answer(self, buf):
        """Status byte: bit 6 is set while the display is off."""
        for place in range(len(buf)):
            buf[place] = 0 if self.on else 0x40
