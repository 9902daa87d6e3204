"""Saturation table and flash against CoolProp; the cache repairs itself."""

import numpy as np
import pytest
from CoolProp.CoolProp import PropsSI
from ghptools.plant import refrigerant as r
from hypothesis import given, settings
from hypothesis import strategies as st

TAB = r.table()


@given(st.floats(-50, 90))
@settings(max_examples=50, deadline=None)
def test_saturation_between_the_points_of_the_table(t):
    assert r.sat(TAB, r.P, t) == pytest.approx(PropsSI("P", "T", t + 273.15, "Q", 1, "R134a"), rel=2e-4)
    assert r.sat(TAB, r.VG, t) == pytest.approx(1 / PropsSI("D", "T", t + 273.15, "Q", 1, "R134a"), rel=5e-4)
    assert r.sat_temp(TAB, r.sat(TAB, r.P, t)) == pytest.approx(t, abs=1e-6)


@given(st.floats(-40, 80), st.floats(0.02, 0.98), st.floats(-60, 100))
@settings(max_examples=100, deadline=None)
def test_flash_finds_the_state_from_any_guess(t, x, guess):
    v = r.sat(TAB, r.VL, t) + x * (r.sat(TAB, r.VG, t) - r.sat(TAB, r.VL, t))
    u = r.sat(TAB, r.UL, t) + x * (r.sat(TAB, r.UG, t) - r.sat(TAB, r.UL, t))
    found, t_sat, p, quality = r.flash(TAB, 0.05 / v, u * 0.05 / v, 0.05, guess)
    assert found == pytest.approx(t, abs=1e-4)
    assert t_sat == found
    assert quality == pytest.approx(x, abs=1e-4)
    assert p == pytest.approx(r.sat(TAB, r.P, t), rel=1e-5)


@given(st.floats(-40, 25), st.floats(1, 40))
@settings(max_examples=50, deadline=None)
def test_dry_gas_is_near_the_real_gas(t_sat, superheat):
    p = PropsSI("P", "T", t_sat + 273.15, "Q", 1, "R134a")
    v = 1 / PropsSI("D", "T", t_sat + superheat + 273.15, "P", p, "R134a")
    u = PropsSI("U", "T", t_sat + superheat + 273.15, "P", p, "R134a")
    found, _, pressure, quality = r.flash(TAB, 0.05 / v, u * 0.05 / v, 0.05, t_sat)
    assert quality > 1
    assert pressure == pytest.approx(p, rel=0.08)
    assert found == pytest.approx(t_sat + superheat, abs=6.0)


def test_liquid_full_vessel_is_a_spring():
    v = r.sat(TAB, r.VL, 20.0)
    mass = 0.03 / v * 1.02
    _, _, p, quality = r.flash(TAB, mass, mass * r.sat(TAB, r.UL, 20.0), 0.03, 20.0)
    assert quality < 0
    assert p == pytest.approx(r.sat(TAB, r.P, 20.0) + 0.02 * 3e7, rel=0.01)


def test_damaged_cache_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(r, "cache_dir", lambda: tmp_path)
    (tmp_path / f"r134a-v{r.VERSION}.npz").write_bytes(b"half a file")
    monkeypatch.setattr(r, "_compute", lambda: TAB.copy())
    assert np.array_equal(r.table(), TAB)
    monkeypatch.setattr(r, "_compute", lambda: 1 / 0)
    assert np.array_equal(r.table(), TAB)
    assert [p.name for p in tmp_path.iterdir()] == [f"r134a-v{r.VERSION}.npz"]
