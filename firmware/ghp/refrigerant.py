"""R-134a saturation: pressure to temperature and back.

Polynomials in the fourth root of pressure, fitted to the reference equation of state between -40 and 85 C:
within 0.005 K (temperature) and 0.003 K (pressure) of it in double precision.  Two square roots, no
logarithm, finite at p = 0; single precision adds less than 0.01 K.
"""

from math import sqrt

LOW_C = -60.0
HIGH_C = 100.0


def saturation_c(pressure_kpa):
    """Return the saturation temperature in C for an absolute pressure in kPa (clamped to LOW_C..HIGH_C)."""
    if pressure_kpa <= 0.0:
        return LOW_C
    u = sqrt(sqrt(pressure_kpa)) - 5.01487
    t = 23.3034659 + u * (26.4391358 + u * (-0.0446132987 + u * (0.0494520615 - u * 0.0186563366)))
    if t < LOW_C:
        return LOW_C
    return t if t < HIGH_C else HIGH_C


def saturation_kpa(temperature_c):
    """Return the absolute saturation pressure in kPa for a temperature in C (clamped to LOW_C..HIGH_C)."""
    if temperature_c < LOW_C:
        temperature_c = LOW_C
    elif temperature_c > HIGH_C:
        temperature_c = HIGH_C
    z = (temperature_c - 22.5) / 62.5
    q = 4.98443354 + z * (2.36313047 + z * (0.0112323507 + z * (-0.0234450583 + z * 0.0192016789)))
    q = q * q
    return q * q
