"""What deployments make of certificates: a trust bundle, a fingerprint allow list, a certificate with its key.

Each has a function of text (``..._of``, which raises CertificateError) and a function of a program's inputs. The latter
returns an Output, which is unknown while an input is, and raises BundleError if an input is invalid. The results are
canonical: a deployment changes only if a certificate has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol, TypedDict, TypeVar

import pulumi

from alicloud_device_certificates.contract.field_values import invalid_fields
from alicloud_device_certificates.contract.statuses import is_in_service
from alicloud_device_certificates.resources.together import together
from alicloud_device_certificates.stack.reference import REFERENCE_PREFIX

# The certificate package is imported on use: a program that makes no bundle need not wait for its parser.

_T = TypeVar("_T")

PemInput = pulumi.Input[str] | pulumi.Input[str | None]
"""A PEM text, or an attribute that may have none; None is an error that says why there is none."""

_PENDING = "a pending certificate has none"
_CHAIN_FLAG = f"a CA's certificate and a chain need include_chain=True, and {_PENDING}"
_KEY_FLAG = f"it needs include_private_key=True, and {_PENDING}"


class BundleError(pulumi.RunError):
    """An invalid input of a bundle: one line that names it and quotes nothing of it."""

    fix: ClassVar[str] = "Pass the PEM of certificates, or of a certificate and its own private key."


class HasCertificates(Protocol):
    """A fleet that this stack reads, or that it references in another one."""

    @property
    def certificates(self) -> pulumi.Output[dict[str, dict[str, Any]]]:
        """Every field of each certificate by its key."""
        ...


class HasCertificate(Protocol):
    """A certificate that this stack reads, or that it references in another one."""

    @property
    def certificate(self) -> pulumi.Output[dict[str, Any]]:
        """Every field that the certificate has (docs/outputs.md)."""
        ...


class KeyPair(TypedDict):
    """A certificate and its private key."""

    certificate_pem: str
    """Canonical PEM: the leaf, then the rest of its chain if there is one, the leaf's issuer first."""
    private_key_pem: str
    """Canonical PKCS#8 PEM."""


def trust_bundle(certificates: Sequence[PemInput | HasCertificates]) -> pulumi.Output[str]:
    """Return one PEM text of ``certificates``, each the PEM of one or more (a CA, a chain, a set), or a fleet of CAs.

    Each certificate is in it once, in the order of first appearance, those of a fleet by key: a leaf-first chain stays
    leaf first. An input without a certificate, or with anything else in it, ends the program with a BundleError.
    """

    async def make(found: list[Any]) -> str:
        texts: list[object] = []
        origins: list[str] = []
        for position, (value, certificate) in enumerate(zip(found, certificates, strict=True), start=1):
            origin = f"input {position}{await origin_of(_values_of(certificate))}"
            members = sorted(value.items()) if _is_fleet(certificate) else None  # the engine's maps have no order
            origins += [origin] if members is None else [f"{origin}, certificate {key}" for key, _ in members]
            texts += [value] if members is None else [each.get("certificate_pem") for _, each in members]
        return _checked("trust_bundle", lambda: trust_bundle_of(texts, origins))

    return together(map(_values_of, certificates)).apply(make)


def fingerprint_allow_list(
    certificates: Sequence[HasCertificate | HasCertificates],
    *,
    include_inactive: bool = False,
    allow_empty: bool = False,
) -> pulumi.Output[str]:
    """Return the SHA-256 fingerprints of ``certificates``, fleets among them: lower-case hex, sorted, each once.

    Only certificates in service are listed: active or generated, and within their validity. ``include_inactive`` lists
    all that there are. A list without any fingerprint would lock out every device, so it ends the program with a
    BundleError, unless ``allow_empty`` is set.
    """

    def make(values: list[dict[str, Any]]) -> str:
        now = datetime.now(UTC)
        found: list[Any] = []
        for value, each in zip(values, certificates, strict=True):
            found += value.values() if _is_fleet(each) else [value]
        return _checked(
            "fingerprint_allow_list",
            lambda: allow_list_of(found, now, include_inactive=include_inactive, allow_empty=allow_empty),
        )

    return together(map(_values_of, certificates)).apply(make)


def key_pair(certificate_pem: PemInput, private_key_pem: PemInput) -> pulumi.Output[KeyPair]:
    """Pair a certificate, alone or with its chain, with its private key, for an import; a secret as a whole.

    ``key_pair(...)["certificate_pem"]`` and ``["private_key_pem"]`` are Outputs, always secret. A key that does not
    match the certificate ends the program with a BundleError.

    This is not PKCS#12: its encryption has a random salt, so the text would differ in every preview.
    """

    async def make(texts: list[Any]) -> KeyPair:
        origins = [await origin_of(certificate_pem), await origin_of(private_key_pem)]
        return _checked("key_pair", lambda: key_pair_of(*texts, origins=origins))

    texts: pulumi.Output[list[Any]] = pulumi.Output.secret(pulumi.Output.all(certificate_pem, private_key_pem))
    return texts.apply(make)


def trust_bundle_of(texts: Iterable[object], origins: Sequence[str] = ()) -> str:
    """Join certificates as canonical PEM, each once, in the order of first appearance.

    Raise CertificateError, which names the origin of a text that is not PEM or base64 of certificates alone, by default
    its position (from 1). No certificate at all is an error too: services differ in what an empty bundle means.
    """
    from alicloud_device_certificates.certificate import CertificateError
    from alicloud_device_certificates.certificate.forms import pem

    ders: dict[bytes, None] = {}  # a set in order
    for position, text in enumerate(texts, start=1):
        origin = origins[position - 1] if origins else f"input {position}"
        try:
            ders.update(dict.fromkeys(_certificates(_text(text, "certificate", _CHAIN_FLAG))))
        except CertificateError as error:
            raise CertificateError(f"{origin}: {error}") from None
    if not ders:
        raise CertificateError("it has no certificates")
    return "".join(pem("CERTIFICATE", der) for der in ders)


def allow_list_of(
    certificates: Sequence[Mapping[str, Any]],
    now: datetime,
    *,
    include_inactive: bool = False,
    allow_empty: bool = False,
) -> str:
    """Return the fingerprints (hex) of certificates, one a line, lower case, sorted, each once.

    Without ``include_inactive``, only those in service at a time (UTC). Raise CertificateError if there are none,
    unless ``allow_empty`` is set, and for fields of a certificate that no read returns.
    """
    from alicloud_device_certificates.certificate import CertificateError

    for position, each in enumerate(certificates, start=1):
        if faults := invalid_fields(each) if isinstance(each, Mapping) else ["fields"]:
            raise CertificateError(f"input {position}: the certificate has no valid {', '.join(faults)}")
    listed = [each for each in certificates if include_inactive or is_in_service(each, now)]
    fingerprints = {fingerprint.lower() for each in listed if (fingerprint := each.get("sha256_fingerprint"))}
    if not fingerprints and not allow_empty:
        count = len(certificates)
        raise CertificateError(
            f"none of {count} certificate{'' if count == 1 else 's'} is active and within its validity: the empty list "
            "would lock out every device; pass allow_empty=True if it is meant"
        )
    return "".join(f"{fingerprint}\n" for fingerprint in sorted(fingerprints))


def key_pair_of(certificate_pem: object, private_key_pem: object, *, origins: Sequence[str] = ("", "")) -> KeyPair:
    """Pair a certificate with its private key. Raise CertificateError unless they match."""
    from alicloud_device_certificates.certificate import CertificateError, read_certificate, read_private_key

    try:
        certificate = read_certificate(_text(certificate_pem, f"certificate{origins[0]}", _PENDING))
        private_key = read_private_key(_text(private_key_pem, f"private key{origins[1]}", _KEY_FLAG), certificate)
    except CertificateError as error:
        origin = origins[0] if origins[0] not in str(error) else ""
        raise CertificateError(f"{error}{origin}") from None
    return {
        "certificate_pem": "".join((certificate.certificate_pem, *certificate.chain)),
        "private_key_pem": private_key,
    }


def _is_fleet(value: object) -> bool:
    return not isinstance(value, str | pulumi.Output) and hasattr(value, "certificates")


def _values_of(value: Any) -> Any:  # noqa: ANN401 - whatever the caller passed
    """Return what a deployment waits for: the certificates of a fleet, or one, or a text."""
    if _is_fleet(value):
        return value.certificates
    return value if isinstance(value, str | pulumi.Output) or value is None else getattr(value, "certificate", value)


async def origin_of(value: object) -> str:
    """Return which data sources or stacks an Output comes from, in brackets; empty if that is not known."""
    if not isinstance(value, pulumi.Output):
        return ""
    names = sorted(
        f"stack {resource.pulumi_resource_name.removeprefix(REFERENCE_PREFIX)}"
        if isinstance(resource, pulumi.StackReference)
        else f"{type(resource).__name__} {resource.pulumi_resource_name!r}"
        for resource in await value.resources()
    )
    return f" ({', '.join(names)})" if names else ""


def _certificates(text: str) -> Iterable[bytes]:
    """Yield the DER of each certificate of a text. Raise CertificateError if there is anything else in it."""
    from alicloud_device_certificates.certificate import CertificateError
    from alicloud_device_certificates.certificate.content_kind import ContentKind, content_kind
    from alicloud_device_certificates.certificate.forms import read_blocks

    for block in read_blocks(text, "certificate"):
        if block.is_private_key:
            raise CertificateError(f"expected a certificate, found {ContentKind.PRIVATE_KEY}")
        der, _ = block.first_element("certificate")
        if (kind := content_kind(der)) is not ContentKind.CERTIFICATE:
            raise CertificateError(f"expected a certificate, found {kind}")
        yield der


def _text(value: object, what: str, hint: str) -> str:
    from alicloud_device_certificates.certificate import CertificateError

    if value is None:  # of a certificate that is pending, or of an attribute that was not requested
        raise CertificateError(f"the {what} is missing (None): {hint}")
    if not isinstance(value, str):
        raise CertificateError(f"the {what} must be PEM text, not {type(value).__name__}")
    return value


def _checked(what: str, make: Callable[[], _T]) -> _T:
    """Return what ``make`` returns. Raise BundleError, one line, if the inputs are invalid."""
    from alicloud_device_certificates.certificate import CertificateError

    try:
        return make()
    except CertificateError as error:
        raise BundleError(f"{what}: {error}") from None
