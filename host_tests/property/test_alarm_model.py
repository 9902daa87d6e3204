"""The alarm monitor against a trivial model: whatever rises, goes, is acknowledged, shelved, reset, struck, or cut off."""

from types import SimpleNamespace

from ghp import alarms
from ghp.control.duty import Duty
from ghp.image import RAW_OK, Image
from ghp.outputs import Outputs
from ghp.protection import shelf, stops
from ghp.protection.monitor import OFF_PANEL, UNSEEN, Monitor
from ghp.protection.past import Moment, history
from ghp.protection.snapshots import MANY, Snapshots
from ghp.sensing.readings import Readings
from ghp.settings import Settings
from ghp.storage import keeper
from ghp.storage import shelf as kept_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

# one of every kind: auto, manual, strikes; event, warning with and without a class, protections, technician's ones
KEYS = (
    "load_limit", "sensor_warning", "coolant_hot", "water_valve", "sensor_stop", "gas_pressure", "hot_water_flow",
    "overspeed", "reversing_valve", "freeze_water",
)  # fmt: skip
ROW = {key: alarms.ROWS.find(key) for key in KEYS}
keys = st.sampled_from(KEYS)


class Memory:
    def __init__(self):
        self.bytes = bytearray(2048)

    def read(self, place, buffer):
        buffer[:] = self.bytes[place : place + len(buffer)]
        return True

    def write(self, place, data):
        self.bytes[place : place + len(data)] = data
        return True


class One:
    """What the model knows of an alarm, in plain words."""

    def __init__(self):
        self.cause = self.waits = self.seen_to = False
        self.unseen = False
        self.until_s = None
        self.struck = []
        self.rose = None

    def stands(self):
        return self.cause or self.waits


class Model(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.memory = Memory()
        self.clock_s = 0
        self.known = {key: One() for key in KEYS}
        self.rises = 0
        self.begin = None  # key of the first cause
        self.begun = False  # by its own rise, not because a reset took away what was before it
        self.told = []
        self.shelved = []  # in the order in which they will come back
        self.power_up()

    def power_up(self):
        self.monitor = Monitor()
        image = Image()
        image.clock_status, image.clock_day = RAW_OK, 9000
        self.image = image
        readings = Readings(image)
        engine = SimpleNamespace(state=13, starts=0, beginning=lambda: False)
        self.snapshots = self.monitor.recorder = Snapshots(readings, Outputs(image), Duty(readings), engine)
        cycling = SimpleNamespace(ring=SimpleNamespace(ages_ms=[], restore=list), failure_ms=int, restore=lambda *_: None)
        arbiter = SimpleNamespace(ring=SimpleNamespace(ages_ms=[], restore=list), changes=0)
        freeze = SimpleNamespace(suction_mks=0, water_mks=0, restore=lambda *_: None)
        self.born_s = self.clock_s
        self.now_ms = 0
        self.tick_clock()
        self.keeper = keeper.Keeper(
            self.memory, image, cycling, arbiter, freeze, self.monitor, engine, self.snapshots, kept_settings.Shelf(self.memory),
            Settings(), SimpleNamespace(kept=int, restore=int),
        )  # fmt: skip
        self.keeper.update(0)

    def tick_clock(self):
        self.image.clock_day = 9000 + self.clock_s // 86400
        self.image.clock_s = self.clock_s % 86400
        self.monitor.uptime_s = self.clock_s - self.born_s

    def manual(self, key):
        return ROW[key][alarms.LATCH] == alarms.MANUAL or len(self.known[key].struck) >= 3

    def tell(self, key, word):
        self.told.append((self.clock_s, ROW[key][alarms.ID], word))

    def settle(self):
        stopping = [key for key in KEYS if self.known[key].stands() and ROW[key][alarms.CLASS] >= stops.NORMAL_STOP]
        if not stopping:
            self.begin = None

    @rule(key=keys)
    def rise(self, key):
        self.judge(key, True)

    @rule(key=keys)
    def fall(self, key):
        self.judge(key, False)

    @rule(key=keys)
    def come_and_go(self, key):
        self.judge(key, True)
        self.judge(key, False)

    @rule(key=keys, level=st.integers(0, 2))
    def come_and_reset(self, key, level):
        self.come_and_go(key)
        self.reset(level)

    @rule(key=st.sampled_from([key for key in KEYS if ROW[key][alarms.CATEGORY] == alarms.WARNING]), minutes=st.integers(1, 90))
    def shelve_and_wait(self, key, minutes):
        self.rise(key)
        self.shelve(key, minutes)
        self.wait(60)

    def judge(self, key, cause):
        one, row = self.known[key], ROW[key]
        self.monitor.judge(self.monitor.find(key), cause, self.now_ms)
        if cause and not one.cause:
            again = one.unseen and row[alarms.CLASS] >= stops.NORMAL_STOP  # nobody has seen that it went
            if again and not one.waits:
                at_s, number, word = self.told[-1]
                again = (number, word) == (row[alarms.ID], "cleared") and self.clock_s - at_s < 10
                if again:
                    self.told.pop()
            if not one.stands() and not again:
                one.rose = self.rises
                self.rises += 1
            one.cause, one.waits = True, False
            one.unseen = row[alarms.CATEGORY] != alarms.EVENT and one.until_s is None
            if row[alarms.LATCH] == alarms.STRIKES and len(one.struck) < 3:
                if not one.struck or self.clock_s - one.struck[-1] >= 60:
                    one.struck = [at for at in one.struck if self.clock_s - at < 86400] + [self.clock_s]
            if self.begin is None and row[alarms.CLASS] >= stops.NORMAL_STOP:
                self.begin = key
                self.begun = True
            if not again:
                self.tell(key, "raised")
        elif not cause and one.cause:
            one.cause = False
            one.waits = self.manual(key)
            if not one.waits:
                self.tell(key, "cleared")
        self.settle()

    @rule(key=st.one_of(st.none(), keys))
    def acknowledge(self, key):
        count = self.monitor.acknowledge(None if key is None else self.monitor.find(key))
        unseen = [each for each in KEYS if self.known[each].unseen and key in (None, each)]
        assert count == len(unseen)
        for each in sorted(unseen, key=lambda name: ROW[name][alarms.ID]):
            self.known[each].unseen = False
            self.tell(each, "acknowledged")

    @rule(key=keys, minutes=st.integers(-1, 482))
    def shelve(self, key, minutes):
        allowed = ROW[key][alarms.CATEGORY] == alarms.WARNING and 1 <= minutes <= 480
        before = self.monitor.stop_class
        try:
            shelf.shelve(self.monitor, self.monitor.find(key), minutes)
        except ValueError:
            assert not allowed
            return
        assert allowed and self.monitor.stop_class == before
        self.known[key].until_s = self.clock_s + 60 * minutes
        if key not in self.shelved:
            self.shelved.append(key)
        self.known[key].unseen = False
        self.tell(key, "shelved")

    @rule(level=st.integers(0, 2))
    def reset(self, level):
        remaining = self.monitor.reset(level)
        left = []
        for key in sorted(KEYS, key=lambda name: ROW[name][alarms.ID]):
            one = self.known[key]
            if not one.cause:
                one.struck = []
                if one.waits and level >= ROW[key][alarms.RESET]:
                    one.waits = one.unseen = False
                    self.tell(key, "reset")
                    self.settle()
                    continue
            if one.stands():
                left.append(key)
        for key in sorted(KEYS, key=lambda name: ROW[name][alarms.ID]):
            if self.known[key].unseen:
                self.known[key].unseen = False
                self.tell(key, "acknowledged")
        assert [alarm.key for alarm in remaining] == left
        if self.begin is not None and not self.known[self.begin].stands():
            stopping = [key for key in left if ROW[key][alarms.CLASS] >= stops.NORMAL_STOP]
            self.begin = min(stopping, key=lambda name: self.known[name].rose) if stopping else None
            self.begun = False

    @rule(minutes=st.integers(0, 700))  # strikes are kept in minutes
    def wait(self, minutes):
        self.clock_s += 60 * minutes
        self.now_ms += 60000 * minutes
        self.tick_clock()
        for _ in KEYS:  # one a scan
            self.monitor.lamp()
        for key in [key for key in self.shelved if self.clock_s >= self.known[key].until_s]:
            self.shelved.remove(key)
            self.known[key].until_s = None
            self.known[key].unseen = self.known[key].stands()
            self.tell(key, "unshelved")

    @rule(off_min=st.integers(0, 1700))
    def power_cut(self, off_min):
        """With time to write: what a cut in between does is in test_kept."""
        for _ in range(3):
            self.now_ms += 500
            self.keeper.update(self.now_ms)
        shot = Moment(self.snapshots, 0)
        first = self.begin if self.begin and self.known[self.begin].waits else None
        early = self.clock_s - self.born_s < 60
        stood = [one for one in self.known.values() if one.cause or (early and one.struck and one.struck[-1] == self.born_s)]
        self.clock_s += 60 * off_min
        for one in stood:  # it is the same trouble still when it rises within a minute
            if 0 < len(one.struck) < 3:
                one.struck[-1] = self.clock_s
        again = [alarm.key for alarm in self.monitor.standing() if alarm.latched]
        self.power_up()
        back = Moment(self.snapshots, 0)
        assert back.exists == shot.exists
        if shot.exists:
            assert (back.index, back.state) == (shot.index, shot.state) and back.at_s <= shot.at_s
        self.begin = None
        for one in self.known.values():
            one.cause = one.waits = one.unseen = False
            one.until_s = None
        self.shelved = []
        for key in again:
            one = self.known[key]
            one.waits = one.unseen = True
            one.rose = self.rises
            self.rises += 1
            self.tell(key, "raised")
            if self.begin is None and ROW[key][alarms.CLASS] >= stops.NORMAL_STOP:
                self.begin = key
        assert first is None or self.begin == first

    @invariant()
    def agrees(self):
        monitor = self.monitor
        stand = {key for key in KEYS if self.known[key].stands()}
        assert {alarm.key for alarm in monitor.standing()} == stand
        assert monitor.stop_class == max([ROW[key][alarms.CLASS] for key in stand], default=stops.NONE)
        assert (monitor.first.key if monitor.first else None) == self.begin
        for key in KEYS:
            one, alarm = self.known[key], monitor.find(key)
            flags = monitor.flags[alarm.index]
            assert bool(flags & UNSEEN) == one.unseen, key
            assert bool(flags & OFF_PANEL) == (one.until_s is not None), key
            assert alarm.active() == one.cause
            begin = self.known[self.begin].rose if self.begin else None
            assert monitor.follows(alarm) == (begin is not None and key in stand and one.rose > begin), key

    @invariant()
    def the_lamp_says_it(self):
        monitor = self.monitor
        now_s = monitor.uptime_s
        seen = set()
        for monitor.uptime_s in range(now_s, now_s + 60):
            if not [key for key in KEYS if self.known[key].until_s is not None]:
                seen.add(monitor.lamp())
        monitor.uptime_s = now_s
        if not seen:
            return
        shown = [key for key in KEYS if self.known[key].stands() and ROW[key][alarms.CATEGORY] != alarms.EVENT]
        blinks = any(one.unseen for one in self.known.values())
        assert seen == ({0, 1} if blinks else {1} if shown else {0})

    @invariant()
    def the_history_is_the_newest_32(self):
        found = [(at_s + self.born_s, number, word) for at_s, number, word in history(self.monitor)]
        assert len(found) >= min(31, len(self.told))  # a return within ten seconds takes back its last note
        want = self.told[-len(found) :] if found else []
        assert [note[1:] for note in found] == [note[1:] for note in want]
        assert all(abs(mine[0] - model[0]) <= 1 for mine, model in zip(found, want, strict=True))

    @invariant()
    def the_first_cause_is_among_the_snapshots(self):
        if self.begin and self.begun and self.known[self.begin].cause and not self.known[self.begin].waits:
            index = self.monitor.find(self.begin).index
            taken = [Moment(self.snapshots, back) for back in range(MANY)]
            assert index in [moment.index for moment in taken if moment.exists]


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=150, stateful_step_count=40, suppress_health_check=list(HealthCheck), deadline=None)
