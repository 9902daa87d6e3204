"""Alarms and access levels as people meet them: console, panel, lamp, snapshot."""

import pytest
from ghp import alarms, settings
from ghp.console.console import IDLE_MS
from ghp.control.states import FAST, RUN
from ghp.protection import shelf, stops
from ghp.protection.monitor import Monitor
from ghp.protection.past import Moment, history
from test_console_commands import Talk, pairs
from test_panel_knob import Person


@pytest.fixture
def talk():
    return Talk()


def rise(unit, *keys):
    for key in keys:
        unit.monitor.judge(unit.monitor.find(key), True, unit.board.clock.now)


def fall(unit, *keys):
    for key in keys:
        unit.monitor.judge(unit.monitor.find(key), False, unit.board.clock.now)


def states(talk):
    lines = talk.say("@alarms")
    head = lines[0][1:].split(",")
    return {row.split(",")[1]: dict(zip(head, row.split(","), strict=True)) for row in lines[1:-1]}


# --- the monitor -------------------------------------------------------------------------------------------


def test_after_a_reset_the_earliest_that_stands_is_first():
    monitor = Monitor()
    for key in ("gas_pressure", "water_stuck", "overspeed", "discharge_pressure"):
        monitor.judge(monitor.find(key), True, 0)
    monitor.judge(monitor.find("gas_pressure"), False, 0)
    monitor.reset()
    assert monitor.first.key == "water_stuck"  # neither the most serious nor the lowest number
    assert [alarm.key for alarm in monitor.standing()] == ["water_stuck", "overspeed", "discharge_pressure"]


def test_a_warning_from_before_is_no_consequence():
    monitor = Monitor()
    for key in ("oil_pressure_low", "oil_pressure", "coolant_hot"):
        monitor.judge(monitor.find(key), True, 0)
    assert [alarm.key for alarm in monitor.standing()] == ["oil_pressure", "coolant_hot", "oil_pressure_low"]
    assert [monitor.follows(alarm) for alarm in monitor.standing()] == [False, True, False]


def test_what_returned_stays_to_be_seen():
    monitor = Monitor()
    alarm = monitor.find("oil_pressure_low")
    monitor.judge(alarm, True, 0)
    monitor.judge(alarm, False, 0)
    assert monitor.standing() == [] and monitor.standing(16) == [alarm] and monitor.lamp() == 1
    monitor.uptime_s = 1
    assert monitor.lamp() == 0
    assert monitor.acknowledge(alarm) == 1 and monitor.acknowledge(alarm) == 0
    monitor.uptime_s = 2
    assert monitor.lamp() == 0 and monitor.standing(16) == []


def test_an_event_is_no_alarm():
    monitor = Monitor()
    monitor.judge(monitor.find("load_limit"), True, 0)
    assert monitor.lamp() == 0 and monitor.acknowledge() == 0 and monitor.stop_class == stops.HOLD
    assert history(monitor) == [(0, 30, "raised")]


def test_the_lamp_spares_its_relay():
    monitor = Monitor()
    monitor.judge(monitor.find("oil_pressure_low"), True, 0)
    switched, last = 0, 1
    for monitor.uptime_s in range(86400):
        level = monitor.lamp()
        switched += level != last
        last = level
    assert 300 + 2 * 1435 - 5 <= switched <= 300 + 2 * 1440


@pytest.mark.parametrize("row", list(alarms.ROWS), ids=lambda row: row[alarms.KEY])
def test_only_warnings_can_be_shelved_and_they_act_on(row):
    monitor = Monitor()
    alarm = monitor.find(row[alarms.KEY])
    monitor.judge(alarm, True, 0)
    if row[alarms.CATEGORY] != alarms.WARNING:
        with pytest.raises(ValueError, match="only a warning"):
            shelf.shelve(monitor, alarm, 60)
        return
    shelf.shelve(monitor, alarm, 60)
    assert monitor.lamp() == 0 and monitor.stop_class == row[alarms.CLASS] and alarm.active()
    monitor.uptime_s = 3599
    assert monitor.lamp() == 0
    monitor.uptime_s = 3600
    assert monitor.lamp() == 1 and monitor.acknowledge() == 1


# --- the console -------------------------------------------------------------------------------------------


def test_first_cause_followed_by(talk):
    rise(talk.unit, "oil_pressure_low", "hot_water_flow", "discharge_pressure")
    page = talk.say("alarms")
    assert page[0].startswith("6 Hot-water flow lost (first cause, cause present, unacknowledged, ")
    assert page[3] == "followed by" and page[4].startswith("4 Discharge pressure too high (cause present, ")
    found = states(talk)
    assert [found[key]["first"] + found[key]["follows"] for key in found] == ["10", "01", "00"]


def test_a_first_cause_that_has_gone_is_named(talk):
    rise(talk.unit, "gas_pressure", "uncommanded_stop")
    fall(talk.unit, "gas_pressure")
    page = talk.say("alarms")
    assert page[0] == "first cause, gone by itself: 14 Gas pressure missing" and page[1] == "followed by"


def test_acknowledge_one_and_all(talk):
    rise(talk.unit, "hot_water_flow", "sensor_warning")
    assert talk.say("ack 27") == ["acknowledged  1"]
    assert states(talk)["sensor_warning"]["state"] == "acknowledged"
    assert states(talk)["hot_water_flow"]["state"] == "unacknowledged"
    assert talk.say("ack 27")[0] == "error: alarm 27 waits for no acknowledgement: it is acknowledged"
    assert talk.say("ack 200")[0].startswith("error: no alarm has the id '200'")
    assert talk.say("ack x")[0].startswith("error: no alarm has the id 'x'")
    assert talk.say("@ack") == ["acknowledged=1", "@ok"]
    fall(talk.unit, "hot_water_flow", "sensor_warning")
    assert {key: cells["state"] for key, cells in states(talk).items()} == {"hot_water_flow": "latched acknowledged"}
    rise(talk.unit, "sensor_warning")
    fall(talk.unit, "sensor_warning")
    assert states(talk)["sensor_warning"]["state"] == "returned unacknowledged"


def test_shelve_and_unshelve(talk):
    rise(talk.unit, "sensor_warning", "hot_water_flow")
    assert talk.say("shelve 6 30")[0].startswith("error: only a warning can be shelved; this is of the category protection")
    assert talk.say("shelve 27 481") == ["error: the time must be 1 to 480 minutes"]
    assert talk.say("shelve 27") == ["error: usage: shelve ID MINUTES"]
    assert talk.say("shelve 27 30") == ["shelved       27 Sensor fault", "left          30 min"]
    assert states(talk)["sensor_warning"]["state"] == "shelved" and 1700 < int(states(talk)["sensor_warning"]["shelved_s"]) <= 1800
    assert any("shelved for 29:" in line or "shelved for 30:" in line for line in talk.say("alarms"))
    talk.say("unshelve 27")
    talk.unit.monitor.lamp()
    assert states(talk)["sensor_warning"]["state"] == "unacknowledged"
    assert talk.say("unshelve 27") == ["error: alarm 27 is not shelved"]
    words = [line.split(",")[1] for line in talk.say("@alarms history")[1:-1]]
    assert words == ["unshelved", "shelved", "raised", "raised"]


def test_all_about_one_alarm(talk):
    page = pairs(talk.say("@alarms 15"))
    assert page["rises_after"] == "oil_trip_s (2 s)" and page["masked_in"] == "start, at most oil_bypass_s (8 s)"
    assert pairs(talk.say("@alarms 19"))["masked_in"].endswith("; pump-down, at most pumpdown_s (60 s), judged at 15 K above the limit")
    assert pairs(talk.say("@alarms 50"))["masked_in"].count("3 min after it") == 2
    assert page["category"] == "protection" and page["released"] == "by a reset" and page["reset_by"] == "operator"
    for row in alarms.ROWS:
        assert len(pairs(talk.say("@alarms %d" % row[alarms.ID]))) == 16


def test_history_has_the_time_on_the_wall(talk):
    rise(talk.unit, "hot_water_flow")
    newest = talk.say("@alarms history")[1].split(",")
    assert newest[1:3] == ["raised", "6 Hot-water flow lost"] and newest[3].startswith("2026-07-15 16:00:")


def test_a_snapshot_is_of_the_moment_and_has_units(talk):
    assert talk.say("alarms snapshot") == ["error: there is no snapshot"]
    rise(talk.unit, "sensor_warning")
    assert talk.say("alarms snapshot") == ["error: there is no snapshot"]  # it stops nothing
    rise(talk.unit, "hot_water_flow")
    talk.unit.put("leaving_water", 20.0)
    talk.run(40)
    page = talk.say("alarms snapshot")
    assert page[0] == "alarm         6 Hot-water flow lost" and page[3] == "state         compressor starting unloaded"
    rows = {line.split()[0]: line.split(None, 1)[1] for line in page[5:]}
    assert rows["leaving_water"] == "139.8 F" and rows["hot_flow"] == "--" and rows["flow_switch_hot"] == "no flow"
    assert set(rows) == {"point", *alarms.ROWS.find("hot_water_flow")[alarms.SNAPSHOT].split()}
    lines = talk.say("@alarms snapshot 1 all", 200)
    assert len(lines) == 5 + 1 + 20 + 4 + 13 + 25 + 1 and lines[0] == "alarm=6"
    assert [line for line in lines if line.startswith("coolant_temp,")][0].split(",")[2] == "c"
    assert talk.say("alarms snapshot 2") == ["error: no snapshot 2 is kept"]
    assert talk.say("alarms snapshot x")[0].startswith("error: usage:")


def test_the_first_cause_s_snapshot_stays_whatever_follows(talk):
    rise(talk.unit, "hot_water_flow", "discharge_pressure", "overspeed", "water_stuck", "sensor_stop", "oil_pressure")
    taken = [Moment(talk.unit.snapshots, back).index for back in range(4)]
    ids = [alarms.ROWS[index][alarms.ID] for index in taken]
    assert ids[0] == 15 and set(ids) == {6, 15, 25, 32}


def bounced(unit, key):
    """The engine runs; the cause comes, and bounces for two seconds while it comes to rest."""
    unit.engine.state = RUN
    rise(unit, key)
    unit.engine.state = FAST
    for _ in range(20):
        unit.step(50)
        fall(unit, key)
        unit.step(50)
        rise(unit, key)


@pytest.mark.parametrize("key", ["safety_chain", "sensor_stop"])  # one waits for a reset, one goes by itself
def test_a_contact_that_bounces_takes_neither_snapshots_nor_history(talk, key):
    unit = talk.unit
    monitor = unit.monitor
    rise(unit, "clock_unset")
    alarm = monitor.find(key)
    for incident in range(3):
        unit.step(30000)
        bounced(unit, key)
        words = [(number, word) for _, number, word in history(monitor)]
        assert words.count((alarm.id, "raised")) == incident + 1 and (40, "raised") in words
        assert unit.snapshots.taken == incident + 1 and Moment(unit.snapshots, 0).state == RUN
        assert monitor.first == alarm and monitor.counts[alarm.index] == 21 * (incident + 1)
        fall(unit, key)
        monitor.reset(2)
        assert history(monitor)[-1][2] == "acknowledged" or not alarm.standing()
    rise(unit, "overspeed", key)
    assert monitor.first.key == "overspeed" and monitor.follows(alarm)


# --- access levels -----------------------------------------------------------------------------------------


def test_a_unit_without_a_pin_is_open(talk):
    assert talk.say("login")[0] == "level         factory"
    assert talk.say("set overspeed_rpm 3250") == ["overspeed_rpm = 3250 rpm"]


def test_a_pin_closes_what_is_above_the_operator(talk):
    assert talk.say("set technician_pin 4711") == ["technician_pin = set"]
    assert talk.say("set band_k 1 K") == ["error: the setting band_k needs the level technician: login PIN"]
    assert talk.say("@set overspeed_rpm 3250") == ["@error the setting overspeed_rpm needs the level factory: login PIN"]
    assert talk.say("reboot") == ["error: 'reboot' needs the level technician: login PIN"]
    assert talk.say("set hot_setpoint_c 140")[0].startswith("hot_setpoint_c = 140.0 F")
    assert "4711" not in "".join(talk.say("settings technician") + talk.say("@settings tech") + talk.say("@get technician_pin"))
    assert talk.say("login 4711")[0] == "level         factory"  # factory has no PIN of its own
    talk.say("set factory_pin 99881")
    talk.say("logout")
    assert talk.say("login 4711", 400)[0] == "level         technician"
    assert talk.say("set band_k 1 K")[0].startswith("band_k = ")
    assert talk.say("set technician_pin 0") == ["error: the setting technician_pin needs the level factory: login PIN"]
    assert talk.say("login 99881")[0] == "level         factory"
    assert talk.say("logout") == ["level         operator"]


def test_without_input_the_level_falls_back(talk):
    talk.say("set technician_pin 4711")
    talk.say("login 4711")
    for _ in range(IDLE_MS // 1000 - 10):
        talk.unit.step(1000)
        talk.console.service(talk.unit.board.clock.now)
    assert talk.console.level() == settings.FACTORY
    talk.say("why")
    for _ in range(IDLE_MS // 1000 + 1):
        talk.unit.step(1000)
        talk.console.service(talk.unit.board.clock.now)
    assert talk.console.level() == settings.OPERATOR


def test_wrong_pins_are_counted_and_slowed(talk):
    talk.say("set technician_pin 4711")
    waited = []
    for guess in range(1000, 1006):
        said = talk.say("login %d" % guess)[0]
        assert said.startswith("error: wrong PIN, %d so far" % (guess - 999))
        at_s = talk.unit.monitor.uptime_s
        if guess > 1002:  # the first waits are shorter than an answer
            assert talk.say("login 4711")[0].startswith("error: after a wrong PIN the next is taken in ")
        while talk.unit.monitor.uptime_s < talk.console.barred_s:
            talk.run(20)
        waited.append(talk.console.barred_s - at_s)
    assert waited == sorted(waited) and waited[-1] > 50
    page = talk.say("login 4711")
    assert page[0] == "level         factory" and page[-1] == "wrong         6 wrong PINs since the last right one"
    assert talk.console.wrong == 0


def test_an_operator_does_not_reset_what_needs_a_technician(talk):
    talk.say("set technician_pin 4711")
    rise(talk.unit, "overspeed", "hot_water_flow")
    fall(talk.unit, "overspeed", "hot_water_flow")
    assert talk.say("reset") == [
        "kept          8 Engine overspeed: its reset needs the level technician",
        "error: not all is reset: login PIN of the level technician, now operator",
    ]
    assert [alarm.key for alarm in talk.unit.monitor.standing()] == ["overspeed"]
    assert talk.say("shelve 27 5") == ["error: 'shelve' needs the level technician: login PIN"]
    talk.say("login 4711")
    assert talk.say("reset") == ["reset         no alarm stands"]


# --- the panel ---------------------------------------------------------------------------------------------


def test_the_panel_is_an_operator():
    person = Person()
    monitor = person.unit.monitor
    rise(person.unit, "overspeed")
    fall(person.unit, "overspeed")
    person.unit.settings.set("technician_pin", 4711)
    person.turn(7)
    person.push(1500)
    assert person.panel._note == "needs a technician" and monitor.find("overspeed").standing()
    assert person.panel.failures == 0
    person.unit.settings.set("technician_pin", 0)
    person.push(1500)
    assert person.panel._note == "all reset" and not monitor.standing()
