"""The virtual board's flash and ROM partition, kept by the host so that a power cut cannot lose them."""

import mmap
import os

from littlefs import LittleFS
from littlefs.context import UserContext

BLOCK_SIZE = 4096
EIO = 5
# MicroPython's defaults for a littlefs2 volume (extmod/vfs_lfs.c): read and program 32 bytes, cache four times
# that, lookahead 32.
_GEOMETRY = {"block_size": BLOCK_SIZE, "read_size": 32, "prog_size": 32, "cache_size": 128, "lookahead_size": 32}


class FlashMemory:
    """NOR flash of `blocks` x 4096 bytes: erased bytes are 0xFF and programming can only clear bits.

    path: file that keeps the contents between runs (made blank when missing), None for memory only.
    before_write: optional callable(kind, block) run before each program ("program") or erase ("erase"); it
    may cut the power by raising.  `programs` and `erases` count for wear.
    """

    def __init__(self, blocks=512, path=None):
        self.blocks = blocks
        self.programs = 0
        self.erases = [0] * blocks
        self.before_write = None
        size = blocks * BLOCK_SIZE
        self._file = None
        if path is None:
            self._cells = bytearray(b"\xff" * size)
            return
        if not os.path.exists(path):
            with open(path, "wb") as file:
                file.write(b"\xff" * size)
        if os.path.getsize(path) != size:
            raise ValueError(f"{path} has {os.path.getsize(path)} bytes, a flash of {blocks} blocks has {size}.")
        self._file = open(path, "r+b")  # noqa: SIM115  open as long as the mapping is
        self._cells = mmap.mmap(self._file.fileno(), size)

    def read(self, block, offset, size):
        """Return `size` bytes from byte `offset` of `block`."""
        start = block * BLOCK_SIZE + offset
        return bytes(self._cells[start : start + size])

    def program(self, block, offset, data):
        """Program bytes; returns 0, or -EIO when a bit would have to go from 0 to 1 or the place is outside."""
        start = block * BLOCK_SIZE + offset
        if start < 0 or start + len(data) > self.blocks * BLOCK_SIZE:
            return -EIO
        if self.before_write is not None:
            self.before_write("program", block)
        old = self._cells[start : start + len(data)]
        if int.from_bytes(data, "little") & ~int.from_bytes(old, "little"):
            return -EIO
        self._cells[start : start + len(data)] = bytes(data)
        self.programs += 1
        return 0

    def erase(self, block):
        """Erase one block; returns 0, or -EIO when there is no such block."""
        if not 0 <= block < self.blocks:
            return -EIO
        if self.before_write is not None:
            self.before_write("erase", block)
        start = block * BLOCK_SIZE
        self._cells[start : start + BLOCK_SIZE] = b"\xff" * BLOCK_SIZE
        self.erases[block] += 1
        return 0

    def volume(self, create=False):
        """Return the file system on it as a `littlefs.LittleFS`; `create` formats it first."""
        context = _FlashContext(self)
        volume = LittleFS(context, mount=False, block_count=self.blocks, **_GEOMETRY)
        if create:
            volume.format()
        volume.mount()
        return volume

    def install(self, files):
        """Write `files` (absolute path -> bytes), formatting a blank flash first; for tests and preparation."""
        blank = self.read(0, 0, 2 * BLOCK_SIZE).count(0xFF) == 2 * BLOCK_SIZE
        volume = self.volume(create=blank)
        for path, data in files.items():
            folder = os.path.dirname(path)
            if folder not in ("", "/"):
                volume.makedirs(folder, exist_ok=True)
            with volume.open(path, "wb") as file:
                file.write(data)
        volume.unmount()

    def files(self):
        """Return all files as absolute path -> bytes."""
        volume = self.volume()
        found = {}
        for folder, _folders, names in volume.walk("/"):
            for name in names:
                path = os.path.join(folder, name)
                with volume.open(path, "rb") as file:
                    found[path] = bytes(file.read())
        volume.unmount()
        return found

    def close(self):
        """Let go of the file."""
        if self._file is not None:
            self._cells.close()
            self._file.close()
            self._file = None


class _FlashContext(UserContext):
    """littlefs-python's block device over a FlashMemory."""

    def __init__(self, flash):
        super().__init__(0)
        self.flash = flash

    def read(self, cfg, block, off, size):
        return bytearray(self.flash.read(block, off, size))

    def prog(self, cfg, block, off, data):
        return self.flash.program(block, off, bytes(data))

    def erase(self, cfg, block):
        return self.flash.erase(block)

    def sync(self, cfg):
        return 0


class RomPartition:
    """A ROM partition in a file of `size` bytes, blank (0xFF) after `image`."""

    def __init__(self, path, size, image=None):
        self.path = str(path)
        self.size = size
        if image is not None or not os.path.exists(path):
            image = b"" if image is None else image
            if len(image) > size:
                raise ValueError(f"an image of {len(image)} bytes does not fit a ROM partition of {size} bytes.")
            with open(path, "wb") as file:
                file.write(image + b"\xff" * (size - len(image)))
        elif os.path.getsize(path) != size:
            raise ValueError(f"{path} has {os.path.getsize(path)} bytes, the ROM partition has {size}.")

    def write(self, offset, data):
        """Write bytes; returns 0 or -EIO when outside."""
        if offset < 0 or offset + len(data) > self.size:
            return -EIO
        with open(self.path, "r+b") as file:
            file.seek(offset)
            file.write(data)
        return 0

    def contents(self):
        """Return all bytes."""
        with open(self.path, "rb") as file:
            return file.read()
