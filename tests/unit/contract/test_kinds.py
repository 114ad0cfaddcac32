"""The table of kinds, and the modules that it names."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import alicloud_device_certificates
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.contract.fields import field_names
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind
from alicloud_device_certificates.emulator.services.registry import OPERATIONS
from alicloud_device_certificates.resources.certificate_resource import CertificateResource

PACKAGE = Path(alicloud_device_certificates.__file__).parent
CLOUD_MODULES = sorted((PACKAGE / "cloud").rglob("*.py"))
each_kind = pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.key) for kind in KINDS.values()])


def test_the_type_tokens_are_the_documented_ones() -> None:
    assert [kind.type_token for kind in KINDS.values()] == [
        "pulumi-python:dynamic/alicloud:MqttDeviceCertificate",
        "pulumi-python:dynamic/alicloud:MqttCaCertificate",
        "pulumi-python:dynamic/alicloud:IotDeviceCertificate",
    ]


@each_kind
def test_each_module_has_what_the_entry_promises(kind: CertificateKind) -> None:
    package = "alicloud_device_certificates"
    cloud = import_module(f"{package}.cloud.{kind.module}")
    called = {each.name: each for each in vars(cloud).values() if isinstance(each, Operation)}
    assert kind.operations.keys() <= called.keys()
    assert {called[name].product for name in kind.operations} == {kind.product}
    assert kind.key in import_module(f"{package}.reading.{kind.module}").READS
    data_source = getattr(import_module(f"{package}.resources.{kind.module}"), kind.class_name)
    assert issubclass(data_source, CertificateResource)
    assert kind.operations.keys() <= {each.name for each in OPERATIONS if each.service.product == kind.product}


@each_kind
def test_no_later_kind_has_the_marker(kind: CertificateKind) -> None:
    kinds = list(KINDS.values())
    assert kind.marker in field_names(kind.key)
    assert all(kind.marker not in field_names(other.key) for other in kinds[kinds.index(kind) + 1 :])


@each_kind
def test_the_issuer_is_identified_by_parts_of_the_id(kind: CertificateKind) -> None:
    if kind.issuer is not None:
        assert set(KINDS[kind.issuer].id_parts) <= set(kind.id_parts) - kind.optional_id_parts


@each_kind
def test_no_module_of_the_client_imports_that_of_a_service(kind: CertificateKind) -> None:
    importing = re.compile(rf"import alicloud_device_certificates\.cloud\.{kind.module}\b|cloud\.{kind.module} import")
    others = [path for path in CLOUD_MODULES if path.stem != f"{kind.module}_lists"]  # the lists are of the service too
    assert not [path for path in others if importing.search(path.read_text(encoding="utf-8"))]
