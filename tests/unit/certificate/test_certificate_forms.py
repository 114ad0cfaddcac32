"""Every form of a body results in the same certificate."""

from __future__ import annotations

import json
import re
import urllib.parse
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alicloud_device_certificates.certificate import CertificateError, read_certificate

KINDS = st.sampled_from(["rsa", "ec", "ec-p384", "ed25519", "ed448"])
LABELS = st.sampled_from(
    ["CERTIFICATE", "DEVICECERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "Device-Certificate", ""]
) | st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .", max_size=40).filter(
    # A label that says that it is something else is taken at its word.
    lambda label: not label.endswith("PRIVATE KEY")
)
NEWLINES = st.sampled_from(
    ["\n", "\r\n", "\r", "\\n", "\\r\\n", "\\\\n", "\\\\r\\\\n", "\\\\\\\\n", " ", "\t", "", "\n\n"]
)
AROUND = st.sampled_from(
    ["", " ", "\n\n", "\ufeff", '"', "Subject: CN=a\\,b\n", "{'content': '", "=== 设备 ===\n", "<pre>"]
)


@st.composite
def pem_forms(draw: st.DrawFn) -> Callable[[bytes], str]:
    label, newline, before, after = draw(LABELS), draw(NEWLINES), draw(AROUND), draw(AROUND)
    columns = draw(st.integers(1, 2000))

    def write(der: bytes) -> str:
        text = b64encode(der).decode()
        lines = [text[at : at + columns] for at in range(0, len(text), columns)]
        return before + newline.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]) + after

    return write


@st.composite
def bare_forms(draw: st.DrawFn) -> Callable[[bytes], str]:
    newline = draw(NEWLINES)
    columns = draw(st.integers(1, 2000))
    encode = draw(st.sampled_from([b64encode, urlsafe_b64encode]))
    padded = draw(st.booleans())
    around = draw(st.sampled_from(["", " ", "\n", '"', "'", "\ufeff"]))

    def write(der: bytes) -> str:
        text = encode(der).decode()
        text = text if padded else text.rstrip("=")
        return around + newline.join(text[at : at + columns] for at in range(0, len(text), columns)) + around

    return write


@st.composite
def encoded_again(draw: st.DrawFn) -> Callable[[bytes], str]:
    pem = draw(pem_forms())
    return lambda der: b64encode(pem(der).encode()).decode()


FORMS = pem_forms() | bare_forms() | encoded_again()


@settings(deadline=None)  # the first to come makes the keys
@given(kind=KINDS, write=FORMS)
def test_every_form_of_every_kind_gives_the_same_certificate(
    workshop: Any, kind: str, write: Callable[[bytes], str]
) -> None:
    made = workshop.certificate(key=workshop.key(kind))
    certificate = read_certificate(write(workshop.der(made)))
    assert certificate == read_certificate(workshop.pem(made))
    assert certificate.certificate_pem == workshop.pem(made)
    assert certificate.parse_problem is None


def test_the_pem_is_canonical(workshop: Any) -> None:
    lines = read_certificate(workshop.pem(workshop.certificate())).certificate_pem.split("\n")
    assert lines[0] == "-----BEGIN CERTIFICATE-----"
    assert lines[-2:] == ["-----END CERTIFICATE-----", ""]
    assert {len(line) for line in lines[1:-3]} == {64}
    assert 0 < len(lines[-3]) <= 64


def test_escaped_slashes_and_equal_signs_of_json_are_undone(workshop: Any) -> None:
    pem = workshop.pem(workshop.certificate())
    escaped = pem.replace("/", "\\/").replace("=", "\\u003d").replace("\n", "\\n")
    assert read_certificate(escaped).certificate_pem == pem


def test_what_a_trusted_certificate_is_trusted_for_is_left_out(workshop: Any) -> None:
    made = workshop.certificate()
    trust = bytes.fromhex("300a300806062b0601050507")
    text = b64encode(workshop.der(made) + trust).decode()
    body = f"-----BEGIN TRUSTED CERTIFICATE-----\n{text}\n-----END TRUSTED CERTIFICATE-----\n"
    assert read_certificate(body).certificate_pem == workshop.pem(made)


def test_headers_within_the_pem_are_left_out(workshop: Any) -> None:
    pem = workshop.pem(workshop.certificate())
    headed = pem.replace("CERTIFICATE-----\n", "CERTIFICATE-----\nComment: made by hand\n\n", 1)
    assert read_certificate(headed).certificate_pem == pem


def test_a_private_key_beside_the_certificate_is_passed_over(workshop: Any) -> None:
    pem, key = workshop.pem(workshop.certificate()), workshop.pkcs8(workshop.key("ec"))
    for body in (key + pem, pem + key, pem + key.replace("PRIVATE KEY", "KEY")):
        certificate = read_certificate(body)
        assert certificate.certificate_pem == pem
        assert certificate.chain == ()


PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "the certificate is empty"),
        (" \r\n\t", "the certificate is empty"),
        ("\\n\\r\\n\\\\n", "the certificate is empty"),
        ("A" * ((1 << 20) + 1), "longer than 1 MiB"),
        ("<html><body>502 Bad Gateway</body></html>", "looks like an HTML page"),
        ('{"Code": "Forbidden"}', "looks like JSON"),
        ("tXHf4ezGEHcwdyMwoCDHGBmk9avi****", "masked with asterisks"),
        ("no certificate!", "neither PEM nor base64"),
        ("MIIBé", "neither PEM nor base64"),
        ("AAAAA", "neither PEM nor base64"),
        ("AA=A", "neither PEM nor base64"),
        ("bm90IERFUg==", "base64 but not DER"),
        ("MA==", "base64 but not DER"),
        ("MIA=", "base64 but not DER"),
        ("MIL/", "base64 but not DER"),
        ("MIIB", "base64 but not DER"),
        ("MIIBAA==", "truncated: it has 4 of 260 bytes"),
        ("MAAAAA==", "found DER of another kind"),
        (PEM.replace("MIIB", "****"), "not base64"),
        (PEM.replace("MIIB", ""), "but not DER"),
        (PEM.partition("-----END")[0], "truncated: it has a BEGIN line without an END line"),
        (PEM.partition("MIIB")[2], "truncated: it has an END line without a BEGIN line"),
        (PEM.partition("-----END")[0] + PEM, "truncated: there is no END line between two BEGIN lines"),
        (PEM.replace("-----", "----"), "it has a BEGIN line, but not between five hyphens"),
        (PEM.replace("-----", "\u2013" * 5), "it has a BEGIN line, but not between five hyphens"),
        ("MAA=", "DER of another kind"),
        ("MAIwAA==", "DER of another kind"),
    ],
)
def test_what_is_no_certificate_is_one_line_that_says_what_it_is(body: str, says: str) -> None:
    with pytest.raises(CertificateError, match=re.escape(says)) as raised:
        read_certificate(body)
    assert "\n" not in str(raised.value)
    assert raised.value.__context__ is None


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _json_all(text: str) -> str:
    """Escape each character, as a JSON writer may."""
    return "".join(f"\\u{ord(character):04X}" for character in text)


ESCAPES = st.sampled_from(
    [
        _json,
        _json_all,
        lambda text: text.replace("+", "\\u002B").replace("/", "\\/").replace("=", "\\u003d").replace("\n", "\\n"),
        lambda text: text.replace("\n", "\\x0a"),
        lambda text: text.replace("\n", "\\r\\n"),
        urllib.parse.quote,
        lambda text: text.replace("+", "&#43;").replace("\n", "&#10;"),
        lambda text: text.replace("+", "&#x2B;").replace("\n", "&#xD;&#xA;"),
    ]
)


@given(escapes=st.lists(ESCAPES, max_size=3), kind=KINDS)
@settings(deadline=None)  # the first to come makes the keys
def test_a_body_may_be_escaped_several_times(workshop: Any, escapes: list[Callable[[str], str]], kind: str) -> None:
    pem = body = workshop.pem(workshop.certificate(key=workshop.key(kind)))
    for escape in escapes:
        body = escape(body)
    assert read_certificate(body).certificate_pem == pem


def _twice(pem: str) -> str:
    begin, *lines, end = pem.splitlines()
    return "\n".join([begin, begin, *lines, end, end])


def _as_pem(text: str) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{b64encode(text.encode()).decode()}\n-----END CERTIFICATE-----\n"


def _as_base64(text: str) -> str:
    return b64encode(text.encode()).decode()


@pytest.mark.parametrize("wrap", [_twice, _as_pem, _as_base64, lambda pem: _twice(_as_pem(_as_base64(pem)))])
def test_a_body_may_be_wrapped_several_times(workshop: Any, wrap: Callable[[str], str]) -> None:
    pem = workshop.pem(workshop.certificate())
    for body in (pem, b64encode(workshop.der(workshop.certificate())).decode()):
        if wrap is not _twice or body is pem:
            assert read_certificate(wrap(body)).certificate_pem == pem


def test_bytes_after_a_certificate_are_left_out_and_reported(workshop: Any) -> None:
    # As in the certificates of a maker of TPMs.
    der = workshop.der(workshop.certificate())
    certificate = read_certificate(b64encode(der + b"\0").decode())
    assert certificate.certificate_pem == workshop.pem(workshop.certificate())
    assert certificate.deviation == "extra bytes follow it (1), which are left out"


def test_a_certificate_that_lost_its_end_says_how_much_is_missing(workshop: Any) -> None:
    der = workshop.der(workshop.certificate())
    with pytest.raises(CertificateError, match=f"truncated: it has {len(der) - 100} of {len(der)} bytes"):
        read_certificate(b64encode(der[:-100]).decode())


@pytest.mark.parametrize(
    "body",
    [
        "\\" * (1 << 20),
        "-----BEGIN " * 95_000,
        "-----BEGIN -----" * 65_000,
        "-----BEGIN X----------END X-----" * 30_000,
    ],
)
def test_a_body_made_to_be_slow_is_rejected_at_once(body: str) -> None:
    with pytest.raises(CertificateError):
        read_certificate(body)
