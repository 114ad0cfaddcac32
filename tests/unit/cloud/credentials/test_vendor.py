"""The vendor's credentials library: each of its providers, without output, and its failures without what it quotes."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from alibabacloud_credentials.exceptions import CredentialException
from packaging.specifiers import SpecifierSet

from alicloud_device_certificates.cloud.credentials.lookup import find_provider
from alicloud_device_certificates.cloud.credentials.vendor import CHECKED_WITH, reason
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.settings import Settings

CHECKOUT = Path(__file__).parents[4]
EXPIRES = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
GIVEN = {"AccessKeyId": "STS.ID", "AccessKeySecret": "STS.S3CRET", "SecurityToken": "STS.T0KEN", "Expiration": EXPIRES}
KEYS = {"access_key_id": "AKID", "access_key_secret": "S3CRET"}


class Cloud:
    """STS and a credentials URI on loopback."""

    def __init__(self) -> None:
        self.status = 200
        self.response: dict[str, Any] = {"Code": "Success", **GIVEN, "Credentials": GIVEN}
        self.queries: list[dict[str, str]] = []
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                cloud.queries.append({k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()})
                body = json.dumps(cloud.response).encode()
                self.send_response(cloud.status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815 - named by http.server

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    cloud = Cloud()
    thread = threading.Thread(target=cloud.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield cloud
    cloud.server.shutdown()
    thread.join()
    cloud.server.server_close()


def profile(home: Path, **fields: object) -> Path:
    file = home / ".aliyun" / "config.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"current": "ci", "profiles": [{"name": "ci", **fields}]}))
    return file


def refused(settings: Settings, **options: Any) -> str:
    with pytest.raises(CredentialsError) as raised:
        find_provider(settings, **options)()
    text = str(raised.value)
    assert "\n" not in text
    assert not any(secret in text for secret in ("S3CRET", "T0KEN"))
    return text


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


class TestNothing:
    def test_the_error_lists_if_it_looked(self, tmp_path: Path) -> None:
        text = refused(Settings(home=str(tmp_path), shared_credentials_file="/missing/keys.json"))
        for place in (
            "alicloud:accessKey",
            "ALICLOUD_ACCESS_KEY",
            "ALIBABA_CLOUD_ACCESS_KEY_ID",
            "ALIBABACLOUD_ACCESS_KEY_ID",
            "alicloud:profile",
            "alicloud:credentialsUri",
            "alicloud:ecsRoleName",
            "OIDC",
            "/missing/keys.json",
            str(tmp_path / ".aliyun" / "config.json"),
            str(tmp_path / ".alibabacloud" / "credentials.ini"),
        ):
            assert place in text

    def test_the_cli_profile_is_not_looked_for_if_it_is_switched_off(self, tmp_path: Path) -> None:
        profile(tmp_path, mode="AK", **KEYS)
        assert ".aliyun" not in refused(Settings(home=str(tmp_path), cli_profile=False))

    def test_no_host_is_contacted_nothing_is_printed_and_nothing_outlives_it(self, tmp_path: Path) -> None:
        program = """
import asyncio, sys, threading
from alicloud_device_certificates.cloud.credentials.source import CredentialSource
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.settings.settings import Settings
connected = []
sys.addaudithook(lambda event, arguments: connected.append(arguments) if event == "socket.connect" else None)
try:
    asyncio.run(CredentialSource(Settings(home=sys.argv[1])).get())
except CredentialsError:
    pass
else:
    raise AssertionError("there are credentials")
assert connected == []
assert all(thread.daemon or thread is threading.main_thread() for thread in threading.enumerate())
assert "alibabacloud_credentials" not in sys.modules
"""
        done = subprocess.run(
            [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


class TestProfile:
    def test_the_cli_s_current_profile_is_taken_by_default(self, tmp_path: Path) -> None:
        file = profile(tmp_path, mode="AK", **KEYS)
        credentials = find_provider(Settings(home=str(tmp_path)))()
        assert (credentials.access_key_id, credentials.access_key_secret) == ("AKID", "S3CRET")
        assert credentials.security_token is None
        assert credentials.origin == f"the current profile in {file}"

    def test_a_profile_is_taken_by_name_with_its_token(self, tmp_path: Path) -> None:
        profile(tmp_path, mode="StsToken", sts_token="T0KEN", **KEYS)
        credentials = find_provider(Settings(home=str(tmp_path), profile="ci"))()
        assert credentials.security_token == "T0KEN"
        assert credentials.origin.startswith("profile ci in ")

    def test_a_shared_credentials_file_may_be_the_sdks_ini(self, tmp_path: Path) -> None:
        file = tmp_path / "keys.ini"
        file.write_text("[ci]\ntype = access_key\naccess_key_id = AKID\naccess_key_secret = S3CRET\n")
        settings = Settings(profile="ci", shared_credentials_file=str(file))
        assert find_provider(settings)().access_key_id == "AKID"

    def test_the_sdks_ini_in_the_home_folder_is_the_last_place(self, tmp_path: Path) -> None:
        file = tmp_path / ".alibabacloud" / "credentials.ini"
        file.parent.mkdir()
        file.write_text("[default]\ntype = access_key\naccess_key_id = AKID\naccess_key_secret = S3CRET\n")
        assert find_provider(Settings(home=str(tmp_path)))().origin == f"the current profile in {file}"

    def test_a_profile_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        profile(tmp_path, mode="AK", **KEYS)
        text = refused(Settings(home=str(tmp_path), profile="prod"))
        assert text.startswith(f"no credentials from profile prod in {tmp_path}")
        assert "unable to get profile with 'prod'" in text

    def test_a_profile_needs_a_place_to_be_in(self) -> None:
        assert refused(Settings(profile="ci")) == "no credentials from profile ci: there is no home folder"

    def test_a_profile_of_an_ecs_role_calls_the_metadata_service(self, tmp_path: Path) -> None:
        profile(tmp_path, mode="EcsRamRole", ram_role_name="deployer")
        text = refused(Settings(home=str(tmp_path), profile="ci"), metadata_address=("127.0.0.1", closed_port()))
        assert text.startswith("no credentials from RAM role deployer of this ECS instance")


class TestEcsRole:
    def test_a_machine_that_is_not_an_ecs_instance_is_recognized_at_once(self) -> None:
        text = refused(Settings(ecs_role_name="deployer"), metadata_address=("127.0.0.1", closed_port()))
        assert text == (
            "no credentials from RAM role deployer of this ECS instance: the metadata service at 127.0.0.1 does not "
            "respond, so this is not an ECS instance"
        )

    def test_the_library_is_used_if_the_metadata_service_responds_and_starts_no_thread(self, cloud: Cloud) -> None:
        # The library's address cannot be moved, so only its failure can be had here.
        threads = set(threading.enumerate())
        text = refused(
            Settings(ecs_role_name="deployer", connect_timeout=0.05, read_timeout=0.05),
            metadata_address=("127.0.0.1", cloud.server.server_port),
        )
        assert text.startswith("no credentials from RAM role deployer of this ECS instance: ")
        assert set(threading.enumerate()) == threads


class TestUri:
    def test_a_sidecar_gives_keys_with_a_token(self, cloud: Cloud) -> None:
        credentials = find_provider(Settings(credentials_uri=f"{cloud.url}/keys?t=T0KEN"))()
        assert (credentials.access_key_id, credentials.access_key_secret) == ("STS.ID", "STS.S3CRET")
        assert (credentials.security_token, credentials.origin) == ("STS.T0KEN", "alicloud:credentialsUri")

    def test_its_failure_quotes_neither_address_nor_response(self, cloud: Cloud) -> None:
        cloud.status = 500
        text = refused(Settings(credentials_uri=f"{cloud.url}/keys?t=T0KEN"))
        assert (
            text
            == "no credentials from alicloud:credentialsUri: error refreshing credentials from [secure], http_code=500"
        )

    def test_an_empty_key_is_no_credential(self, cloud: Cloud) -> None:
        cloud.response["AccessKeyId"] = ""
        text = refused(Settings(credentials_uri=cloud.url))
        assert text == "no credentials from alicloud:credentialsUri: the access key is empty"

    def test_an_address_that_does_not_response_is_not_quoted(self) -> None:
        text = refused(Settings(credentials_uri=f"http://127.0.0.1:{closed_port()}/keys?t=T0KEN"))
        assert text == "no credentials from alicloud:credentialsUri: no response (RetryError)"


class TestRole:
    ROLE = AssumeRole(
        role_arn="acs:ram::1:role/r", session_name="ci", session_expiration=900, policy="{}", external_id="x"
    )

    def settings(self, cloud: Cloud, **more: Any) -> Settings:
        return Settings(
            assume_role=self.ROLE,
            endpoints={"sts": cloud.url},
            access_key_id="AKID",
            access_key_secret="S3CRET",
            credentials_origin="environment variable ALICLOUD_ACCESS_KEY",
            **more,
        )

    def test_static_keys_assume_a_role(self, cloud: Cloud) -> None:
        credentials = find_provider(self.settings(cloud))()
        assert credentials.security_token == "STS.T0KEN"
        assert credentials.origin == "role acs:ram::1:role/r with environment variable ALICLOUD_ACCESS_KEY"
        (query,) = cloud.queries
        requested = {"AccessKeyId", "RoleArn", "RoleSessionName", "DurationSeconds", "Policy", "ExternalId"}
        assert {name: query[name] for name in requested} == {
            "AccessKeyId": "AKID",
            "RoleArn": "acs:ram::1:role/r",
            "RoleSessionName": "ci",
            "DurationSeconds": "900",
            "Policy": "{}",
            "ExternalId": "x",
        }
        assert "SecurityToken" not in query

    def test_a_token_goes_along(self, cloud: Cloud) -> None:
        find_provider(self.settings(cloud, security_token="T0KEN"))()
        assert cloud.queries[0]["SecurityToken"] == "T0KEN"

    def test_the_provider_is_called_once_while_its_credentials_are_valid(self, cloud: Cloud) -> None:
        source = find_provider(self.settings(cloud))
        assert source() == source()
        assert len(cloud.queries) == 1

    def test_a_rejection_shows_the_code_and_not_the_response(self, cloud: Cloud) -> None:
        cloud.status, cloud.response = 403, {"Code": "NoPermission", "Message": "S3CRET", "Credentials": GIVEN}
        text = refused(self.settings(cloud))
        assert text.endswith("error refreshing credentials from ram_role_arn, http_code: 403 (NoPermission)")

    def test_a_profile_may_assume_a_role_too(self, cloud: Cloud, tmp_path: Path) -> None:
        profile(tmp_path, mode="AK", **KEYS)
        settings = Settings(assume_role=self.ROLE, endpoints={"sts": cloud.url}, home=str(tmp_path), profile="ci")
        assert find_provider(settings)().origin.startswith("role acs:ram::1:role/r with profile ci in ")
        assert cloud.queries[0]["AccessKeyId"] == "AKID"


class TestOidc:
    def role(self, **more: Any) -> AssumeRoleWithOidc:
        return AssumeRoleWithOidc(role_arn="acs:ram::1:role/r", oidc_provider_arn="p", **more)

    def test_a_token_of_the_config_is_sent_and_leaves_no_file(self, cloud: Cloud) -> None:
        settings = Settings(assume_role_with_oidc=self.role(oidc_token="T0KEN"), endpoints={"sts": cloud.url})
        credentials = find_provider(settings)()
        assert credentials.security_token == "STS.T0KEN"
        assert credentials.origin == "role acs:ram::1:role/r with an OIDC token"
        assert (cloud.queries[0]["Action"], cloud.queries[0]["OIDCToken"]) == ("AssumeRoleWithOIDC", "T0KEN")

    def test_a_token_file_of_the_environment_is_read(self, cloud: Cloud, tmp_path: Path) -> None:
        (tmp_path / "token").write_text("T0KEN")
        role = self.role(oidc_token_file=str(tmp_path / "token"))
        find_provider(Settings(environment_oidc=role, endpoints={"sts": cloud.url}))()
        assert cloud.queries[0]["OIDCToken"] == "T0KEN"

    def test_a_token_file_that_is_missing_is_an_error(self, cloud: Cloud) -> None:
        role = self.role(oidc_token_file="/missing/token")
        text = refused(Settings(environment_oidc=role, endpoints={"sts": cloud.url}))
        assert "No such file or directory: '/missing/token'" in text


def test_the_library_was_checked_with_the_installed_version_and_with_all_that_may_be_installed() -> None:
    assert version("alibabacloud-credentials") in SpecifierSet(CHECKED_WITH)
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"alibabacloud-credentials{CHECKED_WITH}" in project["dependencies"]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (CredentialException("unable to open credentials file: /f"), "unable to open credentials file: /f"),
        (CredentialException('http_code: 403, result: {"Code":"X.Y","k":"S3CRET"}'), "http_code: 403 (X.Y)"),
        (CredentialException("failed to refresh OAuth token: S3CRET"), "failed to refresh OAuth"),
        (CredentialException("exit status 1\nstderr: S3CRET"), "exit status 1"),
        (CredentialException('{"k": "S3CRET"}'), "CredentialException"),
        (CredentialException("key AKID is wrong"), "key [secure] is wrong"),
        (ValueError("session duration too short"), "session duration too short"),
        (json.JSONDecodeError("bad", "S3CRET", 0), "no response (JSONDecodeError)"),
    ],
)
def test_the_library_s_words_are_passed_on_without_what_they_quote(error: Exception, text: str) -> None:
    assert reason(error, Settings(access_key_id="AKID", access_key_secret="S3CRET")) == text


def test_the_library_is_kept_quiet_and_starts_nothing_that_outlives_its_use(tmp_path: Path) -> None:
    profile(tmp_path, mode="AK", **KEYS)
    program = """
import asyncio, sys, threading
from alicloud_device_certificates.cloud.credentials.source import CredentialSource
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.settings.settings import AssumeRole, Settings
assert asyncio.run(CredentialSource(Settings(home=sys.argv[1])).get()).access_key_id == "AKID"
role = AssumeRole(role_arn="r")
try:
    asyncio.run(CredentialSource(Settings(home=sys.argv[1], assume_role=role, endpoints={"sts": sys.argv[2]})).get())
except CredentialsError as error:
    assert "no response (RetryError)" in str(error), error
else:
    raise AssertionError
assert all(thread.daemon or thread is threading.main_thread() for thread in threading.enumerate())
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), f"http://127.0.0.1:{closed_port()}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
