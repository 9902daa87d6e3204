"""What the pickup and the two flow witnesses prove."""

from engine_bench import Bench


class Speeds:
    """A pickup fed with speeds, one per scan, through the readings' own attributes."""

    def __init__(self):
        self.bench = Bench(1000)
        self.pickup = self.bench.pickup
        self.speed = self.bench.readings.engine_speed
        self.oil = self.bench.readings.oil_pressure
        self.speed.quality = self.oil.quality = 0
        self.oil.scaled = 0
        self.now = 1000

    def feed(self, *rpms, clutch=False, starter=False):
        for rpm in rpms:
            self.speed.newest_rpm = rpm
            self.pickup.update(starter, clutch, self.now)
            self.now += 50
        return self.pickup


def falling(rpm, rate):
    """Speeds of an engine losing `rate` rpm a scan."""
    found = []
    while rpm > 0:
        found.append(rpm)
        rpm -= rate
    return found + [0]


def test_three_scans_make_turning_one_does_not():
    pickup = Speeds().feed(0, 0, 1500, 0, 0, 300, 300)
    assert not pickup.turning
    assert Speeds().feed(0, 30, 30, 30).turning


def test_no_possible_stop_is_taken_for_a_lost_pickup():
    for rpm in range(300, 3300, 50):
        for rate in (20, 60, 100):
            assert not Speeds().feed(*[rpm] * 30, *falling(rpm, rate)).vanished, (rpm, rate)
        for rate in (100, 200, 280, 340):
            assert not Speeds().feed(*[rpm] * 30, *falling(rpm, rate), clutch=True).vanished, (rpm, rate)


def test_every_vanished_pickup_of_a_running_engine_is_noticed():
    for rpm in range(800, 3300, 50):
        for last in (0, rpm // 3, rpm - 20):  # the wire breaks somewhere inside a scan
            seen = Speeds()
            assert seen.feed(*[rpm] * 30, last, 0, clutch=True).vanished, (rpm, last)
            assert seen.pickup.suspect
            assert not seen.feed(rpm).vanished  # it came back


def test_the_clutch_is_remembered_for_a_second_after_its_release():
    fed = Speeds()
    fed.feed(*[1200] * 30, clutch=True)
    assert not fed.feed(*falling(1100, 280)).vanished
    fed = Speeds()
    fed.feed(*[1200] * 30, clutch=True)
    fed.feed(*[1000] * 25)
    assert fed.feed(1000, 300, 0).vanished


def test_standstill_needs_its_time_and_turning_takes_it_away():
    fed = Speeds()
    fed.feed(*[200] * 5, starter=True)
    assert not fed.pickup.suspect
    fed.feed(*falling(200, 50))
    fed.feed(*[0] * 97)
    assert not fed.pickup.standstill
    assert fed.feed(0, 0, 0, 0, 0).standstill
    assert fed.feed(1500, 0, 0).standstill  # one noisy scan
    assert not fed.feed(40, 40, 40).standstill
    assert fed.pickup.standstill_wait_ms() == 5000


def test_oil_pressure_is_asked_only_when_the_pickup_is_suspect():
    fed = Speeds()
    fed.oil.scaled = 200000
    fed.feed(*[0] * 400)
    assert not fed.pickup.standstill  # 20 s of silence, but oil pressure
    fed.oil.scaled = 10000
    fed.feed(*[0] * 201)
    assert fed.pickup.standstill


def test_a_dead_oil_sensor_costs_two_minutes_not_the_start():
    fed = Speeds()
    fed.oil.quality = 2
    fed.feed(*[0] * 2398)
    assert not fed.pickup.standstill
    assert fed.feed(*[0] * 5).standstill


def flow_bench():
    bench = Bench()
    bench.outputs.pump_hot.forced = 1
    bench.seconds(8)
    return bench


def test_flow_present_needs_both_witnesses():
    bench = flow_bench()
    assert bench.flow.present and bench.flow.meter_on
    bench.switch = 0
    bench.scan(2)
    assert not bench.flow.present and bench.flow.meter_on
    bench.switch = 1
    bench.dead.add("hot_flow")
    bench.scan(2)
    assert not bench.flow.present and not bench.flow.meter_on


def test_rate_is_pulses_over_time():
    bench = flow_bench()
    assert abs(bench.flow.hot.rate - 6.3 * 20 * 100) < 400


def test_a_counter_that_jumps_is_not_water():
    bench = flow_bench()
    before = bench.flow.hot.rate
    bench._litres += 1e6
    bench.scan()
    assert bench.flow.hot.rate == before


def test_usual_flow_is_forgotten_at_standstill():
    bench = flow_bench()
    bench.flow_lps = 0.0
    bench.seconds(5)
    assert not bench.flow.meter_on
    bench.flow_lps = 1.3  # a fifth of before, now that a filter is clogged
    bench.seconds(3)
    assert bench.flow.meter_on and bench.flow.present


def test_less_flow_that_circulates_before_the_next_start_is_usual_after_a_minute():
    bench = flow_bench()
    bench.flow_lps = bench._flow = 1.4  # at once: above the least, below a third of before
    bench.seconds(3)
    assert not bench.flow.meter_on
    bench.seconds(75)
    assert bench.flow.meter_on and bench.flow.present


def test_pulses_that_jump_as_no_engine_can_prove_nothing():
    speeds = Speeds()
    pickup = speeds.feed(*[800] * 20)
    assert not pickup.wild
    pickup = speeds.feed(*[0, 900] * 4)
    assert pickup.wild and pickup.suspect
    pickup = speeds.feed(*[0] * 30)
    assert not pickup.wild


def test_a_burst_of_a_fifth_of_a_second_is_not_wild_and_neither_is_any_engine():
    pickup = Speeds().feed(*[2400] * 20, 5000, 0, 5000, 0, *[2400] * 20, clutch=True)
    assert not pickup.wild
    pickup = Speeds().feed(*range(0, 2400, 335), *falling(2400, 500))
    assert not pickup.wild


def test_a_fall_that_no_engine_makes_and_that_stays_is_a_pickup_that_has_lost_teeth():
    pickup = Speeds().feed(*[2400] * 20, 2000, *[1680] * 3, clutch=True)
    assert not pickup.wild  # a burst would be over by now
    speeds = Speeds()
    pickup = speeds.feed(*[2400] * 20, 2000, *[1680] * 4, clutch=True)
    assert pickup.wild and pickup.suspect


def test_a_fall_that_comes_back_or_that_an_engine_can_make_is_none():
    assert not Speeds().feed(*[2400] * 20, *[1680] * 3, *[2350] * 20, clutch=True).wild
    assert not Speeds().feed(*[3000] * 20, *range(3000, 0, -295), clutch=True).wild  # 590 rpm in two scans, to the stall
