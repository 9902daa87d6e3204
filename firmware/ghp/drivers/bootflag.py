"""The boot flag in the memory that survives a reset; meaning and use are told in `ghp.service`."""

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
    rtc.memory(service.with_flag(memory, False))
    return True
