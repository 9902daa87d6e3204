"""A program that is not what was built is not started: in the VM, from its ROM image."""

import pytest
from ghp import selfcheck
from ghptools.build import images
from ghptools.virtual import wires
from ghptools.virtual.board_cmd import World


def started(virtual_machine, files):
    """Power up with `files` in ROM for some seconds; returns (machine, console text, coils ever on)."""
    world = World()
    driven = set()

    def exchange(out, dt_ms):
        driven.update(name for name in ("gas_valve", "ignition", "starter", "clutch") if out[wires.position(wires.OUT, name)])
        if vm.virtual_ms > 3000:
            vm.stop()
        return world.exchange(out, dt_ms)

    vm = virtual_machine(exchange, rom=images.romfs({**files, **images.programs()}))
    vm.on_idle = vm.stop
    vm.start()
    vm.run()
    return vm, vm.console_read().decode(), driven


def test_what_was_built_is_started(virtual_machine):
    vm, text, _ = started(virtual_machine, images.firmware_files())
    assert not vm.idle and "started by power" in text and "not started" not in text


@pytest.mark.parametrize("name", ["ghp/unit.mpy", "board.mpy", "ghp/console/views.mpy"])
def test_one_wrong_bit_in_a_module_is_seen(virtual_machine, name):
    files = images.firmware_files()
    data = bytearray(files[name])
    at = data.rindex(b"e")  # inside a text or a name: the module would load and say something else
    data[at] ^= 2
    vm, text, driven = started(virtual_machine, {**files, name: bytes(data)})
    assert f"firmware not started: {name} is damaged or missing; flash it again" in text
    assert vm.idle and not driven  # the prompt is there


def test_a_missing_module_or_list_and_a_damaged_list_are_seen(virtual_machine):
    files = images.firmware_files()
    for without, word in (("ghp/console/views.mpy", "views.mpy is damaged or missing"), (images.SUMS, "checksums is missing")):
        vm, text, _ = started(virtual_machine, {name: data for name, data in files.items() if name != without})
        assert vm.idle and word in text
    damaged = files[images.SUMS].replace(b"a", b"b", 1)
    vm, text, _ = started(virtual_machine, {**files, images.SUMS: damaged})
    assert vm.idle and "list of checksums is damaged" in text


def test_the_same_answers_beside_files_on_the_host(tmp_path):
    files = images.firmware_files()
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    place = str(tmp_path / "ghp" / "selfcheck.mpy")
    assert selfcheck.wrong(place) is None
    assert selfcheck.wrong() is None  # sources
    (tmp_path / "board.mpy").write_bytes(files["board.mpy"][:-1])
    assert "board.mpy is damaged" in selfcheck.wrong(place)
