"""The gateway of the services: find the operation, authenticate, apply the quota, run, and format the response."""

from __future__ import annotations

import asyncio
import uuid

import msgspec

from alicloud_device_certificates.emulator.errors import EmulatorError
from alicloud_device_certificates.emulator.http import gateway_errors as errors
from alicloud_device_certificates.emulator.http.quota import QuotaCounter
from alicloud_device_certificates.emulator.http.request import HttpRequest
from alicloud_device_certificates.emulator.http.signatures import Authenticator
from alicloud_device_certificates.emulator.services.error_codes import ServiceError
from alicloud_device_certificates.emulator.services.faults import inject, raise_fault
from alicloud_device_certificates.emulator.services.operation import Operation, OperationRequest, OperationResult
from alicloud_device_certificates.emulator.services.registry import OPERATIONS_BY_KEY
from alicloud_device_certificates.emulator.services.responses import (
    HttpResponse,
    error_response,
    own_error_response,
    success_response,
    use_xml,
)
from alicloud_device_certificates.emulator.world.world import World


class Gateway:
    """Responds to requests for operations. With ``raises``, an EmulatorError is raised and not a response."""

    def __init__(self, world: World, *, raises: bool = False, authenticator: Authenticator | None = None) -> None:
        self._world = world
        self._raises = raises
        self._authenticator = authenticator or Authenticator()
        self._quotas = QuotaCounter()

    async def respond(self, request: HttpRequest, path: str) -> HttpResponse:
        """Return the response of an operation, or the error as the cloud would return it."""
        request_id = str(uuid.uuid4()).upper()
        host = request.headers.get("host", "")
        arguments = request.arguments()
        xml = use_xml(arguments.get("Format"), default_xml="authorization" not in request.headers)
        operation = fault = None
        try:
            operation = _find_operation(request, path, arguments)
            result = self._run(operation, request, arguments, host)
            fault = result.fault
            if fault is not None:
                await asyncio.sleep(fault.delay_ms / 1000)
                xml = xml or fault.body == "xml"
                raise_fault(fault, operation.service)
            response = success_response({"RequestId": request_id, **result.data}, action=operation.name, xml=xml)
        except ServiceError as error:
            if operation is not None and operation.service.has_own_document(error.code):
                response = own_error_response(error, request_id=request_id, action=operation.name, xml=xml)
            else:
                response = error_response(error, request_id=request_id, host=host, xml=xml)
        except EmulatorError as error:
            if self._raises:
                raise
            response = error_response(errors.UNUSABLE.error(str(error)), request_id=request_id, host=host, xml=xml)
        response = msgspec.structs.replace(response, headers=(("x-acs-request-id", request_id),))
        return inject(fault, response) if fault is not None else response

    def _run(self, operation: Operation, request: HttpRequest, arguments: dict[str, str], host: str) -> OperationResult:
        now = self._world.now()
        account, user = self._authenticator.authenticate(request, users=self._world.users, now=now)
        counted, limit = operation.service.product, operation.service.quota(account.quotas)
        if operation.quota is not None:
            counted, limit = operation.name, operation.quota(account.quotas, arguments)
        if not self._quotas.admit(account.id, counted, limit=limit, now=now):
            raise errors.THROTTLED.error()
        for argument in operation.arguments:
            if argument.required and argument.name not in arguments:
                raise errors.missing(argument.name)
        return operation.run(
            OperationRequest(world=self._world, account=account, user=user, arguments=arguments, host=host)
        )


def _find_operation(request: HttpRequest, path: str, arguments: dict[str, str]) -> Operation:
    if request.method not in {"GET", "POST"}:
        raise errors.UNSUPPORTED_METHOD.error()
    action = request.headers.get("x-acs-action") or arguments.get("Action")
    version = request.headers.get("x-acs-version") or arguments.get("Version")
    if not action:
        raise errors.missing("Action")
    if not version:
        raise errors.missing("Version")
    if all(version != known for known, _ in OPERATIONS_BY_KEY):
        raise errors.INVALID_VERSION.error()
    operation = OPERATIONS_BY_KEY.get((version, action))
    if path != "/" or operation is None:
        raise errors.UNKNOWN_ACTION.error()
    return operation
