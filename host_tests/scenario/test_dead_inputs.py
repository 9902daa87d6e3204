"""Every input dead, in the middle of a start, while warming up and at work: a defined end in finite time.

Defined: the unit runs on without it, or stands with gas and starter off; no invariant breaks on the way.
"""

from pathlib import Path

import pytest
from ghptools.plant import signals
from ghptools.scenario import loader, runner

SCENARIO = """
title = "{target} dead"
duration = "6min"
[start]
tank = "105F"
engine = "170F"
[settings]
mode = "heat"
hot_setpoint_c = "140F"
stop_to_start_s = 60
cooldown_s = 30
pumpdown_s = 15
[world]
hot_load = "100kW"
[[timeline]]
name = "dead"
when = {{ signal = "fw.state", above = {above}, for = "{hold}" }}
inject = {{ target = "{target}", kind = "{kind}"{more} }}
"""
# ghp.control.states: 5 cranking with gas, 9 warming up, 12 running
STATES = {"cranking": (4.5, "0s"), "warming up": (8.5, "5s"), "running": (11.5, "15s")}
RUNNING = 12.0

ANALOG = [name for name in signals.ANALOG_SENSORS if not name.startswith("chilled")]
CONTACTS = (
    "safety_chain",
    "high_pressure_switch",
    "emergency_stop",
    "flow_switch_hot",
    "gas_pressure_switch",
    "remote_enable",
)
FAULTS = (
    [(name, "open", "") for name in ANALOG]
    + [(name, "lost", ", fraction = 1") for name in ("engine_revs", "gas_meter", "hot_flow")]
    + [(name, "stuck", ", value = 0") for name in CONTACTS]
)


@pytest.mark.slow
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("target", "kind", "more"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_dead_input_has_a_defined_end(target, kind, more, state):
    above, hold = STATES[state]
    text = SCENARIO.format(target=target, kind=kind, more=more, above=above, hold=hold)
    result = runner.Session(loader.parse(text, Path("dead.toml"), runner.telemetry_fields())).run()
    assert "dead" in result.happened, f"the unit never came to {state}"
    assert not result.invariants
    last = result.trace.rows[-1]
    value = {
        name: last[result.columns.place(name)]
        for name in ("fw.state", "running", "cmd.gas_valve", "cmd.starter", "cmd.clutch")
    }
    stands = value["fw.state"] == 0.0 and not (
        value["running"] or value["cmd.gas_valve"] or value["cmd.starter"] or value["cmd.clutch"]
    )
    runs = value["fw.state"] == RUNNING and value["running"] == 1.0
    assert stands or runs, value
