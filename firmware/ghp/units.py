"""Units at the edges.  Inside everything is SI; a person reads and types US or SI units, as set.

A quantity's kind is its key here: `c` a temperature, `k` a temperature difference, `kpa` absolute pressure,
`kpag` gauge pressure, and so on.
"""

from ghp.table import Table

# hm is the minute of the day, read and typed as 16:00; of the others: shown = (si - offset) * factor; id|kind|US name|factor|offset|decimals|SI name|factor|offset|decimals
_KINDS = Table(
    """\
1|c|F|1.8|-17.777778|1|C|1.0|0.0|1
2|k|F|1.8|0.0|1|K|1.0|0.0|1
3|kpa|psig|0.14503774|101.325|1|kPa|1.0|0.0|0
4|kpag|psig|0.14503774|0.0|1|kPag|1.0|0.0|1
5|lps|gpm|15.850323|0.0|1|L/s|1.0|0.0|2
6|w|kBtu/h|0.0034121414|0.0|0|kW|0.001|0.0|1
7|m3h|ft3/h|35.31467|0.0|0|m3/h|1.0|0.0|1
8|v|V|1.0|0.0|2|V|1.0|0.0|2
9|rpm|rpm|1.0|0.0|0|rpm|1.0|0.0|0
10|pct|%|1.0|0.0|1|%|1.0|0.0|1
11|s|s|1.0|0.0|0|s|1.0|0.0|0
12|s1|s|1.0|0.0|1|s|1.0|0.0|1
13|min|min|1.0|0.0|1|min|1.0|0.0|1
14|ms|ms|1.0|0.0|0|ms|1.0|0.0|0
15|count||1.0|0.0|0||1.0|0.0|0
16|ratio||1.0|0.0|2||1.0|0.0|2
17|hm||1.0|0.0|0||1.0|0.0|0
""",
    "issffisffi",
)


def _entry(kind, us):
    """Return (symbol, factor, offset, decimals)."""
    row = _KINDS.find(kind)
    return row[2:6] if us else row[6:10]


def symbol(kind, us):
    """Return the unit's symbol as shown to a person (`us`: US customary, else SI)."""
    return _entry(kind, us)[0]


def shown(kind, value, us):
    """Return the SI `value` as the number a person sees."""
    _, factor, offset, _ = _entry(kind, us)
    return (value - offset) * factor


def to_si(kind, number, us):
    """Return the SI value of the `number` a person typed."""
    _, factor, offset, _ = _entry(kind, us)
    return number / factor + offset


def text(kind, value, us):
    """Return the SI `value` with its unit, e.g. '140.0 F'; '--' for None."""
    if value is None:
        return "--"
    if kind == "hm":
        return "%02d:%02d" % (value // 60, value % 60)
    name, factor, offset, decimals = _entry(kind, us)
    number = "%.*f" % (decimals, (value - offset) * factor)
    return number + " " + name if name else number


def parse(kind, word, us):
    """Return the SI value of a typed `word`: a number, optionally followed by a unit of this kind.

    A bare number is in the units shown to the person.  ValueError says what is wrong and what is allowed.
    """
    number = word.strip()
    if kind == "hm":
        return _minute_of_day(number)
    end = len(number)
    while end and not (number[end - 1].isdigit() or number[end - 1] == "."):
        end -= 1
    name = number[end:].strip().lower()
    try:
        value = float(number[:end])
    except ValueError:
        raise ValueError("'%s' is not a number" % word)
    if not name:
        return to_si(kind, value, us)
    for as_us in (True, False):
        if symbol(kind, as_us).lower() == name:
            return to_si(kind, value, as_us)
    allowed = symbol(kind, True)
    if symbol(kind, False) != allowed:
        allowed += " or " + symbol(kind, False)
    raise ValueError("unit '%s' is not %s" % (name, allowed or "allowed here"))


def _minute_of_day(word):
    """Return the minute of the day of '16:00'; 24:00 is the day's end and thus its begin."""
    hour, _, minute = word.partition(":")
    if hour.isdigit() and minute.isdigit() and len(minute) == 2:
        hours = int(hour)
        minutes = int(minute)
        if (hours < 24 and minutes < 60) or (hours == 24 and minutes == 0):
            return hours % 24 * 60 + minutes
    raise ValueError("'%s' is not a time of the day such as 16:00" % word)
