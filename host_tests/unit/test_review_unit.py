"""The whole controller over simulated chips, wires driven by hand: what must hold when a part of it fails."""

import pytest
from ghp.protection import stops
from ghp.unit import Unit
from ghptools.virtual import wires
from ghptools.virtual.inprocess import InProcess

RATIO_MIDDLE = 1_500_000  # microvolts: a quarter of a transducer's range
NTC_WARM = 2_500_000  # 25 degC


class Cabinet:
    """A controller whose inputs all look healthy; the engine stands, nothing flows."""

    def __init__(self):
        self.board = InProcess(None)
        for name in wires.ADC_IN:
            self.board.set_wire(name, NTC_WARM if "temp" in name or "water" in name else RATIO_MIDDLE)
        for name, microvolts in (
            ("chilled_entering", NTC_WARM), ("chilled_leaving", NTC_WARM), ("reference_volts", 2_500_000),
            ("lambda_volts", 500_000), ("battery_volts", 3_300_000), ("oil_pressure", 500_000),
            ("discharge_temp", 4_500_000),
        ):
            self.board.set_wire(name, microvolts)
        for name in ("safety_chain", "high_pressure_switch", "emergency_stop", "gas_pressure_switch", "remote_enable"):
            self.board.set_wire(name, 1)
        self.unit = Unit(self.board.board_module.build)
        self.seen = []  # (stop class at the engine's turn) of every fast scan
        engine = self.unit.engine
        update = engine.update

        def watched(now_ms):
            self.seen.append(self.unit.monitor.stop_class)
            update(now_ms)

        engine.update = watched

    def run(self, ms):
        unit = self.unit
        end = self.board.time_ms + ms
        while self.board.time_ms < end:
            unit.board.clock.sleep_ms(unit.executive.run_due() or 1)
        return self

    @property
    def standing(self):
        return [alarm.key for alarm in self.unit.monitor.standing()]


@pytest.fixture
def cabinet():
    made = Cabinet().run(15000)
    assert made.standing == [] and made.unit.failure is None
    return made


@pytest.mark.parametrize("wire", ["discharge_pressure", "suction_pressure", "oil_pressure", "reference_volts"])
def test_a_dead_safety_sensor_stops_every_scan_and_is_one_alarm(cabinet, wire):
    cabinet.board.set_wire(wire, 0)
    cabinet.run(20000)
    cabinet.seen.clear()
    cabinet.run(3000)
    key = "converter_check" if wire == "reference_volts" else "sensor_fast_stop"
    assert set(cabinet.seen) == {stops.FAST_STOP}
    assert cabinet.unit.monitor.find(key).count == 1
