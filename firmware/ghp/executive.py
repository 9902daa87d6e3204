"""The cyclic executive: every task in its period, its time measured, the watchdog fed when all have run.

No task waits.  Tasks are tried in table order; one that is late keeps its rhythm (missed periods are
counted, not made up).  The clock is handed in, so a simulated day runs as fast as the host can.
"""

from ghp.ticks import ticks_add, ticks_diff


class Task:
    """One row of the task table and its record.

    name        shown to people
    period_ms   nominal distance of two runs
    budget_us   time one run may take; a longer one is an overrun
    run         callable(now_ms)
    """

    def __init__(self, name, period_ms, budget_us, run):
        self.name = name
        self.period_ms = period_ms
        self.budget_us = budget_us
        self.run = run
        self.due_ms = 0
        self.runs = 0
        self.overruns = 0
        self.missed = 0
        self.last_us = 0
        self.worst_us = 0
        self.failures = 0
        self.checked_in = False


class Executive:
    """Runs a fixed list of tasks.

    clock       object with ticks_ms(), ticks_us(), sleep_ms(n)
    feed        callable() that feeds the watchdog; called only when every task has run since the last feed
    on_failure  callable(task, exception): a task raised.  It decides the stop class; the executive only
                withholds that task's check-in.
    """

    def __init__(self, clock, feed, on_failure):
        self._clock = clock
        self._feed = feed
        self._on_failure = on_failure
        self.tasks = []
        self.feeds = 0

    def add(self, name, period_ms, budget_us, run):
        """Append a task; the first run is due at once.  Returns the task."""
        task = Task(name, period_ms, budget_us, run)
        task.due_ms = self._clock.ticks_ms()
        self.tasks.append(task)
        return task

    def run_due(self):
        """Run every task that is due, feed the watchdog if all have checked in.

        Returns the milliseconds until the next task is due (0 if one already is).
        """
        clock = self._clock
        wait_ms = 1000
        all_in = True
        for task in self.tasks:
            late_ms = ticks_diff(clock.ticks_ms(), task.due_ms)
            if late_ms >= 0:
                self._run(task, clock)
                period_ms = task.period_ms
                if late_ms >= period_ms:
                    periods = late_ms // period_ms
                    task.missed += periods
                    task.due_ms = ticks_add(task.due_ms, (periods + 1) * period_ms)
                else:
                    task.due_ms = ticks_add(task.due_ms, period_ms)
            until_ms = ticks_diff(task.due_ms, clock.ticks_ms())
            wait_ms = min(wait_ms, until_ms)
            if not task.checked_in:
                all_in = False
        if all_in:
            for task in self.tasks:
                task.checked_in = False
            self.feeds += 1
            self._feed()
        return wait_ms if wait_ms > 0 else 0

    def _run(self, task, clock):
        started_us = clock.ticks_us()
        try:
            task.run(clock.ticks_ms())
            task.checked_in = True
        except Exception as error:  # a fault in one task must reach the stop logic, not end the scan
            task.failures += 1
            task.checked_in = False
            self._on_failure(task, error)
        took_us = ticks_diff(clock.ticks_us(), started_us)
        task.runs += 1
        task.last_us = took_us
        task.worst_us = max(task.worst_us, took_us)
        if took_us > task.budget_us:
            task.overruns += 1
