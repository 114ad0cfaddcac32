from __future__ import annotations

import subprocess
import sys

import pytest

import alicloud_device_certificates as package


def test_the_public_names_are_these_and_only_these() -> None:
    assert package.__all__ == [
        "ArgumentError",
        "BundleError",
        "ConfigError",
        "CrossCheck",
        "DeviceCertificatesReference",
        "IotDeviceCertificate",
        "KeyPair",
        "MqttCaCertificate",
        "MqttDeviceCertificate",
        "ProducerError",
        "ReferencedCertificate",
        "configured_certificates",
        "export_certificates",
        "fingerprint_allow_list",
        "key_pair",
        "trust_bundle",
    ]
    assert set(package.__all__) <= set(dir(package))
    for name in package.__all__:
        assert getattr(package, name) is not None


def test_any_other_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Certificate'"):
        package.Certificate  # noqa: B018 - the access is the test


def test_a_program_that_imports_the_data_sources_loads_nothing_that_makes_calls() -> None:
    program = (
        "import sys; from alicloud_device_certificates import MqttDeviceCertificate; "
        "print([name for name in ('httpx', 'cryptography', 'msgspec', 'uvicorn', 'Tea', 'alibabacloud_credentials') "
        "if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"


def test_the_certificate_reader_needs_neither_pulumi_nor_the_client() -> None:
    program = (
        "import sys, alicloud_device_certificates.certificate; "
        "print([name for name in ('pulumi', 'httpx') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert printed.strip() == "[]"
