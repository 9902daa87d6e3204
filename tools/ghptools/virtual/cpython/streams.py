"""MicroPython's `select` and the two streams of `sys`, over byte queues: the console of an in-process run."""


class Queue:
    """Bytes on their way; one end writes, the other takes."""

    def __init__(self):
        self.bytes = bytearray()
        self.buffer = self  # sys.stdin.buffer and sys.stdout.buffer

    def readinto(self, buf):
        """Move up to len(buf) bytes into `buf`; return their number."""
        count = min(len(buf), len(self.bytes))
        buf[:count] = self.bytes[:count]
        del self.bytes[:count]
        return count

    def write(self, data):
        """Append; return the number of bytes taken (all of them)."""
        self.bytes.extend(data)
        return len(data)


class Poll:
    """select.poll for queues: POLLIN is there when bytes are, POLLOUT always."""

    def __init__(self):
        self._queue = None
        self._events = 0

    def register(self, queue, events):
        """Watch one queue."""
        if self._queue is not None:
            raise ValueError("this poll watches one stream")
        self._queue = queue
        self._events = events

    def ipoll(self, timeout):
        """Return what is ready now; waiting would stop virtual time."""
        if timeout != 0:
            raise ValueError("a poll inside the scan must not wait")
        if self._events == POLLOUT or self._queue.bytes:
            return ((self._queue, self._events),)
        return ()


POLLIN = 1
POLLOUT = 4


class Select:
    """The module `select`."""

    POLLIN = POLLIN
    POLLOUT = POLLOUT
    poll = Poll


class System:
    """The module `sys`, as far as a driver may see it."""

    def __init__(self, stdin, stdout):
        self.stdin = stdin
        self.stdout = stdout
        self.platform = "linux"
