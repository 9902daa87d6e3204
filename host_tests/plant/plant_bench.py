"""Common ground of the plant's tests: settled plants, Fahrenheit, waiting for a condition."""

from ghptools.plant.regulators import Ideal, running

GPM = 0.0630902  # L/s


def c(fahrenheit: float) -> float:
    """°C of a temperature in °F."""
    return (fahrenheit - 32.0) / 1.8


class FixedValve:
    """Stands in for the superheat regulator: the valve stays where it is."""

    limited = ""

    def step(self, plant, dt=0.5):
        """Do nothing."""


def settled(mode="heat", rpm=2400.0, ambient_f=47.0, leaving_f=120.0, seconds=250.0, **start):
    """A plant and its ideal regulators at a steady point, its tank then left to itself."""
    leaving = c(leaving_f)
    water = {"tank_c": leaving - 11.0} if mode == "heat" else {"tank_c": 50.0, "chilled_c": leaving + 5.6}
    plant = running(mode, rpm, ambient_c=c(ambient_f), **{**water, **start})
    ideal = Ideal(plant, rpm)
    ideal.leaving_c = leaving
    ideal.run(seconds)
    return plant, ideal


def until(plant, condition, limit_s, step=None, ms=50):
    """Seconds until ``condition(plant)``; ``step(plant)`` is called before every ``ms``. None when it never is."""
    began = plant.time_s
    while plant.time_s - began < limit_s:
        if step is not None:
            step(plant)
        plant.advance(ms)
        if condition(plant):
            return plant.time_s - began
    return None


def stop_engine(plant):
    """Fast stop: fuel, spark and clutch off."""
    plant.command(gas_valve=0, ignition=0, clutch=0)


def set_valve(plant, steps):
    """Send the steps that bring the true position to ``steps``."""
    i = plant_command_index("expansion_valve")
    plant.cmd[i] += round(steps) - round(plant.get("valve_position"))


def plant_command_index(name):
    """Index of a command."""
    from ghptools.plant import signals  # noqa: PLC0415

    return signals.COMMANDS.index(name)
