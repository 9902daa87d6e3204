"""`ghp run`, `ghp compare`, `ghp warm`: scenarios from the command line.

Exit codes: 0 everything expected is met, 1 an expectation or invariant is missed, 2 bad input.
"""

import errno
import json
import math
import os
import sys
from pathlib import Path

from ghptools import quantities
from ghptools.quantities import QuantityError

INTERPRETERS = ("cpython", "micropython")


def add_parser(sub):
    """Register the subcommands."""
    parser = sub.add_parser(
        "run", help="run a scenario file", description="Run a scenario: firmware, virtual board and plant."
    )
    parser.add_argument("file", help="scenario, e.g. scenarios/day.toml")
    parser.add_argument("--on", choices=INTERPRETERS, default="cpython", help="who runs the firmware (default cpython)")
    parser.add_argument("--speed", default="max", help="'max', or how many times real time, e.g. 1 or 60 (default max)")
    parser.add_argument("--cut", action="store_true", help="only as far as the file's 'cut', as `make test` does")
    parser.add_argument("--json", action="store_true", help="the result, machine-readable, on stdout")
    parser.add_argument("--csv", metavar="F", help="write the trace")
    parser.add_argument("--report", metavar="DIR", help="write report.html and summary.png")
    parser.add_argument("--live", action="store_true", help="show the machine as it runs")
    parser.set_defaults(run=run)

    parser = sub.add_parser("compare", help="compare two traces: whole numbers equal, others within a tolerance")
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--tolerance", default="1e-6", help="of the larger value (default 1e-6)")
    parser.set_defaults(run=compare)

    parser = sub.add_parser("warm", help="compile the machine model once, so that later runs start at once")
    parser.set_defaults(run=warm)


def _complain(command, text):
    print(f"ghp {command}: {text}", file=sys.stderr)
    return 2


def parse_speed(text):
    """Return None for 'max', else the factor; QuantityError says what is allowed."""
    if text == "max":
        return None
    try:
        factor = float(text.rstrip("xX×"))
    except ValueError:
        factor = math.nan
    if not 0.01 <= factor <= 1e6:
        raise QuantityError(f"--speed: '{text}' is neither 'max' nor a factor such as 1 or 60")
    return factor


def run(args):
    """Run one scenario; returns the exit code."""
    from ghptools.build.images import BuildError  # noqa: PLC0415
    from ghptools.scenario import loader, runner  # noqa: PLC0415  these load numba
    from ghptools.scenario.source import ScenarioError  # noqa: PLC0415
    from ghptools.virtual.vm import VirtualMachineError  # noqa: PLC0415
    from ghptools.virtual.vm_interpreter import InterpreterError  # noqa: PLC0415

    try:
        speed = parse_speed(args.speed)
        scenario = loader.load(args.file, runner.telemetry_fields())
        _writable(args)
    except (QuantityError, ScenarioError) as error:
        return _complain("run", error)
    watcher = _watcher(args, scenario)
    try:
        session = runner.Session(scenario, args.on, speed, watcher, args.cut)
        with watcher:
            result = session.run()
    except (InterpreterError, ScenarioError) as error:
        return _complain("run", error)
    except (runner.RunError, VirtualMachineError, BuildError) as error:
        print(f"ghp run: {error}", file=sys.stderr)
        return 1
    try:
        report = _write(args, result)
    except OSError as error:
        return _complain("run", f"{error.filename} cannot be written: {error.strerror}")
    if args.json:
        print(json.dumps(as_data(result), indent=2, allow_nan=False))
    else:
        print(as_text(result))
    if report is not None:
        print(f"report: {report}", file=sys.stderr if args.json else sys.stdout)
    return 0 if result.ok else 1


def _write(args, result):
    """Write the trace and the report that were asked for; returns the report's path or None."""
    if args.csv:
        Path(args.csv).parent.mkdir(parents=True, exist_ok=True)
        result.trace.write_csv(args.csv)
    if not args.report:
        return None
    from ghptools.scenario import report as reports  # noqa: PLC0415  loads matplotlib

    Path(args.report).mkdir(parents=True, exist_ok=True)
    return reports.write(result, Path(args.report))


def _writable(args):
    """Refuse targets that cannot be written before anything runs; nothing is created yet."""
    for path, is_folder in ((args.csv, False), (args.report, True)):
        if not path:
            continue
        target = Path(path)
        if target.exists():
            if target.is_dir() != is_folder:
                code = errno.ENOTDIR if is_folder else errno.EISDIR
            else:
                code = 0 if os.access(target, os.W_OK) else errno.EACCES
        else:
            above = next(folder for folder in target.absolute().parents if folder.exists())
            code = errno.ENOTDIR if not above.is_dir() else 0 if os.access(above, os.W_OK | os.X_OK) else errno.EACCES
        if code:
            raise QuantityError(f"{path} cannot be written: {os.strerror(code)}")


def _watcher(args, scenario):
    from ghptools.scenario import live  # noqa: PLC0415  loads rich

    if args.live and not args.json and live.fits_terminal():
        return live.LiveView(scenario, args.on)
    return live.Progress(scenario, quiet=not args.live)


def as_data(result):
    """Return the result as plain data for JSON."""
    scenario = result.scenario
    return {
        "scenario": str(scenario.path),
        "title": scenario.title,
        "seed": scenario.seed,
        "interpreter": result.session.interpreter,
        "ok": result.ok,
        "ended": result.ended,
        "virtual_s": result.duration_s,
        "real_s": round(result.real_s, 3),
        "speed": round(result.speed, 1),
        "expectations": [{"name": v.name, "ok": bool(v.ok), "detail": v.detail} for v in result.expectations],
        "figures": [
            {"name": v.name, "value": v.value, "kind": v.quantity, "shown": v.shown, "limit": v.limit, "ok": bool(v.ok)}
            for v in result.figures
        ],
        "invariants_broken": [
            {"name": name, "sentence": sentence, "count": count, "first_s": first_ms / 1000.0}
            for name, sentence, count, first_ms in result.invariants
        ],
        "alarms": [{"time_s": t, "alarm": key, "event": word} for t, key, word in result.alarms],
        "happened": result.happened,
        "left_open": result.left_open,
        "restarts": [{"time_s": ms / 1000.0, "cause": cause} for ms, cause in result.session.host.restarts],
        "refused": [
            {"time_s": t, "command": command, "reason": reason} for t, command, reason in result.session.console.refused
        ],
    }


def as_text(result):
    """Return the result for people: one line each, what failed is marked."""
    lines = [f"{result.scenario.title}"]
    for verdict in result.expectations:
        lines.append(f"  {'ok  ' if verdict.ok else 'MISS'}  {verdict.name}: {verdict.detail}")
    for verdict in result.figures:
        mark = "    " if not verdict.limit else "ok  " if verdict.ok else "MISS"
        limit = f"  ({verdict.limit})" if verdict.limit else ""
        lines.append(f"  {mark}  {verdict.name}: {verdict.shown}{limit}")
    for name, sentence, count, first_ms in result.invariants:
        lines.append(f"  BROKEN  {name}: {sentence} First at {first_ms / 1000:.2f} s, {count} exchanges.")
    for time_s, command, reason in result.session.console.refused:
        lines.append(f"  refused: '{command}' at {time_s:.2f} s: {reason}")
    if result.left_open:
        lines.append(f"  left open by the cut: {'; '.join(result.left_open)}")
    misses = sum(not v.ok for v in [*result.expectations, *result.figures])
    verdict = "met" if result.ok else f"NOT met: {misses} missed, {len(result.invariants)} invariants broken"
    if result.ended != "end of the scenario":
        verdict = f"{result.ended} after {quantities.span(result.duration_s)}"
    lines.append(
        f"{verdict}; {quantities.span(result.duration_s)} in {quantities.span(round(result.real_s, 1))}, "
        f"{result.speed:.0f}x real time on {result.session.interpreter}"
    )
    return "\n".join(lines)


def compare(args):
    """Compare two traces; 0 equal, 1 different, 2 not traces."""
    from ghptools.scenario import trace  # noqa: PLC0415

    try:
        tolerance = float(args.tolerance)
        if not 0.0 <= tolerance < 1.0:
            raise ValueError
    except ValueError:
        return _complain("compare", f"--tolerance: '{args.tolerance}' is not a number from 0 to 1")
    try:
        differences = trace.compare(args.a, args.b, tolerance)
    except trace.CompareError as error:
        return _complain("compare", error)
    for line in differences[:20]:
        print(line)
    if len(differences) > 20:
        print(f"and {len(differences) - 20} more")
    if not differences:
        print(f"equal: whole numbers exactly, others within {tolerance:g} of the larger value")
    return 1 if differences else 0


def warm(_args):
    """Compile plant, cabinet and invariants into the cache."""
    import numpy as np  # noqa: PLC0415

    from ghptools.plant import Plant  # noqa: PLC0415
    from ghptools.scenario import columns, observe  # noqa: PLC0415
    from ghptools.virtual import wires  # noqa: PLC0415
    from ghptools.virtual.electrics import Electrics  # noqa: PLC0415

    plant = Plant()
    electrics = Electrics(plant)
    out = np.zeros(len(wires.OUT), np.int32)
    electrics.run(out, 50)
    electrics.sense(np.zeros(len(wires.IN), np.int32))
    names = columns.Columns(("state",))
    observer = observe.Observer(names, 1, ["fuel"])
    observer.connect(plant, out)
    observer.observe()
    return 0
