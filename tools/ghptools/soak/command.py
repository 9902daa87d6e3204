"""`ghp soak`: N ordinary days over several processes, resumable, and what came of them."""

import json
from pathlib import Path

from ghptools import firmware_path, proving, quantities

FOLDER = firmware_path.ROOT / "build" / "soak"
ALARMS_A_DAY = 1.0
_VM_EVERY = 10  # of so many days one runs in the MicroPython VM, where memory is real
_VM_PLACE = 4
_ALL_DAYS = 29.9  # so many days see everything that an ordinary year has
_TELLS_MEMORY_S = 3600.0
_MEMORY_SLACK = 2048  # bytes; half of that on the board, whose words are half as long


def add_parser(sub):
    """Register the subcommand."""
    parser = sub.add_parser(
        "soak", help="ordinary days without a fault: nothing may trip", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--days", type=int, default=30, help="how many, spread over a year (default 30)")
    parser.add_argument("--seed", type=int, default=1, help="of weather, building and people (default 1)")
    parser.add_argument("--hours", type=float, default=24.0, help="how much of each day, from midnight (default 24)")
    parser.add_argument("--on", choices=("both", "cpython", "micropython"), default="both",
                        help="both: every tenth day in the MicroPython VM (default)")  # fmt: skip
    parser.add_argument("--resume", action="store_true", help="go on where the last run was stopped")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.set_defaults(run=run)


def run(args):
    """Soak; 0 nothing tripped and every limit was kept, 1 otherwise, 2 bad input."""
    if args.days < 1 or not 0.1 <= args.hours <= 24.0 or args.seed < 0:
        return proving.complain("soak", "--days is 1 or more, --hours 0.1 to 24, --seed 0 or more")
    folder = FOLDER / f"seed-{args.seed}-of-{args.days}"
    made_by = proving.identity(days=args.days, seed=args.seed, hours=args.hours, on=args.on, version=_version())
    ledger = proving.Ledger(folder / "days.jsonl", made_by, args.resume)
    if ledger.foreign:
        return proving.complain("soak", f"another {ledger.foreign} than in {ledger.path}; run without --resume")
    jobs = {}
    for number in range(args.days):
        if number not in ledger.records:
            jobs[number] = (str(write(args.seed, number, args.days, args.hours, folder)), interpreter(number, args))
    with proving.Progress("soak", max(len(jobs), 1)) as progress:
        try:
            for number, record in proving.each(work, jobs, args.workers):
                ledger.add(number, record)
                progress.add(1, f"{sum(len(r.get('trips', ())) for r in ledger.records.values())} trips")
        finally:
            ledger.close()
    report = summary([ledger.records[number] for number in sorted(ledger.records)])
    print(json.dumps(report, indent=2) if args.json else text(report))
    return 0 if report["ok"] else 1


def _version():
    from ghptools.soak import day  # noqa: PLC0415

    return day.VERSION


def interpreter(number, args):
    """Return who runs day `number`."""
    if args.on != "both":
        return args.on
    return "micropython" if number % _VM_EVERY == _VM_PLACE else "cpython"


def write(seed, number, days, hours, folder):
    """Write the files of a day; return the scenario's path."""
    from ghptools.soak.day import Day  # noqa: PLC0415

    day = Day(seed, number, days, hours)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{day.name}.csv").write_text(day.weather, encoding="utf-8")
    path = folder / f"{day.name}.toml"
    path.write_text(day.scenario, encoding="utf-8")
    return path


def work(job):
    """Run one day: (path, interpreter) to its record."""
    from ghptools.soak import judge  # noqa: PLC0415  loads numba

    return {"scenario": job[0], **proving.guarded(judge.judge, Path(job[0]), job[1])}


def summary(records):
    """Return what the days come to, plain data; `ok` and `faults` say whether and why not."""
    faults = []
    for record in records:
        name = Path(record["scenario"]).stem
        if "failed" in record:
            faults.append(f"{name}: {record['failed']}")
            continue
        faults += [f"{name}: tripped by {key} at {quantities.span(t)}" for t, key in record["trips"]]
        faults += [f"{name}: invariant {what} broke at {quantities.span(t)}" for what, t in record["invariants"]]
        if record["overruns"]:
            faults.append(f"{name}: {record['overruns']} overruns")
        if not record["starts"]:
            faults.append(f"{name}: the engine never started")
        if record["interpreter"] == "micropython" and record["memory"] is None and record["virtual_s"] >= _TELLS_MEMORY_S:
            faults.append(f"{name}: nobody knows its free memory")
        if record["memory"] and fallen(record["memory"]) > 0:
            first, last, _ = record["memory"]
            faults.append(f"{name}: free memory fell from {first} to {last} bytes")
    whole = [record for record in records if "failed" not in record]
    days = sum(record["virtual_s"] for record in whole) / 86400.0
    alarms = [key for record in whole for _, key in record["alarms"]]
    rate = len(alarms) / days if days else 0.0
    if rate > ALARMS_A_DAY:
        faults.append(f"{rate:.2f} alarms a day")
    if days >= _ALL_DAYS:
        faults += [f"no {what} in all these days" for what in ("changeovers", "defrosts", "chilling_h") if not any(r[what] for r in whole)]
    farthest, chilled = _farthest(whole, "worst_k"), _farthest(whole, "chilled_worst_k")
    above = [record["above_k"] for record in whole if record["above_k"] is not None]
    memories = [record["memory"] for record in whole if record["memory"]]
    return {
        "ok": not faults,
        "faults": faults,
        "days": round(days, 2),
        "trips": sum(len(record["trips"]) for record in whole),
        "alarms_a_day": round(rate, 3),
        "alarms": {key: alarms.count(key) for key in sorted(set(alarms))},
        "starts_a_day": round(sum(record["starts"] for record in whole) / days, 1) if days else None,
        "most_starts": max((record["starts"] for record in whole), default=0),
        "run_share": round(sum(record["run_share"] for record in whole) / len(whole), 3) if whole else None,
        "chilling_days": sum(record["chilling_h"] > 0 for record in whole),
        "chilling_h": round(sum(record["chilling_h"] for record in whole), 1),
        "changeovers": sum(record["changeovers"] for record in whole),
        "most_changeovers": max((record["changeovers"] for record in whole), default=0),
        "defrosts": sum(record["defrosts"] for record in whole),
        "ambient_c": [min(r["ambient_c"][0] for r in whole), max(r["ambient_c"][1] for r in whole)] if whole else None,
        "worst_k": farthest and farthest["worst_k"],
        "worst_day": farthest and Path(farthest["scenario"]).stem,
        "above_k": max(above, default=None),
        "chilled_worst_k": chilled and chilled["chilled_worst_k"],
        "chilled_worst_day": chilled and Path(chilled["scenario"]).stem,
        "memory_days": len(memories),
        "memory_fell": max((first - last for first, last, _ in memories), default=None),
    }


def _farthest(records, key):
    """Return the record whose distance `key` is the longest, None where none has any."""
    return max((r for r in records if r[key] is not None), key=lambda record: abs(record[key]), default=None)


def fallen(memory):
    """Return by how many bytes free memory fell beyond its noise, 0 for none."""
    first, last, noise = memory
    return max(0, first - last - noise - _MEMORY_SLACK)


def text(report):
    """Return the report for people."""
    if report["ambient_c"] is None:
        return "\n".join(["no day came to its end", *(f"  {fault}" for fault in report["faults"])])
    low, high = (quantities.show(value, "c", "F", 0) for value in report["ambient_c"])
    kinds = ", ".join(f"{key} {count}" for key, count in report["alarms"].items())
    rows = [
        ("trips", f"{report['trips']}"),
        ("alarms a day", f"{report['alarms_a_day']:g}" + (f"  ({kinds})" if kinds else "")),
        ("starts a day", f"{report['starts_a_day']:g}, most {report['most_starts']}"),
        ("running", f"{100 * report['run_share']:.0f} % of the time"),
        ("chilling", f"{report['chilling_h']:g} h, on {report['chilling_days']} of the days"),
        ("changeovers", f"{report['changeovers']}, most {report['most_changeovers']} on a day"),
        ("defrosts", f"{report['defrosts']}"),
    ]
    if report["worst_k"] is not None:
        far = quantities.show(report["worst_k"], "k", "F", 2)
        rows.append(("off the set point, settled", f"{far} at most, on {report['worst_day']}"))
    if report["above_k"] is not None:
        rows.append(("over it, cycling too", f"{quantities.show(report['above_k'], 'k', 'F', 2)} at most"))
    if report["chilled_worst_k"] is not None:
        far = quantities.show(report["chilled_worst_k"], "k", "F", 2)
        rows.append(("the same of chilled water", f"{far} at most, on {report['chilled_worst_day']}"))
    if report["memory_days"]:
        fell = f"fell by {report['memory_fell']} bytes at most"
        rows.append(("free memory", f"{fell}, {report['memory_days']} days in MicroPython"))
    lines = [f"{report['days']:g} days between {low} and {high}"]
    lines += [f"  {label:<27} {value}" for label, value in rows]
    lines += [f"  NOT  {fault}" for fault in report["faults"]]
    lines.append("nothing tripped" if report["ok"] else "NOT met")
    return "\n".join(lines)
