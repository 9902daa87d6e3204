"""The changed settings, kept twice: a body of bytes with a head of its own, the older place overwritten in small pieces.

The head goes last and holds the check of both, so that a power cut at any byte leaves the newer place whole.
"""

from binascii import crc32
from struct import pack, unpack

from micropython import const

from ghp.storage.records import BLANK, DAMAGED, DEAF, FOUND

_PLACE = const(4096)  # of the first; the records lie before it
_SIZE = const(4096)  # of each
_HEAD = "<HHHHI"  # mark, number, bytes of the body, spare, check
_HEAD_BYTES = const(12)
_CHECKED = const(8)
_MOST = const(4080)
_OURS = const(0x5347)  # with another layout comes another mark
_PIECE = const(128)  # a slice: 3 ms on the bus


class Shelf:
    """`load` once the memory answers, then `update` with the body that should be there.

    found   what the memory held: BLANK, FOUND, DAMAGED, or DEAF until it answers
    torn    a place was not whole: a write cut off, or damage; the other, if there is one, is what `load` returned
    damaged neither was: nothing is written over that before a person changes a setting
    took    the memory took the last piece
    """

    def __init__(self, memory):
        self._memory = memory
        self.found = DEAF
        self.torn = self.damaged = False
        self.took = True
        self._place = 0  # where the next one goes
        self._number = 0
        self._there = b""  # the newest whole body
        self._body = None  # what is being written
        self._done = 0  # bytes of it

    def load(self):
        """Return the newest whole body, b"" when there is none; sets `found`."""
        verdict = BLANK
        bad = 0
        for place in (0, 1):
            head = bytearray(_HEAD_BYTES)
            if not self._memory.read(_PLACE + place * _SIZE, head):
                return b""
            mark, number, size, _, check = unpack(_HEAD, head)
            body = bytearray(size if mark == _OURS and size <= _MOST else 0)
            if body and not self._memory.read(_PLACE + place * _SIZE + _HEAD_BYTES, body):
                return b""
            if mark == _OURS and size <= _MOST and crc32(body, crc32(head[:_CHECKED])) & 0xFFFFFFFF == check:
                if verdict != FOUND or (number - self._number) & 0xFFFF < 0x8000:
                    self._there = bytes(body)
                    self._number = number
                    self._place = 1 - place
                verdict = FOUND
            elif min(head) != max(head) or head[0] not in (0, 0xFF):
                bad += 1
        self.torn = bad > 0
        self.damaged = self.torn and verdict != FOUND
        self.found = DAMAGED if self.damaged else verdict
        body = self._there
        if self.torn and not self.damaged:
            self._there = None  # so that it is soon there twice again
        return body

    def update(self, body):
        """Write one piece of `body` when it is not what the memory holds."""
        if self._body is None:
            if body == self._there or len(body) > _MOST:
                return
            self._body = body
            self._done = 0
        body = self._body
        start = _PLACE + self._place * _SIZE
        if self._done < len(body):
            piece = body[self._done : self._done + _PIECE]
            self.took = self._memory.write(start + _HEAD_BYTES + self._done, piece)
            if self.took:
                self._done += len(piece)
            if not self.took or self._done < len(body):
                return
        number = (self._number + 1) & 0xFFFF
        head = pack("<HHHH", _OURS, number, len(body), 0)
        self.took = self._memory.write(start, head + pack("<I", crc32(body, crc32(head)) & 0xFFFFFFFF))
        if self.took:
            self._number = number
            self._there = body
            self._place = 1 - self._place
            self._body = None
