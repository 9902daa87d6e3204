"""What a person sees while a scenario runs: the live view on a terminal, plain lines elsewhere."""

import collections
import math
import sys
import time

from rich.align import Align
from rich.console import Console, Group
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ghptools import quantities
from ghptools.quantities import span
from ghptools.scenario import schematic
from ghptools.scenario.keys import Keys

FRAME_S = 0.25  # four pictures a second; one takes 15 ms or so, and the run loses that much
_AT_PANEL_S = 12.0  # after a key: real time, so that a hand can work the knob
_WHY_EVERY_S = 20.0  # virtual
_SPARKS = "▁▂▃▄▅▆▇█"
_TREND = 56


_WIDE = 132  # columns: machine and panel side by side


def _framed(content, title):
    return Panel(content, border_style="grey35", title=title, title_align="left", padding=0)


class Progress:
    """A plain line now and then, for pipes and logs.  `quiet`: nothing at all."""

    asked_to_stop = False
    period_s = 5.0

    def __init__(self, scenario, quiet=False, file=None):
        self._scenario = scenario
        self._quiet = quiet
        self._file = sys.stderr if file is None else file
        self._began = None

    def __enter__(self):
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_exc):
        return None

    def update(self, session):
        """Print how far it is."""
        if self._quiet:
            return
        real = time.perf_counter() - self._began
        done = session.time_s / self._scenario.duration_s
        if done <= 0.0 or real < 1.0:
            return
        left = real * (1.0 - done) / done
        print(
            f"{self._scenario.name}: {100 * done:3.0f} %, {span(int(session.time_s))} of {span(self._scenario.duration_s)}, "
            f"{session.time_s / real:.0f}x, {span(int(left) + 1)} left",
            file=self._file, flush=True,
        )  # fmt: skip


def fits_terminal():
    """Return True when standard output is a terminal that can be drawn on."""
    console = Console()
    return sys.stdout.isatty() and console.is_terminal and not console.is_dumb_terminal


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
    bits = (
        (0, 0, 0x01),
        (0, 1, 0x02),
        (0, 2, 0x04),
        (1, 0, 0x08),
        (1, 1, 0x10),
        (1, 2, 0x20),
        (0, 3, 0x40),
        (1, 3, 0x80),
    )
    lines = []
    for top in range(0, pages * 8, 4):
        page, shift = top >> 3, top & 7
        line = ""
        for left in range(0, width, 2):
            code = 0
            for dx, dy, dot in bits:
                if memory[page * width + left + dx] >> (shift + dy) & 1:
                    code |= dot
            line += chr(0x2800 + code)
        lines.append(line)
    return "\n".join(lines)


class LiveView:
    """The machine as it runs, the front panel, trends; keys turn and push the panel's knob."""

    period_s = FRAME_S

    def __init__(self, scenario, interpreter, console=None):
        self._scenario = scenario
        self._interpreter = interpreter
        self._console = Console() if console is None else console
        self._live = Live(console=self._console, screen=True, auto_refresh=False, transient=True)
        self._keys = Keys()
        self._beat = 0
        self._began = self._last = time.perf_counter()
        self._last_virtual = 0.0
        self._speed = 0.0
        self._key_at = -math.inf
        self._why = []
        self._asking = None
        self._why_at = 0.0
        self._trend_at = 0.0
        names = ("leaving_c", "discharge_psig", "engine_rpm", "cop_hhv", "hot_load_served_w")
        self._trends = {name: collections.deque(maxlen=_TREND) for name in names}
        self.asked_to_stop = False

    def __enter__(self):
        self._keys.open()
        self._live.start()
        return self

    def __exit__(self, *_exc):
        self._live.stop()
        self._keys.close()

    # --- one picture ----------------------------------------------------------------------------------

    def update(self, session):
        """Take the keys and draw."""
        real = time.perf_counter()
        self._take_keys(session, real)
        at_panel = real - self._key_at < _AT_PANEL_S
        session.slow_down(1.0 if at_panel else None)
        passed = real - self._last
        if passed > 0:
            now_speed = (session.time_s - self._last_virtual) / passed
            self._speed = now_speed if self._speed == 0.0 or at_panel else 0.9 * self._speed + 0.1 * now_speed
        self._last, self._last_virtual = real, session.time_s
        self._ask_why(session)
        self._follow(session)
        self._beat += 1
        self._live.update(self.picture(session, at_panel), refresh=True)

    def _take_keys(self, session, real):
        for key in self._keys.read():
            if key == "q":
                self.asked_to_stop = True
            elif key in ("left", "right", "push", "hold"):
                self._key_at = real
                gesture = {"left": ("turn", -1), "right": ("turn", 1)}.get(key, (key, 0))
                session.timeline.knob.do([gesture], session.time_s * 1000.0)

    def _ask_why(self, session):
        if self._asking is not None and self._asking and self._asking[-1:] != ["…"]:
            rows = [line.split(",") for line in self._asking if not line.startswith("#")]
            self._why = [row for row in rows if len(row) >= 4]
        if session.time_s >= self._why_at:
            self._why_at = session.time_s + _WHY_EVERY_S
            self._asking = []
            session.console.ask("why", self._asking)

    def _follow(self, session):
        if session.time_s >= self._trend_at:
            self._trend_at += max(10.0, self._scenario.duration_s / 500.0)
            for name, values in self._trends.items():
                values.append(session.value(name))

    def picture(self, session, at_panel=False):
        """Return what is on the screen, as a rich renderable; a narrow terminal gets panel and figures only."""
        layout = Layout()
        layout.split_column(
            Layout(self._head(session), size=3), Layout(name="body"), Layout(self._foot(at_panel), size=1)
        )
        glass = Text(braille(session.host.display()), style="#bfe4ff on #0a0e14", no_wrap=True)
        front = Layout(_framed(glass, "front panel"), size=18)
        state, numbers = Layout(self._state(session), size=9), Layout(self._numbers(session))
        if self._console.width < _WIDE:
            state.size = 7
            layout["body"].split_column(front, state, numbers)
            return layout
        layout["body"].split_row(Layout(name="left"), Layout(name="right", size=66))
        layout["right"].split_column(front, state, numbers)
        drawing = Layout(_framed(Align.center(schematic.draw(session.value, self._beat)), "machine"), size=22)
        layout["left"].split_column(drawing, Layout(self._trend()))
        return layout

    def _head(self, session):
        done = min(1.0, session.time_s / self._scenario.duration_s)
        left_s = (self._scenario.duration_s - session.time_s) / self._speed if self._speed > 0.05 else math.nan
        table = Table.grid(expand=True, padding=(0, 2))
        table.add_column(ratio=3)
        table.add_column(ratio=2)
        table.add_column(justify="right", ratio=3)
        hours, rest = divmod(int(session.time_s), 3600)
        left_text = "" if math.isnan(left_s) else f", {span(int(left_s) + 1)} left"
        table.add_row(
            Text(self._scenario.title, style="bold"),
            ProgressBar(total=1.0, completed=done, complete_style="bright_green", finished_style="bright_green"),
            Text(
                f"{hours:2d}:{rest // 60:02d}:{rest % 60:02d}   {self._speed:.0f}x real time on {self._interpreter}{left_text}"
            ),
        )
        return Panel(table, border_style="grey35")

    def _state(self, session):
        from ghp.control import states  # noqa: PLC0415  the firmware's own words

        code = session.telemetry("state")
        state = states.text(int(code)) if code is not None else "no telemetry yet"
        text = Text()
        text.append(state + "\n", style="bold bright_green" if code == states.RUN else "bold bright_yellow")
        for row in self._why[:5]:
            left = f", {span(int(row[2]))} left" if row[2].isdigit() else ""
            value = f" ({row[3]})" if row[3] else ""
            text.append(f"• {row[1]}{value}{left}\n", style="bright_red" if row[0] == "0" else "white")
        return Panel(text, border_style="grey35", title="state and why", title_align="left")

    def _numbers(self, session):
        show = quantities.show
        value, said = session.value, session.telemetry
        asked = said("speed_target_rpm")
        stage = said("stage")
        cop = value("cop_hhv")
        rows = (
            ("set point", show(said("setpoint_c"), "c") if said("setpoint_c") is not None else "--"),
            ("leaving water", show(value("leaving_c"), "c")),
            ("speed asked", "--" if asked is None else f"{asked:.0f} rpm, stage {stage or 0:.0f}"),
            ("heat", show(value("q_hot_w"), "w")),
            ("load", show(value("hot_load_served_w"), "w")),
            ("COP (gas HHV)", "--" if math.isnan(cop) else f"{cop:.2f}"),
            ("alarms", f"{said('alarms') or 0:.0f} standing"),
        )
        table = Table.grid(padding=(0, 3))
        for name, text in rows:
            table.add_row(Text(name, style="grey62"), Text(text, style="bold"))
        return Panel(table, border_style="grey35", title="now", title_align="left")

    def _trend(self):
        lines = (("leaving", "leaving_c", "#e8892f"), ("discharge", "discharge_psig", "#e0542d"), ("speed", "engine_rpm", "#d7dde3"),
                 ("COP", "cop_hhv", "#57ae78"), ("load", "hot_load_served_w", "#6fa8dc"))  # fmt: skip
        table = Table.grid(padding=(0, 1))
        for label, name, colour in lines:
            table.add_row(Text(label, style="grey62"), Text(sparkline(list(self._trends[name])), style=colour))
        return Panel(table, border_style="grey35", title="trends", title_align="left")

    def _foot(self, at_panel):
        text = Text(" ←/→ turn the knob   Enter push   h hold   q quit", style="grey62")
        if at_panel:
            text.append("    real time while you are at the panel", style="bright_yellow")
        return Group(text)
