# ruff: noqa: F821  the names come from the tool that evaluates this file
# What MicroPython's own build freezes into the image of this board; FLASHING.md gives the lines.
# Frozen modules stay in flash, as do those of a ROM partition; boot.py and main.py run by themselves.
include("$(PORT_DIR)/boards/manifest.py")  # the port's own: file system set-up, asyncio

package("ghp", base_path="../../firmware", opt=0)  # opt=0 keeps asserts and the line numbers of tracebacks
module("board.py", base_path=".", opt=0)
module("boot.py", base_path="../../firmware", opt=0)
module("main.py", base_path="../../firmware", opt=0)
