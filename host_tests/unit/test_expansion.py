"""Expansion valve: modes, superheat, MOP, freezing, feed-forward."""

import pytest
from ghp.control.expansion import VALVE_EQUALISE, VALVE_HOLD, VALVE_SHUT, VALVE_START
from ghp.protection.limits import SUCTION
from ghp.refrigerant import saturation_c
from thermal_parts import Parts


def controlling(superheat_k=6.0, **values):
    parts = Parts()
    parts.outputs.unloader.value = 0
    parts.put(**values)
    set_superheat(parts, superheat_k)
    parts.expansion.position = 200.0
    parts.capacity.unloaded = False
    return parts


def set_superheat(parts, superheat_k):
    suction = parts.readings.suction_pressure.scaled / 1000
    parts.put(suction_temp=saturation_c(suction) + superheat_k)


def only_valve(parts, scans):
    for _ in range(scans):
        parts.derived.update(parts.now_ms, 0.5)
        parts.expansion.update(parts.now_ms, 0.5)
        parts.now_ms += 500


def test_a_valve_that_does_not_equalise_is_driven_to_its_stop_and_opened_again():
    parts = Parts()
    parts.put(suction_pressure=300.0, discharge_pressure=1500.0)
    parts.engine.valve_mode = VALVE_EQUALISE
    shut = []
    for scan in range(600):
        only_valve(parts, 1)
        if parts.outputs.expansion_valve.commanded == 0:
            shut.append(scan)
    assert 190 <= shut[0] <= 210 and len([s for s in shut if s < 300]) * 0.5 >= 500 / 62.5  # all the travel
    assert any(s > 400 for s in shut), "it is tried again"
    parts.put(discharge_pressure=400.0)
    only_valve(parts, 2)
    assert parts.outputs.expansion_valve.commanded == 500


@pytest.mark.parametrize("name", ["suction_pressure", "discharge_pressure"])
def test_equalising_does_not_move_the_valve_by_a_bad_pressure(name):
    parts = Parts()
    parts.put(suction_pressure=300.0, discharge_pressure=1500.0)
    parts.bad(name)
    parts.engine.valve_mode = VALVE_EQUALISE
    for _ in range(600):
        only_valve(parts, 1)
        assert parts.outputs.expansion_valve.commanded == 500


def test_equalise_is_wide_open_shut_is_shut_hold_holds():
    parts = Parts()
    parts.engine.valve_mode = VALVE_EQUALISE
    only_valve(parts, 2)
    assert parts.outputs.expansion_valve.commanded == 500
    parts.engine.valve_mode = VALVE_HOLD
    only_valve(parts, 2)
    assert parts.outputs.expansion_valve.commanded == 500
    parts.engine.valve_mode = VALVE_SHUT
    only_valve(parts, 2)
    assert parts.outputs.expansion_valve.commanded == 0


def test_start_opening_is_bounded_by_its_setting_and_by_balance():
    parts = Parts(valve_start_pct=35.0).put(suction_pressure=390.0, discharge_pressure=392.0, engine_speed=1100)
    parts.engine.valve_mode = VALVE_START
    only_valve(parts, 1)
    assert parts.expansion.position == pytest.approx(0.95 * 175, abs=1)
    parts.put(suction_pressure=270.0, discharge_pressure=1200.0)
    parts.outputs.unloader.value = 1
    only_valve(parts, 1)
    assert parts.expansion.position < 100


def test_high_superheat_opens_low_superheat_closes_faster():
    parts = controlling(9.0)
    only_valve(parts, 60)
    opened = parts.expansion.position - 200.0
    assert opened > 5
    parts = controlling(3.0)
    only_valve(parts, 60)
    closed = 200.0 - parts.expansion.position
    assert closed > opened


def test_a_dry_coil_is_answered_more_than_in_proportion():
    moves = []
    for superheat in (9.0, 18.0):
        parts = controlling(superheat)
        only_valve(parts, 60)
        moves.append(parts.expansion.position - 200.0)
    assert moves[1] > 2.5 * moves[0]


@pytest.mark.parametrize("sensor", ["suction_pressure", "suction_temp"])
def test_a_bad_suction_sensor_freezes_the_valve_in_the_same_scan(sensor):
    parts = controlling(12.0)
    only_valve(parts, 20)
    before = parts.outputs.expansion_valve.commanded
    parts.bad(sensor)
    only_valve(parts, 1)
    assert parts.expansion.ruling == "frozen"
    assert parts.outputs.expansion_valve.commanded == before
    parts.put(discharge_pressure=2200.0, engine_speed=3000)
    only_valve(parts, 40)
    assert parts.outputs.expansion_valve.commanded == before
    assert "frozen" in parts.why(parts.expansion)[0][1]


def test_comes_back_without_a_jump():
    parts = controlling(6.0)
    only_valve(parts, 20)
    before = parts.expansion.position
    parts.bad("suction_temp")
    only_valve(parts, 5)
    set_superheat(parts, 12.0)
    only_valve(parts, 1)
    assert parts.expansion.position == pytest.approx(before, rel=0.01)


def test_mop_overrides_superheat():
    parts = controlling(15.0, suction_pressure=330.0)
    parts.envelope.mop_kpa = 300.0
    parts.envelope.loading = True
    only_valve(parts, 30)
    assert parts.expansion.ruling == "mop"
    assert parts.expansion.position < 200.0
    assert parts.expansion.limited


def test_a_limiter_s_cut_lowers_the_mop():
    parts = controlling(6.0, suction_pressure=290.0)
    parts.envelope.mop_kpa = 300.0
    parts.envelope.loading = True
    parts.limits.mop_cut_kpa = 30.0
    only_valve(parts, 4)
    assert parts.expansion.mop_kpa == 270.0
    assert parts.expansion.ruling == "mop"


@pytest.mark.parametrize(("rpm", "unloader", "low", "high"), [(2200, 0, 1.04, 1.12), (2000, 1, 0.55, 0.65)])
def test_feed_forward_moves_with_the_compressor(rpm, unloader, low, high):
    parts = controlling(6.0, engine_speed=2000)
    only_valve(parts, 10)
    before = parts.expansion.position
    parts.put(engine_speed=rpm)
    parts.outputs.unloader.value = unloader
    only_valve(parts, 1)
    assert low * before < parts.expansion.position < high * before


def test_never_below_its_least_opening_nor_above_full():
    parts = controlling(-5.0)
    only_valve(parts, 3000)
    assert parts.expansion.position == parts.settings.valve_min_pct * 5
    parts = controlling(40.0)
    only_valve(parts, 3000)
    assert parts.expansion.position == 500.0


def test_single_steps_are_left_out():
    parts = controlling(6.2)
    moves = set()
    for _ in range(200):
        before = parts.outputs.expansion_valve.commanded
        only_valve(parts, 1)
        moves.add(abs(parts.outputs.expansion_valve.commanded - before))
    assert 1 not in moves


def test_liquid_solenoid_follows_the_sequence():
    parts = Parts()
    only_valve(parts, 1)
    assert parts.outputs.liquid_valve.commanded == 1
    parts.engine.liquid_valve_wanted = False
    only_valve(parts, 1)
    assert parts.outputs.liquid_valve.commanded == 0


def test_what_was_full_is_the_condenser_once_the_valve_has_slid():
    parts = Parts()
    parts.put(suction_pressure=200.0, discharge_pressure=200.0, suction_temp=saturation_c(200.0))
    parts.engine.rest()
    parts.engine.valve_mode = VALVE_START
    only_valve(parts, 2)
    assert parts.expansion.full and parts.expansion.ruling == "emptying"
    parts.engine.clutch_in = True
    parts.engine.since_clutch_ms = 2000
    parts.duty.defrosting = parts.duty.moving = True
    only_valve(parts, 2)
    assert parts.expansion.full and parts.expansion.position == 0.0
    parts.duty.moving = False
    only_valve(parts, 1)
    assert not parts.expansion.full and parts.expansion.position > 0.0


def test_at_the_end_of_a_defrost_the_valve_passes_no_more_than_the_compressor_takes():
    parts = controlling(6.0, suction_pressure=400.0, discharge_pressure=550.0, engine_speed=1400)
    parts.outputs.unloader.value = 1
    parts.duty.defrosting = True
    only_valve(parts, 1)
    assert parts.expansion.ruling == "defrost" and parts.expansion.position == 500.0
    parts.put(discharge_pressure=1100.0)
    only_valve(parts, 1)
    assert parts.expansion.ruling == "defrost" and 100.0 < parts.expansion.position < 250.0


@pytest.mark.parametrize("ambient_c, opens", [(-17.0, True), (0.0, False)])
def test_at_the_suction_s_limit_it_asks_no_more_superheat_than_the_air_can_give(ambient_c, opens):
    parts = controlling(suction_pressure=115.0, ambient_temp=ambient_c)  # saturation -23.2 C
    parts.limits.levels[SUCTION] = 1
    set_superheat(parts, 4.5)
    only_valve(parts, 20)
    assert (parts.expansion.position > 200.5) is opens
    parts.bad("ambient_temp")
    before = parts.expansion.position
    only_valve(parts, 20)
    assert parts.expansion.position <= before + 0.5
