"""Inside the VM: the simulated flash as a MicroPython block device (the extended interface)."""

import vm_link

BLOCK_SIZE = 4096


class Flash:
    """`blocks` erase blocks of 4096 bytes, kept by the host."""

    def __init__(self, blocks):
        self.blocks = blocks

    def readblocks(self, block, buf, offset=0):
        """Fill `buf` from byte `offset` of `block`."""
        vm_link.flash_read(block, offset, buf)

    def writeblocks(self, block, buf, offset=None):
        """Program `buf`; without an offset the block is erased first, as the simple interface asks."""
        if offset is None:
            for index in range((len(buf) + BLOCK_SIZE - 1) // BLOCK_SIZE):
                vm_link.flash_erase(block + index)
            offset = 0
        status = vm_link.flash_program(block, offset, buf)
        if status:
            raise OSError(-status)

    def ioctl(self, op, arg):
        """Answer count (4), size (5), erase (6); the rest needs nothing."""
        if op == 4:
            return self.blocks
        if op == 5:
            return BLOCK_SIZE
        if op == 6:
            return vm_link.flash_erase(arg)
        return 0
