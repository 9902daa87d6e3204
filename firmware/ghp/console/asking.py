"""The commands about who wants what and when: claims, clock."""

from ghp import civil
from ghp.console.changes import slow_scan
from ghp.console.report import CommandError, duration
from ghp.control import arbiter, peak, wallclock
from ghp.control.claims import MODE_OFF
from ghp.table import Words

_HOLIDAYS = Words(
    "no holiday|New Year's Day|Presidents Day|Memorial Day|Independence Day|Labor Day|Veterans Day|"
    "Thanksgiving Day|Christmas Day"
)
_LIMIT_LOW = 40
_DAY_MIN = 1440


def claims(console, unit, report, words):
    """Yield every claim with what became of it, or make or withdraw the console's demand limit."""
    if len(words) > 1:
        yield from _limit(unit, report, words)
        return
    yield report.head((("subject", 8), ("source", 15), ("claims", 10), ("priority", 9), ("left", 10), ("result", 0)))
    for subject in unit.claims.subjects:
        for claim in subject.claims:
            if not claim.active:
                continue
            left_s = claim.left_s()
            if report.machine:
                left, value = ("" if left_s is None else left_s), claim.value
            else:
                left = "" if left_s is None else duration(left_s * 1000)
                value = subject.value_text(claim.value)
            yield report.row(
                (subject.name, claim.source, value, claim.priority, left, _result(subject, claim))
            )
    if report.machine:
        for subject in unit.claims.subjects:
            yield report.pair(subject.name, "", subject.value)
        yield report.pair("want", "", unit.arbiter.want)
        yield report.pair("pending", "", unit.arbiter.pending)
        yield report.pair("wait_s", "", unit.arbiter.wait_s())
        return
    for subject in unit.claims.subjects:
        yield report.pair(subject.name, subject.value_text(subject.value))
    yield report.pair("wanted now", arbiter.WANT_TEXT[unit.arbiter.want])
    if unit.arbiter.pending:
        wait_s = unit.arbiter.wait_s()
        yield report.pair(
            "then", "%s, not before %s" % (arbiter.WANT_TEXT[unit.arbiter.pending], duration(wait_s * 1000))
        )
    hour = "%d in the last hour, at most %d" % (unit.arbiter.changes_in_hour(), unit.settings.changeovers_per_hour)
    yield report.pair("changeovers", hour)


def _result(subject, claim):
    if claim.wins:
        return "decides"
    if claim.value == subject.value:
        return "agrees"
    return "not followed: off wins" if subject.name == "mode" and subject.value == MODE_OFF else "not followed"


def _limit(unit, report, words):
    usage = "usage: claims [limit PERCENT [MINUTES] | limit off]"
    if words[1] != "limit" or not 3 <= len(words) <= 4 or (words[2] == "off" and len(words) == 4):
        raise CommandError(usage)
    claim = unit.claims.console_demand
    if words[2] == "off":
        claim.withdraw()
    else:
        if not words[2].isdigit() or (len(words) == 4 and not words[3].isdigit()):
            raise CommandError(usage)
        percent = int(words[2])
        if not _LIMIT_LOW <= percent <= 100:
            raise CommandError("the demand limit must be %d to 100 %%" % _LIMIT_LOW)
        if len(words) == 4:
            minutes = int(words[3])
            if not 1 <= minutes <= _DAY_MIN:
                raise CommandError("the time must be 1 to %d minutes" % _DAY_MIN)
            claim.make(percent, minutes * 60000)
        else:
            claim.make(percent)
    subject = unit.claims.demand
    subject.decide()
    yield report.pair("demand", subject.value_text(subject.value), subject.value)


def clock(console, unit, report, words):
    """Yield date, time and what the calendar makes of them; or set the clock."""
    if len(words) > 1:
        _set_clock(unit, words)
        yield from slow_scan(unit)
    wall = unit.wallclock
    yield report.pair("clock", wall.text())
    yield report.pair("state", wallclock.TEXT[wall.state], wall.state)
    if wall.valid:
        year, month, day = civil.date_of(wall.day)
        second = wall.second
        standard = "%04d-%02d-%02d %02d:%02d:%02d" % (
            year, month, day, second // 3600, second // 60 % 60, second % 60,
        )  # fmt: skip
        yield report.pair("standard", standard)
        yield report.pair("holiday", _HOLIDAYS[wall.holiday], wall.holiday)
    yield report.pair("peak", peak.TEXT[unit.peak.way], unit.peak.way)
    text = "none"
    if wall.jumps:
        sign = "-" if wall.jump_s < 0 else "+"
        text = "%d, the last by %s%s" % (wall.jumps, sign, duration(abs(wall.jump_s) * 1000))
    yield report.pair("jumps", text, wall.jumps)


def _set_clock(unit, words):
    usage = "usage: clock set YYYY-MM-DD HH:MM, the time on the wall"
    if words[1] != "set" or len(words) != 4:
        raise CommandError(usage)
    date = words[2].split("-")
    time = words[3].split(":")
    if len(date) != 3 or len(time) != 2:
        raise CommandError(usage)
    for word in date + time:
        if not word.isdigit() or len(word) > 4:
            raise CommandError(usage)
    try:
        unit.wallclock.set(
            int(date[0]), int(date[1]), int(date[2]), int(time[0]), int(time[1]), unit.board.clock.ticks_ms()
        )
    except ValueError as error:
        raise CommandError(error.args[0])
