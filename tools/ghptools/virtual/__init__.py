"""The virtual board: the firmware runs unchanged over simulated chips whose wires end in the plant."""
