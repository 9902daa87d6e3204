"""Which contactors make a wanted number of fixed fans: banks of 1, 2 and 2, each with its shortest run and rest.

The lead fan on its drive makes up for what is missing or too much, so a bank that may not change yet costs little.
"""

from micropython import const

# bank 1, 2, 3 for each pattern; patterns of equal count stand side by side
_FANS = (1, 2, 2)
_PATTERNS = const(8)
_STAGGER_MS = const(1500)  # contactors never pull in together
_LONG_MS = const(1 << 29)


class FanStaging:
    """`bank` is what the three contactors shall do (0 or 1 each), `fixed` the number of fans that makes."""

    def __init__(self):
        self.bank = bytearray(3)
        self.fixed = 0
        self._age_ms = [_LONG_MS] * 3  # since each bank changed
        self._since_any_ms = _LONG_MS

    def update(self, wanted, on_min_ms, off_min_ms, scan_ms):
        """Move at most one bank a scan towards `wanted` fixed fans (0..5) as far as the banks' times allow."""
        ages = self._age_ms
        for index in range(3):
            if ages[index] < _LONG_MS:
                ages[index] += scan_ms
        if self._since_any_ms < _LONG_MS:
            self._since_any_ms += scan_ms
        if self._since_any_ms < _STAGGER_MS:
            return
        best = self._best(wanted, on_min_ms, off_min_ms)
        chosen = -1
        for index in range(3):
            want_on = best >> index & 1
            if want_on != self.bank[index] and (chosen < 0 or want_on):
                chosen = index  # one fan more before one fan less
        if chosen >= 0:
            self._set(chosen, best >> chosen & 1)

    def _best(self, wanted, on_min_ms, off_min_ms):
        """Return the reachable pattern (bit n: bank n) nearest to `wanted`, with the fewest changes."""
        bank = self.bank
        now = bank[0] | bank[1] << 1 | bank[2] << 2
        best = now
        best_cost = 1000
        for pattern in range(_PATTERNS):
            cost = 0
            count = 0
            for index in range(3):
                on = pattern >> index & 1
                if on:
                    count += _FANS[index]
                if on != bank[index]:
                    cost += 1
                    if self._age_ms[index] < (on_min_ms if bank[index] else off_min_ms):
                        cost += 500  # not yet
            distance = count - wanted
            cost += 10 * (distance if distance >= 0 else -distance)
            if cost < best_cost:
                best_cost = cost
                best = pattern
        return best if best_cost < 500 else now

    def _set(self, index, on):
        self.bank[index] = on
        self._age_ms[index] = 0
        self._since_any_ms = 0
        self.fixed += _FANS[index] if on else -_FANS[index]

    def all_off(self):
        """Drop every bank at once; their rest begins now."""
        for index in range(3):
            if self.bank[index]:
                self._set(index, 0)
