"""Scenarios: data files that say what happens to the machine, and the run that shows whether it holds."""
