"""What all chips on a bus share: a name, an error count and the manners of asking again."""

from micropython import const

_MISSES_BEFORE_REST = const(3)
_REST_CALLS = const(9)


class Chip:
    """A chip that may stop answering.

    name    for people, and for the simulation's injections
    errors  misses since power-up
    ok      the last exchange succeeded
    """

    # of the class, for those that no fast scan asks: while they answer they need none of their own
    errors = 0
    _misses = 0
    _rest = 0

    def __init__(self, name, fast=True):
        self.name = name
        self.ok = False
        if fast:
            self.errors = self._misses = self._rest = 0

    def _resting(self):
        """Return True while the chip is left alone: a dead bus must not eat the scan with time-outs."""
        if self._rest > 0:
            self._rest -= 1
            return True
        return False

    def _missed(self):
        self.errors += 1
        self.ok = False
        self._misses += 1
        if self._misses >= _MISSES_BEFORE_REST:
            self._rest = _REST_CALLS

    def _answered(self):
        self.ok = True
        if self._misses:
            self._misses = 0
