"""Console and panel on the real unit, over the board's own drivers and simulated chips."""

import pytest
from ghp import facts
from ghp.console import commands
from ghp.unit import Unit
from ghptools import panel_picture
from ghptools.virtual.inprocess import InProcess


class Bench:
    """A controller on the bench: no plant, time moves by `run`."""

    def __init__(self):
        self.board = InProcess(None)
        self.unit = Unit(self.board.board_module.build)

    def run(self, ms):
        unit = self.unit
        end = self.board.time_ms + ms
        while self.board.time_ms < end:
            unit.board.clock.sleep_ms(unit.executive.run_due() or 1)

    def say(self, text, ms=10000):
        self.board.console_in.extend(text.encode() + b"\r")
        self.board.console_out.clear()
        self.run(ms)
        return self.board.console_out.decode().split("\r\n")


@pytest.fixture(scope="module")
def bench():
    made = Bench()
    made.run(3000)
    return made


@pytest.mark.parametrize("row", [row for row in commands.TABLE if row[commands.NAME] != "reboot"], ids=lambda row: row[commands.NAME])
def test_every_command_answers(bench, row):
    name = row[commands.NAME]
    words = {"get": "get band_k", "set": "set band_k 1.5 F", "mode": "mode off", "stream": "stream off",
             "shelve": "shelve 27 5", "unshelve": "unshelve 27"}  # fmt: skip
    before = "shelve 27 5" if name == "unshelve" else "version"
    bench.say(before)
    answer = bench.say("@" + words.get(name, name))
    bench.say(before)
    assert answer[-2] == "@ok"
    human = bench.say(words.get(name, name))
    assert human[-1] == "> "
    assert "error" not in human[1]
    assert bench.unit.console.failures == 0
    assert bench.unit.failure is None
    assert bench.unit.panel.failures == 0


def test_what_is_typed_ahead_during_a_long_listing_is_answered_after_it(bench):
    """The listing is longer than the line's ring: sending must go on while typed bytes wait for its end."""
    bench.board.console_out.clear()
    bench.board.console_in.extend(b"settings\r")
    bench.run(100)
    bench.board.console_in.extend(b"version\r")
    bench.run(8000)
    text = bench.board.console_out.decode()
    assert len(text) > 2000
    assert text.index("hot_setpoint_c") < text.index("> version\r\n") < text.index("build ")
    assert text.endswith("> ")


def test_every_fact_is_found(bench):
    for row in facts.ROWS:
        facts.value(bench.unit, row[facts.KEY])
    line = bench.say("@stream 1000", 3000)
    assert line[0].count(",") == line[1].count(",") == line[3].count(",") == len(facts.ROWS) + 1
    bench.say("@stream off")


def test_the_panel_shows_home_and_the_knob_turns_the_page(bench):
    memory = bench.board.circuit.display.memory
    bench.run(2000)
    assert panel_picture.cells(memory)[0].startswith("OFF")
    bench.board.turn_knob(1)
    bench.run(1500)
    assert panel_picture.cells(memory)[0].startswith("HOT WATER")
    bench.board.turn_knob(-1)
    bench.run(1500)
    assert panel_picture.cells(memory)[0].startswith("OFF")


def test_mode_says_why_nothing_happens(bench):
    answer = bench.say("mode heat")
    assert answer[1] == "mode = heat"
    assert len(answer[2]) > 5  # a dead plant: some reason holds it
    bench.say("mode off")
