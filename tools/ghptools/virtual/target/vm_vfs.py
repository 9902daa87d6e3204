"""Inside the VM: `vfs` as an esp32 with a ROM partition has it, `rom_ioctl` included.

The unix port has no `rom_ioctl`; `mpremote romfs deploy` asks for it to find and write the partition.
"""

import vm_link
from vfs import *  # noqa: F403  the built-in module's names stay

_ERASE_SIZE = 4096
_partition = None
_in_heap = False


def attach(partition, in_heap):
    """Serve `partition` (a writable buffer); `in_heap`: the host's writes do not show in it by themselves."""
    global _partition, _in_heap
    _partition = partition
    _in_heap = in_heap


def _program(offset, data):
    if offset < 0 or offset + len(data) > len(_partition):
        return -22
    if _in_heap:
        _partition[offset : offset + len(data)] = data
    return vm_link.rom_write(offset, data)


def rom_ioctl(op, rom_id=0, *args):
    """Count (1), buffer (2), prepare (3), write (4), complete (5), erase size (6) of the ROM partitions."""
    if _partition is None:
        return 0 if op == 1 else -22
    if op == 1:
        return 1
    if rom_id != 0:
        return -22
    if op == 2:
        return _partition
    if op == 3:
        offset, size = args if len(args) == 2 else (0, args[0])
        blank = b"\xff" * 256
        for start in range(offset, min(offset + size, len(_partition)), 256):
            status = _program(start, blank)
            if status:
                return status
        return 4
    if op == 4:
        return _program(args[0], args[1])
    if op == 5:
        return 0
    if op == 6:
        return _ERASE_SIZE
    return -22
