"""`ghp types`: the firmware and the board files against MicroPython's own stubs for the ESP32.

The tables make attributes at run time (`settings.band_k`, `readings.leaving_water`, `outputs.clutch`), which a
type checker cannot see.  So each of those modules is given a stub: its own source with the attributes that
its table makes written into the class.
"""

import importlib
import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "types"


def add_parser(sub):
    """Register the subcommand."""
    parser = sub.add_parser("types", help="check the firmware's types against the stubs of the target")
    parser.set_defaults(run=run)


def _attributes():
    """Return {module: (class line, [attribute lines])}."""
    points = importlib.import_module("ghp.points")
    settings = importlib.import_module("ghp.settings")

    def kind_of(row):
        return "int" if isinstance(row[3], int) else "float"

    readings = [f"{row[1]}: AnalogReading" for row in points.ANALOG_INPUTS]
    for row in points.PULSE_INPUTS:
        readings.append(f"{row[1]}: {'SpeedReading' if row[1] == 'engine_speed' else 'FlowReading'}")
    readings += [f"{row[1]}: Contact" for row in points.DIGITAL_INPUTS]
    return {
        "ghp/settings.py": ("class Settings:", [f"{row[1]}: {kind_of(row)}" for row in settings.ROWS]),
        "ghp/sensing/readings.py": ("class Readings:", readings),
        "ghp/outputs.py": ("class Outputs:", [f"{row[1]}: Output" for row in points.OUTPUTS]),
    }


def _write_stubs(stubs):
    for relative, (line, attributes) in _attributes().items():
        source = (ROOT / "firmware" / relative).read_text()
        if line not in source:
            raise SystemExit(f"types: {relative} has no line '{line}'")
        body = line + "\n" + "\n".join("    " + attribute for attribute in attributes)
        target = (stubs / relative).with_suffix(".pyi")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.replace(line, body, 1))


def run(_args):
    """Write the stubs and run the checker; exit status 0 clean, 1 findings, 2 cannot check."""
    checker = Path(sys.executable).parent / "basedpyright"
    if not checker.exists():
        print("types: basedpyright is not installed; `make setup` installs it", file=sys.stderr)
        return 2
    for folder in (ROOT / "firmware", ROOT / "tools/ghptools/virtual/cpython"):
        sys.path.insert(0, str(folder))
    shutil.rmtree(WORK, ignore_errors=True)
    stubs = WORK / "stubs"
    _write_stubs(stubs)
    site = Path(sysconfig.get_paths()["purelib"])
    for stub in site.glob("*.pyi"):
        shutil.copy(stub, stubs / stub.name)
    config = {
        "include": [str(ROOT / "firmware"), str(ROOT / "boards")],
        "exclude": [str(ROOT / "boards/*/manifest.py")],
        "extraPaths": [str(ROOT / "firmware"), str(ROOT / "boards/ghp50")],
        "stubPath": str(stubs),
        "typeshedPath": str(site),
        "typeCheckingMode": "standard",
        "pythonVersion": "3.11",
        "reportMissingModuleSource": "none",
        # one variable, one name: a reading is a number or None by design, checked where it is used
        "reportOptionalOperand": "error",
    }
    path = WORK / "pyrightconfig.json"
    path.write_text(json.dumps(config, indent=1))
    return subprocess.run([str(checker), "-p", str(path), "--pythonpath", sys.executable], check=False).returncode
