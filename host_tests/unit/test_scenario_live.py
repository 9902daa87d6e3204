"""The live view: what it draws, what keys do, and that it stays out of the way where there is no terminal."""

import io
import math
import re
import time
from pathlib import Path

import pytest
from ghptools import firmware_path
from ghptools.scenario import columns, live, loader, runner, schematic
from ghptools.scenario.keys import decode_keys
from rich.console import Console

SCENARIO = 'title = "A picture"\nduration = "1h"\n'


@pytest.fixture(autouse=True)
def _paths():
    firmware_path.ensure()


class Session:
    """A machine that stands where a test puts it."""

    def __init__(self, **values):
        self.values = {
            "leaving_c": 70.0,
            "engine_rpm": 2400.0,
            "compressor_rpm": 2400.0,
            "fuel": 1.0,
            "hot_flow_lps": 6.0,
            **values,
        }
        self.names = columns.Columns(("state", "alarms"))
        self.time_s = 600.0
        self.gestures = []
        self.speeds = []
        self.typed = []
        self.host = self.timeline = self.knob = self.console = self

    def value(self, name):
        self.names.place(name)  # a name that is no column must fail here too
        return self.values.get(name, 1.0)

    def telemetry(self, name):
        return {"state": 13.0, "alarms": 0.0, "setpoint_c": 71.1, "speed_target_rpm": 2400.0}.get(name)

    def display(self):
        return bytes([0xFF] * 128 + [0] * 896)

    def do(self, gestures, _now_ms):
        self.gestures += gestures

    def ask(self, line, answer):
        self.typed.append(line)
        answer.append("#rank,text,remaining_s,value")
        answer.append("2,Speed held by the discharge pressure,45,305 psig")

    def slow_down(self, speed):
        self.speeds.append(speed)


def view(width):
    made = loader.parse(SCENARIO, Path("x.toml"), runner.telemetry_fields())
    console = Console(width=width, height=44, file=io.StringIO(), force_terminal=True, color_system=None)
    return live.LiveView(made, "cpython", console), console


@pytest.mark.parametrize("width", [140, 100, 80])
def test_the_picture_shows_what_the_machine_does(width):
    seen, console = view(width)
    session = Session()
    for _ in range(2):  # the answer to `why` is there at the second look
        seen._ask_why(session)
    console.print(seen.picture(session))
    text = re.sub(r"\x1b\[[0-9;]*m", "", console.file.getvalue())
    for part in (
        "A picture",
        "running",
        "Speed held by the discharge pressure",
        "160.0 F",
        "⠛" if width < 0 else "⣿",
        "set point",
        "COP",
    ):
        assert part in text
    assert ("condenser" in text) == (width >= 132)
    assert max(len(line) for line in text.splitlines()) <= width


def test_the_drawing_lives():
    still = schematic.draw(Session(engine_rpm=0.0, compressor_rpm=0.0, fuel=0.0, hot_flow_lps=0.0).value, 0).plain
    running = schematic.draw(Session().value, 0).plain
    assert "gas shut" in still and "gas shut" not in running and "2400 rpm" in running
    assert len(running.splitlines()) == 20 and all(len(line) == schematic.WIDTH for line in running.splitlines())
    assert schematic.colour_of(5.0) != schematic.colour_of(71.0)


def test_keys_become_gestures_in_real_time():
    seen, _ = view(140)
    session = Session()
    seen._keys.read = lambda: ["right", "right", "left", "push", "hold"]
    seen._live.update = lambda *_args, **_words: None
    seen.update(session)
    assert session.gestures == [("turn", 1), ("turn", 1), ("turn", -1), ("push", 0), ("hold", 0)]
    assert session.speeds == [1.0]  # slowed down for the hand
    seen._keys.read = lambda: ["q"]
    seen._key_at = -math.inf
    seen.update(session)
    assert seen.asked_to_stop and session.speeds[-1] is None


def test_keys_of_a_terminal():
    assert decode_keys(b"\x1b[C\x1b[D\r\x1bOCxh\x1b[Aq") == ["right", "left", "push", "right", "hold", "q"]
    assert decode_keys(b"") == []


def test_sparklines():
    assert live.sparkline([0, 7]) == "▁█" and live.sparkline([3, 3]) == "▁▁" and live.sparkline([math.nan]) == ""
    assert live.sparkline([0, math.nan, 1]) == "▁ █"


def test_braille_of_the_panel():
    memory = bytearray(1024)
    memory[0] = 0x01  # top left
    memory[1023] = 0x80  # bottom right
    lines = live.braille(memory).splitlines()
    assert len(lines) == 16 and {len(line) for line in lines} == {64}
    assert lines[0][0] == "⠁" and lines[-1][-1] == "⢀"


def test_plain_lines_for_pipes():
    made = loader.parse(SCENARIO, Path("x.toml"), runner.telemetry_fields())
    out = io.StringIO()
    for quiet in (False, True):
        with live.Progress(made, quiet=quiet, file=out) as progress:
            progress._began = time.perf_counter() - 10.0
            progress.update(Session())
    assert re.fullmatch(r"x:  17 %, 10 min of 1 h, \d\dx, 5\d s left\n", out.getvalue())
