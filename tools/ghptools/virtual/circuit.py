"""The one object behind the simulated `machine`: wires, virtual time, resets.

Runs on CPython and on MicroPython, unchanged.  How a simulation is put together:

    circuit = Circuit(exchange, start_ticks)      # one per power-up of the controller
    netlist_ghp50.build(circuit)                  # the cabinet: chips and what each GPIO is soldered to
    install(circuit)                              # from now on `import machine` finds it
    ... import boot, board, main ...              # firmware, unchanged

`exchange(circuit, dt_ms)` is called by `sleep_ms`, the only way virtual time moves.  It must take
`circuit.out`, let the world run for `dt_ms`, and fill `circuit.inp`; it may call `circuit.restart(cause)` or
raise its own BaseException to end the run.  The clock has already been advanced when it is called.

A process of the virtual machine sends `out` and the display pages named by its wire `display_pages` (bit n:
the 128 bytes of `circuit.display.page(n)`), and gets `inp` back; `target/vm_link.py` frames them.

The first exchange of a power-up is `circuit.exchange_now()`, with dt_ms = 0: it fetches the inputs before any
firmware runs.  `display_pages` is cleared by the circuit after each exchange.

A restart (machine.reset, watchdog) calls `circuit.on_restart(cause)` once, cause one of RESET_*; if that
returns, `Restart` is raised, which no `except Exception` catches.  The host then leaves the outputs dead for
BOOT_MS of plant time and powers a *new* circuit up with `reset_cause` set.  The relay expander keeps its latches
over a reset of the processor, so its relays stay where they were (wire `relays_held`); after a power cut it
starts from its power-up registers, as all other chips do at every restart.
"""

from array import array

from ghptools.virtual import wires

KEPT_BYTES = 32768  # of the memory chip
TICKS_PERIOD = 1 << 30
TICKS_MASK = TICKS_PERIOD - 1
TICKS_HALF = 1 << 29

# As the ESP32 port numbers them.
RESET_POWER = 1
RESET_HARD = 2
RESET_WATCHDOG = 3
RESET_SOFT = 5

# From reset to the first line of boot.py, outputs floating (pulled to off) [boot of an ESP32-S3, measured
# by many at 250..400 ms].
BOOT_MS = 300

LATE = wires.position(wires.IN, "late_ms")
PAGES = wires.position(wires.OUT, "display_pages")
WATCHDOG = wires.position(wires.OUT, "watchdog_ms")
HELD = wires.position(wires.IN, "relays_held")

_installed = [None]


class Restart(BaseException):
    """The controller restarts; args[0] is the RESET_ cause."""


def install(circuit):
    """Make `circuit` the one that a later `import machine` binds to."""
    _installed[0] = circuit


def current():
    """Return the installed circuit; RuntimeError when there is none."""
    if _installed[0] is None:
        raise RuntimeError("the simulated machine has no circuit: install one first")
    return _installed[0]


class Circuit:
    """Wires and clock of one power-up.

    exchange     callable(circuit, dt_ms), see the module text
    start_ticks  ticks_ms at power-up, 0..2**30-1 (start near the end to see the wrap)
    reset_cause  what machine.reset_cause() answers
    """

    def __init__(self, exchange, start_ticks=0, reset_cause=RESET_POWER):
        self.out = array("i", [0] * len(wires.OUT))
        self.inp = array("i", [0] * len(wires.IN))
        self.exchange = exchange
        self.start_ms = start_ticks
        self.now_us = 0
        self.reset_cause = reset_cause
        self.on_restart = None
        self.display = None
        self.nets = {}  # GPIO number -> Net
        self.buses = {}  # name of BUSES -> {address or select GPIO: chip}
        self.chips = {}  # name of CHIPS -> chip
        self.owners = {}  # GPIO number -> role that the firmware gave it
        self.peripherals = {}  # "i2c0", "pcnt2"... -> object that holds it
        self.edge_watchers = []  # pins with an interrupt: they look after every exchange
        self.watchdog_us = 0  # time-out, 0: not started
        self.fed_us = 0
        self.rtc_memory = b""  # what machine.RTC().memory() answers; whoever powers up hands the old one on
        self.on_rtc_memory = None  # called with the new contents after each change
        self.kept = None  # the memory chip's contents, which outlive this power-up: read(place, buf), write(place, data)

    def ticks_ms(self):
        """Return milliseconds since power-up plus the start value, modulo 2**30."""
        return (self.start_ms + self.now_us // 1000) & TICKS_MASK

    def ticks_us(self):
        """Return microseconds, same origin as ticks_ms, modulo 2**30."""
        return (self.start_ms * 1000 + self.now_us) & TICKS_MASK

    def exchange_now(self):
        """Exchange wires without letting time pass: the first act of a power-up."""
        self.exchange(self, 0)
        self.out[PAGES] = 0
        if self.inp[HELD]:
            self.chips["relays"].hold(self.inp[HELD])

    def sleep_ms(self, ms):
        """Let `ms` of virtual time pass.  A time of 0 or less passes nothing."""
        if ms <= 0:
            return
        self.now_us += ms * 1000
        if self.watchdog_us:
            left = self.watchdog_us - (self.now_us - self.fed_us)
            self.out[WATCHDOG] = left // 1000 if left > 0 else 0
        self.exchange(self, ms)
        self.out[PAGES] = 0
        late = self.inp[LATE]
        if late:
            self.now_us += late * 1000
        for watcher in self.edge_watchers:
            watcher._edges()
        if self.watchdog_us and self.now_us - self.fed_us > self.watchdog_us:
            self.restart(RESET_WATCHDOG)

    def restart(self, cause):
        """Restart the controller for `cause`; never returns."""
        if self.on_restart is not None:
            self.on_restart(cause)
        raise Restart(cause)


class Kept:
    """Contents of the memory chip, where the host is in the same process."""

    def __init__(self):
        self.bytes = bytearray(KEPT_BYTES)

    def read(self, place, buf):
        """Fill `buf` from byte `place` on."""
        buf[:] = self.bytes[place : place + len(buf)]

    def write(self, place, data):
        """Take `data` from byte `place` on."""
        self.bytes[place : place + len(data)] = data


class Net:
    """What one GPIO is soldered to.

    kind     "contact", "counter", "knob_a", "knob_b" (driven by the cabinet); "coil", "pwm", "step", "dir",
             "enable" (driven by the controller); "bus" (a line of a bus); "select" (chip select)
    wire     position in IN or OUT; for "bus" its name such as "i2c0.sda"; for "select" the chip
    invert   an optocoupler or transistor sits between: terminal 1 is pin 0
    """

    def __init__(self, kind, wire, invert=False):
        self.kind = kind
        self.wire = wire
        self.invert = 1 if invert else 0
