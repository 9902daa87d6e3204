"""The real MicroPython VM as the virtual board's processor: one process, driven frame by frame.

    vm = VirtualMachine(on_exchange, rom=image)
    vm.start()
    vm.run()                # until vm.stop(), or what on_exchange raises
    vm.close()

`on_exchange(out, dt_ms)` gets the output wires as an int32 array (valid during the call), lets the world
run and returns the input wires as an int32 array.  In it the caller may use the console, cut the power or
stop.  Nothing runs in the VM while it runs, so the same world gives the same trace.
"""

import os
import select
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from ghptools.build import images
from ghptools.virtual import circuit, vm_interpreter, wires
from ghptools.virtual import vm_frames as frames
from ghptools.virtual.vm_core import SharedCore
from ghptools.virtual.vm_memory import FlashMemory, RomPartition
from ghptools.virtual.vm_process import VmProcess

LAUNCH = Path(__file__).parent / "target" / "launch.py"
BOARD_HEAP_KIB = 200  # reference board without radio; counted in 32-bit words, so 400 KiB in this process
PAGES = 8
PAGE_BYTES = 128
_PAGES_WIRE = wires.position(wires.OUT, "display_pages")
_WATCHDOG_WIRE = wires.position(wires.OUT, "watchdog_ms")
_STALL_S = 20.0  # real time without a frame from a running program: far above any scan, a hung program
_WATCHDOG_STALL_S = 2.0  # the same when the firmware has started a watchdog


class VirtualMachineError(Exception):
    """The VM could not go on; the text says why, with the console's last lines."""


class VirtualMachine:
    """One controller: processor, flash, ROM partition, console.

    on_exchange  callable(out, dt_ms) -> inp, see the module text
    rom          bytes of a ROMFS image, a RomPartition, or None for a board with an empty partition
    flash        FlashMemory; None for a blank one of 2 MiB
    on_restart   optional callable(cause), before the controller runs again after a reset
    heap_kib     collected heap in KiB of a 32-bit processor (`-X heapsize=...w` gives 64-bit words room)
    start_ticks  ticks_ms at power-up
    speed        virtual seconds per real second, None for as fast as it goes
    """

    def __init__(
        self,
        on_exchange,
        *,
        rom=None,
        flash=None,
        on_restart=None,
        heap_kib=BOARD_HEAP_KIB,
        start_ticks=0,
        speed=None,
    ):
        self.on_exchange = on_exchange
        self.on_restart = on_restart
        self.flash = FlashMemory() if flash is None else flash
        self.start_ticks = start_ticks
        self.speed = speed
        self.display = bytearray(PAGES * PAGE_BYTES)
        self.rtc_memory = b""
        self.kept = circuit.Kept()
        self.on_idle = None  # optional callable(), when the program has ended and the prompt follows
        self.on_console = None  # optional callable(), whenever the console may have something to say
        self.virtual_ms = 0
        self.exchanges = 0
        self.restarts = 0
        self.idle = False  # no program runs: the interpreter's own prompt answers
        self.interrupt_char = 3
        self._interpreter = vm_interpreter.find()
        self._folder = tempfile.mkdtemp(prefix="ghp-vm-")
        self._board_path = os.path.join(self._folder, "board.romfs")
        board = images.board_image()
        Path(self._board_path).write_bytes(board)
        if not isinstance(rom, RomPartition):
            size = max(4096, len(rom)) if rom is not None else 1 << 20
            rom = RomPartition(os.path.join(self._folder, "rom.bin"), size, rom or b"")
        self.rom = rom
        self.heap_bytes = heap_kib * 1024
        if not self._interpreter.maps_images:  # the images lie in the heap then, which grows by as much
            self.heap_bytes += (len(board) + rom.size) // 2 + 128
        self._process = None
        self._input = bytearray()
        self._core = SharedCore()
        self._head = bytearray(frames.HEAD.size)
        self._out = bytearray(4 * len(wires.OUT))
        self._out_view = np.frombuffer(self._out, np.int32)
        self._console = bytearray()
        self._watched = {}  # extra descriptors -> callable()
        self._stopping = False
        self._raw_prompt = False
        self._booted = False
        self._interrupt_wanted = False
        self._last_frame_s = 0.0
        self._pace_from = None

    # --- life ----------------------------------------------------------------------------------------

    def start(self, cause=frames.PWRON, prompt="friendly"):
        """Power up (or restart) with a reset cause; `prompt` "raw" leaves main.py out, as mpremote asks."""
        self._kill()
        if cause == frames.PWRON:
            self.rtc_memory = b""
        word = "file:" if self._interpreter.maps_images else "heap:"
        self._process = VmProcess(
            (*self._interpreter.command, "-X", f"heapsize={self.heap_bytes}w", "-i", str(LAUNCH)),
            lambda vm_in, vm_out: (
                *(word + self._board_path, word + self.rom.path, str(vm_in), str(vm_out)),
                *(str(self.flash.blocks), str(int(cause)), prompt, str(self.start_ticks)),
            ),
        )
        if self._core.core is not None:
            self._core.claim(self._process.pid)
        # The frames come first: when a frame is ready, what was printed before it is ready as well, and the
        # kernel looks in this order.
        self._poll = select.poll()
        for descriptor in (self._process.frames_in, self._process.stdout, *self._watched):
            self._poll.register(descriptor, select.POLLIN)
        self.display[:] = bytes(len(self.display))
        self._out_view[:] = 0
        self.idle = self._booted = False
        self.interrupt_char = 3
        self._raw_prompt = prompt == "raw"
        self._interrupt_wanted = False
        self._input = bytearray(b"\x01" if self._raw_prompt else b"")
        self._last_frame_s = time.monotonic()
        self._pace_from = None

    def run(self):
        """Serve the machine until `stop` is called."""
        self._stopping = False
        if self.speed is None and self._process is not None:
            self._core.claim(self._process.pid)
        try:
            while not self._stopping:
                self._turn(1000)
        finally:
            self._core.release()

    def turn(self, timeout_s=0.1):
        """Serve what is ready, or wait up to `timeout_s` for something."""
        self._turn(int(timeout_s * 1000))

    def stop(self):
        """Make `run` return after the current frame."""
        self._stopping = True

    def power_cut(self):
        """Kill the controller where it stands; `start` powers it up again."""
        self._kill()

    def close(self):
        """End the process and remove its files."""
        self._kill()
        self.flash.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.close()

    @property
    def running(self):
        """True while the process exists."""
        return self._process is not None

    # --- console -------------------------------------------------------------------------------------

    def console_write(self, data):
        """Send bytes to the controller's serial line."""
        if self.idle:
            for byte in data:
                if byte in (1, 2):
                    self._raw_prompt = byte == 1
        self._input += data
        self._push_input()

    def console_read(self):
        """Take the bytes that the controller has sent since the last call."""
        data = bytes(self._console)
        self._console.clear()
        return data

    def terminal_write(self, data):
        """Send bytes as a terminal does: the interrupt character stops a running program."""
        char = self.interrupt_char
        if char >= 0 and char in data and not self._waits_for_input():
            self._interrupt_wanted = True
            data = data.replace(bytes((char,)), b"")
        self.console_write(data)

    def watch(self, descriptor, callback):
        """Call `callback()` in the machine's loop whenever `descriptor` can be read."""
        self._watched[descriptor] = callback
        if self._process is not None:
            self._poll.register(descriptor, select.POLLIN)

    def unwatch(self, descriptor):
        """Forget a watched descriptor."""
        del self._watched[descriptor]
        if self._process is not None:
            self._poll.unregister(descriptor)

    # --- the loop ------------------------------------------------------------------------------------

    def _turn(self, timeout_ms):
        if self._process is None:
            raise VirtualMachineError("The virtual machine is switched off.")
        if self._input or self._interrupt_wanted or self.on_console is not None:
            timeout_ms = min(timeout_ms, 10)
        frame = hangup = False
        process = self._process
        for descriptor, _event in self._poll.poll(timeout_ms):
            if descriptor == process.frames_in:
                frame = True
            elif descriptor == process.stdout:
                hangup = self._drain()
            else:
                self._watched[descriptor]()
        if self._process is None:
            return
        if frame:
            self._frame()
        elif hangup:
            self._ended()
        else:
            self._quiet()
        self._push_input()
        if self.on_console is not None:
            self.on_console()

    def _quiet(self):
        """Nothing came: deliver an interrupt to a program that makes no frames, notice one that hangs."""
        still_s = time.monotonic() - self._last_frame_s
        if self._interrupt_wanted and self._booted and still_s > 0.2:
            self._interrupt_wanted = False
            if self._waits_for_input():
                self.console_write(bytes((self.interrupt_char,)))
            else:
                self._process.interrupt()
        if self.idle:
            return
        if self._out_view[_WATCHDOG_WIRE] and still_s > _WATCHDOG_STALL_S:
            self._restart(frames.WDT)
        elif still_s > _STALL_S:
            raise VirtualMachineError(
                f"The firmware has let no time pass for {_STALL_S:.0f} real seconds: it hangs.{self._tail()}"
            )

    def _frame(self):
        if os.readv(self._process.frames_in, (self._head,)) != frames.HEAD.size:
            self._ended()
            return
        op, a, b, size = frames.HEAD.unpack(self._head)
        self._last_frame_s = time.monotonic()
        if op == frames.EXCHANGE:
            self._exchange(a, b, size)
            return
        if op == frames.FLASH_READ:
            self._answer(self.flash.read(a, b, size))
            return
        if op == frames.KEPT_READ:
            data = bytearray(size)
            self.kept.read(a, data)
            self._answer(data)
            return
        data = self._payload(bytearray(size)) if size else b""
        if op == frames.RESET:
            self._restart(a)
        elif op == frames.RTC_LOAD:
            self._answer(frames.STATUS.pack(len(self.rtc_memory)) + self.rtc_memory)
        else:
            status = self._operation(op, a, b, data)
            if op == frames.PROGRAM and a:
                status = self._take_interrupt()
            self._answer(frames.STATUS.pack(status))

    def _operation(self, op, a, b, data):
        if op == frames.FLASH_PROGRAM:
            return self.flash.program(a, b, data)
        if op == frames.FLASH_ERASE:
            return self.flash.erase(a)
        if op == frames.ROM_WRITE:
            return self.rom.write(a, data)
        if op == frames.KEPT_WRITE:
            self.kept.write(a, data)
        elif op == frames.RTC_STORE:
            self.rtc_memory = bytes(data)
        elif op == frames.PROGRAM:
            self._booted = True
            self.idle = a == 0
            if self.idle:
                self._interrupt_wanted = False
                if self.on_idle is not None:
                    self.on_idle()
        elif op == frames.INTERRUPT_CHAR:
            self.interrupt_char = a
        else:
            raise VirtualMachineError(f"The VM sent an unknown frame {op}.{self._tail()}")
        return 0

    def _exchange(self, dt_ms, expected, size):
        self._payload(self._out)
        if size > len(self._out):
            self._take_pages()
        process = self._process
        inp = self.on_exchange(self._out_view, dt_ms)
        self.exchanges += 1
        self.virtual_ms += dt_ms
        if self.speed is not None and dt_ms and self._process is process:
            self._pace(dt_ms)
        if self._process is not process:
            return  # the power was cut, perhaps switched on again: nobody waits for this answer
        if 4 * len(inp) != expected:
            raise VirtualMachineError(f"The world gave {len(inp)} wires, the board reads {expected // 4}.")
        self._answer(frames.STATUS.pack(self._take_interrupt()) + inp.tobytes())

    def _take_pages(self):
        bits = int(self._out_view[_PAGES_WIRE])
        for page in range(PAGES):
            if bits >> page & 1:
                self._payload(memoryview(self.display)[page * PAGE_BYTES : (page + 1) * PAGE_BYTES])

    def _payload(self, buffer):
        got = os.readv(self._process.frames_in, (buffer,))
        view = memoryview(buffer)
        while got < len(buffer):
            more = os.readv(self._process.frames_in, (view[got:],))
            if more == 0:
                raise VirtualMachineError(f"The VM ended inside a frame.{self._tail()}")
            got += more
        return buffer

    def _take_interrupt(self):
        if not self._booted or not self._interrupt_wanted:
            return 0
        self._interrupt_wanted = False
        return 1

    def _answer(self, data):
        if self._process is not None:
            os.write(self._process.frames_out, data)

    def _pace(self, dt_ms):
        """Hold the answer until real time has caught up; console and watched descriptors stay alive."""
        now = time.monotonic()
        if self._pace_from is None or now - self._pace_from > 0.5:
            self._pace_from = now
        self._pace_from += dt_ms / 1000.0 / self.speed
        poll = select.poll()
        for descriptor in self._watched:
            poll.register(descriptor, select.POLLIN)
        while (left := self._pace_from - time.monotonic()) > 0.0005 and not self._stopping:
            for descriptor, _event in poll.poll(left * 1000):
                self._watched[descriptor]()
            if self._process is None:
                return
            self._push_input()
            if self.on_console is not None:
                self.on_console()

    # --- ends ----------------------------------------------------------------------------------------

    def _restart(self, cause):
        self._drain()
        self._kill()
        self.restarts += 1
        if self.on_restart is not None:
            self.on_restart(cause)
        if self._process is None:
            self.start(cause)

    def _ended(self):
        """The process has gone by itself: a soft reset when it was at its prompt, else an error."""
        self._drain()
        raw = self._raw_prompt
        was_idle = self.idle
        code = self._process.wait()
        self._kill()
        if code != 0 or not was_idle:
            raise VirtualMachineError(f"The VM ended by itself with status {code}.{self._tail()}")
        self._console += b"MPY: soft reboot\r\n"
        self.restarts += 1
        if self.on_restart is not None:
            self.on_restart(frames.SOFT)
        if self._process is None:
            self.start(frames.SOFT, "raw" if raw else "friendly")

    def _kill(self):
        process, self._process = self._process, None
        if process is not None:
            process.kill()

    def _drain(self):
        """Take what is printed; True when the other end is closed."""
        data = self._process.read()
        if data:
            self._console += data
        return data == b""

    def _push_input(self):
        if self._input and self._process is not None:
            del self._input[: self._process.write(self._input)]

    def _waits_for_input(self):
        """True when the process sleeps in a read of the console."""
        return self.idle and self._process is not None and self._process.sleeps() is not False

    def _tail(self):
        lines = bytes(self._console).decode("utf-8", "replace").strip().splitlines()[-8:]
        return " Console: " + " | ".join(lines) if lines else ""
