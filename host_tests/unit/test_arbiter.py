"""Which water gets the machine, and when it may change."""

from datetime import datetime, timedelta

import pytest
from asking_bench import COOL, HEAT, NONE, Bench
from ghp.control import arbiter as codes

SUMMER_DAY = "2026-07-15 10:00"  # standard time, a Wednesday


def auto(standard=SUMMER_DAY, heat=1, cool=0, **more):
    bench = Bench(standard, mode=3, **more)
    bench.contact(call_heat=heat, call_cool=cool)
    bench.run(900)
    return bench


def time_until(bench, want, limit_s=7200):
    """Return the seconds until `want` is wanted."""
    start = bench.time_ms
    while bench.arbiter.want != want:
        assert bench.time_ms - start < limit_s * 1000, bench.why()
        bench.scan()
    return (bench.time_ms - start) / 1000


def test_the_summer_day():
    bench = auto(cool=1)
    assert bench.arbiter.want == HEAT and bench.says("Both waters call")
    log = []
    bench.each = lambda b: log.append((b.moment, b.arbiter.want, b.arbiter.hot_service))
    bench.run(12 * 3600)
    first = next(moment for moment, want, _ in log if want == COOL)
    last = [moment for moment, want, _ in log if want == COOL][-1]
    assert first == datetime(2026, 7, 15, 15, 0) and last < datetime(2026, 7, 15, 20, 0)
    assert last > datetime(2026, 7, 15, 19, 59)
    assert all(hot for _, want, hot in log if want == COOL)
    assert not any(hot for _, want, hot in log[:100] if want == HEAT)
    assert bench.arbiter.changes == 2 and bench.arbiter.want == HEAT


def test_outside_a_peak_the_other_water_waits_twenty_minutes():
    bench = auto(heat=0)
    assert bench.arbiter.want == NONE
    bench.contact(call_cool=1)
    took = time_until(bench, COOL)
    assert took == pytest.approx(1200, abs=20)
    assert not bench.arbiter.immediate


def test_while_it_waits_it_says_how_long():
    bench = auto(heat=0)
    bench.contact(call_cool=1)
    bench.run(300)
    assert bench.arbiter.pending == COOL and bench.arbiter.reason == codes.PERSIST
    rank, text, left, _ = [reason for reason in bench.why() if "waits" in reason[1]][0]
    assert rank == 0 and text == "Change to chilling waits: its water must call for longer"
    assert left == pytest.approx(900, abs=20) and bench.arbiter.wait_s() == left


def test_a_call_that_breaks_off_begins_again():
    bench = auto(heat=0)
    bench.contact(call_cool=1)
    bench.run(1100)
    bench.contact(call_cool=0)
    bench.run(20)
    bench.contact(call_cool=1)
    assert time_until(bench, COOL) == pytest.approx(1200, abs=20)


def test_a_water_that_waited_long_enough_goes_two_minutes_after_the_other_is_satisfied():
    bench = auto(cool=1)
    bench.run(3600)
    assert bench.arbiter.want == HEAT
    bench.contact(call_heat=0)
    assert time_until(bench, COOL) == pytest.approx(120, abs=20)


def test_a_glitch_of_the_call_does_not_change_over():
    bench = auto(cool=1)
    bench.run(3600)
    for _ in range(10):
        bench.contact(call_heat=0)
        bench.run(60)
        bench.contact(call_heat=1)
        bench.run(60)
    assert bench.arbiter.changes == 0 and bench.arbiter.want == HEAT


def test_the_utility_contact_changes_at_once_and_back():
    bench = auto("2026-01-15 10:00", cool=1)
    bench.contact(peak_signal=1)
    assert bench.run(10) == COOL and bench.arbiter.immediate
    bench.run(1800)
    bench.contact(peak_signal=0)
    assert bench.run(10) == HEAT and bench.arbiter.immediate and bench.arbiter.changes == 2


def test_a_late_call_within_twenty_minutes_of_the_edge_still_changes_at_once():
    bench = auto("2026-07-15 14:30")
    bench.run(900 + 600)
    bench.contact(call_cool=1)
    assert bench.run(10) == COOL


def test_later_in_the_window_a_call_must_persist():
    bench = auto("2026-07-15 14:30")
    bench.run(900 + 1300)
    bench.contact(call_cool=1)
    assert time_until(bench, COOL) == pytest.approx(1200, abs=20)


def test_in_a_peak_chilling_that_is_satisfied_keeps_its_turn_for_twenty_minutes():
    bench = auto("2026-07-15 14:30", cool=1)
    bench.run(3600)
    assert bench.arbiter.want == COOL
    bench.temp(chilled_leaving=5.0)
    bench.run(1100)
    assert bench.arbiter.want == NONE and bench.arbiter.pending == HEAT
    bench.temp(chilled_leaving=12.0)
    assert bench.run(10) == COOL and bench.arbiter.changes == 1
    bench.temp(chilled_leaving=5.0)
    assert time_until(bench, HEAT) == pytest.approx(1500, abs=320)  # the shortest run included


def test_no_persistence_is_no_change_by_a_moment_without_a_call():
    bench = auto("2026-07-15 14:30", cool=1, changeover_persist_s=0)
    bench.scan_ms = 500
    bench.run(3600)
    assert bench.arbiter.want == COOL
    bench.contact(call_cool=0)
    bench.run(60)
    bench.contact(call_cool=1)
    assert bench.run(10) == COOL and bench.arbiter.changes == 1


def test_ten_minutes_lie_between_two_changes():
    bench = auto("2026-01-15 10:00", cool=1)
    bench.contact(peak_signal=1)
    assert bench.run(10) == COOL
    bench.contact(peak_signal=0)
    bench.run(10)
    assert bench.arbiter.want == COOL and bench.arbiter.pending == HEAT and bench.arbiter.reason == codes.DWELL
    assert any("too soon" in text and left for _, text, left, _ in bench.why())
    assert time_until(bench, HEAT) == pytest.approx(590, abs=20)


def test_three_changes_an_hour_at_most_and_refusals_restart_nothing():
    bench = auto("2026-01-15 10:00", cool=1)
    grants = []
    seen = [bench.arbiter.changes]

    def note(b):
        if b.arbiter.changes != seen[0]:
            seen[0] = b.arbiter.changes
            grants.append(b.time_ms / 1000)

    bench.each = note
    for _ in range(600):  # the contact flaps every 30 s for five hours
        bench.contact(peak_signal=1)
        bench.run(30)
        bench.contact(peak_signal=0)
        bench.run(30)
    assert all(later - earlier >= 600 for earlier, later in zip(grants, grants[1:], strict=False))
    assert all(later - earlier >= 3600 for earlier, later in zip(grants, grants[3:], strict=False))
    assert len(grants) >= 12  # and it is not held for longer than that either


def test_the_hour_is_told():
    bench = auto("2026-01-15 10:00", cool=1)
    for level in (1, 0, 1):
        bench.contact(peak_signal=level)
        bench.run(700)
    assert bench.arbiter.changes == 3
    bench.contact(peak_signal=0)
    bench.run(700)
    assert bench.arbiter.changes == 3 and bench.arbiter.reason == codes.HOUR and bench.arbiter.want == COOL
    assert bench.says("3 of 3") and 0 < bench.arbiter.wait_s() < 3600


def test_power_up_counts_as_a_change():
    bench = Bench(mode=2)
    assert bench.run(590) == NONE and bench.arbiter.reason == codes.DWELL
    assert bench.run(20) == COOL and bench.arbiter.immediate


def test_a_machine_found_chilling_goes_on_at_once():
    bench = Bench(mode=2, cooling=True)
    assert bench.run(10) == COOL and bench.arbiter.changes == 0


def test_a_person_who_chooses_chilling_does_not_wait_for_persistence():
    bench = Bench(mode=1)
    assert bench.run(900) == HEAT
    bench.settings.set("mode", 2)
    assert bench.run(10) == COOL and bench.arbiter.immediate
    bench.settings.set("mode", 1)
    assert bench.run(10) == NONE and bench.arbiter.reason == codes.DWELL and bench.says("Change to heating waits")
    assert bench.run(600) == HEAT


def test_off_stops_at_once_whatever_the_shortest_run():
    bench = Bench(mode=1)
    assert bench.run(10) == HEAT
    bench.settings.set("mode", 0)
    assert bench.run(10) == NONE and not bench.arbiter.by_temperature and bench.arbiter.reason == codes.OFF
    assert bench.why()[0][1] == "Mode is off"


def test_off_does_not_restart_the_dwell():
    bench = Bench(mode=1)
    bench.run(900)
    bench.settings.set("mode", 2)
    bench.run(10)
    assert bench.arbiter.want == COOL
    for _ in range(20):
        bench.settings.set("mode", 0)
        bench.run(10)
        bench.settings.set("mode", 1)
        bench.run(20)
    assert bench.arbiter.want == HEAT and bench.arbiter.changes == 2


def test_a_blocked_water_leaves_the_machine_to_the_other():
    bench = auto("2026-01-15 10:00", cool=1)
    bench.contact(peak_signal=1)
    assert bench.run(10) == COOL
    bench.obeys = False  # the valve did not move
    bench.duty.mode = 0
    bench.arbiter.block(COOL, "reversing valve locked out")
    assert bench.run(10) == HEAT and bench.arbiter.changes == 1
    assert bench.says("No chilling: reversing valve locked out")
    bench.arbiter.block(COOL, "")
    bench.obeys = True
    bench.run(10)
    assert bench.arbiter.pending == COOL and not bench.says("locked out")


def test_an_unset_clock_ends_the_window_with_persistence():
    bench = auto("2026-07-15 14:00", cool=1)
    bench.run(5400)
    assert bench.arbiter.want == COOL
    bench.clock_ok = False
    bench.run(10)
    assert bench.arbiter.want == COOL and bench.arbiter.pending == HEAT
    assert time_until(bench, HEAT) <= 1200


def test_a_jump_of_the_clock_is_an_edge():
    bench = auto("2026-07-15 10:00", cool=1)
    bench.run(3600)
    bench.moment += timedelta(hours=5)
    assert bench.run(10) == COOL
    bench.moment -= timedelta(hours=5)
    bench.run(10)
    assert bench.arbiter.want == COOL and bench.arbiter.pending == HEAT  # ten minutes all the same
    bench.run(600)
    assert bench.arbiter.want == HEAT and bench.arbiter.changes == 2


def test_the_engines_heat_is_refused_by_a_hot_tank():
    bench = auto("2026-07-15 14:00", cool=1)
    bench.run(5400)
    assert bench.arbiter.hot_service
    bench.temp(leaving_water=62.0)
    bench.run(300)
    assert not bench.arbiter.hot_service
    bench.temp(leaving_water=59.9)
    bench.run(300)
    assert bench.arbiter.hot_service
    bench.contact(call_heat=0)
    bench.run(300)
    assert not bench.arbiter.hot_service


def test_a_change_called_back_before_the_valve_moved_leaves_its_water_served():
    """Heating was refused for twenty minutes although the unit stood at heating."""
    bench = auto()
    bench.contact(peak_signal=1, call_cool=1)
    time_until(bench, COOL)
    bench.contact(peak_signal=0, call_cool=0)
    bench.obeys = False
    bench.duty.mode = 0
    bench.arbiter.stays = True
    bench.run(60)
    bench.contact(call_cool=1)
    bench.run(2)
    assert bench.arbiter.want == COOL  # a contact that flickers costs nothing
    bench.arbiter.stays = True
    bench.contact(call_cool=0)
    bench.run(130)
    assert bench.arbiter.want == HEAT and bench.arbiter.serving == HEAT
