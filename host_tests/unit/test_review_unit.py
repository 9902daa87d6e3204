"""The whole controller over simulated chips, wires driven by hand: what must hold when a part of it fails."""

import pytest
from ghp.control import states
from ghp.protection import stops
from ghp.protection.doubt import OUT
from ghp.protection.monitor import SLOW
from ghp.protection.past import Moment
from ghp.unit import Unit
from ghptools.virtual import circuit, wires
from ghptools.virtual.circuit import Restart
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
    assert cabinet.unit.monitor.counts[cabinet.unit.monitor.find(key).index] == 1


# --- a task that raises -----------------------------------------------------------------------------------


class Fault(Exception):
    pass


def raising(*_):
    raise Fault


def drive_everything(cabinet):
    """Let the sequence command fuel, spark, starter and clutch in every scan, whatever it thinks."""
    outputs = cabinet.unit.outputs

    def update(now_ms):
        for name in ("gas_valve", "ignition", "starter", "clutch"):
            getattr(outputs, name).command(1, now_ms)

    cabinet.unit.engine.update = update
    cabinet.run(500)
    assert cabinet.board.wire("gas_valve") and cabinet.board.wire("starter")


def all_off(cabinet):
    return not any(cabinet.board.wire(name) for name in ("gas_valve", "ignition", "starter", "clutch"))


def break_fast(unit):
    unit.mixture.update = raising


def break_slow(unit):
    unit.fans.update = raising


def break_analog(unit):
    unit.executive.tasks[1].run = raising


def break_people(unit):
    unit.executive.tasks[3].run = raising


def break_write(unit):
    unit.board.valve.walk = raising


@pytest.mark.parametrize("fault", [break_fast, break_slow, break_analog, break_people, break_write])
def test_one_task_that_raises_every_time_shuts_off_at_once_and_ends_in_a_restart(cabinet, fault):
    drive_everything(cabinet)
    fault(cabinet.unit)
    cabinet.run(600)
    assert all_off(cabinet)
    assert "task_failure" in cabinet.standing
    begun = cabinet.board.time_ms
    with pytest.raises(Restart):
        cabinet.run(10000)
    assert cabinet.board.time_ms - begun <= 3000
    assert all_off(cabinet)


@pytest.mark.parametrize("fault", [break_fast, break_write])
def test_no_heartbeat_while_the_fast_scan_fails(cabinet, fault):
    fault(cabinet.unit)
    cabinet.run(100)
    levels = set()
    for _ in range(10):
        cabinet.run(50)
        levels.add(cabinet.board.wire("heartbeat"))
    assert len(levels) == 1


def test_a_single_failure_stays_off_until_standstill_and_reset(cabinet):
    drive_everything(cabinet)
    update = cabinet.unit.mixture.update
    cabinet.unit.mixture.update = raising
    cabinet.run(50)
    cabinet.unit.mixture.update = update
    cabinet.run(5000)
    assert all_off(cabinet)
    cabinet.unit.engine.standstill = False
    assert [alarm.key for alarm in cabinet.unit.reset_alarms()] == ["task_failure"]
    cabinet.run(500)
    assert all_off(cabinet)
    cabinet.unit.engine.standstill = True
    assert cabinet.unit.reset_alarms() == []
    cabinet.run(500)
    assert cabinet.board.wire("gas_valve")


def test_a_reset_of_a_fouled_exchanger_is_true_at_once(cabinet):
    unit = cabinet.unit
    unit.health.doubts[2] = OUT | 100
    cabinet.run(3000)
    assert cabinet.standing == ["exchanger_fouled"]
    assert unit.reset_alarms(0) == [] and cabinet.standing == []
    cabinet.run(3000)
    assert cabinet.standing == [] and not unit.health.doubts[2]


@pytest.mark.parametrize("chip", ["relays", "dac"])
def test_an_output_chip_that_is_deaf_is_an_alarm_and_stops(cabinet, chip):
    cabinet.board.fail_chip(chip)
    cabinet.run(1000)
    assert cabinet.standing == []
    cabinet.run(4000)
    assert cabinet.standing == ["output_chip"]
    assert cabinet.unit.monitor.stop_class == stops.NORMAL_STOP
    cabinet.board.fail_chip(chip, absent=False)
    cabinet.run(6000)
    assert cabinet.standing == []


def test_a_healthy_start_raises_nothing():
    assert Cabinet().run(20000).unit.monitor.notes == 0


def test_the_raw_repl_neither_restarts_a_running_engine_nor_trusts_a_lost_pickup(cabinet):
    unit = cabinet.unit
    assert unit._may_share() is None
    unit.outputs.gas_valve.value = 1
    unit.settings.set("repl_running", 1)
    assert unit._may_share() is None
    unit._restart()  # returns: no restart
    unit.settings.set("repl_running", 0)
    unit.outputs.gas_valve.value = 0
    unit.engine.standstill = False
    unit.pickup.vanished = True
    assert "speed is not known" in unit._may_share()
    unit._restart()
    unit.engine.standstill = True
    assert unit._may_share() is None
    with pytest.raises(Restart):
        unit._restart()


# --- alarms and people ------------------------------------------------------------------------------------


def test_an_emergency_stop_blinks_until_it_is_seen_and_keeps_the_moment(cabinet):
    unit = cabinet.unit
    cabinet.board.set_wire("emergency_stop", 0)
    cabinet.board.set_wire("safety_chain", 0)
    levels = []
    for _ in range(12):
        cabinet.run(500)
        levels.append(unit.outputs.alarm_lamp.value)
    assert set(levels) == {0, 1} and unit.outputs.alarm_relay.value == 0
    unit.monitor.acknowledge()
    cabinet.run(600)
    for _ in range(8):
        cabinet.run(500)
        assert unit.outputs.alarm_lamp.value == 1
    moment = Moment(unit.snapshots, 0)
    assert moment.exists and unit.monitor.table[moment.index].key == "emergency_stop"
    assert moment.value(unit.readings, unit.outputs, unit.readings.emergency_stop) == 0
    assert moment.value(unit.readings, unit.outputs, unit.readings.gas_pressure_switch) == 1
    assert moment.value(unit.readings, unit.outputs, unit.outputs.mixture_valve) == unit.outputs.mixture_valve.value
    assert abs(moment.value(unit.readings, unit.outputs, unit.readings.reference_volts) - 2500) < 20


def lines_of(cabinet, text):
    """Return what the console answers to `text`."""
    cabinet.board.console_out.clear()
    cabinet.board.console_in.extend(text.encode() + b"\r")
    cabinet.run(1500)
    return cabinet.board.console_out.decode().split("\r\n")


def lost(*_):
    raise ValueError("valve lost,\nagain")


def test_the_console_says_what_the_task_raised_first(cabinet):
    assert "last failure  none" in lines_of(cabinet, "tasks")
    assert "last_failure=none" in lines_of(cabinet, "@tasks")
    unit = cabinet.unit
    update = unit.mixture.update
    unit.mixture.update = lost
    cabinet.run(50)
    unit.mixture.update = raising  # what comes after the first follows from it
    cabinet.run(50)
    unit.mixture.update = update
    said = "fast: ValueError: valve lost, again"
    assert "last failure  " + said in lines_of(cabinet, "tasks")
    assert "last_failure=" + said in lines_of(cabinet, "@tasks")
    assert "failure       " + said in lines_of(cabinet, "alarms 28")
    assert "   raised: " + said in lines_of(cabinet, "alarms")
    assert not any(line.startswith("failure") for line in lines_of(cabinet, "alarms 27"))
    assert unit.console.failures == 0


def test_what_a_task_raised_survives_the_restart_that_it_leads_to(cabinet):
    cabinet.unit.fans.update = lost
    with pytest.raises(Restart):
        cabinet.run(10000)
    cabinet.board.power_up(circuit.RESET_WATCHDOG)
    unit = cabinet.unit = Unit(cabinet.board.board_module.build)
    cabinet.run(3000)
    assert unit.failure is None and "task_failure" in cabinet.standing
    said = "slow: ValueError: valve lost, again (before this start)"
    assert "last failure  " + said in lines_of(cabinet, "tasks")
    update, unit.mixture.update = unit.mixture.update, raising
    cabinet.run(50)
    unit.mixture.update = update
    assert "last failure  fast: Fault" in lines_of(cabinet, "tasks")


def test_no_trouble_with_its_words_keeps_the_stop_from_a_task_that_raised(cabinet):
    class Mute(Exception):
        def __str__(self):
            raise MemoryError

    def mute(*_):
        raise Mute

    drive_everything(cabinet)
    update = cabinet.unit.fans.update
    cabinet.unit.fans.update = mute
    cabinet.run(600)
    cabinet.unit.fans.update = update
    assert all_off(cabinet) and "task_failure" in cabinet.standing
    assert "last failure  slow: Mute" in lines_of(cabinet, "tasks")


def test_why_names_the_first_cause_and_what_followed(cabinet):
    unit = cabinet.unit
    cabinet.board.set_wire("gas_pressure_switch", 0)
    cabinet.run(2000)
    unit.monitor.judge(unit.monitor.find("water_stuck"), True, 0)
    told = [(text, value) for rank, text, _, value in unit.reasons(0) if rank == 0]
    assert told[:2] == [("Gas pressure missing", "present"), ("followed by: Leaving-water sensor does not move", "present")]
    unit.monitor.judge(unit.monitor.find("gas_pressure"), False, 0)
    told = [(text, value) for rank, text, _, value in unit.reasons(0) if rank == 0]
    assert told[0] == ("Gas pressure missing", "first cause, gone by itself")


def test_a_pin_guards_the_raw_repl_and_the_reset_of_a_controller_fault(cabinet):
    unit = cabinet.unit
    assert unit._may_share() is None
    unit.settings.set("technician_pin", 4711)
    assert unit._may_share() == "this needs the level technician: login PIN"
    unit.console.logged = 1
    assert unit._may_share() is None
    unit._on_failure(unit.executive.tasks[0], Fault("x"))
    assert [alarm.key for alarm in unit.reset_alarms(0)] == ["task_failure"]
    assert unit.outputs.gas_valve.forced == 0
    assert unit.reset_alarms(1) == [] and unit.outputs.gas_valve.forced is None


def whys(unit):
    return [text for _, text, _, _ in unit.reasons(unit.board.clock.ticks_ms())]


def test_what_keeps_the_machine_from_running_comes_before_a_warning(cabinet):
    unit = cabinet.unit
    unit.settings.set("mode", 1)
    cabinet.run(2000)
    unit.monitor.judge(unit.monitor.find("clock_unset"), True, 0, SLOW)
    told = whys(unit)
    assert told.index("Resting after the last stop") < told.index("Clock is not set")
    unit.engine.standstill = False
    told = whys(unit)
    assert told.index("Standstill of the engine not proven") < told.index("Clock is not set")


def test_a_start_under_way_does_not_say_that_it_comes_too_soon(cabinet):
    unit = cabinet.unit
    unit.cycling.note_start(unit.board.clock.ticks_ms())
    for state in (states.FLOW, states.PURGE, states.RUN_UP):
        unit.engine.state = state
        assert "Too soon after the last start" not in whys(unit)
    for state in (states.SPIN_DOWN, states.FAST, states.OFF):
        unit.engine.state = state
        assert "Too soon after the last start" in whys(unit)
