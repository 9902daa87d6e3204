"""DS3231: clock with a battery [Maxim 19-5170], at register level.

The oscillator and its battery are the host's (`ghptools.virtual.battery_clock`): time goes on while the
controller has no power.  This side turns it into registers and back.  Not simulated: alarms, square wave,
ageing; the control register is not kept on the battery.
"""

from ghptools.virtual import wires
from ghptools.virtual.chips import RegisterChip

KEPT = 1
TWELVE = 2

_REGISTERS = 0x13
_CONTROL = 0x0E
_STATUS = 0x0F
_OSF = 0x80
_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _bcd(number):
    return number // 10 << 4 | number % 10


def _decimal(byte):
    return (byte >> 4) * 10 + (byte & 15)


def _length(year, month):
    # The chip takes every fourth year for a leap year: right until 2100.
    return 29 if month == 2 and year % 4 == 0 else _MONTHS[month - 1]


class DS3231(RegisterChip):
    """One clock; its state is on the wires clock_*."""

    def __init__(self, circuit, name):
        super().__init__(circuit, name)
        self._pointer = 0
        self._registers = bytearray(_REGISTERS)
        self._registers[_CONTROL] = 0x1C
        self._registers[0x11] = wires.CABINET_C
        place = wires.position
        self._in = [place(wires.IN, "clock_" + part) for part in ("day", "s", "state", "seen")]
        self._out = [
            place(wires.OUT, "clock_" + part) for part in ("day_set", "s_set", "state_set", "writes")
        ]

    def _time(self):
        """Return (day, second, state): what was just written, until the host has taken it over."""
        inp, out = self.circuit.inp, self.circuit.out
        day, second, state, seen = self._in
        if inp[seen] == out[self._out[3]]:
            return inp[day], inp[second], inp[state]
        return out[self._out[0]], out[self._out[1]], out[self._out[2]]

    def point(self, register):
        """Set the register pointer; the time is frozen for the transfer, as the chip does at each start."""
        if register >= _REGISTERS:
            raise ValueError("%s has no register 0x%02x" % (self.name, register))
        self._pointer = register
        day, second, state = self._time()
        year = 0
        registers = self._registers
        registers[3] = (day + 5) % 7 + 1
        while True:
            length = 366 if year % 4 == 0 else 365
            if day < length:
                break
            day -= length
            year += 1
        month = 1
        while day >= _length(year, month):
            day -= _length(year, month)
            month += 1
        hour = second // 3600
        registers[0] = _bcd(second % 60)
        registers[1] = _bcd(second // 60 % 60)
        if state & TWELVE:
            registers[2] = 0x40 | (0x20 if hour >= 12 else 0) | _bcd((hour + 11) % 12 + 1)
        else:
            registers[2] = _bcd(hour)
        registers[4] = _bcd(day + 1)
        registers[5] = _bcd(month) | (0x80 if year >= 100 else 0)
        registers[6] = _bcd(year % 100)
        registers[_STATUS] = registers[_STATUS] & ~_OSF & 0xFF | (0 if state & KEPT else _OSF)

    def answer(self, buf):
        """Read from the pointer on; it wraps at the end of the registers."""
        for place in range(len(buf)):
            buf[place] = self._registers[self._pointer]
            self._pointer = (self._pointer + 1) % _REGISTERS

    def accept(self, data):
        """Write from the pointer on; ValueError for a time that is none."""
        registers = self._registers
        timed = False
        state = self._time()[2]
        for byte in data:
            register = self._pointer
            if register == _STATUS:
                # the flag can be cleared, never set
                if not byte & _OSF:
                    state |= KEPT
                    timed = True
                byte &= 0x08
            elif register == _CONTROL and byte & 0x80:
                raise ValueError("%s: this stops the oscillator on the battery" % self.name)
            elif register <= 6:
                timed = True
            registers[register] = byte
            self._pointer = (register + 1) % _REGISTERS
        if timed:
            self._write(state)

    def _write(self, state):
        registers = self._registers
        hour = registers[2]
        if hour & 0x40:
            state |= TWELVE
            hour = _decimal(hour & 0x1F) % 12 + (12 if hour & 0x20 else 0)
        else:
            state &= ~TWELVE
            hour = _decimal(hour)
        minute, second = _decimal(registers[1]), _decimal(registers[0])
        year = _decimal(registers[6]) + (100 if registers[5] & 0x80 else 0)
        month, day = _decimal(registers[5] & 0x7F), _decimal(registers[4])
        if not (hour < 24 and minute < 60 and second < 60 and 1 <= month <= 12):
            raise ValueError("%s: no time of the day, or no month" % self.name)
        if not 1 <= day <= _length(year, month):
            raise ValueError("%s: no such day" % self.name)
        number = 365 * year + (year + 3) // 4 + day - 1
        for earlier in range(1, month):
            number += _length(year, earlier)
        out = self.circuit.out
        out[self._out[0]] = number
        out[self._out[1]] = 3600 * hour + 60 * minute + second
        out[self._out[2]] = state
        out[self._out[3]] += 1
