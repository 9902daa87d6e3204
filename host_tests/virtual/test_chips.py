"""The simulated chips against their datasheets, register by register, without any driver."""

import pytest
from ghptools.virtual import wires
from ghptools.virtual.chips.ads1115 import ADS1115
from ghptools.virtual.chips.max31855 import MAX31855
from ghptools.virtual.chips.mcp4728 import MCP4728
from ghptools.virtual.chips.mcp23017 import MCP23017
from ghptools.virtual.chips.ssd1309 import SSD1309
from ghptools.virtual.circuit import Circuit


@pytest.fixture
def circuit():
    return Circuit(lambda circuit, dt_ms: None)


def read(chip, register, count):
    buf = bytearray(count)
    chip.point(register)
    chip.answer(buf)
    return bytes(buf)


def write(chip, register, *data):
    chip.receive(bytes((register, *data)))


class TestADS1115:
    @pytest.fixture
    def chip(self, circuit):
        circuit.inp[0:3] = type(circuit.inp)("i", [1_000_000, 2_000_000, -300_000])
        return ADS1115(circuit, "adc_engine", [0, 1, 2, -1])

    def test_power_up_config_is_single_shot_and_idle(self, chip):
        assert read(chip, 1, 2) == b"\x85\x83"
        assert read(chip, 0, 2) == b"\x00\x00"

    def test_selected_channel_shows_after_its_conversion_time_only(self, chip, circuit):
        write(chip, 1, 0x40, 0xE3)  # AIN0, 6.144 V, continuous, 860 SPS
        assert read(chip, 0, 2) == b"\x00\x00"
        circuit.now_us += 1000
        assert read(chip, 0, 2) == b"\x00\x00"
        circuit.now_us += 1000
        assert int.from_bytes(read(chip, 0, 2), "big") == 5333  # 1 V / 187.5 uV
        write(chip, 1, 0x50, 0xE3)
        assert int.from_bytes(read(chip, 0, 2), "big") == 5333  # still the old channel
        circuit.now_us += 2000
        assert int.from_bytes(read(chip, 0, 2), "big") == 10667

    @pytest.mark.parametrize(
        "pga, full_uv", list(enumerate((6144000, 4096000, 2048000, 1024000, 512000, 256000)))
    )
    def test_ranges_and_saturation(self, chip, circuit, pga, full_uv):
        write(chip, 1, 0x40 | pga << 1, 0xE3)
        circuit.now_us += 2000
        assert int.from_bytes(read(chip, 0, 2), "big") == min(round(1e6 * 32768 / full_uv), 32767)

    def test_negative_is_twos_complement_and_grounded_input_is_zero(self, chip, circuit):
        write(chip, 1, 0x60, 0xE3)
        circuit.now_us += 2000
        assert int.from_bytes(read(chip, 0, 2), "big", signed=True) == -1600
        write(chip, 1, 0x70, 0xE3)
        circuit.now_us += 2000
        assert read(chip, 0, 2) == b"\x00\x00"

    def test_single_shot_converts_once_and_says_when_it_is_done(self, chip, circuit):
        write(chip, 1, 0xC1, 0x83)  # start, AIN0, single-shot, 128 SPS
        assert read(chip, 1, 1)[0] & 0x80 == 0
        circuit.now_us += 8000
        assert read(chip, 1, 1)[0] & 0x80
        first = read(chip, 0, 2)
        circuit.inp[0] = 3_000_000
        circuit.now_us += 80000
        assert read(chip, 0, 2) == first

    def test_conversion_register_is_read_only_and_others_do_not_exist(self, chip, circuit):
        write(chip, 0, 0x12, 0x34)
        assert read(chip, 0, 2) == b"\x00\x00"
        write(chip, 2, 0x12, 0x34)
        assert read(chip, 2, 2) == b"\x12\x34"
        with pytest.raises(ValueError, match="no register 4"):
            write(chip, 4, 0, 0)

    def test_differential_inputs_are_refused(self, chip, circuit):
        write(chip, 1, 0x00, 0xE3)
        circuit.now_us += 2000
        with pytest.raises(ValueError, match="differential"):
            read(chip, 0, 2)


class TestMCP23017:
    @pytest.fixture
    def chip(self, circuit):
        return MCP23017(circuit, "inputs", [("in", 0), ("in", 1), ("out", 0)] + [None] * 12 + [("out", 1)])

    def test_power_up_registers(self, chip):
        assert read(chip, 0, 22) == b"\xff\xff" + bytes(16) + bytes(4)

    def test_pointer_runs_through_both_ports_and_wraps(self, chip):
        write(chip, 0x14, 0x04, 0x80)
        assert read(chip, 0x14, 4) == b"\x04\x80\xff\xff"

    def test_byte_mode_toggles_between_the_ports(self, chip):
        write(chip, 0x0A, 0x20)
        write(chip, 0x14, 0x01, 0x02, 0x03)
        assert read(chip, 0x14, 2) == b"\x03\x02"

    def test_bank_layout(self, chip):
        write(chip, 0x0A, 0x80)
        write(chip, 0x1A, 0x80)  # OLATB
        assert read(chip, 0x1A, 1) == b"\x80"
        assert read(chip, 0x05, 1) == b"\x80"  # IOCON moved
        with pytest.raises(ValueError, match="no register 0x0b"):
            read(chip, 0x0B, 1)

    def test_output_needs_latch_and_direction(self, chip, circuit):
        write(chip, 0x14, 0xFF, 0xFF)
        assert circuit.out[0] == 0 and circuit.out[1] == 0
        write(chip, 0x00, 0xFB, 0x7F)
        assert circuit.out[0] == 1 and circuit.out[1] == 1
        write(chip, 0x12, 0x00)  # writing GPIO writes the latch
        assert circuit.out[0] == 0
        assert read(chip, 0x14, 1) == b"\x00"

    def test_input_needs_its_pull_up_and_is_low_when_closed(self, chip, circuit):
        assert read(chip, 0x12, 1)[0] & 3 == 0
        write(chip, 0x0C, 0xFF)
        assert read(chip, 0x12, 1)[0] & 3 == 3
        circuit.inp[1] = 1
        assert read(chip, 0x12, 1)[0] & 3 == 1
        write(chip, 0x02, 0x03)  # IPOL
        assert read(chip, 0x12, 1)[0] & 3 == 2

    def test_interrupt_registers_are_read_only_and_not_connected(self, chip):
        write(chip, 0x0E, 0xFF)
        write(chip, 0x10, 0xFF)
        assert read(chip, 0x0E, 1) == read(chip, 0x10, 1) == b"\x00"
        with pytest.raises(ValueError, match="interrupts"):
            write(chip, 0x04, 0x01)

    def test_an_output_against_an_input_is_refused(self, chip):
        with pytest.raises(ValueError, match="output against"):
            write(chip, 0x00, 0x00)

    def test_no_register_beyond_the_map(self, chip):
        with pytest.raises(ValueError, match="no register 0x16"):
            read(chip, 0x16, 1)


class TestMCP4728:
    @pytest.fixture
    def chip(self, circuit):
        return MCP4728(circuit, "dac", [0, 1, 2, 3])

    def test_power_up_is_zero_volts_and_factory_eeprom(self, chip, circuit):
        assert list(circuit.out[0:4]) == [0, 0, 0, 0]
        buf = bytearray(24)
        chip.answer(buf)
        assert buf[0:6] == b"\xc0\x80\x00\xc8\x80\x00"
        assert buf[6] == 0xD0

    def test_multi_write_with_internal_reference_and_gain_two_spans_the_terminal(self, chip, circuit):
        chip.receive(bytes((0x42, 0x9F, 0xFF, 0x46, 0x98, 0x00)))
        assert circuit.out[1] == 10_000_000
        assert circuit.out[3] == 2048 * 10_000_000 // 4095
        assert circuit.out[0] == circuit.out[2] == 0

    def test_gain_one_is_half(self, chip, circuit):
        chip.receive(bytes((0x40, 0x8F, 0xFF)))
        assert circuit.out[0] == 5_000_000

    def test_fast_write_starts_at_channel_a_and_keeps_reference_and_gain(self, chip, circuit):
        chip.receive(bytes((0x40, 0x90, 0x00)))
        chip.receive(bytes((0x0F, 0xFF, 0x08, 0x00)))
        assert circuit.out[0] == 10_000_000
        assert circuit.out[1] == 2048 * 5_000_000 // 4095

    def test_power_down_bits_pull_the_output_low(self, chip, circuit):
        chip.receive(bytes((0x2F, 0xFF)))
        assert circuit.out[0] == 0

    def test_references_and_gains_of_all_channels(self, chip, circuit):
        chip.receive(bytes((0x40, 0x9F, 0xFF, 0x42, 0x9F, 0xFF)))
        chip.receive(bytes((0xC8,)))  # gain 2 for A only
        assert circuit.out[0] == 10_000_000 and circuit.out[1] == 5_000_000
        chip.receive(bytes((0x80,)))  # all on the supply, which the amplifier's rail limits
        assert circuit.out[1] == 10_000_000

    def test_single_and_sequential_write_reach_the_eeprom(self, chip, circuit):
        chip.receive(bytes((0x5A, 0x9F, 0xFF)))  # single write to B
        chip.receive(bytes((0x54, 0x91, 0x00, 0x92, 0x00)))  # sequential from C
        buf = bytearray(24)
        chip.answer(buf)
        assert buf[10:12] == b"\x9f\xff" and buf[16:18] == b"\x91\x00" and buf[22:24] == b"\x92\x00"

    def test_unknown_command_and_register_access_are_errors(self, chip):
        with pytest.raises(ValueError, match="no command 0xf8"):
            chip.receive(bytes((0xF8, 0)))
        with pytest.raises(ValueError, match="register addresses"):
            chip.point(0)


class TestMAX31855:
    @pytest.fixture
    def chip(self, circuit):
        circuit.now_us = 1_000_000
        return MAX31855(circuit, "thermo_exhaust", 0)

    def frame(self, chip, mode=0):
        buf = bytearray(4)
        chip.select(True)
        chip.clock_out(buf, mode, 1_000_000)
        chip.select(False)
        return int.from_bytes(buf, "big")

    @pytest.mark.parametrize("celsius", (-40, 0, 29.75, 650, 1350))
    def test_temperature_in_quarters_and_internal_in_sixteenths(self, chip, circuit, celsius):
        circuit.inp[0] = round((celsius - wires.CABINET_C) * 41.276)
        frame = self.frame(chip)
        quarters = (frame >> 18) - (0x4000 if frame & 0x80000000 else 0)
        assert abs(quarters - celsius * 4) <= 1
        assert frame >> 4 & 0xFFF == wires.CABINET_C * 16
        assert frame & 0x2000F == 0

    @pytest.mark.parametrize(
        "wire, bit", ((wires.TC_OPEN, 1), (wires.TC_SHORT_GROUND, 2), (wires.TC_SHORT_SUPPLY, 4))
    )
    def test_fault_bits(self, chip, circuit, wire, bit):
        circuit.inp[0] = wire
        frame = self.frame(chip)
        assert frame & 0x10000 and frame & 7 == bit

    def test_next_conversion_takes_100_ms_of_being_deselected(self, chip, circuit):
        circuit.inp[0] = 10_000
        first = self.frame(chip)
        circuit.inp[0] = 20_000
        circuit.now_us += 99_000
        assert self.frame(chip) == first
        circuit.now_us += 101_000
        assert self.frame(chip) != first

    def test_wrong_mode_is_refused(self, chip):
        with pytest.raises(ValueError, match="mode 0"):
            self.frame(chip, mode=3)


class TestSSD1309:
    @pytest.fixture
    def chip(self, circuit):
        chip = SSD1309(circuit, "display")
        chip.receive(bytes((0x00, 0xFD, 0x12, 0xA1, 0xC8, 0xAF)))
        return chip

    def test_memory_is_garbage_at_power_up_and_nothing_shows_before_the_on_command(self, circuit):
        chip = SSD1309(circuit, "display")
        assert chip.pixel(0, 0) == 0
        assert set(chip.memory) == {0xA5}

    def test_page_addressing_wraps_in_its_page(self, chip, circuit):
        chip.receive(bytes((0x80, 0xB3, 0x80, 0x0E, 0x80, 0x17, 0x40, 1, 2, 3)))
        assert bytes(chip.page(3)[126:128]) == b"\x01\x02"
        assert chip.page(3)[0] == 3
        assert circuit.out[wires.position(wires.OUT, "display_pages")] == 8

    def test_horizontal_addressing_in_a_window(self, chip):
        chip.receive(bytes((0x00, 0x20, 0x00, 0x21, 10, 11, 0x22, 2, 3)))
        chip.receive(bytes((0x40, 1, 2, 3, 4, 5)))
        assert bytes(chip.page(2)[10:12]) == b"\x05\x02" and bytes(chip.page(3)[10:12]) == b"\x03\x04"

    def test_vertical_addressing_in_a_window(self, chip):
        chip.receive(bytes((0x00, 0x20, 0x01, 0x21, 10, 11, 0x22, 2, 3)))
        chip.receive(bytes((0x40, 1, 2, 3, 4)))
        assert bytes(chip.page(2)[10:12]) == b"\x01\x03" and bytes(chip.page(3)[10:12]) == b"\x02\x04"

    def test_pixels_as_a_person_sees_them(self, chip):
        chip.memory[:] = bytes(1024)
        chip.memory[128 + 5] = 0x04
        assert chip.pixel(5, 10) == 1
        assert sum(chip.pixel(x, y) for x in range(128) for y in range(64)) == 1
        chip.receive(bytes((0x00, 0xA7)))
        assert chip.pixel(5, 10) == 0
        chip.receive(bytes((0x00, 0xA6, 0xA0)))
        assert chip.pixel(122, 10) == 1

    def test_locked_chip_ignores_commands(self, chip):
        chip.receive(bytes((0x00, 0xFD, 0x16, 0xAE)))
        assert chip.on
        chip.receive(bytes((0x00, 0xFD, 0x12, 0xAE)))
        assert not chip.on

    def test_unknown_bytes_are_errors(self, chip):
        with pytest.raises(ValueError, match="no command 0xf0"):
            chip.receive(bytes((0x00, 0xF0)))
        with pytest.raises(ValueError, match="control byte"):
            chip.receive(bytes((0x55, 0x00)))

    def test_status_tells_that_the_display_is_on(self, chip):
        buf = bytearray(1)
        chip.answer(buf)
        assert buf == b"\x00"
