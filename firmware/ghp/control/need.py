"""What the water needs, from its flow and its entering temperature: the feed-forward of capacity control.

    need = flow * 4.17 kJ/(L K) * (set point - entering) / heat of full capacity     (chilling: entering - set point)

The heat of full capacity is learned from the measured heat and the capacity that made it, for each duty by itself.
"""

from micropython import const

from ghp.blocks.control import FirstOrder, clamp
from ghp.control.duty import HEATING
from ghp.control.setpoint import slewed
from ghp.sensing.readings import GOOD

_MARGIN_K = 1.0  # the ceiling allows this much above the set point
_TAU_S = 6.0
_ENTERING_MK = const(500)  # a slow scan's change of entering water: a tank is behind it
_SAG_PCT = 6.0
_LEARN_TAU_S = 90.0
_FULL_START_W = (320000.0, 205000.0)  # heating with the engine's heat, chilling
_FULL_LEAST_W = (120000.0, 100000.0)
_FULL_MOST_W = 450000.0
_HEAT_LEAST_W = const(20000)


class WaterNeed:
    """Refreshed once per slow scan while loaded.

    pct           capacity that brings the water to its set point, 0..150 %; None without a good flow or entering reading
    ceiling_pct   capacity that would bring it a little above: more cannot be right (100 when not known)
    full_w        list by duty: heat of 100 % capacity as last learned, W
    """

    def __init__(self, derived, setpoints, duty):
        self._derived = derived
        self._setpoints = setpoints
        self._duty = duty
        self._lag = FirstOrder(_TAU_S)
        self._entering_mc = None
        self._mean_w = None
        self._mean_pct = 0.0
        self.full_w = list(_FULL_START_W)
        self.pct = None
        self.ceiling_pct = 100.0

    def forget(self):
        """A new run begins; what full capacity is worth stays known."""
        self.rest()
        self._mean_w = None

    def rest(self):
        """Somebody else decides the capacity for a while."""
        self._lag.out = None
        self._entering_mc = None
        self.pct = None
        self.ceiling_pct = 100.0

    def learn(self, achieved_pct, dt_s):
        """Compare the measured heat with the capacity that makes it; `dt_s` since the last call."""
        heat_w = self._derived.served_w
        if heat_w is None:
            self._mean_w = None
        if heat_w is None or heat_w < _HEAT_LEAST_W or achieved_pct <= 0.0:
            return
        mode = self._duty.mode
        if self._mean_w is None:
            self._mean_w = self.full_w[mode] * achieved_pct / 100.0
            self._mean_pct = achieved_pct
        share = dt_s / _LEARN_TAU_S
        self._mean_w += (heat_w - self._mean_w) * share
        self._mean_pct += (achieved_pct - self._mean_pct) * share
        self.full_w[mode] = clamp(100.0 * self._mean_w / self._mean_pct, _FULL_LEAST_W[mode], _FULL_MOST_W)

    def update(self, dt_s):
        """Work out need and ceiling; return the need."""
        duty = self._duty
        entering = duty.entering()
        flow = duty.flow()
        if entering.quality != GOOD or flow.quality != GOOD:
            self.ceiling_pct = 100.0
            self._entering_mc = None
            self.pct = self._lag.update(None, dt_s)
            return None
        self._entering_mc = slewed(self._entering_mc, entering.scaled, _ENTERING_MK)
        rise_k = self._setpoints[duty.mode].effective_c - self._entering_mc / 1000
        if duty.mode != HEATING:
            rise_k = -rise_k
        mlps = flow.scaled
        now_mlps = self._derived.flow_now_mlps
        if now_mlps * 8 < mlps * 7:
            mlps = now_mlps  # falling: the meter's window is two seconds long, too long for a failing pump
        per_k = 417.0 * mlps / self.full_w[duty.mode]  # per cent of capacity that moves this flow by 1 K
        self.ceiling_pct = per_k * (rise_k + _MARGIN_K)
        needed = clamp(per_k * rise_k, 0.0, 150.0)
        if self._lag.out is not None and needed < self._lag.out - _SAG_PCT:
            self._lag.out = needed  # flow is failing: no filter
        self.pct = self._lag.update(needed, dt_s)
        return self.pct
