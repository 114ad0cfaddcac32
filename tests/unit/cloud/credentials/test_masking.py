"""No part of a source of credentials is in an error, a repr, a log, or the variables of a traceback's frames."""

from __future__ import annotations

import asyncio
import json
import logging
import stat
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.cloud.credentials.cloud import ISSUED, Cloud, Lookup, Reply, expiring

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.call import ApiCall
from alicloud_device_certificates.cloud.credentials.metadata import EcsRole
from alicloud_device_certificates.cloud.credentials.source import CredentialSource
from alicloud_device_certificates.cloud.credentials.uri import CredentialsUri
from alicloud_device_certificates.cloud.errors import CloudError
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.settings import Settings

KEY, SECRET, TOKEN, EXTERNAL = "LTAI5tMadeUpIdentifier", "made-up-secret", "made-up-token", "made-up-external-id"
HIDDEN = (KEY, SECRET, TOKEN, EXTERNAL, *ISSUED.values())
KEYS: dict[str, Any] = {"access_key_id": KEY, "access_key_secret": SECRET}
ROLE = AssumeRole(role_arn="acs:ram::1:role/r", external_id=EXTERNAL)
FAR = 9_999_999_999
PACKAGE = "alicloud_device_certificates"


def by_profile(home: Path, **fields: Any) -> Settings:
    file = home / "config.json"
    file.write_text(json.dumps({"profiles": [{"name": "ci", **fields}]}))
    return Settings(profile="ci", shared_credentials_file=str(file))


def by_command(home: Path, *, output: object) -> Settings:
    command = home / "command.sh"
    command.write_text(f"#!/bin/sh\necho '{json.dumps(output)}'; echo {SECRET} >&2\n")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return by_profile(home, mode="External", process_command=f"{command} --token={TOKEN}")


Make = Callable[[Cloud, Path], Settings]
SOURCES: dict[str, Make] = {
    "static keys that assume a role": lambda cloud, _: Settings(
        **KEYS, security_token=TOKEN, assume_role=ROLE, endpoints={"sts": cloud.url}
    ),
    "an OIDC token": lambda cloud, _: Settings(
        assume_role_with_oidc=AssumeRoleWithOidc(role_arn="r", oidc_provider_arn="p", oidc_token=TOKEN),
        endpoints={"sts": cloud.url},
    ),
    "a credentials URI": lambda cloud, _: Settings(credentials_uri=f"http://{KEY}:{SECRET}@{cloud.host}/?t={TOKEN}"),
    "a profile's keys": lambda cloud, home: Settings(
        **{**_fields(by_profile(home, mode="StsToken", sts_token=TOKEN, **KEYS))},
        assume_role=ROLE,
        endpoints={"sts": cloud.url},
    ),
    "a login by browser": lambda cloud, home: by_profile(
        home,
        mode="CloudSSO",
        cloud_sso_sign_in_url=cloud.url,
        cloud_sso_account_id="1",
        cloud_sso_access_config="a",
        access_token=TOKEN,
        cloud_sso_access_token_expire=FAR,
    ),
    "a command": lambda _, home: by_command(home, output={**KEYS, "sts_token": TOKEN, "expiration": "2020-01-01"}),
    "a profile with a list": lambda _, home: by_profile(home, mode="AK", access_key_id=KEY, access_key_secret=[SECRET]),
    "a command that prints anything": lambda _, home: by_command(home, output=[SECRET]),
}
each_source = pytest.mark.parametrize("make", [pytest.param(make, id=name) for name, make in SOURCES.items()])

ECHO = {"Code": TOKEN, "Message": f"{KEY} {SECRET} {TOKEN} {EXTERNAL}", "RequestId": TOKEN, "HostId": SECRET}
REPLIES: dict[str, Reply] = {
    "an error that echoes": Reply(ECHO, status=403),
    "a result without credentials": Reply({**ECHO, "Code": "Success", "Other": {**ISSUED, **ECHO}}),
    "credentials of wrong types": Reply({**{k: [v] for k, v in ISSUED.items()}, "Credentials": {"AccessKeyId": [KEY]}}),
    "expired credentials": Reply({**expiring(-1), "Credentials": expiring(-1), "CloudCredential": expiring(-1)}),
    "a broken body": Reply(json.dumps({**ISSUED, **ECHO})[:-1]),
    "a redirect": Reply(status=302, headers={"location": f"http://{SECRET}/{TOKEN}"}),
}


def _fields(settings: Settings) -> dict[str, Any]:
    return {"profile": settings.profile, "shared_credentials_file": settings.shared_credentials_file}


@each_source
@pytest.mark.parametrize("reply", [pytest.param(reply, id=name) for name, reply in REPLIES.items()])
def test_a_failure_shows_none_of_it_anywhere(
    cloud: Cloud,
    tmp_path: Path,
    make: Make,
    reply: Reply,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    cloud.replies = [reply]
    settings = make(cloud, tmp_path)
    lines: list[str] = []
    lookup = Lookup(attempts=2)

    async def story() -> None:
        async def obtain(*_arguments: object) -> Credentials:
            return await asyncio.to_thread(lookup.obtain, settings)

        await CredentialSource(settings, on_retry=lines.append, obtain=obtain).get()

    with pytest.raises(CloudError) as raised:
        asyncio.run(story())
    error = raised.value
    logging.getLogger("httpx").setLevel(logging.NOTSET)
    assert error.__cause__ is error.__context__ is None
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if PACKAGE in frame.f_code.co_filename]
    assert frames
    variables = repr([frame.f_locals for frame in frames])
    story_of_it = "".join(traceback.format_exception(error))
    written = capfd.readouterr()
    for place in (
        str(error),
        repr(error),
        story_of_it,
        variables,
        caplog.text,
        *lines,
        *lookup.lines,
        *written,
        repr(settings),
    ):
        assert not [each for each in HIDDEN if each in place], place


def test_success_logs_none_of_it(cloud: Cloud, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    cloud.replies = [Reply({**expiring(), "Credentials": expiring(), "CloudCredential": expiring()})]
    for name, make in SOURCES.items():
        if name.startswith(("a command", "a profile with")):
            continue
        credentials = Lookup().obtain(make(cloud, tmp_path))
        assert credentials.access_key_secret == ISSUED["AccessKeySecret"]
        assert not [each for each in HIDDEN if each in repr(credentials) + credentials.origin]
    assert "attempt 1, HTTP 200" in caplog.text
    assert not [each for each in HIDDEN if each in caplog.text]


def test_what_carries_a_secret_has_it_in_no_repr(tmp_path: Path) -> None:
    operation = Operation(name="GET", version="", product="", method="GET", permissions=())
    uri = f"http://h/?t={TOKEN}"
    call = ApiCall(
        operation=operation,
        region="",
        target="t",
        url=uri,
        headers={"authorization": TOKEN},
        body=SECRET.encode(),
    )
    role = AssumeRoleWithOidc(role_arn="r", oidc_provider_arn="p", oidc_token=TOKEN)
    for carrier in (call, role, ROLE, CredentialsUri(uri), EcsRole("r"), by_command(tmp_path, output=KEYS)):
        assert not [each for each in HIDDEN if each in repr(carrier)]
    assert call.host == "h"
