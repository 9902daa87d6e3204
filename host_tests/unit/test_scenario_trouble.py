"""A fault excuses while it lasts and for ten minutes after; nothing excuses to the end of a run."""

from pathlib import Path

from ghptools.scenario import loader, runner, trouble

MADE = """
title = "Things break and are mended"
duration = "1500s"
record = "10s"
[world]
air_factor = 0.9
[[timeline]]
at = "10s"
inject = [{target = "fan_bank_1", kind = "stuck", at = 0}]
set = {air_factor = 0.5}
[[timeline]]
at = "60s"
clear = "all"
[[timeline]]
at = "120s"
set = {air_factor = 0.9}
[[timeline]]
at = "800s"
event = "reset"
"""


def test_what_is_mended_excuses_for_ten_minutes():
    seen = trouble.Trouble()
    assert not seen.excuses(0)
    seen.breaks("a")
    seen.breaks("b")
    assert seen.excuses(50)
    seen.mended("a")
    assert seen.excuses(9_000_000)
    seen.mended("b")
    assert seen.excuses(9_000_000 + trouble.RECOVERS_MS - 1)
    assert not seen.excuses(9_000_000 + trouble.RECOVERS_MS)


def test_all_mended_keeps_what_it_is_told():
    seen = trouble.Trouble()
    seen.breaks("fan_1")
    seen.breaks("air_factor")
    seen.all_mended({"air_factor"})
    assert seen.excuses(1) and seen.excuses(9_000_000)
    seen.mended("air_factor")
    assert not seen.excuses(90_000_000)


def test_a_power_cut_excuses_for_ten_minutes():
    seen = trouble.Trouble()
    seen.shaken(1000)
    assert seen.excuses(1000 + trouble.RECOVERS_MS - 1) and not seen.excuses(1000 + trouble.RECOVERS_MS)


def test_a_run_knows_when_it_is_in_trouble():
    made = loader.parse(MADE, Path("made.toml"), runner.telemetry_fields())
    result = runner.Session(made).run()
    at, faulted = result.trace.column("run.time_s"), result.trace.column("run.faulted")
    assert not faulted[at < 9].any()
    assert faulted[(at > 11) & (at < 719)].all()  # `clear` does not mend the air: its value of the beginning does
    assert not faulted[(at > 721) & (at < 799)].any()
    assert faulted[(at > 801) & (at < 1399)].all()
    assert not faulted[at > 1401].any()
