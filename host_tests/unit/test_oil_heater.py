"""Crankcase heater: on while the compressor rests; the first start after a power cut may have to wait for it."""

from ghp.control.oil_heater import OilHeater
from shift_bench import Bench


def heater(power_up=True, minutes=30):
    bench = Bench(crankcase_wait_min=minutes)
    return bench, OilHeater(bench.settings, bench.engine, bench.outputs, power_up)


def run(bench, oil, seconds):
    for _ in range(seconds * 2):
        bench.now += 500
        oil.update(bench.now)
        bench.outputs.settle(bench.now)


def test_the_first_start_waits_for_warm_oil():
    bench, oil = heater()
    run(bench, oil, 60)
    assert oil.waiting and bench.outputs.crankcase_heater.value == 1
    told = []
    oil.reasons(lambda *row: told.append(row), bench.now)
    assert 28 * 60 <= told[0][2] <= 29 * 60 + 2
    run(bench, oil, 30 * 60)
    assert not oil.waiting


def test_no_wait_after_a_reset_or_when_not_asked_for():
    bench, oil = heater(power_up=False)
    run(bench, oil, 5)
    assert not oil.waiting
    bench, oil = heater(minutes=0)
    run(bench, oil, 5)
    assert not oil.waiting


def test_off_while_the_compressor_turns_and_no_wait_ever_after():
    bench, oil = heater()
    run(bench, oil, 5)
    bench.engine.state = 13
    run(bench, oil, 5)
    assert bench.outputs.crankcase_heater.value == 0
    bench.engine.state = 0
    run(bench, oil, 5)
    assert bench.outputs.crankcase_heater.value == 1 and not oil.waiting
