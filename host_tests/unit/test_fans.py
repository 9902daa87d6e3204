"""Outdoor fans: all, one bank after the other; less air only where torque is the limit."""

from ghp.protection.limits import DISCHARGE, EASE, FREE, HOLD, SUCTION
from thermal_parts import Parts


def test_all_fans_staggered_then_all_off():
    parts = Parts()
    out = parts.outputs
    parts.engine.fans_wanted = False
    parts.scan()
    assert (out.lead_fan_speed.commanded, out.fan_bank_1.commanded) == (0, 0)
    parts.engine.fans_wanted = True
    seen = []
    for _ in range(8):
        parts.scan()
        seen.append((out.fan_bank_1.commanded, out.fan_bank_2.commanded, out.fan_bank_3.commanded))
    assert seen[0] == (1, 0, 0)
    assert (1, 1, 0) in seen
    assert seen[-1] == (1, 1, 1)
    assert out.lead_fan_speed.commanded == 10000
    parts.engine.fans_wanted = False
    parts.scan()
    assert (out.fan_bank_1.commanded, out.fan_bank_2.commanded, out.fan_bank_3.commanded) == (0, 0, 0)


def fans_alone(parts, scans, limited, superheat):
    for _ in range(scans):
        parts.expansion.limited = limited
        parts.derived.superheat_k = superheat
        parts.fans.update(parts.now_ms, 0.5)
        parts.now_ms += 500


def test_a_starved_coil_gets_less_air_and_gets_it_back():
    parts = Parts()
    fans_alone(parts, 10, False, 6.0)
    assert parts.fans.air_fans == 6.0
    fans_alone(parts, 500, True, 20.0)
    fewer = parts.fans.air_fans
    assert 0.8 <= fewer < 5.0
    assert parts.outputs.fan_bank_3.commanded == 0 or parts.outputs.fan_bank_2.commanded == 0
    fans_alone(parts, 20000, True, 30.0)
    assert parts.fans.air_fans == 0.8
    assert parts.outputs.fan_bank_1.commanded == 0
    assert parts.outputs.lead_fan_speed.commanded == 8000
    fans_alone(parts, 1200, False, 6.0)
    assert parts.fans.air_fans == 6.0
    assert parts.outputs.fan_bank_3.commanded == 1


def test_a_suction_too_high_to_load_takes_air_away_unless_the_coil_is_flooded():
    parts = Parts()
    parts.envelope.too_rich = True
    fans_alone(parts, 400, False, 5.0)
    assert parts.fans.air_fans == 6.0
    fans_alone(parts, 4000, False, 8.0)
    assert 1.9 < parts.fans.air_fans <= 2.0


def test_an_unknown_superheat_keeps_the_air():
    parts = Parts()
    fans_alone(parts, 100, True, 20.0)
    before = parts.fans.air_fans
    fans_alone(parts, 100, True, None)
    assert parts.fans.air_fans == before


def test_air_goes_when_the_least_capacity_is_too_much_for_the_water():
    """A soak day of 90 F: a start with water at 154 F went beyond 335 psig, unloaded and at the least speed."""
    parts = Parts()
    fans_alone(parts, 10, False, 6.0)
    parts.limits.levels[DISCHARGE] = EASE
    parts.derived.evaporating_c = 15.0
    parts.capacity.at_minimum = False
    fans_alone(parts, 20, False, 6.0)
    assert parts.fans.air_fans == 6.0, "a compressor that can do less does less first"
    parts.capacity.at_minimum = True
    for limit, evaporating_c in ((HOLD, 15.0), (FREE, 0.0)):
        parts.limits.levels[SUCTION] = limit
        parts.derived.evaporating_c = evaporating_c
        fans_alone(parts, 20, False, 6.0)
        assert parts.fans.air_fans == 6.0, "never in cold air, never near the suction's limit"
    parts.derived.evaporating_c = 15.0
    fans_alone(parts, 20, False, 6.0)
    assert parts.fans.air_fans == 0.8
    parts.limits.levels[DISCHARGE] = FREE
    fans_alone(parts, 1200, False, 6.0)
    assert parts.fans.air_fans == 6.0
