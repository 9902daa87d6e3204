"""The serial console's line: bytes in, bytes out, never waiting.

Reads and writes go through the port's standard streams (UART0 or native USB, as the image was built).  A
stream can be asked whether a byte is there, but a read of more bytes than that would block, so bytes are
taken one by one, a bounded number per call.  Output waits in a ring and leaves in small pieces, one piece per
`read` or `flush`: what a UART's FIFO takes without waiting.
"""

import select
import sys

import micropython
from micropython import const

_RING = const(1024)
_PIECE = const(128)
_IN = const(1)  # select.POLLIN
_OUT = const(4)  # select.POLLOUT
_CTRL_C = const(3)


class Line:
    """lost: bytes that `write` was offered while the ring was full."""

    def __init__(self):
        self._input = sys.stdin.buffer
        self._output = sys.stdout.buffer
        self._byte = bytearray(1)
        self._ring = bytearray(_RING)
        self._view = memoryview(self._ring)
        self._head = 0  # next free place
        self._count = 0
        self.lost = 0
        self._can_read = select.poll()
        self._can_read.register(sys.stdin, _IN)
        self._can_write = select.poll()
        self._can_write.register(sys.stdout, _OUT)
        self.take()

    def take(self):
        """Make Ctrl-C an ordinary byte: nobody may stop the scan with one keystroke."""
        micropython.kbd_intr(-1)

    def release(self):
        """Give Ctrl-C its meaning back, for a session at MicroPython's prompt."""
        micropython.kbd_intr(_CTRL_C)

    def read(self, buf):
        """Copy waiting bytes into `buf`; return their number, 0 if there are none.  Also sends a piece."""
        if self._count:
            self.flush()
        size = len(buf)
        done = 0
        byte = self._byte
        while done < size:
            ready = False
            for _ in self._can_read.ipoll(0):
                ready = True
            if not ready or not self._input.readinto(byte):
                break
            buf[done] = byte[0]
            done += 1
        return done

    def write(self, data):
        """Put `data` into the ring; return how many bytes it took.  What it could not take is counted."""
        size = len(data)
        room = _RING - self._count
        taken = size if size < room else room
        head = self._head
        ring = self._ring
        for place in range(taken):
            ring[head] = data[place]
            head += 1
            if head == _RING:
                head = 0
        self._head = head
        self._count += taken
        self.lost += size - taken
        return taken

    def room(self):
        """Return how many bytes `write` would take now."""
        return _RING - self._count

    def flush(self):
        """Send one piece of the ring; return how many bytes are left in it.  Never waits."""
        count = self._count
        if count == 0:
            return 0
        for _ in self._can_write.ipoll(0):
            left = count - _PIECE if count > _PIECE else 0
            while count > left:  # twice where the ring ends inside the piece
                tail = self._head - count
                if tail < 0:
                    tail += _RING
                piece = count - left
                if piece > _RING - tail:
                    piece = _RING - tail
                sent = self._output.write(self._view[tail : tail + piece])
                if sent:  # None: a stream that took nothing
                    count -= sent
                if sent != piece:
                    break
            self._count = count
        return self._count
