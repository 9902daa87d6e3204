# ruff: noqa: E402, F821  imported when the way to it is made; forgotten by `del`
# First program of the VM: finds the simulated board's ROM, gets the board from it, runs what a board runs.
# Arguments: board image, ROM partition, pipes in and out, flash blocks, reset cause, prompt kind, first tick.
# It stays short because it is compiled into the heap, which is the firmware's from here on.
import sys

import uctypes
import vfs


def _image(word):
    kind, rest = word.split(":", 1)
    if kind == "at":
        at, size = rest.split(":")
        return uctypes.bytearray_at(int(at), int(size))
    with open(rest, "rb") as file:
        return bytearray(file.read())


_board_rom = _image(sys.argv[1])  # stays referred to: code lies in it, and the collector does not follow code
vfs.mount(vfs.VfsRom(_board_rom), "/sim")
sys.path[:] = ["/sim", ".frozen"]
import vm_board

vm_board.power_up(_image(sys.argv[2]), sys.argv[2].startswith("heap:"), sys.argv[3:])
del _image, vfs, uctypes
vm_board.run(globals())
