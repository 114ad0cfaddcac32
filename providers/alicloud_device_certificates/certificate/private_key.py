"""The private key of a certificate: any unencrypted form in, PKCS#8 out, and only if it belongs to the certificate.

No error from here has a cause or context, because the parser's own errors might expose the key.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from alicloud_device_certificates.certificate.content_kind import ContentKind, content_kind
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.forms import Block, pem, read_blocks
from alicloud_device_certificates.certificate.normal_form import Certificate
from alicloud_device_certificates.certificate.private_numbers import DamagedKeyError, PrivateKey, make_key, read_secret


def read_private_key(body: str, certificate: Certificate) -> str:
    """Read the private key of ``certificate`` from PKCS#8, PKCS#1 or SEC 1, in any form that a certificate has.

    Return canonical PKCS#8 PEM (label ``PRIVATE KEY``). Raise CertificateError if the key is encrypted, cannot be
    parsed, or does not provably belong to the certificate.
    """
    ders: list[bytes] = []
    others: list[ContentKind] = []
    for block in read_blocks(body, "private key"):
        if block.label.endswith("PARAMETERS"):
            # `openssl ecparam -genkey` writes them before the key, which repeats them.
            others.append(ContentKind.OTHER)
            continue
        kind, der = _content_of(block)
        if kind is ContentKind.PRIVATE_KEY:
            ders.append(der)
        else:
            others.append(kind)
    if not ders:
        if ContentKind.ENCRYPTED_KEY in others:
            raise CertificateError("the private key is encrypted, which is not supported")
        raise CertificateError(f"expected a private key, found {others[0]}")
    return pem("PRIVATE KEY", _own(ders, certificate).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def _own(ders: list[bytes], certificate: Certificate) -> PrivateKey:
    """Return the certificate's own key. Raise CertificateError if there is none, or if it is damaged."""
    public_key = certificate.parts.public_key
    if public_key is None:
        raise CertificateError("the private key cannot be checked: the certificate's public key cannot be read")
    secrets = [secret for der in ders if (secret := read_secret(der)) is not None]
    if not secrets:
        raise CertificateError("the private key is not a valid RSA, EC, Ed25519 or Ed448 key")
    damaged = False
    for secret in secrets:
        try:
            key = make_key(secret, public_key)
        except DamagedKeyError:
            damaged = True
        else:
            if key is not None:
                return key
    if damaged:
        raise CertificateError(
            "the private key is damaged: it contains the certificate's public key but does not match it"
        )
    raise CertificateError(
        f"the private key does not belong to the certificate with SHA-256 fingerprint {certificate.sha256_fingerprint}"
    )


def _content_of(block: Block) -> tuple[ContentKind, bytes]:
    if block.is_encrypted:
        return ContentKind.ENCRYPTED_KEY, b""
    # OpenSSL, too, ignores what follows the key.
    der, _ = block.first_element("private key")
    return content_kind(der), der
