"""Rating points, speeds, low flow and slopes against the independent steady-state model (bands ±5 %)."""

import functools

import pytest
from ghptools.plant import rate
from plant_bench import GPM, c


@functools.cache
def point(mode, ambient_f, leaving_f, rpm=2400, gpm=None):
    return rate(mode, c(ambient_f), c(leaving_f), rpm, None if gpm is None else gpm * GPM)


# mode, ambient, leaving: suction, discharge psig; shaft, condenser, engine kW; output; gas; band of output; band of COP
TABLE = [
    ("cool", 95, 44, 31, 186, 55.9, 229, 88, 50.0, 685, (50.0, 50.0), (0.71, 0.90)),
    ("cool", 105, 44, 31, 213, 59.9, 221, 92, 46.7, 722, (46.0, 47.0), (0.63, 0.80)),
    ("heat", 47, 120, 25, 167, 50.1, 205, 83, 983, 629, (948, 1062), (1.36, 1.58)),
    ("heat", 47, 140, 27, 220, 57.8, 193, 90, 967, 702, (929, 1050), (1.21, 1.39)),
    ("heat", 47, 160, 28, 282, 65.3, 180, 97, 946, 774, (895, 1037), (1.08, 1.24)),
    ("heat", 17, 120, 10, 163, 39.2, 121, 72, 658, 527, (624, 724), (1.09, 1.26)),
    ("heat", 35, 120, 20, 165, 46.5, 174, 80, 865, 596, (834, 939), (1.26, 1.46)),
    ("heat", 70, 160, 43, 287, 76.0, 249, 106, 1210, 874, (1169, 1305), (1.22, 1.41)),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda r: f"{r[0]}-{r[1]}-{r[2]}")
def test_rating_point_lies_in_its_band(row):
    mode, ambient, leaving, suction, discharge, shaft, condenser, _, _, gas, output, cop = row
    r = point(mode, ambient, leaving)
    delivered = r["tons"] if mode == "cool" else r["kbtu_h"]
    assert output[0] * 0.95 <= delivered <= output[1] * 1.05
    assert cop[0] * 0.95 <= r["cop_hhv"] <= cop[1] * 1.05
    assert r["cop_lhv"] == pytest.approx(1.1085 * r["cop_hhv"], rel=1e-6)
    assert r["suction_psig"] + 14.7 == pytest.approx(suction + 14.7, rel=0.10)
    assert r["discharge_psig"] == pytest.approx(discharge, rel=0.05)
    assert r["shaft_kw"] == pytest.approx(shaft, rel=0.05)
    assert r["q_condenser_w"] / 1e3 == pytest.approx(condenser, rel=0.06)
    assert r["gas_kbtu_h"] == pytest.approx(gas, rel=0.05)
    assert r["held_rpm"]
    if not r["limited"]:
        assert r["superheat_k"] == pytest.approx(6.0, abs=0.3)


@pytest.mark.parametrize("row", TABLE, ids=lambda r: f"{r[0]}-{r[1]}-{r[2]}")
def test_energy_closes_within_half_a_percent(row):
    assert abs(point(*row[:3])["balance"]) < 0.005


@pytest.mark.parametrize("row", TABLE, ids=lambda r: f"{r[0]}-{r[1]}-{r[2]}")
def test_fuel_splits_as_an_engine_splits_it(row):
    r = point(*row[:3])
    fuel = r["fuel_w_lhv"]
    brake = r["torque_nm"] * r["engine_rpm"] * 0.1047198
    parts = brake + r["jacket_w"] + r["exhaust_recovered_w"] + r["stack_w"] + r["radiation_w"]
    assert parts == pytest.approx(fuel, rel=0.005)
    assert 0.24 <= brake / fuel <= 0.34
    assert 0.27 <= r["jacket_w"] / fuel <= 0.36
    assert 0.14 <= r["exhaust_recovered_w"] / fuel <= 0.22
    assert 0.06 <= r["stack_w"] / fuel <= 0.12
    assert 0.05 <= r["radiation_w"] / fuel <= 0.12
    if row[0] == "heat":
        assert r["q_engine_water_w"] / 1e3 == pytest.approx(row[7], rel=0.06)


@pytest.mark.parametrize(("rpm", "kbtu"), [(1000, 461), (1500, 664), (2000, 848), (3000, 1173)])
def test_speed_sets_capacity(rpm, kbtu):
    assert point("heat", 47, 120, rpm)["kbtu_h"] == pytest.approx(kbtu, rel=0.05)


def test_torque_hardly_depends_on_speed():
    torques = [point("heat", 47, 120, rpm)["torque_nm"] for rpm in (1000, 1500, 2000, 2400, 3000)]
    mean = (max(torques) + min(torques)) / 2
    assert max(torques) / mean - 1 <= 0.075  # about ±6 % in the reference model


@pytest.mark.parametrize(("gpm", "cop"), [(20, 1.50), (40, 1.33)])
def test_single_pass_at_low_flow_lifts_the_cop(gpm, cop):
    r = point("heat", 47, 160, 2400, gpm)
    assert r["cop_hhv"] == pytest.approx(cop, rel=0.05)
    rise_f = 1.8 * r["q_engine_water_w"] / (gpm * GPM * 4140)
    assert 15 <= rise_f <= 31  # the engine makes the last 16–29 °F


def test_discharge_follows_leaving_water():
    low = (point("heat", 47, 100)["discharge_psig"] - point("heat", 47, 90)["discharge_psig"]) / 10
    high = (point("heat", 47, 160)["discharge_psig"] - point("heat", 47, 150)["discharge_psig"]) / 10
    assert low == pytest.approx(1.85, rel=1 / 3)
    assert high == pytest.approx(3.25, rel=1 / 3)


def test_suction_follows_ambient():
    cold = (point("heat", 19, 120)["suction_psig"] - point("heat", 9, 120)["suction_psig"]) / 10
    warm = (point("heat", 73, 120)["suction_psig"] - point("heat", 63, 120)["suction_psig"]) / 10
    assert cold == pytest.approx(0.45, rel=1 / 3)
    assert warm == pytest.approx(0.87, rel=1 / 3)


@pytest.mark.parametrize(("low", "high"), [(115, 125), (120, 140), (140, 160)])
def test_hotter_water_costs_capacity_and_cop(low, high):
    a, b = point("heat", 47, low), point("heat", 47, high)
    capacity = 100 * (b["kbtu_h"] / a["kbtu_h"] - 1) / (high - low)
    cop = 100 * (b["cop_hhv"] / a["cop_hhv"] - 1) / (high - low)
    assert -0.12 * 4 / 3 <= capacity <= -0.04 * 2 / 3
    assert -0.68 * 4 / 3 <= cop <= -0.58 * 2 / 3


def test_published_trends():
    """Dong 2016: ambient 2.4→17.8 °C raises the heat-pump COP by 32 %; the heat pump alone, over shaft work."""
    cold, warm = rate("heat", 2.4, 45.0, 2000), rate("heat", 17.8, 45.0, 2000)
    rise = (warm["q_condenser_w"] / warm["shaft_w"]) / (cold["q_condenser_w"] / cold["shaft_w"]) - 1
    assert 0.15 <= rise <= 0.45


def test_unloader_halves_capacity():
    full, half = point("heat", 47, 120), rate("heat", c(47), c(120), 2400, unloaded=True)
    assert 0.5 <= half["kbtu_h"] / full["kbtu_h"] <= 0.65


def test_rating_says_what_it_does_not_know():
    with pytest.raises(ValueError, match="mode must be"):
        rate("dry", 8.0, 50.0, 2400)


@pytest.mark.parametrize(("leaving", "rpm"), [(150, 1200), (160, 1800)])
def test_low_speed_in_warm_weather_is_held_by_the_valve(leaving, rpm):
    """Slowing down does not unload: at 70 °F only a lower suction pressure carries the load (and 160 °F not at 1200)."""
    r = point("heat", 70, leaving, rpm)
    assert r["limited"] in ("torque", "")
    assert r["held_rpm"]
    assert r["torque_nm"] < r["torque_limit_nm"]
    assert r["discharge_psig"] < 320


@pytest.mark.parametrize(("mode", "ambient", "leaving"), [("cool", 85, 44), ("cool", 100, 50), ("heat", 0, 120),
                                                          ("heat", 55, 130), ("heat", 25, 100)])
def test_points_between_the_points_close_and_hold(mode, ambient, leaving):
    r = point(mode, ambient, leaving, 2000)
    assert r["held_rpm"] and r["limited"] == ""
    assert abs(r["balance"]) < 0.005
    assert r["superheat_k"] == pytest.approx(6, abs=0.5)
    reached = r["leaving_c"] if mode == "heat" else r["chilled_leaving_c"]
    assert reached == pytest.approx(c(leaving), abs=0.05)


def neighbours(mode, leaving, rpm, ambients, **more):
    return [rate(mode, c(ambient), c(leaving), rpm, **more) for ambient in ambients]


@pytest.mark.parametrize(("leaving", "rpm", "ambients"), [
    (160, 2400, range(64, 92, 3)), (160, 1800, range(58, 74, 3)), (140, 1200, range(55, 78, 3)),
])
def test_capacity_does_not_jump_between_neighbours(leaving, rpm, ambients):
    """At the torque limit and below it: three degrees of ambient are never worth 5 % of capacity."""
    points = neighbours("heat", leaving, rpm, ambients)
    held = [r for r in points if r["held_rpm"]]
    assert len(held) >= 4
    for a, b in zip(held, held[1:], strict=False):
        assert b["kbtu_h"] == pytest.approx(a["kbtu_h"], rel=0.05)
        assert b["discharge_psig"] == pytest.approx(a["discharge_psig"], abs=9.0)
    # once the weather is too warm for this speed, warmer weather does not bring it back
    assert [r["held_rpm"] for r in points] == sorted((r["held_rpm"] for r in points), reverse=True)


@pytest.mark.parametrize("ambient", [47, 70, 90])
def test_rating_does_not_depend_on_how_long_it_settled(ambient):
    short, long = (rate("heat", c(ambient), c(160), 2400, settle_s=s) for s in (300.0, 1500.0))
    assert short["kbtu_h"] == pytest.approx(long["kbtu_h"], rel=0.005)
    assert short["discharge_psig"] == pytest.approx(long["discharge_psig"], abs=0.7)


@pytest.mark.parametrize(("ambient", "rpm"), [(95, 1500), (110, 2400), (122, 1000)])
def test_load_the_engine_cannot_carry_has_no_numbers(ambient, rpm):
    r = rate("heat", c(ambient), c(176 if rpm == 1000 else 160), rpm)
    assert r["limited"] == "stalled" and not r["held_rpm"]
    assert r["limits"] == [f"the engine cannot carry this load at {rpm} rpm"]
    for name in ("cop_hhv", "cop_lhv", "kbtu_h", "output_w", "discharge_psig", "balance"):
        assert r[name] is None


def test_half_the_compressor_carries_what_the_whole_cannot():
    r = rate("heat", c(80), c(160), 1500, unloaded=True)
    assert r["held_rpm"] and r["limits"] == []


@pytest.mark.parametrize(("mode", "ambient", "leaving", "rpm", "gpm", "sentence"), [
    ("heat", 47, 120, 2400, 20, "leaving water of 120.0 F is not reached"),
    ("cool", 0, 44, 2400, None, "the expansion valve is fully open, superheat"),
    ("cool", 122, 44, 2400, None, "limit of 245 psig"),
    ("heat", 47, 176, 2400, None, "limit of 320 psig"),
    ("heat", 47, 176, 2400, None, "above the 170.0 F"),
    ("heat", -22, 120, 2400, None, "below the -10.0 F at which the machine stops"),
    ("heat", -22, 176, 3000, None, "the condenser gives no heat"),
    ("heat", 70, 160, 2400, None, "torque is used up"),
    ("heat", 80, 160, 1500, None, "limit of 320 psig"),
])
def test_rating_says_where_it_is_not_what_was_asked(mode, ambient, leaving, rpm, gpm, sentence):
    r = point(mode, ambient, leaving, rpm, gpm)
    assert r["held_rpm"]
    assert sum(sentence in text for text in r["limits"]) == 1, r["limits"]


@pytest.mark.parametrize(("mode", "ambient", "leaving"), [("heat", 47, 120), ("heat", 47, 160), ("cool", 95, 44)])
def test_ordinary_points_have_nothing_to_say(mode, ambient, leaving):
    assert point(mode, ambient, leaving)["limits"] == []


def test_every_corner_is_right_or_says_that_it_is_not():
    """The extremes a person may ask for: what is held and silent has closed, is reached and inside the limits."""
    corners = [(m, a, w, n) for m, waters in (("heat", (20, 80)), ("cool", (3, 20))) for a in (-30, 10, 50)
               for w in waters for n in (1000, 3000)]
    said = 0
    for mode, ambient, water, rpm in corners:
        r = rate(mode, ambient, water, rpm)
        assert r["held_rpm"] or r["limits"]
        if r["limits"]:
            said += 1
            continue
        assert abs(r["balance"]) < 0.005
        assert r["superheat_k"] == pytest.approx(6.0, abs=1.0)
        assert r["leaving_c" if mode == "heat" else "chilled_leaving_c"] == pytest.approx(water, abs=0.1)
        assert r["discharge_psig"] < 320
    assert 0 < said < len(corners)
