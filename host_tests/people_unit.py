"""A small honest unit for the tests of console and panel: the real tables, readings, outputs, monitor and
executive; the control objects that people only look at are plain values here.  Runs on both interpreters.
"""

from ghp import points
from ghp.control.arbiter import Arbiter
from ghp.control.chilled_setpoint import ChilledSetpoint
from ghp.control.claims import Claims
from ghp.control.duty import Duty
from ghp.control.orders import Orders
from ghp.control.peak import Peak
from ghp.control.setpoint import Setpoint
from ghp.control.wallclock import WallClock
from ghp.executive import Executive
from ghp.image import RAW_OK, Image
from ghp.outputs import Outputs
from ghp.protection.monitor import Monitor
from ghp.protection.snapshots import Snapshots
from ghp.sensing.readings import Readings
from ghp.settings import Settings
from ghp.ticks import ticks_add


class Values:
    """Named values."""

    def __init__(self, values):
        for name in values:
            setattr(self, name, values[name])


class Clock:
    """Virtual time, moved by the test."""

    def __init__(self, start):
        self.now = start

    def ticks_ms(self):
        return self.now

    def ticks_us(self):
        return self.now * 1000 & 0x3FFFFFFF

    def sleep_ms(self, ms):
        self.now = ticks_add(self.now, ms)


class Line:
    """A serial line.  `typed` is read by the console, `said` is what it wrote; at most `takes` bytes a write."""

    def __init__(self):
        self.typed = bytearray()
        self.said = bytearray()
        self.takes = 1000
        self.largest_write = 0

    def read(self, buf):
        count = min(len(buf), len(self.typed))
        if count:
            buf[:count] = self.typed[:count]
            self.typed = bytearray(self.typed[count:])
        return count

    def write(self, data):
        self.largest_write = max(self.largest_write, len(data))
        taken = min(len(data), self.takes)
        self.said.extend(data[:taken])
        return taken

    def flush(self):
        """Nothing is left here: `write` says what it takes."""
        return 0


class Display:
    """A display's memory.  `sent` counts the pages that were shown; `there` False: it does not answer."""

    def __init__(self):
        self.memory = bytearray([0xA5] * 1024)
        self.setups = 1
        self.sent = 0
        self.there = True

    def show(self, page, data):
        self.sent += 1
        if self.there:
            self.memory[page * 128 : page * 128 + 128] = data
        return self.there


class Chip:
    """A battery clock that takes the time it is given; it stands still."""

    def __init__(self, image):
        self.image = image

    def set(self, day, second, now_ms):
        self.image.clock_day = day
        self.image.clock_s = second
        self.image.clock_status = RAW_OK
        return True


def counts_for(table, name, value):
    """Return converter counts for a value, by bisection of the reading's own curve."""
    from ghp.sensing import curves

    curve = curves.make([row for row in table if row[1] == name][0][7])
    low, high = 1400, 25300
    falling = curve.scaled(low) > curve.scaled(high)
    while high - low > 1:
        middle = (low + high) // 2
        scaled = curve.scaled(middle)
        if (scaled > value * 1000) == falling:
            low = middle
        else:
            high = middle
    return high


class Unit:
    """What console and panel are given."""

    def __init__(self, start=0x3FFFFF00):
        self.image = Image()
        self.settings = Settings()
        self.shelf = Values({"torn": False, "damaged": False})
        self.readings = Readings(self.image)
        self.outputs = Outputs(self.image)
        self.monitor = Monitor()
        self.orders = Orders()
        self.setpoint = Setpoint(self.readings, self.settings)
        self.chilled_setpoint = ChilledSetpoint(self.readings, self.settings)
        self.duty = Duty(self.readings)
        self.chip = Chip(self.image)
        self.chip.set(9692, 54000, start)  # Wednesday 2026-07-15, 15:00 standard time: 16:00 on the wall
        # its own monitor: tests raise and clear alarms by hand in the unit's
        self.wallclock = WallClock(self.image, self.settings, Monitor(), self.chip)
        self.claims = Claims(self.readings, self.settings, self.wallclock)
        self.peak = Peak(self.readings, self.settings, self.wallclock)
        waters = [Values({"run_wanted": False, "by_temperature": False, "takes_heat": False}) for _ in range(2)]
        self.heat_demand, self.cool_demand = waters
        self.arbiter = Arbiter(self.settings, self.claims, waters[0], waters[1], self.peak, self.duty)
        clock = Clock(start)
        self.board = Values({"name": "bench", "clock": clock, "chips": [], "surviving": bytes})
        self.reset_cause = "power"
        self.uptime_ms = 0
        self.engine = Values(
            {"state": 12, "standstill": True, "loaded": True, "starts": 3, "failed_starts": 0, "uncommanded_stops": 0,
             "pickup_losses": 0, "abandoned_starts": 0}
        )
        self.judges = Values({"catalyst": Values({"mean_c": None})})
        self.changeover = Values({"state": 1, "count": 2})
        self.defrost = Values({"state": 0, "count": 4, "frost": Values({"growth_k": 1.5})})
        self.snapshots = self.monitor.recorder = Snapshots(self.readings, self.outputs, self.duty, self.engine)
        self.capacity = Values({"stage": 5, "asked_pct": 62.5})
        self.derived = Values(
            {
                "superheat_k": 6.2,
                "subcool_k": 5.0,
                "load_pct": 71.0,
                "heat_w": 293000.0,
                "cold_w": None,
                "gas_w": 200000.0,
                "cop": 1.465,
            }
        )
        self.hand = self.failure = None
        self.held = []
        self.restarted = []
        self.failed = []
        self.console = Values({"failures": 0})
        self.panel = None
        self.executive = Executive(clock, self._fed, self._broke)
        self.executive.add("fast", 50, 20000, self._fast)
        self.executive.add("slow", 500, 100000, self._slow)
        self._running = True

    def _fed(self):
        pass

    def _broke(self, task, error):
        self.failed.append((task.name, error))

    def _fast(self, now_ms):
        self.readings.update_fast(now_ms)
        self.outputs.settle(now_ms)

    def _slow(self, now_ms):
        self.readings.update_slow(now_ms)
        self.setpoint.update(now_ms, 0.5)
        self.chilled_setpoint.update(now_ms, 0.5)
        self.wallclock.update(now_ms, 0.5)
        self.claims.update(now_ms, 0.5)
        self.peak.update(now_ms, False)
        self.arbiter.update(now_ms, 0.5)

    def put(self, name, value):
        """Let a sensor read `value`."""
        index = points.index_of(points.ANALOG_INPUTS, name)
        if name in ("exhaust_temp", "catalyst_temp"):
            self.image.analog[index] = int(value * 4)
        else:
            self.image.analog[index] = counts_for(points.ANALOG_INPUTS, name, value)
        self.image.analog_status[index] = RAW_OK
        self.image.analog_at[index] = self.board.clock.now

    def press(self, on):
        """Push or release the knob."""
        self.contact("knob_push", on)

    def contact(self, name, on):
        """Close or open a contact."""
        index = points.index_of(points.DIGITAL_INPUTS, name)
        self.image.digital[index] = 1 if on else 0
        self.image.digital_status[index] = RAW_OK

    def step(self, ms=50):
        """Let time pass: sensors stay fresh, the tasks run."""
        clock = self.board.clock
        clock.sleep_ms(ms)
        self.uptime_ms += ms
        self.monitor.uptime_s = self.uptime_ms // 1000
        image = self.image
        for index in range(len(image.analog_at)):
            if image.analog_status[index] == RAW_OK:
                image.analog_at[index] = clock.now
        self.executive.run_due()

    def state_text(self):
        return "running"

    def reasons(self, now_ms):
        found = list(self.held)

        def add(rank, text, remaining_s, value_text):
            found.append((rank, text, remaining_s, value_text))

        self.setpoint.reasons(add, now_ms)
        found.sort(key=_rank)
        return found

    def reset_alarms(self, level=2):
        return self.monitor.reset(level)

    def reboot(self, to_prompt):
        self.restarted.append(to_prompt)


def _rank(reason):
    return reason[0]


def running_unit():
    """Return a unit that makes 139.8 F at 47 F ambient."""
    unit = Unit()
    for name, value in (
        ("leaving_water", 59.9), ("condenser_water", 55.0), ("entering_water", 49.5), ("ambient_temp", 8.4),
        ("suction_pressure", 290.0), ("discharge_pressure", 1900.0), ("discharge_temp", 82.0), ("coolant_temp", 82.0),
        ("exhaust_temp", 520.0), ("catalyst_temp", 560.0), ("oil_pressure", 310.0), ("lambda_volts", 0.67),
        ("suction_temp", 2.5), ("chilled_leaving", 7.222),
    ):  # fmt: skip
        unit.put(name, value)
    unit.press(False)
    for name in ("remote_enable", "emergency_stop"):
        unit.contact(name, True)
    for _ in range(12):
        unit.step()
    return unit
