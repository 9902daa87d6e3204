"""Units at the edges.  Inside everything is SI; a person reads and types US or SI units, as set.

A quantity's kind is its key here: `c` a temperature, `k` a temperature difference, `kpa` absolute pressure,
`kpag` gauge pressure, and so on.
"""

ATMOSPHERE_KPA = 101.325
KPA_PER_PSI = 6.894757
KPA_PER_INWC = 0.249089
LPS_PER_GPM = 0.0630902
W_PER_BTUH = 0.2930711

# kind: (US name, factor, offset, decimals, SI name, SI factor, SI decimals); shown = (si - offset) * factor
_US = {
    "c": ("F", 1.8, -17.777778, 1),
    "k": ("F", 1.8, 0.0, 1),
    "kpa": ("psig", 1.0 / KPA_PER_PSI, ATMOSPHERE_KPA, 1),
    "kpag": ("psig", 1.0 / KPA_PER_PSI, 0.0, 1),
    "lps": ("gpm", 1.0 / LPS_PER_GPM, 0.0, 1),
    "w": ("kBtu/h", 0.001 / W_PER_BTUH, 0.0, 0),
    "m3h": ("ft3/h", 35.31467, 0.0, 0),
}
_SI = {
    "c": ("C", 1.0, 0.0, 1),
    "k": ("K", 1.0, 0.0, 1),
    "kpa": ("kPa", 1.0, 0.0, 0),
    "kpag": ("kPag", 1.0, 0.0, 1),
    "lps": ("L/s", 1.0, 0.0, 2),
    "w": ("kW", 0.001, 0.0, 1),
    "m3h": ("m3/h", 1.0, 0.0, 1),
}
_BOTH = {
    "v": ("V", 1.0, 0.0, 2),
    "rpm": ("rpm", 1.0, 0.0, 0),
    "pct": ("%", 1.0, 0.0, 1),
    "s": ("s", 1.0, 0.0, 0),
    "s1": ("s", 1.0, 0.0, 1),  # seconds that are set to a tenth
    "min": ("min", 1.0, 0.0, 1),
    "ms": ("ms", 1.0, 0.0, 0),
    "count": ("", 1.0, 0.0, 0),
    "ratio": ("", 1.0, 0.0, 2),
    "hm": ("", 1.0, 0.0, 0),  # minute of the day, read and typed as 16:00
}


def _entry(kind, us):
    entry = _BOTH.get(kind)
    return entry if entry else (_US if us else _SI)[kind]


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
