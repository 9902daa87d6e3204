"""`ghp` as a person types it: negative temperatures, and one sentence where something is missing."""

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
