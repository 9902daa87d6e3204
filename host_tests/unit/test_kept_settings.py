"""Settings survive a power cut: old or new at every byte, nothing replaced silently, nobody's change undone."""

from struct import pack
from types import SimpleNamespace

import pytest
from ghp import settings as table
from ghp.console import kept
from ghp.console.report import CommandError
from ghp.settings import Settings
from ghp.storage import records
from ghp.storage.shelf import Shelf
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from memory_bench import Cut, Memory

HEAD, PIECE = 12, 128


def written(memory, body):
    """Keep `body` as the unit does; returns the shelf."""
    shelf = Shelf(memory)
    shelf.load()
    for _ in range(40):
        shelf.update(body)
    return shelf


def entries(*pairs):
    return b"".join(pack(table.ENTRY, number, value) for number, value in pairs)


def power_up(memory):
    """Return (settings, shelf) as a unit has them after its power came."""
    settings, shelf = Settings(), Shelf(memory)
    data = shelf.load()
    if shelf.found != records.DEAF:
        kept.take(settings, data)
    return settings, shelf


def told(settings, shelf):
    return list(kept.greeting(SimpleNamespace(settings=settings, shelf=shelf)))


@pytest.mark.parametrize("size", [0, 10, 120, 130, 270])
@pytest.mark.parametrize("before", [0, 1, 2, 3])
def test_a_cut_at_any_byte_leaves_the_old_body_or_the_new_one(before, size):
    old = bytes([7]) * 30
    for left in range(size + HEAD + 1):
        memory = Memory()
        for _ in range(before):
            written(memory, b"older")
            written(memory, old)
        new = bytes([9]) * size
        shelf = Shelf(memory)
        assert shelf.load() == (old if before else b"")
        memory.left = left
        try:
            for _ in range(5):
                shelf.update(new)
        except Cut:
            pass
        memory.left = None
        again = Shelf(memory)
        body = again.load()
        if left == size + HEAD or (not before and new == b""):
            assert body == new and not again.damaged
        elif before:
            assert body == old and again.found == records.FOUND
        else:
            assert body == b""
        whole = old if before else new
        for _ in range(10):  # what was torn is mended, and another change works
            again.update(whole)
        assert written(memory, b"next").found in (records.FOUND, records.BLANK, records.DAMAGED)
        assert Shelf(memory).load() == b"next"


@given(st.integers(0, 30 + HEAD - 1), st.integers(1, 255), st.sampled_from([4096, 8192]))
def test_a_changed_byte_is_never_believed(place, flip, start):
    memory = Memory()
    written(memory, bytes(range(30)))
    written(memory, bytes(range(1, 31)))
    memory.bytes[start + place] ^= flip
    shelf = Shelf(memory)
    assert shelf.load() in (bytes(range(30)), bytes(range(1, 31))) and shelf.torn and not shelf.damaged
    memory.bytes[12288 - start + place] ^= flip
    shelf = Shelf(memory)
    assert shelf.load() == b"" and shelf.damaged


def test_a_slice_writes_a_bounded_piece_and_only_what_changed():
    memory = Memory()
    sizes = []
    shelf = Shelf(SimpleNamespace(read=memory.read, write=lambda at, data: sizes.append(len(data)) or memory.write(at, data)))
    shelf.load()
    body = bytes(range(250)) * 4
    for _ in range(9):
        before = len(sizes)
        shelf.update(body)
        assert sum(sizes[before:]) <= PIECE + HEAD
    assert sum(sizes) == len(body) + HEAD
    for _ in range(5):
        shelf.update(bytes(body))
    assert sum(sizes) == len(body) + HEAD and Shelf(memory).load() == body


def test_what_is_changed_while_it_is_written_follows():
    memory = Memory()
    shelf = Shelf(memory)
    shelf.load()
    shelf.update(bytes(300))
    for _ in range(9):
        shelf.update(b"later")
    assert Shelf(memory).load() == b"later"


def test_a_memory_that_stops_answering_gets_it_later():
    memory = Memory()
    shelf = Shelf(memory)
    shelf.load()
    shelf.update(bytes(300))
    memory.deaf = True
    shelf.update(bytes(300))
    assert not shelf.took
    memory.deaf = False
    for _ in range(5):
        shelf.update(bytes(300))
    assert shelf.took and Shelf(memory).load() == bytes(300)


def test_what_was_set_comes_back_and_what_was_put_back_does_not():
    memory = Memory()
    settings, _ = power_up(memory)
    settings.set_text("mode", "heat")
    settings.set_text("hot_setpoint_c", "160F")
    settings.set_text("crank_attempts", "2")
    settings.set_text("crank_attempts", "3")
    assert len(settings.kept) == 2 * table.ENTRY_BYTES
    written(memory, settings.kept)
    after, shelf = power_up(memory)
    assert (after.mode, after.hot_setpoint_c, after.crank_attempts) == (1, settings.hot_setpoint_c, 3)
    assert isinstance(after.mode, int) and after.kept == settings.kept and told(after, shelf) == []


def test_the_same_value_again_is_no_change_for_the_memory():
    settings, _ = power_up(Memory())
    settings.set("mode", 1)
    settings.set("hot_setpoint_c", 65.0)
    before = settings.kept
    settings.set("mode", 1)
    assert settings.kept == before


def test_unknown_and_forbidden_values_stay_out_and_are_told_until_someone_saw_to_them():
    memory = Memory()
    written(memory, entries((999, 5.0), (2, 99.0), (57, 2.5), (3, float("nan")), (4, 3.0)))
    for _ in range(2):  # every power-up says it again
        settings, shelf = power_up(memory)
        assert (settings.hot_setpoint_c, settings.crank_attempts, settings.band_k) == (60.0, 3, 0.8)
        assert settings.start_error_k == 3.0
        lines = told(settings, shelf)
        assert len(lines) == 4 and "hot_setpoint_c" in lines[0] and "140.0 F is in force" in lines[0]
        assert "number 999" in lines[-1]
        written(memory, settings.kept)
    settings.set_text("hot_setpoint_c", "150F")
    assert len(told(settings, shelf)) == 3
    unit = SimpleNamespace(settings=settings, engine=SimpleNamespace(standstill=True))
    report = SimpleNamespace(pair=lambda key, text, raw: text)
    with pytest.raises(CommandError, match="needs the level technician"):
        list(kept.default(SimpleNamespace(level=lambda: 0), unit, report, "all"))
    person = SimpleNamespace(level=lambda: 2)
    assert list(kept.default(person, unit, report, "all")) == ["2 put back, mode off"]
    assert settings.kept == b"" and told(settings, shelf) == [] and settings.hot_setpoint_c == 60.0


def test_two_that_belong_together_come_back_together_and_a_broken_pair_does_not():
    low, high = "discharge_temp_hold_c", "discharge_temp_unload_c"
    ids = {row[1]: row[0] for row in table.ROWS}
    memory = Memory()
    written(memory, entries((ids[low], 80.0), (ids[high], 85.0)))
    settings, shelf = power_up(memory)
    assert (getattr(settings, low), getattr(settings, high)) == (80.0, 85.0)
    memory = Memory()
    written(memory, entries((ids[low], 101.0), (ids[high], 90.0)))
    settings, shelf = power_up(memory)
    assert (getattr(settings, low), getattr(settings, high)) == (100.0, 105.0) and len(told(settings, shelf)) == 2


def test_what_a_person_did_before_the_memory_answered_wins():
    memory = Memory()
    written(memory, entries((1, 1), (2, 65.0), (4, 3.0)))
    memory.deaf = True
    settings, shelf = power_up(memory)
    settings.set("mode", 0)
    settings.set("hot_setpoint_c", 55.0)
    memory.deaf = False
    kept.take(settings, shelf.load())
    assert (settings.mode, settings.hot_setpoint_c, settings.start_error_k) == (0, 55.0, 3.0)
    written(memory, settings.kept)
    again, _ = power_up(memory)
    assert (again.mode, again.hot_setpoint_c) == (0, 55.0)


def test_damage_is_defaults_and_mode_off():
    memory = Memory()
    written(memory, entries((1, 1)))
    memory.bytes[:] = bytes(byte ^ 0x10 for byte in memory.bytes)
    settings, shelf = power_up(memory)
    assert settings.mode == 0 and shelf.damaged and "defaults are in force, mode off" in told(settings, shelf)[0]
    damaged = bytes(memory.bytes)
    shelf.update(settings.kept)
    assert memory.bytes == damaged  # not written over before a person has set something
    settings.set("mode", 2)
    for _ in range(5):
        shelf.update(settings.kept)
    assert power_up(memory)[0].mode == 2


_KEYS = [row[1] for row in table.ROWS]


@hypothesis_settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(_KEYS), st.floats(0, 1), st.integers(0, 60), st.booleans()), max_size=25))
def test_after_any_cut_the_settings_are_those_of_some_moment(changes):
    """Trivial model: a list of every state that was in force since the last one known to be kept."""
    memory = Memory()
    settings, shelf = power_up(memory)
    states = [dict(vars(settings))]
    for key, share, left, cut in changes:
        row = settings.row(key)
        value = row[4] + share * (row[5] - row[4])
        try:
            settings.set(key, int(value) if isinstance(row[3], int) else value)
        except ValueError:
            pass
        states.append(dict(vars(settings)))
        memory.left = left if cut else None
        try:
            for _ in range(3):
                shelf.update(settings.kept)
        except Cut:
            memory.left = None
            settings, shelf = power_up(memory)
            assert any(all(getattr(settings, name) == state[name] for name in _KEYS) for state in states)
        memory.left = None
