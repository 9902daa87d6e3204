"""What a fault may be, and that swapped plugs find their way back."""

import numpy as np
import pytest
from ghptools.plant import Plant, signals
from ghptools.plant import layout as L

N = signals.SENSORS.index


def exact(**start):
    return Plant(start={"noise": 0.0, "calibration": 0.0, **start})


def test_parameters_out_of_range_say_what_is_allowed():
    plant = Plant()
    for name, kind, params, part in (
        ("hot_flow", "factor", {"factor": -3}, "hot_flow factor: factor must be 0 to 5, not -3"),
        ("leaving_water", "bursts", {"size": float("nan")}, "size must be 0 to 2, not nan"),
        ("leaving_water", "bias", {"value": True}, "value must be a number, not True"),
        ("leaving_water", "bias", {"value": None}, "value must be a number, not None"),
        ("call_heat", "stuck", {"value": 7}, "value must be 0 or 1, not 7"),
        ("expansion_valve", "stuck", {"at": 9000}, "at must be 0 to 500, not 9000"),
    ):
        with pytest.raises(ValueError, match=part):
            plant.inject(name, kind, **params)
    assert plant.active_faults == {}


def shown(plant, *names):
    plant.advance(600_000)
    return [float(plant.sensed[N(name)]) for name in names]


def test_combined_swaps_heal_fully():
    names = ("leaving_water", "ambient_temp", "coolant_temp", "suction_temp")
    plant = exact(tank_c=50.0, ambient_c=10.0, engine_c=30.0, coil_c=10.0)
    healthy = plant.snapshot()
    column = plant._sensors[:, L.F_SWAP]
    plant.inject("leaving_water", "swapped", other="ambient_temp")
    plant.inject("leaving_water", "swapped", other="coolant_temp")  # the first two are in their places again
    assert shown(plant, "ambient_temp") == pytest.approx([10.0], abs=0.1)
    plant.inject("coolant_temp", "swapped", other="suction_temp")  # and now the leaving water is
    assert shown(plant, "leaving_water") == pytest.approx([plant.get("leaving_c")], abs=0.1)
    assert list(plant.active_faults) == [("coolant_temp", "swapped")]
    plant.clear("coolant_temp")
    assert plant.active_faults == {} and np.array_equal(column, healthy["_sensors"][:, L.F_SWAP])
    for one, other in zip(names, names[1:], strict=False):
        plant.inject(one, "swapped", other=other)
    plant.inject("suction_temp", "bias", value=1.0)
    plant.clear("suction_temp")  # heals what it is swapped with, too
    assert plant.active_faults == {} and np.array_equal(column, healthy["_sensors"][:, L.F_SWAP])
    plant.inject("leaving_water", "swapped", other="ambient_temp")
    plant.inject("ambient_temp", "swapped", other="leaving_water")
    plant.clear()
    assert plant.active_faults == {} and np.array_equal(column, healthy["_sensors"][:, L.F_SWAP])
