"""The pages that show the machine as a whole: status, why, mem."""

import gc

from ghp import facts
from ghp.console.report import duration, plain, shown
from ghp.control.duty import MODE_TEXT
from ghp.control.setpoint import CEILING, LIMITER_TEXT

# A person's page: one line a group, (label, fact) each.
GROUPS: tuple = (
    ("water", (("leaving", "leaving_c"), ("between", "condenser_water_c"), ("entering", "entering_c"),
               ("flow", "flow_lps"), ("pump", "pump_pct"))),
    ("chilled", (("leaving", "chilled_leaving_c"), ("entering", "chilled_entering_c"), ("flow", "chilled_flow_lps"))),
    ("refrigerant", (("suction", "suction_kpa"), ("discharge", "discharge_kpa"), ("gas", "discharge_temp_c"),
                     ("superheat", "superheat_k"), ("subcooling", "subcool_k"), ("valve", "valve_steps"))),
    ("capacity", (("stage", "stage"), ("asked", "asked_pct"), ("engine load", "load_pct"))),
    ("engine", (("speed", "rpm"), ("target", "speed_target_rpm"), ("throttle", "throttle_pct"),
                ("coolant", "coolant_c"), ("exhaust", "exhaust_c"), ("oil", "oil_kpa"))),
    ("heat", (("delivered", "heat_w"), ("cold", "cold_w"), ("gas (HHV)", "gas_w"), ("COP (HHV)", "cop"), ("recovery", "recovery_pct"))),
    ("air", (("ambient", "ambient_c"), ("coil", "coil_c"), ("frost growth", "frost_growth_k"), ("lead fan", "fan_pct"))),
    ("counters", (("starts", "starts"), ("failed starts", "failed_starts"),
                  ("given up", "abandoned_starts"), ("uncommanded stops", "uncommanded_stops"),
                  ("pickup losses", "pickup_losses"), ("defrosts", "defrosts"), ("changeovers", "changeovers"))),
)  # fmt: skip


def status(console, unit, report, words):
    """Yield the machine on one page; for a program every fact by its key."""
    now_ms = unit.board.clock.ticks_ms()
    yield report.pair("state_text", unit.state_text()) if report.machine else report.pair("state", unit.state_text())
    yield report.pair("why", _first_reason(unit, now_ms))
    yield report.pair("uptime" if not report.machine else "uptime_ms", duration(unit.uptime_ms), unit.uptime_ms)
    if report.machine:
        yield report.pair("limiter", limiter_text(unit))
        for row in facts.ROWS:
            yield report.pair(row[facts.KEY], plain(facts.value(unit, row[facts.KEY]), row[facts.DECIMALS]))
        return
    yield report.pair("mode", unit.settings.text("mode"))
    yield report.pair("set point", setpoint_text(unit))
    yield report.pair("chilled set", unit.chilled_setpoint.text())
    yield report.pair("serves", MODE_TEXT[unit.duty.mode] + (", defrosting" if unit.duty.defrosting else ""))
    for name, parts in GROUPS:
        texts = []
        for label, key in parts:
            kind = facts.row(key)[facts.KIND]
            texts.append(label + " " + shown(kind, facts.value(unit, key), report.us))
        yield report.pair(name, ", ".join(texts))
    standing = unit.monitor.standing()
    if not standing:
        yield report.pair("alarms", "none")
    for alarm in standing:
        yield report.pair("alarm", "%d %s" % (alarm.id, alarm.text))


def setpoint_text(unit):
    """Return the set point asked for, and what is in force instead and why."""
    settings = unit.settings
    asked = settings.text("hot_setpoint_c")
    effective = unit.setpoint.effective_c
    in_force = shown("c", effective, settings.us())
    if in_force == asked:
        return asked
    return "%s, in force %s: %s" % (asked, in_force, limiter_text(unit))


def limiter_text(unit):
    """Return who decides the set point in force; the ceiling with the ambient it comes from."""
    limiter = unit.setpoint.limiter
    text = LIMITER_TEXT[limiter]
    if limiter == CEILING:
        ambient = unit.readings.ambient_temp.value()
        text += " not known" if ambient is None else " " + shown("c", ambient, unit.settings.us())
    return text


def reason_text(reason):
    """Return one reason as a sentence: text, value, time left."""
    _, text, remaining_s, value_text = reason
    if value_text:
        text += " (" + value_text + ")"
    if remaining_s is not None:
        text += ", " + duration(int(remaining_s * 1000)) + " left"
    return text


def _first_reason(unit, now_ms):
    reasons = unit.reasons(now_ms)
    return reason_text(reasons[0]) if reasons else "nothing holds or limits the machine"


def why(console, unit, report, words):
    """Yield every reason that holds or limits the machine, the most important first."""
    reasons = unit.reasons(unit.board.clock.ticks_ms())
    if report.machine:
        yield report.head((("rank", 0), ("text", 0), ("remaining_s", 0), ("value", 0)))
        for rank, text, remaining_s, value_text in reasons:
            left = "" if remaining_s is None else int(remaining_s)
            yield report.row((rank, text, left, value_text or ""))
        return
    yield report.pair("state", unit.state_text())
    for reason in reasons:
        yield "- " + reason_text(reason)
    if not reasons:
        yield "nothing holds or limits the machine"


def mem(console, unit, report, words):
    """Yield the heap's figures after a collection, where the interpreter tells them."""
    if not hasattr(gc, "mem_free"):
        yield report.pair("heap", "not known on this interpreter")
        return
    gc.collect()
    free = gc.mem_free()
    used = gc.mem_alloc()
    yield report.pair("used", "%d bytes" % used, used)
    yield report.pair("free", "%d bytes" % free, free)
    yield report.pair("heap", "%d bytes" % (used + free), used + free)
