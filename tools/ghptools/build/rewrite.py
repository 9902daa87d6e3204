"""Rewrite one module for linking: its names become what the linker decided, docstrings and annotations go."""

import ast


class LinkError(Exception):
    """A source cannot be linked; the text names the file and the line."""


def stored(node):
    """Yield the names that a statement binds in its own scope."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif not isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        if isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
        for child in ast.iter_child_nodes(node):
            yield from stored(child)


def arguments_of(function):
    """Yield every `ast.arg` of a function's or a lambda's definition."""
    arguments = function.args
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (one for one in (arguments.vararg, arguments.kwarg) if one)


def _own_names(function):
    """Return the names that belong to a function: arguments and what it binds, without what it declares global."""
    names = {one.arg for one in arguments_of(function)}
    if isinstance(function, ast.Lambda):
        return names
    declared = set()
    for statement in function.body:
        names.update(stored(statement))
        declared.update(name for one in ast.walk(statement) if isinstance(one, ast.Global) for name in one.names)
    return names - declared


def _literal(value, node):
    below = isinstance(value, (int, float)) and value < 0
    new = ast.UnaryOp(ast.USub(), ast.Constant(-value)) if below else ast.Constant(value)
    return ast.copy_location(new, node)


def local_names(tree):
    """Return every name that some function, class or comprehension in `tree` has for its own."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            found |= _own_names(node)
        elif isinstance(node, ast.ClassDef):
            found.update(name for statement in node.body for name in stored(statement))
        elif isinstance(node, ast.comprehension):
            found.update(stored(node.target))
    return found


def _forgetting(first):
    """Return a statement for the head of a class's body: what Python notes there of itself gives its place to others.

    Nothing reads these two in the firmware, and MicroPython keeps them in the table of every class.
    """
    names = [ast.Name(name, ast.Del()) for name in ("__module__", "__qualname__")]
    return ast.copy_location(ast.Delete(names), first)


def _is_text(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


class Rewriter(ast.NodeTransformer):
    """module, modules: `link.Module` with their linked names decided.  `body()` returns the new statements."""

    def __init__(self, module, modules):
        self.module = module
        self.modules = modules
        self.scopes = []  # names of the functions and classes around, outermost first

    def body(self):
        """Return the module's statements, rewritten."""
        return self._block(self.module.tree.body)

    def _block(self, statements):
        new = []
        for statement in statements:
            found = self.visit(statement)
            new += found if isinstance(found, list) else [found]
        return [statement for statement in new if not _is_text(statement)]

    def _inside(self, names, visit, node):
        self.scopes.append(names)
        found = visit(node)
        self.scopes.pop()
        return found

    def _is_local(self, name):
        return any(name in names for names in self.scopes)

    def _is_here(self, path):
        return self.module.root is not None and self.modules[path].root == self.module.root

    def _linked(self, path, name, node):
        found = self.modules[path].bound.get(name)
        if found is None:
            raise LinkError(f"{self.module.path}:{node.lineno}: {self.modules[path].dotted} binds no {name}.")
        return found

    def visit_ImportFrom(self, node):
        return self._imports(node)

    def visit_Import(self, node):
        return self._imports(node)

    def _imports(self, node):
        """One statement for each name; none for what lies in the same module after linking."""
        kept = []
        for alias in node.names:
            name = alias.asname or alias.name
            path, inner = self.module.imported.get(name, (None, None)) if not self.scopes else (None, None)
            if path is None:
                one = ast.Import([alias]) if isinstance(node, ast.Import) else ast.ImportFrom(node.module, [alias], 0)
            elif self._is_here(path) or inner in self.modules[path].constants:
                continue
            else:
                one = self._import_of(path, inner, name, node)
            kept.append(ast.copy_location(one, node))
        return kept

    def _import_of(self, path, inner, name, node):
        place = self.modules[self.modules[path].root or path].dotted
        if inner is None:
            place, _, found = place.rpartition(".")
        else:
            found = self._linked(path, inner, node)
        alias = ast.alias(found, None if found == name else name)
        return ast.ImportFrom(place, [alias], 0) if place else ast.Import([alias])

    def visit_Attribute(self, node):
        value = node.value
        if isinstance(value, ast.Name) and not self._is_local(value.id):
            path, inner = self.module.imported.get(value.id, (None, None))
            if path is not None and inner is None:
                if node.attr in self.modules[path].constants:
                    return _literal(self.modules[path].constants[node.attr], node)
                found = self._linked(path, node.attr, node)
                new = ast.Name(found, node.ctx) if self._is_here(path) else ast.Attribute(value, found, node.ctx)
                return ast.copy_location(new, node)
        return self.generic_visit(node)

    def visit_Name(self, node):
        name = node.id
        if not self._is_local(name):
            path, inner = self.module.imported.get(name, (self.module.path, name))
            if inner is not None and inner in self.modules[path].constants:
                return _literal(self.modules[path].constants[inner], node)
            if path == self.module.path:
                name = self.module.bound.get(name, name)
            elif inner is None:
                raise LinkError(f"{self.module.path}:{node.lineno}: the module {name} is used as a value.")
            elif self._is_here(path):
                name = self._linked(path, inner, node)
        return ast.copy_location(ast.Name(name, node.ctx), node)

    def visit_Global(self, node):
        node.names = [self.module.bound.get(name, name) for name in node.names]
        return node

    def visit_Assign(self, node):
        target = node.targets[0]
        if not self.scopes and isinstance(target, ast.Name) and target.id in self.module.constants:
            return []  # its value stands wherever it is used
        return self.generic_visit(node)

    def visit_FunctionDef(self, node):
        node.decorator_list = [self.visit(one) for one in node.decorator_list]
        self._defaults(node)
        if not self.scopes:
            node.name = self.module.bound[node.name]
        node.body = self._inside(_own_names(node), self._block, node.body) or [ast.copy_location(ast.Pass(), node)]
        node.returns = None
        return node

    def visit_Lambda(self, node):
        self._defaults(node)
        node.body = self._inside(_own_names(node), self.visit, node.body)
        return node

    def _defaults(self, node):
        node.args.defaults = [self.visit(one) for one in node.args.defaults]
        node.args.kw_defaults = [one and self.visit(one) for one in node.args.kw_defaults]
        for one in arguments_of(node):
            one.annotation = None

    def visit_ClassDef(self, node):
        node.bases = [self.visit(one) for one in node.bases]
        if not self.scopes:
            node.name = self.module.bound[node.name]
        own = {name for statement in node.body for name in stored(statement)}
        body = []
        for statement in node.body:  # a class's own names are seen in its body, but not in its methods
            names = set() if isinstance(statement, ast.FunctionDef) else own
            body += self._inside(names, self._block, [statement])
        node.body = [_forgetting(body[0]), *body] if body else [ast.copy_location(ast.Pass(), node)]
        return node

    def _comprehension(self, node):
        names = {name for one in node.generators for name in stored(one.target)}
        return self._inside(names, self.generic_visit, node)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def visit_AnnAssign(self, node):
        target = self.visit(node.target)
        new = ast.Assign([target], self.visit(node.value)) if node.value else ast.Pass()
        return ast.copy_location(new, node)
