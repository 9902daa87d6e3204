"""Shared by all tests: the paths on which CPython finds the firmware's modules, and hypothesis' profiles."""

import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
for folder in ("tools/ghptools/virtual/cpython",):
    sys.path.insert(0, str(ROOT / folder))

settings.register_profile("project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("hunt", settings.get_profile("project"), derandomize=False, max_examples=3000)
settings.load_profile("project")


def pytest_addoption(parser):
    """Long scenarios may run to their end."""
    parser.addoption("--whole", action="store_true", help="run every scenario to its end, not to its cut")


def pytest_collection_modifyitems(config, items):
    """Leave out what only `--whole` runs; begin with the longest, so that two workers finish together."""
    if not config.getoption("--whole"):
        left_out = [item for item in items if item.get_closest_marker("whole")]
        if left_out:
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: "test_scenario[day]" not in item.nodeid)
