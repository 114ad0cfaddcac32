"""The allow-list: whatever the engine shows of a certificate, this is all that a report can have of it."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.gate.sample import sample_report

import alicloud_device_certificates
from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.gate.collect.allow_list import allowed_fields, allowed_warnings
from alicloud_device_certificates.gate.collect.observed import TYPES, ReadWarning
from alicloud_device_certificates.gate.report import Change, Evaluation, Report
from alicloud_device_certificates.gate.reports import FORMATS, render
from alicloud_device_certificates.gate.reports.terminal import console_for, show
from alicloud_device_certificates.resources.certificate_resource import CertificateResource

SECRET = "TheSecretItself"
KEY = f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB7jCCAZWg\n-----END CERTIFICATE-----\n"
FULL: dict[str, Any] = {
    field.name: CERTIFICATE
    if field.unit == "PEM"
    else list(field.example)
    if isinstance(field.example, tuple)
    else field.example
    for field in FIELDS
}
_ENGINE_SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": f'"{SECRET}"'}


def test_every_documented_field_is_taken() -> None:
    assert allowed_fields(FULL) == FULL


@pytest.mark.parametrize("name", ["private_key_pem", "private_keys", "accessKey", "__provider", "certificatePem", ""])
def test_no_other_field_is_taken(name: str) -> None:
    assert allowed_fields({**FULL, name: KEY}) == FULL


@pytest.mark.parametrize("name", [field.name for field in FIELDS if field.unit == "PEM"])
@pytest.mark.parametrize(
    ("pem", "taken"),
    [
        (f"{CERTIFICATE}{CERTIFICATE}", f"{CERTIFICATE}{CERTIFICATE}"),
        (f"{CERTIFICATE}{KEY}", CERTIFICATE),
        (f"{KEY}{CERTIFICATE}", CERTIFICATE),
        (f"{CERTIFICATE}{SECRET}", CERTIFICATE),
        (KEY, None),
        (KEY.replace("PRIVATE", "RSA PRIVATE"), None),
        (f"-----BEGIN CERTIFICATE-----\n{KEY}-----END CERTIFICATE-----\n", None),
        (SECRET, None),
        ({"pem": CERTIFICATE}, None),
        ([CERTIFICATE], None),
    ],
)
def test_of_a_pem_only_certificates_are_taken(name: str, pem: object, taken: str | None) -> None:
    assert (allowed_fields({name: pem}) or {}).get(name) == taken


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
@pytest.mark.parametrize(
    "value", [KEY, f"x{KEY}", {"a": SECRET}, [KEY], [{"a": SECRET}], _ENGINE_SECRET, [[SECRET]]], ids=str
)
def test_no_field_takes_a_key_or_an_object(field: Any, value: object) -> None:
    assert SECRET not in str(allowed_fields({field.name: value}))


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("public_key_bits", 2048.0, 2048),
        ("public_key_bits", 2048.5, None),
        ("public_key_bits", float("nan"), None),
        ("public_key_bits", float("inf"), None),
        ("public_key_bits", True, None),
        ("public_key_bits", "2048", None),
        ("is_ca", False, False),
        ("is_ca", 0, None),
        ("is_ca", "false", None),
        ("subject_alternative_names", ["DNS:a", 7, None, "DNS:b"], ["DNS:a", "DNS:b"]),
        ("subject_alternative_names", "DNS:a", None),
        ("subject", 7, None),
        ("subject", "", ""),
    ],
)
def test_a_value_is_taken_only_as_what_its_field_is(name: str, value: object, taken: object) -> None:
    assert (allowed_fields({name: value}) or {}).get(name) == taken


@pytest.mark.parametrize("value", [None, SECRET, [FULL], 7, _ENGINE_SECRET], ids=str)
def test_what_is_no_plain_object_is_nothing(value: object) -> None:
    assert allowed_fields(value) is None


@given(
    st.dictionaries(
        st.text() | st.sampled_from(list(FULL)), st.recursive(st.none() | st.text() | st.floats(), st.lists)
    )
)
def test_whatever_the_object_holds_only_fields_come_through(value: dict[str, Any]) -> None:
    assert (allowed_fields(value) or {}).keys() <= FULL.keys()


def test_a_warning_is_a_code_and_a_message() -> None:
    entries = [
        {"code": "inactive", "message": "it is", "private_key_pem": KEY},
        {"code": "mismatch", "message": KEY},
        {"code": {"a": SECRET}, "message": [SECRET]},
        {},
        _ENGINE_SECRET,
        SECRET,
        None,
    ]
    assert allowed_warnings(entries) == (
        ReadWarning("inactive", "it is"),
        ReadWarning("mismatch", ""),
        ReadWarning("", ""),
        ReadWarning("", ""),
    )


@pytest.mark.parametrize("value", [None, SECRET, {"code": SECRET, "message": SECRET}, _ENGINE_SECRET], ids=str)
def test_what_is_no_list_is_no_warnings(value: object) -> None:
    assert allowed_warnings(value) == ()


def test_the_types_are_those_of_the_data_sources() -> None:
    public = (getattr(alicloud_device_certificates, name) for name in alicloud_device_certificates.__all__)
    sources = [each for each in public if isinstance(each, type) and issubclass(each, CertificateResource)]
    assert sorted(TYPES) == sorted(f"pulumi-python:{each._resource_type_name}" for each in sources)
    assert sorted(TYPES.values()) == ["iot", "mqtt", "mqtt-ca"]


@pytest.mark.parametrize("report_format", [*(each.name for each in FORMATS), "terminal"])
def test_no_report_shows_what_stood_beside_or_in_a_certificate(report_format: str) -> None:
    seen = {
        **FULL,
        "private_key_pem": KEY,
        "certificate_pem": f"{CERTIFICATE}{KEY}",
        "status": KEY,
        "issuer": {"a": SECRET},
    }
    report = sample_report()
    report = dataclasses.replace(
        report, certificates=tuple(_seen(evaluation, seen) for evaluation in report.certificates)
    )
    text = _shown(report) if report_format == "terminal" else render(report, report_format)
    assert "gateway-01" in text
    assert SECRET not in text
    assert "PRIVATE KEY" not in text
    assert "private_key" not in text


def _seen(evaluation: Evaluation, certificate: dict[str, Any]) -> Evaluation:
    """Return a certificate as if its outputs contained this."""
    fields = allowed_fields(certificate) or {}
    return dataclasses.replace(
        evaluation,
        observed=dataclasses.replace(
            evaluation.observed,
            old=fields,
            new=fields if evaluation.observed.state == "read" else None,
            warnings=allowed_warnings([{"code": "mismatch", "message": KEY, "private_key_pem": KEY}]),
        ),
        changes=tuple(Change(field=name, old=None, new=value) for name, value in fields.items()),
    )


def _shown(report: Report) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    show(report, console_for(stream, {}), everything=True)
    stream.seek(0)
    return stream.read()
