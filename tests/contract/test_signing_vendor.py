"""Our signature against the vendor's signer, on the very same request."""

from __future__ import annotations

from alibabacloud_tea_openapi.utils import Utils
from darabonba.request import DaraRequest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.http.signing import ALGORITHM, canonical_query, signed_headers

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9.]{0,12}", fullmatch=True)
VISIBLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)


@given(
    method=st.sampled_from(["GET", "POST"]),
    arguments=st.dictionaries(NAMES, st.text() | st.none(), max_size=8),
    host=st.sampled_from(["onsmqtt.cn-hangzhou.aliyuncs.com", "127.0.0.1:8080", "[::1]:8443"]),
    key=VISIBLE,
    secret=VISIBLE,
    token=st.none() | VISIBLE,
    now=st.floats(0, 4e9),
    nonce=VISIBLE,
    body=st.just(b"") | st.binary(max_size=40),
)
def test_any_request_is_signed_as_the_vendor_signs_it(
    method: str,
    arguments: dict[str, str | None],
    host: str,
    key: str,
    secret: str,
    token: str | None,
    now: float,
    nonce: str,
    body: bytes,
) -> None:
    headers = signed_headers(
        Credentials(access_key_id=key, access_key_secret=secret, security_token=token),
        action="QueryDeviceCert",
        version="2018-01-20",
        method=method,
        query=canonical_query(arguments),
        headers={"host": host, "accept": "application/json"},
        body=body,
        now=now,
        nonce=nonce,
    )
    ours = headers.pop("authorization")

    theirs = DaraRequest()
    theirs.method = method
    theirs.pathname = "/"
    theirs.query = arguments
    theirs.headers = {n: v for n, v in headers.items() if n == "host" or n.startswith("x-acs-")}
    digest = Utils.hash(body, ALGORITHM).hex()
    assert ours == Utils.get_authorization(theirs, ALGORITHM, digest, key, secret)
