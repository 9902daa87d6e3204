"""The time on the wall against the chip's readings, ticks that wrap, jumps, and a chip that goes away."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ghp import civil
from ghp.control.wallclock import ABSENT, BRIDGED, RUNNING, UNSET, WallClock
from ghp.image import RAW_NEVER, RAW_NO_ANSWER, RAW_OK, Image
from ghp.protection.monitor import Monitor
from ghp.settings import Settings
from ghp.ticks import ticks_add
from hypothesis import given
from hypothesis import strategies as st

PACIFIC = ZoneInfo("America/Los_Angeles")


class Chip:
    """A battery clock that shows its time in an image."""

    def __init__(self, image, moment):
        self.image = image
        self.moment = moment
        self.status = RAW_OK
        self.takes = True

    def read(self):
        self.image.clock_status = self.status
        if self.status == RAW_OK:
            day = self.moment.date()
            self.image.clock_day = civil.day_of(day.year, day.month, day.day)
            self.image.clock_s = (self.moment - datetime.combine(day, datetime.min.time())).seconds

    def set(self, day, second, now_ms):
        if self.takes:
            self.moment = datetime(2000, 1, 1) + timedelta(days=day, seconds=second)
            self.status = RAW_OK
            self.read()
        return self.takes


class Bench:
    def __init__(self, standard="2026-07-15 14:50", start=(1 << 30) - 3000):
        self.image = Image()
        self.settings = Settings()
        self.monitor = Monitor()
        self.chip = Chip(self.image, datetime.fromisoformat(standard))
        self.clock = WallClock(self.image, self.settings, self.monitor, self.chip)
        self.now = start

    def run(self, seconds=0.5):
        for _ in range(int(seconds * 2)):
            self.chip.read()
            self.clock.update(self.now, 0.5)
            self.now = ticks_add(self.now, 500)
            self.chip.moment += timedelta(milliseconds=500)

    def wall(self):
        clock = self.clock
        return datetime(*civil.date_of(clock.local_day)) + timedelta(minutes=clock.minute, seconds=clock.second % 60)


def test_time_goes_on_across_the_wrap_of_the_ticks():
    bench = Bench()
    bench.run(3600)
    assert bench.clock.valid and bench.clock.state == RUNNING
    assert abs(bench.wall() - datetime(2026, 7, 15, 16, 50)) <= timedelta(seconds=2)
    assert (bench.clock.jumps, bench.clock.turns) == (0, 1)
    assert bench.clock.text().startswith("Wed 2026-07-15 16:") and bench.clock.text().endswith(" daylight time")


@given(st.datetimes(datetime(2024, 1, 1), datetime(2060, 12, 31)))
def test_local_time_is_the_zones(standard):
    bench = Bench()
    bench.chip.moment = standard.replace(microsecond=0)
    bench.run()
    wall = (bench.chip.moment - timedelta(milliseconds=500)).replace(tzinfo=ZoneInfo("UTC")) + timedelta(hours=8)
    wall = wall.astimezone(PACIFIC)
    clock = bench.clock
    assert bench.wall() == wall.replace(tzinfo=None)
    assert (clock.month, clock.weekday, clock.daylight) == (wall.month, wall.weekday(), bool(wall.dst()))


def test_the_hour_that_comes_twice_is_no_jump():
    bench = Bench("2026-11-01 00:59:58")
    bench.run()
    assert bench.clock.minute == 119
    bench.run(4)
    assert bench.clock.minute == 60 and not bench.clock.daylight
    assert (bench.clock.jumps, bench.clock.turns) == (0, 1)


def test_without_daylight_saving_the_wall_shows_standard_time():
    bench = Bench()
    bench.settings.set("daylight_saving", 0)
    bench.run()
    assert bench.wall() == datetime(2026, 7, 15, 14, 50)
    bench.settings.set("daylight_saving", 1)
    bench.run()
    assert bench.wall() == datetime(2026, 7, 15, 15, 50)


def test_holidays_follow_the_local_day_and_the_setting():
    bench = Bench("2026-07-02 23:30")
    bench.run()
    assert bench.clock.local_day == civil.day_of(2026, 7, 3) and bench.clock.holiday == 0
    bench.settings.set("holiday_saturday", 1)
    bench.run()
    assert bench.clock.holiday == 4


@pytest.mark.parametrize("seconds", [3600, -3600, 4, -4, 86400 * 400, -86400 * 400])
def test_a_jump_is_believed_and_counted(seconds):
    bench = Bench()
    bench.run(10)
    before = bench.clock.day * 86400 + bench.clock.second
    bench.chip.moment += timedelta(seconds=seconds)
    bench.run()
    moved = bench.clock.day * 86400 + bench.clock.second - before
    assert seconds - 1 <= moved <= seconds + 2
    assert bench.clock.jumps == 1 and abs(bench.clock.jump_s - seconds) <= 1 and bench.clock.turns == 2
    bench.run(60)
    assert bench.clock.jumps == 1


def test_a_clock_a_little_slow_or_fast_never_goes_backwards_and_is_no_jump():
    for drift_ms in (-3, 3):  # a thousand times what the chip allows itself
        bench = Bench()
        last = 0
        for _ in range(2400):
            bench.run()
            bench.chip.moment += timedelta(milliseconds=drift_ms)
            now = bench.clock.day * 86400 + bench.clock.second
            assert now >= last
            last = now
        assert bench.clock.jumps == 0
        assert abs(bench.clock.second - (bench.chip.moment - datetime(2026, 7, 15)).total_seconds()) < 3


def test_an_unset_clock_is_not_valid_and_alarms_while_it_is_needed():
    bench = Bench()
    bench.run(10)
    bench.chip.status = RAW_NEVER
    bench.run(4)
    assert not bench.clock.valid and bench.clock.state == UNSET and not bench.monitor.standing()
    bench.run(4)
    assert [alarm.key for alarm in bench.monitor.standing()] == ["clock_unset"]
    bench.settings.set("peak_windows", 0)
    bench.run()
    assert not bench.monitor.standing()
    assert bench.clock.text() == "not set"


def test_a_time_before_this_firmware_counts_as_unset():
    bench = Bench("2019-07-15 14:50")
    bench.run(10)
    assert not bench.clock.valid and bench.clock.state == UNSET


def test_a_chip_that_goes_away_is_bridged_for_a_day():
    bench = Bench()
    bench.run(10)
    bench.chip.status = RAW_NO_ANSWER
    bench.run(3600)
    assert bench.clock.valid and bench.clock.state == BRIDGED
    assert [alarm.key for alarm in bench.monitor.standing()] == ["clock_absent"]
    assert abs(bench.wall() - datetime(2026, 7, 15, 16, 50, 10)) <= timedelta(seconds=2)
    bench.chip.status = RAW_OK
    bench.run()
    assert bench.clock.state == RUNNING and bench.clock.jumps == 0 and not bench.monitor.standing()
    bench.chip.status = RAW_NO_ANSWER
    for _ in range(25):
        bench.now = ticks_add(bench.now, 3599500)
        bench.run()
    assert not bench.clock.valid and bench.clock.state == ABSENT and bench.clock.text() == "does not answer"


def test_setting_the_clock():
    bench = Bench()
    bench.chip.status = RAW_NEVER
    bench.run(10)
    bench.clock.set(2026, 7, 15, 15, 50, bench.now)
    assert bench.chip.moment == datetime(2026, 7, 15, 14, 50)
    assert bench.clock.valid and bench.clock.text() == "Wed 2026-07-15 15:50:00 daylight time"
    bench.run(10)
    assert bench.clock.jumps == 0 and not bench.monitor.standing()


@pytest.mark.parametrize(
    "words, message",
    [
        ((2026, 2, 29, 0, 0), "no day"),
        ((2023, 2, 1, 0, 0), "no day"),
        ((2100, 2, 1, 0, 0), "no day"),
        ((2026, 2, 1, 24, 0), "no time"),
        ((2026, 2, 1, 0, 60), "no time"),
        ((2026, 3, 8, 2, 30), "does not exist"),
    ],
)
def test_a_time_that_does_not_exist_is_refused(words, message):
    bench = Bench()
    bench.run()
    before = bench.chip.moment
    with pytest.raises(ValueError, match=message):
        bench.clock.set(*words, bench.now)
    assert bench.chip.moment == before and bench.clock.valid


def test_a_chip_that_does_not_take_the_time_says_so():
    bench = Bench()
    bench.chip.takes = False
    with pytest.raises(ValueError, match="did not take"):
        bench.clock.set(2026, 7, 15, 15, 50, 0)
    without = WallClock(bench.image, bench.settings, bench.monitor, None)
    with pytest.raises(ValueError, match="no clock"):
        without.set(2026, 7, 15, 15, 50, 0)


@given(st.dates(date(2024, 1, 2), date(2060, 12, 31)), st.booleans())
def test_who_was_there_at_midnight_knows_the_same_as_who_comes_after_it(day, saturday):
    eve = day - timedelta(days=1)
    there, after = Bench(f"{eve} 23:59:59"), Bench(f"{day} 00:00:01")
    for bench in (there, after):
        bench.settings.set("daylight_saving", 0)
        bench.settings.set("holiday_saturday", int(saturday))
        bench.run(2)
    known = [(c.local_day, c.month, c.weekday, c.holiday, c._eve_month, c._eve_holiday) for c in (there.clock, after.clock)]
    assert there.clock.jumps == 0 and known[0] == known[1]
