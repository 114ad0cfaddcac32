"""The gate's options, on the command line and in the environment."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from alicloud_device_certificates.cli import main
from alicloud_device_certificates.cli.gate_options import add_options, values
from alicloud_device_certificates.gate.options import OPTIONS, RULE_OPTIONS, options_of
from alicloud_device_certificates.gate.rules.rules import rule_of, rules_of

WRITTEN = {
    "text": ("a b", "a b"),
    "threshold": ("30d", "30d"),
    "number": ("4", 4),
    "flag": ("true", True),
    "list": ("dir", ["dir"]),
    "kinds": ("weak,rotated", ["weak", "rotated"]),
}
"""For each type of option: what is written in the environment, and what it means."""


def parsed(command: str, *arguments: str, **environment: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    add_options(parser, command)
    return values(parser.parse_args(arguments), command, environment)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_each_option_means_the_same_on_the_command_line_and_in_the_environment(option: Any) -> None:
    written, meant = WRITTEN[option.type]
    words = [f"--{option.name}"] if option.type == "flag" else [f"--{option.name}", written]
    for command in option.commands:
        assert parsed(command)[option.attribute] is None
        assert parsed(command, *words)[option.attribute] == meant
        assert parsed(command, **{option.variable: written})[option.attribute] == meant
        assert parsed(command, **{option.variable: ""})[option.attribute] is None, "empty is not set"


def test_the_command_line_takes_precedence_over_the_environment() -> None:
    environment = {"GATE_FAIL_WITHIN": "7d", "GATE_ALLOW": "weak", "GATE_DIFF": "true", "GATE_STACK": "prod"}
    given = parsed("preview", "--fail-within", "1d", "--allow", "rotated,gone", "--allow", "new", **environment)
    assert (given["fail_within"], given["allow"]) == ("1d", ["rotated", "gone", "new"])
    assert (given["diff"], given["stack"]) == (True, "prod")
    assert parsed("preview", GATE_DIFF="false")["diff"] is None


def test_a_command_ignores_the_variables_of_options_that_it_does_not_have() -> None:
    given = parsed("report", GATE_DETAILED_EXITCODE="true", GATE_CONFIG_FILE="a", GATE_REPOSITORY="b")
    assert given.keys() == {option.attribute for option in options_of("report")}
    assert set(given.values()) == {None}


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("GATE_DETAILED_EXITCODE", "yes", "GATE_DETAILED_EXITCODE must be true or false"),
        ("GATE_PARALLEL", "many", "GATE_PARALLEL must be a number"),
        ("GATE_PARALLEL", "-1", "GATE_PARALLEL must be a number"),
    ],
)
def test_a_variable_that_cannot_be_read_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as raised:
        main(["preview"])
    assert raised.value.code == 1
    assert capsys.readouterr().err.endswith(f"error: {message}\n")


@pytest.mark.parametrize("option", RULE_OPTIONS, ids=lambda option: option.name)
def test_each_rule_is_an_option_and_a_config_key_in_general_and_by_name(option: Any) -> None:
    _, meant = WRITTEN[option.type]
    rules = rules_of({option.config_key: meant, "rules": [{"match": "a", option.config_key: meant}]})
    expected = rule_of({option.attribute: meant})
    assert expected != rule_of({})
    assert rules.general == rules.by_name[0][1] == expected


def test_the_help_of_each_command_has_its_options_and_formats(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("preview", "report"):
        with pytest.raises(SystemExit, match="0"):
            main([command, "--help"])
        shown = " ".join(capsys.readouterr().out.split())
        for option in OPTIONS:
            assert (f"--{option.name}" in shown) is (command in option.commands), option.name
            assert option.help in shown or command not in option.commands
