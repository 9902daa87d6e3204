"""A scenario's text: finds the line of a key, because a TOML parser forgets it; builds the error."""

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\-]+)\s*\]\]?\s*(?:#.*)?")


class ScenarioError(Exception):
    """A broken scenario; the text is one sentence that names file, line and key."""


class Source:
    """File name and lines of one scenario."""

    def __init__(self, name, text):
        self.name = str(name)
        self._lines = text.splitlines()
        self._tables = []  # (table name, position in its list or 0, first line, one past the last line)
        counts = {}
        begin, current = 0, ("", 0)
        for number, line in enumerate(self._lines):
            match = _HEADER.fullmatch(line)
            if not match:
                continue
            self._tables.append((*current, begin, number))
            table = match[2]
            position = counts.get(table, -1) + 1 if match[1] == "[[" else 0
            counts[table] = position
            begin, current = number, (table, position)
        self._tables.append((*current, begin, len(self._lines)))

    def line(self, table="", position=0, key=None):
        """Return the line number (from 1) of `key` in a table (the `position`-th of a list), else of the table."""
        for name, place, begin, end in self._tables:
            if name == table and place == position:
                pattern = (
                    re.compile(rf"""(?:^|[{{,\s])["']?{re.escape(key)}["']?\s*(?:\.[\w.\-"']+\s*)?=""") if key else None
                )
                for number in range(begin, end if pattern else begin):
                    if pattern.search(self._lines[number].split("#")[0]):
                        return number + 1
                return begin + 1
        return 1

    def error(self, message, table="", position=0, key=None, inner=None):
        """Return a ScenarioError: `file:line: where: message`."""
        line = self.line(table, position, inner or key)
        if inner and line == self.line(table, position):
            line = self.line(table, position, key)
        where = ".".join(part for part in (table, key, inner) if part)
        return ScenarioError(f"{self.name}:{line}: {where}: {message}" if where else f"{self.name}:{line}: {message}")
