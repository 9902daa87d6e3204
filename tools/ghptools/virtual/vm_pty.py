"""A pseudo-terminal outward: what mpremote and serial terminals connect to."""

import contextlib
import fcntl
import os
import tty
from pathlib import Path

_READ = 4096
_BACKLOG = 1 << 18  # bytes kept for a slow reader; the oldest go, as on a wire nobody listens to


class PortError(Exception):
    """The outward path cannot be had; the text is one sentence."""


class PtyBridge:
    """Join a VirtualMachine's console to a new pseudo-terminal.

    link: optional path for a symbolic link to it.  A path that another running board holds, or where
    something else lies, raises PortError.  `path` is what to connect to.
    """

    def __init__(self, vm, link=None):
        self._vm = vm
        self._lock = None
        self.link = None if link is None else Path(link)
        if self.link is not None:
            self._claim()
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)  # the bridge keeps the inner end open, so that a client may come and go
        os.set_blocking(self._master, False)
        self.device = os.ttyname(self._slave)
        if self.link is not None:
            if self.link.is_symlink():
                self.link.unlink()
            self.link.symlink_to(self.device)
        self.path = self.device if self.link is None else str(self.link)
        self._out = bytearray()
        self._after_cr = False
        vm.watch(self._master, self._receive)
        vm.on_console = self.pump

    def _claim(self):
        if os.path.lexists(self.link) and not self.link.is_symlink():
            raise PortError(f"{self.link} exists and is not a link of a virtual board.")
        lock = self.link.with_name(self.link.name + ".lock")
        try:
            self._lock = open(lock, "a+")  # noqa: SIM115  held as long as the bridge lives
        except OSError as error:
            raise PortError(f"{self.link} cannot be made: {error.strerror}.") from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            self._lock = None
            raise PortError(f"{self.link} is in use by another virtual board.") from None

    def _receive(self):
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._master, _READ)
            if data:
                self._vm.terminal_write(data)

    def pump(self):
        """Carry the console's output outward; the line ends the way a board's serial line ends them."""
        for byte in self._vm.console_read():
            if byte == 10 and not self._after_cr:
                self._out.append(13)
            self._after_cr = byte == 13
            self._out.append(byte)
        if len(self._out) > _BACKLOG:
            del self._out[: len(self._out) - _BACKLOG]
        if self._out:
            with contextlib.suppress(BlockingIOError):
                sent = os.write(self._master, self._out)
                del self._out[:sent]

    @property
    def backlog(self):
        """Bytes that the reader has not taken yet."""
        return len(self._out)

    def close(self):
        """Take the terminal and its link away."""
        self._vm.unwatch(self._master)
        self._vm.on_console = None
        os.close(self._master)
        os.close(self._slave)
        if self._lock is not None:
            with contextlib.suppress(OSError):
                self.link.unlink()
            with contextlib.suppress(OSError):
                os.unlink(self._lock.name)
            self._lock.close()
