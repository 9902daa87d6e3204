"""The water in the plate exchanger before it is joined to the other loop: how warm, and how to make it right.

The rule: below `plate_to_chilled_c` before it joins the chilled loop, above `plate_to_hot_c` before it joins the hot
one.  The loop that it leaves may bring it there, when that loop's own water is inside the rule; else the water
stands, and the refrigerant tempers it: with the pressures equal it boils in the warmer exchanger and condenses in the
colder, and what is left the unloaded compressor does.
"""

from micropython import const

from ghp import units
from ghp.control import duty as duties
from ghp.sensing.readings import GOOD

_MARGIN_MK = const(500)
_TEMPER_MK = const(4000)  # the compressor goes this far beyond the rule, because the water mixes afterwards
_COLD_C = -1.0  # or, where it boils colder than this, not quite as far as the rule: the plate could freeze, its cold brings
_SHORT_MK = const(-7000)  # the water further down by itself, and the probe shows what was ten seconds ago
_FREEZE_MC = const(6000)
_FLOWS_MLPS = const(1000)  # the plate's water is replaced within seconds
_FREEZE_C = 1.0
_COIL_K = 3.0
_COIL_HOT_C = 32.0


def _leaving(readings, mode):
    """Return the plate's probe; in place of a bad one that of the entering water, while it flows."""
    if mode == duties.COOLING:
        water, entering, flow = readings.chilled_leaving, readings.chilled_entering, readings.chilled_flow
    else:
        water, entering, flow = readings.condenser_water, readings.entering_water, readings.hot_flow
    if water.quality != GOOD and flow.quality == GOOD and flow.scaled >= _FLOWS_MLPS:
        return entering
    return water


def _inside(scaled, settings, target, margin_mk):
    if target == duties.COOLING:
        return scaled <= int(settings.plate_to_chilled_c * 1000) - margin_mk
    return scaled >= int(settings.plate_to_hot_c * 1000) + margin_mk


def ready(readings, settings, mode, target):
    """Return whether the plate's water is inside the rule of `target`; None when its probe is bad."""
    water = _leaving(readings, mode)
    if water.quality != GOOD:
        return None
    return _inside(water.scaled, settings, target, _MARGIN_MK)


def tempered(readings, settings, derived, mode, target):
    """Return whether the compressor has done enough, or can no longer see what it does."""
    water = _leaving(readings, mode)
    if water.quality != GOOD or _inside(water.scaled, settings, target, _TEMPER_MK):
        return True
    if target == duties.HEATING:
        return False
    cold = derived.evaporating_c is None or derived.evaporating_c < _COLD_C
    return (cold and _inside(water.scaled, settings, target, _SHORT_MK)) or water.scaled <= _FREEZE_MC


def pumps(readings, settings, mode, target, moves_water):
    """Return which pump may run while the plate waits: that of its present loop if this brings it inside the rule."""
    own = duties.PUMPS_CHILLED if mode == duties.COOLING else duties.PUMPS_HOT
    if not moves_water:
        return own
    known = readings.chilled_leaving.quality == GOOD
    if target == duties.HEATING and known and ready(readings, settings, mode, target):
        return duties.PUMPS_STILL  # the hot coil's vapour condenses in the plate: not into the chilled loop
    entering = readings.chilled_entering if mode == duties.COOLING else readings.entering_water
    if entering.quality == GOOD and _inside(entering.scaled, settings, target, 2 * _MARGIN_MK):
        return own
    return duties.PUMPS_STILL


def freezes(readings, derived, mode):
    """Return whether standing water could freeze in the plate: what boils off to a cold coil takes its heat."""
    water = _leaving(readings, mode)
    cold = derived.evaporating_c is None or derived.evaporating_c < _FREEZE_C
    return cold and (water.quality != GOOD or water.scaled < _FREEZE_MC)


def coil_too_warm(readings, derived):
    """Return whether the standing circuit is hot enough to hinder the clutch, and air would cool it."""
    ambient = readings.ambient_temp
    warm_c = derived.condensing_c
    if ambient.quality != GOOD or warm_c is None or warm_c < _COIL_HOT_C:
        return False
    return warm_c > ambient.scaled / 1000 + _COIL_K


def text(readings, settings, mode, target):
    """Return the plate's water against its rule, for people."""
    us = settings.us()
    water = _leaving(readings, mode).value()
    now = "not known" if water is None else units.text("c", water, us)
    if target == duties.COOLING:
        return "%s, below %s" % (now, units.text("c", settings.plate_to_chilled_c, us))
    return "%s, above %s" % (now, units.text("c", settings.plate_to_hot_c, us))
