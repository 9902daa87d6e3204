"""The parts of the live view: figures, state and why, trends, the panel's glass; each knows how many lines it takes."""

import math
import re
import textwrap

from rich import box
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ghptools import quantities
from ghptools.quantities import span
from ghptools.scenario import schematic

QUIET = "grey62"
NAMES = ("leaving_c", "discharge_psig", "engine_rpm", "cop_hhv", "hot_load_served_w")  # the trends
_TRENDS = (
    ("leaving", "#e8892f"),
    ("discharge", "#e0542d"),
    ("speed", "#d7dde3"),
    ("COP", "#57ae78"),
    ("load", "#6fa8dc"),
)
_LABEL = 9  # the longest of their labels
_SPARKS = "▁▂▃▄▅▆▇█"
# One braille character is 2 x 4 pixels: (column, row, its bit)
_DOTS = ((0, 0, 0x01), (0, 1, 0x02), (0, 2, 0x04), (1, 0, 0x08), (1, 1, 0x10), (1, 2, 0x20), (0, 3, 0x40), (1, 3, 0x80))


def framed(content, title, **words):
    """Return `content` in the frame that all parts have."""
    return Panel(content, border_style="grey35", title=title, title_align="left", box=box.ROUNDED, **words)


def sparkline(values, low=None, high=None):
    """Return `values` as little bars; unknown ones are gaps."""
    known = [v for v in values if not math.isnan(v)]
    if not known:
        return ""
    low = min(known) if low is None else low
    high = max(known) if high is None else high
    if high - low < 1e-9:
        return "".join(" " if math.isnan(v) else _SPARKS[0] for v in values)
    top = len(_SPARKS) - 1
    return "".join(
        " " if math.isnan(v) else _SPARKS[round(min(1.0, max(0.0, (v - low) / (high - low))) * top)] for v in values
    )


def braille(memory, width=128, pages=8):
    """Return display memory (pages of columns, bit 0 on top) as 64 x 16 braille characters."""
    lines = []
    for top in range(0, pages * 8, 4):
        page, shift = top >> 3, top & 7
        line = ""
        for left in range(0, width, 2):
            code = 0
            for dx, dy, dot in _DOTS:
                if memory[page * width + left + dx] >> (shift + dy) & 1:
                    code |= dot
            line += chr(0x2800 + code)
        lines.append(line)
    return "\n".join(lines)


def glass(memory):
    """Return the front panel's display, 64 x 16."""
    return Text(braille(memory), style="#bfe4ff on #0a0e14", no_wrap=True)


# --- figures ------------------------------------------------------------------------------------------


def _warmth(session, name):
    celsius = session.value(name)
    return quantities.show(celsius, "c"), "" if math.isnan(celsius) else schematic.colour_of(celsius)


def _said(session, name, kind):
    """What the firmware says of itself, '--' before it has said anything."""
    return quantities.show(session.telemetry(name), kind)


def _number(value, form):
    return form.format(value) if value is not None and math.isfinite(value) else "--"


def figures(session):
    """Return {name: (text, colour)}: first the water and the heat, then the machine, half and half."""
    value = session.value
    superheat = quantities.show(value("superheat_k"), "k") if value("compressor_rpm") > 50 else "--"
    return {
        "set point": (_said(session, "setpoint_c", "c"), ""),
        "leaving water": _warmth(session, "leaving_c"),
        "entering water": _warmth(session, "entering_c"),
        "tank, mean": _warmth(session, "tank_mean_c"),
        "outdoor air": _warmth(session, "ambient_c"),
        "heat": (quantities.show(value("q_hot_w"), "w"), ""),
        "load": (quantities.show(value("hot_load_served_w"), "w"), ""),
        "COP (gas HHV)": (_number(value("cop_hhv"), "{:.2f}"), ""),
        "speed": (f"{value('engine_rpm'):.0f} rpm", ""),
        "speed asked": (_said(session, "speed_target_rpm", "rpm"), ""),
        "stage": (_number(session.telemetry("stage"), "{:.0f} of 7"), ""),
        "suction": (quantities.show(value("suction_psig"), "psig"), ""),
        "discharge": (quantities.show(value("discharge_psig"), "psig"), ""),
        "expansion valve": (f"{value('valve_position'):.0f} of 500 steps", ""),
        "superheat": (superheat, ""),
        "coolant": _warmth(session, "coolant_c"),
    }


FIGURES_TALL, FIGURES_WIDE = 18, 10  # lines, frame and all, in one column of names or in two
_SHORT = {"leaving water": "leaving", "entering water": "entering", "tank, mean": "tank", "COP (gas HHV)": "COP",
          "expansion valve": "valve"}  # fmt: skip
_STRIP = ("leaving water", "entering water", "tank, mean", "coolant", "suction", "discharge", "superheat", "expansion valve",
          "speed", "stage", "COP (gas HHV)", "set point")  # fmt: skip


def _cell(text, colour):
    return Text(text, style=f"bold {colour}".rstrip(), no_wrap=True)


def numbers(session, columns):
    """Return the figures, framed, in 1 column (18 lines) or 2 (10 lines)."""
    rows = list(figures(session).items())
    half = len(rows) // columns
    table = Table.grid(padding=(0, 1), expand=columns > 1)
    for column in range(columns):
        table.add_column(width=15)
        table.add_column(width=16) if column == columns - 1 else table.add_column(ratio=1)  # the valve's text is 16
    for line in range(half):
        cells = []
        for name, (text, colour) in rows[line::half]:
            cells += [Text(name, style=QUIET, no_wrap=True), _cell(text, colour)]
        table.add_row(*cells)
    return framed(table, "now", padding=(0, 1) if columns > 1 else 0)


def strip_lines(width):
    """Return how many lines `strip` takes at this width."""
    return math.ceil(len(_STRIP) / (width // 20))


def strip(session, width):
    """Return what matters most in a few lines without a frame, four figures a line at 80 columns."""
    rows, across = figures(session), width // 20
    table = Table.grid(expand=True, padding=0)
    for _ in range(across):
        table.add_column(ratio=1)
    cells = []
    for name in _STRIP:
        text, colour = rows[name]
        text = re.sub(r" of \d+|\.\d(?= psig)", "", text)
        cells.append(Text(f" {_SHORT.get(name, name)} ", style=QUIET, no_wrap=True).append_text(_cell(text, colour)))
    for first in range(0, len(cells), across):
        table.add_row(*cells[first : first + across])
    return table


# --- state, why, trends -------------------------------------------------------------------------------


def reason_text(row):
    """Return one row of the firmware's `why` (rank, text, seconds left, value) as a sentence."""
    left = f", {span(int(row[2]))} left" if row[2].isdigit() else ""
    return row[1].replace(";", ",") + (f" ({row[3]})" if row[3] else "") + left


def state(session, why, width, lines):
    """Return the engine's state, the alarms and the reasons that `lines` of `width` characters hold.

    The first reason is always there, shortened if it must be; how many more there are stands beside the state."""
    from ghp.control import states  # noqa: PLC0415  the firmware's own words

    code, alarms = session.telemetry("state"), session.telemetry("alarms") or 0
    text = Text()
    text.append(states.text(int(code)) if code is not None else "no telemetry yet",
                style="bold bright_green" if code == states.RUN else "bold bright_yellow")  # fmt: skip
    text.append(f"   {alarms:.0f} alarm{'s' if alarms > 1 else ''}" if alarms else "   no alarm",
                style="bold bright_red" if alarms else QUIET)  # fmt: skip
    lines -= 1
    shown = []
    for row in why:
        wrapped = textwrap.wrap(reason_text(row), width - 2)
        if len(wrapped) > lines:
            if shown or lines < 1:
                break
            wrapped = textwrap.wrap(reason_text(row), width - 2, max_lines=lines, placeholder=" …")
        lines -= len(wrapped)
        shown.append(("\n• " + "\n  ".join(wrapped), "bright_red" if row[0] == "0" else "white"))
    if len(shown) < len(why):
        text.append(f"   {len(why) - len(shown)} more" if shown else f"   {len(why)} reasons", style=QUIET)
    for sentence, style in shown:
        text.append(sentence, style=style)
    return text


TRENDS = 7  # lines, frame and all


def trends(kept, width, height):
    """Return the trends of `kept` {name: values} in a frame of `width` x `height`, spaced out where there is room."""
    table = Table.grid(padding=(0, 1))
    airy = height >= 2 * len(_TRENDS) + 1
    for number, ((label, colour), name) in enumerate(zip(_TRENDS, NAMES, strict=True)):
        if airy and number:
            table.add_row("", "")
        recent = list(kept[name])[-(width - 2 - _LABEL - 1) :]
        table.add_row(Text(label, style=QUIET), Text(sparkline(recent), style=colour, no_wrap=True))
    return framed(table, "trends", padding=0)
