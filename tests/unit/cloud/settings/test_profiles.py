"""The credentials files of the vendor's tools. tests/unit/cloud/credentials/test_lookup.py has their faults."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.profiles import (
    cli_file,
    cli_profile,
    ini_file,
    ini_profile,
    is_ini,
    region_in,
)


def write(folder: Path, text: str) -> Path:
    file = folder / "config.json"
    file.write_text(text)
    return file


def test_a_profile_is_found_by_name_or_as_the_current_one(tmp_path: Path) -> None:
    profiles = [{"name": "a", "mode": "OIDC"}, 7, {"name": ["b"]}, {"name": "b", "mode": "AK"}, {"name": "b"}]
    file = write(tmp_path, json.dumps({"current": "b", "profiles": profiles}))
    assert cli_profile(file, "a").required("mode") == "OIDC"
    assert cli_profile(file, None).required("mode") == "AK"
    with pytest.raises(SettingsError, match=r"^there is no profile c in the credentials file "):
        cli_profile(file, "c")


def test_the_values_of_a_profile_are_not_in_its_repr(tmp_path: Path) -> None:
    file = write(tmp_path, json.dumps({"profiles": [{"name": "a", "access_key_secret": "S3CRET"}]}))
    assert "S3CRET" not in repr(cli_profile(file, "a"))
    assert "S3CRET" not in repr(ini_profile(write(tmp_path, "[a]\nk = S3CRET\n"), "a"))


def test_an_error_about_broken_json_has_none_of_it(tmp_path: Path) -> None:
    file = write(tmp_path, '{"access_key_secret": "S3CRET"')
    with pytest.raises(SettingsError) as raised:
        cli_profile(file, "a")
    assert str(raised.value) == f"the credentials file {file} is not valid JSON, or not an object"
    assert raised.value.__context__ is None


def test_the_region_of_a_profile_is_optional_but_a_string(tmp_path: Path) -> None:
    profiles = [{"name": "a", "region_id": "cn-x"}, {"name": "b"}, {"name": "c", "region_id": ["cn-x"]}]
    file = write(tmp_path, json.dumps({"profiles": profiles}))
    assert [region_in(file, name) for name in ("a", "b", "gone")] == ["cn-x", None, None]
    assert region_in(tmp_path / "missing", "a") is None
    with pytest.raises(SettingsError, match=r"^profile c in .*: region_id is a list, not a string$"):
        region_in(file, "c")


def test_ini_is_distinguished_from_json_by_its_beginning(tmp_path: Path) -> None:
    assert is_ini(write(tmp_path, "[default]\ntype = access_key\n"))
    assert not is_ini(write(tmp_path, ' \n{"current": ""}'))


def test_default_files_are_in_the_home_folder_if_there_is_one() -> None:
    assert cli_file("/home/u") == Path("/home/u/.aliyun/config.json")
    assert ini_file("/home/u") == Path("/home/u/.alibabacloud/credentials.ini")
    assert cli_file(None) is ini_file(None) is None
