"""What is worked out from several readings: saturation, superheat, heat, gas power, COP.

Every value is None while one of its inputs is bad; nothing is guessed.  Heat and gas are summed in integers.
"""

from micropython import const

from ghp.refrigerant import saturation_c
from ghp.sensing.readings import GOOD
from ghp.ticks import ticks_diff

_J_PER_KWH = const(3600000)
_COUNTS = const(0x3FFFFFFF)  # a total wraps at 2**30
_MINUTE_MS = const(60000)
_COP_MINUTES = const(10)
_COP_LEAST_KJ = const(2000)  # less gas than this in the window says nothing about the machine


class Derived:
    """Refreshed once per slow scan.

    evaporating_c, condensing_c     saturation at the suction and discharge pressure, C
    superheat_k                     suction gas above evaporating_c, K (0 or less: liquid)
    discharge_superheat_k           discharge gas above condensing_c, K
    subcool_k                    condensing_c above the liquid temperature, K
    water_rise_k                    leaving less entering hot water, K
    flow_now_mlps                   flow of the water served, of the last scan alone, mL/s: coarse (a pulse is 100 mL/s)
                                    but at once
    heat_w                          heat to the hot water by flow and rise, integer W
    cold_w                          heat from the chilled water likewise while chilling, else None
    served_w                        cold_w while chilling, heat_w while heating
    gas_w                           gas power by the meter and settings.gas_hhv_mj_m3 (higher heating value), integer W
    cop                             heat and cold over gas energy (HHV) of the last ten whole minutes
    heat_kwh, cold_kwh, gas_kwh     integer totals since power-up
    """

    def __init__(self, readings, settings, duty, governor):
        self._readings = readings
        self._duty = duty
        self._governor = governor
        self._settings = settings
        self._odd = False
        self._changes = -1
        self._hhv_x10 = 380
        self.evaporating_c = None
        self.condensing_c = None
        self.superheat_k = None
        self.discharge_superheat_k = None
        self.subcool_k = None
        self.water_rise_k = None
        self.flow_now_mlps = 0
        self._flow_pulses = 0
        self._flow_mode = 0
        self.heat_w = None
        self.cold_w = None
        self.served_w = None
        self.gas_w = None
        self.cop = None
        self.heat_kwh = 0
        self.cold_kwh = 0
        self._cold_j = 0
        self.gas_kwh = 0
        self._heat_j = 0
        self._gas_j = 0
        self._minute_at = None
        self._minute_heat_j = 0
        self._minute_heat_kj = 0
        self._gas_pulses = 0
        self._ring_heat_kj = [0] * _COP_MINUTES
        self._ring_gas_kj = [0] * _COP_MINUTES
        self._ring_next = 0
        self._gap = False  # heat or gas was not known for a part of this minute

    @property
    def load_pct(self):
        """Engine torque in use, per cent of what is available at this speed (governor's estimate)."""
        return self._governor.load_pct100 / 100

    def update(self, now_ms, dt_s):
        """Work everything out from the readings as they are now."""
        self._refrigerant()
        self._water(int(dt_s * 1000))
        self._gas(now_ms)

    def _refrigerant(self):
        readings = self._readings
        suction = readings.suction_pressure
        self.superheat_k = None
        if suction.quality == GOOD:
            self.evaporating_c = saturation_c(suction.scaled / 1000)
            gas = readings.suction_temp
            if gas.quality == GOOD:
                self.superheat_k = gas.scaled / 1000 - self.evaporating_c
        else:
            self.evaporating_c = None
        # the high side moves slowly: every other scan is enough, except that a bad reading counts at once
        self._odd = not self._odd
        discharge = readings.discharge_pressure
        if discharge.quality != GOOD:
            self.condensing_c = None
            self.discharge_superheat_k = None
            self.subcool_k = None
        elif self._odd or self.condensing_c is None:
            self.condensing_c = saturation_c(discharge.scaled / 1000)
            gas = readings.discharge_temp
            liquid = readings.liquid_temp
            self.discharge_superheat_k = gas.scaled / 1000 - self.condensing_c if gas.quality == GOOD else None
            self.subcool_k = self.condensing_c - liquid.scaled / 1000 if liquid.quality == GOOD else None

    def _water(self, dt_ms):
        readings = self._readings
        leaving = readings.leaving_water
        entering = readings.entering_water
        flow = readings.hot_flow
        self.water_rise_k = None
        self.heat_w = None
        self._see_flow(dt_ms)
        if leaving.quality == GOOD and entering.quality == GOOD:
            rise_mk = leaving.scaled - entering.scaled
            self.water_rise_k = rise_mk / 1000
            if flow.quality == GOOD:
                # mL/s * mK = uK m3/s; 4.17 kJ/(L K): water's heat capacity by volume at 40..60 C
                self.heat_w = flow.scaled * rise_mk // 1000 * 417 // 100
        self.cold_w = None
        self.served_w = self.heat_w
        if self._duty.cooling():
            self._cold(dt_ms)
        heat_w = self.heat_w
        if heat_w is None or heat_w <= 0:
            return
        joules = heat_w * dt_ms // 1000
        self._sum_minute(joules)
        self._heat_j += joules
        if self._heat_j >= _J_PER_KWH:
            self._heat_j -= _J_PER_KWH
            self.heat_kwh += 1

    def _see_flow(self, dt_ms):
        """Refresh flow_now_mlps; a change of duty begins a new count."""
        flow = self._duty.flow()
        if self._flow_mode != self._duty.mode:
            self._flow_mode = self._duty.mode
            self._flow_pulses = flow.total
        pulses = (flow.total - self._flow_pulses) & _COUNTS
        self._flow_pulses = flow.total
        own_ms = flow.span_us // 1000  # a scan that was late, and the short one after it, are no flow that fails
        if own_ms > 0:
            dt_ms = own_ms
        self.flow_now_mlps = pulses * 1000000 // (flow.pulses_per_unit * dt_ms) if pulses < 500 else flow.scaled

    def _cold(self, dt_ms):
        readings = self._readings
        leaving = readings.chilled_leaving
        entering = readings.chilled_entering
        flow = readings.chilled_flow
        if leaving.quality == GOOD and entering.quality == GOOD and flow.quality == GOOD:
            # 4.195 kJ/(L K) at 10 C
            self.cold_w = flow.scaled * (entering.scaled - leaving.scaled) // 1000 * 839 // 200
        self.served_w = self.cold_w
        if self.cold_w is None or self.cold_w <= 0:
            return
        joules = self.cold_w * dt_ms // 1000
        self._sum_minute(joules)
        self._cold_j += joules
        if self._cold_j >= _J_PER_KWH:
            self._cold_j -= _J_PER_KWH
            self.cold_kwh += 1

    def _sum_minute(self, joules):
        self._minute_heat_j += joules
        if self._minute_heat_j >= 1000000:
            self._minute_heat_kj += 1000
            self._minute_heat_j -= 1000000

    def _gas(self, now_ms):
        meter = self._readings.gas_meter
        if self._settings.changes != self._changes:
            self._changes = self._settings.changes
            self._hhv_x10 = int(self._settings.gas_hhv_mj_m3 * 10)
        hhv_x10 = self._hhv_x10
        # litres an hour * MJ/m3 / 3.6 = W
        self.gas_w = meter.scaled * hhv_x10 // 36 if meter.quality == GOOD else None
        if self.gas_w is None or self.served_w is None:
            self._gap = True
        if self._minute_at is None:
            self._minute_at = now_ms
            self._gas_pulses = meter.total
        if ticks_diff(now_ms, self._minute_at) < _MINUTE_MS:
            return
        self._minute_at = now_ms
        pulses = (meter.total - self._gas_pulses) & _COUNTS
        self._gas_pulses = meter.total
        gas_kj = pulses * hhv_x10 * 100 // meter.pulses_per_unit
        self._gas_j += gas_kj * 1000
        while self._gas_j >= _J_PER_KWH:
            self._gas_j -= _J_PER_KWH
            self.gas_kwh += 1
        self._close_minute(gas_kj)

    def _close_minute(self, gas_kj):
        place = self._ring_next
        heat_kj = self._minute_heat_kj + self._minute_heat_j // 1000
        if self._gap:
            self._gap = False
            heat_kj = gas_kj = 0  # one without the other would make the ratio wrong for ten minutes
        self._ring_heat_kj[place] = heat_kj
        self._ring_gas_kj[place] = gas_kj
        self._ring_next = place + 1 if place + 1 < _COP_MINUTES else 0
        self._minute_heat_j = 0
        self._minute_heat_kj = 0
        gas = sum(self._ring_gas_kj)
        self.cop = sum(self._ring_heat_kj) / gas if gas >= _COP_LEAST_KJ else None
