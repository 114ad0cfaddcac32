"""What stacks/deployment publishes of the producer's certificates and fleets, and the one line if it cannot."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from config import OssAllowList, OssTrustBundle
from sources import Sources, within
from tests.unit.certificate.conftest import Workshop
from tests.unit.conftest import RunProgram

from alicloud_device_certificates import DeviceCertificatesReference

PRODUCER = "organization/device-certificates/dev"
IN_SERVICE = {"status": "active", "not_before": "2020-01-01T00:00:00Z", "not_after": "9999-12-31T23:59:59Z"}


@pytest.fixture(scope="module")
def cas() -> list[str]:
    """Two CAs, the PEM of the first one being the greater text."""
    workshop = Workshop()
    made = [workshop.certificate(name, key=workshop.key("ec", name), ca=True) for name in ("one", "two")]
    return sorted(map(workshop.pem, made), reverse=True)


def device(digit: str, **fields: Any) -> dict[str, Any]:
    return {"sha256_fingerprint": digit * 64, **IN_SERVICE, **fields}


def summary(count: int) -> dict[str, Any]:
    return {"count": count, "selected": count}


Published = Callable[..., str]


@pytest.fixture
def published(run_program: RunProgram) -> Published:
    """Return the text that is published of a producer with these certificates and fleets."""

    def publish(
        choose: Callable[[Sources], pulumi.Output[str]], certificates: dict[str, Any], **summaries: dict[str, Any]
    ) -> str:
        seen: list[str] = []
        outputs = {"schema_version": 1, "certificates": certificates, "summaries": summaries}
        run_program(
            lambda: choose(Sources(DeviceCertificatesReference(PRODUCER))).apply(seen.append),
            stacks={PRODUCER: {"name": PRODUCER, "outputs": outputs, "secretOutputNames": []}},
        )
        return seen[0]

    return publish


def allow_list(**entry: Any) -> Callable[[Sources], pulumi.Output[str]]:
    return lambda sources: sources.allow_list(OssAllowList(bucket="trust", key="allowed.txt", **entry))


def bundle(**entry: Any) -> Callable[[Sources], pulumi.Output[str]]:
    return lambda sources: sources.cas(OssTrustBundle(bucket="trust", key="cas.pem", **entry))


def test_an_allow_list_has_the_fleets_and_the_single_certificates_that_it_names(published: Published) -> None:
    certificates = {
        "gateway": device("a"),
        "line/01": device("c"),
        "line/02": device("b"),
        "line/03": device("d", status="inactive"),
        "line-2/01": device("e"),
    }
    fleets = {"line": summary(3), "line-2": summary(1)}

    def digits(**entry: Any) -> str:
        return "".join(line[0] for line in published(allow_list(**entry), certificates, **fleets).splitlines())

    assert digits(fleets=["line"]) == "bc"
    assert digits(fleets=["line"], include_inactive=True) == "bcd"
    assert digits(fleets=["line", "line-2"], certificates=["gateway"]) == "abce"
    assert digits(certificates=["line/02", "gateway"]) == "ab"
    assert digits() == "abce"


def test_a_trust_bundle_has_each_ca_of_a_fleet_once_in_its_own_order(published: Published, cas: list[str]) -> None:
    first, second = cas
    of_devices = {
        "line/01": device("a", ca_certificate_pem=first, is_ca=False),
        "line/02": device("b", ca_certificate_pem=second),
        "line/03": device("c", ca_certificate_pem=first),
    }
    assert published(bundle(fleets=["line"]), of_devices, line=summary(3)) == second + first
    # The device whose CA came first is gone, and the CAs are the same.
    del of_devices["line/01"]
    assert published(bundle(fleets=["line"]), of_devices, line=summary(2)) == second + first

    of_cas = {"cas/one": device("a", certificate_pem=first, is_ca=True), **of_devices}
    assert published(bundle(fleets=["cas"]), of_cas, cas=summary(1)) == first
    both = bundle(certificates=["cas/one"], fleets=["line", "cas"])
    assert published(both, of_cas, cas=summary(1), line=summary(2)) == first + second


FLEETS = {"line": summary(2), "lights": summary(2), "empty": summary(0)}
CERTIFICATES = {
    "gateway": device("a"),
    "lights/one": device("b", status="generated"),
    "lights/two": device("c", ca_certificate_pem="PEM"),
}
UNUSABLE = {
    "an unknown fleet": (allow_list(fleets=["lihgts"]), "has no fleet named 'lihgts'; available: empty, lights, line"),
    "a fleet among certificates": (
        allow_list(certificates=["lights"]),
        "has no certificate named 'lights': it is a fleet, and its certificates are lights/<key>; "
        "available: gateway, lights/one, lights/two",
    ),
    "a certificate among fleets": (
        bundle(fleets=["gateway"]),
        "has no fleet named 'gateway': it is a single certificate; available: empty, lights, line",
    ),
    "a fleet that keeps its summary": (
        allow_list(fleets=["line"]),
        "keeps only the summary of fleet 'line', and no certificate of it: set `fields` of it to something else than "
        "'summary' in that stack, and update it",
    ),
    "its CAs": (bundle(fleets=["line"]), "keeps only the summary of fleet 'line', and no certificate of it: set `fiel"),
    "an allow list that would lack a fleet": (allow_list(), "keeps only the summary of fleet 'line', and no certific"),
    "a fleet without CAs": (
        bundle(fleets=["lights"]),
        "have no CA certificate, such as one: set includeChain on it there, and keep ca_certificate_pem in its `fiel",
    ),
    "an empty fleet": (bundle(fleets=["empty"]), "is empty, so there is no CA of it"),
    "a list that locks out all": (
        allow_list(fleets=["empty"]),
        "no certificate is active and within its validity: the empty list would lock out every device; set allowEmpty",
    ),
}


@pytest.mark.parametrize(("choose", "message"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_cannot_be_published_is_one_line(
    published: Published, choose: Callable[[Sources], pulumi.Output[str]], message: str
) -> None:
    with pytest.raises(pulumi.RunError, match=re.escape(message)) as raised:
        published(choose, CERTIFICATES, **FLEETS)
    assert "\n" not in str(raised.value)


def test_an_error_names_the_fleet_or_the_entry(published: Published) -> None:
    with pytest.raises(pulumi.RunError, match=rf"^1 of 2 certificates of fleet lights of stack {PRODUCER} have no CA"):
        published(bundle(fleets=["lights"]), CERTIFICATES, **FLEETS)
    with pytest.raises(pulumi.RunError, match=r"^ossAllowLists: trust/allowed\.txt: no certificate is active"):
        published(allow_list(fleets=["empty"]), CERTIFICATES, **FLEETS)


def test_a_list_that_is_meant_to_be_empty_is_published(published: Published) -> None:
    assert published(allow_list(fleets=["empty"], allow_empty=True), CERTIFICATES, **FLEETS) == ""


def test_a_key_that_a_service_does_not_take_is_one_line_without_the_key() -> None:
    key = "-----BEGIN PRIVATE KEY-----" + 4096 * "A"
    with pytest.raises(pulumi.RunError) as raised:
        within(key, 4096, entry="oosSecretParameters: one", service="OOS")
    assert str(raised.value) == (
        "oosSecretParameters: one: the private key is 4,123 characters long as PEM; OOS allows 4,096"
    )
    assert within(key[:4096], 4096, entry="oosSecretParameters: one", service="OOS") == key[:4096]
