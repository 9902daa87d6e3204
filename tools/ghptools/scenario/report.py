"""The report of a run: one HTML file that needs nothing beside it, and a PNG summary."""

import html
import platform
from datetime import datetime
from importlib import metadata

import matplotlib.pyplot as plt

from ghptools import quantities
from ghptools.scenario import invariants, plots
from ghptools.scenario.evaluate import clock

_CSS = """
:root{--ink:#1f2933;--soft:#616e7c;--line:#e4e7eb;--ok:#2f855a;--bad:#c0262d;--paper:#fff;--tint:#f7f9fb}
*{box-sizing:border-box}body{margin:0;background:#eef1f4;color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1120px;margin:0 auto;background:var(--paper);padding:40px 48px 56px}
h1{font-size:27px;line-height:1.2;margin:0 0 6px;font-weight:650}h2{font-size:17px;margin:38px 0 12px;font-weight:650}
p{margin:0 0 10px;max-width:78ch}.soft{color:var(--soft)}.head{display:flex;gap:24px;align-items:flex-start;justify-content:space-between}
.pill{flex:none;padding:6px 16px;border-radius:99px;color:#fff;font-weight:650;font-size:14px;margin-top:4px;white-space:nowrap}
.pill.ok{background:var(--ok)}.pill.bad{background:var(--bad)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(168px,1fr));gap:12px;margin:22px 0 4px}
.card{border:1px solid var(--line);border-radius:10px;padding:12px 14px;background:var(--tint)}
.card b{display:block;font-size:22px;line-height:1.25;font-weight:650;font-variant-numeric:tabular-nums}.card span{display:block;font-size:12.5px;color:var(--soft);line-height:1.35}
.card.bad{border-color:#e8b4b6;background:#fdf3f3}.card.bad b{color:var(--bad)}
figure{margin:18px -10px 0}figure svg{width:100%;height:auto;display:block}
table{border-collapse:collapse;width:100%;font-size:14px}th{text-align:left;font-weight:600;color:var(--soft);font-size:12.5px;padding:4px 14px 6px 0;border-bottom:1px solid #cbd2d9}
td{padding:6px 14px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}th.n{text-align:right}
.mark{font-weight:700;width:1.6em}.mark.ok{color:var(--ok)}.mark.bad{color:var(--bad)}.two{display:grid;grid-template-columns:1fr 1fr;gap:0 44px}
details{margin-top:34px}summary{cursor:pointer;font-weight:650}pre{background:var(--tint);border:1px solid var(--line);border-radius:8px;padding:12px 14px;overflow:auto;font-size:12.5px;line-height:1.45}
code{font-size:.93em}@media(max-width:760px){main{padding:24px 18px}.two{grid-template-columns:1fr}.head{display:block}}
@media print{body{background:#fff}main{padding:0}h2{break-after:avoid}}
"""


def write(result, folder):
    """Write report.html and summary.png into `folder`; return the path of the report."""
    folder.mkdir(parents=True, exist_ok=True)
    picture = plots.Picture(result)
    page = folder / "report.html"
    page.write_text(_page(result, picture.svg()), encoding="utf-8")
    figure = picture.draw()
    title = f"{result.scenario.title}: {'met' if result.ok else 'not met'}"
    figure.suptitle(title, x=0.075, y=1.006, ha="left", va="bottom", fontsize=13, fontweight="bold", color=plots.INK)
    figure.savefig(folder / "summary.png", dpi=110, bbox_inches="tight", pad_inches=0.25)
    plt.close(figure)
    return page.resolve()


def _page(result, svg):
    scenario = result.scenario
    e = html.escape
    pill = '<div class="pill ok">met</div>' if result.ok else f'<div class="pill bad">{e(_verdict(result))}</div>'
    paragraphs = "".join(f"<p>{e(part.strip())}</p>" for part in scenario.description.split("\n\n") if part.strip())
    speed = f"{quantities.span(result.duration_s)} of machine time in {quantities.span(round(result.real_s, 1))} ({result.speed:.0f} × real time)"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{e(scenario.title)}</title><style>{_CSS}</style></head><body><main>
<div class="head"><div><h1>{e(scenario.title)}</h1><p class="soft">{speed}, firmware on {e(result.session.host.version)}</p></div>{pill}</div>
{paragraphs}
{_cards(result)}
<figure>{svg}</figure>
<h2>Expectations</h2>
{_expectations(result)}
<div class="two"><div><h2>Energy</h2>{_energy(result)}</div><div><h2>What happened</h2>{_happened(result)}</div></div>
<h2>Safety invariants, judged at every exchange</h2>
{_invariants(result)}
<h2>Where this comes from</h2>
{_provenance(result)}
<details><summary>Console of the controller</summary><pre>{e(_console(result))}</pre></details>
<details><summary>The scenario file</summary><pre>{e(scenario.text)}</pre></details>
</main></body></html>
"""


def _verdict(result):
    if result.ended != "end of the scenario":
        return result.ended
    missed = sum(not v.ok for v in [*result.expectations, *result.figures])
    parts = [f"{missed} missed"] if missed else []
    parts += [f"{len(result.invariants)} invariants broken"] if result.invariants else []
    return ", ".join(parts)


def _cards(result):
    cards = []
    for v in result.figures:
        limit = f"limit {v.limit}" if v.limit else "&nbsp;"
        bad = " bad" if not v.ok else ""
        cards.append(
            f'<div class="card{bad}"><span>{html.escape(v.name)}</span><b>{html.escape(v.shown)}</b><span>{limit}</span></div>'
        )
    return f'<div class="cards">{"".join(cards)}</div>' if cards else ""


def _mark(ok):
    return '<td class="mark ok">✓</td>' if ok else '<td class="mark bad">✗</td>'


def _rows(head, rows):
    numeric = {place for place, name in enumerate(head) if name.startswith(">")}
    cells = "".join(
        f'<th class="n">{name[1:]}</th>' if place in numeric else f"<th>{name}</th>" for place, name in enumerate(head)
    )
    lines = []
    for row in rows:
        line = ""
        for place, cell in enumerate(row):
            line += (
                cell
                if cell.startswith("<td")
                else f'<td class="n">{cell}</td>'
                if place in numeric
                else f"<td>{cell}</td>"
            )
        lines.append(f"<tr>{line}</tr>")
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _expectations(result):
    rows = [(_mark(v.ok), html.escape(v.name), html.escape(v.detail)) for v in result.expectations]
    rows += [(_mark(v.ok), f"{html.escape(v.name)} {v.limit}", html.escape(v.shown)) for v in result.figures if v.limit]
    return _rows(("", "what must be true", "what was"), rows) if rows else '<p class="soft">None stated.</p>'


def _energy(result):
    trace = result.trace

    def total(name):
        column = trace.column(name)
        return float(column[-1] - column[0])

    gas, heat = total("fuel_j_hhv"), total("hot_j")
    shown = [
        ("gas burnt (HHV)", gas), ("heat to the hot loop", heat), ("— from the condenser", total("condenser_j")),
        ("— from air, by the evaporator", total("evaporator_j")), ("compressor shaft", total("shaft_j")), ("fans and pumps, electric", total("electric_j")),
    ]  # fmt: skip
    rows = [(name, f"{quantities.convert(value, 'j', 'kBtu'):,.0f}", f"{value / 3.6e6:,.1f}") for name, value in shown]
    cop = f"{heat / gas:.3f}" if gas > 0 else "--"
    lhv = total("fuel_j_lhv")
    rows.append(("<b>COP of the whole run</b>", f"<b>{cop}</b> HHV", f"{heat / lhv:.3f} LHV" if lhv > 0 else "--"))
    return _rows(("", ">kBtu", ">kWh"), rows)


def _happened(result):
    rows = [
        (seconds, str(number), entry.describe())
        for number, (seconds, entry) in enumerate(result.session.timeline.done, 1)
    ]
    rows += [
        (seconds, '<span style="color:#c0262d">▼</span>', f"alarm {key} {word}") for seconds, key, word in result.alarms
    ]
    rows += [(ms / 1000.0, "↻", f"controller restarted (cause {cause})") for ms, cause in result.session.host.restarts]
    rows += [
        (seconds, "!", f"refused: {command}: {reason}") for seconds, command, reason in result.session.console.refused
    ]
    rows.sort(key=lambda row: row[0])
    more = len(rows) - 60
    shown = [(clock(seconds), mark, html.escape(text)) for seconds, mark, text in rows[:60]]
    if more > 0:
        shown.append(("", "", f"and {more} more"))
    return _rows((">when", "", "what"), shown) if shown else '<p class="soft">Nothing but control.</p>'


def _invariants(result):
    broken = {name: (count, first_ms) for name, _, count, first_ms in result.invariants}
    rows = []
    for name, sentence in invariants.ROWS:
        if name in broken:
            count, first_ms = broken[name]
            was = f"first at {clock(first_ms / 1000)}, {count} exchanges"
            rows.append((_mark(False), sentence, was))
        else:
            rows.append((_mark(True), sentence, ""))
    return _rows(("", "what holds", ""), rows)


def _provenance(result):
    scenario = result.scenario
    session = result.session
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "numba", "matplotlib"))
    firmware = next((line for _, line in session.console.log if line.startswith("ghp ")), "unknown")
    rows = [
        ("scenario", html.escape(scenario.path.name)),
        ("seed; ticks at power-up", f"{scenario.seed}; {scenario.start_ticks}"),
        ("firmware", html.escape(firmware)),
        ("interpreter", html.escape(session.host.version)),
        ("tools", html.escape(f"ghp-tools {_own_version()}, Python {platform.python_version()}, {versions}")),
        ("written", datetime.now().strftime("%Y-%m-%d %H:%M")),
    ]
    return _rows(("", ""), rows)


def _own_version():
    try:
        return metadata.version("ghp-tools")
    except metadata.PackageNotFoundError:
        return "(not installed)"


def _console(result):
    return "\n".join(f"{clock(seconds):>12}  {line}" for seconds, line in result.session.console.log[:400])
