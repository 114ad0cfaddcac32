"""The brief read of a certificate finds what the whole read finds, or leaves it to that."""

from __future__ import annotations

import asyncio
import base64
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.reading.fleet.fleets import Fleets, account

from alicloud_device_certificates.cloud.errors import ContentError
from alicloud_device_certificates.cloud.fields import ResponseContext
from alicloud_device_certificates.cloud.mqtt import MqttDeviceCertificateResponse
from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.contract.statuses import MqttStatus
from alicloud_device_certificates.reading.context import ReadContext
from alicloud_device_certificates.reading.fleet.brief import brief_certificate
from alicloud_device_certificates.reading.mqtt import device_outputs
from alicloud_device_certificates.reading.outcome import ReadOptions

VECTORS = Path(__file__).parents[2] / "vectors"
PEMS = sorted((VECTORS / "certificate").rglob("*.pem"))
USUAL = (VECTORS / "certificate" / "ec-p256.pem").read_text(encoding="utf-8")
USUAL = USUAL[USUAL.index("-----BEGIN") :]
IDENTITY = CertificateId("mqtt", ("cn-hangzhou", "post-1", "00f2", "0a01"))
CONTEXT = ResponseContext(operation="ListDeviceCertificate", region="cn-hangzhou", target="t", request_id=None)
FIELDS = ("status", "device_name", "ca_sn", "not_before", "not_after")


def response(
    content: str, *, name: str = "line-1", status: MqttStatus = "active", ca_sn: str = "00f2"
) -> MqttDeviceCertificateResponse:
    return MqttDeviceCertificateResponse(
        device_sn="0a01",
        device_name=name,
        ca_sn=ca_sn,
        content=content,
        valid_begin=1_600_000_000_000,
        valid_end=1_900_000_000_000,
        status=status,
        context=CONTEXT,
    )


class NoClient:
    async def call(self, *_: object, **__: object) -> Any:
        raise AssertionError("a brief read calls nothing")


def whole(of: MqttDeviceCertificateResponse) -> dict[str, Any] | None:
    """Return the same fields as the whole read finds them; None if it cannot read the certificate."""
    try:
        outputs = asyncio.run(device_outputs(ReadContext(NoClient()), IDENTITY, of, ReadOptions()))
    except ContentError:
        return None
    return {name: outputs["certificate"].get(name) for name in FIELDS}


def check(of: MqttDeviceCertificateResponse) -> bool:
    """Compare both reads. Return whether the brief one could read the certificate."""
    brief = brief_certificate(of)
    assert brief is None or brief == whole(of)
    return brief is not None


def forms(pem: str) -> list[str]:
    labelled = pem.replace(" CERTIFICATE", " DEVICECERTIFICATE")
    return [
        pem,
        labelled,
        pem.replace("\n", "\\n"),
        labelled.replace("\n", "\\n"),
        pem.replace("\n", "\\n").rstrip("n"),
    ]


@pytest.mark.parametrize("form", forms(USUAL)[:4])
def test_the_usual_forms_are_read_briefly(form: str) -> None:
    assert check(response(form))


@pytest.mark.parametrize("path", PEMS, ids=lambda path: path.stem)
def test_a_certificate_is_read_as_the_whole_read_does(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for form in forms(text[text.index("-----BEGIN") :]):
        check(response(form))


@pytest.mark.parametrize("folder", sorted((VECTORS / "odd").iterdir()), ids=lambda folder: folder.name)
def test_an_odd_body_is_read_as_the_whole_read_does(folder: Path) -> None:
    for file in folder.glob("body*"):
        check(response(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["line-1", "ü", "\ud800", "04da6b54-80e4-46f7-96ec-b56ff0331ba9", " "])
@pytest.mark.parametrize("status", ["active", "inactive"])
def test_a_name_that_the_engine_cannot_carry_is_left_to_the_whole_read(name: str, status: MqttStatus) -> None:
    assert check(response(USUAL, name=name, status=status)) == (name in {"line-1", " "})


DER = base64.b64decode("".join(USUAL.splitlines()[1:-1]))


@given(seed=st.integers(0, 2**32), flips=st.integers(1, 4))
def test_a_damaged_certificate_is_read_as_the_whole_read_does(seed: int, flips: int) -> None:
    chance, der = random.Random(seed), bytearray(DER)
    for _ in range(flips):
        # The first 160 bytes have the times, and what comes before them.
        der[chance.randrange(160 if chance.random() < 0.7 else len(der))] ^= 1 << chance.randrange(8)
    check(response(f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(der).decode()}\n-----END CERTIFICATE-----\n"))


@given(at=st.integers(0, len(USUAL)), text=st.sampled_from(["", "\n", "\\n", "-", "=", "M", " ", "\\", "é"]))
def test_a_damaged_body_is_read_as_the_whole_read_does(at: int, text: str) -> None:
    check(response(USUAL[:at] + text + USUAL[at + 1 :]))


MIXED = """
      - id: post-1
        cas:
          - sn: 00f2
            devices:
              - {sn: "01", name: line-1, valid_until: "2031-03-01T00:00:00Z"}
              - {sn: "02", shape: base64, status: inactive}
              - {sn: "03", shape: odd-times}
              - {sn: "04", shape: negative-serial}
              - {sn: "05", shape: chain, name: line-2}
              - {sn: "06", reported_shift: +1d}
              - {sn: "07", shape: garbage}
"""


@pytest.mark.parametrize("select", [{}, {"status": "inactive"}, {"name_pattern": "line-*"}, {"expires_within": "50%"}])
@pytest.mark.parametrize("options", [{}, {"cross_check": "error"}, {"cross_check": "off"}, {"include_chain": True}])
def test_a_summary_is_the_same_as_that_of_a_whole_fleet(
    tmp_path: Path, select: dict[str, str], options: dict[str, Any]
) -> None:
    fleets = Fleets(tmp_path, account(mqtt=MIXED))
    id_ = "mqtt-fleet/cn-hangzhou/post-1/00f2"
    whole = fleets.read(id_, select=select, on_error="report", **options)
    brief = fleets.read(id_, select=select, on_error="report", fields="summary", **options)
    assert brief["summary"] == whole["summary"]
    assert brief["errors"].keys() == whole["errors"].keys()
    if select:
        assert brief["certificates"] == whole["certificates"]
        assert brief["warnings"] == whole["warnings"]
