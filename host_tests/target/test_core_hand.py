"""Outputs by hand: the scan's part allocates nothing, falls back by itself, and is the same on both interpreters."""

from ghp.control import arbiter, states
from ghp.control import changeover_states as steps
from ghp.control import hand as hands
from ghp.image import Image
from ghp.outputs import Outputs
from ghp.protection.monitor import Monitor
from ghp.settings import Settings

try:
    from micropython import heap_lock, heap_unlock
except ImportError:  # CPython

    def heap_lock():
        """Nothing to lock."""

    heap_unlock = heap_lock


class Plain:
    """Attributes by name."""

    def __init__(self, **values):
        for name in values:
            setattr(self, name, values[name])


def test_hand_values_in_the_scan_allocate_nothing():
    outputs = Outputs(Image())
    monitor = Monitor()
    engine = Plain(
        state=states.OFF, standstill=True, starter_on=False, starter_off_rpm=450, speed=Plain(newest_rpm=0), pump_hot_wanted=False,
        pump_coolant_wanted=False, enclosure_fan_wanted=False, since_starter=Plain(start=lambda now_ms: None), since_gas=Plain(start=lambda now_ms: None, age_ms=400000),
        age_ms=lambda: 100000, equalised=lambda: True, starter_permitted=lambda: True,
    )  # fmt: skip
    hand = hands.Hand(
        outputs, engine, monitor, Plain(state=steps.REST), Plain(order=lambda target, now_ms: True), Plain(guarding=False),
        Plain(mode=0, fan_on_min_s=60, fan_off_min_s=30, crank_rest_s=20, ventilate_s=10), 0,
    )  # fmt: skip
    hand.take(outputs.starter, 1, 2, 0)
    hand.take(outputs.fan_bank_1, 1, None, 0)
    hand.take(outputs.expansion_valve, hand.parse(outputs.expansion_valve, "40%"), 3, 0)
    cranked = steps_seen = 0
    now_ms = 0
    for scan in range(2000):
        now_ms += 50
        if scan == 1000:
            hand.ending = True
        heap_lock()
        try:
            for output in outputs.table:
                output.command(0, now_ms)
            on = hand.update(now_ms)
            outputs.settle(now_ms)
        finally:
            heap_unlock()
        cranked += outputs.starter.value
        steps_seen += outputs.expansion_valve.value == 200
        if not on:
            break
    assert cranked == 39 and steps_seen == 59, (cranked, steps_seen)
    assert scan == 1199, scan  # the fan's shortest run


def test_a_water_order_is_granted_in_the_scan_without_memory():
    made = arbiter.Arbiter(Settings(), None, None, None, None, Plain(cooling=lambda: False))
    assert not made.order(arbiter.COOL, None)  # power-up counts as a changeover
    made._changed.age_ms = 700000
    assert made.order(arbiter.COOL, None) and made.changes == 0
    heap_lock()
    try:
        granted = made.order(arbiter.COOL, 50)
    finally:
        heap_unlock()
    assert granted and made.changes == 1 and made.serving == arbiter.COOL and made.changes_in_hour() == 1
    assert not made.order(arbiter.HEAT, None)
