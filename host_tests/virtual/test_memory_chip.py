"""The memory chip on its bus: it keeps bytes over resets and power cuts, wraps at its end, and wants a wide address."""

import pytest
from ghptools.virtual.inprocess import InProcess


def test_bytes_stay_over_a_power_cut_and_the_address_wraps():
    run = InProcess(None)
    bus = run.board_module._bus(1)
    bus.writeto_mem(0x50, 32766, b"abcd", addrsize=16)
    read = bytearray(4)
    bus.readfrom_mem_into(0x50, 32766, read, addrsize=16)
    assert read == b"abcd"
    run.power_up()
    bus = run.board_module._bus(1)
    read = bytearray(2)
    bus.readfrom_mem_into(0x50, 0, read, addrsize=16)
    assert read == b"cd"
    with pytest.raises(ValueError, match="memory has registers of 16 bits"):
        bus.readfrom_mem_into(0x50, 0, read)


def test_the_driver_answers_false_when_nobody_does():
    run = InProcess(None)
    image = __import__("ghp.image", fromlist=["Image"]).Image()
    board = run.board_module.build(image)
    assert board.kept.write(0, b"x") and board.kept.ok
    run.fail_chip("memory")
    run.circuit.exchange_now()
    assert not board.kept.write(0, b"y") and not board.kept.read(0, bytearray(1)) and not board.kept.ok
    run.fail_chip("memory", False)
    run.circuit.exchange_now()
    for _ in range(12):  # a chip that missed is left alone for a while
        back = board.kept.read(0, bytearray(1))
    assert back
