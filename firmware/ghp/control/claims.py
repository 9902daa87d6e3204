"""Who asks what of the machine: claims with source, value, priority and expiry, and what comes out of them.

Mode: any "off" wins, whatever its priority, and all of them are listed; otherwise the highest priority.
Limits (share of capacity, fans' air, engine speed): the lowest wins.

A claim is made again by its owner as long as it holds, or given a time after which it ends by itself.
"""

from micropython import const

from ghp.control.calendar import in_window, minutes_to
from ghp.ticks import ticks_diff

MODE_OFF = const(0)
MODE_HEAT = const(1)
MODE_COOL = const(2)
MODE_AUTO = const(3)
MODE_TEXT = ("off", "heat", "cool", "auto")

FOR_EVER = -1
_LONGEST_MS = const(0x2FFFFFFF)

NO_RPM = const(3000)  # the highest loaded speed there is
_FULL_PCT = 100.0


class Claim:
    """One source's say in one subject.

    source, text   its name, and its sentence in `why` while it decides ("%s" stands for the mode)
    active, value  what it claims now
    left_ms        until it ends by itself, FOR_EVER: until withdrawn
    wins           it decides its subject (of several "off" every one does)
    """

    # of the class: most claim nothing, and few end by themselves
    active = False
    value = 0
    left_ms = FOR_EVER
    wins = False

    def __init__(self, source, priority, text):
        self.source = source
        self.priority = priority
        self.text = text

    def make(self, value, for_ms=FOR_EVER):
        """Claim `value` from now on; for_ms: for this time only (at most nine days)."""
        self.active = True
        self.value = value
        self.left_ms = for_ms if for_ms < _LONGEST_MS else _LONGEST_MS

    def withdraw(self):
        """Claim nothing any more."""
        self.active = False

    def put(self, condition, value):
        """Claim `value` while the condition holds."""
        if condition or self.active:
            self.active = True if condition else False
            self.value = value

    def left_s(self):
        """Return the seconds until the claim ends by itself, or None."""
        return None if self.left_ms < 0 else (self.left_ms + 999) // 1000


class Subject:
    """What is claimed: `value` is what comes out, `free` what holds without any claim."""

    def __init__(self, name, free, unit):
        self.name = name
        self.free = free
        self.unit = unit
        self.value = free
        self.claims = []

    def add(self, source, priority, text):
        """Append a source; returns its Claim."""
        claim = Claim(source, priority, text)
        self.claims.append(claim)
        return claim

    def age(self, passed_ms):
        """Let time pass: claims end."""
        for claim in self.claims:
            if claim.active and claim.left_ms >= 0:
                claim.left_ms -= passed_ms
                if claim.left_ms <= 0:
                    claim.active = False
                    claim.left_ms = FOR_EVER

    def value_text(self, value):
        """Return a value of this subject as a person reads it."""
        return "%d %s" % (value, self.unit)


class Lowest(Subject):
    """A limit."""

    def decide(self):
        """Find the lowest claim."""
        lowest = self.free
        for claim in self.claims:
            if claim.active and claim.value < lowest:
                lowest = claim.value
        for claim in self.claims:
            wins = claim.active and claim.value == lowest and lowest < self.free
            if wins != claim.wins:
                claim.wins = wins
        self.value = lowest


class Mode(Subject):
    """The operating mode."""

    def decide(self):
        """Find the offs, else the highest priority."""
        best = None
        offs = 0
        for claim in self.claims:
            if claim.active:
                if claim.value == MODE_OFF:
                    offs += 1
                elif best is None or claim.priority > best.priority:
                    best = claim
        for claim in self.claims:
            wins = claim.active and (claim.value == MODE_OFF if offs else claim is best)
            if wins != claim.wins:
                claim.wins = wins
        self.value = MODE_OFF if offs or best is None else best.value

    def value_text(self, value):
        """Return the mode's name."""
        return MODE_TEXT[value]


class Claims:
    """All claims of the unit; `update` once per slow scan, before the demands.

    mode       Mode, its value MODE_*
    demand     share of capacity allowed, %
    fans       share of the fans' air allowed, %
    speed      highest loaded engine speed, rpm
    bus_mode, bus_demand, console_demand   claims that others make
    """

    def __init__(self, readings, settings, clock):
        self._readings = readings
        self._settings = settings
        self._clock = clock
        self._at = None
        mode = self.mode = Mode("mode", MODE_OFF, "")
        self._emergency = mode.add("emergency_stop", 100, "Off: emergency stop is pressed")
        self._remote = mode.add("remote", 80, "Remote enable contact is open")
        self._schedule = mode.add("schedule", 60, "Off by the schedule")
        self.bus_mode = mode.add("bus", 40, "Bus asks for mode %s")
        self._panel = mode.add("panel", 20, "Mode is %s")
        demand = self.demand = Lowest("demand", _FULL_PCT, "%")
        self._demand_setting = demand.add("setting", 20, "Demand limit by setting")
        self.console_demand = demand.add("console", 40, "Demand limit by the console")
        self.bus_demand = demand.add("bus", 40, "Demand limit by the bus")
        fans = self.fans = Lowest("fans", _FULL_PCT, "%")
        self._quiet_fans = fans.add("quiet_hours", 20, "Quiet hours limit the fans")
        speed = self.speed = Lowest("speed", NO_RPM, "rpm")
        self._speed_setting = speed.add("setting", 20, "Engine speed limited by setting")
        self._quiet_speed = speed.add("quiet_hours", 20, "Quiet hours limit the engine speed")
        self.subjects = (mode, demand, fans, speed)

    def update(self, now_ms, dt_s):
        """Look at every source, let claims end, decide."""
        passed_ms = 0 if self._at is None else ticks_diff(now_ms, self._at)
        self._at = now_ms
        settings = self._settings
        readings = self._readings
        self._emergency.put(not readings.emergency_stop.on, MODE_OFF)
        self._remote.put(not readings.remote_enable.on, MODE_OFF)
        self._schedule.put(settings.schedule and self._clock.valid and not self._in_hours(), MODE_OFF)
        self._panel.put(True, settings.mode)
        self._demand_setting.put(settings.demand_limit_pct < _FULL_PCT, settings.demand_limit_pct)
        quiet = settings.quiet and self._clock.valid
        quiet = quiet and in_window(self._clock.minute, settings.quiet_begin, settings.quiet_end)
        self._quiet_fans.put(quiet, settings.quiet_fan_pct)
        self._speed_setting.put(settings.speed_max_rpm < NO_RPM, settings.speed_max_rpm)
        self._quiet_speed.put(quiet, settings.quiet_rpm)
        for subject in self.subjects:
            subject.age(passed_ms)
            subject.decide()

    def _in_hours(self):
        settings = self._settings
        begin = settings.schedule_begin
        end = settings.schedule_end
        if begin == end:  # all day
            begin = 0
            end = 1440
        return self._clock.holds(begin, end, settings.schedule_days, 1, 12)

    def reasons(self, add, now_ms, defrosting):
        """Tell every off, every limit that holds, and whoever asked for something else in vain."""
        settings = self._settings
        clock = self._clock
        mode = self.mode
        for claim in mode.claims:
            if claim.wins and claim.value == MODE_OFF:
                value = None
                if claim is self._schedule:
                    value = "from %s" % settings.text("schedule_begin")
                add(0, claim.text.replace("%s", MODE_TEXT[MODE_OFF]), claim.left_s(), value)
        for claim in mode.claims:
            if claim.active and not claim.wins and claim.value != mode.value:
                text = "%s asks for mode %s" % (claim.source[0].upper() + claim.source[1:], MODE_TEXT[claim.value])
                add(5, text, claim.left_s(), "not followed: mode is " + MODE_TEXT[mode.value])
        for subject in self.subjects[1:]:
            for claim in subject.claims:
                if claim.wins:
                    left_s = claim.left_s()
                    if claim is self._quiet_fans or claim is self._quiet_speed:
                        left_s = 60 * minutes_to(clock.minute, settings.quiet_end)
                    value = subject.value_text(claim.value)
                    if defrosting and claim is not self._speed_setting:  # that is the engine's
                        value += ", not in a defrost"
                    add(4, claim.text, left_s, value)
        if not clock.valid:
            for key, text in (("schedule", "Schedule has no effect"), ("quiet", "Quiet hours have no effect")):
                if getattr(settings, key):
                    add(3, text, None, "the clock is not known")
