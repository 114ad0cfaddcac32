"""A project on the disk whose previews go through the gate, as a person or a CI job runs it: by the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from tests.engine.shell import Shell

INSTANCE, CA_SN, PRODUCT = "post-cn-1", "00f2", "pk1"

_PROGRAM = """
import json
from pathlib import Path

import pulumi
from alicloud_device_certificates import (
    IotDeviceCertificate, MqttCaCertificate, MqttDeviceCertificate, export_certificates,
)
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class _Maker(ResourceProvider):
    def create(self, props):
        return CreateResult("made", {"sn": "0b"})


class _Made(Resource):
    sn: pulumi.Output[str]

    def __init__(self):
        super().__init__(_Maker(), "made", {"sn": None})


made = None
certificates = {}
for entry in json.loads(Path("certificates.json").read_text()):
    kind, name = entry.pop("kind"), entry.pop("name")
    opts = pulumi.ResourceOptions(additional_secret_outputs=["certificate"] if entry.pop("secret", False) else None)
    if entry.pop("later", False):
        made = made or _Made()
        entry["device_sn"] = made.sn
    if entry.pop("after", False):
        opts.depends_on = [_Made()]
    if parent := entry.pop("parent", None):
        opts.parent = pulumi.ComponentResource(parent, "parent")
    if kind == "iot":
        certificates[name] = IotDeviceCertificate(name, product_key="pk1", opts=opts, **entry)
    elif kind == "ca":
        certificates[name] = MqttCaCertificate(name, mqtt_instance_id="post-cn-1", opts=opts, **entry)
    else:
        entry.setdefault("ca_sn", "00f2")
        certificates[name] = MqttDeviceCertificate(name, mqtt_instance_id="post-cn-1", opts=opts, **entry)
export_certificates(certificates)
"""


@dataclass
class Gated:
    """One run of the gate: its exit code, what it printed, and its JSON report if it wrote one."""

    code: int
    out: str
    err: str
    report: dict[str, Any] | None

    @property
    def findings(self) -> dict[str, set[tuple[str, str]]]:
        """Kind and severity of each finding, by the certificate's name."""
        assert self.report is not None, self.err
        return {
            each["name"]: {(finding["kind"], finding["severity"]) for finding in each["findings"]}
            for each in self.report["certificates"]
        }

    def certificate(self, name: str) -> dict[str, Any]:
        assert self.report is not None, self.err
        (found,) = [each for each in self.report["certificates"] if each["name"] == name]
        certificate: dict[str, Any] = found
        return certificate


class GatedProject:
    """The project: what the emulated service has, and what the program reads, can be changed between runs."""

    def __init__(self, folder: Path) -> None:
        self.shell = Shell(folder)
        self.folder = folder
        (folder / "Pulumi.yaml").write_text("name: gated\nruntime: python\n")
        (folder / "__main__.py").write_text(_PROGRAM)
        (folder / "Pulumi.dev.yaml").write_text("config: {}\n")
        self.config: dict[str, Any] = {
            "device-certificates:emulator": True,
            "device-certificates:emulatorScenario": "scenario.yaml",
            "alicloud:region": "cn-hangzhou",
        }
        self.shell.run("pulumi stack init dev")

    def serve(
        self,
        *,
        mqtt: Sequence[Mapping[str, Any]] = (),
        iot: Sequence[Mapping[str, Any]] = (),
        cas: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        """Set what the service has: devices of the CA, devices of the product, and more CAs."""
        account = {
            "id": "1",
            "quotas": {"iot": 0},
            "users": [{"access_key_id": "id", "access_key_secret": "made-up"}],
            "mqtt_instances": [{"id": INSTANCE, "cas": [{"sn": CA_SN, "devices": [*mqtt]}, *cas]}],
            "iot_products": [{"product_key": PRODUCT, "devices": [*iot]}],
        }
        (self.folder / "scenario.yaml").write_text(yaml.safe_dump({"accounts": [account]}))

    def read(self, *certificates: Mapping[str, Any]) -> None:
        """Set what the program reads."""
        (self.folder / "certificates.json").write_text(json.dumps(certificates))

    def up(self) -> None:
        self.save_config()
        self.shell.run("pulumi up --yes --skip-preview")

    def emulator(self, command: str) -> None:
        self.shell.run(f"device-certificates emulator {command}")

    def gate(self, *arguments: str, command: str = "preview", **environment: str) -> Gated:
        """Run the gate, with a JSON report in addition to these options."""
        self.save_config()
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        ended = subprocess.run(
            ["device-certificates", command, "--json", str(report), *arguments],
            cwd=self.folder,
            env={**self.shell.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in ended.stderr, ended.stderr
        found = json.loads(report.read_text()) if report.exists() else None
        return Gated(ended.returncode, ended.stdout, ended.stderr, found)

    def keep_config(self) -> None:
        """Keep what was set by the CLI itself."""
        self.config = yaml.safe_load((self.folder / "Pulumi.dev.yaml").read_text())["config"] | self.config

    def save_config(self) -> None:
        """Write the config down, as each run does."""
        file = self.folder / "Pulumi.dev.yaml"
        # The encryption salt that `stack init` put there stays.
        settings = yaml.safe_load(file.read_text())
        file.write_text(yaml.safe_dump({**settings, "config": self.config}))


def mqtt(name: str, sn: str, **more: Any) -> dict[str, Any]:
    """A device certificate of ApsaraMQ for MQTT that the program reads."""
    return {"kind": "mqtt", "name": name, "device_sn": sn, **more}


def iot(name: str, **more: Any) -> dict[str, Any]:
    """A device certificate of IoT Platform that the program reads."""
    return {"kind": "iot", "name": name, "device_name": name, **more}


def text_of(folder: Path) -> str:
    """All text in the files of a folder."""
    return "\n".join(
        path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.rglob("*")) if path.is_file()
    )
