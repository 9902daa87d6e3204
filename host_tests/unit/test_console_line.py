"""The console's line: editing, line ends, bounded slices, slow readers, telemetry, the raw REPL's turn."""

import pytest
from ghp import facts
from ghp.console import telemetry
from ghp.console.console import Console
from ghp.console.editor import LIMIT, Editor
from people_unit import Line, Unit, running_unit


def typed(data):
    """Return the lines an editor makes of `data`, and its echo."""
    editor, lines = Editor(), []
    for byte in data:
        if editor.feed(byte):
            lines.append("<too long>" if editor.too_long else editor.text())
            editor.clear()
    return lines, bytes(editor.echo)


@pytest.mark.parametrize(
    "data, lines",
    [
        (b"why\r", ["why"]),
        (b"why\n", ["why"]),
        (b"why\r\nwhy\r\n", ["why", "why"]),
        (b"why\r\rmem\n\n", ["why", "", "mem", ""]),
        (b"wjy\x08\x7fhy\r", ["why"]),
        (b"\x08\x08\x08why\r", ["why"]),
        (b"set x\x03why\r", ["why"]),
        (b"set x\x15why\r", ["why"]),
        (b"w\x1b[Ah\x1b[1;5Cy\x1bOP\r", ["why"]),
        (b"w\x00h\xffy\x80\r", ["why"]),
        (b"w\x1b\rmem\r", ["w", "mem"]),
        (b"x" * LIMIT + b"\r", ["x" * LIMIT]),
        (b"x" * (LIMIT + 1) + b"\rwhy\r", ["<too long>", "why"]),
        (b"\x04\x05\x02why\r", ["why"]),
    ],
)
def test_editing(data, lines):
    assert typed(data)[0] == lines


def test_echo_follows_the_eye():
    assert typed(b"ab\x08c\r")[1] == b"ab\x08 \x08c\r\n"
    assert typed(b"\x08")[1] == b""
    assert typed(b"ab\x03")[1] == b"ab^C\r\n> "
    assert typed(b"ab\x15")[1] == b"ab\x08 \x08\x08 \x08"
    assert typed(b"@status\r")[1] == b""
    assert typed(b"@x\x08\x08ab\r")[1] == b"ab\r\n"


def console(line=None):
    unit = running_unit()
    line = line or Line()
    made = Console(unit, line)
    for _ in range(3):
        made.service(unit.board.clock.now)
    line.said = bytearray()
    return unit, line, made


def test_a_slice_reads_and_writes_a_bounded_amount():
    unit, line, made = console()
    line.typed.extend(b"points\r" * 20)
    before = len(line.typed)
    sizes = []
    for _ in range(600):
        said = len(line.said)
        unit.step()
        made.service(unit.board.clock.now)
        sizes.append(len(line.said) - said)
        assert before - len(line.typed) <= 64
        before = len(line.typed)
    assert max(sizes) <= 200
    assert line.said.count(b"heat_recovery_valve") == 20
    assert line.said.count(b"leaving_water ") == 20
    assert sizes[-1] == 0


def test_a_reader_that_takes_little_gets_every_byte_in_order():
    _, line, made = console()
    unit, slow_line, slow = console()
    slow_line.takes = 7
    for place in (line, slow_line):
        place.typed.extend(b"help\r@settings\r")
    for _ in range(3000):
        made.service(0)
        slow.service(unit.board.clock.now)
    assert len(line.said) > 4000
    assert slow_line.said == line.said


def test_a_reader_that_takes_nothing_costs_no_memory():
    unit, line, made = console()
    line.takes = 0
    line.typed.extend(b"help\rpoints\r" * 50)
    made.stream = telemetry.Stream(unit, 100, unit.board.clock.now)
    for _ in range(400):
        unit.step()
        made.service(unit.board.clock.now)
    assert len(made._pending) - made._sent < 1000
    assert len(line.typed) > 300  # left where it was: the line itself pushes back


def lines_of(line):
    said, line.said = line.said.decode(), bytearray()
    return said.split("\r\n")[:-1]


def test_the_stream_keeps_its_rhythm_and_its_columns():
    unit, line, made = console()
    line.typed.extend(b"@stream 1000\r")
    for _ in range(205):
        unit.step()
        made.service(unit.board.clock.now)
    said = lines_of(line)
    assert said[0].split(",")[:3] == ["F", "uptime_ms", "state"]
    assert said[1].split(",")[:3] == ["D", "0", "0"]
    assert said[2] == "@ok"
    names, places = said[0].split(","), said[1].split(",")
    rows = [row.split(",") for row in said[3:]]
    assert len(rows) in (10, 11)
    for row in rows:
        assert row[0] == "T"
        assert len(row) == len(names) == len(places) == len(facts.ROWS) + 2
        assert all(cell == "" or int(cell) == int(cell) for cell in row[1:])
    steps = {int(b[1]) - int(a[1]) for a, b in zip(rows[1:], rows[2:], strict=False)}
    assert steps == {1000}
    last = dict(zip(names, rows[-1], strict=True))
    assert int(last["leaving_c"]) == pytest.approx(5990, abs=2)
    assert int(last["discharge_kpa"]) == pytest.approx(19000, abs=2)
    assert int(last["cop"]) == 1465
    assert last["flow_lps"] == ""
    line.typed.extend(b"@stream off\r")
    for _ in range(60):
        unit.step()
        made.service(unit.board.clock.now)
    assert lines_of(line)[-2:] == ["stream=0", "@ok"]


def test_the_stream_leaves_a_half_typed_line_readable():
    unit, line, made = console()
    line.typed.extend(b"stream 1000\r")
    for _ in range(10):
        unit.step()
        made.service(unit.board.clock.now)
    line.typed.extend(b"stream o")
    line.said = bytearray()
    for _ in range(25):
        unit.step()
        made.service(unit.board.clock.now)
    assert line.said.endswith(b"\r\n> stream o")


def test_a_slow_reader_loses_lines_not_the_rhythm():
    unit, line, made = console()
    made.stream = telemetry.Stream(unit, 100, unit.board.clock.now)
    line.takes = 3
    for _ in range(400):
        unit.step()
        made.service(unit.board.clock.now)
    assert made.stream.period_ms == 100
    assert len(made._pending) < 600


@pytest.mark.parametrize(
    "number, factor, text",
    [
        (None, 100, ""),
        (5, 1, "5"),
        (5, 100, "500"),
        (1.005, 10, "10"),
        (-0.06, 10, "-1"),
        (-0.04, 10, "0"),
        (59.896, 100, "5990"),
    ],
)
def test_scaled_numbers(number, factor, text):
    assert telemetry.scaled(number, factor) == text


def test_every_fact_has_its_place_and_a_unique_key():
    unit = Unit()
    keys = [row[facts.KEY] for row in facts.ROWS]
    assert len(set(keys)) == len(keys)
    for key in keys:
        facts.value(unit, key)  # an attribute that is not there would raise
    with pytest.raises(KeyError):
        facts.value(unit, "nothing")
    assert facts.value(unit, "leaving_c") is None  # nothing measured yet: not a number


def test_the_line_agrees_with_the_facts():
    """Two ways to a figure, one result: within the last decimal's rounding."""
    unit = running_unit()
    stream = telemetry.Stream(unit, 1000, 0)
    cells = stream.line().split(",")[2:]
    for row, cell in zip(facts.ROWS, cells, strict=True):
        value = facts.value(unit, row[facts.KEY])
        if value is None:
            assert cell == ""
        else:
            assert int(cell) == pytest.approx(value * 10 ** row[facts.DECIMALS], abs=0.501)


class Repl:
    def __init__(self, may=True):
        self.may, self.active, self.fed = may, False, bytearray()

    def start(self):
        self.active = self.may
        return self.may

    def feed(self, byte):
        self.fed.append(byte)
        if byte == 2:
            self.active = False


def test_ctrl_a_hands_over_after_everything_before_it_was_sent():
    unit, line, _ = console()
    repl = Repl()
    made = Console(unit, line, lambda: repl)
    line.takes = 5
    line.typed.extend(b"\r\x03\r\x01" + b"print(1)\x04" * 40 + b"\x02version\r")
    for _ in range(200):
        waiting = made._pending
        was_active = repl.active
        made.service(unit.board.clock.now)
        if repl.active and not was_active:
            assert not waiting
    assert bytes(repl.fed) == b"print(1)\x04" * 40 + b"\x02"
    assert not repl.active
    line.takes = 1000
    for _ in range(5):
        made.service(unit.board.clock.now)
    assert b"version       0.1.0" in line.said


def test_a_refused_raw_repl_leaves_the_console():
    unit, line, _ = console()
    made = Console(unit, line, lambda: Repl(may=False))
    line.typed.extend(b"\x01version\r")
    for _ in range(5):
        made.service(unit.board.clock.now)
    assert b"version       0.1.0" in line.said


def test_nothing_is_streamed_into_a_raw_session():
    unit, line, _ = console()
    repl = Repl()
    made = Console(unit, line, lambda: repl)
    made.stream = telemetry.Stream(unit, 100, unit.board.clock.now)
    line.typed.extend(b"\x01")
    for _ in range(20):
        unit.step()
        made.service(unit.board.clock.now)
    assert repl.active
    line.said = bytearray()
    for _ in range(20):
        unit.step()
        made.service(unit.board.clock.now)
    assert line.said == b""
