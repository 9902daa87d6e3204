"""The panel's pictures, read back from the display's memory: through the driver and the simulated chip, too."""

import zlib
from pathlib import Path

import pytest
from ghp.image import Image
from ghp.panel import font, pages
from ghp.panel.panel import Panel
from ghptools import panel_picture
from ghptools.virtual.inprocess import InProcess
from people_unit import Display, running_unit

SIDE_X = 80
DOCS = Path(__file__).resolve().parents[2] / "docs"


class Person:
    """Someone at the panel."""

    def __init__(self, display=None):
        self.unit = running_unit()
        self.unit.settings.set("mode", 1)
        self.display = display or Display()
        self.panel = Panel(self.unit, self.display, self.unit.image.knob)
        self.watch()

    def watch(self, slices=45):
        for _ in range(slices):
            self.unit.step()
            self.panel.update(self.unit.board.clock.now)

    def turn(self, detents):
        self.unit.image.knob[0] += detents
        self.watch()

    def push(self, ms=150):
        self.unit.press(True)
        self.watch(ms // 50)
        self.unit.press(False)
        self.watch()

    def rows(self, x=1):
        return panel_picture.cells(self.display.memory, x=x)

    def text(self):
        return "\n".join(self.rows())


@pytest.fixture
def person():
    return Person()


def test_home_shows_mode_water_set_point_speed_state_and_why(person):
    person.unit.held = [(1, "Waiting for the next stage", 95, None)]
    person.watch()
    memory = person.display.memory
    rows = person.rows()
    assert rows[0] == "HEAT"
    assert panel_picture.big_text(memory, x=2) == "139.8"
    side = person.rows(x=SIDE_X)
    assert side[1:4] == ["°F   set", " 140.0°F", ""]
    assert rows[5:] == ["running", "Waiting for the next", "stage, 1:35"]


def test_home_shows_the_set_point_in_force_when_it_is_not_the_one_asked(person):
    person.unit.settings.set("hot_setpoint_c", 71.111)
    person.unit.put("ambient_temp", -6.67)
    person.watch(150)
    assert person.rows(x=SIDE_X)[1:4] == ["°F   set", " 160.0°F", "→150.1°F"]


def test_a_long_state_takes_two_rows(person):
    person.unit.state_text = lambda: "setting valve, to clutch speed"
    person.unit.held = [(0, "Alpha", None, None), (1, "Beta", None, None)]
    seen = set()
    for _ in range(12):
        person.watch(20)
        assert person.rows()[5:7] == ["setting valve, to", "clutch speed"]
        seen.add(person.rows()[7])
    assert seen == {"Alpha", "Beta"}


def test_a_bad_reading_is_never_a_number(person):
    person.unit.image.analog_status[10] = 2
    person.watch()
    assert panel_picture.big_text(person.display.memory, x=2) == "---"


def test_alarms_are_marked_on_home_and_listed_on_their_page(person):
    monitor = person.unit.monitor
    for key in ("superheat_low", "hot_water_flow", "sensor_warning"):
        monitor.judge(monitor.find(key), True, person.unit.board.clock.now)
    monitor.judge(monitor.find("hot_water_flow"), False, 0)
    person.watch()
    assert person.rows()[0] == "HEAT               ▲3"
    person.turn(7)
    rows = person.rows()
    assert rows[0] == "ALARMS            8/9"
    assert rows[1:5] == ["▲*Superheat too low", "followed by", " *Hot-water flow lost", "▲*Sensor fault"]
    assert rows[7] == "push ack, hold reset"
    person.push()
    rows = person.rows()
    assert rows[1:5] == ["▲ Superheat too low", "followed by", "  Hot-water flow lost", "▲ Sensor fault"]
    assert rows[7] == "acknowledged"
    person.push()
    assert person.rows()[0] == "HEAT               ▲3"


def test_long_reasons_and_many_alarms_take_turns(person):
    person.unit.held = [(0, "one two three four five six seven eight nine ten eleven twelve", None, None)]
    seen = set()
    for _ in range(12):
        person.watch(20)
        seen.update(person.rows()[6:])
    assert " ".join(sorted(seen)).count("eleven") == 1
    assert "one two three four" in seen
    monitor = person.unit.monitor
    person.turn(7)
    for part in (monitor.table[::2], monitor.table[1::2]):  # all at once take longer than the page stays
        for alarm in monitor.table:
            monitor.judge(alarm, alarm in part, 0)
        monitor.reset()
        seen = set()
        person.turn(1)
        person.turn(-1)
        for _ in range(55):
            person.watch(20)
            seen.update(row[2:] for row in person.rows()[1:7])
        for alarm in part:
            assert set(pages.wrap(alarm.text, pages.COLUMNS - 2)) <= seen


@pytest.mark.parametrize("turn, title", [
    (1, "HOT WATER"), (2, "CHILLED WATER"), (3, "REFRIGERANT"), (4, "AIR AND FROST"), (5, "ENGINE"), (6, "HEAT AND GAS"),
    (7, "ALARMS"), (8, "MODE"),
])
def test_turning_goes_through_the_pages_and_around(person, turn, title):
    person.turn(turn)
    assert person.rows()[0].startswith(title)
    person.turn(9)
    assert person.rows()[0].startswith(title)
    person.turn(-turn)
    assert person.rows()[0].startswith("HEAT")


def test_the_tables_show_label_and_value(person):
    person.turn(1)
    rows = person.rows()
    assert rows[1] == "leaving       139.8 F"
    assert rows[5:] == ["flow               --", "heat      1000 kBtu/h", "push: set point"]
    person.turn(1)
    assert person.rows()[1:3] == ["leaving        45.0 F", "set            44.0 F"]
    person.turn(1)
    assert person.rows()[1] == "discharge  260.9 psig"
    person.turn(1)
    assert person.rows()[3:] == ["frost growth    2.7 F", "lead fan        0.0 %", "defrosts            4", "changeovers         2", ""]
    person.turn(1)
    assert "coolant       179.6 F" in person.rows()
    person.turn(1)
    assert person.rows()[4] == "COP HHV          1.47"
    for place, (_, _, rows) in enumerate(pages.TABLES):
        assert len(rows.split(",")) <= (6 if place <= pages.CHILLED else 7)


def test_home_is_about_the_water_that_the_machine_is_about(person):
    unit = person.unit
    unit.settings.set("mode", 2)
    unit.step(60000)
    person.watch(150)
    assert person.rows()[0] == "COOL: CHILLED"
    assert panel_picture.big_text(person.display.memory, x=2) == "45.0"
    assert person.rows(x=SIDE_X)[1:4] == ["°F   set", "  44.0°F", ""]
    unit.settings.set("mode", 3)  # nothing calls: the water that was served last
    unit.arbiter.want = 0
    person.watch(40)
    assert person.rows()[0] == "AUTO"
    unit.duty.mode = 1
    person.watch(40)
    assert person.rows()[0] == "AUTO: CHILLED"


@pytest.mark.parametrize("page, key", [(1, "hot_setpoint_c"), (2, "chilled_setpoint_c")])
def test_both_set_points_are_adjusted_from_their_pages(person, page, key):
    before = getattr(person.unit.settings, key)
    person.turn(page)
    person.push()
    person.turn(2)
    person.push()
    assert getattr(person.unit.settings, key) == pytest.approx(before + 2 / 1.8, abs=0.01)
    other = {"hot_setpoint_c": "chilled_setpoint_c", "chilled_setpoint_c": "hot_setpoint_c"}[key]
    assert getattr(person.unit.settings, other) == person.unit.settings.row(other)[3]


def test_a_chilled_set_point_out_of_range_is_refused_with_what_is_allowed(person):
    person.turn(2)
    person.push()
    person.turn(-30)
    assert person.rows()[0] == "CHILLED    TURN, PUSH"
    assert " ".join(person.rows()[4:]).split() == "allowed is 40.0 F to 60.0 F".split()
    person.push()
    assert person.unit.settings.text("chilled_setpoint_c") == "40.0 F"  # the last step that was allowed


def test_a_chilled_set_point_below_what_holds_the_chiller_is_refused_with_the_reason(person):
    person.unit.settings.set("chilled_hold_c", 6.0)
    person.turn(2)
    person.push()
    person.turn(-4)
    assert "chilled_hold_c" in "".join(person.rows()[3:])
    person.push()
    assert person.unit.settings.chilled_setpoint_c == pytest.approx(6.6667, abs=0.01)


def test_the_adjust_page_shows_the_value_turned_and_the_range_allowed_now(person):
    person.push()
    person.turn(3)
    rows = person.rows()
    assert rows[0] == "SET POINT  TURN, PUSH"
    assert panel_picture.big_text(person.display.memory, x=person.panel._picture.big_x) == "143.0"
    assert rows[5:] == ["now  140.0°F", "from 90 to 160°F", "push stores"]


def test_a_refusal_says_why(person):
    person.unit.put("ambient_temp", -6.67)
    person.watch(150)
    person.push()
    person.turn(30)
    assert panel_picture.big_text(person.display.memory, x=person.panel._picture.big_x) == "150.0"
    assert (
        " ".join(person.rows()[4:]).split()
        == "set point 151.0 F is above 150.1 F, the ceiling at 20.0 F ambient".split()
    )


def test_pictures_through_the_driver_and_the_chip(tmp_path):
    run = InProcess(None)
    board = run.board_module.build(Image())
    person = Person(board.display)
    chip = run.circuit.display
    home = bytes(chip.memory)
    assert panel_picture.big_text(home, x=2) == "139.8"
    assert panel_picture.cells(home)[0] == "HEAT"
    for x in range(0, 128, 7):
        for y in range(64):
            assert chip.pixel(x, y) == panel_picture.pixel(home, x, y)  # upright on the glass
    person.push()
    person.turn(5)
    adjust = bytes(chip.memory)
    assert panel_picture.cells(adjust)[0] == "SET POINT  TURN, PUSH"
    for name, memory in (("home", home), ("adjust", adjust)):
        picture = panel_picture.save(memory, tmp_path / (name + ".png")).read_bytes()
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")
        width, height, pixels = unpack(picture)
        assert (width, height) == (128 * 6 + 36, 64 * 6 + 36)
        for x in range(128):
            for y in range(64):
                lit = pixels[18 + 6 * y + 2][3 * (18 + 6 * x + 2)] > 100
                assert lit == panel_picture.pixel(memory, x, y)


def unpack(data):
    """Decode the PNGs this project writes: 8-bit RGB, no filter."""
    width, height = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    start = data.index(b"IDAT")
    size = int.from_bytes(data[start - 4 : start], "big")
    raw = zlib.decompress(data[start + 4 : start + 4 + size])
    step = 3 * width + 1
    assert len(raw) == step * height
    return width, height, [raw[row * step + 1 : (row + 1) * step] for row in range(height)]


def test_the_terminal_picture_has_two_pixels_a_character(person):
    lines = panel_picture.text(person.display.memory).split("\n")
    assert len(lines) == 32
    for place, line in enumerate(lines):
        assert len(line) == 128
        for x in range(128):
            upper = panel_picture.pixel(person.display.memory, x, 2 * place)
            lower = panel_picture.pixel(person.display.memory, x, 2 * place + 1)
            assert line[x] == " ▀▄█"[upper + 2 * lower]
    boxed = panel_picture.text(person.display.memory, border=True).split("\n")
    assert {len(line) for line in boxed} == {130}
    with pytest.raises(ValueError, match="1024 bytes"):
        panel_picture.text(b"123")


def test_every_glyph_is_its_own_and_none_is_empty_but_the_space():
    glyphs = [font.SMALL[at : at + 5] for at in range(0, len(font.SMALL), 5)]
    assert len(glyphs) == 128 - font.FIRST
    assert len(set(glyphs)) == len(glyphs)
    assert [place for place, glyph in enumerate(glyphs) if not any(glyph)] == [32 - font.FIRST]
    assert all(column < 0x80 for column in font.SMALL)
    titles = {bytes(value & 0x1F | value >> 1 & 0x20 for value in glyph) for glyph in glyphs}
    assert len(titles) >= len(glyphs) - 4  # a row less, and still hardly two alike
    digits = {font.BIG[at : at + 36] for at in range(0, len(font.BIG), 36)}
    assert len(digits) == len(font.BIG_CHARACTERS) == 11


@pytest.mark.parametrize(
    "text, columns, lines",
    [
        ("", 5, []),
        ("a bb ccc", 5, ["a bb", "ccc"]),
        ("abcdefgh ij", 5, ["abcde", "fgh", "ij"]),
        ("ab abcdef", 5, ["ab", "abcde", "f"]),
        ("abcde fghij", 5, ["abcde", "fghij"]),
    ],
)
def test_wrapping(text, columns, lines):
    assert pages.wrap(text, columns) == lines


def drawn_for_the_documents():
    """Return the pictures that README and the documents show, by name."""
    person = Person()
    person.unit.held = [(1, "Waiting for the next stage's dwell", 95, None)]
    person.unit.image.pulses_status[0] = 1
    for _ in range(40):  # 2400 rpm: 4800 counts a second
        person.unit.image.pulses[0] += 240
        person.unit.image.pulses_at_us[0] = person.unit.board.clock.ticks_us() + 50000 & 0x3FFFFFFF
        person.watch(1)
    home = bytes(person.display.memory)
    person.push()
    person.turn(3)
    return {"panel-home.png": home, "panel-adjust.png": bytes(person.display.memory)}


@pytest.mark.parametrize("name", ["panel-home.png", "panel-adjust.png"])
def test_the_documents_show_the_panel_as_it_is(name):
    memory = drawn_for_the_documents()[name]
    kept = unpack((DOCS / name).read_bytes())
    message = "the panel looks different: run `python host_tests/unit/test_panel_pages.py`"
    assert kept == unpack(panel_picture.png(memory)), message


if __name__ == "__main__":
    for picture_name, picture_memory in drawn_for_the_documents().items():
        print(panel_picture.save(picture_memory, DOCS / picture_name))
