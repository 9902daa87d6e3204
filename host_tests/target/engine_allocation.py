"""Runs inside MicroPython: the fast engine control allocates nothing, from rest through a run to rest.

Prints the states passed; an allocation ends it with MemoryError.
"""

import micropython
from engine_bench import Bench
from ghp.control import states


class Locked(Bench):
    def fast(self, now):
        micropython.heap_lock()
        try:
            Bench.fast(self, now)
        finally:
            micropython.heap_unlock()


bench = Locked(1000, cooldown_s=30, pumpdown_s=5, stop_to_start_s=60)
bench.suction_kpa = 300.0
bench.rested()
bench.orders.run_wanted = True
bench.reach(states.RUN)
bench.orders.speed_rpm = 1800
bench.seconds(20)
closed = bench.mixture.closed
bench.lambda_mv = 450  # a sensor that stopped switching
bench.seconds(10)
stuck = bench.mixture.mode
bench.orders.run_wanted = False
bench.reach(states.OFF)
bench.seconds(5)
print("closed", closed, "mode", stuck, "starts", bench.engine.starts, "standing", bench.standing)
