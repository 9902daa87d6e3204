"""Every command of the console: its answer, its errors, and that an error changes nothing."""

import pytest
from ghp import facts, points, settings
from ghp.console import commands, listings
from ghp.console.console import Console
from ghp.console.editor import LIMIT
from people_unit import Line, running_unit


class Talk:
    """A person at the console: `say` types a line and returns what came back."""

    def __init__(self):
        self.unit = running_unit()
        self.line = Line()
        self.console = Console(self.unit, self.line)
        self.run(3)
        self.line.said = bytearray()

    def run(self, slices=80):
        for _ in range(slices):
            self.unit.step()
            self.console.service(self.unit.board.clock.now)

    def say(self, text, slices=80):
        self.line.typed.extend(text.encode() + b"\r")
        self.run(slices)
        said, self.line.said = self.line.said.decode(), bytearray()
        lines = said.split("\r\n")
        assert text[:1] == "@" or lines[0] == text  # the echo
        return lines[:-1] if text[:1] == "@" else lines[1:-1]

    def values(self):
        return {row[1]: getattr(self.unit.settings, row[1]) for row in settings.ROWS}


@pytest.fixture
def talk():
    return Talk()


def pairs(lines):
    assert lines[-1] == "@ok"
    return dict(line.split("=", 1) for line in lines[:-1])


def test_the_greeting_says_what_runs_and_where_help_is():
    unit, line = running_unit(), Line()
    Console(unit, line).service(0)
    assert b"ghp 0.1.0 on bench" in line.said
    assert b"help" in line.said


@pytest.mark.parametrize("row", list(commands.TABLE), ids=lambda row: row[commands.NAME])
def test_help_covers_every_command(talk, row):
    listed = [line for line in talk.say("help") if line.startswith(row[commands.USAGE])]
    assert len(listed) == 1
    assert row[commands.HELP] in listed[0]
    explained = "\n".join(talk.say("help " + row[commands.NAME]))
    assert row[commands.USAGE] in explained
    assert row[commands.HELP] in explained
    assert settings.LEVELS[row[commands.LEVEL]] in explained
    assert row[commands.USAGE].split()[0] == row[commands.NAME]


ERRORS = [
    ("stats", "no command 'stats'; did you mean status"),
    ("xyzzy", "no command 'xyzzy'; 'help' lists them"),
    ("help xyzzy", "no command 'xyzzy'"),
    ("help a b", "usage: help [command]"),
    ("points leaving_wter", "no point begins with 'leaving_wter'; did you mean leaving_water"),
    ("points a b", "usage: points [prefix]"),
    ("settings zz", "no setting 'zz'"),
    ("get", "usage: get KEY"),
    ("get hot_setpont_c", "no setting 'hot_setpont_c'; did you mean hot_setpoint_c"),
    ("set", "usage: set KEY VALUE"),
    ("set hot_setpoint_c", "usage: set KEY VALUE"),
    ("set hot_setpont_c 120", "did you mean hot_setpoint_c"),
    ("set hot_setpoint_c 165", "hot_setpoint_c must be 90.0 F to 160.0 F"),
    ("set hot_setpoint_c 80 C", "hot_setpoint_c must be 90.0 F to 160.0 F"),
    ("set hot_setpoint_c warm", "'warm' is not a number (90.0 F to 160.0 F)"),
    ("set hot_setpoint_c nan", "'nan' is not a number"),
    ("set hot_setpoint_c 1e999", "hot_setpoint_c must be 90.0 F to 160.0 F"),
    ("set hot_setpoint_c 60 psig", "unit 'psig' is not F or C"),
    ("set crank_attempts 2.5", "crank_attempts must be a whole number, 1 to 5"),
    ("set vernier maybe", "vernier must be on or off"),
    ("set mode warm", "mode must be one of off, heat, cool, auto"),
    ("set units metric", "units must be one of us, si"),
    ("mode warm", "mode must be one of off, heat, cool, auto"),
    ("mode heat now", "usage: mode [off/heat/cool/auto]"),
    ("alarms all", "usage: alarms [history/ID/snapshot [n] [all]]"),
    ("reset all", "usage: reset"),
    ("stream fast", "usage: stream [period_ms/off/fields]"),
    ("stream 99", "period_ms must be 100 to 3600000"),
    ("stream 1000 2000", "usage: stream [period_ms/off/fields]"),
    ("stream 99999999999999999999", "period_ms must be 100 to 3600000"),
    ("reboot now", "usage: reboot [repl]"),
]


@pytest.mark.parametrize("text, expected", ERRORS, ids=[text for text, _ in ERRORS])
def test_an_error_is_one_clear_line_and_changes_nothing(talk, text, expected):
    before, changes = talk.values(), talk.unit.settings.changes
    answer = talk.say(text)
    assert len(answer) == 1
    assert answer[0].startswith("error: ")
    assert expected in answer[0]
    twin = talk.say("@" + text)
    assert twin == ["@error " + answer[0][len("error: ") :]]
    assert talk.values() == before
    assert talk.unit.settings.changes == changes
    assert talk.console.failures == 0
    assert talk.unit.restarted == []
    assert talk.console.stream is None


def test_an_empty_line_is_no_error(talk):
    assert talk.say("") == []
    assert talk.say("   ") == []
    assert talk.say("@") == ["@ok"]


def test_a_line_too_long_is_refused_whole(talk):
    before = talk.values()
    talk.line.typed.extend(b"set hot_setpoint_c 120" + b" " * LIMIT + b"5\r")
    talk.run()
    assert b"error: line too long: at most 96 characters, nothing done" in talk.line.said
    assert talk.values() == before
    talk.line.said = bytearray()
    assert talk.say("set hot_setpoint_c 120") == ["hot_setpoint_c = 120.0 F"]


def test_version(talk):
    assert pairs(talk.say("@version")) == {
        "version": "0.1.0",
        "build": "development",
        "board": "bench",
        "reset": "power",
    }


def test_status_shows_the_machine(talk):
    talk.unit.settings.set("mode", 1)
    talk.unit.held = [(2, "Waiting for the next stage", 95, "5")]
    page = "\n".join(talk.say("status"))
    for part in (
        "state         running",
        "Waiting for the next stage (5), 1:35 left",
        "mode          heat",
        "set point     140.0 F",
        "leaving 139.8 F",
        "discharge 260.9 psig",
        "superheat 11.2 F",
        "COP (HHV) 1.47",
        "alarms        none",
    ):
        assert part in page
    talk.say("set units si")
    assert "leaving 59.9 C" in "\n".join(talk.say("status"))


def test_the_twin_of_status_gives_every_fact_in_si(talk):
    answer = pairs(talk.say("@status"))
    for row in facts.ROWS:
        assert row[facts.KEY] in answer
    assert float(answer["leaving_c"]) == pytest.approx(59.9, abs=0.02)
    assert float(answer["discharge_kpa"]) == pytest.approx(1900, abs=0.2)
    assert answer["flow_lps"] == ""  # no meter answers: nothing is invented
    assert answer["limiter"] == "as set"
    assert int(answer["uptime_ms"]) > 0


def test_why_is_sorted_and_says_when_it_ends(talk):
    talk.unit.held = [(5, "Later", None, None), (0, "Stopped by a trip", None, "reset it"), (2, "Resting", 3725, None)]
    assert talk.say("why")[1:] == ["- Stopped by a trip (reset it)", "- Resting, 1:02:05 left", "- Later"]
    assert talk.say("@why") == [
        "#rank,text,remaining_s,value",
        "0,Stopped by a trip,,reset it",
        "2,Resting,3725,",
        "5,Later,,",
        "@ok",
    ]
    talk.unit.held = []
    assert talk.say("why")[1] == "nothing holds or limits the machine"


def test_points_list_every_point_with_value_quality_and_age(talk):
    rows = talk.say("@points")
    names = [row.split(",")[0] for row in rows]
    for table in (points.ANALOG_INPUTS, points.PULSE_INPUTS, points.DIGITAL_INPUTS, points.OUTPUTS):
        for row in table:
            assert names.count(row[1]) == 1
    assert rows[0] == "#input,value,quality,age_ms,unit,substitute"
    leaving = [row for row in rows if row.startswith("leaving_water")][0].split(",")
    assert float(leaving[1]) == pytest.approx(59.9, abs=0.02)
    assert leaving[2:] == ["good", "0", "c", ""]
    assert talk.say("points leav") == [
        "input                 value          quality              age",
        "leaving_water         139.8 F        good                 0.0 s",
    ]


def test_a_bad_point_shows_why_and_since_when_and_no_number(talk):
    talk.unit.image.analog_status[points.index_of(points.ANALOG_INPUTS, "leaving_water")] = 2
    talk.run(60)
    line = talk.say("points leaving_water")[1].split()
    assert line[1:6] == ["--", "chip", "does", "not", "answer"]
    assert 2.5 <= float(line[6]) <= 3.1  # bad since the first slow scan after the fault
    assert [row for row in talk.say("@points leaving_water") if row.startswith("leaving")][0].split(",")[1] == ""


def test_outputs_show_commanded_effective_forced_and_expired(talk):
    def line(name):
        return talk.say("points " + name)[1].split()

    assert line("gas_valve") == ["gas_valve", "shut", "shut", "expired"]
    unit = talk.unit
    unit.outputs.gas_valve.command(1, unit.board.clock.now)
    talk.run(1)
    assert talk.say("points gas_valve", slices=2)[1].split()[:2] == ["gas_valve", "open"]
    unit.outputs.gas_valve.forced = 0
    unit.outputs.gas_valve.command(1, unit.board.clock.now)
    assert talk.say("points gas_valve", slices=2)[1].split() == ["gas_valve", "shut", "open", "forced"]
    assert line("expansion_valve") == ["expansion_valve", "0", "steps", "0", "steps", "expired"]
    assert line("throttle") == ["throttle", "0.0", "%", "0.0", "%", "expired"]


def test_every_digital_point_has_a_word_for_off():
    for row in points.DIGITAL_INPUTS:
        assert row[3] in listings.OFF_TEXT
    for row in points.OUTPUTS:
        assert row[2] != "digital" or row[5] in listings.OFF_TEXT


def test_settings_list_them_all_and_get_explains_one(talk):
    listed = [row.split(",")[0] for row in talk.say("@settings")[1:-1]]
    assert listed == [row[1] for row in settings.ROWS]
    answer = pairs(talk.say("@get hot_setpoint_c"))
    assert float(answer["hot_setpoint_c"]) == 60.0
    assert answer["allowed"] == "90.0 F to 160.0 F"
    assert answer["default"] == "140.0 F"
    assert answer["level"] == "operator"
    assert "default       off" in "\n".join(talk.say("get mode"))
    assert "default       on" in "\n".join(talk.say("get vernier"))


@pytest.mark.parametrize("row", list(settings.ROWS), ids=lambda row: row[1])
def test_every_setting_can_be_set_to_its_limits_and_not_beyond(talk, row):
    key, kind, low, high = row[1], row[2], row[4], row[5]
    talk.unit.settings.set("units", 1)
    if kind == "bool" or isinstance(kind, tuple):
        word = "on" if kind == "bool" else kind[-1]
        assert talk.say("set %s %s" % (key, word))[0].startswith("%s = %s" % (key, word))
        return
    if kind == "hm":
        assert talk.say("set %s 9:05" % key) == ["%s = 09:05" % key]
        for bad in ("24:01", "7", "7:5", "-1:00", "12:60"):
            assert "not a time of the day" in talk.say("set %s %s" % (key, bad))[0]
        assert getattr(talk.unit.settings, key) == 545
        return
    if kind == "pin":
        for bad in ("123", "999", "012345", "12345678", "-1234", "12.5", "abcd"):
            assert "must be 4 to 7 digits" in talk.say("set %s %s" % (key, bad))[0]
        assert talk.say("set %s 1234567" % key) == ["%s = set" % key]
        assert getattr(talk.unit.settings, key) == 1234567
        return
    middle = int((low + high) / 2) if isinstance(row[3], int) else (low + high) / 2
    answer = talk.say("set %s %r" % (key, middle))
    if " while " in answer[0]:  # in range, but not beside the setting that it names
        assert getattr(talk.unit.settings, key) == row[3]
        middle = row[3]
    assert getattr(talk.unit.settings, key) == pytest.approx(middle, abs=1e-6)
    beyond = high + max(1.0, 0.01 * abs(high))
    assert "must be" in talk.say("set %s %r" % (key, beyond))[0]
    assert getattr(talk.unit.settings, key) == pytest.approx(middle, abs=1e-6)


def test_set_answers_with_what_is_in_force_and_its_limiter(talk):
    assert talk.say("set hot_setpoint_c 150") == ["hot_setpoint_c = 150.0 F"]
    talk.unit.put("ambient_temp", -6.67)
    talk.run(200)
    assert talk.say("set hot_setpoint_c 160") == [
        "hot_setpoint_c = 160.0 F, in force 150.1 F: ceiling by ambient 20.0 F"
    ]
    assert talk.unit.settings.hot_setpoint_c == pytest.approx(71.111, abs=0.001)
    assert talk.say("@set hot_setpoint_c 66 C") == [
        "hot_setpoint_c=150.8 F, in force 150.1 F: ceiling by ambient 20.0 F",
        "@ok",
    ]


def test_mode_answers_with_what_the_machine_makes_of_it(talk):
    talk.unit.held = [(0, "Remote contact is open", None, None)]
    assert talk.say("mode heat") == ["mode = heat", "Remote contact is open"]
    assert talk.unit.settings.mode == 1
    assert talk.say("mode") == ["mode          heat"]
    assert talk.say("@mode off") == ["mode=off", "@ok"]


def test_alarms_name_cause_remedy_and_the_first_and_reset_releases(talk):
    monitor = talk.unit.monitor
    assert talk.say("alarms") == ["no alarm stands"]
    now = talk.unit.board.clock.now
    monitor.judge(monitor.find("superheat_low"), True, now)
    monitor.judge(monitor.find("underspeed"), True, now)
    monitor.judge(monitor.find("underspeed"), False, now)
    page = talk.say("alarms")
    assert page[0].startswith("20 Superheat too low (first cause, cause present, ")
    assert page[1] == "   cause:  Liquid is reaching the compressor."
    assert page[2] == "   remedy: Check expansion valve and suction sensors."
    assert page[3] == "followed by"
    assert page[4].startswith("9 Engine stalled (cause gone, 'reset' releases it, latched unacknowledged, ")
    assert talk.say("@alarms")[1:] == [
        "20,superheat_low,4,1,1,Superheat too low,protection,unacknowledged,0,0",
        "9,underspeed,4,0,0,Engine stalled,fault,latched unacknowledged,1,0",
        "@ok",
    ]
    assert talk.say("reset") == ["stands        20 Superheat too low"]
    assert [alarm.id for alarm in monitor.standing()] == [20]
    monitor.judge(monitor.find("superheat_low"), False, now)
    assert talk.say("reset") == ["reset         no alarm stands"]
    history = talk.say("@alarms history")[1:-1]
    assert history[0].split(",")[1:3] == ["reset", "20 Superheat too low"]
    assert history[-1].split(",")[1:3] == ["raised", "20 Superheat too low"]


def test_tasks_show_runs_failures_and_feeds(talk):
    runs = talk.unit.executive.tasks[0].runs
    rows = [row.split(",") for row in talk.say("@tasks")[:-1]]
    assert rows[0][0] == "#task"
    fast = dict(zip(rows[0], rows[1], strict=True))
    assert fast["#task"] == "fast"
    assert runs < int(fast["runs"]) <= runs + 3
    assert fast["failures"] == "0"
    assert rows[-2][0].startswith("feeds=") and rows[-1] == ["last_failure=none"]


def test_mem_says_what_the_interpreter_knows(talk):
    assert talk.say("mem") == ["heap          not known on this interpreter"]


def test_reboot_only_at_standstill(talk):
    talk.unit.engine.standstill = False
    assert "error: the engine is not at standstill" in talk.say("reboot")[0]
    assert talk.unit.restarted == []
    talk.unit.engine.standstill = True
    assert talk.say("reboot") == ["reboot        now"]
    assert talk.say("reboot repl") == ["reboot        now"]
    assert talk.unit.restarted == [False, True]


def test_a_fault_in_a_view_is_said_and_counted_and_the_console_goes_on(talk):
    state_text = talk.unit.state_text
    talk.unit.state_text = None
    assert talk.say("status")[0].startswith("error: fault in this command: TypeError")
    assert talk.console.failures == 1
    talk.unit.state_text = state_text
    assert talk.say("status")[0] == "state         running"
    assert talk.unit.failed == []


def test_a_fault_outside_a_command_stops_no_engine_either(talk):
    class Stream:
        def due(self, now_ms):
            return True

        def line(self):
            raise MemoryError

    talk.console.stream = Stream()
    talk.console.service(0)
    assert talk.console.stream is None and talk.console.failures == 1
    talk.run(4)
    assert b"error: fault in the console" in talk.line.said
    talk.line.said = bytearray()
    assert talk.say("status")[0] == "state         running"
