"""The raw REPL byte by byte, and the boot flag: on both interpreters."""

from ghp import service
from ghp.console.rawrepl import LIMIT, RawRepl

BANNER = b"raw REPL; CTRL-B to exit\r\n>"


class Line:
    """A serial line that takes a few bytes at a time, or nothing at all."""

    def __init__(self, room=7):
        self.said = bytearray()
        self.waiting = 0
        self.size = room

    def room(self):
        return self.size - self.waiting

    def write(self, data):
        taken = min(self.room(), len(data))
        self.said.extend(data[:taken])
        self.waiting += taken
        return taken

    def flush(self):
        if self.waiting and self.size:
            self.waiting -= 1
        return self.waiting


class Session:
    def __init__(self, refusal=None, room=7):
        self.line = Line(room)
        self.refusal = refusal
        self.resets = 0
        self.space = {"unit": 42}
        self.repl = RawRepl(self.line, self.may_enter, self.reset, self.space)

    def may_enter(self):
        return self.refusal

    def reset(self):
        self.resets += 1

    def feed(self, data):
        for byte in data:
            self.repl.feed(byte)
        return self.take()

    def take(self):
        said = bytes(self.line.said)
        self.line.said = bytearray()
        return said


def entered():
    session = Session()
    assert session.repl.start() and session.repl.active
    assert session.take() == BANNER
    return session


def test_code_runs_and_its_output_comes_between_the_marks():
    session = entered()
    assert session.feed(b"print(unit + 1)\x04") == b"OK43\n\x04\x04>"
    assert session.feed(b"x = 5\x04") == b"OK\x04\x04>"
    assert session.feed(b"print(x, 'a', sep='-', end='!')\x04") == b"OK5-a!\x04\x04>"


def test_a_traceback_comes_after_the_first_mark():
    answer = entered().feed(b"print('before')\n1/0\x04")
    assert answer.startswith(b"OKbefore\n\x04Traceback") and answer.endswith(b"\x04>")
    assert b"ZeroDivisionError" in answer


def test_bad_code_is_a_traceback_too():
    for code in (b"def :\x04", b"\xff\xfe\x04", b"raise SystemExit\x04", b"raise KeyboardInterrupt\x04"):
        answer = entered().feed(code)
        assert answer.startswith(b"OK\x04") and answer.endswith(b"\x04>") and len(answer) > 8, answer


def test_the_probe_for_raw_paste_is_declined_and_code_then_runs():
    session = entered()
    assert session.feed(b"\x05A\x01") == b"R\x00"
    assert session.feed(b"print(1)\x04") == b"OK1\n\x04\x04>"


def test_ctrl_a_starts_over_and_ctrl_c_drops_the_code():
    session = entered()
    assert session.feed(b"print(1)\x01") == BANNER
    assert session.feed(b"print(2)\x03print(3)\x04") == b"OK3\n\x04\x04>"


def test_ctrl_b_leaves():
    session = entered()
    assert session.feed(b"print(1)\x02") == b"\r\n" and not session.repl.active


def test_ctrl_d_alone_asks_for_a_restart():
    session = entered()
    assert session.feed(b"\x04") == b"OK\r\n"
    assert session.resets == 1 and not session.repl.active


def test_memory_is_bounded():
    session = entered()
    for _ in range(LIMIT + 50):
        session.repl.feed(32)
    answer = session.feed(b"\x04")
    assert answer.startswith(b"OK\x04MemoryError: code longer than") and answer.endswith(b"\x04>")
    assert session.feed(b"print(1)\x04") == b"OK1\n\x04\x04>"


def test_a_refusal_is_one_line_and_nothing_is_entered():
    session = Session("refused: the engine turns")
    assert not session.repl.start() and not session.repl.active
    assert session.take() == b"\r\nrefused: the engine turns\r\n"


def test_an_engine_started_meanwhile_stops_the_next_code():
    session = entered()
    session.refusal = "refused: the engine turns"
    assert session.feed(b"x = 1\x04") == b"OK\x04refused: the engine turns\r\n\x04>"
    assert "x" not in session.space


def test_a_dead_line_does_not_hold_the_scan():
    session = Session(room=0)
    assert session.repl.start()
    assert session.repl.dropped == len(BANNER) and session.take() == b""


def test_the_boot_flag_keeps_what_lies_behind_it():
    memory = bytes(range(20))
    asked = service.with_flag(memory, True)
    assert service.has_flag(asked) and not service.has_flag(memory) and not service.has_flag(b"")
    assert service.with_flag(asked, False)[4:] == memory[4:] and asked[4:] == memory[4:]
    assert service.has_flag(service.with_flag(b"", True)) and not service.has_flag(service.with_flag(asked, False))


def test_the_count_of_restarts_keeps_what_lies_around_it():
    for memory in (b"", b"GHPr", bytes(range(20)), service.with_flag(bytes(range(20)), True)):
        assert service.restarts(memory) == 0
        counted = service.with_restarts(memory, 7)
        assert service.restarts(counted) == 7 and service.restarts(service.with_restarts(counted, 0)) == 0
        assert service.has_flag(counted) == service.has_flag(memory) and counted[9:] == memory[9:]
        assert service.restarts(service.with_flag(counted, True)) == 7


def test_who_may_leave_control():
    assert service.may_leave(0, True) is None
    assert "1500 rpm" in service.may_leave(1500, True)
    assert "is on" in service.may_leave(0, False)
    assert "not known" in service.may_leave(None, True)
