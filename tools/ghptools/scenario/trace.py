"""The record of a run: rows of all columns at a fixed distance, events, and comparing two of them."""

import csv
import math

import numpy as np

from ghptools.scenario import columns

FLOAT_TOLERANCE = 1e-6  # of the larger value; CPython and MicroPython on a PC both count in doubles
FLOAT_FLOOR = 1e-9


class Trace:
    """Rows of `names`, `record_s` apart, preallocated for `duration_s`."""

    def __init__(self, names, record_s, duration_s):
        self.names = names
        self.record_s = record_s
        self._rows = np.full((int(duration_s / record_s + 1e-9) + 2, len(names)), np.nan)
        self.count = 0

    def add(self, row):
        """Append a copy of `row`."""
        if self.count < len(self._rows):
            self._rows[self.count] = row
            self.count += 1

    @property
    def rows(self):
        """The rows recorded so far."""
        return self._rows[: self.count]

    def column(self, name):
        """Return one column; KeyError for a stranger."""
        return self.rows[:, self.names.place(name)]

    def write_csv(self, path):
        """Write everything; an unknown value is an empty cell, a float is written so that it reads back equal."""
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(self.names.names)
            for row in self.rows:
                writer.writerow(
                    [
                        "" if math.isnan(v) else int(v) if v.is_integer() and abs(v) < 1e15 else repr(v)
                        for v in row.tolist()
                    ]
                )


class CompareError(Exception):
    """A file that is no trace; the text is one sentence."""


def read_csv(path):
    """Return (names, rows as text) of a trace file."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
    except OSError as error:
        raise CompareError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CompareError(f"{path} is not a text file") from None
    if len(rows) < 2 or "run.time_s" not in rows[0]:
        raise CompareError(f"{path} is not a trace: no rows, or no column run.time_s")
    return rows[0], rows[1:]


def compare(path_a, path_b, tolerance=FLOAT_TOLERANCE):
    """Return the differences of two trace files as sentences, none when they agree.

    Cells that are whole numbers in both must be equal; others may differ by `tolerance` of the larger one.
    Columns of one file only are differences as well; what is each interpreter's own (OWN) is left out.
    """
    names_a, rows_a = read_csv(path_a)
    names_b, rows_b = read_csv(path_b)
    differences = []
    only = [(name, path_a) for name in names_a if name not in names_b] + [
        (name, path_b) for name in names_b if name not in names_a
    ]
    differences += [f"{name} is only in {path}" for name, path in only]
    if len(rows_a) != len(rows_b):
        differences.append(f"{path_a} has {len(rows_a)} rows, {path_b} {len(rows_b)}")
    clock = names_a.index("run.time_s")
    for name in names_a:
        if name not in names_b or name in OWN:
            continue
        place_a, place_b = names_a.index(name), names_b.index(name)
        for row_a, row_b in zip(rows_a, rows_b, strict=False):
            a, b = row_a[place_a], row_b[place_b]
            if a != b and not _close(a, b, tolerance):
                differences.append(f"{name} is {a or 'unknown'} and {b or 'unknown'} at {row_a[clock]} s")
                break
    return differences


# Each interpreter's own: memory, run times, and when a row of the display is redrawn (their "%.1f" rounds halves
# differently, so a figure may change a moment earlier).
OWN = ("fw.mem_free", "fw.overruns", "out.display_pages")


def _close(a, b, tolerance):
    if not a or not b:
        return False
    if "." not in a and "." not in b and "e" not in a and "e" not in b:
        return False
    x, y = float(a), float(b)
    return abs(x - y) <= max(tolerance * max(abs(x), abs(y)), FLOAT_FLOOR)


def edges(events, place, begin_s=-math.inf, end_s=math.inf):
    """Return the times at which column `place` went on (0 to 1) in a window, from an array of events."""
    mine = events[events[:, 1] == place]
    rising = mine[mine[:, 2] > 0.5]
    return [t for t in rising[:, 0] if begin_s < t <= end_s]


def event_columns(names):
    """Return the columns whose changes are kept as events: switches, and what the firmware says of itself."""
    from ghptools.plant import signals  # noqa: PLC0415

    wanted = ["cmd." + name for name in signals.DIGITAL_COMMANDS] + list(columns.BOOLEAN_EXTRA)
    wanted += ["sensed." + name for name in signals.DIGITAL_SENSORS]
    wanted += [
        name
        for name in ("fw.state", "fw.stop_class", "fw.first_alarm", "fw.alarms", "fw.mode", "fw.stage")
        if names.known(name)
    ]
    return wanted
