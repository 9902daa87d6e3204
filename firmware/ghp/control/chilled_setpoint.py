"""The chilled-water set point in force.  Its range is the setting's own: nothing else limits it today."""

from ghp import units
from ghp.sensing.readings import GOOD


class ChilledSetpoint:
    """effective_c   C, what capacity control holds while chilling
    error_k       leaving chilled water less effective_c, K: positive means more chilling; None while its probe is bad
    """

    def __init__(self, readings, settings):
        self._readings = readings
        self._settings = settings
        self.effective_c = settings.chilled_setpoint_c
        self.error_k = None

    def update(self, now_ms, dt_s):
        """Refresh both."""
        self.effective_c = self._settings.chilled_setpoint_c
        leaving = self._readings.chilled_leaving
        self.error_k = leaving.scaled / 1000 - self.effective_c if leaving.quality == GOOD else None

    def text(self):
        """Return the set point in force as a person reads it."""
        return units.text("c", self.effective_c, self._settings.us())
