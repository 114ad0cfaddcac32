"""docs/errors.md: every error code of the services, and every class of errors of this package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from inspect import getdoc
from pathlib import Path
from textwrap import fill
from typing import ClassVar, Final, Protocol

from alicloud_device_certificates.cli.streams import OutputError
from alicloud_device_certificates.cloud import errors as cloud_errors
from alicloud_device_certificates.cloud.codes import (
    GATEWAY_CODES,
    IOT_CODES,
    MQTT_CODES,
    PASSING_STATUSES,
    TEMPORARY_CODES,
    ErrorClass,
    classify_status,
)
from alicloud_device_certificates.cloud.errors import CloudError, NotFoundError, ResponseError
from alicloud_device_certificates.cloud.retry import FailureClass
from alicloud_device_certificates.contract.extras import MissingExtraError
from alicloud_device_certificates.contract.ids import InvalidIdError
from alicloud_device_certificates.contract.thresholds import ThresholdError
from alicloud_device_certificates.emulator.errors import CommandError, ScenarioError, ServerError, StateError
from alicloud_device_certificates.gate.comment.forges import CommentError
from alicloud_device_certificates.gate.errors import EngineError, MergeError, RulesError
from alicloud_device_certificates.gate.reports.writing import ReportError
from alicloud_device_certificates.resources.arguments import ArgumentError
from alicloud_device_certificates.resources.certificate_field import NoCertificateError
from alicloud_device_certificates.resources.iot_private_key import PrivateKeyError
from alicloud_device_certificates.resources.own_config import ConfigError
from alicloud_device_certificates.stack.bundles import BundleError
from alicloud_device_certificates.stack.outputs import ExportError
from alicloud_device_certificates.stack.reference import ProducerError
from alicloud_device_certificates.testing import MockError
from tools.docs.pages import Render
from tools.docs.tables import table

PAGE: Final = """\
<!-- Written by `make docs`: do not edit. -->
# Errors

A failed read ends the preview with one line, after the engine's own prefix `error: Preview failed:` and the word
`ReadError`:

```text
{example}
```

The line names the operation and its target, then the service's code and message, the HTTP status and the request ID. It
ends with the fix. If there were several attempts, it has their number. It never contains a secret or a response's body.
`DEVICE_CERTIFICATES_DEBUG=1` logs each attempt and shows the traceback.

If the failure is about one certificate, the [preview gate](gate.md) reports it as a [finding](gate.md#findings) and
continues.

## Retries

The class of a failure decides whether the call is repeated. `alicloud:maxRetryTimeout` limits the time of all attempts
together ([configuration](configuration.md)). In the tables below, the column `failure` has the class.

{retries}

## Error codes that pass

A `*` stands for any text. An exact code takes precedence over a pattern, and an earlier pattern over a later one. So
these words decide first, in a code of either service:

{temporary}

## Error codes of ApsaraMQ for MQTT

{mqtt}

## Error codes of IoT Platform

{iot}

## Error codes of the gateway

Both services are behind the same API gateway, which checks signatures, credentials and quotas.

{gateway}

## Unknown error codes

For any other code, the HTTP status decides:

{unknown}

## Errors of a read

These are the classes in the column `error` above, and the errors without a code of the service:

{reads}

## Errors of a program

They end the program before it sends a request, all but `PrivateKeyError`. The line names the resource and every fault.

{programs}

## Errors of the preview gate

They end the command with exit code 1 ([exit codes](gate.md#exit-codes)).

{gate}

## Errors of the emulator

They end the command with exit code 1. An invalid scenario or state folder of the embedded emulator ends the preview.

{emulator}
"""


class _WithFix(Protocol):
    fix: ClassVar[str]


_STATUSES: Final = (
    ("429", 429),
    (", ".join((*map(str, sorted(PASSING_STATUSES)), "500 and above", "3xx other than a redirect")), 500),
    ("any other", 400),
)


def errors_page() -> str:
    """Return the page's text."""
    return PAGE.format(
        example=fill(str(_example()), width=120),
        retries=table(("class", "what happens"), ((_name(each), each.value) for each in FailureClass)),
        temporary=_codes(TEMPORARY_CODES),
        mqtt=_codes(MQTT_CODES),
        iot=_codes(IOT_CODES),
        gateway=_codes(GATEWAY_CODES),
        unknown=table(("HTTP status", *_HEAD[1:]), (_row(text, classify_status(status)) for text, status in _STATUSES)),
        reads=table(("error", "cause", "fix"), _cloud_errors()),
        programs=_classes(PROGRAM_ERRORS),
        gate=_classes(GATE_ERRORS),
        emulator=_classes(EMULATOR_ERRORS),
    )


def _example() -> NotFoundError:
    code = "FindDeviceBySnError"
    return NotFoundError(
        "Failed to find the device certificate by the SN.",
        operation="GetDeviceCertificate",
        region="cn-hangzhou",
        target="instance post-cn-1, CA 00f2, device 3562",
        code=code,
        request_id="020F6A43",
        http_status=500,
        advice=MQTT_CODES[code].advice,
    )


_HEAD: Final = ("code", "error", "failure", "cause", "fix")

PROGRAM_ERRORS: Final[tuple[type[_WithFix], ...]] = (
    ArgumentError,
    ConfigError,
    PrivateKeyError,
    InvalidIdError,
    ThresholdError,
    BundleError,
    ProducerError,
    ExportError,
    NoCertificateError,
    MockError,
    MissingExtraError,
)
GATE_ERRORS: Final[tuple[type[_WithFix], ...]] = (RulesError, EngineError, MergeError, ReportError, CommentError)
EMULATOR_ERRORS: Final[tuple[type[_WithFix], ...]] = (
    ScenarioError,
    StateError,
    CommandError,
    ServerError,
    OutputError,
)


def _codes(codes: Mapping[str, ErrorClass]) -> str:
    return table(_HEAD, (_row(f"`{code}`", error_class) for code, error_class in codes.items()))


def _row(code: str, error_class: ErrorClass) -> Sequence[str]:
    fix = error_class.advice.format(
        permission="the permission that the error names", credentials="credentials", region="that region"
    )
    return (
        code,
        f"`{error_class.error.__name__}`",
        _name(error_class.failure_class),
        error_class.cause,
        fix or error_class.error.fix,
    )


def _name(failure_class: FailureClass) -> str:
    return failure_class.name.lower()


def _cloud_errors() -> Iterator[Sequence[str]]:
    """Return a row for each class of the tree that is raised itself."""
    for each in vars(cloud_errors).values():
        if isinstance(each, type) and issubclass(each, CloudError) and each not in (CloudError, ResponseError):
            yield _class_row(each)


def _classes(classes: Iterable[type[_WithFix]]) -> str:
    return table(("error", "cause", "fix"), map(_class_row, classes))


def _class_row(error: type[_WithFix]) -> Sequence[str]:
    """Return the name, the first paragraph of the docstring, and the fix."""
    cause = " ".join((getdoc(error) or "").partition("\n\n")[0].split()).replace("``", "`")
    return f"`{error.__name__}`", cause, error.fix


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "errors.md"): lambda _: errors_page()}
