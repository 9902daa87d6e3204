"""`ghp reactions`: how fast and with what margin the unit answers what is injected, and whether that is in its limits.

Runs every scenario that says what it is a `reference` for.  A row is one of its figures that has a limit; so the limits
stand in the scenarios and nowhere else.
"""

import json

from ghptools import firmware_path, proving, quantities

SCENARIOS = firmware_path.ROOT / "scenarios"


def add_parser(sub):
    """Register the subcommand."""
    parser = sub.add_parser("reactions", help="measure reaction times and margins", description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", help="scenarios (default: all that name a `reference`)")
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.set_defaults(run=run)


def run(args):
    """Measure and print; 0 when every limit is kept, 1 when one is missed, 2 for a file that is none."""
    from ghptools.scenario import loader, runner  # noqa: PLC0415  loads numba
    from ghptools.scenario.source import ScenarioError  # noqa: PLC0415

    try:
        found = [
            loader.load(path, runner.telemetry_fields()) for path in args.files or sorted(SCENARIOS.rglob("*.toml"))
        ]
    except ScenarioError as error:
        return proving.complain("reactions", error)
    chosen = [scenario for scenario in found if scenario.reference]
    if not chosen or (args.files and len(chosen) != len(found)):
        without = next((s.path for s in found if not s.reference), "scenarios")
        return proving.complain("reactions", f"{without}: names no 'reference'")
    jobs = {str(s.path): str(s.path) for s in sorted(chosen, key=lambda s: -s.duration_s)}
    records = {}
    with proving.Progress("reactions", sum(s.duration_s for s in chosen)) as progress:
        for key, record in proving.each(measure, jobs, args.workers):
            records[key] = record
            progress.add(record["duration_s"])
    rows = [row for s in sorted(chosen, key=lambda s: s.path) for row in records[str(s.path)]["rows"]]
    if args.json:
        print(json.dumps(rows, indent=2, allow_nan=False))
    else:
        print(table(rows))
    return 0 if all(row["ok"] for row in rows) else 1


def measure(path):
    """Run the scenario `path`; return its rows as plain data."""
    from ghptools.scenario import loader, runner  # noqa: PLC0415

    scenario = loader.load(path, runner.telemetry_fields())
    head = {"scenario": scenario.name, "injected": scenario.reference}
    try:
        result = runner.Session(scenario).run()
    except runner.RunError as error:
        rows = [{**head, "name": "runs to its end", "measured": str(error), "limit": "", "value": None, "ok": False}]
        return {"duration_s": scenario.duration_s, "rows": rows}
    rows = [
        {**head, "name": v.name, "measured": v.shown, "limit": v.limit, "value": v.value, "ok": bool(v.ok)}
        for v in result.figures
        if v.limit
    ]
    missed = [f"{v.name}: {v.detail}" for v in result.expectations if not v.ok]
    missed += [f"{name} at {quantities.span(ms / 1000.0)}" for name, _, _, ms in result.invariants]
    if missed:
        rows.append(
            {**head, "name": "all else", "measured": "; ".join(missed), "limit": "", "value": None, "ok": False}
        )
    return {"duration_s": scenario.duration_s, "rows": rows}


def table(rows):
    """Return the rows for people: what is injected is said once."""
    wide = {key: max(len(row[key]) for row in rows) for key in ("injected", "name")}
    lines, last = [], None
    for row in rows:
        injected = row["injected"] if row["injected"] != last else ""
        last = row["injected"]
        mark = "ok  " if row["ok"] else "MISS"
        text = f"{mark} {injected:<{wide['injected']}}  {row['name']:<{wide['name']}}  {row['measured']:>12}  {row['limit']}"
        lines.append(text.rstrip())
    missed = sum(not row["ok"] for row in rows)
    lines.append(f"{len(rows)} reactions, " + (f"{missed} MISSED" if missed else "all in their limits"))
    return "\n".join(lines)
