"""`ghp`: one command for everything the host tools do.  Each subcommand is registered by the module that owns it."""

import argparse
import importlib
import re
import sys

from ghptools import firmware_path
from ghptools.build.images import BuildError
from ghptools.scenario.source import ScenarioError
from ghptools.virtual.vm_interpreter import InterpreterError

# Modules with `add_parser(sub)`; a subcommand's `run(args)` returns the exit code.
COMMANDS = (
    "ghptools.scenario.commands",
    "ghptools.ratings",
    "ghptools.campaign.commands",
    "ghptools.campaign.mutants",
    "ghptools.figures",
    "ghptools.reactions",
    "ghptools.soak.command",
    "ghptools.sweep.command",
    "ghptools.reference",
    "ghptools.typecheck",
    "ghptools.flash",
    "ghptools.build.size",
    "ghptools.build.traceback",
    "ghptools.virtual.board_cmd",
)


class Parser(argparse.ArgumentParser):
    """An argparse parser whose complaints are one sentence; exit code 2."""

    def __init__(self, *args, **kwargs):
        """Take what argparse takes; "-13F" is a value here, as "-13" is anywhere."""
        super().__init__(*args, **kwargs)
        # argparse knows bare negative numbers only and would call a negative quantity an unknown option
        self._negative_number_matcher = re.compile(r"-\.?\d")

    def error(self, message):
        """Print the complaint and leave."""
        self.exit(2, f"{self.prog}: {message}; see `{self.prog} --help`\n")


def build_parser():
    """Return the parser with every subcommand."""
    parser = Parser(prog="ghp", description="Host tools of the GHP unit controller.")
    sub = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    for name in COMMANDS:
        importlib.import_module(name).add_parser(sub)
    return parser


def main(argv=None):
    """Run `ghp` with the given words; returns the exit code.

    What is missing or wrong before anything can run (interpreter, source of the firmware, scenario) and was not
    told by the command itself becomes one sentence and exit code 2.
    """
    firmware_path.ensure()
    args = build_parser().parse_args(argv)
    try:
        return args.run(args)
    except (InterpreterError, BuildError, ScenarioError) as error:
        print(f"ghp {args.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("ghp: stopped by hand", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
