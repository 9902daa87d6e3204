"""Random draws that are the same on every machine and under every Python.

Only `random.Random(text).random()` is used: Python promises to keep that sequence; its other methods may change.
"""

import math
import random


class Dice:
    """Draws from the sequence that `name` stands for."""

    def __init__(self, name):
        self._random = random.Random(name).random

    def chance(self, probability):
        """True with this probability."""
        return self._random() < probability

    def between(self, low, high, digits=1):
        """Return a number from low to high, rounded."""
        return round(low + (high - low) * self._random(), digits)

    def ratio(self, low, high, digits=2):
        """The same, each decade as likely as the other; both above 0."""
        return round(math.exp(math.log(low) + math.log(high / low) * self._random()), digits)

    def whole(self, low, high):
        """Return a whole number from low to high."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, items):
        """Return one of `items`."""
        return items[int(self._random() * len(items))]

    def weighted(self, items):
        """Return one of the keys of `items` {key: weight}."""
        mark = self._random() * sum(items.values())
        for key, weight in items.items():  # noqa: B007
            mark -= weight
            if mark < 0:
                break
        return key
