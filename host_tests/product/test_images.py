"""What goes onto a board: everything compiles, and nothing that stands for silicon goes with it."""

import pytest
from ghptools.build import images
from ghptools.build.manifest import Manifest

BOARDS = sorted(path.parent.name for path in images.BOARDS.glob("*/manifest.py"))
FIRMWARE_FILES = sorted(images.FIRMWARE.rglob("*.py")) + sorted(images.BOARDS.glob("*/*.py"))
SILICON = {"machine", "esp32", "time", "circuit", "wires", "vm_board", "vm_link", "chips", "ghptools"}


@pytest.mark.parametrize("path", FIRMWARE_FILES, ids=lambda path: str(path.relative_to(images.ROOT)))
def test_every_firmware_file_compiles_for_the_target(path):
    assert images.compile_source(path.read_bytes(), path.name)[:1] == b"M"


def test_a_dialect_error_is_one_sentence():
    with pytest.raises(images.BuildError, match="wrong.py does not compile for MicroPython: .*SyntaxError"):
        images.compile_source(b"match x:\n    case 1: pass\n", "wrong.py")


@pytest.mark.parametrize("board", BOARDS)
def test_a_manifest_freezes_exactly_the_firmware(board):
    frozen = Manifest(images.BOARDS / board / "manifest.py")
    expected = {**images.firmware_sources(board), **{name: images.FIRMWARE / name for name in images.PROGRAMS}}
    assert frozen.files == {name: path.resolve() for name, path in expected.items()}
    for name, path in frozen.files.items():
        assert "tools" not in path.relative_to(images.ROOT).parts, name
        assert not SILICON & set(name.removesuffix(".py").split("/")), name


@pytest.mark.parametrize(
    "line, complaint",
    [
        ("module('machine.py', base_path='../../tools/ghptools/virtual/modules')", "is not firmware"),
        ("package('ghptools', base_path='../../tools')", "is not firmware"),
        ("freeze('../../host_tests')", "is not firmware"),
        ("module('gone.py')", "gone.py, which does not exist"),
        ("module('board.py')\nmodule('board.py')", "twice"),
        ("require('ssd1306')", "from outside"),
        ("include('../other/manifest.py')", "only"),
        ("wheel('x')", "wheel"),
    ],
)
def test_the_walk_sees_what_must_not_be_frozen(tmp_path, line, complaint):
    for place in ("tools/ghptools/virtual/modules/machine.py", "tools/ghptools/__init__.py", "host_tests/a.py"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("")
    board = tmp_path / "boards" / "b"
    board.mkdir(parents=True)
    (board / "board.py").write_text("")
    (board / "manifest.py").write_text(line)
    with pytest.raises(images.BuildError, match=complaint):
        Manifest(board / "manifest.py")


def test_an_unknown_board_is_one_sentence():
    with pytest.raises(images.BuildError, match=r"There is no board 'ghp51' in boards/; known: .*ghp50"):
        images.firmware_sources("ghp51")


def test_the_firmware_image_holds_the_firmware_and_nothing_else(virtual_machine):
    """Asked of the VM itself: what is under /rom, and where each simulated module comes from."""
    program = """
import os
def walk(path):
    for entry in os.ilistdir(path):
        place = path + "/" + entry[0]
        if entry[1] == 0x4000:
            walk(place)
        else:
            print("FILE", place)
walk("/rom")
"""
    files = images.firmware_files()
    vm = virtual_machine(rom=images.romfs({**files, "main.py": program.encode()}))
    vm.on_idle = vm.stop
    vm.start()
    vm.run()
    found = {line[len("FILE /rom/") :] for line in vm.console_read().decode().splitlines() if line.startswith("FILE")}
    assert found == {*files, "main.py"}
    assert not {name for name in found if SILICON & set(name.removesuffix(".mpy").split("/"))}


def test_the_image_is_not_in_the_collected_heap(virtual_machine):
    """A hundred KiB more in ROM take no more heap than a file name."""
    program = b"import gc\ngc.collect()\nprint('USED', gc.mem_alloc())\nimport big\ngc.collect()\nprint('USED', gc.mem_alloc())\n"
    used = []
    for size in (1000, 100000):
        text = ("def f():\n    return " + repr("x" * size) + "\n").encode()
        vm = virtual_machine(rom=images.romfs({"big.mpy": images.compile_source(text, "big.py"), "main.py": program}))
        vm.on_idle = vm.stop
        vm.start()
        vm.run()
        used.append([int(line.split()[1]) for line in vm.console_read().decode().splitlines() if "USED" in line])
    assert used[0][1] - used[0][0] < 2048
    assert abs(used[1][1] - used[0][1]) < 256
