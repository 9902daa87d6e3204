"""Table: every command of the console.  `help`, the documentation and the tests derive from these rows.

A command is a generator `run(console, unit, report, words)`: it checks first (CommandError: nothing has
changed), acts, and yields its answer line by line.  Yielding None asks to be called again in the next slice.

The commands' code is loaded when one is typed and let go when it has answered: on the board that is 6 KiB of
heap for the hours in which nobody is at the console.
"""

from ghp.console.nearest import nearest
from ghp.console.report import CommandError
from ghp.settings import LEVELS
from ghp.table import Table, Words, one_of
from ghp.version import BUILD, VERSION

ID, NAME, USAGE, HELP, LEVEL, RUN = range(6)
# id, name, usage, help, level, module.function or, of the commands in this file, its name
TABLE = Table(
    """\
1|help|help [command]|list the commands, or explain one|operator|help
2|version|version|firmware, board and the cause of the last reset|operator|version
3|status|status|the machine on one page|operator|views.status
4|why|why|what holds or limits the machine, and until when|operator|views.why
5|points|points [prefix]|inputs with quality and age, outputs asked and effective|operator|listings.points
6|settings|settings [prefix/changed/default KEY]|settings in force; changed: what differs from its default; default: put one back, or all|operator|listings.settings
7|get|get KEY|one setting with its range, default and meaning|operator|listings.get
8|set|set KEY VALUE|change a setting; answers with what is in force|operator|changes.set_
9|mode|mode [off/heat/cool/auto]|show or change the operating mode|operator|changes.mode
10|alarms|alarms [history/ID/snapshot [n] [all]]|alarms with cause and remedy, what happened, all about one, the machine when one rose|operator|alarming.alarms
20|ack|ack [ID]|acknowledge an alarm, or all|operator|alarming.ack
21|shelve|shelve ID MINUTES|take a warning from lamp and panel for a time|technician|alarming.shelve
22|unshelve|unshelve ID|bring it back before its time|technician|alarming.unshelve
16|claims|claims [limit PCT [MIN] or limit off]|who asks what of the machine and who decides; limit the demand|operator|asking.claims
17|clock|clock [set YYYY-MM-DD HH:MM]|the time on the wall, holiday and peak; set the clock|operator|asking.clock
18|defrost|defrost [now]|how near the next defrost is, what the last one was; ask for one|operator|reversal.defrost
19|changeover|changeover|where both valves stand, what proves it, how the last changeover went|operator|reversal.changeover
20|health|health|charge and fouling: figures now, when clean, and their trend|operator|health.health
11|reset|reset|acknowledge all alarms, release those whose cause is gone|operator|alarming.reset
23|login|login [PIN]|the access level and until when; rise to that of the PIN|operator|access.login
24|logout|logout|fall back to the level that needs no PIN|operator|access.logout
30|service|service [on/off]|outputs by hand, with mode off and the engine at rest; ends after 15 minutes without input; on: as a technician|operator|handwork.service
31|hand|hand [OUTPUT VALUE [SECONDS] or OUTPUT off]|list what is by hand; put an output by hand, take it back|technician|handwork.hand
12|tasks|tasks|run times, overruns and failures of the tasks|operator|listings.tasks
13|mem|mem|memory in use and free, after a collection|operator|views.mem
14|stream|stream [period_ms/off/fields]|one telemetry line a period|operator|changes.stream
15|reboot|reboot [repl]|restart; with repl: stop at MicroPython's prompt|technician|changes.reboot
""",
    (int, str, str, str, one_of(LEVELS), str),
)
LENT = Words("ghp.console.views|ghp.console.listings|ghp.console.changes|ghp.console.alarming|ghp.console.access|ghp.console.asking|ghp.console.contradictions|ghp.console.health|ghp.console.reversal|ghp.console.kept|ghp.console.handwork|ghp.console.rawrepl|ghp.console.telemetry|ghp.protection.shelf|ghp.protection.past|ghp.protection.witnesses|ghp.failure")


def banner(unit):
    """Yield the greeting after a start."""
    yield "ghp %s on %s, started by %s; 'help' lists the commands" % (VERSION, unit.board.name, unit.reset_cause)
    from ghp.console.kept import greeting  # as below

    yield from greeting(unit)


def run(console, unit, report, text):
    """Yield the answer to one line; an empty line is no command and answers nothing."""
    words = text.split()
    if words:
        row = _row(words[0], "; 'help' lists them")
        if row[LEVEL] > console.level():
            raise CommandError("'%s' needs the level %s: login PIN" % (words[0], LEVELS[row[LEVEL]]))
        place = row[RUN]
        if place in _HERE:
            yield from _HERE[place](console, unit, report, words)
        else:
            module, function = place.split(".")
            module = __import__("ghp.console." + module, None, None, (function,))
            yield from getattr(module, function)(console, unit, report, words)


def _row(name, hint):
    try:
        return TABLE.find(name)
    except KeyError:
        names = [row[NAME] for row in TABLE]
        raise CommandError("no command '%s'%s" % (name, nearest(name, names, hint)))


def _help(console, unit, report, words):
    """List the commands, or explain one."""
    if len(words) > 2:
        raise CommandError("usage: help [command]")
    if len(words) == 2:
        row = _row(words[1], "")
        yield report.pair("usage", row[USAGE])
        yield report.pair("does", row[HELP])
        yield report.pair("level", LEVELS[row[LEVEL]])
        return
    yield report.head((("usage", 35), ("does", 0)))
    for row in TABLE:
        yield report.row((row[USAGE], row[HELP]))


def _version(console, unit, report, words):
    """Yield what runs here."""
    yield report.pair("version", VERSION)
    yield report.pair("build", BUILD)
    yield report.pair("board", unit.board.name)
    yield report.pair("reset", unit.reset_cause)


_HERE = {"help": _help, "version": _version}
