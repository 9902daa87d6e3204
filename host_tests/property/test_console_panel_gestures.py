"""The panel as a state machine: whatever a person does, a setting changes only by a store that is allowed."""

from ghp.panel import panel as panels
from ghp.panel.panel import Panel
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from people_unit import Display, running_unit


class PanelMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.unit = running_unit()
        self.display = Display()
        self.panel = Panel(self.unit, self.display, self.unit.image.knob)
        self.idle_ms = 0
        self.wait(500)

    def wait(self, ms):
        for _ in range(ms // 50):
            sent = self.display.sent
            self.unit.step()
            self.panel.update(self.unit.board.clock.now)
            assert self.display.sent - sent <= 1

    def asked(self):
        settings = self.unit.settings
        return {key: getattr(settings, key) for key in ("hot_setpoint_c", "chilled_setpoint_c", "mode")}

    def untouched(self, action):
        before, changes = self.asked(), self.unit.settings.changes
        action()
        assert self.asked() == before
        assert self.unit.settings.changes == changes

    @rule(detents=st.integers(-40, 40))
    def turn(self, detents):
        self.unit.image.knob[0] += detents
        self.untouched(lambda: self.wait(100))

    @rule(ms=st.sampled_from([50, 500, 5000, panels.ADJUST_TIMEOUT_MS + 100]))
    def let_pass(self, ms):
        self.untouched(lambda: self.wait(ms))

    @rule(ambient_c=st.floats(-25, 15))
    def weather(self, ambient_c):
        self.unit.put("ambient_temp", ambient_c)
        self.untouched(lambda: self.wait(6000))

    @rule()
    def hold(self):
        self.unit.press(True)
        self.untouched(lambda: self.wait(1500))
        self.unit.press(False)
        self.untouched(lambda: self.wait(100))

    @rule()
    def push(self):
        editing, key, number, before = self.panel.editing, self.panel.key, self.panel.number, self.asked()
        self.unit.press(True)
        self.untouched(lambda: self.wait(150))
        self.unit.press(False)
        self.wait(100)
        after = self.asked()
        if editing == 1 and after != before:
            assert after == {**before, key: after[key]}
            assert abs(after[key] - (number - 32) / 1.8) < 1e-4
            if key == "hot_setpoint_c":
                assert self.unit.setpoint.check(after[key]) is None  # never beyond what is allowed now
            assert not self.panel.editing
        elif editing == 2:
            assert after == {**before, "mode": number}
        else:
            assert after == before

    @precondition(lambda self: self.panel.editing)
    @rule(detents=st.integers(-3, 3))
    def fine(self, detents):
        self.turn(detents)

    @invariant()
    def inside_the_table(self):
        if hasattr(self, "panel"):
            assert 32.2 <= self.unit.settings.hot_setpoint_c <= 71.2
            assert 4.44 <= self.unit.settings.chilled_setpoint_c <= 15.56
            assert 0 <= self.panel.page < 9
            if self.panel.editing == 1:
                low, high = {"hot_setpoint_c": (89.9, 160.1), "chilled_setpoint_c": (39.9, 60.1)}[self.panel.key]
                assert low <= self.panel.number <= high
            assert self.unit.failed == []
            assert self.panel.failures == 0

    def teardown(self):
        """What the display holds is what a fresh panel would show of the same page."""
        self.wait(2000)
        fresh = Display()
        other = Panel(self.unit, fresh, self.unit.image.knob)
        other.page, other.editing, other.number = self.panel.page, self.panel.editing, self.panel.number
        other.key = self.panel.key
        other._note, other._page_at, other._gesture_at = self.panel._note, self.panel._page_at, self.panel._gesture_at
        for _ in range(24):
            self.unit.step()
            self.panel.update(self.unit.board.clock.now)
            other.update(self.unit.board.clock.now)
        if other.page == self.panel.page and other.editing == self.panel.editing:
            same = [a == b for a, b in zip(fresh.memory, self.display.memory, strict=True)]
            # the reasons' lines may turn over between the two panels' cycles
            assert all(same[: 6 * 128])


TestPanel = PanelMachine.TestCase
TestPanel.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
