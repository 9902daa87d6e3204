"""Settings that are each in range but nonsense beside one another are refused, and nothing changes."""

import pytest
from engine_bench import Bench
from ghp.control import states
from ghp.refrigerant import saturation_c, saturation_kpa
from ghp.settings import ORDER, ROWS, Settings


@pytest.mark.parametrize("low, high, gap", list(ORDER), ids=lambda part: str(part))
def test_order_holds_by_default_and_is_kept(low, high, gap):
    settings = Settings()
    assert settings.missing(low, high, gap, "", 0) < 0
    lows = low.split("+")
    state = [getattr(settings, key) for key in (*lows, high)] + [settings.changes]
    if settings.row(lows[0])[2] == settings.row(high)[2]:
        assert sum(getattr(settings, key) for key in lows) + gap <= getattr(settings, high)
        others = sum(getattr(settings, key) for key in lows[1:])
        tries = [(lows[0], getattr(settings, high) - others + 1), (high, getattr(settings, lows[0]) + others - 1)]
    else:
        beside = saturation_c(getattr(settings, low))
        tries = [(low, saturation_kpa(getattr(settings, high)) + 1), (high, beside - 1)]
    for key, value in tries:
        row = settings.row(key)
        if row[4] <= value <= row[5]:
            with pytest.raises(ValueError, match=key + " must be at (most|least) .* while "):
                settings.set(key, value)
            assert state == [getattr(settings, key) for key in (*lows, high)] + [settings.changes]


def test_every_ordered_setting_exists_and_both_directions_are_tried():
    keys = {row[1] for row in ROWS}
    for low, high, _gap in ORDER:
        assert {*low.split("+"), high} <= keys


@pytest.mark.parametrize(
    "key, value",
    [
        ("discharge_hold_kpa", 2400.0), ("discharge_trip_kpa", 2000.0), ("overspeed_rpm", 3100),
        ("underspeed_rpm", 850), ("starter_off_rpm", 600), ("flow_proof_s", 30), ("oil_trip_kpa", 300.0),
        ("pumpdown_kpa", 105.0), ("leaving_trip_c", 60.0), ("purge_s", 10),
    ],
)
def test_harmful_though_in_range(key, value):
    settings = Settings()
    before = dict(settings.__dict__)
    if key == "flow_proof_s":
        settings.set("flow_wait_s", 20)
    if key == "purge_s":
        settings.set("crank_s", 8)
    if key == "starter_off_rpm":
        settings.set("underspeed_rpm", 620)
    if key == "overspeed_rpm":
        value = settings.speed_max_rpm + 100
    before = dict(settings.__dict__)
    with pytest.raises(ValueError, match=" while "):
        settings.set(key, value)
    assert settings.__dict__ == before


@pytest.mark.parametrize("purge_s, crank_s", [(4, 12), (2, 12), (10, 12), (4, 6)])
def test_a_try_cranks_for_crank_s_and_has_gas_for_ten_seconds_at_most(purge_s, crank_s):
    bench = Bench(crank_s=crank_s, purge_s=purge_s).asked()
    bench.model.gas_ok = False
    bench.reach(states.PURGE)
    cranked = gas = 0
    while bench.engine.state != states.REST:
        cranked += bench.out("starter")
        gas += bench.out("gas_valve")
        bench.scan()
        assert bench.scans < 20000
    assert cranked * 0.05 == pytest.approx(crank_s, abs=0.2)
    assert gas * 0.05 <= 10.0
    assert gas * 0.05 == pytest.approx(crank_s - purge_s, abs=0.3)


@pytest.mark.parametrize("word", ["1e400", "1e400 s", "-1e400", "1e30", "99999999999999999999", "nan", "inf", "-inf", "1801"])
@pytest.mark.parametrize("key", ["stop_to_start_s", "hot_setpoint_c", "technician_pin", "schedule_begin", "starts_per_hour"])
def test_a_number_beyond_all_bounds_is_refused_in_one_clear_line(key, word):
    settings = Settings()
    before = dict(settings.__dict__)
    if key == "technician_pin" and word == "1801":
        return
    with pytest.raises(ValueError, match="must be|is not a number|is not a time|unit .* is not") as error:
        settings.set_text(key, word)
    assert "\n" not in str(error.value) and settings.__dict__ == before
