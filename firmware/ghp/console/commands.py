"""Table: every command of the console.  `help`, the documentation and the tests derive from these rows.

A command is a generator `run(console, unit, report, words)`: it checks first (CommandError: nothing has
changed), acts, and yields its answer line by line.  Yielding None asks to be called again in the next slice.
"""

from ghp.console import asking, changes, listings, views
from ghp.console.nearest import nearest
from ghp.console.report import CommandError
from ghp.settings import OPERATOR, TECHNICIAN
from ghp.version import BUILD, VERSION

LEVEL_TEXT = ("operator", "technician", "factory")
NAME, USAGE, HELP, LEVEL, RUN = range(5)


def banner(unit):
    """Yield the greeting after a start."""
    yield "ghp %s on %s, started by %s; 'help' lists the commands" % (VERSION, unit.board.name, unit.reset_cause)


def run(console, unit, report, text):
    """Yield the answer to one line; an empty line is no command and answers nothing."""
    words = text.split()
    if words:
        for row in TABLE:
            if row[NAME] == words[0]:
                yield from row[RUN](console, unit, report, words)
                return
        names = [row[NAME] for row in TABLE]
        raise CommandError("no command '%s'%s" % (words[0], nearest(words[0], names, "; 'help' lists them")))


def _help(console, unit, report, words):
    if len(words) > 2:
        raise CommandError("usage: help [command]")
    if len(words) == 2:
        for row in TABLE:
            if row[NAME] == words[1]:
                yield report.pair("usage", row[USAGE])
                yield report.pair("does", row[HELP])
                yield report.pair("level", LEVEL_TEXT[row[LEVEL]])
                return
        names = [row[NAME] for row in TABLE]
        raise CommandError("no command '%s'%s" % (words[1], nearest(words[1], names, "")))
    yield report.head((("usage", 35), ("does", 0)))
    for row in TABLE:
        yield report.row((row[USAGE], row[HELP]))


def _version(console, unit, report, words):
    yield report.pair("version", VERSION)
    yield report.pair("build", BUILD)
    yield report.pair("board", unit.board.name)
    yield report.pair("reset", unit.reset_cause)


TABLE: tuple = (
    ("help", "help [command]", "list the commands, or explain one", OPERATOR, _help),
    ("version", "version", "firmware, board and the cause of the last reset", OPERATOR, _version),
    ("status", "status", "the machine on one page", OPERATOR, views.status),
    ("why", "why", "what holds or limits the machine, and until when", OPERATOR, views.why),
    (
        "points",
        "points [prefix]",
        "inputs with quality and age, outputs asked and effective",
        OPERATOR,
        listings.points,
    ),
    ("settings", "settings [prefix]", "settings in force and what is allowed", OPERATOR, listings.settings),
    ("get", "get KEY", "one setting with its range, default and meaning", OPERATOR, listings.get),
    ("set", "set KEY VALUE", "change a setting; answers with what is in force", OPERATOR, changes.set_),
    ("mode", "mode [off|heat|cool|auto]", "show or change the operating mode", OPERATOR, changes.mode),
    (
        "alarms",
        "alarms [history]",
        "standing alarms with cause and remedy, or what happened",
        OPERATOR,
        listings.alarms,
    ),
    (
        "claims",
        "claims [limit PCT [MIN] or limit off]",
        "who asks what of the machine and who decides; limit the demand",
        OPERATOR,
        asking.claims,
    ),
    (
        "clock",
        "clock [set YYYY-MM-DD HH:MM]",
        "the time on the wall, holiday and peak; set the clock",
        OPERATOR,
        asking.clock,
    ),
    ("reset", "reset", "release alarms whose cause is gone", OPERATOR, changes.reset),
    ("tasks", "tasks", "run times, overruns and failures of the tasks", OPERATOR, listings.tasks),
    ("mem", "mem", "memory in use and free, after a collection", OPERATOR, views.mem),
    ("stream", "stream [period_ms|off|fields]", "one telemetry line a period", OPERATOR, changes.stream),
    ("reboot", "reboot [repl]", "restart; with repl: stop at MicroPython's prompt", TECHNICIAN, changes.reboot),
)
