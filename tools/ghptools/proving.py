"""What the long proofs share: jobs on several processes, a ledger that survives a kill, progress with the time left."""

import hashlib
import json
import multiprocessing
import os
import sys
import threading
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed

from ghptools import firmware_path, quantities

_ORPHAN_S = 2.0  # a worker looks this often whether anybody still waits for it
_LINE_S = 15.0  # distance of progress lines where there is no terminal


def complain(command, text):
    """Say in one sentence what is wrong with the input; returns exit code 2."""
    print(f"ghp {command}: {text}", file=sys.stderr)
    return 2


def each(function, jobs, workers):
    """Yield (key, function(argument)) of `jobs` {key: argument} as they are ready; `function` must be importable."""
    if workers <= 1 or len(jobs) <= 1:
        for key, argument in jobs.items():
            yield key, function(argument)
        return
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin, (os.getpid(),))
    try:
        running = {pool.submit(function, argument): key for key, argument in jobs.items()}
        for future in as_completed(running):
            yield running[future], future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(parent):
    """Make a worker ready; it leaves when the process that gives it work was killed."""
    firmware_path.ensure()
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent):
    while os.getppid() == parent:
        time.sleep(_ORPHAN_S)
    os._exit(1)


def guarded(function, *arguments):
    """Return function(*arguments), or a record that says why it `failed`: one broken job does not end a long proof."""
    try:
        return function(*arguments)
    except Exception as error:
        traceback.print_exc()
        return {"failed": f"{type(error).__name__}: {error}"}


def identity(firmware=None, **what):
    """Return what a record depends on: `firmware` (a folder; default the one in use) with the boards, machine model and
    judges, and `what` was asked."""
    return {
        "firmware": _hash(firmware or firmware_path.FIRMWARE, firmware_path.ROOT / "boards"),
        "tools": _hash(firmware_path.ROOT / "tools"),
        **what,
    }


def _hash(*folders):
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".toml", ".csv") and path.is_file():
                digest.update(f"{path.relative_to(folder)}\n".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class Ledger:
    """One JSON line per finished job in the file `path`, behind a first line that says what they depend on.

    records   {key: record} of earlier runs, when resumed and made by the same; a line cut by a kill is dropped, and
              so is a record that says `failed`: that job is done again
    foreign   what was other when there is something to resume from, in words; that file is left as it is

    OSError when the file cannot be written.  A ledger that is not resumed is kept beside the new one, as `.old.jsonl`.
    """

    def __init__(self, path, identity, resume):
        self.path = path
        self.records = {}
        self.foreign = ""
        self._file = None
        lines = _whole_lines(path.read_bytes()) if path.exists() else []
        if resume and lines:
            self.foreign = " and ".join(sorted(_changed(lines[0], identity)))
            if self.foreign:
                return
            self.records = {record["key"]: record for record in lines[1:] if "failed" not in record}
        path.parent.mkdir(parents=True, exist_ok=True)
        if lines and not resume:
            os.replace(path, path.with_suffix(".old.jsonl"))
        kept = [json.dumps(identity), *(json.dumps(record) for record in self.records.values())]
        part = path.with_suffix(".part")
        part.write_text("\n".join(kept) + "\n", encoding="utf-8")
        os.replace(part, path)
        self._file = path.open("a", encoding="utf-8")

    def add(self, key, record):
        """Keep the record of a finished job."""
        self.records[key] = {"key": key, **record}
        self._file.write(json.dumps(self.records[key], allow_nan=False) + "\n")
        self._file.flush()

    def close(self):
        """Close the file."""
        if self._file is not None:
            self._file.close()


def _whole_lines(data):
    """Return the JSON objects of `data` up to the first line that is none, which a kill cut."""
    found = []
    for raw in data.split(b"\n")[:-1]:  # what stands behind the last line's end was cut
        try:
            line = json.loads(raw)
        except ValueError:
            break
        if not isinstance(line, dict):
            break
        found.append(line)
    return found


def _changed(before, now):
    return {name for name in {*before, *now} if before.get(name) != now.get(name)}


class Progress:
    """A line on stderr: how much is done, what was found, how long it will take."""

    def __init__(self, name, total):
        self._name = name
        self._total = total
        self._done = 0.0
        self._from = time.monotonic()
        self._terminal = sys.stderr.isatty()
        self._shown = self._from

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        if self._terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def add(self, amount, note=""):
        """So much more is done."""
        self._done += amount
        now = time.monotonic()
        if not self._terminal and now - self._shown < _LINE_S:
            return
        self._shown = now
        text = f"{self._name}: {100.0 * self._done / self._total:.0f} %"
        left_s = (now - self._from) * (self._total - self._done) / self._done
        text += f", {quantities.span(round(left_s))} left" + (f", {note}" if note else "")
        print(
            f"\r\033[K{text}" if self._terminal else text,
            end="" if self._terminal else "\n",
            file=sys.stderr,
            flush=True,
        )
