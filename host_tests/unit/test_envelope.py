"""Envelope: torque map against the compressor's physics and the rating points, MOP, least speed."""

import math

import pytest
from ghp.control.envelope import compressor_torque_nm, engine_torque_nm
from thermal_parts import Parts

# suction and discharge psig, shaft kW at 2400 rpm: the machine's rating points
RATED = ((31, 186, 55.9), (31, 213, 59.9), (25, 167, 50.1), (27, 220, 57.8), (28, 282, 65.3), (10, 163, 39.2),
         (20, 165, 46.5), (43, 287, 76.0))


@pytest.mark.parametrize(("suction", "discharge", "kw"), RATED)
def test_torque_map_lies_within_6_per_cent_of_the_rating(suction, discharge, kw):
    torque = compressor_torque_nm((suction + 14.696) * 6.894757, (discharge + 14.696) * 6.894757)
    assert torque == pytest.approx(kw * 1000 / (2400 * math.pi / 30), rel=0.06)


def test_torque_grows_with_both_pressures():
    assert compressor_torque_nm(300, 1500) < compressor_torque_nm(320, 1500)
    assert compressor_torque_nm(300, 1500) < compressor_torque_nm(300, 1700)


@pytest.mark.parametrize("discharge", [1300.0, 1700.0, 2000.0, 2250.0])
@pytest.mark.parametrize("rpm", [1500, 2100, 3000])
def test_mop_keeps_the_torque_below_95_per_cent(discharge, rpm):
    parts = Parts().put(discharge_pressure=discharge, engine_speed=rpm)
    parts.envelope.loading = True
    for _ in range(40):
        parts.envelope.update(parts.now_ms, 0.5)
    mop = parts.envelope.mop_kpa
    assert mop < 520.0
    torque = compressor_torque_nm(mop, discharge)
    assert 0.87 * engine_torque_nm(rpm) < torque < 0.93 * engine_torque_nm(rpm)


def test_mop_is_out_of_the_way_unloaded():
    parts = Parts().put(discharge_pressure=2250.0)
    for _ in range(8):
        parts.envelope.update(parts.now_ms, 0.5)
    parts.envelope.loading = False
    assert parts.envelope.limit_kpa() == 520.0
    parts.envelope.loading = True
    assert parts.envelope.limit_kpa() == parts.envelope.mop_kpa < 520.0


def test_least_speed_grows_with_the_load():
    speeds = []
    for discharge in (900.0, 1500.0, 2000.0, 2250.0):
        parts = Parts().put(discharge_pressure=discharge, suction_pressure=300.0)
        for _ in range(8):
            parts.envelope.update(parts.now_ms, 0.5)
        speeds.append(parts.envelope.min_rpm)
    assert speeds == sorted(speeds)
    assert speeds[0] == 1200
    assert 1400 <= speeds[-1] <= 1500


def test_a_bad_pressure_keeps_the_last_map():
    parts = Parts().put(discharge_pressure=2000.0)
    parts.envelope.loading = True
    for _ in range(20):
        parts.envelope.update(parts.now_ms, 0.5)
    before = (parts.envelope.mop_kpa, parts.envelope.min_rpm)
    parts.bad("suction_pressure")
    for _ in range(20):
        parts.envelope.update(parts.now_ms, 0.5)
    assert (parts.envelope.mop_kpa, parts.envelope.min_rpm) == before
