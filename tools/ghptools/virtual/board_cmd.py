"""`ghp board`: the virtual board on a pseudo-terminal, for mpremote, a serial terminal, or `ghp flash`."""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

import numpy as np

from ghptools.build import images
from ghptools.plant import Plant
from ghptools.virtual import circuit, wires
from ghptools.virtual.battery_clock import BatteryClock
from ghptools.virtual.electrics import Electrics
from ghptools.virtual.vm import VirtualMachine, VirtualMachineError
from ghptools.virtual.vm_interpreter import InterpreterError
from ghptools.virtual.vm_memory import FlashMemory, RomPartition
from ghptools.virtual.vm_pty import PortError, PtyBridge

FLASH_BLOCKS = 512
ROM_BYTES = 1 << 20


class World:
    """The machine around the controller: plant and cabinet, moved by the controller's own time."""

    def __init__(self, seed=1, wall=None):
        """wall: what the battery clock shows, "YYYY-MM-DD HH:MM"; None for the time it is."""
        self.electrics = Electrics(Plant(seed=seed))
        self.clock = BatteryClock(wall or datetime.now().replace(microsecond=0).isoformat(" "))
        self._inp = np.zeros(len(wires.IN), np.int32)

    def exchange(self, out, dt_ms):
        """Let `dt_ms` pass with the wires `out`; returns the input wires."""
        if dt_ms:
            self.electrics.run(out, dt_ms)
            self.clock.run(out, dt_ms)
        self.clock.show(self._inp)
        self.electrics.sense(self._inp)
        return self._inp

    def restarted(self, _cause):
        """Leave the outputs dead while the controller starts."""
        self.electrics.rest(circuit.BOOT_MS)
        self.clock.rest(circuit.BOOT_MS)


def add_parser(sub):
    """Add the `board` subcommand to argparse's `sub`."""
    parser = sub.add_parser("board", help="run a virtual board on a pseudo-terminal")
    parser.add_argument("--pty", metavar="PATH", help="also make a link to the pseudo-terminal there")
    parser.add_argument("--stock", action="store_true", help="plain MicroPython: nothing flashed, prompt on the line")
    parser.add_argument("--flash-file", metavar="F", help="keep the flash in F (and the ROM partition in F.rom)")
    parser.add_argument("--speed", type=_speed, default=1.0, metavar="N", help="times real time (default 1)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the plant's noise (default 1)")
    parser.set_defaults(run=run)


def _speed(text):
    value = float(text)
    if not 0.01 <= value <= 1000:
        raise ValueError(text)
    return value


def run(args):
    """Serve the board until it is stopped by hand; returns the exit code, 2 with one sentence for bad input."""
    try:
        machine = make(args.stock, args.flash_file, args.speed, args.seed)
    except (InterpreterError, images.BuildError, ValueError, OSError) as error:
        return _refuse(error)
    try:
        bridge = PtyBridge(machine, args.pty)
    except PortError as error:
        machine.close()
        return _refuse(error)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite kill ends it as Ctrl-C does
    try:
        print(bridge.path, flush=True)
        machine.start()
        machine.run()
    except KeyboardInterrupt:
        return 0
    except VirtualMachineError as error:
        print(f"ghp board: {error}", file=sys.stderr)
        return 1
    finally:
        bridge.close()
        machine.close()
    return 0


def _refuse(error):
    print(f"ghp board: {error}", file=sys.stderr)
    return 2


def make(stock, flash_file=None, speed=1.0, seed=1):
    """Return a VirtualMachine that is not yet started, in a world with a plant."""
    world = World(seed)
    flash = rom = None
    if flash_file is not None:
        folder = Path(flash_file).parent
        if not folder.is_dir():
            raise ValueError(f"there is no folder {folder} for the flash file.")
        flash = FlashMemory(FLASH_BLOCKS, flash_file)
    if not stock:
        rom = images.firmware_image()
    elif flash_file is not None:
        rom = RomPartition(os.fspath(flash_file) + ".rom", ROM_BYTES)
    return VirtualMachine(world.exchange, rom=rom, flash=flash, on_restart=world.restarted, speed=speed)
