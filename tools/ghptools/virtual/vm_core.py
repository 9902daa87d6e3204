"""One processor core for a host and its VM, which never run at the same time.

Handing one core to and fro costs about 10 us an exchange; waking the other process on a sleeping second core
costs eight times that.  A core is claimed through a lock file, so that two virtual boards take two cores; when
all are taken, or the system has no such calls, nothing is bound.
"""

import contextlib
import os
import tempfile

try:
    import fcntl
except ImportError:  # pragma: no cover - not on the systems that have the interpreter
    fcntl = None


class SharedCore:
    """Bind the calling thread and a child process to one core between `claim` and `release`."""

    def __init__(self):
        self._lock = None
        self._before = None
        self._pid = None
        self.core = None

    def claim(self, pid):
        """Bind this thread and process `pid`; a second call binds another process to the same core."""
        if not hasattr(os, "sched_setaffinity") or fcntl is None:
            return
        if self.core is None and not self._take():
            return
        self._pid = pid
        with contextlib.suppress(OSError):
            os.sched_setaffinity(pid, (self.core,))

    def _take(self):
        before = os.sched_getaffinity(0)
        if len(before) < 2:
            return False
        for core in sorted(before):
            path = os.path.join(tempfile.gettempdir(), f"ghp-core-{os.getuid()}-{core}.lock")
            try:
                lock = open(path, "w")  # noqa: SIM115  held until release
            except OSError:
                return False
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.close()
                continue
            os.sched_setaffinity(0, (core,))
            self._lock, self._before, self.core = lock, before, core
            return True
        return False

    def release(self):
        """Give the core back and let this thread run where it could before."""
        if self.core is None:
            return
        os.sched_setaffinity(0, self._before)
        with contextlib.suppress(OSError):  # the process may be gone
            os.sched_setaffinity(self._pid, self._before)
        self._lock.close()
        self._lock = self._before = self._pid = self.core = None
