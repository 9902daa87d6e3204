"""`ghp flash` on a virtual board's terminal, with the real mpremote."""

import os
import subprocess
import sys
import time

import pytest
import serial
from ghp.version import VERSION
from ghptools.build import images
from ghptools.flash import FlashError, flash
from ghptools.virtual.board_cmd import World
from ghptools.virtual.vm_memory import RomPartition


@pytest.mark.slow
@pytest.mark.parametrize("way", ["rom", "mpy"])
def test_flash_a_stock_board_and_reflash_it_running(served, standin, mpremote, way):
    firmware, boards = standin
    vm, bridge = served()
    said = []
    version = flash(bridge.path, "ghp50", way, firmware, boards, said.append)
    assert version == "stand-in 1"
    (firmware / "ghp" / "tiny.py").write_text((firmware / "ghp" / "tiny.py").read_text().replace("in 1", "in 2"))
    assert flash(bridge.path, "ghp50", "auto", firmware, boards, said.append) == "stand-in 2"
    assert any("asking it for the prompt" in text for text in said)
    done = mpremote(bridge.path, "exec", "import ghp.tiny;print(ghp.tiny.__file__)")
    assert done.stdout.strip() == "/rom/ghp/tiny.mpy"  # auto: the ROM partition, and no older copy before it


def refused(*words):
    """Run `ghp flash` as a person does; returns its one sentence."""
    command = [sys.executable, "-m", "ghptools.cli", "flash", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_a_missing_port_is_one_sentence():
    assert refused("/dev/ttyNOWHERE") == "ghp flash: there is no port /dev/ttyNOWHERE.\n"


def test_something_that_is_no_serial_port_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    assert "cannot be opened as a serial port" in refused(str(tmp_path / "file"))


def test_an_unknown_board_is_one_sentence(served):
    _vm, bridge = served()
    assert "There is no board 'toaster'" in refused(bridge.path, "--board", "toaster")


def test_a_busy_port_is_one_sentence(served):
    _vm, bridge = served()
    with serial.Serial(bridge.path, exclusive=True):
        assert f"{bridge.path} is in use by another program" in refused(bridge.path)


def test_the_wrong_board_is_one_sentence_and_nothing_is_written(served, standin):
    firmware, boards = standin
    (boards / "ghp50" / "flash.toml").write_text('identities = ["RP2350"]\n')
    vm, bridge = served()
    with pytest.raises(FlashError, match="is 'virtual ghp50', not a ghp50 .RP2350"):
        flash(bridge.path, "ghp50", "auto", firmware, boards)
    assert vm.flash.files() == {} and set(vm.rom.contents()) == {0xFF}


def test_a_line_that_does_not_answer_is_one_sentence(monkeypatch, standin):
    firmware, boards = standin
    monkeypatch.setattr("ghptools.flash._ANSWER_S", 0.5)
    master, slave = os.openpty()
    try:
        with pytest.raises(FlashError, match="answers neither like MicroPython's prompt nor like this firmware"):
            flash(os.ttyname(slave), "ghp50", "auto", firmware, boards)
    finally:
        os.close(master)
        os.close(slave)


@pytest.mark.slow
def test_a_turning_engine_refuses_and_goes_on_running(served, standin):
    firmware, boards = standin
    vm, bridge = served(rom=images.firmware_image("ghp50", firmware, boards))
    with serial.Serial(bridge.path, timeout=0.2) as line:
        line.write(b"\r@rpm 1500\r")
        text = b""
        until = time.monotonic() + 10
        while b"@ok" not in text and time.monotonic() < until:
            text += line.read(100)
    with pytest.raises(FlashError, match="error: refused: the engine turns at 1500 rpm; stop the unit first"):
        flash(bridge.path, "ghp50", "auto", firmware, boards)
    assert vm.restarts == 0


@pytest.mark.slow
def test_an_image_too_large_for_the_partition_goes_to_files_or_is_refused(served, standin, tmp_path):
    firmware, boards = standin
    _vm, bridge = served(rom=RomPartition(tmp_path / "rom.bin", 4096))
    with pytest.raises(FlashError, match="has a ROM partition of 4096 bytes, the image needs"):
        flash(bridge.path, "ghp50", "rom", firmware, boards)
    said = []
    assert flash(bridge.path, "ghp50", "auto", firmware, boards, said.append) == "stand-in 1"
    assert any(".mpy files" in text for text in said)


@pytest.mark.slow
def test_a_write_that_goes_wrong_is_noticed(served, standin, monkeypatch):
    firmware, boards = standin
    vm, bridge = served()
    plain = vm.rom.write
    monkeypatch.setattr(vm.rom, "write", lambda at, data: plain(at, bytes(len(data)) if at == 0 and data[0] == 0xD2 else data))
    with pytest.raises(FlashError, match="does not hold what was sent"):
        flash(bridge.path, "ghp50", "rom", firmware, boards)


@pytest.mark.slow
def test_the_real_firmware_is_flashed_and_flashed_again_while_it_runs(served):
    world = World()
    vm, bridge = served(world=world.exchange, on_restart=world.restarted, speed=60.0)
    assert flash(bridge.path) == VERSION
    until = time.monotonic() + 40
    proven_ms = vm.virtual_ms + 150000  # after a start the engine's standstill is taken as unproven for 2 min
    while vm.virtual_ms < proven_ms and time.monotonic() < until:
        time.sleep(0.2)
    said = []
    assert flash(bridge.path, say=said.append) == VERSION
    assert any("asking it for the prompt" in text for text in said)


@pytest.mark.slow
def test_a_firmware_that_ends_at_once_is_told(served, standin):
    firmware, boards = standin
    (firmware / "main.py").write_text("raise RuntimeError('no unit')\n")
    _vm, bridge = served()
    with pytest.raises(FlashError, match="was flashed, but its firmware ended"):
        flash(bridge.path, "ghp50", "auto", firmware, boards)
