"""Share the private names of classes and of arguments: MicroPython keeps each different name in the heap once.

A private attribute `_name` is renamed to one of a few (`_0`, `_1`, ...) such that no two that meet in a class, or in
classes that inherit from each other, become one; an argument that no call names becomes `_a`, `_b`, ...  Left as they
are: names that stand in a text of the program, and those used outside classes.
"""

import ast
import re
from collections import defaultdict
from string import ascii_lowercase

from ghptools.build.rewrite import arguments_of

_PRIVATE = re.compile(r"_[A-Za-z]\w*$")
_WORDS = re.compile(r"\b_\w+")


def shorten(statements):
    """Rename in place, over all modules of an image at once."""
    _attributes(statements)
    called = {one.arg for statement in statements for one in ast.walk(statement) if isinstance(one, ast.keyword)}
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.FunctionDef):
                _arguments(node, called)


def _attributes(statements):
    families = _families(statements)
    meet = defaultdict(set)
    for names in families:
        for name in names:
            meet[name] |= names
    kept = _in_texts(statements) | _outside(statements)
    given = {}
    for name in sorted(meet, key=lambda one: (-len(meet[one]), one)):
        if name in kept:
            continue
        used = {given.get(other) for other in meet[name]}
        given[name] = next(f"_{number}" for number in range(len(meet)) if f"_{number}" not in used)
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Attribute):
                node.attr = given.get(node.attr, node.attr)
            elif isinstance(node, ast.ClassDef):
                for one in node.body:
                    if isinstance(one, ast.FunctionDef):
                        one.name = given.get(one.name, one.name)


def _families(statements):
    """Return the sets of private attributes that meet: one set for each group of classes related by inheritance."""
    classes = [node for node in statements if isinstance(node, ast.ClassDef)]
    families = {node.name: {node.name} for node in classes}
    real = _real_names(statements)
    for node in classes:
        for base in node.bases:
            for name in _base_names(base, real) & families.keys():
                families[node.name] |= families[name]
                for one in families[node.name]:
                    families[one] = families[node.name]
    names = defaultdict(set)
    for node in classes:
        for one in ast.walk(node):
            if isinstance(one, ast.Attribute) and _PRIVATE.match(one.attr):
                names[min(families[node.name])].add(one.attr)
        for one in node.body:
            if isinstance(one, ast.FunctionDef) and _PRIVATE.match(one.name):
                names[min(families[node.name])].add(one.name)
    return names.values()


def _real_names(statements):
    """Return name -> the names it was imported for, wherever an import gives another name."""
    real = defaultdict(set)
    for node in statements:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.asname:
                    real[alias.asname].add(alias.name)
    return real


def _base_names(base, real):
    """Return every name that a base class may have where it is defined."""
    if isinstance(base, ast.Attribute):
        return {base.attr}
    return {base.id} | real[base.id] if isinstance(base, ast.Name) else set()


def _in_texts(statements):
    found = set()
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.update(_WORDS.findall(node.value))
    return found


def _outside(statements):
    """Private attributes used outside classes, and names that a class binds by assignment."""
    found = set()
    for statement in statements:
        if isinstance(statement, ast.ClassDef):
            for one in statement.body:
                if not isinstance(one, ast.FunctionDef):
                    found.update(node.id for node in ast.walk(one) if isinstance(node, ast.Name))
        else:
            found.update(node.attr for node in ast.walk(statement) if isinstance(node, ast.Attribute))
    return found


def _arguments(function, called):
    """Rename the arguments of `function` that no call names, and their uses in it."""
    if any(isinstance(one, (ast.FunctionDef, ast.Lambda)) for one in ast.walk(function) if one is not function):
        return  # a function within could use them or hide them
    uses = [node for statement in function.body for node in ast.walk(statement) if isinstance(node, ast.Name)]
    bound = {name for statement in function.body for name in _bound_otherwise(statement)}
    free = (f"_{letter}" for letter in ascii_lowercase if f"_{letter}" not in {node.id for node in uses})
    given = {}
    by_keyword = function.args.kwonlyargs  # a caller the linker does not see may name them
    for one, new in zip(arguments_of(function), free, strict=False):
        if one.arg not in called and one.arg not in bound and one not in by_keyword:
            given[one.arg] = one.arg = new
    for node in uses:
        node.id = given.get(node.id, node.id)


def _bound_otherwise(statement):
    """Yield the names that an import or the taking of an exception binds: they are no `ast.Name`."""
    for node in ast.walk(statement):
        if isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias.asname or alias.name for alias in node.names)
