"""The civil calendar of an electric tariff: daylight saving, holidays, seasons, windows of the day.

Pure functions of day numbers (`ghp.civil`) and seconds or minutes of the day.  Daylight saving as in the United
States since 2007: from the second Sunday in March, 02:00, to the first Sunday in November, 02:00 daylight time.
"""

from micropython import const

from ghp import civil

DAY_S = const(86400)
_HOUR_S = const(3600)
_BEGINS_S = const(7200)  # standard time
_ENDS_S = const(3600)  # standard time: 02:00 daylight time

# Days that a window may hold on: the places of `ghp.settings.DAYS`.
WEEKDAYS, WEEKENDS, EVERY_DAY = range(3)

NO_HOLIDAY = 0
# The holidays are numbered from New Year's Day (1) to Christmas Day (8), see `ghp.console.asking`.
# Bytes, because a slow scan goes through them at midnight and a row of a table is made anew each time.
_FIXED = bytes((1, 1, 1, 7, 4, 4, 11, 11, 6, 12, 25, 8))  # month, day, holiday
_MOVING = bytes((2, 0, 3, 2, 5, 0, 0, 3, 9, 0, 1, 5, 11, 3, 4, 7))  # month, weekday, which one (0: the last), holiday


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
    for at in range(0, len(_FIXED), 3):
        if month == _FIXED[at] and date == _FIXED[at + 1]:
            return _FIXED[at + 2]
    if not fixed_only:
        for at in range(0, len(_MOVING), 4):
            if month == _MOVING[at] and day == nth_weekday(year, month, _MOVING[at + 1], _MOVING[at + 2]):
                return _MOVING[at + 3]
    return NO_HOLIDAY


def holiday(day, saturday_moves):
    """Return which of the utilities' eight holidays a day counts as, NO_HOLIDAY or its number.

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
