"""A hand at the panel's knob: gestures take time, as a hand does."""

_DETENT_MS = 100
_PUSH_MS = 150
_HOLD_MS = 1500
_PAUSE_MS = 300


class Knob:
    """Plays gestures [(name, number), ...] on the host's knob wires, one after the other."""

    def __init__(self, host):
        self._host = host
        self._script = []  # (time in ms, callable, argument)

    @property
    def busy(self):
        """True while a gesture is under way."""
        return bool(self._script)

    def do(self, gestures, now_ms):
        """Begin `gestures` now, or after those under way."""
        at = max(now_ms, self._script[-1][0] + _PAUSE_MS if self._script else 0)
        for name, number in gestures:
            if name == "turn":
                for _ in range(abs(number)):
                    self._script.append((at, self._host.turn_knob, 1 if number > 0 else -1))
                    at += _DETENT_MS
            elif name == "wait":
                at += number * 1000.0
                continue
            else:
                self._script.append((at, self._push, 1))
                at += _HOLD_MS if name == "hold" else _PUSH_MS
                self._script.append((at, self._push, 0))
            at += _PAUSE_MS

    def act(self, now_ms):
        """Do what is due."""
        while self._script and self._script[0][0] <= now_ms:
            _, action, argument = self._script.pop(0)
            action(argument)

    def _push(self, level):
        self._host.set_wire("knob_push", level)
