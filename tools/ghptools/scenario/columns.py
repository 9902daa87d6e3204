"""The columns of a trace: every number of a run, under one name each, in one flat vector.

Plain names are the plant's truth (`leaving_c`) or worked out from it (`fuel`, `cop_hhv`); others carry their
source: `cmd.gas_valve` what reaches the actuator, `out.heartbeat` a wire of the controller, `env.ambient_c`
the weather and load, `sensed.leaving_water` what a sensor shows, `fw.state` what the firmware says on its
console, `run.dt_s` what the run itself knows.
"""

import difflib
import re

from ghptools import quantities
from ghptools.plant import signals
from ghptools.virtual import wires

RUN = ("time_s", "dt_s", "asked", "faulted", "late_allowed", "failures", "powered")
DERIVED = {
    "fuel": "1 = gas flows (valve and relay), 0/1",
    "running": "1 = the engine has run up (600 rpm) and not yet come to rest (30 rpm)",
    "cop_hhv": "heat to the loop over gas by higher heating value, both averaged over about a minute",
    "torque_pct": "engine torque over the torque available at this speed, %",
    "gas_open_s": "s, since the valve opened, 0 while shut",
    "lugging_s": "s, that gas has flowed into an engine which had run up and fell below 600 rpm, 0 otherwise",
}
BOOLEAN_EXTRA = ("fuel", "running", "firing", "high_pressure_open", "starter_clash", "slugging", "ice")
_GAUGE = ("oil_kpa", "gas_kpa", "env.gas_supply_kpa", "sensed.oil_pressure", "sensed.gas_pressure")


class Columns:
    """Names and places of one run's columns; `telemetry` are the names that the firmware's header gave."""

    def __init__(self, telemetry=()):
        groups = (
            ("run.", RUN),
            ("", signals.TRUTH),
            ("", tuple(DERIVED)),
            ("cmd.", signals.COMMANDS),
            ("out.", wires.OUT),
            ("env.", signals.ENV),
            ("sensed.", signals.SENSORS),
            ("fw.", tuple(telemetry)),
        )
        self.names = tuple(prefix + name for prefix, names in groups for name in names)
        self.start = {}
        place = 0
        for prefix, names in groups:
            self.start.setdefault(prefix or ("truth" if names is signals.TRUTH else "derived"), place)
            place += len(names)
        self._place = {name: place for place, name in enumerate(self.names)}

    def __len__(self):
        return len(self.names)

    def place(self, name):
        """Return the column of `name`; a bare name may also be that of a command.  KeyError otherwise."""
        for candidate in (name, "cmd." + name, "fw." + name, "env." + name, "sensed." + name):
            if candidate in self._place:
                return self._place[candidate]
        raise KeyError(name)

    def nearest(self, name):
        """Return the names most like `name`, for messages."""
        return nearest(name, self.names)

    def known(self, name):
        """True when `name` is a column."""
        try:
            self.place(name)
        except KeyError:
            return False
        return True


def nearest(word, allowed, count=3):
    """Return up to `count` of `allowed` that look like `word`, as text for a message ('' when none does)."""
    plain = {name.rpartition(".")[2]: name for name in allowed}
    found = difflib.get_close_matches(word, allowed, count, 0.6) or [
        plain[name] for name in difflib.get_close_matches(word.rpartition(".")[2], plain, count, 0.6)
    ]
    return ", ".join(found)


def kind(name):
    """Return the kind of quantity (see `ghptools.quantities`) that column `name` holds."""
    plain = name.rpartition(".")[2]
    if name in _GAUGE or plain in ("oil_pressure", "gas_pressure"):
        return "kpag"
    if name.startswith("fw."):
        return quantities.kind_of(plain)[0]
    document = document_of(name)
    for word, found in (("0..1", "frac"), ("0/1", "number")):
        if document.endswith(word):
            return found
    by_name = quantities.kind_of(plain)[0]
    if by_name != "number":
        return by_name
    unit = re.match(r"(kPa absolute|kPa gauge|°C|V\b|rpm)", document)
    return (
        {"kPa absolute": "kpa", "kPa gauge": "kpag", "°C": "c", "V": "v", "rpm": "rpm"}[unit[1]] if unit else "number"
    )


def document_of(name):
    """Return what column `name` means, '' when nothing is written about it."""
    prefix, _, plain = name.rpartition(".")
    tables = {
        "": (signals.TRUTH_DOCS, DERIVED),
        "cmd": (signals.COMMAND_DOCS,),
        "env": (signals.ENV_DOCS,),
        "sensed": (signals.SENSOR_DOCS,),
    }
    for table in tables.get(prefix, ()):
        if plain in table:
            return table[plain]
    return ""
