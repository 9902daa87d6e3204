"""The ladder of stages, and what speed and unloader amount to in capacity.

Per cent everywhere means: of the loaded compressor at 3000 rpm.
"""

from math import sqrt

from micropython import const

from ghp.blocks.control import clamp

LADDER_RPM = (1200, 1200, 1500, 1800, 2100, 2400, 2700, 3000)  # stage 0 runs unloaded
TOP = const(7)

# Capacity over speed at 47 F: 461, 664, 848, 983, 1173 kBtu/h at 1000, 1500, 2000, 2400, 3000 rpm (machine's
# rating) is n * (126.85 - 26.85 n) per cent with n = rpm / 3000, within 0.5.  Chilling falls off a little more with
# speed (30.3, 41.7, 50.8, 58.0 tons at 1200, 1800, 2400, 3000 rpm); the same curve serves, because what full
# capacity is worth is learned where the machine runs.
_A = 126.85
_B = 26.85
UNLOADED_SHARE = 0.54  # half of the refrigerant's heat, a little more than half of the engine's


def loaded_pct(rpm):
    """Return the loaded capacity in per cent at `rpm`."""
    n = rpm / 3000
    return n * (_A - _B * n)


def rpm_for(pct):
    """Return the loaded speed for a capacity of 0..100 %."""
    return 3000.0 * (_A - sqrt(_A * _A - 4.0 * _B * clamp(pct, 0.0, 100.0))) / (2.0 * _B)


def bounded(rpm, unloaded, most_pct):
    """Return (rpm, unloaded) taken down to `most_pct`: by the speed first, by the unloader at the least loaded speed."""
    if not unloaded and most_pct >= STAGE_PCT[1]:
        most_rpm = int(rpm_for(most_pct))
        return rpm if rpm < most_rpm else most_rpm, False
    most_rpm = int(rpm_for(most_pct / UNLOADED_SHARE))
    return rpm if rpm < most_rpm else most_rpm, True


MIN_PCT = UNLOADED_SHARE * loaded_pct(LADDER_RPM[0])
EMPTYING_PCT = UNLOADED_SHARE * loaded_pct(1500)
STAGE_PCT = tuple([MIN_PCT] + [loaded_pct(rpm) for rpm in LADDER_RPM[1:]])


def stage_for(rpm):
    """Return the loaded stage that runs at `rpm` or just below it."""
    stage = 1
    while stage < TOP and LADDER_RPM[stage + 1] <= rpm:
        stage += 1
    return stage
