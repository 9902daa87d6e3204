"""Long-lived worker processes, each with its own firmware: jobs go in, answers come out as they are ready."""

import json
import os
import selectors
import subprocess
import sys


class Pool:
    """`count` workers.

    firmware  folder for GHP_FIRMWARE, None for what this process uses
    """

    def __init__(self, count, firmware=None):
        self._environ = dict(os.environ)
        if firmware is not None:
            self._environ["GHP_FIRMWARE"] = str(firmware)
        self._count = count
        self._workers = {}  # process -> its job, None while idle
        self._selector = selectors.DefaultSelector()

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        for process in self._workers:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
        self._selector.close()

    def _start(self):
        words = [sys.executable, "-m", "ghptools.campaign.worker"]
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self._environ, text=True, bufsize=1
        )
        self._workers[process] = None
        self._selector.register(process.stdout, selectors.EVENT_READ, process)
        return process

    def _give(self, process, job):
        self._workers[process] = job
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()

    def run(self, jobs, timeout_s=None):
        """Yield (job, answer) for an iterable of jobs, in the order in which they end; None after `timeout_s` idle.

        A worker that dies answers {"failed": ...} for its job and is replaced.
        """
        jobs = iter(jobs)
        job = next(jobs, None)
        while job is not None or any(busy is not None for busy in self._workers.values()):
            while job is not None:
                idle = next((process for process, busy in self._workers.items() if busy is None), None)
                if idle is None and len(self._workers) >= self._count:
                    break
                self._give(idle or self._start(), job)
                job = next(jobs, None)
            ready = self._selector.select(timeout_s)
            if not ready:
                yield None
            for key, _ in ready:
                yield self._take(key.data)

    def _take(self, process):
        line = process.stdout.readline()
        job = self._workers[process]
        if line:
            self._workers[process] = None
            return job, json.loads(line)
        self._selector.unregister(process.stdout)
        del self._workers[process]
        code = process.wait()
        process.stdin.close()
        process.stdout.close()
        return job, {**job, "failed": f"its process ended with code {code}"}
