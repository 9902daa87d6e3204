"""What is broken just now, and for how long that excuses.  For `run.faulted`, which relaxes two invariants."""

RECOVERS_MS = 600_000  # of pressures and flows, after the last thing was mended


class Trouble:
    """What timeline entries broke and have not mended yet, by name."""

    def __init__(self):
        self._broken = set()
        self._until_ms = 0

    def breaks(self, name):
        """`name` is broken from now on."""
        self._broken.add(name)

    def mended(self, name):
        """`name` is whole again; a name that never broke is no matter."""
        self._broken.discard(name)

    def all_mended(self, kept=()):
        """Everything is whole again but the names in `kept`."""
        self._broken.intersection_update(kept)

    def shaken(self, now_ms):
        """Something happened that is over at once: a power cut, a reset."""
        self._until_ms = max(self._until_ms, now_ms + RECOVERS_MS)

    def excuses(self, now_ms):
        """Return True while something is broken and for RECOVERS_MS after; to be asked at every exchange."""
        if self._broken:
            self.shaken(now_ms)
        return now_ms < self._until_ms
