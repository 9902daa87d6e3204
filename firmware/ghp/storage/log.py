"""Keeps the history of the alarms and the newest snapshot over a power cut, in a record of their own behind the keeper's.

Loaded when there is something to keep or to give back.  Times come back as seconds before this start, by the battery
clock; where it says nothing, no time has passed since the record was saved.
"""

from array import array

from micropython import const

from ghp.image import RAW_OK
from ghp.storage import records
from ghp.storage.keeper import UNKNOWN_DAY, passed_s

_START = const(256)  # behind the record of the keeper
# words of the record; the first three are day and second, as the keeper's
_UPTIME = const(3)  # s, two words
_NOTES = const(5)  # how many
_FIRST = const(6)  # each: id + word above it; uptime in s, two words; behind the last the snapshot
_WORD = const(12)  # bit of the word
_NOTE_WORD = const(8)  # the same in a note of the monitor
_ID = const(0xFF)
_LAYOUT = const(0x4C00)


def place_for(memory, monitor, snapshots):
    """Return the record's two places in `memory`; its `notes`: how many of the monitor's were kept."""
    place = records.Records(memory)
    place.start = _START
    place.count = _FIRST + 3 * len(monitor.noted_s) + 2 * snapshots.width
    place.mark = _LAYOUT + snapshots.width
    return place


def save(place, monitor, snapshots, image):
    """Keep what is there now."""
    words = place.words = array("H", bytes(2 * (place.count + records.TAIL)))
    words[0] = image.clock_day if image.clock_status == RAW_OK else UNKNOWN_DAY
    _put(words, 1, image.clock_s)
    _put(words, _UPTIME, monitor.uptime_s)
    at = _FIRST
    for back in range(monitor.held, 0, -1):
        ring = (monitor.notes - back) % len(monitor.noted_s)
        note = monitor.noted[ring]
        words[at] = monitor.ids[note & 0xFF] | note >> _NOTE_WORD << _WORD
        _put(words, at + 1, monitor.noted_s[ring])
        at += 3
    words[_NOTES] = monitor.held
    at = _FIRST + 3 * len(monitor.noted_s)
    for offset in range(snapshots.width):
        number = snapshots.data[snapshots.newest * snapshots.width + offset]
        if offset == 0 and number:
            number = monitor.ids[number - 1]
        _put(words, at + 2 * offset, number)
    notes = monitor.notes
    if place.save():
        place.notes = notes
    place.words = array("H")


def give_back(place, monitor, snapshots, image):
    """Put what was kept before what has happened since the start; False when the memory does not answer."""
    verdict = place.load()
    if verdict == records.FOUND:
        words = place.words
        shift_s = monitor.uptime_s - _get(words, _UPTIME) - passed_s(words, image)
        _precede(monitor, words, shift_s)
        _restore(monitor, snapshots, words, _FIRST + 3 * len(monitor.noted_s), shift_s)
    place.words = array("H")
    place.notes = monitor.notes
    return verdict != records.DEAF


def _precede(monitor, words, shift_s):
    """Make the ring of notes anew: the kept ones, then those since the start; as many as there is room."""
    room = len(monitor.noted_s)
    mine = []
    for back in range(monitor.held, 0, -1):
        place = (monitor.notes - back) % room
        mine.append((monitor.noted_s[place], monitor.noted[place]))
    older = []
    for at in range(_FIRST, _FIRST + 3 * min(words[_NOTES], room), 3):
        index = monitor.ids.find(bytes([words[at] & _ID]))
        if index >= 0:
            older.append((_get(words, at + 1) + shift_s, index | words[at] >> _WORD << _NOTE_WORD))
    older = older[max(0, len(older) + len(mine) - room) :]
    monitor.notes += len(older)
    for index in range(len(monitor.order)):  # the rises keep their distance to the newest note
        monitor.order[index] = (monitor.order[index] + len(older)) & 0xFFFF
    whole = older + mine
    monitor.held = len(whole)
    for back, (at_s, note) in enumerate(whole):
        place = (monitor.notes - len(whole) + back) % room
        monitor.noted_s[place] = at_s
        monitor.noted[place] = note


def _restore(monitor, snapshots, words, at, shift_s):
    """Make the kept snapshot the newest, unless one was taken since."""
    index = monitor.ids.find(bytes([words[at] & _ID]))
    if snapshots.taken or index < 0:
        return
    for offset in range(snapshots.width):
        snapshots.data[offset] = _get(words, at + 2 * offset)
    snapshots.data[0] = index + 1
    snapshots.data[1] += shift_s
    snapshots.newest = 0
    snapshots.taken = 1


def _put(words, place, number):
    words[place] = number & 0xFFFF
    words[place + 1] = number >> 16 & 0xFFFF


def _get(words, place):
    number = words[place] | words[place + 1] << 16
    return number - 0x100000000 if number & 0x80000000 else number
