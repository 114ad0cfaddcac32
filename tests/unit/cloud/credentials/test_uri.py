"""The credentials URI: what it may return, and what is said about it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.cloud.credentials.cloud import ISSUED, Cloud, Lookup, Reply, expiring

from alicloud_device_certificates.cloud.settings.settings import Settings


def test_a_sidecar_returns_keys_with_a_token(cloud: Cloud) -> None:
    credentials = Lookup().obtain(Settings(credentials_uri=f"{cloud.url}/keys?t=T0KEN"))
    assert (credentials.access_key_id, credentials.access_key_secret) == ("STS.IDENTIFIER", "STS.S3CRET")
    assert (credentials.security_token, credentials.origin) == ("STS.T0KEN", "alicloud:credentialsUri")
    assert cloud.requests[0].query == {"t": "T0KEN"}


def test_what_a_sidecar_leaves_out_is_not_required(cloud: Cloud) -> None:
    cloud.replies = [Reply({"AccessKeyId": "a", "AccessKeySecret": "b"})]
    credentials = Lookup().obtain(Settings(credentials_uri=cloud.url))
    assert (credentials.security_token, credentials.lifetime) == (None, None)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"AccessKeyId": ""}, "AccessKeyId is missing"),
        ({"AccessKeySecret": None}, "AccessKeySecret is missing"),
        ({"AccessKeySecret": ["S3CRET"]}, "AccessKeySecret is not a string"),
        ({"SecurityToken": {"T0KEN": 1}}, "SecurityToken is not a string"),
        ({"SecurityToken": "T0KEN\r\nx-injected: 1"}, "SecurityToken contains characters that are invalid"),
        ({"SecurityToken": "T0KEN\u00e9"}, "SecurityToken contains characters that are invalid"),
        ({"Expiration": "T0KEN"}, "Expiration is not a time such as 2030-01-01T00:00:00Z"),
        ({"Expiration": 7}, "Expiration is not a time"),
        (expiring(-60), "the credentials have expired"),
    ],
)
def test_credentials_that_cannot_be_used_are_named_by_their_field(
    cloud: Cloud, fields: dict[str, Any], fault: str
) -> None:
    cloud.replies = [Reply({**ISSUED, **fields})]
    text = Lookup().failure(Settings(credentials_uri=f"{cloud.url}/keys?t=T0KEN"))
    assert text.startswith(f"no credentials from alicloud:credentialsUri: {cloud.host} returned no usable credentials")
    assert fault in text


@pytest.mark.parametrize(
    "uri", ["T0KEN", "ftp://h/T0KEN", "http://", "http://h:T0KEN/", "http://[T0KEN/", "http://h/T0KEN\n", "http://h:0/"]
)
def test_a_uri_that_is_none_is_not_quoted(uri: str) -> None:
    text = Lookup().failure(Settings(credentials_uri=uri))
    assert text == "alicloud:credentialsUri is not a URI such as http://127.0.0.1:8080/credentials"
