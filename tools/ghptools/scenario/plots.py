"""The picture of a run: one figure, one time axis, a panel for each question."""

import io
import math
import re

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  the backend is chosen first
import numpy as np  # noqa: E402
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator  # noqa: E402

INK = "#1f2933"
SOFT = "#7b8794"
GRID = "#e6eaef"
COLOURS = {
    "hot": "#c2410c", "warm": "#e08a3c", "cold": "#2563a8", "tank": "#8b5cf6", "green": "#2f855a", "gas": "#b7791f", "grey": "#9aa5b1",
    "red": "#c0262d", "ink": INK,
}  # fmt: skip
STATES = (  # (last code of the group, name, colour): see ghp.control.states
    (0, "off", "#e4e7eb"),
    (8, "starting", "#f6c667"),
    (12, "warming up", "#f09a4a"),
    (13, "running", "#57ae78"),
    (18, "stopping", "#8fb4d9"),
    (19, "fast stop", "#d9534f"),
)
STYLE = {
    "font.family": ["DejaVu Sans"], "font.size": 9, "axes.edgecolor": "#cbd2d9", "axes.linewidth": 0.8, "axes.labelcolor": INK,
    "text.color": INK, "xtick.color": SOFT, "ytick.color": SOFT, "xtick.labelcolor": INK, "ytick.labelcolor": INK, "axes.grid": True,
    "grid.color": GRID, "grid.linewidth": 0.8, "axes.axisbelow": True, "axes.spines.top": False, "axes.spines.right": False,
    "lines.linewidth": 1.4, "lines.solid_capstyle": "round", "svg.fonttype": "none", "svg.hashsalt": "ghp", "figure.facecolor": "white",
    "axes.facecolor": "white",
}  # fmt: skip
_POINTS = 1200  # of a line; more cannot be told apart on a page


def fahrenheit(celsius):
    """Return °F of °C."""
    return np.asarray(celsius) * 1.8 + 32.0


def thin(t, y, points=_POINTS):
    """Return fewer points of a line that keep its peaks: first minimum and maximum of every stretch."""
    if len(t) <= points:
        return t, y
    size = math.ceil(len(t) / (points // 2))
    keep = set()
    for start in range(0, len(t), size):
        part = y[start : start + size]
        if np.all(np.isnan(part)):
            keep.add(start)
            continue
        keep.update((start + int(np.nanargmin(part)), start + int(np.nanargmax(part))))
    index = np.array(sorted(keep | {0, len(t) - 1}))
    return t[index], y[index]


class Picture:
    """Draws a result."""

    def __init__(self, result, width=11.0):
        self.result = result
        self.width = width
        long = result.duration_s > 3 * 3600
        self.unit_s, self.unit = (3600.0, "h") if long else (60.0, "min") if result.duration_s > 180 else (1.0, "s")
        self.t = result.trace.column("run.time_s") / self.unit_s
        self.right = 0.84  # the labels of the lines stand beyond
        self._ends = {}

    def column(self, name):
        """Return a column of the trace; all unknown when the firmware does not say it."""
        if not self.result.columns.known(name):
            return np.full(len(self.t), np.nan)
        return self.result.trace.column(name)

    def draw(self):
        """Return the whole figure."""
        heights = (0.8, 2.6, 1.9, 1.7, 1.6, 1.7, 1.2)
        with plt.rc_context(STYLE):
            figure, axes = plt.subplots(
                len(heights), 1, sharex=True, figsize=(self.width, sum(heights) * 1.05 + 0.9), gridspec_kw={"height_ratios": heights, "hspace": 0.2}
            )  # fmt: skip
            figure.subplots_adjust(left=0.075, right=self.right, top=0.985, bottom=0.045)
            panels = (
                self._states,
                self._temperatures,
                self._pressures,
                self._speed,
                self._valve,
                self._heat,
                self._cop,
            )
            for axis, panel in zip(axes, panels, strict=True):
                panel(axis)
                self._labels(axis, self._ends.pop(axis, []))  # now that the panel's limits are final
            self._marks(axes)
            last = axes[-1]
            last.set_xlim(0, max(self.result.duration_s / self.unit_s, 1e-9))
            last.set_xlabel(f"time since power-up, {self.unit}")
            if self.unit == "h":
                last.xaxis.set_major_locator(MultipleLocator(2 if self.result.duration_s > 10 * 3600 else 0.5))
            else:
                last.xaxis.set_major_locator(MaxNLocator(12, integer=self.unit == "min"))
            return figure

    def svg(self):
        """Return the figure as SVG text."""
        figure = self.draw()
        out = io.StringIO()
        with plt.rc_context(STYLE):
            figure.savefig(out, format="svg", metadata={"Date": None})
        plt.close(figure)
        text = re.sub(r"<metadata>.*?</metadata>", "", out.getvalue(), flags=re.DOTALL)
        return text[text.index("<svg") :].replace("DejaVu Sans", "system-ui, 'DejaVu Sans'")

    # --- panels ---------------------------------------------------------------------------------------

    def _states(self, axis):
        state = self.column("fw.state")
        axis.set_ylim(0, 1)
        axis.set_yticks([])
        axis.grid(False)
        for side in ("left", "bottom"):
            axis.spines[side].set_visible(False)
        axis.tick_params(length=0)
        step = self.result.trace.record_s / self.unit_s
        groups = np.array([_group(code) for code in state])
        begin = 0
        for place in range(1, len(groups) + 1):
            if place == len(groups) or groups[place] != groups[begin]:
                if groups[begin] >= 0:
                    length = self.t[place - 1] - self.t[begin] + step
                    axis.broken_barh(
                        [(self.t[begin], length)], (0.0, 0.55), color=STATES[groups[begin]][2], linewidth=0
                    )
                begin = place
        shown = [STATES[group] for group in sorted(set(groups.tolist())) if group >= 0]
        for row, (_, name, colour) in enumerate(shown):
            y = 0.92 - 0.2 * row
            axis.text(1.012, y, "■", color=colour, transform=axis.transAxes, fontsize=8, va="center")
            axis.text(1.03, y, name, color=INK, transform=axis.transAxes, fontsize=8, va="center")

    def _temperatures(self, axis):
        setpoint = fahrenheit(self.column("fw.setpoint_c"))
        if not np.all(np.isnan(setpoint)):
            axis.fill_between(
                self.t, setpoint - 1.5, setpoint + 1.5, step="post", color="#f3b9a0", alpha=0.55, linewidth=0
            )
        lines = [
            ("leaving water", fahrenheit(self.column("leaving_c")), "hot", 1.8),
            ("set point", setpoint, "red", 0.9),
            ("entering water", fahrenheit(self.column("entering_c")), "cold", 1.3),
            ("tank, mean", fahrenheit(self.column("tank_mean_c")), "tank", 1.1),
            ("coolant", fahrenheit(self.column("coolant_c")), "gas", 0.9),
            ("outdoors", fahrenheit(self.column("ambient_c")), "grey", 1.1),
        ]
        self._lines(axis, lines, "temperature, °F")

    def _pressures(self, axis):
        lines = [
            ("discharge", self.column("discharge_psig"), "hot", 1.6),
            ("suction", self.column("suction_psig"), "cold", 1.4),
        ]
        self._lines(axis, lines, "pressure, psig")
        top = max(345.0, float(np.nanmax(self.column("discharge_psig"))) + 10)
        axis.set_ylim(0, top)
        for level, name, colour, x in (
            (305, "hold", SOFT, 0.004),
            (320, "unload", COLOURS["gas"], 0.075),
            (335, "trip", COLOURS["red"], 0.16),
        ):
            axis.axhline(level, color=colour, linewidth=0.8, linestyle=(0, (5, 3)))
            axis.text(x, level, f"{name} {level}", color=colour, fontsize=7, va="center", ha="left",
                      transform=axis.get_yaxis_transform(), bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})  # fmt: skip

    def _speed(self, axis):
        unloaded = (self.column("cmd.unloader") > 0.5) & (self.column("cmd.clutch") > 0.5)
        axis.fill_between(self.t, 0, 3300, where=unloaded, step="post", color="#dbe7f3", linewidth=0)
        target = self.column("fw.speed_target_rpm").copy()
        target[self.column("cmd.clutch") < 0.5] = np.nan
        lines = [("engine", self.column("engine_rpm"), "ink", 1.4), ("asked", target, "warm", 1.0)]
        self._lines(axis, lines, "speed, rpm")
        if unloaded.any():
            axis.text(1.012, 0.97, "■", color="#b9d0e6", transform=axis.transAxes, fontsize=8, va="center")
            axis.text(1.03, 0.97, "unloaded", color="#6f93b8", transform=axis.transAxes, fontsize=8, va="center")
        axis.set_ylim(0, 3300)

    def _valve(self, axis):
        lines = [
            ("valve, %", self.column("valve_position") / 5.0, "ink", 1.3),
            ("torque, %", self.column("torque_pct"), "gas", 1.0),
        ]
        superheat = self.column("superheat_k") * 1.8
        superheat = np.where(self.column("compressor_rpm") > 300, np.clip(superheat, -5, 60), np.nan)
        lines.append(("superheat, °F", superheat, "cold", 1.2))
        self._lines(axis, lines, "%, °F")
        axis.set_ylim(0, 105)

    def _heat(self, axis):
        k = 0.001 / 0.2930711
        lines = [
            ("heat to the loop", self.column("q_hot_w") * k, "hot", 1.5),
            ("of it the engine's", self.column("q_engine_water_w") * k, "warm", 1.0),
            ("load", self.column("hot_load_served_w") * k, "green", 1.3),
            ("gas, HHV", self.column("fuel_w_hhv") * k, "gas", 1.1),
        ]
        self._lines(axis, lines, "kBtu/h")
        axis.set_ylim(bottom=min(0.0, float(np.nanmin(lines[0][1]))))

    def _cop(self, axis):
        cop = self.column("cop_hhv")
        self._lines(axis, [("COP, gas HHV", np.where(cop < 3, cop, np.nan), "green", 1.5)], "COP")
        axis.set_ylim(0, 2.2)
        axis.axhline(1.0, color="#cbd2d9", linewidth=0.8)

    # --- help -----------------------------------------------------------------------------------------

    def _lines(self, axis, lines, label):
        axis.set_ylabel(label, fontsize=8.5)
        axis.yaxis.set_major_locator(MaxNLocator(6))
        axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ends = []
        for name, y, colour, width in lines:
            if np.all(np.isnan(y)):
                continue
            axis.plot(*thin(self.t, y), color=COLOURS[colour], linewidth=width)
            ends.append([y[~np.isnan(y)][-1], name, COLOURS[colour]])
        axis.margins(y=0.08)
        self._ends[axis] = ends

    def _labels(self, axis, ends):
        """Name each line at its right end, moved apart so that none covers another."""
        low, high = axis.get_ylim()
        height = axis.get_position().height * axis.figure.get_figheight()
        gap = (high - low) * 0.155 / height
        ends.sort(key=lambda end: end[0])
        places = [end[0] for end in ends]
        for place in range(1, len(places)):
            places[place] = max(places[place], places[place - 1] + gap)
        for place in reversed(range(len(places))):
            limit = high if place == len(places) - 1 else places[place + 1] - gap
            places[place] = min(places[place], limit)
        span = high - low
        for y, (_, name, colour) in zip(places, ends, strict=True):
            axis.text(1.012, (y - low) / span, name, color=colour, transform=axis.transAxes, fontsize=8.5, va="center")

    def _marks(self, axes):
        """Numbers of the timeline's entries on the strip, red triangles for alarms, thin lines through all panels."""
        width = self.result.duration_s / self.unit_s
        last = -1.0
        for number, (seconds, _) in enumerate(self.result.session.timeline.done, 1):
            x = seconds / self.unit_s
            for axis in axes[1:]:
                axis.axvline(x, color="#9aa5b1", linewidth=0.6, linestyle=(0, (2, 2)))
            if x - last < width * 0.016:
                continue  # as many as can be read
            last = x
            axes[0].text(x, 0.78, str(number), fontsize=7.5, ha="center", va="center", color=INK,
                         bbox={"boxstyle": "round,pad=0.22", "facecolor": "white", "edgecolor": "#9aa5b1", "linewidth": 0.7})  # fmt: skip
        for seconds, _, word in self.result.alarms:
            if word == "raised":
                x = seconds / self.unit_s
                axes[0].plot(
                    [x],
                    [0.28],
                    marker="v",
                    color=COLOURS["red"],
                    markersize=6,
                    markeredgecolor="white",
                    markeredgewidth=0.6,
                )
                axes[1].axvline(x, color=COLOURS["red"], linewidth=0.6, alpha=0.6)


def _group(code):
    if math.isnan(code):
        return -1
    return next(place for place, (last, _, _) in enumerate(STATES) if code <= last)
