"""What the pressures after the clutch say about the reversing valve."""

from types import SimpleNamespace

import pytest
from ghp.control.valve_proof import UNKNOWN, WRONG, ValveProof
from ghp.sensing.readings import GOOD, OPEN, RANGE

PSI_PA = 6895


class Bench:
    """A proof whose valve must slide, and the pressure difference it looks at twice a second."""

    def __init__(self, standing_psi):
        self.high = SimpleNamespace(quality=GOOD, scaled=0)
        self.low = SimpleNamespace(quality=GOOD, scaled=800000)
        readings = SimpleNamespace(discharge_pressure=self.high, suction_pressure=self.low)
        self.proof = ValveProof(readings, None, None)
        self.now_ms = 0
        self.show(standing_psi)
        self.proof.begin(False, True, True, self.now_ms)

    def show(self, psi):
        self.high.scaled = self.low.scaled + int(psi * PSI_PA)

    def slides(self, *differences_psi):
        for psi in differences_psi:
            self.now_ms += 500
            self.show(psi)
            self.proof.update(self.now_ms)
        return self.proof.slid


def test_a_warm_exchanger_on_the_suction_side_is_no_slide():
    assert not Bench(-17.5).slides(-17.5, -16.0, -9.0, 2.0, 16.0, 28.0)


@pytest.mark.parametrize("seen", [(10.0, 27.0, 12.0), (12.0, 16.0, -8.0), (10.0, -6.0)])
def test_a_fall_of_the_difference_is_a_slide_and_so_is_one_between_two_looks(seen):
    assert Bench(0.0).slides(*seen)


def test_noise_about_zero_is_no_slide():
    assert not Bench(-4.0).slides(-5.5, -4.0, -6.0, -3.0)


def test_in_the_cold_a_difference_that_stays_above_the_slide_tells_without_reaching_its_summer_level():
    bench = Bench(0.0)
    assert not bench.slides(10.0, 25.0, 34.0, *[38.0] * 11)
    assert bench.proof.verdict == UNKNOWN
    bench.slides(38.0, 38.0)
    assert bench.proof.verdict == WRONG and bench.proof.evidence == "pressure difference grows without a slide"
    bench = Bench(0.0)
    assert bench.slides(10.0, 25.0, *[38.0] * 8, 20.0) and bench.proof.verdict == UNKNOWN


@pytest.mark.parametrize(("quality", "seen"), [(RANGE, True), (OPEN, False)])
def test_a_slide_that_takes_the_suction_above_its_transducer_is_seen_and_a_broken_wire_is_none(quality, seen):
    bench = Bench(0.0)
    bench.low.scaled = 1055000
    bench.slides(54.0)
    bench.low.quality = quality  # a coil of 1440 kPa is on the suction side now
    bench.low.scaled = 1375000
    bench.high.scaled = 1375000
    bench.now_ms += 500
    bench.proof.update(bench.now_ms)
    assert bench.proof.slid is seen


@pytest.mark.parametrize(("ambient_c", "wrong"), [(-17.0, False), (-2.0, True)])
def test_a_flooded_coil_that_still_warms_up_from_the_cold_air_is_on_no_wrong_side(ambient_c, wrong):
    water = SimpleNamespace(quality=GOOD, scaled=40000)
    probes = {"entering_water": water, "condenser_water": SimpleNamespace(quality=OPEN, scaled=0)}
    for name, value in (("discharge_pressure", 200000), ("suction_pressure", 190000), ("coil_temp", -12000)):
        probes[name] = SimpleNamespace(quality=GOOD, scaled=value)
    probes["ambient_temp"] = SimpleNamespace(quality=GOOD, scaled=int(ambient_c * 1000))
    derived = SimpleNamespace(condensing_c=-10.0, evaporating_c=-11.0)
    duty = SimpleNamespace(mode=0, leaving=lambda: water)
    proof = ValveProof(SimpleNamespace(**probes), derived, duty)
    proof.begin(True, False, False, 0)  # the coil condenses for a defrost
    for now_ms in range(0, 90000, 500):
        proof.update(now_ms)
    assert (proof.verdict == WRONG) is wrong
