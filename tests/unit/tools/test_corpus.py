"""`make corpus`: finding certificates, and comparing what is read of them with what OpenSSL prints."""

from __future__ import annotations

import sys
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
from tests.openssl import needs_openssl
from tools.corpus import __main__ as corpus
from tools.corpus.certificates import find_certificates
from tools.corpus.compare import Outcome, compare
from tools.corpus.openssl import Printed, find_openssl, read_with_openssl

from alicloud_device_certificates.certificate import read_certificate

pytestmark = needs_openssl

VECTORS = Path(__file__).parents[1] / "vectors" / "certificate"


def der_of(name: str) -> bytes:
    return read_certificate((VECTORS / f"{name}.pem").read_text(encoding="utf-8")).parts.der


def printed_of(name: str) -> Printed:
    printed = read_with_openssl(find_openssl(), der_of(name))
    assert printed is not None
    return printed


def test_certificates_are_found_in_every_form_and_each_once(tmp_path: Path) -> None:
    rsa, ec = der_of("rsa"), der_of("ec-p256")
    pem = "".join(
        f"-----BEGIN {label}-----\n{b64encode(der).decode()}\n-----END {label}-----\n"
        for label, der in (("CERTIFICATE", rsa), ("TRUSTED CERTIFICATE", ec + b"\x30\x00"), ("X509 CRL", rsa))
    )
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "both").write_text(pem, encoding="utf-8")
    (tmp_path / "deep" / "er" / "again.der").write_bytes(rsa)
    (tmp_path / "ed.crt").write_bytes(der_of("ed25519"))
    (tmp_path / "other.txt").write_text(b64encode(der_of("v1")).decode(), encoding="utf-8")
    (tmp_path / "key.der").write_bytes(b"\x30\x03\x02\x01\x00")
    (tmp_path / "empty").write_bytes(b"")
    found = list(find_certificates(tmp_path))
    assert found == [
        ("deep/both (1)", rsa),
        ("deep/both (2)", ec),
        ("ed.crt", der_of("ed25519")),
        ("other.txt", der_of("v1")),
    ]


@pytest.mark.parametrize("name", ["rsa", "rsa-sha512", "ec-p521", "negative-serial", "month-13", "sm2", "v1"])
def test_a_certificate_that_both_read_is_the_same(name: str) -> None:
    assert compare(der_of(name), printed_of(name)).outcome is Outcome.SAME


def test_a_value_that_differs_is_named_with_both() -> None:
    other = replace(printed_of("rsa"), serial_number_hex="99")
    comparison = compare(der_of("rsa"), other)
    assert comparison.outcome is Outcome.DIFFER
    assert comparison.details.endswith("; OpenSSL reads 99")
    subject = replace(printed_of("rsa"), subject="2.5.4.3=another")
    assert compare(der_of("rsa"), subject).details.startswith("subject: CN=device-1,")


def test_a_field_that_only_openssl_reads_is_lost() -> None:
    printed = replace(printed_of("month-13"), not_before="2027-01-22T23:22:37Z")
    comparison = compare(der_of("month-13"), printed)
    assert comparison.outcome is Outcome.LOST
    assert comparison.details.startswith("not_before: OpenSSL reads 2027-01-22T23:22:37Z; its start of validity")


def test_what_only_one_of_them_reads_is_told_apart() -> None:
    rsa = printed_of("rsa")
    assert compare(b"\x30\x02\x30\x00", None).outcome is Outcome.REFUSED
    assert compare(b"\x30\x02\x30\x00", rsa).outcome is Outcome.ERROR
    assert compare(der_of("rsa"), None).outcome is Outcome.OURS_ALONE


def test_any_other_error_is_a_crash() -> None:
    with patch("tools.corpus.compare.read_certificate", side_effect=KeyError(6)):
        comparison = compare(der_of("rsa"), printed_of("rsa"))
    assert (comparison.outcome, comparison.details) == (Outcome.CRASH, "KeyError(6)")


def test_the_program_counts_and_ends_with_0_or_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["corpus", str(VECTORS)])
    with patch("warnings.simplefilter"):  # it holds for the whole process
        assert corpus.main() == 0
        printed = capsys.readouterr().out
        assert f"{len(list(VECTORS.glob('*.pem')))} same, 0 lost, 0 differ, 0 error, 0 crash" in printed
        with patch("tools.corpus.compare.read_certificate", side_effect=KeyError(6)):
            assert corpus.main() == 1
    assert "crash: rsa.pem: KeyError(6)" in capsys.readouterr().out


def test_a_folder_that_does_not_exist_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["corpus", "/does/not/exist"])
    with pytest.raises(SystemExit):
        corpus.main()
    assert "not a folder: /does/not/exist" in capsys.readouterr().err
