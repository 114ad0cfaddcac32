"""The order of the lookup, and profiles of every mode and type."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cloud.credentials.cloud import Cloud, Lookup, Reply, expiring

from alicloud_device_certificates.cloud.credentials.lookup import find_provider
from alicloud_device_certificates.cloud.credentials.profiles import CLI_MODES, INI_TYPES, profile_provider
from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.roles import AssumeRole
from alicloud_device_certificates.cloud.settings.settings import Settings

KEYS = {"access_key_id": "AKIDENTIFIER", "access_key_secret": "S3CRET"}
ROLE = {"ram_role_arn": "acs:ram::1:role/r", "ram_session_name": "s", "expired_seconds": 900}


def write(home: Path, *profiles: object, current: object = "ci") -> Path:
    file = home / ".aliyun" / "config.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"current": current, "profiles": profiles}))
    return file


def profile(home: Path, **fields: object) -> Path:
    return write(home, {"name": "ci", **fields})


def ini(home: Path, text: str) -> Path:
    file = home / ".alibabacloud" / "credentials.ini"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


class TestOrder:
    def test_the_error_lists_where_it_looked(self, tmp_path: Path) -> None:
        text = Lookup().failure(Settings(home=str(tmp_path), shared_credentials_file="/missing/keys.json"))
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
        assert ".aliyun" not in Lookup().failure(Settings(home=str(tmp_path), cli_profile=False))

    def test_the_cli_s_current_profile_is_taken_by_default(self, tmp_path: Path) -> None:
        file = profile(tmp_path, mode="AK", **KEYS)
        credentials = Lookup().obtain(Settings(home=str(tmp_path)))
        assert (credentials.access_key_id, credentials.access_key_secret) == ("AKIDENTIFIER", "S3CRET")
        assert (credentials.security_token, credentials.lifetime) == (None, None)
        assert credentials.origin == f"the current profile in {file}"

    def test_the_sdks_ini_in_the_home_folder_is_the_last_place(self, tmp_path: Path) -> None:
        file = ini(tmp_path, "[default]\ntype = access_key\naccess_key_id = AKIDENTIFIER\naccess_key_secret = S3CRET\n")
        assert find_provider(Settings(home=str(tmp_path))).origin == f"the current profile in {file}"

    def test_a_shared_credentials_file_may_be_the_sdks_ini(self, tmp_path: Path) -> None:
        file = ini(tmp_path, "[ci]\ntype = access_key\naccess_key_id = AKIDENTIFIER\naccess_key_secret = S3%CRET # x\n")
        settings = Settings(profile="ci", shared_credentials_file=str(file))
        assert Lookup().obtain(settings).access_key_secret == "S3%CRET"

    def test_a_profile_needs_a_place_to_be_in(self) -> None:
        text = Lookup().failure(Settings(profile="ci"))
        assert text == "no credentials from profile ci: there is no home folder"

    def test_what_a_profile_provides_may_assume_a_role(self, cloud: Cloud, tmp_path: Path) -> None:
        profile(tmp_path, mode="AK", **KEYS)
        settings = Settings(
            assume_role=AssumeRole(role_arn="r"), endpoints={"sts": cloud.url}, home=str(tmp_path), profile="ci"
        )
        assert Lookup().obtain(settings).origin.startswith("role r with profile ci in ")
        assert "Credential=AKIDENTIFIER," in cloud.requests[0].headers["authorization"]


class TestModes:
    def test_these_are_supported(self) -> None:
        # What docs/configuration.md promises, and has been supported in earlier versions.
        modes = ["AK", "StsToken", "RamRoleArn", "ChainableRamRoleArn", "EcsRamRole", "OIDC", "CloudSSO", "OAuth"]
        assert list(CLI_MODES) == [*modes, "External"]
        assert list(INI_TYPES) == ["access_key", "ram_role_arn", "oidc_role_arn", "ecs_ram_role"]

    def test_a_token_of_the_file_goes_along(self, tmp_path: Path) -> None:
        profile(tmp_path, mode="StsToken", sts_token="T0KEN", **KEYS)
        assert Lookup().obtain(Settings(home=str(tmp_path), profile="ci")).security_token == "T0KEN"

    def test_keys_assume_a_role_at_the_endpoint_of_the_config(self, cloud: Cloud, tmp_path: Path) -> None:
        file = profile(tmp_path, mode="RamRoleArn", **KEYS, **ROLE, policy="{}", external_id="x", sts_region="cn-x")
        credentials = Lookup().obtain(Settings(home=str(tmp_path), profile="ci", endpoints={"sts": cloud.url}))
        assert (credentials.security_token, credentials.origin) == ("STS.T0KEN", f"profile ci in {file}")
        assert cloud.requests[0].query == {
            "RoleArn": "acs:ram::1:role/r",
            "RoleSessionName": "s",
            "DurationSeconds": "900",
            "Policy": "{}",
            "ExternalId": "x",
        }

    def test_a_chain_of_roles_is_assumed_one_by_one(self, cloud: Cloud, tmp_path: Path) -> None:
        cloud.replies = [
            Reply({"Credentials": {**expiring(), "AccessKeyId": "STS.FIRST"}}),
            Reply({"Credentials": {**expiring(), "AccessKeyId": "STS.SECOND"}}),
        ]
        write(
            tmp_path,
            {"name": "ci", "mode": "ChainableRamRoleArn", "source_profile": "middle", "ram_role_arn": "last"},
            {"name": "middle", "mode": "ChainableRamRoleArn", "source_profile": "keys", "ram_role_arn": "first"},
            {"name": "keys", "mode": "AK", **KEYS},
        )
        settings = Settings(home=str(tmp_path), profile="ci", endpoints={"sts": cloud.url})
        assert Lookup().obtain(settings).access_key_id == "STS.SECOND"
        signers = [request.headers["authorization"].split("=")[1].split(",")[0] for request in cloud.requests]
        assert signers == ["AKIDENTIFIER", "STS.FIRST"]
        assert [request.query["RoleArn"] for request in cloud.requests] == ["first", "last"]
        assert cloud.requests[0].query["RoleSessionName"] == "pulumi-device-certificates"

    @pytest.mark.parametrize(("session", "name"), [({"role_session_name": "n"}, "n"), ({"ram_session_name": "s"}, "s")])
    def test_an_oidc_token_assumes_a_role(
        self, cloud: Cloud, tmp_path: Path, session: dict[str, str], name: str
    ) -> None:
        (tmp_path / "token").write_text("T0KEN")
        token = str(tmp_path / "token")
        profile(tmp_path, mode="OIDC", ram_role_arn="r", oidc_provider_arn="p", oidc_token_file=token, **session)
        Lookup().obtain(Settings(home=str(tmp_path), profile="ci", endpoints={"sts": cloud.url}))
        form = cloud.requests[0].form
        assert (form["OIDCToken"], form["RoleSessionName"], form["DurationSeconds"]) == ("T0KEN", name, "3600")

    @pytest.mark.parametrize(
        ("fields", "host"),
        [
            ({}, "sts.ap-southeast-5.aliyuncs.com"),
            ({"sts_region": "cn-x"}, "sts.cn-x.aliyuncs.com"),
            ({"sts_region": "cn-x", "enable_vpc": True}, "sts-vpc.cn-x.aliyuncs.com"),
        ],
    )
    def test_without_an_endpoint_the_regional_sts_is_called(
        self, cloud: Cloud, tmp_path: Path, fields: dict[str, Any], host: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cloud.replies = [Reply(status=501)]
        monkeypatch.setenv("HTTPS_PROXY", cloud.url)
        profile(tmp_path, mode="RamRoleArn", **KEYS, **ROLE, **fields)
        settings = Settings(home=str(tmp_path), profile="ci", region="ap-southeast-5")
        assert f"no connection to {host}" in Lookup(attempts=1).failure(settings)

    def test_a_role_of_the_instance_is_obtained_from_the_metadata_service(self, tmp_path: Path) -> None:
        profile(tmp_path, mode="EcsRamRole", ram_role_name="deployer")
        provider = find_provider(Settings(home=str(tmp_path), profile="ci"))
        assert provider.origin == "RAM role deployer of this ECS instance"

    def test_a_command_is_run_and_its_keys_are_not_written_into_the_file(self, tmp_path: Path) -> None:
        command = tmp_path / "print.sh"
        command.write_text("#!/bin/sh\necho '" + json.dumps({"mode": "AK", **KEYS}) + "'\n")
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
        file = profile(tmp_path, mode="External", process_command=str(command))
        before = (file.read_bytes(), file.stat(), sorted(file.parent.iterdir()))
        assert Lookup().obtain(Settings(home=str(tmp_path), profile="ci")).access_key_secret == "S3CRET"
        assert (file.read_bytes(), file.stat(), sorted(file.parent.iterdir())) == before


class TestIni:
    def test_keys_assume_a_role_at_the_endpoint_of_the_config(self, cloud: Cloud, tmp_path: Path) -> None:
        ini(
            tmp_path,
            "[default]\ntype = ram_role_arn\naccess_key_id = AKIDENTIFIER\naccess_key_secret = S3CRET\nrole_arn = r\n",
        )
        settings = Settings(home=str(tmp_path), endpoints={"sts": cloud.url})
        assert Lookup().obtain(settings).security_token == "STS.T0KEN"
        assert cloud.requests[0].query["RoleArn"] == "r"

    def test_an_oidc_token_assumes_a_role(self, cloud: Cloud, tmp_path: Path) -> None:
        (tmp_path / "token").write_text("T0KEN")
        ini(
            tmp_path,
            "[default]\ntype = oidc_role_arn\nrole_arn = r\noidc_provider_arn = p\nrole_session_name = n\n"
            f"oidc_token_file_path = {tmp_path}/token\n",
        )
        Lookup().obtain(Settings(home=str(tmp_path), endpoints={"sts": cloud.url}))
        assert cloud.requests[0].form["OIDCToken"] == "T0KEN"

    def test_a_role_of_the_instance_is_obtained_from_the_metadata_service(self, tmp_path: Path) -> None:
        ini(tmp_path, "[default]\ntype = ecs_ram_role\nrole_name = deployer\n")
        assert find_provider(Settings(home=str(tmp_path))).origin == "RAM role deployer of this ECS instance"

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("[ci]\ntype = access_key\n", "there is no profile default in the credentials file"),
            ("[default]\ntype = rsa_key_pair\n", "type rsa_key_pair is not supported; it can be access_key, ram_role"),
            ("[default]\ntype = access_key\naccess_key_id = a\n", ": access_key_secret is missing"),
            ("[default]\n", ": type is missing"),
            ("S3CRET", "is neither a config.json nor a credentials.ini"),
            ("[default]\ntype = a\ntype = S3CRET\n", "is neither a config.json nor a credentials.ini"),
        ],
    )
    def test_what_cannot_be_used_is_one_line(self, tmp_path: Path, text: str, fault: str) -> None:
        file = ini(tmp_path, text)
        line = Lookup().failure(Settings(home=str(tmp_path)))
        assert fault in line
        assert str(file) in line


class TestFaults:
    def failure(self, home: Path) -> str:
        line = Lookup().failure(Settings(home=str(home), profile="ci"))
        assert str(home / ".aliyun" / "config.json") in line
        return line

    @pytest.mark.parametrize(
        ("value", "what"),
        [
            (["S3CRET"], "a list, not a string"),
            ({"S3CRET": 1}, "an object, not a string"),
            (7, "a number, not a string"),
            (1.5, "a number, not a string"),
            (True, "a boolean, not a string"),
            (None, "null, not a string"),
        ],
    )
    @pytest.mark.parametrize(
        ("mode", "field"),
        [
            ("AK", "access_key_id"),
            ("AK", "access_key_secret"),
            ("StsToken", "sts_token"),
            ("RamRoleArn", "ram_role_arn"),
            ("OIDC", "oidc_token_file"),
            ("External", "process_command"),
            ("CloudSSO", "access_token"),
            ("ChainableRamRoleArn", "source_profile"),
        ],
    )
    def test_a_required_value_of_another_type_names_file_profile_and_field(
        self, tmp_path: Path, mode: str, field: str, value: object, what: str
    ) -> None:
        others = {
            "sts_token": "T0KEN",
            "oidc_provider_arn": "p",
            "cloud_sso_sign_in_url": "http://127.0.0.1:9",
            **KEYS,
            **ROLE,
        }
        file = profile(tmp_path, **{**others, "mode": mode, field: value})
        assert self.failure(tmp_path) == f"profile ci in {file}: {field} is {what}"

    @pytest.mark.parametrize(
        ("field", "value", "what"),
        [
            ("mode", 7, "mode is a number, not a string"),
            ("ram_session_name", ["s"], "ram_session_name is a list, not a string"),
            ("policy", {"Version": "1"}, "policy is an object, not a string"),
            ("expired_seconds", "900", "expired_seconds is a string, not a whole number"),
            ("expired_seconds", 1.5, "expired_seconds is a number, not a whole number"),
            ("sts_region", 7, "sts_region is a number, not a string"),
            ("enable_vpc", "yes", "enable_vpc is a string, not a boolean"),
            ("ram_role_arn", "\ud800", "ram_role_arn is not valid Unicode text"),
            ("access_key_secret", "S3CRET\u00e9", "access_key_secret contains characters that are invalid"),
            ("access_key_secret", "", "access_key_secret is missing"),
            ("mode", "Telepathy", "mode Telepathy is not supported; it can be AK, StsToken, RamRoleArn"),
        ],
    )
    def test_any_other_value_too(self, tmp_path: Path, field: str, value: object, what: str) -> None:
        file = profile(tmp_path, **{"mode": "RamRoleArn", **KEYS, **ROLE, field: value})
        assert self.failure(tmp_path).startswith(f"profile ci in {file}: {what}")

    @pytest.mark.parametrize("field", ["ram_session_name", "policy", "expired_seconds", "sts_region", "enable_vpc"])
    def test_null_is_no_value_where_none_is_required(self, cloud: Cloud, tmp_path: Path, field: str) -> None:
        profile(tmp_path, **{"mode": "RamRoleArn", **KEYS, **ROLE, field: None})
        Lookup().obtain(Settings(home=str(tmp_path), profile="ci", endpoints={"sts": cloud.url}))

    @pytest.mark.parametrize(
        ("content", "fault"),
        [
            (b"S3CRET", "is neither a config.json nor a credentials.ini"),
            (b'{"access_key_secret": "S3CRET"', "is not valid JSON, or not an object"),
            (b'{"profiles": ' + b"[" * 100_000, "is not valid JSON, or not an object"),
            (b'{"profiles": ' + b"9" * 10_000 + b"}", "is not valid JSON, or not an object"),
            (b"{}", "profiles is not a list"),
            (b'{"profiles": [], "current": ["S3CRET"]}', "current is a list, not a string"),
            (b'{"profiles": []}', "there is no profile ci"),
            (b'{"profiles": [{"name": "ci"}]}', "mode is missing"),
            (b"\xff\xfe", "is not UTF-8 text"),
            (b" " * (2**20 + 1), "is larger than 1 MiB"),
            (b"", "there is no profile ci"),
        ],
    )
    def test_a_file_with_anything_in_it_is_one_line(self, tmp_path: Path, content: bytes, fault: str) -> None:
        (tmp_path / ".aliyun").mkdir()
        (tmp_path / ".aliyun" / "config.json").write_bytes(content)
        assert fault in self.failure(tmp_path)

    @pytest.mark.parametrize("selected", ["ci", None])
    def test_what_is_no_file_is_one_line(self, tmp_path: Path, selected: str | None) -> None:
        folder = tmp_path / ".aliyun"
        folder.mkdir()
        file = folder / "config.json"
        settings = Settings(home=str(tmp_path), profile=selected)

        def fault() -> str:
            return Lookup().failure(settings).removeprefix(f"the credentials file {file} ")

        file.mkdir()
        assert fault() == "is a folder"
        file.rmdir()
        file.symlink_to(file)
        assert fault() == "cannot be read (Too many levels of symbolic links)"
        file.unlink()
        file.symlink_to(tmp_path / "missing")
        assert fault() == "cannot be read (No such file or directory)"
        file.unlink()
        file.symlink_to("/dev/zero")
        assert fault() == "is not a regular file"

    def test_a_file_that_may_not_be_read_is_one_line(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        profile(tmp_path, mode="AK", **KEYS)

        def refuse(*_arguments: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("os.open", refuse)  # root may read anything
        assert self.failure(tmp_path).endswith("config.json cannot be read (Permission denied)")

    def test_a_missing_file_is_one_line_if_a_profile_of_it_is_selected(self, tmp_path: Path) -> None:
        assert "No such file or directory" in self.failure(tmp_path)

    def test_a_file_without_a_current_profile_says_so(self, tmp_path: Path) -> None:
        file = write(tmp_path, current="")
        text = Lookup().failure(Settings(home=str(tmp_path)))
        assert text == f"the credentials file {file} names no current profile"

    def test_a_chain_that_leads_nowhere_or_back_is_one_line(self, tmp_path: Path) -> None:
        link = {"mode": "ChainableRamRoleArn", "ram_role_arn": "r"}
        write(tmp_path, {"name": "ci", **link, "source_profile": "b"}, {"name": "b", **link, "source_profile": "ci"})
        assert "profile b in " in self.failure(tmp_path)
        assert "its source_profile leads back to it (ci -> b -> ci)" in self.failure(tmp_path)
        write(tmp_path, {"name": "ci", **link, "source_profile": "gone"})
        assert "there is no profile gone, which it names as its source" in self.failure(tmp_path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["AK", "OIDC", "ci"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "mode",
    "access_key_id",
    "access_key_secret",
    "sts_token",
    "ram_role_arn",
    "ram_session_name",
    "expired_seconds",
    "sts_region",
    "enable_vpc",
    "source_profile",
    "ram_role_name",
    "oidc_provider_arn",
    "oidc_token_file",
    "process_command",
    "policy",
)


@given(
    fields=st.dictionaries(st.sampled_from(FIELDS), JSON | st.sampled_from([*CLI_MODES]), max_size=8),
    mode=st.sampled_from([*CLI_MODES]) | JSON,
)
def test_any_profile_is_a_provider_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, fields: dict[str, object], mode: object
) -> None:
    file = tmp_path_factory.getbasetemp() / "any-profile.json"
    file.write_text(json.dumps({"profiles": [{**fields, "mode": mode, "name": "ci"}]}))
    try:
        profile_provider(file, "ci")
    except SettingsError as error:
        assert "\n" not in str(error)
