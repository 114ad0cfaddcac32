"""What each code means: the documented ones, and what is done with the others."""

from __future__ import annotations

from string import Formatter

import pytest

from alicloud_device_certificates.cloud.codes import ERROR_CLASSES, classify_code, classify_status
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
from alicloud_device_certificates.cloud.retry import FailureClass


@pytest.mark.parametrize(
    ("code", "status", "failure_class", "error"),
    [
        ("FindDeviceBySnError", 500, FailureClass.PERMANENT, NotFoundError),
        ("MqttInstanceNotFound", 500, FailureClass.PERMANENT, NotFoundError),
        ("MqttOwnerCheckError", 500, FailureClass.PERMANENT, PermissionDeniedError),
        ("ParameterFieldCheckFailed", 400, FailureClass.PERMANENT, InvalidArgumentError),
        ("iot.system.SystemException", 200, FailureClass.TRANSIENT, UnavailableError),
        ("iot.common.HighFrequentDeny", 200, FailureClass.THROTTLED, ThrottledError),
        ("iot.common.RamActionPermissionDeny", 200, FailureClass.PERMANENT, PermissionDeniedError),
        ("iot.device.NotExistedDevice", 200, FailureClass.PERMANENT, NotFoundError),
        ("iot.prod.NotExistedProduct", 200, FailureClass.PERMANENT, NotFoundError),
        ("iot.prod.NullProductKey", 200, FailureClass.PERMANENT, InvalidArgumentError),
        ("iot.something.New", 200, FailureClass.PERMANENT, ServiceError),
        ("Iot.system.BillIsOverDue", 200, FailureClass.PERMANENT, ServiceError),
        ("SignatureDoesNotMatch", 400, FailureClass.PERMANENT, AuthenticationError),
        ("InvalidAccessKeyId.NotFound", 404, FailureClass.PERMANENT, AuthenticationError),
        ("InvalidAccessKeyId.Inactive", 403, FailureClass.PERMANENT, AuthenticationError),
        ("SignatureNonceUsed", 400, FailureClass.TRANSIENT, UnavailableError),
        ("InvalidTimeStamp.Expired", 400, FailureClass.CLOCK, ClockError),
        ("InvalidTimeStamp.Format", 400, FailureClass.CLOCK, ClockError),
        ("InvalidSecurityToken.Expired", 400, FailureClass.CREDENTIALS, AuthenticationError),
        ("InvalidSecurityToken.Malformed", 400, FailureClass.PERMANENT, AuthenticationError),
        ("NoPermission", 403, FailureClass.PERMANENT, PermissionDeniedError),
        ("Forbidden.RAM", 403, FailureClass.PERMANENT, PermissionDeniedError),
        ("Throttling", 400, FailureClass.THROTTLED, ThrottledError),
        ("Throttling.User", 400, FailureClass.THROTTLED, ThrottledError),
        ("Throttling.Api", 503, FailureClass.THROTTLED, ThrottledError),
        ("ServiceUnavailable", 503, FailureClass.TRANSIENT, UnavailableError),
        ("InternalError", 500, FailureClass.TRANSIENT, UnavailableError),
        ("MissingDeviceSn", 400, FailureClass.PERMANENT, InvalidArgumentError),
        *(
            (code, status, FailureClass.THROTTLED, ThrottledError)
            for code in ("iot.common.FlowLimit", "Iot.Throttled", "Forbidden.TooMany", "InvalidParameter.RateLimit")
            for status in (200, 403, 500)
        ),
        *(
            (code, status, FailureClass.TRANSIENT, UnavailableError)
            for code in (
                "iot.system.Timeout",
                "Iot.SystemBusy",
                "Forbidden.Timeout",
                "X.ReadTimedOut",
                "InternalError.X",
            )
            for status in (200, 400, 500)
        ),
        *(("", status, FailureClass.TRANSIENT, UnavailableError) for status in (304, 408, 421, 425, 499, 599)),
        ("", 500, FailureClass.TRANSIENT, UnavailableError),
        ("NeverHeardOf", 502, FailureClass.TRANSIENT, UnavailableError),
        ("NeverHeardOf", 429, FailureClass.THROTTLED, ThrottledError),
        ("NeverHeardOf", 408, FailureClass.TRANSIENT, UnavailableError),
        ("NeverHeardOf", 400, FailureClass.PERMANENT, ServiceError),
        ("NeverHeardOf", 200, FailureClass.PERMANENT, ServiceError),
    ],
)
def test_a_code_has_its_meaning_whatever_the_status(
    code: str, status: int, failure_class: FailureClass, error: type[ServiceError]
) -> None:
    error_class = classify_code(code, status=status)
    assert (error_class.failure_class, error_class.error) == (failure_class, error)


def test_a_status_alone_says_whether_it_may_pass() -> None:
    assert [classify_status(status).failure_class for status in (502, 429, 404)] == [
        FailureClass.TRANSIENT,
        FailureClass.THROTTLED,
        FailureClass.PERMANENT,
    ]


def test_advice_has_only_the_blanks_that_are_filled_in() -> None:
    for meaning in ERROR_CLASSES.values():
        blanks = {name for _, name, _, _ in Formatter().parse(meaning.advice) if name}
        assert blanks <= {"permission", "credentials", "region"}
