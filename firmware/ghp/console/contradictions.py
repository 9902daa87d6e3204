"""What `why` says about witnesses that contradict each other; loaded while there is something to say."""

from ghp import units
from ghp.protection import stops
from ghp.protection import witnesses
from ghp.protection.doubt import OUT


def reasons(unit, add):
    """Name the two witnesses of what stands, with what they said or say."""
    us = unit.settings.us()
    pairs = unit.plausibility
    monitor = unit.monitor
    for number in range(len(pairs.alarms)):
        alarm = pairs.alarms[number]
        place, low_mc, high_mc = pairs.said[3 * number : 3 * number + 3]
        if not monitor.stands(alarm) or low_mc == high_mc:
            continue
        _, _, low, high, _, _, _, _ = witnesses.PAIRS[place]
        text = "Contradiction: %s %s; %s %s" % (
            high, units.text("c", high_mc / 1000, us), low, units.text("c", low_mc / 1000, us)
        )
        add(_rank(monitor, alarm), text, None, None)
    for place, text, key, _, one, other in witnesses.CHECKS:
        if unit.actors.doubts[place] & OUT:
            values = _shown(unit, one, us) + "; " + _shown(unit, other, us)
            add(_rank(monitor, monitor.place(key)), "Contradiction: " + text, None, values)
    for place, name, _, _, _, _, cause in witnesses.ITEMS:
        if unit.health.doubts[place] & OUT:
            add(2, "%s: %s" % (name, cause), None, None)


def _rank(monitor, alarm):
    return 0 if monitor.class_of(alarm) >= stops.NORMAL_STOP else 2


def _shown(unit, name, us):
    point = getattr(unit.readings, name)
    if hasattr(point, "on_text"):
        return name + " " + (point.on_text if point.on else "off")
    return name + " " + units.text(point.unit, point.value(), us)
