"""A Pulumi project that reads every device of a faulty service, and what its outputs should be."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from tools.faults.service import CA, KEY, MQTT, PRODUCT, SECRET, FaultyService

PROGRAM = f"""
from alicloud_device_certificates import IotDeviceCertificate, MqttDeviceCertificate, export_certificates

certificates = {{{{}}}}
for number in range({{mqtt}}):
    sn = f"a{{{{number:05}}}}"
    certificates[sn] = MqttDeviceCertificate(sn, mqtt_instance_id="{MQTT}", ca_sn="{CA}", device_sn=sn)
for number in range({{iot}}):
    name = f"lamp-{{{{number}}}}"
    certificates[name] = IotDeviceCertificate(
        name, product_key="{PRODUCT}", device_name=name, include_private_key=True
    )
export_certificates(certificates)
"""
FLEETS = f"""
from alicloud_device_certificates import IotDeviceCertificates, MqttDeviceCertificates, export_certificates

export_certificates({{{{
    "gateways": MqttDeviceCertificates("gateways", mqtt_instance_id="{MQTT}", ca_sn="{CA}"),
    "lamps": IotDeviceCertificates("lamps", product_key="{PRODUCT}", include_private_keys=True),
}}}})
"""
READ_TIMEOUT_MS = 1000


class FaultyProject:
    """A project in a folder of its own, with a home and a backend of its own."""

    def __init__(
        self,
        folder: Path,
        service: FaultyService,
        *,
        mqtt: int,
        iot: int,
        program: str = PROGRAM,
        config: Mapping[str, object] | None = None,
    ) -> None:
        folder.mkdir()
        (folder / "backend").mkdir()
        (folder / "Pulumi.yaml").write_text("name: faults\nruntime: python\n", encoding="utf-8")
        (folder / "__main__.py").write_text(program.format(mqtt=mqtt, iot=iot), encoding="utf-8")
        host = f"127.0.0.1:{service.port}"
        full_config = {
            "alicloud:region": "cn-hangzhou",
            "alicloud:accessKey": KEY,
            "alicloud:endpoints": [{"onsmqtt": host, "iot": host}],
            "alicloud:protocol": "HTTP",
            "alicloud:clientReadTimeout": READ_TIMEOUT_MS,
            **(config or {}),
        }
        # JSON is YAML.
        (folder / "Pulumi.dev.yaml").write_text(json.dumps({"config": full_config}), encoding="utf-8")
        own = {name: value for name, value in os.environ.items() if not name.startswith(("ALI", "PULUMI"))}
        self.folder = folder
        self.environment = {
            **own,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET,
            "NO_PROXY": "127.0.0.1",
            "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "faults",
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_SKIP_CHECKPOINTS": "true",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a ``pulumi`` command."""
        return subprocess.run(
            ["pulumi", *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )

    def update(self) -> str | None:
        """Create the stack and update it. Return what failed, if anything."""
        for arguments in (("stack", "init", "dev"), ("up", "--yes", "--skip-preview")):
            ended = self.run(*arguments)
            if ended.returncode != 0:
                return ended.stdout + ended.stderr
        return None

    def certificates(self) -> dict[str, Any]:
        """Return the stack output ``certificates``."""
        outputs: dict[str, Any] = json.loads(self.run("stack", "output", "--json").stdout)
        certificates: dict[str, Any] = outputs["certificates"]
        return certificates


def compare(certificates: Mapping[str, Any], contents: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the devices that are lost, doubled or wrong; ``contents`` is what the service has of each."""
    fingerprints = {name: fields["sha256_fingerprint"] for name, fields in certificates.items()}
    seen = list(fingerprints.values())
    return {
        "lost": [name for name in contents if name not in fingerprints],
        "doubled": [name for name, fingerprint in fingerprints.items() if seen.count(fingerprint) > 1],
        "wrong": [name for name, found in fingerprints.items() if found != fingerprint(contents[name])],
    }


def fingerprint(content: str) -> str:
    """Return the SHA-256 fingerprint of a certificate as the services return it, by the X.509 library alone."""
    inner = "".join(line for line in content.replace("\\n", "\n").splitlines() if not line.startswith("-----"))
    pem = f"-----BEGIN CERTIFICATE-----\n{inner}\n-----END CERTIFICATE-----\n"
    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()).hex()
