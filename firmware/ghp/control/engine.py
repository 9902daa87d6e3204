"""The engine sequence: from a request to a loaded engine and back to a proven standstill.

`states` lists the states and their time limits, `start` and `stop` hold what each state waits for.  This file
holds what is common: the scan, the stop classes, the outputs, and what the rest of the unit may know.

Three failures are kept apart, each with its counter: a failed start (it never ran), an uncommanded stop (it ran
and its speed fell away with fuel on) and a lost pickup (the pulses vanished faster than an engine can stop).
"""

from micropython import const

from ghp.blocks.timers import Stopwatch
from ghp.control import drive, start, states, stop, wishes
from ghp.protection import stops
from ghp.sensing import readings as reading

VALVE_HOLD = wishes.VALVE_HOLD
VALVE_EQUALISE = wishes.VALVE_EQUALISE
VALVE_START = wishes.VALVE_START
VALVE_CONTROL = wishes.VALVE_CONTROL
VALVE_SHUT = wishes.VALVE_SHUT

_DEAD_RPM = const(300)  # an engine that ran and is below this burns no more
_UNCONFIRMED_MS = const(10000)  # turning this long after gas and starter went off: the stop did not work
_EXPLAIN_MS = const(1200)  # the gas switch is debounced over two slow scans
_GIVE_UP = const(3)
_EASY_CLUTCH_PA = const(500000)  # the governor meets the clutch alone up to this suction pressure
_BRACE_X10 = const(60)  # cylinder charge a kPa above it, times ten: 0.2 N m a kPa unloaded, 28 charge a N m
_WAITING = const(0xCF2A)  # a bit for each state that waits for something, so that its limit is not its end
_SILENT_MS = const(2500)  # starter on, no pulse: the pickup, or the starter, is dead

_STEPS = (
    start.off,
    start.flow,
    start.ventilate,
    start.equalise,
    start.purge,
    start.crank,
    start.rest,
    start.clear,
    start.run_up,
    start.warm_up,
    start.park,
    start.engage,
    start.opening,
    start.run,
    stop.unload,
    stop.pump_down,
    stop.cool_down,
    stop.burn_out,
    stop.spin_down,
    stop.fast,
)


class Engine:
    """`update` once per fast scan, after the trips.

    state          code of `states`
    running        fired and self-sustaining
    loaded         capacity control may load
    parked         runs with the compressor out, by order
    standstill     proven
    starter_on, clutch_in, gas_on, ignition_on   what this scan commands
    flow_armed     loss of hot-water flow must stop the machine
    underspeed_armed, lugging   judged by the trips while armed; lugging ends the run
    valve_mode, unload_wanted, liquid_valve_wanted, fans_wanted, pump_hot_wanted, pump_coolant_wanted,
    enclosure_fan_wanted   for the slow task
    starts, failed_starts, uncommanded_stops, pickup_losses, abandoned_starts   counters since power-up
    attempts       cranks that did not start it since the last proven run
    """

    def __init__(self, readings, outputs, settings, monitor, orders, cycling, governor, pickup, flow):
        self.readings = readings
        self.settings = settings
        self.monitor = monitor
        self.orders = orders
        self.cycling = cycling
        self.governor = governor
        self.pickup = pickup
        self.proof = flow
        self.speed = readings.engine_speed
        self.out_gas = outputs.gas_valve
        self.out_ignition = outputs.ignition
        self.out_starter = outputs.starter
        self.out_clutch = outputs.clutch
        self.out_throttle = outputs.throttle
        self._alarm_flow = monitor.place("flow_not_proven")
        self._alarm_no_speed = monitor.place("no_speed_signal")
        self._alarm_failed = monitor.place("failed_start")
        self._alarm_stopped = monitor.place("uncommanded_stop")
        self._alarm_unconfirmed = monitor.place("stop_not_confirmed")
        self._alarm_underspeed = monitor.place("underspeed")
        self._alarm_pickup = monitor.place("pickup_lost")
        self._alarm_abandoned = monitor.place("start_abandoned")
        self._alarm_gas = monitor.place("gas_pressure")
        self._suspected = None  # alarm of a stop without a command, while gas pressure may still explain it
        self._event = None  # alarm whose cause is an event: it lasts until the next standstill
        self._age = Stopwatch(started=True)  # of the state
        self._good = Stopwatch(started=True)  # of the condition that the state waits for
        self.since_gas = Stopwatch(started=True)
        self.since_fuelled = Stopwatch()  # gas was open: heat must still be carried away
        self.since_starter = Stopwatch(started=True)
        self.since_clutch = Stopwatch()
        self._since_fired = Stopwatch()
        self._since_pulse = Stopwatch()
        self._limits = states.limits(settings)
        self.state = states.OFF
        self.engaged = False  # the clutch was in during this run
        self.cranked = False  # the starter engaged during this start
        self.gas_cut = False
        self.equalising = False
        self.braced = False
        self.parking = False  # UNLOAD leads to PARK, not to a stop
        self.last_rpm = 0
        self.attempts = 0
        self.mark_ms = 0  # age of the state when the starter let go of an engine that fires with gas shut, or flow was last there
        self.starts = 0
        self.failed_starts = 0
        self.uncommanded_stops = 0
        self.pickup_losses = 0
        self.abandoned_starts = 0
        self._given_up = 0  # starts in a row that did not come to the clutch
        self.running = False
        self.loaded = False
        self.parked = False
        self.standstill = False
        self.starter_on = False
        self.clutch_in = False
        self.gas_on = False
        self.ignition_on = False
        self.flow_armed = False
        self.underspeed_armed = False
        self.lugging = False
        self.wanted = False
        self.valve_mode = VALVE_HOLD
        self.unload_wanted = True
        self.liquid_valve_wanted = False
        self.fans_wanted = False
        self.pump_hot_wanted = False
        self.pump_coolant_wanted = False
        self.enclosure_fan_wanted = False
        self.configure()

    def configure(self):
        """Take over the settings."""
        settings = self.settings
        self._limits = states.limits(settings)
        self.flow_proof_ms = settings.flow_proof_s * 1000
        self.flow_wait_ms = settings.flow_wait_s * 1000
        self.equalise_pa = int(settings.equalise_dp_kpa * 1000)
        self.gas_min_rpm = settings.gas_min_rpm
        self.starter_off_rpm = settings.starter_off_rpm
        self.crank_rest_ms = settings.crank_rest_s * 1000
        self.clear_ms = settings.crank_s * 1250
        self.crank_attempts = settings.crank_attempts
        self.warmup_rpm = settings.warmup_rpm
        self.warmup_min_ms = settings.warmup_min_s * 1000
        self.warmup_coolant = int(settings.warmup_coolant_c * 1000)
        self.clutch_rpm = settings.clutch_rpm
        self.idle_rpm = settings.idle_rpm
        self.speed_max_rpm = settings.speed_max_rpm
        self.pumpdown_pa = int(settings.pumpdown_kpa * 1000)
        self.pumpdown_high_pa = int(settings.discharge_hold_kpa * 1000)
        self.pumpdown_gas_mc = int(settings.discharge_temp_trip_c * 1000)
        self.proven_run_ms = settings.proven_run_s * 1000
        self.underspeed_rpm = settings.underspeed_rpm
        self.coolant_post_ms = settings.coolant_post_s * 1000
        self.water_post_ms = settings.water_post_s * 1000

    # --- the scan ---------------------------------------------------------------------------------

    def update(self, now_ms):
        """One step: time, stops, the state's own business, outputs."""
        self._tick(now_ms)
        self.cycling.update(now_ms)
        self.standstill = self.pickup.standstill
        stop_class = self.monitor.stop_class
        orders = self.orders
        self.wanted = stop_class < stops.NORMAL_STOP and (
            orders.run_wanted or (self.running and orders.by_temperature and not self.cycling.min_run_over())
        )
        state = self.state
        if stop_class >= stops.FAST_STOP and states.FLOW <= state <= states.SPIN_DOWN:
            self._stop_fast(now_ms)
        elif states.WARM_UP <= state <= states.COOL_DOWN and (self.lugging or self._died()):
            self._suspected = self._alarm_underspeed if self.lugging else self._alarm_stopped
            self.enter(states.FAST, now_ms)
        elif not self.wanted:
            after = states.WHEN_UNWANTED[state]
            if after != state:
                self.enter(after, now_ms)
        _STEPS[self.state](self, now_ms)
        self.last_rpm = self.speed.newest_rpm
        drive.command(self, now_ms)
        wishes.publish(self, now_ms)
        self._judge(now_ms)

    def _tick(self, now_ms):
        self._age.tick(now_ms)
        self._good.tick(now_ms)
        self.since_gas.tick(now_ms)
        self.since_fuelled.tick(now_ms)
        self.since_starter.tick(now_ms)
        self._since_pulse.tick(now_ms)
        self.since_clutch.tick(now_ms)
        self._since_fired.tick(now_ms)
        if self.pickup.turning:
            self._since_pulse.start(now_ms)

    def enter(self, state, now_ms):
        """Change the state; its outputs follow in this scan, its own waiting begins in the next."""
        self.state = state
        self.braced = False
        if state != states.UNLOAD:
            self.parking = False
        self._age.start(now_ms)
        self._good.start(now_ms)
        self.mark_ms = 0

    def _judge(self, now_ms):
        if self._suspected is not None:
            self._explain(now_ms)
        if self._event is not None:
            self.monitor.judge(self._event, True, now_ms)
        turns = (
            self.pickup.turning
            and self.since_gas.age_ms >= _UNCONFIRMED_MS
            and self.since_starter.age_ms >= _UNCONFIRMED_MS
        )
        if self._event is not self._alarm_unconfirmed:
            self.monitor.judge(self._alarm_unconfirmed, turns, now_ms)

    def _explain(self, now_ms):
        """The engine stopped by itself.  A missing gas supply explains it, and is seen a little later."""
        if self.monitor.active(self._alarm_gas):
            self._suspected = None
        elif self._age.age_ms >= _EXPLAIN_MS or self.state != states.FAST:
            self.uncommanded_stops += 1
            self.cycling.note_failure(now_ms)
            self.fail(self._suspected, now_ms, self.state)
            self._suspected = None

    # --- failures and ends ------------------------------------------------------------------------

    def _died(self):
        """An engine that ran is no longer turning fast enough to burn; a pickup that vanished is not that."""
        return self.speed.scaled < _DEAD_RPM and not self.pickup.vanished and self.speed.quality == reading.GOOD

    def _stop_fast(self, now_ms):
        if self.monitor.active(self._alarm_pickup):
            self.pickup_losses += 1
            self.cycling.note_failure(now_ms)
        if self.cranked:
            self.enter(states.FAST, now_ms)
        else:
            self.enter(states.OFF, now_ms)

    def fail(self, alarm, now_ms, state=states.FAST):
        """Raise `alarm` for what just happened and go to `state`; an event before this one is over."""
        event = self._event
        if event is not None and event != alarm:
            self.monitor.judge(event, False, now_ms)
        self._event = alarm
        if state != self.state:
            self.enter(state, now_ms)

    def fail_flow(self, now_ms, state=states.OFF):
        """Flow did not come: alarm, off when nothing has turned yet."""
        self.fail(self._alarm_flow, now_ms, state)

    def fail_no_speed(self, now_ms):
        """The starter is on and the pickup is silent: alarm and lock-out."""
        self.cycling.note_failure(now_ms)
        self.fail(self._alarm_no_speed, now_ms)

    def fail_start(self, now_ms):
        """All attempts are used: alarm and lock-out; a person's reset gives new ones."""
        self.failed_starts += 1
        self.attempts = 0
        self.cycling.note_failure(now_ms)
        self.fail(self._alarm_failed, now_ms)

    def fail_shut_off(self, now_ms):
        """It fires with gas commanded shut."""
        self.cycling.note_failure(now_ms)
        self.fail(self._alarm_unconfirmed, now_ms)

    def fail_attempt(self, now_ms):
        """This crank did not start it: rest, then the next."""
        self.attempts += 1
        self.enter(states.REST, now_ms)

    def abandon(self, state, now_ms):
        """Give up this start; the cycling rules decide on the next.  The third in a row needs a person."""
        self.abandoned_starts += 1
        self._given_up += 1
        if self._given_up >= _GIVE_UP:
            self._given_up = 0
            self.fail(self._alarm_abandoned, now_ms, self.state)
        self.cycling.note_stop(now_ms)
        self.enter(state, now_ms)

    def came_to_rest(self, now_ms):
        """A start or run has ended in OFF."""
        if self.cranked:
            self.cycling.note_stop(now_ms)
        self.cranked = False
        self.engaged = False
        self.enter(states.OFF, now_ms)

    # --- what the states ask ----------------------------------------------------------------------

    def age_ms(self):
        """Return the age of the state."""
        return self._age.age_ms

    def overdue(self):
        """Return whether the state's time limit has passed."""
        limit_ms = self._limits[self.state]
        return limit_ms > 0 and self._age.age_ms >= limit_ms

    def held_ms(self, condition, now_ms):
        """Return for how long `condition` has been true in this state."""
        if not condition:
            self._good.start(now_ms)
            return 0
        return self._good.age_ms

    def equalised(self):
        """Return whether the pressure difference is known and small enough for a start."""
        high = self.readings.discharge_pressure
        low = self.readings.suction_pressure
        return (
            high.quality == reading.GOOD
            and low.quality == reading.GOOD
            and high.scaled - low.scaled < self.equalise_pa
        )

    def silent(self):
        """Return whether the starter has been on for 2.5 s without a pulse."""
        return self._since_pulse.age_ms >= _SILENT_MS

    def beginning(self):
        """Return whether a start is under way whose cranking has not been counted yet."""
        return states.VENTILATE <= self.state < states.PURGE

    def may_start(self):
        """Return whether a start may begin: timers, proven standstill, a pickup that answers."""
        return self.cycling.may_start() and self.starter_permitted()

    def starter_permitted(self):
        """Return whether the starter may engage: the engine proven at rest and its pickup answering."""
        return self.standstill and self.speed.quality == reading.GOOD

    def may_pump_down(self, now_ms):
        """Return whether the stop may pump down: never with an alarm that stops, never blindly."""
        return (
            self._limits[states.PUMP_DOWN] > 0
            and self.monitor.stop_class < stops.NORMAL_STOP
            and self.readings.suction_pressure.bad_for_ms(now_ms) < stop.GAP_MS
        )

    def begin_cranking(self, state, now_ms):
        """Engage the starter (PURGE or CLEAR)."""
        if not self.cranked:
            self.cranked = True
            self.starts += 1
            self.cycling.note_start(now_ms)
        self._since_pulse.start(now_ms)
        self.enter(state, now_ms)

    def judge_proven(self):
        """A run of proven_run_s forgets the attempts that it took, and the starts given up before."""
        if self.clutch_in:
            self._given_up = 0
        if self.attempts and self._since_fired.age_ms >= self.proven_run_ms:
            self.attempts = 0

    def release_event(self, now_ms):
        """In OFF, at rest: the cause of the last event is over, a person may reset its alarm."""
        event = self._event
        if event is not None and self._age.age_ms >= 1000 and (self.standstill or event is self._alarm_flow):
            self._event = None
            self.monitor.judge(event, False, now_ms)

    def note_fired(self, now_ms):
        """The starter is off and the engine turns by itself."""
        self._since_fired.start(now_ms)
        self.cycling.note_fired(now_ms)

    def brace(self):
        """Open the throttle for the load that the clutch is about to bring.

        A compressor that starts on warm vessels (standing in summer air, or after chilling) takes a third of the
        engine's torque within half a second: too quick for the governor alone.
        """
        suction = self.readings.suction_pressure
        excess_kpa = (suction.scaled - _EASY_CLUTCH_PA) // 1000
        if excess_kpa > 0 and suction.quality == reading.GOOD:
            self.governor.brace(excess_kpa * _BRACE_X10 // 10)

    def note_clutch(self, now_ms):
        """The clutch engages now."""
        self.engaged = True
        self.since_clutch.start(now_ms)

    # --- for people and the slow task ---------------------------------------------------------------

    def clutch_ms(self, _now_ms):
        """Return the time since the clutch engaged, saturating; 0 while it is out."""
        return self.since_clutch.age_ms if self.clutch_in else 0

    def reasons(self, add, _now_ms):
        """Tell what the sequence waits for: add(rank, text, seconds left or None, value or None)."""
        state = self.state
        if state != states.OFF:
            if state != states.RUN:
                left_ms = self._limits[state] - self._age.age_ms
                value = None
                if state == states.REST:
                    left_ms = max(self.crank_rest_ms - self._age.age_ms, self.pickup.standstill_wait_ms())
                elif state == states.CLEAR:
                    left_ms = self.clear_ms - self._age.age_ms
                elif state >= states.SPIN_DOWN:
                    left_ms = self.pickup.standstill_wait_ms()
                elif _WAITING >> state & 1:
                    value = "at most"
                known = self._limits[state] and not (state >= states.SPIN_DOWN and self.pickup.turning)
                add(1, "Engine: " + states.text(state), max(left_ms + 999, 0) // 1000 if known else None, value)
            if self.running and not self.orders.run_wanted and self.wanted:
                add(3, "Shortest run not over", self.cycling.min_run_left_s(), None)
            return
        if not self.standstill:
            add(1, "Standstill of the engine not proven", self.pickup.standstill_wait_ms() // 1000, None)
        if self.speed.quality != reading.GOOD:
            add(1, "Speed pickup does not answer", None, reading.QUALITY_TEXT[self.speed.quality])
