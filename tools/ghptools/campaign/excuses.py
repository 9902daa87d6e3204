"""What an injected fault takes out of the hands of any firmware.

A breach of an invariant is excused only when such a fault was injected before it, and only with a row here that says
why.  An excused breach is counted and shown, it does not fail the campaign.
"""

# invariant, what excuses it: callable(fault as a table) -> bool, why
ROWS = ()


def sort(found, injected, run):
    """Return (violations, excused) of `found` [(name, detail, time in s)] as tables.

    injected: [(fault, time in s)] of what really happened.
    """
    violations, excused = [], []
    for name, detail, at in found:
        table = {"name": name, "detail": detail, "at_s": at}
        for invariant, fits, why in ROWS:
            if invariant == name and any(fits(fault) and (at is None or when <= at) for fault, when in injected):
                excused.append({**table, "why": why})
                break
        else:
            violations.append(table)
    return violations, excused
