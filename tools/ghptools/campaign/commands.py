"""`ghp campaign`: hundreds of drawn runs with drawn faults; every violation comes with the command that replays it.

Exit codes: 0 nothing was violated, 1 something was, 2 bad input.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from ghptools import firmware_path, proving, quantities

_OUT = "build/campaign"
_TOLD_S = 30.0  # without a terminal: a line of progress this often


def add_parser(sub):
    """Register the subcommand."""
    parser = sub.add_parser("campaign", help="drawn runs with drawn faults", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=600, help="how many runs (default 600: in more than 500 of them a fault comes)")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="seed of the first (default 1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: all cores)")
    parser.add_argument("--minutes", type=float, metavar="M", help="begin no run after this time")
    again = parser.add_mutually_exclusive_group()
    again.add_argument("--resume", action="store_true", help="go on with an earlier campaign, or refuse if it was another's")
    again.add_argument("--fresh", action="store_true", help="begin anew (default: go on if nothing has changed)")
    parser.add_argument("--out", default=_OUT, metavar="DIR", help=f"where runs are kept (default {_OUT})")
    parser.add_argument("--json", action="store_true", help="the result, machine-readable, on stdout")
    parser.add_argument("--seed", type=int, metavar="N", help="this run alone, again")
    parser.add_argument("--print", action="store_true", help="with --seed: its scenario file instead of running it")
    parser.set_defaults(run=run)


def run(args):
    """Run the campaign, or one run of it; returns the exit code."""
    complaint = _complaint(args)
    if complaint:
        return proving.complain("campaign", complaint)
    return _one(args) if args.seed is not None else _many(args)


def _complaint(args):
    if args.runs < 1 or args.jobs < 1 or args.first < 0 or (args.seed is not None and args.seed < 0):
        return "--runs and --jobs must be at least 1, seeds at least 0"
    if args.minutes is not None and not args.minutes > 0:
        return "--minutes must be more than 0"
    if args.print and args.seed is None:
        return "--print goes with --seed"
    return None


def _one(args):
    from ghptools.campaign import draw, judge, summary  # noqa: PLC0415  these load numba

    drawn = draw.Run(args.seed)
    if args.print:
        print(drawn.text, end="")
        return 0
    record = judge.judge(drawn)
    if args.json:
        print(json.dumps(record, indent=2, allow_nan=False))
    else:
        print(summary.as_text(summary.summary([record], record["real_s"])))
    return 1 if summary.bad(record) else 0


def _many(args):
    from ghptools.campaign import draw, summary  # noqa: PLC0415

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ghp-campaign-") as folder:
        # A snapshot, so that all runs are of one firmware, whatever is edited meanwhile.
        firmware = Path(folder) / "firmware"
        shutil.copytree(firmware_path.FIRMWARE, firmware, ignore=shutil.ignore_patterns("__pycache__"))
        path = Path(args.out) / "runs.jsonl"
        made_by = proving.identity(firmware, campaign=draw.VERSION)
        try:
            book = proving.Ledger(path, made_by, not args.fresh)
            if book.foreign:
                what = f"another {book.foreign} than in {path}"
                if args.resume:
                    return proving.complain("campaign", f"{what}: nothing to resume")
                print(f"{what}: begins anew", file=sys.stderr)
                book = proving.Ledger(path, made_by, False)
        except OSError as error:
            return proving.complain("campaign", f"{args.out} cannot be written: {error.strerror}")
        seeds = range(args.first, args.first + args.runs)
        todo = [draw.Run(seed) for seed in seeds if seed not in book.records]
        stopped = False
        progress = Progress(len(seeds), todo, [book.records[seed] for seed in seeds if seed in book.records])
        try:
            _work(args, firmware, todo, book, progress)
        except KeyboardInterrupt:
            stopped = True
            print("\nstopped by hand; the next call goes on", file=sys.stderr)
        finally:
            progress.end()
            book.close()
    records = [book.records[seed] for seed in seeds if seed in book.records]
    data = summary.summary(records, time.monotonic() - began)
    data["asked"] = len(seeds)
    (Path(args.out) / "summary.json").write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(data, indent=2) if args.json else summary.as_text(data))
    return 1 if data["violations"] else 130 if stopped else 0


def _work(args, firmware, todo, book, progress):
    from ghptools.campaign import pool, summary  # noqa: PLC0415

    ends = None if args.minutes is None else time.monotonic() + 60.0 * args.minutes

    def jobs():
        for drawn in todo:
            if ends is not None and time.monotonic() >= ends:
                return
            yield {"seed": drawn.seed}

    with pool.Pool(args.jobs, firmware) as workers:
        for _job, record in workers.run(jobs()):
            book.add(record["seed"], record)
            progress.ran(record)
            if summary.bad(record):
                progress.say(summary.sentences(summary.told(record)))


class Progress:
    """One line on stderr: runs, violations, time left."""

    def __init__(self, total, todo, done):
        from ghptools.campaign import summary  # noqa: PLC0415

        self._bad = summary.bad
        self._total = total
        self._count = len(done)
        self._violations = sum(map(summary.bad, done))
        self._left_s = sum(drawn.duration_s for drawn in todo)
        self._virtual_s = 0.0
        self._began = self._told = time.monotonic()
        self._live = sys.stderr.isatty()
        if done:
            self.say([f"{len(done)} runs are there already"])

    def ran(self, record):
        """Count one run."""
        self._count += 1
        self._violations += self._bad(record)
        virtual_s = record.get("virtual_s", 0.0)
        self._left_s -= virtual_s
        self._virtual_s += virtual_s
        now = time.monotonic()
        if self._live or now - self._told >= _TOLD_S:
            self._told = now
            print(("\r\x1b[K" if self._live else "") + self._text(now), end="" if self._live else "\n", file=sys.stderr, flush=True)

    def _text(self, now):
        took = now - self._began
        left = self._left_s * took / self._virtual_s if self._virtual_s else 0.0
        return (
            f"{self._count} of {self._total} runs, {self._violations} with violations, "
            f"{self._virtual_s / max(took, 1e-3):.0f}x real time, {quantities.span(round(left))} left"
        )

    def say(self, lines):
        """Print lines that stay."""
        print("".join(("\r\x1b[K" if self._live else "") + line + "\n" for line in lines), end="", file=sys.stderr, flush=True)

    def end(self):
        """Leave the line."""
        if self._live:
            print(file=sys.stderr)
