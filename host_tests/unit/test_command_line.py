"""`ghp` as a person types it: negative temperatures, and one sentence where something is missing."""

import json

import pytest
from ghptools import cli, figures
from ghptools.build.images import BuildError
from ghptools.scenario.source import ScenarioError
from ghptools.virtual.vm_interpreter import InterpreterError

RATE = ["rate", "--mode", "heat", "--leaving", "120F", "--rpm", "2400"]


@pytest.mark.parametrize("text", ["-13F", "-25C", "-.5C", "-13 F", "-25", "-1e1C"])
def test_negative_temperature_is_a_value_not_an_option(text):
    args = cli.build_parser().parse_args([*RATE, "--ambient", text])
    assert args.ambient == text


def test_a_word_that_is_no_option_is_still_refused(capsys):
    with pytest.raises(SystemExit) as left:
        cli.build_parser().parse_args([*RATE, "--ambient", "47F", "-x"])
    assert left.value.code == 2
    assert "-x" in capsys.readouterr().err


def test_negative_option_outside_the_range_is_one_sentence(capsys):
    assert cli.main([*RATE, "--ambient", "-40F"]) == 2
    words = capsys.readouterr()
    assert words.out == "" and words.err.count("\n") == 1
    assert "-40.0 F is outside" in words.err


def test_figures_without_an_interpreter_end_before_anything_is_measured(monkeypatch, capsys):
    monkeypatch.setenv("GHP_MICROPYTHON", "/nonexistent")
    for group in ("control", "speed", "memory"):
        monkeypatch.setattr(figures, group, lambda: pytest.fail("measured"))
    assert cli.main(["figures"]) == 2
    words = capsys.readouterr()
    assert words.out == "" and words.err.count("\n") == 1
    assert words.err.startswith("ghp figures: ") and "/nonexistent" in words.err


def test_figures_of_control_alone_need_no_interpreter(monkeypatch, capsys):
    monkeypatch.setenv("GHP_MICROPYTHON", "/nonexistent")
    monkeypatch.setattr(figures, "control", lambda: [figures.Row("one", "1", "none", True)])
    assert cli.main(["figures", "--skip", "speed", "--skip", "memory"]) == 0
    assert "ok   one" in capsys.readouterr().out


@pytest.mark.parametrize("error", [InterpreterError, BuildError, ScenarioError])
def test_any_command_turns_a_missing_thing_into_one_sentence(error, monkeypatch, capsys):
    def run(_args):
        raise error("There is none.")

    monkeypatch.setattr(figures, "run", run)
    assert cli.main(["figures"]) == 2
    assert capsys.readouterr().err == "ghp figures: There is none.\n"


HOT = ["rate", "--mode", "heat", "--ambient", "122F", "--leaving", "176F", "--rpm", "1000"]


def test_rating_the_engine_cannot_carry_prints_no_cop_and_fails(capsys):
    assert cli.main(HOT) == 1
    text = capsys.readouterr().out
    assert "the engine cannot carry this load at 1000 rpm" in text
    assert "COP" not in text and "kBtu" not in text


def test_rating_the_engine_cannot_carry_is_null_in_json(capsys):
    assert cli.main([*HOT, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data["cop_hhv"] is None and data["kbtu_h"] is None
    assert data["limits"] == ["the engine cannot carry this load at 1000 rpm"]


def test_rating_of_water_that_is_not_reached_says_so(capsys):
    assert cli.main([*RATE, "--ambient", "47F", "--flow", "20gpm"]) == 0
    text = capsys.readouterr().out
    assert "leaving water of 120.0 F is not reached" in text and "COP" in text


def test_rating_of_an_ordinary_point_names_no_limit(capsys):
    assert cli.main([*RATE, "--ambient", "17F"]) == 0
    assert "limits" not in capsys.readouterr().out
