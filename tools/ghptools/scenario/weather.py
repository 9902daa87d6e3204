"""The table of a weather file: hours down, weather, load and supplies across."""

import math

from ghptools.plant import limits
from ghptools.scenario import fields


def table(rows, file_name):
    """Return (seconds, {env name: values}) of a CSV whose first column is `hour`."""
    if not rows or len(rows) < 2:
        raise ValueError(f"{file_name} needs a header and at least one row")
    header = [cell.strip() for cell in rows[0]]
    if header[:1] != ["hour"]:
        raise ValueError(f"{file_name}: the first column must be 'hour', not '{''.join(header[:1])}'")
    kinds = fields.world_kinds()
    names, converted = [], []
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(header):
            raise ValueError(f"{file_name} row {number}: {len(row)} cells, the header has {len(header)}")
        line = []
        for key, cell in zip(header[1:], row[1:], strict=True):
            try:
                name, value = fields.named_quantity(key, number_or_text(cell), kinds, limits.ENV)
            except ValueError as error:
                raise ValueError(f"{file_name} row {number}, {key}: {error}") from None
            line.append(value)
            if number == 2:
                if name in names:
                    twin = header[1 + names.index(name)]
                    raise ValueError(f"{file_name}: {twin} and {key} are the same quantity")
                names.append(name)
        hour = number_or_text(row[0])
        if not isinstance(hour, float) or not math.isfinite(hour):
            raise ValueError(f"{file_name} row {number}: hour '{row[0]}' is not a number")
        converted.append([hour * 3600.0, *line])
    seconds = [row[0] for row in converted]
    if any(later <= earlier for earlier, later in zip(seconds, seconds[1:], strict=False)):
        raise ValueError(f"{file_name}: the hours must rise from row to row")
    return seconds, {name: [row[place + 1] for row in converted] for place, name in enumerate(names)}


def number_or_text(cell):
    """Return a cell as a number when it is one."""
    try:
        return float(cell)
    except ValueError:
        return cell.strip()
