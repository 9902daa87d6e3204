"""main.py: whatever ends the unit, the outputs are made safe before the prompt has the board."""

import runpy
import sys
import types
from pathlib import Path

import pytest

MAIN = Path(__file__).resolve().parents[2] / "firmware" / "main.py"


class Ended(BaseException):
    """Passes every `except Exception`, as KeyboardInterrupt and SystemExit do."""


@pytest.mark.parametrize("where", ["build", "run"])
def test_outputs_are_safe_after_whatever_ended_the_unit(monkeypatch, where):
    safe = []
    board = types.ModuleType("board")
    board.build = object()
    board.make_safe = lambda: safe.append(True)
    bootflag = types.ModuleType("ghp.drivers.bootflag")
    bootflag.take_request = lambda: False
    bootflag.restless = lambda: None
    drivers = types.ModuleType("ghp.drivers")
    drivers.bootflag = bootflag

    class Unit:
        def __init__(self, build):
            assert build is board.build
            if where == "build":
                raise Ended

        def run(self):
            raise Ended

    selfcheck = types.ModuleType("ghp.selfcheck")
    selfcheck.wrong = lambda: None
    selfcheck.forget = lambda: None
    monkeypatch.setattr("ghp.selfcheck", selfcheck, raising=False)
    unit = types.ModuleType("ghp.unit")
    unit.Unit = Unit
    for module in (board, bootflag, drivers, selfcheck, unit):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    with pytest.raises(Ended):
        runpy.run_path(str(MAIN))
    assert safe == [True]
