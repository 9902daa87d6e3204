"""board.py against the cabinet: every wire moves its own point and no other, every output its own wire."""

import pytest
from ghp import points
from ghptools.virtual import wires

ANALOG = points.names(points.ANALOG_INPUTS)
DIGITAL = points.names(points.DIGITAL_INPUTS)
PULSES = points.names(points.PULSE_INPUTS)
OUTPUTS = points.names(points.OUTPUTS)
A_PATTERN = 45  # scans that show every channel of every converter at least once


def settle_inputs(bench):
    bench.scan(A_PATTERN)
    image = bench.image
    return list(image.analog), list(image.digital), list(image.pulses)


@pytest.mark.parametrize("name", ANALOG)
def test_analog_wire_moves_its_point_only(bench, name):
    before = settle_inputs(bench)
    microvolts = 10_000 if name in wires.THERMOCOUPLES else 1_500_000
    bench.drive(name, microvolts)
    after = settle_inputs(bench)
    moved = [ANALOG[i] for i in range(len(ANALOG)) if before[0][i] != after[0][i]]
    assert moved == [name]
    assert before[1:] == after[1:]
    if name not in wires.THERMOCOUPLES:
        assert after[0][ANALOG.index(name)] == 8000  # 1.5 V at 187.5 uV a count
    else:
        # 10 mV at 41.276 uV/K above a cabinet of 30 C, in quarters
        assert after[0][ANALOG.index(name)] == round((10_000 / 41.276 + 30) * 4)
    assert set(bench.image.analog_status) == {1}


@pytest.mark.parametrize("name", DIGITAL)
def test_contact_moves_its_point_only(bench, name):
    before = settle_inputs(bench)
    assert set(before[1]) == {0}
    bench.drive(name, 1)
    after = settle_inputs(bench)
    assert [DIGITAL[i] for i in range(len(DIGITAL)) if after[1][i]] == [name]
    assert before[0] == after[0] and before[2] == after[2]
    assert set(bench.image.digital_status) == {1}


@pytest.mark.parametrize("name", PULSES)
def test_pulse_input_moves_its_point_only(bench, name):
    settle_inputs(bench)
    bench.drive(name, 240)
    after = settle_inputs(bench)
    edges_a_count = 1 if name == "engine_speed" else 2
    assert [(PULSES[i], count) for i, count in enumerate(after[2]) if count] == [(name, 240 // edges_a_count)]


def test_knob_counts_detents_clockwise_positive(bench):
    bench.run.turn_knob(3)
    bench.scan()
    assert bench.image.knob[0] == 3
    bench.run.turn_knob(-5)
    bench.scan()
    assert bench.image.knob[0] == -2


FULL = {"percent": 10000, "steps": 500, "digital": 1}
WIRE_AT_FULL = {
    "throttle": ("throttle", 65535),
    "mixture_valve": ("mixture_valve", 65535),
    "lead_fan_speed": ("lead_fan_speed", 10_000_000),
    "pump_hot_speed": ("pump_hot_speed", 10_000_000),
    "heat_recovery_valve": ("heat_recovery_valve", 10_000_000),
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_output_moves_its_wire_only(bench, name):
    bench.scan(300)  # homing of the valve included
    before = list(bench.circuit.out)
    row = points.OUTPUTS[OUTPUTS.index(name)]
    bench.image.outputs[OUTPUTS.index(name)] = FULL[row[2]]
    bench.scan(300)
    moved = {
        wires.OUT[i]: bench.circuit.out[i] for i in range(len(wires.OUT)) if before[i] != bench.circuit.out[i]
    }
    if name == "expansion_valve":
        start = before[wires.position(wires.OUT, "valve_steps")]
        assert (moved.pop("valve_steps") - start) & wires.COUNT_MASK == 500
        assert moved == {"valve_dir": 1}  # enable is off again at rest
    else:
        wire, level = WIRE_AT_FULL.get(name, (name, 1))
        assert moved == {wire: level}


def test_heartbeat_reaches_its_wire(bench):
    bench.board.heartbeat.toggle()
    assert bench.wire("heartbeat") == 1
    bench.board.heartbeat.toggle()
    assert bench.wire("heartbeat") == 0


def test_every_wire_is_used_by_the_cabinet(bench):
    nets = bench.circuit.nets.values()
    soldered = {net.wire for net in nets if isinstance(net.wire, int)}
    chips = bench.circuit.chips
    assert set(chips) == set(wires.CHIPS)
    for name in ("adc_pressures", "adc_engine", "adc_refrigerant", "adc_water", "adc_chilled"):
        soldered.update(place for place in chips[name]._inputs if place >= 0)
    assert {wires.position(wires.IN, name) for name in wires.ADC_IN} <= soldered


def test_no_pin_twice_and_none_of_the_forbidden(bench):
    source = (bench.run.board_module.__file__, bench.circuit.owners)
    assert len(source[1]) == 30
    assert not set(source[1]) & ({0, 19, 20, 43, 44, 45} | set(range(22, 35)))


def test_swapped_pins_in_the_board_file_are_found(make_bench, tmp_path):
    """The netlist is independent: a board file with two pins exchanged moves the wrong point."""
    from ghptools.virtual import inprocess

    text = (inprocess.BOARDS / "ghp50" / "board.py").read_text()
    wrong = text.replace('("gas_valve", 4), ("ignition", 5)', '("gas_valve", 5), ("ignition", 4)')
    assert wrong != text
    (tmp_path / "ghp50").mkdir()
    (tmp_path / "ghp50" / "board.py").write_text(wrong)
    boards, inprocess.BOARDS = inprocess.BOARDS, tmp_path
    try:
        bench = make_bench()
    finally:
        inprocess.BOARDS = boards
    bench.image.outputs[OUTPUTS.index("gas_valve")] = 1
    bench.scan()
    assert bench.wire("gas_valve") == 0 and bench.wire("ignition") == 1


def test_make_safe_gives_every_output_its_safe_level(bench):
    safe = {row[1]: row[4] for row in points.OUTPUTS}
    for name, level in safe.items():
        kind = points.OUTPUTS[OUTPUTS.index(name)][2]
        if kind == "digital":
            assert bench.wire(name) == max(level, 0), name
        elif kind == "percent" and name in ("throttle", "mixture_valve"):
            assert bench.wire(name) == level * 65535 // 10000, name
        elif kind == "percent":
            assert abs(bench.wire(name) - level * 1000) <= 2500, name  # one step of 12 bits
    assert bench.wire("valve_enable") == 0 and bench.wire("valve_steps") == 0


def test_make_safe_keeps_the_positions_that_hold_their_place(bench):
    for name in ("reversing_valve", "water_valve", "pump_chilled", "liquid_valve"):
        bench.image.outputs[OUTPUTS.index(name)] = 1
    bench.scan(11)
    bench.image.outputs[OUTPUTS.index("pump_chilled")] = 0
    bench.run.board_module.make_safe()
    assert bench.wire("reversing_valve") == 1 and bench.wire("water_valve") == 1
    assert bench.wire("liquid_valve") == 0 and bench.wire("pump_chilled") == 1


def test_make_safe_starts_no_pump_while_a_water_valve_may_be_on_its_way(bench):
    bench.image.outputs[OUTPUTS.index("water_valve")] = 1
    bench.image.outputs[OUTPUTS.index("pump_hot")] = 0
    bench.scan(11)
    bench.run.board_module.make_safe()
    assert (bench.wire("water_valve"), bench.wire("pump_hot"), bench.wire("pump_chilled")) == (1, 0, 0)


def test_make_safe_survives_dead_chips(bench):
    for bus in wires.BUSES:
        bench.run.fail_bus(bus)
    for name in ("gas_valve", "ignition"):
        bench.image.outputs[OUTPUTS.index(name)] = 1
    bench.scan()
    assert bench.wire("gas_valve") == 1
    bench.run.board_module.make_safe()
    assert bench.wire("gas_valve") == 0 and bench.wire("ignition") == 0
