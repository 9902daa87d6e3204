"""The way from a running unit to MicroPython's own prompt, for repair and for new firmware.

1. The console's `reboot repl` asks `may_leave` and, when nothing speaks against it, calls the boot flag's
   `request_prompt()` and restarts the board.
2. The restart's first act is boot.py: every output at its safe level.  The heartbeat stands still, so the
   window watchdog keeps the fuel relay open for as long as the prompt is in charge.
3. main.py asks `take_request()` before it builds anything.  When the flag is set it prints NOTICE and ends:
   no scan, no processor watchdog, Ctrl-C works, the prompt is on the line.  The flag is spent by being read:
   the next restart, or a power cut, runs the firmware again.

The flag is the first bytes of the memory that survives a reset (`machine.RTC().memory()`, 2048 bytes), the next five
count restarts that nobody asked for; the bytes behind them belong to others and are kept.

A firmware that restarts again and again (a fault that comes back with it) would crank an engine between two restarts.
After MOST_RESTARTS in a row, none of which was followed by STEADY_S of running, main.py does not start it: outputs
safe, RESTLESS on the line, the prompt alive.  Power-up, a visit to the prompt and a restart that was asked for begin anew.
"""

FLAG = b"GHPr"
NO_FLAG = b"\x00\x00\x00\x00"
NOTICE = "service prompt: outputs safe, no control; reset or cut the power to run the firmware"


MOST_RESTARTS = 5
STEADY_S = 600
RESTLESS = "firmware not started: %d restarts in a row, none ran for ten minutes; outputs safe; cut the power to try again"
_COUNT = b"GHPn"


def with_flag(memory, wanted):
    """Return `memory` (bytes) with the flag set or cleared and everything behind it kept."""
    return (FLAG if wanted else NO_FLAG) + bytes(memory[len(FLAG) :])


def has_flag(memory):
    """True when `memory` asks for the prompt."""
    return bytes(memory[: len(FLAG)]) == FLAG


def restarts(memory):
    """Return how many restarts in a row `memory` counts; 0 when it counts none."""
    memory = bytes(memory[4:9])
    return memory[4] if len(memory) == 5 and memory[:4] == _COUNT else 0


def with_restarts(memory, count):
    """Return `memory` (bytes) counting `count` (0..255) restarts, everything else kept."""
    memory = bytes(memory)
    head = memory[:4] if len(memory) >= 4 else NO_FLAG
    return head + _COUNT + bytes((count,)) + memory[9:]


def may_leave(engine_rpm, outputs_safe):
    """Return None when control may be left or shared with a program, else one sentence that says why not.

    engine_rpm: engine speed in rpm, None when it is not known; outputs_safe: gas valve, ignition, starter and
    clutch are all off.
    """
    if engine_rpm is None:
        return "refused: the engine's speed is not known"
    if engine_rpm > 0:
        return "refused: the engine turns at %d rpm; stop the unit first" % engine_rpm
    if not outputs_safe:
        return "refused: gas valve, ignition, starter or clutch is on; stop the unit first"
    return None
