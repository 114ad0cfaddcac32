"""The lenient reader: a certificate as OpenSSL reads it, each attribute on its own.

It reads what the strict parser rejects, and reports how the certificate deviates. What it cannot read is a problem.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from alicloud_device_certificates.certificate.algorithms import signature_algorithm
from alicloud_device_certificates.certificate.attributes import Attributes
from alicloud_device_certificates.certificate.ber import BerError, whole_element
from alicloud_device_certificates.certificate.deviations import deviations
from alicloud_device_certificates.certificate.extensions import alternative_names, is_ca
from alicloud_device_certificates.certificate.names import Name, read_name
from alicloud_device_certificates.certificate.public_key import load_public_key, public_key_algorithm, public_key_bits
from alicloud_device_certificates.certificate.strict import StrictParserError, rejections
from alicloud_device_certificates.certificate.structure import algorithm_oid, read_structure
from alicloud_device_certificates.certificate.times import read_time

_T = TypeVar("_T")


def read_leniently(der: bytes, rejection: str) -> Attributes:
    """Return the attributes of a certificate. ``rejection`` is the strict parser's error, empty if it had none."""
    try:
        with rejections():
            return _attributes(der, rejection)
    except StrictParserError as error:
        # No content may end a preview, not even one that shows a defect of this reader.
        name = type(error.__cause__).__name__
        return Attributes(der=der, problems=(f"reading it failed unexpectedly ({name}): please report it",))


def _attributes(der: bytes, rejection: str) -> Attributes:
    try:
        structure = read_structure(der)
        version, serial_number, signed_der = structure.version_number, structure.serial.integer, structure.der
    except BerError as error:
        return Attributes(der=der, problems=(f"nothing can read its structure: it {error}",))
    problems: list[str] = []

    def read(what: str, how: Callable[[], _T]) -> _T | None:
        try:
            return how()
        except BerError as error:
            problems.append(f"its {what} {error}")
            return None

    subject: Name | None = read("subject", lambda: read_name(structure.subject))
    issuer: Name | None = read("issuer", lambda: read_name(structure.issuer))
    # Its bytes are those of a key only if it is one.
    key, info = read("public key", lambda: (load_public_key(structure.public_key), structure.public_key.encoded)) or (
        None,
        None,
    )
    attributes = Attributes(
        der=signed_der,
        version=version,
        serial_number=serial_number,
        not_before=read("start of validity", lambda: read_time(structure.not_before)),
        not_after=read("end of validity", lambda: read_time(structure.not_after)),
        subject=None if subject is None else subject.rfc4514(),
        issuer=None if issuer is None else issuer.rfc4514(),
        subject_common_name=None if subject is None else subject.common_name(),
        subject_alternative_names=read("list of alternative names", lambda: alternative_names(structure.extensions)),
        public_key=key,
        public_key_info=info,
        public_key_algorithm=read("public key's algorithm", lambda: public_key_algorithm(structure.public_key)),
        public_key_bits=public_key_bits(structure.public_key, key),
        signature_algorithm=read(
            "signature's algorithm", lambda: signature_algorithm(algorithm_oid(structure.algorithm))
        ),
        is_ca=read("basic constraints extension", lambda: is_ca(structure.extensions)),
    )
    # What cannot be read explains the rejection.
    names = {"subject": subject, "issuer": issuer}
    found = deviations(structure, whole_element(der), names, "" if problems else rejection)
    return replace(attributes, deviations=tuple(found), problems=tuple(problems))
