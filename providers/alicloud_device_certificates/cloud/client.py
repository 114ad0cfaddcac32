"""The client: signs, sends and retries API calls, and returns documents or raises typed errors."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import httpx

from alicloud_device_certificates.cloud import retry
from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.codes import classify_code, classify_status
from alicloud_device_certificates.cloud.credentials.credentials import Credentials
from alicloud_device_certificates.cloud.credentials.source import CredentialSource
from alicloud_device_certificates.cloud.errors import CloudError, UnreadableResponseError
from alicloud_device_certificates.cloud.http.exchange import Exchange, RawResponse
from alicloud_device_certificates.cloud.http.response import UnreadableError, failure_in, read_document, request_id_in
from alicloud_device_certificates.cloud.http.signing import canonical_query
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.retry import FailureClass, RetryPolicy, RetryState
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.emulator_header import EMULATOR_HEADER
from alicloud_device_certificates.contract.text import one_line, safe_text

log = logging.getLogger(PACKAGE)


class Client:
    """Calls the operations of both services. There is one for each distinct value of the settings.

    Use it on one event loop. The arguments replace what a test or the embedded emulator needs to replace:

    - ``transport``: the network
    - ``tls``: httpx's own TLS context
    - ``credentials``: the source of credentials
    - ``policy``: how often and how long to retry
    - ``clock``: Unix time in seconds
    - ``monotonic``: monotonic time in seconds
    - ``sleep``: waits for a number of seconds
    - ``random``: returns a number in [0, 1)
    - ``nonce``: returns a string that was never used before
    - ``on_retry``: gets one line on each wait before another attempt
    """

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        tls: ssl.SSLContext | None = None,
        credentials: CredentialSource | None = None,
        policy: retry.RetryPolicy = retry.DEFAULT,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
        on_retry: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._credentials = credentials or CredentialSource(settings)
        self._policy = policy
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._random = random
        self._nonce = nonce
        self._on_retry = on_retry
        self._clock_offset = 0.0
        self._is_networked = transport is None
        self._emulated: set[str] = set()
        self._exchange = Exchange(settings, transport=transport, tls=tls)

    def is_emulated(self, product: str) -> bool:
        """Return whether an emulator on the network has responded for this product."""
        return product in self._emulated

    async def aclose(self) -> None:
        """Close the connections."""
        await self._exchange.aclose()

    async def call(
        self, operation: Operation, arguments: Mapping[str, str | None], *, region: str, target: str
    ) -> dict[str, Any]:
        """Return the operation's response as a document. Arguments that are None are left out.

        ``target`` names what the call is for in errors, such as ``instance post-cn-1, CA 00f2, device 3562``.
        Raise ``CloudError``.
        """
        base = self._settings.base_url(operation.product, region=region)
        call = ApiCall(
            operation=operation,
            region=region,
            target=target,
            url=f"{base}/?{canonical_query(arguments)}",
            instance=arguments.get("MqttInstanceId") or "<instance>",
        )
        return await self._repeat(call)

    async def _repeat(self, call: ApiCall) -> dict[str, Any]:
        state = RetryState(attempts=0)
        credentials = await self._credentials.get()
        deadline = self._monotonic() + self._settings.deadline
        while True:
            state = replace(state, attempts=state.attempts + 1)
            try:
                return await self._attempt(call, credentials, state.attempts, lambda: deadline - self._monotonic())
            except AttemptFailed as attempt:
                failed = attempt
            error, failure_class = failed.error, failed.failure_class
            error.attempts = state.attempts
            if not retry.should_retry(failure_class, state, policy=self._policy):
                raise error from None
            delay = retry.delay(
                failure_class,
                state.attempts,
                retry_after=failed.retry_after,
                policy=self._policy,
                random=self._random,
            )
            if self._monotonic() + delay >= deadline:
                raise error from None
            if failure_class is FailureClass.CREDENTIALS:
                renewed = await self._credentials.renew(credentials)
                if renewed is None:
                    raise error from None
                credentials, state = renewed, replace(state, renewed=True)
            elif failure_class is FailureClass.CLOCK:
                if failed.server_time is None:
                    raise error from None
                self._clock_offset = failed.server_time - self._clock()
                state = replace(state, corrected=True)
            else:
                self._on_retry(_waiting(call, error, state, failure_class, delay, policy=self._policy))
                await self._sleep(delay)

    async def _attempt(
        self, call: ApiCall, credentials: Credentials, attempt: int, time_left: Callable[[], float]
    ) -> dict[str, Any]:
        began = self._monotonic()
        outcome, request_id = "no response", None
        try:
            response = await self._exchange.send(
                call, credentials, clock=self._now, nonce=self._nonce, time_left=time_left
            )
            if self._is_networked and EMULATOR_HEADER in response.headers:
                self._emulated.add(call.operation.product)
            document = _document_in(response, call, credentials, now=self._now())
        except AttemptFailed as failed:
            outcome = failed.error.code or type(failed.error).__name__
            request_id = failed.error.request_id
            raise
        else:
            outcome = f"HTTP {response.status}"
            request_id = request_id_in(document)
            return document
        finally:
            log.debug(
                "%s (%s): attempt %d, %s, request ID %s, %.0f ms",
                call.operation.name,
                one_line(call.target),
                attempt,
                outcome,
                request_id or "-",
                (self._monotonic() - began) * 1000,
            )

    def _now(self) -> float:
        return self._clock() + self._clock_offset


def _waiting(
    call: ApiCall,
    error: CloudError,
    state: RetryState,
    failure_class: FailureClass,
    delay: float,
    *,
    policy: RetryPolicy,
) -> str:
    """Return what a call waits for, in one line for people."""
    # Only the deadline limits the attempts at a throttled call.
    limit = f" of {policy.attempts}" if failure_class is FailureClass.TRANSIENT else ""
    reason = error.code or "no response"
    return one_line(
        f"{call.operation.name} ({call.target}): {reason}, attempt {state.attempts + 1}{limit} in {delay:.1f} s"
    )


def _document_in(response: RawResponse, call: ApiCall, credentials: Credentials, *, now: float) -> dict[str, Any]:
    """Return the document in a response. Raise ``AttemptFailed`` if there is none or it reports an error."""
    retry_after = retry.retry_after_in(response.headers, now=now)
    try:
        document = read_document(response.body)
    except UnreadableError as problem:
        unreadable = call.error(
            UnreadableResponseError,
            str(problem),
            http_status=response.status,
            request_id=response.request_id,
            advice=UnreadableResponseError.fix,
        )
        failure_class = classify_status(response.status).failure_class
        raise AttemptFailed(unreadable, failure_class, retry_after=retry_after) from None
    failure = failure_in(document, status=response.status)
    if failure is None:
        return document
    error_class = classify_code(failure.code, status=response.status)
    secret = (credentials.access_key_id, credentials.access_key_secret, credentials.security_token)
    error = call.error(
        error_class.error,
        safe_text(failure.message, secrets=secret) or "the service returned no message",
        code=safe_text(failure.code, secrets=secret) or None,
        http_status=response.status,
        request_id=safe_text(request_id_in(document) or "", secrets=secret) or response.request_id,
        advice=call.advice(error_class, credentials),
    )
    raise AttemptFailed(
        error,
        error_class.failure_class,
        retry_after=retry_after,
        server_time=retry.parse_http_date(response.headers.get("date", "")),
    )
