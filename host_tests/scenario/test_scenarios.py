"""Every scenario file of the project meets what it states, and no safety invariant breaks on the way.

A long one runs as far as its `cut` says, unless `--whole` is given, as `make scenarios` does; those in `scenarios/ends`
(the same events at both ends of the weather) run with it only.  The longest first, so that two workers finish together.
"""

from pathlib import Path

import pytest
from ghptools.scenario import loader, runner
from ghptools.scenario.commands import as_text

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
SLOW_S = 1800.0


def _name(scenario):
    return str(scenario.path.relative_to(FOLDER).with_suffix(""))


def _marks(scenario):
    if scenario.path.parent.name == "ends":
        return [pytest.mark.whole, pytest.mark.slow]
    return [pytest.mark.slow] if (scenario.cut_s or scenario.duration_s) > SLOW_S else []


def _scenarios():
    found = [loader.load(path, runner.telemetry_fields()) for path in sorted(FOLDER.rglob("*.toml"))]
    found.sort(key=lambda scenario: -(scenario.cut_s or scenario.duration_s))
    return [pytest.param(scenario, id=_name(scenario), marks=_marks(scenario)) for scenario in found]


@pytest.mark.parametrize("scenario", _scenarios())
def test_scenario(scenario, request):
    result = runner.Session(scenario, cut=not request.config.getoption("--whole")).run()
    assert result.ok, "\n" + as_text(result)
