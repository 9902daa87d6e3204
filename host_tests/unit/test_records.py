"""Records in the memory chip: whole at any cut, never believed when a byte has changed."""

import pytest
from ghp.storage import records
from hypothesis import given
from hypothesis import strategies as st
from memory_bench import Cut, Memory, record


@pytest.mark.parametrize("fill", [0, 0xFF])
def test_a_new_memory_is_blank(fill):
    assert records.Records(Memory(fill)).load() == records.BLANK


@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_a_cut_at_any_byte_leaves_the_old_record_or_the_new_one(before):
    for left in range(129):
        memory = Memory()
        for number in range(before):
            assert record(memory, number + 1, 7).save()
        memory.left = left
        try:
            record(memory, before + 1, 7).save()
        except Cut:
            pass
        found = records.Records(memory)
        verdict = found.load()
        if left == 128:
            assert verdict == records.FOUND and found.words[0] == before + 1
        elif before:
            assert verdict == records.FOUND and found.words[0] == before and found.words[1] == 7
        else:
            assert verdict in (records.BLANK, records.DAMAGED)


def test_the_number_of_a_record_may_wrap():
    memory = Memory()
    kept = record(memory, 1)
    kept.number = 0xFFFE
    for number in range(2, 6):
        kept.words[0] = number
        assert kept.save()
        found = records.Records(memory)
        assert found.load() == records.FOUND and found.words[0] == number


@given(st.integers(0, 127), st.integers(1, 255))
def test_a_changed_byte_is_never_believed(place, flip):
    memory = Memory()
    record(memory, 1234).save()
    memory.bytes[place] ^= flip
    assert records.Records(memory).load() == records.DAMAGED


def test_a_memory_that_does_not_answer_is_told():
    memory = Memory()
    memory.deaf = True
    kept = records.Records(memory)
    assert kept.load() == records.DEAF and not kept.save()
