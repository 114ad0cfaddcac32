"""What a response about credentials says: a document, or the error that its sender reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from alicloud_device_certificates.cloud import retry
from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.codes import classify_code
from alicloud_device_certificates.cloud.credentials.issued import UnusableError, issued
from alicloud_device_certificates.cloud.errors import CredentialsError, UnreadableResponseError
from alicloud_device_certificates.cloud.http.messages import RawResponse
from alicloud_device_certificates.cloud.http.response import (
    ReportedFailure,
    UnreadableError,
    failure_in,
    read_document,
    request_id_in,
)
from alicloud_device_certificates.cloud.retry import FailureClass
from alicloud_device_certificates.contract.text import hide

# A message is never shown, because it may quote what was sent; nor is a code that looks like none.
_CODE: Final = re.compile(r"[\w.-]{1,80}")
_SHORTEST: Final = 6
"""Characters of the shortest secret. A shorter one is in many words."""

Advise = Callable[[str], str]
"""Returns what to do about an error code; empty if that is unknown."""


def credentials_in(
    call: ApiCall,
    response: RawResponse,
    now: float,
    *,
    within: str = "",
    advise: Advise = lambda _: "",
) -> Credentials:
    """Return the credentials in a response, or in its object ``within``; ``now`` is when it was sent.

    Raise ``AttemptFailed``; a response that says nothing is worth another attempt.
    """
    document = document_in(call, response, now, advise=advise)
    fields = document.get(within) if within else document
    if not isinstance(fields, dict):
        fault = f"{call.host} returned no {within}"
    else:
        try:
            return issued(fields, origin=call.target, now=now)
        except UnusableError as unusable:
            fault = f"{call.host} returned no usable credentials: {unusable}"
    request_id = _shown(response.request_id, call.secrets)
    error = call.error(UnreadableResponseError, fault, http_status=response.status, request_id=request_id)
    raise AttemptFailed(error, FailureClass.TRANSIENT)


def document_in(
    call: ApiCall,
    response: RawResponse,
    now: float,
    *,
    advise: Advise = lambda _: "",
) -> Mapping[str, Any]:
    """Return the document in a response. Raise ``AttemptFailed`` if there is none, or it reports an error."""
    problem = ""
    document: dict[str, Any] = {}
    try:
        document = read_document(response.body, status=response.status)
        failure = failure_in(document, status=response.status)
    except UnreadableError as unreadable:
        problem = str(unreadable)
        failure = ReportedFailure(code="", message="")
    if problem and response.status < 400:
        error = call.error(UnreadableResponseError, problem, http_status=response.status)
        raise AttemptFailed(error, FailureClass.TRANSIENT)
    if failure is None:
        return document
    code = _shown(failure.code, call.secrets)
    error_class = classify_code(code, status=response.status)
    error = call.error(
        CredentialsError,
        f"{call.host} returned {code or f'HTTP {response.status}'}",
        code=code or None,
        http_status=response.status if code else None,
        request_id=_shown(request_id_in(document) or response.request_id, call.secrets),
        advice=advise(code),
    )
    raise AttemptFailed(
        error,
        error_class.failure_class,
        retry_after=retry.retry_after_in(response.headers, now=now),
        server_time=retry.parse_http_date(response.headers.get("date", "")),
    )


def _shown(text: str | None, secrets: tuple[str, ...]) -> str:
    """Return a code or a request ID as it may be shown; empty if it is none, or has anything to do with a secret."""
    if not text or not _CODE.fullmatch(text) or any(text in secret for secret in secrets):
        return ""
    return text if hide(text, [secret for secret in secrets if len(secret) >= _SHORTEST]) == text else ""
