"""What the panel's pages show: eight rows of text, three of them perhaps taken by big digits.

A page is prepared once from the unit and then drawn row by row, so that all rows are of the same moment.
"""

from micropython import const

from ghp import facts, units
from ghp.alarms import CATEGORY, EVENT
from ghp.control.arbiter import COOL, HEAT, WANT_TEXT
from ghp.panel import font
from ghp.panel.strip import LOWER, TITLE, TOP, big_width
from ghp.protection.monitor import OFF_PANEL, UNSEEN
from ghp.table import Table

COLUMNS = 21
_STAGES = const(8)
_REASON_MS = const(4000)  # how long one piece of a reason stays on the home page

# number, title, "label=fact" a row; where a push adjusts a set point, the last row says so
TABLES = Table(
    """\
1|HOT WATER|leaving=leaving_c,set=setpoint_c,between=condenser_water_c,entering=entering_c,flow=flow_lps,heat=heat_w
2|CHILLED WATER|leaving=chilled_leaving_c,set=chilled_setpoint_c,entering=chilled_entering_c,flow=chilled_flow_lps,cold=cold_w
3|REFRIGERANT|discharge=discharge_kpa,suction=suction_kpa,hot gas=discharge_temp_c,superheat=superheat_k,\
subcooling=subcool_k,valve=valve_steps
4|AIR AND FROST|ambient=ambient_c,coil=coil_c,frost growth=frost_growth_k,lead fan=fan_pct,defrosts=defrosts,changeovers=changeovers
5|ENGINE|speed=rpm,target=speed_target_rpm,throttle=throttle_pct,load=load_pct,coolant=coolant_c,exhaust=exhaust_c,oil=oil_kpa
6|HEAT AND GAS|heat=heat_w,cold=cold_w,gas HHV=gas_w,COP HHV=cop,recovery=recovery_pct,starts=starts,failed starts=failed_starts
""",
    "iss",
)
HOT = const(0)  # of TABLES
CHILLED = const(1)


class Picture:
    """What one cycle draws.

    rows     text of rows 0..7; row 0 is the title, dark on light
    big      digits over rows 1..3 from column `big_x`, or ''; then these rows' text stands at `side_x`
    stage    stage bar on row 4, or None
    rule     row with a hair line, or -1
    """

    def __init__(self):
        self.rows = [""] * 8
        self.big = ""
        self.big_x = 0
        self.side_x = 0
        self.stage = None
        self.rule = -1

    def blank(self, unit, title, right):
        """Start afresh with a title on the left and a word on the right; in service each page says so first."""
        rows = self.rows
        for number in range(8):
            rows[number] = ""
        rows[0] = _spread(title if unit.hand is None else "SERVICE " + title, right)
        self.big = ""
        self.stage = None
        self.rule = -1

    def key(self, row):
        """Return a text that differs whenever the row's drawing does."""
        text = self.rows[row]
        if self.big and 1 <= row <= 3:
            return "%s\n%s\n%d" % (text, self.big, self.big_x)
        if row == 4 and self.stage is not None:
            return "%s\n%d" % (text, self.stage)
        return text

    def draw(self, strip, row):
        """Draw row 0..7 into the page buffer."""
        strip.clear()
        text = self.rows[row]
        if self.big and 1 <= row <= 3:
            strip.big(self.big_x, self.big, row - 1)
            strip.text(self.side_x, text)
        else:
            strip.text(1, text, TITLE if row == 0 else TOP if row == self.rule else LOWER)
        if row == 4 and self.stage is not None:
            strip.bar(128 - 7 * _STAGES, _STAGES, self.stage)
        if row == self.rule:
            strip.rule()
        if row == 0:
            strip.invert()


def _spread(left, right, columns=COLUMNS):
    """Return left and right at the two ends of so many columns; left gives way."""
    left = left[: max(0, columns - len(right) - 1)]
    return left + " " * (columns - len(left) - len(right)) + right


def wrap(text, columns):
    """Return `text` broken at spaces into lines of at most `columns` characters."""
    lines = []
    line = ""
    for word in text.split():
        while len(word) > columns:
            if line:
                lines.append(line)
                line = ""
            lines.append(word[:columns])
            word = word[columns:]
        if not line:
            line = word
        elif len(line) + 1 + len(word) <= columns:
            line += " " + word
        else:
            lines.append(line)
            line = word
    if line:
        lines.append(line)
    return lines


def number(kind, value, us):
    """Return a value as big digits, '---' when it is not known."""
    return "---" if value is None else "%.1f" % units.shown(kind, value, us)


def degrees(value_c, us):
    """Return a temperature in little room: '140.0' degree sign 'F'."""
    return number("c", value_c, us) + font.DEGREE + units.symbol("c", us)


def minutes(seconds):
    """Return a time left in little room: '4:05', '1 h 12'."""
    seconds = int(seconds)
    if seconds < 3600:
        return "%d:%02d" % (seconds // 60, seconds % 60)
    return "%d h %02d" % (seconds // 3600, seconds // 60 % 60)


def chills(unit):
    """Return whether home is about the chilled water: it is wanted, or nothing is and it was served last."""
    want = unit.arbiter.want or unit.claims.mode.value
    return want == COOL or (want != HEAT and unit.duty.cooling())


def home(picture, unit, now_ms, age_ms):
    """The page that is shown by itself: mode, leaving water, set point, speed, stage, state and why.

    The water is the one that the machine is about, see `chills`.
    age_ms: time since the page came up; it turns over the reasons.
    """
    settings = unit.settings
    us = settings.us()
    monitor = unit.monitor
    count = 0
    for alarm in monitor.standing(UNSEEN):
        count += not monitor.flags[alarm.index] & OFF_PANEL and alarm.row[CATEGORY] != EVENT
    mark = font.ALARM + str(count) if count else ""
    title = settings.text("mode").upper() if unit.hand is None else ""
    readings = unit.readings
    if chills(unit):
        title = title + ": CHILLED" if title else "CHILLED"
        leaving = readings.chilled_leaving
        asked = settings.chilled_setpoint_c
        effective = unit.chilled_setpoint.effective_c
    else:
        leaving = readings.leaving_water
        asked = settings.hot_setpoint_c
        effective = unit.setpoint.effective_c
    picture.blank(unit, title, mark)
    rows = picture.rows
    picture.big = number("c", leaving.value(), us)
    picture.big_x = 2
    picture.side_x = 128 - 6 * 8
    rows[1] = _spread(font.DEGREE + units.symbol("c", us), "set", 8)
    rows[2] = _spread("", degrees(asked, us), 8)
    if abs(effective - asked) > 0.05:
        rows[3] = font.RIGHT + degrees(effective, us)
    speed = unit.readings.engine_speed.value()
    rows[4] = "-- rpm" if speed is None else "%d rpm" % speed
    picture.stage = unit.capacity.stage + 1 if unit.engine.loaded else 0
    picture.rule = 4
    place = 5
    for line in wrap(unit.state_text(), COLUMNS)[:2]:
        rows[place] = line
        place += 1
    room = 8 - place
    lines = _reason_lines(unit, now_ms, room)
    if lines:
        first = age_ms // _REASON_MS % ((len(lines) + room - 1) // room) * room
        for line in lines[first : first + room]:
            rows[place] = line
            place += 1


def _reason_lines(unit, now_ms, room):
    """Return the first reasons as lines; where two are shown at once, each reason begins a pair."""
    lines = []
    for _, text, remaining_s, value_text in unit.reasons(now_ms)[:4]:
        if value_text:
            text += ", " + value_text
        if remaining_s is not None:
            text += ", " + minutes(remaining_s)
        lines.extend(wrap(text, COLUMNS))
        if room == 2 and len(lines) & 1:
            lines.append("")
    return lines


def table(picture, unit, which):
    """One of TABLES: a label and a value a row."""
    us = unit.settings.us()
    _, title, rows = TABLES[which]
    picture.blank(unit, title, "%d/%d" % (which + 2, len(TABLES) + 3))
    place = 1
    for pair in rows.split(","):
        label, key = pair.split("=")
        kind = facts.row(key)[facts.KIND]
        value = facts.value(unit, key)
        if kind == "steps" or kind == "code":
            text = "--" if value is None else "%d" % value
        else:
            text = units.text(kind, value, us)
        picture.rows[place] = _spread(label, text)
        place += 1
    if which <= CHILLED:
        picture.rows[7] = "push: set point"


def alarms(picture, unit, age_ms, note):
    """What stands or has not been seen, six lines at a time; a star: not acknowledged."""
    monitor = unit.monitor
    shown = monitor.standing(UNSEEN)
    total = len(TABLES) + 3
    picture.blank(unit, "ALARMS", "%d/%d" % (total - 1, total))
    rows = picture.rows
    lines = []
    followed = False
    first = monitor.first
    if first is not None and not first.standing():
        lines.extend(wrap("first cause, gone: " + first.text, COLUMNS))
    for alarm in shown:
        if not followed and monitor.follows(alarm):
            followed = True
            lines.append("followed by")
        mark = font.ALARM if alarm.active() else " "
        wrapped = wrap(alarm.text, COLUMNS - 2)
        lines.append(mark + ("*" if monitor.flags[alarm.index] & UNSEEN else " ") + wrapped[0])
        lines.extend(["  " + line for line in wrapped[1:]])
        if monitor.flags[alarm.index] & OFF_PANEL:
            lines.append("  shelved " + minutes(monitor.shelves[alarm.index] - monitor.uptime_s))
    if not shown:
        lines.append("none stands")
    first = age_ms // _REASON_MS % ((len(lines) + 5) // 6) * 6
    for place in range(min(6, len(lines) - first)):
        rows[1 + place] = lines[first + place]
    rows[7] = note if note else "push ack, hold reset" if shown else ""


def adjust(picture, unit, key, value_c, note):
    """The set point `key` while it is turned; `note` says why a step or the store was refused."""
    settings = unit.settings
    us = settings.us()
    hot = key == "hot_setpoint_c"
    picture.blank(unit, "SET POINT" if hot else "CHILLED", "TURN, PUSH")
    row = settings.row(key)
    rows = picture.rows
    picture.big = number("c", value_c, us)
    picture.big_x = (128 - big_width(picture.big)) // 2 - 8
    picture.side_x = picture.big_x + big_width(picture.big) + 4
    rows[1] = font.DEGREE + units.symbol("c", us)
    if note:
        lines = wrap(note, COLUMNS)
        start = 4 if len(lines) > 3 else 5
        for place in range(min(8 - start, len(lines))):
            rows[start + place] = lines[place]
        return
    symbol = font.DEGREE + units.symbol("c", us)
    low = units.shown("c", row[4], us)
    high_c = min(row[5], unit.setpoint.ceiling_c) if hot else row[5]
    rows[5] = "now  " + degrees(getattr(settings, key), us)
    rows[6] = "from %.0f to %.0f%s" % (low, units.shown("c", high_c, us), symbol)
    rows[7] = "push stores"


def mode(picture, unit, choice, editing):
    """The operating mode, and its choice while it is turned."""
    total = len(TABLES) + 3
    picture.blank(unit, "MODE", "TURN, PUSH" if editing else "%d/%d" % (total, total))
    rows = picture.rows
    choices = unit.settings.row("mode")[2]
    for place, name in enumerate(choices):
        mark = font.RIGHT if editing and place == choice else font.TICK if place == unit.settings.mode else " "
        rows[2 + place] = "  " + mark + " " + name
    if not editing:
        in_force = unit.claims.mode.value
        if in_force != unit.settings.mode:
            rows[6] = "in force: " + choices[in_force]
        elif unit.arbiter.want:
            place = 2 + unit.settings.mode
            rows[place] = _spread(rows[place], WANT_TEXT[unit.arbiter.want])
    rows[7] = "push stores" if editing else "push changes"
