"""`ghp traceback`: turn the tracebacks in a unit's console text back into lines of the sources.

A unit runs linked modules (see `link`), so `File "ghp/unit.py", line 5120` means a line that nobody wrote.
"""

import ast
import re
import sys

from ghptools.build import images

_PLACE = re.compile(r'File "(?:/rom/|/lib/)?(?P<path>[\w/]+\.py)", line (?P<line>\d+)(?:, in (?P<name>\S+))?')


def add_parser(sub):
    """Add the `traceback` subcommand to argparse's `sub`."""
    parser = sub.add_parser("traceback", help="find the source lines of a traceback that a unit printed")
    parser.add_argument("file", nargs="?", default="-", help="text from the console (default: standard input)")
    parser.add_argument("--board", default="ghp50", help="folder under boards/ (default ghp50)")
    parser.set_defaults(run=run)


def run(args):
    """Print the text with its places found; exit code 2 with one sentence when it cannot be read."""
    try:
        if args.file == "-":
            text = sys.stdin.read()
        else:
            with open(args.file, encoding="utf-8", errors="replace") as file:
                text = file.read()
        linked = images.firmware_linked(args.board)
    except OSError as error:
        print(f"ghp traceback: {args.file}: {error.strerror}.", file=sys.stderr)
        return 2
    except images.BuildError as error:
        print(f"ghp traceback: {error}", file=sys.stderr)
        return 2
    sys.stdout.write(found(text, linked, images.firmware_sources(args.board)))
    return 0


def found(text, linked, sources):
    """Return `text` with each place in a linked module (path -> Linked) replaced by the one in `sources` (path -> Path)."""

    def place(match):
        module, number = linked.get(match["path"]), int(match["line"])
        known = module is not None and 0 < number <= len(module.lines)
        written = module.lines[number - 1] if known else None
        if written is None:
            return match[0]
        path, line = written
        source = sources[path]
        name = _function_at(source.read_text(encoding="utf-8"), line)
        return f'File "{source.relative_to(images.ROOT)}", line {line}, in {name}'

    return _PLACE.sub(place, text)


def _function_at(text, line):
    """Return the dotted name of the function or class that holds `line`."""
    names, nodes = [], [ast.parse(text)]
    while nodes:
        inside = [
            node
            for node in nodes.pop().body
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.lineno <= line <= node.end_lineno
        ]
        names += [node.name for node in inside]
        nodes = inside
    return ".".join(names) or "<module>"
