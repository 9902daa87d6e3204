"""The simulated machine, esp32 and time: manners of the real ones, and mistakes that they must refuse."""

import subprocess
import sys

import pytest
from ghptools.virtual import circuit as circuits
from ghptools.virtual import inprocess, wires


@pytest.mark.parametrize("number", (-1, 22, 25, 49, "A"))
def test_pins_the_chip_does_not_have(sim, number):
    with pytest.raises(ValueError, match="invalid pin"):
        sim.machine.Pin(number)


@pytest.mark.parametrize("number, text", ((26, "flash"), (32, "flash"), (0, "not connected")))
def test_pins_this_board_must_not_use(sim, number, text):
    with pytest.raises(ValueError, match=text):
        sim.machine.Pin(number)


def test_unknown_names_are_attribute_errors(sim):
    for name in ("ADC", "Timer", "SoftI2C"):
        with pytest.raises(AttributeError):
            getattr(sim.machine, name)
    with pytest.raises(AttributeError):
        sim.machine.Pin(4, sim.machine.Pin.OUT).toggle()
    with pytest.raises(AttributeError):
        sim.time.sleep_us(5)


def test_output_pin_shows_its_first_level_at_once_and_only_outputs_can_be_set(sim):
    pin = sim.machine.Pin(4, sim.machine.Pin.OUT, value=1)
    assert sim.wire("gas_valve") == 1 and pin.value() == 1
    unset = sim.machine.Pin(5)
    with pytest.raises(ValueError, match="not an output"):
        unset.value(1)


def test_an_output_on_a_sensor_and_an_input_on_a_coil_are_refused(sim):
    with pytest.raises(ValueError, match="output against"):
        sim.machine.Pin(10, sim.machine.Pin.OUT)
    with pytest.raises(ValueError, match="input on"):
        sim.machine.Pin(4, sim.machine.Pin.IN)


def test_two_drivers_on_one_pin_are_refused(sim):
    machine = sim.machine
    pin = machine.Pin(16, machine.Pin.OUT, value=0)
    machine.PWM(pin, freq=1000)
    with pytest.raises(ValueError, match="already used as pwm"):
        machine.Pin(16, machine.Pin.OUT)
    with pytest.raises(ValueError, match="already in use"):
        machine.PWM(pin, freq=1000)
    machine.Counter(0, machine.Pin(1, machine.Pin.IN))
    with pytest.raises(ValueError, match="pcnt0 is already in use"):
        machine.Counter(0, machine.Pin(2, machine.Pin.IN))


def test_four_pulse_counters_and_not_one_more(sim):
    machine = sim.machine
    with pytest.raises(ValueError, match="no PCNT unit 4"):
        machine.Counter(4, machine.Pin(1, machine.Pin.IN))
    with pytest.raises(ValueError, match="no PCNT unit 4"):
        machine.Encoder(4, machine.Pin(39), machine.Pin(40))


@pytest.mark.parametrize("edge, expected", ((1, [1, 0, 2, 3]), (2, [0, 1, 2, 2]), (3, [1, 1, 4, 5])))
def test_counter_counts_the_edges_it_is_told(sim, edge, expected):
    machine = sim.machine
    counter = machine.Counter(0, machine.Pin(1, machine.Pin.IN), edge=edge)
    got = []
    for level_changes in (1, 2, 6, 11):
        sim.drive("engine_speed", level_changes)
        got.append(counter.value(0))
    assert got == expected


def test_counter_over_the_wrap_of_the_wire_and_downwards(sim):
    machine = sim.machine
    sim.drive("engine_speed", wires.COUNT_MASK - 2)
    counter = machine.Counter(
        0,
        machine.Pin(1, machine.Pin.IN),
        edge=machine.Counter.RISING | machine.Counter.FALLING,
        direction=machine.Counter.DOWN,
    )
    sim.drive("engine_speed", 7)
    assert counter.value() == -10
    assert counter.value(100) == -10
    assert counter.value() == 100


def test_encoder_direction_and_phases(sim):
    machine = sim.machine
    encoder = machine.Encoder(0, machine.Pin(39), machine.Pin(40), phases=4)
    swapped = machine.Encoder(1, machine.Pin(40), machine.Pin(39), phases=1)
    sim.drive("knob", 8)
    assert encoder.value() == 8 and swapped.value() == -2


def test_quadrature_levels_follow_the_position(sim):
    a, b = sim.machine.Pin(39, sim.machine.Pin.IN), sim.machine.Pin(40, sim.machine.Pin.IN)
    seen = []
    for step in range(5):
        sim.drive("knob", step)
        seen.append((a.value(), b.value()))
    assert seen == [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)]


def test_interrupt_gets_every_rising_edge_after_the_exchange(sim):
    seen = []
    pin = sim.machine.Pin(41, sim.machine.Pin.IN)
    pin.irq(seen.append, sim.machine.Pin.IRQ_RISING)
    sim.drive("gas_meter", 5)
    assert not seen
    sim.time.sleep_ms(50)
    assert seen == [pin] * 3
    sim.drive("gas_meter", 6)
    sim.time.sleep_ms(50)
    assert len(seen) == 3


def test_i2c_finds_chips_by_its_lines_and_nobody_is_enodev(sim):
    machine = sim.machine
    bus = machine.I2C(1, scl=machine.Pin(9), sda=machine.Pin(8))
    buf = bytearray(2)
    bus.readfrom_mem_into(0x20, 0, buf)
    assert buf == b"\xff\xff"
    with pytest.raises(OSError) as error:
        bus.readfrom_mem_into(0x60, 0, buf)
    assert error.value.args[0] == 19
    with pytest.raises(ValueError, match="400 kHz"):
        machine.I2C(0, scl=machine.Pin(18), sda=machine.Pin(17), freq=1000000)
    with pytest.raises(ValueError, match="not an I2C line .scl"):
        machine.I2C(0, scl=machine.Pin(17), sda=machine.Pin(18))


def test_absent_chip_and_stuck_bus(sim):
    machine = sim.machine
    bus = machine.I2C(0, scl=machine.Pin(9), sda=machine.Pin(8))
    sim.drive("absent_chips", 1 << wires.position(wires.CHIPS, "inputs"))
    with pytest.raises(OSError) as error:
        bus.writeto_mem(0x20, 0, b"\x00")
    assert error.value.args[0] == 19
    bus.writeto_mem(0x21, 0, b"\x00")
    sim.drive("stuck_buses", 1)
    with pytest.raises(OSError) as error:
        bus.writeto_mem(0x21, 0, b"\x00")
    assert error.value.args[0] != 19


def test_i2c_time_out_is_for_the_whole_transfer(sim):
    machine = sim.machine
    bus = machine.I2C(1, scl=machine.Pin(18), sda=machine.Pin(17), freq=400000, timeout=2000)
    assert bus.writeto(0x3C, b"\x40" + bytes(80)) == 81
    with pytest.raises(OSError):
        bus.writevto(0x3C, (b"\x40", bytes(128)))


def test_spi_selects_one_chip_and_reads_ones_without(sim):
    machine = sim.machine
    spi = machine.SPI(1, 1000000, sck=machine.Pin(36), miso=machine.Pin(37))
    first = machine.Pin(35, machine.Pin.OUT, value=1)
    second = machine.Pin(38, machine.Pin.OUT, value=1)
    buf = bytearray(4)
    spi.readinto(buf)
    assert buf == b"\xff" * 4
    first.value(0)
    spi.readinto(buf)
    assert buf != b"\xff" * 4
    second.value(0)
    with pytest.raises(ValueError, match="two chips"):
        spi.readinto(buf)


def test_rmt_steps_follow_direction_and_enable_and_keep_it_busy(sim):
    machine = sim.machine
    out = machine.Pin.OUT
    rmt = sim.esp32.RMT(0, pin=machine.Pin(47, out, value=0), resolution_hz=500000)
    direction, enable = machine.Pin(48, out, value=1), machine.Pin(46, out, value=0)
    rmt.write_pulses((4000, 4000), True)
    assert sim.wire("valve_steps") == 0  # the driver is off: pulses without a step
    assert not rmt.wait_done()
    with pytest.raises(OSError, match="busy"):
        rmt.write_pulses((4000, 4000), True)
    sim.time.sleep_ms(16)
    enable.value(1)
    rmt.write_pulses((4000,) * 6, True)
    assert sim.wire("valve_steps") == 3
    sim.time.sleep_ms(47)
    assert not rmt.wait_done()
    sim.time.sleep_ms(1)
    direction.value(0)
    rmt.write_pulses((4000,) * 4, True)
    assert sim.wire("valve_steps") == 1
    with pytest.raises(ValueError, match="divider"):
        sim.esp32.RMT(1, pin=machine.Pin(47), resolution_hz=100000)


def test_ticks_wrap_at_2_to_the_30():
    circuit = circuits.Circuit(lambda *_: None, start_ticks=circuits.TICKS_PERIOD - 30)
    before = circuit.ticks_ms()
    circuit.sleep_ms(50)
    assert circuit.ticks_ms() == 20
    assert circuit.ticks_ms() < before


@pytest.mark.parametrize(
    "a, b, diff", ((10, 5, 5), (5, 2**30 - 5, 10), (2**30 - 5, 5, -10), (2**29, 0, -(2**29)))
)
def test_ticks_diff_and_add(sim, a, b, diff):
    assert sim.time.ticks_diff(a, b) == diff
    assert sim.time.ticks_add(b, diff) == a


def test_time_moves_by_sleep_alone_and_once_per_exchange(sim):
    seen = []
    sim.on_exchange = lambda circuit, dt_ms: seen.append((dt_ms, circuit.ticks_ms()))
    sim.time.sleep_ms(50)
    sim.time.sleep_ms(0)
    assert seen == [(50, 50)] and sim.time.ticks_us() == 50000


def test_a_late_scan_finds_the_clock_further_on(sim):
    sim.drive("late_ms", 300)
    sim.time.sleep_ms(50)
    assert sim.time.ticks_ms() == 350


def test_watchdog_restarts_when_it_is_not_fed(sim):
    watchdog = sim.machine.WDT(timeout=1000)
    for _ in range(40):
        sim.time.sleep_ms(50)
        watchdog.feed()
    causes = []
    sim.circuit.on_restart = causes.append
    with pytest.raises(circuits.Restart) as restart:
        for _ in range(25):
            sim.time.sleep_ms(50)
    assert restart.value.args[0] == sim.machine.WDT_RESET and causes == [sim.machine.WDT_RESET]
    assert sim.time.ticks_ms() == 2000 + 1050


def test_reset_is_not_an_exception_that_firmware_can_swallow(sim):
    assert not issubclass(circuits.Restart, Exception)
    with pytest.raises(circuits.Restart):
        sim.machine.reset()


@pytest.mark.parametrize("name", ("machine", "esp32", "time"))
def test_fakes_refuse_to_import_on_a_controller(name):
    """Both ways round: the very file, run by an interpreter that says it is an esp32."""
    code = (
        "import sys; sys.platform = 'esp32'; "
        f"exec(compile(open({str(inprocess.MODULES / (name + '.py'))!r}).read(), {name!r}, 'exec'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and f"the simulated {name} must not run on a controller" in done.stderr


def test_without_a_circuit_there_is_no_machine():
    with pytest.raises(RuntimeError, match="no circuit"):
        circuits.current()


def test_lent_modules_go_back(bench):
    import select
    import time

    assert time.time() > 1e9 and select.select and sys.version
    assert (
        "machine" not in sys.modules and "board" not in sys.modules and "ghp.drivers.line" not in sys.modules
    )
