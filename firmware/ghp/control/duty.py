"""What the refrigerant circuit does now, and which water it serves.

The plate heat exchanger is the condenser of the hot-water circuit in HEATING and the evaporator of the
chilled-water circuit in COOLING.  A defrost reverses the refrigerant but not the water: mode stays HEATING,
`defrosting` is True, and the hot loop gives the heat.

One writer: `ghp.control.changeover`.  Everyone else asks.
"""

from micropython import const

from ghp.sensing.readings import GOOD

HEATING = const(0)
COOLING = const(1)
MODE_TEXT = ("heating", "chilling")

# pumps: what the changeover asks of the water
PUMPS_AUTO = const(0)
PUMPS_STILL = const(1)  # a water valve travels, or the plate is brought to temperature: no pump may run
PUMPS_HOT = const(2)  # only the hot pump
PUMPS_CHILLED = const(3)  # only the chilled pump
PUMPS_GUARD = const(4)  # none but the chilled one against freezing: nobody knows where the water valve stands


class Duty:
    """mode        HEATING or COOLING: the water circuit that is served, proven or assumed
    wanted      the one that is asked for, or None
    defrosting  True from the reversal into a defrost to the reversal out of it
    moving      True while a changeover is under way: nothing is served
    slides      True while the reversing valve slides under the compressor: what was the high side may lie beyond the
                end of the suction transducer for some seconds
    pumps       one of PUMPS_: asked by the changeover for as long as its water valve needs it
    air         fans shall take heat out of the coil although the compressor is out
    valve       None, or the engine.valve_mode that a changeover needs of the expansion valve
    """

    def __init__(self, readings):
        self._leaving = (readings.leaving_water, readings.chilled_leaving)
        self._entering = (readings.entering_water, readings.chilled_entering)
        self._flow = (readings.hot_flow, readings.chilled_flow)
        self.mode = HEATING
        self.wanted = None
        self.defrosting = False
        self.moving = False
        self.slides = False
        self.pumps = PUMPS_AUTO
        self.valve = None
        self.air = False

    def cooling(self):
        """Return True while the plate makes chilled water."""
        return self.mode == COOLING

    def coil_condenses(self):
        """Return True while the outdoor coil is the condenser: chilling or defrosting."""
        return self.mode == COOLING or self.defrosting

    def leaving(self):
        """Return the leaving-water reading of the circuit served."""
        return self._leaving[self.mode]

    def entering(self):
        """Return the entering-water reading of the circuit served."""
        return self._entering[self.mode]

    def flow(self):
        """Return the flow reading of the circuit served."""
        return self._flow[self.mode]

    def error_k(self, setpoint_c):
        """Return how much capacity is wanted in K: positive means more.  None while the leaving probe is bad."""
        leaving = self._leaving[self.mode]
        if leaving.quality != GOOD:
            return None
        error_k = setpoint_c - leaving.scaled / 1000
        return -error_k if self.mode == COOLING else error_k
