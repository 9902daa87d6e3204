"""The board over simulated chips, without a plant: tests drive the wires themselves."""

import sys

import pytest
from ghp.image import Image
from ghptools.virtual import circuit as circuits
from ghptools.virtual import netlist_ghp50, wires
from ghptools.virtual.cpython.streams import Queue
from ghptools.virtual.inprocess import InProcess, virtual_modules


class Bench:
    """One powered board: `board`, `image`, `wire(name)`, `drive(name, value)`, `scan(n)`."""

    def __init__(self, start_ticks=0):
        self.run = InProcess(None, start_ticks=start_ticks)
        self.circuit = self.run.circuit
        self.image = Image()
        self.board = self.run.board_module.build(self.image)
        self.wire = self.run.wire
        self.drive = self.run.set_wire
        self.scans = 0

    def scan(self, count=1):
        """Run `count` scans of 50 ms with all drivers in their rhythm."""
        for _ in range(count):
            now = self.board.clock.ticks_ms()
            self.board.read_fast(now)
            if self.scans % 2 == 0:
                self.board.read_analog(now)
            if self.scans % 10 == 0:
                self.board.read_slow(now)
                self.board.write_slow(now)
            self.board.write_fast(now)
            self.scans += 1
            self.board.clock.sleep_ms(50)

    def chip(self, name):
        """Return the driver of chip `name`."""
        return next(chip for chip in self.board.chips if chip.name == name)


@pytest.fixture
def bench():
    return Bench()


@pytest.fixture
def make_bench():
    return Bench


class Machine:
    """The simulated modules bound to a circuit with the cabinet, no firmware: `machine`, `esp32`, `time`."""

    def __init__(self):
        self.circuit = circuits.Circuit(self._exchange)
        self.on_exchange = None
        netlist_ghp50.build(self.circuit)
        with virtual_modules(self.circuit, Queue(), Queue()):
            self.machine = sys.modules["machine"]
            self.esp32 = sys.modules["esp32"]
            self.time = sys.modules["time"]

    def _exchange(self, circuit, dt_ms):
        if self.on_exchange is not None:
            self.on_exchange(circuit, dt_ms)

    def drive(self, name, value):
        self.circuit.inp[wires.position(wires.IN, name)] = value

    def wire(self, name):
        return self.circuit.out[wires.position(wires.OUT, name)]


@pytest.fixture
def sim():
    return Machine()
