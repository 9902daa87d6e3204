# Runs the whole board for some hundred scans against a made-up world and prints everything it saw.
# The same file on CPython and on MicroPython; the outputs must be equal.

from ghptools.virtual import circuit as circuits
from ghptools.virtual import netlist_ghp50, wires

seed = [12345]


def noise(limit):
    seed[0] = (seed[0] * 1103515245 + 12345) & 0x7FFFFFFF
    return (seed[0] >> 8) % limit


def world(circuit, dt_ms):
    """Every input moves; chips and buses fail now and then."""
    inp = circuit.inp
    for name in wires.ADC_IN:
        inp[wires.position(wires.IN, name)] = noise(5000000)
    for name in wires.THERMOCOUPLES:
        inp[wires.position(wires.IN, name)] = noise(30000) - 2000 if noise(9) else wires.TC_OPEN
    for name in wires.CONTACTS:
        inp[wires.position(wires.IN, name)] = noise(2)
    for name in wires.COUNTERS:
        place = wires.position(wires.IN, name)
        inp[place] = (inp[place] + noise(20)) & wires.COUNT_MASK
    inp[wires.position(wires.IN, "knob")] += noise(9) - 4
    inp[wires.position(wires.IN, "absent_chips")] = noise(1 << 11) if noise(20) == 0 else 0
    inp[wires.position(wires.IN, "stuck_buses")] = noise(8) if noise(40) == 0 else 0


def install(start_ticks):
    circuit = circuits.Circuit(world, start_ticks)
    netlist_ghp50.build(circuit)
    circuit.exchange_now()
    circuits.install(circuit)
    return circuit


def run(circuit, board_module, image, points, scans, show, guard):
    """Scan; `guard(True)` and `guard(False)` stand around what must not allocate."""
    board_module.make_safe()
    board = board_module.build(image)
    page = bytearray(128)
    for scan in range(scans):
        for index in range(len(image.outputs)):
            kind = points.OUTPUTS[index][2]
            image.outputs[index] = noise(2 if kind == "digital" else 501 if kind == "steps" else 10001)
        now = board.clock.ticks_ms()
        quiet = not circuit.inp[wires.position(wires.IN, "absent_chips")]
        quiet = quiet and not circuit.inp[wires.position(wires.IN, "stuck_buses")]
        if quiet and scan > 2:
            guard(True)
        board.read_fast(now)
        if scan % 2 == 0:
            board.read_analog(now)
        board.write_fast(now)
        board.heartbeat.toggle()
        board.watchdog.feed() if scan > 2 else None
        if quiet and scan > 2:
            guard(False)
        if scan == 2:
            board.watchdog.feed()
        if scan % 10 == 0:
            board.read_slow(now)
            board.write_slow(now)
        if scan % 7 == 0:
            for column in range(128):
                page[column] = noise(256)
            board.display.show(scan % 8, page)
        show("%d %d" % (now, board.clock.ticks_us()))
        show(" ".join([str(value) for value in image.analog]))
        show(" ".join([str(value) for value in image.analog_at]))
        show(" ".join([str(value) for value in image.analog_status]))
        show(" ".join([str(value) for value in image.pulses]))
        show(" ".join([str(value) for value in image.pulses_at_us]))
        show(" ".join([str(value) for value in image.digital]))
        show(" ".join([str(value) for value in image.digital_status]))
        show("%d %d" % (image.knob[0], board.valve.position))
        show(" ".join([str(value) for value in circuit.out]))
        board.clock.sleep_ms(50)
    show(" ".join(["%s %d %d" % (chip.name, chip.errors, chip.ok) for chip in board.chips]))
    total = 0
    for byte in circuit.display.memory:
        total = (total * 31 + byte) & 0x3FFFFFFF
    show("display %d" % total)
