"""The pulumi command line as a person uses it, on a copy of this project's own files."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from tests.engine.conftest import left_below
from tests.engine.shell import CHECKOUT, Shell, error_lines


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell in a copy of the project, without credentials; no process may be left in it."""
    folder = tmp_path / "project"
    shutil.copytree(CHECKOUT / "stacks", folder / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(CHECKOUT / name, folder)
    shell = Shell(folder)
    shell.environment |= {"HOME": str(tmp_path), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    yield shell
    assert left_below(tmp_path) == [], "a process outlived the command line"


def diagnostics(shown: str) -> list[str]:
    """The lines below the heading Diagnostics, without those that name a resource."""
    _, heading, rest = shown.partition("\nDiagnostics:\n")
    assert heading, shown
    below = rest.partition("\nOutputs:\n")[0].partition("\nResources:\n")[0]
    return [line.strip() for line in below.splitlines() if line.strip() and not line.endswith("):")]


def refused(shell: Shell, command: str) -> str:
    """The one line in which a command says why it failed."""
    ended = subprocess.run(
        command.split(), cwd=shell.folder, env=shell.environment, capture_output=True, text=True, check=False
    )
    shown = ended.stdout + ended.stderr
    assert ended.returncode != 0, shown
    assert "Traceback" not in shown
    assert ".py" not in shown
    lines = error_lines(line for line in diagnostics(shown) if not line.startswith("warning: "))
    assert len(lines) == 1, shown
    return lines[0]


def emulated_devices(shell: Shell) -> Any:
    return json.loads(shell.run("device-certificates emulator status --json"))


def test_stack_dev_from_its_first_preview_to_its_end(shell: Shell) -> None:
    shell.run("pulumi stack init dev")
    listed = yaml.safe_load((CHECKOUT / "Pulumi.dev.yaml").read_text())["config"]["device-certificates:certificates"]

    first = shell.run("pulumi preview")
    assert '"356217374433aa01"' in first
    assert "-----BEGIN CERTIFICATE-----" in first
    assert "[secret]" in first
    assert len([line for line in diagnostics(first) if "emulator" in line]) == 1

    updated = shell.run("pulumi up --yes")
    outputs = json.loads(shell.run("pulumi stack output --json"))
    assert outputs["schema_version"] == 1
    assert set(outputs["certificates"]) == {each["name"] for each in listed}
    assert outputs["certificates"]["light-03"] == {"status": "generating"}
    assert outputs["private_keys"] == "[secret]"
    assert shell.run("pulumi stack output private_keys").strip() == "[secret]"

    pem = json.loads(shell.run("pulumi stack output private_keys --show-secrets"))["light-01"]
    key: Any = load_pem_private_key(pem.encode(), None)
    leaf: Any = x509.load_pem_x509_certificate(outputs["certificates"]["light-01"]["certificate_pem"].encode())
    assert key.public_key().public_numbers() == leaf.public_key().public_numbers()

    again = shell.run("pulumi preview")
    assert "\nResources:\n    1 unchanged\n" in again
    assert "\nOutputs:\n" not in again, "an output changed"
    assert (shell.folder / ".device-certificates" / "emulator").is_dir()
    assert not (shell.folder / "stacks" / "certificates" / ".device-certificates").exists()

    devices = emulated_devices(shell)
    refreshed = shell.run("pulumi refresh --yes")
    assert f"    {len(listed) + 1} unchanged\n" in refreshed
    assert json.loads(shell.run("pulumi stack output --json")) == outputs

    destroyed = shell.run("pulumi destroy --yes")
    assert "    - 1 deleted\n" in destroyed, "more than the stack itself"
    assert json.loads(shell.run("pulumi stack output --json")) == {}
    assert emulated_devices(shell) == devices

    kept = [path.read_text(errors="replace") for path in (shell.folder / "backend").rglob("*") if path.is_file()]
    for text in (first, updated, again, refreshed, destroyed, *kept):
        assert "PRIVATE KEY" not in text
        assert not any(line in text for line in pem.splitlines()[1:-1])


def test_a_stack_on_ones_own_account_says_in_one_line_what_is_missing(shell: Shell) -> None:
    config = yaml.safe_load((CHECKOUT / "Pulumi.dev.yaml").read_text())["config"]
    del config["device-certificates:emulator"]
    del config["device-certificates:certificates"][1:]
    (shell.folder / "Pulumi.mine.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    shell.run("pulumi stack init mine")

    line = refused(shell, "pulumi preview")
    assert "no Alibaba Cloud credentials found" in line
    for place in ("alicloud:accessKey", "--secret", "ALIBABA_CLOUD_ACCESS_KEY_ID"):
        assert place in line

    shell.run("pulumi config rm alicloud:region")
    line = refused(shell, "pulumi up --yes")
    assert line.startswith("MqttDeviceCertificate 'gateway-01': region is missing")
    for place in ("region=", "alicloud:region", "ALICLOUD_REGION"):
        assert place in line


@pytest.mark.parametrize(
    ("device_sn", "told"),
    [
        ('""', "device_sn is empty"),
        ('pulumi.Output.from_input("a\\nb")', "device_sn contains a control character (a line break?)"),
        ('pulumi.Output.secret("356217374433aa01")', "device_sn is a secret"),
    ],
    ids=["plain", "output", "secret"],
)
def test_an_argument_that_cannot_be_used_is_told_once_in_one_line(shell: Shell, device_sn: str, told: str) -> None:
    (shell.folder / "stacks" / "certificates" / "__main__.py").write_text(
        "import pulumi\n"
        "from alicloud_device_certificates import MqttDeviceCertificate, export_certificates\n"
        f'bad = MqttDeviceCertificate("bad", mqtt_instance_id="post-cn-1", ca_sn="00f2", device_sn={device_sn})\n'
        'export_certificates({"bad": bad})\n',
        encoding="utf-8",
    )
    shell.run("pulumi stack init dev")
    assert refused(shell, "pulumi preview").startswith(f"MqttDeviceCertificate 'bad': {told}")
