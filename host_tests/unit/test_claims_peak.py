"""Claims: any off wins, limits take the lowest, claims end.  Peak: contact, windows, hot air.  Demands near freezing."""

from datetime import datetime

import pytest
from asking_bench import COOL, NONE, Bench
from ghp.control import peak
from ghp.control.claims import FOR_EVER, Lowest, Mode
from hypothesis import given
from hypothesis import strategies as st

CLAIM = st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 5))


@given(st.lists(CLAIM, min_size=1, max_size=6))
def test_any_off_wins_and_all_offs_are_winners(rows):
    mode = Mode("mode", 0, "")
    for place, (active, value, priority) in enumerate(rows):
        claim = mode.add("s%d" % place, priority, "")
        claim.put(active, value)
    mode.decide()
    active = [claim for claim in mode.claims if claim.active]
    offs = [claim for claim in active if claim.value == 0]
    assert not any(claim.wins for claim in mode.claims if not claim.active)
    if offs or not active:
        assert mode.value == 0 and [claim for claim in active if claim.wins] == offs
    else:
        winners = [claim for claim in active if claim.wins]
        assert len(winners) == 1 and winners[0].priority == max(claim.priority for claim in active)
        assert mode.value == winners[0].value


@given(st.lists(st.tuples(st.booleans(), st.integers(10, 120)), max_size=6))
def test_the_lowest_limit_wins(rows):
    limit = Lowest("demand", 100, "%")
    for active, value in rows:
        limit.add("s", 1, "").put(active, value)
    limit.decide()
    lowest = min([100] + [value for active, value in rows if active])
    assert limit.value == lowest
    assert any(claim.wins for claim in limit.claims) == (lowest < 100)


@given(st.integers(1, 1 << 31), st.lists(st.integers(0, 600000), max_size=30))
def test_a_claim_ends_after_its_time_and_not_before(for_ms, steps):
    limit = Lowest("demand", 100, "%")
    claim = limit.add("console", 1, "")
    claim.make(75, for_ms)
    passed = 0
    for step in steps:
        limit.age(step)
        passed += step
        assert claim.active == (passed < min(for_ms, 0x2FFFFFFF) or (passed == 0))
        assert claim.left_s() is None or claim.left_s() >= 0
        if not claim.active:
            break
    claim.make(75)
    limit.age(600000)
    assert claim.active and claim.left_ms == FOR_EVER and claim.left_s() is None


def test_every_source_of_off_stops_and_is_told():
    bench = Bench(mode=2, schedule=1, schedule_begin=1320, schedule_end=1380)
    bench.contact(remote_enable=0, emergency_stop=0)
    bench.claims.bus_mode.make(0)
    assert bench.run(1800) == NONE
    for part in ("emergency stop", "Remote enable", "schedule", "Bus asks for mode off"):
        assert bench.says(part), part
    assert all(reason[0] == 0 for reason in bench.why()[:4])
    bench.contact(remote_enable=1)
    bench.run(10)
    bench.contact(emergency_stop=1)
    bench.run(10)
    bench.claims.bus_mode.withdraw()
    assert bench.run(1800) == NONE
    bench.settings.set("schedule", 0)
    assert bench.run(10) == COOL


def test_the_bus_outranks_the_panel_and_the_loser_is_told():
    bench = Bench(mode=1)
    bench.claims.bus_mode.make(2, 60000)
    bench.run(30)
    assert bench.claims.mode.value == 2
    assert bench.says("Panel asks for mode heat") and bench.says("not followed: mode is cool")
    bench.run(60)
    assert bench.claims.mode.value == 1 and not bench.says("Panel asks")


@pytest.mark.parametrize(
    "standard, on",
    [
        ("2026-07-15 04:59", False),
        ("2026-07-15 05:00", True),
        ("2026-07-15 20:59", True),
        ("2026-07-15 21:00", False),
        ("2026-07-18 12:00", False),
        ("2026-07-03 12:00", True),
        ("2026-09-07 12:00", False),
    ],
)
def test_the_schedule_follows_wall_time_days_and_holidays(standard, on):
    bench = Bench(standard, mode=2, schedule=1, schedule_days=0)
    bench.run(10)
    assert (bench.claims.mode.value == 2) == on


@pytest.mark.parametrize(
    "standard, on",
    [
        ("2026-01-15 21:59", False),  # a Thursday
        ("2026-01-15 22:00", True),
        ("2026-01-16 22:00", True),
        ("2026-01-17 05:59", True),  # Saturday: the night of Friday
        ("2026-01-17 06:00", False),
        ("2026-01-17 23:00", False),
        ("2026-01-19 05:00", False),  # Monday: the night of Sunday
        ("2026-01-01 23:00", False),  # New Year's Day
        ("2026-01-02 01:00", False),
        ("2026-01-02 23:00", True),
    ],
)
def test_a_night_of_the_schedule_belongs_to_the_day_on_which_it_began(standard, on):
    bench = Bench(standard, mode=2, schedule=1, schedule_days=0, schedule_begin=1320, schedule_end=360)
    bench.run(10)
    assert (bench.claims.mode.value == 2) == on


def test_without_a_clock_schedule_and_quiet_hours_have_no_effect_and_say_so():
    bench = Bench(mode=2, schedule=1, schedule_begin=0, schedule_end=1, quiet=1, quiet_begin=0, quiet_end=1439)
    bench.run(10)
    assert bench.claims.mode.value == 0 and bench.claims.speed.value == 1800 and bench.claims.fans.value == 60
    bench.clock_ok = False
    bench.run(10)
    assert bench.claims.mode.value == 2 and bench.claims.speed.value == 3000 and bench.claims.fans.value == 100
    assert bench.says("Schedule has no effect") and bench.says("Quiet hours have no effect")


def test_limits_of_setting_console_and_quiet_hours():
    bench = Bench("2026-01-15 23:00", mode=2, demand_limit_pct=75, speed_max_rpm=2400, quiet=1)
    bench.run(10)
    assert (bench.claims.demand.value, bench.claims.speed.value, bench.claims.fans.value) == (75, 1800, 60)
    bench.claims.console_demand.make(50, 600000)
    bench.run(10)
    assert bench.claims.demand.value == 50 and bench.says("Demand limit by the console")
    left = [left for _, text, left, _ in bench.why() if text == "Quiet hours limit the fans"]
    assert left == [7 * 3600]
    bench.run(7 * 3600)
    assert (bench.claims.demand.value, bench.claims.speed.value, bench.claims.fans.value) == (75, 2400, 100)


def test_a_limit_that_a_defrost_does_not_keep_says_so():
    bench = Bench("2026-01-15 23:00", mode=1, demand_limit_pct=75, speed_max_rpm=1800, quiet=1)
    bench.run(10)
    assert not bench.says("not in a defrost")
    bench.duty.defrosting = True
    told = {text: value for _, text, _, value in bench.why()}
    assert told["Demand limit by setting"] == "75 %, not in a defrost"
    assert told["Quiet hours limit the engine speed"] == "1800 rpm, not in a defrost"
    assert told["Engine speed limited by setting"] == "1800 rpm"


# --- peak -------------------------------------------------------------------------------------------------

PEAK = {
    "2026-07-15 14:59": False,  # a Wednesday, 15:59 on the wall
    "2026-07-15 15:00": True,
    "2026-07-15 19:59": True,
    "2026-07-15 20:00": False,
    "2026-07-18 16:00": False,  # Saturday
    "2026-09-07 16:00": False,  # Labor Day
    "2026-07-03 16:00": True,  # Independence Day is a Saturday: its Friday is an ordinary day
    "2026-05-29 16:00": False,  # before the season
    "2026-09-30 16:00": True,
    "2026-10-01 16:00": False,
}


OVER_MIDNIGHT = {
    "2026-05-31 23:30": False,  # a Sunday before the season; daylight saving: Monday 00:30 on the wall
    "2026-06-01 23:30": True,
    "2026-07-17 23:30": True,  # Saturday 00:30: the night of Friday
    "2026-07-18 00:59": True,
    "2026-07-18 01:00": False,
    "2026-07-18 23:30": False,
    "2026-07-20 00:30": False,  # Monday 01:30: the night of Sunday
    "2026-09-07 23:30": False,  # Tuesday 00:30: the night of Labor Day
    "2026-10-01 00:30": True,  # the last night of the season
    "2026-10-01 22:30": False,
}


@pytest.mark.parametrize("standard", OVER_MIDNIGHT)
def test_a_window_over_midnight_belongs_to_the_day_on_which_it_began(standard):
    bench = Bench(standard, scan_ms=500, mode=3, peak1_begin=22 * 60, peak1_end=2 * 60)
    bench.run(0.5)
    assert bench.peak.active == OVER_MIDNIGHT[standard]


def test_what_is_left_of_a_window_over_midnight_is_true_on_the_last_day_of_the_month():
    bench = Bench("2026-09-30 22:30", scan_ms=500, mode=3, peak1_begin=22 * 60, peak1_end=2 * 60)
    bench.run(0.5)
    left = [left for _, text, left, _ in bench.why() if text == "Peak: chilling comes first"]
    assert left == [150 * 60]
    bench.run(149 * 60)
    assert bench.peak.active
    bench.run(2 * 60)
    assert not bench.peak.active


@pytest.mark.parametrize("standard", PEAK)
def test_the_default_window(standard):
    bench = Bench(standard, scan_ms=500, mode=3)
    bench.run(0.5)
    assert bench.peak.active == PEAK[standard]
    assert bench.peak.way == (peak.WINDOW if PEAK[standard] else peak.NO_PEAK)


def test_the_second_window_and_the_switch():
    bench = Bench("2026-01-15 07:00", mode=3, peak2_begin=360, peak2_end=600)
    bench.run(10)
    assert bench.peak.way == peak.WINDOW and bench.peak.window == 2
    assert bench.says("until 10:00")
    bench.settings.set("peak_windows", 0)
    bench.run(10)
    assert not bench.peak.active


def test_edges_come_once_and_the_loss_of_the_clock_is_none():
    bench = Bench("2026-07-15 14:50", mode=3)
    edges = []
    bench.each = lambda b: edges.append(b.peak.edge) if b.peak.edge else None
    bench.run(3600)
    assert edges == [peak.BEGINS]
    bench.contact(peak_signal=1)
    bench.run(60)
    bench.contact(peak_signal=0)
    bench.run(60)
    assert edges == [peak.BEGINS]  # inside the window the contact changes nothing
    bench.clock_ok = False
    bench.run(60)
    assert not bench.peak.active and edges == [peak.BEGINS] and bench.says("No time-of-use window")
    bench.clock_ok = True
    bench.run(60)
    assert bench.peak.active and edges == [peak.BEGINS, peak.BEGINS]
    bench.moment = datetime(2026, 7, 15, 21, 0)
    bench.run(60)
    assert edges == [peak.BEGINS, peak.BEGINS, peak.ENDS]


def test_the_contact_makes_a_peak_at_any_time():
    bench = Bench("2026-01-15 03:00", mode=3)
    bench.contact(peak_signal=1)
    bench.run(10)
    assert bench.peak.way == peak.CONTACT and bench.peak.edge == peak.BEGINS
    bench.settings.set("peak_contact", 0)
    bench.run(10)
    assert not bench.peak.active


def test_hot_air_makes_a_peak_only_with_a_call():
    bench = Bench("2026-05-13 10:00", mode=3)
    bench.temp(ambient_temp=36.0)
    bench.run(10)
    assert not bench.peak.active
    bench.contact(call_cool=1)
    bench.run(10)
    assert bench.peak.way == peak.AMBIENT and bench.peak.edge == 0
    bench.temp(ambient_temp=34.5)
    bench.run(10)
    assert bench.peak.active
    bench.temp(ambient_temp=33.5)
    bench.run(10)
    assert not bench.peak.active
    bench.temp(ambient_temp=36.0)
    bench.run(10)
    bench.temp(ambient_temp=None)
    bench.run(620)
    assert not bench.peak.active


# --- the chilled water's own demand -------------------------------------------------------------------------


def test_chilling_starts_and_stops_by_the_leaving_water():
    bench = Bench(mode=2, changeover_persist_s=0, cooling=True)
    bench.temp(chilled_leaving=8.5, chilled_entering=12.0)
    assert bench.run(60) == NONE and bench.says("cold enough")
    bench.temp(chilled_leaving=9.0)
    assert bench.run(10) == COOL
    bench.temp(chilled_leaving=5.0)
    assert bench.run(60) == COOL and bench.says("shortest run")
    bench.run(300)
    assert bench.arbiter.want == NONE and bench.arbiter.by_temperature


def test_near_freezing_the_shortest_run_is_not_kept():
    bench = Bench(mode=2, cooling=True)
    assert bench.run(10) == COOL
    bench.temp(chilled_leaving=3.2)
    assert bench.run(10) == NONE and not bench.arbiter.by_temperature and bench.says("near freezing")
    bench.temp(chilled_leaving=12.0, chilled_entering=3.0)
    assert bench.run(60) == NONE


def test_without_flow_the_entering_probe_decides():
    bench = Bench(mode=2, cooling=True)
    bench.contact(flow_switch_chilled=0)
    bench.temp(chilled_leaving=30.0, chilled_entering=7.0)
    assert bench.run(60) == NONE
    bench.temp(chilled_entering=12.0)
    assert bench.run(10) == COOL


def test_a_broken_chilled_probe_starts_nothing_and_is_told():
    bench = Bench(mode=2, cooling=True)
    bench.temp(chilled_leaving=None)
    assert bench.run(60) == NONE and bench.says("not known")


@pytest.mark.parametrize("mode, contact, called", [(2, 0, True), (3, 0, False), (3, 1, True), (1, 1, False), (0, 1, False)])
def test_auto_chills_only_while_the_contact_calls(mode, contact, called):
    bench = Bench(mode=mode)
    bench.contact(call_cool=contact)
    bench.run(10)
    assert bench.cool.called == called and bench.cool.circulate == called


@pytest.mark.parametrize(
    ("water", "moved", "flow", "start_c"),
    [
        ({"chilled_leaving": 3.0, "chilled_entering": 3.0}, ("chilled_leaving", "chilled_entering"), 1, 8.87),
        ({"chilled_leaving": 6.0, "chilled_entering": 6.0}, ("chilled_leaving",), 1, 8.87),  # cold enough
        ({"chilled_leaving": 12.0, "chilled_entering": 3.0}, ("chilled_entering",), 1, 3.33),  # only the other one is near freezing
        ({"chilled_leaving": 3.0, "chilled_entering": 12.0}, ("chilled_leaving",), 0, 3.33),
        ({"chilled_leaving": 12.0, "chilled_entering": 3.0}, ("chilled_entering",), 0, 8.87),
    ],
)
def test_chilling_starts_where_why_says(water, moved, flow, start_c):
    bench = Bench(mode=2, cooling=True)
    bench.contact(flow_switch_chilled=flow)
    bench.temp(**water)
    assert bench.run(30) == NONE
    value = bench.why()[0][3]
    assert value.startswith("starts above ")
    assert (float(value[13:-2]) - 32.0) / 1.8 == pytest.approx(start_c, abs=0.05)
    bench.temp(**dict.fromkeys(moved, start_c - 0.1))
    assert bench.run(60) == NONE and bench.why()[0][3] == value
    bench.temp(**dict.fromkeys(moved, start_c + 0.1))
    assert bench.run(60) == COOL
