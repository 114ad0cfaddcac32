"""The stand-in for pulumi-alicloud's plugin: what it takes from the real SDK, and what it refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2
from tests.standin.plugin import StandIn
from tests.standin.real_provider import REPLACED_BY
from tests.standin.sdk_schema import UNKNOWN, declared, is_secret

KMS = "alicloud:kms/secret:Secret"
CAS = "alicloud:cas/serviceCertificate:ServiceCertificate"
OSS = "alicloud:oss/bucketObject:BucketObject"
CONTEXT: Any = None  # no call needs it

# The SDK says so of others of its modules, whichever one is imported.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_alicloud")


@pytest.fixture(autouse=True)
def _sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[3] / ".alicloud"))


def secret(value: str) -> dict[str, str]:
    """A secret as the engine sends it."""
    return {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": value}


def struct(values: dict[str, Any]) -> Any:
    made = Struct()
    made.update(values)
    return made


def urn(token: str) -> str:
    return f"urn:pulumi:dev::project::my:component:Type${token}::name"


SECRET = {"secretName": "a", "secretData": secret("key"), "versionId": "1"}


def refused(token: str, inputs: dict[str, Any]) -> dict[str, str]:
    """What is wrong with inputs: a reason for each property."""
    response = StandIn().Check(provider_pb2.CheckRequest(urn=urn(token), news=struct(inputs)), CONTEXT)
    return {failure.property: failure.reason for failure in response.failures}


def diff(token: str, old: dict[str, Any], new: dict[str, Any]) -> provider_pb2.DiffResponse:
    request = provider_pb2.DiffRequest(urn=urn(token), old_inputs=struct(old), news=struct(new))
    return StandIn().Diff(request, CONTEXT)


def test_the_schema_is_what_the_sdk_declares() -> None:
    schema = declared(KMS)
    assert schema.required == {"secretName", "secretData", "versionId"}
    assert schema.secret == {"secretData"}
    assert schema.types["recoveryWindowInDays"] is int
    assert declared(CAS).required == frozenset()
    assert declared(CAS).secret == {"key", "keyWo", "encryptPrivateKey", "signPrivateKey"}
    assert declared("alicloud:oos/secretParameter:SecretParameter").secret == {"value"}


@pytest.mark.parametrize("token", REPLACED_BY)
def test_what_replaces_a_resource_is_a_property_that_the_sdk_declares(token: str) -> None:
    assert REPLACED_BY[token] <= declared(token).types.keys()


def test_inputs_as_declared_are_taken_as_they_are() -> None:
    optional = {"tags": {"a": "b"}, "versionStages": ["x"], "recoveryWindowInDays": 7, "enableAutomaticRotation": True}
    inputs = {**SECRET, **optional, "description": UNKNOWN}
    assert refused(KMS, inputs) == {}
    request = provider_pb2.CreateRequest(urn=urn(KMS), properties=struct(inputs))
    created = StandIn().Create(request, CONTEXT)
    assert created.id
    assert created.properties == request.properties
    assert is_secret(dict(created.properties["secretData"].items()))


def test_a_preview_makes_no_id() -> None:
    request = provider_pb2.CreateRequest(urn=urn(KMS), properties=struct(SECRET), preview=True)
    assert not StandIn().Create(request, CONTEXT).id


@pytest.mark.parametrize(
    ("change", "name", "reason"),
    [
        ({"versionId": None}, "versionId", "is required"),
        ({"colour": "red"}, "colour", "is no property"),
        ({"secretData": "key"}, "secretData", "must arrive as a secret"),
        ({"description": "-----BEGIN PRIVATE KEY-----"}, "description", "has a private key in plain"),
        ({"tags": {"key": "-----BEGIN RSA PRIVATE KEY-----"}}, "tags", "has a private key in plain"),
        ({"secretData": secret("key") | {"value": 1}}, "secretData", "must be <class 'str'>, not float"),
        ({"recoveryWindowInDays": 7.5}, "recoveryWindowInDays", "must be <class 'int'>, not float"),
        ({"recoveryWindowInDays": "7"}, "recoveryWindowInDays", "must be <class 'int'>, not str"),
        ({"tags": {"a": 1}}, "tags", "must be collections.abc.Mapping[str, str], not dict"),
        ({"versionStages": "x"}, "versionStages", "must be collections.abc.Sequence[str], not str"),
    ],
)
def test_what_the_real_provider_would_not_take_is_refused(change: dict[str, Any], name: str, reason: str) -> None:
    inputs = {key: value for key, value in {**SECRET, **change}.items() if value is not None}
    (refusal,) = refused(KMS, inputs).items()
    assert refusal[0] == name
    assert refusal[1].startswith(reason)


def test_a_type_whose_replacements_are_not_known_is_refused() -> None:
    assert "does not know alicloud:vpc/network:Network" in refused("alicloud:vpc/network:Network", {})[""]


def test_a_change_updates_or_replaces_as_the_real_provider_does() -> None:
    old = {"bucket": "b", "key": "k", "content": "old"}
    same = diff(OSS, old, dict(old))
    assert same.changes == provider_pb2.DiffResponse.DIFF_NONE
    changed = diff(OSS, old, {**old, "content": "new", "acl": "private"})
    assert changed.changes == provider_pb2.DiffResponse.DIFF_SOME
    assert list(changed.diffs) == ["acl", "content"]
    assert not changed.replaces
    assert list(diff(OSS, old, {**old, "key": "l", "content": "new"}).replaces) == ["key"]
    assert list(diff(CAS, {"key": secret("a")}, {"key": secret("b")}).replaces) == ["key"]


class AbortedError(Exception):
    """Ends a call, as gRPC does it."""


class Call:
    def abort(self, status: object, reason: str) -> None:
        raise AbortedError(reason)


def test_a_version_of_a_secret_is_not_overwritten() -> None:
    call: Any = Call()
    new = {**SECRET, "secretData": secret("another key")}
    request = provider_pb2.UpdateRequest(urn=urn(KMS), old_inputs=struct(SECRET), news=struct(new))
    with pytest.raises(AbortedError, match="same versionId is rejected"):
        StandIn().Update(request, call)
    versioned = provider_pb2.UpdateRequest(
        urn=urn(KMS), old_inputs=struct(SECRET), news=struct({**new, "versionId": "2"})
    )
    assert StandIn().Update(versioned, call).properties == versioned.news
