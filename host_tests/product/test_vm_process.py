"""The VM as the board's processor: time and wires, resets, power cuts, flash, and what it must not see."""

import ast
import hashlib
import re
import sys

import numpy as np
import pytest
from ghp.console import commands
from ghptools.build import images
from ghptools.virtual import vm_frames, vm_interpreter, wires
from ghptools.virtual.board_cmd import World
from ghptools.virtual.vm import VirtualMachineError
from ghptools.virtual.vm_interpreter import InterpreterError
from ghptools.virtual.vm_memory import FlashMemory


def run_program(make, program, **options):
    """Run `program` as main.py until it ends; returns (machine, console text)."""
    vm = make(rom=images.romfs({"main.py": program.encode()}), **options)
    vm.on_idle = vm.stop
    vm.start()
    vm.run()
    return vm, vm.console_read().decode()


def test_both_sides_know_the_same_frames():
    source = (images.VIRTUAL / "target" / "vm_link.py").read_text()
    there = {name: int(value) for name, value in re.findall(r"^([A-Z_]+) = const\((\d+)\)  #", source, re.M)}
    here = {name: value for name, value in vars(vm_frames).items() if name in there}
    assert len(there) == 12 and here == there


def test_an_exchange_allocates_nothing_and_moves_time(virtual_machine):
    program = """
import micropython, time
start = time.ticks_ms()
def hundred(sleep_ms):
    for _ in range(100):
        sleep_ms(50)
micropython.heap_lock()
hundred(time.sleep_ms)
micropython.heap_unlock()
print("TOOK", time.ticks_diff(time.ticks_ms(), start))
"""
    vm, text = run_program(virtual_machine, program)
    assert "TOOK 5000" in text and vm.virtual_ms == 5000 and vm.exchanges == 101  # one at power-up, of no time


def test_wires_arrive_in_the_exchange_that_reads_them(virtual_machine):
    inp = np.zeros(len(wires.IN), np.int32)
    seen = []

    def world(out, dt_ms):
        seen.append((dt_ms, int(out[wires.position(wires.OUT, "gas_valve")])))
        inp[wires.position(wires.IN, "safety_chain")] = len(seen) % 2
        return inp

    program = """
import machine, time
valve, chain = machine.Pin(4, machine.Pin.OUT, value=0), machine.Pin(10, machine.Pin.IN)
for _ in range(3):
    valve.value(1 - valve.value())
    time.sleep_ms(10)
    print("CHAIN", chain.value())
"""
    _vm, text = run_program(virtual_machine, program, world=world)
    assert seen == [(0, 0), (10, 1), (10, 0), (10, 1)]
    levels = [line[-1] for line in text.splitlines() if line.startswith("CHAIN")]
    assert levels in (["0", "1", "0"], ["1", "0", "1"])


def test_console_bytes_of_one_exchange_are_there_after_it(virtual_machine):
    heard = []

    def world(_out, dt_ms):
        if dt_ms:
            heard.append(vm.console_read())
            vm.console_write(b"%d\n" % len(heard))
        return np.zeros(len(wires.IN), np.int32)

    program = """
import sys, time
for step in range(4):
    print("step", step)
    time.sleep_ms(50)
    print("got", sys.stdin.readline().strip())
"""
    vm = virtual_machine(world, rom=images.romfs({"main.py": program.encode()}))
    vm.on_idle = vm.stop
    vm.start()
    vm.run()
    assert heard == [b"step 0\n", b"got 1\nstep 1\n", b"got 2\nstep 2\n", b"got 3\nstep 3\n"]


def test_the_heap_is_the_reference_board_s(virtual_machine):
    _vm, text = run_program(virtual_machine, "import gc\nprint('HEAP', gc.mem_alloc() + gc.mem_free())")
    heap = int(text.split()[1])
    assert 0.97 * 2 * 200 * 1024 < heap <= 2 * 200 * 1024  # 64-bit words; the allocation table takes the rest


def test_the_host_is_out_of_reach(virtual_machine):
    program = """
import os, sys
print("ROOT", os.listdir("/"))
print("PATH", sys.path, sys.argv)
for path in ("/etc/passwd", "/proc/self/maps", "/sim/vm_board.mpy", "/bin"):
    try:
        os.stat(path)
        print("REACHED", path)
    except OSError:
        pass
"""
    _vm, text = run_program(virtual_machine, program)
    assert "ROOT ['rom']" in text and "REACHED" not in text
    assert "PATH ['', '.frozen', '/lib', '/rom', '/rom/lib'] ['']" in text


RESETS = """
import machine
rtc = machine.RTC()
print("CAUSE", machine.reset_cause(), rtc.memory())
if machine.reset_cause() == machine.PWRON_RESET:
    rtc.memory(b"kept")
    machine.reset()
if machine.reset_cause() == machine.HARD_RESET:
    import time
    machine.WDT(timeout=1000)
    while True:
        time.sleep_ms(300)
"""


def test_resets_keep_the_rtc_memory_and_tell_the_cause(virtual_machine):
    told = []
    vm, text = run_program(virtual_machine, RESETS, on_restart=told.append)
    causes = [line for line in text.splitlines() if line.startswith("CAUSE")]
    assert causes == ["CAUSE 1 b''", "CAUSE 2 b'kept'", "CAUSE 3 b'kept'"]
    assert told == [vm_frames.HARD, vm_frames.WDT] and vm.restarts == 2


@pytest.mark.slow
def test_a_loop_without_time_ends_in_the_watchdog_s_reset(virtual_machine):
    program = """
import machine, time
print("CAUSE", machine.reset_cause())
if machine.reset_cause() == machine.PWRON_RESET:
    machine.WDT(timeout=1000)
    time.sleep_ms(50)
    while True:
        pass
"""
    _vm, text = run_program(virtual_machine, program)
    assert "CAUSE 1" in text and "CAUSE 3" in text


@pytest.mark.parametrize("at", [1, 2, 17, 40])
def test_a_power_cut_at_any_exchange_leaves_the_flash_and_a_cold_start(virtual_machine, at):
    program = """
import machine, os, time
print("CAUSE", machine.reset_cause(), machine.RTC().memory(), sorted(name for name in os.listdir("/") if name != "rom"))
machine.RTC().memory(b"gone")
for step in range(50):
    with open("/step.new", "w") as file:
        file.write(str(step))
    os.rename("/step.new", "/step")
    time.sleep_ms(50)
"""

    def world(_out, _dt_ms):
        if vm.exchanges == at and not vm.restarts:
            vm.restarts += 1
            vm.power_cut()
            vm.start()
        return np.zeros(len(wires.IN), np.int32)

    vm = virtual_machine(world, rom=images.romfs({"main.py": program.encode()}))
    vm.on_idle = vm.stop
    vm.start()
    vm.run()
    causes = [line for line in vm.console_read().decode().splitlines() if line.startswith("CAUSE")]
    assert causes[0] == "CAUSE 1 b'' []" and causes[1].startswith("CAUSE 1 b'' ['step'")
    assert vm.flash.files()["/step"] == b"49"


MAIN = """
print("MAIN", open("/data/a.txt").read())
with open("/b.txt", "w") as file:
    file.write("from the board")
"""


def test_flash_written_by_the_host_is_read_by_the_board_and_back(virtual_machine, tmp_path):
    flash = FlashMemory(64, tmp_path / "flash.bin")
    flash.install({"/boot.py": b"print('BOOT')\n", "/data/a.txt": b"from the host"})
    flash.install({"/main.py": MAIN.encode()})
    vm = virtual_machine(flash=flash)
    vm.on_idle = vm.stop
    vm.start()
    vm.run()
    assert "BOOT\nMAIN from the host\n" in vm.console_read().decode()
    vm.close()
    kept = FlashMemory(64, tmp_path / "flash.bin")
    assert kept.files()["/b.txt"] == b"from the board"
    kept.close()
    with pytest.raises(ValueError, match="a flash of 32 blocks has"):
        FlashMemory(32, tmp_path / "flash.bin")


def test_flash_behaves_as_flash():
    flash = FlashMemory(4)
    assert flash.program(1, 8, b"\x0f") == 0 and flash.read(1, 8, 1) == b"\x0f"
    assert flash.program(1, 8, b"\x07") == 0  # clearing one more bit is possible
    assert flash.program(1, 8, b"\x0f") == -5 and flash.read(1, 8, 1) == b"\x07"  # setting one is not
    assert flash.erase(1) == 0 and flash.read(1, 8, 1) == b"\xff" and flash.erases == [0, 1, 0, 0]
    assert flash.erase(4) == -5 and flash.program(3, 4090, b"1234567") == -5


def test_the_unit_gives_the_same_trace_twice(virtual_machine):
    def trace(seconds=40):
        world = World(seed=3)
        digest = hashlib.sha256()

        def exchange(out, dt_ms):
            digest.update(out.tobytes())
            if vm.virtual_ms == 5000:
                vm.console_write(b"status\rpoints\r")
            if vm.virtual_ms >= seconds * 1000:
                vm.stop()
            return world.exchange(out, dt_ms)

        vm = virtual_machine(exchange, rom=images.firmware_image())
        vm.start()
        vm.run()
        return digest.hexdigest(), vm.console_read(), vm.exchanges

    first = trace()
    assert b"leaving_water" in first[1] and first[2] >= 800
    assert first == trace()


def test_every_command_of_the_console_answers_on_the_target(virtual_machine):
    """In the image the modules are linked and a command's own is loaded when it is typed."""
    names = [row[commands.NAME] for row in commands.TABLE]
    last = {"get": "get mode", "set": "set mode off", "stream": "stream off", "shelve": "shelve 27 5", "unshelve": "unshelve 27"}
    lines = [last.get(name, name) for name in names if name != "reboot"] + ["points", "why"]
    waiting = list(lines)
    world = World()
    told = [""]

    def exchange(out, dt_ms):
        told[0] += vm.console_read().decode()
        if told[0].endswith("\r\n> "):
            if not waiting:
                vm.stop()
            else:
                vm.console_write(waiting.pop(0).encode() + b"\r")
        assert vm.virtual_ms < 120000, told[0]
        return world.exchange(out, dt_ms)

    vm = virtual_machine(exchange, rom=images.firmware_image())
    vm.start()
    vm.run()
    text = told[0]
    assert "error:" not in text and "fault in" not in text, text
    for line in lines:
        assert f"> {line}\r\n" in text, text
    assert not vm.restarts


def test_a_program_that_dies_leaves_its_traceback_and_the_prompt(virtual_machine):
    vm, text = run_program(virtual_machine, "def f():\n    raise ValueError('broken')\nf()\n")
    assert vm.idle and "ValueError: broken" in text and 'File "/rom/main.py", line 2' in text


def test_a_wrong_world_is_told(virtual_machine):
    vm = virtual_machine(lambda _out, _dt_ms: np.zeros(3, np.int32))
    vm.start()
    with pytest.raises(VirtualMachineError, match="gave 3 wires"):
        vm.run()


@pytest.mark.parametrize("loop", ["pass", "time.sleep_ms(50)"])
def test_the_terminal_s_ctrl_c_stops_a_program(virtual_machine, loop):
    vm = virtual_machine(rom=images.romfs({"main.py": f"import time\nprint('GO')\nwhile True: {loop}\n".encode()}))
    vm.start()
    text = b""
    for _ in range(2000):
        vm.turn(0.01)
        text += vm.console_read()
        if b"GO" in text:
            break
    vm.terminal_write(b"\x03")
    vm.on_idle = vm.stop
    vm.run()
    assert b"KeyboardInterrupt" in text + vm.console_read()


# --- the interpreter ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program, complaint",
    [("no-such-program", "GHP_MICROPYTHON names 'no-such-program'"), ("/bin/true", "cannot be the virtual board")],
)
def test_an_unusable_interpreter_is_one_sentence(monkeypatch, program, complaint):
    monkeypatch.setenv(vm_interpreter.VARIABLE, program)
    with pytest.raises(InterpreterError, match=complaint) as caught:
        vm_interpreter.find()
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_a_missing_interpreter_is_a_sentence_and_is_skipped_only_on_purpose(monkeypatch):
    monkeypatch.setattr(vm_interpreter.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(vm_interpreter.shutil, "which", lambda _name: None)
    monkeypatch.delenv(vm_interpreter.VARIABLE, raising=False)
    monkeypatch.delenv(vm_interpreter.SKIP_VARIABLE, raising=False)
    vm_interpreter._checked.cache_clear()
    try:
        with pytest.raises(InterpreterError, match="No MicroPython interpreter was found"):
            vm_interpreter.find()
        assert vm_interpreter.missing_on_purpose() is None
        monkeypatch.setenv(vm_interpreter.SKIP_VARIABLE, "1")
        assert "No MicroPython interpreter was found" in vm_interpreter.missing_on_purpose()
    finally:
        vm_interpreter._checked.cache_clear()


def test_any_interpreter_can_serve_with_its_images_in_a_larger_heap(interpreter, virtual_machine, monkeypatch, tmp_path):
    """One that cannot map files gets as much more heap as the images take: the firmware's share is the same."""
    if not interpreter.maps_images:
        pytest.skip("the interpreter here is such a one already")
    plain = tmp_path / "micropython"
    plain.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.append({interpreter.command[-1]!r})\n"
        "from micropython_run import run_main\nsys.exit(run_main(['micropython'] + sys.argv[1:]))\n"
    )
    plain.chmod(0o755)
    program = "import gc\ngc.collect()\nprint('FREE', gc.mem_free())"
    free = [int(run_program(virtual_machine, program)[1].split()[1])]
    monkeypatch.setenv(vm_interpreter.VARIABLE, str(plain))
    assert not vm_interpreter.find().maps_images
    free.append(int(run_program(virtual_machine, program)[1].split()[1]))
    assert abs(free[0] - free[1]) < 8192, free


def test_target_programs_are_plain_micropython():
    """They are parsed here too: no syntax of one interpreter only."""
    for path in (images.VIRTUAL / "target").glob("*.py"):
        assert ast.parse(path.read_text())
