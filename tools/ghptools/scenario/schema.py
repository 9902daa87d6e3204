"""What a scenario file may contain: every table and key, its kind and its help.

`scenarios/README.md` says the same with examples; a test compares the two.
"""

# key: (kind, help).  Kinds: text, integer, flag, time (a span), moment (a span or "name + span"), quantity (in
# the unit of the signal beside it), count, texts (one or several), table, choice:a|b
FILE = {
    "title": ("text", "one line"),
    "description": ("text", "what happens and why it matters"),
    "reference": ("text", "what is injected: makes the figures that have a limit rows of `ghp reactions`"),
    "duration": ("time", "how long the scenario runs"),
    "cut": ("time", "how far `make test` and `ghp run --cut` run it; what needs more time is left open there"),
    "seed": ("integer", "seed of all noise and scatter, default 1"),
    "start_ticks": ("ticks", "ticks_ms at power-up, 0..2^30-1, or a time before the wrap such as '-20min'; default 0"),
    "clock": ("clock", "time on the wall at power-up, '2026-07-15 15:50', or 'unset'; default 2026-01-14 12:00"),
    "record": ("time", "distance of trace rows, default 1 s (5 s for scenarios over 6 h)"),
    "start": ("table", "state of the machine at power-up"),
    "settings": ("table", "settings of the firmware, typed as at the console, set just after power-up"),
    "world": ("table", "weather, load and supplies at power-up"),
    "timeline": ("list", "what happens, in order of time"),
    "expect": ("list", "what must be true"),
    "figure": ("list", "numbers to report, with a limit or without"),
}
REQUIRED = ("title", "duration")

EVENTS = ("reset", "power_cut", "late_scan", "damage_memory")
TIMELINE = {
    "name": ("text", "name that expectations and later entries refer to"),
    "at": ("moment", "when: a time, or 'name + time' after another entry; with `when`, not before"),
    "when": ("table", "wait for a signal instead: signal, above or below, for"),
    "every": ("time", "happens again and again at this distance, until `until`"),
    "until": ("moment", "with every: last moment at which it may happen"),
    "set": ("table", "weather, load or supplies (keys of [world])"),
    "over": ("time", "ramp to the values of `set` over this time"),
    "console": ("texts", "lines typed at the console"),
    "knob": ("texts", "gestures at the panel: 'turn 3', 'turn -2', 'push', 'hold', 'wait 2s'"),
    "inject": ("injection", "a fault, or a list of them: target, kind and its parameters"),
    "clear": ("texts", "targets whose faults end; 'all' for every fault"),
    "event": ("choice:" + "|".join(EVENTS), "something that happens to the controller itself"),
    "late": ("time", "late_scan: how late, default 300 ms"),
    "off": ("time", "power_cut: how long the controller is without power, default 10 s"),
}
ACTIONS = ("set", "console", "knob", "inject", "clear", "event")
WHEN = {
    "signal": ("signal", "column of the trace"),
    "above": ("quantity", "happens when the signal is above this"),
    "below": ("quantity", "happens when the signal is below this"),
    "for": ("time", "and has been so for this long, default 0"),
}

WINDOW = {
    "name": ("text", "how the report calls it"),
    "from": ("moment", "begin of the window, default 0"),
    "to": ("moment", "end of the window, default the end"),
}
EXPECT = {
    **WINDOW,
    "signal": ("signal", "column of the trace"),
    "min": ("quantity", "never below this"),
    "max": ("quantity", "never above this"),
    "of": ("quantity", "with `within`: the value to stay close to"),
    "within": ("difference", "with `of` or `settles_to`: how close"),
    "share": ("share", "with min, max, of: for at least this share of the window, default 100 %"),
    "rises_to": ("quantity", "reaches at least this in time"),
    "falls_to": ("quantity", "reaches at most this in time"),
    "settles_to": ("quantity", "is, from some time on, always `within` of this"),
    "by": ("moment", "with rises_to, falls_to, settles_to: until this moment"),
    "in": ("time", "the same, counted from the window's begin"),
    "above": ("quantity", "with at_most, total_at_most, at_least_for: time spent above this"),
    "below": ("quantity", "the same, below"),
    "at_most": ("time", "longest unbroken stay"),
    "total_at_most": ("time", "all stays together"),
    "at_least_for": ("time", "all stays together, at least"),
    "count": ("signal", "count how often this 0/1 signal goes on (min, max; per)"),
    "per": ("time", "with count: in any such span instead of the whole window"),
    "alarm": ("alarm", "an alarm (or one of several) that must be raised in the window, `in` a time"),
    "cleared": ("alarm", "an alarm (or several) that leaves in the window, `in` a time, and does not come back in it"),
    "console_says": ("text", "an answer at the console that contains this text, `in` a time"),
    "no_alarm": ("flag", "no alarm is raised in the window"),
    "except": ("alarms", "with no_alarm: these may be"),
}
STATISTICS = (
    "min", "max", "mean", "first", "last", "span", "total", "longest", "time_to", "count", "ratio", "settled_after", "share",
)  # fmt: skip
FIGURE = {
    **WINDOW,
    "signal": ("signal", "column of the trace"),
    "value": ("choice:" + "|".join(STATISTICS), "what is worked out of it"),
    "minus": ("quantity", "subtracted from the value (overshoot: max minus set point)"),
    "above": ("quantity", "total, longest, time_to: time above this"),
    "below": ("quantity", "total, longest, time_to: time below this"),
    "within": ("difference", "settled_after, share: how close to `of`"),
    "of": ("quantity", "settled_after, share: the value"),
    "per": ("signal or time", "ratio: growth of `signal` over growth of this one; count: in any such span"),
    "unit": ("text", "unit to show it in"),
    "min": ("limit", "at least (makes the figure an expectation)"),
    "max": ("limit", "at most (makes the figure an expectation)"),
}
INJECT = {
    "target": ("text", "what fails: a sensor, an actuator, a stream, an exchanger, 'clock', 'chip:<name>' or 'bus:<name>'"),
    "kind": ("text", "how it fails"),
}
GESTURES = ("turn", "push", "hold", "wait")
