"""Calendar, claims and arbiter: the same answers on both interpreters."""

from ghp import civil
from ghp.control import arbiter, calendar
from ghp.control.claims import Lowest, Mode


def checksum(numbers):
    """Fold integers into one, inside 30 bits."""
    total = 7
    for number in numbers:
        total = (total * 31 + number) & 0x3FFFFFFF
    return total


class Plain:
    """Attributes by name."""

    def __init__(self, **values):
        for name in values:
            setattr(self, name, values[name])


def test_dates_there_and_back():
    assert civil.day_of(2026, 7, 15) == 9692 and civil.weekday_of(9692) == civil.WEDNESDAY
    for number in range(0, 73000, 97):
        year, month, day = civil.date_of(number)
        assert civil.day_of(year, month, day) == number
        assert civil.exists(year, month, day)


def test_holidays_and_daylight_saving_of_many_years():
    first = civil.day_of(2024, 1, 1)
    found = [day - first for day in range(first, civil.day_of(2031, 1, 1)) if calendar.holiday(day, False)]
    assert len(found) == 58, len(found)
    assert checksum(found) == HOLIDAYS, checksum(found)
    changes = []
    for year in range(2024, 2061):
        changes.append(calendar.daylight_begins(year))
        changes.append(calendar.daylight_ends(year))
    assert checksum(changes) == CHANGES, checksum(changes)
    assert calendar.to_standard(civil.day_of(2026, 3, 8), 9000, True) is None
    assert calendar.to_standard(9692, 1800, True) == (9691, 84600)


# of the file's own first run on CPython, whose dates are proven against Python's calendar elsewhere
HOLIDAYS = 387189882
CHANGES = 131093069


def test_off_wins_and_the_lowest_limit():
    mode = Mode("mode", 0, "")
    panel = mode.add("panel", 20, "Mode is %s")
    remote = mode.add("remote", 80, "open")
    panel.make(3)
    mode.decide()
    assert mode.value == 3 and panel.wins
    remote.make(0, 1000)
    mode.decide()
    assert mode.value == 0 and remote.wins and not panel.wins
    mode.age(1000)
    mode.decide()
    assert mode.value == 3
    limit = Lowest("demand", 100.0, "%")
    limit.add("a", 1, "").make(75)
    limit.add("b", 1, "").make(50.0)
    limit.decide()
    assert limit.value == 50 and limit.value_text(limit.value) == "50 %"


def test_the_arbiter_changes_across_the_wrap_of_the_ticks():
    settings = Plain(changeover_persist_s=1200, changeover_dwell_s=600, changeovers_per_hour=3)
    heat = Plain(run_wanted=True, by_temperature=False, takes_heat=True)
    cool = Plain(run_wanted=False, by_temperature=False, takes_heat=False)
    peak = Plain(active=False, edge=0)
    duty = Plain(cooling=lambda: False)
    machine = arbiter.Arbiter(settings, Plain(mode=Plain(value=3)), heat, cool, peak, duty)
    now = 0x3FFFFFFF - 900000
    log = []
    for scan in range(1200):  # two and a half hours in steps of 7.5 s
        if scan == 100:
            cool.run_wanted = True
        if scan == 400:
            heat.run_wanted = False
        if scan == 600:
            heat.run_wanted = True
        peak.edge = 0
        if scan == 900:
            peak.active = True
            peak.edge = 1
        machine.update(now, 7.5)
        if not log or log[-1][1] != machine.want:
            log.append((scan, machine.want))
        now = (now + 7500) & 0x3FFFFFFF
    assert log == [(0, 1), (400, 0), (415, 2), (759, 1), (900, 2)], log
    assert machine.changes == 3 and machine.hot_service
