"""Certificates of synthetic devices, each computed from its identity in about 0.1 ms and stored nowhere.

One certificate of the CA is the template. Those of the devices differ from it in the serial number, the common name,
the key and what follows from the key, so only these bytes and the signature are new.
"""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Callable
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

from alicloud_device_certificates.emulator.issuing.certificates import Key, hash_of, read_certificate, read_key
from alicloud_device_certificates.emulator.issuing.record import CertificateRecord, DamagedRecordError

CACHED: Final = 65_536
"""The number of devices whose keys and signatures stay in memory: about 25 MB."""
_PRIVATE_SIZE = 32  # bytes, of both key types
_EC_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# PKCS #8 of the two key types, up to the private key (RFC 5915, RFC 8410).
_EC_PKCS8 = bytes.fromhex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420")
_EC_PUBLIC = bytes.fromhex("a144034200")
_ED25519_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")


class SyntheticIssuer:
    """Issues certificates like ``template``, which ``issuer`` has signed.

    Raise DamagedRecordError if one of the two cannot be read, and ValueError if the issuer cannot sign repeatably.
    """

    def __init__(self, template: CertificateRecord, issuer: CertificateRecord) -> None:
        self.template = template
        self.issuer = issuer
        self._sign = _signer(read_key(issuer))
        try:
            self._read_template(read_certificate(template))
        except (ValueError, TypeError, OverflowError, x509.ExtensionNotFound):
            raise DamagedRecordError(template.identity, "certificate") from None
        self._material: dict[str, bytes] = {}

    def _read_template(self, certificate: x509.Certificate) -> None:
        public_key = certificate.public_key()
        self._public_size = len(_raw(public_key))
        self._derive = _derive_ed25519 if isinstance(public_key, ed25519.Ed25519PublicKey) else _derive_ec
        (common_name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        tbs, der = certificate.tbs_certificate_bytes, certificate.public_bytes(serialization.Encoding.DER)
        self._parts = _parts(
            tbs,
            serial=certificate.serial_number.to_bytes(8, "big"),
            name=str(common_name.value).encode(),
            public=_raw(public_key),
            key_id=certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest,
        )
        # What follows it: the algorithm, of less than 128 bytes, and the signature.
        after = der.index(tbs) + len(tbs)
        self._algorithm = der[after : after + 2 + der[after + 1]]

    def issue(self, identity: str, *, sn: str, name: str, certificate_id: str) -> CertificateRecord:
        """Return the certificate of a device; ``sn`` is 16 hex digits, and ``name`` as long as the template's."""
        material = self._material.get(sn)
        if material is None:
            material = self._derive_and_sign(identity, sn, name)
            # The first ones stay, which serves a client best that reads all of them again.
            if len(self._material) < CACHED:
                self._material[sn] = material
        end = _PRIVATE_SIZE + self._public_size
        private, public, signature = material[:_PRIVATE_SIZE], material[_PRIVATE_SIZE:end], material[end:]
        content = self._to_be_signed(sn, name, public) + self._algorithm + _tlv(0x03, b"\0" + signature)
        return CertificateRecord(
            identity=identity,
            digest="synthetic",
            certificate_pem=_pem("CERTIFICATE", _tlv(0x30, content)),
            private_key_pem=_pem("PRIVATE KEY", _pkcs8(private, public)),
            serial_hex=f"{int(sn, 16):x}",
            not_before=self.template.not_before,
            not_after=self.template.not_after,
            certificate_id=certificate_id,
        )

    def _derive_and_sign(self, identity: str, sn: str, name: str) -> bytes:
        """Return the private key, the public key and the signature, one after the other."""
        private, public = self._derive(hashlib.sha256(f"synthetic device {identity}".encode()).digest())
        return private + public + self._sign(self._to_be_signed(sn, name, public))

    def _to_be_signed(self, sn: str, name: str, public: bytes) -> bytes:
        before, before_name, before_key, before_key_id, rest = self._parts
        key_id = hashlib.sha1(public, usedforsecurity=False).digest()  # RFC 5280, 4.2.1.2
        return b"".join(
            (before, bytes.fromhex(sn), before_name, name.encode(), before_key, public, before_key_id, key_id, rest)
        )


def _parts(tbs: bytes, *, serial: bytes, name: bytes, public: bytes, key_id: bytes) -> tuple[bytes, ...]:
    """Return what is before, between and after the four, which follow each other in a certificate. Raise ValueError."""
    names, found_public, extensions = tbs.partition(public)
    # The issuer may have the same name, and precedes the subject.
    head, found_name, before_key = names.rpartition(name)
    before, found_serial, before_name = head.partition(serial)
    before_key_id, found_key_id, rest = extensions.partition(key_id)
    if not (found_public and found_name and found_serial and found_key_id):
        raise ValueError("not a certificate of a synthetic device")
    return before, before_name, before_key, before_key_id, rest


def _signer(key: Key) -> Callable[[bytes], bytes]:
    """Return a function that signs as the CA does, with the same signature each time. Raise ValueError."""
    if isinstance(key, ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey):
        return key.sign
    algorithm = hash_of(key)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        return lambda text: key.sign(text, padding.PKCS1v15(), algorithm)
    try:
        repeatable = ec.ECDSA(algorithm, deterministic_signing=True)
    except UnsupportedAlgorithm:
        raise ValueError("this OpenSSL cannot sign repeatably with an EC key; set the CA's key to ed25519") from None
    return lambda text: key.sign(text, repeatable)


def _derive_ec(seed: bytes) -> tuple[bytes, bytes]:
    scalar = int.from_bytes(seed, "big") % (_EC_ORDER - 1) + 1
    return scalar.to_bytes(32, "big"), _raw(ec.derive_private_key(scalar, ec.SECP256R1()).public_key())


def _derive_ed25519(seed: bytes) -> tuple[bytes, bytes]:
    return seed, _raw(ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key())


def _raw(key: CertificatePublicKeyTypes) -> bytes:
    """Return what a certificate holds of a public key: a point, or the bytes of an Ed25519 key."""
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key.public_bytes_raw()
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _pkcs8(private: bytes, public: bytes) -> bytes:
    return _ED25519_PKCS8 + private if len(public) == len(private) else _EC_PKCS8 + private + _EC_PUBLIC + public


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _pem(label: str, der: bytes) -> str:
    text = binascii.b2a_base64(der, newline=False).decode()
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n"
