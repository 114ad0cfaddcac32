"""The emulator as one ASGI 3 application: the services at ``/``, the control API below ``/_emulator/``."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any, Final

from alicloud_device_certificates.contract.distribution import version
from alicloud_device_certificates.contract.emulator_header import EMULATOR_HEADER
from alicloud_device_certificates.emulator.errors import EmulatorError, StateError
from alicloud_device_certificates.emulator.http.gateway import Gateway
from alicloud_device_certificates.emulator.http.gateway_errors import internal_error
from alicloud_device_certificates.emulator.http.request import HttpRequest
from alicloud_device_certificates.emulator.http.signatures import Authenticator
from alicloud_device_certificates.emulator.scenario.loading import load_scenario
from alicloud_device_certificates.emulator.scenario.scenario import Account, User
from alicloud_device_certificates.emulator.services.responses import HttpResponse, error_response
from alicloud_device_certificates.emulator.world.state import StateFolder, default_state_folder
from alicloud_device_certificates.emulator.world.world import World

MAX_BODY: Final = 1024 * 1024  # bytes
CONTROL_PREFIX: Final = "/_emulator/"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorAccount:
    """The account that an embedded client signs with."""

    account_id: str
    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


def _account(account: Account, user: User) -> EmulatorAccount:
    return EmulatorAccount(
        account_id=account.id,
        access_key_id=user.access_key_id,
        access_key_secret=user.access_key_secret,
        security_token=user.token,
    )


def emulator_headers() -> list[tuple[bytes, bytes]]:
    """Return the headers that distinguish the emulator's responses from the cloud's."""
    text = version().encode()
    return [(b"server", b"device-certificates-emulator/" + text), (EMULATOR_HEADER.encode(), text)]


class Emulator:
    """The ASGI application. ``control`` enables the control API.

    ``raises`` is for a client in this process: it gets an EmulatorError itself, and not a response that describes it.
    """

    def __init__(
        self,
        world: World,
        *,
        control: bool = True,
        raises: bool = False,
        authenticator: Authenticator | None = None,
    ) -> None:
        self.world = world
        self._control = control
        self._gateway = Gateway(world, raises=raises, authenticator=authenticator)

    @property
    def account(self) -> EmulatorAccount:
        """The scenario's first account, with its first user."""
        account = self.world.scenario.accounts[0]
        return _account(account, account.users[0])

    def account_of(self, access_key_id: str) -> EmulatorAccount | None:
        """Return the account that has a user with this access key, with that user; None if there is none."""
        found = self.world.users.get(access_key_id)
        return None if found is None else _account(*found)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (ASGI)."""
        if scope["type"] != "http":
            return
        try:
            response = await self._respond(scope, receive)
        except EmulatorError:  # only if it is to be raised
            raise
        except Exception as error:  # noqa: BLE001 - a client in this process would get it, and take it for its own
            request_id = str(uuid.uuid4()).upper()
            response = error_response(internal_error(error), request_id=request_id, host="", xml=False)
        if response is not None:
            await self._send(send, response)

    async def _respond(self, scope: Scope, receive: Receive) -> HttpResponse | None:
        """Return the response; None if the client has left."""
        request, path = await _receive(scope, receive), scope["path"]
        if request is None:
            return None
        if path.startswith(CONTROL_PREFIX) and self._control:
            from alicloud_device_certificates.emulator.http import control

            return control.respond(self.world, request, command=path.removeprefix(CONTROL_PREFIX))
        return await self._gateway.respond(request, path)

    async def _send(self, send: Send, response: HttpResponse) -> None:
        headers = [
            ("content-type", response.content_type),
            ("content-length", str(len(response.body))),
            ("date", formatdate(self._time(), usegmt=True)),
            *response.headers,
        ]
        encoded = [*emulator_headers(), *((name.encode(), value.encode()) for name, value in headers)]
        await send({"type": "http.response.start", "status": response.status, "headers": encoded})
        if response.disconnect:
            half = response.body[: len(response.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            # A server drops the connection; in process, the transport raises this error.
            raise ConnectionResetError("the scenario's fault closed the connection")
        await send({"type": "http.response.body", "body": response.body})

    def _time(self) -> float:
        try:
            return self.world.now() / 1000
        except StateError:  # the response reports it already; the header must not fail too
            return self.world.machine_time() / 1000


def emulator_app(
    scenario: Path | None = None, state: Path | None = None, *, control: bool = True, raises: bool = False
) -> Emulator:
    """Return the emulator for a scenario file and a state folder.

    By default it uses the default scenario and the folder beside the nearest Pulumi.yaml. Raise ScenarioError or
    StateError, one line each. Certificates are issued when they are first requested; this function writes nothing but
    the path of a scenario that the folder was not used with before, and what it mends of a folder that is there.
    ``raises`` is that of Emulator.
    """
    folder = StateFolder(state if state is not None else default_state_folder(Path.cwd()))
    world = World(load_scenario(scenario), folder)
    folder.mend()
    # Reports a damaged state now instead of with the first read, and lets commands on the folder find the scenario.
    folder.remember_scenario(scenario)
    return Emulator(world, control=control, raises=raises)


async def _receive(scope: Scope, receive: Receive) -> HttpRequest | None:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        # No request of these services is longer: drop the rest, so the signature does not match.
        body += message.get("body", b"")[: MAX_BODY - len(body)]
        more = message.get("more_body", False)
    return HttpRequest.parse(
        method=scope["method"],
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        query=scope["query_string"],
        body=bytes(body),
    )
