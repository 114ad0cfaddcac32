"""What each error code means: whether to retry, which error it becomes, its cause and the advice.

One table for the codes of the gateway and of both services; docs/errors.md is generated from it. Sources: the reference
pages of the operations, "Error codes" of IoT Platform, and the public error codes of the gateway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Final

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
from alicloud_device_certificates.contract.ids import MAX_PART_BYTES


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """What an error code means."""

    failure_class: FailureClass
    error: type[ServiceError]
    cause: str
    """Why the service returns the code, for the documentation."""
    advice: str = ""
    """What to do; ``{permission}``, ``{credentials}`` and ``{region}`` are placeholders that the client fills in."""


_DENIED = ErrorClass(
    FailureClass.PERMANENT,
    PermissionDeniedError,
    "The RAM identity lacks a permission.",
    "Grant {permission} to the RAM identity behind the {credentials}.",
)
_THROTTLED = ErrorClass(
    FailureClass.THROTTLED, ThrottledError, "The account sends too many requests.", ThrottledError.fix
)
_UNAVAILABLE = ErrorClass(
    FailureClass.TRANSIENT, UnavailableError, "The service failed temporarily.", UnavailableError.fix
)
_REPLAYED = ErrorClass(
    FailureClass.TRANSIENT, UnavailableError, "The service has already seen the request.", UnavailableError.fix
)
_EXPIRED = ErrorClass(
    FailureClass.CREDENTIALS,
    AuthenticationError,
    "The STS token has expired.",
    "The STS token of the {credentials} has expired: get a new one.",
)
_BAD_KEY = ErrorClass(
    FailureClass.PERMANENT,
    AuthenticationError,
    "The access key does not exist or is disabled.",
    "Check the access key of the {credentials}: it may be deleted or disabled.",
)
_BAD_SIGNATURE = ErrorClass(
    FailureClass.PERMANENT,
    AuthenticationError,
    "The secret key does not belong to the access key.",
    "Check the secret key of the {credentials}: it does not belong to the access key.",
)
_BAD_TOKEN = ErrorClass(
    FailureClass.PERMANENT,
    AuthenticationError,
    "The STS token does not belong to the access key or the account.",
    "Check that access key, secret key and STS token of the {credentials} belong together and to this account.",
)
_CLOCK = ErrorClass(
    FailureClass.CLOCK, ClockError, "The local clock differs too much from the service's clock.", ClockError.fix
)
_IOT_NOT_FOUND = ErrorClass(
    FailureClass.PERMANENT,
    NotFoundError,
    "There is no such instance, product or device.",
    "Check product_key and device_name, and set iot_instance_id for a product of an enterprise instance.",
)
_IOT_ARGUMENT = ErrorClass(
    FailureClass.PERMANENT,
    InvalidArgumentError,
    "An argument is missing or invalid.",
    "Check product_key, device_name and iot_instance_id.",
)
_ARGUMENT = ErrorClass(FailureClass.PERMANENT, InvalidArgumentError, "An argument is missing or invalid.")
_OTHER_PERMANENT = ErrorClass(FailureClass.PERMANENT, ServiceError, "The service rejects the request.")

TEMPORARY_CODES: Final[Mapping[str, ErrorClass]] = MappingProxyType(
    {
        "*Throttl*": _THROTTLED,
        "*FlowLimit*": _THROTTLED,
        "*FlowControl*": _THROTTLED,
        "*RateLimit*": _THROTTLED,
        "*TooMany*": _THROTTLED,
        "*TooFrequent*": _THROTTLED,
        "*HighFrequen*": _THROTTLED,
        "*Timeout*": _UNAVAILABLE,
        "*TimedOut*": _UNAVAILABLE,
        "*Busy*": _UNAVAILABLE,
        "*Unavailable*": _UNAVAILABLE,
        "*InternalError*": _UNAVAILABLE,
        "*SystemError*": _UNAVAILABLE,
        "*SystemException*": _UNAVAILABLE,
    }
)
"""Words that mean the same in a code of any service: the failure passes."""

MQTT_CODES: Final[Mapping[str, ErrorClass]] = MappingProxyType(
    {
        "FindDeviceBySnError": ErrorClass(
            FailureClass.PERMANENT,
            NotFoundError,
            "There is no such device certificate.",
            "Check device_sn and ca_sn: the device certificate must be registered under this CA in this instance.",
        ),
        "FindCaBySnError": ErrorClass(
            FailureClass.PERMANENT,
            NotFoundError,
            "There is no such CA certificate.",
            "Check ca_sn: the CA certificate must be registered in this instance.",
        ),
        "MqttInstanceNotFound": ErrorClass(
            FailureClass.PERMANENT,
            NotFoundError,
            "There is no such instance in the region.",
            "Check mqtt_instance_id and the region: it must be an Enterprise Platinum instance in {region}.",
        ),
        "MqttOwnerCheckError": ErrorClass(
            FailureClass.PERMANENT,
            PermissionDeniedError,
            "The instance belongs to another account, or a permission is missing.",
            "The instance belongs to another account, or the identity lacks {permission}: check the {credentials}.",
        ),
        "ParameterFieldCheckFailed": ErrorClass(
            FailureClass.PERMANENT,
            InvalidArgumentError,
            "An argument is empty or too long.",
            f"Check mqtt_instance_id, ca_sn and device_sn: at most {MAX_PART_BYTES} bytes each.",
        ),
    }
)
"""ApsaraMQ for MQTT. It returns most of them with HTTP 500, although none of them is transient."""

IOT_CODES: Final[Mapping[str, ErrorClass]] = MappingProxyType(
    {
        "iot.system.SystemException": _UNAVAILABLE,
        "iot.common.HighFrequentDeny": _THROTTLED,
        "iot.common.RamActionPermissionDeny": _DENIED,
        "iot.common.AuthActionPermissionDeny": _DENIED,
        "iot.common.InvalidTenant": _DENIED,
        "iot.system.InstanceNotFound": _IOT_NOT_FOUND,
        "iot.Sre.IotInstanceNotFound": _IOT_NOT_FOUND,
        "iot.system.UidNotFound": ErrorClass(
            FailureClass.PERMANENT,
            PermissionDeniedError,
            "The account does not use IoT Platform.",
            "Activate IoT Platform for the account of the {credentials}.",
        ),
        "iot.*NotExist*": _IOT_NOT_FOUND,
        "iot.*Invalid*": _IOT_ARGUMENT,
        "iot.*Null*": _IOT_ARGUMENT,
        "iot.*": _OTHER_PERMANENT,
        "Iot.*": _OTHER_PERMANENT,
    }
)
"""IoT Platform. It returns them with HTTP 200 and ``Success: false``."""

GATEWAY_CODES: Final[Mapping[str, ErrorClass]] = MappingProxyType(
    {
        "SignatureDoesNotMatch": _BAD_SIGNATURE,
        "IncompleteSignature": _BAD_SIGNATURE,
        "SignatureNonceUsed": _REPLAYED,
        "InvalidTimeStamp*": _CLOCK,
        "IllegalTimestamp": _CLOCK,
        "InvalidSecurityToken.Expired": _EXPIRED,
        "InvalidSecurityToken*": _BAD_TOKEN,
        "MissingSecurityToken": _BAD_TOKEN,
        "InvalidAccessKeyId*": _BAD_KEY,
        "InvalidAccessKeySecret": _BAD_SIGNATURE,
        "NoPermission*": _DENIED,
        "Forbidden*": _DENIED,
        "UnknownError": _UNAVAILABLE,
        "Missing*": _ARGUMENT,
        "InvalidParameter*": _ARGUMENT,
        "UnsupportedOperation*": _OTHER_PERMANENT,
    }
)
"""The gateway in front of both services."""

ERROR_CLASSES: Final[Mapping[str, ErrorClass]] = MappingProxyType(
    {**TEMPORARY_CODES, **MQTT_CODES, **IOT_CODES, **GATEWAY_CODES}
)
"""By code or pattern. An exact code precedes all patterns; earlier patterns precede later ones."""


PASSING_STATUSES: Final = frozenset({408, 421, 425, 499})
"""Statuses below 500 of a request that came too late, too early or on the wrong connection, or that was dropped."""


def classify_code(code: str, *, status: int) -> ErrorClass:
    """Return what an error means by its code; by the HTTP status if the code is unknown or missing."""
    exact = ERROR_CLASSES.get(code)
    if exact is not None:
        return exact
    for pattern, error_class in ERROR_CLASSES.items():
        if fnmatchcase(code, pattern):
            return error_class
    return classify_status(status)


def classify_status(status: int) -> ErrorClass:
    """Return what an HTTP status alone means."""
    if status == 429:
        return _THROTTLED
    if status >= 500 or status in PASSING_STATUSES or 300 <= status < 400:
        return _UNAVAILABLE
    return _OTHER_PERMANENT
