"""Host's side of the frames of `target/vm_link.py`: operation numbers and the request's head."""

import struct

EXCHANGE = 1
FLASH_READ = 2
FLASH_PROGRAM = 3
FLASH_ERASE = 4
ROM_WRITE = 5
RTC_LOAD = 6
RTC_STORE = 7
RESET = 8
PROGRAM = 9
INTERRUPT_CHAR = 10
KEPT_READ = 11
KEPT_WRITE = 12

HEAD = struct.Struct("=4i")  # operation, a, b, payload length
STATUS = struct.Struct("=i")

# Reset causes, as `machine.reset_cause()` of the esp32 port numbers them.
PWRON = 1
HARD = 2
WDT = 3
DEEPSLEEP = 4
SOFT = 5
