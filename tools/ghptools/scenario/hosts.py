"""The two controllers a scenario can run on, behind one face.

Both: `time_ms`, `clock` (BatteryClock), `out` (output wires, int32), `restarts` [(time_ms, cause)], `display()`, `type(data)`, `printed()`,
`set_wire`, `turn_knob`, `fail`, `damage_memory`, `delay_scan`, `restart_controller`, `run()`.  `on_exchange(dt_ms)` is called at
every exchange before the plant advances; it ends the run by raising EndOfRun.  While the controller is without
power or starts again there is no exchange: `on_rest()` is then called with the world a little further.
"""

import numpy as np

from ghptools.virtual import circuit, wires
from ghptools.virtual.battery_clock import BatteryClock
from ghptools.virtual.electrics import Electrics
from ghptools.virtual.inprocess import EndOfRun, InProcess

INTERPRETERS = ("cpython", "micropython")
PAGES = 8
_LOOK_MS = 10  # after its outputs dropped, the world is looked at this often
_LOOKS_MS = 100  # for so long
__all__ = ["INTERPRETERS", "EndOfRun", "make"]


def make(interpreter, plant, start_ticks, on_exchange):
    """Return the host for `interpreter`; InterpreterError when MicroPython is not to be found."""
    return (CPythonHost if interpreter == "cpython" else MicroPythonHost)(plant, start_ticks, on_exchange)


def _rest(host, dt_ms, kept):
    """Let the world run without the controller: in small steps at first, because that is when things stop.

    kept: output wires whose held relays stay where they are, None after a power cut.
    """
    rested_ms = 0
    while rested_ms < dt_ms:
        part_ms = min(_LOOK_MS if rested_ms < _LOOKS_MS else dt_ms, dt_ms - rested_ms)
        host.electrics.rest(part_ms, kept)
        host.clock.rest(part_ms)
        host.time_ms += part_ms
        rested_ms += part_ms
        if host.on_rest is not None:
            host.on_rest()


def _damage(kept):
    kept.bytes[:] = bytes(byte ^ 0x10 for byte in kept.bytes)


class CPythonHost(InProcess):
    """The firmware in this process."""

    on_rest = None

    def __init__(self, plant, start_ticks, on_exchange):
        super().__init__(plant, start_ticks=start_ticks, on_exchange=on_exchange)
        self.version = _python_version()

    @property
    def out(self):
        """Output wires of the present power-up."""
        return self._out

    def display(self):
        """Return the 1 KiB of display memory."""
        chip = self.circuit.display
        return b"".join(bytes(chip.page(page)) for page in range(PAGES))

    def type(self, data):
        """Send bytes to the firmware's serial line."""
        self.console_in.extend(data)

    def printed(self):
        """Take what the firmware wrote since the last call."""
        out = self.console_out
        if not out:
            return b""
        data = bytes(out)
        out.clear()
        return data

    def fail(self, target, on):
        """Let 'chip:name' stop answering or 'bus:name' stick (on), or heal it."""
        group, _, name = target.partition(":")
        (self.fail_chip if group == "chip" else self.fail_bus)(name, on)

    def damage_memory(self):
        """Let the memory chip forget bits all over."""
        _damage(self.kept)

    def restart_controller(self, off_ms=None):
        """Press reset, or cut the power for `off_ms`.  Does not return."""
        self.console_in.clear()
        if off_ms is None:
            self.press_reset()
        self.cut_power(off_ms)

    def _rest(self, dt_ms, kept):
        _rest(self, dt_ms, kept)

    def start(self):
        """Run the firmware until the callback raises EndOfRun."""
        from ghptools.scenario.entry import main  # noqa: PLC0415  loads the whole firmware

        self.run(main)


class MicroPythonHost:
    """The firmware in the real MicroPython VM, a process of its own."""

    on_rest = None

    def __init__(self, plant, start_ticks, on_exchange):
        from ghptools.build import images  # noqa: PLC0415  not needed in-process
        from ghptools.virtual.vm import VirtualMachine  # noqa: PLC0415

        self.plant = plant
        self.electrics = Electrics(plant)
        self.clock = BatteryClock()
        self.on_exchange = on_exchange
        self.time_ms = 0
        self.restarts = []
        self._inp = np.zeros(len(wires.IN), np.int32)
        self.out = np.zeros(len(wires.OUT), np.int32)
        self.vm = VirtualMachine(
            self._exchange, rom=images.firmware_image(), on_restart=self._restarted, start_ticks=start_ticks
        )
        self.vm.on_idle = self.vm.stop  # the program has ended: nobody lets time pass any more
        self.version = "MicroPython (unix port, 200 KiB heap)"

    def display(self):
        """Return the 1 KiB of display memory."""
        return bytes(self.vm.display)

    def type(self, data):
        """Send bytes to the firmware's serial line."""
        self.vm.console_write(data)

    def printed(self):
        """Take what the firmware wrote since the last call."""
        return self.vm.console_read()

    def set_wire(self, name, value):
        """Set an input wire that no plant drives; kept over a restart."""
        self._inp[wires.position(wires.IN, name)] = value

    def turn_knob(self, detents):
        """Turn the knob; clockwise is positive."""
        self._inp[wires.position(wires.IN, "knob")] += 4 * detents

    def fail(self, target, on):
        """Let 'chip:name' stop answering or 'bus:name' stick (on), or heal it."""
        group, _, name = target.partition(":")
        wire, bits = ("absent_chips", wires.CHIPS) if group == "chip" else ("stuck_buses", wires.BUSES)
        place, bit = wires.position(wires.IN, wire), 1 << wires.position(bits, name)
        self._inp[place] = self._inp[place] | bit if on else self._inp[place] & ~bit

    def delay_scan(self, late_ms):
        """Let the present exchange take `late_ms` longer than the firmware asked."""
        self._inp[circuit.LATE] = late_ms

    def damage_memory(self):
        """Let the memory chip forget bits all over."""
        _damage(self.vm.kept)

    def restart_controller(self, off_ms=None):
        """Press reset, or cut the power for `off_ms`."""
        cause = circuit.RESET_HARD if off_ms is None else circuit.RESET_POWER
        self.vm.power_cut()
        self._rest(cause, off_ms or 0)
        self.vm.start(cause)

    def start(self):
        """Run the firmware until the callback raises EndOfRun."""
        try:
            self.vm.start()
            self.vm.run()
        except EndOfRun:
            pass
        finally:
            self.vm.close()

    def _restarted(self, cause):
        self._rest(cause, 0)

    def _rest(self, cause, off_ms):
        self.restarts.append((self.time_ms, cause))
        self.vm.start_ticks = 0
        kept = None if cause == circuit.RESET_POWER else self.out
        self._inp[circuit.HELD] = 0 if kept is None else wires.held_relays(kept)
        _rest(self, off_ms + circuit.BOOT_MS, kept)

    def _exchange(self, out, dt_ms):
        inp = self._inp
        if dt_ms:
            inp[circuit.LATE] = 0
            restarts = len(self.restarts)
            self.out[:] = out
            self.on_exchange(dt_ms)
            if len(self.restarts) != restarts:
                return inp  # nobody waits for the answer any more
            dt_ms += int(inp[circuit.LATE])
            self.time_ms += dt_ms
            self.electrics.run(out, dt_ms)
            self.clock.run(out, dt_ms)
        self.clock.show(inp)
        self.electrics.sense(inp)
        return inp


def _python_version():
    import platform  # noqa: PLC0415

    return f"CPython {platform.python_version()}"
