"""Day numbers against Python's own calendar."""

from datetime import date, timedelta

import pytest
from ghp import civil
from hypothesis import given
from hypothesis import strategies as st

FIRST = date(2000, 1, 1)
DAYS = st.dates(date(2000, 1, 1), date(2199, 12, 31))


@given(DAYS)
def test_days_dates_and_weekdays_are_pythons(day):
    number = (day - FIRST).days
    assert civil.day_of(day.year, day.month, day.day) == number
    assert civil.date_of(number) == (day.year, day.month, day.day)
    assert civil.weekday_of(number) == day.weekday()
    assert civil.exists(day.year, day.month, day.day)


def test_every_day_of_the_clocks_century():
    for number in range((date(2100, 1, 1) - FIRST).days):
        day = FIRST + timedelta(number)
        assert civil.date_of(number) == (day.year, day.month, day.day)


@given(st.integers(1990, 2210), st.integers(-1, 14), st.integers(-1, 33))
def test_a_date_exists_when_python_has_it(year, month, day):
    try:
        date(year, month, day)
        real = 2000 <= year <= 2199
    except ValueError:
        real = False
    assert civil.exists(year, month, day) == real


@pytest.mark.parametrize("year, days", [(2024, 29), (2026, 28), (2100, 28), (2000, 29)])
def test_february(year, days):
    assert civil.month_days(year, 2) == days
