"""Integer blocks: bounded, monotone, bumpless, and inside the small integers of the target."""

from engine_bench import Bench
from ghp.blocks.integer import IntegerPI, clamp, interpolate
from ghp.control.governor import Governor, charge_of, drag, throttle_for
from ghp.control.mixture import fuel_map
from ghp.settings import ROWS, Settings
from hypothesis import given
from hypothesis import strategies as st

SMALL = 1 << 30


class Narrow(int):
    """An integer that fails as soon as a result leaves the target's 31-bit small integers."""


def _checked(name):
    plain = getattr(int, name)

    def operation(self, other=0):
        result = plain(self, other) if name not in ("__neg__",) else plain(self)
        if result is NotImplemented:
            return result
        assert -SMALL <= result < SMALL, f"{int(self)} {name} {other} = {result}"
        return Narrow(result)

    return operation


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "floordiv", "rfloordiv", "rshift", "lshift", "neg"):
    setattr(Narrow, f"__{_name}__", _checked(f"__{_name}__"))


def setting(key):
    row = next(row for row in ROWS if row[1] == key)
    return row[4], row[5]


@given(st.integers(-5000, 5000), st.integers(-5000, 5000), st.integers(-5000, 5000))
def test_clamp(value, a, b):
    low, high = min(a, b), max(a, b)
    assert clamp(value, low, high) == sorted((low, value, high))[1]


@given(st.lists(st.integers(0, 10000), min_size=2, max_size=12, unique=True), st.data())
def test_interpolate_stays_between_its_neighbours(xs, data):
    xs = sorted(xs)
    ys = data.draw(st.lists(st.integers(-20000, 20000), min_size=len(xs), max_size=len(xs)))
    x = data.draw(st.integers(-100, 10100))
    y = interpolate(xs, ys, Narrow(x))
    if x <= xs[0]:
        assert y == ys[0]
    elif x >= xs[-1]:
        assert y == ys[-1]
    else:
        above = next(place for place, value in enumerate(xs) if value >= x)
        low, high = sorted((ys[above - 1], ys[above]))
        assert low <= y <= high
    for place, value in enumerate(xs):
        assert interpolate(xs, ys, value) == ys[place]


errors = st.integers(-4000, 4000)


@given(
    st.integers(0, int(setting("governor_kp")[1] * 256)), st.integers(0, int(setting("governor_ki")[1] * 256)),
    st.lists(st.tuples(errors, st.integers(-4000, 4000), st.integers(0, 400)), max_size=60),
)
def test_pi_is_bounded_and_narrow_whatever_comes(kp_q8, ki_q8, inputs):
    pi = IntegerPI(0, 9700, 1000)
    pi.kp_q8, pi.ki_q8 = kp_q8, ki_q8
    for error, offset, dt_ms in inputs:
        assert 0 <= pi.update(Narrow(error), Narrow(offset), Narrow(dt_ms)) <= 9700


@given(st.integers(0, 9700), st.integers(-900, 900), st.integers(-2000, 2000))
def test_pi_continues_from_where_it_is_put(out, error, offset):
    pi = IntegerPI(0, 9700, 1000)
    pi.kp_q8, pi.ki_q8 = 1792, 2304
    pi.track(out, error, offset)
    assert abs(pi.update(error, offset, 0) - out) <= 1


@given(st.integers(1, 300), st.integers(1, 100))
def test_pi_does_not_wind_up(scans, error):
    pi = IntegerPI(0, 9700, 1000)
    pi.kp_q8, pi.ki_q8 = 1792, 2304
    for _ in range(scans):
        pi.update(error, 0, 50)
    wound = pi.integral()
    assert wound <= 9700
    for _ in range(400):
        pi.update(1000, 0, 50)
    assert pi.integral() <= max(wound, 9700)
    pi.update(-1000, 0, 50)
    assert pi.out < 9700  # one step the other way leaves the limit at once


@given(st.integers(0, 9700), st.integers(0, 5000))
def test_throttle_map_is_narrow_and_bounded(charge, rpm):
    assert 0 <= throttle_for(Narrow(charge), Narrow(rpm)) <= 10000
    assert 0 <= charge_of(Narrow(charge), Narrow(rpm)) <= 9930
    assert 0 < drag(Narrow(rpm)) < 4000


@given(st.integers(0, 5000), st.integers(0, 9700))
def test_fuel_map_is_narrow_and_bounded(rpm, charge):
    assert -40000 <= fuel_map(Narrow(rpm), Narrow(charge)) <= 30000


speeds = st.lists(st.integers(0, 5000), min_size=1, max_size=40)


@given(speeds, st.integers(900, 3000), st.sampled_from(["low", "default", "high"]), st.integers(1, 400))
def test_governor_is_narrow_and_bounded_on_any_speeds(rpms, target, gains, dt_ms):
    settings = Settings()
    if gains != "default":
        for key in ("governor_kp", "governor_ki", "governor_kd", "ramp_up_rpm_s", "ramp_down_rpm_s"):
            settings.set(key, setting(key)[gains == "high"])
    governor = Governor(settings)
    now = SMALL - 100
    for rpm in rpms:
        throttle = governor.govern(Narrow(target), 0, Narrow(rpm), now % SMALL)
        now += dt_ms
        assert 0 <= throttle <= 10000
        assert 0 <= governor.load_pct100 <= 10000
        assert abs(governor.setpoint_rpm - rpms[0]) <= max(abs(target - rpms[0]), 0) + 1


@given(st.lists(st.tuples(st.integers(0, 1500), st.integers(10, 400)), min_size=8, max_size=30), st.integers(0, 10000))
def test_flow_proof_is_narrow_on_any_pulses(steps, pump):
    bench = Bench()
    flow = bench.flow.hot
    index = flow._index
    bench.image.pulses_status[index] = 1
    bench.outputs.pump_hot_speed.value = Narrow(pump)
    now = SMALL - 500
    count = SMALL - 300
    flow._pulses = [0, 0, 0, 0]
    for pulses, dt_ms in steps:
        count = (count + pulses) % SMALL
        now = (now + dt_ms) % SMALL
        flow._pulses[index] = Narrow(count)
        flow.update(Narrow(now))
        assert flow.rate >= 0
