"""The battery clock: driver, chip and battery together, and the chip's registers by themselves."""

from datetime import datetime, timedelta

import pytest
from ghp import civil
from ghp.drivers.ds3231 import DS3231
from ghp.image import RAW_NEVER, RAW_NO_ANSWER, RAW_OK, Image
from ghptools.virtual import wires
from ghptools.virtual.battery_clock import BatteryClock, parse, standard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 58)).map(lambda m: m.replace(microsecond=0))

# one bench for all examples: a clock that was set before is part of the test
SAME_BENCH = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def shown(image):
    """Return the image's time as a datetime."""
    return datetime(*civil.date_of(image.clock_day)) + timedelta(seconds=image.clock_s)


def numbers(moment):
    return civil.day_of(moment.year, moment.month, moment.day), moment.hour * 3600 + moment.minute * 60 + moment.second


def test_time_runs_with_virtual_time(bench):
    bench.run.clock.set("2026-01-31 23:59:50")
    bench.scan(11)
    assert bench.image.clock_status == RAW_OK
    before = shown(bench.image)
    bench.scan(20 * 60)
    assert shown(bench.image) - before in (timedelta(seconds=59), timedelta(seconds=60), timedelta(seconds=61))
    assert shown(bench.image) > datetime(2026, 2, 1)


@SAME_BENCH
@given(moment=MOMENTS, twelve=st.booleans())
def test_every_time_is_read_as_the_battery_holds_it(bench, moment, twelve):
    bench.run.clock._ms = (moment - datetime(2000, 1, 1)) // timedelta(milliseconds=1)
    bench.run.clock.twelve = twelve
    bench.scan(10)  # exchanges bring the wires, one slow scan reads them
    bench.scan(1)
    assert timedelta(0) <= shown(bench.image) - moment <= timedelta(seconds=1)


@SAME_BENCH
@given(moment=MOMENTS)
def test_what_the_driver_sets_is_in_the_chip_and_goes_on(bench, moment):
    assert bench.board.calendar.set(*numbers(moment), bench.board.clock.ticks_ms())
    assert shown(bench.image) == moment
    bench.scan(1)
    assert bench.run.clock.now - moment == timedelta(milliseconds=50)
    assert bench.run.clock.kept and not bench.run.clock.twelve


def test_an_unset_clock_says_so_until_it_is_set(bench):
    bench.run.clock.unset()
    bench.scan(11)
    assert bench.image.clock_status == RAW_NEVER
    assert bench.board.calendar.ok  # it answers: what it says is that it does not know
    assert bench.board.calendar.set(*numbers(datetime(2026, 7, 15, 15, 50)), 0)
    bench.scan(11)
    assert bench.image.clock_status == RAW_OK and bench.run.clock.kept


def test_an_absent_clock_is_no_answer_and_comes_back(bench):
    bench.scan(11)
    bench.run.fail_chip("clock")
    bench.scan(30)
    assert bench.image.clock_status == RAW_NO_ANSWER and not bench.board.calendar.ok
    assert not bench.board.calendar.set(*numbers(datetime(2026, 7, 15)), 0)
    bench.run.fail_chip("clock", False)
    bench.scan(200)
    assert bench.image.clock_status == RAW_OK and bench.board.calendar.ok


def test_the_battery_keeps_time_over_a_power_cut():
    from ghptools.virtual.inprocess import EndOfRun, InProcess  # noqa: PLC0415

    seen = []

    def happen(_dt_ms):
        if run.time_ms == 1000:
            run.cut_power(7200 * 1000)
        if run.time_ms > 7200 * 1000 + 3000:
            raise EndOfRun

    def main(board_module):
        from ghp.image import Image  # noqa: PLC0415

        image = Image()
        board = board_module.build(image)
        if not run.restarts:
            assert board.calendar.set(*numbers(datetime(2026, 3, 1, 8)), 0)
        while True:
            board.clock.sleep_ms(50)
            board.calendar.read(0)
            seen.append(shown(image))

    run = InProcess(None, on_exchange=happen)
    run.run(main)
    assert len(run.restarts) == 1
    assert timedelta(0) <= seen[-1] - datetime(2026, 3, 1, 10, 0, 3) <= timedelta(seconds=1)


class Registers:
    """A bus with nothing but the chip's registers, which a test may spoil."""

    def __init__(self):
        self.bytes = bytearray(0x13)

    def readfrom_mem_into(self, _address, register, buffer):
        buffer[:] = self.bytes[register : register + len(buffer)]

    def writeto_mem(self, _address, register, data):
        self.bytes[register : register + len(data)] = data


@pytest.mark.parametrize("register, flip, believed", [(0, 0x01, True), (4, 0x01, False), (5, 0x04, False), (6, 0x01, False)])
def test_a_date_that_its_weekday_contradicts_is_no_time_until_it_is_set(register, flip, believed):
    bus, image = Registers(), Image()
    clock = DS3231("clock", bus, 0x68, image)
    day, second = numbers(datetime(2026, 3, 10, 12))
    assert clock.set(day, second, 0)
    bus.bytes[register] ^= flip
    again = DS3231("clock", bus, 0x68, image)  # after a power cut
    again.read(0)
    assert image.clock_status == (RAW_OK if believed else RAW_NO_ANSWER)
    assert again.set(day, second, 0) and image.clock_status == RAW_OK


# --- the chip by itself ------------------------------------------------------------------------------------


@pytest.fixture
def bus(sim):
    machine = sim.machine
    sim.battery = BatteryClock("2026-12-31 21:05:09")
    sim.on_exchange = lambda circuit, dt: (sim.battery.run(circuit.out, dt), sim.battery.show(circuit.inp))
    sim.circuit.exchange_now()
    return machine.I2C(1, scl=machine.Pin(18), sda=machine.Pin(17))


def read(bus, register, size):
    buffer = bytearray(size)
    bus.readfrom_mem_into(0x68, register, buffer)
    return list(buffer)


def test_registers_are_bcd_with_weekday(bus):
    assert read(bus, 0, 7) == [0x09, 0x05, 0x21, 4, 0x31, 0x12, 0x26]  # a Thursday
    assert read(bus, 0x0E, 2) == [0x1C, 0x00]
    assert read(bus, 0x11, 1) == [30]
    assert read(bus, 0x12, 2)[1] == 0x09  # wraps to the seconds


def test_twelve_hour_mode(sim, bus):
    sim.battery.twelve = True
    for hour, register in ((0, 0x52), (1, 0x41), (11, 0x51), (12, 0x72), (23, 0x71)):
        sim.battery.set(datetime(2026, 1, 5, hour))
        sim.circuit.exchange_now()
        assert read(bus, 2, 1) == [register]
        bus.writeto_mem(0x68, 2, bytes((register,)))
        sim.time.sleep_ms(50)
        assert sim.battery.now.hour == hour


def test_the_flag_is_cleared_by_zero_and_not_set_by_one(sim, bus):
    sim.battery.unset()
    sim.circuit.exchange_now()
    assert read(bus, 0x0F, 1) == [0x80]
    bus.writeto_mem(0x68, 0x0F, b"\x80")
    assert read(bus, 0x0F, 1) == [0x80]
    bus.writeto_mem(0x68, 0x0F, b"\x00")
    assert read(bus, 0x0F, 1) == [0x00]
    sim.time.sleep_ms(50)
    assert read(bus, 0x0F, 1) == [0x00] and sim.battery.kept
    bus.writeto_mem(0x68, 0x0F, b"\x80")
    sim.time.sleep_ms(50)
    assert sim.battery.kept


@pytest.mark.parametrize(
    "register, data", [(0, b"\x60"), (1, b"\x75"), (2, b"\x24"), (4, b"\x00"), (4, b"\x32"), (5, b"\x13"), (0x0E, b"\x80")]
)
def test_what_no_clock_can_hold_is_refused(bus, register, data):
    with pytest.raises(ValueError):
        bus.writeto_mem(0x68, register, data)


def test_the_battery_fills_its_own_wires_only():
    inp = [7] * len(wires.IN)
    BatteryClock().show(inp)
    assert {name for name, value in zip(wires.IN, inp, strict=True) if value != 7} == {
        "clock_day", "clock_s", "clock_state", "clock_seen",
    }  # fmt: skip


def test_faults_of_the_battery_and_their_end():
    battery = BatteryClock("2026-01-05 12:00")
    battery.jump(-3600)
    battery.rest(1000)
    assert battery.now == datetime(2026, 1, 5, 11, 0, 1)
    battery.unset()
    assert not battery.kept and battery.now == datetime(2000, 1, 1)
    battery.rest(1000)
    battery.mend()
    assert battery.kept and battery.now == datetime(2026, 1, 5, 12, 0, 2)


# --- the tool's own time ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wall, clock",
    [
        ("2026-07-15 15:50", "2026-07-15 14:50"),
        ("2026-01-15 15:50", "2026-01-15 15:50"),
        ("2026-03-08 01:59", "2026-03-08 01:59"),
        ("2026-03-08 03:00", "2026-03-08 02:00"),
        ("2026-11-01 01:30", "2026-11-01 00:30"),
        ("2026-11-01 02:00", "2026-11-01 02:00"),
    ],
)
def test_standard_time(wall, clock):
    assert standard(parse(wall)) == parse(clock)


@pytest.mark.parametrize("bad", ["", "noon", "2026-13-01 00:00", "1999-01-01 00:00", "2026-07-15", 20260715])
def test_a_bad_time_is_refused(bad):
    with pytest.raises(ValueError, match="such as"):
        parse(bad)
