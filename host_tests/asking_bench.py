"""Claims, demands, peak and arbiter together, on readings that a test sets; the engine obeys at once."""

from datetime import datetime, timedelta
from types import SimpleNamespace

from ghp import civil
from ghp.control.arbiter import COOL, HEAT, NONE, Arbiter
from ghp.control.chilled_setpoint import ChilledSetpoint
from ghp.control.claims import Claims
from ghp.control.cool_demand import CoolDemand
from ghp.control.duty import COOLING, HEATING, Duty
from ghp.control.heat_demand import HeatDemand
from ghp.control.peak import Peak
from ghp.control.setpoint import Setpoint
from ghp.control.wallclock import WallClock
from ghp.image import RAW_NEVER, RAW_OK, Image
from ghp.protection.monitor import Monitor
from ghp.sensing.readings import GOOD, OPEN, Readings
from ghp.settings import Settings
from ghp.ticks import ticks_add


class Bench:
    """`run(seconds)` lets time pass in scans of `scan_ms`.

    moment     standard time of the battery clock, which runs and may be moved; clock_ok False: it is not set
    obeys      the machine does what is wanted at once, duty included
    """

    def __init__(self, standard="2026-07-15 10:00", scan_ms=10000, start=(1 << 30) - 600000, cooling=False, **settings):
        self.image = Image()
        self.settings = Settings()
        for key, value in settings.items():
            self.settings.set(key, value)
        self.readings = Readings(self.image)
        self.monitor = Monitor()
        self.engine = SimpleNamespace(running=False, loaded=False)
        self.capacity = SimpleNamespace(at_minimum=True, rate_k_s=None)
        self.duty = Duty(self.readings)
        self.duty.mode = COOLING if cooling else HEATING
        self.setpoint = Setpoint(self.readings, self.settings)
        self.chilled = ChilledSetpoint(self.readings, self.settings)
        self.clock = WallClock(self.image, self.settings, self.monitor, None)
        self.claims = Claims(self.readings, self.settings, self.clock)
        common = (self.capacity, self.engine, self.duty, self.claims)
        self.heat = HeatDemand(self.readings, self.settings, self.setpoint, *common)
        self.cool = CoolDemand(self.readings, self.settings, self.chilled, *common)
        self.peak = Peak(self.readings, self.settings, self.clock)
        self.arbiter = Arbiter(self.settings, self.claims, self.heat, self.cool, self.peak, self.duty)
        self.moment = datetime.fromisoformat(standard)
        self.clock_ok = True
        self.obeys = True
        self.scan_ms = scan_ms
        self.now = start & 0x3FFFFFFF
        self.time_ms = 0
        self.each = None
        self.contact(emergency_stop=1, remote_enable=1, call_heat=0, call_cool=0, peak_signal=0)
        self.contact(flow_switch_hot=1, flow_switch_chilled=1)
        self.temp(leaving_water=50.0, entering_water=45.0, chilled_leaving=12.0, chilled_entering=14.0, ambient_temp=20.0)

    def contact(self, **levels):
        """Close or open contacts."""
        for name, on in levels.items():
            item = getattr(self.readings, name)
            item.on = bool(on)
            item.quality = GOOD

    def temp(self, **values):
        """Let probes read; None breaks one."""
        for name, value in values.items():
            item = getattr(self.readings, name)
            if value is None and item.quality == GOOD:
                item.bad_since = self.now
            item.quality = GOOD if value is not None else OPEN
            if value is not None:
                item.scaled = int(value * 1000)

    def scan(self):
        """One slow scan, in the unit's order."""
        now, dt = self.now, self.scan_ms / 1000
        day = self.moment.date()
        self.image.clock_status = RAW_OK if self.clock_ok else RAW_NEVER
        if self.clock_ok:
            self.image.clock_day = civil.day_of(day.year, day.month, day.day)
            self.image.clock_s = (self.moment - datetime.combine(day, datetime.min.time())).seconds
        self.setpoint.update(now, dt)
        self.clock.update(now, dt)
        self.chilled.update(now, dt)
        self.claims.update(now, dt)
        self.heat.update(now, dt)
        self.cool.update(now, dt)
        self.peak.update(now, self.cool.called)
        self.arbiter.update(now, dt)
        if self.obeys:
            want = self.arbiter.want
            self.engine.running = self.engine.loaded = want != NONE
            if want != NONE:
                self.duty.mode = COOLING if want == COOL else HEATING
        if self.each:
            self.each(self)
        self.now = ticks_add(now, self.scan_ms)
        self.time_ms += self.scan_ms
        self.moment += timedelta(milliseconds=self.scan_ms)

    def run(self, seconds=0):
        """Let time pass, one scan at least; returns what is wanted."""
        for _ in range(max(1, int(seconds * 1000 / self.scan_ms))):
            self.scan()
        return self.arbiter.want

    def why(self):
        """Return the reasons as (rank, text, seconds left, value)."""
        found = []
        self.arbiter.reasons(lambda *reason: found.append(reason), self.now)
        return sorted(found, key=lambda reason: reason[0])

    def says(self, part):
        """Return whether a reason holds `part` in text or value."""
        return any(part in text or part in (value or "") for _, text, _, value in self.why())


__all__ = ["COOL", "HEAT", "NONE", "Bench"]
