"""The fast trips while chilling: flow of the chilled circuit, discharge pressure, and what hot water may not do."""

from engine_bench import Bench
from ghp.control import states
from ghp.control.duty import COOLING

ATMOSPHERE = 101.325
PSI = 6.894757


class ChilledBench(Bench):
    """The engine bench with a chilled pump; the hot circuit stands still unless `hot_lps` says otherwise."""

    def __init__(self, **changes):
        super().__init__(**changes)
        self.duty.mode = COOLING
        self.flow_lps = 0.0
        self.chilled_lps = 7.57
        self.chilled_switch = None
        self._chilled = 0.0
        self._chilled_litres = 0.0

    def _inputs(self):
        super()._inputs()
        from ghp import points

        target = self.chilled_lps if self.engine.pump_hot_wanted else 0.0
        self._chilled += (target - self._chilled) * 0.05 / 1.3
        self._chilled_litres += self._chilled * 0.05
        meter = points.index_of(points.PULSE_INPUTS, "chilled_flow")
        self.image.pulses[meter] = int(self._chilled_litres * 20) & 0x3FFFFFFF
        self.image.pulses_at_us[meter] = self.now * 1000 & 0x3FFFFFFF
        self.image.pulses_status[meter] = 1
        switch = points.index_of(points.DIGITAL_INPUTS, "flow_switch_chilled")
        on = self._chilled > 3.0 if self.chilled_switch is None else self.chilled_switch
        self.image.digital[switch] = 1 if on else 0
        self.image.digital_status[switch] = 1


def gas_off_within(bench, limit_s):
    return bench.until(lambda: not bench.out("gas_valve"), limit_s)


def test_a_start_needs_the_chilled_flow_and_no_hot_one():
    bench = ChilledBench().asked()
    bench.reach(states.VENTILATE, 60)


def test_without_chilled_flow_nothing_turns():
    bench = ChilledBench()
    bench.chilled_lps = 0.0
    bench.flow_lps = 6.3  # the hot circuit flows: that is no proof
    bench.asked()
    bench.until(lambda: "flow_not_proven" in bench.standing, 120)
    assert bench.engine.starts == 0


def test_a_pump_that_stops_costs_the_fuel_within_a_second_and_a_half():
    bench = ChilledBench().running()
    bench.chilled_lps = 0.0
    taken = gas_off_within(bench, 3)
    assert taken <= 1.5 and bench.standing == ["chilled_water_flow"]
    assert bench.engine.pump_hot_wanted  # the pump of the water served stays wanted


def test_the_switch_alone_stops_it():
    bench = ChilledBench().running()
    bench.chilled_switch = False
    assert gas_off_within(bench, 3) <= 0.5
    assert bench.standing == ["chilled_water_flow"]


def test_a_blink_of_the_switch_stops_nothing():
    bench = ChilledBench().running()
    for _ in range(10):
        bench.chilled_switch = False
        bench.scan(3)
        bench.chilled_switch = None
        bench.scan(20)
    assert bench.standing == []


def test_hot_water_that_stands_still_stops_nothing():
    bench = ChilledBench().running()
    bench.seconds(30)
    assert bench.state == states.text(states.RUN) and bench.standing == []


def test_discharge_trips_at_275_psig_not_at_335():
    bench = ChilledBench().running()
    bench.discharge_kpa = 274 * PSI + ATMOSPHERE
    bench.seconds(5)
    assert bench.standing == []
    bench.discharge_kpa = 277 * PSI + ATMOSPHERE
    assert gas_off_within(bench, 2) <= 0.7
    assert bench.standing == ["discharge_pressure"]


def test_between_two_duties_without_the_compressor_no_flow_is_judged():
    bench = ChilledBench().asked()
    bench.reach(states.WARM_UP)
    bench.duty.moving = True
    bench.chilled_lps = 0.0
    bench.seconds(5)
    assert bench.standing == []
    bench.duty.moving = False
    gas_off_within(bench, 2)
    assert bench.standing == ["chilled_water_flow"]
