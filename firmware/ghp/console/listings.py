"""The listings: points, settings, tasks.  One line at a time, however long the table is."""

from ghp import settings as table
from ghp import units
from ghp.console.nearest import nearest
from ghp.console.report import CommandError, duration, plain
from ghp.sensing import substitute
from ghp.sensing.readings import GOOD, QUALITY_TEXT
from ghp.ticks import ticks_diff

# What a point is while it is not what its table row says.
OFF_TEXT = {
    "closed": "open", "released": "pressed", "flow": "no flow", "present": "absent", "enabled": "disabled",
    "call": "no call", "peak": "no peak", "reached": "not reached", "pressed": "released",
    "open": "shut", "on": "off", "cranking": "off", "engaged": "released", "unloaded": "loaded",
    "cooling": "heating", "chilled": "hot", "healthy": "alarm", "lit": "dark",
}  # fmt: skip


def points(console, unit, report, words):
    """Yield inputs and outputs whose names begin with the prefix."""
    prefix = _prefix(words, "points")
    readings = unit.readings
    inputs = [item for item in readings.analog + readings.pulses + readings.contacts if item.name.startswith(prefix)]
    outputs = [item for item in unit.outputs.table if item.name.startswith(prefix)]
    if not inputs and not outputs:
        names = [item.name for item in readings.analog + readings.pulses + readings.contacts + unit.outputs.table]
        raise CommandError("no point begins with '%s'%s" % (prefix, nearest(prefix, names, "; 'points' lists all")))
    if inputs:
        last = (("unit", 0), ("substitute", 0)) if report.machine else (("", 0),)
        yield report.head(
            (("input", 21), ("value", 14), ("quality", 20), ("age_ms" if report.machine else "age", 12)) + last
        )
        for item in inputs:
            yield report.row(_input_cells(item, unit, report))
    if outputs:
        yield report.head((("output", 21), ("effective", 14), ("commanded", 14), ("note", 0)))
        for item in outputs:
            note = "forced" if item.forced is not None else "expired" if item.expired else ""
            yield report.row(
                (item.name, output_text(item, item.value, report), output_text(item, item.commanded, report), note)
            )


def _input_cells(item, unit, report):
    now_ms = unit.board.clock.ticks_ms()
    image = unit.image
    quality = QUALITY_TEXT[item.quality]
    if hasattr(item, "on"):
        age_ms = ticks_diff(now_ms, item.changed_at)
        value = item.on_text if item.on else OFF_TEXT[item.on_text]
        kind = ""
        if report.machine:
            value = 1 if item.on else 0
        if item.quality != GOOD:
            value = "" if report.machine else "--"
    else:
        if hasattr(item, "total"):  # a pulse input
            age_ms = ticks_diff(unit.board.clock.ticks_us(), image.pulses_at_us[item.index]) // 1000
        else:
            age_ms = ticks_diff(now_ms, image.analog_at[item.index])
        kind = item.unit
        number = item.value()
        value = plain(number, 3) if report.machine else units.text(kind, number, report.us)
    if item.quality != GOOD and hasattr(item, "bad_for_ms"):
        age_ms = item.bad_for_ms(now_ms)
    by = ""
    if item.quality != GOOD and not hasattr(item, "on"):
        by = substitute.text(item, now_ms)
    return (item.name, value, quality) + ((age_ms, kind, by) if report.machine else (duration(age_ms), by))


def output_text(item, value, report):
    """Return an output's value as a person reads it, or as the integer of the image."""
    if report.machine:
        return value
    if item.kind == "digital":
        return item.on_text if value == 1 else OFF_TEXT[item.on_text]
    if item.kind == "percent":
        return "%d.%d %%" % (value // 100, value % 100 // 10)
    return "%d steps" % value


def _prefix(words, name):
    if len(words) > 2:
        raise CommandError("usage: %s [prefix]" % name)
    return words[1] if len(words) == 2 else ""


def settings(console, unit, report, words):
    """Yield the settings whose keys begin with the prefix; or see `kept`."""
    if words[1:] == ["changed"]:
        from ghp.console.kept import changed  # seldom asked for

        yield from changed(unit, report)
        return
    if words[1:2] == ["default"]:
        if len(words) != 3:
            raise CommandError("usage: settings default KEY, or: settings default all")
        from ghp.console.kept import default

        yield from default(console, unit, report, words[2])
        return
    prefix = _prefix(words, "settings")
    rows = [row for row in table.ROWS if row[1].startswith(prefix)]
    if not rows:
        raise unknown_setting(prefix)
    yield report.head((("key", 24), ("value", 14), ("allowed", 26), ("level", 10)))
    in_force = unit.settings
    for row in rows:
        key = row[1]
        value = in_force.text(key) if row[2] == "pin" or not report.machine else plain(getattr(in_force, key), 4)
        yield report.row((key, value, in_force.allowed(key), table.LEVELS[row[6]]))


def unknown_setting(key):
    """Return the error for a key that is not in the table."""
    return CommandError(
        "no setting '%s'%s" % (key, nearest(key, [row[1] for row in table.ROWS], "; 'settings' lists all"))
    )


def get(console, unit, report, words):
    """Yield everything about one setting."""
    if len(words) != 2:
        raise CommandError("usage: get KEY")
    in_force = unit.settings
    try:
        row = in_force.row(words[1])
    except KeyError:
        raise unknown_setting(words[1])
    key = row[1]
    default = in_force.words(row, row[3])
    value = None if row[2] == "pin" else plain(getattr(in_force, key), 4)
    yield report.pair(key, in_force.text(key), value)
    yield report.pair("allowed", in_force.allowed(key))
    yield report.pair("default", default)
    yield report.pair("level", table.LEVELS[row[6]])
    yield report.pair("means", row[7])


def tasks(console, unit, report, words):
    """Yield the record of every task, the watchdog's feeds, and what a task raised."""
    yield report.head(
        (("task", 11), ("period_ms", 9), ("runs", 9), ("last_us", 8), ("worst_us", 8), ("budget_us", 9),
         ("overruns", 8), ("missed", 8), ("failures", 8))
    )  # fmt: skip
    for task in unit.executive.tasks:
        yield report.row(
            (task.name, task.period_ms, task.runs, task.last_us, task.worst_us, task.budget_us,
             task.overruns, task.missed, task.failures)
        )  # fmt: skip
    yield report.pair("feeds", "%d watchdog feeds" % unit.executive.feeds, unit.executive.feeds)
    lines = failure_lines(unit) or ["none"]
    yield report.pair("last failure", lines[0])
    if not report.machine:
        yield from lines[1:]


def failure_lines(unit):
    """Return what the last task that failed has raised: task and error, then where; none when nothing is kept."""
    from ghp import failure  # seldom asked for

    lines = failure.kept(unit.board.surviving)
    if lines and unit.failure is None:
        lines[0] += " (before this start)"
    return lines
