"""Draws one day: weather in a spell of its season, a building with its showers, nights and weekends, people at the console.

The days of a soak are spread evenly over a year that begins in January; a spell of some days is colder or warmer than
its season.  On a cold day the unit heats; on a warm one it is in auto, chills while the building is used and keeps the hot
tank; on many days between it does both.  The same seed and day give the same text, whatever the number of processes.
"""

import math
from datetime import date, timedelta

from ghptools.campaign.dice import Dice

VERSION = 2  # goes up whenever a seed would give another day
_SKY = 1  # the same for its temperatures
COLDEST_F, WARMEST_F = 11.0, 99.0
_MEAN_F, _SEASON_F = 55.0, 27.0  # of the year, and of its swing
_COLDEST_DAY = 20.0  # of the year
_SPELL_DAYS = 3
_BALANCE_F = 65.0  # above, the building needs no heating
_BETWEEN_F = 52.0  # a day's mean from here to the balance point may want both
_COOLING_F = 60.0  # above, air and sun warm the building; people and lamps always do
_WARM_F = 70.0  # above, the utility may ask for chilling
_HOT_F = 75.0  # a day's mean above wants chilling at night too
_WEEK = 7
_MONDAY = date(2026, 1, 5)

HEATS, BOTH, CHILLS = "heats", "does both", "chills"


class Day:
    """Day `number` (from 0) of `days`: `scenario` and `weather` are the texts of its two files, `setpoint_f` the day's.

    kind        HEATS, BOTH or CHILLS
    calls_cool  (begin, end) in hours of the contact that calls for chilled water, None without
    calls_heat  the same for hot water in auto, of a day that begins and ends at midnight
    """

    def __init__(self, seed, number, days, hours=24.0):
        self.number = number
        self.hours = hours
        self._building = Dice(f"ghp soak {VERSION}, building {seed}")
        self._dice = Dice(f"ghp soak {VERSION}, seed {seed}, day {number}")
        sky = Dice(f"ghp soak {_SKY}, seed {seed}, day {number}")
        spell = Dice(f"ghp soak {_SKY}, seed {seed}, spell {number // _SPELL_DAYS}")
        year_day = (number + 0.5) * 365.0 / max(days, 1)
        season = _MEAN_F - _SEASON_F * math.cos(2 * math.pi * (year_day - _COLDEST_DAY) / 365.0)
        self.mean_f = season + spell.between(-11.0, 11.0) + sky.between(-3.0, 3.0)
        self.swing_f = sky.between(5.0, 11.0)
        damp = spell.chance(0.4) and self.mean_f < _BETWEEN_F
        self.humidity = sky.between(0.82, 0.95, 2) if damp else sky.between(0.40, 0.75, 2)
        self.weekend = number % _WEEK in (5, 6)
        self.date = self._date(year_day)
        self.heat_kw_per_f = self._building.between(1.2, 2.2, 2)  # of heating, per degree below the balance point
        self.water_kw = self._building.between(15.0, 40.0)  # hot water, day's mean
        self.setpoint_f = self._building.pick((130, 140, 150, 160))
        self.setback_f = self._building.pick((0, 10, 20))
        self.cool_kw_per_f = self._building.between(2.0, 3.2, 2)  # of chilling, per degree of outdoor air above 60 F
        self.gains_kw = self._building.between(20.0, 40.0)  # of chilling: people, lamps, machines of a working day
        self.chilled_setpoint_f = self._building.pick((44, 45, 48))
        self.chilled_gal = self._building.pick((300, 500, 800))
        self.kind = self._kind()
        self.calls_cool = self._calls_cool()
        self.calls_heat = (0, 24) if self.kind == CHILLS or self._dice.chance(0.6) else (5, 12)
        self.weather = self._weather()
        self.scenario = self._scenario(seed)

    def ambient_f(self, hour):
        """Return the ambient temperature, warmest at 15:00."""
        value = self.mean_f + self.swing_f * math.cos(2 * math.pi * (hour - 15.0) / 24.0)
        return min(max(value, COLDEST_F), WARMEST_F)

    def _date(self, year_day):
        """Return the date nearest to the day of the year that has this day's weekday."""
        day = (date(2026, 1, 1) + timedelta(int(year_day)) - _MONDAY).days
        return _MONDAY + timedelta(day + (self.number - day + 3) % _WEEK - 3)

    def _kind(self):
        if self.mean_f > _BALANCE_F:
            return CHILLS
        return BOTH if self.mean_f > _BETWEEN_F and self._dice.chance(0.7) else HEATS

    def _calls_cool(self):
        begin, end = self._dice.between(6.0, 8.0), self._dice.between(17.0, 21.0)
        if self.kind == HEATS:
            return None
        if self.mean_f > _HOT_F and self._dice.chance(0.5):
            return 0.0, 24.0
        return (begin if self.kind == CHILLS else begin + 3.0), end

    def _weather(self):
        lines = ["hour,ambient_f,humidity"]
        for hour in range(25):
            # colder air of the same moisture is nearer to its dew point
            humidity = self.humidity - 0.012 * (self.ambient_f(hour) - self.mean_f)
            lines.append(f"{hour},{self.ambient_f(hour):.1f},{min(max(humidity, 0.25), 0.95):.2f}")
        return "\n".join(lines) + "\n"

    def _load_kw(self, hour):
        heating = max(0.0, _BALANCE_F - self.ambient_f(hour)) * self.heat_kw_per_f
        use = (0.8 if self.weekend else 1.0) if 6 <= hour < 22 else 0.6
        return heating * use

    def _water_kw(self, hour):
        peak = 9 if self.weekend else 7
        share = 0.2 + 2.0 * math.exp(-((hour - peak) ** 2) / 3.0) + 1.0 * math.exp(-((hour - 19) ** 2) / 6.0)
        return self.water_kw * share * self._dice.between(0.7, 1.3, 2)

    def chilled_kw(self, hour):
        """Return what the building puts into its chilled water: nothing while it does not call for any."""
        begin, end = self.calls_cool
        if not begin <= hour < end:
            return 0.0
        use = (0.6 if self.weekend else 1.0) if 7 <= hour < 19 else 0.3
        return self.gains_kw * use + max(0.0, self.ambient_f(hour) - _COOLING_F) * self.cool_kw_per_f * (0.4 + 0.6 * use)

    def _chilling(self):
        """Return the entries that call for chilled water, load it and tell of the utility's peaks."""
        begin, end = self.calls_cool
        parts = [_entry(begin, "set = { call_cool = 1 }"), _entry(end, "set = { call_cool = 0, chilled_load = 0 }")]
        for hour in range(math.ceil(begin), math.ceil(end)):
            parts.append(_entry(hour + 0.01, f'set = {{ chilled_load = "{self.chilled_kw(hour):.0f}kW" }}\nover = "30min"'))
        if self.calls_heat != (0, 24):
            parts += [_entry(hour, f"set = {{ call_heat = {on} }}") for hour, on in zip(self.calls_heat, (1, 0), strict=True)]
        if self.mean_f > _WARM_F and not self.weekend and self._dice.chance(0.4):
            at = self._dice.between(13.0, 16.0)
            parts.append(_entry(at, "set = { peak_signal = 1 }"))
            parts.append(_entry(at + self._dice.between(1.0, 4.0), "set = { peak_signal = 0 }"))
        return parts

    def _scenario(self, seed):
        begin = self._dice.between(90.0, 160.0)
        night_f = self.setpoint_f - self.setback_f
        chills = self.kind != HEATS
        start = f'\nchilled = "{self.chilled_setpoint_f + 12}F"\nchilled_volume_gal = {self.chilled_gal}' if chills else ""
        settings = f'mode = "auto"\nchilled_setpoint_c = "{self.chilled_setpoint_f}F"' if chills else 'mode = "heat"'
        calls = f"\ncall_heat = {int(self.calls_heat[0] == 0)}\ncall_cool = 0" if chills else ""
        parts = [
            f'title = "Soak, seed {seed}, day {self.number}"',
            f'description = "{self.mean_f:.0f} F +- {self.swing_f:.0f} F, {"weekend" if self.weekend else "working day"}, {self.kind}."',
            f'duration = "{self.hours:g}h"',
            f'seed = {seed * 1000 + self.number + 1}\nclock = "{self.date} 00:00"',
            f'\n[start]\ntank = "{night_f - 3}F"\nambient = "{self.ambient_f(0):.1f}F"\nengine = "{begin}F"{start}',
            f'\n[settings]\nhot_setpoint_c = "{night_f}F"\n{settings}',
            f'\n[world]\nfile = "{self.name}.csv"\nhot_load = "{self._load_kw(0) + self._water_kw(0):.0f}kW"{calls}',
        ]
        for hour in range(1, 24):
            load = self._load_kw(hour) + self._water_kw(hour)
            parts.append(_entry(hour, f'set = {{ hot_load = "{load:.0f}kW" }}\nover = "30min"'))
        if chills:
            parts += self._chilling()
        # somebody fills a bath, a kitchen cleans up: hot water is drawn and cold follows
        for _ in range(self._dice.whole(6, 12)):
            at = self._dice.between(5.5, 23.0, 2)
            flow = self._dice.between(3.0, 10.0)
            parts.append(_entry(at, f'set = {{ hot_makeup = "{flow}gpm" }}'))
            parts.append(_entry(at + self._dice.between(0.05, 0.25, 2), 'set = { hot_makeup = "0gpm" }'))
        if self.setback_f:
            morning = 5.0 if not self.weekend else 6.5
            parts.append(_entry(morning, f'console = "set hot_setpoint_c {self.setpoint_f}F"'))
            parts.append(_entry(22.0, f'console = "set hot_setpoint_c {night_f}F"'))
        if self._dice.chance(0.2):
            turn = self._dice.pick((-3, -2, 2))
            parts.append(_entry(self._dice.between(8.0, 20.0, 2), f'knob = ["push", "turn {turn}", "push"]'))
        kept = [part for part in parts if not isinstance(part, tuple) or part[0] < self.hours]
        return "\n".join(part if isinstance(part, str) else part[1] for part in kept) + "\n"

    @property
    def name(self):
        """The stem of the day's files."""
        return f"day-{self.number:03d}"


def _entry(hour, action):
    return hour, f'\n[[timeline]]\nat = "{hour:.2f}h"\n{action}'
