"""Program of the VM's process when MicroPython comes from the PyPI wheel (an extension of CPython).

The first argument is the folder of the extension, the others are MicroPython's own.  A word `file:PATH` becomes `at:ADDRESS:LENGTH`, the file mapped into
memory: code images live outside MicroPython's collected heap, as flash does on a board.  The mapping is
shared, so what the host writes into the file shows at once, like a flash partition.
"""

import ctypes
import mmap
import sys

_MAPPED = []


def _map(word):
    if not word.startswith("file:"):
        return word
    with open(word[5:], "r+b") as file:
        mapping = mmap.mmap(file.fileno(), 0)
    anchor = ctypes.c_char.from_buffer(mapping)
    _MAPPED.append((mapping, anchor))
    return f"at:{ctypes.addressof(anchor)}:{len(mapping)}"


def main():
    sys.path.append(sys.argv[1])
    from micropython_run import run_main  # noqa: PLC0415  only now is its folder on the path

    return run_main(["micropython", *[_map(word) for word in sys.argv[2:]]])


sys.exit(main())
