"""How a command's answer is laid out: columns for a person, `key=value` and comma rows for a program."""

from ghp import units


class CommandError(ValueError):
    """A person's or a program's mistake.  The text says what is wrong and what would be right."""


def duration(ms):
    """Return a length of time as a person reads it: '4.2 s', '5:30', '2:05:00', '3 d 4:00:00'."""
    if ms < 0:
        ms = 0
    if ms < 10000:
        return "%d.%d s" % (ms // 1000, ms % 1000 // 100)
    seconds = ms // 1000
    if seconds < 60:
        return "%d s" % seconds
    minutes = seconds // 60
    if minutes < 60:
        return "%d:%02d" % (minutes, seconds % 60)
    hours = minutes // 60
    clock = "%d:%02d:%02d" % (hours % 24, minutes % 60, seconds % 60)
    return clock if hours < 24 else "%d d %s" % (hours // 24, clock)


def plain(number, decimals):
    """Return a number for a program, '' for None."""
    if number is None:
        return ""
    return str(number) if isinstance(number, int) else "%.*f" % (decimals, number)


def shown(kind, number, us):
    """Return a number for a person with its unit; '--' for None."""
    if kind == "code":
        return "--" if number is None else str(number)
    if kind == "steps":
        return "--" if number is None else "%d steps" % number
    return units.text(kind, number, us)


def cell(text):
    """Return `text` fit for one comma-separated field."""
    return str(text).replace(",", ";").replace("\n", " ")


class Report:
    """The form of one answer.

    machine   True for the '@' twin
    us        units shown to a person
    """

    def __init__(self, machine, us):
        self.machine = machine
        self.us = us
        self._widths = ()

    def pair(self, key, text, raw=None):
        """Return the line of one named thing; `raw` is what a program gets instead of `text`."""
        if self.machine:
            return "%s=%s" % (key.replace(" ", "_"), text if raw is None else raw)
        return "%-13s %s" % (key, text)

    def head(self, columns):
        """Begin a table.  `columns`: (title, width) pairs; a width of 0 leaves the last column free."""
        self._widths = [width for _, width in columns]
        titles = [title for title, _ in columns]
        if self.machine:
            return "#" + ",".join([title.replace(" ", "_") for title in titles])
        return self.row(titles)

    def row(self, cells):
        """Return one line of the table that `head` began."""
        if self.machine:
            return ",".join([cell(text) for text in cells])
        line = ""
        for width, text in zip(self._widths, cells):
            line += "%-*s " % (width, text) if width else str(text)
        return line.rstrip()
