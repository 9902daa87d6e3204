"""A record, kept twice: the older place is overwritten, so that a power cut leaves the newer one whole.

After its words stand four more: number of the record, mark of its layout, checksum.
"""

from array import array
from binascii import crc32

from micropython import const

WORDS = const(60)
_MARK = const(1)  # behind the words; before it the number that counts the records
_CHECK = const(2)  # two words
TAIL = const(4)
_PIECE = const(128)  # bytes in one transfer of 2.9 ms: the bus gives up at 8
_OURS = const(0x4748)  # with another layout of the record comes another mark

BLANK = const(0)  # nothing was ever kept
FOUND = const(1)
DAMAGED = const(2)  # something is there, and none of it is a record
DEAF = const(3)  # the memory does not answer


class Records:
    """memory  object with read(place, buffer) and write(place, data), both True when it answered
    start   byte at which the two places begin
    count   words of the record
    mark    of its layout
    notes   for its owner: how much had happened when it was saved

    words   16-bit numbers; the first `count` are the record: `load` fills them, `save` keeps them
    """

    start = 0
    count = WORDS
    mark = _OURS
    notes = 0

    def __init__(self, memory):
        self.memory = memory
        self._next = 0  # place of the next one
        self.number = 0  # of the newest
        self.words = array("H")

    def load(self):
        """Fill `words` with the newest whole record; returns BLANK, FOUND, DAMAGED or DEAF."""
        verdict = BLANK
        count = self.count
        self.words = array("H", bytes(2 * (count + TAIL)))
        for place in (0, 1):
            data = bytearray(2 * (count + TAIL))
            for at in range(0, len(data), _PIECE):
                piece = memoryview(data)[at : at + _PIECE]
                if not self.memory.read(self.start + place * len(data) + at, piece):
                    return DEAF
            words = array("H", data)
            if words[count + _MARK] == self.mark and _check(data) == (words[count + _CHECK], words[count + _CHECK + 1]):
                if verdict != FOUND or (words[count] - self.number) & 0xFFFF < 0x8000:
                    self.words = words
                    self.number = words[count]
                    self._next = 1 - place
                verdict = FOUND
            elif verdict == BLANK and (min(data) != max(data) or data[0] not in (0, 0xFF)):
                verdict = DAMAGED
        return verdict

    def save(self):
        """Keep `words`; returns whether the memory took them."""
        words = self.words
        count = self.count
        self.number = words[count] = (self.number + 1) & 0xFFFF
        words[count + _MARK] = self.mark
        words[count + _CHECK], words[count + _CHECK + 1] = _check(bytes(words))
        data = bytes(words)
        for at in range(0, len(data), _PIECE):
            if not self.memory.write(self.start + self._next * len(data) + at, data[at : at + _PIECE]):
                return False
        self._next = 1 - self._next
        return True


def _check(data):
    check = crc32(data[: len(data) - 4])
    return check & 0xFFFF, check >> 16 & 0xFFFF
