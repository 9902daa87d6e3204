"""The console on kept settings and on hands: `settings changed`, `settings default`, `service`, `hand`."""

from struct import pack
from types import SimpleNamespace

import pytest
from ghp import settings as table
from ghp.console import kept
from unit.test_console_commands import Talk
from unit.test_console_unit import Bench


@pytest.fixture
def talk():
    made = Talk()
    made.unit.settings.taken = True  # a memory was there, and blank
    return made


def test_changed_lists_what_differs_and_default_puts_it_back(talk):
    assert talk.say("@settings changed") == ["#key,value,default", "@ok"]
    talk.say("set hot_setpoint_c 150F")
    talk.say("set crank_attempts 2")
    lines = talk.say("settings changed")
    assert len(lines) == 3 and "hot_setpoint_c" in lines[1] and "150.0 F" in lines[1] and "140.0 F" in lines[1]
    assert talk.say("settings default hot_setpoint_c")[0].split() == ["hot_setpoint_c", "140.0", "F"]
    assert [line.split(",")[0] for line in talk.say("@settings changed")[1:-1]] == ["crank_attempts"]
    assert len(talk.unit.settings.kept) == 10


def test_a_default_that_does_not_go_with_the_rest_is_refused_and_all_is_only_for_standstill(talk):
    talk.say("set discharge_temp_hold_c 80C")
    talk.say("set discharge_temp_unload_c 85C")
    before = talk.values()
    assert "must be at most" in talk.say("settings default discharge_temp_hold_c")[0]
    assert "no setting" in talk.say("settings default discharge_tmp_hold_c")[0]
    assert "usage" in talk.say("settings default")[0]
    talk.unit.engine.standstill = False
    assert "not at standstill" in talk.say("settings default all")[0]
    assert talk.values() == before
    talk.unit.engine.standstill = True
    talk.unit.settings.taken = False
    assert "memory has not answered" in talk.say("settings default all")[0] and talk.values() == before
    talk.unit.settings.taken = True
    assert "2 put back" in talk.say("settings default all")[0]
    assert talk.unit.settings.kept == b"" and talk.say("@settings changed")[1] == "@ok"


def test_service_and_hand_answer_in_one_clear_line():
    bench = Bench()
    bench.board.set_wire("valve_at_hot", 1)
    bench.run(3000)
    assert "service refused: standstill" in bench.say("service on")[1]
    assert "service is not on" in bench.say("hand pump_hot 1")[1]
    bench.run(130000)
    assert "ends in 15:00" in bench.say("service on")[1]
    answer = bench.say("hand pump_coolant 1 300")
    assert answer[3].split()[:3] == ["pump_coolant", "on", "on"]
    for typed, word in (
        ("hand pump_colant 1", "did you mean"), ("hand throttle 120", "0 to 100 %"), ("hand pump_hot 1 0", "for 1 to 600 s"),
        ("hand pump_hot 1 x", "whole seconds"), ("hand pump_hot", "usage"), ("hand pump_radiator off", "no output"),
        ("hand radiator_fan off", "not by hand"), ("hand gas_valve 0", "off unless it is by hand"),
    ):  # fmt: skip
        answer = bench.say(typed)
        assert answer[1].startswith("error: ") and word in answer[1], answer
    assert len(bench.say("hand pump_coolant off")) == 4
    assert bench.say("service off")[1].split() == ["service", "off"]
    assert bench.unit.console.failures == 0 and bench.unit.failure is None and bench.unit.hand is None


def test_anybody_ends_service_but_only_a_technician_begins_it():
    bench = Bench()
    bench.board.set_wire("valve_at_hot", 1)
    bench.run(130000)
    bench.say("service on")
    bench.unit.settings.set("technician_pin", 4711)
    assert "needs the level technician" in bench.say("service on")[1]
    assert "needs the level technician" in bench.say("hand pump_coolant 1")[1]
    assert "on, ends in" in bench.say("service")[1]
    assert bench.say("service off")[1].split() == ["service", "off"] and bench.unit.hand is None
    assert bench.say("service on")[1] == "error: 'service on' needs the level technician: login PIN"
    bench.say("login 4711")
    assert "ends in 15:00" in bench.say("service on")[1]


def test_a_kept_pin_that_is_not_allowed_any_more_is_told_without_its_digits(talk):
    unit = talk.unit
    row = unit.settings.row("technician_pin")
    kept.take(unit.settings, pack(table.ENTRY, row[0], 87654321.0))
    unit.shelf = SimpleNamespace(torn=False, damaged=False)
    told = [*kept.greeting(unit), *talk.say("settings changed"), *talk.say("@settings changed")]
    assert sum("technician_pin" in line for line in told) == 3 and not any("87654321" in line for line in told)
    assert "the kept PIN is not allowed here (4 to 7 digits, or 0 for none); none is in force" in told[0]
