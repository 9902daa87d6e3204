"""The commands that change something: settings, mode, the stream, a restart."""

from ghp import settings as table
from ghp.console import telemetry
from ghp.console.listings import unknown_setting
from ghp.console.report import CommandError
from ghp.console.views import reason_text, setpoint_text

_PATIENCE = 40  # slices to wait for the slow task to work out what is in force


def set_(console, unit, report, words):
    """Change one setting; answer with the value in force and with what limits it."""
    if len(words) < 3:
        raise CommandError("usage: set KEY VALUE")
    yield from _change(console, unit, report, words[1], " ".join(words[2:]))


def mode(console, unit, report, words):
    """Show or change the operating mode; answer with what the machine makes of it."""
    if len(words) > 2:
        raise CommandError("usage: mode [%s]" % "/".join(table.MODES))
    if len(words) == 1:
        yield report.pair("mode", unit.settings.text("mode"))
        in_force = unit.claims.mode
        if in_force.value != unit.settings.mode:
            yield report.pair("in force", in_force.value_text(in_force.value))
    else:
        yield from _change(console, unit, report, "mode", words[1])


def _change(console, unit, report, key, word):
    settings = unit.settings
    try:
        level = settings.row(key)[6]
    except KeyError:
        raise unknown_setting(key)
    if level > console.level():
        raise CommandError("the setting %s needs the level %s: login PIN" % (key, table.LEVELS[level]))
    try:
        text = settings.set_text(key, word)
    except ValueError as error:
        message = error.args[0]
        raise CommandError(
            message if message.startswith(key) else "%s: %s (%s)" % (key, message, settings.allowed(key))
        )
    yield from slow_scan(unit)
    if key == "hot_setpoint_c":
        text = setpoint_text(unit)
    yield "%s%s%s" % (key, "=" if report.machine else " = ", text)
    if key == "mode" and not report.machine:
        for reason in unit.reasons(unit.board.clock.ticks_ms())[:1]:
            yield reason_text(reason)


def slow_scan(unit):
    """Yield None until the slow task has run once more: what is in force is worked out by then."""
    for task in unit.executive.tasks:
        if task.name == "slow":
            runs = task.runs
            for _ in range(_PATIENCE):
                if task.runs != runs:
                    return
                yield None


def stream(console, unit, report, words):
    """Start, stop or describe the telemetry stream."""
    if len(words) == 1:
        period_ms = 0 if console.stream is None else console.stream.period_ms
        yield report.pair("stream", "every %d ms" % period_ms if period_ms else "off", period_ms)
        return
    word = words[1]
    if len(words) > 2 or not (word in ("off", "fields") or word.isdigit()):
        raise CommandError("usage: stream [period_ms/off/fields]")
    if word == "off":
        console.stream = None
        yield report.pair("stream", "off", 0)
        return
    if word == "fields":
        yield telemetry.header()
        yield telemetry.decimals()
        return
    try:
        console.stream = telemetry.Stream(unit, int(word), unit.board.clock.ticks_ms())
    except ValueError as error:
        raise CommandError(error.args[0])
    yield telemetry.header()
    yield telemetry.decimals()


def reboot(console, unit, report, words):
    """Restart the controller; only at standstill, because a restart drops fuel and ignition."""
    if len(words) > 2 or (len(words) == 2 and words[1] != "repl"):
        raise CommandError("usage: reboot [repl]")
    if not unit.engine.standstill:
        raise CommandError("the engine is not at standstill: 'mode off', wait until it stands, then reboot")
    yield report.pair("reboot", "now")
    for _ in range(8):  # the answer leaves first
        yield None
    unit.reboot(len(words) == 2)
