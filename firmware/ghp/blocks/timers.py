"""Timers on proven conditions.  All times are integer milliseconds; `now_ms` is an argument."""

from ghp.ticks import ticks_add, ticks_diff

LONG_MS = 1 << 28  # 3.1 days: an age is kept at this, because a difference of ticks turns negative at 6.2 days


class OnDelay:
    """True once the condition has been true for `delay_ms` without a break."""

    def __init__(self, delay_ms):
        self.delay_ms = delay_ms
        self._since = None

    def update(self, condition, now_ms):
        """Judge `condition` now; return the delayed result."""
        if not condition:
            self._since = None
            return False
        since = self._since
        if since is None:
            self._since = since = now_ms
        age_ms = ticks_diff(now_ms, since)
        if age_ms < 0 or age_ms > LONG_MS:  # negative: nobody has asked for more than 6.2 days
            self._since = ticks_add(now_ms, -LONG_MS)
            age_ms = LONG_MS
        return age_ms >= self.delay_ms

    def elapsed_ms(self, now_ms):
        """Return how long the condition has been true (0 while false), saturating at LONG_MS."""
        if self._since is None:
            return 0
        age_ms = ticks_diff(now_ms, self._since)
        return age_ms if 0 <= age_ms < LONG_MS else LONG_MS

    def reset(self):
        """Forget the condition's past."""
        self._since = None


class Stopwatch:
    """Seconds and milliseconds since an event that may be many days back.

    `tick` must be called at least every few days; the age saturates at 2**29 ms (6.2 days) instead of wrapping, and a
    difference that has turned negative is such an age as well.
    """

    LIMIT_MS = 1 << 29

    def __init__(self, started=False):
        self.age_ms = 0 if started else self.LIMIT_MS
        self._at = None

    def start(self, now_ms):
        """The event is now."""
        self.age_ms = 0
        self._at = now_ms

    def tick(self, now_ms):
        """Let time pass; return the age in ms."""
        age_ms = self.age_ms
        if self._at is not None and age_ms < self.LIMIT_MS:
            passed_ms = ticks_diff(now_ms, self._at)
            age_ms += passed_ms
            if passed_ms < 0 or age_ms > self.LIMIT_MS:
                age_ms = self.LIMIT_MS
            self.age_ms = age_ms
        self._at = now_ms
        return age_ms
