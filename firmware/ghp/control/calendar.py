"""The civil calendar of an electric tariff: daylight saving, holidays, seasons, windows of the day.

Pure functions of day numbers (`ghp.civil`) and seconds or minutes of the day.  Daylight saving as in the United
States since 2007: from the second Sunday in March, 02:00, to the first Sunday in November, 02:00 daylight time.
"""

from micropython import const

from ghp import civil
from ghp.table import Table, Words

DAY_S = const(86400)
_HOUR_S = const(3600)
_BEGINS_S = const(7200)  # standard time
_ENDS_S = const(3600)  # standard time: 02:00 daylight time

WEEKDAY_TEXT = Words("Mon|Tue|Wed|Thu|Fri|Sat|Sun")

# Days that a window may hold on: the places of `ghp.settings.DAYS`.
WEEKDAYS, WEEKENDS, EVERY_DAY = range(3)

NO_HOLIDAY = 0
HOLIDAY_TEXT = Words(
    "no holiday|New Year's Day|Presidents Day|Memorial Day|Independence Day|Labor Day|Veterans Day|"
    "Thanksgiving Day|Christmas Day"
)
# month, day, holiday
_FIXED = Table("1|1|1\n7|4|4\n11|11|6\n12|25|8\n", (int, int, int))
# month, weekday (0 Monday, 3 Thursday), which one (0: the last), holiday
_MOVING = Table("2|0|3|2\n5|0|0|3\n9|0|1|5\n11|3|4|7\n", (int, int, int, int))


def nth_weekday(year, month, weekday, which):
    """Return the day number of the `which`-th (from 1; 0: the last) weekday of a month."""
    if which == 0:
        last = civil.day_of(year, month, civil.month_days(year, month))
        return last - (civil.weekday_of(last) - weekday) % 7
    first = civil.day_of(year, month, 1)
    return first + (weekday - civil.weekday_of(first)) % 7 + 7 * (which - 1)


def daylight_begins(year):
    """Return the day number on which daylight saving begins."""
    return nth_weekday(year, 3, civil.SUNDAY, 2)


def daylight_ends(year):
    """Return the day number on which daylight saving ends."""
    return nth_weekday(year, 11, civil.SUNDAY, 1)


def is_daylight(day, second, begins, ends):
    """Return whether daylight saving holds at a standard time; `begins` and `ends` are those of its year."""
    if day <= begins:
        return day == begins and second >= _BEGINS_S
    if day >= ends:
        return day == ends and second < _ENDS_S
    return True


def to_standard(day, second, daylight_saving):
    """Return (day, second) of standard time for a time on the wall; None for the hour that does not exist.

    The hour that comes twice in November counts as its first.
    """
    if not daylight_saving:
        return day, second
    year = civil.date_of(day)[0]
    begins = daylight_begins(year)
    ends = daylight_ends(year)
    if day == begins and _BEGINS_S <= second < _BEGINS_S + _HOUR_S:
        return None
    if is_daylight(day, second, begins, ends) or (day == ends and second < _BEGINS_S):
        second -= _HOUR_S
        if second < 0:
            return day - 1, second + DAY_S
    return day, second


def _plain_holiday(day, fixed_only):
    year, month, date = civil.date_of(day)
    for its_month, its_date, number in _FIXED:
        if month == its_month and date == its_date:
            return number
    if not fixed_only:
        for its_month, weekday, which, number in _MOVING:
            if month == its_month and day == nth_weekday(year, month, weekday, which):
                return number
    return NO_HOLIDAY


def holiday(day, saturday_moves):
    """Return which of the utilities' eight holidays a day counts as, NO_HOLIDAY or a place in HOLIDAY_TEXT.

    A holiday on a Sunday is also kept on the Monday after it.  One on a Saturday moves nothing in the Californian
    tariffs [PG&E, SDG&E: TOU holidays]; with `saturday_moves` it is also kept on the Friday before, as federal
    offices do.
    """
    found = _plain_holiday(day, False)
    if found == NO_HOLIDAY:
        weekday = civil.weekday_of(day)
        if weekday == civil.MONDAY:
            found = _plain_holiday(day - 1, True)
        elif weekday == civil.FRIDAY and saturday_moves:
            found = _plain_holiday(day + 1, True)
    return found


def in_season(month, first, last):
    """Return whether a month lies in first..last, both included; a season may reach over New Year."""
    if first <= last:
        return first <= month <= last
    return month >= first or month <= last


def on_days(weekday, is_holiday, days):
    """Return whether a window of these `days` may hold on a weekday; a holiday counts as a Sunday."""
    if days == EVERY_DAY:
        return True
    return (weekday >= civil.SATURDAY or is_holiday) == (days == WEEKENDS)


def in_window(minute, begin, end):
    """Return whether a minute of the day lies in begin..end (end not included).  Over midnight when end < begin;
    begin = end is no window at all."""
    if begin <= end:
        return begin <= minute < end
    return minute >= begin or minute < end


def minutes_to(minute, edge):
    """Return the minutes from one minute of the day to the next `edge`, 1..1440."""
    return (edge - minute - 1) % 1440 + 1
