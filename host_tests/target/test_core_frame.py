"""Ticks, curves, controllers, outputs: the same integers on both interpreters."""

from ghp import outputs, points, ticks
from ghp.blocks import integer
from ghp.image import Image
from ghp.sensing import curves

try:
    from micropython import heap_lock, heap_unlock
except ImportError:  # CPython has no heap to lock

    def heap_lock():
        """Nothing to lock."""

    heap_unlock = heap_lock


def checksum(numbers):
    """Fold integers into one, inside 30 bits."""
    total = 7
    for number in numbers:
        total = (total * 31 + number) & 0x3FFFFFFF
    return total


def test_ticks_across_the_wrap():
    end = ticks.TICKS_PERIOD - 1
    assert ticks.ticks_add(end, 1) == 0
    assert ticks.ticks_diff(ticks.ticks_add(end, 500), end) == 500
    assert ticks.ticks_diff(end, ticks.ticks_add(end, 500)) == -500
    assert ticks.ticks_diff(0, ticks.TICKS_PERIOD // 2) == -(ticks.TICKS_PERIOD // 2)


def test_every_curve_gives_the_same_integers():
    found = []
    for name in ("psia200", "psig500", "psig100", "inwc30", "ntc10k", "ntc100k", "volts", "divider4", "thermocouple"):
        curve = curves.make(name)
        values = []
        for counts in range(-2000, 32768, 331):
            value = curve.scaled(counts)
            values.append(-1 if value is None else value)
        found.append(checksum(values))
    assert found == CURVES, found


# of the file's own first run on CPython; a change of a curve changes it on purpose
CURVES = [
    710236997,  # psia200
    384006239,  # psig500
    105715140,  # psig100
    348050614,  # inwc30
    534334445,  # ntc10k
    948897999,  # ntc100k
    959535741,  # volts
    833981855,  # divider4
    961066781,  # thermocouple
]


def test_the_integer_controller_gives_the_same_integers():
    controller = integer.IntegerPI(0, 10000, 2000)
    controller.kp_q8 = 300
    controller.ki_q8 = 90
    speed = 0
    found = []
    for _step in range(400):
        out = controller.update(1500 - speed, 1000, 50)
        speed += (out - speed * 3) // 40
        found.append(out)
        found.append(speed)
    assert checksum(found) == CONTROLLER, checksum(found)


CONTROLLER = 514291065


def test_an_output_perishes_without_allocating():
    image = Image()
    table = outputs.Outputs(image)
    place = points.index_of(points.OUTPUTS, "gas_valve")
    table.gas_valve.command(1, 1000)
    seen = []
    now = 1000
    for _ in range(6):
        heap_lock()
        try:
            table.settle(now)
        finally:
            heap_unlock()
        seen.append(image.outputs[place])
        now += 50
    assert seen == [1, 1, 1, 1, 0, 0]


def test_names_and_ids_are_unique():
    tables = (points.ANALOG_INPUTS, points.PULSE_INPUTS, points.DIGITAL_INPUTS, points.OUTPUTS)
    rows = [row for table in tables for row in table]
    assert len({row[0] for row in rows}) == len(rows)
    assert len({row[1] for row in rows}) == len(rows)
