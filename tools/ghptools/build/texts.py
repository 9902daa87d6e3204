"""Gather the sentences of a linked module in one text: on the target each text of its own is an object in the heap.

A sentence that a function says becomes a slice of that text, `_TEXTS[120:164]`, made when it is said.  Only what reads
like a sentence (it holds a space, and more than ten characters) is gathered: nothing that runs in every scan says any.
"""

import ast

NAME = "_TEXTS"
LONGER_THAN = 10  # shorter ones MicroPython keeps beside the names


class _Gatherer(ast.NodeTransformer):
    def __init__(self):
        self.places = {}  # sentence -> where it begins
        self.whole = ""

    def visit_JoinedStr(self, node):
        return node  # its parts cannot be slices

    def visit_Constant(self, node):
        text = node.value
        if not isinstance(text, str) or len(text) <= LONGER_THAN or " " not in text or not text.isascii():
            return node
        if text not in self.places:
            self.places[text] = len(self.whole)
            self.whole += text
        first = self.places[text]
        part = ast.Slice(ast.Constant(first), ast.Constant(first + len(text)))
        return ast.copy_location(ast.Subscript(ast.Name(NAME, ast.Load()), part, ast.Load()), node)


def gather(statements):
    """Rewrite the functions of a module in place; return the statement that binds the gathered text, or None."""
    gatherer = _Gatherer()
    functions = [one for statement in statements for one in ast.walk(statement) if isinstance(one, ast.FunctionDef)]
    for function in functions:
        function.body = [gatherer.visit(statement) for statement in function.body]
    if not gatherer.whole:
        return None
    return ast.Assign([ast.Name(NAME, ast.Store())], ast.Constant(gatherer.whole), lineno=1)
