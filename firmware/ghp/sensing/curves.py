"""From ADC counts to scaled readings, in integers only.

The converters deliver 187.5 uV a count.  A curve turns a count into `value * 1000` or says OPEN or SHORT.
No product leaves the 31-bit small integers of the target.

Sources of the numbers: ratiometric transducers give 10..90 % of a 5 V supply over their range; the
thermistor tables follow R = R25 * exp(B * (1/T - 1/298.15)) behind a 10 kOhm resistor to 5 V with
B = 3977 K (10 kOhm) and 3990 K (100 kOhm), one row every 2.5 K, and are checked against that formula by a test.
"""

from array import array

from micropython import const

from ghp.table import Table

# A curve answers with a scaled value or with one of these, which no real value can reach.
OPEN = const(-0x3FFFFFF1)
SHORT = const(-0x3FFFFFF2)

ANY = const(0x3FFFFFFE)  # no change of a value is too large

_COUNTS_LOW = const(2667)  # 0.5 V
_COUNTS_SPAN = const(21333)
_RATIO_SHORT = const(1333)  # 0.25 V: wire off or signal to ground
_RATIO_OPEN = const(25333)  # 4.75 V: signal to supply


class Ratiometric:
    """0.5..4.5 V to `low`..`high` (scaled by 1000); below 0.25 V or above 4.75 V the wire is at fault.

    jump   of every curve: the largest change between two samples (0.1 to 0.5 s) that is believed at once, scaled
    """

    def __init__(self, low, high, jump):
        self.jump = jump
        span = int((high - low) * 1000 + 0.5)
        self._low = int(low * 1000)
        self._whole = span // _COUNTS_SPAN
        self._part = span - self._whole * _COUNTS_SPAN

    def scaled(self, counts):
        """Return the scaled value of `counts`, or OPEN (no signal) or SHORT (at the supply)."""
        if counts < _RATIO_SHORT:
            return OPEN
        if counts > _RATIO_OPEN:
            return SHORT
        above = counts - _COUNTS_LOW
        return self._low + above * self._whole + above * self._part // _COUNTS_SPAN


class Thermistor:
    """NTC behind a 10 kOhm resistor to 5 V: bisect the table, interpolate.  Hot is few counts."""

    def __init__(self, low_c, counts, jump):
        self.jump = jump
        self._low_mc = low_c * 1000
        self._counts = array("H", [int(count) for count in counts.split()])
        self._last = len(self._counts) - 1

    def scaled(self, counts):
        """Return millidegrees C; OPEN beyond the cold end of the table, SHORT beyond the hot end."""
        table = self._counts
        last = self._last
        if counts > table[0]:
            return OPEN
        if counts < table[last]:
            return SHORT
        low = 0
        high = last
        while high - low > 1:
            middle = (low + high) >> 1
            if table[middle] >= counts:
                low = middle
            else:
                high = middle
        above = table[low]
        return self._low_mc + low * 2500 + (above - counts) * 2500 // (above - table[high])


class Linear:
    """`counts` times 3/16 mV times `gain`: voltages and dividers.  Never open, never short."""

    jump = ANY

    def __init__(self, gain):
        self._gain = gain

    def scaled(self, counts):
        """Return millivolts."""
        return counts * 3 * self._gain // 16


class Thermocouple:
    """Quarter degrees from the thermocouple converter, which reports open and short by itself."""

    jump = 60000

    def scaled(self, quarters):
        """Return millidegrees C."""
        return quarters * 250


def make(name):
    """Return the curve called `name` in the points table; a curve has no state, so all its points share it."""
    curve = _made.get(name)
    if curve is None:
        curve = _made[name] = _new(name)
    return curve


_made = {}


def _new(name):
    if name == "thermocouple":
        return Thermocouple()
    row = _PARAMETERS.find(name)
    if row[2] == "ratio":
        return Ratiometric(row[3], row[4], row[5])
    if row[2] == "gain":
        return Linear(int(row[3]))
    return Thermistor(int(row[3]), _NTC10K if name == "ntc10k" else _NTC100K, row[5])


# id|curve|kind|low, gain or first temperature of the table|high|jump: Pa or millidegrees; of voltages any
_PARAMETERS = Table(
    """\
1|psia200|ratio|0.0|1378.951|100000
2|psig500|ratio|101.325|3548.704|200000
3|psig100|ratio|0.0|689.4757|100000
4|inwc30|ratio|0.0|7.47267|1073741822
5|ntc10k|table|-50.0|155.0|8000
6|ntc100k|table|-30.0|185.0|12000
7|volts|gain|1.0|0.0|0
8|divider4|gain|4.0|0.0|0
""",
    "issffi",
)


# -50 C to 155 C
_NTC10K = """\
26369 26305 26229 26139 26035 25913 25772 25609 25423 25210 24968 24695 24389 24048 23670 23254 22799 22305
21771 21200 20592 19951 19279 18579 17858 17118 16365 15606 14844 14084 13333 12595 11873 11171 10492 9839
9213 8616 8049 7512 7006 6529 6081 5661 5269 4903 4563 4245 3950 3677 3422 3187 2968 2766
2578 2404 2243 2094 1956 1828 1709 1599 1497 1403 1315 1233 1157 1087 1021 960 904 851
802 756 713 673 635 600 568 537 509 482 457
"""

# -30 C to 185 C
_NTC100K = """\
26538 26515 26488 26457 26422 26381 26336 26283 26224 26158 26083 25999 25906 25801 25685 25557 25416 25260
25090 24904 24701 24481 24242 23986 23710 23415 23100 22766 22412 22039 21646 21236 20807 20362 19902 19428
18940 18442 17934 17418 16896 16369 15841 15311 14783 14258 13737 13223 12715 12217 11728 11250 10784 10330
9889 9462 9049 8650 8265 7895 7538 7197 6869 6555 6254 5967 5693 5431 5181 4943 4716 4500
4294 4098 3912 3735 3566 3406 3254 3109 2971 2841 2716 2598 2486 2379 2278
"""
