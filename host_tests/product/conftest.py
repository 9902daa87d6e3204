"""The real VM as a device under test: power it, serve it in the background, talk to it through its terminal."""

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from ghptools.build import images
from ghptools.virtual import vm_interpreter, wires
from ghptools.virtual.vm import VirtualMachine
from ghptools.virtual.vm_pty import PtyBridge

STANDIN = Path(__file__).parent / "standin"


@pytest.fixture(scope="session")
def interpreter():
    """The interpreter; without one the test fails with its sentence, unless that was said on purpose."""
    reason = vm_interpreter.missing_on_purpose()
    if reason is not None:
        pytest.skip(reason)
    return vm_interpreter.find()


def still_world(_out, _dt_ms):
    """A cabinet without power or movement: every wire at zero."""
    return np.zeros(len(wires.IN), np.int32)


@pytest.fixture
def virtual_machine(interpreter):
    """Make virtual machines that are closed after the test; the world stands still unless one is given."""
    made = []

    def make(world=still_world, **options):
        vm = VirtualMachine(world, **options)
        made.append(vm)
        return vm

    yield make
    for vm in made:
        vm.close()


@pytest.fixture
def served(virtual_machine):
    """Start a machine with a terminal, served by a thread; returns (machine, bridge)."""
    threads = []

    def start(link=None, speed=4.0, **options):
        vm = virtual_machine(speed=speed, **options)
        bridge = PtyBridge(vm, link)
        vm.start()
        failures = []

        def serve():
            try:
                vm.run()
            except Exception as error:
                failures.append(error)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        threads.append((vm, bridge, thread, failures))
        return vm, bridge

    yield start
    for vm, bridge, thread, failures in threads:
        vm.stop()
        thread.join(5)
        bridge.close()
        assert not failures, failures


@pytest.fixture
def mpremote():
    """Run the real mpremote; returns the finished process."""

    def run(port, *words, resume=True):
        command = [sys.executable, "-m", "mpremote", "connect", port, *(["resume"] if resume else []), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    return run


@pytest.fixture
def standin(tmp_path):
    """A tiny firmware with the real door to the prompt; returns (firmware folder, boards folder)."""
    firmware, boards = tmp_path / "firmware", tmp_path / "boards"
    (boards / "ghp50").mkdir(parents=True)
    for folder in ("ghp", "ghp/console", "ghp/drivers"):
        (firmware / folder).mkdir(parents=True)
        (firmware / folder / "__init__.py").write_text("")
    for name in ("ghp/service.py", "ghp/console/rawrepl.py", "ghp/drivers/line.py", "ghp/drivers/bootflag.py"):
        shutil.copy(images.FIRMWARE / name, firmware / name)
    shutil.copy(STANDIN / "tiny.py", firmware / "ghp" / "tiny.py")
    for name in images.PROGRAMS:
        shutil.copy(STANDIN / name, firmware / name)
    shutil.copy(STANDIN / "board.py", boards / "ghp50" / "board.py")
    shutil.copy(images.BOARDS / "ghp50" / "flash.toml", boards / "ghp50" / "flash.toml")
    return firmware, boards
