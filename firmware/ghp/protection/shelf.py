"""Shelving: a warning is taken from lamp and panel for a time.  What it does to the machine stays.  Loaded when asked for."""

from ghp import alarms
from ghp.protection.monitor import OFF_PANEL, SHELVED, UNSEEN

MOST_MIN = 480  # a shift; who wants more asks again


def shelve(monitor, alarm, minutes):
    """Shelve `alarm` for 1..MOST_MIN minutes; ValueError says why not."""
    category = alarm.row[alarms.CATEGORY]
    if category != alarms.WARNING:
        raise ValueError("only a warning can be shelved; this is of the category " + alarms.CATEGORIES[category])
    if not 1 <= minutes <= MOST_MIN:
        raise ValueError("the time must be 1 to %d minutes" % MOST_MIN)
    index = alarm.index
    monitor.flags[index] = monitor.flags[index] & ~UNSEEN | OFF_PANEL
    monitor.shelves[index] = monitor.uptime_s + 60 * minutes
    monitor.note(index, SHELVED)


def unshelve(monitor, alarm):
    """Let its time be over: the next slow scan brings it back, unacknowledged if it stands."""
    monitor.shelves[alarm.index] = monitor.uptime_s
