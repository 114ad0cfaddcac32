"""The README's and docs/usage.md's code runs here as it stands, with the real command line."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml
from tests.engine.conftest import left_below
from tests.engine.shell import CHECKOUT, README, Shell, blocks, commands

USAGE = (CHECKOUT / "docs" / "usage.md").read_text(encoding="utf-8")
ACCOUNT = """
accounts:
  - id: "1"
    users: [{access_key_id: LTAI5tExampleExample, access_key_secret: TheSecretOfThatKey}]
    mqtt_instances:
      - {id: post-cn-emulator01, cas: [{sn: 00f26900ba87, devices: [{sn: 356217374433aa01}]}]}
    iot_products:
      - {product_key: a1BwAGVemul8, devices: [{name: light-01, key: ec-p256}]}
"""


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    yield Shell(tmp_path)
    assert left_below(tmp_path) == [], "a process outlived the command line"


def own_program(shell: Shell) -> None:
    program = blocks("python")[0]
    lines = ("name: mine", "runtime: python")
    assert all(f"`{line}`" in README for line in lines)
    (shell.folder / "Pulumi.yaml").write_text("\n".join(lines), encoding="utf-8")
    (shell.folder / "__main__.py").write_text(program, encoding="utf-8")


def borrow_environment(copy: Path) -> None:
    """Put the checkout's packages into a copy of it, with new stamps.

    Were the whole .venv shared and older than a file that it depends on, make would install the copy into it.
    """
    own = copy / ".venv"
    own.mkdir()
    for path in (CHECKOUT / ".venv").iterdir():
        if not path.name.startswith("."):
            (own / path.name).symlink_to(path)
    for stamp in (".python", ".build", ".run"):
        (own / stamp).touch()


def test_the_demo_needs_nothing_and_ends_with_the_stacks_outputs(tmp_path: Path) -> None:
    # In a copy, to leave this checkout alone.
    own = shutil.ignore_patterns(".git", ".venv", ".engine", ".demo", ".device-certificates", ".*_cache", "__pycache__")
    copy = shutil.copytree(CHECKOUT, tmp_path / "copy", ignore=own)
    borrow_environment(copy)
    before = sorted(path.name for path in copy.iterdir())
    installed_from = distribution("pulumi-alicloud-device-certificates").read_text("direct_url.json")
    shown = Shell(copy).run("make demo")
    table = shown.partition("==> The stack's outputs\n")[2].splitlines()
    assert table[0].split() == ["NAME", "SERVICE", "SERIAL", "NUMBER", "NOT", "AFTER", "STATUS"]
    assert [line.split()[0] for line in table[1:6]] == ["gateway-01", "gateway-02", "light-01", "light-03", "sensor-01"]
    assert {path.name for path in copy.iterdir()} - set(before) <= {".demo", ".device-certificates", "backend", "home"}
    installed = distribution("pulumi-alicloud-device-certificates").read_text("direct_url.json")
    assert installed == installed_from, "the copy was installed into this checkout's environment"
    assert yaml.safe_load((copy / "Pulumi.dev.yaml").read_text()) == yaml.safe_load(
        (CHECKOUT / "Pulumi.dev.yaml").read_text()
    )


def test_no_plugin_is_looked_for_since_there_is_none(shell: Shell) -> None:
    own_program(shell)
    shell.run("pulumi stack init dev")
    shell.run("pulumi config set device-certificates:emulator true")
    shell.run("pulumi config set alicloud:region cn-hangzhou")
    log = subprocess.run(
        ["pulumi", "preview", "--logtostderr", "-v=9"],
        cwd=shell.folder,
        env=shell.environment,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    assert "langhost[python]" in log
    assert "resource-alicloud-device-certificates" not in log


def test_the_program_runs_on_the_embedded_emulator_by_the_commands_given(shell: Shell) -> None:
    own_program(shell)
    (block,) = [block for block in blocks("console") if "device-certificates:emulator" in block]
    shown = [shell.run(command) for command in commands(block)][-1]
    assert "356217374433aa01" in shown
    shell.run("pulumi up --yes")
    assert set(shell.certificates()) == {"gateway", "light"}


@pytest.fixture
def served_account(tmp_path: Path) -> Iterator[str]:
    """An account as the README's, served over HTTP: its address."""
    (tmp_path / "account.yaml").write_text(ACCOUNT, encoding="utf-8")
    server = subprocess.Popen(
        ["device-certificates", "emulator", "--port", "0", "--scenario", "account.yaml", "--state", "account"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    with server.stdout:
        yield server.stdout.readline().strip().removeprefix("http://")
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0


def test_the_same_program_reads_an_account_of_ones_own_by_the_commands_given(shell: Shell, served_account: str) -> None:
    own_program(shell)
    (block,) = [block for block in blocks("console") if "alicloud:secretKey" in block]
    *setting_up, preview = commands(block)
    for command in setting_up:
        shell.run(command)
    # No cloud can be reached from a test: the account is served on this machine.
    endpoints = [{"onsmqtt": served_account, "iot": served_account}]
    shell.run(f"pulumi config set alicloud:endpoints {json.dumps(endpoints, separators=(',', ':'))}")
    shell.run("pulumi config set alicloud:protocol HTTP")
    shown = shell.run(preview)
    assert "356217374433aa01" in shown
    assert "--secret" not in shown, "warned of a key that is encrypted"
    kept = "".join(path.read_text() for path in shell.folder.glob("Pulumi*.yaml"))
    assert "TheSecretOfThatKey" not in kept + shown


def test_a_deployment_takes_the_certificates_of_the_demos_stack(shell: Shell) -> None:
    shutil.copy(CHECKOUT / "Pulumi.yaml", shell.folder)
    shutil.copy(CHECKOUT / "Pulumi.dev.yaml", shell.folder)
    shutil.copytree(CHECKOUT / "stacks" / "certificates", shell.folder / "stacks" / "certificates")
    shell.run("pulumi stack init dev")
    shell.run("pulumi up --yes")
    certificates = shell.certificates()

    deployment = shell.folder / "deployment"
    deployment.mkdir()
    (deployment / "Pulumi.yaml").write_text("name: mine\nruntime: python\n", encoding="utf-8")
    (deployment / "__main__.py").write_text(blocks("python", USAGE)[0], encoding="utf-8")
    shell.folder = deployment
    shell.run("pulumi stack init dev")
    shell.run("pulumi up --yes")
    outputs = json.loads(shell.run("pulumi stack output --json"))
    gateways = [certificates["gateway-01"], certificates["gateway-02"]]
    assert outputs["expires"] == gateways[0]["not_after"]
    assert outputs["bundle"] == "".join(gateway["certificate_pem"] for gateway in gateways)
    assert outputs["allowed"].split() == sorted(gateway["sha256_fingerprint"] for gateway in gateways)
    assert outputs["key"] == "[secret]"

    (deployment / "__main__.py").write_text(blocks("python", USAGE)[1], encoding="utf-8")
    shell.run("pulumi up --yes")
    outputs = json.loads(shell.run("pulumi stack output --json"))
    accepted = [each for each in certificates.values() if each["status"] in {"active", "generated"}]
    assert outputs["allowed"].split() == sorted(each["sha256_fingerprint"] for each in accepted)
    assert outputs["pair"] == "[secret]"


def test_the_certificates_that_the_config_lists_are_read_without_code(shell: Shell) -> None:
    block = blocks("yaml", USAGE)[0]
    shutil.copy(CHECKOUT / "Pulumi.yaml", shell.folder)
    shutil.copytree(CHECKOUT / "stacks", shell.folder / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    config = yaml.safe_load(block)
    config["config"]["device-certificates:emulator"] = True
    (shell.folder / "Pulumi.test.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    shell.run("pulumi stack init test")
    shell.run("pulumi up --yes")
    certificates = shell.certificates()
    assert {name: fields["status"] for name, fields in certificates.items()} == {
        "gateway-01": "active",
        "light-01": "generated",
    }
    assert "[secret]" in shell.run("pulumi stack output private_keys")
    assert "BEGIN PRIVATE KEY" in shell.run("pulumi stack output private_keys --show-secrets")
