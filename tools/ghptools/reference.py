"""`ghp reference`: the points, settings and alarms as a page, made from the firmware's own tables."""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "REFERENCE.md"


_RESET = ("by itself", "by a person", "by itself, the third time in a day by a person")  # by latch


def add_parser(sub):
    """Register the subcommand."""
    parser = sub.add_parser("reference", help="write docs/REFERENCE.md from the firmware's tables")
    parser.add_argument("--check", action="store_true", help="only say whether the page is up to date")
    parser.set_defaults(run=run)


def run(args):
    """Write the page; with --check, exit status 1 if it is not up to date."""
    text = page()
    if args.check:
        if PAGE.exists() and PAGE.read_text() == text:
            return 0
        print("reference: docs/REFERENCE.md is not up to date; run `ghp reference`", file=sys.stderr)
        return 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text)
    print(PAGE)
    return 0


def _table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _age(ms):
    return f"{ms / 1000:g} s"


def page():
    """Return the page as Markdown."""
    for folder in (ROOT / "firmware", ROOT / "tools/ghptools/virtual/cpython"):
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    points = importlib.import_module("ghp.points")
    settings = importlib.import_module("ghp.settings")
    alarms = importlib.import_module("ghp.alarms")
    stops = importlib.import_module("ghp.protection.stops")
    units = importlib.import_module("ghp.units")

    def quantity(kind, value):
        if kind == "bool":
            return "on" if value else "off"
        if isinstance(kind, tuple):
            return kind[value]
        us, si = units.text(kind, value, True), units.text(kind, value, False)
        return us if us == si else f"{us} ({si})"

    parts = [
        "# Reference: points, settings, alarms\n",
        "Made by `ghp reference` from the firmware's tables; a test holds it to them. Ids are stable and are never reused.\n",
        "## Analog inputs\n",
        _table(
            ["id", "name", "plausible range", "stale after", "curve"],
            [
                (r[0], f"`{r[1]}`", f"{quantity(r[2], r[4])} to {quantity(r[2], r[5])}", _age(r[6]), r[7])
                for r in points.ANALOG_INPUTS
            ],
        ),
        "## Pulse inputs\n",
        _table(
            ["id", "name", "unit", "pulses per unit", "no pulse means zero after"],
            [(r[0], f"`{r[1]}`", r[2], r[4], _age(r[6])) for r in points.PULSE_INPUTS],
        ),
        "## Digital inputs\n",
        _table(
            ["id", "name", "1 means", "debounce"],
            [(r[0], f"`{r[1]}`", r[3], _age(r[2])) for r in points.DIGITAL_INPUTS],
        ),
        "## Outputs\n",
        "A command that is not refreshed within its age falls to its safe value by itself.\n",
        _table(
            ["id", "name", "kind", "age", "safe", "1 means"],
            [
                (r[0], f"`{r[1]}`", r[2], _age(r[3]), "keeps" if r[4] == points.KEEP else r[4], r[5])
                for r in points.OUTPUTS
            ],
        ),
        "## Settings\n",
        _table(
            ["id", "key", "default", "allowed", "level", "meaning"],
            [
                (
                    r[0],
                    f"`{r[1]}`",
                    quantity(r[2], r[3]),
                    "on, off"
                    if r[2] == "bool"
                    else ", ".join(r[2])
                    if isinstance(r[2], tuple)
                    else f"{quantity(r[2], r[4])} to {quantity(r[2], r[5])}",
                    ("operator", "technician", "factory")[r[6]],
                    r[7],
                )
                for r in settings.ROWS
            ],
        ),
        "## Alarms\n",
        _table(
            ["id", "key", "text", "stop class", "reset", "cause", "remedy"],
            [
                (
                    r[alarms.ID],
                    f"`{r[alarms.KEY]}`",
                    r[alarms.TEXT],
                    stops.TEXT[r[alarms.CLASS]],
                    _RESET[r[alarms.LATCH]],
                    r[alarms.CAUSE],
                    r[alarms.REMEDY],
                )
                for r in alarms.ROWS
            ],
        ),
    ]
    return "\n".join(parts)
