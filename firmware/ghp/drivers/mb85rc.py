"""MB85RC256V: 32 KiB that keep what they hold without power [Fujitsu DS501-00017]; no wear to think of.

A byte is kept as soon as it has arrived, so a power cut leaves half of what was being written.
"""

from ghp.drivers.chip import Chip


class MB85RC(Chip):
    """`read` and `write` answer whether the chip did."""

    def __init__(self, name, bus, address):
        Chip.__init__(self, name)
        self._bus = bus
        self._address = address

    def read(self, place, buffer):
        """Fill `buffer` from byte `place` on; False when nobody answered.  Never raises on a dead chip."""
        return self._do(self._bus.readfrom_mem_into, place, buffer)

    def write(self, place, data):
        """Keep `data` from byte `place` on; False when nobody answered."""
        return self._do(self._bus.writeto_mem, place, data)

    def _do(self, transfer, place, data):
        if self._rest and self._resting():
            return False
        try:
            transfer(self._address, place, data, addrsize=16)
        except OSError:
            self._missed()
            return False
        self._answered()
        return True
