"""The campaign's memory: one JSON line per run, appended as it ends; a line cut by a kill is dropped, not read.

The first line says what was run: hash of the firmware, hash of the tools that draw, simulate and judge.
"""

import hashlib
import json
import os

from ghptools import firmware_path
from ghptools.campaign import draw


def _hash(folders):
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".toml", ".csv") and path.is_file():
                digest.update(f"{path.relative_to(folder.parent)}\n".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def identity(firmware=None):
    """Return what a campaign depends on, as the ledger's first line holds it."""
    return {
        "campaign": draw.VERSION,
        "firmware": _hash([firmware or firmware_path.FIRMWARE, firmware_path.ROOT / "boards"]),
        "tools": _hash([firmware_path.ROOT / "tools"]),
    }


class Ledger:
    """The file `path`: `header` (None when there is none) and `records` {seed: record} of earlier runs."""

    def __init__(self, path):
        self.path = path
        self.header = None
        self.records = {}
        self._file = None
        self._whole = 0  # bytes of whole lines
        if path.exists():
            self._read()

    def _read(self):
        data = self.path.read_bytes()
        for raw in data.splitlines(keepends=True):
            try:
                line = json.loads(raw) if raw.endswith(b"\n") else None
            except ValueError:
                line = None
            if not isinstance(line, dict):
                break  # cut in the middle: this line and what may follow is not to be trusted
            self._whole += len(raw)
            if self.header is None:
                self.header = line
            else:
                self.records[line["seed"]] = line

    def open(self, header):
        """Begin to append: to what was read when `header` is its own, else to a new file (the old one is kept)."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.header == header:
            self._file = self.path.open("r+b")
            self._file.truncate(self._whole)
            self._file.seek(self._whole)
            return
        if self.path.exists():
            os.replace(self.path, self.path.with_suffix(".old.jsonl"))
        self.header, self.records = header, {}
        self._file = self.path.open("wb")
        self._write(header)

    def add(self, record):
        """Append one run."""
        self.records[record["seed"]] = record
        self._write(record)

    def _write(self, line):
        self._file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        self._file.flush()

    def close(self):
        """End appending."""
        if self._file is not None:
            self._file.close()
            self._file = None
