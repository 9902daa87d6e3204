"""One transfer that a bus lost, and the ten seconds to settle after it, begin nothing and end nothing."""

import pytest
from asking_bench import COOL
from asking_bench import Bench as Asking
from ghp.control import changeover_states as steps
from ghp.control import duty as duties
from ghp.control import peak
from ghp.control.arbiter import COOL as WANTS_COOL
from ghp.control.arbiter import HEAT as WANTS_HEAT
from ghp.control.duty import COOLING
from ghp.control.expansion import VALVE_START
from ghp.image import RAW_OK
from ghp.protection import limits
from ghp.refrigerant import saturation_c, saturation_kpa
from ghp.sensing.readings import NO_ANSWER, SETTLING
from shift_bench import Bench as Shift
from thermal_parts import Parts


def lost(parts, *names, scans=21):
    """A transfer is lost, and what it brought settles."""
    parts.bad(*names, quality=NO_ANSWER).scan()
    for name in names:
        getattr(parts.readings, name).quality = SETTLING
    return parts.scan(scans - 1)


def test_the_peak_contact_goes_on_and_no_edge_gives_the_machine_to_the_other_water():
    bench = Asking("2026-01-15 03:00", scan_ms=500, mode=3)
    bench.contact(peak_signal=1)
    bench.run(10)
    bench.readings.peak_signal.quality = NO_ANSWER  # its level stays as it was until the debounce has decided
    bench.run()
    assert bench.peak.way == peak.CONTACT and bench.peak.edge == 0


def test_hot_air_stays_hot_until_it_has_not_been_known_for_ten_minutes():
    bench = Asking("2026-07-15 09:00", scan_ms=500, mode=3, peak_windows=0)
    bench.contact(call_cool=1)
    bench.temp(ambient_temp=36.0)
    bench.run(10)
    bench.temp(ambient_temp=34.5)
    bench.run(10)
    assert bench.peak.way == peak.AMBIENT
    bench.temp(ambient_temp=None)
    bench.run(590)
    assert bench.peak.way == peak.AMBIENT
    bench.run(20)
    assert bench.peak.way == peak.NO_PEAK


def test_heat_that_was_wanted_stays_wanted_and_a_dead_probe_ends_it():
    parts = Parts(hot_setpoint_c=60.0)
    parts.engine.rest()
    parts.put(leaving_water=50.0).scan(3)
    assert lost(parts, "leaving_water").demand.run_wanted
    parts.put(leaving_water=50.0).scan()
    parts.bad("leaving_water").scan(32)
    assert not parts.demand.run_wanted


def test_so_does_cold():
    bench = Asking(scan_ms=500, mode=2, cooling=True)
    bench.obeys = False  # parked, or on the way up
    assert bench.run(10) == COOL
    bench.temp(chilled_leaving=None)
    assert bench.run(12) == COOL
    bench.run(5)
    assert not bench.cool.run_wanted


@pytest.mark.parametrize("name, after", [("suction_temp", False), ("suction_pressure", True)])
def test_an_evaporator_full_of_liquid_stays_full(name, after):
    parts = Parts().put(suction_pressure=200.0, discharge_pressure=200.0, suction_temp=saturation_c(200.0))
    parts.engine.rest()
    parts.engine.valve_mode = VALVE_START

    def look():
        parts.derived.update(parts.now_ms, 0.5)
        parts.expansion.update(parts.now_ms, 0.5)
        parts.now_ms += 500

    look()
    look()
    assert parts.expansion.full
    if not after:
        parts.bad(name, quality=NO_ANSWER)
    look()
    parts.engine.clutch_in = True
    parts.engine.since_clutch_ms = 2000
    if after:
        parts.bad(name, quality=NO_ANSWER)
    look()
    assert parts.expansion.full and parts.expansion.position == 0.0


def test_low_superheat_eases_as_early_as_without_the_gap():
    parts = Parts()
    parts.engine.since_clutch_ms = 600000

    def judged(seconds):
        for _ in range(int(2 * seconds)):
            parts.derived.update(parts.now_ms, 0.5)
            parts.setpoint.update(parts.now_ms, 0.5)
            parts.limits.update(parts.now_ms, 0.5, 90.0)
            parts.now_ms += 500
        return parts.limits.levels[limits.SUPERHEAT]

    parts.put(suction_temp=-1.5)
    judged(15)
    parts.bad("suction_temp", quality=NO_ANSWER)
    assert judged(10) == limits.FREE
    parts.put(suction_temp=-1.5)
    assert judged(6) == limits.EASE


def test_chilling_fans_stay_as_they_are():
    parts = Parts()
    parts.duty.mode = duties.COOLING
    parts.put(ambient_temp=15.0, discharge_pressure=saturation_kpa(30.0)).scan(400)
    before = parts.fans.air_fans
    assert before < 6.0
    lost(parts, "discharge_pressure", scans=3)
    assert parts.fans.air_fans == pytest.approx(before, abs=0.2)


def test_cold_air_excuses_a_low_suction_for_ten_minutes_more():
    parts = Parts().put(ambient_temp=-17.0).scan()
    excused = parts.limits._cold_pa(parts.now_ms)
    assert excused > 5000
    lost(parts, "ambient_temp")
    assert parts.limits._cold_pa(parts.now_ms) == excused
    parts.scan(1200)
    assert parts.limits._cold_pa(parts.now_ms) == 0


@pytest.mark.parametrize("late_ms", [0, 60, 100, 200, 400])
def test_a_late_scan_is_no_flow_that_fails(late_ms):
    """The scan after a late one comes early: the meter's own time counts, not the nominal one."""
    parts = Parts()
    flow = parts.readings.hot_flow
    image = parts.image
    image.pulses_status[flow.index] = RAW_OK
    now_ms, pulses = 0.0, 0
    for late in (0, 0, 0, 0, late_ms, 0, 0):
        now_ms += 500
        seen_ms = now_ms + late
        pulses = int(seen_ms * flow.pulses_per_unit * 5 / 1000)
        image.pulses[flow.index] = pulses
        image.pulses_at_us[flow.index] = int(seen_ms * 1000)
        flow.update(image, int(seen_ms))
        parts.derived.update(int(seen_ms), 0.5)
        if now_ms > 1500:
            assert parts.derived.flow_now_mlps == pytest.approx(5000, rel=0.06)


def test_a_changeover_is_not_given_up():
    bench = Shift().running(WANTS_HEAT)
    bench.wish = WANTS_COOL
    bench.until(lambda: bench.changeover.state == steps.PLATE and bench.engine.parked, 900)
    begun = bench.now
    wait_ms = bench.changeover._limits[steps.PLATE]
    bench.until(lambda: bench.now - begun >= wait_ms - 3000, 300)
    bench.bad |= {"condenser_water", "chilled_leaving", "leaving_water"}
    bench.seconds(10)
    assert bench.changeover.state == steps.PLATE and not bench.changeover.failure
    bench.bad.clear()
    bench.until(lambda: bench.changeover.state == steps.TEMPER, 20)


def test_the_recovery_valve_stays_where_it_is():
    parts = Parts().put(coolant_temp=82.0).scan(40)
    before = parts.heat.recovery_pct
    assert before < 90.0
    lost(parts, "coolant_temp")
    assert parts.heat.recovery_pct == pytest.approx(before, abs=6.0)


@pytest.mark.parametrize("name", ["leaving_water", "entering_water"])
def test_the_hot_pump_keeps_its_speed(name):
    parts = Parts(hot_setpoint_c=60.0).scan()
    parts.water.speed_pct = 45.0
    parts.put(leaving_water=60.0, entering_water=52.2).scan()
    before = parts.water.speed_pct
    lost(parts, name)
    assert parts.water.speed_pct == before
    parts.bad(name).scan(60)
    assert parts.water.speed_pct == parts.settings.fixed_flow_pct  # a dead probe: what commissioning has made sufficient


@pytest.mark.parametrize("name", ["leaving_water", "entering_water"])
def test_a_tank_that_takes_heat_while_chilling_goes_on_taking_it(name):
    parts = Parts(hot_setpoint_c=60.0)
    parts.duty.mode = COOLING
    parts.put(leaving_water=60.5, entering_water=57.0).scan(3)
    assert parts.water.takes_heat
    lost(parts, name)
    assert parts.water.takes_heat and parts.outputs.pump_hot.commanded
    parts.bad(name).scan(32)
    assert not parts.water.takes_heat
