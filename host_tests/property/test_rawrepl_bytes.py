"""No byte string can make the raw REPL raise, keep more than its bound, or answer out of protocol."""

from ghp.console.rawrepl import LIMIT, RawRepl
from hypothesis import given
from hypothesis import strategies as st


class Line:
    def __init__(self, appetite):
        self.appetite = appetite
        self.turn = 0
        self.said = bytearray()

    def room(self):
        self.turn += 1
        return self.appetite[self.turn % len(self.appetite)]

    def write(self, data):
        self.said += data
        return len(data)

    def flush(self):
        return 0


CONTROL = st.sampled_from(
    [b"\x01", b"\x02", b"\x03", b"\x04", b"\x05A\x01", b"print(1)\x04", b"def f(:\x04", b"x" * 3000]
)
ANYTHING = st.lists(st.one_of(CONTROL, st.binary(max_size=40)), max_size=30).map(b"".join)


@given(
    data=ANYTHING,
    refusals=st.lists(st.booleans(), min_size=1, max_size=7),
    appetite=st.lists(st.integers(0, 40), min_size=1, max_size=6).filter(any),
)
def test_any_bytes(data, refusals, appetite):
    turn = [0]

    def may_enter():
        turn[0] += 1
        return "refused: not now" if refusals[turn[0] % len(refusals)] else None

    line = Line(appetite)
    resets = []
    repl = RawRepl(line, may_enter, lambda: resets.append(1), {"__builtins__": {}})
    for byte in data:
        if repl.active:
            repl.feed(byte)
        elif byte == 1:
            repl.start()
    assert len(repl._code) <= LIMIT
    assert repl.dropped == 0
    # every run is acknowledged and closed: OK ... 04 ... 04 >
    runs = line.said.count(b"OK")
    assert line.said.count(b"\x04") == 2 * (runs - len(resets))


@given(st.binary(max_size=200).filter(lambda data: not set(data) & set(range(1, 6))))
def test_code_is_run_as_it_was_typed(code):
    line = Line([50])
    space = {"__builtins__": {}, "ran": None}
    repl = RawRepl(line, lambda: None, lambda: None, space)
    assert repl.start()
    for byte in b"ran = %r" % code:
        repl.feed(byte)
    repl.feed(4)
    assert space["ran"] == code
    assert line.said.endswith(b"OK\x04\x04>")
