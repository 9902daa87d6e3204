"""Inside the VM: the pair of pipes to the host, on which virtual time, wires and flash travel.

A request is four 32-bit words (operation, a, b, payload length) in native order and the payload; each is
answered before anything else happens, so the host may stop the machine at any of them.  An interrupt from
the terminal comes as the status of an EXCHANGE or PROGRAM: nothing is half done then.  `vm_frames.py`
lists the operations for the host's side; `host_tests/product` compares the two lists.

Nothing here allocates once `connect` is done, except where a docstring says so.
"""

from array import array

from ghptools.virtual.circuit import PAGES
from ghptools.virtual.wires import OUT
from micropython import const

EXCHANGE = const(1)  # a = ms, b = bytes expected after the status; payload: wires, display pages
FLASH_READ = const(2)  # a = block, b = offset, length = bytes expected back (no payload)
FLASH_PROGRAM = const(3)  # a = block, b = offset; payload: data
FLASH_ERASE = const(4)  # a = block
ROM_WRITE = const(5)  # a = offset; payload: data
RTC_LOAD = const(6)  # answer: bytes of the memory that survives a reset, after their count
RTC_STORE = const(7)  # payload: data
RESET = const(8)  # a = reset cause; no answer, the process ends
PROGRAM = const(9)  # a = 1: boot.py and main.py follow, 0: they have ended and the prompt follows
INTERRUPT_CHAR = const(10)  # a = character that interrupts a running program, -1 = none
KEPT_READ = const(11)  # a = place, length = bytes expected back (no payload)
KEPT_WRITE = const(12)  # a = place; payload: data

PAGE_BYTES = const(128)

cause = 1  # why the machine started: the codes of `machine.reset_cause()` on esp32
_header = array("i", [0, 0, 0, 0])
_frame = array("i", [EXCHANGE] + [0] * (3 + len(OUT)))
_OUT_BYTES = 4 * len(OUT)
_status = array("i", [0])
_readinto = None
_write = None


def connect(fd_in, fd_out, reset_cause):
    """Open the pipes by number and note the reset cause."""
    global _readinto, _write, cause
    _readinto = open(fd_in, "rb").readinto
    _write = open(fd_out, "wb").write
    cause = reset_cause


def _receive(buf, size):
    got = 0
    try:
        got = _readinto(buf)
    except KeyboardInterrupt:  # a signal, sent to a program that made no frames for a while
        if not got:  # the answer is still to come: take it, or every later one would be off by one
            _readinto(buf)
        raise
    if got != size:
        raise SystemExit  # the host has gone: nothing is left to run for


def _request(op, a, b, payload):
    # No branch between the first write and the answer: an interrupt could only cut in at a branch.
    _header[0] = op
    _header[1] = a
    _header[2] = b
    _header[3] = len(payload)
    _write(_header)
    _write(payload)
    _receive(_status, 4)
    return _status[0]


def exchange(circuit, dt_ms):
    """Give the circuit's output wires to the world, let `dt_ms` pass, fill its input wires.

    Head and wires go in one write: two would wake the host for the first and have both processes run at
    once, on two cores, which costs ten times as much as handing one core to and fro.
    """
    out = circuit.out
    inp = circuit.inp
    frame = _frame
    pages = out[PAGES]
    size = 4 * len(inp)
    frame[1] = dt_ms
    frame[2] = size
    frame[3] = _OUT_BYTES
    if pages:
        frame[3] += PAGE_BYTES * _bits(pages)
    place = 4
    for level in out:
        frame[place] = level
        place += 1
    _write(frame)
    if pages:
        page = 0
        while pages:
            if pages & 1:
                _write(circuit.display.page(page))
            pages >>= 1
            page += 1
    _receive(_status, 4)
    _receive(inp, size)
    if _status[0]:
        raise KeyboardInterrupt


def _bits(word):
    count = 0
    while word:
        count += word & 1
        word >>= 1
    return count


def reset(reset_cause):
    """Restart the machine as after `reset_cause`; never returns."""
    _request(RESET, reset_cause, 0, b"")
    raise SystemExit


def program(runs):
    """Tell the host whether a program (1) or the prompt (0) comes next."""
    if _request(PROGRAM, runs, 0, b""):
        raise KeyboardInterrupt


def interrupt_char(char):
    """Tell the host which character interrupts a program, -1 for none."""
    _request(INTERRUPT_CHAR, char, 0, b"")


def rtc_load():
    """Return the bytes kept over a reset (a new object)."""
    size = _request(RTC_LOAD, 0, 0, b"")
    data = bytearray(size)
    if size:
        _receive(data, size)
    return bytes(data)


def rtc_store(data):
    """Keep `data` over a reset."""
    _request(RTC_STORE, 0, 0, data)


def kept_read(place, buf):
    """Fill `buf` from the memory chip's contents, which the host keeps."""
    _header[0] = KEPT_READ
    _header[1] = place
    _header[2] = 0
    _header[3] = len(buf)
    _write(_header)
    _receive(buf, len(buf))


def kept_write(place, data):
    """Write the memory chip's contents."""
    _request(KEPT_WRITE, place, 0, data)


def rom_write(offset, data):
    """Write `data` at byte `offset` of the ROM partition; returns 0 or a negative errno."""
    return _request(ROM_WRITE, offset, 0, data)


def flash_read(block, offset, buf):
    """Fill `buf` from the flash."""
    _header[0] = FLASH_READ
    _header[1] = block
    _header[2] = offset
    _header[3] = len(buf)
    _write(_header)
    _receive(buf, len(buf))


def flash_program(block, offset, buf):
    """Program `buf`; returns 0, or -5 when the flash there was not erased or is worn out."""
    return _request(FLASH_PROGRAM, block, offset, buf)


def flash_erase(block):
    """Erase one block; returns 0 or -5."""
    return _request(FLASH_ERASE, block, 0, b"")
