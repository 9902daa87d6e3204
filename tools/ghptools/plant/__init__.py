"""The simulated machine: refrigerant circuit, engine, water, air, sensors and their faults.

``from ghptools.plant import Plant`` loads numba; ``from ghptools.plant import signals, faults`` does not.
"""

__all__ = ["START_DEFAULTS", "Plant", "fastest_heatup", "rate"]

_HOME = {"Plant": "plant", "START_DEFAULTS": "plant", "rate": "rating", "fastest_heatup": "rating"}


def __getattr__(name: str):
    if name in _HOME:
        import importlib  # noqa: PLC0415  (keeps `signals` light)

        return getattr(importlib.import_module(f"ghptools.plant.{_HOME[name]}"), name)
    raise AttributeError(f"module 'ghptools.plant' has no attribute {name!r}")
