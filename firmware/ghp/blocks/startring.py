"""Rationing of starts.  A shortest run and a shortest rest do not bound the starts per hour; a ring does."""

from ghp.ticks import ticks_diff

HOUR_MS = 3600000


class StartRing:
    """The ages of the last starts, against a limit per rolling hour.

    capacity   most starts in any hour the ring can be asked to hold (ages beyond an hour are forgotten)
    ages_ms    of the starts, newest first, HOUR_MS for none
    """

    def __init__(self, capacity):
        self.ages_ms = [HOUR_MS] * capacity
        self._at = None

    def tick(self, now_ms):
        """Let time pass; call at least every few hours."""
        if self._at is not None:
            passed_ms = ticks_diff(now_ms, self._at)
            ages = self.ages_ms
            for index in range(len(ages)):
                if ages[index] < HOUR_MS:
                    age_ms = ages[index] + passed_ms
                    ages[index] = age_ms if age_ms < HOUR_MS else HOUR_MS
        self._at = now_ms

    def note(self, now_ms):
        """A start happened now."""
        self.tick(now_ms)
        ages = self.ages_ms
        for index in range(len(ages) - 1, 0, -1):
            ages[index] = ages[index - 1]
        ages[0] = 0

    def restore(self, ages_ms):
        """Take over ages that were kept: those of before join what has happened since."""
        ages = sorted(self.ages_ms + [min(age_ms, HOUR_MS) for age_ms in ages_ms])
        self.ages_ms[:] = ages[: len(self.ages_ms)]

    def in_last_hour(self):
        """Return the number of starts in the last hour."""
        return sum([1 for age_ms in self.ages_ms if age_ms < HOUR_MS])

    def wait_ms(self, limit):
        """Return how long until another start keeps within `limit` starts an hour (0: now)."""
        return HOUR_MS - self.ages_ms[limit - 1] if limit <= len(self.ages_ms) else 0
