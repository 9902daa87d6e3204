"""Who is at the console: login and logout.

A PIN keeps away mistakes, not an enemy: whoever has the board in his hands can read its memory.
"""

from ghp.console.console import IDLE_MS
from ghp.console.report import CommandError, duration
from ghp.settings import FACTORY, LEVELS, TECHNICIAN
from ghp.ticks import ticks_diff

_SLOWEST = 9  # 2**9 s


def login(console, unit, report, words):
    """Rise to the level of a PIN, or tell the level."""
    if len(words) > 2:
        raise CommandError("usage: login [PIN]")
    if len(words) == 2:
        _try(console, unit, words[1])
    level = console.level()
    yield report.pair("level", LEVELS[level], level)
    if console.logged:
        left_ms = IDLE_MS - ticks_diff(unit.board.clock.ticks_ms(), console.heard_at)
        yield report.pair("left", duration(left_ms) + " without input", left_ms // 1000)
    elif level:
        yield report.pair("why", "no PIN is set for more than that")
    yield report.pair("wrong", "%d wrong PINs since the last right one" % console.wrong, console.wrong)
    if len(words) == 2:
        console.wrong = 0


def _try(console, unit, word):
    """Take the PIN; each wrong one makes the wait for the next try longer."""
    now_s = unit.monitor.uptime_s
    if now_s < console.barred_s:
        raise CommandError("after a wrong PIN the next is taken in %d s" % (console.barred_s - now_s))
    level = _level_of(unit.settings, int(word)) if word.isdigit() and len(word) <= 8 else None
    if level is None:
        console.wrong += 1
        wait_s = 1 << min(console.wrong, _SLOWEST)
        console.barred_s = now_s + wait_s
        raise CommandError("wrong PIN, %d so far; the next is taken in %d s" % (console.wrong, wait_s))
    console.logged = level


def _level_of(settings, pin):
    """Return the access level that `pin` opens, or None.  Without a PIN of its own, factory is the technician's."""
    if pin and pin == settings.factory_pin:
        return FACTORY
    if pin and pin == settings.technician_pin:
        return TECHNICIAN if settings.factory_pin else FACTORY
    return None


def logout(console, unit, report, words):
    """Fall back to the level that needs no PIN."""
    if len(words) > 1:
        raise CommandError("usage: logout")
    console.logged = 0
    level = console.level()
    yield report.pair("level", LEVELS[level], level)
