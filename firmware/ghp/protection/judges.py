"""Slow alarms: what is true for long enough to be an alarm, and what a bad sensor leads to.

Fast trips (flow, speed, chain, discharge and suction pressure) live in the fast scan; here are the slow ones.
SENSORS, in `ghp.sensing.substitute`, says of every sensor what the unit does when it stays bad, and what replaces it.
Limits of hot water do not act while chilling: the water that chilling serves is the chilled one.
"""

from micropython import const

from ghp.blocks.timers import OnDelay
from ghp.control.expansion import VALVE_SHUT
from ghp.protection.catalyst import CatalystWindow
from ghp.protection.monitor import SLOW
from ghp.protection.stuck import StuckWater
from ghp.sensing.readings import ABOVE, GOOD, QUALITY_TEXT, SETTLING
from ghp.sensing.substitute import CONVERTER, FAST, SENSORS, STOP, WARN, left_s

_SUCTION = const(0)  # its place in the table
_WARM_MC = const(60000)
_BEYOND_PA = const(1240000)  # a tenth below the end of its range
_BEYOND_SCANS = const(40)
_CHATTER = const(240)  # scans more away than good count as bad: two minutes, however often it comes back
_SCAN_MS = const(500)
_TOLD = const(4)  # place in _worst, behind the consequences: bad sensors the present warning has told of, a bit each
_SUPERHEAT_ARM_MS = const(120000)  # the strapped probe needs this long after a start
GAS_ARM_MS = 60000
_AIR_MARGIN_PA = const(69000)  # 10 psi: at least capacity the pressure gains no more before the fuel is off
_PUMP_DOWN_MK = const(15000)  # a pump-down compresses thin gas, for pumpdown_s at most: that much more is allowed


class Judges:
    """Tells the monitor, every slow scan, whether each slow alarm's cause is present.

    bad       positions in SENSORS of the sensors that count as bad now
    catalyst  its rolling mean
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
        self._sensors = [getattr(readings, row[1]) for row in SENSORS]
        self._consequences = (bytearray([row[2] for row in SENSORS]), bytearray([row[3] for row in SENSORS]))
        self.bad = []
        self._worst = [0, 0, 0, 0, 0]  # bad sensors by consequence, a bit each
        self._doubts = bytearray(2 * len(self._sensors))  # of each, then how many scans more it was away than good
        self.catalyst = CatalystWindow(readings, settings)
        self._beyond = 0  # scans in which the suction may be above its transducer's end still
        self._stuck = StuckWater(readings, outputs.heat_recovery_valve)
        find = monitor.place
        self._oil_pressure = find("oil_pressure")
        self._oil_pressure_low = find("oil_pressure_low")
        self._coolant_temp = find("coolant_temp")
        self._coolant_hot = find("coolant_hot")
        self._coolant_low = find("coolant_low")
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
        self._settled = OnDelay(0)
        self._running = OnDelay(0)
        self._oil_trip = OnDelay(0)
        self._oil_warn = OnDelay(monitor.on_ms(self._oil_pressure_low))
        self._coolant = OnDelay(monitor.on_ms(self._coolant_temp))
        self._coolant_derate = OnDelay(monitor.on_ms(self._coolant_hot))
        self._gas = OnDelay(monitor.on_ms(self._discharge_temp))
        self._water = OnDelay(monitor.on_ms(self._leaving_water))
        self._catalyst = OnDelay(monitor.on_ms(self._catalyst_temp))
        self._superheat = OnDelay(monitor.on_ms(self._superheat_low))
        self._load = OnDelay(monitor.on_ms(self._load_limit))
        self._cool_most_ms = monitor.on_ms(self._coolant_low)
        self._cool_ms = 0  # run with the coolant below _WARM_MC since it was last there
        self.configure()

    def configure(self):
        """Turn the settings into the integers of the readings."""
        settings = self._settings
        self._changes = settings.changes
        self._oil_bypass_ms = settings.oil_bypass_s * 1000
        self._oil_trip.delay_ms = settings.oil_trip_s * 1000 - _SCAN_MS  # it was low before the scan that saw it
        self._oil_trip_pa = int(settings.oil_trip_kpa * 1000)
        self._oil_warn_pa = int(settings.oil_warn_kpa * 1000)
        self._coolant_trip_mc = int(settings.coolant_trip_c * 1000)
        self._coolant_derate_mc = int(settings.coolant_derate_c * 1000)
        self._catalyst_trip_mc = int(settings.catalyst_trip_c * 1000)
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
        self._judge_sensors(now_ms)
        self._judge_engine(now_ms)
        self._judge_heat(now_ms)

    # --- sensors -----------------------------------------------------------------------------------------

    def _judge_sensors(self, now_ms):
        """Count bad scans: two up for a bad one, one down for one that is back in range but not yet trusted.

        So bursts of noise stop nothing; a reading that is away more often than good counts as bad in the end.
        """
        worst = self._worst
        for what in range(_TOLD):
            worst[what] = 0
        bad = self.bad
        if bad:
            bad.clear()
        limit = 2 * (self._settings.sensor_fault_s * 1000 // _SCAN_MS - 1)
        doubts = self._doubts
        mode = self._duty.mode
        if not self._engine.clutch_in and self._duty.wanted is not None:
            mode = self._duty.wanted  # a probe of the water left behind must not keep the other from being served
        consequences = self._consequences[mode]
        # hot water with the compressor out, or a hot coil as the valve slides, is above what the suction's transducer shows
        high = self._readings.discharge_pressure
        if self._engine.clutch_in:
            self._beyond = 0
        elif high.quality == GOOD and high.scaled > _BEYOND_PA:
            self._beyond = _BEYOND_SCANS  # fans may cool the one side while the other is above its end still
        elif self._beyond:
            self._beyond -= 1
        beyond = self._duty.slides or self._beyond
        place = 0
        away = len(doubts) // 2
        for reading in self._sensors:
            quality = reading.quality
            if quality == GOOD or (beyond and place == _SUCTION and quality in ABOVE):
                doubts[place] = 0
                if doubts[away]:
                    doubts[away] -= 1
            else:
                if doubts[away] < _CHATTER:
                    doubts[away] += 1
                doubt = doubts[place]
                if quality != SETTLING:
                    if doubt < limit:
                        doubt += 2
                elif doubt > 0:
                    doubt -= 1
                doubts[place] = doubt
                what = consequences[place]
                if doubt >= limit or doubts[away] >= _CHATTER:
                    worst[what] |= 1 << place
                    bad.append(place)
            place += 1
            away += 1
        judge = self._monitor.judge
        told = worst[_TOLD]
        new = worst[WARN]
        judge(self._sensor_warning, new, now_ms)
        if told and new & ~told:
            self._monitor.rise(self._sensor_warning)
        worst[_TOLD] = told | new if new else 0
        judge(self._sensor_stop, worst[STOP], now_ms)
        # the trips of the fast scan judge these as well, sooner while it matters
        judge(self._sensor_fast_stop, worst[FAST], now_ms, SLOW)
        judge(self._converter_check, worst[CONVERTER], now_ms, SLOW)

    # --- engine ------------------------------------------------------------------------------------------

    def _judge_engine(self, now_ms):
        readings = self._readings
        judge = self._monitor.judge
        armed = self._running.elapsed_ms(now_ms) >= self._oil_bypass_ms
        oil = readings.oil_pressure
        # a gap ends no low pressure: the last value holds, and a sensor that stays away stops the engine by itself
        low = armed and oil.scaled < self._oil_trip_pa
        judge(self._oil_pressure, self._oil_trip.update(low, now_ms), now_ms)
        low = armed and oil.scaled < self._oil_warn_pa
        judge(self._oil_pressure_low, self._oil_warn.update(low, now_ms), now_ms)

        coolant = readings.coolant_temp
        known = coolant.quality == GOOD
        hot = known and coolant.scaled >= self._coolant_trip_mc
        judge(self._coolant_temp, self._coolant.update(hot, now_ms), now_ms)
        derate = self._coolant_derate_mc
        if self._monitor.active(self._coolant_hot):
            derate -= 2000
        hot = known and coolant.scaled >= derate
        judge(self._coolant_hot, self._coolant_derate.update(hot, now_ms), now_ms)
        if known and coolant.scaled >= _WARM_MC:
            self._cool_ms = 0
        elif known and self._engine.running and self._cool_ms < self._cool_most_ms:
            self._cool_ms += _SCAN_MS
        judge(self._coolant_low, self._cool_ms >= self._cool_most_ms, now_ms)

        catalyst = readings.catalyst_temp
        known = catalyst.quality == GOOD
        hot = known and catalyst.scaled >= self._catalyst_trip_mc
        judge(self._catalyst_temp, self._catalyst.update(hot, now_ms), now_ms)
        self.catalyst.update(self._engine.loaded)
        judge(self._catalyst_alarm, self.catalyst.outside(), now_ms)

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

        trip = self._water_trip_mc  # in any duty: while the unit chills, the engine heats the hot water
        leaving = readings.leaving_water
        between = readings.condenser_water
        hot = (leaving.quality == GOOD and leaving.scaled >= trip) or (
            between.quality == GOOD and between.scaled >= trip
        )
        judge(self._leaving_water, self._water.update(hot, now_ms), now_ms)

        cooling = self._duty.cooling()
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
            and (superheat < settings.superheat_low_k if superheat is not None else self._superheat.elapsed_ms(now_ms) > 0)
        )  # a gap ends no low superheat either
        judge(self._superheat_low, self._superheat.update(low, now_ms), now_ms)
        heats = self._engine.clutch_in and not cooling and not self._duty.defrosting
        judge(self._water_stuck, self._stuck.update(heats, now_ms), now_ms)

    def reasons(self, add, now_ms):
        """Name every bad sensor and its consequence."""
        for place in self.bad:
            quality = QUALITY_TEXT[self._sensors[place].quality]
            row = SENSORS[place]
            what = row[3] if self._duty.cooling() else row[2]
            text = "Sensor %s is bad (%s): %s" % (row[1], quality, row[6])
            add(2 if what == WARN else 0, text, left_s(row, self._sensors[place], now_ms) or None, None)
