from __future__ import annotations

from pathlib import Path

from alicloud_device_certificates.contract.fields import FIELDS

CHECKOUT = Path(__file__).parents[3]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")
ONLY = {
    ("mqtt", "mqtt-ca", "iot"): "",
    ("mqtt", "mqtt-ca"): ", MQTT",
    ("mqtt",): ", MQTT",
    ("mqtt-ca",): ", MQTT CA",
    ("iot",): ", IoT",
}


def test_the_table_of_fields_is_the_one_that_the_provider_fills() -> None:
    rows = [f"| `{field.name}` | {field.type}{ONLY[field.kinds]} | {field.meaning} |" for field in FIELDS]
    assert "\n".join(["| field | type | meaning |", "| --- | --- | --- |", *rows, ""]) in README


def test_ci_runs_exactly_the_test_command_that_the_readme_gives() -> None:
    assert "$ make demo\n$ make test\n" in README
    script = (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in script if line and not line.startswith(("#", "set ", "cd "))]
    assert [command.removeprefix("exec ") for command in commands] == ["make test"]
