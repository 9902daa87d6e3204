"""Drivers over the simulated chips: fresh samples, failures and their end, bounded work."""

import pytest
from ghp import points
from ghp.image import RAW_NO_ANSWER, RAW_OK, RAW_OPEN, RAW_SHORT
from ghptools.virtual import wires

ANALOG = points.names(points.ANALOG_INPUTS)
OUTPUTS = points.names(points.OUTPUTS)
POINTS_OF = {
    "adc_pressures": ("suction_pressure", "discharge_pressure", "reference_volts"),
    "adc_engine": ("lambda_volts", "oil_pressure", "gas_pressure", "battery_volts"),
    "adc_refrigerant": ("suction_temp", "liquid_temp", "coil_temp", "ambient_temp"),
    "adc_water": ("entering_water", "condenser_water", "leaving_water", "discharge_temp"),
    "adc_chilled": ("chilled_entering", "chilled_leaving", "coolant_temp"),
    "thermo_exhaust": ("exhaust_temp",),
    "thermo_catalyst": ("catalyst_temp",),
}


def status(bench, name):
    return bench.image.analog_status[ANALOG.index(name)]


@pytest.mark.parametrize("row", list(points.ANALOG_INPUTS), ids=lambda row: row[1])
def test_every_analog_point_stays_younger_than_its_age(bench, row):
    """Half the age may be used up by the sampling pattern, the rest belongs to the scan and to a miss."""
    place = ANALOG.index(row[1])
    bench.scan(50)
    oldest = 0
    for _ in range(250):
        bench.scan()
        oldest = max(oldest, bench.board.clock.ticks_ms() - 50 - bench.image.analog_at[place])
    assert oldest <= row[6] // 2


def test_a_sample_is_what_the_terminal_had_after_the_channel_was_selected(bench):
    bench.scan(4)
    bench.drive("discharge_pressure", 3_000_000)
    bench.scan(2)
    assert bench.image.analog[ANALOG.index("discharge_pressure")] == 16000


@pytest.mark.parametrize("chip", POINTS_OF)
def test_chip_that_does_not_answer_marks_its_points_and_comes_back(bench, chip):
    bench.scan(60)
    driver = bench.chip(chip)
    others = [name for name in ANALOG if name not in POINTS_OF[chip]]
    assert driver.ok and driver.errors == 0
    bench.run.fail_chip(chip)
    bench.scan(20)
    assert not driver.ok and driver.errors > 0
    assert {status(bench, name) for name in POINTS_OF[chip]} == {RAW_NO_ANSWER}
    assert {status(bench, name) for name in others} == {RAW_OK}
    bench.run.fail_chip(chip, absent=False)
    bench.scan(120)
    assert driver.ok
    assert {status(bench, name) for name in ANALOG} == {RAW_OK}


def test_one_missed_answer_costs_one_sample(bench):
    bench.scan(20)
    bench.run.fail_chip("adc_pressures")
    bench.scan()
    bench.run.fail_chip("adc_pressures", absent=False)
    bench.scan(4)
    assert status(bench, "discharge_pressure") == RAW_OK
    assert bench.board.clock.ticks_ms() - bench.image.analog_at[ANALOG.index("discharge_pressure")] <= 100


def test_dead_bus_is_asked_only_every_tenth_time(bench):
    bench.scan(20)
    bench.run.fail_bus("i2c0")
    bench.scan(200)
    assert bench.chip("adc_pressures").errors <= 3 + 200 // 10
    assert bench.chip("adc_refrigerant").errors == 0


@pytest.mark.parametrize("wire, raw", ((wires.TC_OPEN, RAW_OPEN), (wires.TC_SHORT_GROUND, RAW_SHORT)))
def test_thermocouple_faults(bench, wire, raw):
    bench.drive("exhaust_temp", wire)
    bench.scan(12)
    assert status(bench, "exhaust_temp") == raw and status(bench, "catalyst_temp") == RAW_OK
    bench.drive("exhaust_temp", -3000)
    bench.scan(12)
    assert status(bench, "exhaust_temp") == RAW_OK
    assert bench.image.analog[ANALOG.index("exhaust_temp")] == round((30 - 3000 / 41.276) * 4)


def test_shorted_spi_line_is_no_answer(bench):
    bench.scan(11)
    bench.run.fail_bus("spi")
    bench.scan(10)
    assert status(bench, "exhaust_temp") == RAW_NO_ANSWER


def test_contacts_of_the_expander_need_it_to_be_set_up(bench):
    """An expander that lost its supply has no pull-ups: all contacts would look closed."""
    bench.scan(11)
    digital = bench.image.digital
    place = points.names(points.DIGITAL_INPUTS).index("remote_enable")
    chip = bench.circuit.chips["inputs"]
    chip.receive(b"\x0c\x00\x00")  # GPPU as after a power dip
    bench.scan(10)
    assert bench.image.digital_status[place] == RAW_NO_ANSWER and digital[place] == 0
    bench.scan(10)
    assert bench.image.digital_status[place] == RAW_OK and digital[place] == 0


def test_relays_that_lost_their_supply_are_found_and_set_up_again(bench):
    place = OUTPUTS.index("pump_coolant")
    bench.image.outputs[place] = 1
    bench.scan(11)
    assert bench.wire("pump_coolant") == 1
    bench.circuit.chips["relays"].receive(b"\x00\xff\xff\x00")
    assert bench.wire("pump_coolant") == 0
    bench.scan(10)
    assert bench.wire("pump_coolant") == 1 and bench.chip("relays").ok


def test_relay_latch_that_reads_back_wrong_is_an_error(bench):
    bench.scan(11)
    chip = bench.circuit.chips["relays"]
    answer = chip.answer

    def stuck(buf):
        answer(buf)
        buf[0] |= 0x10

    chip.answer = stuck
    bench.scan(10)
    assert not bench.chip("relays").ok and bench.chip("relays").errors == 1


def test_dac_comes_back_with_its_reference(bench):
    bench.image.outputs[OUTPUTS.index("lead_fan_speed")] = 5000
    bench.scan(11)
    assert bench.wire("lead_fan_speed") == 2047 * 10_000_000 // 4095
    bench.run.fail_chip("dac")
    bench.scan(10)
    assert not bench.chip("dac").ok
    bench.circuit.chips["dac"].receive(b"\x40\x80\x00")
    bench.run.fail_chip("dac", absent=False)
    bench.scan(10)
    assert bench.wire("lead_fan_speed") == 2047 * 10_000_000 // 4095 and bench.chip("dac").ok


def test_coil_that_changed_by_itself_is_written_again(bench):
    bench.scan(2)
    bench.circuit.out[wires.position(wires.OUT, "gas_valve")] = 1
    bench.scan(21)
    assert bench.wire("gas_valve") == 0


class TestStepper:
    def steps(self, bench):
        steps = bench.wire("valve_steps")
        return steps - (1 << 30) if steps >> 29 else steps

    def test_homes_shut_beyond_its_travel_then_counts(self, bench):
        assert bench.board.valve.position == -1
        bench.scan(184)
        assert self.steps(bench) == -550 and bench.board.valve.position == 0

    def test_three_steps_a_scan_at_most_and_off_at_rest(self, bench):
        bench.scan(200)
        assert bench.wire("valve_enable") == 0
        bench.image.outputs[OUTPUTS.index("expansion_valve")] = 200
        last, speeds = self.steps(bench), []
        for _ in range(90):
            bench.scan()
            speeds.append(self.steps(bench) - last)
            last = self.steps(bench)
        assert max(speeds) == 3 and sum(speeds) == 200 and bench.board.valve.position == 200
        assert bench.wire("valve_enable") == 0

    def test_targets_beyond_the_travel_are_clipped_and_reversal_loses_nothing(self, bench):
        outputs = bench.image.outputs
        outputs[OUTPUTS.index("expansion_valve")] = 900
        bench.scan(400)
        assert bench.board.valve.position == 500 and self.steps(bench) == -50
        outputs[OUTPUTS.index("expansion_valve")] = -7
        bench.scan(40)
        outputs[OUTPUTS.index("expansion_valve")] = 123
        bench.scan(300)
        assert bench.board.valve.position == 123 and self.steps(bench) == -550 + 123

    def test_waits_when_the_scan_comes_early(self, bench):
        bench.image.outputs[OUTPUTS.index("expansion_valve")] = 100
        bench.scan(300)
        bench.image.outputs[OUTPUTS.index("expansion_valve")] = 400
        bench.scan(2)
        before = self.steps(bench)
        for _ in range(20):  # 200 ms, 16 ms a step
            bench.board.write_fast(bench.board.clock.ticks_ms())
            bench.board.clock.sleep_ms(10)
        assert 6 < self.steps(bench) - before <= 200 // 16 + 3
        assert bench.board.valve.position == self.steps(bench) + 550


def test_pulse_counts_wrap_at_30_bits_without_a_large_integer(bench):
    bench.scan()
    image = bench.image
    place = points.names(points.PULSE_INPUTS).index("engine_speed")
    image.pulses[place] = (1 << 30) - 3
    bench.drive("engine_speed", 10)
    bench.scan()
    assert image.pulses[place] == 7
    assert image.pulses_at_us[place] == bench.board.clock.ticks_us() - 50000


class TestDisplay:
    def test_a_page_reaches_the_glass_and_only_that_page(self, bench):
        memory = bench.circuit.display.memory
        data = bytes(range(128))
        assert bench.board.display.show(5, data)
        assert bytes(memory[640:768]) == data
        assert set(memory[:640]) == set(memory[768:]) == {0xA5}
        assert bench.circuit.display.on and bench.board.display.setups == 1
        assert bench.circuit.display.pixel(3, 40) == 1 and bench.circuit.display.pixel(3, 42) == 0

    def test_a_display_that_was_away_is_set_up_again_and_says_so(self, bench):
        display = bench.board.display
        display.show(0, bytes(128))
        bench.run.fail_chip("display")
        assert not display.show(1, bytes(128)) and not display.ok
        bench.circuit.display.receive(b"\x00\xae")
        bench.run.fail_chip("display", absent=False)
        assert display.show(1, bytes(128))
        assert bench.circuit.display.on and display.setups == 2 and display.errors == 1


class TestLine:
    def test_reads_what_is_there_and_no_more_than_asked(self, bench):
        buf = bytearray(4)
        assert bench.board.line.read(buf) == 0
        bench.run.console_in.extend(b"status\r")
        assert bench.board.line.read(buf) == 4 and buf == b"stat"
        assert bench.board.line.read(buf) == 3 and buf[:3] == b"us\r"
        assert bench.board.line.read(buf) == 0

    def test_writes_leave_in_pieces_and_in_order(self, bench):
        line, out = bench.board.line, bench.run.console_out
        text = bytes(i & 0xFF for i in range(900))
        assert line.write(text) == 900 and not out
        pieces = []
        while line.flush():
            pieces.append(len(out))
        assert bytes(out) == text and pieces[0] == 128
        assert line.write(text) == 900
        begun = len(out)
        assert line.flush() == 900 - 128 and len(out) - begun == 128  # over the end of the ring as anywhere else
        while line.flush():
            pass
        assert bytes(out) == text + text

    def test_a_full_ring_takes_what_fits_and_counts_the_rest(self, bench):
        line = bench.board.line
        assert line.write(bytes(1000)) == 1000
        assert line.room() == 24
        assert line.write(b"x" * 100) == 24 and line.lost == 76

    def test_a_stream_that_takes_part_or_nothing_loses_nothing(self, bench):
        line, out = bench.board.line, bench.run.console_out
        stream = bench.run._stdout
        answers = iter((None, 5, 0, 60, 200))
        plain = stream.write

        def reluctant(data):
            count = next(answers)
            return count if not count else plain(bytes(data[:count]))

        line._output = type("Stream", (), {"write": staticmethod(reluctant)})
        line.write(bytes(range(150)))
        for _ in range(5):
            line.flush()
        assert bytes(out) == bytes(range(150))
