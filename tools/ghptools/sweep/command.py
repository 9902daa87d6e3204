"""`ghp sweep`: every input dead in every state, over several processes, resumable, and what came of it."""

import json

from ghptools import firmware_path, proving

TOGETHER = 40  # cases at most of one run to their states: a killed sweep loses them
FOLDER = firmware_path.ROOT / "build" / "sweep"


def add_parser(sub):
    """Register the subcommand."""
    parser = sub.add_parser(
        "sweep", help="every input dead in every state: a defined end", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--only", metavar="TEXT", default="", help="cases whose name contains this: 'leaving_water', '@ 12 ', 'defrost:'"
    )
    parser.add_argument("--part", type=int, metavar="N", help="N cases drawn by the seed instead of all")
    parser.add_argument("--seed", type=int, default=1, help="of --part (default 1)")
    parser.add_argument("--write", metavar="FILE", help="write the one case of --only as a scenario file, run nothing")
    parser.add_argument("--resume", action="store_true", help="go on where the last sweep was stopped")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.set_defaults(run=run)


def run(args):
    """Sweep; 0 every case came to a defined end, 1 otherwise, 2 bad input."""
    from ghptools.sweep import cases  # noqa: PLC0415  loads the firmware's tables

    found = cases.every() if args.part is None else cases.part(args.seed, args.part)
    chosen = {case.key: case for case in found if args.only in f"{case.key} ({case.state_text})"}
    if not chosen:
        return proving.complain(
            "sweep", f"no case contains '{args.only}'; one is '{found[0].key}'" if found else "no case"
        )
    if args.write:
        return _write(args, chosen)
    made_by = proving.identity(only=args.only, part=args.part, seed=args.seed)
    ledger = proving.Ledger(FOLDER / "cases.jsonl", made_by, args.resume)
    if ledger.foreign:
        return proving.complain("sweep", f"another {ledger.foreign} than in {ledger.path}; run without --resume")
    left = [case for key, case in chosen.items() if key not in ledger.records]
    jobs = dict(enumerate(cases.runs(left, TOGETHER)))
    with proving.Progress("sweep", max(len(left), 1)) as progress:
        try:
            for _, records in proving.each(work, jobs, args.workers):
                for key, record in records.items():
                    ledger.add(key, record)
                bad = sum(bool(faults(record)) for record in ledger.records.values())
                progress.add(len(records), f"{bad} without a defined end")
        finally:
            ledger.close()
    report = summary(chosen, ledger.records)
    print(json.dumps(report, indent=2) if args.json else text(report))
    return 0 if report["ok"] else 1


def _write(args, chosen):
    if len(chosen) != 1:
        return proving.complain("sweep", f"--write takes one case; '{args.only}' is in {len(chosen)}")
    (case,) = chosen.values()
    try:
        with open(args.write, "w", encoding="utf-8") as file:
            file.write(case.scenario())
    except OSError as error:
        return proving.complain("sweep", f"{args.write} cannot be written: {error.strerror}")
    return 0


def work(run):
    """Run the cases of a run; return {key: record}."""
    from ghptools.sweep import judge  # noqa: PLC0415  loads numba

    records = proving.guarded(judge.judge_all, run)
    return {case.key: records for case in run} if "failed" in records else records


def faults(record):
    """Return what is wrong with a record, as sentences."""
    return [record["failed"]] if "failed" in record else record["faults"]


def summary(chosen, records):
    """Return what the cases come to, plain data."""
    states = {}
    bad = []
    for key, case in chosen.items():
        record = records[key]
        ends = states.setdefault(case.state_text, {"runs": 0, "rests": 0, "latched": 0, "none": 0})
        if faults(record):
            bad.append({"case": key, "state": case.state_text, "faults": faults(record)})
            ends["none"] += 1
        else:
            ends[record["end"]] += 1
    return {
        "ok": not bad,
        "cases": len(chosen),
        "inputs": len({case.target for case in chosen.values()}),
        "states": states,
        "bad": bad,
    }


def text(report):
    """Return the report for people."""
    wide = max(len(name) for name in report["states"])
    lines = [f"{'the input fails in':<{wide}}    runs   rests latched   NONE"]
    for name, ends in report["states"].items():
        lines.append(f"{name:<{wide}}  " + "  ".join(f"{ends[end]:6d}" for end in ("runs", "rests", "latched", "none")))
    for row in report["bad"]:
        lines += [f"NOT  {row['case']} ({row['state']}): {fault}" for fault in row["faults"]]
    verdict = "each with a defined end" if report["ok"] else f"{len(report['bad'])} WITHOUT a defined end"
    lines.append(f"{report['cases']} cases, {report['inputs']} inputs, {verdict}")
    return "\n".join(lines)
