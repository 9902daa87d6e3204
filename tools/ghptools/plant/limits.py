"""What the machine and its world can be: one range per key of the environment and the start, and per fault parameter.

Pure Python.  The ranges are wide: everything hardware or weather can do, and no more than the model can bear.  Units
are those of ``signals`` and of ``START_DEFAULTS``.  Readers of files and ``Plant`` itself judge by this table.
"""

from typing import NamedTuple


class Range(NamedTuple):
    """From ``low`` to ``high``; ``contact`` = only these two; ``layers`` = values a list may hold, 0 = no list."""

    low: float
    high: float
    contact: bool = False
    layers: int = 0

    def holds(self, value) -> bool:
        """True when ``value`` is a number inside (not for NaN); true and false count as numbers of a contact."""
        if not isinstance(value, (int, float)) or (isinstance(value, bool) and not self.contact):
            return False
        return value in (self.low, self.high) if self.contact else self.low <= value <= self.high

    def text(self) -> str:
        """The range for a message: '0 to 1', '0 or 1'."""
        return f"{self.low:.5g} {'or' if self.contact else 'to'} {self.high:.5g}"


CONTACT = Range(0.0, 1.0, contact=True)
SHARE = Range(0.0, 1.0)
_AIR_C = Range(-50.0, 65.0)
_FLOW = Range(0.0, 1.2)

ENV = {
    "ambient_c": _AIR_C,
    "humidity": SHARE,
    "hot_load_w": Range(0.0, 1e6),
    "hot_load_flow_lps": Range(0.0, 50.0),
    "hot_makeup_lps": Range(0.0, 20.0),
    "hot_makeup_c": Range(0.0, 99.0),
    "chilled_load_w": Range(0.0, 1e6),
    "chilled_load_flow_lps": Range(0.0, 50.0),
    "gas_supply_kpa": Range(0.0, 7.5),
    "gas_hhv_mj_m3": Range(10.0, 100.0),
    "remote_enable": CONTACT,
    "call_heat": CONTACT,
    "call_cool": CONTACT,
    "peak_signal": CONTACT,
    "emergency_stop_pressed": CONTACT,
    "hot_pump_factor": _FLOW,
    "chilled_pump_factor": _FLOW,
    "air_factor": _FLOW,
}

START = {
    "tank_c": Range(0.0, 99.0, layers=4),
    "chilled_c": Range(0.0, 99.0, layers=3),
    "ambient_c": _AIR_C,
    "humidity": SHARE,
    "engine_c": Range(-50.0, 130.0),
    "coil_c": Range(-50.0, 90.0),
    "plate_c": Range(-50.0, 99.0),
    "catalyst_c": Range(-50.0, 1000.0),
    "frost_kg": Range(0.0, 100.0),
    "charge_kg": Range(0.5, 70.0),
    "tank_volume_gal": Range(20.0, 20000.0),
    "chilled_volume_gal": Range(20.0, 20000.0),
    "valve_steps": Range(0.0, 500.0),
    "battery_v": Range(5.0, 16.0),
    "noise": Range(0.0, 10.0),
    "calibration": Range(0.0, 10.0),
}
START_WORDS = {"mode": ("heat", "cool"), "charge_at": ("coldest", "condenser")}

# What a sensor can show, and so be stuck at; a bias is at most the whole span, a drift four of them an hour.
_PROBE = Range(-60.0, 160.0)
_THERMOCOUPLE = Range(-60.0, 1300.0)
SENSORS = {
    "suction_pressure": Range(0.0, 1500.0),
    "discharge_pressure": Range(0.0, 3600.0),
    "oil_pressure": Range(0.0, 700.0),
    "gas_pressure": Range(0.0, 7.5),
    "exhaust_temp": _THERMOCOUPLE,
    "catalyst_temp": _THERMOCOUPLE,
    "lambda_volts": Range(0.0, 1.2),
    "battery_volts": Range(0.0, 18.0),
}
SENSOR_ELSE = _PROBE
DRIFT_SPANS = 4.0

STEPPER = Range(0.0, 500.0)
# (kind, parameter), or the parameter where every kind means the same by it.
PARAMETERS = {
    "factor": Range(0.0, 5.0),
    ("fouling", "factor"): SHARE,
    ("weak", "factor"): SHARE,
    ("slip", "factor"): SHARE,
    ("noise", "factor"): Range(0.0, 1000.0),
    "fraction": SHARE,
    "size": Range(0.0, 2.0),
    "per_second": Range(0.0, 1000.0),
    "kpa": Range(0.0, 1000.0),
    ("pressure", "kpa"): Range(0.0, 7.5),
    "kg": Range(0.0, 70.0),
    "kg_per_hour": Range(0.0, 1000.0),
    "seconds": Range(0.0, 32 * 86400.0),
}
SLOW_SENSOR = Range(0.1, 1000.0)  # factor on the lag
SLOW_ACTUATOR = Range(0.0, 10.0)  # factor on the speed
