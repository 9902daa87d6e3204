"""The composition root: who is wired to whom.  This file is the picture of the controller.

    50 ms   board -> readings -> pickup, flow proof -> trips -> engine sequence (governor) -> mixture
                  -> outputs -> board
    500 ms  board -> readings -> derived -> set points -> claims, demands, arbiter -> limits -> capacity -> orders
                  -> expansion valve, fans, water, engine heat -> freeze, judges, plausibility -> (outputs) -> board
    50 ms   console, panel: a bounded slice each
"""

from micropython import const

from ghp import lent, service
from ghp.blocks.timers import OnDelay
from ghp.console.console import Console
from ghp.control import states
from ghp.control.arbiter import NONE, Arbiter
from ghp.control.capacity import Capacity
from ghp.control.changeover import Changeover
from ghp.control.chilled_setpoint import ChilledSetpoint
from ghp.control.claims import Claims
from ghp.control.cool_demand import CoolDemand
from ghp.control.cycling import Cycling
from ghp.control.defrost import Defrost
from ghp.control.duty import Duty
from ghp.control.engine import Engine
from ghp.control.engine_heat import EngineHeat
from ghp.control.envelope import Envelope
from ghp.control.expansion import Expansion
from ghp.control.fans import Fans
from ghp.control.frost import Frost
from ghp.control.governor import Governor
from ghp.control.heat_demand import HeatDemand
from ghp.control.ladder import MIN_PCT
from ghp.control.mixture import Mixture
from ghp.control.oil_heater import OilHeater
from ghp.control.orders import Orders
from ghp.control.peak import Peak
from ghp.control.setpoint import Setpoint
from ghp.control.wallclock import WallClock
from ghp.control.water import Water
from ghp.executive import Executive
from ghp.image import Image
from ghp.outputs import FUEL, KEEP, Outputs
from ghp.panel.panel import Panel
from ghp.protection import stops
from ghp.protection.actors import Actors
from ghp.protection.freeze import Freeze
from ghp.protection.health import Health
from ghp.protection.judges import Judges
from ghp.protection.limits import Limits
from ghp.protection.monitor import Monitor
from ghp.protection.plausibility import Plausibility
from ghp.protection.snapshots import Snapshots
from ghp.protection.stuck import Stillness
from ghp.protection.tempo import Tempo
from ghp.protection.trips import Trips
from ghp.sensing.derived import Derived
from ghp.sensing.flowproof import FlowProof, ServedFlow
from ghp.sensing.pickup import Pickup
from ghp.sensing.readings import Readings
from ghp.settings import FACTORY, TECHNICIAN, Settings
from ghp.storage.keeper import Keeper
from ghp.storage.records import DEAF
from ghp.storage.shelf import Shelf
from ghp.ticks import ticks_diff

FAST_MS = const(50)
ANALOG_MS = const(100)
SLOW_MS = const(500)
TIDY_MS = const(500)  # what a second of panel and slow scan leaves behind would be a fifth of the heap
_SLOW_S = 0.5
_FANS_PER_PCT = 0.06


class Unit:
    """One controller: all its objects, its tasks, and what people may ask of it.

    board        drivers of the board, see the board file
    reset_cause  why this run began
    uptime_ms    since the start of this run, never wraps
    """

    def __init__(self, build_board):
        image = Image()
        board = build_board(image)
        now_ms = board.clock.ticks_ms()
        self.image = image
        self.board = board
        self.reset_cause = board.reset_cause()
        self.uptime_ms = 0
        self._seen_ms = now_ms
        self._changes = -1
        self._steady = False

        settings = self.settings = Settings()
        self.shelf = Shelf(board.kept)
        self._take_settings()
        monitor = self.monitor = Monitor()
        readings = self.readings = Readings(image)
        outputs = self.outputs = Outputs(image)
        orders = self.orders = Orders()
        self.duty = Duty(readings)
        for output in outputs.table:  # until the first slow scan: as boot left them, not as a lost command
            output.command(output.value if output.safe == KEEP else 0, now_ms)

        # fast scan
        self.pickup = Pickup(readings, settings)
        hot_flow = FlowProof(image, readings, outputs, settings)
        chilled_flow = FlowProof(image, readings, outputs, settings, True)
        self.flow = ServedFlow(self.duty, hot_flow, chilled_flow)
        self.cycling = Cycling(settings)
        governor = self.governor = Governor(settings)
        engine = self.engine = Engine(
            readings, outputs, settings, monitor, orders, self.cycling, governor, self.pickup, self.flow
        )
        self.trips = Trips(readings, settings, monitor, self.duty, engine, self.pickup, self.flow)
        self.snapshots = Snapshots(readings, outputs, self.duty, engine)
        monitor.recorder = self.snapshots  # type: ignore[reportAttributeAccessIssue]  none before
        self.mixture = Mixture(readings, outputs, settings, monitor, engine, governor)

        # slow scan
        duty = self.duty
        derived = self.derived = Derived(readings, settings, duty, governor)
        setpoint = self.setpoint = Setpoint(readings, settings)
        envelope = self.envelope = Envelope(readings)
        limits = self.limits = Limits(readings, settings, derived, setpoint, duty, engine, governor, MIN_PCT)
        chilled = self.chilled_setpoint = ChilledSetpoint(readings, settings)
        capacity = self.capacity = Capacity(
            readings, settings, derived, (setpoint, chilled), duty, limits, envelope, engine, outputs
        )
        clock = self.wallclock = WallClock(image, settings, monitor, board.calendar)
        claims = self.claims = Claims(readings, settings, clock)
        heat = self.heat_demand = HeatDemand(readings, settings, setpoint, capacity, engine, duty, claims)
        cool = self.cool_demand = CoolDemand(readings, settings, chilled, capacity, engine, duty, claims)
        self.peak = Peak(readings, settings, clock)
        arbiter = self.arbiter = Arbiter(settings, claims, heat, cool, self.peak, duty)
        self.changeover = Changeover(readings, settings, derived, monitor, engine, duty, arbiter, outputs)
        frost = Frost(readings, settings, derived, duty, engine, outputs)
        self.defrost = Defrost(readings, settings, derived, monitor, engine, duty, self.changeover, frost, outputs)
        self.oil_heater = OilHeater(settings, engine, outputs, self.reset_cause == "power")
        expansion = self.expansion = Expansion(readings, settings, derived, duty, envelope, limits, engine, outputs)
        self.fans = Fans(readings, settings, derived, duty, capacity, limits, envelope, expansion, engine, outputs)
        water = self.water = Water(readings, settings, setpoint, derived, duty, engine, heat, cool, self.flow, outputs)
        self.engine_heat = EngineHeat(readings, settings, setpoint, duty, water, engine, monitor, outputs)
        self.freeze = Freeze(readings, settings, derived, duty, engine, monitor)
        self.judges = Judges(readings, settings, derived, duty, engine, governor, monitor, outputs)
        self.plausibility = Plausibility(readings, settings, derived, duty, engine, self.flow, outputs, monitor)
        self.actors = Actors(self.plausibility, governor, self.pickup)
        self.health = Health(self.plausibility)
        self.stillness = Stillness(readings, image, duty, engine)
        lent.release(("ghp.protection.witnesses",))
        self.keeper = Keeper(
            board.kept, image, self.cycling, self.arbiter, self.freeze, monitor, engine, self.snapshots, self.shelf,
            settings, self.changeover,
        )  # fmt: skip
        self.hand = None  # while a technician commands outputs, see `ghp.control.hand`
        self._output_chip = monitor.place("output_chip")
        self._deaf = OnDelay(monitor.on_ms(self._output_chip))  # missed once, it is right again at the next write
        self._failure = monitor.place("task_failure")
        self.failure = None  # (task name, exception): the first since the last reset, see `ghp.failure`

        executive = self.executive = Executive(board.clock, board.watchdog.feed, self._on_failure)
        fast = executive.add("fast", FAST_MS, 15000, self.fast)
        executive.add("analog", ANALOG_MS, 5000, board.read_analog)
        slow = executive.add("slow", SLOW_MS, 60000, self.slow)
        executive.add("people", FAST_MS, 20000, self.people)
        executive.add("keep", TIDY_MS, 30000, self.keep)
        self.tempo = Tempo((fast, slow), monitor)

        # people
        self.console = Console(self, board.line, self._open_raw_repl)
        self.panel = Panel(self, board.display, image.knob) if board.display else None

    def run(self):
        """Run for ever."""
        executive = self.executive
        sleep_ms = self.board.clock.sleep_ms
        while True:
            sleep_ms(executive.run_due())

    # --- tasks --------------------------------------------------------------------------------------------

    def fast(self, now_ms):
        """The fast scan.  Allocates nothing."""
        board = self.board
        board.read_fast(now_ms)
        self.readings.update_fast(now_ms)
        self.pickup.update(self.engine.starter_on, self.engine.clutch_in, now_ms)
        self.flow.update(now_ms)
        self.trips.update(now_ms)
        self.engine.update(now_ms)
        self.mixture.update(now_ms)
        if self.hand is not None and not self.hand.update(now_ms):
            self._end_service(now_ms)
        self.outputs.settle(now_ms)
        board.write_fast(now_ms)
        board.heartbeat.toggle()  # last: it says that a whole scan reached the outputs

    def slow(self, now_ms):
        """The slow scan."""
        self._keep_time(now_ms)
        self.board.read_slow(now_ms)
        self.readings.update_slow(now_ms)
        settings = self.settings
        if settings.changes != self._changes:
            self._changes = settings.changes
            self._configure()
        capacity = self.capacity
        self.derived.update(now_ms, _SLOW_S)
        self.setpoint.update(now_ms, _SLOW_S)
        self.envelope.update(now_ms, _SLOW_S)
        self._ask(now_ms)
        self.changeover.update(now_ms, _SLOW_S)
        self.defrost.update(now_ms, _SLOW_S, self.expansion.full)
        self._give_way()
        self.limits.update(now_ms, _SLOW_S, capacity.achieved_pct)
        capacity.update(now_ms, _SLOW_S)
        self._order()
        self.expansion.update(now_ms, _SLOW_S)
        self.fans.update(now_ms, _SLOW_S)
        self.water.update(now_ms, _SLOW_S)
        self.engine_heat.update(now_ms, _SLOW_S)
        self.oil_heater.update(now_ms)
        self.freeze.update(now_ms, _SLOW_S)
        self.judges.update(now_ms, _SLOW_S)
        if self.plausibility.update(now_ms):
            self.actors.update(now_ms)
            self.health.update(now_ms)
            self.stillness.update()
        self.tempo.update(now_ms)
        self._show_alarms(now_ms)
        self.board.write_slow(now_ms)
        self.monitor.judge(self._output_chip, self._deaf.update(not self.board.outputs_follow(), now_ms), now_ms)

    def people(self, now_ms):
        """One slice for whoever stands before the machine."""
        self.console.service(now_ms)
        if self.panel:
            self.panel.update(now_ms)

    def keep(self, now_ms):
        """Keep what must survive, and collect garbage while there is time."""
        if not self.settings.taken:
            self._take_settings()
        self.keeper.update(now_ms)
        self.board.memory.collect()

    def _take_settings(self):
        """Give back the settings that the memory holds; before anything runs, or when it answers at last."""
        data = self.shelf.load()
        if self.shelf.found != DEAF:
            from ghp.console.kept import take  # let go with what else a command loads

            take(self.settings, data)

    def _configure(self):
        for part in (self.pickup, self.flow, self.cycling, self.governor, self.engine, self.trips, self.mixture):
            part.configure()

    def _ask(self, now_ms):
        """Who wants what, who gets it, and how much the claims allow."""
        claims = self.claims
        cool = self.cool_demand
        self.wallclock.update(now_ms, _SLOW_S)
        self.chilled_setpoint.update(now_ms, _SLOW_S)
        claims.update(now_ms, _SLOW_S)
        self.heat_demand.update(now_ms, _SLOW_S)
        cool.update(now_ms, _SLOW_S)
        self.peak.update(now_ms, cool.called)
        self.arbiter.update(now_ms, _SLOW_S)
        if self.hand is not None:
            self.arbiter.want = self.hand.water
        self.capacity.most_pct = claims.demand.value
        self.capacity.most_rpm = claims.speed.value
        self.fans.most_fans = claims.fans.value * _FANS_PER_PCT

    def _give_way(self):
        """Capacity and fans follow a defrost."""
        defrost = self.defrost
        self.fans.request = 1 if self.changeover.warms_coil else defrost.air
        if defrost.rpm:
            self.capacity.take_over(defrost.rpm, defrost.gently())
        elif self.duty.defrosting:
            self.capacity.take_over(0, True)
        else:
            self.capacity.release()

    def _order(self):
        orders = self.orders
        changeover = self.changeover
        may_run = changeover.may_run and not self.oil_heater.waiting
        orders.run_wanted = self.hand is None and ((self.arbiter.want != NONE and may_run) or self.defrost.holds_run)
        orders.park = changeover.park
        orders.shift_rpm = changeover.shift_rpm
        orders.still = changeover.still
        orders.by_temperature = self.arbiter.by_temperature
        orders.speed_rpm = self.capacity.rpm
        orders.unloaded = self.capacity.unloaded

    def _show_alarms(self, now_ms):
        monitor = self.monitor
        # the relay is fail-safe: energised while healthy, so that it opens on a fault and on a power loss
        self.outputs.alarm_relay.command(0 if monitor.stop_class >= stops.NORMAL_STOP else 1, now_ms)
        self.outputs.alarm_lamp.command(monitor.lamp(), now_ms)

    def _keep_time(self, now_ms):
        self.uptime_ms += ticks_diff(now_ms, self._seen_ms)
        self._seen_ms = now_ms
        self.monitor.uptime_s = self.uptime_ms // 1000
        if not self._steady and self.monitor.uptime_s >= service.STEADY_S:
            self._steady = True
            self.board.forget_restarts()

    def _on_failure(self, task, error):
        """A task raised: fuel off first, then the alarm, so that nothing in between can prevent it."""
        for name in FUEL:
            getattr(self.outputs, name).forced = 0
        now_ms = self.board.clock.ticks_ms()
        if self.hand is not None:
            self._end_service(now_ms)
        self.outputs.settle(now_ms)
        try:
            self.board.write_fast(now_ms)
        except Exception as second:  # the outputs' own fault: coils come first there, and the heartbeat stops
            error = second
        first = not self.monitor.active(self._failure)
        self.monitor.judge(self._failure, True, now_ms)
        if first:  # what a task raises after it follows from it
            self.failure = (task.name, error)
            try:
                from ghp import failure  # seldom

                failure.keep(self.board.surviving, task.name, error)
            except (ImportError, MemoryError, OSError, ValueError):  # its words are worth no second failure
                pass

    # --- people -------------------------------------------------------------------------------------------

    def reset_alarms(self, level=FACTORY):
        """A person's reset, of the access level `level`.  Returns the alarms that still stand, see `Monitor.reset`."""
        if self.monitor.active(self._failure) and self.engine.standstill and level >= TECHNICIAN:
            self.monitor.judge(self._failure, False, self._seen_ms)
            for name in FUEL:
                getattr(self.outputs, name).forced = None
        self.defrost.reset()
        self.health.reset()
        return self.monitor.reset(level)

    def state_text(self):
        """Return the state of the sequence in words."""
        text = states.text(self.engine.state)
        return "SERVICE, " + text if self.hand is not None else text

    def begin_service(self):
        """Let outputs be commanded by hand; returns why not, or None.  See `ghp.control.hand`."""
        from ghp.control import hand  # seldom, and some KiB

        if self.hand is None:
            wrong = hand.refusal(self.engine, self.settings, self.claims, self.arbiter)
            if wrong:
                return wrong
            self.hand = hand.Hand(
                self.outputs, self.engine, self.monitor, self.changeover, self.arbiter, self.water,
                self.settings, self._seen_ms,
            )  # fmt: skip
            lent.release(("ghp.control.hand",))
        elif self.settings.mode or self.claims.mode.value:
            return hand.NOT_OFF
        self.hand.resume()
        return None

    def _end_service(self, now_ms):
        """The next start rests as after a stop: whoever was at the machine has time to leave it."""
        self.hand = None
        self.cycling.note_stop(now_ms)

    def reasons(self, now_ms):
        """Return why the machine does what it does: (rank, text, seconds left or None, value or None), sorted."""
        found = []

        def add(rank, text, remaining_s, value):
            # with its place: a sort need not keep the order of equals
            found.append((rank, len(found), text, remaining_s, value))

        first = self.monitor.first
        if first is not None and not first.standing():
            add(0, first.text, None, "first cause, gone by itself")
        for alarm in self.monitor.standing():
            if alarm.stop_class >= stops.NORMAL_STOP:
                first = "followed by: " if self.monitor.follows(alarm) else ""
                add(0, first + alarm.text, None, "present" if alarm.active() else "reset needed")
            else:
                acts = alarm.stop_class != stops.NONE
                add(2, alarm.text, None, stops.TEXT[alarm.stop_class] if acts else None)
        if self.hand is not None:
            self.hand.reasons(add)
        self.arbiter.reasons(add, now_ms)
        self.changeover.reasons(add, now_ms)
        self.defrost.reasons(add, now_ms)
        self.oil_heater.reasons(add, now_ms)
        if not states.FLOW <= self.engine.state <= states.BURN_OUT:  # a start under way has been permitted
            self.cycling.reasons(add)
        self.engine.reasons(add, now_ms)
        self.limits.reasons(add, now_ms)
        self.setpoint.reasons(add, now_ms)
        self.capacity.reasons(add, now_ms)
        self.expansion.reasons(add, now_ms)
        self.freeze.reasons(add, now_ms)
        self.water.reasons(add, now_ms)
        self.judges.reasons(add, now_ms)
        if self.monitor.standing():
            from ghp.console import contradictions  # noqa: PLC0415  only when there is something to say: its tables

            contradictions.reasons(self, add)
        found.sort()
        return [(rank, text, remaining_s, value) for rank, _, text, remaining_s, value in found]

    def _open_raw_repl(self):
        from ghp.console.rawrepl import RawRepl  # only when somebody asks for it: it takes a KiB

        return RawRepl(self.board.line, self._may_share, self._restart, {"unit": self})

    def _may_share(self):
        if self.console.level() < TECHNICIAN:
            return "this needs the level technician: login PIN"
        return None if self.settings.repl_running else self._may_leave()

    def _may_leave(self):
        rpm = self.readings.engine_speed.value()
        if self.pickup.vanished and not self.engine.standstill:
            rpm = None  # a lost pickup reads zero while the engine runs out
        return service.may_leave(rpm, self._fuel_off())

    def _fuel_off(self):
        for name in FUEL:
            if getattr(self.outputs, name).value:
                return False
        return True

    def reboot(self, to_prompt):
        """Restart the controller, to MicroPython's prompt if asked.  The caller has made sure of standstill."""
        self.board.forget_restarts()
        if to_prompt:
            self.board.request_prompt()
        self.board.reset()

    def _restart(self):
        """A restart asked for in the raw REPL; the engine may have been started since that was entered."""
        if self._may_leave() is None:
            self.reboot(False)
