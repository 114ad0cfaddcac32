"""ACS3-HMAC-SHA256; that it equals the vendor's is in tests/contract."""

from __future__ import annotations

import httpx
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.http.signing import (
    canonical_query,
    canonical_request,
    signature,
    signed_headers,
)

KEYS = Credentials(access_key_id="AKID", access_key_secret="S3CRET")
ARGUMENTS = st.dictionaries(st.from_regex(r"[A-Za-z]{1,12}", fullmatch=True), st.text() | st.none())


def signed(credentials: Credentials = KEYS, *, host: str = "h.example", nonce: str = "n") -> dict[str, str]:
    return signed_headers(
        credentials,
        action="Do",
        version="2020-04-20",
        method="GET",
        query="",
        headers={"host": host, "accept": "application/json"},
        body=b"",
        now=1654137303.9,
        nonce=nonce,
    )


def test_a_query_is_sorted_and_escaped_and_leaves_none_out() -> None:
    assert canonical_query({"b": "*~ ", "a": "é/", "c": None, "d": ""}) == "a=%C3%A9%2F&b=%2A~%20&d="


@given(ARGUMENTS)
def test_what_goes_over_the_wire_is_what_is_signed(arguments: dict[str, str | None]) -> None:
    query = canonical_query(arguments)
    assert httpx.Request("GET", f"https://h.example/?{query}").url.query == query.encode()


def test_the_time_is_utc_in_whole_seconds_and_the_body_is_hashed() -> None:
    headers = signed()
    assert headers["x-acs-date"] == "2022-06-02T02:35:03Z"
    assert headers["x-acs-content-sha256"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_headers_that_matter_are_signed_and_the_host_with_its_port() -> None:
    headers = signed(host="h.example:8443")
    assert (
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        in (headers["authorization"])
    )
    canonical = canonical_request(
        method="GET",
        path="/",
        query="",
        headers=headers,
        signed=sorted(name for name in headers if name == "host" or name.startswith("x-acs-")),
        digest=headers["x-acs-content-sha256"],
    )
    assert headers["authorization"].endswith(f"Signature={signature('S3CRET', canonical)}")


def test_an_sts_token_goes_with_its_key_and_both_are_signed() -> None:
    headers = signed(Credentials(access_key_id="AKID", access_key_secret="S3CRET", security_token="T0KEN"))
    assert headers["x-acs-security-token"] == "T0KEN"
    assert headers["x-acs-accesskey-id"] == "AKID"
    assert ";x-acs-security-token;" in headers["authorization"]


def test_another_nonce_or_host_is_another_signature() -> None:
    assert len({each["authorization"] for each in (signed(), signed(nonce="m"), signed(host="g.example"))}) == 3


def test_the_secret_is_neither_in_the_request_nor_in_a_repr() -> None:
    assert "S3CRET" not in str(signed())
    assert not any(secret in repr(KEYS) for secret in ("AKID", "S3CRET"))
