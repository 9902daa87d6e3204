"""The wires between the cabinet and the machine: names, order, unit and meaning.

`OUT` are the wires that the controller drives, `IN` those it reads; both are carried as arrays of int32
in exactly this order.  Everything that needs a wire asks for its position by name.

Units at the terminals: contacts and coils 0/1; analog in microvolts; counters in *level changes* since
power-up (rising and falling edges together, modulo 2**30, even = low); knob in quadrature steps, four to a
detent, clockwise positive.
"""

# A thermocouple wire that carries no voltage because the circuit is broken, or that touches ground or
# supply; far outside anything a thermocouple makes.
TC_OPEN = 1 << 29
TC_SHORT_GROUND = TC_OPEN + 1
TC_SHORT_SUPPLY = TC_OPEN + 2

COUNT_MASK = (1 << 30) - 1

# Thermocouple terminals are at cabinet temperature; MAX31855 measures it itself.
CABINET_C = 30

ADC_IN = (
    "suction_pressure",
    "discharge_pressure",
    "reference_volts",
    "lambda_volts",
    "oil_pressure",
    "gas_pressure",
    "battery_volts",
    "suction_temp",
    "liquid_temp",
    "coil_temp",
    "ambient_temp",
    "entering_water",
    "condenser_water",
    "leaving_water",
    "discharge_temp",
    "chilled_entering",
    "chilled_leaving",
    "coolant_temp",
)
THERMOCOUPLES = ("exhaust_temp", "catalyst_temp")
CONTACTS = (
    "safety_chain",
    "high_pressure_switch",
    "emergency_stop",
    "flow_switch_hot",
    "flow_switch_chilled",
    "gas_pressure_switch",
    "remote_enable",
    "call_heat",
    "call_cool",
    "peak_signal",
    "valve_at_hot",
    "valve_at_chilled",
    "knob_push",
)
COUNTERS = ("engine_speed", "gas_meter", "hot_flow", "chilled_flow")

IN = (
    ADC_IN
    + THERMOCOUPLES
    + CONTACTS
    + COUNTERS
    + (
        "knob",
        "absent_chips",  # bit n set: chip n of CHIPS does not answer
        "stuck_buses",  # bit n set: bus n of BUSES is held low
        "late_ms",  # the controller's next scan starts this much later than asked
        "clock_day",  # the battery clock: days since 2000-01-01
        "clock_s",  # second of the day
        "clock_state",  # bit 0: has run since it was set; bit 1: counts in 12 h mode
        "relays_held",  # at power-up: what the relay expander kept over a processor reset, see HELD below
        "clock_seen",  # last `clock_writes` that the battery clock has taken over
    )
)

RELAYS = (
    "unloader",
    "reversing_valve",
    "liquid_valve",
    "pump_hot",
    "pump_chilled",
    "pump_coolant",
    "radiator_fan",
    "enclosure_fan",
    "fan_bank_1",
    "fan_bank_2",
    "fan_bank_3",
    "crankcase_heater",
    "water_valve",
    "alarm_relay",
    "alarm_lamp",
)

# `relays_held`: bit n for relay n of RELAYS, and this bit when the chip kept its supply; 0 after a power cut.
HELD = 1 << 15

OUT = (
    ("gas_valve", "ignition", "starter", "clutch", "heartbeat")
    + RELAYS
    + (
        "throttle",  # pulse width, 0..65535 of the period
        "mixture_valve",
        "lead_fan_speed",  # microvolts at the terminal, 0..10 V
        "pump_hot_speed",
        "heat_recovery_valve",
        "dac_spare",
        "valve_steps",  # steps the driver made since power-up, opening positive, modulo 2**30
        "valve_dir",
        "valve_enable",
        "watchdog_ms",  # what is left of the internal watchdog, 0 when it is not running
        "clock_day_set",  # what the controller wrote into the battery clock, as clock_day, clock_s, clock_state
        "clock_s_set",
        "clock_state_set",
        "clock_writes",  # counts these writes since power-up
        "display_pages",  # bit n set: page n of the display was written since the last exchange
    )
)

# Names for `chip:<name>` injections and for the netlist; the position is the bit of `absent_chips`.
CHIPS = (
    "adc_pressures",
    "adc_engine",
    "adc_refrigerant",
    "adc_water",
    "adc_chilled",
    "inputs",
    "relays",
    "dac",
    "thermo_exhaust",
    "thermo_catalyst",
    "display",
    "clock",
    "memory",
)
BUSES = ("i2c0", "i2c1", "spi")


def held_relays(out):
    """Return `relays_held` for a controller that restarts while the wires `out` stand."""
    first = position(OUT, RELAYS[0])
    word = HELD
    for place in range(len(RELAYS)):
        if out[first + place]:
            word |= 1 << place
    return word


def position(wires, name):
    """Return the place of `name` in `wires` (IN, OUT, CHIPS or BUSES); KeyError names a stranger."""
    for place, wire in enumerate(wires):
        if wire == name:
            return place
    raise KeyError("no wire named " + name)
