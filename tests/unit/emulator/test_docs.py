"""docs/emulator.md leaves nothing out, and its examples run. tests/unit/tools checks that its tables are current."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_args

import pytest
import yaml

from alicloud_device_certificates.cli import main
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.emulator import services
from alicloud_device_certificates.emulator.http import gateway_errors
from alicloud_device_certificates.emulator.http.app import Emulator, emulator_app
from alicloud_device_certificates.emulator.http.control import CONTROL_COMMANDS
from alicloud_device_certificates.emulator.scenario.loading import DEFAULT_SCENARIO, load_scenario
from alicloud_device_certificates.emulator.scenario.scenario import json_schema
from alicloud_device_certificates.emulator.scenario.values import (
    FAULT_BODIES,
    KEY_SHAPES,
    SHAPES,
    FaultBody,
    KeyShape,
    Shape,
)
from alicloud_device_certificates.emulator.services.error_codes import ErrorCode
from alicloud_device_certificates.emulator.world.commands import open_world

DOCUMENT = (Path(__file__).parents[3] / "docs" / "emulator.md").read_text(encoding="utf-8")
SCHEMA: dict[str, dict[str, Any]] = json_schema()["$defs"]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", SCHEMA)
def test_each_field_of_a_scenario_is_in_its_structures_section(name: str) -> None:
    _, _, section = DOCUMENT.partition(f"\n### {name}\n\n{SCHEMA[name]['description']}\n\n")
    rows = re.findall(r"^\| `(\w+)` \|", section.partition("\n#")[0], re.MULTILINE)
    assert rows == list(SCHEMA[name]["properties"])


@pytest.mark.parametrize(
    ("values", "table"), [(Shape, SHAPES), (KeyShape, KEY_SHAPES), (FaultBody, FAULT_BODIES)], ids=str
)
def test_each_value_has_a_meaning(values: Any, table: Mapping[str, str]) -> None:
    assert tuple(table) == get_args(values)


def test_every_control_command_is_described_and_no_other() -> None:
    described = re.findall(r"^\| `(?:GET|POST) /_emulator/([a-z-]+)` \|", DOCUMENT, re.MULTILINE)
    assert described == list(CONTROL_COMMANDS)


def test_every_error_code_is_described() -> None:
    modules = [
        gateway_errors,
        *(import_module(f"{services.__name__}.{m.name}") for m in iter_modules(services.__path__)),
    ]
    codes = {each.code for module in modules for each in vars(module).values() if isinstance(each, ErrorCode)}
    assert len(codes) > 25
    assert codes <= set(re.findall(r"^\| `([A-Za-z.<>]+)` \| \d{3} \| .+ \|$", DOCUMENT, re.MULTILINE))


@pytest.mark.parametrize("text", blocks("yaml scenario"))
def test_every_scenario_is_one(text: str, tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    file.write_text(text)
    world = open_world(file, tmp_path / "state")
    assert world.devices()
    for device in world.devices().values():
        world.certificate(device)


@pytest.mark.parametrize("text", blocks("yaml stack"))
def test_every_stack_config_leads_to_the_emulator(text: str) -> None:
    config = {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in yaml.safe_load(text)["config"].items()
    }
    settings = Settings.resolve(lambda key: config.get(f"alicloud:{key}"), {})
    urls = {settings.base_url(product, region=settings.region or "") for product in ("onsmqtt", "iot")}
    assert urls == {"http://127.0.0.1:8089"}
    assert settings.access_key_id == load_scenario().accounts[0].users[0].access_key_id


def test_the_console_shows_what_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("")
    monkeypatch.chdir(tmp_path)
    for block in blocks("console"):
        for command, expected in re.findall(r"^\$ device-certificates (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            assert main(shlex.split(command)) in {0, 1}
            shown = "".join(capsys.readouterr())
            pattern = "".join(
                "(?:.*\n)*" if line == "...\n" else re.escape(line).replace(r"\.\.\.", ".*")
                for line in expected.splitlines(keepends=True)
            )
            assert re.fullmatch(pattern, shown), f"$ {command}\n{shown}"


def test_the_control_api_responds_as_shown(tmp_path: Path, emulate: Callable[..., Any]) -> None:
    emulated = emulate(DEFAULT_SCENARIO.read_text())
    examples = blocks("http")
    assert examples
    for example in examples:
        request, _, rest = example.partition("\n")
        method, path, *body = request.split(" ", 2)
        response = emulated.send(method, path, content=(body[0] if body else "").encode())
        assert response.status_code == 200, response.text
        expected = json.loads(rest)
        assert contains(response.json(), expected), response.text


def contains(given: Any, expected: Any) -> bool:
    """Whether all that is expected is there; "..." is anything."""
    if expected == "...":
        return True
    if isinstance(expected, dict):
        return isinstance(given, dict) and all(
            key in given and contains(given[key], value) for key, value in expected.items()
        )
    return bool(given == expected)


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = blocks("python")
    names: dict[str, Any] = {}
    exec(compile(example, "docs/emulator.md", "exec"), names)
    assert isinstance(names["app"], Emulator)
    assert names["response"].json()["devices"][0]["name"] == "gateway-01"
    assert emulator_app().world.state.path == Path(os.fspath(tmp_path)) / ".device-certificates" / "emulator"
