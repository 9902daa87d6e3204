"""Service: outputs by hand while the unit is stopped.  In memory only while a technician is at it.

A hand value is a command like control's own, given again in every fast scan after all others: when the scan stops or the
value is over, the output perishes as always.  What may not be is refused with the reason, and what was permitted falls back
as soon as its condition is gone; a stop class takes fuel, spark, starter and clutch away whatever anybody says.

The rules, by what can be hurt:
  gas          one click of a second, engine at rest, no spark, no starter; then a minute of rest
  ignition     ten seconds, engine at rest, gas shut, and not within five minutes of any gas, or of a restart, which forgets it
  both         the enclosure fan on, and for ventilate_s before, as at a start
  starter      five seconds a try, gas shut, no spark, clutch out, standstill proven; then rests as between attempts
  clutch       engine at rest, pressures equal
  reversing    engine at rest, pressures equal
  water valve  an order to the changeover, which keeps its rules: still pumps, water's temperature, end switch.  Taken back or
               over before the valve moves, all is as before and nothing is used up; what travels arrives, counts as a
               changeover, and stays there when the order's time is over
  fans         their shortest run and rest
  what protects (a pump against freezing, all that carries heat off after a run, the alarm outputs) cannot be taken away
"""

from array import array

from micropython import const

from ghp import units
from ghp.control import arbiter as arbitration
from ghp.control import changeover_states as steps
from ghp.control import states
from ghp.outputs import FUEL
from ghp.protection import stops
from ghp.protection.monitor import UNSEEN
from ghp.ticks import ticks_diff

NOT_OFF = "the mode is not off: 'mode off' first"
IDLE_MS = const(900000)  # nobody has typed anything for this long
_FREE = const(-1)
_LONGEST_S = const(600)
_USUAL_S = const(60)
_CLICK_S = const(1)  # unburnt gas: less than the 2 s that it may ever flow into an engine at rest
_SPARK_S = const(10)
_CRANK_S = const(5)
_GAS_REST_MS = const(60000)
_SPARK_REST_MS = const(300000)
_REST_MS = const(60000)  # in OFF: an engine that lost its supply may still coast, and after a run it cools
_STILL = ("gas_valve", "ignition", "clutch", "reversing_valve")
_WATER = ("pump_hot", "pump_chilled", "reversing_valve", "water_valve")
_FANS = ("fan_bank_1", "fan_bank_2", "fan_bank_3")

# what an output needs of the rest, one bit each
_IS_FUEL = const(1)
_IS_STILL = const(2)
_IS_FAN = const(4)
_IS_WATER = const(8)


def refusal(engine, settings, claims, arbiter):
    """Return why service may not begin, or None."""
    if settings.mode or claims.mode.value:
        return NOT_OFF
    if engine.state != states.OFF:
        return "the engine is not off (%s): wait until it stands" % states.text(engine.state)
    if not engine.standstill:
        return "standstill of the engine is not proven; 'why' tells how long that takes"
    if arbiter.want or arbiter.pending:
        return "a start is pending: 'mode off', then again"
    return None


class Hand:
    """`update` in every fast scan, after control's commands and before `settle`.

    ending  no more hands; waits for fans to end their shortest run, and for gas, spark and starter to end their rest
    water   what the water valve is ordered to: NONE, HEAT or COOL of the arbiter
    """

    def __init__(self, outputs, engine, monitor, changeover, arbiter, water, settings, now_ms):
        self.outputs = outputs
        self._engine = engine
        self._monitor = monitor
        self._changeover = changeover
        self._arbiter = arbiter
        self._pumps = water
        self._settings = settings
        count = len(outputs.table)
        self._value = array("h", [_FREE] * count)
        self._left_ms = array("i", [0] * count)
        self._rest_ms = array("i", [0] * count)
        self._run_ms = array("i", [0] * count)  # of the shortest run, still to go
        self._kind = bytearray(count)
        for output in outputs.table:
            name = output.name
            kind = (_IS_FUEL if name in FUEL else 0) | (_IS_STILL if name in _STILL else 0)
            kind |= _IS_WATER if name in _WATER else 0
            if name in _FANS:
                kind |= _IS_FAN
                self._rest_ms[output.index] = max(0, 1000 * settings.fan_off_min_s - engine.age_ms())
            self._kind[output.index] = kind
        self._starter = outputs.starter.index
        self._gas = outputs.gas_valve.index
        self._valve = outputs.water_valve.index
        self._seen_ms = now_ms
        self._quiet_ms = 0
        self._order_left_ms = 0
        self._air_left_ms = 1000 * settings.ventilate_s
        self.ending = False
        self.water = arbitration.NONE

    # --- the scan -------------------------------------------------------------------------------------------

    def update(self, now_ms):
        """Command what is by hand; returns False when service is over.  Allocates nothing."""
        elapsed_ms = ticks_diff(now_ms, self._seen_ms)
        self._seen_ms = now_ms
        self._quiet_ms += elapsed_ms
        # a mode that is not off: the start must follow what a person did, not come when service is over by itself
        if self._quiet_ms >= IDLE_MS or self._engine.state != states.OFF or self._settings.mode:
            self.ending = True
        if self.outputs.gas_valve.value:
            self._engine.since_gas.start(now_ms)
        if self.water:
            state = self._changeover.state
            self._order_left_ms -= elapsed_ms
            if steps.SETTLE <= state <= steps.RETURN:
                if state == steps.TRAVEL and self._arbiter.serving != self.water:
                    self._arbiter.order(self.water, now_ms)
            elif self._order_left_ms <= 0 or self.ending:
                self.water = arbitration.NONE
        if not self.outputs.enclosure_fan.value:
            self._air_left_ms = 1000 * self._settings.ventilate_s
        elif self._air_left_ms > 0:
            self._air_left_ms -= elapsed_ms
        held = self.water != arbitration.NONE and self._changeover.state != steps.REST
        for output in self.outputs.table:
            index = output.index
            if self._rest_ms[index] > 0:
                self._rest_ms[index] -= elapsed_ms
                held = held or self._kind[index] & _IS_FUEL  # who leaves and comes again, or starts the unit, finds the same rest
            if self._run_ms[index] > 0:
                self._run_ms[index] -= elapsed_ms
            value = self._value[index]
            if value == _FREE:
                continue
            self._left_ms[index] -= elapsed_ms
            if self._left_ms[index] <= 0 or self._must_fall(output, value):
                self._drop(index)
                continue
            output.command(value, now_ms)
            held = True
            if index == self._starter:
                self._engine.starter_on = True  # so that the pickup and the judges know who turns it
                self._engine.since_starter.start(now_ms)
        return bool(held) or not self.ending

    def _must_fall(self, output, value):
        """Return whether the condition of a hand value is gone.  Control's command of before is then in force again."""
        kind = self._kind[output.index]
        engine = self._engine
        if kind & _IS_FUEL and (self.ending or self._monitor.stop_class >= stops.NORMAL_STOP):
            return True
        if kind & _IS_STILL and not engine.standstill:
            return True
        if self.ending and not (kind & _IS_FAN and self._run_ms[output.index] > 0):
            return True
        if self._is_busy(kind):
            return True
        outputs = self.outputs
        if output is outputs.starter:
            fired = engine.speed.newest_rpm >= engine.starter_off_rpm
            return bool(fired or outputs.gas_valve.value or outputs.ignition.value or outputs.clutch.value)
        if (output is outputs.gas_valve or output is outputs.ignition) and self._air_left_ms > 0:
            return True
        if output is outputs.gas_valve:
            return bool(outputs.ignition.value or outputs.starter.value)
        if output is outputs.ignition and self._spark_rest_ms() > 0:
            return True
        if output is outputs.ignition or output is outputs.clutch:
            return bool(outputs.gas_valve.value or outputs.starter.value)
        return self._is_needed(output, value)

    def _spark_rest_ms(self):
        """Return for how long gas that did not burn may still be about; a start that failed leaves more than a click."""
        return max(self._rest_ms[self.outputs.ignition.index], _SPARK_REST_MS - self._engine.since_gas.age_ms)

    def _is_busy(self, kind):
        """Return whether the changeover uses what an output of this kind would disturb; locked out it uses only water."""
        state = self._changeover.state
        if kind & _IS_FAN or state == steps.REST:
            return False
        return state != steps.LOCKED or bool(kind & _IS_WATER)

    def _is_needed(self, output, value):
        """Return whether the output protects something now and may not be at `value`."""
        outputs = self.outputs
        engine = self._engine
        if output is outputs.pump_hot_speed:
            return engine.pump_hot_wanted or self._pumps.warming
        if output is outputs.heat_recovery_valve:
            return engine.pump_coolant_wanted
        if value:
            return False
        if output is outputs.pump_chilled:
            return bool(self._pumps.guarding or (engine.pump_hot_wanted and outputs.water_valve.value))
        if output is outputs.pump_hot:
            return engine.pump_hot_wanted or self._pumps.warming
        if output is outputs.pump_coolant:
            return engine.pump_coolant_wanted
        if output is outputs.enclosure_fan:
            return engine.enclosure_fan_wanted or self._value[self._gas] > 0 or self._value[outputs.ignition.index] > 0
        if output is outputs.radiator_fan and engine.pump_coolant_wanted:
            return True
        # the slow scan commands as ever: more than the hand gives is what control wants now
        asked = output.commanded > max(0, self._value[output.index])
        return asked and (output is outputs.radiator_fan or output is outputs.alarm_lamp)

    def _drop(self, index):
        value = self._value[index]
        self._value[index] = _FREE
        if index == self._starter:
            self._rest_ms[index] = 1000 * self._settings.crank_rest_s
        elif index == self._gas:
            self._rest_ms[index] = _GAS_REST_MS
            self._rest_ms[self.outputs.ignition.index] = _SPARK_REST_MS
        elif self._kind[index] & _IS_FAN and value > 0:
            self._rest_ms[index] = 1000 * self._settings.fan_off_min_s

    # --- people ---------------------------------------------------------------------------------------------

    def left_s(self):
        """Return the seconds until service ends by itself, or is over."""
        left_ms = IDLE_MS - self._quiet_ms
        if self.ending:
            left_ms = max(self._run_ms)
            left_ms = max([self._rest_ms[output.index] for output in self.outputs.table if output.name in FUEL] + [left_ms])
        return max(0, (left_ms + 999) // 1000)

    def touch(self):
        """Somebody is there."""
        self._quiet_ms = 0

    def resume(self):
        """Service goes on, with all its rests."""
        self.ending = False
        self.touch()

    def forced(self):
        """Yield (output, value, seconds left) of what is by hand."""
        for output in self.outputs.table:
            if self._value[output.index] != _FREE:
                yield output, self._value[output.index], (self._left_ms[output.index] + 999) // 1000
        if self.water:
            left_s = max(0, self._order_left_ms + 999) // 1000
            yield self.outputs.water_valve, 1 if self.water == arbitration.COOL else 0, left_s

    def release(self, output):
        """Take a hand value back.  ValueError when it must stay a while."""
        index = output.index
        if output is self.outputs.water_valve:
            self._order_left_ms = 0
        elif self._value[index] == _FREE:
            raise ValueError("%s is not by hand" % output.name)
        elif self._run_ms[index] > 0:
            raise ValueError(self._runs_on(output))
        else:
            self._drop(index)

    def _runs_on(self, output):
        return "%s must run on for %d s (fan_on_min_s)" % (output.name, (self._run_ms[output.index] + 999) // 1000)

    def take(self, output, value, seconds, now_ms):
        """Put `output` at `value` for `seconds` (None: what is usual); returns the seconds.

        ValueError says why not, and what is allowed.
        """
        index = output.index
        name = output.name
        most_s = {"gas_valve": _CLICK_S, "ignition": _SPARK_S, "starter": _CRANK_S, "clutch": _USUAL_S}.get(name, _LONGEST_S)
        if seconds is None:
            seconds = _LONGEST_S if index == self._valve else min(_USUAL_S, most_s)
            if self._kind[index] & _IS_FAN:
                seconds = max(seconds, self._settings.fan_on_min_s)
        if not 1 <= seconds <= most_s:
            raise ValueError("%s by hand is for 1 to %d s" % (name, most_s))
        if self.ending:
            raise ValueError("service is ending")
        wrong = self._wrong(output, value, seconds)
        if wrong:
            raise ValueError(wrong)
        if index == self._valve:
            self._order(value)
            self._order_left_ms = 1000 * seconds
            return seconds
        if self._kind[index] & _IS_FAN and value and not output.value:
            self._run_ms[index] = 1000 * self._settings.fan_on_min_s
        self._value[index] = value
        self._left_ms[index] = 1000 * seconds
        return seconds

    @staticmethod
    def parse(output, word):
        """Return what a person typed for `output` as its command; ValueError says what is allowed."""
        digits = word[:-1] if word.endswith("%") else word
        number = int(digits) if digits.isdigit() and len(digits) < 5 else -1
        percent = word.endswith("%")
        if output.kind == "digital":
            number = {"1": 1, "0": 0}.get(word, -1)
            if number < 0:
                raise ValueError("%s is 0 or 1 (1: %s)" % (output.name, output.on_text))
        elif output.kind == "percent":
            if not 0 <= number <= 100:
                raise ValueError("%s is 0 to 100 %%" % output.name)
            number *= 100
        else:
            if not 0 <= number <= (100 if percent else 500):
                raise ValueError("%s is 0 to 500 steps, or 0%% to 100%%" % output.name)
            if percent:
                number *= 5
        return number

    def _order(self, value):
        target = arbitration.COOL if value else arbitration.HEAT
        if value != self.outputs.water_valve.value and not self._arbiter.order(target, None):
            raise ValueError("water_valve: changeover_dwell_s or changeovers_per_hour holds it; 'why' after a while")
        self.water = target

    def _wrong(self, output, value, seconds):
        """Return why `output` may not be at `value` now, or None."""
        outputs = self.outputs
        engine = self._engine
        index = output.index
        kind = self._kind[index]
        name = output.name
        if self._is_busy(kind):
            return "%s: %s; until that rests %s" % (
                name, steps.text(self._changeover.state),
                "no pump and no valve of the water" if self._changeover.state == steps.LOCKED else "only fans are allowed",
            )  # fmt: skip
        if kind & _IS_FAN:
            if value and seconds < self._settings.fan_on_min_s:
                return "%s on for at least %d s (fan_on_min_s)" % (name, self._settings.fan_on_min_s)
            if not value and self._run_ms[index] > 0:
                return self._runs_on(output)
        if self._is_needed(output, value) and output is not outputs.alarm_lamp:
            return "%s protects the machine now: %s" % (
                name, "not by hand" if output.kind == "percent" else "it cannot be taken off; on is allowed"
            )  # fmt: skip
        if not value:
            if kind & _IS_FUEL:
                return "%s is off unless it is by hand; 'hand %s off' takes it back" % (name, name)
            if output is outputs.alarm_lamp and _is_lit(self._monitor):
                return "alarm_lamp: an alarm stands or nobody has acknowledged it; lit is allowed"
            if output is not outputs.reversing_valve:
                return None
        if output is outputs.alarm_relay:
            return "alarm_relay says healthy by itself when it is; 0 is allowed, to test the wire"
        if kind & _IS_FUEL and self._monitor.stop_class >= stops.NORMAL_STOP:
            return "%s: an alarm stops the machine; see 'alarms', then 'reset'" % name
        rest_ms = self._spark_rest_ms() if output is outputs.ignition else self._rest_ms[index]
        if rest_ms > 0:
            return "%s rests for another %d s" % (name, (rest_ms + 999) // 1000)
        if kind & _IS_FUEL:
            if engine.age_ms() < _REST_MS:
                return "%s rests for another %d s after the stop" % (name, (_REST_MS - engine.age_ms() + 999) // 1000)
            if self._value[index] > 0:
                return "%s is on already; it ends by itself" % name
            for other in (outputs.gas_valve, outputs.ignition, outputs.starter, outputs.clutch):
                if other is not output and (other.value or self._value[other.index] > 0):
                    return "%s never together with %s; one of gas, ignition, starter, clutch at a time" % (name, other.name)
        if (kind & _IS_STILL or output is outputs.starter) and not engine.standstill:
            return "%s only with the engine at rest: standstill is not proven" % name
        if output is outputs.starter and not engine.starter_permitted():
            return "starter: the speed pickup does not answer"
        if (output is outputs.gas_valve or output is outputs.ignition) and self._air_left_ms > 0:
            return "%s only with the enclosure fan on for another %d s (ventilate_s): 'hand enclosure_fan 1' first" % (
                name, (self._air_left_ms + 999) // 1000,
            )  # fmt: skip
        if (output is outputs.clutch or output is outputs.reversing_valve) and not engine.equalised():
            return "%s only with equal pressures (less than %s apart): open expansion_valve, wait" % (
                name, units.text("kpag", self._settings.equalise_dp_kpa, self._settings.us()),
            )  # fmt: skip
        return None

    def reasons(self, add):
        """Tell that service is on, and what is by hand."""
        add(0, "Service: outputs by hand, no start", self.left_s(), "ending" if self.ending else None)
        for output, value, left_s in self.forced():
            add(1, "By hand: " + output.name, left_s, text(output, value))


def _is_lit(monitor):
    """Return whether the lamp's own rule lights it; in the dark half of its blinking, too."""
    return monitor.lamp() or [True for flags in monitor.flags if flags & UNSEEN]


def text(output, value):
    """Return a hand value for a person."""
    if output.kind == "digital":
        return "on" if value else "off"
    return "%d %%" % (value // 100) if output.kind == "percent" else "%d steps" % value
