"""The boot flag and the count of restarts in the memory that survives a reset; their use is told in `ghp.service`."""

import machine

from ghp import service


def request_prompt():
    """Ask the next start for MicroPython's prompt instead of the firmware."""
    rtc = machine.RTC()
    rtc.memory(service.with_flag(rtc.memory(), True))


def take_request():
    """Return True when the prompt was asked for; the request is spent by this."""
    rtc = machine.RTC()
    memory = rtc.memory()
    if not service.has_flag(memory):
        return False
    rtc.memory(service.with_restarts(service.with_flag(memory, False), 0))
    return True


def restless():
    """Count this start; return None, or after too many in a row one sentence that says why the firmware is not started."""
    if machine.reset_cause() in (machine.PWRON_RESET, machine.SOFT_RESET):
        forget_restarts()
        return None
    rtc = machine.RTC()
    memory = rtc.memory()
    count = min(service.restarts(memory) + 1, 255)
    rtc.memory(service.with_restarts(memory, count))
    return service.RESTLESS % count if count > service.MOST_RESTARTS else None


def forget_restarts():
    """The firmware has run long enough, or the restart that follows was asked for."""
    rtc = machine.RTC()
    memory = rtc.memory()
    if service.restarts(memory):
        rtc.memory(service.with_restarts(memory, 0))
