"""What the memory kept of the settings, given back at power-up; `settings changed`, `settings default`.

Nothing is replaced silently: an id that this firmware does not know and a value that it does not allow stay in the memory,
are not in force, and are told after every power-up until a person has seen to them.
"""

from struct import pack, unpack_from

from ghp import settings as table
from ghp.console.report import CommandError, plain

_ID, _KEY, _KIND, _DEFAULT, _LOW, _HIGH, _LEVEL = range(7)


def _entries(data):
    """Return id -> value of a body."""
    found = {}
    for at in range(0, len(data) - table.ENTRY_BYTES + 1, table.ENTRY_BYTES):
        number, value = unpack_from(table.ENTRY, data, at)
        found[number] = value
    return found


def take(settings, data):
    """Put in force what `data` holds; what a person has set since power-up stays."""
    mine = _entries(settings.kept)
    entries = _entries(data)
    taken = {}
    for row in table.ROWS:
        value = entries.get(row[_ID])
        if value is None or row[_ID] in mine or not row[_LOW] <= value <= row[_HIGH]:  # refuses NaN as well
            continue
        if isinstance(row[_DEFAULT], int):
            if int(value) != value:
                continue
            value = int(value)
        setattr(settings, row[_KEY], value)
        taken[row[_KEY]] = row[_DEFAULT]
    while taken and _one_out_of_order(settings, taken):
        pass
    kept = b""
    for row in table.ROWS:
        if row[_ID] in mine and mine[row[_ID]] == row[_DEFAULT]:
            entries.pop(row[_ID], None)
            mine.pop(row[_ID])
    entries.update(mine)
    for number in entries:
        kept += pack(table.ENTRY, number, entries[number])
    settings.kept = kept
    settings.taken = True
    settings.changes += 1


def _one_out_of_order(settings, taken):
    """Put the default in force where two no longer go together; returns whether there were two."""
    for low, high, gap in table.ORDER:
        if settings.missing(low, high, gap, "", 0) > 0:
            found = False
            for key in (low + "+" + high).split("+"):
                if key in taken:
                    setattr(settings, key, taken.pop(key))
                    found = True
            if found:
                return True
    return False


def _refused(settings):
    """Yield (key or "", id, value in words; a PIN is never told) of what is kept and not in force."""
    entries = _entries(settings.kept)
    for row in table.ROWS:
        value = entries.pop(row[_ID], None)
        if value is not None and value != getattr(settings, row[_KEY]):
            yield row[_KEY], row[_ID], "PIN" if row[_KIND] == "pin" else plain(value, 4)
    for number in sorted(entries):
        yield "", number, plain(entries[number], 4)


def greeting(unit):
    """Yield what a person should know of the settings after a start."""
    shelf = unit.shelf
    if shelf.torn:
        yield "settings: " + (
            "no kept copy is whole: defaults are in force, mode off" if shelf.damaged
            else "one of the two kept copies was not whole, the other is in force"
        )  # fmt: skip
    for key, number, said in _refused(unit.settings):
        yield _why_not(unit.settings, key, number, said)


def _why_not(settings, key, number, said):
    if key:
        return "setting %s: the kept %s is not allowed here (%s); %s is in force" % (
            key, said, settings.allowed(key), settings.text(key),
        )  # fmt: skip
    return "setting number %d is not known to this firmware: the kept %s is not in force" % (number, said)


def changed(unit, report):
    """Yield what differs from its default, then what was kept and could not be taken."""
    settings = unit.settings
    yield report.head((("key", 24), ("value", 14), ("default", 0)))
    for row in table.ROWS:
        value = getattr(settings, row[_KEY])
        if value == row[_DEFAULT]:
            continue
        default = row[_DEFAULT]
        if report.machine and row[_KIND] != "pin":
            yield report.row((row[_KEY], plain(value, 4), plain(default, 4)))
        else:
            yield report.row((row[_KEY], settings.text(row[_KEY]), settings.words(row, default)))
    for key, number, said in _refused(settings):
        if report.machine:
            in_force = "" if not key else settings.text(key) if said == "PIN" else plain(getattr(settings, key), 4)
            yield report.row((key or number, in_force, "refused " + said))
        else:
            yield _why_not(settings, key, number, said)


def default(console, unit, report, word):
    """Put one setting, or all of them, back to its default."""
    settings = unit.settings
    needed = 0
    for row in table.ROWS:
        if word == row[_KEY] or (word == "all" and getattr(settings, row[_KEY]) != row[_DEFAULT]):
            needed = max(needed, row[_LEVEL])
    if needed > console.level():
        raise CommandError("settings default %s needs the level %s: login PIN" % (word, table.LEVELS[needed]))
    if word != "all":
        try:
            row = settings.row(word)
        except KeyError:
            from ghp.console.listings import unknown_setting

            raise unknown_setting(word)
        try:
            settings.set(word, row[_DEFAULT])
        except ValueError as error:
            raise CommandError(error.args[0])
        yield report.pair(word, settings.text(word), plain(getattr(settings, word), 4))
        return
    if not unit.engine.standstill:
        raise CommandError("the engine is not at standstill: 'mode off', wait until it stands, then all settings")
    if not settings.taken:
        raise CommandError("the memory has not answered since the start: what it keeps would come back; see `alarms`")
    count = 0
    for row in table.ROWS:  # at once: no state between may be in force
        if getattr(settings, row[_KEY]) != row[_DEFAULT]:
            setattr(settings, row[_KEY], row[_DEFAULT])
            count += 1
    settings.kept = b""
    settings.changes += 1
    yield report.pair("settings", "%d put back, mode off" % count, count)
