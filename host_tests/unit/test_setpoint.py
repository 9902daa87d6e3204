"""Set point in force: user, ceiling by ambient, outdoor reset; what is not known is the cold end."""

import pytest
from ghp.control.setpoint import CEILING, RESET, USER
from thermal_parts import Parts


def fahrenheit(f):
    return (f - 32.0) / 1.8


@pytest.mark.parametrize(("ambient_f", "ceiling_f"), [(60, 160), (35, 160), (20, 150), (5, 135), (-20, 135)])
def test_ceiling_line_goes_through_its_points(ambient_f, ceiling_f):
    parts = Parts()
    assert parts.setpoint.ceiling_at(fahrenheit(ambient_f)) == pytest.approx(fahrenheit(ceiling_f), abs=0.06)


def test_ceiling_is_monotone_and_continuous():
    parts = Parts()
    line = [parts.setpoint.ceiling_at(-25.0 + 0.1 * step) for step in range(350)]
    steps = [b - a for a, b in zip(line, line[1:], strict=False)]
    assert min(steps) >= 0.0
    assert max(steps) < 0.2


def test_user_set_point_is_cut_at_the_ceiling_and_says_so():
    parts = Parts(hot_setpoint_c=71.0).put(ambient_temp=fahrenheit(20)).scan()
    assert parts.setpoint.limiter == CEILING
    assert parts.setpoint.effective_c == pytest.approx(fahrenheit(150), abs=0.1)
    assert "20.0 F ambient" in parts.why(parts.setpoint)[0][1]
    assert "150.1 F" in parts.setpoint.text()


def test_a_set_point_beyond_the_ceiling_is_refused_with_the_reason():
    parts = Parts().put(ambient_temp=fahrenheit(5)).scan()
    assert parts.setpoint.check(fahrenheit(130)) is None
    assert parts.setpoint.check(parts.setpoint.ceiling_c) is None
    assert parts.setpoint.check(fahrenheit(140)) == (
        "set point 140.0 F is above 135.0 F, the ceiling at 5.0 F ambient"
    )


def test_unknown_ambient_is_the_coldest_day_after_ten_minutes():
    parts = Parts(hot_setpoint_c=71.0).scan()
    assert parts.setpoint.limiter == USER
    parts.bad("ambient_temp").scan(1190)
    assert parts.setpoint.effective_c == 71.0
    parts.scan(40)
    assert parts.setpoint.effective_c == parts.settings.ceiling_cold_c
    assert "ambient is not known" in parts.setpoint.check(70.0)
    parts.put(ambient_temp=10.0).scan(12)
    assert parts.setpoint.effective_c == 71.0


def test_unknown_ambient_at_power_up_is_the_coldest_day_at_once():
    parts = Parts(hot_setpoint_c=71.0).put(ambient_temp=0.0).bad("ambient_temp").scan()  # 0: what one that never spoke holds
    assert parts.setpoint.effective_c == parts.settings.ceiling_cold_c


def test_outdoor_reset_lowers_in_mild_weather_only():
    parts = Parts(hot_setpoint_c=60.0, reset_enabled=1).put(ambient_temp=20.0).scan()
    assert parts.setpoint.limiter == RESET
    assert parts.setpoint.effective_c == pytest.approx(60.0 - 11.0)
    parts.put(ambient_temp=-5.0).scan(12)
    assert parts.setpoint.limiter == USER
    assert parts.setpoint.effective_c == 60.0


def test_a_change_acts_in_the_next_scan():
    parts = Parts(hot_setpoint_c=60.0).scan(3)
    parts.settings.set("hot_setpoint_c", 50.0)
    parts.scan()
    assert parts.setpoint.effective_c == 50.0
    assert parts.setpoint.error_k == pytest.approx(-10.0)


def test_error_is_unknown_with_a_bad_leaving_probe():
    parts = Parts().bad("leaving_water").scan()
    assert parts.setpoint.error_k is None


def test_a_burst_in_the_leaving_water_moves_the_error_by_one_kelvin_a_scan_at_most():
    parts = Parts(hot_setpoint_c=60.0).put(leaving_water=60.0).scan(4)
    parts.put(leaving_water=117.0).scan()
    assert parts.setpoint.error_k == pytest.approx(-1.0)
    parts.put(leaving_water=60.1).scan()
    assert parts.setpoint.error_k == pytest.approx(-0.1)


def test_a_probe_that_comes_back_is_believed_at_once():
    parts = Parts(hot_setpoint_c=60.0).put(leaving_water=60.0).scan(4)
    parts.bad("leaving_water").scan()
    parts.put(leaving_water=40.0).scan()
    assert parts.setpoint.error_k == pytest.approx(20.0)
