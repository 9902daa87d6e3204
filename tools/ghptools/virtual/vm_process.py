"""The VM's process: its pipes for frames and console, its end."""

import contextlib
import os
import select
import signal
import subprocess
from pathlib import Path

_READ = 65536


class VmProcess:
    """One running interpreter.

    command    program and arguments up to the image words
    arguments  callable(frames in, frames out) -> the words after them, given the VM's pipe numbers

    frames_in, frames_out   descriptors of the host's ends;  stdout   descriptor of the console's output
    """

    def __init__(self, command, arguments):
        vm_in, self.frames_out = os.pipe()
        self.frames_in, vm_out = os.pipe()
        self._process = subprocess.Popen(
            [*command, *arguments(vm_in, vm_out)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            pass_fds=(vm_in, vm_out),
            start_new_session=True,  # Ctrl-C at the host's terminal is the host's
        )
        os.close(vm_in)
        os.close(vm_out)
        self.pid = self._process.pid
        self.stdout = self._process.stdout.fileno()
        self._stdin = self._process.stdin.fileno()
        os.set_blocking(self._stdin, False)

    def write(self, data):
        """Send console bytes; returns how many were taken."""
        with contextlib.suppress(BlockingIOError, BrokenPipeError):
            return os.write(self._stdin, data)
        return 0

    def read(self):
        """Return console bytes that are there: None when there are none, empty at the end of the line."""
        if select.select((self.stdout,), (), (), 0)[0]:
            return os.read(self.stdout, _READ)
        return None

    def sleeps(self):
        """True when the process waits in a system call, None where that cannot be told."""
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"
        except OSError:
            return None

    def interrupt(self):
        """Raise KeyboardInterrupt in it."""
        self._process.send_signal(signal.SIGINT)

    def wait(self):
        """Return its exit status once it has ended by itself."""
        return self._process.wait()

    def kill(self):
        """End it at once, as a power cut does, and close the pipes."""
        self._process.kill()
        self._process.wait()
        os.close(self.frames_in)
        os.close(self.frames_out)
        self._process.stdin.close()
        self._process.stdout.close()
