"""Reads [[expect]] and [[figure]]: which statement is meant, in base units, with a sentence for the report."""

import math

from ghptools import quantities
from ghptools.scenario import columns, fields, schema
from ghptools.scenario.model import Expectation, Figure, Moment

# the key that says which statement it is -> (kind, keys it may use beside the window's)
_FORMS = (
    ("no_alarm", "no_alarm", ("no_alarm", "except")),
    ("alarm", "alarm", ("alarm", "in")),
    ("cleared", "cleared", ("cleared", "in")),
    ("console_says", "says", ("console_says", "in")),
    ("count", "count", ("count", "min", "max", "per")),
    ("settles_to", "settle", ("signal", "settles_to", "within", "by", "in")),
    ("rises_to", "reach", ("signal", "rises_to", "by", "in")),
    ("falls_to", "reach", ("signal", "falls_to", "by", "in")),
    ("at_most", "stay", ("signal", "above", "below", "at_most", "total_at_most", "at_least_for")),
    ("total_at_most", "stay", ("signal", "above", "below", "at_most", "total_at_most", "at_least_for")),
    ("at_least_for", "stay", ("signal", "above", "below", "at_most", "total_at_most", "at_least_for")),
    ("of", "band", ("signal", "of", "within", "share")),
    ("min", "band", ("signal", "min", "max", "share")),
    ("max", "band", ("signal", "min", "max", "share")),
)


def read(reader, scenario):
    """Fill `scenario.expectations` and `scenario.figures`."""
    for position, item in enumerate(reader.tables("expect")):
        scenario.expectations.append(_Item(reader, "expect", position, item, scenario.duration_s).expectation())
    for position, item in enumerate(reader.tables("figure")):
        scenario.figures.append(_Item(reader, "figure", position, item, scenario.duration_s).figure())


class _Item:
    """One table of the list, with its place for messages."""

    def __init__(self, reader, table, position, item, duration_s):
        self.duration_s = duration_s
        self.reader = reader
        self.item = item
        self.where = {"table": table, "position": position}

    def error(self, message, key=None):
        return self.reader.source.error(message, key=key, **self.where)

    def get(self, key, check, *args, default=None):
        if key not in self.item:
            return default
        return self.reader.check(check, self.item[key], *args, key=key, **self.where)

    def window(self):
        names = self.reader.names_before()
        begin = self.get("from", fields.moment, names, default=Moment())
        end = self.get("to", fields.moment, names, default=Moment(end=True))
        if begin.event is None and end.event is None and not begin.end and not end.end and begin.seconds >= end.seconds:
            raise self.error("the window ends before it begins", "to" if "to" in self.item else "from")
        if begin.event is None and not begin.end and begin.seconds >= self.duration_s:
            raise self.error("the window begins when the scenario has ended", "from")
        return begin, end

    def signal(self, key="signal"):
        if key not in self.item:
            raise self.error(f"needs '{key}'")
        return self.get(key, fields.signal, self.reader.names)

    def band(self, kind):
        """Return (low, high) of min/max, of/within, above/below."""
        low = self.get("min", fields.quantity, kind, default=-math.inf)
        high = self.get("max", fields.quantity, kind, default=math.inf)
        if low > high:
            raise self.error("is above 'max'", "min")
        return low, high

    # --- expectations ---------------------------------------------------------------------------------

    def expectation(self):
        item = self.item
        form = next((form for form in _FORMS if form[0] in item), None)
        if form is None:
            raise self.error(f"states nothing: it needs one of {', '.join(form[0] for form in _FORMS)}")
        key, kind, allowed = form
        for other in item:
            if other not in allowed and other not in schema.WINDOW:
                raise self.error(f"does not go with '{key}', which takes {', '.join(allowed)}", other)
        begin, end = self.window()
        result = Expectation(self.where["position"], kind, "", begin, end)
        getattr(self, "_" + kind)(result)
        result.name = self.get("name", fields.text, default=None) or sentence(result)
        return result

    def _limit(self, result, required=True):
        names = self.reader.names_before()
        result.by = self.get("by", fields.moment, names)
        result.within_s = self.get("in", fields.time)
        if required and (result.by is None) == (result.within_s is None):
            raise self.error("needs either 'by' (a moment) or 'in' (a time from the window's begin)")

    def _band(self, result):
        result.signal = self.signal()
        kind = columns.kind(result.signal)
        if "of" in self.item:
            if "within" not in self.item:
                raise self.error("needs 'within' beside it", "of")
            centre = self.get("of", fields.quantity, kind)
            within = self.get("within", fields.difference, kind)
            result.low, result.high = centre - within, centre + within
        else:
            result.low, result.high = self.band(kind)
        result.share = self.get("share", fields.quantity, "frac", default=1.0)
        if not 0.0 < result.share <= 1.0:
            raise self.error("must be above 0 and at most 100 %", "share")

    def _reach(self, result):
        result.signal = self.signal()
        kind = columns.kind(result.signal)
        if "rises_to" in self.item:
            result.low = self.get("rises_to", fields.quantity, kind)
        else:
            result.high = self.get("falls_to", fields.quantity, kind)
        self._limit(result)

    def _settle(self, result):
        result.signal = self.signal()
        kind = columns.kind(result.signal)
        if "within" not in self.item:
            raise self.error("needs 'within' beside it", "settles_to")
        centre = self.get("settles_to", fields.quantity, kind)
        within = self.get("within", fields.difference, kind)
        result.low, result.high = centre - within, centre + within
        self._limit(result)

    def _stay(self, result):
        result.signal = self.signal()
        kind = columns.kind(result.signal)
        if ("above" in self.item) == ("below" in self.item):
            raise self.error("needs either 'above' or 'below'")
        if "above" in self.item:
            result.low = math.nextafter(self.get("above", fields.quantity, kind), math.inf)
        else:
            result.high = math.nextafter(self.get("below", fields.quantity, kind), -math.inf)
        result.at_most_s = self.get("at_most", fields.time)
        result.total_at_most_s = self.get("total_at_most", fields.time)
        result.at_least_s = self.get("at_least_for", fields.time)

    def _count(self, result):
        result.signal = self.signal("count")
        result.low, result.high = self.band("number")
        if math.isinf(result.low) and math.isinf(result.high):
            raise self.error("needs 'min' or 'max'", "count")
        self._counts()
        result.per_s = self.get("per", fields.time)

    def _counts(self):
        for key in ("min", "max"):
            if self.get(key, fields.quantity, "number", default=0.0) < 0.0:
                raise self.error("a count is 0 or more", key)

    def _alarm(self, result):
        result.alarms = self.get("alarm", _alarm_keys)
        result.within_s = self.get("in", fields.time)

    def _cleared(self, result):
        result.alarms = self.get("cleared", _alarm_keys)
        result.within_s = self.get("in", fields.time)

    def _says(self, result):
        result.says = self.get("console_says", fields.text)
        result.within_s = self.get("in", fields.time)

    def _no_alarm(self, result):
        if not self.get("no_alarm", fields.flag):
            raise self.error("can only be true", "no_alarm")
        result.alarms = self.get("except", _alarm_keys, default=())

    # --- figures --------------------------------------------------------------------------------------

    def figure(self):
        if "name" not in self.item:
            raise self.error("needs 'name'")
        value = self.get("value", fields.text, default="last")
        if value not in schema.STATISTICS:
            raise self.error(f"'{value}' is none of {', '.join(schema.STATISTICS)}", "value")
        begin, end = self.window()
        signal = self.signal()
        kind = columns.kind(signal)
        result = Figure(self.where["position"], self.get("name", fields.text), signal, value, begin, end)
        result.minus = self.get("minus", fields.quantity, kind, default=0.0)
        self._figure_band(result, kind)
        result.kind = _figure_kind(value, kind, "minus" in self.item)
        result.unit = self.get("unit", fields.text)
        if result.unit is not None:
            self.reader.check(quantities.convert, 0.0, result.kind, result.unit, key="unit", **self.where)
        result.at_least = self.get("min", fields.quantity, result.kind)
        result.at_most = self.get("max", fields.quantity, result.kind)
        return result

    def _figure_band(self, result, kind):
        value = result.value
        if value in ("total", "longest", "time_to"):
            if ("above" in self.item) == ("below" in self.item):
                raise self.error(f"'{value}' needs either 'above' or 'below'", "value")
            result.low = self.get("above", fields.quantity, kind, default=-math.inf)
            result.high = self.get("below", fields.quantity, kind, default=math.inf)
        elif value in ("settled_after", "share"):
            if "of" not in self.item or "within" not in self.item:
                raise self.error(f"'{value}' needs 'of' and 'within'", "value")
            centre = self.get("of", fields.quantity, kind)
            within = self.get("within", fields.difference, kind)
            result.low, result.high = centre - within, centre + within
        elif value == "ratio":
            result.per = self.signal("per")
        elif value == "count":
            self._counts()
            result.per_s = self.get("per", fields.time)


def _figure_kind(value, kind, relative):
    if value in ("total", "longest", "time_to", "settled_after"):
        return "s"
    if value in ("count", "ratio"):
        return "number"
    if value == "share":
        return "frac"
    if value == "span" or relative:
        return {"c": "k", "kpa": "kpag"}.get(kind, kind)
    return kind


def _alarm_keys(value):
    from ghp import alarms  # noqa: PLC0415  the firmware's own table judges

    known = [row[alarms.KEY] for row in alarms.ROWS]
    for key in fields.texts(value):
        if key not in known:
            near = columns.nearest(key, known)
            raise ValueError(f"the firmware has no alarm '{key}'" + (f"; nearest: {near}" if near else ""))
    return tuple(fields.texts(value))


def sentence(e):
    """Return what the expectation says, for people."""
    what = _statement(e)
    if e.begin != Moment():
        what += f" from {e.begin}"
    if e.end != Moment(end=True):
        what += f" to {e.end}"
    return what


def _statement(e):
    kind = columns.kind(e.signal) if e.signal else "number"
    low, high = (quantities.show(value, kind) for value in (e.low, e.high))
    late = f"by {e.by}" if e.by else f"within {quantities.span(e.within_s)}" if e.within_s is not None else ""
    if e.kind == "no_alarm":
        return "no alarm" + (f" but {', '.join(e.alarms)}" if e.alarms else "")
    if e.kind == "alarm":
        return f"alarm {' or '.join(e.alarms)} {late}".rstrip()
    if e.kind == "cleared":
        return f"alarm {' and '.join(e.alarms)} leaves {late}".rstrip()
    if e.kind == "says":
        return f"console says '{e.says}' {late}".rstrip()
    if e.kind == "reach":
        return f"{e.signal} {'rises to ' + low if math.isfinite(e.low) else 'falls to ' + high} {late}"
    if e.kind == "settle":
        return f"{e.signal} settles in {low} .. {high} {late}"
    if e.kind == "stay":
        side = f"above {low}" if math.isfinite(e.low) else f"below {high}"
        limits = []
        if e.at_most_s is not None:
            limits.append(f"at most {quantities.span(e.at_most_s)} at a stretch")
        if e.total_at_most_s is not None:
            limits.append(f"at most {quantities.span(e.total_at_most_s)} in all")
        if e.at_least_s is not None:
            limits.append(f"at least {quantities.span(e.at_least_s)}")
        return f"{e.signal} {side} {', '.join(limits)}"
    if e.kind == "count":
        bounds = [f"at least {e.low:g}"] if math.isfinite(e.low) else []
        bounds += [f"at most {e.high:g}"] if math.isfinite(e.high) else []
        return f"{e.signal} goes on {' and '.join(bounds)} times" + (
            f" in any {quantities.span(e.per_s)}" if e.per_s else ""
        )
    bounds = (
        f"{low} .. {high}"
        if math.isfinite(e.low) and math.isfinite(e.high)
        else f"at least {low}"
        if math.isfinite(e.low)
        else f"at most {high}"
    )
    return f"{e.signal} {bounds}" + (f" for {100 * e.share:g} % of the time" if e.share < 1 else "")
