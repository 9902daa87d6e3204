"""The scans keep their time, or somebody is told.

One late scan is a nuisance (a knock on the supply, a person's command); late again and again, every protection waits
longer than it says.  Each slow scan in which fast or slow ran over its budget or missed its turn is a mark; a mark
fades in ten seconds.  Five marks raise `task_overrun`, none are left when it clears.
"""

from micropython import const

from ghp.protection.monitor import SLOW

_MANY = const(5)
_MOST = const(12)  # so that it clears within two minutes, however bad it was
_FADES = const(20)  # slow scans of 0.5 s


class Tempo:
    """tasks: those of the executive that protect.  `update` once per slow scan."""

    def __init__(self, tasks, monitor):
        self._tasks = tasks
        self._monitor = monitor
        self._alarm = monitor.place("task_overrun")
        self._seen = 0
        self._calm = 0
        self.marks = 0

    def update(self, now_ms):
        """Count and judge."""
        total = 0
        for task in self._tasks:
            total += task.overruns + task.missed
        if total != self._seen:
            self._seen = total
            self._calm = 0
            if self.marks < _MOST:
                self.marks += 1
        elif self.marks:
            self._calm += 1
            if self._calm >= _FADES:
                self._calm = 0
                self.marks -= 1
        standing = self.marks > 0 if self._monitor.active(self._alarm) else self.marks >= _MANY
        self._monitor.judge(self._alarm, standing, now_ms, SLOW)
