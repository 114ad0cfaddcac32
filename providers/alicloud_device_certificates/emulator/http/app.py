"""The emulator as one ASGI 3 application: the two RPC services at `/`, the control API below `/_emulator/`."""

from __future__ import annotations

import asyncio
import traceback
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any

import msgspec

from alicloud_device_certificates.contract.distribution import version
from alicloud_device_certificates.contract.emulator_header import EMULATOR_HEADER
from alicloud_device_certificates.emulator.errors import EmulatorError, StateError
from alicloud_device_certificates.emulator.http.quota import Quotas
from alicloud_device_certificates.emulator.http.signatures import Gatekeeper, Request
from alicloud_device_certificates.emulator.scenario.loading import load_scenario
from alicloud_device_certificates.emulator.scenario.scenario import Account, Fault
from alicloud_device_certificates.emulator.services import iot, mqtt
from alicloud_device_certificates.emulator.services.access import Call, Reply
from alicloud_device_certificates.emulator.services.answers import Answer, ServiceError, failure, success, wants_xml
from alicloud_device_certificates.emulator.services.faults import raise_error, spoiled
from alicloud_device_certificates.emulator.world.state import StateFolder, default_state_folder
from alicloud_device_certificates.emulator.world.world import World

MAX_BODY = 1024 * 1024
CONTROL_PREFIX = "/_emulator/"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorAccount:
    """What an embedded client signs with."""

    account_id: str
    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)


def own_headers() -> list[tuple[bytes, bytes]]:
    """What tells each answer from one of the cloud."""
    own = version().encode()
    return [(b"server", b"device-certificates-emulator/" + own), (EMULATOR_HEADER.encode(), own)]


class Emulator:
    """The ASGI application. `control` switches the control API on."""

    def __init__(self, world: World, *, control: bool = True, gatekeeper: Gatekeeper | None = None) -> None:
        self.world = world
        self._control = control
        self._gatekeeper = gatekeeper or Gatekeeper()
        self._quotas = Quotas()

    @property
    def account(self) -> EmulatorAccount:
        """The first user of the scenario's first account."""
        account = self.world.scenario.accounts[0]
        user = account.users[0]
        return EmulatorAccount(
            account_id=account.id,
            access_key_id=user.access_key_id,
            access_key_secret=user.access_key_secret,
            security_token=user.token,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request (ASGI)."""
        if scope["type"] != "http":
            return
        request, path = await _read(scope, receive), scope["path"]
        if path.startswith(CONTROL_PREFIX) and self._control:
            from alicloud_device_certificates.emulator.http import control

            answer = control.respond(self.world, request, command=path.removeprefix(CONTROL_PREFIX))
        else:
            answer = await self._serve(request, path)
        await self._send(send, answer)

    async def _serve(self, request: Request, path: str) -> Answer:
        request_id = str(uuid.uuid4()).upper()
        host = request.headers.get("host", "")
        arguments = request.arguments()
        new_style = "authorization" in request.headers
        xml = wants_xml(arguments.get("Format"), default_xml=not new_style)
        fault: Fault | None = None
        try:
            action, reply = self._operate(request, path, arguments, host)
            fault = reply.fault
            if fault is not None:
                await asyncio.sleep(fault.delay_ms / 1000)
                xml = xml or fault.body == "xml"
                raise_error(fault)
            answer = success({"RequestId": request_id, **reply.data}, action=action, xml=xml)
        except ServiceError as error:
            if error.code.startswith(iot.ERROR_PREFIX):
                answer = success(iot.error_content(error, request_id=request_id), action="QueryDeviceCert", xml=xml)
            else:
                answer = failure(error, request_id=request_id, host=host, xml=xml)
        except EmulatorError as error:
            # 400: the client is not to try again, somebody has to do something.
            ours = ServiceError(400, "EmulatorUnusable", str(error))
            answer = failure(ours, request_id=request_id, host=host, xml=xml)
        except Exception as error:  # noqa: BLE001 - the outermost frame
            # A mistake of ours, which must not pass for the cloud's either. Its text may hold anything: only its place.
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} in {Path(place.filename).name}, line {place.lineno}"
            answer = failure(ServiceError(500, "EmulatorFault", where), request_id=request_id, host=host, xml=xml)
        answer = msgspec.structs.replace(answer, headers=(("x-acs-request-id", request_id),))
        return spoiled(answer, fault) if fault is not None else answer

    def _operate(self, request: Request, path: str, arguments: dict[str, str], host: str) -> tuple[str, Reply]:
        if request.method not in {"GET", "POST"}:
            raise ServiceError(400, "UnsupportedHTTPMethod", "This HTTP method is not supported.")
        action = request.headers.get("x-acs-action") or arguments.get("Action")
        version_asked = request.headers.get("x-acs-version") or arguments.get("Version")
        if not action:
            raise ServiceError(400, "MissingAction", "Action is mandatory for this action.")
        if not version_asked:
            raise ServiceError(400, "MissingVersion", "Version is mandatory for this action.")
        service = {mqtt.VERSION: mqtt, iot.VERSION: iot}.get(version_asked)
        if service is None:
            raise ServiceError(400, "InvalidVersion", "Specified parameter Version is not valid.")
        operation = service.OPERATIONS.get(action)
        if path != "/" or operation is None:
            raise ServiceError(
                404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method."
            )
        now = self.world.now()
        account, user = self._gatekeeper.verify(request, users=self.world.users, now=now)
        self._admit(account, mqtt_service=service is mqtt, now=now)
        return action, operation(Call(world=self.world, account=account, user=user, arguments=arguments, host=host))

    def _admit(self, account: Account, *, mqtt_service: bool, now: int) -> None:
        name = "onsmqtt" if mqtt_service else "iot"
        limit = account.quotas.onsmqtt if mqtt_service else account.quotas.iot
        if not self._quotas.admit(account.id, name, limit=limit, now=now):
            raise ServiceError(400, "Throttling.User", "Request was denied due to user flow control.")

    async def _send(self, send: Send, answer: Answer) -> None:
        headers = [
            ("content-type", answer.content_type),
            ("content-length", str(len(answer.body))),
            ("date", formatdate(self._date(), usegmt=True)),
            *answer.headers,
        ]
        encoded = [*own_headers(), *((name.encode(), value.encode()) for name, value in headers)]
        await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
        if answer.broken:
            await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
            # A server drops the connection; in process it surfaces as the transport's own failure.
            raise ConnectionResetError("the connection was broken, as the scenario's fault wants it")
        await send({"type": "http.response.body", "body": answer.body})

    def _date(self) -> float:
        try:
            return self.world.now() / 1000
        except StateError:  # answered already; the header must not fail on it again
            return self.world.own_now() / 1000


def emulator_app(scenario: Path | None = None, state: Path | None = None, *, control: bool = True) -> Emulator:
    """The emulator for a scenario file (the default one) and a state folder (beside the nearest Pulumi.yaml).

    Raises ScenarioError or StateError, one line each. Writes nothing but the name of a scenario that the folder was not
    used with before: certificates are issued when they are asked for.
    """
    folder = StateFolder(state if state is not None else default_state_folder(Path.cwd()))
    world = World(load_scenario(scenario), folder)
    # A damaged state is told of here, not with the first read; and commands on the folder find the scenario again.
    folder.remember_scenario(scenario)
    return Emulator(world, control=control)


async def _read(scope: Scope, receive: Receive) -> Request:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        # What is longer than any call of these services is not kept: its signature cannot match then.
        body += message.get("body", b"")[: MAX_BODY - len(body)]
        more = message.get("more_body", False)
    return Request.received(
        method=scope["method"],
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        query=scope["query_string"],
        body=bytes(body),
    )
