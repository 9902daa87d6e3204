"""The board on the real MicroPython VM: no allocation in the fast path, and the same trace as on CPython."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ghp import points
from ghp.image import Image
from ghptools.virtual import inprocess, vm_interpreter
from ghptools.virtual.cpython.streams import Queue

pytestmark = pytest.mark.skipif(
    vm_interpreter.missing_on_purpose() is not None, reason=str(vm_interpreter.missing_on_purpose())
)
SCRIPTS = Path(__file__).parent / "scripts"
TOOLS = inprocess.ROOT / "tools"
SCANS = 400


def on_micropython(*arguments, script=SCRIPTS / "vm_main.py", code=None):
    path = [SCRIPTS, inprocess.MODULES, TOOLS, inprocess.FIRMWARE, inprocess.BOARDS / "ghp50", ".frozen"]
    return subprocess.run(
        [*vm_interpreter.find().command, *(["-c", code] if code else [str(script)]), *map(str, arguments)],
        env={**os.environ, "MICROPYPATH": ":".join(map(str, path))},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def on_cpython(start_ticks):
    sys.path.insert(0, str(SCRIPTS))
    try:
        import board_run  # noqa: PLC0415
    finally:
        sys.path.remove(str(SCRIPTS))
    board_run.seed[0] = 12345
    circuit = board_run.install(start_ticks)
    lines = []
    with inprocess.virtual_modules(circuit, Queue(), Queue()):
        board = inprocess._load("board", inprocess.BOARDS / "ghp50" / "board.py")
    board_run.run(circuit, board, Image(), points, SCANS, lines.append, lambda locked: None)
    return lines


@pytest.mark.parametrize("start_ticks", (0, 2**30 - 7777))
def test_same_trace_on_both_interpreters_and_no_allocation_in_the_fast_scan(start_ticks):
    """heap_lock turns any allocation inside read_fast, read_analog, write_fast, heartbeat or feed into a
    MemoryError; scans in which a chip or a bus is down are exempt, because an OSError is an object."""
    done = on_micropython(start_ticks, SCANS)
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]
    assert done.stdout.splitlines() == on_cpython(start_ticks)


def test_the_guard_would_see_an_allocation():
    done = on_micropython(code="import micropython; micropython.heap_lock(); x = [1, 2, 3] * 9")
    assert done.returncode != 0 and "MemoryError" in done.stdout + done.stderr


@pytest.mark.parametrize("name", ("machine", "esp32", "time"))
def test_the_simulated_module_comes_before_the_built_in_one(name):
    code = f"import board_run; board_run.install(0); import sys; import {name}; print({name}.__file__)"
    done = on_micropython(code=code)
    assert done.stdout.strip() == str(inprocess.MODULES / f"{name}.py"), done.stderr


def test_serial_line_over_pipes():
    """Bytes that are not a line and not text pass both ways; nothing blocks when nothing is there."""
    code = (
        "import board_run, sys; c = board_run.install(0); import board; from ghp.image import Image; "
        "b = board.build(Image()); buf = bytearray(16); n = b.line.read(buf); "
        "\nwhile n < 6: n = b.line.read(buf) or n\n"
        "b.line.write(buf[:n]); b.line.write(b'x' * 300)\n"
        "while b.line.flush(): pass\n"
        "print(b.line.read(buf))"
    )
    path = [SCRIPTS, inprocess.MODULES, TOOLS, inprocess.FIRMWARE, inprocess.BOARDS / "ghp50", ".frozen"]
    process = subprocess.Popen(
        [*vm_interpreter.find().command, "-c", code],
        env={**os.environ, "MICROPYPATH": ":".join(map(str, path))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        process.stdin.write(b"\x00\x03\xff\r\n\x04")
        process.stdin.flush()
        out = process.stdout.read()
        process.wait(10)
    assert out == b"\x00\x03\xff\r\n\x04" + b"x" * 300 + b"0\n"
