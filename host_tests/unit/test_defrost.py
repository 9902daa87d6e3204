"""Defrost: why it begins, how it ends, what holds it back, what breaks it off, what it teaches."""

import pytest
from ghp.control import changeover_states, defrost, states
from ghp.control.arbiter import HEAT, NONE
from ghp.control.valve_proof import WRONG
from ghp.refrigerant import saturation_c
from shift_bench import Bench, began, frosty


def melting(bench):
    began(bench)
    bench.until(lambda: bench.defrost.state == defrost.MELT, 600)
    return bench


def test_frost_brings_a_defrost_that_ends_by_the_coil_and_teaches():
    bench = melting(frosty())
    assert bench.duty.defrosting and bench.defrost.began == defrost.FROSTED and bench.defrost.air == 1
    bench.frost_k = 6.0
    bench.until(lambda: bench.defrost.state == defrost.BACK, 480)
    assert bench.defrost.ended == defrost.COIL_WARM
    bench.until(lambda: bench.defrost.state == defrost.AIR, 600)
    assert bench.defrost.air == 2 and not bench.duty.defrosting
    bench.until(lambda: bench.defrost.state == defrost.WATCH, 60)
    before = bench.defrost.frost.clean_k
    bench.seconds(600)
    assert bench.defrost.frost.learned and bench.defrost.frost.clean_k != before
    assert bench.broken == [] and bench.defrost.count == 1 and bench.monitor.standing() == []


def flooded(suction_kpa=200, hot_c=40.0, **changes):
    """A bench whose coil is full of cold liquid while its engine warms up for heating."""
    bench = Bench(**changes)
    bench.ambient_c = saturation_c(suction_kpa)
    bench.hot_c = bench.plate_c = hot_c
    bench.rest_kpa = suction_kpa
    bench.flooded = True
    bench.wish = HEAT
    return bench


def test_a_coil_full_of_liquid_is_started_as_the_condenser():
    bench = flooded()
    bench.until(lambda: bench.defrost.state == defrost.REVERSE, 200)
    assert bench.engine.state == states.WARM_UP and bench.defrost.began == defrost.BY_LIQUID
    bench.until(lambda: bench.engine.clutch_in, 300)
    assert bench.changeover.pilot == 1  # turned before the clutch, at equal pressures
    bench.until(lambda: bench.defrost.state == defrost.MELT, 60)
    assert bench.defrost.gently() and bench.defrost.rpm == 1200
    bench.until(lambda: bench.defrost.state == defrost.WATCH, 900)
    assert not bench.duty.defrosting and bench.changeover.pilot == 0 and bench.defrost.count == 1
    bench.until(lambda: bench.changeover.verified, 300)
    assert bench.broken == [] and bench.monitor.standing() == []
    assert "liquid" in defrost.BEGAN_TEXT[defrost.BY_LIQUID]


@pytest.mark.parametrize(
    "case",
    [{"suction_kpa": 360}, {"hot_c": 20.0}, {"defrost_enabled": 0}, {"bad": {"entering_water", "leaving_water"}},
     {"bad": {"suction_pressure"}}],
)  # fmt: skip
def test_a_start_that_needs_or_can_have_no_reversal_is_a_start_like_any_other(case):
    bad = case.pop("bad", set())
    bench = flooded(**case)
    bench.bad |= bad
    bench.until(lambda: bench.engine.clutch_in, 400)
    assert bench.defrost.state == defrost.WATCH and bench.pilot_turns == 0


@pytest.mark.parametrize("shown", [-12.0, 20.0, 90.0])
@pytest.mark.parametrize("probe", ["entering_water", "condenser_water", "leaving_water"])
def test_of_three_probes_of_the_standing_water_the_middle_one_is_believed(probe, shown):
    bench = flooded()
    bench.seconds(30)
    readings = bench.readings
    assert bench.defrost._standing_mc() == pytest.approx(40000, abs=500)
    getattr(readings, probe).scaled = int(shown * 1000)
    assert bench.defrost._standing_mc() == pytest.approx(40000, abs=500)


def test_a_reversed_start_called_off_before_the_clutch_leaves_the_valve_as_it_was():
    bench = flooded()
    bench.until(lambda: bench.defrost.state == defrost.REVERSE, 200)
    bench.wish = NONE
    bench.until(lambda: bench.engine.state == states.OFF, 60)
    bench.seconds(60)
    assert bench.defrost.state == defrost.WATCH and bench.changeover.pilot == 0 and bench.defrost.count == 0
    assert bench.changeover.state == changeover_states.REST and bench.broken == []


@pytest.mark.parametrize("age_s, ends", [(150, False), (200, True)])
def test_a_flooded_coil_may_draw_the_suction_down_for_longer(age_s, ends):
    bench = flooded()
    bench.settings.set("defrost_end_coil_c", 25.0)
    bench.melt_kpa = 230  # saturation -5.4 C, above the suction's unload limit
    bench.until(lambda: bench.defrost.state == defrost.MELT, 400)
    bench.coil_c = -20.0
    bench.bad.add("coil_temp")
    bench.seconds(age_s)
    assert (bench.defrost.ended == defrost.COLD) is ends


@pytest.mark.parametrize(
    "name, value",
    [("ambient_c", 8.0), ("frost_k", 0.0)],
)
def test_no_defrost_without_frost(name, value):
    bench = frosty()
    setattr(bench, name, value)
    bench.seconds(1800)
    assert bench.defrost.count == 0 and bench.defrost.state == defrost.WATCH


def test_growth_must_last():
    bench = frosty()
    for _ in range(10):
        bench.frost_k = 18.0
        bench.seconds(100)
        bench.frost_k = 0.0
        bench.seconds(100)
    assert bench.defrost.count == 0


def test_pauses_are_kept():
    bench = melting(frosty())
    bench.until(lambda: bench.defrost.state == defrost.BACK, 900)
    waited = bench.until(lambda: bench.defrost.state == defrost.WATCH, 900)
    waited += bench.until(lambda: bench.defrost.state >= defrost.REVERSE, 4000)
    assert waited >= 20 * 60


def test_cold_water_defers_and_then_it_is_done_all_the_same():
    bench = frosty()
    bench.hot_c = 15.0
    bench.until(lambda: bench.defrost.state == defrost.DEFER, 1800)
    assert 890 <= bench.until(lambda: bench.defrost.state == defrost.REVERSE, 1000) <= 910


def test_without_a_deferral_cold_water_is_used_at_once():
    bench = frosty()
    bench.settings.set("defrost_defer_s", 0)
    bench.hot_c = 15.0
    bench.until(lambda: bench.defrost.state == defrost.DEFER, 1800)
    bench.until(lambda: bench.defrost.state == defrost.REVERSE, 5)


def test_warmer_water_ends_the_deferral():
    bench = frosty()
    bench.hot_c = 15.0
    bench.until(lambda: bench.defrost.state == defrost.DEFER, 1800)
    bench.seconds(60)
    bench.hot_c = 22.0  # above its limit, but the water that a defrost takes would bring it below
    bench.seconds(60)
    assert bench.defrost.state == defrost.DEFER
    bench.hot_c = 25.0
    bench.until(lambda: bench.defrost.state == defrost.REVERSE, 5)


@pytest.mark.parametrize("hot_c, gently", [(15.0, True), (25.0, False)])
def test_cold_water_melts_gently(hot_c, gently):
    bench = frosty()
    bench.hot_c = hot_c
    assert melting(bench).defrost.gently() is gently
    assert (bench.defrost.rpm == 1200) is gently
    bench.seconds(70)
    assert bench.defrost.state != defrost.MELT or bench.defrost.rpm == bench.settings.defrost_rpm


@pytest.mark.parametrize("probe", ["condenser_water", None])
def test_a_plate_that_could_freeze_ends_it_and_teaches_nothing(probe):
    bench = melting(frosty())
    bench.melt_kpa = 290  # suction saturation at 0 C
    bench.defrost.in_a_row = 2
    bench.seconds(2)
    assert bench.defrost.state == defrost.MELT
    if probe:
        bench.bad.add(probe)
        bench.hot_c = 5.0
    bench.plate_c = bench.hot_c = 5.0
    bench.seconds(1)
    assert bench.defrost.state == defrost.BACK and bench.defrost.ended == defrost.COLD
    assert "cold" in defrost.ENDED_TEXT[defrost.COLD]
    assert bench.defrost.in_a_row == 2
    bench.hot_c = 40.0
    bench.bad.clear()
    waited = bench.until(lambda: bench.defrost.state == defrost.WATCH, 900)
    bench.seconds(600)
    assert not bench.defrost.frost.learned
    waited += bench.until(lambda: bench.defrost.state >= defrost.REVERSE, 4000)
    assert waited >= 10 * 60 and bench.broken == []


@pytest.mark.parametrize("melt_kpa, after_s, ends", [(250, 40, False), (250, 80, True), (120, 5, True)])
def test_a_plate_that_boils_cold_ends_it(melt_kpa, after_s, ends):
    bench = melting(frosty(defrost_end_condensing_c=55.0))
    bench.bad.add("coil_temp")
    bench.melt_kpa = melt_kpa  # -4 C, which a defrost may begin with, and -22 C: the suction would trip next
    bench.seconds(after_s)
    assert (bench.defrost.ended == defrost.COLD) is ends


def test_water_close_to_freezing_is_never_used():
    bench = frosty()
    bench.hot_c = 11.0
    bench.until(lambda: bench.defrost.state == defrost.DEFER, 1800)
    bench.until(lambda: bench.defrost.state == defrost.WATCH, 1000)
    assert bench.defrost.count == 0 and not bench.duty.defrosting


def test_probe_stuck_cold_ends_by_time_three_alarm():
    bench = frosty(defrost_end_condensing_c=55.0)
    bench.bad.add("coil_temp")
    for _ in range(3):
        melting(bench)
        assert bench.until(lambda: bench.defrost.state != defrost.MELT, 600) <= 600
        assert bench.defrost.ended == defrost.TIME_OUT
        bench.until(lambda: bench.defrost.state == defrost.WATCH, 900)
        assert bench.defrost.frost._learning_s == 0  # what is left on the coil is not its clean state
    assert bench.monitor.find("defrost_time_outs").active()


def test_a_stop_waits_for_the_melting():
    bench = melting(frosty())
    bench.wish = NONE
    bench.seconds(20)
    assert bench.engine.loaded and bench.defrost.holds_run
    bench.until(lambda: bench.engine.state == states.OFF, 900)
    assert bench.defrost.ended == defrost.COIL_WARM
    bench.until(lambda: bench.changeover.pilot == 0 and bench.changeover.state == changeover_states.REST, 600)
    assert bench.broken == [] and bench.defrost.state == defrost.WATCH


def test_a_stop_by_an_alarm_does_not_wait():
    bench = melting(frosty())
    alarm = bench.monitor.find("emergency_stop")
    bench.monitor.judge(alarm, True, bench.now)
    bench.seconds(2)
    assert bench.engine.state == states.FAST and bench.defrost.state == defrost.WATCH
    assert bench.defrost.ended == defrost.STOPPED and bench.changeover.pilot == 1
    bench.seconds(30)
    assert bench.changeover.pilot == 1  # the alarm stands
    bench.monitor.judge(alarm, False, bench.now)
    bench.monitor.reset()
    bench.wish = NONE
    bench.until(lambda: bench.changeover.pilot == 0, 600)
    assert bench.broken == []


def test_without_ambient_the_time_decides():
    bench = frosty(defrost_timed_min=40)
    bench.bad.add("ambient_temp")
    waited = bench.until(lambda: bench.defrost.state >= defrost.DEFER, 4000)
    assert waited > 2000 and bench.defrost.began == defrost.BY_TIME


def test_a_moment_without_ambient_starts_no_defrost_of_a_dry_coil():
    bench = frosty(defrost_timed_min=40)
    bench.frost_k = 12.0  # cold, and no growth that matters
    bench.seconds(3000)
    bench.bad.add("ambient_temp")
    bench.seconds(30)
    bench.bad.clear()
    bench.seconds(60)
    assert bench.defrost.state == defrost.WATCH and bench.defrost.count == 0
    bench.bad.add("ambient_temp")
    assert 60 <= bench.until(lambda: bench.defrost.state >= defrost.DEFER, 120)


def test_a_valve_that_does_not_reverse_ends_it():
    bench = frosty()
    bench.stuck = 0.0
    began(bench)
    bench.until(lambda: bench.defrost.state in (defrost.BACK, defrost.WATCH), 1500)
    bench.until(lambda: bench.defrost.state == defrost.WATCH, 1500)
    assert bench.defrost.count == 0 and bench.broken == []


def test_no_time_for_air_and_dripping_is_no_time_for_ever():
    bench = frosty(drip_air_s=0)
    began(bench)
    bench.frost_k = 6.0
    bench.until(lambda: bench.defrost.state == defrost.AIR, 1200)
    bench.until(lambda: bench.defrost.state == defrost.WATCH, 2)


def test_switched_off_means_none():
    bench = frosty(defrost_enabled=0)
    bench.seconds(1800)
    assert bench.defrost.count == 0 and not bench.defrost.ask()


def test_a_person_may_ask():
    bench = frosty()
    bench.frost_k = 0.0
    assert bench.defrost.ask()
    began(bench, 5)
    assert bench.defrost.began == defrost.BY_PERSON


def test_how_near_is_told():
    bench = frosty()
    bench.seconds(200)
    rows = []
    bench.defrost.near(lambda *row: rows.append(row), bench.now)
    assert [row[0] for row in rows] == [
        "ambient", "coil saturation", "growth", "since the last", "running", "entering water"
    ]
    assert rows[0][3] and rows[1][3]


def test_every_state_has_a_limit_or_says_why_not():
    for row in defrost.TABLE:
        assert row[3] and (row[2] or row[0] == defrost.WATCH)


def pauses(bench):
    said = []
    bench.defrost.reasons(lambda *reason: said.append(reason), bench.now)
    return [left_s for _, text, left_s, _ in said if text == "Frost: defrost waits for its pauses"]


def test_it_waits_for_the_longer_of_its_pauses_and_for_nothing_else():
    bench = frosty()
    bench.settings.set("defrost_interval_min", 60)
    bench.defrost._since.start(bench.now)
    bench.until(lambda: bench.defrost.frost.due and not bench.defrost.obstacle(), 1800)
    bench.settings.set("defrost_interval_min", 20)
    bench.defrost._since.start(bench.now)
    bench.engine.clutch_s = 60.0
    assert pauses(bench) == [1200]
    bench.defrost._since.age_ms = 1000000
    assert pauses(bench) == [240]
    bench.settings.set("defrost_enabled", 0)
    assert pauses(bench) == []
    bench.settings.set("defrost_enabled", 1)
    bench.engine.state = states.OPENING
    assert pauses(bench) == []


def test_an_alarm_that_stops_a_reversed_start_and_stands_is_no_changeover_given_up():
    bench = flooded()
    bench.until(lambda: bench.defrost.state == defrost.REVERSE, 200)
    alarm = bench.monitor.find("sensor_stop")
    for _ in range(1200):  # ten minutes
        bench.monitor.judge(alarm, True, bench.now)
        bench.scan()
    assert bench.engine.state == states.OFF and bench.changeover.failure == ""
    assert not bench.monitor.find("changeover_given_up").standing()
    bench.monitor.judge(alarm, False, bench.now)
    bench.monitor.reset()
    bench.until(lambda: bench.defrost.state == defrost.MELT, 600)
    assert bench.broken == []


def test_a_wet_probe_warmer_than_what_condenses_in_the_coil_ends_nothing():
    bench = melting(frosty())
    plain = bench.sense

    def sense():
        plain()
        bench.readings.coil_temp.scaled = 45000  # condensing is at 36 C

    bench.sense = sense
    bench.seconds(60)
    assert bench.defrost.state == defrost.MELT


def test_a_defrost_that_is_called_off_by_the_proof_reverses_no_second_time():
    """Nobody wants the reversal any more once the pilot is turned back, so it stays there."""
    bench = frosty()
    began(bench)
    bench.until(lambda: bench.defrost.state == defrost.MELT and bench.changeover.state == changeover_states.PROVE, 600)
    bench.changeover.proof.verdict = WRONG
    bench.until(lambda: bench.changeover.state == changeover_states.REPULSE and bench.changeover.pilot == 0, 60)
    turns = bench.pilot_turns
    bench.frost_k = 0.0
    bench.seconds(300)
    assert bench.pilot_turns == turns and bench.engine.loaded and bench.broken == []
    assert bench.valve == 0.0 and bench.changeover.state == changeover_states.REST
