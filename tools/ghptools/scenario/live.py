"""What a person sees while a scenario runs."""

import sys
import time

from ghptools.quantities import span


class Progress:
    """A plain line now and then, for pipes and logs.  `quiet`: nothing at all."""

    asked_to_stop = False

    def __init__(self, scenario, quiet=False, file=None):
        self._scenario = scenario
        self._quiet = quiet
        self._file = sys.stderr if file is None else file
        self.period_s = 5.0
        self._began = None

    def __enter__(self):
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_exc):
        return None

    def update(self, session):
        """Print how far it is."""
        if self._quiet:
            return
        real = time.perf_counter() - self._began
        done = session.time_s / self._scenario.duration_s
        if done <= 0.0 or real < 1.0:
            return
        left = real * (1.0 - done) / done
        print(
            f"{self._scenario.name}: {100 * done:3.0f} %, {span(int(session.time_s))} of {span(self._scenario.duration_s)}, "
            f"{session.time_s / real:.0f}x, {span(int(left) + 1)} left",
            file=self._file, flush=True,
        )  # fmt: skip
