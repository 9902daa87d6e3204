"""A stopped unit around `ghp.control.hand`, whose parts say what a test wants."""

import pytest
from ghp.control import arbiter as arbitration
from ghp.control import changeover_states as steps
from ghp.control import hand as hands
from ghp.control import states
from ghp.image import Image
from ghp.outputs import Outputs
from ghp.protection.monitor import Monitor
from ghp.settings import Settings
from ghp.ticks import ticks_add
from people_unit import Values


class Bench:
    """A stopped unit whose parts say what the test wants; one `scan` is 50 ms."""

    def __init__(self):
        self.outputs = Outputs(Image())
        self.monitor = Monitor()
        self.settings = Settings()
        self.now = 0x3FFFFF00
        since = Values({"started": 0})
        since.start = lambda now_ms: setattr(since, "started", now_ms)
        since_gas = Values({"age_ms": 400000})
        since_gas.start = lambda now_ms: setattr(since_gas, "age_ms", 0)
        self.engine = Values(
            {"state": states.OFF, "standstill": True, "starter_on": False, "since_starter": since, "since_gas": since_gas, "age": 100000,
             "starter_off_rpm": 450, "speed": Values({"newest_rpm": 0}), "pump_hot_wanted": False, "pump_coolant_wanted": False,
             "enclosure_fan_wanted": False, "equal": True, "permitted": True}
        )  # fmt: skip
        self.engine.age_ms = lambda: self.engine.age
        self.engine.equalised = lambda: self.engine.equal
        self.engine.starter_permitted = lambda: self.engine.permitted
        self.changeover = Values({"state": steps.REST})
        self.granted = []
        self.arbiter = Values({"want": 0, "pending": 0, "yes": True, "serving": arbitration.HEAT})
        self.arbiter.order = self.order
        self.water = Values({"guarding": False, "warming": False})
        self.hand = hands.Hand(
            self.outputs, self.engine, self.monitor, self.changeover, self.arbiter, self.water, self.settings, self.now
        )
        self.on = True
        self.asked = {}
        self.scan()

    def scan(self, count=1):
        for _ in range(count):
            self.now = ticks_add(self.now, 50)
            self.engine.starter_on = False
            self.engine.since_gas.age_ms += 50
            for output in self.outputs.table:  # control: all off, but what the test asks and the lamp by its own rule
                output.command(self.asked.get(output.name, 0), self.now)
            self.outputs.alarm_lamp.command(self.monitor.lamp(), self.now)
            if self.on and not self.hand.update(self.now):
                self.on = False
            self.outputs.settle(self.now)
            turns = self.outputs.starter.value
            self.engine.speed.newest_rpm = 200 if turns else 0
            self.engine.standstill = not turns

    def take(self, name, word, seconds=None):
        output = getattr(self.outputs, name)
        return self.hand.take(output, self.hand.parse(output, word), seconds, self.now)

    def order(self, target, now_ms):
        if self.arbiter.yes and now_ms is not None:
            self.granted.append(target)
            self.arbiter.serving = target
        return self.arbiter.yes

    def air(self):
        """Enclosure fan on by hand, for as long as gas and spark need it."""
        self.take("enclosure_fan", "1", 600)
        self.scan(20 * self.settings.ventilate_s + 1)

    def refused(self, name, word, seconds=None):
        with pytest.raises(ValueError) as error:
            self.take(name, word, seconds)
        assert name in str(error.value)
        return str(error.value)

    def value(self, name):
        return getattr(self.outputs, name).value

    def alarm(self, on, key="emergency_stop"):
        self.monitor.judge(self.monitor.find(key), on, self.now)
        if not on:
            self.monitor.reset()
