"""The live view: what it draws, what keys do, and that it stays out of the way where there is no terminal."""

import io
import math
import re
import time
from pathlib import Path

import pytest
from ghptools import firmware_path
from ghptools.scenario import columns, live, loader, parts, runner, schematic
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
        return {"state": 13.0, "alarms": 0.0, "stage": 5.0, "setpoint_c": 71.1, "speed_target_rpm": 2400.0}.get(name)

    def display(self):
        return bytes([0xFF] * 128 + [0] * 896)

    def do(self, gestures, _now_ms):
        self.gestures += gestures

    def ask(self, line, answer):
        self.typed.append(line)
        answer.append("#rank,text,remaining_s,value")
        answer.append("2,Speed held by the discharge pressure,45,305 psig")
        answer.append("4,Last stage change: more heat wanted,,stage 5")

    def slow_down(self, speed):
        self.speeds.append(speed)


def view(width, height=45):
    made = loader.parse(SCENARIO, Path("x.toml"), runner.telemetry_fields())
    console = Console(width=width, height=height, file=io.StringIO(), force_terminal=True, color_system=None)
    return live.LiveView(made, "micropython", console), console


FIGURES = {
    "leaving_c": 71.1, "entering_c": 65.6, "tank_mean_c": 68.3, "coolant_c": 84.4, "suction_psig": 118.3, "discharge_psig": 305.4,
    "valve_position": 500.0, "superheat_k": 5.5, "cop_hhv": 1.31, "engine_rpm": 2400.0, "q_hot_w": 1e5, "hot_load_served_w": 1e5,
}  # fmt: skip
NEEDED = ("A picture", "running", "Speed held by the discharge pressure (305 psig), 45 s left", "160.0 F", "150.1 F", "154.9 F",
          "183.9 F", "118", "305", "superheat", "9.9 F", "1.31", "2400 rpm", "17 %", "0:10:00 of 1 h", "61x real time on micropython",
          "50 s left", "knob", "Enter push", "h hold", "q quit")  # fmt: skip
NAMED = ("leaving water", "entering water", "tank", "coolant", "suction", "discharge", "expansion valve", "stage", "5 of 7",
         "500 of 500 steps", "118.3 psig", "305.4 psig", "set point", "COP", "speed asked", "no alarm")  # fmt: skip
SIZES = [(70, 20), (80, 24), (80, 30), (90, 50), (100, 30), (120, 40), (131, 44), (132, 40), (140, 24), (140, 30), (140, 45), (200, 60)]  # fmt: skip
NO_PANEL = [(70, 20), (80, 24), (80, 30), (140, 24)]


def drawn(seen, console, session, at_panel=False):
    """Return the lines of one picture, with an answer to `why` and full trends."""
    for _ in range(2):  # the answer to `why` is there at the second look
        seen._ask_why(session)
    seen._speed = 61.0
    for values in seen._trends.values():
        values.extend(float(n % 9) for n in range(150))
    console.print(seen.picture(session, at_panel), end="")
    return re.sub(r"\x1b\[[0-9;]*m", "", console.file.getvalue()).rstrip("\n").split("\n")


def missing(wanted, lines):
    return [part for part in wanted if part not in "\n".join(lines)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_picture_shows_what_the_machine_does_at_every_size(width, height):
    seen, console = view(width, height)
    lines = drawn(seen, console, Session(**FIGURES))
    assert missing(NEEDED + NAMED, lines) == []
    assert len(lines) == height and {len(line) for line in lines} == {width}
    text = "\n".join(lines)
    assert "…" not in text
    assert text.count("╭") == text.count("╰") == text.count("╮") == text.count("╯")  # no frame is cut
    assert ("condenser" in text) == (width >= 132 and height >= 40)
    assert any("⣿" * 64 in line for line in lines) == ((width, height) not in NO_PANEL)
    assert ("p panel" in text) == ((width, height) in NO_PANEL[1:])  # told only where it does something


@pytest.mark.parametrize(("width", "height"), [(70, 25), (80, 24), (80, 30), (97, 30), (140, 24)])
def test_a_key_brings_the_panel_where_it_has_no_room_beside_the_figures(width, height):
    seen, console = view(width, height)
    session = Session(**FIGURES)
    seen._keys.read = lambda: ["p"]
    seen._take_keys(session, 0.0)
    lines = drawn(seen, console, session, at_panel=True)
    strip = ("suction 118 psig", "discharge 305 psig", "valve 500 steps", "stage 5", "tank 154.9 F", "leaving 160.0 F",
             "entering 150.1 F", "coolant 183.9 F", "COP 1.31", "set point 160.0 F")  # fmt: skip
    assert missing((*NEEDED, *strip, "p figures", "real time now"), lines) == []
    assert sum("⠀" * 64 in line or "⣿" * 64 in line for line in lines) == 16
    assert len(lines) == height and {len(line) for line in lines} == {width}
    assert "…" not in "\n".join(lines)
    seen._take_keys(session, 0.0)
    assert not seen._at_glass


@pytest.mark.parametrize(("width", "height"), [(69, 24), (80, 19)])
def test_a_terminal_too_small_gets_the_plain_line(width, height, monkeypatch):
    seen, console = view(width, height)
    lines = drawn(seen, console, Session(**FIGURES))
    assert lines == ["x:  17 %, 10 min of 1 h, 61x, 50 s left; q quits"]
    monkeypatch.setattr(live.sys, "stdout", type("Terminal", (), {"isatty": lambda _self: True})())
    monkeypatch.setattr(live, "Console", lambda: console)
    assert not live.fits_terminal()
    large = view(70, 20)[1]
    large._environ = {"TERM": "xterm"}
    monkeypatch.setattr(live, "Console", lambda: large)
    assert live.fits_terminal()


def test_reasons_are_shown_whole_or_counted():
    why = [
        ["0", "Discharge pressure high; fuel shut", "", "reset needed"],
        ["2", "word " * 30, "90", ""],
        ["3", "Third", "", ""],
    ]
    session = Session(**FIGURES)
    text = parts.state(session, why, 60, 9).plain
    assert "• Discharge pressure high, fuel shut (reset needed)\n" in text and text.endswith("1 min 30 s left\n• Third")
    assert all(len(line) <= 60 for line in text.splitlines())
    first = "• Discharge pressure high, fuel shut (reset needed)"
    assert parts.state(session, why, 60, 3).plain.splitlines() == ["running   no alarm   2 more", first]
    assert parts.state(session, why, 60, 2).plain.splitlines() == ["running   no alarm   2 more", first]
    long = parts.state(session, why[1:], 60, 2).plain.splitlines()  # the first is never left out
    assert len(long) == 2 and long[1].startswith("• word word") and long[1].endswith(" …") and len(long[1]) <= 60


def test_before_the_firmware_has_spoken_nothing_is_made_up():
    seen, console = view(80, 24)
    session = Session(**{**FIGURES, "cop_hhv": math.nan, "compressor_rpm": 0.0})
    session.telemetry = lambda _name: None
    lines = drawn(seen, console, session)
    assert missing(("no telemetry yet", "COP (gas HHV)   --", "superheat       --", "stage           --"), lines) == []
    seen._speed = 0.0
    assert math.isnan(seen._left_s(session))


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
    assert seen._at_glass  # which wants to see the panel
    seen._keys.read = lambda: ["q"]
    seen._key_at = -math.inf
    seen.update(session)
    assert seen.asked_to_stop and session.speeds[-1] is None


def test_keys_of_a_terminal():
    assert decode_keys(b"\x1b[C\x1b[D\r\x1bOCxh\x1b[Apq") == ["right", "left", "push", "right", "hold", "p", "q"]
    assert decode_keys(b"") == []


def test_sparklines():
    assert parts.sparkline([0, 7]) == "▁█" and parts.sparkline([3, 3]) == "▁▁" and parts.sparkline([math.nan]) == ""
    assert parts.sparkline([0, math.nan, 1]) == "▁ █"


def test_braille_of_the_panel():
    memory = bytearray(1024)
    memory[0] = 0x01  # top left
    memory[1023] = 0x80  # bottom right
    lines = parts.braille(memory).splitlines()
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
