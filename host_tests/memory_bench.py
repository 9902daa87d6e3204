"""A memory chip as bytes, whose supply may fail at any of them."""

from ghp.storage import records


class Cut(Exception):
    """The supply is gone."""


class Memory:
    """Takes bytes one after the other; `left` of them, then the supply fails."""

    def __init__(self, fill=0):
        self.bytes = bytearray([fill] * 32768)
        self.left = None
        self.deaf = False

    def read(self, place, buffer):
        if not self.deaf:
            buffer[:] = self.bytes[place : place + len(buffer)]
        return not self.deaf

    def write(self, place, data):
        if self.deaf:
            return False
        for offset, byte in enumerate(data):
            if self.left is not None:
                if self.left == 0:
                    raise Cut
                self.left -= 1
            self.bytes[place + offset] = byte
        return True


def record(memory, *numbers):
    kept = records.Records(memory)
    kept.load()
    for place, number in enumerate(numbers):
        kept.words[place] = number
    return kept
