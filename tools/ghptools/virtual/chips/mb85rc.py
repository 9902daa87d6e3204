"""MB85RC256V: 32 KiB of ferroelectric memory [Fujitsu DS501-00017], at the level of its bus.

The contents are the host's (`circuit.kept`): they stay while the controller has no power.  Not simulated: the write
protection pin and the device id.
"""

from ghptools.virtual.chips import RegisterChip
from ghptools.virtual.circuit import KEPT_BYTES


class MB85RC256V(RegisterChip):
    """One memory chip; its address inside is 16 bits wide."""

    address_bits = 16

    def __init__(self, circuit, name):
        super().__init__(circuit, name)
        self._pointer = 0

    def point(self, register):
        """Set the address; its highest bit is not wired inside."""
        self._pointer = register % KEPT_BYTES

    def answer(self, buf):
        """Read from the address on; at the end of the memory it goes on at its beginning."""
        view = memoryview(buf)
        kept = self.circuit.kept
        first = min(len(buf), KEPT_BYTES - self._pointer)
        kept.read(self._pointer, view[:first])
        if len(buf) > first:
            kept.read(0, view[first:])
        self._pointer = (self._pointer + len(buf)) % KEPT_BYTES

    def accept(self, data):
        """Write from the address on, in the same way."""
        data = bytes(data)
        kept = self.circuit.kept
        first = KEPT_BYTES - self._pointer
        kept.write(self._pointer, data[:first])
        if len(data) > first:
            kept.write(0, data[first:])
        self._pointer = (self._pointer + len(data)) % KEPT_BYTES
