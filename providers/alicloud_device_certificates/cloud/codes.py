"""What each error code means: whether to ask again, which error it becomes, and what to do about it.

One table for the gateway's codes and those of both services. Sources: the operations' reference pages, "Error codes" of
IoT Platform, and the gateway's public error codes.
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
from alicloud_device_certificates.cloud.retry import Kind


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means. In `advice`, `{permission}`, `{credentials}` and `{region}` are filled in by the client."""

    kind: Kind
    error: type[ServiceError]
    advice: str = ""


_DENIED = Meaning(
    Kind.PERMANENT,
    PermissionDeniedError,
    "Grant the RAM identity behind the {credentials} the permission {permission}.",
)
_THROTTLED = Meaning(
    Kind.THROTTLED, ThrottledError, "The quota is shared by the whole account: ask for less at once, or again later."
)
_UNAVAILABLE = Meaning(Kind.TRANSIENT, UnavailableError, "Try again later.")
_EXPIRED = Meaning(
    Kind.CREDENTIALS, AuthenticationError, "The STS token of the {credentials} has expired: get new ones."
)
_BAD_KEY = Meaning(
    Kind.PERMANENT, AuthenticationError, "Check the access key of the {credentials}: it may be deleted or disabled."
)
_BAD_SIGNATURE = Meaning(
    Kind.PERMANENT, AuthenticationError, "Check the secret key of the {credentials}: it is not the access key's."
)
_BAD_TOKEN = Meaning(
    Kind.PERMANENT,
    AuthenticationError,
    "Check that key, secret and STS token of the {credentials} belong together and are used for their own account.",
)
_CLOCK = Meaning(Kind.CLOCK, ClockError, "Set this machine's clock, for example by NTP.")
_IOT_PLACE = Meaning(
    Kind.PERMANENT,
    NotFoundError,
    "Check product_key and device_name, and iot_instance_id: it is required for enterprise instances.",
)
_IOT_ARGUMENT = Meaning(Kind.PERMANENT, InvalidArgumentError, "Check product_key, device_name and iot_instance_id.")
_OTHER_PERMANENT = Meaning(Kind.PERMANENT, ServiceError)

MEANINGS: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        # ApsaraMQ for MQTT. HTTP 500 on most of them, and none of them passes.
        "FindDeviceBySnError": Meaning(
            Kind.PERMANENT,
            NotFoundError,
            "Check device_sn and ca_sn: the device certificate must be registered under this CA in this instance.",
        ),
        "FindCaBySnError": Meaning(
            Kind.PERMANENT, NotFoundError, "Check ca_sn: the CA certificate must be registered in this instance."
        ),
        "MqttInstanceNotFound": Meaning(
            Kind.PERMANENT,
            NotFoundError,
            "Check mqtt_instance_id and the region: the instance must be in {region}, and of the Platinum Edition.",
        ),
        "MqttOwnerCheckError": Meaning(
            Kind.PERMANENT,
            PermissionDeniedError,
            "The instance belongs to another account, or the permission is missing: check the {credentials}, "
            "and {permission}.",
        ),
        "ParameterFieldCheckFailed": Meaning(
            Kind.PERMANENT, InvalidArgumentError, "Check mqtt_instance_id, ca_sn and device_sn: at most 128 bytes each."
        ),
        # IoT Platform: HTTP 200 and Success: false.
        "iot.system.SystemException": _UNAVAILABLE,
        "iot.common.HighFrequentDeny": _THROTTLED,
        "iot.common.RamActionPermissionDeny": _DENIED,
        "iot.common.AuthActionPermissionDeny": _DENIED,
        "iot.common.InvalidTenant": _DENIED,
        "iot.system.InstanceNotFound": _IOT_PLACE,
        "iot.Sre.IotInstanceNotFound": _IOT_PLACE,
        "iot.system.UidNotFound": Meaning(
            Kind.PERMANENT, PermissionDeniedError, "Activate IoT Platform for the account of the {credentials}."
        ),
        "iot.*NotExist*": _IOT_PLACE,
        "iot.*Invalid*": _IOT_ARGUMENT,
        "iot.*Null*": _IOT_ARGUMENT,
        "iot.*": _OTHER_PERMANENT,
        "Iot.*": _OTHER_PERMANENT,
        # The gateway.
        "SignatureDoesNotMatch": _BAD_SIGNATURE,
        "IncompleteSignature": _BAD_SIGNATURE,
        "SignatureNonceUsed": _UNAVAILABLE,
        "InvalidTimeStamp*": _CLOCK,
        "IllegalTimestamp": _CLOCK,
        "InvalidSecurityToken.Expired": _EXPIRED,
        "InvalidSecurityToken*": _BAD_TOKEN,
        "MissingSecurityToken": _BAD_TOKEN,
        "InvalidAccessKeyId*": _BAD_KEY,
        "InvalidAccessKeySecret": _BAD_SIGNATURE,
        "NoPermission*": _DENIED,
        "Forbidden*": _DENIED,
        "Throttling*": _THROTTLED,
        "*.Throttling": _THROTTLED,
        "ServiceUnavailable*": _UNAVAILABLE,
        "InternalError*": _UNAVAILABLE,
        "UnknownError": _UNAVAILABLE,
        "Missing*": Meaning(Kind.PERMANENT, InvalidArgumentError),
        "InvalidParameter*": Meaning(Kind.PERMANENT, InvalidArgumentError),
        "UnsupportedOperation*": _OTHER_PERMANENT,
    }
)
"""By code or pattern; the code itself goes before patterns, and earlier patterns before later ones."""


def meaning_of(code: str, *, status: int) -> Meaning:
    """What an error means, by its code; by the HTTP status where the code is unknown or missing."""
    exact = MEANINGS.get(code)
    if exact is not None:
        return exact
    for pattern, meaning in MEANINGS.items():
        if fnmatchcase(code, pattern):
            return meaning
    return meaning_of_status(status)


def meaning_of_status(status: int) -> Meaning:
    """What an HTTP status alone says."""
    if status == 429:
        return _THROTTLED
    if status >= 500 or status == 408:
        return _UNAVAILABLE
    return _OTHER_PERMANENT
