"""Find what never changes in a module: numbers and short texts with a name, whose values can stand where they are used."""

import ast
import operator

LONGEST = 60  # characters of a text; a long one is a table and used once
_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
}


def count_out(tree):
    """Write `A, B, C = range(3)` as three assignments."""
    body = []
    for node in tree.body:
        names = node.targets[0].elts if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple) else ()
        if names and ast.unparse(node.value) == f"range({len(names)})":
            values = (ast.copy_location(ast.Constant(number), node) for number in range(len(names)))
            body += [
                ast.copy_location(ast.Assign([name], value), node) for name, value in zip(names, values, strict=True)
            ]
        else:
            body.append(node)
    tree.body = body


def find_constants(module, modules):
    """Set `module.constants`, and first those of the modules it imports (`link.Module`, modules: path -> Module)."""
    if module.constants is not None:
        return
    module.constants = {}
    for path, _name in module.imported.values():
        find_constants(modules[path], modules)
    stores = [name for node in ast.walk(module.tree) for name in _bound_by(node)]
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            value = _value(node.value, module, modules)
            if value is not None and stores.count(name) == 1:
                module.constants[name] = value


def _bound_by(node):
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    elif isinstance(node, ast.Global):
        yield from node.names


def _value(node, module, modules):
    """Return the int, float or str that an expression is for ever, None when it is not known here.

    Only integers are calculated: the target's floats are narrower than the host's, and its own sums count.
    """
    if isinstance(node, ast.Constant):
        plain = type(node.value) in (int, float) or (type(node.value) is str and len(node.value) <= LONGEST)
        return node.value if plain else None
    if isinstance(node, ast.Call):
        is_const = isinstance(node.func, ast.Name) and node.func.id == "const"
        return _value(node.args[0], module, modules) if is_const else None
    if isinstance(node, ast.UnaryOp):
        inner = _value(node.operand, module, modules)
        return -inner if isinstance(node.op, ast.USub) and isinstance(inner, (int, float)) else None
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, module, modules), _value(node.right, module, modules)
        known = type(left) is type(right) is int and type(node.op) in _OPERATORS
        return _OPERATORS[type(node.op)](left, right) if known else None
    if isinstance(node, ast.Name):
        path, inner = module.imported.get(node.id, (module.path, node.id))
        return modules[path].constants.get(inner) if inner else None
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        path, inner = module.imported.get(node.value.id, (None, ""))
        return modules[path].constants.get(node.attr) if path and inner is None else None
    return None
