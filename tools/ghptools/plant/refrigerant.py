"""R-134a: saturation table (made by CoolProp once, cached on disk) and the flash of a vessel.

The table runs from −60 to 100 °C in 0.5 K; between its points everything is linear. Outside the two-phase
dome the vessel model is deliberately simple: dry gas follows its dew point (p = p_sat(T_dew)·T/T_dew), and an
overfull vessel is a stiff spring (3e7 Pa per unit of overfill).
"""

import os
import tempfile

import numpy as np

from ghptools.plant.jit import cache_dir, kernel

T_MIN = -60.0  # °C
T_MAX = 100.0  # °C, below the critical point at 101.06 °C
STEP = 0.5  # K
COUNT = 321
KELVIN = 273.15

# rows of the table
P = 0  # saturation pressure, Pa
VL = 1  # liquid volume, m³/kg
VG = 2  # vapour volume, m³/kg
UL = 3  # liquid internal energy, J/kg
UG = 4  # vapour internal energy, J/kg
HL = 5  # liquid enthalpy, J/kg
HG = 6  # vapour enthalpy, J/kg
CP = 7  # mean heat capacity of vapour from saturation to +15 K, J/(kg·K)
BETA = 8  # relative growth of vapour volume per K of superheat, 1/K
CPL = 9  # heat capacity of saturated liquid, J/(kg·K)
ROWS = 10

CV_GAS = 755.0  # J/(kg·K), superheated vapour at a dew point of 0 °C
CV_SLOPE = 3.4  # J/(kg·K) more per K of dew point
SPRING = 3.0e7  # Pa per unit overfill of a liquid-full vessel
VERSION = 2


def _compute() -> np.ndarray:
    from CoolProp.CoolProp import PropsSI  # noqa: PLC0415  (slow to import, needed once per machine)

    fluid = "R134a"
    table = np.empty((ROWS, COUNT))
    for i in range(COUNT):
        t = T_MIN + STEP * i + KELVIN
        p = PropsSI("P", "T", t, "Q", 1, fluid)
        rho_g = PropsSI("D", "T", t, "Q", 1, fluid)
        h_g = PropsSI("H", "T", t, "Q", 1, fluid)
        table[:, i] = (
            p,
            1.0 / PropsSI("D", "T", t, "Q", 0, fluid),
            1.0 / rho_g,
            PropsSI("U", "T", t, "Q", 0, fluid),
            PropsSI("U", "T", t, "Q", 1, fluid),
            PropsSI("H", "T", t, "Q", 0, fluid),
            h_g,
            (PropsSI("H", "T", t + 15.0, "P", p, fluid) - h_g) / 15.0,
            (rho_g / PropsSI("D", "T", t + 15.0, "P", p, fluid) - 1.0) / 15.0,
            PropsSI("C", "T", t, "Q", 0, fluid),
        )
    return table


def table() -> np.ndarray:
    """The saturation table, ``ROWS`` × ``COUNT``; computed and stored when it is missing or damaged."""
    path = cache_dir() / f"r134a-v{VERSION}.npz"
    try:
        with np.load(path) as stored:
            rows = stored["rows"]
        if rows.shape == (ROWS, COUNT) and np.isfinite(rows).all():
            return np.ascontiguousarray(rows)
    except (OSError, ValueError, KeyError, EOFError):
        pass
    rows = _compute()
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    with os.fdopen(handle, "wb") as out:
        np.savez(out, rows=rows)
    os.replace(temporary, path)
    return rows


@kernel
def sat(tab, row, t):
    """Property ``row`` at saturation temperature ``t`` °C (held at the ends of the table)."""
    f = (t - T_MIN) / STEP
    if f < 0.0:
        f = 0.0
    elif f > COUNT - 1.001:
        f = COUNT - 1.001
    i = int(f)
    a = tab[row, i]
    return a + (f - i) * (tab[row, i + 1] - a)


@kernel
def _find(tab, row, value, rising):
    """Temperature at which the monotonic property ``row`` equals ``value``, °C, by bisection."""
    lo = 0
    hi = COUNT - 1
    while hi - lo > 1:
        mid = (lo + hi) >> 1
        if (tab[row, mid] <= value) == rising:
            lo = mid
        else:
            hi = mid
    a = tab[row, lo]
    f = (value - a) / (tab[row, hi] - a)
    if f < 0.0:
        f = 0.0
    elif f > 1.0:
        f = 1.0
    return T_MIN + STEP * (lo + f)


@kernel
def sat_temp(tab, p):
    """Saturation temperature at pressure ``p`` Pa, °C."""
    return _find(tab, P, p, True)


@kernel
def gas_temp(tab, t_sat, h):
    """Temperature of vapour with enthalpy ``h`` at the pressure of ``t_sat``; never below saturation, °C."""
    t = t_sat + (h - sat(tab, HG, t_sat)) / sat(tab, CP, t_sat)
    return max(t_sat, min(t, 250.0))


@kernel
def gas_cv(t_dew):
    """Heat capacity of superheated vapour at constant volume, J/(kg·K), by its dew point °C."""
    return CV_GAS + CV_SLOPE * t_dew


@kernel
def flash(tab, mass, energy, volume, t_guess):
    """State of a vessel: (temperature °C, saturation temperature °C, pressure Pa, quality).

    Solves u(T, v) = U/M. Quality below 0 means liquid-full, above 1 dry; temperatures are held to the
    table's range, which no healthy or faulty machine leaves for more than a moment.
    """
    v = volume / mass
    u = energy / mass
    t = min(max(t_guess, T_MIN), T_MAX)
    x = 0.5
    for _ in range(40):
        f = (t - T_MIN) / STEP
        i = min(max(int(f), 0), COUNT - 2)
        r = f - i
        dvl = tab[VL, i + 1] - tab[VL, i]
        dvg = tab[VG, i + 1] - tab[VG, i]
        dul = tab[UL, i + 1] - tab[UL, i]
        dug = tab[UG, i + 1] - tab[UG, i]
        vl = tab[VL, i] + r * dvl
        ul = tab[UL, i] + r * dul
        vlg = tab[VG, i] + r * dvg - vl
        ulg = tab[UG, i] + r * dug - ul
        x = (v - vl) / vlg
        error = ul + x * ulg - u
        dx = -(dvl + x * (dvg - dvl)) / vlg
        slope = (dul + dx * ulg + x * (dug - dul)) / STEP
        if slope < 100.0:
            slope = 100.0
        change = min(max(error / slope, -20.0), 20.0)
        t -= change
        if t <= T_MIN or t >= T_MAX:
            t = min(max(t, T_MIN), T_MAX)
        if abs(change) < 1e-7:
            break
    if x > 1.0:
        v_max = tab[VG, 0]
        if v > v_max:
            t_dew = T_MIN
            p = tab[P, 0] * v_max / v
        else:
            t_dew = _find(tab, VG, v, False)
            p = sat(tab, P, t_dew)
        t = t_dew + (u - sat(tab, UG, t_dew)) / gas_cv(t_dew)
        t = min(max(t, T_MIN), 200.0)
        p *= (t + KELVIN) / (t_dew + KELVIN)
        return t, sat_temp(tab, p), p, max(x, 1.0 + 1e-9)
    if x < 0.0:
        t = _find(tab, UL, u, True)
        p = sat(tab, P, t) + SPRING * max(sat(tab, VL, t) / v - 1.0, 0.0)
        return t, t, p, x
    return t, t, sat(tab, P, t), x
