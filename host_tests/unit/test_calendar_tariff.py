"""Daylight saving, holidays, seasons and windows against Python's zones and hand-written calendars."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from ghp import civil
from ghp.control import calendar
from hypothesis import example, given
from hypothesis import strategies as st

PACIFIC = ZoneInfo("America/Los_Angeles")
EPOCH = date(2000, 1, 1)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2060, 12, 31, 23, 59, 59)).map(lambda m: m.replace(microsecond=0))
DAYS = st.dates(date(2024, 1, 1), date(2060, 12, 31))


def number(day):
    return (day - EPOCH).days


def split(moment):
    return number(moment.date()), moment.hour * 3600 + moment.minute * 60 + moment.second


def standard_of(aware):
    """Return the naive standard time of an aware Pacific time."""
    return (aware.astimezone(ZoneInfo("UTC")) - timedelta(hours=8)).replace(tzinfo=None)


@given(MOMENTS)
@example(datetime(2026, 3, 8, 1, 59, 59))
@example(datetime(2026, 3, 8, 2, 0, 0))
@example(datetime(2026, 11, 1, 0, 59, 59))
@example(datetime(2026, 11, 1, 1, 0, 0))
def test_daylight_saving_is_the_zones(standard):
    utc = standard.replace(tzinfo=ZoneInfo("UTC")) + timedelta(hours=8)
    expected = bool(utc.astimezone(PACIFIC).dst())
    day, second = split(standard)
    begins, ends = calendar.daylight_begins(standard.year), calendar.daylight_ends(standard.year)
    assert calendar.is_daylight(day, second, begins, ends) == expected


def test_every_hour_around_every_change():
    for year in range(2024, 2061):
        begins, ends = calendar.daylight_begins(year), calendar.daylight_ends(year)
        for change in (begins, ends):
            for minute in range(-24 * 60, 48 * 60, 20):
                standard = datetime(2000, 1, 1) + timedelta(days=change, minutes=minute)
                aware = (standard.replace(tzinfo=ZoneInfo("UTC")) + timedelta(hours=8)).astimezone(PACIFIC)
                day, second = split(standard)
                assert calendar.is_daylight(day, second, begins, ends) == bool(aware.dst())


@given(MOMENTS)
@example(datetime(2026, 3, 8, 2, 30))
@example(datetime(2026, 3, 8, 3, 0))
@example(datetime(2026, 11, 1, 1, 30))
@example(datetime(2026, 11, 1, 2, 0))
@example(datetime(2026, 7, 1, 0, 30))
def test_a_wall_time_becomes_the_zones_standard_time(wall):
    aware = wall.replace(tzinfo=PACIFIC)
    exists = aware.astimezone(ZoneInfo("UTC")).astimezone(PACIFIC).replace(tzinfo=None) == wall
    found = calendar.to_standard(*split(wall), True)
    assert found == (split(standard_of(aware)) if exists else None)
    assert calendar.to_standard(*split(wall), False) == split(wall)


# Written down by hand from the utilities' tables.
HOLIDAYS = {
    2025: ["01-01", "02-17", "05-26", "07-04", "09-01", "11-11", "11-27", "12-25"],
    2026: ["01-01", "02-16", "05-25", "07-04", "09-07", "11-11", "11-26", "12-25"],
    2027: ["01-01", "02-15", "05-31", "07-04", "07-05", "09-06", "11-11", "11-25", "12-25"],
    2028: ["01-01", "02-21", "05-29", "07-04", "09-04", "11-11", "11-23", "12-25"],
    2034: ["01-01", "01-02", "02-20", "05-29", "07-04", "09-04", "11-11", "11-23", "12-25"],
}


@pytest.mark.parametrize("year", sorted(HOLIDAYS))
def test_holidays_of_a_year(year):
    first, last = number(date(year, 1, 1)), number(date(year, 12, 31))
    found = []
    for day in range(first, last + 1):
        if calendar.holiday(day, False):
            found.append((EPOCH + timedelta(day)).strftime("%m-%d"))
    assert found == HOLIDAYS[year]


def pythons_holiday(day):
    """The eight holidays from Python's own dates, unobserved."""
    def nth(month, weekday, which):
        return date(day.year, month, 1 + (weekday - date(day.year, month, 1).weekday()) % 7 + 7 * (which - 1))

    may = date(day.year, 5, 31)
    fixed = {(1, 1): 1, (7, 4): 4, (11, 11): 6, (12, 25): 8}
    moving = {nth(2, 0, 3): 2, may - timedelta(may.weekday()): 3, nth(9, 0, 1): 5, nth(11, 3, 4): 7}
    return fixed.get((day.month, day.day), 0), moving.get(day, 0)


@given(DAYS, st.booleans())
@example(date(2027, 12, 31), True)
@example(date(2026, 7, 3), True)
@example(date(2026, 7, 3), False)
def test_holidays_of_any_day(day, saturday_moves):
    fixed, moving = pythons_holiday(day)
    expected = fixed or moving
    if not expected and day.weekday() == 0:
        expected = pythons_holiday(day - timedelta(1))[0]
    if not expected and day.weekday() == 4 and saturday_moves:
        expected = pythons_holiday(day + timedelta(1))[0]
    assert calendar.holiday(number(day), saturday_moves) == expected


def test_new_years_on_a_saturday_is_kept_on_the_old_years_last_day():
    assert calendar.holiday(civil.day_of(2027, 12, 31), True) == 1


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 12))
def test_a_season_is_walked_from_its_first_to_its_last_month(month, first, last):
    months = [first]
    while months[-1] != last:
        months.append(months[-1] % 12 + 1)
    assert calendar.in_season(month, first, last) == (month in months)


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_a_window_is_walked_from_its_begin_to_its_end(minute, begin, end):
    length = (end - begin) % 1440
    assert calendar.in_window(minute, begin, end) == ((minute - begin) % 1440 < length)


@given(st.integers(0, 1439), st.integers(0, 1439))
def test_minutes_to_the_next_edge(minute, edge):
    left = calendar.minutes_to(minute, edge)
    assert 1 <= left <= 1440 and (minute + left) % 1440 == edge


@pytest.mark.parametrize(
    "weekday, holiday, days, expected",
    [
        (0, False, calendar.WEEKDAYS, True),
        (4, True, calendar.WEEKDAYS, False),
        (5, False, calendar.WEEKDAYS, False),
        (6, False, calendar.WEEKENDS, True),
        (2, True, calendar.WEEKENDS, True),
        (2, False, calendar.WEEKENDS, False),
        (2, True, calendar.EVERY_DAY, True),
    ],
)
def test_days_of_a_window(weekday, holiday, days, expected):
    assert calendar.on_days(weekday, holiday, days) == expected
