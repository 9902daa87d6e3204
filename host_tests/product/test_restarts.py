"""A firmware that restarts again and again is left standing, with its outputs safe and the prompt alive."""

import pytest
from ghp import service
from ghptools.build import images
from ghptools.virtual import vm_frames as frames
from ghptools.virtual.board_cmd import World


class Restless:
    """The unit in the VM, restarted at will."""

    def __init__(self, make):
        world = World()
        self._until_ms = 0
        self._typed = b""

        def exchange(out, dt_ms):
            if self._typed and self.vm.virtual_ms >= self._until_ms - 2000:
                self.vm.console_write(self._typed)
                self._typed = b""
            if self.vm.virtual_ms >= self._until_ms:
                self.vm.stop()
            return world.exchange(out, dt_ms)

        self.vm = make(exchange, rom=images.firmware_image())
        self.vm.on_idle = self.vm.stop

    def start(self, cause, runs_ms=300, typed=b""):
        """Start for that long, two seconds before the end type; returns what was printed.

        `vm.idle` says whether the prompt has the board.
        """
        self._until_ms = self.vm.virtual_ms + runs_ms
        self._typed = typed
        self.vm.start(cause)
        self.vm.run()
        return self.vm.console_read().decode()


@pytest.fixture
def unit(virtual_machine):
    return Restless(virtual_machine)


def test_after_too_many_restarts_the_firmware_is_not_started_until_the_power_was_off(unit):
    assert "started by power" in unit.start(frames.PWRON)
    for _ in range(service.MOST_RESTARTS):
        assert "started by watchdog" in unit.start(frames.WDT) and not unit.vm.idle
    for count in (1, 2):
        text = unit.start(frames.WDT)
        assert service.RESTLESS % (service.MOST_RESTARTS + count) in text and "started by" not in text
        assert unit.vm.idle
    assert "started by power" in unit.start(frames.PWRON) and not unit.vm.idle
    assert "started by watchdog" in unit.start(frames.WDT)


@pytest.mark.slow
def test_ten_minutes_of_running_make_up_for_the_restarts_before(unit):
    unit.start(frames.PWRON)
    for _ in range(service.MOST_RESTARTS):
        unit.start(frames.HARD)
    assert service.restarts(unit.vm.rtc_memory) == service.MOST_RESTARTS
    unit.vm.rtc_memory = service.with_restarts(unit.vm.rtc_memory, 2)
    unit.start(frames.WDT, runs_ms=1000 * (service.STEADY_S - 10))
    assert service.restarts(unit.vm.rtc_memory) == 3
    unit.start(frames.WDT, runs_ms=1000 * (service.STEADY_S + 2))
    assert service.restarts(unit.vm.rtc_memory) == 0
    assert "started by" in unit.start(frames.WDT)


def test_a_restart_that_a_person_asked_for_is_not_counted(unit):
    unit.start(frames.PWRON)
    for _ in range(3):
        unit.start(frames.WDT)
    assert service.restarts(unit.vm.rtc_memory) == 3
    # standstill is proven two minutes after a start
    unit.start(frames.WDT, runs_ms=190000, typed=b"reboot\r")
    assert unit.vm.restarts == 1 and service.restarts(unit.vm.rtc_memory) == 1  # the one that followed, and no more
