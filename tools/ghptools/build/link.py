"""Link the firmware's modules into two, as a linker does: the same program, much less heap on the target.

Every module that MicroPython imports costs a module object, a dictionary of its names and a table of its constants,
and a name that two modules share is a slot in both.  Nearly all of the firmware is always loaded, so an image carries
it as two modules: `board` (the wiring and its drivers, which is what boot.py needs to make the outputs safe) and
`ghp.unit` (what `Unit` needs).  What the console loads when a command is typed stays a module of its own and imports
from those two.  `gather` then makes one text of the sentences, `shorten` shares the private names.

The sources keep to this, and a `LinkError` says where one does not: another module's names are used as `module.name`
or imported by name, a module is never a value, no name is imported and bound again, and nothing is imported by `*`.
"""

import ast
import builtins
import keyword
from dataclasses import dataclass, field

from ghptools.build.constants import count_out, find_constants
from ghptools.build.rewrite import LinkError, Rewriter, local_names, stored
from ghptools.build.shorten import shorten
from ghptools.build.texts import gather

ROOTS = ("board.py", "ghp/unit.py")  # in the order the target loads them
APART = ("ghp/selfcheck.py", "ghp/service.py", "ghp/drivers/bootflag.py")  # main.py reads these before it decides to load the unit
__all__ = ["Linked", "LinkError", "link"]


@dataclass
class Linked:
    """One module of the image: its source `text`, and for each of its lines where that was written: (path, line), None if blank."""

    text: str
    lines: list


@dataclass
class Module:
    """One source and what its top-level names become.

    path      in the image
    bound     its own names -> their names after linking
    imported  names bound by importing from the firmware -> (path, name), name None for the module itself
    foreign   names bound by importing from the interpreter
    constants its names that never change -> int, float or str
    root      path of the linked module that takes it in, None when it stays apart
    """

    path: str
    tree: ast.Module
    bound: dict = field(default_factory=dict)
    imported: dict = field(default_factory=dict)
    foreign: set = field(default_factory=set)
    constants: dict | None = None
    root: str | None = None

    @property
    def dotted(self):
        """The name it is imported by."""
        return dotted(self.path)

    @property
    def last(self):
        """The last part of that name."""
        return self.dotted.rpartition(".")[2]


def dotted(path):
    """Return the module name of a path in the image."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def link(sources):
    """Return image path -> `Linked` for image path -> source text; raises LinkError or SyntaxError."""
    modules = {path: Module(path, ast.parse(text, path)) for path, text in sources.items()}
    for module in modules.values():
        count_out(module.tree)
        _bind(module, modules)
    for module in modules.values():
        find_constants(module, modules)
    groups = _groups(modules)
    _name(modules, groups)
    bodies = {
        path: [(path, Rewriter(module, modules).body())] for path, module in modules.items() if module.root is None
    }
    for root, members in groups.items():
        bodies[root] = [(path, Rewriter(modules[path], modules).body()) for path in members]
    for root in groups:
        text = gather([statement for _path, body in bodies[root] for statement in body])
        if text is not None:
            bodies[root].insert(0, (root, [text]))
    shorten([statement for parts in bodies.values() for _path, body in parts for statement in body])
    return {path: _written(parts, path in groups) for path, parts in bodies.items()}


def _bind(module, modules):
    """Find what the top-level statements of `module` bind, and from where."""
    paths = {dotted(path): path for path in modules}
    for node in module.tree.body:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            module.bound.update((name, name) for name in stored(node))
            continue
        for alias in node.names:
            name, origin = alias.asname or alias.name, getattr(node, "module", None)
            whole = f"{origin}.{alias.name}" if origin else alias.name
            if alias.name == "*":
                raise LinkError(f"{module.path}:{node.lineno}: an import by * cannot be linked.")
            if whole in paths and (origin or "." not in alias.name):
                module.imported[name] = (paths[whole], None)
            elif origin in paths:
                module.imported[name] = (paths[origin], alias.name)
            elif whole in paths:
                raise LinkError(f"{module.path}:{node.lineno}: import {whole} by `from`.")
            else:
                module.foreign.add(name)
    for name in module.bound:
        if name in module.imported or name in module.foreign:
            raise LinkError(f"{module.path}: {name} is imported and bound again.")


def _groups(modules):
    """Return root path -> the paths it takes in, each after what it imports; sets their `root`."""
    groups = {}

    def take(path, root):
        module = modules[path]
        if module.root is None and path not in APART and not path.endswith("__init__.py"):
            module.root = root
            for used, _name in module.imported.values():
                take(used, root)
            groups[root].append(path)

    for root in ROOTS:
        if root in modules:
            groups[root] = []
            take(root, root)
    return groups


def _name(modules, groups):
    """Give each top-level name of a linked module a name of its own there, which no function hides.

    A name that nothing else has is a place in the heap, so functions and values get names that attributes have anyway.
    Classes keep theirs, which errors tell, and so does what the root binds, which other programs import.
    """
    for root, members in groups.items():
        taken = set(dir(builtins)).union(*(modules[path].foreign | local_names(modules[path].tree) for path in members))
        lent = (name for name in _attributes(modules, members) if name not in taken)
        for path in members:
            module = modules[path]
            classes = {one.name for one in module.tree.body if isinstance(one, ast.ClassDef)}
            for name in module.bound:
                if path == root or name in classes:
                    new = name if name not in taken else f"{module.last}_{name.lstrip('_')}"
                else:
                    new = next(lent, name)
                while new in taken:
                    new += "_"
                taken.add(new)
                module.bound[name] = new


def _attributes(modules, members):
    """Return the public attributes that the members use, in a fixed order."""
    names = {one.attr for path in members for one in ast.walk(modules[path].tree) if isinstance(one, ast.Attribute)}
    return sorted(name for name in names if not name.startswith("_"))


def _written(parts, hoisting):
    """Return `Linked` of [(path, statements)]; hoisting: each of the interpreter's modules is imported once, first."""
    body = [(path, statement) for path, statements in parts for statement in statements]
    if hoisting:
        body = _hoisted(body)
    text = ast.unparse(ast.fix_missing_locations(ast.Module([statement for _path, statement in body], []))) + "\n"
    text = _known_first(text) + text
    lines = [None] * text.count("\n")
    for (path, old), new in zip(body, ast.parse(text).body[-len(body) :] if body else [], strict=True):
        for before, after in zip(_statements(old), _statements(new), strict=True):
            first = min([after.lineno, *(one.lineno for one in getattr(after, "decorator_list", ()))])
            for line in range(first, after.end_lineno + 1):
                lines[line - 1] = (path, before.lineno)
    return Linked(text, lines)


def _known_first(text):
    """Return a line that makes the compiler know the texts that look like names.

    MicroPython keeps such a text once for all, beside the names, if it has met it as a name, and with each module
    as an object of its own otherwise (those of more than ten characters).  The line itself compiles to nothing.
    """
    texts = {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) > 10
    }
    names = sorted(one for one in texts if one.isidentifier() and one.isascii() and not keyword.iskeyword(one))
    return f"if 0:\n    {'; '.join(names)}\n" if names else ""


def _statements(node):
    """Yield a statement and those within it, in an order that only depends on their structure."""
    return (one for one in ast.walk(node) if isinstance(one, (ast.stmt, ast.ExceptHandler)))


def _hoisted(body):
    imports = {}
    for path, node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports.setdefault(ast.dump(node), (path, node))
    return [
        *imports.values(),
        *((path, node) for path, node in body if not isinstance(node, (ast.Import, ast.ImportFrom))),
    ]
