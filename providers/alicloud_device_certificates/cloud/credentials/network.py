"""The requests for credentials: sent, retried and reported by the rules of API calls.

That is: proxies and certificate authorities from the environment, the timeouts of the settings, no redirects, responses
of limited size, the same retries, and one deadline for all requests of a lookup.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Final, Self, TypeVar

from alicloud_device_certificates.cloud import retry
from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.errors import CloudError, ConnectionFailedError, CredentialsError
from alicloud_device_certificates.cloud.http.exchange import Exchange, Reading
from alicloud_device_certificates.cloud.http.messages import RawResponse
from alicloud_device_certificates.cloud.retry import FailureClass, RetryPolicy, RetryState
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.text import one_line

T = TypeVar("T")

log = logging.getLogger(PACKAGE)

_LOCAL_ATTEMPTS: Final = 3
_LOCAL_TIMEOUT: Final = 0.5
"""Seconds to connect to the metadata service, which is next to the instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Clocks, waits and chance, which tests replace."""

    clock: Callable[[], float] = time.time
    """Unix time in seconds."""
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    nonce: Callable[[], str] = lambda: secrets.token_hex(16)


class Network:
    """Sends the requests of one lookup, within one deadline. Use it as a context manager, which closes connections."""

    def __init__(
        self,
        settings: Settings,
        *,
        policy: RetryPolicy = retry.DEFAULT,
        timing: Timing = Timing(),
        on_retry: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.settings = settings
        self.timing = timing
        self._policy = policy
        self._on_retry = on_retry
        self._deadline = timing.monotonic() + settings.deadline
        self._offset = 0.0
        self._exchanges: dict[bool, Exchange] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for exchange in self._exchanges.values():
            await exchange.aclose()

    def time_left(self) -> float:
        """Return the seconds until the deadline."""
        return self._deadline - self.timing.monotonic()

    async def send(
        self,
        call: ApiCall,
        read: Callable[[RawResponse, float], T],
        *,
        credentials: Credentials | None = None,
        advice: str = "",
        is_local: bool = False,
    ) -> T:
        """Return what ``read`` makes of the response and the time at which it was sent, in Unix seconds.

        ``read`` raises ``AttemptFailed`` if it can make nothing of it. ``call.target`` is the origin of the
        credentials, as users see it. Without ``credentials`` the request is not signed. ``is_local`` is for the
        metadata service: no proxy reaches it, and it responds at once or never. Raise ``CredentialsError``, which names
        the host and the cause; ``advice`` replaces what it says to do.
        """
        state = RetryState(attempts=0)
        while True:
            state = replace(state, attempts=state.attempts + 1)
            try:
                return await self._attempt(call, read, credentials, state.attempts, is_local=is_local)
            except AttemptFailed as attempt:
                failed = attempt
            failed.error.attempts = state.attempts
            delay = self._delay(failed, state, is_signed=credentials is not None, is_local=is_local)
            if delay is None or delay >= self.time_left():
                raise _no_credentials(call, failed.error, advice=advice, is_local=is_local)
            if failed.failure_class is FailureClass.CLOCK:
                self._offset = (failed.server_time or 0.0) - self.timing.clock()
            if delay > 0:
                reason = failed.error.code or "no response"
                attempt_next = f"attempt {state.attempts + 1} in {delay:.1f} s"
                self._on_retry(one_line(f"{call.operation.name} ({call.target}): {reason}, {attempt_next}"))
                await self.timing.sleep(delay)

    def _delay(self, failed: AttemptFailed, state: RetryState, *, is_signed: bool, is_local: bool) -> float | None:
        """Return the seconds until the next attempt, or None if there is none."""
        failure_class, policy = failed.failure_class, self._policy
        if is_local and isinstance(failed.error, ConnectionFailedError):
            policy = replace(policy, attempts=min(_LOCAL_ATTEMPTS, policy.attempts))
        # The credentials that sign a request were obtained just before: new ones would not be others.
        if failure_class is FailureClass.CREDENTIALS or not retry.should_retry(failure_class, state, policy=policy):
            return None
        # Only a signature has the corrected time.
        if failure_class is FailureClass.CLOCK and (failed.server_time is None or not is_signed):
            return None
        return retry.delay(
            failure_class, state.attempts, retry_after=failed.retry_after, policy=policy, random=self.timing.random
        )

    async def _attempt(
        self,
        call: ApiCall,
        read: Callable[[RawResponse, float], T],
        credentials: Credentials | None,
        attempt: int,
        *,
        is_local: bool,
    ) -> T:
        began = self.timing.monotonic()
        outcome = "no response"

        def reading(response: RawResponse) -> Reading[T]:
            nonlocal outcome
            sent = retry.parse_http_date(response.headers.get("date", ""))
            value = read(response, self.timing.clock() if sent is None else sent)
            outcome = f"HTTP {response.status}"
            # It does not name the request, so its connection serves no other one.
            return Reading(value, is_proven=False)

        try:
            return await self._exchange(is_local=is_local).send(
                call,
                credentials,
                clock=self._now,
                nonce=self.timing.nonce,
                time_left=self.time_left,
                read=reading,
                reuse=False,
            )
        except AttemptFailed as failed:
            outcome = failed.error.code or type(failed.error).__name__
            raise
        finally:
            elapsed = (self.timing.monotonic() - began) * 1000
            log.debug(
                "%s (%s): attempt %d, %s, %.0f ms",
                call.operation.name,
                one_line(call.target),
                attempt,
                outcome,
                elapsed,
            )

    def _exchange(self, *, is_local: bool) -> Exchange:
        if is_local not in self._exchanges:
            settings = self.settings
            if is_local:
                settings = replace(settings, connect_timeout=min(_LOCAL_TIMEOUT, settings.connect_timeout))
            self._exchanges[is_local] = Exchange(settings, trust_env=not is_local, any_url=True)
        return self._exchanges[is_local]

    def _now(self) -> float:
        return self.timing.clock() + self._offset


def _no_credentials(call: ApiCall, error: CloudError, *, advice: str, is_local: bool) -> CredentialsError:
    reason = error.message if call.host in error.message else f"{call.host}: {error.message}"
    if is_local and isinstance(error, ConnectionFailedError):
        reason = f"the metadata service at {call.host} does not respond, so this is not an ECS instance"
    return CredentialsError(
        f"no credentials from {call.target}: {reason}",
        http_status=error.http_status,
        request_id=error.request_id,
        attempts=error.attempts,
        advice=advice or error.advice,
    )
