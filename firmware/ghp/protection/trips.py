"""The trips of the fast scan: what must stop the engine within tenths of a second.

They judge only; the engine sequence obeys the monitor's stop class in the same scan.  Each has its own patience:
longer than a burst of noise (two samples), shorter than the harm takes.  None depends on the slow task, except
that the slow task refreshes the gas switch and the reference channel, whose causes are slow.
"""

from micropython import const

from ghp.blocks.timers import OnDelay, Stopwatch
from ghp.control.duty import COOLING
from ghp.sensing import readings as reading

# The plain waits stand in the alarm table.  Overspeed: a burst of noise shorter than 0.2 s touches at most four whole
# scans; five in a row is real.  Pressures: a sample is shown for up to 200 ms (one slot in twenty goes to the
# reference): more than one must agree.  Reference: two samples of it.
_FLOW_BOTH_MS = const(300)  # switch and meter agree
_FLOW_BOTH_COLD_MS = const(150)
_SUCTION_BLIND_MS = const(30000)  # after the clutch: pull-down
_SUCTION_EASY_MS = const(240000)  # until then 80 % of the limit
_AHEAD_SHIFT = const(3)  # a falling suction is judged 0.4 s ahead: by its distance from its own lag of eight scans
_AHEAD_MOST_PA = const(12000)
_GAS_KNOWN_MS = const(1000)  # after power-up the debounced gas switch needs two slow scans to be on
_REFERENCE = const(2500)  # mV
_REFERENCE_OFF = const(50)  # 2 %
# A safety sensor trips at ten bad scans in a row, at more than one in five, or when it has not settled for half a
# minute: bursts of noise drain away, a loose wire that opens once a second does not.
_BAD_STEP = const(4)
_BAD_TRIP = const(40)
_UNSETTLED_MS = const(30000)


class SensorDoubt:
    """How long a sensor has been unusable, so that bursts do not add up: +4 for a bad scan, -1 for a good one.

    A reading that is back in range but not yet trusted (SETTLING) counts as good here, but not for ever: nothing is
    protected by it yet.
    """

    def __init__(self, source):
        self._source = source
        self._level = 0
        self.out = False

    def update(self, watched, now_ms):
        """Judge while `watched`; otherwise only forget, once the sensor is good again."""
        quality = self._source.quality
        level = self._level
        if not watched:
            if quality == reading.GOOD:
                level = 0
        elif quality == reading.GOOD or quality == reading.SETTLING:
            if level > 0:
                level -= 1
        elif level < _BAD_TRIP:
            level += _BAD_STEP
        self._level = level
        unsettled = watched and self._source.bad_for_ms(now_ms) >= _UNSETTLED_MS
        self.out = level >= _BAD_TRIP or unsettled
        return self.out


class Trips:
    """`update` once per fast scan, after the readings and before the engine."""

    def __init__(self, readings, settings, monitor, duty, engine, pickup, flow):
        self._readings = readings
        self._duty = duty
        self._mode = -1  # the duty whose limits are in force
        self._settings = settings
        self._monitor = monitor
        self._engine = engine
        self._pickup = pickup
        self._flow = flow
        self._speed = readings.engine_speed
        self._discharge = readings.discharge_pressure
        self._suction = readings.suction_pressure
        self._a_emergency = monitor.place("emergency_stop")
        self._a_switch = monitor.place("high_pressure_switch")
        self._a_chain = monitor.place("safety_chain")
        self._a_gas = monitor.place("gas_pressure")
        self._a_hot_flow = monitor.place("hot_water_flow")
        self._a_chilled_flow = monitor.place("chilled_water_flow")
        self._a_overspeed = monitor.place("overspeed")
        self._a_pickup = monitor.place("pickup_lost")
        self._a_discharge = monitor.place("discharge_pressure")
        self._a_suction = monitor.place("suction_pressure")
        self._a_sensor = monitor.place("sensor_fast_stop")
        self._a_converter = monitor.place("converter_check")
        self._gas_known = OnDelay(_GAS_KNOWN_MS)
        self._over = OnDelay(monitor.on_ms(self._a_overspeed))
        self._under = OnDelay(500)
        self._gone = OnDelay(800)
        self._no_switch = OnDelay(1200)
        self._no_meter = OnDelay(600)
        self._no_flow = OnDelay(_FLOW_BOTH_MS)
        self._high = OnDelay(monitor.on_ms(self._a_discharge))
        self._low = OnDelay(monitor.on_ms(self._a_suction))
        self._off_reference = OnDelay(monitor.on_ms(self._a_converter))
        self._discharge_doubt = SensorDoubt(self._discharge)
        self._suction_doubt = SensorDoubt(self._suction)
        self._speed_doubt = SensorDoubt(self._speed)
        self._oil_doubt = SensorDoubt(readings.oil_pressure)
        self._since_clutch = Stopwatch()
        self._overspeed_rpm = 0
        self._underspeed_rpm = 0
        self._discharge_pa = 0
        self._suction_pa = 0
        self._suction_easy_pa = 0
        self._suction_lag_pa = 0
        self.configure()

    def configure(self):
        """Take over the settings."""
        settings = self._settings
        self._overspeed_rpm = settings.overspeed_rpm
        self._underspeed_rpm = settings.underspeed_rpm
        self._under.delay_ms = settings.underspeed_ms
        self._gone.delay_ms = settings.pickup_lost_ms
        # heating, chilling: a change of duty only picks, so that the fast scan makes no number
        self._switch_ms = (int(settings.flow_trip_s * 1000), int(settings.chilled_flow_trip_s * 1000))
        # The meter needs 0.3 s to measure and the water a second to coast below the collapse.  The chilled pump coasts
        # longer, and the evaporator freezes two seconds after the flow has gone: nothing is left for patience.
        self._meter_ms = (int(settings.flow_trip_s * 500), int(settings.chilled_flow_trip_s * 1000))
        self._trip_pa = (int(settings.discharge_trip_kpa * 1000), int(settings.discharge_trip_cool_kpa * 1000))
        self._choose()
        self._suction_pa = int(settings.suction_trip_kpa * 1000)
        self._suction_easy_pa = self._suction_pa // 5 * 4

    def _choose(self):
        """Take the patience and the limit of the duty."""
        mode = self._mode = self._duty.mode
        self._no_switch.delay_ms = self._switch_ms[mode]
        self._no_meter.delay_ms = self._meter_ms[mode]
        self._no_flow.delay_ms = _FLOW_BOTH_COLD_MS if mode == COOLING else _FLOW_BOTH_MS
        self._discharge_pa = self._trip_pa[mode]

    def update(self, now_ms):
        """Judge everything."""
        if self._duty.mode != self._mode:
            self._choose()
        self._contacts(now_ms)
        self._speeds(now_ms)
        self._water(now_ms)
        self._pressures(now_ms)

    def _contacts(self, now_ms):
        judge = self._monitor
        readings = self._readings
        released = readings.emergency_stop.on
        closed = readings.high_pressure_switch.on
        judge.judge(self._a_emergency, not released, now_ms)
        judge.judge(self._a_switch, not closed, now_ms)
        # The chain runs through both; it is an alarm of its own when neither explains it.
        judge.judge(self._a_chain, released and closed and not readings.safety_chain.on, now_ms)
        gas = readings.gas_pressure_switch
        known = self._gas_known.update(gas.quality != reading.NO_DATA, now_ms)
        judge.judge(self._a_gas, known and not gas.on, now_ms)

    def _speeds(self, now_ms):
        judge = self._monitor
        engine = self._engine
        over = self._over.update(self._speed.newest_rpm > self._overspeed_rpm, now_ms)
        judge.judge(self._a_overspeed, over, now_ms)
        vanished = self._pickup.vanished
        gone = self._gone.update(engine.running and vanished, now_ms)
        gone = gone or (engine.running and self._pickup.wild)
        judge.judge(self._a_pickup, gone, now_ms)
        # Silence of a pickup that vanished is not a low speed.
        slow = engine.underspeed_armed and not vanished and self._speed.scaled < self._underspeed_rpm
        # The engine stops at once and finds out whether missing gas explains it, before it raises the alarm.
        engine.lugging = self._under.update(slow, now_ms)

    def _water(self, now_ms):
        flow = self._flow
        duty = self._duty
        engine = self._engine
        # between two duties, with the compressor out, no water is served
        armed = engine.flow_armed and (engine.clutch_in or not duty.moving)
        no_switch = armed and not flow.switch_on
        no_meter = armed and not flow.meter_on
        lost = self._no_switch.update(no_switch, now_ms)
        lost = self._no_meter.update(no_meter, now_ms) or lost
        lost = self._no_flow.update(no_switch and no_meter, now_ms) or lost
        cooling = duty.mode == COOLING
        self._monitor.judge(self._a_hot_flow, lost and not cooling, now_ms)
        self._monitor.judge(self._a_chilled_flow, lost and cooling, now_ms)

    def _ahead(self, pascal):
        """Return where a suction pressure that falls will be when a trip would act: a valve that slams shut."""
        lag = self._suction_lag_pa
        if lag == 0:
            lag = pascal  # nothing before, or a gap: what was before it says nothing about how it falls now
        lag += (pascal - lag) >> _AHEAD_SHIFT
        if lag - pascal > _AHEAD_MOST_PA:
            lag = pascal + _AHEAD_MOST_PA  # no circuit falls faster: a reading that comes back from a fault
        self._suction_lag_pa = lag
        return pascal if pascal > lag else 2 * pascal - lag

    def _pressures(self, now_ms):
        judge = self._monitor
        clutch_in = self._engine.clutch_in
        discharge = self._discharge
        high = discharge.quality == reading.GOOD and discharge.scaled > self._discharge_pa
        judge.judge(self._a_discharge, self._high.update(high, now_ms), now_ms)
        if clutch_in:
            clutch_ms = self._since_clutch.tick(now_ms)
        else:
            self._since_clutch.start(now_ms)
            clutch_ms = 0
        suction = self._suction
        limit = self._suction_pa if clutch_ms >= _SUCTION_EASY_MS else self._suction_easy_pa
        if suction.quality != reading.GOOD:
            self._suction_lag_pa = 0
        low = suction.quality == reading.GOOD and self._ahead(suction.scaled) < limit and clutch_ms >= _SUCTION_BLIND_MS
        judge.judge(self._a_suction, self._low.update(low, now_ms), now_ms)
        bad = self._discharge_doubt.update(clutch_in, now_ms)
        beyond = self._duty.slides and suction.quality in reading.ABOVE  # a hot coil comes to the suction side
        bad = self._suction_doubt.update(clutch_in and not beyond, now_ms) or bad
        bad = self._speed_doubt.update(self._engine.running, now_ms) or bad
        bad = self._oil_doubt.update(self._engine.running, now_ms) or bad
        judge.judge(self._a_sensor, bad, now_ms)
        reference = self._readings.reference_volts
        settling = reference.quality == reading.SETTLING  # what was before the gap says nothing of now
        off = (reference.candidate if settling else reference.scaled) - _REFERENCE
        wrong = off > _REFERENCE_OFF or off < -_REFERENCE_OFF
        if settling:  # one transfer that was lost settles longer than the patience of the trip
            wrong = wrong or judge.active(self._a_converter)
        elif reference.quality != reading.GOOD:
            wrong = reference.quality != reading.NO_DATA
        judge.judge(self._a_converter, self._off_reference.update(wrong, now_ms), now_ms)
