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
from typing import TYPE_CHECKING, Any, TypeVar

from alicloud_device_certificates.cloud import retry
from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.credentials.source import CredentialSource
from alicloud_device_certificates.cloud.errors import CloudError, UnexpectedResponseError
from alicloud_device_certificates.cloud.http.connections import LIMIT
from alicloud_device_certificates.cloud.http.exchange import Exchange, Reading
from alicloud_device_certificates.cloud.http.messages import RawResponse
from alicloud_device_certificates.cloud.http.outcome import document_in
from alicloud_device_certificates.cloud.http.response import request_id_in
from alicloud_device_certificates.cloud.http.signing import canonical_query
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.quota.config import QuotaConfig
from alicloud_device_certificates.cloud.quota.limiters import Limiters
from alicloud_device_certificates.cloud.quota.turns import Turns
from alicloud_device_certificates.cloud.retry import FailureClass, RetryPolicy, RetryState
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.emulator_header import EMULATOR_HEADER
from alicloud_device_certificates.contract.text import one_line

if TYPE_CHECKING:
    import httpx

    from alicloud_device_certificates.cloud.http.via_asgi import AsgiApp

T = TypeVar("T")

log = logging.getLogger(PACKAGE)


class Client:
    """Calls the operations of both services. There is one for each distinct value of the settings.

    Use it on one event loop. The arguments replace what a test or the embedded emulator needs to replace:

    - ``app``: the network, by an ASGI application in this process
    - ``transport``: the network, by a transport of httpx
    - ``tls``: the TLS context
    - ``credentials``: the source of credentials
    - ``policy``: how often and how long to retry
    - ``clock``: Unix time in seconds
    - ``monotonic``: monotonic time in seconds
    - ``sleep``: waits for a number of seconds
    - ``random``: returns a number in [0, 1)
    - ``nonce``: returns a string that was never used before
    - ``on_retry``: gets one line on each wait before another attempt
    - ``quota``: the calls per second. They limit nothing within this process, by ``app`` or ``transport``
    - ``limiters``: those of the process, which its clients share
    """

    def __init__(
        self,
        settings: Settings,
        *,
        app: AsgiApp | None = None,
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
        quota: QuotaConfig = QuotaConfig(),  # noqa: B008 - immutable
        limiters: Limiters | None = None,
    ) -> None:
        self._settings = settings
        self._credentials = credentials or CredentialSource(settings, on_retry=on_retry)
        self._policy = policy
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._random = random
        self._nonce = nonce
        self._on_retry = on_retry
        self._clock_offset = 0.0
        self._is_networked = app is None and transport is None
        self._emulated: set[str] = set()
        self._exchange = Exchange(settings, app=app, transport=transport, tls=tls)
        # Closed with this client, unlike those that it shares.
        self._own_limiters = Limiters(at_once=LIMIT, monotonic=monotonic, sleep=sleep)
        self._limiters = (limiters or self._own_limiters).of(settings, quota)

    def is_emulated(self, product: str) -> bool:
        """Return whether an emulator on the network has responded for this product."""
        return product in self._emulated

    async def aclose(self) -> None:
        """Close the connections."""
        await self._exchange.aclose()
        await self._own_limiters.aclose()

    async def call(
        self,
        operation: Operation,
        arguments: Mapping[str, str | None],
        *,
        region: str,
        target: str,
        read: Callable[[dict[str, Any]], T],
    ) -> T:
        """Return what ``read`` makes of the operation's response, a document. Arguments that are None are left out.

        ``target`` names what the call is for in errors, such as ``instance post-cn-1, CA 00f2, device 3562``. If
        ``read`` raises ``UnexpectedResponseError``, the call is repeated, as after any broken response. Raise
        ``CloudError``.
        """
        base = self._settings.base_url(operation.product, region=region)
        call = ApiCall(
            operation=operation,
            region=region,
            target=target,
            url=f"{base}/?{canonical_query(arguments)}",
            arguments=arguments,
        )
        return await self._repeat(call, read)

    async def _repeat(self, call: ApiCall, read: Callable[[dict[str, Any]], T]) -> T:
        state = RetryState(attempts=0)
        credentials = await self._credentials.get()
        limiter = self._limiters.limiter(call.operation.product, credentials) if self._is_networked else None
        turns = Turns(limiter, limit=self._settings.deadline, monotonic=self._monotonic)
        failed: AttemptFailed | None = None
        while True:
            state = replace(state, attempts=state.attempts + 1)
            try:
                async with turns.turn() as took_long:
                    if failed is not None and turns.time_left() <= 0:
                        raise failed.error from None
                    if took_long and not state.renewed:
                        credentials = await self._credentials.get()
                    return await self._attempt(call, credentials, state, turns.time_left, read)
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
                is_limited=turns.are_limited,
            )
            if delay >= turns.time_left():
                raise error from None
            if failure_class is FailureClass.CREDENTIALS:
                renewed = await self._credentials.renew(credentials)
                if renewed is None:
                    raise error from None
                credentials, state = renewed, replace(state, renewed=True)
            elif failure_class is FailureClass.UNPROVEN:
                state = replace(state, is_repeated=True)
            elif failure_class is FailureClass.CLOCK:
                if failed.server_time is None:
                    raise error from None
                self._clock_offset = failed.server_time - self._clock()
            is_first = failure_class is FailureClass.THROTTLED and state.attempts == 1
            if delay > 0 or is_first:
                self._on_retry(_waiting(call, error, state, failure_class, delay, policy=self._policy))
                await self._sleep(delay)

    async def _attempt(
        self,
        call: ApiCall,
        credentials: Credentials,
        state: RetryState,
        time_left: Callable[[], float],
        read: Callable[[dict[str, Any]], T],
    ) -> T:
        call = call.signed_by(credentials)
        began = self._monotonic()
        outcome, request_id = "no response", None

        def reading(response: RawResponse) -> Reading[T]:
            nonlocal outcome, request_id
            if self._is_networked and EMULATOR_HEADER in response.headers:
                self._emulated.add(call.operation.product)
            document = document_in(response, call, credentials, now=self._now())
            outcome, request_id = f"HTTP {response.status}", request_id_in(document)
            try:
                value = read(document)
            except UnexpectedResponseError as error:
                raise AttemptFailed(error, FailureClass.TRANSIENT) from None
            return Reading(value, is_proven=call.operation.is_answered_by(document, call.arguments))

        try:
            return await self._exchange.send(
                call,
                credentials,
                clock=self._now,
                nonce=self._nonce,
                time_left=time_left,
                read=reading,
                reuse=state.attempts == 1,
                believes=state.is_repeated,
            )
        except AttemptFailed as failed:
            outcome = failed.error.code or type(failed.error).__name__
            request_id = failed.error.request_id
            raise
        finally:
            log.debug(
                "%s (%s): attempt %d, %s, request ID %s, %.0f ms",
                call.operation.name,
                one_line(call.target),
                state.attempts,
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
    when = f"in {delay:.1f} s" if delay else "when the quota allows it"
    return one_line(f"{call.operation.name} ({call.target}): {reason}, attempt {state.attempts + 1}{limit} {when}")
