"""Slow alarms: what is true for long enough to be an alarm, and what a bad sensor leads to.

Fast trips (flow, speed, chain, discharge and suction pressure) live in the fast scan; here are the slow ones.
SENSORS is the one table of consequences: every sensor, and what the unit does when it stays bad, in either duty.
Limits of hot water do not act while chilling: the water that chilling serves is the chilled one.
"""

from micropython import const

from ghp.blocks.timers import OnDelay
from ghp.control.expansion import VALVE_SHUT
from ghp.protection.stuck import StuckWater
from ghp.sensing.readings import GOOD, QUALITY_TEXT, SETTLING

WARN = const(0)  # the unit runs on without it
STOP = const(1)  # normal stop
FAST = const(2)  # gas off at once
CONVERTER = const(3)  # proves the converters: pressures cannot be trusted without it
# sensor, consequence while heating, while chilling, what happens instead
SENSORS = (
    ("suction_pressure", FAST, FAST, "superheat, freeze and low-pressure trips are blind; the valve is frozen"),
    ("discharge_pressure", FAST, FAST, "high-pressure trip is blind"),
    ("oil_pressure", FAST, FAST, "a lost signal cannot be told from lost oil"),
    ("gas_pressure", WARN, WARN, "the gas-pressure switch decides"),
    ("suction_temp", STOP, STOP, "superheat is not known; the valve is frozen"),
    ("liquid_temp", WARN, WARN, "no subcooling shown"),
    ("coil_temp", WARN, WARN, "changeover and defrost are judged by pressure and time"),
    ("ambient_temp", WARN, WARN, "last value for ten minutes, then the coldest day; chilling: the head-pressure floor"),
    ("entering_water", WARN, WARN, "flow stands at fixed_flow_pct, no heat metering"),
    ("condenser_water", WARN, WARN, "no check of the leaving probe"),
    ("leaving_water", STOP, WARN, "heating: capacity is held until the unit has stopped; chilling: engine heat to the radiator"),
    ("chilled_entering", WARN, WARN, "chilling: no feed-forward, no cold metering, no check of the leaving probe"),
    ("chilled_leaving", WARN, STOP, "chilling: capacity is held until the unit has stopped"),
    ("coolant_temp", STOP, STOP, "radiator fan and recovery full on until the unit has stopped"),
    ("discharge_temp", STOP, STOP, "no more loading until the unit has stopped"),
    ("exhaust_temp", WARN, WARN, "the mixture loop stays open"),
    ("catalyst_temp", STOP, STOP, "catalyst protection is blind"),
    ("lambda_volts", WARN, WARN, "the mixture loop stays open"),
    ("battery_volts", WARN, WARN, "shown only"),
    ("reference_volts", CONVERTER, CONVERTER, "converter check"),
    ("engine_speed", FAST, FAST, "speed is not known"),
    ("gas_meter", WARN, WARN, "no COP"),
    ("hot_flow", WARN, WARN, "heating: the flow switch alone proves flow; chilling: engine heat to the radiator"),
    ("chilled_flow", WARN, WARN, "chilling: the flow switch alone proves flow"),
)

_SAFETY_MS = const(500)
_CHATTER_MS = const(120000)  # in and out of range for this long counts as bad
_SCAN_MS = const(500)
_SUPERHEAT_LOW_MS = const(90000)
_SUPERHEAT_ARM_MS = const(120000)  # the strapped probe needs this long after a start
_CATALYST_WARM_MS = const(900000)
_CATALYST_HIGH_MS = const(10000)
_OIL_WARN_MS = const(5000)
_LOAD_ALARM_MS = const(30000)
_HOT_MS = const(1000)
GAS_ARM_MS = 60000
_AIR_MARGIN_PA = const(69000)  # 10 psi: at least capacity the pressure gains no more before the fuel is off
_PUMP_DOWN_MK = const(15000)  # a pump-down compresses thin gas, for a minute at most: that much more is allowed


class Judges:
    """Tells the monitor, every slow scan, whether each slow alarm's cause is present.

    bad   list of (reading, consequence, note) of the sensors that count as bad now
    """

    def __init__(self, readings, settings, derived, duty, engine, governor, monitor, outputs):
        self._readings = readings
        self._duty = duty
        self._unloader = outputs.unloader
        self._settings = settings
        self._derived = derived
        self._engine = engine
        self._governor = governor
        self._monitor = monitor
        # one row per sensor and duty, so that a scan makes none
        self._rows = (
            [(getattr(readings, name), heating, note) for name, heating, _, note in SENSORS],
            [(getattr(readings, name), chilling, note) for name, _, chilling, note in SENSORS],
        )
        self.bad = []
        self._worst = [False, False, False, False]
        self._stuck = (StuckWater(readings), StuckWater(readings, True))
        self._settled = OnDelay(0)
        self._running = OnDelay(0)
        self._loaded = OnDelay(0)
        self._oil_trip = OnDelay(0)
        self._oil_warn = OnDelay(_OIL_WARN_MS)
        self._coolant = OnDelay(_HOT_MS)
        self._gas = OnDelay(_HOT_MS)
        self._water = OnDelay(_HOT_MS)
        self._catalyst = OnDelay(_HOT_MS)
        self._catalyst_window = OnDelay(_CATALYST_HIGH_MS)
        self._superheat = OnDelay(_SUPERHEAT_LOW_MS)
        self._load = OnDelay(_LOAD_ALARM_MS)
        find = monitor.find
        self._oil_pressure = find("oil_pressure")
        self._oil_pressure_low = find("oil_pressure_low")
        self._coolant_temp = find("coolant_temp")
        self._coolant_hot = find("coolant_hot")
        self._discharge_temp = find("discharge_temp")
        self._superheat_low = find("superheat_low")
        self._leaving_water = find("leaving_water")
        self._catalyst_temp = find("catalyst_temp")
        self._catalyst_alarm = find("catalyst_window")
        self._sensor_stop = find("sensor_stop")
        self._sensor_fast_stop = find("sensor_fast_stop")
        self._sensor_warning = find("sensor_warning")
        self._converter_check = find("converter_check")
        self._load_limit = find("load_limit")
        self._water_stuck = find("water_stuck")
        self._condenser_air = find("condenser_air")
        self.configure()

    def configure(self):
        """Turn the settings into the integers of the readings."""
        settings = self._settings
        self._changes = settings.changes
        self._oil_bypass_ms = settings.oil_bypass_s * 1000
        self._oil_trip.delay_ms = settings.oil_trip_s * 1000
        self._oil_trip_pa = int(settings.oil_trip_kpa * 1000)
        self._oil_warn_pa = int(settings.oil_warn_kpa * 1000)
        self._coolant_trip_mc = int(settings.coolant_trip_c * 1000)
        self._coolant_derate_mc = int(settings.coolant_derate_c * 1000)
        self._catalyst_trip_mc = int(settings.catalyst_trip_c * 1000)
        self._catalyst_high_mc = int(settings.catalyst_warn_high_c * 1000)
        self._catalyst_low_mc = int(settings.catalyst_warn_low_c * 1000)
        self._load_pct100 = int(settings.load_unload_pct * 100)
        self._gas_trip_mc = int(settings.discharge_temp_trip_c * 1000)
        self._water_trip_mc = int(settings.leaving_trip_c * 1000)
        self._air_pa = int(settings.discharge_trip_cool_kpa * 1000) - _AIR_MARGIN_PA

    def update(self, now_ms, dt_s):
        """Judge everything."""
        if self._changes != self._settings.changes:
            self.configure()
        engine = self._engine
        self._running.update(engine.running, now_ms)
        self._loaded.update(engine.loaded, now_ms)
        self._sensors(now_ms)
        self._judge_engine(now_ms)
        self._judge_heat(now_ms)

    # --- sensors -----------------------------------------------------------------------------------------

    def is_bad(self, reading, what, now_ms):
        """Return True when `reading` has been bad for long enough to act on.

        A value that is back in range and settling does not count, so that bursts of noise stop nothing; one that
        keeps coming and going for two minutes does.
        """
        quality = reading.quality
        if quality == GOOD:
            return False
        bad_ms = reading.bad_for_ms(now_ms)
        if quality == SETTLING:
            return bad_ms >= _CHATTER_MS
        if what == FAST:
            return bad_ms >= _SAFETY_MS
        return bad_ms >= self._settings.sensor_fault_s * 1000 - _SCAN_MS

    def _sensors(self, now_ms):
        worst = self._worst
        for what in range(len(worst)):
            worst[what] = False
        bad = self.bad
        if bad:
            bad.clear()
        for row in self._rows[self._duty.mode]:
            if row[0].quality != GOOD and self.is_bad(row[0], row[1], now_ms):
                worst[row[1]] = True
                bad.append(row)
        judge = self._monitor.judge
        judge(self._sensor_warning, worst[WARN], now_ms)
        judge(self._sensor_stop, worst[STOP], now_ms)
        judge(self._sensor_fast_stop, worst[FAST], now_ms)
        judge(self._converter_check, worst[CONVERTER], now_ms)

    # --- engine ------------------------------------------------------------------------------------------

    def _judge_engine(self, now_ms):
        readings = self._readings
        judge = self._monitor.judge
        armed = self._running.elapsed_ms(now_ms) >= self._oil_bypass_ms
        oil = readings.oil_pressure
        known = armed and oil.quality == GOOD
        low = known and oil.scaled < self._oil_trip_pa
        judge(self._oil_pressure, self._oil_trip.update(low, now_ms), now_ms)
        low = known and oil.scaled < self._oil_warn_pa
        judge(self._oil_pressure_low, self._oil_warn.update(low, now_ms), now_ms)

        coolant = readings.coolant_temp
        known = coolant.quality == GOOD
        hot = known and coolant.scaled >= self._coolant_trip_mc
        judge(self._coolant_temp, self._coolant.update(hot, now_ms), now_ms)
        derate = self._coolant_derate_mc
        if self._coolant_hot.active():
            derate -= 2000
        judge(self._coolant_hot, known and coolant.scaled >= derate, now_ms)

        catalyst = readings.catalyst_temp
        known = catalyst.quality == GOOD
        hot = known and catalyst.scaled >= self._catalyst_trip_mc
        judge(self._catalyst_temp, self._catalyst.update(hot, now_ms), now_ms)
        outside = known and (
            catalyst.scaled > self._catalyst_high_mc
            or (
                self._loaded.elapsed_ms(now_ms) >= _CATALYST_WARM_MS
                and catalyst.scaled < self._catalyst_low_mc
            )
        )
        judge(self._catalyst_alarm, self._catalyst_window.update(outside, now_ms), now_ms)

        overloaded = self._engine.loaded and self._governor.load_pct100 >= self._load_pct100
        judge(self._load_limit, self._load.update(overloaded, now_ms), now_ms)

    # --- water and refrigerant ---------------------------------------------------------------------------

    def _judge_heat(self, now_ms):
        settings = self._settings
        readings = self._readings
        judge = self._monitor.judge
        gas = readings.discharge_temp
        trip = self._gas_trip_mc
        if self._engine.valve_mode == VALVE_SHUT:
            trip += _PUMP_DOWN_MK
        # with the clutch out nothing compresses, and just after a start the strapped probe shows what was
        armed = self._engine.clutch_in and self._engine.clutch_ms(now_ms) >= GAS_ARM_MS
        hot = armed and gas.quality == GOOD and gas.scaled >= trip
        judge(self._discharge_temp, self._gas.update(hot, now_ms), now_ms)

        cooling = self._duty.cooling()
        trip = self._water_trip_mc
        leaving = readings.leaving_water
        between = readings.condenser_water
        hot = (leaving.quality == GOOD and leaving.scaled >= trip) or (
            between.quality == GOOD and between.scaled >= trip
        )
        judge(self._leaving_water, self._water.update(hot and not cooling, now_ms), now_ms)

        pressure = readings.discharge_pressure
        airless = (
            cooling
            and self._engine.loaded
            and self._unloader.value
            and pressure.quality == GOOD
            and pressure.scaled >= self._air_pa
        )
        judge(self._condenser_air, airless, now_ms)

        superheat = self._derived.superheat_k
        # a defrost has no superheat to speak of, and the probe needs the time of a start after it
        settled = self._settled.update(self._engine.loaded and not self._duty.defrosting, now_ms)
        low = (
            settled
            and self._settled.elapsed_ms(now_ms) >= _SUPERHEAT_ARM_MS
            and superheat is not None
            and superheat < settings.superheat_low_k
        )
        judge(self._superheat_low, self._superheat.update(low, now_ms), now_ms)
        making = self._engine.clutch_in and not self._duty.defrosting
        stuck = self._stuck[0].update(making and not cooling, now_ms)
        stuck = self._stuck[1].update(making and cooling, now_ms) or stuck
        judge(self._water_stuck, stuck, now_ms)

    def reasons(self, add, now_ms):
        """Name every bad sensor and its consequence."""
        for reading, what, note in self.bad:
            add(
                2 if what == WARN else 0,
                "Sensor %s is bad (%s): %s" % (reading.name, QUALITY_TEXT[reading.quality], note), None, None,
            )
