"""What each code means: the documented ones, and what is done with the others."""

from __future__ import annotations

from string import Formatter

import pytest

from alicloud_device_certificates.cloud.codes import MEANINGS, meaning_of, meaning_of_status
from alicloud_device_certificates.cloud.errors import (
    AuthenticationError,
    ClockError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    ServiceError,
    ThrottledError,
    UnavailableError,
)
from alicloud_device_certificates.cloud.retry import Kind


@pytest.mark.parametrize(
    ("code", "status", "kind", "error"),
    [
        ("FindDeviceBySnError", 500, Kind.PERMANENT, NotFoundError),
        ("MqttInstanceNotFound", 500, Kind.PERMANENT, NotFoundError),
        ("MqttOwnerCheckError", 500, Kind.PERMANENT, PermissionDeniedError),
        ("ParameterFieldCheckFailed", 400, Kind.PERMANENT, InvalidArgumentError),
        ("iot.system.SystemException", 200, Kind.TRANSIENT, UnavailableError),
        ("iot.common.HighFrequentDeny", 200, Kind.THROTTLED, ThrottledError),
        ("iot.common.RamActionPermissionDeny", 200, Kind.PERMANENT, PermissionDeniedError),
        ("iot.device.NotExistedDevice", 200, Kind.PERMANENT, NotFoundError),
        ("iot.prod.NotExistedProduct", 200, Kind.PERMANENT, NotFoundError),
        ("iot.prod.NullProductKey", 200, Kind.PERMANENT, InvalidArgumentError),
        ("iot.something.New", 200, Kind.PERMANENT, ServiceError),
        ("Iot.system.BillIsOverDue", 200, Kind.PERMANENT, ServiceError),
        ("SignatureDoesNotMatch", 400, Kind.PERMANENT, AuthenticationError),
        ("InvalidAccessKeyId.NotFound", 404, Kind.PERMANENT, AuthenticationError),
        ("InvalidAccessKeyId.Inactive", 403, Kind.PERMANENT, AuthenticationError),
        ("SignatureNonceUsed", 400, Kind.TRANSIENT, UnavailableError),
        ("InvalidTimeStamp.Expired", 400, Kind.CLOCK, ClockError),
        ("InvalidTimeStamp.Format", 400, Kind.CLOCK, ClockError),
        ("InvalidSecurityToken.Expired", 400, Kind.CREDENTIALS, AuthenticationError),
        ("InvalidSecurityToken.Malformed", 400, Kind.PERMANENT, AuthenticationError),
        ("NoPermission", 403, Kind.PERMANENT, PermissionDeniedError),
        ("Forbidden.RAM", 403, Kind.PERMANENT, PermissionDeniedError),
        ("Throttling", 400, Kind.THROTTLED, ThrottledError),
        ("Throttling.User", 400, Kind.THROTTLED, ThrottledError),
        ("Throttling.Api", 503, Kind.THROTTLED, ThrottledError),
        ("ServiceUnavailable", 503, Kind.TRANSIENT, UnavailableError),
        ("InternalError", 500, Kind.TRANSIENT, UnavailableError),
        ("MissingDeviceSn", 400, Kind.PERMANENT, InvalidArgumentError),
        ("", 500, Kind.TRANSIENT, UnavailableError),
        ("NeverHeardOf", 502, Kind.TRANSIENT, UnavailableError),
        ("NeverHeardOf", 429, Kind.THROTTLED, ThrottledError),
        ("NeverHeardOf", 408, Kind.TRANSIENT, UnavailableError),
        ("NeverHeardOf", 400, Kind.PERMANENT, ServiceError),
        ("NeverHeardOf", 200, Kind.PERMANENT, ServiceError),
    ],
)
def test_a_code_has_its_meaning_whatever_the_status(
    code: str, status: int, kind: Kind, error: type[ServiceError]
) -> None:
    meaning = meaning_of(code, status=status)
    assert (meaning.kind, meaning.error) == (kind, error)


def test_a_status_alone_says_whether_it_may_pass() -> None:
    assert [meaning_of_status(status).kind for status in (502, 429, 404)] == [
        Kind.TRANSIENT,
        Kind.THROTTLED,
        Kind.PERMANENT,
    ]


def test_advice_has_only_the_blanks_that_are_filled_in() -> None:
    for meaning in MEANINGS.values():
        blanks = {name for _, name, _, _ in Formatter().parse(meaning.advice) if name}
        assert blanks <= {"permission", "credentials", "region"}
