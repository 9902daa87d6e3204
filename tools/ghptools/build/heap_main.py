"""Inside the VM, in place of main.py: builds the unit, runs it, and prints what its heap costs.

Lines: `module NAME BYTES` (what importing it left, without what it imported itself), `base`, `imported`,
`built`, then each virtual minute `minute N in_use HIGH`, at the end `largest BYTES` (free in one piece),
`fast RUNS FAILED` and `slow RUNS MOST SUM`.
All are bytes of this processor's heap; `high` is the most ever seen between two collections, garbage included.
"""

import builtins
import gc
import sys

import esp32
import machine
import micropython

MINUTES = 1  # the host writes its number here

gc.collect()
base = gc.mem_alloc()
plain_import = builtins.__import__
inner = [0]  # bytes of the modules imported within the one being imported


def used():
    gc.collect()
    return gc.mem_alloc()


def weighing_import(name, *rest):
    if name in sys.modules:
        return plain_import(name, *rest)
    before = used()
    outer = inner[0]
    inner[0] = 0
    try:
        return plain_import(name, *rest)
    finally:
        whole = used() - before
        print("module", name, whole - inner[0])
        inner[0] = outer + whole


# On the board these are objects of the port, a few words each; here they are objects of simulated modules, and
# what they keep is the simulation's, not the firmware's.
simulated = [0]


def weigh_simulated(kind):
    plain_init = kind.__init__

    def weighed(self, *args, **kwargs):
        before = used()
        plain_init(self, *args, **kwargs)
        simulated[0] += used() - before

    kind.__init__ = weighed


for kind in (machine.Pin, machine.I2C, machine.SPI, machine.PWM, machine.Counter, machine.Encoder, machine.WDT, esp32.RMT):
    weigh_simulated(kind)
base = used()  # the wrappers themselves are ours

builtins.__import__ = weighing_import
execfile("/rom/boot_weighed.py")  # noqa: F821  MicroPython has it
import board  # noqa: E402
from ghp import selfcheck  # noqa: E402  as main.py does
from ghp.unit import Unit  # noqa: E402

damage = selfcheck.wrong()
if damage:
    raise ValueError(damage)
selfcheck.forget()
del selfcheck

builtins.__import__ = plain_import
imported = used() - base - simulated[0]
unit = Unit(board.build)
base += simulated[0]
built = used() - base
high = built
fast_failed = [0]
fast_runs = [0]
slow_runs = [0]
slow_most = [0]
slow_sum = [0]
tasks = {task.name: task for task in unit.executive.tasks}
plain_fast = tasks["fast"].run
plain_slow = tasks["slow"].run


def note():
    """Note what is in use at the end of a task, before anybody tidies."""
    global high
    high = max(high, gc.mem_alloc() - base)


def fast(now_ms):
    fast_runs[0] += 1
    micropython.heap_lock()
    try:
        plain_fast(now_ms)
    except MemoryError as error:
        micropython.heap_unlock()
        fast_failed[0] += 1
        if fast_failed[0] == 1:
            sys.print_exception(error, sys.stdout)
        plain_fast(now_ms)
        return
    micropython.heap_unlock()


def slow(now_ms):
    usual = gc.threshold()
    gc.threshold(-1)  # a collection in between would hide what was taken
    before = gc.mem_alloc()
    plain_slow(now_ms)
    took = gc.mem_alloc() - before
    gc.threshold(usual)
    note()
    if took >= 0:
        slow_runs[0] += 1
        slow_sum[0] += took
        slow_most[0] = max(slow_most[0], took)


def noting(run):
    def noted(now_ms):
        run(now_ms)
        note()

    return noted


for name, task in tasks.items():
    if name not in ("fast", "keep"):
        task.run = noting(task.run)

sleep_ms = unit.board.clock.sleep_ms
minute = 0
elapsed = 0
print("base", base)
print("imported", imported)
print("built", built)
while minute < MINUTES:
    if minute == 1 and tasks["fast"].run is not fast:  # the first minute warms up: every path has run once
        tasks["fast"].run = fast
        tasks["slow"].run = slow
    wait_ms = unit.executive.run_due()
    sleep_ms(wait_ms)
    elapsed += wait_ms
    if elapsed >= 60000:
        elapsed -= 60000
        minute += 1
        print("minute", minute, used() - base, high, unit.state_text())
largest = 1024
try:
    while True:
        bytearray(largest)
        gc.collect()
        largest += 1024
except MemoryError:
    pass
print("largest", largest - 1024)
print("fast", fast_runs[0], fast_failed[0])
print("slow", slow_runs[0], slow_most[0], slow_sum[0])
