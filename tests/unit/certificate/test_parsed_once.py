"""Each certificate goes through the X.509 parser once, whatever is done with it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from cryptography import x509

from alicloud_device_certificates.certificate import (
    check_issued_by,
    cross_check,
    read_certificate,
    read_private_key,
    same_public_key,
)


@pytest.fixture
def parses() -> Iterator[Callable[[], int]]:
    """Return how often the parser was called since the start of the test."""
    with patch.object(x509, "load_der_x509_certificate", wraps=x509.load_der_x509_certificate) as parser:
        yield lambda: parser.call_count


def test_whatever_is_checked_of_a_certificate_it_is_parsed_once(workshop: Any, parses: Callable[[], int]) -> None:
    ca_key = workshop.key("ec", "ca")
    ca_pem = workshop.pem(workshop.certificate("ca", key=ca_key, ca=True))
    leaf_pem = workshop.pem(workshop.certificate("leaf", "ca", by=ca_key))
    before = parses()
    certificate, ca = read_certificate(leaf_pem + ca_pem), read_certificate(ca_pem)
    assert cross_check(certificate, serial_number="f26900ba87") == []
    assert check_issued_by(certificate, ca) == check_issued_by(certificate, certificate.issuers[0]) == []
    assert read_private_key(workshop.pkcs8(workshop.key("ec")), certificate)
    assert certificate.parts.public_key_der != ca.parts.public_key_der
    assert parses() - before == 3


def test_two_certificates_whose_keys_are_compared_are_parsed_once_each(
    workshop: Any, parses: Callable[[], int]
) -> None:
    one, other = workshop.pem(workshop.certificate("one")), workshop.pem(workshop.certificate("other"))
    before = parses()
    assert same_public_key(one, other) is True
    assert parses() - before == 2


def test_the_parsers_result_is_in_no_repr_and_in_no_comparison(workshop: Any) -> None:
    pem = workshop.pem(workshop.certificate())
    certificate = read_certificate(pem)
    assert "parts" not in repr(certificate)
    assert certificate == read_certificate(pem)
