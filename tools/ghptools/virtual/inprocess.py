"""The controller's firmware in this process, on CPython, over the simulated board.

    run = InProcess(plant, on_exchange=callback)
    run.run(main)                      # main(run.board_module) as boot.py, main.py would

Every power-up imports fresh copies of the drivers and of the board file, bound to a fresh circuit, so runs
do not see each other.
"""

import importlib
import importlib.util
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ghptools.firmware_path import FIRMWARE
from ghptools.virtual import circuit as circuits
from ghptools.virtual import netlist_ghp50, wires
from ghptools.virtual.battery_clock import BatteryClock
from ghptools.virtual.cpython import streams
from ghptools.virtual.electrics import Electrics

ROOT = Path(__file__).resolve().parents[3]
MODULES = Path(__file__).parent / "modules"
BOARDS = ROOT / "boards"


class EndOfRun(BaseException):
    """Raised by a host's callback to end an in-process run; passes every `except Exception` of the firmware."""


class PowerCut(BaseException):
    """The supply is cut for args[0] milliseconds."""


def _load(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _is_program(name):
    return name in ("board", "ghp.drivers") or name.startswith("ghp.drivers.")


def _is_lent(name):
    return name in ("machine", "esp32") or _is_program(name)


@contextmanager
def _importable(programs):
    """Let `import board` and `import ghp.drivers...` find `programs` while a main program runs."""
    saved = {name: sys.modules[name] for name in list(sys.modules) if _is_program(name)}
    sys.modules.update(programs)
    try:
        yield
    finally:
        for name in list(sys.modules):
            if _is_program(name):
                del sys.modules[name]
        sys.modules.update(saved)


@contextmanager
def virtual_modules(circuit, stdin, stdout):
    """Lend the simulated machine, esp32, time, select and sys to what is imported inside.

    Whatever is imported here keeps them; everybody else gets the interpreter's own back, and the drivers
    leave sys.modules again, so that the next power-up imports its own.
    """
    own_paths = [str(FIRMWARE), str(MODULES.parent / "cpython")]
    added = [path for path in own_paths if path not in sys.path]
    lent = ("time", "select", "sys")
    saved = {name: sys.modules[name] for name in list(sys.modules) if _is_lent(name) or name in lent}
    for name in list(sys.modules):
        if _is_lent(name):
            del sys.modules[name]
    sys.path.extend(added)
    circuits.install(circuit)
    # The interpreter has them loaded before we swap: the simulated ones must not be found by anything else.
    modules = sys.modules
    try:
        _load("time", MODULES / "time.py")
        _load("machine", MODULES / "machine.py")
        _load("esp32", MODULES / "esp32.py")
        modules["select"] = streams.Select
        modules["sys"] = streams.System(stdin, stdout)
        yield
    finally:
        for name in list(modules):
            if _is_lent(name) or name in lent:
                del modules[name]
        modules.update(saved)
        circuits.install(None)
        for path in added:
            sys.path.remove(path)


class InProcess:
    """One controller over one plant.

    plant        see Electrics; may be None for tests that drive the wires themselves
    start_ticks  ticks_ms at the first power-up, 0..2**30-1
    on_exchange  callable(dt_ms), called at every exchange before the plant advances: apply the timeline,
                 record, check, pace; may raise EndOfRun, or call `cut_power` or `press_reset`
    board        name of a folder in boards/

    circuit, board_module          of the present power-up
    electrics                      the cabinet
    clock                          the controller's clock on its battery
    kept                           what its memory chip holds
    console_in, console_out        bytearrays: what the firmware will read, what it wrote
    time_ms                        virtual time since the start, restarts included
    restarts                       list of (time_ms, cause) of every restart
    """

    def __init__(self, plant, *, start_ticks=0, on_exchange=None, board="ghp50"):
        self.plant = plant
        self.electrics = Electrics(plant) if plant is not None else None
        self.clock = BatteryClock()
        self.kept = circuits.Kept()
        self.on_exchange = on_exchange
        self.time_ms = 0
        self.restarts = []
        self._board_name = board
        self._stdin = streams.Queue()
        self._stdout = streams.Queue()
        self._people = np.zeros(len(wires.IN), dtype=np.int32)  # wires that no plant drives
        self._stood = np.zeros(len(wires.OUT), dtype=np.int32)  # output wires at the last exchange
        self.circuit = None
        self.board_module = None
        self.power_up(start_ticks=start_ticks)

    @property
    def console_in(self):
        """Bytes that the firmware has not read yet; append to type."""
        return self._stdin.bytes

    @property
    def console_out(self):
        """Bytes the firmware wrote; clear what was looked at."""
        return self._stdout.bytes

    def power_up(self, cause=circuits.RESET_POWER, start_ticks=0):
        """Start a controller: fresh chips, fresh drivers, boot.py run.  Returns nothing; see the attributes."""
        held = 0 if self.circuit is None or cause == circuits.RESET_POWER else wires.held_relays(self._stood)
        kept = b"" if self.circuit is None or cause == circuits.RESET_POWER else self.circuit.rtc_memory
        self.circuit = circuits.Circuit(self._exchange, start_ticks, cause)
        self.circuit.rtc_memory = kept
        self.circuit.kept = self.kept
        self._out = np.frombuffer(self.circuit.out, dtype=np.int32)
        self._inp = np.frombuffer(self.circuit.inp, dtype=np.int32)
        self._inp[:] = self._people
        self._inp[circuits.HELD] = held
        netlist_ghp50.build(self.circuit)
        self.circuit.exchange_now()
        with virtual_modules(self.circuit, self._stdin, self._stdout):
            self.board_module = _load("board", BOARDS / self._board_name / "board.py")
            _load("boot", FIRMWARE / "boot.py")
            del sys.modules["boot"]
            for path in sorted((FIRMWARE / "ghp" / "drivers").glob("[!_]*.py")):
                importlib.import_module("ghp.drivers." + path.stem)
            self._programs = {name: sys.modules[name] for name in sys.modules if _is_program(name)}

    def set_wire(self, name, value):
        """Set an input wire that no plant drives (knob, knob_push, absent_chips, stuck_buses); kept over a
        restart.  Without a plant: any input wire."""
        place = wires.position(wires.IN, name)
        self._people[place] = value
        self._inp[place] = value

    def wire(self, name):
        """Return the level of an output wire."""
        return int(self._out[wires.position(wires.OUT, name)])

    def turn_knob(self, detents):
        """Turn the knob; clockwise is positive."""
        self.set_wire("knob", int(self._people[wires.position(wires.IN, "knob")]) + 4 * detents)

    def fail_chip(self, name, absent=True):
        """Let chip `name` of wires.CHIPS stop answering, or answer again."""
        self._set_bit("absent_chips", 1 << wires.position(wires.CHIPS, name), absent)

    def fail_bus(self, name, stuck=True):
        """Hold bus `name` of wires.BUSES low, or let go."""
        self._set_bit("stuck_buses", 1 << wires.position(wires.BUSES, name), stuck)

    def _set_bit(self, wire, bit, on):
        bits = int(self._people[wires.position(wires.IN, wire)])
        self.set_wire(wire, bits | bit if on else bits & ~bit)

    def cut_power(self, off_ms):
        """Cut the supply for `off_ms`; call from on_exchange, does not return."""
        raise PowerCut(off_ms)

    def press_reset(self):
        """Press the reset button; call from on_exchange, does not return."""
        self.circuit.restart(circuits.RESET_HARD)

    def delay_scan(self, late_ms):
        """Let the present exchange take `late_ms` longer than the firmware asked; call from on_exchange."""
        self._inp[circuits.LATE] = late_ms

    def run(self, main):
        """Run `main(board_module)`, again after every restart and power cut, until it returns or a callback
        raises EndOfRun."""
        while True:
            try:
                with _importable(self._programs):
                    main(self.board_module)
                return
            except EndOfRun:
                return
            except circuits.Restart as restart:
                cause, off_ms = restart.args[0], 0
            except PowerCut as cut:
                cause, off_ms = circuits.RESET_POWER, cut.args[0]
            # not the wires as they are now: a dead controller writes nothing, but this one's `finally` has run
            self.restarts.append((self.time_ms, cause))
            self._rest(off_ms + circuits.BOOT_MS, None if cause == circuits.RESET_POWER else self._stood)
            self.power_up(cause)

    def _rest(self, dt_ms, kept):
        self.time_ms += dt_ms
        self.clock.rest(dt_ms)
        if self.electrics is not None:
            self.electrics.rest(dt_ms, kept)

    def _exchange(self, _circuit, dt_ms):
        inp = self._inp
        if dt_ms:
            inp[circuits.LATE] = 0
            self._stood[:] = self._out
            if self.on_exchange is not None:
                self.on_exchange(dt_ms)
            dt_ms += int(inp[circuits.LATE])
            self.time_ms += dt_ms
            self.clock.run(self._out, dt_ms)
        self.clock.show(inp)
        if self.electrics is not None:
            if dt_ms:
                self.electrics.run(self._out, dt_ms)
            self.electrics.sense(inp)
