"""Every scenario file of the project meets what it states, and no safety invariant breaks on the way.

The longest run first, so that two workers finish together.
"""

from pathlib import Path

import pytest
from ghptools.scenario import loader, runner
from ghptools.scenario.commands import as_text

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
SLOW_S = 1800.0


def _name(scenario):
    return str(scenario.path.relative_to(FOLDER).with_suffix(""))


def _scenarios():
    found = [loader.load(path, runner.telemetry_fields()) for path in sorted(FOLDER.rglob("*.toml"))]
    found.sort(key=lambda scenario: -scenario.duration_s)
    return [
        pytest.param(scenario, id=_name(scenario), marks=[pytest.mark.slow] if scenario.duration_s > SLOW_S else [])
        for scenario in found
    ]


@pytest.mark.parametrize("scenario", _scenarios())
def test_scenario(scenario):
    result = runner.Session(scenario).run()
    assert result.ok, "\n" + as_text(result)
