"""`ghp figures`: the benchmark figures of the project, measured, with their limits beside them.

Control figures come from the scenarios that state them; the plant's own minimum time from ideal regulators; speed from
one run each in this process and in the real VM; memory from `ghp size`.  CHANGELOG keeps the numbers when they move.
"""

import dataclasses
import json
import subprocess
import sys
from dataclasses import dataclass

from ghptools import firmware_path, quantities

SCENARIOS = firmware_path.ROOT / "scenarios"
MINIMUM_TIME_RATIO = 1.3
SPEED_CPYTHON = 300.0
SPEED_MICROPYTHON = 60.0
_VM_S = 900.0  # virtual time of the VM's speed run


@dataclass
class Row:
    """One figure."""

    name: str
    value: str
    limit: str
    ok: bool | None  # None: no limit


def add_parser(sub):
    """Register the subcommand."""
    parser = sub.add_parser(
        "figures", help="measure the project's benchmark figures", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--json", action="store_true", help="machine-readable")
    parser.add_argument(
        "--skip", action="append", default=[], choices=("control", "speed", "memory"), help="leave a group out"
    )
    parser.set_defaults(run=run)


def run(args):
    """Measure and print; 0 when every limit is kept, 1 otherwise."""
    rows = []
    for group, measure in (("control", control), ("speed", speed), ("memory", memory)):
        if group not in args.skip:
            print(f"measuring {group} ...", file=sys.stderr, flush=True)
            rows += measure()
    if args.json:
        print(json.dumps([dataclasses.asdict(row) for row in rows], indent=2))
    else:
        print(table(rows))
    return 0 if all(row.ok is not False for row in rows) else 1


def table(rows):
    """Return the rows for people."""
    width = max(len(row.name) for row in rows)
    lines = []
    for row in rows:
        mark = "    " if row.ok is None else "ok  " if row.ok else "MISS"
        lines.append(f"{mark} {row.name:<{width}}  {row.value:>14}  {row.limit}")
    return "\n".join(lines)


def _run(name, interpreter="cpython", duration_s=None):
    from ghptools.scenario import loader, runner  # noqa: PLC0415  loads numba

    scenario = loader.load(SCENARIOS / f"{name}.toml", runner.telemetry_fields())
    if duration_s is not None:
        scenario.duration_s = duration_s
    return runner.Session(scenario, interpreter).run()


def _difference(kelvin):
    return f"{kelvin * 1.8:+.2f} F"


def _figure(result, name):
    return next(v for v in result.figures if v.name == name)


def control():
    """Return the figures of the water temperature's control."""
    rows = []
    highest = {}

    def note(name, result):
        column = result.trace.column("discharge_psig")
        highest[name] = max(
            float(column.max()), *(v.value for v in result.figures if v.quantity == "psig" and v.value is not None), 0.0
        )

    steady = _run("steady_160")
    note("steady", steady)
    extremes = [v.value for v in steady.figures if v.name.endswith("against set point")]
    worst = max(extremes, key=abs)
    rows.append(
        Row("steady state at 160 F: worst deviation", _difference(worst), "within +-1.0 F", abs(worst) <= 1.0 / 1.8)
    )

    step = _run("heatup_120_160")
    note("step", step)
    over = _figure(step, "overshoot").value
    rows.append(Row("120 to 160 F: overshoot", _difference(over), "at most 3 F", over <= 3.0 / 1.8))
    rows += _minimum_time(step)

    down = _run("load_100_20")
    note("down", down)
    over = _figure(down, "highest water over set point").value
    starts = _figure(down, "starts in the worst hour")
    rows.append(Row("load 100 to 20 %: highest", _difference(over), "at most +4 F", over <= 4.0 / 1.8))
    rows.append(
        Row(
            "load 100 to 20 %: starts in any hour",
            starts.shown,
            "at most 5",
            starts.ok,
        )
    )

    up = _run("load_20_100")
    note("up", up)
    under = _figure(up, "lowest water against set point").value
    back = _figure(up, "back within 1.5 °F after").value
    rows.append(
        Row(
            "load 20 to 100 %: lowest",
            "--" if under is None else _difference(under),
            "at most -8 F",
            under is not None and under >= -8.0 / 1.8,
        )
    )
    rows.append(
        Row(
            "load 20 to 100 %: back in the band after",
            quantities.show(back, "s"),
            "10 min",
            back is not None and back <= 600.0,
        )
    )

    warm = _run("warm_70F_160F")
    note("warm", warm)
    reached = _figure(warm, "160 °F less 1 °F after")
    slowest = _figure(warm, "lowest speed")
    rows.append(
        Row(
            "160 F at 47 F ambient",
            "reached" if steady.expectations[0].ok else "not reached",
            "reached",
            steady.expectations[0].ok,
        )
    )
    rows.append(
        Row(
            "160 F at 70 F ambient",
            "reached" if reached.ok else "not reached",
            "reached, no stall",
            reached.ok and slowest.ok,
        )
    )
    top = max(highest.values())
    rows.append(Row("highest discharge in all of these", f"{top:.1f} psig", "at most 320 psig", top <= 320.0))
    return rows


def _minimum_time(result):
    """Compare with the plant's own minimum for the same heat into the same tank under the same load."""
    from ghptools.plant import fastest_heatup, signals  # noqa: PLC0415

    begin = result.happened["160 asked"]
    took = _figure(result, "time to 158.5 °F").value
    if took is None:
        return [
            Row("120 to 160 F: time over the plant's minimum", "not reached", f"at most {MINIMUM_TIME_RATIO}", False)
        ]
    t = result.trace.column("run.time_s")
    tank = result.trace.column("tank_mean_c")
    start = int(abs(t - begin).argmin())
    reached = int(abs(t - begin - took).argmin())
    load_w = float(result.session.plant.env[signals.ENV.index("hot_load_w")])
    ambient = float(result.session.plant.env[signals.ENV.index("ambient_c")])
    least = fastest_heatup(float(tank[start]), float(tank[reached]), load_w, ambient)
    ratio = took / least
    text = f"{ratio:.2f} ({took / 60:.1f} of {least / 60:.1f} min)"
    return [
        Row(
            "120 to 160 F: time over the plant's minimum",
            text,
            f"at most {MINIMUM_TIME_RATIO}",
            ratio <= MINIMUM_TIME_RATIO,
        )
    ]


def speed():
    """Return how much faster than real time firmware and plant run together."""
    rows = []
    for interpreter, limit, duration_s in (("cpython", SPEED_CPYTHON, None), ("micropython", SPEED_MICROPYTHON, _VM_S)):
        factor = _run("steady_160", interpreter, duration_s).speed
        rows.append(
            Row(
                f"speed on {interpreter}, firmware and plant",
                f"{factor:.0f} x",
                f"at least {limit:.0f} x",
                factor >= limit,
            )
        )
    return rows


def memory():
    """Return the figures of `ghp size --json` that have limits."""
    done = subprocess.run(
        [sys.executable, "-m", "ghptools.cli", "size", "--json"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return [Row("memory", "not measured", reason, False)]
    heap = json.loads(done.stdout)["heap"]
    half = 0.5  # 64-bit words here, 32-bit words on the board: see `ghp size`
    in_use, high, slow = heap["in_use"] * half / 1024, heap["high"] * half / 1024, heap["slow_most"] * half
    return [
        Row(
            "fast scan: runs that allocate, heap locked",
            f"{heap['fast_failed']} of {heap['fast_runs']}",
            "none",
            not heap["fast_failed"],
        ),
        Row("slow scan: most allocated", f"{slow:.0f} bytes", "at most 4096 bytes", slow <= 4096),
        Row("heap in use, running from ROMFS", f"{in_use:.1f} KiB", "at most 96 KiB", in_use <= 96.0),
        Row("heap high water", f"{high:.1f} KiB", "at most 128 KiB", high <= 128.0),
    ]
