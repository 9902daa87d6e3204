"""Scenarios run with the firmware in this process; the paths are the host tools' own."""

from ghptools import firmware_path

firmware_path.ensure()
