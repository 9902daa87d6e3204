"""The knob: two gestures for the set point, refusals, time-outs, the alarm reset; one page a slice."""

import pytest
from ghp.panel import panel as panels
from ghp.panel.panel import Panel
from people_unit import Display, running_unit


class Person:
    """Someone at the panel, who lets `ms` pass between gestures."""

    def __init__(self):
        self.unit = running_unit()
        self.display = Display()
        self.panel = Panel(self.unit, self.display, self.unit.image.knob)
        self.wait(2000)

    def wait(self, ms):
        for _ in range(ms // 50):
            self.unit.step()
            self.panel.update(self.unit.board.clock.now)

    def turn(self, detents):
        self.unit.image.knob[0] += detents
        self.wait(100)

    def push(self, ms=150):
        self.unit.press(True)
        self.wait(ms)
        self.unit.press(False)
        self.wait(100)

    def asked_f(self):
        return self.unit.settings.hot_setpoint_c * 1.8 + 32


@pytest.fixture
def person():
    return Person()


def test_set_point_in_two_gestures(person):
    person.push()
    assert person.panel.editing
    person.turn(-20)
    assert person.asked_f() == pytest.approx(140)  # nothing yet
    person.push()
    assert not person.panel.editing
    assert person.asked_f() == pytest.approx(120, abs=0.001)


def test_steps_of_half_a_kelvin_in_si(person):
    person.unit.settings.set("units", 1)
    person.push()
    person.turn(3)
    person.push()
    assert person.unit.settings.hot_setpoint_c == pytest.approx(61.5, abs=0.001)


def test_the_first_turn_goes_to_the_next_whole_step(person):
    person.unit.settings.set("hot_setpoint_c", 60.2)  # 140.36 F
    for detents, expected in ((1, 141.0), (-1, 140.0), (1, 141.0), (2, 143.0), (-3, 140.0)):
        person.push()
        person.turn(detents)
        person.push()
        assert person.asked_f() == pytest.approx(expected, abs=0.001)


def test_a_push_without_a_turn_changes_nothing(person):
    person.unit.settings.set("hot_setpoint_c", 60.2)
    changes = person.unit.settings.changes
    person.push()
    person.push()
    assert person.unit.settings.changes == changes
    assert not person.panel.editing


def test_left_alone_it_returns_without_a_change(person):
    changes = person.unit.settings.changes
    person.push()
    person.turn(-9)
    person.wait(panels.ADJUST_TIMEOUT_MS - 200)
    assert person.panel.editing
    person.wait(400)
    assert not person.panel.editing
    assert person.panel.page == panels.HOME
    assert person.unit.settings.changes == changes


def test_pages_go_home_by_themselves(person):
    person.turn(2)
    person.wait(panels.PAGE_TIMEOUT_MS - 500)
    assert person.panel.page == 2
    person.wait(1000)
    assert person.panel.page == panels.HOME


def test_the_range_of_the_table_ends_the_turn(person):
    person.push()
    person.turn(-500)
    assert person.panel.number == pytest.approx(90)
    assert person.panel._note == "allowed is 90.0 F to 160.0 F"
    person.turn(500)
    assert person.panel.number == pytest.approx(160)
    person.push()
    assert person.asked_f() == pytest.approx(160, abs=0.001)


def test_above_the_ceiling_down_is_allowed_up_and_store_are_not(person):
    person.unit.settings.set("hot_setpoint_c", 70.0)  # 158 F, asked on a milder day
    person.unit.put("ambient_temp", -6.67)
    person.wait(6000)
    person.push()
    person.turn(1)
    assert person.panel.number == pytest.approx(158)
    assert "above 150.1 F, the ceiling at 20.0 F ambient" in person.panel._note
    person.turn(-2)
    assert person.panel.number == pytest.approx(156)
    person.push()
    assert person.panel.editing
    assert "above 150.1 F" in person.panel._note
    assert person.unit.settings.hot_setpoint_c == 70.0
    person.turn(-6)
    person.push()
    assert person.asked_f() == pytest.approx(150, abs=0.001)


def test_a_ceiling_that_fell_meanwhile_refuses_the_store(person):
    person.push()
    person.turn(15)
    person.unit.put("ambient_temp", -20.0)
    person.wait(6000)
    person.push()
    assert person.panel.editing
    assert "the ceiling at" in person.panel._note
    assert person.asked_f() == pytest.approx(140)


def test_the_mode_is_chosen_on_its_page(person):
    person.turn(-1)
    person.push()
    person.turn(1)
    assert person.unit.settings.mode == 0
    person.push()
    assert person.unit.settings.mode == 1
    assert person.panel.page == panels.HOME
    person.turn(-1)
    person.push()
    person.turn(-9)
    person.push()
    assert person.unit.settings.mode == 0


def test_hold_resets_alarms_on_their_page_only(person):
    monitor = person.unit.monitor
    for key in ("superheat_low", "underspeed"):
        monitor.judge(monitor.find(key), True, 0)
    monitor.judge(monitor.find("underspeed"), False, 0)
    person.push(1500)
    assert len(monitor.standing()) == 2  # on the home page a hold means nothing
    assert not person.panel.editing
    person.turn(7)
    person.push(1500)
    assert [alarm.key for alarm in monitor.standing()] == ["superheat_low"]
    assert person.panel._note == "1 still present"
    assert person.panel.page == 7  # the release after a hold is no push
    monitor.judge(monitor.find("superheat_low"), False, 0)
    person.push(1500)
    assert monitor.standing() == []
    person.push()
    assert person.panel.page == panels.HOME


def test_the_knob_counts_from_where_it_stands_and_across_the_wrap():
    unit = running_unit()
    for start in (7, 0x3FFFFFFF, -3):
        unit.image.knob[0] = start
        made = Panel(unit, Display(), unit.image.knob)
        made.update(unit.board.clock.now)
        assert made.page == panels.HOME
        unit.image.knob[0] = start + 1 if start != 0x3FFFFFFF else 0
        made.update(unit.board.clock.now)
        assert made.page == 1


def test_at_most_one_page_a_slice_and_none_while_nothing_changes(person):
    person.wait(1000)
    sent = person.display.sent
    person.wait(10000)
    assert person.display.sent == sent
    person.turn(1)
    for _ in range(20):
        sent = person.display.sent
        person.unit.step()
        person.panel.update(person.unit.board.clock.now)
        assert person.display.sent - sent <= 1


def test_a_display_that_lost_its_memory_is_drawn_again(person):
    before = bytes(person.display.memory)
    person.display.memory[:] = bytes(1024)
    person.display.setups += 1
    person.wait(1500)
    assert bytes(person.display.memory) == before


def test_a_display_that_does_not_answer_is_tried_again(person):
    person.display.there = False
    person.turn(1)
    person.wait(2000)
    person.display.there = True
    person.wait(1500)
    fresh = Display()
    other = Panel(person.unit, fresh, person.unit.image.knob)
    other.page = 1
    for _ in range(40):
        person.unit.step()
        other.update(person.unit.board.clock.now)
    assert person.display.memory == fresh.memory


def test_a_fault_in_a_page_is_counted_and_the_panel_goes_home(person):
    state_text = person.unit.state_text
    person.unit.state_text = None
    person.wait(1000)
    assert person.panel.failures > 0
    assert person.panel.fault.startswith("TypeError")
    assert person.unit.failed == []
    person.unit.state_text = state_text
    person.wait(1500)
    count = person.panel.failures
    person.turn(1)
    assert person.panel.page == 1
    assert person.panel.failures == count
