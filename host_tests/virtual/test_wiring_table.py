"""The wiring table that an electrician reads, against the cabinet's netlist."""

import re

import pytest
from ghp import points
from ghptools.virtual import inprocess, wires
from ghptools.virtual.circuit import Circuit
from ghptools.virtual.netlist_ghp50 import build

TEXT = (inprocess.BOARDS / "ghp50" / "README.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|\n ").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("|")
][2:]
# rows that name several wires by their parts
PARTS = {
    "knob A, B, push": ["knob", "knob", "knob_push"],
    "expansion_valve": ["valve_steps", "valve_dir", "valve_enable"],
}


def names_of(row):
    if row[1] in PARTS:
        return PARTS[row[1]]
    return [name.split(" ")[0] for name in row[1].split(", ")]


def numbers(text):
    """Return the integers of "GPIO 4, 5", "AIN0–3" or "GPA0–6", ranges written out."""
    found = []
    for first, last in re.findall(r"(\d+)(?:–(\d+))?", text):
        found.extend(range(int(first), int(last or first) + 1))
    return found


@pytest.fixture
def circuit():
    circuit = Circuit(lambda *_: None)
    build(circuit)
    return circuit


def test_every_point_is_in_the_table():
    listed = {name for row in ROWS for name in row[1].replace(" (through K1)", "").split(", ")}
    tables = (points.ANALOG_INPUTS, points.PULSE_INPUTS, points.DIGITAL_INPUTS, points.OUTPUTS)
    missing = {name for table in tables for name in points.names(table)} - listed
    assert missing == {"knob_push"} and "push" in listed  # the knob's three wires share a row


def test_pins_of_the_table_are_the_pins_of_the_cabinet(circuit):
    checked = set()
    for row in ROWS:
        place = re.search(r"GPIO (.*)|step (.*)", row[3])
        if place is None:
            continue
        gpios = numbers(place.group(0))
        assert len(gpios) == len(names_of(row)), row
        for gpio, name in zip(gpios, names_of(row), strict=True):
            net = circuit.nets[gpio]
            if net.kind == "select":
                assert net.wire is circuit.chips["thermo_" + name.split("_")[0]]
            else:
                table = wires.OUT if net.kind in ("coil", "pwm", "step", "dir", "enable") else wires.IN
                assert table[net.wire] == name, (gpio, name)
            checked.add(gpio)
    bus = {gpio for gpio, net in circuit.nets.items() if net.kind == "bus"}
    assert checked | bus == set(circuit.nets)


def test_channels_of_the_table_are_the_channels_of_the_chips(circuit):
    checked = 0
    for row in ROWS:
        kind = row[3][:3]
        chip = row[2].split(" ")[0].strip(",")
        if kind == "AIN":
            channels = numbers(row[3])
            for channel, name in zip(channels, names_of(row), strict=True):
                assert wires.IN[circuit.chips[chip]._inputs[channel]] == name
                checked += 1
        elif kind in ("GPA", "GPB"):
            for bit, name in zip(numbers(row[3]), names_of(row), strict=True):
                pin = circuit.chips[chip]._pins[bit + (8 if kind == "GPB" else 0)]
                assert (wires.IN if pin[0] == "in" else wires.OUT)[pin[1]] == name
                checked += 1
        elif chip == "dac":
            for letter, name in zip(row[3].split(", "), names_of(row), strict=True):
                assert wires.OUT[circuit.chips["dac"]._outputs["ABCD".index(letter)]] == name
                checked += 1
    assert checked == len(wires.ADC_IN) + 7 + len(wires.RELAYS) + 3


def test_addresses_of_the_table_are_those_of_the_buses(circuit):
    found = 0
    for row in ROWS:
        match = re.search(r"(\w+)(?: \((?:MCP|DS|MB85RC)\d+V?\))?, I2C(\d) (0x\w\w)", row[2])
        if match or "SSD1309" in row[2] or "MCP4728" in row[2]:
            bus, address = re.search(r"I2C(\d) (0x\w\w)", row[2]).groups()
            chip = circuit.buses["i2c" + bus][int(address, 16)]
            assert chip.name in row[2] or row[1] == "display"
            found += 1
    assert found == sum(len(chips) for bus, chips in circuit.buses.items() if bus != "spi")
