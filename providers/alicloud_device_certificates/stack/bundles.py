"""What deployments make of certificates: a trust bundle, a fingerprint allow list, a certificate with its key.

Each has a function of text (``..._of``, which raises CertificateError) and a function of a program's inputs. The latter
returns an Output, which is unknown while an input is, and raises BundleError if an input is invalid. The results are
canonical: a deployment changes only if a certificate has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Protocol, TypedDict, TypeVar

import pulumi

# The certificate package is imported on use: a program that makes no bundle need not wait for its parser.

_T = TypeVar("_T")


class BundleError(pulumi.RunError):
    """An invalid input of a bundle: one line that names it and quotes nothing of it."""

    fix: ClassVar[str] = "Pass the PEM of certificates, or of a certificate and its own private key."


class Fingerprinted(Protocol):
    """A certificate that this stack reads, or that it references in another one."""

    @property
    def sha256_fingerprint(self) -> pulumi.Output[str]:
        """SHA-256 of the DER, lower-case hex; None while there is no certificate yet."""
        ...


class KeyPair(TypedDict):
    """A certificate and its private key."""

    certificate_pem: str
    """Canonical PEM: the leaf, then the rest of its chain if there is one, the leaf's issuer first."""
    private_key_pem: str
    """Canonical PKCS#8 PEM."""


def trust_bundle(certificates: Sequence[pulumi.Input[str]]) -> pulumi.Output[str]:
    """Return one PEM text of ``certificates``, each the PEM of one or more: a CA, a chain, a set.

    Each certificate is in it once, in the order of first appearance: a leaf-first chain stays leaf first. An input
    without a certificate, or with anything else in it, ends the program with a BundleError that names its position.
    """
    return pulumi.Output.all(*certificates).apply(
        lambda texts: _checked("trust_bundle", lambda: trust_bundle_of(texts))
    )


def fingerprint_allow_list(certificates: Sequence[Fingerprinted]) -> pulumi.Output[str]:
    """Return the SHA-256 fingerprints of ``certificates``: lower-case hex, one a line, sorted, each once.

    A pending certificate (``allow_pending``) has none and is left out. Without certificates, the text is empty.
    """
    return pulumi.Output.all(*(certificate.sha256_fingerprint for certificate in certificates)).apply(allow_list_of)


def key_pair(certificate_pem: pulumi.Input[str], private_key_pem: pulumi.Input[str]) -> pulumi.Output[KeyPair]:
    """Pair a certificate, alone or with its chain, with its private key, for an import; a secret as a whole.

    ``key_pair(...)["certificate_pem"]`` and ``["private_key_pem"]`` are Outputs, always secret. A key that does not
    match the certificate ends the program with a BundleError.

    This is not PKCS#12: its encryption has a random salt, so the text would differ in every preview.
    """
    texts: pulumi.Output[list[Any]] = pulumi.Output.secret(pulumi.Output.all(certificate_pem, private_key_pem))
    return texts.apply(lambda pair: _checked("key_pair", lambda: key_pair_of(*pair)))


def trust_bundle_of(texts: Iterable[object]) -> str:
    """Join certificates as canonical PEM, each once, in the order of first appearance.

    Raise CertificateError, which names the position (from 1) of a text that is not PEM or base64 of certificates
    alone. No certificate at all is an error too: services differ in what an empty bundle means.
    """
    from alicloud_device_certificates.certificate import CertificateError
    from alicloud_device_certificates.certificate.forms import pem

    ders: dict[bytes, None] = {}  # a set in order
    for position, text in enumerate(texts, start=1):
        try:
            ders.update(dict.fromkeys(_certificates(_text(text, "certificate"))))
        except CertificateError as error:
            raise CertificateError(f"input {position}: {error}") from None
    if not ders:
        raise CertificateError("it has no certificates")
    return "".join(pem("CERTIFICATE", der) for der in ders)


def allow_list_of(fingerprints: Iterable[str | None]) -> str:
    """Return fingerprints (hex), one a line, lower case, sorted, each once; None is a pending certificate."""
    return "".join(f"{each}\n" for each in sorted({each.lower() for each in fingerprints if each is not None}))


def key_pair_of(certificate_pem: object, private_key_pem: object) -> KeyPair:
    """Pair a certificate with its private key. Raise CertificateError unless they match."""
    from alicloud_device_certificates.certificate import read_certificate, read_private_key

    certificate = read_certificate(_text(certificate_pem, "certificate"))
    return {
        "certificate_pem": "".join((certificate.certificate_pem, *certificate.chain)),
        "private_key_pem": read_private_key(_text(private_key_pem, "private key"), certificate),
    }


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


def _text(value: object, what: str) -> str:
    from alicloud_device_certificates.certificate import CertificateError

    if value is None:  # of a certificate that is pending, or of an attribute that was not requested
        raise CertificateError(f"the {what} is missing (None)")
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
