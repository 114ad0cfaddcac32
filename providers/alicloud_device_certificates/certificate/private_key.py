"""The private key of a certificate: any unencrypted form in, PKCS#8 out, and only if it belongs to the certificate.

No error from here has a cause or context, because the parser's own errors might expose the key.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key

from alicloud_device_certificates.certificate.der import ContentKind, children, content_kind, sequence
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.forms import Block, pem, read_blocks
from alicloud_device_certificates.certificate.normal_form import Certificate
from alicloud_device_certificates.certificate.strict import StrictParserError, rejections

_Key = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey | Ed448PrivateKey

_RSA_LIMIT = 16384  # bits; OpenSSL rejects longer ones
# The only algorithms of PKCS#8 that are loaded, as DER: for others (DSA, DH) loading alone can take minutes.
_ALGORITHMS = (
    bytes.fromhex("06092a864886f70d010101"),  # RSA
    bytes.fromhex("06092a864886f70d01010a"),  # RSASSA-PSS
    bytes.fromhex("06072a8648ce3d0201"),  # EC
    bytes.fromhex("06032b6570"),  # Ed25519
    bytes.fromhex("06032b6571"),  # Ed448
)
_VERSION_1 = bytes.fromhex("020100")


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
    expected = _public_key(certificate)
    if expected is None:
        raise CertificateError("the private key cannot be checked: the certificate's public key cannot be parsed")
    keys = [key for der in ders if (key := _load(der)) is not None]
    if not keys:
        raise CertificateError("the private key is not a valid RSA, EC, Ed25519 or Ed448 key")
    own = [key for key in keys if key.public_key() == expected]
    if not own:
        raise CertificateError(
            "the private key does not belong to the certificate with SHA-256 fingerprint "
            f"{certificate.sha256_fingerprint}"
        )
    if not _is_sound(own[0]):
        raise CertificateError(
            "the private key is damaged: it contains the certificate's public key but does not match it"
        )
    return pem("PRIVATE KEY", own[0].private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def _content_of(block: Block) -> tuple[ContentKind, bytes]:
    if block.is_encrypted:
        return ContentKind.ENCRYPTED_KEY, b""
    der = block.der("private key")
    return content_kind(der), der


def _public_key(certificate: Certificate) -> CertificatePublicKeyTypes | None:
    return certificate.parts.public_key


def _load(der: bytes) -> _Key | None:
    if (plain := _safe_der(der)) is None:
        return None
    try:
        # OpenSSL's own check of an RSA key takes 0.4 s at 4096 bits, and forever at an absurd size: see _is_sound.
        with rejections():
            key = load_der_private_key(plain, None, unsafe_skip_rsa_key_validation=True)
    except StrictParserError:
        return None
    return key if isinstance(key, _Key) else None


def _safe_der(der: bytes) -> bytes | None:
    """Return the DER that is safe to load: of PKCS#8 only version 1 and the known algorithms."""
    parts = children(der)
    if parts[1][0] != 0x30:
        # PKCS#1 has nine INTEGERs, the traditional form of DSA six.
        return None if len(parts) == 6 else der
    if children(parts[1])[:1] not in ([algorithm] for algorithm in _ALGORITHMS):
        return None
    # Version 2 (RFC 5958) adds the public key, and both versions may have attributes: neither is the private key.
    return sequence(_VERSION_1, parts[1], parts[2])


def _is_sound(key: _Key) -> bool:
    """Return whether an RSA key's private numbers match its public ones (RFC 8017, 3.2). Others are checked on load."""
    if not isinstance(key, RSAPrivateKey):
        return True
    if key.key_size > _RSA_LIMIT:
        return False
    numbers = key.private_numbers()
    p, q, d = numbers.p, numbers.q, numbers.d
    public = numbers.public_numbers
    return (
        min(p, q) > 1
        and p * q == public.n
        and all(d * public.e % (prime - 1) == 1 for prime in (p, q))
        and numbers.dmp1 == d % (p - 1)
        and numbers.dmq1 == d % (q - 1)
        and numbers.iqmp * q % p == 1
    )
