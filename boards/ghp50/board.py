"""ghp50: which pin and which chip channel is which point.  The wiring table is in README.md beside this.

Processor: ESP32-S3-WROOM-1 N8 (no PSRAM).  Pins not to use, and why:
  19, 20   native USB, the console
  43, 44   UART0: the boot ROM talks on 43, so nothing that could act hangs there; kept for the field bus
  26..32   the module's flash;  22..25 do not exist;  33, 34 are not brought out
  0, 45    straps for download mode and flash voltage: a wrong level at reset bricks the start
That leaves 28 pins for 30 signals, so two straps serve where their level at reset cannot matter:
  3        selects the JTAG source only when an eFuse that we never burn says so: knob push
  46       must be low only in download mode, and its pull-down is also what keeps the stepper disabled
Pins 1..14 may show a low glitch of 60 us at power-up, 18 a high one: coils on 4..7 are high-active.

The S3 has four pulse counter units.  Engine speed and both water meters need one each (up to 6600 counts a
second), the knob one for its quadrature; the gas meter makes at most 33 pulses a second and is counted by
interrupt.
"""

from ghp import points
from ghp.drivers import ads1115, bootflag, ds3231, gpio, max31855, mb85rc, mcp4728, mcp23017, pulses, ssd1309, stepper, system
from ghp.drivers.line import Line
from machine import I2C, PWM, RTC, SPI, Counter, Encoder, Pin
from micropython import const

NAME = "ghp50"

# name, GPIO; safe level of every one is 0
_COILS = (("gas_valve", 4), ("ignition", 5), ("starter", 6), ("clutch", 7))
_CONTACTS = (
    ("safety_chain", 10),
    ("high_pressure_switch", 11),
    ("emergency_stop", 12),
    ("flow_switch_hot", 13),
    ("flow_switch_chilled", 14),
    ("knob_push", 3),
)
_HEARTBEAT = const(15)
_THROTTLE = const(16)
_MIXTURE_VALVE = const(21)
_VALVE_STEP = const(47)
_VALVE_DIRECTION = const(48)
_VALVE_ENABLE = const(46)
# name, PCNT unit, GPIO, both edges
_COUNTERS = (("engine_speed", 0, 1, True), ("hot_flow", 1, 2, False), ("chilled_flow", 2, 42, False))
_GAS_METER = const(41)
_KNOB_UNIT = const(3)
_KNOB_A = const(39)
_KNOB_B = const(40)
# bus number -> SCL, SDA
_I2C_PINS = ((9, 8), (18, 17))
_SPI_CLOCK = const(36)
_SPI_DATA = const(37)
_THERMOCOUPLES = (("thermo_exhaust", 35, "exhaust_temp"), ("thermo_catalyst", 38, "catalyst_temp"))

# chip, bus, address, channels in the order they are sampled ("1 oil_pressure": input 1 of the chip); as texts, because
# those stay in flash
_FAST_CONVERTERS = (
    # The reference takes one suction slot in twenty: it proves the converter, it is not for control.
    (
        "adc_pressures", 0, 0x48,
        "1 discharge_pressure,0 suction_pressure," * 9 + "1 discharge_pressure,2 reference_volts",
    ),
    (
        "adc_engine", 0, 0x49,
        "0 lambda_volts,1 oil_pressure,0 lambda_volts,2 gas_pressure,"
        "0 lambda_volts,1 oil_pressure,0 lambda_volts,3 battery_volts",
    ),
)  # fmt: skip
_SLOW_CONVERTERS = (
    ("adc_refrigerant", 1, 0x48, "0 suction_temp,1 liquid_temp,2 coil_temp,3 ambient_temp"),
    ("adc_water", 1, 0x49, "0 entering_water,1 condenser_water,2 leaving_water,3 discharge_temp"),
    ("adc_chilled", 1, 0x4A, "0 chilled_entering,1 chilled_leaving,2 coolant_temp"),
)
_INPUTS_ADDRESS = const(0x20)
_INPUTS = (  # GPA0 on, bus 0
    "gas_pressure_switch",
    "remote_enable",
    "call_heat",
    "call_cool",
    "peak_signal",
    "valve_at_hot",
    "valve_at_chilled",
)
_RELAYS_ADDRESS = const(0x21)
_RELAYS = (  # GPA0..7, GPB0 on, bus 0
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
_DAC_ADDRESS = const(0x60)
_DAC = ("lead_fan_speed", "pump_hot_speed", "heat_recovery_valve", None)  # A..D, bus 1
_DISPLAY_ADDRESS = const(0x3C)
_CLOCK_ADDRESS = const(0x68)  # bus 1
_MEMORY_ADDRESS = const(0x50)  # bus 1

_I2C_HZ = const(400000)
# For one whole transfer.  A chip that is not there is known at once; only a bus held low costs this much.  Bus 1
# carries the display's pages of 3.1 ms.
_I2C_TIMEOUT_US = (2000, 8000)
_SPI_HZ = const(2000000)
_PWM_HZ = const(1000)
_GLITCH_NS = const(10000)
# Above the slow task's period three times over: a watchdog that is fed once all tasks have run.
_WATCHDOG_MS = const(2000)

# Peripherals outlive make_safe and build: each exists once, whoever asks first.
_buses = {}
_widths = {}
_steps = []  # the pulse transmitter, once it owns the step pin


def _bus(number):
    if number not in _buses:
        scl, sda = _I2C_PINS[number]
        _buses[number] = I2C(
            number, scl=Pin(scl), sda=Pin(sda), freq=_I2C_HZ, timeout=_I2C_TIMEOUT_US[number]
        )
    return _buses[number]


def _width(gpio_number, name):
    """Return the PWM of a pin, made on first use, with the point's safe duty."""
    duty = _safe(name) * 65535 // 10000
    if gpio_number not in _widths:
        _widths[gpio_number] = PWM(Pin(gpio_number, Pin.OUT, value=0), freq=_PWM_HZ, duty_u16=duty)
    _widths[gpio_number].duty_u16(duty)
    return _widths[gpio_number]


def _safe(name):
    return points.OUTPUTS[points.index_of(points.OUTPUTS, name)][4]


def make_safe():
    """Bring every output to its safe level; the first act after power-up, and the last one when the firmware
    gives up.  Never raises on a dead chip.

    Fuel and spark first, on bare pins.  Then the relays: a position that holds its place (KEEP) stays as the
    chip still has it.  Then the analog outputs.  The stepper stays where it is, its coils off.
    """
    for _, number in _COILS:
        Pin(number, Pin.OUT, value=0)
    for number in (_HEARTBEAT, _VALVE_ENABLE, _VALVE_DIRECTION):
        Pin(number, Pin.OUT, value=0)
    if not _steps:
        Pin(_VALVE_STEP, Pin.OUT, value=0)
    for _, number, _ in _THERMOCOUPLES:
        Pin(number, Pin.OUT, value=1)
    _width(_THROTTLE, "throttle")
    _width(_MIXTURE_VALVE, "mixture_valve")

    held = _held_relays()
    bits = 0
    place = 0
    for name in _RELAYS:
        safe = _safe(name)
        if safe == points.KEEP:
            safe = held >> place & 1
        bits |= safe << place
        place += 1
    mcp23017.write_relays(_bus(0), _RELAYS_ADDRESS, bytes((bits & 0xFF, bits >> 8)), bytearray(2))

    frame = bytearray(12)
    for channel in range(4):
        mcp4728.set_channel(frame, channel, 0 if _DAC[channel] is None else _safe(_DAC[channel]))
    mcp4728.write_frame(_bus(1), _DAC_ADDRESS, frame)


def _held_relays():
    """Return the latches of the relay chip, bit n for relay n; 0, as after a power cut, when it does not answer.

    A reset in the middle of a transfer leaves the bus to be freed by the first attempt.
    """
    latches = bytearray(2)
    for _ in range(3):
        try:
            _bus(0).readfrom_mem_into(_RELAYS_ADDRESS, mcp23017.OLATA, latches)
            return latches[0] | latches[1] << 8
        except OSError:
            pass
    return 0


def _transmitter():
    """Return the pulse transmitter of the step pin, made on first use."""
    if not _steps:
        _steps.append(stepper.transmitter(Pin(_VALVE_STEP, Pin.OUT, value=0)))
    return _steps[0]


def _outputs(names):
    return tuple([-1 if name is None else points.index_of(points.OUTPUTS, name) for name in names])


def _digitals(names):
    return tuple([points.index_of(points.DIGITAL_INPUTS, name) for name in names])


def _converter(row, image):
    name, bus, address, channels = row
    pairs = [pair.split(" ") for pair in channels.split(",")]
    pattern = [(int(channel), points.index_of(points.ANALOG_INPUTS, point)) for channel, point in pairs]
    return ads1115.ADS1115(name, _bus(bus), address, pattern, image)


class Board:
    """The drivers of one unit, bound to one image.

    name       of the board
    clock, line, memory, watchdog, heartbeat, display   drivers, see there
    calendar   the battery clock
    kept       memory that holds through a power cut
    surviving  callable: memory that survives a reset, as machine.RTC().memory
    valve      stepper of the expansion valve (`position` in steps, -1 while it is homing)
    chips      drivers of all chips, each with .name .errors .ok
    """

    def __init__(self, image):
        self.name = NAME
        self.clock = system.Clock()
        self.line = Line()
        self.memory = system.Memory()
        self.watchdog = system.Watchdog(_WATCHDOG_MS)
        self.heartbeat = gpio.Heartbeat(Pin(_HEARTBEAT, Pin.OUT, value=0))
        ticks_us = self.clock.ticks_us

        self._contacts = gpio.Contacts(
            tuple([Pin(number, Pin.IN, Pin.PULL_UP) for _, number in _CONTACTS]),
            _digitals([name for name, _ in _CONTACTS]),
            image,
        )
        counters = []
        for _, unit, number, both in _COUNTERS:
            edges = Counter.RISING | Counter.FALLING if both else Counter.RISING
            counters.append(Counter(unit, Pin(number, Pin.IN), edge=edges, filter_ns=_GLITCH_NS))
        self._counters = pulses.HardwareCounters(
            tuple(counters),
            tuple([points.index_of(points.PULSE_INPUTS, row[0]) for row in _COUNTERS]),
            image,
            ticks_us,
        )
        self._gas_meter = pulses.InterruptCounter(
            Pin(_GAS_METER, Pin.IN), points.index_of(points.PULSE_INPUTS, "gas_meter"), image, ticks_us
        )
        self._knob = pulses.Knob(
            Encoder(
                _KNOB_UNIT,
                Pin(_KNOB_A, Pin.IN, Pin.PULL_UP),
                Pin(_KNOB_B, Pin.IN, Pin.PULL_UP),
                phases=4,
                filter_ns=_GLITCH_NS,
            ),
            image,
        )
        self._pressures, self._engine = [_converter(row, image) for row in _FAST_CONVERTERS]
        self._slow_converters = tuple([_converter(row, image) for row in _SLOW_CONVERTERS])
        self._inputs = mcp23017.Contacts("inputs", _bus(0), _INPUTS_ADDRESS, _digitals(_INPUTS), image)
        spi = SPI(1, _SPI_HZ, polarity=0, phase=0, sck=Pin(_SPI_CLOCK), mosi=None, miso=Pin(_SPI_DATA))
        self._thermocouples = tuple(
            [
                max31855.MAX31855(
                    name,
                    spi,
                    Pin(number, Pin.OUT, value=1),
                    points.index_of(points.ANALOG_INPUTS, point),
                    image,
                )
                for name, number, point in _THERMOCOUPLES
            ]
        )

        self._coils = gpio.Coils(
            tuple([Pin(number, Pin.OUT, value=0) for _, number in _COILS]),
            _outputs([name for name, _ in _COILS]),
            image,
        )
        throttle, mixture, valve = _outputs(("throttle", "mixture_valve", "expansion_valve"))
        self._throttle = gpio.PulseWidth(_width(_THROTTLE, "throttle"), throttle, image)
        self._mixture = gpio.PulseWidth(_width(_MIXTURE_VALVE, "mixture_valve"), mixture, image)
        self.valve = stepper.Stepper(
            _transmitter(),
            Pin(_VALVE_DIRECTION, Pin.OUT, value=0),
            Pin(_VALVE_ENABLE, Pin.OUT, value=0),
            valve,
            image,
        )
        relays = _outputs(_RELAYS)
        held = _held_relays()
        for place in range(len(relays)):
            if _safe(_RELAYS[place]) == points.KEEP:
                image.outputs[relays[place]] = held >> place & 1
        self._relays = mcp23017.Relays("relays", _bus(0), _RELAYS_ADDRESS, relays, image)
        self._dac = mcp4728.MCP4728("dac", _bus(1), _DAC_ADDRESS, _outputs(_DAC), image)
        self.display = ssd1309.SSD1309("display", _bus(1), _DISPLAY_ADDRESS)
        self.calendar = ds3231.DS3231("clock", _bus(1), _CLOCK_ADDRESS, image)
        self.surviving = RTC().memory
        self.kept = mb85rc.MB85RC("memory", _bus(1), _MEMORY_ADDRESS)
        self.chips = (
            [self._pressures, self._engine]
            + list(self._slow_converters)
            + [self._inputs, self._relays, self._dac]
            + list(self._thermocouples)
            + [self.display, self.calendar, self.kept]
        )

    def read_fast(self, now_ms):
        """Every 50 ms: safety contacts, counters, knob, pressures and engine signals.  Allocates nothing."""
        self._counters.read(now_ms)
        self._gas_meter.read(now_ms)
        self._contacts.read(now_ms)
        self._knob.read(now_ms)
        self._pressures.advance(now_ms)
        self._engine.advance(now_ms)

    def read_analog(self, now_ms):
        """Every 100 ms: the next temperature of each slow converter.  Allocates nothing."""
        for converter in self._slow_converters:
            converter.advance(now_ms)

    def read_slow(self, now_ms):
        """Every 500 ms: thermocouples, slow contacts and the battery clock."""
        for thermocouple in self._thermocouples:
            thermocouple.read(now_ms)
        self._inputs.read(now_ms)
        self.calendar.read(now_ms)

    def write_fast(self, now_ms):
        """Every 50 ms: fuel, spark, starter, clutch, throttle, and the next steps of the expansion valve.
        Allocates nothing."""
        self._coils.write(now_ms)
        self._throttle.write(now_ms)
        self.valve.walk(now_ms)

    def write_slow(self, now_ms):
        """Every 500 ms: relays, analog outputs, mixture, target of the expansion valve."""
        self._relays.write(now_ms)
        self._dac.write(now_ms)
        self._mixture.write(now_ms)
        self.valve.aim(now_ms)

    def outputs_follow(self):
        """Return whether relays and analog outputs took what the last write_slow told them."""
        return self._relays.ok and self._dac.ok

    def reset(self):
        """Restart the processor; does not return."""
        system.reset()

    def request_prompt(self):
        """Ask the next start for MicroPython's prompt instead of the firmware."""
        bootflag.request_prompt()

    def forget_restarts(self):
        """The run is steady, or the restart that follows was asked for: count restarts anew."""
        bootflag.forget_restarts()

    def reset_cause(self):
        """Return why the processor started: power, reset, watchdog, sleep, soft or unknown."""
        return system.reset_cause()


def build(image):
    """Return the board with all drivers bound to `image`.  Outputs stay at the level make_safe gave them
    until the first write; the relays that keep their place are handed back in image.outputs."""
    return Board(image)
