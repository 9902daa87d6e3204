"""An alarm that rises, in the fast scan, with its note and its snapshot, takes no memory; all of it the same on both."""

from ghp import alarms
from ghp.control.duty import Duty
from ghp.image import Image
from ghp.outputs import Outputs
from ghp.protection import snapshots, stops
from ghp.protection.monitor import Monitor
from ghp.protection.past import Moment, history
from ghp.sensing.readings import Readings

try:
    from micropython import heap_lock, heap_unlock
except ImportError:  # CPython has no heap to lock

    def heap_lock():
        """Nothing to lock."""

    heap_unlock = heap_lock


class Engine:
    """A state."""

    state = 13


def test_a_rise_takes_no_memory():
    image = Image()
    readings = Readings(image)
    outputs = Outputs(image)
    monitor = Monitor()
    taken = monitor.recorder = snapshots.Snapshots(readings, outputs, Duty(readings), Engine())
    rows = list(alarms.ROWS)
    for _ in range(4):  # more than the history and the snapshots hold
        for row, alarm in zip(rows, monitor.table):  # noqa: B905  MicroPython has no strict
            monitor.uptime_s += 61
            heap_lock()
            try:
                monitor.judge(alarm, True, 1000)
                monitor.judge(alarm, True, 1050)
                monitor.lamp()
                monitor.judge(alarm, False, 1100)
            finally:
                heap_unlock()
            assert monitor.stop_class >= row[alarms.CLASS] or not alarm.standing()
    assert monitor.stop_class == stops.LOCK_OUT and len(history(monitor)) == 32
    # the first cause returns three times, unseen: its first moment is kept
    assert taken.taken == 4 * len([row for row in rows if row[alarms.CLASS] >= stops.NORMAL_STOP]) - 3
    assert Moment(taken, 3).exists and Moment(taken, 0).state == 13
    assert monitor.reset(0) and not monitor.reset(1)
    assert monitor.stop_class == stops.NONE and monitor.first is None
