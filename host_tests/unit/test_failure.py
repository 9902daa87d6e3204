"""What a task raised, in the memory that survives a reset: beside the restarts, within its room, whatever it holds."""

import pytest
from ghp import failure, service


class Memory:
    """As machine.RTC().memory: without data what it holds, with data that from now on."""

    def __init__(self, data=b""):
        self.data = data

    def __call__(self, data=None):
        if data is None:
            return self.data
        assert len(data) <= 2048
        self.data = bytes(data)
        return None


@pytest.mark.parametrize("before", [b"", b"\x00", b"GHPrGHP", service.with_restarts(service.with_flag(b"", True), 3)])
def test_flag_and_restarts_stay(before):
    memory = Memory(before)
    failure.keep(memory, "fast", ValueError("x"))
    assert failure.kept(memory)[0] == "fast: ValueError: x"
    assert service.has_flag(memory.data) == service.has_flag(before)
    assert service.restarts(memory.data) == service.restarts(before)
    memory(service.with_restarts(service.with_flag(memory(), True), 4))
    assert failure.kept(memory)[0] == "fast: ValueError: x"
    failure.keep(memory, "slow", KeyError("y"))
    assert failure.kept(memory)[0] == "slow: KeyError: 'y'"


@pytest.mark.parametrize("data", [b"", b"GHPr", bytes(9), bytes(2048), bytes(9) + b"GHPf\xff\xfe", bytes(9) + b"GHP"])
def test_what_is_no_text_is_none(data):
    assert failure.kept(Memory(data)) == []


def test_a_long_text_is_cut():
    memory = Memory()
    failure.keep(memory, "slow", ValueError("x\r\n" * 4000))
    text = failure.kept(memory)
    assert text[0].startswith("slow: ValueError: x") and sum(len(line) for line in text) <= 700
