"""`ghp reference`: the points, settings and alarms as a page, made from the firmware's own tables."""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "REFERENCE.md"


_RESET = ("by itself", "by a person", "by itself, the third time in a day by a person")  # by latch


_ALARMS = """\
## Alarms

States and words follow ANSI/ISA-18.2. An **event** needs nobody: it stands in the history and in `alarms`, and lights no
lamp. A **warning** needs somebody soon; the machine runs on. A **protection** stopped the machine at a limit, a **fault**
because one of its parts does not do what it must.

- An alarm that rose is *unacknowledged* until somebody has seen it (`ack`, a push of the knob on the alarm page, or
  `reset`), also when its cause has gone by itself since (*returned*); one that waits for a reset is *latched*. After a
  power cut what is latched is unacknowledged again.
- The lamp blinks (1 s lit, 1 s dark) for five minutes after the newest rise while anything is unacknowledged, then winks once
  a minute, because it hangs on a relay; it is lit while all is acknowledged and something stands, dark otherwise. The alarm
  relay opens for stop classes from normal stop on; nothing a person does changes that but a reset.
- A warning can be *shelved* for 1 to 480 minutes (`shelve`, `unshelve`): it is off lamp and panel, and does to the machine
  what it did. Then it comes back unacknowledged, if it stands. A restart ends all shelving. There is no out of service: no
  judge can be switched off.
- The alarm that began a stop is the *first cause* until the stop is over; what rose after it *followed*. Within one scan the
  order is that of the judges: contacts, speeds, flows, pressures, sensors, then the sequence.
- Of the moment at which an alarm of the class normal stop or above rises, all inputs and outputs and the state of the
  sequence are kept, before the sequence acts on it: the last four, the first cause's longest (`alarms snapshot`). The newest
  and the history of 32 notes survive a power cut.
- Access levels: a unit without a PIN is open to all, as it comes from the factory. With `technician_pin` set, settings of
  that level, `shelve`, `reboot`, the raw REPL and the reset of alarms that say so need `login PIN`; with `factory_pin` set the
  same holds for the level above. Without input for 15 minutes the console falls back. The panel is an operator. A wrong PIN is
  counted and doubles the wait for the next. PINs keep away mistakes, not enemies.
"""


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
        if kind == "pin":
            return str(value) if value else "none"
        if kind == "bool":
            return "on" if value else "off"
        if isinstance(kind, tuple):
            return kind[value]
        us, si = units.text(kind, value, True), units.text(kind, value, False)
        return us if us == si else f"{us} ({si})"

    def delay(text):
        first, _, rest = text.partition(" ")
        if first.isdigit():
            shown = _age(int(first)) if int(first) else "at once"
        else:
            row = settings.ROWS.find(first)
            shown = f"`{first}`, {quantity(row[2], row[3])}"
        return f"{shown}, {rest}" if rest else shown

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
                    else settings.Settings().allowed(r[1])
                    if r[2] == "pin"
                    else ", ".join(r[2])
                    if isinstance(r[2], tuple)
                    else f"{quantity(r[2], r[4])} to {quantity(r[2], r[5])}",
                    ("operator", "technician", "factory")[r[6]],
                    r[7],
                )
                for r in settings.ROWS
            ],
        ),
        _ALARMS,
        _table(
            ["id", "key", "text", "category", "stop class", "released", "reset by", "cause", "remedy"],
            [
                (
                    r[alarms.ID],
                    f"`{r[alarms.KEY]}`",
                    r[alarms.TEXT],
                    alarms.CATEGORIES[r[alarms.CATEGORY]],
                    stops.TEXT[r[alarms.CLASS]],
                    _RESET[r[alarms.LATCH]],
                    alarms.RESETTERS[r[alarms.RESET]],
                    r[alarms.CAUSE],
                    r[alarms.REMEDY],
                )
                for r in alarms.ROWS
            ],
        ),
        "## How alarms come and go\n",
        _table(
            ["id", "key", "rises after", "clears when", "clears after", "masked in, at most", "snapshot"],
            [
                (
                    r[alarms.ID],
                    f"`{r[alarms.KEY]}`",
                    delay(r[alarms.ON]),
                    r[alarms.CLEARS],
                    delay(r[alarms.OFF]),
                    "; ".join(f"{mask.split()[0]} {delay(mask.split(' ', 1)[1])}" for mask in r[alarms.MASK].split("; "))
                    if r[alarms.MASK] != "-"
                    else "-",
                    ", ".join(f"`{name}`" for name in r[alarms.SNAPSHOT].split()) if r[alarms.SNAPSHOT] != "-" else "-",
                )
                for r in alarms.ROWS
            ],
        ),
    ]
    return "\n".join(parts)
