"""The metadata service of an ECS instance, with and without a token."""

from __future__ import annotations

import socket

import pytest
from tests.unit.cloud.credentials.cloud import Cloud, Lookup, Reply, Request, expiring

from alicloud_device_certificates.cloud.credentials.metadata import METADATA, EcsRole
from alicloud_device_certificates.cloud.settings.settings import Settings

ROLES = "/latest/meta-data/ram/security-credentials/"


def instance(*, with_token: int = 200, role: str = "deployer") -> list[object]:
    def reply(request: Request) -> Reply:
        if request.method == "PUT":
            return Reply("metadata-T0KEN", status=with_token)
        return Reply(role) if request.path == ROLES else Reply({"Code": "Success", **expiring()})

    return [reply]


def test_the_service_is_that_of_every_instance() -> None:
    assert METADATA == "http://100.100.100.200"


def test_a_named_role_is_obtained_with_a_token_of_the_service(cloud: Cloud) -> None:
    cloud.replies = instance()
    credentials = Lookup().obtain(Settings(), EcsRole("deployer", address=cloud.url))
    assert (credentials.security_token, credentials.lifetime) == ("STS.T0KEN", 3600.0)
    assert credentials.origin == "RAM role deployer of this ECS instance"
    token, found = cloud.requests
    assert (token.method, token.path) == ("PUT", "/latest/api/token")
    assert token.headers["x-aliyun-ecs-metadata-token-ttl-seconds"] == "21600"
    assert (found.path, found.headers["x-aliyun-ecs-metadata-token"]) == (f"{ROLES}deployer", "metadata-T0KEN")


def test_the_only_role_of_the_instance_is_looked_up(cloud: Cloud) -> None:
    cloud.replies = instance(role="only-one\n")
    Lookup().obtain(Settings(), EcsRole("", address=cloud.url))
    assert [request.path for request in cloud.requests[1:]] == [ROLES, f"{ROLES}only-one"]


@pytest.mark.parametrize("status", [400, 403, 404, 405])
def test_a_service_without_tokens_is_called_without_one_unless_that_is_switched_off(cloud: Cloud, status: int) -> None:
    cloud.replies = instance(with_token=status)
    Lookup().obtain(Settings(), EcsRole("r", address=cloud.url))
    assert "x-aliyun-ecs-metadata-token" not in cloud.requests[1].headers
    text = Lookup().failure(Settings(metadata_v1=False), EcsRole("r", address=cloud.url))
    assert "ALIBABA_CLOUD_IMDSV1_DISABLED is true" in text


def test_the_service_can_be_switched_off(cloud: Cloud) -> None:
    text = Lookup().failure(Settings(metadata=False), EcsRole("r", address=cloud.url))
    assert text.endswith("ALIBABA_CLOUD_ECS_METADATA_DISABLED is true")
    assert cloud.requests == []


def test_a_machine_that_is_no_ecs_instance_is_recognized_after_a_few_attempts() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    lookup = Lookup(attempts=8)
    text = lookup.failure(Settings(ecs_role_name="r"), EcsRole("deployer", address=f"http://{address}"))
    assert text.startswith(
        f"no credentials from RAM role deployer of this ECS instance: the metadata service at {address} does not "
        "respond, so this is not an ECS instance (3 attempts). "
    )
    assert len(lookup.waits) == 2


def test_an_instance_whose_service_fails_for_a_while_is_given_as_many_attempts_as_any_other(cloud: Cloud) -> None:
    cloud.replies = [*[Reply("", status=503)] * 6, Reply("token"), Reply(expiring())]
    Lookup(attempts=8).obtain(Settings(), EcsRole("r", address=cloud.url))
    assert len(cloud.requests) == 8


@pytest.mark.parametrize("role", ["", "two\nroles", "../token", "<html>"])
def test_a_list_of_roles_that_is_none_is_no_path(cloud: Cloud, role: str) -> None:
    cloud.replies = instance(role=role)
    assert "something else" in Lookup().failure(Settings(), EcsRole("", address=cloud.url))
    assert {request.path for request in cloud.requests} == {"/latest/api/token", ROLES}


@pytest.mark.parametrize("name", ["../../etc", "a/b", "a?b", "\u00e4"])
def test_a_name_that_is_no_role_s_is_not_requested(cloud: Cloud, name: str) -> None:
    assert "not the name of a RAM role" in Lookup().failure(Settings(), EcsRole(name, address=cloud.url))
    assert cloud.requests == []


def test_a_role_that_is_not_attached_says_so(cloud: Cloud) -> None:
    cloud.replies = [Reply("token"), Reply("<?xml version='1.0'?><html>404 - Not Found</html>", status=404)]
    text = Lookup().failure(Settings(), EcsRole("r", address=cloud.url))
    assert f"{cloud.host} returned HTTP 404. Check that this is an ECS instance" in text
