"""What lies between the first line of boot.py and outputs that are safe: counted, because nothing here times an ESP32.

docs/PROTECTION.md ("Safe at boot") states these figures; a change of `make_safe` that costs more is seen here.
"""

import ast

import pytest
from ghptools.firmware_path import FIRMWARE
from ghptools.virtual import wires
from ghptools.virtual.inprocess import InProcess

COILS = [4, 5, 6, 7]  # gas valve, ignition, starter, clutch
OVERHEAD = {"readfrom_mem_into": 3, "writeto_mem": 2, "writeto": 1}  # bytes of address and register in each transfer


class Boot:
    """A board whose transfers and pins are noted while `make_safe` runs."""

    def __init__(self, monkeypatch):
        self.run = InProcess(None)
        self.board = self.run.board_module
        self.transfers = []  # (bus, bytes on the wire)
        self.acts = []  # GPIO made an output, or "bus"
        for name, overhead in OVERHEAD.items():
            self._note_transfers(monkeypatch, name, overhead)
        start = self.board.Pin.__init__

        def pin(this, number, mode=-1, *args, **more):
            if mode == self.board.Pin.OUT:
                self.acts.append(number)
            start(this, number, mode, *args, **more)

        monkeypatch.setattr(self.board.Pin, "__init__", pin)

    def _note_transfers(self, monkeypatch, name, overhead):
        own = getattr(self.board.I2C, name)

        def transfer(bus, *args, **more):
            self.acts.append("bus")
            self.transfers.append((self._number(bus), overhead + len(args[-1])))
            return own(bus, *args, **more)

        monkeypatch.setattr(self.board.I2C, name, transfer)

    def _number(self, bus):
        return next(number for number, known in self.board._buses.items() if known is bus)


@pytest.fixture
def boot(monkeypatch):
    return Boot(monkeypatch)


def test_boot_does_nothing_before_outputs_are_safe():
    lines = ast.parse((FIRMWARE / "boot.py").read_text()).body
    assert isinstance(lines[0].value, ast.Constant)  # its docstring
    assert [ast.unparse(line) for line in lines[1:3]] == ["import board", "board.make_safe()"]


def test_fuel_and_spark_come_before_any_bus(boot):
    boot.board.make_safe()
    assert boot.acts[:4] == COILS and boot.acts.index("bus") >= 10
    assert boot.acts.count("bus") == 6


def test_the_buses_take_less_than_a_millisecond(boot):
    boot.board.make_safe()
    clocks = sum(9 * size + 3 for _, size in boot.transfers)  # nine a byte; start, stop and a repeated start
    assert sum(size for _, size in boot.transfers) == 36
    assert clocks / boot.board._I2C_HZ < 0.00086


def test_buses_held_low_cost_their_time_out_and_no_more(boot):
    for bus in wires.BUSES:
        boot.run.fail_bus(bus)
    boot.run.circuit.exchange_now()
    boot.board.make_safe()
    assert [bus for bus, _ in boot.transfers] == [0, 0, 0, 0, 1]
    assert sum(boot.board._I2C_TIMEOUT_US[bus] for bus, _ in boot.transfers) == 16000
    assert boot.acts[:4] == COILS


def test_no_virtual_time_passes(boot):
    before = boot.run.circuit.now_us
    boot.board.make_safe()
    assert boot.run.circuit.now_us == before
