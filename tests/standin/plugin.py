"""A stand-in for the plugin `pulumi-resource-alicloud`: it runs a deployment under the real engine, without a cloud.

It makes nothing: it returns its inputs, under a made-up ID. But it is as strict as the SDK's
declarations let it be, and replaces or updates as the real provider does.
"""

# ruff: noqa: N802 - the service's own names

from __future__ import annotations

import contextlib
import json
import sys
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from tests.standin.real_provider import REPLACED_BY, refused_update
from tests.standin.sdk_schema import declared, revealed


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """The calls that the engine makes of a provider."""

    def GetPluginInfo(self, request: Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        described = json.loads(files("pulumi_alicloud").joinpath("pulumi-plugin.json").read_text(encoding="utf-8"))
        return plugin_pb2.PluginInfo(version=described["version"])

    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        token = _token(request.urn)
        if token not in REPLACED_BY:
            failures = [("", f"the stand-in does not know {token}: add it to real_provider.py")]
        else:
            failures = list(declared(token).faults(MessageToDict(request.news)))
        return provider_pb2.CheckResponse(
            inputs=request.news,
            failures=[provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in failures],
        )

    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        changed = _changed(request)
        change = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(
            changes=change,
            diffs=sorted(changed),
            replaces=sorted(changed & REPLACED_BY[_token(request.urn)]),
        )

    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        made = "" if request.preview else f"stand-in-{uuid.uuid4().hex[:12]}"
        return provider_pb2.CreateResponse(id=made, properties=request.properties)

    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        refusal = refused_update(_token(request.urn), _changed(request))
        if refusal is not None:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, refusal)
        return provider_pb2.UpdateResponse(properties=request.news)

    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> Empty:
        return Empty()

    def Cancel(self, request: Empty, context: grpc.ServicerContext) -> Empty:
        return Empty()


def _token(urn: str) -> str:
    """Take the type of a resource, the last of its parents' and its own, out of its URN."""
    return urn.split("::")[2].rpartition("$")[2]


def _changed(request: provider_pb2.DiffRequest | provider_pb2.UpdateRequest) -> set[str]:
    old: dict[str, Any] = revealed(MessageToDict(request.old_inputs))
    new: dict[str, Any] = revealed(MessageToDict(request.news))
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def serve() -> None:
    """Serve until the engine ends this process; the first line of output is the port."""
    server = grpc.server(ThreadPoolExecutor(max_workers=4))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(StandIn(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    # The engine sends an interrupt, and kills the process after five seconds.
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
    server.stop(0)
