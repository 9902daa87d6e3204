"""Code that is in memory only while it is needed: imported inside a function, let go afterwards."""

import sys


def release(names):
    """Let go of the modules `names`, where modules loaded from flash can be had again at once."""
    if sys.implementation.name == "micropython":
        for name in names:
            if sys.modules.pop(name, None):
                package, _, last = name.rpartition(".")
                package = sys.modules.get(package)
                if hasattr(package, last):
                    delattr(package, last)
