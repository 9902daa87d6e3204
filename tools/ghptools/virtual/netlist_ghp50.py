"""The cabinet of ghp50: which chip, which GPIO and which terminal are soldered together.

Written from the wiring table in boards/ghp50/README.md and deliberately *not* from board.py: a pin that is
wrong in one of the two is found by the tests that drive every wire.
"""

from ghptools.virtual import wires
from ghptools.virtual.chips.ads1115 import ADS1115
from ghptools.virtual.chips.ds3231 import DS3231
from ghptools.virtual.chips.max31855 import MAX31855
from ghptools.virtual.chips.mb85rc import MB85RC256V
from ghptools.virtual.chips.mcp4728 import MCP4728
from ghptools.virtual.chips.mcp23017 import MCP23017
from ghptools.virtual.chips.ssd1309 import SSD1309
from ghptools.virtual.circuit import Net

# GPIO, kind, terminal, inverted by an optocoupler
_SIGNALS = (
    (1, "counter", "engine_speed", False),
    (2, "counter", "hot_flow", False),
    (42, "counter", "chilled_flow", False),
    (41, "counter", "gas_meter", False),
    (3, "contact", "knob_push", True),
    (10, "contact", "safety_chain", True),
    (11, "contact", "high_pressure_switch", True),
    (12, "contact", "emergency_stop", True),
    (13, "contact", "flow_switch_hot", True),
    (14, "contact", "flow_switch_chilled", True),
    (39, "knob_a", "knob", False),
    (40, "knob_b", "knob", False),
    (4, "coil", "gas_valve", False),
    (5, "coil", "ignition", False),
    (6, "coil", "starter", False),
    (7, "coil", "clutch", False),
    (15, "coil", "heartbeat", False),
    (16, "pwm", "throttle", False),
    (21, "pwm", "mixture_valve", False),
    (47, "step", "valve_steps", False),
    (48, "dir", "valve_dir", False),
    (46, "enable", "valve_enable", False),
)
_BUS_LINES = (
    (8, "i2c0.sda"),
    (9, "i2c0.scl"),
    (17, "i2c1.sda"),
    (18, "i2c1.scl"),
    (36, "spi.sck"),
    (37, "spi.miso"),
)
# bus, address, name, AIN0..3
_CONVERTERS = (
    ("i2c0", 0x48, "adc_pressures", ("suction_pressure", "discharge_pressure", "reference_volts", None)),
    ("i2c0", 0x49, "adc_engine", ("lambda_volts", "oil_pressure", "gas_pressure", "battery_volts")),
    ("i2c1", 0x48, "adc_refrigerant", ("suction_temp", "liquid_temp", "coil_temp", "ambient_temp")),
    ("i2c1", 0x49, "adc_water", ("entering_water", "condenser_water", "leaving_water", "discharge_temp")),
    ("i2c1", 0x4A, "adc_chilled", ("chilled_entering", "chilled_leaving", "coolant_temp", None)),
)
_INPUT_PINS = (
    "gas_pressure_switch",
    "remote_enable",
    "call_heat",
    "call_cool",
    "peak_signal",
    "valve_at_hot",
    "valve_at_chilled",
)
_DAC_CHANNELS = ("lead_fan_speed", "pump_hot_speed", "heat_recovery_valve", "dac_spare")
_THERMOCOUPLES = ((35, "thermo_exhaust", "exhaust_temp"), (38, "thermo_catalyst", "catalyst_temp"))


def build(circuit):
    """Solder the cabinet to `circuit`: fills its nets, buses and chips."""

    def source(name):
        return wires.position(wires.IN, name)

    def target(name):
        return wires.position(wires.OUT, name)

    for gpio, kind, terminal, invert in _SIGNALS:
        driven = kind in ("coil", "pwm", "step", "dir", "enable")
        circuit.nets[gpio] = Net(kind, target(terminal) if driven else source(terminal), invert)
    for gpio, line in _BUS_LINES:
        circuit.nets[gpio] = Net("bus", line)
    for bus in wires.BUSES:
        circuit.buses[bus] = {}

    for bus, address, name, inputs in _CONVERTERS:
        places = [-1 if terminal is None else source(terminal) for terminal in inputs]
        circuit.buses[bus][address] = ADS1115(circuit, name, places)
    inputs = [("in", source(terminal)) for terminal in _INPUT_PINS]
    circuit.buses["i2c0"][0x20] = MCP23017(circuit, "inputs", inputs + [None] * (16 - len(inputs)))
    relays = [("out", target(terminal)) for terminal in wires.RELAYS]
    circuit.buses["i2c0"][0x21] = MCP23017(circuit, "relays", relays + [None])
    circuit.buses["i2c1"][0x60] = MCP4728(circuit, "dac", [target(name) for name in _DAC_CHANNELS])
    circuit.buses["i2c1"][0x3C] = SSD1309(circuit, "display")
    circuit.buses["i2c1"][0x68] = DS3231(circuit, "clock")
    circuit.buses["i2c1"][0x50] = MB85RC256V(circuit, "memory")
    for gpio, name, terminal in _THERMOCOUPLES:
        chip = MAX31855(circuit, name, source(terminal))
        circuit.buses["spi"][gpio] = chip
        circuit.nets[gpio] = Net("select", chip)
