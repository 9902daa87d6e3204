"""What survives a power cut: whole records at any cut, ages that never make a wait shorter, lock-outs that stay."""

from types import SimpleNamespace

import pytest
from ghp.blocks.startring import HOUR_MS, StartRing
from ghp.control.cycling import Cycling
from ghp.control.duty import Duty
from ghp.image import RAW_NEVER, RAW_OK, Image
from ghp.outputs import Outputs
from ghp.protection.monitor import Monitor
from ghp.protection.past import Moment, history
from ghp.protection.snapshots import Snapshots
from ghp.sensing.readings import Readings
from ghp.settings import Settings
from ghp.storage import keeper, log, records, shelf
from hypothesis import given
from hypothesis import strategies as st
from memory_bench import Cut, Memory


class Unit:
    """One power-up of the parts whose past is kept."""

    def __init__(self, memory, day=9000, second=43200, clock=RAW_OK):
        self.settings = Settings()
        self.image = SimpleNamespace(clock_status=clock, clock_day=day, clock_s=second)
        self.cycling = Cycling(self.settings)
        self.monitor = Monitor()
        self.arbiter = SimpleNamespace(ring=StartRing(3), changes=0)
        self.freeze = SimpleNamespace(suction_mks=0, water_mks=0, restore=self._freeze)
        self.engine = SimpleNamespace(starts=0, beginning=lambda: self.is_beginning, state=13)
        self.water_valve = 0
        self.changeover = SimpleNamespace(kept=lambda: self.water_valve, restore=lambda kept: setattr(self, "water_valve", kept))
        readings = self.readings = Readings(Image())
        self.snapshots = self.monitor.recorder = Snapshots(readings, Outputs(Image()), Duty(readings), self.engine)
        self.is_beginning = False
        self.now_ms = 0
        self.keeper = keeper.Keeper(
            memory, self.image, self.cycling, self.arbiter, self.freeze, self.monitor, self.engine, self.snapshots,
            shelf.Shelf(memory), self.settings, self.changeover,
        )  # fmt: skip
        self.keeper.update(0)

    def _freeze(self, suction, water, passed_s):
        self.frozen = (suction, water, passed_s)

    def seconds(self, count):
        for _ in range(2 * count):
            self.now_ms += 500
            self.monitor.uptime_s = self.now_ms // 1000
            self.image.clock_s += self.now_ms % 1000 == 0
            for _ in range(10):
                self.cycling.update(self.now_ms)
            self.arbiter.ring.tick(self.now_ms)
            self.keeper.update(self.now_ms)

    def start(self):
        self.cycling.note_start(self.now_ms)
        self.engine.starts += 1

    def ages_s(self):
        return [age // 1000 for age in self.cycling.ring.ages_ms if age < HOUR_MS]


def again(memory, before, off_s, **changes):
    return Unit(memory, second=before.image.clock_s + off_s, **changes)


def test_starts_age_by_the_clock_while_the_supply_is_away():
    memory = Memory()
    unit = Unit(memory)
    unit.start()
    unit.seconds(100)
    unit.start()
    unit.seconds(30)
    after = again(memory, unit, 600)
    assert after.ages_s() == pytest.approx([630, 730], abs=1)
    assert after.cycling.wait_s() >= 299  # a power-up rests like a stop
    assert again(memory, after, 4000).ages_s() == []


@pytest.mark.parametrize("changes", [{"clock": RAW_NEVER}, {"day": 8999}])
def test_without_a_clock_that_can_be_believed_no_time_has_passed(changes):
    memory = Memory()
    unit = Unit(memory)
    unit.start()
    unit.seconds(40)
    assert again(memory, unit, 3000, **changes).ages_s() == pytest.approx([40], abs=10)


def test_a_supply_that_fails_while_cranking_is_a_start():
    memory = Memory()
    unit = Unit(memory)
    unit.is_beginning = True
    unit.seconds(11)
    unit.start()  # and no time to write
    after = again(memory, unit, 2)
    assert len(after.ages_s()) == 1 and after.cycling.wait_s() > 500


@pytest.mark.parametrize("kept", [0, 1, 2, 3])
def test_where_the_water_valve_was_is_kept_at_once_and_beside_a_start_that_begins(kept):
    memory = Memory()
    unit = Unit(memory)
    assert unit.water_valve == 0  # nothing was ever kept
    unit.is_beginning = True
    unit.water_valve = kept
    unit.seconds(1)
    after = again(memory, unit, 2)
    assert after.water_valve == kept and len(after.ages_s()) == (1 if kept else 0)  # without a change nothing is written for ten seconds


@pytest.mark.parametrize("harm", ["deaf", "damaged"])
def test_where_the_memory_cannot_tell_the_water_valve_may_be_on_its_way(harm):
    memory = Memory()
    Unit(memory).seconds(20)
    memory.deaf = harm == "deaf"
    for place in range(256):
        memory.bytes[place] ^= 0x55
    assert Unit(memory).water_valve == 1


@given(st.lists(st.tuples(st.integers(1, 900), st.integers(0, 600), st.booleans()), min_size=8, max_size=25))
def test_cuts_never_give_more_starts_in_an_hour(runs):
    """Whatever the cuts: the engine starts whenever it may, and in no hour more often than allowed."""
    memory = Memory()
    unit = Unit(memory)
    wall_s = 0
    starts = []
    for wait_s, off_s, cut in runs:
        unit.seconds(min(wait_s, 120))
        wall_s += min(wait_s, 120)
        if unit.cycling.may_start():
            unit.start()
            starts.append(wall_s)
            unit.seconds(1)
            wall_s += 1
            unit.cycling.note_stop(unit.now_ms)
        if cut:
            unit = again(memory, unit, off_s)
            wall_s += off_s
    limit = unit.settings.starts_per_hour
    for begin in starts:
        assert sum(begin <= start < begin + 3590 for start in starts) <= limit


def test_lock_outs_and_strikes_wait_for_a_person_over_a_cut():
    memory = Memory()
    unit = Unit(memory)
    monitor = unit.monitor
    locked = monitor.find("overspeed")
    monitor.judge(locked, True, 0)
    monitor.judge(locked, False, 0)
    gas = monitor.find("gas_pressure")
    for _ in range(2):
        monitor.judge(gas, True, unit.now_ms)
        unit.seconds(100)
        monitor.judge(gas, False, unit.now_ms)
        unit.seconds(100)
    after = again(memory, unit, 300)
    monitor = after.monitor
    assert monitor.stop_class == monitor.find("overspeed").stop_class and monitor.first == monitor.find("overspeed")
    gas = monitor.find("gas_pressure")
    assert gas.strikes == 2 and not gas.standing()
    monitor.judge(gas, True, after.now_ms)
    monitor.judge(gas, False, after.now_ms)
    assert gas.latched and gas.standing()
    monitor.reset()
    after.seconds(1)
    assert not again(memory, after, 5).monitor.standing()


@pytest.mark.parametrize("key", ["gas_pressure", "sensor_stop"])
@pytest.mark.parametrize("rises_after_s", [1, 30])
def test_one_cause_that_stands_over_power_cuts_strikes_once(key, rises_after_s):
    memory = Memory()
    unit = Unit(memory)
    alarm = unit.monitor.find(key)
    unit.monitor.judge(alarm, True, 0)
    unit.seconds(600)
    for _ in range(4):
        unit = again(memory, unit, 20)
        unit.seconds(3)  # the supply fails again before anybody has judged
        unit = again(memory, unit, 300)
        unit.seconds(rises_after_s)
        alarm = unit.monitor.find(key)
        unit.monitor.judge(alarm, True, unit.now_ms)
        assert (alarm.strikes, alarm.latched) == (1, False)
        unit.seconds(600)
    unit.monitor.judge(alarm, False, unit.now_ms)
    unit.seconds(100)
    unit.monitor.judge(alarm, True, unit.now_ms)
    assert alarm.strikes == 2


def test_a_cause_that_had_gone_before_the_cut_strikes_again_after_it():
    memory = Memory()
    unit = Unit(memory)
    for strikes in (1, 2, 3):
        gas = unit.monitor.find("gas_pressure")
        unit.monitor.judge(gas, True, unit.now_ms)
        assert gas.strikes == strikes
        unit.seconds(100)
        unit.monitor.judge(gas, False, unit.now_ms)
        unit.seconds(100)
        unit = again(memory, unit, 20)
    assert unit.monitor.find("gas_pressure").latched


@pytest.mark.parametrize("kept, stood, later", [(1, 0, 1), (1, 0, 2), (1, 1, 1), (1, 1, 2), (2, 0, 1), (2, 1, 1), (0, 0, 2), (0, 0, 3), (1, 1, 3)])
def test_strikes_that_were_counted_while_the_memory_was_deaf_join_those_kept(kept, stood, later):
    memory = Memory()
    unit = Unit(memory)
    gas = unit.monitor.find("gas_pressure")
    for number in range(kept):
        unit.monitor.judge(gas, True, unit.now_ms)
        unit.seconds(100)
        if number < kept - 1 or not stood:
            unit.monitor.judge(gas, False, unit.now_ms)
            unit.seconds(100)
    unit.seconds(20)
    memory.deaf = True
    after = again(memory, unit, 300)
    gas = after.monitor.find("gas_pressure")
    after.seconds(2)
    for _ in range(later):
        after.monitor.judge(gas, True, after.now_ms)
        after.seconds(100)
        after.monitor.judge(gas, False, after.now_ms)
        after.seconds(100)
    assert gas.strikes == later
    memory.deaf = False
    after.seconds(2)
    assert gas.strikes == min(3, kept + later - stood)
    assert gas.latched == gas.standing() == (kept + later - stood >= 3)
    before = gas.strikes
    assert again(memory, after, 5).monitor.find("gas_pressure").strikes == before


def test_strikes_of_yesterday_are_forgotten():
    memory = Memory()
    unit = Unit(memory)
    gas = unit.monitor.find("gas_pressure")
    for _ in range(2):
        unit.monitor.judge(gas, True, unit.now_ms)
        unit.monitor.judge(gas, False, unit.now_ms)
        unit.seconds(100)
    gas = again(memory, unit, 86400).monitor.find("gas_pressure")
    monitor = Unit(memory, second=unit.image.clock_s + 86400).monitor
    gas = monitor.find("gas_pressure")
    monitor.judge(gas, True, 0)
    monitor.judge(gas, False, 0)
    assert gas.strikes == 1 and not gas.standing()


def test_freeze_totals_and_changeovers_come_back():
    memory = Memory()
    unit = Unit(memory)
    unit.freeze.suction_mks, unit.freeze.water_mks = 512000, 3300
    unit.arbiter.ring.note(0)
    unit.arbiter.changes += 1
    unit.seconds(20)
    after = again(memory, unit, 50)
    assert after.frozen == (512000, 3300, after.frozen[2]) and 50 <= after.frozen[2] <= 60
    assert after.arbiter.ring.in_last_hour() == 1


def test_a_memory_that_answers_late_gives_back_and_is_not_written_before():
    memory = Memory()
    unit = Unit(memory)
    unit.start()
    locked = unit.monitor.find("overspeed")
    unit.monitor.judge(locked, True, 0)
    unit.seconds(20)
    kept = bytes(memory.bytes)
    memory.deaf = True
    after = again(memory, unit, 5)
    after.seconds(30)
    assert memory.bytes == kept and after.ages_s() == []
    memory.deaf = False
    after.seconds(2)
    assert after.ages_s() == pytest.approx([57], abs=12) and after.monitor.find("overspeed").standing()
    assert not after.monitor.find("memory_absent").standing()


def test_a_silent_or_damaged_memory_is_an_alarm():
    memory = Memory()
    memory.deaf = True
    unit = Unit(memory)
    assert [alarm.key for alarm in unit.monitor.standing()] == ["memory_absent"]
    memory.deaf = False
    unit.seconds(20)
    assert not unit.monitor.standing()
    memory.bytes[:4096] = bytes(range(256)) * 16
    unit = Unit(memory)
    assert [alarm.key for alarm in unit.monitor.standing()] == ["memory_absent"]
    unit.seconds(61)
    assert not unit.monitor.standing() and again(memory, unit, 1).keeper.found == records.FOUND


def test_damage_that_a_late_memory_shows_is_told_for_a_minute_too():
    memory = Memory()
    unit = Unit(memory)
    unit.start()
    unit.seconds(20)
    memory.bytes[:4096] = bytes(range(256)) * 16
    memory.deaf = True
    late = Unit(memory)
    late.seconds(300)
    memory.deaf = False
    late.seconds(30)
    assert [alarm.key for alarm in late.monitor.standing()] == ["memory_absent"]
    late.seconds(40)
    assert not late.monitor.standing()


def story(monitor):
    """The history as (word, alarm), oldest first."""
    return [(word, number) for _, number, word in history(monitor)]


def test_history_and_the_newest_snapshot_come_back_with_their_times():
    memory = Memory()
    unit = Unit(memory)
    unit.seconds(10)
    flow = unit.monitor.find("hot_water_flow")
    unit.readings.analog[10].scaled = -59900
    unit.readings.analog[10].quality = 0
    unit.monitor.judge(flow, True, unit.now_ms)
    unit.seconds(20)
    unit.monitor.judge(flow, False, unit.now_ms)
    unit.monitor.reset()
    unit.seconds(5)
    after = again(memory, unit, 300)
    assert story(after.monitor) == [("raised", 6), ("reset", 6)]
    ages = [-at_s for at_s, _, _ in history(after.monitor)]
    assert ages == pytest.approx([325, 305], abs=1)
    moment = Moment(after.snapshots, 0)
    assert moment.exists and moment.index == flow.index and moment.state == 13 and -moment.at_s == pytest.approx(325, abs=1)
    reading = after.readings.analog[10]
    assert moment.value(after.readings, None, reading) == -59900
    assert not Moment(after.snapshots, 1).exists
    assert story(again(memory, after, 5).monitor) == [("raised", 6), ("reset", 6)]


def test_the_order_of_the_rises_is_kept_when_older_notes_come_late():
    memory = Memory()
    unit = Unit(memory)
    for _ in range(20):
        unit.monitor.judge(unit.monitor.find("coolant_hot"), True, 0)
        unit.monitor.judge(unit.monitor.find("coolant_hot"), False, 0)
    unit.seconds(3)
    memory.deaf = True
    after = again(memory, unit, 5)
    for key in ("water_stuck", "overspeed"):
        after.monitor.judge(after.monitor.find(key), True, 0)
    memory.deaf = False
    after.seconds(2)
    monitor = after.monitor
    assert monitor.first.key == "water_stuck" and monitor.follows(monitor.find("overspeed"))
    assert len(history(monitor)) == 32 and ("raised", 32) in story(monitor) and story(monitor)[0] in {("raised", 18), ("cleared", 18)}


def told_by(memory):
    """Return the story that a new unit finds in the log, and the alarm of its newest snapshot."""
    unit = Unit(Memory())
    place = log.place_for(memory, unit.monitor, unit.snapshots)
    assert log.give_back(place, unit.monitor, unit.snapshots, unit.image)
    return story(unit.monitor), unit.monitor.table[Moment(unit.snapshots, 0).index].id


@pytest.mark.parametrize("before", [1, 2])
def test_a_cut_at_any_byte_of_the_log_leaves_the_old_story_or_the_new_one(before):
    for left in range(0, 366):
        memory = Memory()
        unit = Unit(Memory())
        place = log.place_for(memory, unit.monitor, unit.snapshots)
        log.give_back(place, unit.monitor, unit.snapshots, unit.image)
        for _ in range(before):
            unit.monitor.judge(unit.monitor.find("hot_water_flow"), True, 0)
            log.save(place, unit.monitor, unit.snapshots, unit.image)
        unit.monitor.judge(unit.monitor.find("overspeed"), True, 0)
        memory.left = left
        try:
            log.save(place, unit.monitor, unit.snapshots, unit.image)
            whole = True
        except Cut:
            whole = False
        old = [("raised", 6)]
        assert told_by(memory) == ((old + [("raised", 8)], 8) if whole else (old, 6))
    assert whole
