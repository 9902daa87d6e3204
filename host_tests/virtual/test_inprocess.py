"""A controller in this process over the real plant: restarts, power cuts, lateness, and runs that do not meet."""

import pytest
from ghp import points
from ghp.image import Image
from ghptools.plant.plant import Plant
from ghptools.virtual import circuit as circuits
from ghptools.virtual.inprocess import EndOfRun, InProcess

OUTPUTS = points.names(points.OUTPUTS)


def firmware(log=None, feed=True, outputs=None):
    """Return a main(board_module): the smallest program that scans all drivers."""

    def main(board_module):
        image = Image()
        board = board_module.build(image)
        for name, value in (outputs or {}).items():
            image.outputs[OUTPUTS.index(name)] = value
        if log is not None:
            log.append((board.reset_cause(), board.clock.ticks_ms(), image))
        scan = 0
        while True:
            now = board.clock.ticks_ms()
            board.read_fast(now)
            board.write_fast(now)
            if scan % 2 == 0:
                board.read_analog(now)
            if scan % 10 == 0:
                board.read_slow(now)
                board.write_slow(now)
            board.heartbeat.toggle()
            if feed or scan == 0:
                board.watchdog.feed()
            scan += 1
            board.clock.sleep_ms(50)

    return main


class Host:
    """Runs `main` for `until_ms`; `at` is {time_ms: callable(run)}."""

    def __init__(self, main, until_ms, at=None, start_ticks=0):
        self.plant = Plant(3)
        self.until_ms = until_ms
        self.at = dict(at or {})
        self.run = InProcess(self.plant, start_ticks=start_ticks, on_exchange=self.exchange)
        self.relay = []
        self.run.run(main)

    def exchange(self, _dt_ms):
        self.relay.append((self.run.time_ms, self.run.electrics.fuel_relay))
        if self.run.time_ms >= self.until_ms:
            raise EndOfRun
        for time_ms in sorted(self.at):
            if time_ms <= self.run.time_ms:
                self.at.pop(time_ms)(self.run)


def test_plant_and_board_meet():
    log = []
    host = Host(firmware(log, outputs={"pump_hot": 1, "pump_hot_speed": 10000}), 20_000)
    image = log[0][2]
    assert log[0][:2] == ("power", 0)
    assert set(image.analog_status) == {1} and set(image.digital_status) == {1}
    flow = points.names(points.PULSE_INPUTS).index("hot_flow")
    litres = host.plant.get("hot_flow_lps") * 20
    assert litres > 100 and image.pulses[flow] == pytest.approx(litres * 20, rel=0.1)
    assert image.digital[points.names(points.DIGITAL_INPUTS).index("flow_switch_hot")] == 1
    assert host.run.electrics.fuel_relay
    assert host.plant.time_s == pytest.approx(20.0)


def test_reset_button_restarts_with_dead_outputs_between():
    log = []
    host = Host(firmware(log, outputs={"gas_valve": 1}), 6000, {3000: lambda run: run.press_reset()})
    assert [entry[0] for entry in log] == ["power", "reset"]
    assert host.run.restarts == [(3000, circuits.RESET_HARD)]
    assert host.plant.time_s * 1000 == host.run.time_ms
    closed = [time_ms for time_ms, relay in host.relay if relay]
    assert not [t for t in closed if 3000 + circuits.BOOT_MS <= t < 4000 + circuits.BOOT_MS]
    assert closed[-1] >= 5000


def test_power_cut_passes_plant_time_and_starts_from_power():
    log = []
    host = Host(firmware(log), 40_000, {2000: lambda run: run.cut_power(30_000)})
    assert [entry[0] for entry in log] == ["power", "power"]
    assert log[1][1] == 0 and host.run.restarts == [(2000, circuits.RESET_POWER)]
    assert host.plant.time_s * 1000 == host.run.time_ms


def test_hung_firmware_is_ended_by_the_watchdog():
    log = []
    host = Host(firmware(log, feed=False), 5000)
    assert [entry[0] for entry in log][:2] == ["power", "watchdog"]
    assert host.run.restarts[0][0] == pytest.approx(2050, abs=50)


def test_reset_asked_by_the_firmware():
    causes = []

    def main(board_module):
        board = board_module.build(Image())
        causes.append(board.reset_cause())
        if len(causes) < 3:
            board.reset()

    InProcess(Plant(3)).run(main)
    assert causes == ["power", "reset", "reset"]


def test_clock_starts_where_it_is_told_and_wraps():
    log = []
    host = Host(firmware(log), 500, start_ticks=circuits.TICKS_PERIOD - 100)
    assert log[0][1] == circuits.TICKS_PERIOD - 100
    assert host.run.circuit.ticks_ms() < 1000


def test_late_scan_takes_plant_time_too():
    host = Host(firmware(), 2000, {1000: lambda run: run.delay_scan(300)})
    assert host.plant.time_s * 1000 == host.run.time_ms
    times = [time_ms for time_ms, _ in host.relay]
    assert max(b - a for a, b in zip(times, times[1:], strict=False)) == 350


def test_two_runs_do_not_see_each_other():
    one, other = InProcess(None), InProcess(None)
    images = Image(), Image()
    boards = one.board_module.build(images[0]), other.board_module.build(images[1])
    images[0].outputs[OUTPUTS.index("gas_valve")] = 1
    for board in boards:
        board.write_fast(0)
    assert one.wire("gas_valve") == 1 and other.wire("gas_valve") == 0
    one.circuit.sleep_ms(500)
    assert boards[0].clock.ticks_ms() == 500 and boards[1].clock.ticks_ms() == 0


def test_the_same_seed_gives_the_same_trace():
    def trace():
        log, seen = [], []
        plant = Plant(11)

        def exchange(_dt_ms):
            seen.append(bytes(log[0][2].analog))
            if len(seen) == 100:
                raise EndOfRun

        InProcess(plant, on_exchange=exchange).run(firmware(log, outputs={"pump_hot": 1}))
        return seen

    first = trace()
    assert len(set(first)) > 50 and first == trace()


def test_knob_and_failures_survive_a_restart():
    run = InProcess(None)
    run.turn_knob(2)
    run.fail_chip("dac")
    run.power_up(circuits.RESET_HARD)
    image = Image()
    board = run.board_module.build(image)
    board.write_slow(0)
    assert not next(chip for chip in board.chips if chip.name == "dac").ok
    run.turn_knob(1)
    board.read_fast(0)
    assert image.knob[0] == 1  # the encoder counts from where the knob was at power-up


def test_memory_that_survives_a_reset_but_not_a_power_cut():
    seen = []

    def main(board_module):
        from ghp.drivers import bootflag  # noqa: PLC0415  as main.py does

        seen.append(bootflag.take_request())
        board = board_module.build(Image())
        bootflag.request_prompt()
        if len(seen) == 1:
            board.reset()
        board.clock.sleep_ms(50)

    def cut(_dt_ms):
        if len(seen) == 2:
            run.cut_power(100)

    run = InProcess(None, on_exchange=cut)
    run.run(main)
    assert seen == [False, True, False]


def test_a_reset_leaves_the_valves_where_they_were():
    log = []
    seen = []

    def main(board_module):
        image = Image()
        board = board_module.build(image)
        found = [image.outputs[OUTPUTS.index(name)] for name in ("water_valve", "pump_chilled")]
        seen.append((board.reset_cause(), *found))
        image.outputs[OUTPUTS.index("water_valve")] = 1
        image.outputs[OUTPUTS.index("pump_chilled")] = 1
        while True:
            now = board.clock.ticks_ms()
            board.write_slow(now)
            board.watchdog.feed()
            log.append((host_run[0].time_ms, host_run[0].wire("water_valve")))
            board.clock.sleep_ms(50)

    host_run = []
    plant = Plant(3)
    at = {10_000: lambda run: run.press_reset(), 20_000: lambda run: run.cut_power(5000)}

    def exchange(_dt_ms):
        run = host_run[0]
        log.append((run.time_ms, run.wire("water_valve")))
        if run.time_ms >= 40_000:
            raise EndOfRun
        for time_ms in sorted(at):
            if time_ms <= run.time_ms:
                at.pop(time_ms)(run)

    host_run.append(InProcess(plant, on_exchange=exchange))
    host_run[0].run(main)
    # after the reset valve and pump were on all the time and are handed back; after the power cut they are not
    assert seen == [("power", 0, 0), ("reset", 1, 1), ("power", 0, 0)]
    assert {level for time_ms, level in log if 1_000 < time_ms < 20_000} == {1}
    assert plant.get("water_valve_position") < 0.4  # 35 s of travel, 5 s of them backwards
