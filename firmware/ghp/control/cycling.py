"""Rationing of starts: rest after a stop, distance of starts, starts in a rolling hour, shortest run.

No timer knows of requests: only a starter that engaged, an engine that fired and an engine that came to rest
are noted, so a refused or withdrawn request cannot restart anything.
"""

from micropython import const

from ghp.blocks.startring import StartRing
from ghp.blocks.timers import Stopwatch

_RING = const(8)  # starts remembered; starts_per_hour is at most 6
_FAILURE_REST_MS = const(180000)  # pressures, pickup and plugs settle after a stall or a failed start
_DIVIDE = const(10)  # half a second is fine enough for these times


class Cycling:
    """`update` once per fast scan.

    Power-up counts as a stop; what else happened before it is told by `restore`.

    ring   of the starts
    """

    def __init__(self, settings):
        self._settings = settings
        self._stop = Stopwatch(started=True)
        self._start = Stopwatch()
        self._fired = Stopwatch()
        self._failure = Stopwatch()
        self.ring = StartRing(_RING)
        self._scan = 0
        self._stop_to_start_ms = 0
        self._start_to_start_ms = 0
        self._min_run_ms = 0
        self._per_hour = 1
        self.configure()

    def configure(self):
        """Take over the settings."""
        settings = self._settings
        self._stop_to_start_ms = settings.stop_to_start_s * 1000
        self._start_to_start_ms = settings.start_to_start_s * 1000
        self._min_run_ms = settings.min_run_s * 1000
        self._per_hour = settings.starts_per_hour

    def update(self, now_ms):
        """Let time pass."""
        self._scan += 1
        if self._scan >= _DIVIDE:
            self._scan = 0
            self._stop.tick(now_ms)
            self._start.tick(now_ms)
            self._fired.tick(now_ms)
            self._failure.tick(now_ms)
            self.ring.tick(now_ms)

    def note_start(self, now_ms):
        """The starter engaged for the first attempt of a start."""
        self._start.start(now_ms)
        self.ring.note(now_ms)

    def note_fired(self, now_ms):
        """The engine runs by itself: the shortest run counts from here."""
        self._fired.start(now_ms)

    def note_stop(self, now_ms):
        """A start or a run has ended."""
        self._stop.start(now_ms)

    def note_failure(self, now_ms):
        """The engine stopped by itself, did not start, or its pickup was lost."""
        self._failure.start(now_ms)

    def failure_ms(self):
        """Return how long ago the engine last failed."""
        return self._failure.age_ms

    def restore(self, failure_ms, beginning, passed_ms):
        """Take over what was kept besides the ring; beginning: `passed_ms` ago a start was about to begin."""
        if beginning:
            self.ring.restore([passed_ms])
        self._failure.age_ms = min(self._failure.age_ms, failure_ms)
        self._start.age_ms = min(self._start.age_ms, self.ring.ages_ms[0])

    def may_start(self):
        """Return whether every timer permits a start now."""
        return (
            self._stop.age_ms >= self._stop_to_start_ms
            and self._start.age_ms >= self._start_to_start_ms
            and self._failure.age_ms >= _FAILURE_REST_MS
            and self.ring.wait_ms(self._per_hour) <= 0
        )

    def min_run_over(self):
        """Return whether a stop by temperature is permitted now."""
        return self._fired.age_ms >= self._min_run_ms

    def min_run_left_s(self):
        """Return the seconds until `min_run_over`."""
        left_ms = self._min_run_ms - self._fired.age_ms
        return (left_ms + 999) // 1000 if left_ms > 0 else 0

    def starts_in_hour(self):
        """Return the starts of the last hour."""
        return self.ring.in_last_hour()

    def wait_s(self):
        """Return the seconds until `may_start`, by time alone."""
        wait_ms = 0
        for left_ms in (
            self._stop_to_start_ms - self._stop.age_ms,
            self._start_to_start_ms - self._start.age_ms,
            _FAILURE_REST_MS - self._failure.age_ms,
            self.ring.wait_ms(self._per_hour),
        ):
            wait_ms = max(wait_ms, left_ms)
        return (wait_ms + 999) // 1000

    def reasons(self, add):
        """Tell every timer that forbids a start now: add(rank, text, seconds left, value or None)."""
        for text, left_ms in (
            ("Resting after the last stop", self._stop_to_start_ms - self._stop.age_ms),
            ("Too soon after the last start", self._start_to_start_ms - self._start.age_ms),
            ("Resting after a failed start or a stall", _FAILURE_REST_MS - self._failure.age_ms),
        ):
            if left_ms > 0:
                add(1, text, (left_ms + 999) // 1000, None)
        left_ms = self.ring.wait_ms(self._per_hour)
        if left_ms > 0:
            used = "%d of %d" % (self.starts_in_hour(), self._per_hour)
            add(1, "Starts of this hour are used up", (left_ms + 999) // 1000, used)
