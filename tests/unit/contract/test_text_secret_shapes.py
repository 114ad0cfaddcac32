"""What looks like a secret is hidden although it is not known; words about secrets stay."""

from __future__ import annotations

from base64 import b64decode, b64encode
from textwrap import wrap

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from alicloud_device_certificates.contract.text import safe_text


@pytest.mark.parametrize(
    "text",
    [
        "407: Proxy-Authorization: Basic S3CRET-dXNlcjpwYXNz was rejected",
        'header "authorization"="Bearer S3CRET.abc.def"',
        "Bearer S3CRET-token, and more",
        "basic S3CRETdXNlcg==",
        "Authorization: acs LTAI:S3CRET=",
        "ACS3-HMAC-SHA256 S3CRETS3CRET",
        "Digest S3CRETS3CRET",
        "x-acs-security-token: S3CRET",
        "SecurityToken=S3CRET&Action=x",
        '{"AccessKeySecret": "S3CRET"}',
        "password = S3CRET",
        "no connection through http://user:S3CRET@proxy.example:8080/",
        "no connection through http://user:p@S3CRET@proxy.example",
        "-----BEGIN PRIVATE KEY-----\nS3CRET\n-----END PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\nS3CRET",
        "server string to sign is: S3CRET",
        "Signature=S3CRET, please",
        "SecurityToken S3CRET",
        "AccessKeySecret S3CRET.",
        "AccessKeySecret\nS3CRET",
        "the SecurityToken is S3CRET",
        "the token (S3CRET) has expired",
        "the password 'S3CRET' is wrong",
        "the password is: S3CRET",
        "the passphrase corrS3CRETecthorsebatterystaple",
        '{"password": "two S3CRET", "a": 1}',
        "{'password': 'two S3CRET'}",
        '{"password": "with a \\" quote, S3CRET"}',
        '{"password": "cut S3CRET',
        '{\\"password\\": \\"two S3CRET\\"}',
        "&quot;password&quot;: &quot;two S3CRET&quot;",
        "password=%22two S3CRET%22",
        "password=a%20S3CRET",
        "SecurityToken%3DS3CRET%26a%3Db",
        "SecurityToken%253DS3CRET",
        '"tokens": ["first", "S3CRET"]',
        '{"credentials": {"first": "a", "second": "S3CRET"}}',
        "<SecurityToken>S3CRET</SecurityToken>",
        "<Password>two S3CRET</Password>",
        "&lt;Password&gt;two S3CRET&lt;/Password&gt;",
        "password: token S3CRET",
        f"{'x' * 100}token=S3CRET",
        "api_key=S3CRET",
        "apikey: S3CRET",
        "x-api-key: S3CRET",
        "API key: S3CRET",
        "api-key S3CRET",
        "private_key=S3CRET",
        "accessKey=S3CRET",
        "secret access key: S3CRET",
        "secret key: S3CRET",
        "pwd=S3CRET",
        "Bearer: xyS3CRET",
        "bearer=xyS3CRET",
        "token[0]=S3CRET",
        "tokens[]=S3CRET",
        "secret[key]: S3CRET",
        "password: correct horse S3CRET",
        "Cookie: a=b; c=S3CRET",
        "Cookie a=b; c=S3CRET",
        '{"Cookie": "a=b; c=S3CRET"}',
        "Set-Cookie: id=S3CRET; Path=/; HttpOnly",
        "Authorization: Bearer S3CRET",
        '"Authorization": "Digest username=a, response=S3CRET"',
        "string-to-sign: S3CRET",
        "CanonicalRequest%3A S3CRET",
    ],
)
def test_nothing_that_looks_like_a_secret_is_shown(text: str) -> None:
    shown = safe_text(text)
    assert "S3CRET" not in shown
    assert "[secure]" in shown or shown == ""


@pytest.mark.parametrize(
    "text",
    [
        "Basic authentication is required.",
        "The bearer token is expired.",
        "The specified access key is not found.",
        "Specified signature is not matched with our calculation.",
        "The basic constraints of the CA do not allow it.",
        "the token has expired",
        "InvalidSecurityToken.Expired: Specified SecurityToken is expired.",
        "Specified SecurityToken is malformed: check it.",
        "The security token included in the request is invalid",
        "The specified AccessKeySecret does not match.",
        "Missing SecurityToken parameter",
        "password authentication failed",
        "The secret is not known, or the credentials (profile ci) are rejected",
        "the signature algorithm HMAC-SHA256 is unknown",
        "the token expired at 2026-01-01T00:00:00Z",
        "no token found in /home/ci/.aliyun/config.json",
        "the private key cannot be read: private_key_file is missing",
        "Bearer: required, basic: not allowed",
        "a cookie was set, cookies are not used",
        "AccessKeyId LTAI5tMadeUp1 is disabled",
        "MIG welding is a process of which we do not know anything and it goes on for ever and ever",
        "MII is an abbreviation, and eyJ is another one",
    ],
)
def test_words_about_secrets_stay(text: str) -> None:
    assert safe_text(text) == text


def der(key: PrivateKeyTypes, form: PrivateFormat) -> str:
    return b64encode(key.private_bytes(Encoding.DER, form, NoEncryption())).decode()


RSA = rsa.generate_private_key(65537, 2048)
P256, P384 = (ec.generate_private_key(curve) for curve in (ec.SECP256R1(), ec.SECP384R1()))
KEYS = {
    "RSA, PKCS #8": der(RSA, PrivateFormat.PKCS8),
    "RSA, PKCS #1": der(RSA, PrivateFormat.TraditionalOpenSSL),
    "P-256, PKCS #8": der(P256, PrivateFormat.PKCS8),
    "P-256, SEC 1": der(P256, PrivateFormat.TraditionalOpenSSL),
    "P-384, PKCS #8": der(P384, PrivateFormat.PKCS8),
    "P-384, SEC 1": der(P384, PrivateFormat.TraditionalOpenSSL),
    "Ed25519": der(ed25519.Ed25519PrivateKey.generate(), PrivateFormat.PKCS8),
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_private_key_without_armour_is_hidden(key: str) -> None:
    for written in (
        key,
        "\n".join(wrap(key, 64)),
        "\\n".join(wrap(key, 64)),
        key.replace("+", "%2B").replace("/", "\\/"),
    ):
        assert safe_text(f"cannot read {written}; why?") == "cannot read [secure]; why?"
    assert safe_text(f"{key[:60]}...") == "[secure]..."


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("separator", ["", ":", " "], ids=["dense", "colons", "blanks"])
def test_a_private_key_in_hex_is_hidden(key: str, separator: str) -> None:
    written = b64decode(key).hex(separator) if separator else b64decode(key).hex()
    for text in (written, written.upper()):  # what follows a long one is cut
        assert safe_text(f"cannot read {text}; why?").removesuffix("; why?") == "cannot read [secure]"


def test_a_certificate_in_hex_is_no_private_key() -> None:
    assert safe_text("3082018c30820133a003020102") == "3082018c30820133a003020102"


@pytest.mark.parametrize(
    "token",
    [
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjaSJ9.c2lnbmF0dXJl-_x",
        "eyJhbGciOiJSUzI1NiJ9",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjaSJ9.",
        "CAISgwJ1q6Ft5B2yfSjIr5fS/+a=",
    ],
)
def test_a_token_is_hidden_by_how_it_begins(token: str) -> None:
    assert safe_text(f"not valid: {token}") == "not valid: [secure]"


def test_what_is_around_a_secret_stays() -> None:
    assert safe_text('{"password": "two words", "path": "a%2Fb"}') == '{"password": [secure], "path": "a%2Fb"}'


def test_an_echo_of_the_signed_request_ends_the_text() -> None:
    assert safe_text("Not matched. server string to sign is: GET a b") == "Not matched."
