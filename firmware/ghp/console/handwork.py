"""The commands of a technician at a stopped unit: service, hand.  Anybody may end it, or see whether it is on."""

from ghp.console.listings import output_text
from ghp.console.nearest import nearest
from ghp.console.report import CommandError, duration
from ghp.settings import TECHNICIAN


def service(console, unit, report, words):
    """Begin or end service, or tell whether it is on."""
    if len(words) > 2 or words[1:] not in ([], ["on"], ["off"]):
        raise CommandError("usage: service [on/off]")
    if words[1:] == ["on"]:
        if console.level() < TECHNICIAN:
            raise CommandError("'service on' needs the level technician: login PIN")
        wrong = unit.begin_service()
        if wrong:
            raise CommandError("service refused: " + wrong)
    elif words[1:] == ["off"] and unit.hand is not None:
        unit.hand.ending = True
        for _ in range(4):  # the fast scan ends it
            yield None
    yield _state(unit, report)


def _state(unit, report):
    hand = unit.hand
    if hand is None:
        return report.pair("service", "off", 0)
    text = "ending, when fans have run and gas, spark and starter rested for long enough, %s" if hand.ending else (
        "on, ends in %s without input"
    )
    text %= duration(1000 * hand.left_s())
    return report.pair("service", text, 2 if hand.ending else 1)


def hand(console, unit, report, words):
    """List what is by hand, or put an output by hand."""
    if len(words) not in (1, 3, 4):
        raise CommandError("usage: hand, or: hand OUTPUT VALUE [SECONDS], or: hand OUTPUT off")
    if unit.hand is None and len(words) == 1:
        yield _state(unit, report)
        return
    if unit.hand is None:
        raise CommandError("service is not on: 'service on', with mode off and the engine at rest")
    unit.hand.touch()
    if len(words) > 1:
        _put(unit, words)
        for _ in range(4):  # in force by then, and shown as it is
            yield None
    if unit.hand is None:
        raise CommandError("service has ended")
    yield _state(unit, report)
    yield report.head((("output", 21), ("by hand", 14), ("effective", 14), ("left", 0)))
    for output, value, left_s in unit.hand.forced():
        left = left_s if report.machine else duration(1000 * left_s)
        yield report.row((output.name, output_text(output, value, report), output_text(output, output.value, report), left))


def _put(unit, words):
    output = getattr(unit.outputs, words[1], None)
    if output is None or output not in unit.outputs.table:
        names = [item.name for item in unit.outputs.table]
        raise CommandError("no output '%s'%s" % (words[1], nearest(words[1], names, "; 'points' lists them")))
    seconds = None
    if len(words) == 4:
        if not words[3].isdigit() or len(words[3]) > 5:
            raise CommandError("the time is in whole seconds")
        seconds = int(words[3])
    try:
        if words[2] == "off":
            unit.hand.release(output)
        else:
            unit.hand.take(output, unit.hand.parse(output, words[2]), seconds, unit.board.clock.ticks_ms())
    except ValueError as error:
        raise CommandError(error.args[0])
