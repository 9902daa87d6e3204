"""Console and panel on whichever interpreter runs this: prints all that they said and showed, line by line.

The test beside it compares the two interpreters.  On MicroPython an idle slice must not allocate.
"""

import gc
import sys

try:
    from micropython import heap_lock, heap_unlock
except ImportError:

    def heap_lock():
        """CPython has no heap to lock."""

    heap_unlock = heap_lock

gc.collect()
before = gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0

from ghp.console.console import Console  # noqa: E402
from ghp.panel.panel import Panel  # noqa: E402

gc.collect()
rooms = (gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0) - before

from people_unit import Display, Line, running_unit  # noqa: E402

COMMANDS = (
    "help", "help set", "version", "status", "@status", "why", "@why", "points", "@points", "points xx", "settings",
    "get band_k", "get mode", "set hot_setpoint_c 155", "set hot_setpoint_c 165", "set hot_setpoint_c warm",
    "set hot_setpoint_c 60 K", "set vernier off", "set crank_attempts 2.5", "set nothing 3", "mode heat", "mode x",
    "alarms", "alarms history", "tasks", "@tasks", "stream 200", "stream off", "@stream 99", "reset", "reboot",
    "stats", "claims", "@claims", "claims limit 75 10", "claims", "claims limit off", "clock", "@clock",
    "clock set 2026-07-16 09:30", "clock set 2026-02-30 09:30", "mode auto", "mode", "", "set units si", "status", "points le", "why",
)  # fmt: skip

unit = running_unit()
line = Line()
display = Display()
console = Console(unit, line)
panel = Panel(unit, display, unit.image.knob)
unit.held = [(1, "Waiting for the next stage", 95, "stage 5")]
unit.monitor.judge(unit.monitor.find("superheat_low"), True, unit.board.clock.now)
unit.put("ambient_temp", -6.67)


def run(slices):
    for _ in range(slices):
        unit.step()
        console.service(unit.board.clock.now)
        panel.update(unit.board.clock.now)
        tell(bytes(line.said).rfind(b"\r\n") + 2 if len(line.said) > 1000 else 0)


def tell(count):
    """Print what the console has said in its first `count` bytes, and forget it: a long answer is no large block."""
    said = bytes(line.said[:count]).decode()
    line.said = bytearray(line.said[count:])
    for text in said.split("\r\n")[: None if not said.endswith("\r\n") else -1]:
        if "T," in text[:6]:
            text = text[: text.rfind(",")]  # mem_free: only this interpreter can know
        if not text.startswith(("mem_free=", "flow_trip_s")):  # flow_trip_s: a half is rounded differently
            print(text)


def memory_lines():
    for page in range(8):
        yield "".join(["%02x" % value for value in display.memory[page * 128 : page * 128 + 128]])


run(100)
for command in COMMANDS:
    line.typed.extend(command.encode() + b"\r")
    run(160 if command == "settings" else 70)
    tell(len(line.said))

for turn, push in ((0, False), (1, False), (1, False), (1, False), (1, False), (1, False), (0, True), (-1, True),
                   (0, True), (7, False), (-30, True)):  # fmt: skip
    unit.image.knob[0] += turn
    run(30)
    if push:
        unit.press(True)
        run(4)
        unit.press(False)
        run(30)
    for row in memory_lines():
        print(row)

run(100)
idle = 0
for _ in range(100):
    unit.step()
    now = unit.board.clock.now
    gc.collect()
    heap_lock()
    try:
        console.service(now)
    finally:
        heap_unlock()
    if panel._row >= 8 and now - panel._prepared_at < 500:
        idle += 1
        heap_lock()
        try:
            panel.update(now)
        finally:
            heap_unlock()
    else:
        panel.update(now)
print("idle", idle > 50, unit.failed, console.failures, panel.failures)
print("rooms %d bytes" % rooms, file=sys.stderr)
