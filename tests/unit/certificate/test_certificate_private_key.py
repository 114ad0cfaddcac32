"""A certificate's private key: every form in, PKCS#8 out, and only the certificate's own."""

from __future__ import annotations

import traceback
from base64 import b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.certificate.elements import element, integer

from alicloud_device_certificates.certificate import CertificateError, read_certificate, read_private_key

PKCS8, TRADITIONAL = PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL
KINDS = ("rsa", "ec", "ec-p384", "ed25519", "ed448")
CONTAINERS = [
    *((kind, PKCS8, "PRIVATE KEY") for kind in KINDS),
    ("rsa", TRADITIONAL, "RSA PRIVATE KEY"),
    ("ec", TRADITIONAL, "EC PRIVATE KEY"),
    ("ec-p384", TRADITIONAL, "EC PRIVATE KEY"),
]


def _certificate(workshop: Any, kind: str, which: str = "") -> Any:
    return read_certificate(workshop.pem(workshop.certificate(key=workshop.key(kind, which))))


def _der(key: Any, form: PrivateFormat = PKCS8) -> bytes:
    return bytes(key.private_bytes(Encoding.DER, form, NoEncryption()))


def _pem(der: bytes, label: str = "PRIVATE KEY", newline: str = "\n") -> str:
    text = b64encode(der).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return newline.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


@settings(deadline=None)  # the first to come makes the keys
@given(
    container=st.sampled_from(CONTAINERS),
    newline=st.sampled_from(["\n", "\r\n", "\\n", "\\\\n", "\\r\\n", " ", ""]),
    form=st.sampled_from(["pem", "bare", "encoded again", "other label", "beside its certificate"]),
)
def test_every_form_of_every_kind_gives_the_same_pkcs_8(
    workshop: Any, container: tuple[str, PrivateFormat, str], newline: str, form: str
) -> None:
    kind, format_, label = container
    key = workshop.key(kind)
    certificate = _certificate(workshop, kind)
    der = _der(key, format_)
    body = {
        "pem": _pem(der, label, newline),
        "bare": b64encode(der).decode(),
        "encoded again": b64encode(_pem(der, label, newline).encode()).decode(),
        "other label": _pem(der, "DEVICEKEY", newline),
        "beside its certificate": certificate.certificate_pem + _pem(der, label, newline),
    }[form]
    assert read_private_key(body, certificate) == workshop.pkcs8(key)


def test_ec_parameters_before_the_key_are_passed_over(workshop: Any) -> None:
    parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    key = _pem(_der(workshop.key("ec"), TRADITIONAL), "EC PRIVATE KEY")
    assert read_private_key(parameters + key, _certificate(workshop, "ec")) == workshop.pkcs8(workshop.key("ec"))
    with pytest.raises(CertificateError, match="expected a private key, found DER of another kind"):
        read_private_key(parameters, _certificate(workshop, "ec"))


def test_of_several_keys_the_certificates_own_is_taken(workshop: Any) -> None:
    own, other = workshop.pkcs8(workshop.key("ec")), workshop.pkcs8(workshop.key("rsa"))
    for body in (own + other, other + own):
        assert read_private_key(body, _certificate(workshop, "ec")) == own


def test_a_key_of_pkcs_8_version_2_is_brought_to_version_1(workshop: Any) -> None:
    # RFC 5958 with attributes and the public key, as Java's and Rust's libraries write Ed25519.
    key = workshop.key("ed25519")
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    attributes, marked = bytes.fromhex("a000"), b"\x81\x21\x00" + public
    content = b"\x02\x01\x01" + _der(key)[5:] + attributes + marked
    version_2 = bytes([0x30, len(content)]) + content
    assert read_private_key(_pem(version_2), _certificate(workshop, "ed25519")) == workshop.pkcs8(key)


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_another_certificate_is_an_error_that_names_the_certificate(workshop: Any, kind: str) -> None:
    certificate = _certificate(workshop, kind)
    for other in (workshop.key(kind, "another"), workshop.key("ec", "stranger"), workshop.key("rsa", "another")):
        with pytest.raises(CertificateError) as raised:
            read_private_key(workshop.pkcs8(other), certificate)
        assert str(raised.value) == (
            "the private key does not belong to the certificate with SHA-256 fingerprint "
            f"{certificate.sha256_fingerprint}"
        )


def test_an_encrypted_key_is_an_error_that_says_so(workshop: Any) -> None:
    certificate, key = _certificate(workshop, "ec"), workshop.key("ec")
    secret = BestAvailableEncryption(b"password")
    for body in (
        key.private_bytes(Encoding.PEM, PKCS8, secret).decode(),
        key.private_bytes(Encoding.PEM, TRADITIONAL, secret).decode(),
        key.private_bytes(Encoding.PEM, TRADITIONAL, secret).decode().replace("\n", " "),
        b64encode(key.private_bytes(Encoding.DER, PKCS8, secret)).decode(),
    ):
        with pytest.raises(CertificateError, match="the private key is encrypted"):
            read_private_key(body, certificate)


def test_a_certificate_in_the_place_of_the_key_is_reported(workshop: Any) -> None:
    certificate = _certificate(workshop, "ec")
    with pytest.raises(CertificateError, match="expected a private key, found a certificate"):
        read_private_key(certificate.certificate_pem, certificate)


def test_keys_of_other_algorithms_are_rejected_unloaded(workshop: Any) -> None:
    # Loading the last one, a DSA key of 40,000 bits, would take OpenSSL 17 s.
    dh = element(0x30, bytes.fromhex("06092a864886f70d010301"), element(0x30, integer(23), integer(5)))
    large = element(0x30, integer((1 << 40_000) - 1), integer((1 << 20_000) - 1), integer((1 << 39_000) - 3))
    dsa = element(0x30, bytes.fromhex("06072a8648ce380401"), large)
    number = element(0x04, integer((1 << 19_000) - 1))
    for der in (
        _der(workshop.key("dsa")),
        _der(workshop.key("dsa"), TRADITIONAL),
        element(0x30, integer(0), dh, number),
        element(0x30, integer(0), dsa, number),
    ):
        with pytest.raises(CertificateError, match="not a valid RSA, EC, Ed25519 or Ed448 key"):
            read_private_key(_pem(der), _certificate(workshop, "ec"))


def _rsa(n: int, e: int, d: int, p: int, q: int, dp: int, dq: int, qi: int) -> str:
    return _pem(element(0x30, *(integer(number) for number in (0, n, e, d, p, q, dp, dq, qi))), "RSA PRIVATE KEY")


def test_an_rsa_key_whose_private_numbers_do_not_fit_the_public_ones_is_damaged(workshop: Any) -> None:
    certificate, key = _certificate(workshop, "rsa"), workshop.key("rsa")
    numbers = key.private_numbers()
    sound = {
        "n": numbers.public_numbers.n,
        "e": numbers.public_numbers.e,
        "d": numbers.d,
        "p": numbers.p,
        "q": numbers.q,
        "dp": numbers.dmp1,
        "dq": numbers.dmq1,
        "qi": numbers.iqmp,
    }
    assert read_private_key(_rsa(**sound), certificate) == workshop.pkcs8(key)
    stranger = workshop.key("rsa", "another").private_numbers()
    for twisted in (
        {"p": stranger.p, "q": stranger.q},
        {"p": 1, "q": sound["n"]},
        {"d": sound["d"] + 2},
        {"dp": sound["dp"] + 2},
        {"dq": sound["dq"] + 2},
        {"qi": sound["qi"] + 2},
    ):
        with pytest.raises(CertificateError, match=r"the private key is (damaged|not a valid)"):
            read_private_key(_rsa(**{**sound, **twisted}), certificate)


def test_an_rsa_key_larger_than_openssl_uses_is_not_calculated_with(workshop: Any) -> None:
    n = (1 << 100_000) - 1
    made = workshop.certificate(key=workshop.key("rsa"))
    der = workshop.der(made)
    own = element(0x30, integer(made.public_key().public_numbers().n), integer(65537))
    large = element(0x30, integer(n), integer(65537))
    info = element(0x30, der[der.index(bytes.fromhex("300d06092a864886f70d010101")) :][:15], element(0x03, b"\0", own))
    swapped = element(0x30, info[4:19], element(0x03, b"\0", large))
    assert info in der
    inside = der[4:]  # the to-be-signed part, the algorithm, the signature
    signed_length = 4 + int.from_bytes(inside[2:4])
    signed = inside[4:signed_length].replace(info, swapped)
    certificate = read_certificate(b64encode(element(0x30, element(0x30, signed), inside[signed_length:])).decode())
    assert certificate.public_key_bits == 100_000
    with pytest.raises(CertificateError, match=r"the private key is (damaged|not a valid)"):
        read_private_key(_rsa(n, 65537, n - 2, 3, n // 3, 1, 1, 1), certificate)


def _ec(kind: str, octets: bytes, *rest: bytes) -> bytes:
    return element(0x30, integer(1), element(0x04, octets), *rest)


@pytest.mark.parametrize("kind", ["ec", "ec-p384"])
@pytest.mark.parametrize("wrap", ["sec1", "pkcs8"])
def test_an_ec_number_of_any_length_is_read(workshop: Any, kind: str, wrap: str) -> None:
    key = workshop.key(kind)
    number = key.private_numbers().private_value
    size = (number.bit_length() + 7) // 8
    algorithm = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    identifier = algorithm[2:][: 2 + algorithm[3]]
    for length in (size, size + 1, size + 20):
        inner = _ec(kind, number.to_bytes(length))
        der = inner if wrap == "sec1" else element(0x30, integer(0), identifier, element(0x04, inner))
        assert read_private_key(_pem(der), _certificate(workshop, kind)) == workshop.pkcs8(key)


def test_an_ec_number_that_begins_with_zeros_may_lack_them(workshop: Any) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.derive_private_key(0xABCDEF, ec.SECP256R1())
    certificate = read_certificate(workshop.pem(workshop.certificate(key=key)))
    for octets in (b"\xab\xcd\xef", b"\0\xab\xcd\xef", (0xABCDEF).to_bytes(32)):
        assert read_private_key(_pem(_ec("ec", octets)), certificate) == workshop.pkcs8(key)


def test_an_ec_key_with_a_garbled_public_point_is_made_complete(workshop: Any) -> None:
    key = workshop.key("ec")
    number = key.private_numbers().private_value.to_bytes(32)
    garbled = element(0xA1, element(0x03, b"\0\x04" + bytes(64)))
    assert read_private_key(_pem(_ec("ec", number, garbled)), _certificate(workshop, "ec")) == workshop.pkcs8(key)


def test_an_ed25519_seed_may_lack_its_inner_octet_string(workshop: Any) -> None:
    key = workshop.key("ed25519")
    seed = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    der = element(0x30, integer(0), element(0x30, bytes.fromhex("06032b6570")), element(0x04, seed))
    assert read_private_key(_pem(der), _certificate(workshop, "ed25519")) == workshop.pkcs8(key)


def test_an_rsa_key_without_primes_gets_them(workshop: Any) -> None:
    certificate, key = _certificate(workshop, "rsa"), workshop.key("rsa")
    numbers = key.private_numbers()
    n, e, d = numbers.public_numbers.n, numbers.public_numbers.e, numbers.d
    for rest in ((0, 0, 0, 0, 0), (1, 1, 1, 1, 1), ()):
        der = element(0x30, *(integer(number) for number in (0, n, e, d, *rest)))
        own: Any = load_pem_private_key(read_private_key(_pem(der), certificate).encode(), None)
        assert {own.private_numbers().p, own.private_numbers().q} == {numbers.p, numbers.q}
    with pytest.raises(CertificateError, match="the private key is damaged"):
        read_private_key(_pem(element(0x30, *(integer(each) for each in (0, n, e, d - 2)))), certificate)


def test_what_follows_from_the_primes_of_an_rsa_key_may_be_missing(workshop: Any) -> None:
    certificate, key = _certificate(workshop, "rsa"), workshop.key("rsa")
    numbers = key.private_numbers()
    public = numbers.public_numbers
    body = _rsa(public.n, public.e, numbers.d, numbers.p, numbers.q, 0, 0, 0)
    assert read_private_key(body, certificate) == workshop.pkcs8(key)


def test_bytes_after_a_key_are_ignored_as_by_openssl(workshop: Any) -> None:
    key = workshop.key("ec")
    assert read_private_key(_pem(_der(key) + b"\0\0"), _certificate(workshop, "ec")) == workshop.pkcs8(key)


def test_an_ec_key_with_a_strangers_public_key_is_rejected(workshop: Any) -> None:
    public = workshop.key("ec").public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    stolen = _der(workshop.key("ec", "stranger"), TRADITIONAL)[: -len(public)] + public
    with pytest.raises(CertificateError, match="does not belong"):
        read_private_key(_pem(stolen), _certificate(workshop, "ec"))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "the private key is empty"),
        ("<html></html>", "the private key is neither PEM nor base64"),
        ("-----BEGIN PRIVATE KEY-----\nMC4C", "the private key is truncated"),
        ("-----BEGIN PRIVATE KEY-----\n****\n-----END PRIVATE KEY-----", "is not base64"),
        ("MC4CAQAwBQYDK2VwBCIEIA==", "the private key is truncated: it has 16 of 48 bytes"),
        ("MAcCAQAwAAQA", "not a valid"),
        ("MAoCAQAwBQYDK2VwBAA=", "found DER of another kind"),
        ("MAUCAQEEAA==", "does not belong"),
    ],
)
def test_a_key_that_cannot_be_read_is_one_line_that_says_why(workshop: Any, body: str, says: str) -> None:
    with pytest.raises(CertificateError, match=says) as raised:
        read_private_key(body, _certificate(workshop, "ec"))
    assert "\n" not in str(raised.value)


@settings(deadline=None)  # the first to come makes the keys
@given(data=st.data(), container=st.sampled_from(CONTAINERS))
def test_a_mutated_key_is_rejected_or_the_same_and_never_shown(
    workshop: Any, data: st.DataObject, container: tuple[str, PrivateFormat, str]
) -> None:
    kind, format_, label = container
    key = workshop.key(kind)
    der = bytearray(_der(key, format_))
    for _ in range(data.draw(st.integers(1, 3))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    body = _pem(bytes(der), label)
    try:
        assert read_private_key(body, _certificate(workshop, kind)) == workshop.pkcs8(key)
    except CertificateError as error:
        _tells_nothing_of(body, error)


def _tells_nothing_of(body: str, error: CertificateError) -> None:
    assert error.__cause__ is error.__context__ is None
    message = "".join(traceback.format_exception(error)) + repr(error)
    assert not any(line in message for line in body.splitlines()[1:-1])


@pytest.mark.parametrize("label", ["PRIVATE KEY", "OPENSSH PRIVATE KEY", "CERTIFICATE", "RSA PRIVATE KEY"])
def test_no_error_shows_anything_of_the_key(workshop: Any, label: str) -> None:
    secret = _der(workshop.key("rsa"))
    for der in (secret, secret[:-1], secret + b"\0", secret[:200] + b"\0" * 9 + secret[209:], secret[40:]):
        for body in (_pem(der, label), _pem(der, label)[:-60], _pem(der, label) + "é", b64encode(der).decode() + "é"):
            with pytest.raises(CertificateError) as raised:
                read_private_key(body, _certificate(workshop, "ec"))
            _tells_nothing_of(body, raised.value)
            with pytest.raises(CertificateError) as raised:
                read_certificate(body)
            _tells_nothing_of(body, raised.value)


def test_a_block_shows_nothing_of_what_it_holds(workshop: Any) -> None:
    from alicloud_device_certificates.certificate.forms import read_blocks

    (block,) = read_blocks(workshop.pkcs8(workshop.key("ec")), "private key")
    assert repr(block) == "Block(label='PRIVATE KEY')"
