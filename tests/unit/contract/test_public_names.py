from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import alicloud_device_certificates as package
from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind


def test_the_public_names_are_these_and_only_these() -> None:
    assert package.__all__ == [
        "ArgumentError",
        "BundleError",
        "ConfigError",
        "CrossCheck",
        "DeviceCertificatesReference",
        "ExportError",
        "IotDeviceCertificate",
        "IotDeviceCertificates",
        "KeyPair",
        "MqttCaCertificate",
        "MqttCaCertificates",
        "MqttDeviceCertificate",
        "MqttDeviceCertificates",
        "PrivateKeyError",
        "ProducerError",
        "ReferencedCertificate",
        "ReferencedFleet",
        "configured_certificates",
        "export_certificates",
        "fingerprint_allow_list",
        "iot_private_key",
        "key_pair",
        "trust_bundle",
    ]
    assert set(package.__all__) <= set(dir(package))
    for name in package.__all__:
        assert getattr(package, name) is not None


def test_any_other_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Certificate'"):
        package.Certificate  # noqa: B018 - the access is the test


def loaded(program: str, *names: str) -> list[str]:
    """Run a program and return those of these modules that it has imported."""
    end = f"import sys; print([name for name in {names!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", f"{program}\n{end}"], check=True, capture_output=True, text=True)
    return list(ast.literal_eval(run.stdout))


HEAVY = ("httpx", "cryptography", "msgspec", "uvicorn", "rich", "jinja2", "Tea", "alibabacloud_credentials")


def test_a_program_that_imports_every_public_name_loads_nothing_that_sends_requests_or_makes_reports() -> None:
    assert loaded("from alicloud_device_certificates import *", *HEAVY, "pulumi") == ["pulumi"]


def test_the_package_alone_loads_no_pulumi() -> None:
    assert loaded("import alicloud_device_certificates", *HEAVY, "pulumi") == []


def test_the_certificate_reader_needs_neither_pulumi_nor_the_client() -> None:
    program = "import alicloud_device_certificates.certificate"
    assert loaded(program, *HEAVY, "pulumi") == ["cryptography"]


READ = """
from pathlib import Path
from alicloud_device_certificates.provider import DeviceCertificateProvider
from pulumi.dynamic import Config, ConfigureRequest

provider = DeviceCertificateProvider()
provider.configure(ConfigureRequest(config=Config({config}, "fleet")))
outputs = provider.read("{id_}", {{"include_chain": True}}).outs
assert outputs["certificate"]["status"] in {{"active", "generated"}}, outputs
"""


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_reading_from_the_embedded_emulator_loads_nothing_of_networks_reports_or_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: CertificateKind
) -> None:
    monkeypatch.chdir(tmp_path)
    absent = dict.fromkeys(kind.optional_id_parts)
    identity = CertificateId.of(kind.key, **{"region": kind.only_region or "cn-hangzhou", **absent, **kind.example})
    config = {"fleet:device-certificates:emulator": "true", "device-certificates:emulator": "true"}
    assert loaded(READ.format(config=config, id_=identity), "httpx", "h11", "rich", "jinja2", "uvicorn") == []
