"""A seed becomes a run: a scenario in the ordinary format, always the same for the same seed and VERSION."""

from pathlib import Path

from ghptools.campaign import faultdraw
from ghptools.campaign.dice import Dice

VERSION = 4  # goes up whenever a seed would give another run
SHORTEST_MIN = 6.0
LONGEST_MIN = 90.0
LAST_WORD_S = 12.0  # before the end: the console must still answer
_QUIET_S = 30.0  # before the end nothing restarts the controller any more

# How late in the engine's sequence a fault that waits for the machine comes: fw.state above, held for at most.
_MOMENTS = {
    (0.5, 50.0): 2,  # flow, ventilating
    (3.5, 4.0): 1,  # cranking
    (8.5, 60.0): 2,  # warming up
    (11.5, 12.0): 1,  # compressor just in
    (12.5, 600.0): 6,  # running
    (13.5, 100.0): 2,  # on its way down
}
# The same within a changeover (fw.changeover above: water valve travels, valve slides) or a defrost (reversing valve).
_SHIFTS = {("fw.changeover", 1.5, 20.0): 3, ("fw.changeover", 5.5, 5.0): 3, ("fw.changeover", 9.5, 5.0): 2, ("cmd.reversing_valve", 0.5, 200.0): 3}


class Run:
    """One drawn run: `seed`, `minutes`, `text` (the scenario), `faults` ([{target, kind, ...}])."""

    def __init__(self, seed):
        self.seed = seed
        self.dice = Dice(f"ghp campaign {VERSION}, seed {seed}")
        short = self.dice.chance(0.65)
        self.minutes = self.dice.ratio(SHORTEST_MIN, 30.0, 1) if short else self.dice.ratio(20.0, LONGEST_MIN, 1)
        self.duration_s = self.minutes * 60.0
        self.settings = {}
        self.entries = []  # (place in time for the order, table)
        self.faults = []
        self.plays = False  # a hand plays with the knob: only the knob and the contact then ask for heat or not
        self.setpoint_f = self.dice.whole(95, 160)
        self.mode = self.dice.weighted({"heat": 55, "cool": 20, "auto": 23, "off": 2})
        self.chills = self.mode == "cool" or (self.mode == "auto" and self.dice.chance(0.4))  # first
        start, world = self._start(), self._world()
        self._settings()
        self._weather_and_load(world)
        self._people()
        self._controller()
        self._faults()
        self.text = self._text(start, world)

    def scenario(self, telemetry):
        """Return the run as the loader reads it."""
        from ghptools.scenario import loader  # noqa: PLC0415

        return loader.parse(self.text, Path(f"seed_{self.seed}.toml"), telemetry)

    # --- what it begins with --------------------------------------------------------------------------

    def _start(self):
        dice = self.dice
        low, high = (8.0, 42.0) if self.chills else (-18.0, 38.0)
        self.ambient_c = dice.between(low, high) if dice.chance(0.8) else dice.between(-28.0, 46.0)
        setpoint_c = (self.setpoint_f - 32) / 1.8
        near = dice.chance(0.85)  # cold enough to be wanted soon
        start = {"tank_c": dice.between(setpoint_c - 30.0, setpoint_c - 3.0) if near else dice.between(5.0, 76.0)}
        start["ambient_c"] = self.ambient_c
        if dice.chance(0.7):
            start["engine_c"] = dice.between(self.ambient_c, 88.0)
        if dice.chance(0.3):
            start["catalyst_c"] = dice.between(max(self.ambient_c, 20.0), 500.0)
        if dice.chance(0.2):
            start["charge_at"] = "condenser"
        if dice.chance(0.3):
            start["charge_kg"] = dice.between(23.0, 29.0)
        if dice.chance(0.3):
            start["valve_steps"] = dice.whole(0, 500)
        if dice.chance(0.3):
            start["battery_v"] = dice.between(11.6, 13.0)
        if dice.chance(0.3):
            start["tank_volume_gal"] = dice.ratio(120.0, 1200.0, 0)
        if dice.chance(0.4 if self.ambient_c < 5.0 else 0.1):
            start["frost_kg"] = dice.between(0.0, 45.0 if self.ambient_c < 5.0 else 8.0)
        if dice.chance(0.3):
            start["noise"] = dice.between(0.0, 1.5)
        if dice.chance(0.7 if self.chills else 0.04):
            start["mode"] = "cool"
        if self.mode in ("cool", "auto"):
            start["chilled_c"] = dice.between(7.0, 24.0)
        return start

    def _world(self):
        dice = self.dice
        world = {
            "ambient_c": self.ambient_c,
            "humidity": dice.between(0.3, 1.0, 2),
            "hot_load_w": self._load_w(),
            "gas_supply_kpa": dice.between(1.5, 2.6, 2),
            "gas_hhv_mj_m3": dice.between(36.0, 41.0),
        }
        if self.mode in ("cool", "auto"):
            world["chilled_load_w"] = self._load_w(180e3)
        if self.mode == "auto":
            world["call_heat"], world["call_cool"] = self._calls()
        return world

    def _load_w(self, most=320e3):
        dice = self.dice
        return 0.0 if dice.chance(0.1) else dice.between(10e3, most, 0)

    def _calls(self):
        return (0.0, 1.0) if self.chills else (1.0, 0.0)

    def _settings(self):
        dice = self.dice
        settings = self.settings
        settings["mode"] = self.mode
        settings["hot_setpoint_c"] = f"{self.setpoint_f}F"
        settings["stop_to_start_s"] = dice.pick((60, 60, 60, 120, 300))
        for key, chance, value in (
            ("cooldown_s", 0.5, dice.whole(30, 120)),
            ("pumpdown_s", 0.4, dice.whole(0, 120)),
            ("warmup_max_s", 0.4, dice.whole(60, 300)),
            ("min_run_s", 0.3, dice.whole(0, 600)),
            ("crank_attempts", 0.2, dice.whole(1, 4)),
            ("flow_variable", 0.15, False),
            ("standby_flow", 0.2, False),
            ("vernier", 0.1, False),
            ("ramp_limit_enabled", 0.1, True),
            ("reset_enabled", 0.1, True),
            ("call_contact", 0.08, True),
            ("demand_limit_pct", 0.15, dice.whole(40, 100)),
            ("superheat_k", 0.15, f"{dice.whole(8, 22)}F"),
        ):
            if dice.chance(chance):
                settings[key] = value
        if self.mode in ("cool", "auto"):
            settings["chilled_setpoint_c"] = f"{dice.whole(41, 58)}F"
            settings["changeover_persist_s"] = dice.pick((0, 0, 60, 300))
        elif self.ambient_c < 5.0 and dice.chance(0.4):
            settings["defrost_interval_min"] = dice.whole(20, 35)

    def _setpoint(self):
        return f"{self.dice.whole(95, 160)}F"

    # --- what happens ---------------------------------------------------------------------------------

    def _at(self, first=0.02, last=0.92):
        return self.dice.between(first * self.duration_s, last * self.duration_s, 2)

    def _add(self, at, **table):
        self.entries.append((at, {"at": f"{at:.2f}s", **table}))

    def _weather_and_load(self, world):
        dice = self.dice
        if dice.chance(0.3):
            at = self._at(0.0, 0.6)
            over = dice.between(60.0, self.duration_s, 0)
            self._add(at, set={"ambient_c": dice.between(self.ambient_c - 15.0, self.ambient_c + 15.0)}, over=f"{over:.0f}s")
        for _ in range(dice.pick((0, 1, 1, 2, 3))):
            change = {"set": {"hot_load_w": self._load_w()}}
            if dice.chance(0.4):
                change["over"] = f"{dice.between(5.0, 600.0, 0):.0f}s"
            self._add(self._at(), **change)
        if dice.chance(0.2):
            at = self._at(0.05, 0.8)
            self._add(at, set={"hot_makeup_lps": dice.between(0.1, 2.5)})
            self._add(at + dice.between(20.0, 400.0), set={"hot_makeup_lps": 0.0})
        if dice.chance(0.06):
            at = self._at(0.1, 0.8)
            self._add(at, set={"emergency_stop_pressed": 1})
            self._add(at + dice.between(5.0, 300.0), set={"emergency_stop_pressed": 0}, console="reset")
        if self.mode in ("cool", "auto"):
            for _ in range(dice.pick((0, 1, 2))):
                self._add(self._at(), set={"chilled_load_w": self._load_w(180e3)})
        if self.mode == "auto":
            for _ in range(dice.whole(1, 3)):  # the other water calls, or both, or none
                self.chills = not self.chills
                heat, cool = self._calls() if dice.chance(0.8) else dice.pick(((0.0, 0.0), (1.0, 1.0)))
                self._add(self._at(0.1, 0.8), set={"call_heat": heat, "call_cool": cool})
            if dice.chance(0.2):
                self._add(self._at(0.1, 0.6), set={"peak_signal": 1})
        elif self.settings.get("call_contact"):
            world["call_heat"] = 1.0

    def _people(self):
        dice = self.dice
        for _ in range(dice.pick((0, 0, 1, 1, 2, 3))):
            self._add(self._at(), console=f"set hot_setpoint_c {self._setpoint()}")
        self.plays = self.settings["mode"] == "heat" and dice.chance(0.15)
        if self.plays:
            for _ in range(dice.whole(1, 4)):
                self._add(self._at(), knob=self._gestures())
        elif dice.chance(0.25):
            self._toggles()
        if dice.chance(0.25):
            for _ in range(dice.whole(1, 3)):
                at = self._at(0.1, 0.9)
                away = dice.ratio(1.0, 400.0)
                self._add(at, set={"remote_enable": 0})
                self._add(at + away, set={"remote_enable": 1})
        for _ in range(dice.pick((0, 0, 1, 2, 3))):
            self._add(self._at(0.2, 0.95), console="reset")
        if dice.chance(0.2):
            self._add(self._at(), console=dice.pick((["why"], ["points"], ["alarms", "tasks"], ["status", "nonsense 3"])))

    def _toggles(self):
        dice = self.dice
        for _ in range(dice.whole(1, 3)):
            at = self._at(0.05, 0.85)
            away = dice.weighted({"off": 7, "cool": 1, "auto": 1, "heat": 1})
            self._add(at, console="set mode " + away)
            back = "heat" if self.mode == "off" else self.mode
            self._add(at + dice.ratio(2.0, 500.0), console="set mode " + back)

    def _gestures(self):
        dice = self.dice
        if dice.chance(0.5):
            return ["push", f"turn {dice.whole(-12, 12)}", "push"]
        found = []
        for _ in range(dice.whole(2, 9)):
            word = dice.weighted({"turn": 5, "push": 4, "hold": 1, "wait": 2})
            found.append(
                {"turn": f"turn {dice.whole(-7, 7)}", "wait": f"wait {dice.between(0.1, 8.0)}s"}.get(word, word)
            )
        return found

    def _controller(self):
        """Reset, power cut, late scan.  Whoever restarts the unit types what was set again."""
        dice = self.dice
        last = 1.0 - _QUIET_S / self.duration_s
        if dice.chance(0.1):
            for _ in range(dice.whole(1, 2)):
                self._add(self._at(0.05, last), event="late_scan", late=f"{dice.whole(60, 900)}ms")
        if dice.chance(0.2):
            at = self._at(0.1, 0.8 * last)
            event = {"event": "reset"} if dice.chance(0.5) else {"event": "power_cut", "off": f"{dice.ratio(0.2, 120.0)}s"}
            self._add(at, **event)
            if dice.chance(0.8):
                away = float(event.get("off", "0s")[:-1])
                lines = [f"set {key} {_word(value)}" for key, value in self.settings.items()]
                self._add(at + away + dice.between(2.0, 30.0), console=lines)

    def _faults(self):
        dice = self.dice
        for number in range(1, dice.weighted({1: 45, 2: 35, 3: 20}) + 1):
            fault = faultdraw.draw(dice)
            self.faults.append(fault)
            name = f"fault {number}"
            at = self._at(0.0, 0.9)
            table = {"name": name, "inject": fault}
            if dice.chance(0.6):
                signal, (above, hold), at = "fw.state", dice.weighted(_MOMENTS), 0.5 * at
                if (self.mode == "auto" or self.ambient_c < 5.0) and dice.chance(0.3):
                    signal, above, hold = dice.weighted(_SHIFTS)
                hold = dice.ratio(0.1, min(hold, 0.5 * self.duration_s))
                table["when"] = {"signal": signal, "above": above, "for": f"{hold}s"}
            self._add(at, **table)
            if dice.chance(0.5):
                away = dice.ratio(0.3, 0.6 * self.duration_s)
                healed = {"at": f"{name} + {away}s", "clear": fault["target"]}
                if dice.chance(0.5):
                    healed["console"] = "reset"
                self.entries.append((at + away, healed))

    # --- the file -------------------------------------------------------------------------------------

    def _text(self, start, world):
        dice = self.dice
        told = "; ".join(" ".join(str(value) for value in fault.values()) for fault in self.faults)
        lines = [
            f"title = {toml(f'Campaign run {self.seed}: {told}')}",
            f"duration = {toml(f'{self.duration_s:.0f}s')}",
            f"seed = {self.seed}",
        ]
        if dice.chance(0.2):
            lines.append(f"start_ticks = {toml(f'-{dice.between(1.0, self.duration_s, 0):.0f}s')}")
        for name, table in (("start", start), ("settings", self.settings), ("world", world)):
            lines += ["", f"[{name}]", *(f"{key} = {toml(value)}" for key, value in table.items())]
        last_s = self.duration_s - LAST_WORD_S
        # Names must be known before they are used: in order of time, what waits for a fault after that fault.
        for at, table in sorted(self.entries, key=lambda entry: entry[0]):
            if at < last_s:
                lines += ["", "[[timeline]]", *(f"{key} = {toml(value)}" for key, value in table.items())]
        lines += ["", "[[timeline]]", 'name = "last word"', f"at = {toml(f'{last_s:.2f}s')}", 'console = "version"']
        lines += ["", "[[expect]]", 'name = "the console lives"', 'console_says = "ghp50"', 'from = "last word"', 'in = "10s"']
        return "\n".join(lines) + "\n"


def _word(value):
    return ("on" if value else "off") if isinstance(value, bool) else value


def toml(value):
    """Return `value` as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return repr(value)
