"""Outputs perish: a command that is not refreshed within its age falls to its safe value at the next `settle`.

That covers a task of control that is late or fails; a fast scan that does not come is the watchdogs' business.

Control writes commands, protection may force values, and `settle` turns both into the effective values of
the image, once per fast scan.  Nothing else writes `image.outputs`.
"""

from micropython import const

from ghp import points
from ghp.ticks import ticks_diff

KEEP = points.KEEP
FUEL = ("gas_valve", "ignition", "starter", "clutch")  # what a stop and a failure take away
_NEVER = const(-1)  # ticks are never negative


class Output:
    """One output point.

    name, kind, max_age_ms, safe   from the table
    value       effective value (what the driver writes)
    commanded   last command, for `points` and `why`
    forced      protection's value, or None.  A forced value wins over any command and does not perish.
    """

    forced = None  # of the class; an own one only where a scan may have to force, which then takes no memory

    def __init__(self, index, row, held):
        self.index = index
        self.max_age_ms = row[3]
        self.safe = row[4]
        self.value = held if row[4] == KEEP else row[4]
        self.commanded = self.value
        self.commanded_at = _NEVER
        if row[1] in FUEL:
            self.forced = None

    @property
    def expired(self):
        """Return whether the last command is older than its age, or there was none."""
        return self.commanded_at == _NEVER

    @property
    def id(self):
        """Return the point's id."""
        return points.OUTPUTS[self.index][0]

    @property
    def name(self):
        """Return the point's name."""
        return points.OUTPUTS[self.index][1]

    @property
    def kind(self):
        """Return "digital", "percent" or "steps"."""
        return points.OUTPUTS[self.index][2]

    @property
    def on_text(self):
        """Return what level 1 means."""
        return points.OUTPUTS[self.index][5]

    def command(self, value, now_ms):
        """Ask for `value` (digital 0/1, percent 0..10000, steps 0..500); valid for max_age_ms."""
        self.commanded = value
        self.commanded_at = now_ms


class Outputs:
    """All outputs, each an attribute by its point name, and the list `table` in table order.

    A KEEP output begins where the board says it is: what `image.outputs` holds when this is built.
    """

    def __init__(self, image):
        self._values = image.outputs
        self.table = []
        for index, row in enumerate(points.OUTPUTS):
            output = Output(index, row, self._values[index])
            setattr(self, row[1], output)
            self.table.append(output)
            self._values[index] = output.value

    def settle(self, now_ms):
        """Fix the effective value of every output for this scan."""
        values = self._values
        for output in self.table:
            value = output.forced
            at_ms = output.commanded_at
            if at_ms != _NEVER and ticks_diff(now_ms, at_ms) > output.max_age_ms:  # told also while it is forced
                output.commanded_at = at_ms = _NEVER
            if value is None:
                value = output.safe if at_ms == _NEVER else output.commanded
            if value != output.value and value != KEEP:
                output.value = value
                values[output.index] = value
