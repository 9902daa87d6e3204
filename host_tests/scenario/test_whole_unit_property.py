"""The whole unit on the simulated plant: any sequence of demands, contacts, clock jumps, resets and faults.

Never both water valves open, never a reversal outside its rules, never more than the allowed starts and changeovers,
and always a defined end: every run is judged by the invariants and by `whole_unit.findings`.  More of them, other ones
each time: pytest --hypothesis-profile=hunt host_tests/scenario/test_whole_unit_property.py
"""

import pytest
import whole_unit
from ghp.control import arbiter, changeover
from ghp.control import changeover_states as steps
from ghp.control import duty as duties
from ghp.control.water import Water
from hypothesis import given, note, settings

# A run takes about five seconds of processor time.
EXAMPLES = settings().max_examples // 20


def _both_waters(minutes, calls):
    """Return a decent run in which the modes of `calls` [(s, mode)] are asked for."""
    tables = {
        "start": {"tank_c": 50, "chilled_c": 12, "ambient_c": 25, "engine_c": 75},
        "settings": {"mode": "heat", "hot_setpoint_c": "140F", **whole_unit.SETTINGS},
        "world": {"ambient_c": 25, "hot_load_w": 200e3, "chilled_load_w": 100e3, "call_heat": 1, "call_cool": 1},
    }
    return whole_unit.text(minutes, tables, [(at, {"console": f"set mode {mode}"}) for at, mode in calls])


ONE_CHANGE = _both_waters(20, [(590, "cool")])
BOTH_WATERS = _both_waters(32, [(590, "cool"), (1210, "heat")])


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(whole_unit.scenarios())
def test_whatever_happens_the_unit_keeps_its_rules_and_comes_to_an_end(text):
    found, session = whole_unit.findings(text)
    note(f"why: {session.reasons}")
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_a_run_that_changes_over_passes():
    found, session = whole_unit.findings(BOTH_WATERS)
    assert found == [] and session.telemetry("changeovers_asked") == 2


@pytest.mark.slow
def test_a_pump_on_while_the_valve_travels_is_found(monkeypatch):
    def forgets_to_stand_still(self, now_ms, dt_s, healthy=Water.update):
        self._duty.pumps = duties.PUMPS_AUTO
        healthy(self, now_ms, dt_s)

    monkeypatch.setattr(Water, "update", forgets_to_stand_still)
    _plant(monkeypatch, steps.SETTLE, _travels_at_once)
    assert {"water_valve_order", "water_valve_between"} <= _names(ONE_CHANGE)


def _plant(monkeypatch, state, step):
    """Let a state of the changeover do `step` instead of its own."""
    planted = list(changeover._STEPS)
    planted[state] = step
    monkeypatch.setattr(changeover, "_STEPS", tuple(planted))


def _travels_at_once(self, now_ms):
    self.water = self.target
    self._enter(steps.TRAVEL, now_ms)


@pytest.mark.slow
def test_forgotten_rations_are_found(monkeypatch):
    monkeypatch.setattr(arbiter.Arbiter, "_refusal", lambda _self, _target, _mode: arbiter.SERVED)
    calls = [(at, mode) for at, mode in zip(range(250, 2000, 400), ("cool", "heat") * 3, strict=False)]
    assert "changeovers_per_hour" in _names(_both_waters(36, calls))


@pytest.mark.slow
def test_a_wait_without_an_end_is_found(monkeypatch):
    _plant(monkeypatch, steps.CHECK, lambda self, _now_ms: setattr(self, "may_run", False))
    assert "no end" in _names(BOTH_WATERS)


@pytest.mark.slow
def test_a_reversal_against_pressure_is_found(monkeypatch):
    monkeypatch.setattr(changeover.Changeover, "_unloading", _turns_at_once)
    assert "reversing_valve" in _names(BOTH_WATERS)


def _turns_at_once(self, now_ms):
    self._turn_pilot(self._pilot_for(self.target))
    self._enter(steps.EQUALISE, now_ms)


def _names(text):
    """Return what is found in the run, each by its first words."""
    return {line.partition(" broke")[0].partition(":")[0] for line in whole_unit.findings(text)[0]}
