"""Random hands on mode, contacts, water, clock and bus, against what anybody would expect of the arbiter.

The model keeps its own stopwatches and knows nothing of the arbiter's.
"""

from datetime import timedelta

from asking_bench import COOL, HEAT, NONE, Bench
from ghp.control import arbiter as codes
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

SCAN_MS = 10000
SCAN_S = SCAN_MS / 1000
PERSIST_S = 1200
DWELL_S = 600
HOUR_S = 3600
PATIENCE_S = HOUR_S + PERSIST_S  # by then every timer is over, whatever happened before


class Model:
    """What the last scans were like, judged anew at every scan."""

    def __init__(self, bench):
        self.bench = bench
        self.serving = bench.arbiter.serving
        self.grants = []
        self.called_s = {HEAT: 0.0, COOL: 0.0}
        self.alone_s = {HEAT: 0.0, COOL: 0.0}
        self.since_edge_s = 1e9
        self.peak = False
        self.failure = None

    def look(self, bench):
        try:
            self._look(bench)
        except AssertionError as error:
            self.failure = self.failure or error

    def _look(self, bench):
        arbiter = bench.arbiter
        now_s = bench.time_ms / 1000
        calls = {HEAT: bench.heat.run_wanted, COOL: bench.cool.run_wanted}
        timed = bench.peak.way in (1, 2)
        self.since_edge_s = 0.0 if timed != self.peak else self.since_edge_s + SCAN_S
        self.peak = timed
        offs = [claim for claim in bench.claims.mode.claims if claim.active and claim.value == 0]
        for water in (HEAT, COOL):
            other = COOL if water == HEAT else HEAT
            self.called_s[water] = self.called_s[water] + SCAN_S if calls[water] else 0.0
            alone = calls[water] and not calls[other] and not offs
            self.alone_s[water] = self.alone_s[water] + SCAN_S if alone else 0.0

        # never both, never what nobody called for, never against an off
        assert arbiter.want in (NONE, HEAT, COOL)
        if arbiter.want:
            assert calls[arbiter.want] and not offs
            assert bench.claims.mode.value in (arbiter.want, 3)
        if offs:
            assert bench.claims.mode.value == 0 and arbiter.want == NONE and arbiter.reason == codes.OFF
            told = [text for rank, text, _, _ in bench.why() if rank == 0]
            assert len(told) >= len(offs)

        # changes: ten minutes, three an hour, persistence
        if arbiter.want not in (NONE, self.serving):
            assert now_s >= DWELL_S - SCAN_S
            assert not self.grants or now_s - self.grants[-1] >= DWELL_S
            self.grants.append(now_s)
            assert len([at for at in self.grants if now_s - at < HOUR_S]) <= 3
            if bench.claims.mode.value == 3 and self.since_edge_s > PERSIST_S:
                assert self.called_s[arbiter.want] >= PERSIST_S
            self.serving = arbiter.want

        # a defined reason, with a time when something waits
        assert 0 <= arbiter.reason < len(codes.REASON_TEXT)
        if arbiter.want == NONE:
            assert bench.why() and bench.why()[0][1]
        if arbiter.pending:
            assert arbiter.pending == COOL + HEAT - arbiter.serving and arbiter.reason >= codes.DWELL
            assert 0 < arbiter.wait_s() <= HOUR_S and any("waits" in text for _, text, _, _ in bench.why())
        # nothing waits for ever
        for water in (HEAT, COOL):
            assert self.alone_s[water] <= PATIENCE_S or arbiter.want == water


class Hands(RuleBasedStateMachine):
    @initialize(mode=st.integers(0, 3), cooling=st.booleans(), hour=st.integers(0, 23), month=st.sampled_from((1, 7)))
    def power_up(self, mode, cooling, hour, month):
        self.bench = Bench("2026-%02d-15 %02d:00" % (month, hour), SCAN_MS, cooling=cooling, mode=mode)
        self.model = Model(self.bench)
        self.bench.each = self.model.look
        self.bench.run()

    @rule(minutes=st.sampled_from((0, 1, 5, 11, 25, 61)))
    def wait(self, minutes):
        self.bench.run(minutes * 60)

    @rule(mode=st.integers(0, 3))
    def choose(self, mode):
        self.bench.settings.set("mode", mode)
        self.bench.run()

    @rule(name=st.sampled_from(("call_heat", "call_cool", "peak_signal", "remote_enable", "emergency_stop")), on=st.booleans())
    def contact(self, name, on):
        self.bench.contact(**{name: on})
        self.bench.run()

    @rule(on=st.booleans())
    def both_call(self, on):
        self.bench.contact(call_heat=1, call_cool=1, remote_enable=1, emergency_stop=1)
        self.bench.settings.set("mode", 3)
        self.bench.contact(peak_signal=on)
        self.bench.run()

    @rule(count=st.integers(2, 12))
    def flap_the_peak(self, count):
        for number in range(count):
            self.bench.contact(peak_signal=number % 2)
            self.bench.run(300)

    @rule(hot=st.sampled_from((40.0, 59.0, 61.9, 75.0, None)), cold=st.sampled_from((3.0, 6.0, 12.0, 25.0, None)))
    def water(self, hot, cold):
        self.bench.temp(leaving_water=hot, chilled_leaving=cold)
        self.bench.run()

    @rule(ambient=st.sampled_from((-25.0, 10.0, 34.0, 36.0, None)))
    def air(self, ambient):
        self.bench.temp(ambient_temp=ambient)
        self.bench.run()

    @rule(hours=st.integers(-30, 30))
    def clock_jumps(self, hours):
        self.bench.moment += timedelta(hours=hours)
        self.bench.run()

    @rule(on=st.booleans())
    def clock_is_set(self, on):
        self.bench.clock_ok = on
        self.bench.run()

    @rule(mode=st.integers(0, 3), minutes=st.integers(1, 40))
    def bus(self, mode, minutes):
        self.bench.claims.bus_mode.make(mode, minutes * 60000)
        self.bench.run()

    @rule(on=st.booleans())
    def schedule(self, on):
        self.bench.settings.set("schedule", int(on))
        self.bench.run()

    @invariant()
    def as_expected(self):
        if hasattr(self, "model") and self.model.failure:
            raise self.model.failure


Hands.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestHands = Hands.TestCase


def test_the_model_finds_an_arbiter_that_forgets_its_dwell():
    bench = Bench("2026-01-15 10:00", SCAN_MS, mode=3)
    model = Model(bench)
    bench.each = model.look
    bench.contact(call_heat=1, call_cool=1)
    bench.run(900)
    bench.arbiter._dwell_left_ms = lambda: 0
    for number in range(4):
        bench.contact(peak_signal=(number + 1) % 2)
        bench.run(60)
    assert model.failure is not None


def test_the_model_finds_an_arbiter_that_ignores_persistence():
    bench = Bench("2026-01-15 10:00", SCAN_MS, mode=3)
    model = Model(bench)
    bench.each = model.look
    bench.run(1500)
    bench.arbiter._persist_left_ms = lambda target: 0
    bench.contact(call_cool=1)
    bench.run(60)
    assert model.failure is not None
