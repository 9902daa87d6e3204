"""The core tests of `host_tests/target` inside the real VM, with a heap smaller than the board's."""

from pathlib import Path

from ghptools.build import images

TARGET = Path(__file__).parent.parent / "target"
HEAP_KIB = 128


def test_the_core_tests_pass_inside_micropython(virtual_machine):
    files = images.compiled(images.firmware_sources())
    names = sorted(path.stem for path in TARGET.glob("test_core_*.py"))
    assert names
    for name in (*names, "run_on_target"):
        files[f"{name}.mpy"] = images.compile_source((TARGET / f"{name}.py").read_bytes(), f"{name}.py")
    files["main.py"] = f"import run_on_target\nrun_on_target.run({names!r})\n".encode()
    vm = virtual_machine(rom=images.romfs(files), heap_kib=HEAP_KIB)
    vm.on_idle = vm.stop
    vm.start()
    vm.run()
    text = vm.console_read().decode()
    expected = sum((TARGET / f"{name}.py").read_text().count("\ndef test_") for name in names)
    assert f"DONE {expected} 0\n" in text, text


def test_the_runner_tells_a_failure(virtual_machine):
    files = {
        "run_on_target.mpy": images.compile_source((TARGET / "run_on_target.py").read_bytes(), "run_on_target.py"),
        "sample.mpy": images.compile_source(b"def test_a():\n    assert 1 == 2, 'no'\ndef test_b(): pass\n", "sample.py"),
        "main.py": b"import run_on_target\nrun_on_target.run(['sample'])\n",
    }
    vm = virtual_machine(rom=images.romfs(files))
    vm.on_idle = vm.stop
    vm.start()
    vm.run()
    text = vm.console_read().decode()
    assert "FAIL sample test_a\n" in text and "AssertionError: no" in text and "DONE 1 1\n" in text
