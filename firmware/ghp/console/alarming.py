"""The commands about alarms: what stands, what happened, all about one, the machine when one rose; acknowledge, shelve,
reset."""

from ghp import alarms as table
from ghp import civil, units
from ghp.console.changes import slow_scan
from ghp.console.listings import OFF_TEXT, failure_lines, output_text
from ghp.console.report import CommandError, duration, plain
from ghp.control import states
from ghp.control.duty import MODE_TEXT
from ghp.protection import shelf, stops
from ghp.protection.past import Moment, history
from ghp.protection.monitor import OFF_PANEL, UNSEEN
from ghp.settings import LEVELS

_DAY_S = 86400


def alarms(console, unit, report, words):
    """Yield the standing and the unseen alarms, or what the second word asks for."""
    word = words[1] if len(words) > 1 else ""
    if len(words) == 2 and word == "history":
        yield from _history(unit, report)
    elif word == "snapshot" and len(words) <= 4:
        yield from _snapshot(unit, report, words[2:])
    elif len(words) == 2 and word.isdigit():
        yield from _about(unit, report, _alarm(unit, word))
    elif word:
        raise CommandError("usage: alarms [history/ID/snapshot [n] [all]]")
    elif report.machine:
        yield from _rows(unit, report)
    else:
        yield from _page(unit)


def state_text(monitor, alarm):
    """Return the alarm's state in the words of ISA-18.2."""
    if monitor.flags[alarm.index] & OFF_PANEL:
        return "shelved"
    if alarm.row[table.CATEGORY] == table.EVENT:
        return "event" if alarm.standing() else "normal"
    unseen = monitor.flags[alarm.index] & UNSEEN
    if alarm.active():
        return "unacknowledged" if unseen else "acknowledged"
    if alarm.standing():
        return "latched unacknowledged" if unseen else "latched acknowledged"
    return "returned unacknowledged" if unseen else "normal"


def _left_s(monitor, alarm):
    """Return for how long it stays shelved, s."""
    index = alarm.index
    return monitor.shelves[index] - monitor.uptime_s if index in monitor.shelves else 0


def _rows(unit, report):
    monitor = unit.monitor
    names = "id key class active first text category state follows shelved_s"
    yield report.head([(name, 0) for name in names.split(" ")])
    for alarm in monitor.standing(UNSEEN):
        yield report.row(
            (alarm.id, alarm.key, alarm.stop_class, 1 if alarm.active() else 0, 1 if alarm == monitor.first else 0,
             alarm.text, table.CATEGORIES[alarm.row[table.CATEGORY]], state_text(monitor, alarm), 1 if monitor.follows(alarm) else 0,
             _left_s(monitor, alarm))
        )  # fmt: skip


def _page(unit):
    monitor = unit.monitor
    listed = monitor.standing(UNSEEN)
    if not listed:
        yield "no alarm stands"
    followed = False
    first = monitor.first
    if first is not None and not first.standing():
        yield "first cause, gone by itself: %d %s" % (first.id, first.text)
    for alarm in listed:
        row = alarm.row
        state = "cause present" if alarm.active() else "cause gone"
        if alarm.standing() and not alarm.active():
            state += ", 'reset' releases it"
            if row[table.RESET]:
                state += " (technician)"
        if alarm.row[table.CATEGORY] != table.EVENT:
            state += ", " + state_text(monitor, alarm)
        if monitor.flags[alarm.index] & OFF_PANEL:
            state += " for %s" % duration(1000 * _left_s(monitor, alarm))
        if alarm.strikes:
            state += ", %d of 3 in a day" % alarm.strikes
        if alarm == first and alarm.standing():
            state = "first cause, " + state
        elif monitor.follows(alarm) and not followed:
            followed = True
            yield "followed by"
        kind = "event: " if alarm.row[table.CATEGORY] == table.EVENT else ""
        ago = duration(1000 * (monitor.uptime_s - monitor.raised_s[alarm.index]))
        yield "%s%d %s (%s, %s ago)" % (kind, row[table.ID], row[table.TEXT], state, ago)
        yield "   cause:  " + row[table.CAUSE]
        for line in _raised(unit, alarm):
            yield "   raised: " + line
        yield "   remedy: " + row[table.REMEDY]


def _history(unit, report):
    yield report.head((("uptime", 14), ("event", 13), ("alarm", 42 if _wall(unit, 0) else 0), ("time", 0)))
    texts = {row[table.ID]: row[table.TEXT] for row in table.ROWS}
    for at_s, number, word in reversed(history(unit.monitor)):
        yield report.row(
            (at_s if report.machine else _uptime(at_s), word, "%d %s" % (number, texts[number]), _wall(unit, at_s))
        )


def _uptime(at_s):
    """Return an uptime; one before this start as how long before."""
    return duration(1000 * at_s) if at_s >= 0 else "-" + duration(-1000 * at_s)


def _wall(unit, at_s):
    """Return the time on the wall at the uptime `at_s`, '' when the clock is not valid."""
    wall = unit.wallclock
    if not wall.valid:
        return ""
    at_s = 60 * wall.minute + wall.second % 60 - (unit.monitor.uptime_s - at_s)
    year, month, day = civil.date_of(wall.local_day + at_s // _DAY_S)
    at_s %= _DAY_S
    return "%04d-%02d-%02d %02d:%02d:%02d" % (year, month, day, at_s // 3600, at_s // 60 % 60, at_s % 60)


def _alarm(unit, word):
    place = unit.monitor.ids.find(bytes([int(word)])) if word.isdigit() and int(word) < 256 else -1
    if place < 0:
        raise CommandError("no alarm has the id '%s'; 'alarms' and docs/REFERENCE.md list them" % word)
    return unit.monitor.table[place]


def _about(unit, report, alarm):
    row = alarm.row
    monitor = unit.monitor
    yield report.pair("id", row[table.ID])
    yield report.pair("key", row[table.KEY])
    yield report.pair("text", row[table.TEXT])
    yield report.pair("category", table.CATEGORIES[row[table.CATEGORY]])
    yield report.pair("stop class", stops.TEXT[row[table.CLASS]], row[table.CLASS])
    yield report.pair("state", state_text(monitor, alarm))
    yield report.pair("raised", "%d times since power-up" % monitor.counts[alarm.index], monitor.counts[alarm.index])
    yield report.pair("cause", row[table.CAUSE])
    for line in _raised(unit, alarm):
        yield report.pair("failure", line)
    yield report.pair("remedy", row[table.REMEDY])
    yield report.pair("rises after", _delay(unit, row[table.ON]))
    yield report.pair("clears after", _delay(unit, row[table.OFF]))
    yield report.pair("clears when", row[table.CLEARS])
    latch = ("by itself", "by a reset", "by itself; the third time in a day by a reset")[row[table.LATCH]]
    yield report.pair("released", latch)
    yield report.pair("reset by", table.RESETTERS[row[table.RESET]])
    masks = [mask.partition(" ") for mask in row[table.MASK].split("; ")]
    texts = ["%s, at most %s" % (name, _delay(unit, limit)) for name, _, limit in masks if limit]
    yield report.pair("masked in", "; ".join(texts) if texts else "nothing")
    yield report.pair("snapshot", row[table.SNAPSHOT])


def _raised(unit, alarm):
    """Return what the failed task raised, in one line; none for another alarm."""
    return failure_lines(unit)[:1] if alarm.key == "task_failure" else []


def _delay(unit, text):
    """Return a delay of the table for people: a time, or a setting with what is in force, and the words after it."""
    first, _, rest = text.partition(" ")
    shown = duration(int(first)) if first.isdigit() else "%s (%s)" % (first, unit.settings.text(first))
    return "%s, %s" % (shown, rest) if rest else shown


def _snapshot(unit, report, words):
    whole = len(words) > 0 and words[-1] == "all"
    numbers = words[:-1] if whole else words
    if len(numbers) > 1 or (numbers and not numbers[0].isdigit()):
        raise CommandError("usage: alarms snapshot [n] [all], 1 is the newest")
    number = int(numbers[0]) if numbers else 1
    moment = Moment(unit.snapshots, number - 1)
    if not moment.exists:
        raise CommandError("no snapshot %d is kept" % number if numbers else "there is no snapshot")
    row = table.ROWS[moment.index]
    yield report.pair("alarm", "%d %s" % (row[table.ID], row[table.TEXT]), row[table.ID])
    yield report.pair("uptime", _uptime(moment.at_s), moment.at_s)
    yield report.pair("time", _wall(unit, moment.at_s))
    yield report.pair("state", states.text(moment.state), moment.state)
    yield report.pair("duty", MODE_TEXT[moment.duty], moment.duty)
    readings = unit.readings
    yield report.head((("point", 21), ("value", 14), ("unit", 0)) if report.machine else (("point", 21), ("value", 0)))
    wanted = row[table.SNAPSHOT].split(" ")
    for item in readings.analog + readings.pulses + readings.contacts + unit.outputs.table:
        name = item.name
        if whole or name in wanted:
            value, unit_text = _value(unit, moment.value(readings, unit.outputs, item), item, report)
            yield report.row((name, value, unit_text) if report.machine else (name, value))


def _value(unit, value, item, report):
    """Return (value, unit) of one point of a snapshot."""
    if hasattr(item, "commanded"):
        return output_text(item, value, report), ""
    if hasattr(item, "on"):
        return (value if report.machine else item.on_text if value else OFF_TEXT[item.on_text]), ""
    number = None if value is None else value / item.scale
    return (plain(number, 3) if report.machine else units.text(item.unit, number, report.us)), item.unit


# --- what a person does ------------------------------------------------------------------------------------


def ack(console, unit, report, words):
    """Acknowledge one alarm, or all."""
    if len(words) > 2:
        raise CommandError("usage: ack [ID]")
    monitor = unit.monitor
    if len(words) == 2:
        alarm = _alarm(unit, words[1])
        if not monitor.acknowledge(alarm):
            raise CommandError("alarm %s waits for no acknowledgement: it is %s" % (words[1], state_text(monitor, alarm)))
        count = 1
    else:
        count = monitor.acknowledge()
    yield report.pair("acknowledged", count)


def shelve(console, unit, report, words):
    """Take a warning from lamp and panel for a time; what it does to the machine stays."""
    if len(words) != 3 or not words[2].isdigit():
        raise CommandError("usage: shelve ID MINUTES")
    alarm = _alarm(unit, words[1])
    try:
        shelf.shelve(unit.monitor, alarm, int(words[2]))
    except ValueError as error:
        raise CommandError(error.args[0])
    yield report.pair("shelved", "%d %s" % (alarm.id, alarm.text), alarm.id)
    yield report.pair("left", words[2] + " min", 60 * int(words[2]))


def unshelve(console, unit, report, words):
    """Bring a shelved alarm back."""
    if len(words) != 2:
        raise CommandError("usage: unshelve ID")
    alarm = _alarm(unit, words[1])
    monitor = unit.monitor
    if not monitor.flags[alarm.index] & OFF_PANEL:
        raise CommandError("alarm %s is not shelved" % words[1])
    shelf.unshelve(monitor, alarm)
    yield from slow_scan(unit)
    yield report.pair("state", state_text(monitor, alarm))


def reset(console, unit, report, words):
    """Release the alarms that only wait for a person; name those whose cause still stands or that need another level."""
    if len(words) > 1:
        raise CommandError("usage: reset")
    remaining = unit.reset_alarms(console.level())
    needs = ""
    for alarm in remaining:
        if not alarm.active():
            needs = table.RESETTERS[alarm.row[table.RESET]]
            yield report.pair("kept", "%d %s: its reset needs the level %s" % (alarm.id, alarm.text, needs))
        else:
            yield report.pair("stands", "%d %s" % (alarm.id, alarm.text))
    if needs:
        raise CommandError("not all is reset: login PIN of the level %s, now %s" % (needs, LEVELS[console.level()]))
    if not remaining:
        yield report.pair("reset", "no alarm stands")
