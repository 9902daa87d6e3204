"""Days and dates: the day number that the clock, the calendar and the tools share.

Day 0 is 2000-01-01, a Saturday.  Valid for 2000-01-01 .. 2199-12-31; every step fits a small integer.
"""

FIRST_YEAR = 2000
LAST_YEAR = 2199
DAY_S = 86400

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


def day_of(year, month, day):
    """Return the day number of a date of the Gregorian calendar.  The date must exist, see `exists`."""
    if month <= 2:  # the year begins in March, so that the leap day is its last
        year -= 1
        month += 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 730426


def date_of(number):
    """Return (year, month, day) of a day number."""
    days = number + 730425  # since 0000-03-01
    era = days // 146097
    day = days % 146097
    year = (day - day // 1460 + day // 36524 - day // 146096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5
    year += 400 * era
    if month < 10:
        return year, month + 3, day + 1
    return year + 1, month - 9, day + 1


def weekday_of(number):
    """Return the weekday of a day number, MONDAY (0) .. SUNDAY (6)."""
    return (number + SATURDAY) % 7


def month_days(year, month):
    """Return the length of a month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def exists(year, month, day):
    """Return whether the date exists and lies in the years that this module knows."""
    return FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and 1 <= day <= month_days(year, month)
