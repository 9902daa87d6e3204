"""Reads a scenario file; a broken one ends in one sentence that names file, line, key and what is allowed."""

import csv
import re
import tomllib
from pathlib import Path

from ghptools.plant import limits
from ghptools.quantities import QuantityError
from ghptools.scenario import columns, expecting, fields, schema, weather
from ghptools.scenario.model import Entry, Moment, Scenario, When
from ghptools.scenario.source import ScenarioError, Source
from ghptools.virtual import battery_clock

_AUTO_RECORD_S = 6 * 3600.0


def load(path, telemetry=()):
    """Return the checked Scenario of the file `path`; ScenarioError is a sentence for a person.

    telemetry: names of the firmware's telemetry fields, so that `fw.` signals can be checked.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ScenarioError(f"{path}: is not a text file in UTF-8") from None
    return parse(text, path, telemetry)


def parse(text, path, telemetry=()):
    """Return the Scenario of `text`; `path` is for messages and for files named in it."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        match = re.search(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", str(error))
        what, line = (match[1], match[2] or len(text.splitlines())) if match else (str(error), 1)
        raise ScenarioError(f"{path}:{line}: is not TOML: {what[0].lower()}{what[1:]}") from None
    return _Reader(Source(path, text), Path(path), data, columns.Columns(telemetry)).read(text)


class _Reader:
    def __init__(self, source, path, data, names):
        self.source = source
        self.path = path
        self.data = data
        self.names = names
        self.events = []
        self.duration_s = 0.0

    def read(self, text):
        data = self.data
        self._known(data, schema.FILE)
        for key in schema.REQUIRED:
            if key not in data:
                raise self.source.error(f"'{key}' is missing: {schema.FILE[key][1]}")
        scenario = Scenario(
            path=self.path,
            text=text,
            title=self._get(data, "title", fields.text),
            description=self._get(data, "description", fields.text, "").strip(),
            reference=self._get(data, "reference", fields.text, ""),
            duration_s=self._get(data, "duration", fields.time),
            seed=self._get(data, "seed", fields.integer, 1),
            start_ticks=self._get(data, "start_ticks", fields.ticks, 0),
            clock=self._get(data, "clock", fields.clock, battery_clock.DEFAULT),
        )
        self.duration_s = scenario.duration_s
        if scenario.duration_s < 1.0:
            raise self.source.error("must be at least 1 s", key="duration")
        if "cut" in data:
            scenario.cut_s = self._get(data, "cut", fields.time)
            if not 1.0 <= scenario.cut_s < scenario.duration_s:
                raise self.source.error("must be at least 1 s and less than 'duration'", key="cut")
        usual = 5.0 if scenario.duration_s > _AUTO_RECORD_S else 1.0
        scenario.record_s = self._get(data, "record", fields.time, usual)
        if not 0.05 <= scenario.record_s <= 600.0:
            raise self.source.error("must be 50 ms to 10 min", key="record")
        scenario.start = self._quantities("start", fields.start_kinds(), limits.START)
        scenario.world = self._quantities("world", fields.world_kinds(), limits.ENV, skip=("file",))
        scenario.weather = self._weather()
        scenario.settings = self._settings()
        self._timeline(scenario)
        expecting.read(self, scenario)
        return scenario

    # --- one value ------------------------------------------------------------------------------------

    def _get(self, data, key, check, *default, table="", position=0):
        if key not in data and default:
            return default[0]
        return self.check(check, data[key], table=table, position=position, key=key)

    def check(self, check, value, *args, table="", position=0, key=None, inner=None):
        """Return check(value, *args), turning its complaint into one with file, line and key."""
        try:
            return check(value, *args)
        except (QuantityError, ValueError, KeyError, TypeError) as error:
            message = error.args[0] if error.args else error
            raise self.source.error(str(message), table, position, key, inner) from None

    def _known(self, data, allowed, table="", position=0, key=None):
        for name in data:
            if name not in allowed:
                near = columns.nearest(name, allowed)
                hint = f"did you mean {near}?" if near else f"allowed: {', '.join(allowed)}"
                raise self.source.error(
                    f"unknown key '{name}'; {hint}", table, position, key or name, name if key else None
                )

    def tables(self, key):
        """Return the list of tables under `key`, every entry checked to be one, every key known."""
        items = self.data.get(key, [])
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise self.source.error(f"must be written as [[{key}]]", key=key)
        allowed = {"timeline": schema.TIMELINE, "expect": schema.EXPECT, "figure": schema.FIGURE}[key]
        for position, item in enumerate(items):
            self._known(item, allowed, key, position)
        return items

    # --- tables ---------------------------------------------------------------------------------------

    def _table(self, key):
        table = self.data.get(key, {})
        if not isinstance(table, dict):
            raise self.source.error(f"must be a table [{key}]", key=key)
        return table

    def _quantities(self, key, kinds, ranges, skip=()):
        result = {}
        for name, value in self._table(key).items():
            if name in skip:
                continue
            known, number = self.check(fields.named_quantity, name, value, kinds, ranges, table=key, key=name)
            if known in result:
                raise self.source.error(f"says '{known}' a second time", key, key=name)
            result[known] = number
        return result

    def _settings(self):
        from ghp import settings  # noqa: PLC0415  the firmware's own table judges

        judge = settings.Settings()
        result = {}
        for key, value in self._table("settings").items():
            word = ("on" if value else "off") if isinstance(value, bool) else str(value).strip()
            try:
                judge.set_text(key, word)
            except KeyError:
                near = columns.nearest(key, [row[1] for row in settings.ROWS])
                hint = f"; nearest: {near}" if near else ""
                raise self.source.error(f"the firmware has no setting '{key}'{hint}", "settings", key=key) from None
            except ValueError as error:
                raise self.source.error(str(error), "settings", key=key) from None
            result[key] = word
        return result

    def _weather(self):
        name = self._table("world").get("file")
        if name is None:
            return None
        path = self.path.parent / self.check(fields.text, name, table="world", key="file")
        try:
            with path.open(newline="", encoding="utf-8") as file:
                rows = list(csv.reader(line for line in file if not line.startswith("#")))
        except OSError as error:
            raise self.source.error(f"{path} cannot be read: {error.strerror}", "world", key="file") from None
        except UnicodeDecodeError:
            raise self.source.error(f"{path} is not a text file in UTF-8", "world", key="file") from None
        except csv.Error as error:
            raise self.source.error(f"{path} is not a CSV table: {error}", "world", key="file") from None
        return self.check(weather.table, rows, path.name, table="world", key="file")

    # --- timeline -------------------------------------------------------------------------------------

    def _timeline(self, scenario):
        items = self.tables("timeline")
        for position, item in enumerate(items):
            name = item.get("name")
            if name is not None:
                name = self.check(fields.text, name, table="timeline", position=position, key="name")
                if name in self.events or name == "end" or "+" in name:
                    raise self.source.error(f"'{name}' is taken or not usable as a name", "timeline", position, "name")
            self.events.append(name)
        for position, item in enumerate(items):
            scenario.timeline.append(self._entry(position, item))

    def names_before(self, position=None):
        """Return the names of entries (those before `position`) that a moment may refer to."""
        return [name for name in self.events[:position] if name]

    def _entry(self, position, item):
        where = {"table": "timeline", "position": position}
        actions = [key for key in schema.ACTIONS if key in item]
        if not actions and "name" not in item:
            raise self.source.error(
                f"does nothing: it needs one of {', '.join(schema.ACTIONS)}, or a name", "timeline", position
            )
        if "at" not in item and "when" not in item:
            raise self.source.error("needs 'at' or 'when'", "timeline", position)
        entry = Entry(position, item.get("name"), Moment())
        if "at" in item:
            entry.at = self.check(fields.moment, item["at"], self.names_before(position), key="at", **where)
            if entry.at.event is None and (entry.at.end or entry.at.seconds >= self.duration_s):
                raise self.source.error("is after the scenario's end", "timeline", position, "at")
        if "when" in item:
            entry.when = self._when(item["when"], where)
        if ("every" in item) != ("until" in item) or ("every" in item and ("when" in item or "at" not in item)):
            raise self.source.error(
                "'every' and 'until' go together, with 'at' and without 'when'", "timeline", position, "every"
            )
        if "every" in item:
            entry.every_s = self._get(item, "every", fields.time, **where)
            entry.until = self.check(fields.moment, item["until"], self.names_before(position), key="until", **where)
            if entry.every_s < 0.1:
                raise self.source.error("must be at least 0.1 s", "timeline", position, "every")
        if "set" in item:
            entry.world = self._set(item["set"], where)
        if "event" in item:
            entry.event = item["event"]
            if entry.event not in schema.EVENTS:
                raise self.source.error(
                    f"'{entry.event}' is none of {', '.join(schema.EVENTS)}", "timeline", position, "event"
                )
        for key, attribute, needs, fits in (
            ("over", "over_s", "'set'", "set" in item),
            ("late", "late_s", "event 'late_scan'", item.get("event") == "late_scan"),
            ("off", "off_s", "event 'power_cut'", item.get("event") == "power_cut"),
        ):
            if key in item:
                if not fits:
                    raise self.source.error(f"goes only with {needs}", "timeline", position, key)
                setattr(entry, attribute, self._get(item, key, fields.time, **where))
        if "console" in item:
            entry.console = self._get(item, "console", fields.texts, **where)
        if "knob" in item:
            for word in self._get(item, "knob", fields.texts, **where):
                entry.knob.append(self.check(fields.gesture, word, key="knob", **where))
        if "inject" in item:
            if item["inject"] == []:
                raise self.source.error("an empty list says nothing", "timeline", position, "inject")
            faults = item["inject"] if isinstance(item["inject"], list) else [item["inject"]]
            entry.inject = [self.check(fields.injection, fault, key="inject", **where) for fault in faults]
        if "clear" in item:
            entry.clear = self._get(item, "clear", fields.texts, **where)
            self._check_clear(entry)
        return entry

    def _check_clear(self, entry):
        from ghptools.plant import faults  # noqa: PLC0415
        from ghptools.virtual import wires  # noqa: PLC0415

        known = [
            "all",
            "clock",
            *faults.NAMES,
            *(f"chip:{name}" for name in wires.CHIPS),
            *(f"bus:{name}" for name in wires.BUSES),
        ]
        for target in entry.clear:
            if target not in known:
                near = columns.nearest(target, known)
                hint = f"; nearest: {near}" if near else ""
                raise self.source.error(
                    f"nothing called '{target}' can fail{hint}", "timeline", entry.position, "clear"
                )

    def _set(self, value, where):
        if not isinstance(value, dict) or not value:
            raise self.source.error("must be a table such as { ambient_c = 2 }", **where, key="set")
        kinds = fields.world_kinds()
        return dict(
            self.check(fields.named_quantity, name, number, kinds, limits.ENV, key="set", inner=name, **where)
            for name, number in value.items()
        )

    def _when(self, value, where):
        if not isinstance(value, dict):
            raise self.source.error(
                'must be a table such as { signal = "engine_rpm", above = 2000 }', **where, key="when"
            )
        self._known(value, schema.WHEN, where["table"], where["position"], "when")
        if "signal" not in value or ("above" in value) == ("below" in value):
            raise self.source.error("needs 'signal' and either 'above' or 'below'", **where, key="when")
        signal = self.check(fields.signal, value["signal"], self.names, key="when", inner="signal", **where)
        kind = columns.kind(signal)
        limits = {
            key: self.check(fields.quantity, value[key], kind, key="when", inner=key, **where)
            for key in ("above", "below")
            if key in value
        }
        hold_s = self.check(fields.time, value.get("for", 0), key="when", inner="for", **where)
        return When(signal, limits.get("above"), limits.get("below"), hold_s)
