"""What the pressures after the clutch say about the reversing valve."""

from types import SimpleNamespace

import pytest
from ghp.control.valve_proof import RIGHT, UNKNOWN, WRONG, ValveProof
from ghp.sensing.readings import GOOD, OPEN, RANGE

PSI_PA = 6895


class Bench:
    """A proof whose valve must slide, and the pressure difference it looks at twice a second."""

    def __init__(self, standing_psi):
        self.high = SimpleNamespace(quality=GOOD, scaled=0)
        self.low = SimpleNamespace(quality=GOOD, scaled=800000)
        bad = SimpleNamespace(quality=OPEN, scaled=0)
        readings = SimpleNamespace(
            discharge_pressure=self.high, suction_pressure=self.low, entering_water=bad, condenser_water=bad
        )
        self.proof = ValveProof(readings, None, SimpleNamespace(mode=0))
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


def test_pressures_that_had_changed_places_moved_it_before_anybody_looked():
    """Hot water joined the exchanger on the suction side at rest: the difference only grows, and the water must tell."""
    bench = Bench(-27.0)
    assert not bench.slides(-24.0, 20.0, 65.0, 84.0, 100.0) and bench.proof.verdict == UNKNOWN
    assert bench.slides(103.0, 115.0, 128.0, 134.0) and bench.proof.verdict == UNKNOWN
    bench = Bench(0.0)
    assert not bench.slides(20.0, 65.0, 84.0, 100.0, 103.0, 115.0, 128.0, 134.0) and bench.proof.verdict == WRONG


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


class Water:
    """A proof that looks at everything: heating in the cold by default, the valve believed to be at its place."""

    SHOWN = {
        "entering_water": 40.0, "condenser_water": 40.0, "leaving_water": 40.0, "chilled_entering": 12.0,
        "chilled_leaving": 12.0, "ambient_temp": 8.0, "coil_temp": 8.0,
    }  # fmt: skip

    def __init__(self, mode=0, coil_condenses=False, must_slide=False, strict=False, **shown):
        probes = {
            name: SimpleNamespace(quality=GOOD, scaled=int(celsius * 1000)) for name, celsius in (self.SHOWN | shown).items()
        }
        for name, kpa in (("discharge_pressure", 700), ("suction_pressure", 700)):
            probes[name] = SimpleNamespace(quality=GOOD, scaled=kpa * 1000)
        self.readings = SimpleNamespace(**probes)
        self.derived = SimpleNamespace(condensing_c=25.0, evaporating_c=25.0)
        leaving = self.readings.chilled_leaving if mode else self.readings.leaving_water
        self.proof = ValveProof(self.readings, self.derived, SimpleNamespace(mode=mode, leaving=lambda: leaving))
        self.proof.begin(coil_condenses, must_slide, strict, 0)
        self.now_ms = 0

    def run(self, seconds, condensing_c=None, evaporating_c=None, high_kpa=None, low_kpa=None, **shown):
        if condensing_c is not None:
            self.derived.condensing_c = condensing_c
            self.derived.evaporating_c = evaporating_c
        if high_kpa is not None:
            self.readings.discharge_pressure.scaled = high_kpa * 1000
            self.readings.suction_pressure.scaled = low_kpa * 1000
        for name, celsius in shown.items():
            getattr(self.readings, name).scaled = int(celsius * 1000)
        for _ in range(2 * seconds):
            self.now_ms += 500
            self.proof.update(self.now_ms)
        return self.proof.verdict, self.proof.evidence


HEATS = {"condensing_c": 42.0, "evaporating_c": -2.0, "high_kpa": 1070, "low_kpa": 270, "coil_temp": 2.0}
STAYED = {"condensing_c": 20.0, "evaporating_c": 5.0, "high_kpa": 600, "low_kpa": 350, "coil_temp": 16.0}


@pytest.mark.parametrize("probe", ["entering_water", "condenser_water"])
@pytest.mark.parametrize("shown", [-12.0, 0.0, 20.0, 60.0, 90.0])
def test_a_water_probe_that_stands_anywhere_does_not_condemn_a_valve_that_is_right(probe, shown):
    other = {"entering_water": "condenser_water", "condenser_water": "entering_water"}[probe]
    bench = Water(**{probe: shown})
    assert bench.run(120, **HEATS, **{other: 42.0}) == (RIGHT, "coil agrees")
    assert bench.proof.holds()


@pytest.mark.parametrize("shown", [-12.0, 0.0, 20.0, 60.0, 90.0])
@pytest.mark.parametrize("probe", ["entering_water", "condenser_water"])
def test_nor_does_it_hide_one_that_is_wrong(probe, shown):
    bench = Water(**{probe: shown})
    assert bench.run(80, **STAYED) == (WRONG, "saturation on the wrong side")


def test_a_coil_still_warm_from_its_melting_is_given_time_when_the_water_cannot_tell():
    bench = Water(must_slide=True, entering_water=60.0, ambient_temp=-12.0, coil_temp=24.0)
    bench.run(1, high_kpa=900, low_kpa=700)
    bench.run(70, condensing_c=38.0, evaporating_c=3.0, high_kpa=800, low_kpa=330, coil_temp=6.0)
    assert bench.proof.verdict == UNKNOWN
    assert bench.run(20, condensing_c=38.0, evaporating_c=-18.0, low_kpa=150, coil_temp=-14.0) == (RIGHT, "coil agrees")


@pytest.mark.parametrize("shown", [-12.0, 0.0, 60.0, 90.0])
def test_a_chilled_leaving_probe_that_stands_anywhere_does_not_either(shown):
    bench = Water(mode=1, coil_condenses=True, ambient_temp=30.0, coil_temp=30.0, chilled_leaving=shown)
    verdict = bench.run(
        120, condensing_c=42.0, evaporating_c=3.0, high_kpa=1070, low_kpa=330, coil_temp=36.0, chilled_entering=11.0
    )
    assert verdict == (RIGHT, "coil agrees")


@pytest.mark.parametrize("off_k", [-4.5, -2.5, 0.0, 2.5, 4.5])
def test_nor_does_one_that_is_a_little_off(off_k):
    """Two to five kelvin hid the fall of the chilled water: a healthy valve was locked out after three tries."""
    bench = Water(mode=1, coil_condenses=True, ambient_temp=30.0, coil_temp=30.0, chilled_entering=12.0, chilled_leaving=12.0 + off_k)
    verdict = bench.run(
        110, condensing_c=50.0, evaporating_c=3.0, high_kpa=1300, low_kpa=330, coil_temp=45.0, chilled_leaving=8.5 + off_k
    )
    assert verdict[0] == RIGHT


def test_chilled_water_that_does_not_get_colder_is_not_proven_by_the_coil():
    """A dead water valve: hot water's plate froze while the coil was warm and the chilled water stood still (campaign, seed 145)."""
    bench = Water(mode=1, coil_condenses=True, ambient_temp=18.0, coil_temp=18.0)
    verdict, _ = bench.run(200, condensing_c=32.0, evaporating_c=3.0, high_kpa=800, low_kpa=330, coil_temp=21.0)
    assert verdict == UNKNOWN


@pytest.mark.parametrize("other", ["coil", "pressures"])
def test_one_that_goes_wrong_after_the_clutch_is_outvoted_by_coil_or_pressures(other):
    seen = dict(HEATS)
    if other == "coil":
        seen.update(condensing_c=30.0, evaporating_c=10.0)
    else:
        seen.update(coil_temp=8.0)
    bench = Water()
    assert bench.run(100, **seen, condenser_water=30.0)[0] != WRONG
    bench = Water()
    assert bench.run(100, **STAYED, condenser_water=36.0) == (WRONG, "exchanger cools its water")


def test_one_that_stands_at_what_it_showed_leaves_it_to_the_coil():
    assert Water().run(80, **HEATS) == (RIGHT, "coil agrees")


def test_after_a_slide_nobody_saw_the_water_must_tell_unless_the_lift_does():
    bench = Water(must_slide=True)
    assert bench.run(40, **{**STAYED, "high_kpa": 700})[0] == WRONG
    bench = Water(must_slide=True)
    assert bench.run(40, **HEATS)[0] == UNKNOWN and bench.run(60) == (RIGHT, "coil agrees")


def test_a_coil_probe_alone_does_not_condemn_what_the_water_has_proven():
    bench = Water()
    bench.run(60, **HEATS, condenser_water=45.0)
    bench.run(1, coil_temp=60.0)
    assert bench.proof.verdict == RIGHT and bench.proof.coil_agrees() is False and bench.proof.holds()
    bench.run(1, condenser_water=40.0)
    assert not bench.proof.holds()
    bench.run(1, **STAYED, condenser_water=45.0)
    assert not bench.proof.holds()
