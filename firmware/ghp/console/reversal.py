"""The commands about the two reversals of the refrigerant: defrost and changeover."""

from ghp.console.changes import slow_scan
from ghp.console.report import CommandError, duration, plain, shown
from ghp.control import changeover_states as steps
from ghp.control import defrost as defrosts
from ghp.control.duty import MODE_TEXT


def defrost(console, unit, report, words):
    """Yield how near the next defrost is and what the last one was; or ask for one."""
    frost = unit.defrost
    if len(words) > 1:
        if len(words) > 2 or words[1] != "now":
            raise CommandError("usage: defrost [now]")
        if not frost.ask():
            reason = frost.obstacle()
            text = defrosts.OBSTACLES[reason] if reason else "%s is under way" % defrosts.text(frost.state)
            raise CommandError("no defrost now: " + text)
        yield from slow_scan(unit)
    yield report.pair("state", defrosts.text(frost.state), frost.state)
    obstacle = frost.obstacle()
    yield report.pair("possible", "no: " + defrosts.OBSTACLES[obstacle] if obstacle else "yes", obstacle)
    rows = []

    def add(text, value, limit, met):
        rows.append((text, value, limit, (1 if met else 0) if report.machine else "met" if met else "not met"))

    frost.near(add, unit.board.clock.ticks_ms())
    yield report.head((("criterion", 16), ("value", 14), ("limit", 20), ("met", 0)))
    for cells in rows:
        yield report.row(cells)
    clean_k = frost.frost.clean_k
    learned = "learned" if frost.frost.learned else "as set, nothing learned since power-up"
    yield report.pair("clean coil", "%s, %s" % (shown("k", clean_k, report.us), learned), plain(clean_k, 2))
    yield report.pair("last began", defrosts.BEGAN_TEXT[frost.began], frost.began)
    yield report.pair("last ended", defrosts.ENDED_TEXT[frost.ended], frost.ended)
    yield report.pair("melted for", duration(frost.last_s * 1000), frost.last_s)
    yield report.pair("count", "%d, %d of them by time" % (frost.count, frost.time_outs), frost.count)


def changeover(console, unit, report, words):
    """Yield where both valves stand, what proves it, and how the last changeover went."""
    if len(words) > 1:
        raise CommandError("usage: changeover; 'mode' asks for one")
    change = unit.changeover
    duty = unit.duty
    proof = change.proof
    yield report.pair("state", steps.text(change.state), change.state)
    serves = MODE_TEXT[duty.mode] + (", defrosting" if duty.defrosting else "")
    yield report.pair("serves", serves, duty.mode)
    coil = "coil condenses" if change.pilot else "coil evaporates"
    yield report.pair("pilot", coil, change.pilot)
    proven = "not proven since it moved or since power-up"
    if change.verified:
        proven = "proven" + (": " + proof.evidence if proof.evidence else "")
    yield report.pair("position", proven, 1 if change.verified else 0)
    place = ("chilled loop" if change.water else "hot loop") + (", not proven" if change.kept() & 1 else "")
    yield report.pair("water valve", place, change.water)
    yield report.pair("tries failed", str(change.attempts), change.attempts)
    yield report.pair("count", "%d since power-up" % change.count, change.count)
    yield report.pair("last took", duration(change.last_s * 1000) if change.count else "none yet", change.last_s)
    yield report.pair("failure", change.failure or "none")
