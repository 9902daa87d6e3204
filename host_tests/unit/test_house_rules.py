"""The laws of the house that can be read from the source: who may import whom, who may write what.

Each message says what to do about it.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIRMWARE = ROOT / "firmware"
GHP = FIRMWARE / "ghp"
FILES = sorted(FIRMWARE.rglob("*.py"))
HARDWARE = {"machine", "esp32", "esp", "network", "bluetooth", "time", "utime", "select", "os", "vfs"}
LONGEST = 450

# room: what of the firmware it may import.  Modules directly under ghp/ are rooms of their own.
TABLES = {"table", "points", "settings", "alarms", "ticks", "units", "refrigerant", "image", "version", "service", "facts", "civil", "lent", "failure"}
MAY_IMPORT = {
    "blocks": {"ticks", "blocks"},
    "sensing": {"table", "points", "image", "ticks", "refrigerant", "units", "sensing", "blocks"},
    "control": TABLES | {"blocks", "sensing", "control", "outputs", "protection"},
    "protection": TABLES | {"blocks", "sensing", "control", "protection"},
    "panel": TABLES | {"sensing", "protection", "control", "panel", "outputs"},
    "console": TABLES | {"sensing", "protection", "control", "console", "outputs"},
    "drivers": {"points", "image", "ticks", "service", "civil", "drivers"},
    "storage": {"blocks", "image", "lent", "storage"},
    "executive": {"ticks"},
    "outputs": {"points", "ticks"},
    "image": {"points"},
    "settings": {"units", "table", "refrigerant"},
    "alarms": {"protection", "table"},
    "points": {"table"},
    "facts": {"table"},
    "table": set(),
    "ticks": set(),
    "lent": set(),
    "failure": set(),
    "refrigerant": set(),
    "service": set(),
    "version": set(),
    "units": {"table"},
}


def room_of(path):
    parts = path.relative_to(GHP).parts
    return parts[0] if len(parts) > 1 else path.stem


def imports(path):
    """Yield (module, line) of every import of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.lineno
            if node.module == "ghp":
                for name in node.names:
                    yield "ghp." + name.name, node.lineno


def rooms_imported(path):
    for module, line in imports(path):
        if module.startswith("ghp."):
            yield module.split(".")[1], line


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FIRMWARE)))
def test_file(path):
    relative = path.relative_to(FIRMWARE)
    in_drivers = relative.parts[:2] == ("ghp", "drivers")
    at_the_door = relative.name in ("boot.py", "main.py") and len(relative.parts) == 1
    for module, line in imports(path):
        top = module.split(".")[0]
        if not (in_drivers or at_the_door):
            assert top not in HARDWARE, f"{relative}:{line}: {module} belongs to ghp/drivers; take it as an argument"
        assert top not in ("ghptools", "typing", "asyncio", "dataclasses", "enum"), (
            f"{relative}:{line}: {module} is not on the target"
        )
    if relative.parts[0] == "ghp" and path.stem != "__init__" and room_of(path) != "unit":  # which knows everybody
        room = room_of(path)
        for other, line in rooms_imported(path):
            assert other in MAY_IMPORT[room] | {room}, (
                f"{relative}:{line}: {room} may not know {other}; hand the object in"
            )
    assert len(path.read_text().splitlines()) <= LONGEST, f"{relative}: longer than one sitting; split it by subject"


def test_nobody_but_main_imports_the_composition_root():
    for path in FILES:
        if path.name not in ("main.py", "unit.py"):
            assert "unit" not in [room for room, _ in rooms_imported(path)], (
                f"{path.name}: take what you need as an argument"
            )


def calls(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.lineno


@pytest.mark.parametrize("room", ["panel", "console"])
def test_people_never_command_an_output(room):
    for path in (GHP / room).glob("*.py"):
        for name, line in calls(path):
            assert name not in ("command", "settle"), f"{path.name}:{line}: people change settings, never an output"
        assert "image.outputs" not in path.read_text(), path.name


def test_only_settle_writes_effective_outputs():
    for path in FILES:
        if path.name in ("outputs.py", "image.py") or "drivers" in path.parts:
            continue
        assert "image.outputs[" not in path.read_text(), f"{path.name}: command the output, settle makes it effective"


def test_no_broad_except_hides_an_error():
    """A bare `except:` is never right; `except Exception` only where the README of the room explains it."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{path.name}:{node.lineno}: name the error you expect"
                body_is_pass = len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
                broad = isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
                assert not (broad and body_is_pass), f"{path.name}:{node.lineno}: an error may not vanish"


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in FILES} - {GHP, FIRMWARE}), ids=lambda folder: folder.name
)
def test_every_room_has_its_rule(folder):
    readme = folder / "README.md"
    assert readme.exists(), f"{folder.name} has no README.md with its rule"
    assert len(readme.read_text().splitlines()) <= 20, f"{folder.name}/README.md: at most 20 lines"


@pytest.mark.parametrize("name", ["machine", "esp32"])
def test_the_fakes_are_out_of_the_firmwares_reach(name):
    """With nothing but the firmware on the path, a fake of the hardware cannot be imported."""
    program = f"import sys; sys.path.insert(0, {str(FIRMWARE)!r}); import {name}"
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False)
    assert f"No module named '{name}'" in done.stderr
