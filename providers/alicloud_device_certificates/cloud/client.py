"""The one client: calls that are signed, answered within bounds, repeated by meaning, and fail with typed errors."""

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
from alicloud_device_certificates.cloud.call import Call, Failed
from alicloud_device_certificates.cloud.codes import meaning_of, meaning_of_status
from alicloud_device_certificates.cloud.credentials.credentials import Credentials
from alicloud_device_certificates.cloud.credentials.source import CredentialSource
from alicloud_device_certificates.cloud.errors import UnreadableAnswerError
from alicloud_device_certificates.cloud.http.exchange import Answer, Exchange
from alicloud_device_certificates.cloud.http.response import UnreadableError, failure_in, read_document, request_id_in
from alicloud_device_certificates.cloud.http.signing import canonical_query
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.retry import Kind, Tried
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.emulator_header import EMULATOR_HEADER
from alicloud_device_certificates.contract.text import one_line, safe_text

log = logging.getLogger("alicloud_device_certificates")


class Client:
    """Asks the operations of both services. One for each distinct settings; used on one event loop.

    transport    stands in for the network: the emulator in process, and tests
    tls          the TLS context, instead of httpx's own
    credentials  where the credentials come from
    policy       how often and how patiently a call is repeated
    clock        Unix time in seconds
    monotonic    seconds that only ever grow
    sleep        waits, in seconds
    random       a number in [0, 1)
    nonce        a text that was never used before
    """

    def __init__(
        self,
        settings: Settings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        tls: ssl.SSLContext | None = None,
        credentials: CredentialSource | None = None,
        policy: retry.Policy = retry.DEFAULT,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self._settings = settings
        self._credentials = credentials or CredentialSource(settings)
        self._policy = policy
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._random = random
        self._nonce = nonce
        self._clock_offset = 0.0
        self._is_networked = transport is None
        self._emulated: set[str] = set()
        self._exchange = Exchange(settings, transport=transport, tls=tls)

    def is_emulated(self, product: str) -> bool:
        """Whether an emulator on the network answered for this product in the place of the cloud."""
        return product in self._emulated

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._exchange.aclose()

    async def call(
        self, operation: Operation, arguments: Mapping[str, str | None], *, region: str, asked: str
    ) -> dict[str, Any]:
        """The operation's answer as a document. Arguments that are None are left out.

        `asked` says for the errors what is asked for, e.g. `instance post-cn-1, CA 00f2, device 3562`.
        Raises `CloudError`.
        """
        base = self._settings.base_url(operation.product, region=region)
        call = Call(
            operation=operation,
            region=region,
            asked=asked,
            url=f"{base}/?{canonical_query(arguments)}",
            instance=arguments.get("MqttInstanceId") or "<instance>",
        )
        return await self._repeat(call)

    async def _repeat(self, call: Call) -> dict[str, Any]:
        tried = Tried(attempts=0)
        credentials = await self._credentials.get()
        deadline = self._monotonic() + self._settings.deadline
        while True:
            tried = replace(tried, attempts=tried.attempts + 1)
            try:
                return await self._attempt(call, credentials, tried.attempts, lambda: deadline - self._monotonic())
            except Failed as failed:
                failure = failed
            error, kind = failure.error, failure.kind
            error.attempts = tried.attempts
            if not retry.worth_another(kind, tried, policy=self._policy):
                raise error from None
            pause = retry.wait(kind, tried.attempts, wish=failure.wish, policy=self._policy, random=self._random)
            if self._monotonic() + pause >= deadline:
                raise error from None
            if kind is Kind.CREDENTIALS:
                renewed = await self._credentials.renew(credentials)
                if renewed is None:
                    raise error from None
                credentials, tried = renewed, replace(tried, renewed=True)
            elif kind is Kind.CLOCK:
                if failure.server_time is None:
                    raise error from None
                self._clock_offset = failure.server_time - self._clock()
                tried = replace(tried, corrected=True)
            else:
                await self._sleep(pause)

    async def _attempt(
        self, call: Call, credentials: Credentials, attempt: int, left: Callable[[], float]
    ) -> dict[str, Any]:
        began = self._monotonic()
        outcome, request_id = "no answer", None
        try:
            answer = await self._exchange.ask(call, credentials, clock=self._now, nonce=self._nonce, left=left)
            if self._is_networked and EMULATOR_HEADER in answer.headers:
                self._emulated.add(call.operation.product)
            document = _understand(call, credentials, answer, now=self._now())
        except Failed as failed:
            outcome = failed.error.code or type(failed.error).__name__
            request_id = failed.error.request_id
            raise
        else:
            outcome = f"HTTP {answer.status}"
            request_id = request_id_in(document)
            return document
        finally:
            log.debug(
                "%s (%s): attempt %d, %s, request ID %s, %.0f ms",
                call.operation.name,
                one_line(call.asked),
                attempt,
                outcome,
                request_id or "-",
                (self._monotonic() - began) * 1000,
            )

    def _now(self) -> float:
        return self._clock() + self._clock_offset


def _understand(call: Call, credentials: Credentials, answer: Answer, *, now: float) -> dict[str, Any]:
    """The document that an answer holds. Raises `Failed` where it holds none, or tells of an error."""
    wish = retry.wish_in(answer.headers, now=now)
    try:
        document = read_document(answer.body)
    except UnreadableError as problem:
        unreadable = call.error(
            UnreadableAnswerError,
            str(problem),
            http_status=answer.status,
            request_id=answer.request_id,
            advice="Another server may have answered: check alicloud:endpoints and the proxy.",
        )
        raise Failed(unreadable, meaning_of_status(answer.status).kind, wish=wish) from None
    failure = failure_in(document, status=answer.status)
    if failure is None:
        return document
    meaning = meaning_of(failure.code, status=answer.status)
    secret = (credentials.access_key_id, credentials.access_key_secret, credentials.security_token)
    error = call.error(
        meaning.error,
        safe_text(failure.message, secrets=secret) or "the service gives no message",
        code=safe_text(failure.code, secrets=secret) or None,
        http_status=answer.status,
        request_id=safe_text(request_id_in(document) or "", secrets=secret) or answer.request_id,
        advice=call.advice(meaning, credentials),
    )
    raise Failed(error, meaning.kind, wish=wish, server_time=retry.moment_in(answer.headers.get("date", "")))
