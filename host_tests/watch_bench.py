"""Plausibility, actors and health over hand-made readings."""

from ghp.console import contradictions
from ghp.control.duty import COOLING
from ghp.protection import witnesses
from ghp.protection.actors import Actors
from ghp.protection.health import Health
from ghp.protection.plausibility import Plausibility
from ghp.refrigerant import saturation_c, saturation_kpa
from thermal_parts import Parts

CHILLING = {
    "suction_pressure": 320.0, "discharge_pressure": 1300.0, "suction_temp": 8.0, "liquid_temp": 42.0,
    "ambient_temp": 35.0, "coil_temp": 42.5, "chilled_entering": 12.0, "chilled_leaving": 6.7, "discharge_temp": 70.0,
    "chilled_flow": 7.5, "hot_flow": 0.0,
}
GROUPS = {row[1]: row[2:4] for row in witnesses.GROUPS}
SATURATIONS = {"suction saturation": "suction_pressure", "discharge saturation": "discharge_pressure"}
SETTLED_S = 190


class Flow:
    """Both proofs of flow, as a test sets them."""

    def __init__(self):
        self.hot = self
        self.chilled = self
        self.present = True


class Still:
    """A pickup that proves standstill, or not."""

    standstill = False


class Watch:
    """The three judges over hand-made readings; time passes by `wait`."""

    def __init__(self, when=0):
        parts = self.parts = Parts()
        self.settings = parts.settings
        self.readings = parts.readings
        self.monitor = parts.monitor
        self.flow = Flow()
        self.pickup = Still()
        self.plausibility = Plausibility(
            parts.readings, parts.settings, parts.derived, parts.duty, parts.engine, self.flow, parts.outputs,
            parts.monitor,
        )
        self.actors = Actors(self.plausibility, parts.engine, self.pickup)
        self.health = Health(self.plausibility)
        parts.outputs.unloader.value = 0
        for name in ("pump_hot", "pump_chilled", "gas_valve"):
            getattr(parts.outputs, name).value = 1
        parts.outputs.heat_recovery_valve.value = 5000
        if when & 1:
            parts.duty.mode = COOLING
            parts.put(**CHILLING)
        if when >= 2:
            parts.engine.rest()
            parts.outputs.heat_recovery_valve.value = 0
            level = {"entering_water": 50.0, "condenser_water": 50.0, "leaving_water": 50.0, "chilled_entering": 10.0,
                     "chilled_leaving": 10.0, "discharge_pressure": 400.0, "suction_pressure": 400.0}
            parts.put(**level)

    def wait(self, seconds):
        """Let time pass; return the alarms that stand."""
        parts = self.parts
        for _ in range(int(seconds * 2)):
            now_ms = parts.now_ms
            parts.derived.update(now_ms, 0.5)
            if self.plausibility.update(now_ms):
                self.actors.update(now_ms)
                self.health.update(now_ms)
            parts.now_ms = (now_ms + 500) & 0x3FFFFFFF
        return parts.standing()

    def say(self, name, value_c):
        """Let a witness, or all of a group, say `value_c`."""
        for member in GROUPS.get(name, (name,)):
            if member in SATURATIONS:
                self.parts.put(**{SATURATIONS[member]: saturation_kpa(value_c)})
            else:
                self.parts.put(**{member: value_c})

    def hear(self, name):
        """Return what a witness says, C."""
        values = [getattr(self.readings, member).value() for member in GROUPS.get(name, ()) or [name] if member not in SATURATIONS]
        if not values:
            return saturation_c(getattr(self.readings, SATURATIONS[name]).value())
        warmer = {row[1]: row[4] for row in witnesses.GROUPS}.get(name, 0)
        return max(values) if warmer else min(values)

    def why(self):
        """Return what `why` says of contradictions."""
        found = []
        contradictions.reasons(self, lambda rank, text, left, value: found.append((rank, text, value)))
        return found


def standing(watch):
    watch.parts.engine.rest()
    watch.pickup.standstill = True
    watch.parts.put(oil_pressure=0.0, gas_meter=0.0)
