"""Fan banks: what they make, and that each keeps its shortest run and rest."""

from ghp.control.fan_staging import FanStaging
from hypothesis import given
from hypothesis import strategies as st

ON_MS, OFF_MS, SCAN_MS = 60000, 30000, 500
FANS = (1, 2, 2)


def settle(staging, wanted, seconds=300):
    for _ in range(seconds * 2):
        staging.update(wanted, ON_MS, OFF_MS, SCAN_MS)
    return staging.fixed


def test_every_number_is_reached():
    staging = FanStaging()
    for wanted in (0, 1, 2, 3, 4, 5, 4, 3, 2, 1, 0, 5, 0):
        assert settle(staging, wanted) == wanted


def test_contactors_do_not_pull_in_together():
    staging = FanStaging()
    changes = []
    for scan in range(40):
        before = bytes(staging.bank)
        staging.update(5, ON_MS, OFF_MS, SCAN_MS)
        if bytes(staging.bank) != before:
            changes.append(scan * SCAN_MS)
    assert len(changes) == 3
    assert min(b - a for a, b in zip(changes, changes[1:], strict=False)) >= 1500


def test_a_swap_adds_before_it_takes():
    staging = FanStaging()
    settle(staging, 1)
    least = 9
    for _ in range(600):
        staging.update(2, ON_MS, OFF_MS, SCAN_MS)
        least = min(least, staging.fixed)
    assert staging.fixed == 2 and least >= 1


def test_all_off_is_at_once_and_rests():
    staging = FanStaging()
    settle(staging, 5)
    staging.all_off()
    assert staging.fixed == 0
    staging.update(5, ON_MS, OFF_MS, SCAN_MS)
    assert staging.fixed == 0
    staging.all_off()
    for _ in range(8):
        staging.update(5, ON_MS, 0, SCAN_MS)  # a pressure at its limit: no rest is kept
    assert staging.fixed > 0


@given(st.lists(st.tuples(st.integers(-1, 7), st.integers(1, 150)), max_size=60))
def test_bounded_and_times_kept(demands):
    staging = FanStaging()
    since = [None, None, None]
    now = 0
    for wanted, scans in demands:
        for _ in range(scans):
            before = bytes(staging.bank)
            staging.update(wanted, ON_MS, OFF_MS, SCAN_MS)
            now += SCAN_MS
            assert staging.fixed == sum(f for f, on in zip(FANS, staging.bank, strict=True) if on)
            changed = [i for i in range(3) if staging.bank[i] != before[i]]
            assert len(changed) <= 1
            for i in changed:
                if since[i] is not None:
                    assert now - since[i] >= (ON_MS if before[i] else OFF_MS)
                since[i] = now


@given(st.integers(0, 5), st.integers(0, 5))
def test_from_rest_more_wanted_never_gives_less(a, b):
    low, high = sorted((a, b))
    assert settle(FanStaging(), low, 20) <= settle(FanStaging(), high, 20)
