"""The linker: a linked program does what the plain one does, and what cannot be linked is told."""

import types

import pytest
from ghptools.build import images, traceback
from ghptools.build.link import LinkError, link
from hypothesis import given
from hypothesis import strategies as st

MICROPYTHON = "def const(value):\n    return value\n"


class Program:
    """Modules from texts, image path -> source, imported as MicroPython would; `main` is run as a plain file."""

    def __init__(self, sources):
        self.sources = {"micropython.py": MICROPYTHON, **sources}
        self.modules = {}

    def _load(self, name):
        if name not in self.modules:
            base = name.replace(".", "/")
            path = f"{base}.py" if f"{base}.py" in self.sources else f"{base}/__init__.py"
            module = self.modules[name] = types.ModuleType(name)
            exec(compile(self.sources[path], path, "exec"), self._names(module))
        return self.modules[name]

    def _names(self, module):
        builtins = dict(vars(__import__("builtins")), __import__=self._import)
        module.__dict__["__builtins__"] = builtins
        return module.__dict__

    def _import(self, name, _globals=None, _locals=None, fromlist=(), _level=0):
        for part in range(name.count(".") + 1):
            self._load(".".join(name.split(".")[: part + 1]))
        module = self._load(name)
        for inner in fromlist or ():
            if not hasattr(module, inner):
                setattr(module, inner, self._load(f"{name}.{inner}"))
        return module

    def run(self, main):
        names = self._names(types.ModuleType("main"))
        exec(main, names)
        return names["result"]


def both(sources, main="from ghp.unit import answer\nresult = answer()\n"):
    """Run plain and linked; both must agree.  Returns (result, linked)."""
    sources = {"ghp/__init__.py": "", **sources}
    linked = link(sources)
    plain = Program(sources).run(main)
    assert Program({path: module.text for path, module in linked.items()}).run(main) == plain
    return plain, linked


def test_everything_that_is_imported_becomes_one_module():
    result, linked = both(
        {
            "ghp/a.py": '"""About."""\nLIMIT = 3\n\ndef step(x):\n    """More."""\n    return x + LIMIT\n',
            "ghp/b.py": "from ghp import a\nLIMIT = 5\n\ndef step(x):\n    return a.step(x) * LIMIT + a.LIMIT\n",
            "ghp/unit.py": "from ghp.b import step as go\nfrom ghp.a import step\n\ndef answer():\n    return go(1), step(1)\n",
        }
    )
    assert result == (23, 4)
    assert set(linked) == {"ghp/__init__.py", "ghp/unit.py"}
    text = linked["ghp/unit.py"].text
    assert "LIMIT" not in text and "import" not in text and "About" not in text and "More" not in text


def test_a_name_of_a_function_hides_the_module_s():
    result, _linked = both(
        {
            "ghp/a.py": "x = [1]\n\ndef f(y, x=x):\n    return [x for x in (y, x)]\n\ndef g():\n    return x\n",
            "ghp/b.py": "x = [2]\n\nclass C:\n    x = 7\n    y = x\n    def m(self):\n        return x, self.x, self.y\n",
            "ghp/unit.py": "from ghp.a import f, g\nfrom ghp.b import C\nx = [3]\n\ndef answer():\n"
            "    def inner(f):\n        return f, x\n    x = 9\n    try:\n        raise ValueError(x)\n"
            "    except ValueError as g:\n        found = str(g)\n    return f(4), inner(5), found, C().m()\n",
        }
    )
    assert result == ([4, [1]], (5, 9), "9", ([2], 7, 7))


def test_a_name_of_a_function_does_not_hide_another_module_s():
    result, _linked = both(
        {
            "ghp/a.py": "def text(x):\n    return str(x)\n\nnames = [2]\n",
            "ghp/unit.py": "from ghp import a\n\ndef f(names):\n    return names, a.names\n\ndef answer():\n"
            "    text = 'x'\n    return text, a.text(1), [text for names in (1, a.names)], f(3)\n",
        }
    )
    assert result == ("x", "1", ["x", "x"], (3, [2]))


def test_a_module_s_variable_stays_one_variable():
    result, _linked = both(
        {
            "ghp/a.py": "count = 0\nLAST = count\n\ndef up():\n    global count\n    count += 1\n    return count\n",
            "ghp/unit.py": "from ghp import a\ncount = 40\n\ndef answer():\n    a.up()\n    return a.up(), a.count, count, a.LAST\n",
        }
    )
    assert result == (2, 2, 40, 0)


def test_constants_stand_where_they_are_used():
    result, linked = both(
        {
            "ghp/a.py": "from micropython import const\nA, B, C = range(3)\n_M = const((1 << 4) - 1)\nLOW = -5\n"
            "NAME = 'water'\nRATE = 0.5\nTABLE = (A, _M)\n",
            "ghp/unit.py": "from ghp import a\nfrom ghp.a import C, NAME\nTWICE = a.B * 2 + C\n\ndef answer():\n"
            "    return a.A, a.B, C, a.LOW - a.LOW, a.RATE, NAME, TWICE, a.TABLE, -a.LOW\n",
        }
    )
    assert result == (0, 1, 2, 0, 0.5, "water", 4, (0, 15), 5)
    assert "RATE" not in linked["ghp/unit.py"].text and "_M" not in linked["ghp/unit.py"].text


def test_private_names_are_shared_but_never_where_they_meet():
    result, linked = both(
        {
            "ghp/a.py": "class Base:\n    def __init__(self):\n        self._left = 1\n        self._get = 5\n"
            "    def _right(self):\n        return self._left\n",
            "ghp/b.py": "class Other:\n    def __init__(self):\n        self._far, self._near = 7, 8\n"
            "    def sum(self):\n        return self._far + self._near\n",
            "ghp/unit.py": "from ghp.a import Base\nfrom ghp.b import Other\n\nclass Child(Base):\n    _CLASS = 3\n"
            "    def __init__(self):\n        super().__init__()\n        self._own = 2\n        self._said = 4\n"
            "    def all(self):\n        return self._own, self._right(), getattr(self, '_said'), self._CLASS, self._get\n\n"
            "def answer():\n    one = Child()\n    return one.all(), Other().sum(), one._get\n",
        }
    )
    assert result == ((2, 1, 4, 3, 5), 15, 5)
    text = linked["ghp/unit.py"].text
    assert "_said" in text and "_CLASS" in text and "_get" in text
    assert not any(name in text for name in ("_left", "_right", "_own", "_far", "_near"))


def test_arguments_keep_the_names_that_calls_use():
    result, linked = both(
        {
            "ghp/unit.py": "def f(first, second, *rest, named=1, **more):\n    return first, second, rest, named, more\n\n"
            "def g(key):\n    return [key for key in (key, 2)] + sorted([3, 1], key=lambda key: -key)\n\n"
            "def answer():\n    return f(1, 2, 3, named=4, other=5), g(6)\n",
        }
    )
    assert result == ((1, 2, (3,), 4, {"other": 5}), [6, 2, 3, 1])
    assert "first" not in linked["ghp/unit.py"].text


def test_an_argument_that_an_exception_also_takes_keeps_its_name():
    result, _linked = both(
        {
            "ghp/unit.py": "def f(error):\n    try:\n        raise ValueError(3)\n    except ValueError as error:\n"
            "        return str(error)\n\ndef g(sys):\n    import sys\n    return sys is not None\n\n"
            "def answer():\n    return f(1), g(None)\n",
            "sys.py": "",
        }
    )
    assert result == ("3", True)


def test_private_names_meet_in_classes_that_inherit_under_another_name():
    for how in ("from ghp.unit import Base as Root", "from ghp import unit"):
        base = "Root" if "Root" in how else "unit.Base"
        late = f"{how}\n\nclass Late({base}):\n    def __init__(self):\n        super().__init__()\n        self._late = 2\n"
        result, linked = both(
            {
                "ghp/late.py": late,
                "ghp/unit.py": "class Base:\n    def __init__(self):\n        self._first = 1\n    def sum(self):\n"
                "        return self._first\n\ndef answer():\n    from ghp.late import Late\n    return Late().sum()\n",
            }
        )
        assert result == 1 and "_first" not in linked["ghp/unit.py"].text


def test_what_is_loaded_later_stays_apart_and_uses_the_linked_names():
    _result, linked = both(
        {
            "ghp/a.py": "LIMIT = 3\nTEXT = ('x', 'y')\n\ndef step(x):\n    return x\n",
            "ghp/late.py": "from ghp import a\nfrom ghp.a import LIMIT, step\n\ndef run():\n    return step(LIMIT), a.TEXT[0]\n",
            "ghp/unit.py": "from ghp import a\nTEXT = 'own'\nstep = [4]\n\ndef answer():\n    from ghp.late import run\n"
            "    return run(), step, a.step(1)\n",
        }
    )
    assert set(linked) == {"ghp/__init__.py", "ghp/late.py", "ghp/unit.py"}


def test_the_board_is_linked_by_itself_and_loads_without_the_unit():
    sources = {
        "ghp/chip.py": "SIZE = 4\nSEEN = []\n\ndef read():\n    return SIZE\n",
        "board.py": "from ghp.chip import SEEN, read\n\ndef make_safe():\n    SEEN.append(read())\n",
        "ghp/unit.py": "from ghp import chip\n\ndef answer():\n    return chip.SEEN, chip.read()\n",
    }
    main = "import board\nboard.make_safe()\nfrom ghp.unit import answer\nresult = answer()\n"
    result, linked = both(sources, main)
    assert result == ([4], 4)
    assert "ghp.unit" not in linked["board.py"].text


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("from ghp.a import *\n", r"ghp/unit.py:1: an import by \* cannot"),
        ("from ghp import a\nx = [a]\n", "ghp/unit.py:2: the module a is used as a value"),
        ("from ghp.a import gone\n\ndef f():\n    return gone\n", "ghp.a binds no gone"),
        ("from ghp import a\n\ndef f():\n    return a.gone\n", "ghp/unit.py:4: ghp.a binds no gone"),
        ("from ghp.a import x\nx = 2\n", "ghp/unit.py: x is imported and bound again"),
        ("import ghp.a\n", "ghp/unit.py:1: import ghp.a by `from`"),
    ],
)
def test_what_cannot_be_linked_is_told_with_its_line(text, complaint):
    with pytest.raises(LinkError, match=complaint):
        link({"ghp/a.py": "x = 1\n", "ghp/unit.py": text})


def test_each_line_knows_where_it_was_written():
    sources = {
        "ghp/a.py": '"""Doc."""\n\n\ndef f(x):\n    """Doc."""\n    if x:\n        raise ValueError(\n            x\n        )\n',
        "ghp/unit.py": "from ghp.a import f\n\n\nclass C:\n    def m(self):\n        return f(1)\n",
    }
    module = link(sources)["ghp/unit.py"]
    lines = module.text.splitlines()
    assert module.lines[next(n for n, line in enumerate(lines) if "raise" in line)] == ("ghp/a.py", 7)
    assert module.lines[next(n for n, line in enumerate(lines) if "return" in line)] == ("ghp/unit.py", 6)
    assert len(module.lines) == len(lines)


def test_a_traceback_is_turned_back_into_source_lines(capsys, tmp_path):
    linked = images.firmware_linked()
    number, (path, line) = next(
        (number, place)
        for number, place in enumerate(linked["ghp/unit.py"].lines, 1)
        if place and "governor" in place[0]
    )
    printed = f'Traceback (most recent call last):\n  File "ghp/unit.py", line {number}, in _4\nValueError: 1\n'
    text = traceback.found(printed, linked, images.firmware_sources())
    assert f'File "firmware/{path}", line {line}, in ' in text and text.endswith("ValueError: 1\n")
    blank = linked["ghp/unit.py"].lines.index(None) + 1
    for text in (f'File "ghp/unit.py", line {blank}', 'File "ghp/unit.py", line 0'):
        assert traceback.found(text, linked, {}) == text
    assert traceback.found('File "ghp/unit.py", line 999999', linked, {}) == 'File "ghp/unit.py", line 999999'
    assert traceback.found('File "other.py", line 3, in f', linked, {}) == 'File "other.py", line 3, in f'


BOUND = ("a", "b", "_c", "step", "LIMIT")


@st.composite
def modules(draw):
    """Three modules whose functions, constants, arguments and attributes collide as often as can be."""
    sources = {}
    for number, path in enumerate(("ghp/m0.py", "ghp/m1.py", "ghp/unit.py")):
        lines, read = [], list(BOUND)
        for before in range(number):
            how = draw(st.integers(0, 2))
            if how:
                lines.append(f"from ghp import m{before}")
                read += [f"m{before}.{name}" for name in BOUND]
            if how == 2:
                lines.append(f"from ghp.m{before} import {draw(st.sampled_from(BOUND))} as i{before}, K as K{before}")
                read.append(f"i{before}")
        others = read[len(BOUND) :]
        for place, name in enumerate(BOUND):
            value = draw(st.sampled_from([str(number), "'t'", "1.5", "(7,)", *others, *BOUND[:place]]))
            lines.append(f"{name} = {value}")
        bound, any_name = st.sampled_from(BOUND), st.sampled_from(read)
        bases = [f"m{before}.K" for before in range(number) if f"m{before}.a" in read]
        base = draw(st.sampled_from(["", *bases]))
        one, two, three = draw(bound), draw(bound), draw(bound)
        lines += [
            f"def f({one}, {two}_={draw(any_name)}):",
            f"    {three} = ({one}, {two}_, {draw(any_name)})",
            f"    return [({draw(bound)}, {one}) for {draw(bound)} in (1, 2)] if {two}_ == 1.5 else ({one}, {two}_, {three})",
            f"class K({base}):",
            f"    def __init__(self):{' super().__init__();' if base else ''} self._p{number} = {draw(any_name)}; self._q = {number}",
            f"    def _r{number}(self): return self._p{number}, self._q",
            f"    def get(self): return self._r{number}(), {draw(any_name)}",
        ]
        sources[path] = "\n".join(lines) + "\n"
    sources["ghp/unit.py"] += (
        "def answer():\n    try:\n        first = f(3)\n    except UnboundLocalError:\n        first = 0\n"
    )
    sources["ghp/unit.py"] += "    return str((first, K().get(), a, b, _c, step, LIMIT))\n"
    return sources


@given(modules())
def test_any_program_does_the_same_linked(sources):
    both(sources)


SAYS = """
TITLE = "a text of the module itself, which stays"
def answer(what="a default that stays as it is"):
    said = [what, "short", "has_no_space_in_it", "more than ten characters", "Grad \u00b0C ist kein ASCII"]
    def inner():
        'a docstring that goes away'
        return "%s says more than ten characters" % what
    said.append(inner())
    said.append("more than ten characters")
    said.append(f"{what} in a text with holes")
    return said + [TITLE]
"""


def test_sentences_become_slices_of_one_text_and_say_the_same():
    result, linked = both({"ghp/unit.py": SAYS})
    text = linked["ghp/unit.py"].text
    assert "more than ten characters" in result and result[0] == "a default that stays as it is"
    bound = text[text.index("_TEXTS = ") :].splitlines()[0]
    assert bound == "_TEXTS = 'more than ten characters%s says more than ten charactersa text of the module itself, which stays'"
    assert text.count("_TEXTS[0:24]") == 2 and text.count("_TEXTS[24:56]") == 1
    assert "'has_no_space_in_it'" in text and "holes" in text and "docstring" not in text


@given(st.lists(st.text(alphabet="ab c%\n'\\", min_size=9, max_size=16), min_size=1, max_size=8))
def test_any_sentences_are_said_as_they_were(sentences):
    lines = "".join(f"    said.append({sentence!r})\n" for sentence in sentences)
    result, _ = both({"ghp/unit.py": f"def answer():\n    said = []\n{lines}    return said\n"})
    assert result == sentences


def test_a_gathered_sentence_is_traced_to_its_line():
    source = "def answer():\n    return 1\n\n\ndef fail():\n    raise ValueError('nothing of the kind is here')\n"
    _, linked = both({"ghp/unit.py": source})
    module = linked["ghp/unit.py"]
    place = [row for row, line in enumerate(module.text.splitlines()) if "raise ValueError" in line][0]
    assert module.lines[place] == ("ghp/unit.py", 6)
