"""Readings that stand still and look healthy: the probe, its converter or its bus is dead.

**Any of them** (`Stillness`).  What is measured on a machine that runs trembles, and 16 bits show it.  A raw value that has trembled, and
then moves by no more than two counts from look to look for the time of its row (`witnesses.MOVES`), comes from nothing that
lives.  The reading is bad from then on, as one whose wire is open, until its raw value moves; `sensing.substitute` says what
follows.  A channel that hardly trembles, as on a bench, is not judged, but for the refrigerant pressures when the clutch comes in or
a defrost reverses: there the quietest moves, by hundreds of counts.

**The leaving hot water** (`StuckWater`), sooner: a frozen probe is the one fault that makes the capacity loop drive the water
wherever it likes, while its neighbour lives.  Two signs:

still    the reading has not moved by more than two converter counts for a window, while the probe between the
         exchangers (same kind, same water) has moved by the ordinary noise of a live one;
apart    the reading has stayed within 0.25 K while the water before the engine exchanger moved by 2 K within 100 s
         (slower than that, a good capacity loop holds the one while flow and engine heat move the other), and the
         recovery valve between the two by less than 4 %: an engine that gets warm holds up what the condenser lets go.

Both need heat being made and a flow; without the neighbour there is no judgement (its own alarm says so).
"""

from array import array

from micropython import const

from ghp.blocks.timers import OnDelay
from ghp.sensing.readings import GOOD, STILL
from ghp.ticks import ticks_diff

_STILL_MK = const(30)  # spread of a dead reading: two counts of the converter at 70 C
_ALIVE_MK = const(90)  # spread of a live neighbour in the same window
_WINDOW_MS = const(75000)
_MOVED_MK = const(250)
_APART_MK = const(2000)
_APART_MS = const(10000)
_REFERENCE_MS = const(100000)
_JUMP_MK = const(1500)  # between two scans: no water does this to a probe in its pocket
_RECOVERY_MOVED = const(400)  # hundredths of a per cent
_BEAT_S = const(2)
_COUNTS = const(2)
_ROW = const(3)
_RUNS = const(1)  # of witnesses.MOVES_WHEN
_HEATS = const(2)
_TREMBLES = const(8)  # well beyond what counts as standing: a quiet channel is not judged
_THERMOCOUPLES = const(15)  # from this place of points.ANALOG_INPUTS on they count quarter degrees
_UP = const(0x80)
_SHARE = const(0x7F)
_TURN = const(4)
_LIVELY = const(120)
_LIVES = const(60)


class StuckWater:
    """Judges a leaving-water probe against its neighbour; millikelvin integers."""

    out = False  # of the class: most never are

    def __init__(self, readings, recovery):
        self._recovery = recovery
        self._leaving = readings.leaving_water
        self._between = readings.condenser_water
        self._window_at = None
        self._low = 0
        self._high = 0
        self._between_low = 0
        self._between_high = 0
        self._reference = 0
        self._between_reference = 0
        self._between_last = 0
        self._reference_at = 0
        self._recovery_reference = 0
        self._apart = OnDelay(_APART_MS)

    def _restart(self, leaving, between, now_ms):
        self._window_at = now_ms
        self._low = leaving
        self._high = leaving
        self._between_low = between
        self._between_high = between

    def _refer(self, leaving, between, now_ms):
        self._reference = leaving
        self._between_reference = between
        self._reference_at = now_ms
        self._recovery_reference = self._recovery.value

    def update(self, making_heat, now_ms):
        """Return True once the probe counts as stuck; stays until heat is no longer made or the probe moves."""
        if not making_heat or self._leaving.quality != GOOD or self._between.quality != GOOD:
            self._window_at = None
            self._apart.reset()
            if self.out:
                self.out = False
            return False
        leaving = self._leaving.scaled
        between = self._between.scaled
        if self._window_at is None:
            self._restart(leaving, between, now_ms)
            self._refer(leaving, between, now_ms)
        jump = between - self._between_last
        self._between_last = between
        self._low = min(self._low, leaving)
        self._high = max(self._high, leaving)
        self._between_low = min(self._between_low, between)
        self._between_high = max(self._between_high, between)
        if self._high - self._low > _STILL_MK:
            self._restart(leaving, between, now_ms)
            if self.out:
                self.out = False
        still = (
            not 0 <= ticks_diff(now_ms, self._window_at) < _WINDOW_MS
            and self._between_high - self._between_low >= _ALIVE_MK
        )
        moved = leaving - self._reference
        distance = between - self._between_reference
        far = distance > _APART_MK or distance < -_APART_MK
        old = not far and not 0 <= ticks_diff(now_ms, self._reference_at) < _REFERENCE_MS
        recovery = self._recovery.value - self._recovery_reference
        warms = recovery > _RECOVERY_MOVED or recovery < -_RECOVERY_MOVED
        jumps = jump > _JUMP_MK or jump < -_JUMP_MK
        if jumps or old or warms or moved > _MOVED_MK or moved < -_MOVED_MK:
            self._refer(leaving, between, now_ms)
            far = False
        if self._apart.update(far, now_ms) or still:
            self.out = True
        return self.out


class Stillness:
    """`update` every two seconds."""

    def __init__(self, readings, image, duty, engine):
        from ghp.protection import witnesses  # noqa: PLC0415  only now, see there

        self._analog = readings.analog
        self._raw = image.analog
        self._duty = duty
        self._engine = engine
        rows = []
        for _, name, when, patience_s in witnesses.MOVES:
            rows += (getattr(readings, name).index, when, patience_s // _BEAT_S)
        self._rows = bytes(rows)
        count = len(rows) // _ROW
        self._seen = bytearray(2 * count)  # beats without a movement; how much each trembles, in the top bit which way it went last
        self._last = array("h", [0] * count)
        self._turned = 0

    def update(self):
        """Look at every reading."""
        rows = self._rows
        last = self._last
        seen = self._seen
        lives_at = len(last)
        turns = 0
        if self._engine.clutch_in:
            turns = 2 if self._duty.defrosting else 1
        if turns and turns != self._turned:
            for place in (0, 1):  # suction and discharge
                if seen[lives_at + place] & _SHARE < _LIVES:
                    seen[lives_at + place] = _LIVES
        self._turned = turns
        mode = self._duty.mode
        at = 0
        for place in range(lives_at):
            raw = self._raw[rows[at]]
            reading = self._analog[rows[at]]
            away = raw - last[place]
            last[place] = raw
            if rows[at] >= _THERMOCOUPLES:
                away *= 4
            # what turns back trembles; what goes on is a machine that changes
            if away > _TREMBLES or away < -_TREMBLES:
                lively = seen[lives_at + place]
                share = lively & _SHARE
                if (lively >= _UP) != (away > 0):
                    lively = min(share + _TURN, _LIVELY) | (0 if lively >= _UP else _UP)
                elif share:
                    lively -= 1
                seen[lives_at + place] = lively
            if away > _COUNTS or away < -_COUNTS:
                seen[place] = 0
                if reading.still:
                    reading.still = False
            elif reading.quality == GOOD and seen[lives_at + place] & _SHARE >= _LIVES:
                when = rows[at + 1]
                lives = self._engine.running if when == _RUNS else turns > 0 and (when < _RUNS or when - _HEATS == mode)
                if lives and seen[place] < rows[at + 2]:
                    seen[place] += 1
                elif lives:
                    reading.still = True
            elif reading.quality != STILL:
                seen[place] = 0
            at += _ROW

