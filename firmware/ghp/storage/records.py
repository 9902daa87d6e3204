"""One record of 60 words, kept twice: the older place is overwritten, so that a power cut leaves the newer one whole."""

from array import array
from binascii import crc32

from micropython import const

WORDS = const(60)
_NUMBER = const(60)  # counts the records
_MARK = const(61)
_CHECK = const(62)  # two words
_BYTES = const(128)
_COVERED = const(124)
_OURS = const(0x4748)  # with another layout of the record comes another mark

BLANK = const(0)  # nothing was ever kept
FOUND = const(1)
DAMAGED = const(2)  # something is there, and none of it is a record
DEAF = const(3)  # the memory does not answer


class Records:
    """memory: object with read(place, buffer) and write(place, data), both True when it answered.

    words   16-bit numbers; the first WORDS are the record: `load` fills them, `save` keeps them
    """

    def __init__(self, memory):
        self._memory = memory
        self._place = 0  # where the next one goes
        self.words = array("H", bytes(_BYTES))

    def load(self):
        """Fill `words` with the newest whole record; returns BLANK, FOUND, DAMAGED or DEAF."""
        verdict = BLANK
        for place in (0, 1):
            data = bytearray(_BYTES)
            if not self._memory.read(place * _BYTES, data):
                return DEAF
            words = array("H", data)
            if words[_MARK] == _OURS and _check(data) == (words[_CHECK], words[_CHECK + 1]):
                if verdict != FOUND or (words[_NUMBER] - self.words[_NUMBER]) & 0xFFFF < 0x8000:
                    self.words = words
                    self._place = 1 - place
                verdict = FOUND
            elif verdict == BLANK and (min(data) != max(data) or data[0] not in (0, 0xFF)):
                verdict = DAMAGED
        return verdict

    def save(self):
        """Keep `words`; returns whether the memory took them."""
        words = self.words
        words[_NUMBER] = (words[_NUMBER] + 1) & 0xFFFF
        words[_MARK] = _OURS
        words[_CHECK], words[_CHECK + 1] = _check(bytes(words))
        if not self._memory.write(self._place * _BYTES, bytes(words)):
            return False
        self._place = 1 - self._place
        return True


def _check(data):
    check = crc32(data[:_COVERED])
    return check & 0xFFFF, check >> 16 & 0xFFFF
