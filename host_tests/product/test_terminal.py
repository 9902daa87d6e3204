"""The board's pseudo-terminal: the real mpremote beside a running unit, and paths that cannot be had."""

import os
import subprocess
import sys
import time

import pytest
import serial
from ghptools.build import images
from ghptools.virtual.board_cmd import World
from ghptools.virtual.vm_pty import PortError, PtyBridge


@pytest.fixture
def unit_on_terminal(served):
    """The real firmware in the real world, ten times as fast as time."""
    world = World()
    return served(world=world.exchange, on_restart=world.restarted, rom=images.firmware_image(), speed=10.0)


@pytest.mark.slow
def test_mpremote_works_on_a_running_unit_and_the_scan_goes_on(unit_on_terminal, mpremote, tmp_path):
    _vm, bridge = unit_on_terminal

    def scans():
        done = mpremote(bridge.path, "eval", "unit.executive.tasks[0].runs")
        assert done.returncode == 0, done.stdout + done.stderr
        return int(done.stdout)

    assert mpremote(bridge.path, "exec", "print(1)").stdout == "1\n"
    first = scans()
    (tmp_path / "note.txt").write_text("left by a technician\n" * 40)
    assert mpremote(bridge.path, "fs", "cp", str(tmp_path / "note.txt"), ":note.txt").returncode == 0
    listing = mpremote(bridge.path, "fs", "ls").stdout
    assert "840 note.txt" in listing
    assert mpremote(bridge.path, "fs", "cat", ":note.txt").stdout == "left by a technician\n" * 40
    assert scans() > first + 20
    broken = mpremote(bridge.path, "exec", "1/0")
    assert broken.returncode == 1 and "ZeroDivisionError" in broken.stderr + broken.stdout
    failures = mpremote(bridge.path, "eval", "sum(task.failures for task in unit.executive.tasks)")
    assert failures.stdout == "0\n"


@pytest.mark.slow
def test_after_mpremote_the_console_answers_as_before(unit_on_terminal, mpremote):
    _vm, bridge = unit_on_terminal
    assert mpremote(bridge.path, "eval", "6*7").stdout == "42\n"
    with serial.Serial(bridge.path, timeout=0.1) as line:
        line.write(b"\r@version\r")
        text = b""
        until = time.monotonic() + 10
        while b"@ok" not in text and time.monotonic() < until:
            text += line.read(200)
    assert b"version=" in text and b"@ok" in text, text


def test_a_stock_board_soft_resets_for_mpremote(served, mpremote):
    _vm, bridge = served()
    done = mpremote(bridge.path, "exec", "print(machine.reset_cause() if 'machine' in globals() else 'clean')", resume=False)
    assert done.returncode == 0 and done.stdout == "clean\n", done.stdout + done.stderr
    assert mpremote(bridge.path, "exec", "import machine;print(machine.reset_cause())").stdout == "5\n"


def test_a_link_in_use_and_a_file_in_the_way_are_one_sentence(served, virtual_machine, tmp_path):
    link = tmp_path / "board"
    _vm, bridge = served(link=link)
    assert os.readlink(link) == bridge.device
    other = virtual_machine()
    with pytest.raises(PortError, match="board is in use by another virtual board"):
        PtyBridge(other, link)
    (tmp_path / "file").write_text("")
    with pytest.raises(PortError, match="file exists and is not a link"):
        PtyBridge(other, tmp_path / "file")
    with pytest.raises(PortError, match="cannot be made: No such file"):
        PtyBridge(other, tmp_path / "nowhere" / "board")


def test_a_link_left_by_a_dead_board_is_taken_over(virtual_machine, tmp_path):
    (tmp_path / "board").symlink_to("/dev/pts/99999")
    bridge = PtyBridge(virtual_machine(), tmp_path / "board")
    assert os.readlink(tmp_path / "board") == bridge.device
    bridge.close()
    assert not os.path.lexists(tmp_path / "board") and not os.path.lexists(tmp_path / "board.lock")


@pytest.mark.slow
def test_the_board_command(interpreter, mpremote, tmp_path):
    """As a person uses it: a terminal's path on its first line; flash kept; a second one on that path refused."""
    link, flash = tmp_path / "tty", tmp_path / "flash.bin"
    command = [sys.executable, "-m", "ghptools.cli", "board", "--stock", "--pty", str(link), "--flash-file", str(flash)]
    for turn in range(2):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as board:
            try:
                assert board.stdout.readline().strip() == str(link)
                if turn == 0:
                    done = mpremote(str(link), "exec", "with open('kept','w') as f: f.write('yes')")
                else:
                    done = mpremote(str(link), "exec", "print(open('kept').read())")
                    assert done.stdout == "yes\n"
                assert done.returncode == 0, done.stdout + done.stderr
                second = subprocess.run(command, capture_output=True, text=True, check=False)
                assert second.returncode == 2 and second.stderr.count("\n") == 1
                assert "in use by another virtual board" in second.stderr
            finally:
                board.terminate()
