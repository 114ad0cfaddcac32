from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

import pulumi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import load_pem_x509_certificates
from tests.unit.certificate.conftest import Workshop
from tests.unit.conftest import RunProgram

from alicloud_device_certificates import DeviceCertificatesReference, IotDeviceCertificate, MqttDeviceCertificate
from alicloud_device_certificates.certificate import CertificateError
from alicloud_device_certificates.stack.bundles import (
    BundleError,
    allow_list_of,
    fingerprint_allow_list,
    key_pair,
    key_pair_of,
    trust_bundle,
    trust_bundle_of,
)

pem = Workshop.pem


class Chain(NamedTuple):
    """A leaf, the CA that issued it, and the root above that."""

    leaf: x509.Certificate
    ca: x509.Certificate
    root: x509.Certificate


@pytest.fixture(scope="module")
def workshop() -> Workshop:
    return Workshop()


@pytest.fixture(scope="module")
def chain(workshop: Workshop) -> Chain:
    key = workshop.key
    return Chain(
        leaf=workshop.certificate("device-1", "CA", key=key("ec", "device"), by=key("ec", "ca")),
        ca=workshop.certificate("CA", "root", key=key("ec", "ca"), by=key("ec", "root"), ca=True),
        root=workshop.certificate("root", key=key("ec", "root"), ca=True),
    )


@pytest.fixture(scope="module")
def device_key(workshop: Workshop, chain: Chain) -> str:
    return workshop.pkcs8(workshop.key("ec", "device"))


def unknown() -> pulumi.Output[str]:
    return cast(pulumi.Output[str], pulumi.Output.from_input(pulumi.UNKNOWN))


NOW = datetime(2026, 11, 26, tzinfo=UTC)


def fields(fingerprint: object, **others: str) -> dict[str, Any]:
    """The fields of a certificate that is in service, unless others say otherwise."""
    validity = {"not_before": "2026-01-01T00:00:00Z", "not_after": "9999-12-31T23:59:59Z"}
    return {"sha256_fingerprint": fingerprint, "status": "active", **validity, **others}


class Referenced:
    """The part of a certificate, read here or referenced, that an allow list is made of."""

    def __init__(self, certificate: object) -> None:
        self.certificate = cast("pulumi.Output[dict[str, Any]]", pulumi.Output.from_input(certificate))


@pytest.fixture
def given(run_program: RunProgram) -> Callable[..., Any]:
    """Run a program that makes one Output: its value (UNKNOWN included), and whether it is secret."""

    def run(make: Callable[[], pulumi.Output[Any]], *, preview: bool = False) -> tuple[Any, bool]:
        seen: list[tuple[Any, bool]] = []

        def program() -> pulumi.Output[Any]:
            output = make()

            async def see(value: Any) -> None:
                seen.append((value, await output.is_secret()))

            return output.apply(see, run_with_unknowns=True)

        run_program(program, preview=preview)
        ((value, secret),) = seen
        return value, secret

    return run


def test_a_trust_bundle_has_each_certificate_once_in_order_of_appearance(chain: Chain) -> None:
    leaf, ca, root = map(pem, chain)
    bundle = trust_bundle_of([ca, root + ca, leaf + ca + root, leaf])
    assert bundle == ca + root + leaf
    assert load_pem_x509_certificates(bundle.encode()) == [chain.ca, chain.root, chain.leaf]


def test_a_leaf_first_chain_stays_leaf_first(chain: Chain) -> None:
    leaf, ca, root = map(pem, chain)
    assert trust_bundle_of([leaf + ca + root]) == leaf + ca + root


def test_the_same_certificate_in_another_form_is_the_same_certificate(chain: Chain) -> None:
    leaf = pem(chain.leaf)
    escaped = leaf.replace("\n", "\\n").replace("CERTIFICATE", "X509 CERTIFICATE")
    bare = "".join(leaf.splitlines()[1:-1])
    assert trust_bundle_of([escaped, bare, leaf.replace("\n", "\r\n")]) == leaf


def test_certificates_without_any_relation_are_a_bundle_too(workshop: Workshop) -> None:
    others = [pem(workshop.certificate(name, key=workshop.key("ec", name), ca=True)) for name in ("B", "A", "C")]
    assert trust_bundle_of(others) == "".join(others)


def test_the_error_of_an_invalid_input_has_its_position_and_not_its_text(chain: Chain, device_key: str) -> None:
    leaf = pem(chain.leaf)
    mislabelled = device_key.replace("PRIVATE KEY", "CERTIFICATE")
    for bad, why in (
        ("", "the certificate is empty"),
        ("no PEM!", "the certificate is neither PEM nor base64"),
        (leaf[:-40], "the certificate is truncated: it has a BEGIN line without an END line"),
        (leaf + device_key, "expected a certificate, found a private key"),
        (mislabelled, "expected a certificate, found a private key"),
        (
            None,
            "the certificate is missing (None): a CA's certificate and a chain need include_chain=True, and a pending "
            "certificate has none",
        ),
        ([leaf], "the certificate must be PEM text, not list"),
    ):
        with pytest.raises(CertificateError) as raised:
            trust_bundle_of([leaf, bad])
        assert str(raised.value) == f"input 2: {why}"
        assert raised.value.__suppress_context__


def test_a_trust_bundle_of_nothing_is_refused() -> None:
    with pytest.raises(CertificateError, match="it has no certificates"):
        trust_bundle_of([])


def test_an_allow_list_is_sorted_lower_case_and_free_of_duplicates_whatever_the_order() -> None:
    certificates = [fields(fingerprint) for fingerprint in ("bb", "AA", "aa", "cc")]
    assert {allow_list_of(order, NOW) for order in itertools.permutations(certificates)} == {"aa\nbb\ncc\n"}


OUT_OF_SERVICE = [
    fields("01", status="inactive"),
    fields("02", not_after="2026-11-25T23:59:59Z"),
    fields("03", not_before="2026-11-26T00:00:01Z"),
    {"sha256_fingerprint": "04", "status": "active"},
    {"status": "generating"},
]


def test_an_allow_list_has_only_what_is_active_and_within_its_validity() -> None:
    in_service = [fields("aa"), fields("bb", status="generated", not_after="2026-11-26T00:00:00Z")]
    assert allow_list_of([*OUT_OF_SERVICE, *in_service], NOW) == "aa\nbb\n"
    everything = allow_list_of([*OUT_OF_SERVICE, *in_service], NOW, include_inactive=True)
    assert everything == "01\n02\n03\n04\naa\nbb\n"


@pytest.mark.parametrize(("certificates", "count"), [([], "0 certificates"), (OUT_OF_SERVICE[:1], "1 certificate")])
def test_an_allow_list_of_nothing_is_an_error_unless_it_is_allowed(certificates: list[Any], count: str) -> None:
    with pytest.raises(CertificateError, match=f"^none of {count} is active and within its validity"):
        allow_list_of(certificates, NOW)
    assert allow_list_of(certificates, NOW, allow_empty=True) == ""


def test_a_key_pair_is_canonical_whatever_form_it_came_in(workshop: Workshop, chain: Chain, device_key: str) -> None:
    sec1 = workshop.key("ec", "device").private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    pair = {"certificate_pem": pem(chain.leaf), "private_key_pem": device_key}
    assert key_pair_of(pem(chain.leaf), device_key) == pair
    assert key_pair_of(pem(chain.leaf).replace("\n", "\\n"), sec1.decode()) == pair


def test_a_key_pair_keeps_the_chain_leaf_first(chain: Chain, device_key: str) -> None:
    leaf, ca, root = map(pem, chain)
    assert key_pair_of(root + leaf + ca, device_key)["certificate_pem"] == leaf + ca + root


def test_a_key_of_another_certificate_is_refused(workshop: Workshop, chain: Chain) -> None:
    with pytest.raises(CertificateError, match="the private key does not belong to the certificate"):
        key_pair_of(pem(chain.leaf), workshop.pkcs8(workshop.key("ec", "ca")))


def test_a_key_that_was_not_requested_is_an_error(chain: Chain) -> None:
    with pytest.raises(CertificateError, match=r"the private key is missing \(None\)"):
        key_pair_of(pem(chain.leaf), None)


def test_a_program_makes_bundles_of_plain_values_and_outputs(
    given: Callable[..., Any], chain: Chain, device_key: str
) -> None:
    leaf, ca, _ = map(pem, chain)
    assert given(lambda: trust_bundle([ca, pulumi.Output.from_input(leaf + ca)])) == (ca + leaf, False)

    def allow_list(*certificates: dict[str, Any], **options: bool) -> pulumi.Output[str]:
        return fingerprint_allow_list([Referenced(each) for each in certificates], **options)

    pending, inactive = {"status": "generating"}, fields("cc", status="inactive")
    assert given(lambda: allow_list(fields("bb"), pending, fields("aa"))) == ("aa\nbb\n", False)
    assert given(lambda: allow_list(inactive, include_inactive=True)) == ("cc\n", False)
    assert given(lambda: allow_list(inactive, allow_empty=True)) == ("", False)
    assert given(lambda: key_pair(leaf, pulumi.Output.secret(device_key))["private_key_pem"]) == (device_key, True)


def test_a_key_pair_is_secret_even_of_plain_inputs(given: Callable[..., Any], chain: Chain, device_key: str) -> None:
    assert given(lambda: key_pair(pem(chain.leaf), device_key)["certificate_pem"]) == (pem(chain.leaf), True)


class Fleet:
    """The part of a fleet, read here or referenced, that bundles are made of."""

    def __init__(self, **certificates: dict[str, Any]) -> None:
        self.certificates = pulumi.Output.from_input(certificates)


def test_a_fleet_is_in_a_bundle_by_key_and_in_an_allow_list_as_a_whole(given: Callable[..., Any], chain: Chain) -> None:
    leaf, ca, root = map(pem, chain)
    # The engine's maps have no order.
    cas = {"two": {"certificate_pem": root}, "three": {"certificate_pem": root}, "one": {"certificate_pem": ca}}
    assert given(lambda: trust_bundle([Fleet(**cas), leaf])) == (ca + root + leaf, False)
    with pytest.raises(BundleError, match=r"^trust_bundle: input 1, certificate two: the certificate is missing"):
        given(lambda: trust_bundle([Fleet(**{**cas, "two": {}})]))
    line = {"one": fields("c" * 64), "two": fields("a" * 64), "three": fields("b" * 64, status="inactive")}
    listed, _ = given(lambda: fingerprint_allow_list([Referenced(fields("d" * 64)), Fleet(**line)]))
    assert listed.split() == [each * 64 for each in "acd"]


def test_a_bundle_of_a_secret_is_secret(given: Callable[..., Any], chain: Chain) -> None:
    assert given(lambda: trust_bundle([pulumi.Output.secret(pem(chain.ca)), pem(chain.leaf)]))[1]


def test_unknown_in_is_unknown_out(given: Callable[..., Any], chain: Chain, device_key: str) -> None:
    for make in (
        lambda: trust_bundle([pem(chain.ca), unknown()]),
        lambda: fingerprint_allow_list([Referenced(fields("aa")), Referenced(unknown())]),
        lambda: key_pair(unknown(), device_key),
        lambda: key_pair(pem(chain.leaf), unknown()),
    ):
        value, _ = given(make, preview=True)
        assert pulumi.contains_unknowns(value)


def test_a_program_that_cannot_make_one_ends_with_one_line_that_shows_no_key(
    run_program: RunProgram, workshop: Workshop, chain: Chain
) -> None:
    other = workshop.pkcs8(workshop.key("ec", "root"))
    for make, shown in (
        (lambda: trust_bundle([pem(chain.ca), other]), "trust_bundle: input 2: expected a certificate, found"),
        (lambda: trust_bundle([]), "trust_bundle: it has no certificates"),
        (lambda: fingerprint_allow_list([]), "fingerprint_allow_list: none of 0 certificates is active"),
        (lambda: key_pair(pem(chain.leaf), other), "key_pair: the private key does not belong to the certificate"),
    ):
        with pytest.raises(BundleError) as raised:
            run_program(make)
        message = str(raised.value)
        assert message.startswith(shown)
        assert "\n" not in message
        assert not any(line in message for line in other.splitlines()[1:-1])


def test_importing_the_bundles_does_not_load_the_parser() -> None:
    program = "import sys, alicloud_device_certificates.stack.bundles; print('cryptography' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout == "False\n"
    )


def light(*, with_key: bool = False) -> IotDeviceCertificate:
    return IotDeviceCertificate("light", product_key="pk1", device_name="light", include_private_key=with_key)


def test_an_attribute_that_was_not_requested_is_named_with_its_certificate_and_its_flag(
    run_program: RunProgram, chain: Chain
) -> None:
    def gateway() -> MqttDeviceCertificate:
        return MqttDeviceCertificate(
            "gateway", mqtt_instance_id="post-cn-1", ca_sn="00f2", device_sn="01", region="cn-hangzhou"
        )

    fleet = "organization/device-certificates/dev"
    outputs = {"certificate": {"status": "active", "certificate_pem": pem(chain.leaf)}}
    stacks = {fleet: {"outputs": {"schema_version": 1, "certificates": {"old": outputs["certificate"]}}}}
    for make, line in (
        (
            lambda: trust_bundle([pem(chain.ca), gateway().ca_certificate_pem]),
            "trust_bundle: input 2 (MqttDeviceCertificate 'gateway'): the certificate is missing (None): a CA's "
            "certificate and a chain need include_chain=True, and a pending certificate has none",
        ),
        (
            lambda: trust_bundle([DeviceCertificatesReference(fleet).certificate("old").certificate_chain_pem]),
            f"trust_bundle: input 1 (stack {fleet}): the certificate is missing (None): a CA's certificate and a "
            "chain need include_chain=True, and a pending certificate has none",
        ),
        (
            lambda: key_pair(pem(chain.leaf), light().private_key_pem),
            "key_pair: the private key is missing (None): it needs include_private_key=True, and a pending certificate "
            "has none",
        ),
        (
            lambda: key_pair(gateway().ca_certificate_pem, "-"),
            "key_pair: the certificate (MqttDeviceCertificate 'gateway') is missing (None): a pending certificate has "
            "none",
        ),
        (
            lambda: key_pair(gateway().certificate_pem, "-"),
            "key_pair: the private key is neither PEM nor base64 (MqttDeviceCertificate 'gateway')",
        ),
    ):
        with pytest.raises(BundleError) as raised:
            run_program(make, outputs=outputs, stacks=stacks)
        assert str(raised.value) == line
