"""The commands `claims` and `clock`, and what `mode` and the panel say when somebody else decides."""

import pytest
from ghp.console.console import Console
from people_unit import Line, running_unit
from shift_bench import began, frosty


class Talk:
    def __init__(self, **parts):
        self.unit = running_unit()
        self.unit.settings.set("mode", 1)
        for name, part in parts.items():
            setattr(self.unit, name, part)
        self.line = Line()
        self.console = Console(self.unit, self.line)
        self.run(20)

    def run(self, slices):
        for _ in range(slices):
            self.unit.step()
            self.console.service(self.unit.board.clock.now)

    def say(self, text):
        self.line.said = bytearray()
        self.line.typed.extend(text.encode() + b"\r")
        self.run(80)
        lines = self.line.said.decode().split("\r\n")
        return [line for line in lines[(0 if text[0] == "@" else 1) :] if line and line != "> "]


@pytest.fixture
def talk():
    return Talk()


def test_claims_lists_who_decides(talk):
    answer = talk.say("claims")
    assert answer[0].split() == ["subject", "source", "claims", "priority", "left", "result"]
    assert answer[1].split() == ["mode", "panel", "heat", "20", "decides"]
    assert "mode          heat" in answer and "demand        100 %" in answer
    assert "changeovers   0 in the last hour, at most 3" in answer


def test_every_off_is_listed_and_the_loser_is_named(talk):
    talk.unit.contact("remote_enable", False)
    talk.unit.contact("emergency_stop", False)
    talk.unit.claims.bus_mode.make(2, 90000)
    talk.run(40)
    rows = [line.split() for line in talk.say("claims")]
    assert ["mode", "emergency_stop", "off", "100", "decides"] in rows
    assert ["mode", "remote", "off", "80", "decides"] in rows
    assert [row[:4] for row in rows if "bus" in row][0] == ["mode", "bus", "cool", "40"]
    assert any("not followed: off wins" in line for line in talk.say("claims") if "bus" in line)
    assert talk.say("mode") == ["mode          heat", "in force      off"]


def test_the_demand_limit_of_the_console_ends_by_itself(talk):
    assert talk.say("claims limit 75 1") == ["demand        75 %"]
    assert any(line.startswith("demand   console         75 %") for line in talk.say("claims"))
    talk.run(1200)
    assert talk.unit.claims.demand.value == 100
    talk.say("claims limit 50")
    talk.run(1200)
    assert talk.unit.claims.demand.value == 50
    assert talk.say("@claims limit off") == ["demand=100.0", "@ok"]
    assert talk.unit.claims.demand.value == 100


@pytest.mark.parametrize(
    "words", ["limit", "limit 39", "limit 101", "limit 75 0", "limit 75 1441", "limit x", "limit 75 x", "off", "limit off 3"]
)
def test_a_wrong_limit_changes_nothing(talk, words):
    answer = talk.say("claims " + words)
    assert answer[0].startswith("error") and len(answer) == 1
    assert talk.unit.claims.demand.value == 100 and not talk.unit.claims.console_demand.active


def test_the_machine_twin_of_claims(talk):
    answer = talk.say("@claims")
    assert answer[0] == "#subject,source,claims,priority,left,result"
    assert answer[1] == "mode,panel,1,20,,decides"
    assert {"mode=1", "demand=100.0", "speed=3000", "want=0"} <= set(answer)


def test_clock_shows_and_sets(talk):
    answer = talk.say("clock")
    assert answer[0].startswith("clock         Wed 2026-07-15 16:0") and answer[0].endswith("daylight time")
    assert "peak          time-of-use window" in answer
    answer = talk.say("clock set 2026-07-04 12:30")
    assert answer[0].startswith("clock         Sat 2026-07-04 12:30:0")
    assert "holiday       Independence Day" in answer and "peak          no peak" in answer
    assert talk.unit.image.clock_day == 9681 and talk.unit.image.clock_s == 41400


@pytest.mark.parametrize(
    "words, part",
    [
        ("set", "usage"),
        ("set 2026-07-04", "usage"),
        ("set 2026-07-04 noon", "usage"),
        ("set 2026/07/04 12:00", "usage"),
        ("now", "usage"),
        ("set 2026-02-30 12:00", "no day 2026-02-30"),
        ("set 2026-03-08 02:15", "does not exist"),
        ("set 2026-03-08 25:15", "no time 25:15"),
    ],
)
def test_a_wrong_time_sets_nothing(talk, words, part):
    before = talk.unit.image.clock_s
    answer = talk.say("clock " + words)
    assert answer[0].startswith("error") and part in answer[0]
    assert talk.unit.image.clock_s == before


def test_a_clock_that_does_not_take_it(talk):
    talk.unit.chip.set = lambda day, second, now: False
    assert "did not take" in talk.say("clock set 2026-07-04 12:30")[0]


def reversing(bench):
    """A console over the bench of changeover and defrost: what these parts say is their own."""
    return Talk(defrost=bench.defrost, changeover=bench.changeover, duty=bench.duty)


def test_defrost_tells_how_near_the_next_is_and_what_the_last_was():
    bench = frosty()
    bench.seconds(200)
    talk = reversing(bench)
    answer = talk.say("defrost")
    assert answer[0].split(None, 1) == ["state", "no defrost"] and answer[1].split() == ["possible", "yes"]
    assert answer[2].split() == ["criterion", "value", "limit", "met"]
    assert [line[:17].strip() for line in answer[3:9]] == [
        "ambient", "coil saturation", "growth", "since the last", "running", "entering water",
    ]  # fmt: skip
    assert any(line.startswith("clean coil") and "nothing learned since power-up" in line for line in answer)
    assert any(line.split(None, 2)[2] == "none since power-up" for line in answer if line.startswith("last began"))
    rows = talk.say("@defrost")
    assert "state=0" in rows and "#criterion,value,limit,met" in rows and "last_s" not in rows
    began(bench)
    bench.until(lambda: bench.defrost.state == 0, 1500)
    page = "\n".join(talk.say("defrost"))
    assert "last began    frost" in page and "last ended" in page and "none since" not in page


def test_a_defrost_by_hand_begins_or_says_why_not():
    bench = frosty()
    bench.frost_k = 0.0
    bench.seconds(5)
    talk = reversing(bench)
    assert talk.say("defrost later")[0] == "error: usage: defrost [now]"
    assert talk.say("defrost now")[0].startswith("state")
    assert bench.defrost.asked
    began(bench, 5)
    assert "is under way" in talk.say("defrost now")[0]
    for name, text in (("defrost_enabled", "defrost_enabled is off"),):
        bench = frosty(**{name: 0})
        bench.seconds(5)
        assert reversing(bench).say("defrost now") == ["error: no defrost now: " + text]
        assert not bench.defrost.asked
    bench = frosty()
    bench.seconds(5)
    bench.duty.mode = 1
    assert reversing(bench).say("defrost now") == ["error: no defrost now: the unit chills"]


def test_changeover_tells_where_the_valves_stand():
    bench = frosty()
    bench.seconds(200)
    talk = reversing(bench)
    answer = {line[:13].strip(): line[14:] for line in talk.say("changeover")}
    assert answer["state"] == "at rest" and answer["serves"] == "heating"
    assert answer["pilot"] == "coil evaporates" and answer["water valve"] == "hot loop"
    assert answer["last took"] == "none yet" and answer["failure"] == "none"
    assert "pilot=0" in talk.say("@changeover")
    assert talk.say("changeover now")[0].startswith("error: usage")
