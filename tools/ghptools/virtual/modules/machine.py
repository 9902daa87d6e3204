"""Simulated `machine` of an ESP32-S3: the names our drivers use, with the real module's manners.

Every object binds to the circuit that is installed when this module is imported.  What the real chip does
not have is an error here too; what would damage or confuse the real board (two drivers on one pin, an output
against an output) is an error here where the real board would only misbehave.
"""

import errno
import sys

if sys.platform == "esp32":
    raise ImportError("the simulated machine must not run on a controller")

from ghptools.virtual import circuit as _circuit  # noqa: E402
from ghptools.virtual import wires as _wires  # noqa: E402

_bench = _circuit.current()
_inp = _bench.inp
_out = _bench.out

PWRON_RESET = _circuit.RESET_POWER
HARD_RESET = _circuit.RESET_HARD
WDT_RESET = _circuit.RESET_WATCHDOG
DEEPSLEEP_RESET = 4
SOFT_RESET = _circuit.RESET_SOFT

_ABSENT = _wires.position(_wires.IN, "absent_chips")
_STUCK = _wires.position(_wires.IN, "stuck_buses")
_STEPS = _wires.position(_wires.OUT, "valve_steps")
_DIR = _wires.position(_wires.OUT, "valve_dir")
_ENABLE = _wires.position(_wires.OUT, "valve_enable")
_WATCHDOG = _wires.position(_wires.OUT, "watchdog_ms")

# GPIO 22..25 do not exist on the S3; 26..32 carry the module's flash.
_FLASH_PINS = range(26, 33)
_PCNT_UNITS = 4  # of an ESP32-S3; the classic ESP32 has eight

# Which role may take over a pin from which: a pin is made a safe output before a peripheral drives it, and
# an input before a counter watches it.  Anything else is two drivers on one pin.
_HANDOVER = {"pwm": "out", "rmt": "out", "count": "in"}


def reset():
    """Restart the controller."""
    _bench.restart(_circuit.RESET_HARD)


def reset_cause():
    """Return why the controller started, one of the *_RESET constants."""
    return _bench.reset_cause


def _claim(gpio, role):
    owner = _bench.owners.get(gpio)
    if owner is not None and owner != role and owner != _HANDOVER.get(role):
        raise ValueError("GPIO%d is already used as %s" % (gpio, owner))
    _bench.owners[gpio] = role


def _hold(name, item):
    if name in _bench.peripherals:
        raise ValueError(name + " is already in use")
    _bench.peripherals[name] = item


def _gpio(pin):
    return pin._gpio if isinstance(pin, Pin) else pin


class Pin:
    """One GPIO.  The electrical meaning comes from the cabinet's netlist, never from the caller."""

    IN = 1
    OUT = 3
    PULL_DOWN = 1
    PULL_UP = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2

    def __init__(self, id, mode=-1, pull=-1, *, value=None):
        if not isinstance(id, int) or id < 0 or id > 48 or 22 <= id <= 25:
            raise ValueError("invalid pin")
        if id in _FLASH_PINS:
            raise ValueError("GPIO%d carries the flash" % id)
        net = _bench.nets.get(id)
        if net is None:
            raise ValueError("GPIO%d is not connected on this board" % id)
        self._gpio = id
        self._net = net
        self._wire = net.wire
        self._invert = net.invert
        self._level = 0
        self._driven = net.kind in ("coil", "pwm", "step", "dir", "enable", "select")
        self._handler = None
        self._trigger = 0
        self._last = 0
        if mode == -1:
            return
        if mode == Pin.OUT:
            if not self._driven:
                raise ValueError("GPIO%d: an output against the cabinet's %s" % (id, net.kind))
            _claim(id, "out")
            self.value(0 if value is None else value)
        elif mode == Pin.IN:
            if self._driven or net.kind == "bus":
                raise ValueError("GPIO%d: an input on the cabinet's %s" % (id, net.kind))
            _claim(id, "in")
        else:
            raise ValueError("mode not simulated")

    def value(self, x=None):
        """Return the level, or set it when `x` is given (only on a pin that is an output)."""
        if x is None:
            if self._driven:
                return self._level
            kind = self._net.kind
            if kind == "contact":
                return _inp[self._wire] ^ self._invert
            if kind == "knob_a":  # turning clockwise, A leads B by one quadrature step
                return (_inp[self._wire] + 1 >> 1) & 1
            return (_inp[self._wire] >> (1 if kind == "knob_b" else 0)) & 1
        if not self._driven or _bench.owners.get(self._gpio) != "out":
            raise ValueError("GPIO%d is not an output" % self._gpio)
        x = 1 if x else 0
        kind = self._net.kind
        if kind == "coil" or kind == "dir" or kind == "enable":
            _out[self._wire] = x ^ self._invert
        elif kind == "pwm":
            _out[self._wire] = 65535 if x else 0
        elif kind == "select":
            self._net.wire.select(not x)
        elif x and not self._level:
            _step(1)
        self._level = x
        return None

    def irq(self, handler=None, trigger=3):
        """Call `handler(pin)` for every edge named by `trigger`; edges arrive with the exchange."""
        if self._net.kind != "counter":
            raise ValueError("GPIO%d: edges are simulated on pulse inputs only" % self._gpio)
        _claim(self._gpio, "count")
        self._handler = handler
        self._trigger = trigger
        self._last = _inp[self._wire]
        if self not in _bench.edge_watchers:
            _bench.edge_watchers.append(self)

    def _edges(self):
        """Deliver the edges since the last exchange (called by the circuit)."""
        now = _inp[self._wire]
        last = self._last
        if now == last:
            return
        self._last = now
        while last != now:
            last = (last + 1) & _wires.COUNT_MASK
            edge = Pin.IRQ_RISING if last & 1 else Pin.IRQ_FALLING
            if self._handler is not None and self._trigger & edge:
                self._handler(self)


def _step(steps):
    if _out[_ENABLE]:
        if not _out[_DIR]:
            steps = -steps
        _out[_STEPS] = (_out[_STEPS] + steps) & _wires.COUNT_MASK


class PWM:
    """Pulse width on a pin; the filter behind it makes a level of the duty."""

    def __init__(self, dest, *, freq=5000, duty_u16=0):
        gpio = _gpio(dest)
        net = _bench.nets.get(gpio)
        if net is None or net.kind != "pwm":
            raise ValueError("GPIO%d has no actuator that follows pulse width" % gpio)
        if not 1 <= freq <= 40000000:
            raise ValueError("frequency")
        _claim(gpio, "pwm")
        _hold("pwm%d" % gpio, self)
        self._wire = net.wire
        self.duty_u16(duty_u16)

    def duty_u16(self, value=None):
        """Return the duty 0..65535, or set it."""
        if value is None:
            return _out[self._wire]
        if not 0 <= value <= 65535:
            raise ValueError("duty_u16 must be from 0 to 65535")
        _out[self._wire] = value
        return None


class Counter:
    """Pulse counter on one PCNT unit (four of them, shared with Encoder)."""

    RISING = 1
    FALLING = 2
    UP = 1
    DOWN = 2

    def __init__(self, id, src, *, edge=RISING, direction=UP, filter_ns=0):
        if not 0 <= id < _PCNT_UNITS:
            raise ValueError("there is no PCNT unit %d" % id)
        gpio = _gpio(src)
        net = _bench.nets.get(gpio)
        if net is None or net.kind != "counter":
            raise ValueError("GPIO%d has no pulse input" % gpio)
        if edge not in (1, 2, 3) or direction not in (1, 2) or filter_ns < 0:
            raise ValueError("edge, direction or filter")
        _claim(gpio, "count")
        _hold("pcnt%d" % id, self)
        self._wire = net.wire
        self._edge = edge
        self._sign = 1 if direction == Counter.UP else -1
        self._last = _inp[net.wire]
        self._count = 0

    def value(self, value=None):
        """Return the count since it was last set; set it when `value` is given."""
        now = _inp[self._wire]
        last = self._last
        if now != last:
            edges = (now - last) & _wires.COUNT_MASK
            edge = self._edge
            if edge != 3:
                # Even is low: between `last` and `last + edges` every odd number is a rising edge.
                start = last & 1 if edge == Counter.RISING else ~last & 1
                edges = (edges + 1 - start) >> 1
            self._count += edges * self._sign
            self._last = now
        count = self._count
        if value is not None:
            self._count = value
        return count


class Encoder:
    """Quadrature decoder on one PCNT unit."""

    def __init__(self, id, phase_a, phase_b, *, phases=1, filter_ns=0):
        if not 0 <= id < _PCNT_UNITS:
            raise ValueError("there is no PCNT unit %d" % id)
        if phases not in (1, 2, 4) or filter_ns < 0:
            raise ValueError("phases")
        kinds = []
        for pin in (phase_a, phase_b):
            net = _bench.nets.get(_gpio(pin))
            kinds.append(net.kind if net is not None else None)
            _claim(_gpio(pin), "count")
        if kinds == ["knob_a", "knob_b"]:
            self._sign = 1
        elif kinds == ["knob_b", "knob_a"]:
            self._sign = -1
        else:
            raise ValueError("no knob on these pins")
        _hold("pcnt%d" % id, self)
        self._wire = _bench.nets[_gpio(phase_a)].wire
        self._phases = phases
        self._base = _inp[self._wire]

    def value(self):
        """Return the position in counts, `phases` of them to a cycle."""
        return (_inp[self._wire] - self._base) * self._sign * self._phases // 4


class I2C:
    """Hardware I2C master: finds its chips by the lines it is soldered to, not by its number."""

    def __init__(self, id, *, scl, sda, freq=400000, timeout=50000):
        if id not in (0, 1):
            raise ValueError("there is no I2C(%d)" % id)
        name = None
        for pin, line in ((scl, ".scl"), (sda, ".sda")):
            gpio = _gpio(pin)
            net = _bench.nets.get(gpio)
            if net is None or net.kind != "bus" or not net.wire.endswith(line):
                raise ValueError("GPIO%d is not an I2C line %s" % (gpio, line))
            if name is not None and net.wire != name + line:
                raise ValueError("scl and sda belong to different buses")
            name = net.wire[:-4]
            _claim(gpio, "i2c")
        if not 1000 <= freq <= 400000:
            raise ValueError("the chips of this board answer up to 400 kHz")
        _hold("I2C(%d)" % id, self)
        self._freq = freq
        self._timeout_us = timeout
        self._chips = _bench.buses[name]
        self._stuck = 1 << _wires.position(_wires.BUSES, name)

    def _chip(self, addr):
        if _inp[_STUCK] & self._stuck:
            raise OSError(errno.ETIMEDOUT)
        chip = self._chips.get(addr)
        if chip is None or _inp[_ABSENT] & chip.bit:
            raise OSError(errno.ENODEV)
        return chip

    def readfrom_mem_into(self, addr, memaddr, buf, *, addrsize=8):
        """Set the chip's register pointer, then fill `buf`; OSError when nobody answers."""
        chip = self._chips.get(addr)
        if chip is None or _inp[_ABSENT] or _inp[_STUCK]:
            chip = self._chip(addr)
        if addrsize != chip.address_bits:
            raise ValueError("%s has registers of %d bits" % (chip.name, chip.address_bits))
        chip.point(memaddr)
        chip.answer(buf)

    def writeto_mem(self, addr, memaddr, buf, *, addrsize=8):
        """Set the chip's register pointer, then write `buf`; OSError when nobody answers."""
        chip = self._chips.get(addr)
        if chip is None or _inp[_ABSENT] or _inp[_STUCK]:
            chip = self._chip(addr)
        if addrsize != chip.address_bits:
            raise ValueError("%s has registers of %d bits" % (chip.name, chip.address_bits))
        chip.point(memaddr)
        chip.accept(buf)

    def _fits(self, size):
        # Nine clocks a byte, and the address.  The time-out is for the whole transfer.
        if (size + 1) * 9 * 1000000 // self._freq > self._timeout_us:
            raise OSError(errno.ETIMEDOUT)

    def writeto(self, addr, buf):
        """Send `buf`; return the number of bytes acknowledged."""
        self._fits(len(buf))
        self._chip(addr).receive(buf)
        return len(buf)

    def writevto(self, addr, vector):
        """Send the buffers of `vector` as one transaction; return the number of bytes acknowledged."""
        chip = self._chip(addr)
        data = bytearray()
        for part in vector:
            data.extend(part)
        self._fits(len(data))
        chip.receive(data)
        return len(data)


class SPI:
    """Hardware SPI master; the selected chip is the one whose select line is low."""

    def __init__(self, id, baudrate=1000000, *, polarity=0, phase=0, sck=None, mosi=None, miso=None):
        if id not in (1, 2):
            raise ValueError("there is no SPI(%d)" % id)
        name = None
        for pin, line in ((sck, ".sck"), (miso, ".miso")):
            gpio = _gpio(pin)
            net = _bench.nets.get(gpio)
            if net is None or net.kind != "bus" or not net.wire.endswith(line):
                raise ValueError("%s is not an SPI line %s" % (gpio, line))
            name = net.wire[: -len(line)]
            _claim(gpio, "spi")
        if mosi is not None:
            raise ValueError("no chip on this bus listens")
        _hold("SPI(%d)" % id, self)
        self._chips = _bench.buses[name]
        self._stuck = 1 << _wires.position(_wires.BUSES, name)
        self._mode = polarity * 2 + phase
        self._baudrate = baudrate

    def readinto(self, buf, write=0):
        """Clock `buf` in.  With no chip selected, or none there, the pulled-up line reads ones."""
        chosen = None
        if not _inp[_STUCK] & self._stuck:
            for chip in self._chips.values():
                if chip.selected and not _inp[_ABSENT] & chip.bit:
                    if chosen is not None:
                        raise ValueError("two chips drive the bus at once")
                    chosen = chip
        if chosen is None:
            fill = 0 if _inp[_STUCK] & self._stuck else 0xFF
            for place in range(len(buf)):
                buf[place] = fill
        else:
            chosen.clock_out(buf, self._mode, self._baudrate)


class WDT:
    """Task watchdog: once started it cannot be stopped, only fed."""

    def __init__(self, *, id=0, timeout=5000):
        if id != 0:
            raise ValueError("there is no WDT(%d)" % id)
        if timeout < 1:
            raise ValueError("timeout")
        _bench.watchdog_us = timeout * 1000
        self.feed()

    def feed(self):
        """Start the time-out again."""
        _bench.fed_us = _bench.now_us
        _out[_WATCHDOG] = _bench.watchdog_us // 1000


class RTC:
    """The part of the real-time clock's domain that survives a reset: 2048 bytes of memory."""

    def memory(self, data=None):
        """Return the memory, or replace it by `data`."""
        if data is None:
            return _bench.rtc_memory
        if len(data) > 2048:
            raise ValueError("buffer too long")
        _bench.rtc_memory = bytes(data)
        if _bench.on_rtc_memory is not None:
            _bench.on_rtc_memory(_bench.rtc_memory)
        return None
