"""What a campaign has shown: counts, worst margins with the seed that showed them, states, alarms, violations."""

from ghptools import quantities
from ghptools.campaign import margins

REPLAY = "ghp campaign --seed {}"


def summary(records, wall_s):
    """Return the figures of `records` [record] as plain data.

    Margins come from the runs that broke nothing and were excused of nothing: a breach is told as a breach.
    """
    alarms, states, injected, worst = {}, {}, {}, {}
    for record in records:
        for counts, names in ((alarms, "alarms"), (states, "states"), (injected, "injected")):
            for name in record.get(names, ()):
                counts[str(name)] = counts.get(str(name), 0) + 1
        if bad(record) or record.get("excused"):
            continue
        for key, value in record["margins"].items():
            if key not in worst or margins.worse(key, value, worst[key][0]):
                worst[key] = (value, record["seed"])
    return {
        "runs": len(records),
        "virtual_h": round(sum(record.get("virtual_s", 0.0) for record in records) / 3600.0, 2),
        "wall_s": round(wall_s, 1),
        "violations": [told(record) for record in records if bad(record)],
        "excused": [told(record, "excused") for record in records if record.get("excused")],
        "margins": [
            {"key": key, "what": what, "unit": unit, "worst": worst[key][0], "limit": limit, "seed": worst[key][1]}
            for key, what, unit, _, limit, _ in margins.ROWS
            if key in worst
        ],
        "states": {key: states[key] for key in sorted(states, key=int)},
        "alarms": dict(sorted(alarms.items(), key=lambda item: -item[1])),
        "kinds_injected": len(injected),
        "faults_drawn": sum(len(record.get("faults", ())) for record in records),
        "faults_injected": sum(len(record.get("injected", ())) for record in records),
        "runs_with_a_fault": sum(bool(record.get("injected")) for record in records),
    }


def bad(record):
    """True when the run violated something, or could not be judged."""
    return bool(record.get("violations")) or "failed" in record


def told(record, which="violations"):
    """Return what a run broke, and how to see it again."""
    found = record.get(which) or [{"name": "failed", "detail": record.get("failed", ""), "at_s": None}]
    return {"seed": record["seed"], "replay": REPLAY.format(record["seed"]), "found": found}


def sentences(told_):
    """Return lines for people: what broke, when, and the command that replays it."""
    lines = []
    for found in told_["found"]:
        at = "" if found["at_s"] is None else f" at {found['at_s']:.2f} s"
        why = f" (excused: {found['why']})" if "why" in found else ""
        lines.append(f"seed {told_['seed']}: {found['name']}{at}: {found['detail']}{why}; replay: {told_['replay']}")
    return lines


def as_text(data):
    """Return the summary for people."""
    from ghp.control import states  # noqa: PLC0415  the firmware's own words

    lines = [
        f"{data['runs']} runs, {data['virtual_h']:.1f} virtual hours in {quantities.span(round(data['wall_s']))}; "
        f"{data['kinds_injected']} kinds of faults injected; {len(data['violations'])} runs with violations, "
        f"{len(data['excused'])} excused"
    ]
    lines.append(
        f"{data['faults_injected']} of {data['faults_drawn']} drawn faults came (the others waited for a state that did not), "
        f"in {data['runs_with_a_fault']} runs; {data['states'].get(str(states.RUN), 0)} runs loaded the compressor"
    )
    lines += ["", f"{'nearest to a limit, runs without a breach':<48}{'worst':>14}{'limit':>14}  seed"]
    for row in data["margins"]:
        limit = "" if row["limit"] is None else shown(row["limit"], row["unit"])
        lines.append(f"{row['what']:<48}{shown(row['worst'], row['unit']):>14}{limit:>14}  {row['seed']}")
    total = max(1, data["runs"])
    lines += ["", "states reached (runs): " + ", ".join(f"{states.text(int(k))} {n}" for k, n in data["states"].items())]
    missing = [row[1] for row in states.TABLE if str(row[0]) not in data["states"]]
    if missing:
        lines.append("never reached: " + ", ".join(missing))
    lines += ["alarms raised (share of runs): " + ", ".join(f"{k} {100 * n / total:.0f} %" for k, n in data["alarms"].items())]
    for which in ("excused", "violations"):
        if data[which]:
            lines += ["", f"{which}:"] + ["  " + line for told_ in data[which] for line in sentences(told_)]
    lines += ["", "no violation" if not data["violations"] else f"{len(data['violations'])} runs with violations"]
    return "\n".join(lines)


def shown(value, unit):
    """Return `value` for people; short times keep their hundredths."""
    return f"{value:.2f} s" if unit == "s" else quantities.show(value, unit)
