"""A table as text: one row a line, fields divided by '|'.

A text constant stays in flash; rows built of Python objects would not.  So the tables of the product are text,
and a row becomes a tuple only while somebody looks at it.  The second field is the row's name.
"""


def number(text):
    """Return an int, or a float if there is a point in `text`."""
    return float(text) if "." in text else int(text)


def one_of(words):
    """Return a converter from one of `words` to its position."""

    def position(text):
        return words.index(text)

    return position


_BY_LETTER = {"s": str, "i": int, "f": float}


class Words:
    """A sequence of texts, "off|heat|cool", made one by one when somebody reads them, for the same reason."""

    def __init__(self, text):
        self._text = text

    def __len__(self):
        return self._text.count("|") + 1

    def __iter__(self):
        return iter(self._text.split("|"))

    def __getitem__(self, index):
        if index < 0:
            raise IndexError(index)
        return self._text.split("|")[index]


class Table:
    """A sequence of row tuples, made from `text` on demand.

    text        lines of fields, each line ended by a newline
    converters  one callable(text) a field: str, int, float, `number`, `one_of(...)`; or a letter for each: s, i, f
    """

    def __init__(self, text, converters):
        self._text = text
        self._converters = converters

    def __len__(self):
        return self._text.count("\n")

    def __iter__(self):
        text = self._text
        start = 0
        while start < len(text):
            end = text.find("\n", start)
            yield self._row(start, end)
            start = end + 1

    def __getitem__(self, index):
        text = self._text
        start = 0
        for _ in range(index):
            start = text.find("\n", start) + 1
            if not start:
                raise IndexError(index)
        end = text.find("\n", start)
        if index < 0 or end < 0:
            raise IndexError(index)
        return self._row(start, end)

    def _row(self, start, end):
        fields = self._text[start:end].split("|")
        converters = self._converters
        if isinstance(converters, str):  # a text costs no memory
            converters = [_BY_LETTER[letter] for letter in converters]
        return tuple([convert(field) for convert, field in zip(converters, fields)])

    def _start(self, name):
        text = self._text
        field = "|" + name + "|"
        at = text.find(field) if name and "|" not in name else -1
        while at >= 0:
            start = text.rfind("\n", 0, at) + 1
            if text.find("|", start) == at:  # the second field, not a later one that reads the same
                return start
            at = text.find(field, at + 1)
        raise KeyError(name)

    def place(self, name):
        """Return the position of the row called `name`; KeyError when there is none."""
        return self._text.count("\n", 0, self._start(name))

    def find(self, name):
        """Return the row called `name`; KeyError when there is none."""
        start = self._start(name)
        return self._row(start, self._text.find("\n", start))
