"""The command about charge and fouling: health."""

from ghp.protection import health as figures
from ghp.protection import witnesses
from ghp.protection.doubt import OUT


def health(console, unit, report, words):
    """Yield every figure with its reference, limit and trend; then the likely cause of what is worse than its limit."""
    page = unit.health
    yield report.head(
        (("figure", 23), ("now", 7), ("clean", 7), ("limit", 10), ("percent", 8), ("trend", 24), ("verdict", 0))
    )
    worse = []
    for place, name, _, judged, _, _, cause in witnesses.ITEMS:
        ready = page.ready[place] >= figures.READY
        value = page.lagged[place] >> figures.FINE
        reference = page.references[place]
        limit = "%.2f" % (reference * page.limits[place] / 100000)
        if witnesses.JUDGED[judged] == "both":
            limit = "%.2f..%s" % (reference / page.limits[place] / 10, limit)
        verdict = "well"
        if page.doubts[place] & OUT:
            verdict = "warning"
            worse.append((name, cause))
        elif not ready:
            verdict = "not known yet"
        yield report.row((
            name,
            "%.2f" % (value / 1000) if ready else "",
            "%.2f" % (reference / 1000),
            limit,
            100 * value // reference if ready else "",
            _trend(page, place),
            verdict,
        ))
    clean = unit.defrost.frost
    yield report.pair("frost_clean_k", "%.1f K, %s" % (clean.clean_k, "learned" if clean.learned else "as set"))
    if report.machine:
        return
    yield "Plates, coil, engine heat exchanger: K at 100 kW; subcooling: K; the others: shares.  Trend: per cent of clean, every eight hours of such running"
    for name, cause in worse:
        yield name + ": " + cause


def _trend(page, place):
    """Return the noted shares of the reference, oldest first, and what they gained a point."""
    points = page.points[place * figures.POINTS : (place + 1) * figures.POINTS]
    shares = [2 * share for share in points if share]
    if not shares:
        return ""
    text = " ".join([str(share) for share in shares])
    if len(shares) > 1:
        text += " (%+.1f each)" % ((shares[-1] - shares[0]) / (len(shares) - 1))
    return text
