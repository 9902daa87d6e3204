"""Is the program in the flash what was built?  Asked once at every start, before anything is controlled.

The build puts `ghp/sums` beside the compiled modules: a line "path sha256" for each of them, and a last line with the
checksum of those lines.  A program frozen into the processor's image has none: the bootloader has checked that image.
"""

import binascii
import hashlib
import sys

_PIECE = 512


def wrong(place=__file__):
    """Return None when every module is what was built, else one sentence for the person at the line.

    place: where this module was loaded from, by which the others are found.
    """
    if not place.endswith(".mpy"):
        return None  # frozen, or sources on somebody's desk
    root = place[: -len("ghp/selfcheck.mpy")]
    try:
        with open(root + "ghp/sums") as file:
            lines = file.read().split("\n")
    except OSError:
        return "firmware not started: its list of checksums is missing; flash it again"
    body = "\n".join(lines[:-1])
    if _text(hashlib.sha256(body.encode())) != lines[-1]:
        return "firmware not started: its list of checksums is damaged; flash it again"
    for line in lines[:-1]:
        path, expected = line.split(" ")
        try:
            found = _of_file(root + path)
        except OSError:
            found = ""
        if found != expected:
            return "firmware not started: %s is damaged or missing; flash it again" % path
    return None


def forget():
    """Give back the memory of this module: it has answered, and nobody asks again."""
    if sys.modules.pop(__name__, None):
        delattr(sys.modules["ghp"], "selfcheck")


def _of_file(path):
    piece = bytearray(_PIECE)
    view = memoryview(piece)
    total = hashlib.sha256()
    with open(path, "rb") as file:
        while True:
            count = file.readinto(piece)
            if not count:
                return _text(total)
            total.update(view[:count])


def _text(total):
    return binascii.hexlify(total.digest()).decode()
