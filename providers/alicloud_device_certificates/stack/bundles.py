"""What deployments build of certificates: a trust bundle, a fingerprint allow list, a certificate with its key.

Each is a function of text (``..._of``, which raises CertificateError) and one of a program's inputs, which gives an
Output: unknown while an input is, and a BundleError where one cannot be used. The results are canonical, so that a
deployment shows a change when a certificate has changed and at no other time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypedDict, TypeVar

import pulumi

# The certificate package is imported where it is used: a program that makes no bundle does not wait for its parser.

_T = TypeVar("_T")


class BundleError(pulumi.RunError):
    """A bundle that cannot be made: one line that says which input is to blame, and holds nothing of it."""


class Fingerprinted(Protocol):
    """A certificate that was read by this stack or is referenced in another one."""

    @property
    def sha256_fingerprint(self) -> pulumi.Output[str]:
        """SHA-256 of the DER, lower-case hex; None while there is no certificate yet."""
        ...


class KeyPair(TypedDict):
    """A certificate and its private key."""

    certificate_pem: str
    """Canonical PEM: the leaf, then the rest of its chain where that was given, the leaf's issuer first."""
    private_key_pem: str
    """Canonical PKCS#8 PEM."""


def trust_bundle(certificates: Sequence[pulumi.Input[str]]) -> pulumi.Output[str]:
    """Make one PEM text of ``certificates``, each the PEM of one or more: a CA, a chain, a set.

    Each certificate is in it once, where it came first: a leaf-first chain stays leaf first. An input that holds no
    certificate, or something else beside it, ends the program with a BundleError that names its position.
    """
    return pulumi.Output.all(*certificates).apply(lambda texts: _told("trust_bundle", lambda: trust_bundle_of(texts)))


def fingerprint_allow_list(certificates: Sequence[Fingerprinted]) -> pulumi.Output[str]:
    """List the SHA-256 fingerprints of ``certificates``: lower-case hex, one a line, sorted, each once.

    A certificate that is not there yet (``allow_pending``) has none and is left out. The list of nothing is empty text.
    """
    return pulumi.Output.all(*(certificate.sha256_fingerprint for certificate in certificates)).apply(allow_list_of)


def key_pair(certificate_pem: pulumi.Input[str], private_key_pem: pulumi.Input[str]) -> pulumi.Output[KeyPair]:
    """Pair a certificate, alone or with its chain, with its private key, for an import; a secret as a whole.

    ``key_pair(...)["certificate_pem"]`` and ``["private_key_pem"]`` are Outputs, secret whatever the inputs were. A key
    that is not the certificate's ends the program with a BundleError.

    Not PKCS#12: its encryption has a random salt, so that it would be another text in every preview.
    """
    texts: pulumi.Output[list[Any]] = pulumi.Output.secret(pulumi.Output.all(certificate_pem, private_key_pem))
    return texts.apply(lambda pair: _told("key_pair", lambda: key_pair_of(*pair)))


def trust_bundle_of(texts: Iterable[object]) -> str:
    """Join certificates as canonical PEM, each once, in the order of first appearance.

    Raises CertificateError, which names the position (from 1) of a text that is not PEM or base64 of certificates
    alone, or says that there is none at all: an empty bundle would trust nobody, or whatever a service makes of that.
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
        raise CertificateError("there is no certificate to put into it")
    return "".join(pem("CERTIFICATE", der) for der in ders)


def allow_list_of(fingerprints: Iterable[str | None]) -> str:
    """List fingerprints (hex), one a line, lower case, sorted, each once; None stands for no certificate."""
    return "".join(f"{each}\n" for each in sorted({each.lower() for each in fingerprints if each is not None}))


def key_pair_of(certificate_pem: object, private_key_pem: object) -> KeyPair:
    """Pair a certificate with its private key; raises CertificateError unless they belong together."""
    from alicloud_device_certificates.certificate import read_certificate, read_private_key

    certificate = read_certificate(_text(certificate_pem, "certificate"))
    return {
        "certificate_pem": "".join((certificate.certificate_pem, *certificate.chain)),
        "private_key_pem": read_private_key(_text(private_key_pem, "private key"), certificate),
    }


def _certificates(text: str) -> Iterable[bytes]:
    """Give the DER of each certificate of a text in which there is nothing else; raises CertificateError."""
    from alicloud_device_certificates.certificate import CertificateError
    from alicloud_device_certificates.certificate.der import ContentKind, content_kind
    from alicloud_device_certificates.certificate.forms import read_blocks

    for block in read_blocks(text, "certificate"):
        if block.is_private_key:
            raise CertificateError(f"expected a certificate, found {ContentKind.PRIVATE_KEY}")
        der = block.der("certificate")
        if (kind := content_kind(der)) is not ContentKind.CERTIFICATE:
            raise CertificateError(f"expected a certificate, found {kind}")
        yield der


def _text(value: object, what: str) -> str:
    from alicloud_device_certificates.certificate import CertificateError

    if value is None:  # an attribute of a certificate that is pending, or of what was not asked for
        raise CertificateError(f"the {what} is not there (None)")
    if not isinstance(value, str):
        raise CertificateError(f"the {what} must be PEM text, not {type(value).__name__}")
    return value


def _told(what: str, make: Callable[[], _T]) -> _T:
    """Make something of inputs; where they do not allow it, end the program with one line."""
    from alicloud_device_certificates.certificate import CertificateError

    try:
        return make()
    except CertificateError as error:
        raise BundleError(f"{what}: {error}") from None
