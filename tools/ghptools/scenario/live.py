"""What a person sees while a scenario runs: the live view on a terminal, plain lines elsewhere."""

import collections
import math
import sys
import time

from rich.align import Align
from rich.console import Console, Group
from rich.layout import Layout
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ghptools.quantities import span
from ghptools.scenario import parts, schematic
from ghptools.scenario.keys import Keys

FRAME_S = 0.25  # four pictures a second; one takes 15 ms or so, and the run loses that much
_AT_PANEL_S = 12.0  # after a key: real time, so that a hand can work the knob
_WHY_EVERY_S = 20.0  # virtual
_TREND = 120

SMALLEST = (70, 20)  # columns and lines; less takes a plain line
_GLASS, _GLASS_LINES = 64, 16
_PANEL_WIDTH, _PANEL_LINES = _GLASS + 2, _GLASS_LINES + 2
_DRAWING_WIDTH, _DRAWING_LINES = schematic.WIDTH + 2, 22
_STATE_LINES = 7  # at least: the state and four lines of reasons
_ROOMY = 30  # lines: the head gets a frame


def progress_line(scenario, time_s, speed, left_s):
    """Return how far a run is, in one line; `left_s` real seconds, nan when not known yet."""
    left = "--" if math.isnan(left_s) else span(int(left_s) + 1)
    return (
        f"{scenario.name}: {100 * time_s / scenario.duration_s:3.0f} %, {span(int(time_s))} of "
        f"{span(scenario.duration_s)}, {speed:.0f}x, {left} left"
    )


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
        print(progress_line(self._scenario, session.time_s, session.time_s / real, left), file=self._file, flush=True)


def fits_terminal():
    """Return True when standard output is a terminal that can be drawn on and is large enough."""
    console = Console()
    return sys.stdout.isatty() and console.is_terminal and not console.is_dumb_terminal and large_enough(console)


def large_enough(console):
    """Return True when everything that must be seen has room."""
    return console.width >= SMALLEST[0] and console.height >= SMALLEST[1]


class LiveView:
    """The machine as it runs, the front panel, trends; keys turn and push the panel's knob.

    What is required (state and why, temperatures, pressures, speed, stage, valve, superheat, COP, progress, keys) is
    on every picture.  The drawing, the panel and the trends come as the terminal grows; where the panel has no
    room beside the figures, `p` changes between it, with the figures in a strip, and them.
    """

    period_s = FRAME_S

    def __init__(self, scenario, interpreter, console=None):
        self._scenario = scenario
        self._interpreter = interpreter
        self._console = Console() if console is None else console
        self._live = Live(console=self._console, screen=True, auto_refresh=False, transient=True)
        self._keys = Keys()
        self._at_glass = False
        self._beat = 0
        self._began = self._last = time.perf_counter()
        self._last_virtual = 0.0
        self._speed = 0.0
        self._key_at = -math.inf
        self._why = []
        self._asking = None
        self._why_at = 0.0
        self._trend_at = 0.0
        self._trends = {name: collections.deque(maxlen=_TREND) for name in parts.NAMES}
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
            elif key == "p":
                self._at_glass = not self._at_glass
            elif key in ("left", "right", "push", "hold"):
                self._key_at = real
                self._at_glass = True  # a hand at the knob wants to see what it does
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
        """Return what is on the screen, as a rich renderable of the terminal's size."""
        width, height = self._console.size
        if not large_enough(self._console):
            line = progress_line(self._scenario, session.time_s, self._speed, self._left_s(session))
            return Text(f"{line}; q quits", end="")
        head, head_lines = self._head(session, height >= _ROOMY), 4 if height >= _ROOMY else 2
        body = height - head_lines - 1
        swap = ""
        if width >= _DRAWING_WIDTH + _PANEL_WIDTH and body >= _PANEL_LINES + _STATE_LINES + parts.FIGURES_WIDE:
            content = self._wide(session, width, body)
        elif width >= _PANEL_WIDTH + 34 and body >= _PANEL_LINES + _STATE_LINES:
            content = self._beside(session, width, body)
        else:
            with_panel = body >= _PANEL_LINES + _STATE_LINES + parts.FIGURES_WIDE
            rest = body - _GLASS_LINES - parts.strip_lines(width)
            if not with_panel and rest >= 2:
                swap = "figures" if self._at_glass else "panel"
            if swap == "figures":
                content = self._at_the_panel(session, width, rest)
            else:
                content = self._stacked(session, width, body, with_panel)
        layout = Layout()
        layout.split_column(
            Layout(head, size=head_lines), Layout(content, size=body), Layout(_foot(swap, at_panel, width), size=1)
        )
        return layout

    def _wide(self, session, width, body):
        """Drawing and trends at the left; panel, state and figures at the right."""
        left, right = Layout(), Layout(size=_PANEL_WIDTH)
        drawing = parts.framed(Align.center(schematic.draw(session.value, self._beat)), "machine", padding=0)
        trends = parts.trends(self._trends, width - _PANEL_WIDTH, body - _DRAWING_LINES)
        left.split_column(Layout(drawing, size=_DRAWING_LINES), Layout(trends))
        lines = body - _PANEL_LINES - parts.FIGURES_WIDE
        right.split_column(
            self._panel(session), self._state(session, _PANEL_WIDTH, lines),
            Layout(parts.numbers(session, 2), size=parts.FIGURES_WIDE),
        )  # fmt: skip
        both = Layout()
        both.split_row(left, right)
        return both

    def _beside(self, session, width, body):
        """Figures beside the panel; below them state and, where there is room, trends."""
        both, upper = Layout(), Layout(size=_PANEL_LINES)
        upper.split_row(Layout(parts.numbers(session, 1)), Layout(self._panel(session), size=_PANEL_WIDTH))
        both.split_column(upper, *self._state_and_trends(session, width, body - _PANEL_LINES))
        return both

    def _stacked(self, session, width, body, with_panel):
        """State, figures and, where there is room, trends or the panel, one below the other."""
        both, rest = Layout(), body - parts.FIGURES_WIDE - (_PANEL_LINES if with_panel else 0)
        state, *trends = self._state_and_trends(session, width, rest)
        figures = Layout(parts.numbers(session, 2), size=parts.FIGURES_WIDE)
        both.split_column(*([self._panel(session)] if with_panel else []), state, figures, *trends)
        return both

    def _at_the_panel(self, session, width, rest):
        """The panel without its frame, a line or more of state and why, the figures in a strip."""
        both = Layout()
        both.split_column(
            Layout(Align.center(parts.glass(session.host.display())), size=_GLASS_LINES),
            Layout(Padding(parts.state(session, self._why, width - 2, rest), (0, 1)), size=rest),
            Layout(parts.strip(session, width), size=parts.strip_lines(width)),
        )
        return both

    def _state_and_trends(self, session, width, lines):
        if lines < _STATE_LINES + parts.TRENDS:
            return [self._state(session, width, lines)]
        trends = parts.trends(self._trends, width, parts.TRENDS)
        return [self._state(session, width, lines - parts.TRENDS), Layout(trends, size=parts.TRENDS)]

    def _panel(self, session):
        glass = Align.center(parts.glass(session.host.display()))
        return Layout(parts.framed(glass, "front panel", padding=0), size=_PANEL_LINES)

    def _state(self, session, width, lines):
        text = parts.state(session, self._why, width - 4, lines - 2)
        return Layout(parts.framed(text, "state and why", padding=(0, 1)), size=lines)

    def _left_s(self, session):
        return (self._scenario.duration_s - session.time_s) / self._speed if self._speed > 0.05 else math.nan

    def _head(self, session, roomy):
        done, left_s = min(1.0, session.time_s / self._scenario.duration_s), self._left_s(session)
        hours, rest = divmod(int(session.time_s), 3600)
        clock = f"{hours}:{rest // 60:02d}:{rest % 60:02d} of {span(self._scenario.duration_s)}"
        upper, lower = Table.grid(expand=True, padding=(0, 1)), Table.grid(expand=True, padding=(0, 1))
        upper.add_column(ratio=1, no_wrap=True)
        upper.add_column(justify="right", no_wrap=True)
        upper.add_row(Text(self._scenario.title, style="bold"), Text(clock, style="bold"))
        lower.add_column(no_wrap=True)
        lower.add_column(ratio=1)
        lower.add_column(justify="right", no_wrap=True)
        left = "--" if math.isnan(left_s) else span(int(left_s) + 1)
        bar = ProgressBar(total=1.0, completed=done, complete_style="bright_green", finished_style="bright_green")
        lower.add_row(
            f"{100 * done:3.0f} %", bar, f"{self._speed:.0f}x real time on {self._interpreter}, {left} left"
        )  # fmt: skip
        both = Group(upper, lower)
        return parts.framed(both, None, padding=(0, 1)) if roomy else both


def _foot(swap, at_panel, width):
    """Return the line that tells the keys; `swap` is what `p` brings, '' where it does nothing."""
    keys = [
        "←/→ turn the knob" if width >= 80 else "←/→ knob",
        "Enter push",
        "h hold",
        *([f"p {swap}"] if swap else []),
        "q quit",
    ]
    text = Text(" " + "   ".join(keys), style=parts.QUIET, no_wrap=True)
    if at_panel:
        text.append("   real time now", style="bright_yellow")
    return text
