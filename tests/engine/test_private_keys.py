"""docs/security.md: where private keys show, run row by row."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.engine.conftest import Project, projects_below
from tests.engine.shell import CHECKOUT, Shell
from tests.engine.test_other_languages import in_typescript
from tests.engine.test_yaml import produce
from tools.engine.engine import OLDEST
from tools.engine.hosts import YAML

PAGE = (CHECKOUT / "docs" / "security.md").read_text(encoding="utf-8")
LANGUAGES = ("Python", "YAML", "TypeScript")

PROGRAMS = {
    "Python": (
        "name: consumer\nruntime: python\n",
        "import pulumi\n"
        "from alicloud_device_certificates import DeviceCertificatesReference\n"
        'producer = DeviceCertificatesReference("device-certificates/dev")\n'
        'pulumi.export("key", producer.private_key("light-01"))\n',
    ),
    "YAML": (
        "name: consumer\nruntime: yaml\n"
        "resources:\n  producer:\n    type: pulumi:pulumi:StackReference\n"
        "    properties: {name: organization/device-certificates/dev}\n"
        'outputs: {key: "${producer.outputs[\\"private_keys\\"][\\"light-01\\"]}"}\n',
        "",
    ),
}


def rows_of(text: str, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The command of each row of a table, and how it shows keys by column."""
    for command, *cells in re.findall(r"^\| `([^`]+)` \| (.+?) \| (.+?) \| (.+?) \|$", text, re.MULTILINE):
        yield command, dict(zip(columns, cells, strict=True))


def rows() -> Iterator[tuple[str, dict[str, str]]]:
    return rows_of(PAGE.partition("## Two ways")[0], LANGUAGES)


@pytest.fixture(scope="module")
def producer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with projects_below(tmp_path_factory.mktemp("producer")) as make:
        config = {"alicloud:region": "cn-hangzhou", "device-certificates:emulator": True}
        project = make(produce, name="device-certificates", stack_name="dev", config=config)
        assert project.up().error is None
        yield project


def consumer(folder: Path, producer: Project, language: str) -> Shell:
    if language == "TypeScript":
        return in_typescript(folder, producer)
    if language == "YAML" and shutil.which(YAML.program.name) is None:
        pytest.skip("needs Pulumi's host for YAML: `make engine-tests` says what it misses")
    folder.mkdir()
    project, program = PROGRAMS[language]
    (folder / "Pulumi.yaml").write_text(project)
    if program:
        (folder / "__main__.py").write_text(program)
    shell = Shell(folder)
    shell.environment["PULUMI_BACKEND_URL"] = f"file://{producer.backend}"
    shell.run(f"pulumi stack init {language.lower()}")  # the backend is shared
    return shell


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_show_where_the_page_says_and_nowhere_else(tmp_path: Path, producer: Project, language: str) -> None:
    key = producer.stack.outputs()["private_keys"].value["light-01"]
    line = key.splitlines()[2]
    shell = consumer(tmp_path / "consumer", producer, language)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    shell.environment["TMPDIR"] = str(scratch)
    found = {}
    for command, _ in rows():
        ended = subprocess.run(
            ["bash", "-c", command], cwd=shell.folder, env=shell.environment, capture_output=True, check=True
        )
        kept = [path for path in shell.folder.rglob("*") if path.is_file() and "node_modules" not in path.parts]
        written = [path.read_bytes() for path in (*kept, *scratch.rglob("*")) if path.is_file()]
        shows = any(line.encode() in text for text in (ended.stdout, ended.stderr, *written))
        found[command] = "in clear" if shows else "masked"
        for path in shell.folder.glob("*.log"):
            path.unlink()
    assert found == {command: expected[language] for command, expected in rows()}
    assert len(found) > 5
    assert line not in producer.stored_text()


READING = """
import os
from alicloud_device_certificates import IotDeviceCertificate, export_certificates

light = IotDeviceCertificate("light", product_key="a1BwAGVemul8", device_name="light-01", include_private_key=True)
export_certificates({"light": light})
with open("environment.txt", "w") as file:
    file.write(os.environ["PULUMI_CONFIG"])
"""


@pytest.fixture
def reading(tmp_path: Path) -> Shell:
    """A stack that reads a private key, with a secret in its config."""
    shell = Shell(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: mine\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(READING)
    shell.run("pulumi stack init dev")
    shell.run("pulumi config set alicloud:region cn-hangzhou")
    shell.run("pulumi config set device-certificates:emulator true")
    shell.run("pulumi config set --secret alicloud:secretKey a-secret-that-nobody-has")
    shell.run("pulumi up --yes --skip-preview")
    return shell


@pytest.mark.both_engines
@pytest.mark.parametrize("option", ["", "--logtostderr"])
def test_the_log_of_an_older_cli_has_keys_in_clear_where_the_page_says(reading: Shell, option: str) -> None:
    key = json.loads(reading.run("pulumi stack output private_keys --show-secrets --json"))["light"].splitlines()[2]
    scratch = reading.folder / "scratch"
    scratch.mkdir()
    reading.environment["TMPDIR"] = str(scratch)
    command = f"pulumi preview -v=9 {option}".split()
    ended = subprocess.run(
        command, cwd=reading.folder, env=reading.environment, capture_output=True, text=True, check=True
    )
    logs = [path.name for path in scratch.glob("pulumi.*.log.INFO.*") if key in path.read_text(errors="replace")]
    is_older = reading.run("pulumi version").strip().removeprefix("v") == OLDEST
    assert f"such as {OLDEST}, also write" in " ".join(PAGE.split())
    assert (bool(logs), key in ended.stderr) == (is_older and option == "", is_older and option != "")


def test_the_environment_of_a_program_has_the_secrets_of_the_config(reading: Shell) -> None:
    assert "`PULUMI_CONFIG`" in PAGE
    assert "a-secret-that-nobody-has" in (reading.folder / "environment.txt").read_text()
