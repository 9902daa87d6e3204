"""What one exchange costs beyond the world itself: `python -m ghptools.virtual.vm_bench [EXCHANGES]`."""

import sys
import time

import numpy as np

from ghptools.build import images
from ghptools.virtual import wires
from ghptools.virtual.vm import VirtualMachine

_PROGRAM = """
import time
sleep_ms = time.sleep_ms
for _ in range(%d):
    sleep_ms(50)
"""


def exchange_cost_us(exchanges=20000):
    """Return microseconds of real time per exchange, both processes together, with a world that does nothing."""
    inp = np.zeros(len(wires.IN), np.int32)
    first = []

    def world(_out, _dt_ms):
        if not first:
            first.append(time.perf_counter())
        return inp

    with VirtualMachine(world, rom=images.romfs({"main.py": (_PROGRAM % exchanges).encode()})) as vm:
        vm.on_idle = vm.stop
        vm.start()
        vm.run()
        return (time.perf_counter() - first[0]) / exchanges * 1e6


if __name__ == "__main__":
    print(f"{exchange_cost_us(*map(int, sys.argv[1:])):.1f} us per exchange")
