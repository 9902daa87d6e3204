"""`ghp mutants`: plants known bugs in a copy of the firmware; scenarios and campaign runs must catch every one.

Exit codes: 0 all are caught and the healthy firmware passes the same runs, 1 not so, 2 bad input.
"""

import json
import os
import shutil
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ghptools import firmware_path, proving

FILE = Path(__file__).with_suffix(".toml")
SCENARIOS = firmware_path.ROOT / "scenarios"
HEALTHY = "the firmware as it is"


class MutantError(Exception):
    """A planted bug that cannot be planted; the text is one sentence."""


@dataclass(frozen=True)
class Mutant:
    """One planted bug: `old` becomes `new` in `file`; one of `scenarios` and one of the campaign's `seeds` must catch it."""

    name: str
    breaks: str
    file: str
    old: str
    new: str
    scenarios: tuple = ()
    seeds: tuple = ()

    @property
    def ways(self):
        """Lists of jobs for a worker, as `ghptools.campaign.worker` takes them; each must catch the bug."""
        by_scenario = [{"scenario": str(SCENARIOS / f"{name}.toml")} for name in self.scenarios]
        by_seed = [{"seed": seed} for seed in self.seeds]
        return [jobs for jobs in (by_scenario, by_seed) if jobs]

    def plant(self, folder):
        """Copy the firmware below `folder` with the bug in it; return the copy.  MutantError: it has moved on."""
        copy = snapshot(folder)
        path = copy / self.file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        count = text.count(self.old)
        if count != 1:
            raise MutantError(f"mutant '{self.name}': the old text stands {count} times in {self.file}, not once")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")
        return copy


def snapshot(folder):
    """Copy the firmware to `folder`/firmware; return that."""
    copy = Path(folder) / "firmware"
    shutil.copytree(firmware_path.FIRMWARE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def load(path=FILE):
    """Return the mutants of a file."""
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    return [Mutant(**{key: tuple(item) if isinstance(item, list) else item for key, item in row.items()}) for row in rows]


def add_parser(sub):
    """Register the subcommand."""
    parser = sub.add_parser("mutants", help="planted bugs that must be caught", description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes (default: all cores)")
    parser.add_argument("--only", action="append", default=[], metavar="WORD", help="mutants whose name contains it")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.set_defaults(run=run)


def run(args):
    """Try the mutants; returns the exit code."""
    found = [mutant for mutant in load() if not args.only or any(word in mutant.name for word in args.only)]
    if not found or args.jobs < 1:
        return proving.complain("mutants", "no such mutant, or --jobs below 1")
    try:
        rows = tried(found, args.jobs, lambda text: print(text, file=sys.stderr, flush=True))
    except MutantError as error:
        return proving.complain("mutants", error)
    print(json.dumps(rows, indent=2) if args.json else as_text(rows))
    return 0 if all(row["ok"] for row in rows) else 1


def tried(mutants, jobs, say=lambda _text: None):
    """Try every mutant and, first, the healthy firmware on all their runs; return a row for each."""
    with tempfile.TemporaryDirectory(prefix="ghp-mutants-") as folder, ThreadPoolExecutor(jobs) as threads:
        copies = [mutant.plant(Path(folder) / str(number)) for number, mutant in enumerate(mutants)]
        healthy = []
        for mutant in mutants:
            healthy += [job for jobs in mutant.ways for job in jobs if job not in healthy]
        share = [healthy[start::jobs] for start in range(min(jobs, len(healthy)))]
        passes = [threads.submit(_catches, snapshot(Path(folder) / f"healthy {n}"), part, True) for n, part in enumerate(share)]
        caught = [[threads.submit(_catches, copy, jobs) for jobs in mutant.ways] for copy, mutant in zip(copies, mutants, strict=True)]
        wrong = [line for future in passes for line in future.result()]
        rows = [{"name": HEALTHY, "breaks": "", "ok": not wrong, "caught": wrong, "runs": len(healthy)}]
        say(f"{HEALTHY}: {len(healthy)} runs, {'passes' if not wrong else '; '.join(wrong)}")
        for mutant, futures in zip(mutants, caught, strict=True):
            ways = [future.result() for future in futures]
            found = [lines[0] for lines in ways if lines]
            ok = len(found) == len(mutant.ways)
            say(f"{mutant.name}: {'caught' if ok else 'SURVIVES'}")
            runs = sum(len(jobs) for jobs in mutant.ways)
            rows.append({"name": mutant.name, "breaks": mutant.breaks, "ok": ok, "caught": found, "runs": runs})
    return rows


def _catches(firmware, jobs, to_the_end=False):
    """Return what the jobs find in `firmware`, one line each; unless `to_the_end`, those of the first that finds anything."""
    from ghptools.campaign import pool  # noqa: PLC0415

    found = []
    with pool.Pool(1, firmware) as workers:
        for job, answer in workers.run(iter(jobs)):
            name = Path(job["scenario"]).stem if "scenario" in job else f"seed {job['seed']}"
            reasons = [row["name"] for row in answer.get("violations", ())] or answer.get("caught") or []
            if "failed" in answer:
                reasons = [answer["failed"]]
            found += [f"{name}: {reason}" for reason in reasons]
            if found and not to_the_end:
                break
    return found


def as_text(rows):
    """Return the table for people."""
    width = max(len(row["name"]) for row in rows)
    lines = []
    for row in rows:
        by = ", ".join(row["caught"])
        if row["name"] == HEALTHY:
            told = f"passes all {row['runs']} runs" if row["ok"] else f"FAILS {by}"
        elif row["ok"]:
            told = f"caught by {by}"
        else:
            told = f"SURVIVES: {row['breaks']}" + (f" (only caught by {by})" if by else "")
        lines.append(f"{row['name']:<{width}}  {told}")
    survivors = sum(not row["ok"] for row in rows[1:])
    lines.append(f"{len(rows) - 1} mutants, {survivors} survive")
    return "\n".join(lines)
