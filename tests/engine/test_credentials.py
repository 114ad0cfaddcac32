"""What a user sees of credentials under the real engine: which host is called, what is written, and what is said."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi.automation import ConfigValue
from tests.contract.conftest import serve
from tests.engine.conftest import MakeProject, Project, Run
from tests.engine.test_errors import NO_CREDENTIALS, mqtt, only_error
from tests.unit.cloud.credentials.cloud import Cloud, Reply, serving

from alicloud_device_certificates import MqttDeviceCertificate

KEY, SECRET, TOKEN = "LTAI5tMadeUpIdentifier", "made-up-secret", "made-up-token"
SCENARIO = f"""
accounts:
  - id: "1"
    users: [{{access_key_id: {KEY}, access_key_secret: {SECRET}, token: {TOKEN}}}]
    mqtt_instances:
      - {{id: post-cn-1, region: cn-beijing, cas: [{{sn: 00f2, devices: [{{sn: 356201, name: gateway}}]}}]}}
"""
ISSUED = {
    "AccessKeyId": KEY,
    "AccessKeySecret": SECRET,
    "SecurityToken": TOKEN,
    "Expiration": "2099-01-01T00:00:00Z",
}
DIRECT = {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
READ = mqtt("356201", mqtt_instance_id="post-cn-1", ca_sn="00f2")
"""Reads the certificate of the scenario."""
UNREACHABLE = {"onsmqtt": "http://127.0.0.1:9"}


@pytest.fixture
def sidecar() -> Iterator[Cloud]:
    with serving() as found:
        found.replies = [Reply({"Code": "Success", **ISSUED, "Credentials": ISSUED})]
        yield found


@pytest.fixture
def proxy() -> Iterator[Cloud]:
    with serving() as found:
        found.replies = [Reply(status=501)]
        yield found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home of a person"
    (folder / ".aliyun").mkdir(parents=True)
    return folder


def profile(home: Path, **fields: object) -> Path:
    file = home / ".aliyun" / "config.json"
    file.write_text(json.dumps({"current": "ci", "profiles": [{"name": "ci", **fields}]}))
    return file


def project(
    make: MakeProject, endpoints: dict[str, str], *, environment: dict[str, str] | None = None, **config: Any
) -> Project:
    return make(
        READ,
        config={
            "alicloud:region": "cn-beijing",
            "alicloud:endpoints": [endpoints],
            **{f"alicloud:{key}": value for key, value in config.items()},
        },
        environment={**NO_CREDENTIALS, **DIRECT, **(environment or {})},
    )


def assert_silent(run: Run, *, has_plain_config: bool = False) -> None:
    """No secret is in what was shown or in the engine's events, which otherwise hold the config as it is stored."""
    events = [event for event in run.events if event.diagnostic_event or not has_plain_config]
    shown = run.text + (run.error or "") + json.dumps(events, default=vars)
    assert not [secret for secret in (KEY, SECRET, TOKEN) if secret in shown]


KEYS = {"accessKey": "LTAI5tOfConfig"}
ROLE = {"roleArn": "acs:ram::1:role/r"}


@pytest.mark.parametrize("source", ["uri", "role", "oidc"])
def test_a_host_that_no_proxy_names_gets_the_request_and_the_proxy_none(
    make_project: MakeProject, sidecar: Cloud, proxy: Cloud, tmp_path: Path, source: str
) -> None:
    sources: dict[str, dict[str, Any]] = {
        "uri": {"credentialsUri": f"{sidecar.url}/keys"},
        "role": {"assumeRole": ROLE, **KEYS},
        "oidc": {"assumeRoleWithOidc": {**ROLE, "oidcProviderArn": "p", "oidcTokenFile": str(tmp_path / "token")}},
    }
    (tmp_path / "token").write_text("a.b.c")
    with serve(tmp_path / "cloud", SCENARIO) as served:
        found = project(
            make_project,
            {"onsmqtt": served.address, "sts": sidecar.url},
            environment={"HTTP_PROXY": proxy.url, "HTTPS_PROXY": proxy.url},
            **sources[source],
        )
        if source == "role":
            found.stack.set_config("alicloud:secretKey", ConfigValue("of-config", secret=True))
        run = found.preview()
    assert run.error is None, run.text
    assert (len(sidecar.requests), proxy.requests) == (1, [])
    assert_silent(run)


def test_the_metadata_service_is_never_reached_through_a_proxy(make_project: MakeProject, proxy: Cloud) -> None:
    run = project(
        make_project,
        UNREACHABLE,
        environment={"HTTP_PROXY": proxy.url, "ALL_PROXY": proxy.url, "ALIBABA_CLOUD_ECS_METADATA_DISABLED": ""},
        ecsRoleName="no-such-role-of-these-tests",
    ).preview()
    assert "no credentials from RAM role no-such-role-of-these-tests of this ECS instance" in only_error(run)
    assert proxy.requests == []


def test_a_role_of_a_profile_is_assumed_at_the_endpoint_of_the_config(
    make_project: MakeProject, sidecar: Cloud, proxy: Cloud, home: Path, tmp_path: Path
) -> None:
    keys = {"access_key_id": "a", "access_key_secret": "b"}
    profile(home, mode="RamRoleArn", **keys, ram_role_arn="acs:ram::1:role/x", ram_session_name="s")
    with serve(tmp_path / "cloud", SCENARIO) as served:
        run = project(
            make_project,
            {"onsmqtt": served.address, "sts": sidecar.url},
            environment={"HOME": str(home), "HTTPS_PROXY": proxy.url},
            profile="ci",
        ).preview()
    assert run.error is None, run.text
    assert [request.query["RoleArn"] for request in sidecar.requests] == ["acs:ram::1:role/x"]
    assert proxy.requests == []


def test_without_an_endpoint_it_is_the_regional_sts_and_the_error_names_it(
    make_project: MakeProject, proxy: Cloud, home: Path
) -> None:
    keys = {"access_key_id": KEY, "access_key_secret": SECRET}
    file = profile(home, mode="RamRoleArn", **keys, ram_role_arn="acs:ram::1:role/x")
    run = project(
        make_project,
        UNREACHABLE,
        environment={"HOME": str(home), "HTTPS_PROXY": proxy.url},
        profile="ci",
        region="ap-southeast-5",
        maxRetryTimeout="1",
    ).preview()
    line = only_error(run)
    assert f"no credentials from profile ci in {file}: no connection to sts.ap-southeast-5.aliyuncs.com" in line
    assert_silent(run)


def test_an_error_of_sts_is_its_code_and_what_to_do(make_project: MakeProject, sidecar: Cloud, home: Path) -> None:
    profile(home, mode="RamRoleArn", access_key_id=KEY, access_key_secret=SECRET, ram_role_arn="acs:ram::1:role/x")
    document = {"Code": "EntityNotExist.Role", "Message": f"{KEY} {SECRET}", "RequestId": "r-1"}
    sidecar.replies = [Reply(document, status=404)]
    run = project(
        make_project, {**UNREACHABLE, "sts": sidecar.url}, environment={"HOME": str(home)}, profile="ci"
    ).preview()
    line = only_error(run)
    assert f"{sidecar.host} returned EntityNotExist.Role (HTTP 404, request ID r-1). Check the ARN of the role" in line
    assert len(sidecar.requests) == 1
    assert_silent(run)


@pytest.mark.parametrize("is_writable", [True, False])
def test_a_preview_reads_a_profile_with_a_command_and_writes_nothing_into_it(
    make_project: MakeProject, home: Path, tmp_path: Path, is_writable: bool
) -> None:
    command = tmp_path / "print.sh"
    printed = {"mode": "StsToken", "access_key_id": KEY, "access_key_secret": SECRET, "sts_token": TOKEN}
    command.write_text(f"#!/bin/sh\necho '{json.dumps(printed)}'\n")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    file = profile(home, mode="External", process_command=str(command))
    if not is_writable:
        for path in (file, file.parent, home):
            path.chmod(0o500 if path.is_dir() else 0o400)
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (home, *home.rglob("*"))}
    text = file.read_text()
    with serve(tmp_path / "cloud", SCENARIO) as served:
        found = project(make_project, {"onsmqtt": served.address}, environment={"HOME": str(home)}, profile="ci")
        run = found.preview()
    assert run.error is None, run.text
    assert file.read_text() == text
    # The engine keeps files of its own in the home folder's `.pulumi`; nothing else may be new.
    after = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (home / ".aliyun", file)}
    assert after == {path: before[path] for path in after}
    assert_silent(run)
    assert not [secret for secret in (SECRET, TOKEN) if secret in found.stored_text()]


def test_a_source_that_fails_once_is_retried_and_the_wait_shows_live_only(
    make_project: MakeProject, sidecar: Cloud, tmp_path: Path
) -> None:
    sidecar.replies = [Reply("", status=503), *sidecar.replies]
    with serve(tmp_path / "cloud", SCENARIO) as served:
        run = project(make_project, {"onsmqtt": served.address}, credentialsUri=f"{sidecar.url}/?t={TOKEN}").preview()
    assert run.error is None, run.text
    assert len(sidecar.requests) == 2
    live = [
        event.diagnostic_event.message
        for event in run.events
        if event.diagnostic_event is not None and event.diagnostic_event.ephemeral
    ]
    assert [line for line in live if "GET (alicloud:credentialsUri): no response, attempt 2 in" in line]
    assert "attempt 2" not in run.text.partition("Diagnostics:")[2]
    assert_silent(run, has_plain_config=True)


def test_credentials_that_end_while_certificates_are_read_are_renewed_for_each_call(
    make_project: MakeProject, sidecar: Cloud, tmp_path: Path
) -> None:
    # They live for a microsecond by the clock of the sidecar, which is not that of this machine.
    sidecar.replies = [Reply({**ISSUED, "Expiration": "2023-11-14T22:13:20.000001Z"})]

    def program() -> None:
        for name in "abcdef":
            MqttDeviceCertificate(name, mqtt_instance_id="post-cn-1", ca_sn="00f2", device_sn="356201")

    with serve(tmp_path / "cloud", SCENARIO) as served:
        found = project(make_project, {"onsmqtt": served.address}, credentialsUri=f"{sidecar.url}/keys")
        found.stack.workspace.program = program
        run = found.preview()
    assert run.error is None, run.text
    assert len(sidecar.requests) == 6


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"access_key_secret": [SECRET]}, "access_key_secret is a list, not a string"),
        ({"access_key_secret": {SECRET: 1}}, "access_key_secret is an object, not a string"),
        ({"access_key_secret": None}, "access_key_secret is null, not a string"),
        ({"access_key_secret": 7}, "access_key_secret is a number, not a string"),
        ({"mode": ["AK"]}, "mode is a list, not a string"),
    ],
)
def test_a_profile_with_a_value_of_another_type_is_one_line(
    make_project: MakeProject, home: Path, fields: dict[str, object], fault: str
) -> None:
    file = profile(home, **{"mode": "AK", "access_key_id": KEY, **fields})
    run = project(make_project, UNREACHABLE, environment={"HOME": str(home)}, profile="ci").preview()
    assert only_error(run).endswith(f"profile ci in {file}: {fault}")
    assert_silent(run)


@pytest.mark.parametrize("kind", ["huge", "deep", "latin", "folder", "loop", "pipe"])
def test_a_credentials_file_that_is_none_is_one_line(make_project: MakeProject, home: Path, kind: str) -> None:
    file = home / ".aliyun" / "config.json"
    match kind:
        case "huge":
            file.write_text(json.dumps({"profiles": [{"name": "ci", "mode": "AK" + " " * 2**21}]}))
        case "deep":
            file.write_text('{"profiles": ' + "[" * 200_000)
        case "latin":
            file.write_bytes(b'{"profiles": [{"name": "\xe9"}]}')
        case "folder":
            file.mkdir()
        case "loop":
            file.symlink_to(file)
        case "pipe":
            os.mkfifo(file)
    run = project(make_project, UNREACHABLE, environment={"HOME": str(home)}, profile="ci").preview()
    assert f"the credentials file {file} " in only_error(run)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("credentialsUri", f"http://127.0.0.1:9/keys?t={TOKEN}"),
        ("credentialsUri", f"http://user:{TOKEN}@127.0.0.1:9/keys"),
        ("assumeRoleWithOidc", {**ROLE, "oidcProviderArn": "p", "oidcToken": TOKEN}),
    ],
)
def test_a_token_in_plain_config_is_a_warning_that_does_not_show_it(
    make_project: MakeProject, key: str, value: Any
) -> None:
    found = project(make_project, {**UNREACHABLE, "sts": "http://127.0.0.1:9"}, maxRetryTimeout="1", **{key: value})
    run = found.preview()
    (warning,) = [text for text in run.warnings if "plain text" in text]
    assert f"`pulumi config set --secret alicloud:{key}`" in warning
    only_error(run)
    assert_silent(run, has_plain_config=True)
    text = value if isinstance(value, str) else json.dumps(value)
    found.stack.set_config(f"alicloud:{key}", ConfigValue(text, secret=True))
    second = found.preview()
    assert not [text for text in second.warnings if "plain text" in text]


@pytest.mark.parametrize("reply", [Reply({"Code": TOKEN, "Message": SECRET}, status=403), None])
def test_the_debug_log_and_its_traceback_show_no_secret(
    make_project: MakeProject, sidecar: Cloud, tmp_path: Path, reply: Reply | None
) -> None:
    if reply is not None:
        sidecar.replies = [reply]
    with serve(tmp_path / "cloud", SCENARIO) as served:
        run = project(
            make_project,
            {"onsmqtt": served.address},
            environment={"DEVICE_CERTIFICATES_DEBUG": "1"},
            credentialsUri=f"http://{KEY}:{SECRET}@{sidecar.host}/keys?t={TOKEN}",
        ).preview()
    assert "GET (alicloud:credentialsUri): attempt 1, " in run.text
    assert (run.error is None) == (reply is None)
    assert_silent(run, has_plain_config=True)
