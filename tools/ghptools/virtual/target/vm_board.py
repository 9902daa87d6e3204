"""Inside the VM: what the board's ROM and MicroPython's start-up do between power and `main.py`."""

import gc
import os
import sys

import vfs
import vm_flash
import vm_link
from ghptools.virtual import circuit, netlist_ghp50

BOARD = "virtual ghp50"  # which board this one stands for; `ghp flash` asks
ROM_MARK = b"\xd2\xcd\x31"
_prompt = "friendly"


def power_up(partition, in_heap, words):
    """Connect to the host, mount the file systems, put the simulated modules in place of the built-in ones.

    partition: the ROM partition's buffer; in_heap: it is a copy in the heap; words: pipe in, pipe out,
    flash blocks, reset cause, prompt kind, ticks at power-up.
    """
    global _prompt
    vm_link.connect(int(words[0]), int(words[1]), int(words[3]))
    _prompt = words[4]
    flash = vm_flash.Flash(int(words[2]))
    vfs.umount("/")
    try:
        volume = vfs.VfsLfs2(flash)
    except OSError:  # a blank flash, as on a new board
        vfs.VfsLfs2.mkfs(flash)
        volume = vfs.VfsLfs2(flash)
    vfs.mount(volume, "/")
    _overlay("micropython", "vm_micropython")
    _overlay("vfs", "vm_vfs").attach(partition, in_heap)
    wires = circuit.Circuit(vm_link.exchange, int(words[5]), vm_link.cause)
    wires.on_restart = vm_link.reset
    wires.rtc_memory = vm_link.rtc_load()
    wires.on_rtc_memory = vm_link.rtc_store
    wires.kept = _Kept()
    netlist_ghp50.build(wires)
    circuit.install(wires)
    for name in ("machine", "esp32", "time"):
        __import__(name)
    sys.path[:] = ["", ".frozen", "/lib"]
    if bytes(partition[:3]) == ROM_MARK:
        vfs.mount(vfs.VfsRom(partition), "/rom")
        sys.path.extend(("/rom", "/rom/lib"))
    vfs.umount("/sim")
    wires.exchange_now()
    os.chdir("/")
    sys.argv[:] = [""]


class _Kept:
    read = staticmethod(vm_link.kept_read)
    write = staticmethod(vm_link.kept_write)


def _overlay(name, replacement):
    module = __import__(replacement)
    sys.modules[name] = module
    return module


def run(space):
    """Run boot.py and main.py from the file system, in the namespace `space` the prompt will have.

    Like the esp32 port: main.py is left out when a raw prompt was asked for; what a program raises is
    printed and the prompt follows.
    """
    gc.collect()
    try:
        vm_link.program(1)  # from its answer on an interrupt may come
        for program in ("boot.py",) if _prompt == "raw" else ("boot.py", "main.py"):
            path = _find(program)
            if path:
                execfile(path, space)  # noqa: F821  MicroPython has it
    except SystemExit:
        raise
    except BaseException as error:  # an interrupt as well
        sys.print_exception(error, sys.stdout)
    vm_link.program(0)


def _find(program):
    for folder in ("/rom/", "/"):
        try:
            os.stat(folder + program)
        except OSError:
            continue
        return folder + program
    return None
