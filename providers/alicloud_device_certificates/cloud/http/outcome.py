"""What a response means: a document, or why the attempt failed and whether to retry."""

from __future__ import annotations

from alicloud_device_certificates.cloud import retry
from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.codes import classify_code, classify_status
from alicloud_device_certificates.cloud.errors import UnreadableResponseError
from alicloud_device_certificates.cloud.http.messages import RawResponse
from alicloud_device_certificates.cloud.http.response import (
    Document,
    UnreadableError,
    failure_in,
    read_document,
    request_id_in,
    without,
)
from alicloud_device_certificates.cloud.retry import FailureClass
from alicloud_device_certificates.contract.text import safe_text


def document_in(response: RawResponse, call: ApiCall, credentials: Credentials, *, now: float) -> Document:
    """Return the document in the response to a call that ``credentials`` sign.

    Raise ``AttemptFailed`` if there is none or it reports an error.
    """
    try:
        document = read_document(response.body, status=response.status)
        failure = failure_in(document, status=response.status)
    except UnreadableError as problem:
        unreadable = call.error(
            UnreadableResponseError,
            str(problem),
            http_status=response.status,
            request_id=response.request_id,
            advice=UnreadableResponseError.fix,
        )
        failure_class = classify_status(response.status).failure_class
        if failure_class is FailureClass.PERMANENT and (problem.is_damaged or response.status < 400):
            failure_class = FailureClass.TRANSIENT
        retry_after = retry.retry_after_in(response.headers, now=now)
        raise AttemptFailed(unreadable, failure_class, retry_after=retry_after) from None
    if failure is None:
        whole: Document = without(call.secrets, document)
        return whole
    error_class = classify_code(failure.code, status=response.status)
    error = call.error(
        error_class.error,
        safe_text(failure.message, secrets=call.secrets) or "the service returned no message",
        code=safe_text(failure.code, secrets=call.secrets) or None,
        http_status=response.status,
        request_id=request_id_in(document) or response.request_id,
        advice=call.advice(error_class, credentials),
    )
    raise AttemptFailed(
        error,
        error_class.failure_class,
        retry_after=retry.retry_after_in(response.headers, now=now),
        server_time=retry.parse_http_date(response.headers.get("date", "")),
    )
